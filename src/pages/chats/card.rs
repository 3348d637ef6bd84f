//! Where a chat stands: the line, who is there, and what can be done.

use frontdesk_contract::chat::{Chat, ChatAct, ChatChange, ChatRefusal, ChatState, can_act};
use frontdesk_contract::{Kind, Request, RequestId};
use leptos::prelude::*;

use crate::api::{ApiError, Client, chats};
use crate::browser::notices::{self, Permission};
use crate::i18n::{Words, keys as w, t, t_with, use_words};
use crate::pages::chats::sheet::Chatting;
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Button, Card, Pill, Tone, Variant, When, use_announcer};

/// The card; it is there when the request was asked by chat.
#[component]
pub fn ChatCard(
    request: Signal<Request>,
    chatting: Chatting,
    /// Whether this device tells of new messages.
    notified: RwSignal<bool>,
) -> impl IntoView {
    let id = request.with_untracked(|request| request.summary.id);
    let failure = RwSignal::new(None::<ApiError>);
    let act = use_acting(id, chatting, failure);
    let is_there = Signal::derive(move || chatting.chat.with(Option::is_some));
    // What changes with each key of somebody else doesn't make the buttons anew.
    let stands = Memo::new(move |_| {
        chatting.chat.with(|chat| chat.as_ref().map(|chat| (chat.state, chat.place, chat.agent.clone())))
    });
    view! {
        <When on=is_there>
            <Card title=t(w::CHAT_TITLE)>
                <Failure error=failure/>
                {move || {
                    stands.get().map(|(state, place, agent)| {
                        let agent = agent.map(|agent| agent.name);
                        view! { <Standing state place agent/> <Acts state act/> }
                    })
                }}
                <When on=chatting.is_on>
                    <Notify notified/>
                </When>
            </Card>
        </When>
    }
}

/// Does something about the chat as it is shown.
fn use_acting(id: RequestId, chatting: Chatting, failure: RwSignal<Option<ApiError>>) -> Act<ChatAct> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |act: ChatAct| {
        let version =
            chatting.chat.with_untracked(|chat| chat.as_ref().map(|chat: &Chat| chat.version.clone()));
        let client = client.clone();
        async move {
            let Some(version) = version else { return };
            match client.send(chats::change(id, &ChatChange { act }, version)).await {
                Ok(sheet) => {
                    chatting.fetched.data().set(Some(sheet));
                    announcer.announce(words.text(w::CHAT_CHANGED));
                }
                Err(error) => {
                    if matches!(error, ApiError::Changed { .. } | ApiError::NotPossible) {
                        chatting.fetched.ask_again();
                    }
                    failure.set(Some(error));
                }
            }
        }
    })
}

#[component]
fn Standing(state: ChatState, place: Option<u64>, agent: Option<String>) -> impl IntoView {
    let words = use_words();
    let (key, tone) = match state {
        ChatState::Waiting => (w::CHAT_STATE_WAITING, Tone::Warn),
        ChatState::Live => (w::CHAT_STATE_LIVE, Tone::Good),
        ChatState::Ended => (w::CHAT_STATE_ENDED, Tone::Mute),
    };
    let place = place.map(|place| view! { <p>{move || words.count(w::CHAT_PLACE, place)}</p> });
    let agent = agent.map(|name| view! { <p>{t_with(w::CHAT_AGENT, [("name", Signal::stored(name))])}</p> });
    view! {
        <div role="status">
            <p><Pill tone text=t(key)/></p>
            {place}
            {agent}
        </div>
    }
}

/// Take, go on by message, end; each keeps its verb and says why it isn't possible.
#[component]
fn Acts(state: ChatState, act: Act<ChatAct>) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let refused = move |act| {
        Signal::derive(move || Some(refusal_text(can_act(&session.person()?, act, state).err()?, words)))
    };
    let press = move |what| Callback::new(move |()| act.begin(what));
    let busy = act.pending();
    let person = session.session_untracked().map(|session| session.person);
    let is_agent = person.as_ref().is_some_and(|person| person.kind == Kind::Agent);
    let may_write = person.is_some_and(|person| frontdesk_contract::request::can_write(&person).is_ok());
    may_write.then(|| {
        let first = if is_agent {
            view! {
                <Button variant=Variant::Primary busy refused=refused(ChatAct::Take) on_press=press(ChatAct::Take)>
                    {t(w::CHAT_TAKE)}
                </Button>
            }
                .into_any()
        } else {
            view! {
                <Button busy refused=refused(ChatAct::Message) on_press=press(ChatAct::Message)>
                    {t(w::CHAT_MESSAGE)}
                </Button>
            }
                .into_any()
        };
        view! {
            <div class="form-actions">
                {first}
                <Button busy refused=refused(ChatAct::End) on_press=press(ChatAct::End)>{t(w::CHAT_END)}</Button>
            </div>
        }
    })
}

fn refusal_text(refusal: ChatRefusal, words: Words) -> String {
    words.text(match refusal {
        ChatRefusal::NotYours | ChatRefusal::AgentsDo => w::ERROR_FORBIDDEN,
        ChatRefusal::Off => w::CHAT_ROLLOUT,
        ChatRefusal::Closed { .. } => w::CHAT_CLOSED_UNKNOWN,
        ChatRefusal::Taken => w::REFUSAL_CHAT_TAKEN,
        ChatRefusal::Over => w::REFUSAL_CHAT_OVER,
    })
}

/// *Tell me on this device*: the browser asks for its permission when it is pressed, and never before.
#[component]
fn Notify(notified: RwSignal<bool>) -> impl IntoView {
    let is_refused = RwSignal::new(false);
    let ask = Act::new(move |()| async move {
        let is_granted = notices::ask().await == Permission::Granted;
        is_refused.set(!is_granted);
        notified.set(is_granted);
    });
    let on_press = Callback::new(move |()| {
        if notified.get_untracked() {
            notified.set(false);
        } else {
            ask.begin(());
        }
    });
    let label = move || t(if notified.get() { w::CHAT_NOTIFY_OFF } else { w::CHAT_NOTIFY });
    view! {
        <Button variant=Variant::Quiet busy=ask.pending() on_press>{label}</Button>
        <div role="status">
            <When on=is_refused>
                <p class="hint">{t(w::CHAT_NOTIFY_REFUSED)}</p>
            </When>
        </div>
    }
}
