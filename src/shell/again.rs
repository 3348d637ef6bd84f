//! The session ended in the middle of something: sign in again over the page, nothing typed is lost.

use frontdesk_contract::Session;
use leptos::prelude::*;

use crate::i18n::{keys as w, t};
use crate::shell::frame::Opened;
use crate::shell::piece::{Piece, piece};
use crate::shell::sign_in_form::SignInForm;
use crate::shell::{Live, tabs};
use crate::state::SessionState;
use crate::ui::{Button, Dialog, When, effect_after};

/// Opens when something that the person wanted was refused because the session has ended. Closed by hand it
/// comes back with the next such refusal, and never by itself.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let live = expect_context::<Live>();
    let open = expect_context::<Opened>().sign_in;

    // The dialog is the browser's. It closes too when the person has signed in again in another tab.
    effect_after(move |before: Option<u32>| {
        let asked = state.asked_again();
        if !state.is_ended() {
            open.set(false);
        } else if before.is_some_and(|before| before != asked) {
            open.set(true);
        }
        asked
    });
    // Read once: a form that follows the session would lose a password half typed when a second call is refused.
    let email = move || state.session_untracked().map(|session| session.person.email).unwrap_or_default();
    let on_done = Callback::new(move |session: Session| {
        state.signed_in(session);
        tabs::tell_signed_in();
        live.read_again();
    });

    view! {
        <Dialog open title=t(w::SIGN_IN_AGAIN)>
            <p>{t(w::ERROR_SESSION)}</p>
            <When on=open>
                <Piece load=form props=(email(), on_done) lines=3/>
            </When>
        </Dialog>
    }
}

piece! {
    if "pieces" fn form = door / sign_in_again ((String, Callback<Session>)) by |(email, on_done)| {
        view! { <SignInForm email on_done/> }.into_any()
    }
}

/// Says that the session has ended, where nothing was refused yet; whoever is typing goes on typing.
#[component]
pub fn EndedBar() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let open = expect_context::<Opened>().sign_in;
    let is_shown = Signal::derive(move || state.is_ended() && !open.get());
    let on_press = Callback::new(move |()| open.set(true));
    view! {
        <div role="status">
            <When on=is_shown>
                <div class="offline-bar">
                    <p>{t(w::ERROR_SESSION)}</p>
                    <Button on_press>{t(w::SIGN_IN_AGAIN)}</Button>
                </div>
            </When>
        </div>
    }
}
