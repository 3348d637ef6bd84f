//! The keys that the panel knows, and the list of them.

use leptos::prelude::*;

use crate::browser::focus;
use crate::i18n::{Key, keys as w, t};
use crate::shell::frame::Opened;
use crate::state::Preferences;
use crate::ui::{Checkbox, Dialog, When, effect};

/// What is pressed, as it is printed on keys or named in words, and what it does.
struct Line {
    keys: Key,
    does: Key,
}

/// The keys that work on every page.
const LINES: [Line; 7] = [
    Line { keys: w::KEYS_PALETTE_KEY, does: w::KEYS_PALETTE },
    Line { keys: w::KEYS_LIST_KEY, does: w::KEYS_LIST },
    Line { keys: w::KEYS_TAB_KEY, does: w::KEYS_TAB },
    Line { keys: w::KEYS_ARROWS_KEY, does: w::KEYS_ARROWS },
    Line { keys: w::KEYS_FIND_KEY, does: w::KEYS_FIND },
    Line { keys: w::KEYS_GRID_KEY, does: w::KEYS_GRID },
    Line { keys: w::KEYS_ESCAPE_KEY, does: w::KEYS_ESCAPE },
];

/// Listens to the keys for as long as the caller stands.
pub fn listen(opened: Opened) {
    let preferences = expect_context::<Preferences>();
    let listening = window_event_listener(leptos::ev::keydown, move |event| {
        let is_chord = event.ctrl_key() || event.meta_key();
        match event.key().as_str() {
            "k" | "K" if is_chord => opened.palette.set(true),
            "?" if preferences.has_single_keys() && focus::is_free(&event) => opened.keys.set(true),
            _ => return,
        }
        event.prevent_default();
    });
    on_cleanup(move || listening.remove());
}

/// The list of the keys.
#[component]
pub fn KeysDialog() -> impl IntoView {
    let open = expect_context::<Opened>().keys;
    view! {
        <Dialog open title=t(w::KEYS_TITLE)>
            <When on=open>
                <List/>
            </When>
        </Dialog>
    }
}

#[component]
fn List() -> impl IntoView {
    let preferences = expect_context::<Preferences>();
    let has_single = RwSignal::new(preferences.has_single_keys());
    // The device's store is outside the reactive graph.
    effect(move || preferences.set_single_keys(has_single.get()));
    let line = |line: Line| {
        view! {
            <div class="keys__line">
                <dt><kbd>{t(line.keys)}</kbd></dt>
                <dd>{t(line.does)}</dd>
            </div>
        }
    };
    view! {
        <dl class="keys">{LINES.map(line).into_iter().collect_view()}</dl>
        <Checkbox
            id="keys-single"
            label=t(w::KEYS_SINGLE)
            hint=t(w::KEYS_SINGLE_HINT)
            checked=has_single
        />
    }
}
