//! Address and password, on the sign-in page and over a page whose session has ended.

use frontdesk_contract::Session;
use frontdesk_contract::session::Credentials;
use leptos::prelude::*;

use crate::api::{ApiError, Client, session};
use crate::browser::focus;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::{Act, Checked, Failure, explain, submit};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, Checkbox, Input, TextField, Variant};

/// The ids of the fields.
const EMAIL: &str = "sign-in-email";
const PASSWORD: &str = "sign-in-password";

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
                    focus::focus_id(PASSWORD);
                }
                Err(error) => failure.set(Some(error)),
            }
        }
    });

    let on_submit = submit(
        sign_in,
        failure,
        move || {
            let missing = |text: RwSignal<String>, key| {
                text.with_untracked(|text| text.trim().is_empty()).then(|| words.text(key))
            };
            vec![
                Checked { id: EMAIL, error: email_error, wrong: missing(email, w::ERROR_EMAIL_MISSING) },
                Checked {
                    id: PASSWORD,
                    error: password_error,
                    wrong: missing(password, w::ERROR_PASSWORD_MISSING),
                },
            ]
        },
        move || Credentials {
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
            shared: shared.get_untracked(),
        },
    );

    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <Failure error=failure/>
            <TextField id=EMAIL label=t(w::SIGN_IN_EMAIL) value=email error=email_error input=Input::Email/>
            <TextField
                id=PASSWORD
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
