//! `/locked-out`: whoever can't sign in tells the admins. No account is needed; so many reports an hour.

use frontdesk_contract::Timestamp;
use frontdesk_contract::report::NewPublicReport;
use frontdesk_contract::text::BODY_MAX;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api::{ApiError, Client, reports};
use crate::browser::storage::{self, Area};
use crate::browser::{focus, intl, random};
use crate::domain::locked_out::{LockedOutDraft, Trouble, Wrong};
use crate::i18n::{Key, keys as w, t, use_words};
use crate::route::Route;
use crate::shell::refused::body_text;
use crate::shell::{Act, Failure, announce_page};
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonKind, Choice, ChoiceOption, ErrorSummary, Input, PageHeader, TextArea, TextField,
    Tone, Variant, effect, use_announcer,
};

/// Where it lies in this tab: a draft without a session lives in its tab alone, as the device may be anybody's.
const DRAFT: &str = "frontdesk.locked-out";
const TROUBLE: &str = "locked-out-trouble";
const BODY: &str = "locked-out-body";
const EMAIL: &str = "locked-out-email";
const SENT: &str = "locked-out-sent";

/// The page.
#[component]
pub fn LockedOutPage() -> impl IntoView {
    let sent = RwSignal::new(None::<Sent>);
    let title = t(w::LOCKED_OUT_TITLE);
    announce_page(title);
    view! {
        <main class="gate">
            <PageHeader title intro=t(w::LOCKED_OUT_INTRO)/>
            {move || match sent.get() {
                Some(told) => view! { <Told told sent/> }.into_any(),
                None => view! { <Form sent/> }.into_any(),
            }}
            <p class="gate__links">
                <a href=Route::SignIn { to: None }.to_string()>{t(w::SIGN_IN_TITLE)}</a>
                <a href=Route::Forgotten.to_string()>{t(w::FORGOTTEN_LINK)}</a>
                <a href=Route::Status.to_string()>{t(w::NAV_STATUS)}</a>
            </p>
        </main>
    }
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sent {
    number: String,
    email: String,
}

/// The number to quote, and where the answer comes.
#[component]
fn Told(told: Sent, sent: RwSignal<Option<Sent>>) -> impl IntoView {
    let announcer = use_announcer();
    let words = use_words();
    let Sent { number, email } = told;
    let heading = words.text_with(w::REPORT_PUBLIC_SENT, &[("number", number)]);
    announcer.announce(heading.clone());
    // The focus is the browser's.
    effect(|| {
        request_animation_frame(|| {
            focus::focus_id(SENT);
        });
    });
    let reach = move || {
        if email.is_empty() {
            words.text(w::LOCKED_OUT_SENT_SILENT)
        } else {
            words.text_with(w::LOCKED_OUT_SENT_REACH, &[("email", email.clone())])
        }
    };
    let again = Callback::new(move |()| sent.set(None));
    view! {
        <section class="stack">
            <h2 id=SENT tabindex="-1">{heading}</h2>
            <p>{t(w::LOCKED_OUT_SENT_TEXT)}</p>
            <p>{reach}</p>
            <p>
                <Button on_press=again>{t(w::LOCKED_OUT_ANOTHER)}</Button>
            </p>
        </section>
    }
}

/// What is chosen and typed.
#[derive(Clone, Copy)]
struct Fields {
    trouble: RwSignal<String>,
    body: RwSignal<String>,
    email: RwSignal<String>,
    key: RwSignal<String>,
}

impl Fields {
    /// As they were left.
    fn restore() -> Self {
        let kept = storage::read(Area::Session, DRAFT);
        let draft: LockedOutDraft =
            kept.and_then(|kept| frontdesk_contract::json::read(&kept).ok()).unwrap_or_default();
        let key = if draft.key.is_empty() { random::uuid() } else { draft.key };
        Self {
            trouble: RwSignal::new(draft.trouble),
            body: RwSignal::new(draft.body),
            email: RwSignal::new(draft.email),
            key: RwSignal::new(key),
        }
    }

    /// What stands there; follows changes.
    fn draft(self) -> LockedOutDraft {
        let Self { trouble, body, email, key } = self;
        LockedOutDraft { trouble: trouble.get(), body: body.get(), email: email.get(), key: key.get() }
    }

    /// Keeps them in this tab from now on; says when it was done, and whether there was no room.
    fn keep(self) -> (RwSignal<Option<Timestamp>>, RwSignal<bool>) {
        let state = expect_context::<SessionState>();
        let (saved_at, is_full) = (RwSignal::new(None), RwSignal::new(false));
        // The tab's store is outside the reactive graph.
        effect(move || {
            let draft = self.draft();
            if draft.is_empty() {
                storage::remove(Area::Session, DRAFT);
                saved_at.set(None);
                is_full.set(false);
                return;
            }
            let is_kept = serde_json::to_string(&draft)
                .is_ok_and(|text| storage::write(Area::Session, DRAFT, &text).is_ok());
            is_full.set(!is_kept);
            saved_at.set(is_kept.then(|| state.now_untracked()));
        });
        (saved_at, is_full)
    }
}

#[component]
fn Form(sent: RwSignal<Option<Sent>>) -> impl IntoView {
    let client = expect_context::<Client>();
    let words = use_words();
    let fields = Fields::restore();
    let (saved_at, is_full) = fields.keep();
    let wrong = RwSignal::new(Wrong::default());
    let earlier = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let send = Act::new(move |report: NewPublicReport| {
        let client = client.clone();
        async move {
            let key = fields.key.get_untracked();
            match client.send(reports::create_public(&report, &key)).await {
                Ok(taken) => {
                    storage::remove(Area::Session, DRAFT);
                    let email = report.email.map(|email| email.as_str().to_owned()).unwrap_or_default();
                    let _ = sent.try_set(Some(Sent { number: taken.id.to_string(), email }));
                }
                // An earlier try has arrived, with other words: these are a report of their own.
                Err(ApiError::KeyReused) => {
                    let _ = fields.key.try_set(random::uuid());
                    let _ = earlier.try_set(true);
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        if send.is_pending() {
            return;
        }
        failure.set(None);
        earlier.set(false);
        // Set anew, so that the summary takes the focus again.
        wrong.set(Wrong::default());
        let page = Route::LockedOut.to_string();
        match untrack(move || fields.draft()).check(&page, |trouble| words.text(trouble_key(trouble))) {
            Ok(report) => send.begin(report),
            Err(found) => wrong.set(found),
        }
    };
    let note = move || {
        if is_full.get() {
            return Some(words.text(w::DRAFT_FULL));
        }
        let time = intl::time(saved_at.get()?, &words.language());
        Some(words.text_with(w::REPORT_SAVED_TAB, &[("time", time)]))
    };
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <Questions fields wrong earlier/>
            <Failure error=failure/>
            <p class="report__readers">{t(w::REPORT_READERS)}</p>
            <p class="draft-note">{note}</p>
            <Button variant=Variant::Primary kind=ButtonKind::Submit busy=send.pending()>
                {t(w::LOCKED_OUT_DO)}
            </Button>
        </form>
    }
}

#[component]
fn Questions(fields: Fields, wrong: RwSignal<Wrong>, earlier: RwSignal<bool>) -> impl IntoView {
    let words = use_words();
    let Fields { trouble, body, email, .. } = fields;
    let is = move |it: Trouble| trouble.with(|trouble| trouble == it.as_str());
    let error_of = move |is_wrong: bool, key| is_wrong.then(|| words.text(key));
    let unchosen = Signal::derive(move || error_of(wrong.get().is_unchosen, w::LOCKED_OUT_WHAT_MISSING));
    let body_wrong = Signal::derive(move || {
        let said = wrong.get().body.map(|wrong| body_text(wrong, w::ERROR_BODY_MISSING, words));
        said.or_else(|| error_of(earlier.get(), w::REPORT_PUBLIC_EARLIER))
    });
    let no_email = Signal::derive(move || error_of(wrong.get().is_no_email, w::REPORT_PUBLIC_EMAIL_WRONG));
    let errors = Signal::derive(move || {
        let of = |id, text: Option<String>| text.map(|text| (id, text));
        let all = [of(TROUBLE, unchosen.get()), of(BODY, body_wrong.get()), of(EMAIL, no_email.get())];
        all.into_iter().flatten().collect::<Vec<_>>()
    });
    let options = Signal::derive(move || {
        let option = |trouble: Trouble| ChoiceOption {
            value: trouble.as_str().to_owned(),
            label: words.text(trouble_key(trouble)),
            text: String::new(),
            refused: None,
        };
        Trouble::ALL.map(option).to_vec()
    });
    let label = Signal::derive(move || {
        words.text(if is(Trouble::Other) { w::LOCKED_OUT_BODY } else { w::LOCKED_OUT_BODY_OPTIONAL })
    });
    // Whoever forgot their password is helped faster by the page for that.
    let faster = move || {
        is(Trouble::Password).then(|| {
            view! {
                <Banner tone=Tone::Info>
                    <p>
                        <a href=Route::Forgotten.to_string()>{t(w::LOCKED_OUT_FIRST)}</a>
                    </p>
                </Banner>
            }
        })
    };
    view! {
        <ErrorSummary title=t(w::ERROR_SUMMARY) errors/>
        <Choice id=TROUBLE legend=t(w::LOCKED_OUT_WHAT) value=trouble options error=unchosen/>
        <div role="status">{faster}</div>
        <TextArea
            id=BODY
            label
            hint=t(w::LOCKED_OUT_BODY_HINT)
            value=body
            error=body_wrong
            max=BODY_MAX
        />
        <TextField
            id=EMAIL
            label=t(w::REPORT_PUBLIC_EMAIL)
            hint=t(w::LOCKED_OUT_EMAIL_HINT)
            value=email
            error=no_email
            input=Input::Email
        />
    }
}

const fn trouble_key(trouble: Trouble) -> Key {
    match trouble {
        Trouble::Password => w::LOCKED_OUT_WHAT_PASSWORD,
        Trouble::Closed => w::LOCKED_OUT_WHAT_CLOSED,
        Trouble::Link => w::LOCKED_OUT_WHAT_LINK,
        Trouble::Blank => w::LOCKED_OUT_WHAT_BLANK,
        Trouble::Other => w::LOCKED_OUT_WHAT_ELSE,
    }
}
