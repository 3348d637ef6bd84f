//! An answer to one report or to all of a group, with its draft.

use frontdesk_contract::report::NewAnswer;
use frontdesk_contract::text::BODY_MAX;
use frontdesk_contract::{Body, ReportGroupId, ReportId};
use leptos::prelude::*;

use crate::api::{ApiError, Client, report_groups as api};
use crate::browser::{focus, random};
use crate::domain::attached;
use crate::domain::draft::DraftOf;
use crate::domain::reply::ReplyDraft;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::attach::Attach;
use crate::shell::draft_note::DraftNote;
use crate::shell::drafts::{self, Keeper};
use crate::shell::refused::body_text;
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, TextArea, Variant, When, use_announcer};

/// The id of the field.
const FIELD: &str = "report-answer";

/// What is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// One report.
    One(ReportId),
    /// All reports of a group.
    All(ReportGroupId),
}

impl Answered {
    const fn draft(self) -> DraftOf {
        match self {
            Self::One(id) => DraftOf::ReportAnswer(id),
            Self::All(id) => DraftOf::ReportGroup(id),
        }
    }
}

/// The form.
#[component]
pub fn Answering(
    /// What is answered.
    what: Answered,
    /// What the field is called.
    label: Signal<String>,
    /// Who reads it.
    hint: Signal<String>,
    /// The verb.
    verb: Signal<String>,
    /// Why nobody would read an answer.
    #[prop(optional, into)]
    refused: Signal<Option<String>>,
    /// It was sent.
    on_sent: Callback<()>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let of = what.draft();
    let restored = drafts::restore::<ReplyDraft>(state, of);
    let since = restored.as_ref().map(|saved| saved.at);
    let draft = restored.map(|saved| saved.draft).unwrap_or_default();
    let body = RwSignal::new(draft.body);
    let files = RwSignal::new(draft.files);
    let key = RwSignal::new(if draft.key.is_empty() { random::uuid() } else { draft.key });
    let snapshot = Signal::derive(move || {
        let draft = ReplyDraft { body: body.get(), files: files.get(), key: key.get(), sending: None };
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    });
    let keeper = Keeper::keep(of, state, snapshot, since);
    let error = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let send = Act::new(move |answer: NewAnswer| {
        let client = client.clone();
        let (place, key_in_use) = (keeper.place(), key.get_untracked());
        async move {
            let done = match what {
                Answered::One(id) => client.send(api::say(id, &answer, &key_in_use)).await.map(|_| ()),
                Answered::All(id) => client.send(api::answer_all(id, &answer, &key_in_use)).await.map(|_| ()),
            };
            match done {
                Ok(()) => {
                    // What was typed while the answer was on its way stays.
                    let is_same = |text: &String| text.trim() == answer.body.as_str();
                    let has_same = body.try_with_untracked(is_same).unwrap_or(true);
                    let has_files = files.try_update(|files| attached::take_sent(files, &answer.uploads));
                    if has_same {
                        body.set(String::new());
                    }
                    if has_same && has_files != Some(true) {
                        keeper.erase();
                        place.clear();
                    }
                    key.set(random::uuid());
                    announcer.announce(words.text(w::REPLY_SENT));
                    on_sent.run(());
                }
                Err(refusal) => {
                    if refusal == ApiError::KeyReused {
                        key.set(random::uuid());
                    }
                    failure.set(Some(refusal));
                }
            }
        }
    });
    let is_refused = Signal::derive(move || refused.with(Option::is_some));
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if send.is_pending() || is_refused.get_untracked() {
            return;
        }
        failure.set(None);
        let Some(uploads) = files.with_untracked(|files| attached::arrived(files)) else {
            error.set(Some(words.text(w::ATTACH_WAIT)));
            focus::focus_id(FIELD);
            return;
        };
        match body.with_untracked(|body| body.parse::<Body>()) {
            Ok(body) => {
                error.set(None);
                keeper.save_now();
                send.begin(NewAnswer { body, uploads });
            }
            Err(refusal) => {
                error.set(Some(body_text(refusal, w::ERROR_REPLY_MISSING, words)));
                focus::focus_id(FIELD);
            }
        }
    };
    let on_discard = Callback::new(move |()| {
        body.set(String::new());
        files.set(Vec::new());
        key.set(random::uuid());
        keeper.erase();
        focus::focus_id(FIELD);
    });
    view! {
        <form class="reply stack" novalidate on:submit=on_submit>
            <Failure error=failure/>
            <TextArea id=FIELD label hint value=body error rows=4 max=BODY_MAX/>
            // An answer to all goes to many people: files go with an answer to one.
            {matches!(what, Answered::One(_)).then(|| view! { <Attach id="report-answer-files" files keeper/> })}
            <DraftNote keeper/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=send.pending() refused>
                    {verb}
                </Button>
                <When on=Signal::derive(move || !body.read().trim().is_empty() || !files.read().is_empty())>
                    <span class="form-actions__apart">
                        <Button variant=Variant::Quiet on_press=on_discard>{t(w::DRAFT_DISCARD)}</Button>
                    </span>
                </When>
            </div>
        </form>
    }
}
