//! An answer in a thread, with its draft.

use frontdesk_contract::care;
use frontdesk_contract::markup;
use frontdesk_contract::request::{self, NewMessage, NewRequest, Refusal};
use frontdesk_contract::text::BODY_MAX;
use frontdesk_contract::{Body, Channel, Kind, Request, RequestState};
use leptos::prelude::*;

use crate::api::{ApiError, Client, requests};
use crate::browser::{focus, random};
use crate::domain::attached::{self, AttachedFile};
use crate::domain::draft::DraftOf;
use crate::domain::reply::{ReplyDraft, ReplyKind};
use crate::i18n::{keys as w, t, use_words};
use crate::pages::requests::answering::tell_while_typing;
use crate::pages::requests::changing::use_refused;
use crate::pages::requests::show::Shown;
use crate::route::Route;
use crate::shell::attach::Attach;
use crate::shell::draft_note::DraftNote;
use crate::shell::drafts::{self, Keeper};
use crate::shell::refused::body_text;
use crate::shell::{Act, Desk, Failure, use_onward};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, TextArea, Variant, When, effect, use_announcer};

/// The id of the field, for focus and error links.
const FIELD: &str = "reply-body";

/// The form below the thread.
#[component]
pub fn Reply(
    request: Signal<Request>,
    shown: Shown,
    /// Words to begin with, as somebody else said them.
    quoted: RwSignal<Option<String>>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let id = request.with_untracked(|request| request.summary.id);

    let restored = drafts::restore::<ReplyDraft>(state, DraftOf::Reply(id));
    let since = restored.as_ref().map(|saved| saved.at);
    let draft = restored.map(|saved| saved.draft).unwrap_or_default();
    let was_sending = draft.sending.clone();
    let body = RwSignal::new(draft.body);
    let files = RwSignal::new(draft.files);
    let key = RwSignal::new(if draft.key.is_empty() { random::uuid() } else { draft.key });
    let sending = RwSignal::new(draft.sending);
    let snapshot = Signal::derive(move || {
        let draft =
            ReplyDraft { body: body.get(), files: files.get(), key: key.get(), sending: sending.get() };
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    });
    let keeper = Keeper::keep(DraftOf::Reply(id), state, snapshot, since);
    let error = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);

    let send = Act::new(move |message: NewMessage| {
        let client = client.clone();
        let (place, key_in_use) = (keeper.place(), key.get_untracked());
        async move {
            // The page may be gone when the answer comes: nothing after it may count on its signals.
            match client.send(requests::reply(id, &message, &key_in_use)).await {
                Ok(sent) => {
                    sending.set(None);
                    // What was typed while the answer was on its way stays.
                    let is_same = |text: &String| text.trim() == message.body.as_str();
                    let is_left = files.try_update(|files| attached::take_sent(files, &message.uploads));
                    if body.try_with_untracked(is_same).unwrap_or(true) {
                        body.set(String::new());
                        if is_left != Some(true) {
                            keeper.erase();
                            place.clear();
                        }
                    }
                    key.set(random::uuid());
                    shown.take(sent.request);
                    announcer.announce(words.text(w::REPLY_SENT));
                }
                Err(refusal) => {
                    if refusal == ApiError::KeyReused {
                        sending.set(None);
                        key.set(random::uuid());
                        shown.ask_again();
                    }
                    failure.set(Some(refusal));
                }
            }
        }
    });
    let follow = use_following(request, FollowUp { body, files, key, failure, keeper });
    let follows_up = use_follows_up(request);
    tell_while_typing(id, body);
    take_quotations(quoted, body);
    let busy = Signal::derive(move || send.pending().get() || follow.pending().get());
    let submit = move |kind: ReplyKind| {
        if send.is_pending() || follow.is_pending() {
            return;
        }
        failure.set(None);
        let draft =
            ReplyDraft { body: body.get_untracked(), files: files.get_untracked(), ..ReplyDraft::default() };
        if draft.waits() {
            error.set(Some(words.text(w::ATTACH_WAIT)));
            focus::focus_id(FIELD);
            return;
        }
        if follows_up.get_untracked() {
            match body.with_untracked(|body| body.parse::<Body>()) {
                Ok(body) => {
                    error.set(None);
                    keeper.save_now();
                    follow.begin(body);
                }
                Err(refusal) => {
                    error.set(Some(body_text(refusal, w::ERROR_REPLY_MISSING, words)));
                    focus::focus_id(FIELD);
                }
            }
            return;
        }
        match draft.check(kind) {
            Ok(message) => {
                error.set(None);
                if sending.with_untracked(Option::is_none) {
                    sending.set(Some(message.clone()));
                }
                keeper.save_now();
                send.begin(message);
            }
            Err(refusal) => {
                error.set(Some(body_text(refusal, w::ERROR_REPLY_MISSING, words)));
                focus::focus_id(FIELD);
            }
        }
    };
    // The page was left while an answer was on its way: the person had pressed Send, so it goes on.
    // Words that were changed since wait for another press.
    if let Some(message) = was_sending.filter(|message| message.body.as_str() == body.get_untracked().trim())
    {
        send.begin(message);
    }
    let on_discard = Callback::new(move |()| {
        body.set(String::new());
        files.set(Vec::new());
        sending.set(None);
        key.set(random::uuid());
        keeper.erase();
        focus::focus_id(FIELD);
    });
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        submit(ReplyKind::Public);
    };
    let press = move |kind| Callback::new(move |()| submit(kind));
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);
    let refused = use_refused(request, |person, request, limits, now| {
        let stands = request.summary.state;
        match request::can_reopen(person, stands, request.solved_at, limits, now) {
            Ok(()) | Err(Refusal::NotSolved) => Ok(()),
            // Then it is followed up.
            Err(_) if care::can_follow_up(person, stands, request.solved_at, limits, now).is_ok() => Ok(()),
            Err(refusal) => Err(refusal),
        }
    });
    let unsolvable = use_refused(request, |_, request, _, _| match request.summary.state {
        RequestState::Solved => Err(Refusal::AlreadySolved),
        RequestState::Open | RequestState::Hold => Ok(()),
    });
    let label = move || t(if follows_up.get() { w::REPLY_FOLLOW_UP } else { w::REPLY_SEND });
    let hint = Signal::derive(move || {
        words.text(if follows_up.get() { w::REPLY_FOLLOW_UP_HINT } else { w::REPLY_HINT })
    });

    view! {
        <form class="reply stack" novalidate on:submit=on_submit>
            <Failure error=failure/>
            <TextArea id=FIELD label=t(w::REPLY_FIELD) hint value=body error rows=5 max=BODY_MAX/>
            <Attach id="reply-files" files keeper/>
            <DraftNote keeper/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy refused>
                    {label}
                </Button>
                <Button busy refused=unsolvable on_press=press(ReplyKind::Solving)>{t(w::REPLY_SEND_SOLVE)}</Button>
                {is_agent
                    .then(|| {
                        view! {
                            <Button busy on_press=press(ReplyKind::Internal)>
                                {t(w::REPLY_SEND_INTERNAL)}
                            </Button>
                        }
                    })}
                <When on=Signal::derive(move || !body.read().trim().is_empty() || !files.read().is_empty())>
                    <span class="form-actions__apart">
                        <Button variant=Variant::Quiet on_press=on_discard>{t(w::DRAFT_DISCARD)}</Button>
                    </span>
                </When>
            </div>
        </form>
    }
}

/// Adds what is quoted below what was typed, and goes on there.
fn take_quotations(quoted: RwSignal<Option<String>>, body: RwSignal<String>) {
    // The focus is outside the reactive graph.
    effect(move || {
        let Some(words) = quoted.get() else { return };
        quoted.set(None);
        body.update(|body| {
            if !body.trim().is_empty() {
                body.truncate(body.trim_end().len());
                body.push_str("\n\n");
            }
            body.push_str(&markup::quoted(&words));
        });
        focus::focus_id(FIELD);
        focus::scroll_into_view(FIELD);
    });
}

/// Whether what is typed here becomes a request of its own, as this one can't be reopened any more.
fn use_follows_up(request: Signal<Request>) -> Memo<bool> {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    Memo::new(move |_| {
        let (Some(person), Some(limits)) =
            (state.person(), desk.settings.with(|settings| settings.map(|settings| settings.limits)))
        else {
            return false;
        };
        let (stands, solved_at) = request.with(|request| (request.summary.state, request.solved_at));
        care::can_follow_up(&person, stands, solved_at, limits, state.now()).is_ok()
    })
}

/// What a follow-up is made of.
#[derive(Clone, Copy)]
struct FollowUp {
    body: RwSignal<String>,
    files: RwSignal<Vec<AttachedFile>>,
    key: RwSignal<String>,
    failure: RwSignal<Option<ApiError>>,
    keeper: Keeper,
}

/// Asks a new request about the same, with what was typed as an answer; it links to this one.
fn use_following(
    request: Signal<Request>,
    FollowUp { body, files, key, failure, keeper }: FollowUp,
) -> Act<Body> {
    let client = expect_context::<Client>();
    let onward = use_onward();
    Act::new(move |words: Body| {
        let (client, onward) = (client.clone(), onward.clone());
        let (place, key_in_use) = (keeper.place(), key.get_untracked());
        let asked = request.with_untracked(|request| {
            Some(NewRequest {
                topic: request.summary.topic.clone(),
                subject: request.summary.subject.parse().ok()?,
                body: words.clone(),
                priority: request.summary.priority,
                channel: Channel::Message,
                language: request.language.clone(),
                affected: request.affected,
                call: None,
                follows: Some(request.summary.id),
                uploads: files.with_untracked(|files| attached::arrived(files)).unwrap_or_default(),
            })
        });
        async move {
            let Some(asked) = asked else { return };
            match client.send(requests::create(&asked, &key_in_use)).await {
                Ok(made) => {
                    let is_same = |text: &String| text.trim() == words.as_str();
                    let is_left = files.try_update(|files| attached::take_sent(files, &asked.uploads));
                    if body.try_with_untracked(is_same).unwrap_or(true) {
                        body.set(String::new());
                        if is_left != Some(true) {
                            keeper.erase();
                            place.clear();
                        }
                    }
                    key.set(random::uuid());
                    onward.go(&Route::Request(made.summary.id));
                }
                Err(refusal) => {
                    if refusal == ApiError::KeyReused {
                        key.set(random::uuid());
                    }
                    failure.set(Some(refusal));
                }
            }
        }
    })
}
