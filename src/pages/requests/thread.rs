//! What was said and changed, oldest first.

use frontdesk_contract::call::CallState;
use frontdesk_contract::care::{self, ActDone, Happened};
use frontdesk_contract::thread::{CallStep, PriorityChange, Side, StateChange};
use frontdesk_contract::{Message, RequestState, ThreadItem};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::browser::{focus, intl};
use crate::i18n::{Key, keys as w, t, use_words};
use crate::pages::requests::markup::Markup;
use crate::pages::requests::row::{SinceText, priority_key};
use crate::shell::attached::Attached;
use crate::ui::{Avatar, Button, Pill, Tone, Variant, effect};

/// The thread. Entries never change once they stand, so each is drawn once.
#[component]
pub fn Thread(
    items: Signal<Vec<ThreadItem>>,
    /// Begins an answer with what was said; none for whoever only reads.
    on_quote: Signal<Option<Callback<String>>>,
) -> impl IntoView {
    let hash = use_location().hash;
    // Where the address points is outside the reactive graph, and so is the focus.
    effect(move || {
        if let Some(id) = hash.get().strip_prefix('#').filter(|id| id.starts_with(ANCHOR)) {
            focus::focus_id(id);
        }
    });
    let numbered = move || items.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <ol class="thread" role="list" aria-label=t(w::REQUEST_THREAD)>
            <For each=numbered key=|(index, item)| key_of(*index, item) let:entry>
                <Entry item=entry.1 hash on_quote/>
            </For>
        </ol>
    }
}

/// What the name of each message begins with, in addresses.
const ANCHOR: &str = "m-";

/// A message by its number; a change, which has none, by its place.
fn key_of(index: usize, item: &ThreadItem) -> (usize, u64) {
    match item {
        ThreadItem::Message(message) => (0, message.id.0),
        ThreadItem::State(_) | ThreadItem::Priority(_) | ThreadItem::Call(_) | ThreadItem::Act(_) => {
            (index + 1, 0)
        }
    }
}

#[component]
fn Entry(item: ThreadItem, hash: Memo<String>, on_quote: Signal<Option<Callback<String>>>) -> impl IntoView {
    match item {
        ThreadItem::Message(message) => view! { <Said message hash on_quote/> }.into_any(),
        ThreadItem::State(change) => view! { <StateChanged change/> }.into_any(),
        ThreadItem::Priority(change) => view! { <PriorityChanged change/> }.into_any(),
        ThreadItem::Call(step) => view! { <CallStepped step/> }.into_any(),
        ThreadItem::Act(done) => view! { <Acted done/> }.into_any(),
    }
}

#[component]
fn Said(message: Message, hash: Memo<String>, on_quote: Signal<Option<Callback<String>>>) -> impl IntoView {
    let side = match message.author.side {
        Side::Organization => "organization",
        Side::Support => "support",
    };
    let is_support = message.author.side == Side::Support;
    let anchor = format!("{ANCHOR}{}", message.id);
    let address = format!("#{anchor}");
    let link = address.clone();
    let is_meant = move || hash.with(|hash| *hash == address).then_some("true");
    let words = StoredValue::new(message.body.clone());
    let quote = move || {
        let on_quote = on_quote.get()?;
        let on_press = Callback::new(move |()| on_quote.run(words.get_value()));
        Some(view! { <Button variant=Variant::Quiet on_press>{t(w::MESSAGE_QUOTE)}</Button> })
    };
    let body = if message.markup.is_empty() {
        view! { <p class="message__body message__body--plain" dir="auto">{message.body}</p> }.into_any()
    } else {
        view! { <Markup nodes=message.markup/> }.into_any()
    };
    view! {
        <li
            class="message"
            id=anchor
            tabindex="-1"
            data-side=side
            data-internal=message.internal.then_some("true")
            data-current=is_meant
        >
            <header class="message__head">
                <Avatar name=message.author.name.clone()/>
                <b>{message.author.name}</b>
                {is_support.then(|| view! { <Pill tone=Tone::Info text=t(w::SIDE_SUPPORT)/> })}
                {message.internal.then(|| view! { <Pill tone=Tone::Warn text=t(w::REQUEST_INTERNAL)/> })}
                <a class="message__link" href=link title=t(w::MESSAGE_LINK)>
                    <SinceText at=message.at/>
                </a>
            </header>
            {body}
            <Attached files=message.uploads/>
            <div class="message__acts">{quote}</div>
        </li>
    }
}

#[component]
fn StateChanged(change: StateChange) -> impl IntoView {
    let words = use_words();
    let key = state_changed_key(change.from, change.to);
    let name = change.author.name;
    let text = move || words.text_with(key, &[("name", name.clone())]);
    view! {
        <li class="thread__event">
            <span>{text} " · " <SinceText at=change.at/></span>
            <Why reason=change.reason/>
        </li>
    }
}

fn state_changed_key(from: RequestState, to: RequestState) -> Key {
    match (from, to) {
        (_, RequestState::Solved) => w::THREAD_SOLVED,
        (_, RequestState::Hold) => w::THREAD_HELD,
        (RequestState::Solved, RequestState::Open) => w::THREAD_REOPENED,
        (RequestState::Open | RequestState::Hold, RequestState::Open) => w::THREAD_OPENED,
    }
}

#[component]
fn PriorityChanged(change: PriorityChange) -> impl IntoView {
    let words = use_words();
    let name = change.author.name;
    let key = match change.author.side {
        Side::Organization => w::THREAD_PRIORITY_OWN,
        Side::Support => w::THREAD_PRIORITY_SUPPORT,
    };
    let text = move || {
        let level = words.text(priority_key(change.to));
        words.text_with(key, &[("name", name.clone()), ("level", level)])
    };
    view! {
        <li class="thread__event">
            <span>{text} " · " <SinceText at=change.at/></span>
            <Why reason=change.reason/>
        </li>
    }
}

#[component]
fn CallStepped(step: CallStep) -> impl IntoView {
    let words = use_words();
    let key = match step.call {
        CallState::Asked => w::THREAD_CALL_ASKED,
        CallState::Moved => w::THREAD_CALL_MOVED,
        CallState::Started => w::THREAD_CALL_STARTED,
        CallState::Done => w::THREAD_CALL_DONE,
        CallState::Missed => w::THREAD_CALL_MISSED,
        CallState::Cancelled => w::THREAD_CALL_CANCELLED,
        CallState::Withdrawn => w::THREAD_CALL_WITHDRAWN,
    };
    let name = step.author.name;
    let text = move || {
        let date = intl::day_and_time(step.window, &words.language());
        words.text_with(key, &[("name", name.clone()), ("date", date)])
    };
    view! {
        <li class="thread__event">
            <span>{text} " · " <SinceText at=step.at/></span>
            <Why reason=step.reason/>
        </li>
    }
}

#[component]
fn Acted(done: ActDone) -> impl IntoView {
    let words = use_words();
    let name = done.author.map(|author| author.name).unwrap_or_default();
    let key = happened_key(done.act);
    let text = move || words.text_with(key, &[("name", name.clone())]);
    view! {
        <li class="thread__event">
            <span>{text} " · " <SinceText at=done.at/></span>
            <Why reason=done.reason/>
        </li>
    }
}

fn happened_key(happened: Happened) -> Key {
    match happened {
        Happened::Act(care::Act::Appeal) => w::THREAD_APPEALED,
        Happened::Act(care::Act::Uphold) => w::THREAD_UPHELD,
        Happened::Act(care::Act::Escalate) => w::THREAD_ESCALATED,
        Happened::Act(care::Act::KeepOpen) => w::THREAD_KEPT_OPEN,
        Happened::Reminded => w::THREAD_REMINDED,
        Happened::Closed => w::THREAD_CLOSED,
        Happened::HandedOver => w::THREAD_HANDED_OVER,
    }
}

/// The reason, as it was typed.
#[component]
fn Why(reason: Option<String>) -> impl IntoView {
    reason.map(|reason| view! { <q dir="auto">{reason}</q> })
}
