//! Words, numbers and times as the browser writes them.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, reason = "a test that finds nothing fails")]

use frontdesk::browser::intl;
use frontdesk::i18n::{Words, keys as w, provide_words_of};
use frontdesk_contract::Timestamp;
use leptos::prelude::Owner;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn a_count_picks_the_form_and_is_written_as_people_write_it() {
    in_english(|words| {
        assert_eq!(words.count(w::STATUS_PILL, 1), "1 incident");
        assert_eq!(words.count(w::STATUS_PILL, 0), "0 incidents");
        assert_eq!(words.count(w::STATUS_PILL, 1_284), "1,284 incidents");
    });
}

#[wasm_bindgen_test]
fn words_of_another_release_are_not_shown() {
    Owner::new().with(|| {
        let words = provide_words_of("en", vec!["another release".to_owned(), "Wrong".to_owned()]);
        assert_eq!(words.text(w::NAV_OVERVIEW), "");
    });
}

#[wasm_bindgen_test]
fn plurals_follow_the_language() {
    assert_eq!(intl::plural(0, "en"), "other");
    assert_eq!(intl::plural(0, "fr"), "one");
    assert_eq!(intl::plural(1_000_000, "fr"), "many");
    assert_eq!(intl::plural(2, "ar"), "two");
    assert_eq!(intl::plural(1, "ja"), "other");
}

#[wasm_bindgen_test]
fn times_are_told_as_people_tell_them() {
    let now = at("2026-11-23T09:30:00Z");
    assert_eq!(intl::relative(at("2026-11-23T09:21:00Z"), now, "en"), "9 min. ago");
    assert_eq!(intl::relative(at("2026-11-22T09:21:00Z"), now, "en"), "yesterday");
    assert_eq!(intl::relative(at("2026-11-25T09:30:00Z"), now, "fr"), "après-demain");
    let exact = intl::exact(now, "en");
    assert!(exact.starts_with("Monday, November 23, 2026"), "{exact}");
}

#[wasm_bindgen_test]
fn numbers_lists_and_languages_are_written_in_the_language() {
    assert_eq!(intl::number(1_284, "en"), "1,284");
    assert_eq!(intl::number(1_284, "fr"), "1\u{202f}284");
    assert_eq!(intl::percent(0.05, "en"), "5%");
    assert_eq!(intl::list(&["a".to_owned(), "b".to_owned(), "c".to_owned()], "en"), "a, b, and c");
    assert_eq!(intl::language_name("fr", "fr"), "français");
}

#[wasm_bindgen_test]
fn a_wrong_language_tag_never_stops_the_page() {
    let now = at("2026-11-23T09:30:00Z");
    assert_eq!(intl::plural(1, "not a tag"), "other");
    assert_eq!(intl::language_name("??", "en"), "??");
    assert_eq!(intl::exact(now, "not a tag"), now.to_string());
}

fn at(time: &str) -> Timestamp {
    time.parse().unwrap()
}

fn in_english(check: impl FnOnce(Words)) {
    Owner::new().with(|| {
        let words = include_str!(concat!(env!("OUT_DIR"), "/words.en.json"));
        check(provide_words_of("en", serde_json::from_str(words).unwrap()));
    });
}
