//! What an admin writes beside a link that the backend sends by e-mail.

use frontdesk_contract::text::{BODY_MAX, Body, TextRefusal};
use leptos::prelude::*;

use crate::i18n::{Key, Words, keys as w, t};
use crate::ui::TextArea;

/// What was written, if anything; else what is wrong with it.
pub fn own_words(text: &str, words: Words) -> Result<Option<Body>, OwnWordsWrong> {
    match text.parse::<Body>() {
        Ok(body) => Ok(Some(body)),
        Err(TextRefusal::Empty) => Ok(None),
        Err(TextRefusal::TooLong(by)) => {
            Err(OwnWordsWrong(words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX))))
        }
        Err(TextRefusal::Unprintable) => Err(OwnWordsWrong(words.text(w::ERROR_UNPRINTABLE))),
    }
}

/// What is wrong with the words, in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnWordsWrong(pub String);

/// The field, below a sentence that says what is sent.
#[component]
pub fn OwnWords(
    /// The id of the field.
    id: &'static str,
    /// What is sent.
    notice: Key,
    /// What is written.
    value: RwSignal<String>,
    /// What is wrong with it.
    error: RwSignal<Option<String>>,
) -> impl IntoView {
    view! {
        <p>{t(notice)}</p>
        <TextArea id label=t(w::ACT_WORDS) hint=t(w::ACT_WORDS_MAIL) error value rows=3 max=BODY_MAX/>
    }
}
