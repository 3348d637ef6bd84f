//! For whoever isn't signed in: a tab for signing in, and a form with less where the operator allows it.

use frontdesk_contract::Body;
use frontdesk_contract::report::NewPublicReport;
use frontdesk_contract::text::{BODY_MAX, EmailText, PageText};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api::{ApiError, Client, reports, session};
use crate::browser::storage::{self, Area};
use crate::browser::{focus, random};
use crate::domain::mask::mask;
use crate::i18n::{keys as w, t, use_words};
use crate::report::Typed;
use crate::report::around::{Around, Unknown};
use crate::report::page::Head;
use crate::route;
use crate::shell::{Act, Failure, use_fetched};
use crate::ui::{
    Banner, Button, ButtonKind, ErrorSummary, Input, TextArea, TextField, Tone, Variant, When, effect,
    use_announcer,
};

/// Where the words lie in this tab: a draft without a session lives in its tab alone.
const DRAFT: &str = "frontdesk.public-report";
const BODY: &str = "public-body";
const EMAIL: &str = "public-email";

/// What stands in the dialog.
#[component]
pub fn Door() -> impl IntoView {
    let around = expect_context::<Around>();
    let welcome = use_fetched(session::welcome);
    let is_public =
        Memo::new(move |_| welcome.with(|welcome| welcome.is_some_and(|welcome| welcome.public_reports)));
    view! {
        <Head/>
        <div class="report__body">
            {move || {
                let text = match around.unknown() {
                    Some(Unknown::Silent) => w::REPORT_TOKEN_SILENT,
                    Some(Unknown::Refused) => w::REPORT_TOKEN_REFUSED,
                    None => return None,
                };
                Some(view! { <Banner tone=Tone::Warn><p>{t(text)}</p></Banner> })
            }}
            <p>{t(w::REPORT_SIGNED_OUT)}</p>
            <p>
                <a class="button" data-variant="primary" href=route::SIGN_IN target="_blank">
                    {t(w::REPORT_SIGN_IN)}
                </a>
            </p>
            // A frame on another site gets no session, whoever is signed in.
            {around
                .is_framed()
                .then(|| view! { <p><a href=route::REPORT target="_blank">{t(w::REPORT_OPEN_TAB)}</a></p> })}
            <When on=is_public>
                <Public/>
            </When>
            <p>
                <a href=route::LOCKED_OUT target="_blank">{t(w::ERROR_SIGNED_OUT_LINK)}</a>
            </p>
        </div>
    }
}

#[component]
fn Public() -> impl IntoView {
    let client = expect_context::<Client>();
    let around = expect_context::<Around>();
    let announcer = use_announcer();
    let words = use_words();
    let kept = storage::read(Area::Session, DRAFT).filter(|kept| !kept.is_empty());
    let body = RwSignal::new(kept.unwrap_or_else(|| Typed::look().body));
    let email = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<String>);
    let wrong_email = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let number = RwSignal::new(None::<String>);
    let key = StoredValue::new(random::uuid());
    // The tab's store is outside the reactive graph.
    effect(move || {
        let text = body.get();
        if text.is_empty() {
            storage::remove(Area::Session, DRAFT);
        } else {
            let _ = storage::write(Area::Session, DRAFT, &text);
        }
    });
    let send = Act::new(move |report: NewPublicReport| {
        let client = client.clone();
        async move {
            failure.set(None);
            match client.send(reports::create_public(&report, &key.get_value())).await {
                Ok(taken) => {
                    let text = words.text_with(w::REPORT_PUBLIC_SENT, &[("number", taken.id.to_string())]);
                    body.set(String::new());
                    announcer.announce(text.clone());
                    number.set(Some(text));
                    request_animation_frame(|| {
                        focus::focus_id("public-sent");
                    });
                }
                // An earlier try has arrived, with other words: these are a report of their own.
                Err(ApiError::KeyReused) => {
                    key.set_value(random::uuid());
                    wrong.set(Some(words.text(w::REPORT_PUBLIC_EARLIER)));
                }
                Err(error) => failure.set(Some(error)),
            }
        }
    });
    let on_submit = move |ev: SubmitEvent| {
        ev.prevent_default();
        let typed = email.with_untracked(|email| email.trim().to_owned());
        let address = typed.parse::<EmailText>().ok();
        let is_email = typed.is_empty() || typed.contains('@') && address.is_some();
        wrong_email.set((!is_email).then(|| words.text(w::REPORT_PUBLIC_EMAIL_WRONG)));
        let page = around.about().and_then(|about| mask(&about.page).parse::<PageText>().ok());
        match body.with_untracked(|body| body.parse::<Body>()) {
            Ok(body) if is_email => {
                wrong.set(None);
                send.begin(NewPublicReport { body, page, email: address, locked_out: false });
            }
            Ok(_) => wrong.set(None),
            Err(_) => wrong.set(Some(words.text(w::ERROR_BODY_MISSING))),
        }
    };
    let errors = Signal::derive(move || {
        let of = |id, text: Option<String>| text.map(|text| (id, text));
        [of(BODY, wrong.get()), of(EMAIL, wrong_email.get())].into_iter().flatten().collect::<Vec<_>>()
    });
    view! {
        <section class="stack">
            <h2 id="public-sent" tabindex="-1">
                {move || number.get().unwrap_or_else(|| words.text(w::REPORT_PUBLIC))}
            </h2>
            <When on=Signal::derive(move || number.read().is_none())>
                <form class="stack" novalidate on:submit=on_submit>
                    <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
                    <p class="hint">{t(w::REPORT_PUBLIC_HINT)}</p>
                    <TextArea id=BODY label=t(w::REPORT_WHAT) value=body error=wrong max=BODY_MAX/>
                    <TextField id=EMAIL label=t(w::REPORT_PUBLIC_EMAIL) value=email error=wrong_email input=Input::Email/>
                    <Failure error=failure/>
                    <p class="report__readers">{t(w::REPORT_READERS)}</p>
                    <Button variant=Variant::Primary kind=ButtonKind::Submit busy=send.pending()>{t(w::REPORT_SEND)}</Button>
                </form>
            </When>
        </section>
    }
}
