//! The session ended in the middle of something: sign in again over the page, nothing typed is lost.

use frontdesk_contract::Session;
use leptos::prelude::*;

use crate::i18n::{keys as w, t};
use crate::shell::Live;
use crate::shell::sign_in_form::SignInForm;
use crate::state::SessionState;
use crate::state::session::Phase;
use crate::ui::{Dialog, When};

/// Opens when the session has ended.
#[component]
pub fn SignInAgain() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let live = expect_context::<Live>();

    let open = RwSignal::new(false);
    // The dialog is opened and closed by the session; closed by hand it comes back with the next refusal.
    Effect::new(move |_| open.set(matches!(state.phase(), Phase::Ended(_))));
    // Read once: a form that follows the session would lose a password half typed when a second call is refused.
    let email = move || state.session_untracked().map(|session| session.person.email).unwrap_or_default();
    let on_done = Callback::new(move |session: Session| {
        state.signed_in(session);
        live.read_again();
    });

    view! {
        <Dialog open title=t(w::SIGN_IN_AGAIN)>
            <p>{t(w::ERROR_SESSION)}</p>
            <When on=open>
                <SignInForm email=email() on_done/>
            </When>
        </Dialog>
    }
}
