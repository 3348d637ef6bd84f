//! The query of a list's address: reading it, and saying what of it was not understood.

use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{keys as w, use_words};
use crate::ui::{Banner, Tone, When};

/// The parameters of the address as they stand there.
pub fn pairs<'a, K: AsRef<str> + 'a>(
    parameters: impl Iterator<Item = (&'a K, &'a str)>,
) -> impl Iterator<Item = (&'a str, &'a str)> {
    parameters.map(|(name, value)| (name.as_ref(), value))
}

/// What of the address was not understood.
#[component]
pub fn Ignored(ignored: Signal<Vec<String>>) -> impl IntoView {
    let words = use_words();
    let text = move || {
        let what = intl::list(&ignored.get(), &words.language());
        words.text_with(w::REQUESTS_IGNORED, &[("what", what)])
    };
    view! {
        <div role="status">
            <When on=Signal::derive(move || !ignored.read().is_empty())>
                <Banner tone=Tone::Warn>
                    <p>{text}</p>
                </Banner>
            </When>
        </div>
    }
}
