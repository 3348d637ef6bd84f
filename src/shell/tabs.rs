//! What one tab tells the others about the session: whoever signs out leaves nothing behind in any of them
//! (DESIGN.md, rule 1).

use leptos::prelude::*;

use crate::api::{ApiError, Client, session};
use crate::browser::storage::{self, Area};
use crate::browser::{page, random};
use crate::route::Route;
use crate::shell::{drafts, selection};
use crate::state::SessionState;

/// The name under which the word stands for a moment in the store, which tells all other tabs.
const NAME: &str = "frontdesk.session";
/// Somebody has signed in.
const IN: &str = "in";
/// A person has signed out; the id of the person follows.
const OUT: &str = "out";

/// Tells the other tabs that somebody has signed in here.
pub fn tell_signed_in() {
    tell(IN, "");
}

/// Leaves the panel: the person has signed out, here and so in every tab of this browser.
pub fn leave(state: SessionState) {
    if let Some(session) = state.session_untracked() {
        tell(OUT, session.person.id.as_str());
    }
    forget(state);
}

/// Follows the other tabs for as long as the caller stands.
pub fn follow(state: SessionState, client: Client) {
    let listening = storage::on_change(move |changed| {
        let is_ours = changed.name.as_deref() == Some(NAME);
        let Some(word) = changed.value.filter(|_| is_ours) else { return };
        let mut parts = word.split(' ');
        match (parts.next(), parts.next()) {
            (Some(OUT), Some(person)) if is_of(state, person) => forget(state),
            (Some(IN), _) => ask_who(state, client.clone()),
            _ => {}
        }
    });
    let listening = StoredValue::new_local(listening);
    on_cleanup(move || listening.dispose());
}

/// Asks who is signed in now, without a word to the person if nobody is.
pub fn ask_who(state: SessionState, client: Client) {
    leptos::task::spawn_local(async move {
        match client.unheard().send(session::show()).await {
            // Somebody else may have signed in in another tab: then this one becomes theirs.
            Ok(session) => state.signed_in(session),
            Err(ApiError::SignedOut) => state.lost(),
            // The next call tells.
            Err(_) => {}
        }
    });
}

fn tell(word: &str, person: &str) {
    // The end makes each word another one, as tabs hear of changes alone. Where nothing can be kept there are
    // no drafts either.
    let _ = storage::write(Area::Local, NAME, &format!("{word} {person} {}", random::uuid()));
    storage::remove(Area::Local, NAME);
}

fn is_of(state: SessionState, id: &str) -> bool {
    state.session_untracked().is_some_and(|session| session.person.id.as_str() == id)
}

fn forget(state: SessionState) {
    state.leave();
    drafts::forget_tab();
    selection::clear();
    page::reload_at(&Route::SignIn { to: None }.to_string());
}
