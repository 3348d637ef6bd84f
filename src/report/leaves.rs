//! What will be sent, piece by piece, each of which can be left out.

use leptos::prelude::*;

use crate::browser::page;
use crate::domain::mask::mask;
use crate::domain::report::{Fact, Facts, browser_of};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::report::around::Around;
use crate::report::form::ReportForm;
use crate::shell::uploading::megabytes;
use crate::state::SessionState;

/// What the device tells; follows the page around.
pub fn facts(around: Around, words: Words) -> Facts {
    Facts {
        browser: browser_of(&page::agent()),
        screen: page::screen().unwrap_or_default(),
        language: words.language(),
        errors: around.about().map(|about| about.errors).unwrap_or_default(),
    }
}

/// The list, folded away behind its sum.
#[component]
pub fn Leaves(form: ReportForm) -> impl IntoView {
    let around = expect_context::<Around>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let facts = Memo::new(move |_| facts(around, words));
    let name = move || state.person().map(|person| person.name).unwrap_or_default();
    let sum = move || {
        let count = form.pieces.with(Vec::len) as u64;
        let size = form.pieces.with(|pieces| pieces.iter().map(|piece| piece.size).sum::<u64>());
        match count {
            0 => words.text(w::REPORT_LEAVES_WORDS),
            count => words.count_with(w::REPORT_LEAVES_SUM, count, &[("size", megabytes(size, words))]),
        }
    };
    let errors = move || {
        facts.get().errors.into_iter().map(|error| view! { <li><code>{error}</code></li> }).collect_view()
    };
    view! {
        <details class="leaves">
            <summary>
                <b>{t(w::REPORT_LEAVES)}</b>
                " "
                <span class="hint">{sum}</span>
            </summary>
            <p class="hint">{t(w::REPORT_LEAVES_MASKED)}</p>
            <ul class="leaves__list" role="list">
                <li>{move || words.text_with(w::REPORT_LEAVES_NAME, &[("name", name())])}</li>
                <li>{t(w::REPORT_LEAVES_WORDS)}</li>
                {move || {
                    let pieces = form.pieces.get();
                    pieces
                        .into_iter()
                        .map(|piece| view! { <li>{piece.name} " · " {megabytes(piece.size, words)}</li> })
                        .collect_view()
                }}
                <PageLine form/>
                {Fact::ALL
                    .map(|fact| {
                        let text = Memo::new(move |_| fact_text(fact, &facts.read(), words));
                        view! { <FactLine form fact text/> }
                    })
                    .collect_view()}
            </ul>
            <ul class="leaves__errors">
                {move || (!form.left_out.read().contains(&Fact::Errors)).then(errors)}
            </ul>
        </details>
    }
}

/// The address as it leaves, which may be less than what stands in the field.
#[component]
fn PageLine(form: ReportForm) -> impl IntoView {
    let words = use_words();
    let masked = Memo::new(move |_| mask(form.page.read().trim()));
    move || {
        let page = masked.get();
        (!page.is_empty()).then(|| {
            view! {
                <li>
                    <span>{words.text_with(w::REPORT_LEAVES_PAGE, &[("page", page)])}</span>
                    <button class="button" type="button" data-variant="quiet" on:click=move |_| form.page.set(String::new())>
                        {t(w::REPORT_LEAVE_OUT)}
                        <span class="visually-hidden">" " {t(w::REPORT_WHERE_SHORT)}</span>
                    </button>
                </li>
            }
        })
    }
}

#[component]
fn FactLine(form: ReportForm, fact: Fact, text: Memo<Option<String>>) -> impl IntoView {
    let words = use_words();
    let is_out = Memo::new(move |_| form.left_out.read().contains(&fact));
    let toggle = move |_| {
        form.left_out.update(|left_out| {
            if left_out.contains(&fact) {
                left_out.retain(|other| *other != fact);
            } else {
                left_out.push(fact);
            }
        });
    };
    move || {
        text.get().map(|text| {
            let named = text.clone();
            view! {
                <li data-out=move || is_out.get().then_some("")>
                    <span>{text}</span>
                    <button class="button" type="button" data-variant="quiet" on:click=toggle>
                        {move || words.text(if is_out.get() { w::REPORT_PUT_BACK } else { w::REPORT_LEAVE_OUT })}
                        <span class="visually-hidden">" " {named}</span>
                    </button>
                </li>
            }
        })
    }
}

fn fact_text(fact: Fact, facts: &Facts, words: Words) -> Option<String> {
    let with = |key, name: &'static str, value: &str| {
        (!value.is_empty()).then(|| words.text_with(key, &[(name, value.to_owned())]))
    };
    match fact {
        Fact::Browser => with(w::REPORT_LEAVES_BROWSER, "browser", &facts.browser),
        Fact::Screen => with(w::REPORT_LEAVES_SCREEN, "screen", &facts.screen),
        Fact::Language => with(w::REPORT_LEAVES_LANGUAGE, "language", &facts.language),
        Fact::Errors if facts.errors.is_empty() => None,
        Fact::Errors => Some(words.count(w::REPORT_LEAVES_ERRORS, facts.errors.len() as u64)),
    }
}
