//! When the draft was saved on this device.

use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{keys as w, use_words};
use crate::shell::drafts::Keeper;
use crate::ui::{effect, use_announcer};

/// Says it, and says aloud when the device has no room.
#[component]
pub fn DraftNote(keeper: Keeper) -> impl IntoView {
    let words = use_words();
    let announcer = use_announcer();
    let is_full = Memo::new(move |_| keeper.is_full());
    // What readers hear is outside the reactive graph. That a draft was saved goes without saying.
    effect(move || {
        if is_full.get() {
            announcer.alert(untrack(|| words.text(w::DRAFT_FULL)));
        }
    });
    let saved = move || {
        let time = intl::time(keeper.saved_at()?, &words.language());
        Some(words.text_with(w::DRAFT_SAVED, &[("time", time)]))
    };
    view! {
        <p class="draft-note">
            {move || if is_full.get() { Some(words.text(w::DRAFT_FULL)) } else { saved() }}
        </p>
    }
}
