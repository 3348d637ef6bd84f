//! Address and password, on the sign-in page and over a page whose session has ended.

use frontdesk_contract::Session;
use frontdesk_contract::session::Credentials;
use leptos::prelude::*;

use crate::api::{ApiError, Client, session};
use crate::browser::focus;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::{Act, Failure, explain};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, Checkbox, Input, TextField, Variant};

/// Asks for address and password, and hands on the session.
#[component]
pub fn SignInForm(
    /// The address, when it is known already.
    #[prop(optional, into)]
    email: String,
    /// Gets the session.
    on_done: Callback<Session>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let words = use_words();

    let email = RwSignal::new(email);
    let password = RwSignal::new(String::new());
    let shared = RwSignal::new(state.session_untracked().is_some_and(|session| session.shared));
    let email_error = RwSignal::new(None::<String>);
    let password_error = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);

    let sign_in = Act::new(move |credentials: Credentials| {
        let client = client.clone();
        async move {
            match client.send(session::create(&credentials)).await {
                Ok(session) => on_done.run(session),
                Err(ApiError::BadCredentials) => {
                    // One sentence for both, so that nobody learns which addresses exist.
                    password_error.set(Some(explain(&ApiError::BadCredentials, words)));
                    focus::focus_id("sign-in-password");
                }
                Err(error) => failure.set(Some(error)),
            }
        }
    });

    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if sign_in.is_pending() {
            return;
        }
        let missing = |text: String, key| text.trim().is_empty().then(|| words.text(key));
        email_error.set(missing(email.get_untracked(), w::ERROR_EMAIL_MISSING));
        password_error.set(missing(password.get_untracked(), w::ERROR_PASSWORD_MISSING));
        failure.set(None);
        if email_error.with_untracked(Option::is_some) {
            focus::focus_id("sign-in-email");
        } else if password_error.with_untracked(Option::is_some) {
            focus::focus_id("sign-in-password");
        } else {
            sign_in.begin(Credentials {
                email: email.get_untracked().trim().to_owned(),
                password: password.get_untracked(),
                shared: shared.get_untracked(),
            });
        }
    };

    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <Failure error=failure/>
            <TextField id="sign-in-email" label=t(w::SIGN_IN_EMAIL) value=email error=email_error input=Input::Email/>
            <TextField
                id="sign-in-password"
                label=t(w::SIGN_IN_PASSWORD)
                value=password
                error=password_error
                input=Input::CurrentPassword
            />
            <Checkbox id="sign-in-shared" label=t(w::SIGN_IN_SHARED) hint=t(w::SIGN_IN_SHARED_HINT) checked=shared/>
            <Button variant=Variant::Primary kind=ButtonKind::Submit busy=sign_in.pending()>
                {t(w::SIGN_IN_DO)}
            </Button>
        </form>
    }
}
