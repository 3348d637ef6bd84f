//! The live part of a chat: what is typed goes out at once and once, whatever the line does; who types, who has read.

use frontdesk_contract::chat::{ChatMarks, TYPING, TYPING_TOLD, typing};
use frontdesk_contract::request::NewMessage;
use frontdesk_contract::{Body, Message, MessageId, PersonId, Request, ThreadItem};
use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::api::{ApiError, Client, chats, requests};
use crate::browser::{clock, focus, intl, notices, page, random, timer};
use crate::domain::draft::DraftOf;
use crate::domain::outbox::{self, ChatDraft, Sending};
use crate::i18n::{keys as w, t, use_words};
use crate::pages::chats::sheet::Chatting;
use crate::shell::draft_note::DraftNote;
use crate::shell::drafts::{self, Keeper};
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, Pill, TextArea, Tone, Variant, effect, effect_after, use_announcer};

/// The id of the field.
const FIELD: &str = "chat-body";
/// How long after a failure it is tried again, in milliseconds: the first time, and at the most.
const AGAIN_FIRST: i32 = 1_000;
const AGAIN_MAX: i32 = 8_000;

/// What stands in the chat, and what of it is on its way.
#[derive(Clone, Copy)]
struct Talking {
    body: RwSignal<String>,
    outbox: RwSignal<Vec<Sending>>,
    keeper: Keeper,
    failure: RwSignal<Option<ApiError>>,
}

/// The field below the thread while the chat goes on.
#[component]
pub fn Talk(
    request: Signal<Request>,
    chatting: Chatting,
    /// Whether this device tells of new messages.
    notified: RwSignal<bool>,
    /// Takes the request as it is after a message.
    on_request: Callback<Request>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let id = request.with_untracked(|request| request.summary.id);
    let me = state.session_untracked().map(|session| session.person.id);
    let talking = use_talking(request);
    let flush = use_flush(request, talking, on_request);
    let tell_typing = use_marks(request, notified, me.clone());
    // What was on its way when the page was left goes on.
    if !talking.outbox.with_untracked(Vec::is_empty) {
        flush.begin(());
    }
    let submit = move || {
        let text = talking.body.get_untracked();
        let Ok(body) = text.parse::<Body>() else { return };
        let after = request.with_untracked(|request| outbox::newest(&request.thread)).0;
        talking.outbox.update(|all| {
            all.push(Sending { key: random::uuid(), body: body.to_string(), after });
        });
        talking.body.set(String::new());
        talking.keeper.save_now();
        flush.begin(());
        focus::focus_id(FIELD);
    };
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        submit();
    };
    // Enter sends, as in every chat; Shift and Enter make a line.
    let on_key = move |event: KeyboardEvent| {
        let is_send = event.key() == "Enter" && !event.shift_key() && !event.is_composing();
        if is_send && focus::active_id().as_deref() == Some(FIELD) {
            event.prevent_default();
            submit();
        }
    };
    let on_retry = Callback::new(move |()| flush.begin(()));
    let label = Signal::derive(move || words.text_with(w::CHAT_FIELD, &[("id", id.to_string())]));
    view! {
        <Outbox request talking me=me.clone()/>
        <Told request chatting me/>
        <form class="reply stack" novalidate on:submit=on_submit on:keydown=on_key on:input=move |_| tell_typing.run(())>
            <Failure error=talking.failure busy=flush.pending() on_retry/>
            <TextArea id=FIELD label hint=t(w::CHAT_FIELD_HINT) value=talking.body rows=2/>
            <DraftNote keeper=talking.keeper/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit>{t(w::CHAT_SEND)}</Button>
            </div>
        </form>
    }
}

fn use_talking(request: Signal<Request>) -> Talking {
    let state = expect_context::<SessionState>();
    let of = DraftOf::Chat(request.with_untracked(|request| request.summary.id));
    let restored = drafts::restore::<ChatDraft>(state, of);
    let since = restored.as_ref().map(|saved| saved.at);
    let draft = restored.map(|saved| saved.draft).unwrap_or_default();
    let (body, outbox) = (RwSignal::new(draft.body), RwSignal::new(draft.outbox));
    let snapshot = Signal::derive(move || {
        let draft = ChatDraft { body: body.get(), outbox: outbox.get() };
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    });
    let keeper = Keeper::keep(of, state, snapshot, since);
    Talking { body, outbox, keeper, failure: RwSignal::new(None) }
}

/// Sends what is on its way, one after another, and tries again until each has arrived.
fn use_flush(request: Signal<Request>, talking: Talking, on_request: Callback<Request>) -> Act<()> {
    let client = expect_context::<Client>();
    let id = request.with_untracked(|request| request.summary.id);
    Act::new(move |()| {
        let client = client.clone();
        async move {
            let mut pause = AGAIN_FIRST;
            // When the page is gone, the rest waits on the device for the next time.
            while let Some(Some(first)) = talking.outbox.try_with_untracked(|all| all.first().cloned()) {
                let Ok(body) = first.body.parse() else { return arrived(talking, &first) };
                let message = NewMessage { body, internal: false, solve: false, uploads: Vec::new() };
                match client.send(requests::reply(id, &message, &first.key)).await {
                    Ok(sent) => {
                        pause = AGAIN_FIRST;
                        arrived(talking, &first);
                        if talking.failure.try_set(None).is_none() {
                            on_request.run(sent.request);
                        }
                    }
                    // The key is known with these words: an earlier try has arrived.
                    Err(ApiError::KeyReused) => arrived(talking, &first),
                    Err(error) => {
                        let may_pass = may_pass(&error);
                        if talking.failure.try_set(Some(error)).is_some() || !may_pass {
                            return;
                        }
                        timer::sleep(pause).await;
                        pause = (pause * 2).min(AGAIN_MAX);
                    }
                }
            }
        }
    })
}

/// Takes a message off those that are on their way.
fn arrived(talking: Talking, sending: &Sending) {
    let _ = talking.outbox.try_update(|all| all.retain(|other| other.key != sending.key));
    talking.keeper.save_now();
}

/// Whether the same message may arrive when it is sent again.
fn may_pass(error: &ApiError) -> bool {
    matches!(
        error,
        ApiError::Offline
            | ApiError::Timeout { .. }
            | ApiError::StillRunning
            | ApiError::Throttled { .. }
            | ApiError::Server { .. }
            | ApiError::Unreadable
    )
}

/// Tells the backend what has arrived here and was read, and says aloud what is new. What it gives back tells
/// that somebody types.
fn use_marks(request: Signal<Request>, notified: RwSignal<bool>, me: Option<PersonId>) -> Callback<()> {
    // Nobody asked for these calls: an ended session is told by what the person does.
    let client = expect_context::<Client>().unheard();
    let announcer = use_announcer();
    let id = request.with_untracked(|request| request.summary.id);
    let newest = Memo::new(move |_| request.with(|request| outbox::newest(&request.thread)));
    let done = StoredValue::new((MessageId(0), MessageId(0)));
    let marking = client.clone();
    let catch_up = Act::new(move |()| {
        let client = marking.clone();
        async move {
            while let (Some(newest), Some((delivered, read))) =
                (newest.try_get_untracked(), done.try_get_value())
            {
                let read_now = if page::is_visible() { newest } else { read };
                if (newest, read_now) == (delivered, read) {
                    return;
                }
                let marks = ChatMarks { typing: false, delivered: Some(newest), read: Some(read_now) };
                if client.send(chats::mark(id, &marks)).await.is_err() {
                    return;
                }
                let _ = done.try_set_value((newest, read_now));
            }
        }
    });
    let seen = StoredValue::new_local(page::on_show(move || catch_up.begin(())));
    on_cleanup(move || seen.dispose());
    // The network, the reader's ears and the system are outside the reactive graph.
    effect_after(move |before: Option<MessageId>| {
        let newest = newest.get();
        if let Some(before) = before {
            for message in news(&request.read_untracked().thread, before, me.as_ref()) {
                announcer.announce(format!("{}: {}", message.author.name, message.body));
                if notified.get_untracked() && !page::is_visible() {
                    notices::show(&message.author.name, &message.body, &message.id.to_string());
                }
            }
        }
        catch_up.begin(());
        newest
    });
    let told_at = StoredValue::new(f64::NEG_INFINITY);
    let tell = Act::new(move |()| {
        let client = client.clone();
        async move {
            // A mark that is lost is told again with the next key.
            let _ = client.send(chats::mark(id, &ChatMarks { typing: true, ..ChatMarks::default() })).await;
        }
    });
    Callback::new(move |()| {
        let now = clock::monotonic_millis();
        if now - told_at.get_value() > TYPING_TOLD.0 as f64 {
            told_at.set_value(now);
            tell.begin(());
        }
    })
}

/// What others have said since a message.
fn news<'a>(
    thread: &'a [ThreadItem],
    before: MessageId,
    me: Option<&PersonId>,
) -> impl Iterator<Item = &'a Message> {
    let me = me.cloned();
    thread.iter().filter_map(move |item| match item {
        ThreadItem::Message(message) if message.id > before && Some(&message.author.id) != me.as_ref() => {
            Some(message)
        }
        _ => None,
    })
}

/// What is on its way, below the thread.
#[component]
fn Outbox(request: Signal<Request>, talking: Talking, me: Option<PersonId>) -> impl IntoView {
    let waiting = move || {
        let all = talking.outbox.get();
        let Some(me) = &me else { return all };
        request.with(|request| outbox::shown(&all, &request.thread, me).to_vec())
    };
    view! {
        <ol class="thread chat__outbox" role="list" aria-label=t(w::CHAT_OUTBOX)>
            <For each=waiting key=|sending| sending.key.clone() let:sending>
                <li class="message" data-waiting="true">
                    <p class="message__body" dir="auto">{sending.body}</p>
                    <Pill tone=Tone::Mute text=t(w::CHAT_SENDING)/>
                </li>
            </For>
        </ol>
    }
}

/// Who has read the reader's newest message, and who types.
#[component]
fn Told(request: Signal<Request>, chatting: Chatting, me: Option<PersonId>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let own = Memo::new(move |_| {
        request.with(|request| {
            let said = |item: &ThreadItem| match item {
                ThreadItem::Message(message) if Some(&message.author.id) == me.as_ref() => Some(message.id),
                _ => None,
            };
            request.thread.iter().filter_map(said).max()
        })
    });
    let receipt = move || {
        let own = own.get()?;
        let person = state.person()?;
        chatting.chat.with(|chat| {
            let others =
                || chat.iter().flat_map(|chat| &chat.members).filter(|member| member.person.id != person.id);
            let names: Vec<String> = others()
                .filter(|member| member.read >= own)
                .map(|member| member.person.name.clone())
                .collect();
            if !names.is_empty() {
                let names = intl::list(&names, &words.language());
                return Some(words.text_with(w::CHAT_READ, &[("names", names)]));
            }
            let is_delivered = others().any(|member| member.delivered >= own);
            Some(words.text(if is_delivered { w::CHAT_DELIVERED } else { w::CHAT_SENT }))
        })
    };
    let over = Trigger::new();
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // A mark ends by itself: the clock is outside the reactive graph.
    effect(move || {
        let is_typing = chatting.chat.with(|chat| {
            chat.iter().flat_map(|chat| &chat.members).any(|member| member.typing_until.is_some())
        });
        let millis = i32::try_from(TYPING.0).unwrap_or(AGAIN_MAX);
        pause.set_value(is_typing.then(|| timer::after(millis, move || over.notify())));
    });
    let typing = move || {
        over.track();
        let person = state.person()?;
        let now = state.now();
        let names: Vec<String> = chatting.chat.with(|chat| {
            let members = chat.as_ref().map(|chat| chat.members.as_slice()).unwrap_or_default();
            typing(members, &person, now).map(|member| member.person.name.clone()).collect()
        });
        let names = (!names.is_empty()).then(|| intl::list(&names, &words.language()))?;
        Some(words.text_with(w::CHAT_TYPING, &[("names", names)]))
    };
    view! {
        <p class="hint chat__receipt">{receipt}</p>
        <p class="hint chat__typing">{typing}</p>
    }
}
