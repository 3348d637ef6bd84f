//! An answer in a thread, with its draft.

use frontdesk_contract::request::{self, NewMessage};
use frontdesk_contract::text::TextRefusal;
use frontdesk_contract::{Kind, Request, RequestState};
use leptos::prelude::*;

use crate::api::{ApiError, Client, requests};
use crate::browser::{focus, random};
use crate::domain::draft::DraftOf;
use crate::domain::reply::{ReplyDraft, ReplyKind};
use crate::i18n::{keys as w, t, use_words};
use crate::pages::requests::show::Shown;
use crate::pages::support::draft_note::DraftNote;
use crate::shell::drafts::{self, Keeper};
use crate::shell::{Act, Desk, Failure};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, TextArea, Variant, When, use_announcer};

/// The id of the field, for focus and error links.
const FIELD: &str = "reply-body";

/// The form below the thread.
#[component]
pub fn Reply(request: Signal<Request>, shown: Shown) -> impl IntoView {
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
    let key = RwSignal::new(if draft.key.is_empty() { random::uuid() } else { draft.key });
    let sending = RwSignal::new(draft.sending);
    let snapshot = Signal::derive(move || {
        let draft = ReplyDraft { body: body.get(), key: key.get(), sending: sending.get() };
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
                    if body.try_with_untracked(is_same).unwrap_or(true) {
                        body.set(String::new());
                        keeper.erase();
                        place.clear();
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
    let submit = move |kind: ReplyKind| {
        if send.is_pending() {
            return;
        }
        failure.set(None);
        let draft = ReplyDraft { body: body.get_untracked(), ..ReplyDraft::default() };
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
                error.set(Some(match refusal {
                    TextRefusal::Empty => words.text(w::ERROR_REPLY_MISSING),
                    TextRefusal::TooLong(by) => {
                        words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX))
                    }
                    TextRefusal::Unprintable => words.text(w::ERROR_UNPRINTABLE),
                }));
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
    let is_open = Memo::new(move |_| request.with(|request| request.summary.state != RequestState::Solved));
    let refused = use_refusal(request);

    view! {
        <form class="reply stack" novalidate on:submit=on_submit>
            <Failure error=failure/>
            <TextArea id=FIELD label=t(w::REPLY_FIELD) hint=t(w::REPLY_HINT) value=body error rows=5/>
            <DraftNote keeper/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=send.pending() refused>
                    {t(w::REPLY_SEND)}
                </Button>
                <When on=is_open>
                    <Button busy=send.pending() on_press=press(ReplyKind::Solving)>{t(w::REPLY_SEND_SOLVE)}</Button>
                </When>
                {is_agent
                    .then(|| {
                        view! {
                            <Button busy=send.pending() on_press=press(ReplyKind::Internal)>
                                {t(w::REPLY_SEND_INTERNAL)}
                            </Button>
                        }
                    })}
                <When on=Signal::derive(move || !body.read().trim().is_empty())>
                    <span class="form-actions__apart">
                        <Button variant=Variant::Quiet on_press=on_discard>{t(w::DRAFT_DISCARD)}</Button>
                    </span>
                </When>
            </div>
        </form>
    }
}

/// Why nothing can be written now: it was solved too long ago.
fn use_refusal(request: Signal<Request>) -> Signal<Option<String>> {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    let words = use_words();
    Signal::derive(move || {
        let person = state.person()?;
        let settings = desk.settings.get()?;
        let (stands, solved_at) = request.with(|request| (request.summary.state, request.solved_at));
        if stands != RequestState::Solved {
            return None;
        }
        request::can_reopen(&person, stands, solved_at, settings.limits, state.now())
            .err()
            .map(|refusal| super::change::refusal_text(refusal, words))
    })
}
