//! One's own password and sessions.

use frontdesk_contract::session::{PasswordChange, check_password};
use leptos::prelude::*;

use crate::api::{ApiError, Client, session};
use crate::browser::focus;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::claim::refusal_key;
use crate::shell::{Act, Checked, Failure, announce_page, submit, tabs};
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonKind, Card, Input, PageHeader, TextField, Tone, Variant, When, use_announcer,
};

/// The ids of the fields.
const CURRENT: &str = "password-current";
const NEW: &str = "password-new";

/// The page.
#[component]
pub fn Account() -> impl IntoView {
    let title = t(w::ACCOUNT_TITLE);
    announce_page(title);
    view! {
        <PageHeader title/>
        <div class="stack">
            <Password/>
            <Sessions/>
        </div>
    }
}

#[component]
fn Password() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();

    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let current_error = RwSignal::new(None::<String>);
    let new_error = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let is_done = RwSignal::new(false);

    let change = Act::new(move |change: PasswordChange| {
        let client = client.clone();
        async move {
            match client.send(session::change_password(&change)).await {
                Ok(()) => {
                    current.set(String::new());
                    new.set(String::new());
                    is_done.set(true);
                    announcer.announce(words.text(w::PASSWORD_CHANGED));
                }
                Err(ApiError::Invalid(errors)) if errors.iter().any(|error| error.pointer == "/current") => {
                    current_error.set(Some(words.text(w::PASSWORD_WRONG)));
                    focus::focus_id(CURRENT);
                }
                Err(ApiError::Invalid(errors)) => {
                    new_error.set(errors.into_iter().next().map(|error| error.detail));
                    focus::focus_id(NEW);
                }
                Err(error) => failure.set(Some(error)),
            }
        }
    });
    let submit = submit(
        change,
        failure,
        move || {
            let email = state.session_untracked().map(|session| session.person.email).unwrap_or_default();
            let refused = new.with_untracked(|new| check_password(new, &email)).err();
            let is_missing = current.with_untracked(String::is_empty);
            vec![
                Checked {
                    id: CURRENT,
                    error: current_error,
                    wrong: is_missing.then(|| words.text(w::ERROR_PASSWORD_MISSING)),
                },
                Checked {
                    id: NEW,
                    error: new_error,
                    wrong: refused.map(|refusal| words.text(refusal_key(refusal))),
                },
            ]
        },
        move || PasswordChange { current: current.get_untracked(), new: new.get_untracked() },
    );
    let on_submit = move |event| {
        is_done.set(false);
        submit(event);
    };

    view! {
        <Card title=t(w::ACCOUNT_PASSWORD)>
            <form class="stack" novalidate on:submit=on_submit>
                <Failure error=failure/>
                <TextField
                    id=CURRENT
                    label=t(w::PASSWORD_CURRENT)
                    value=current
                    error=current_error
                    input=Input::CurrentPassword
                />
                <TextField
                    id=NEW
                    label=t(w::PASSWORD_NEW)
                    hint=t(w::PASSWORD_HINT)
                    value=new
                    error=new_error
                    input=Input::NewPassword
                />
                <When on=is_done>
                    <Banner tone=Tone::Good>
                        <p>{t(w::PASSWORD_CHANGED)}</p>
                    </Banner>
                </When>
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=change.pending()>
                    {t(w::PASSWORD_DO)}
                </Button>
            </form>
        </Card>
    }
}

#[component]
fn Sessions() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let failure = RwSignal::new(None::<ApiError>);
    let end = Act::new(move |()| {
        let client = client.clone();
        async move {
            match client.send(session::end_all()).await {
                Ok(()) | Err(ApiError::SignedOut) => {
                    tabs::leave(state);
                }
                Err(error) => failure.set(Some(error)),
            }
        }
    });
    let on_press = Callback::new(move |()| {
        end.begin(());
    });
    view! {
        <Card title=t(w::ACCOUNT_SESSIONS)>
            <p>{t(w::ACCOUNT_SESSIONS_TEXT)}</p>
            <Failure error=failure/>
            <Button variant=Variant::Danger busy=end.pending() on_press>{t(w::ACCOUNT_SESSIONS_END)}</Button>
        </Card>
    }
}
