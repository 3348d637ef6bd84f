//! Set a password with a one-time link.

use frontdesk_contract::session::{Claim, PasswordRefusal, check_password};
use frontdesk_contract::{FieldError, Session};
use leptos::prelude::*;

use crate::api::{ApiError, Client, session};
use crate::browser::{focus, page};
use crate::i18n::{Key, keys as w, t, use_words};
use crate::route::Route;
use crate::shell::{Act, Checked, Failure, announce_page, submit, tabs, use_onward};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, Input, PageHeader, TextField, Variant};

/// The id of the field.
const FIELD: &str = "claim-password";

/// The page behind a one-time link. The secret is behind `#`, so no server and no log sees it.
#[component]
pub fn ClaimPage() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let words = use_words();
    let onward = use_onward();
    let token = StoredValue::new(page::fragment().unwrap_or_default());

    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let failure = RwSignal::new(token.with_value(String::is_empty).then_some(ApiError::LinkSpent));

    let set = Act::new(move |claim: Claim| {
        let (client, onward) = (client.clone(), onward.clone());
        async move {
            match client.send(session::claim(&claim)).await {
                Ok(session) => {
                    let session: Session = session;
                    page::clear_fragment();
                    state.signed_in(session);
                    tabs::tell_signed_in();
                    onward.go(&Route::Overview);
                }
                Err(ApiError::Invalid(errors)) => {
                    error.set(errors.into_iter().next().map(|FieldError { detail, .. }| detail));
                    focus::focus_id(FIELD);
                }
                Err(refusal) => failure.set(Some(refusal)),
            }
        }
    });
    let on_submit = submit(
        set,
        failure,
        move || {
            let refused = password.with_untracked(|password| check_password(password, "")).err();
            let wrong = refused.map(|refusal| words.text(refusal_key(refusal)));
            vec![Checked { id: FIELD, error, wrong }]
        },
        move || Claim { token: token.get_value(), password: password.get_untracked() },
    );
    let title = t(w::CLAIM_TITLE);
    announce_page(title);

    view! {
        <main class="gate">
            <PageHeader title intro=t(w::CLAIM_INTRO)/>
            <form class="stack" novalidate on:submit=on_submit>
                <Failure error=failure/>
                <TextField
                    id=FIELD
                    label=t(w::PASSWORD_NEW)
                    hint=t(w::PASSWORD_HINT)
                    value=password
                    error
                    input=Input::NewPassword
                />
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=set.pending()>
                    {t(w::CLAIM_DO)}
                </Button>
            </form>
            // A link that is spent is where people are locked out.
            <p class="gate__links">
                <a href=Route::LockedOut.to_string()>{t(w::ERROR_SIGNED_OUT_LINK)}</a>
            </p>
        </main>
    }
}

/// The sentence for a password that isn't accepted.
pub fn refusal_key(refusal: PasswordRefusal) -> Key {
    match refusal {
        PasswordRefusal::Short => w::PASSWORD_SHORT,
        PasswordRefusal::Long => w::PASSWORD_LONG,
        PasswordRefusal::Guessable => w::PASSWORD_GUESSABLE,
    }
}
