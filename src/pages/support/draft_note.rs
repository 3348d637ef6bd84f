//! When the draft was saved on this device.

use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::drafts::Keeper;

/// Says it, and says when the device has no room.
#[component]
pub fn DraftNote(keeper: Keeper) -> impl IntoView {
    let words = use_words();
    let saved = move || {
        let time = intl::time(keeper.saved_at()?, &words.language());
        Some(words.text_with(w::DRAFT_SAVED, &[("time", time)]))
    };
    view! {
        <p class="draft-note">
            {move || if keeper.is_full() { Some(t(w::DRAFT_FULL).get()) } else { saved() }}
        </p>
    }
}
