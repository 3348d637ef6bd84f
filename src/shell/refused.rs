//! Why a text of a form isn't taken.

use crate::domain::report::BodyWrong;
use crate::i18n::{Key, Words, keys as w};

/// The sentence; `missing` says what is to be written where nothing is.
pub fn body_text(wrong: impl Into<BodyWrong>, missing: Key, words: Words) -> String {
    match wrong.into() {
        BodyWrong::Missing => words.text(missing),
        BodyWrong::TooLong(by) => words.count(w::ERROR_TOO_LONG, by as u64),
        BodyWrong::Unprintable => words.text(w::ERROR_UNPRINTABLE),
    }
}
