//! `/forgotten`: a forgotten password. What is said is the same whether or not anybody has the address.

use frontdesk_contract::forgotten::Forgotten;
use leptos::prelude::*;

use crate::api::{ApiError, Client, session};
use crate::i18n::{keys as w, t, use_words};
use crate::route::Route;
use crate::shell::{Act, Checked, Failure, announce_page, submit, use_fetched};
use crate::ui::{Banner, Button, ButtonKind, Input, PageHeader, TextField, Tone, Variant, When};

/// The id of the field.
const FIELD: &str = "forgotten-email";

/// The page.
#[component]
pub fn ForgottenPage() -> impl IntoView {
    let client = expect_context::<Client>();
    let words = use_words();
    let email = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let is_asked = RwSignal::new(false);
    let ask = Act::new(move |forgotten: Forgotten| {
        let client = client.clone();
        async move {
            match client.send(session::forgotten(&forgotten)).await {
                Ok(()) => {
                    let _ = is_asked.try_set(true);
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    let on_submit = submit(
        ask,
        failure,
        move || {
            let is_empty = email.with_untracked(|email| email.trim().is_empty());
            vec![Checked { id: FIELD, error, wrong: is_empty.then(|| words.text(w::ERROR_EMAIL_MISSING)) }]
        },
        move || Forgotten { email: email.get_untracked().trim().to_owned() },
    );
    let welcome = use_fetched(session::welcome);
    let is_mailed = Memo::new(move |_| welcome.with(|welcome| welcome.is_some_and(|welcome| welcome.mail)));
    let intro = Signal::derive(move || {
        words.text(if is_mailed.get() { w::FORGOTTEN_INTRO_MAIL } else { w::FORGOTTEN_INTRO })
    });
    let asked = move || t(if is_mailed.get() { w::FORGOTTEN_ASKED_MAIL } else { w::FORGOTTEN_ASKED });
    let title = t(w::FORGOTTEN_TITLE);
    announce_page(title);
    view! {
        <main class="gate">
            <PageHeader title intro/>
            <form class="stack" novalidate on:submit=on_submit>
                <Failure error=failure/>
                <div role="status">
                    <When on=is_asked>
                        <Banner tone=Tone::Good>
                            <p>{asked}</p>
                        </Banner>
                    </When>
                </div>
                <TextField id=FIELD label=t(w::SIGN_IN_EMAIL) value=email error input=Input::Email/>
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=ask.pending()>
                    {t(w::FORGOTTEN_DO)}
                </Button>
            </form>
            <p class="gate__links">
                <a href=Route::SignIn { to: None }.to_string()>{t(w::SIGN_IN_TITLE)}</a>
                <a href=Route::LockedOut.to_string()>{t(w::ERROR_SIGNED_OUT_LINK)}</a>
                <a href=Route::Status.to_string()>{t(w::NAV_STATUS)}</a>
            </p>
        </main>
    }
}
