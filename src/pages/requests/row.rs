//! What a list and a page both show of a request.

use frontdesk_contract::{Channel, Kind, Priority, RequestState, RequestSummary, Timestamp, WaitingFor};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w, use_words};
use crate::shell::levels::level_key;
use crate::state::SessionState;
use crate::ui::{Bars, Pill, RelativeTime, Tone};

/// What a request says about who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    state: RequestState,
    waiting_for: WaitingFor,
    waiting_since: Timestamp,
}

impl From<&RequestSummary> for Waiting {
    fn from(row: &RequestSummary) -> Self {
        Self { state: row.state, waiting_for: row.waiting_for, waiting_since: row.waiting_since }
    }
}

/// Who must act, and since when, as a pill.
#[component]
pub fn WaitingPill(row: Waiting) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);
    let tone = match (row.state, row.waiting_for, is_agent) {
        (RequestState::Solved, _, _) => Tone::Good,
        (_, WaitingFor::Nobody, _) => Tone::Mute,
        (_, WaitingFor::Organization, false) | (_, WaitingFor::Support, true) => Tone::Warn,
        (_, WaitingFor::Organization, true) | (_, WaitingFor::Support, false) => Tone::Info,
    };
    let text = Signal::derive(move || {
        let ago = intl::relative(row.waiting_since, state.now(), &words.language());
        let key = waiting_key(row.state, row.waiting_for, is_agent);
        words.text_with(key, &[("ago", ago)])
    });
    view! { <Pill tone text/> }
}

/// The sentence for who must act, seen from the reader's side of the desk.
fn waiting_key(state: RequestState, waiting_for: WaitingFor, is_agent: bool) -> Key {
    match (state, waiting_for, is_agent) {
        (RequestState::Solved, _, _) => w::REQUESTS_TURN_SOLVED,
        (RequestState::Hold, _, _) => w::REQUESTS_TURN_HOLD,
        (RequestState::Open, WaitingFor::Organization, false) => w::REQUESTS_TURN_YOU,
        (RequestState::Open, WaitingFor::Organization, true) => w::REQUESTS_TURN_ORGANIZATION,
        (RequestState::Open, WaitingFor::Support, false) => w::REQUESTS_TURN_SUPPORT_SINCE,
        (RequestState::Open, WaitingFor::Support, true) => w::REQUESTS_TURN_YOU_SUPPORT,
        (RequestState::Open, WaitingFor::Nobody, _) => w::REQUESTS_TURN_HOLD,
    }
}

/// The word for a level.
pub fn priority_key(priority: Priority) -> Key {
    level_key(priority)
}

/// The word for a state.
pub fn state_key(state: RequestState) -> Key {
    match state {
        RequestState::Open => w::STATE_OPEN,
        RequestState::Hold => w::STATE_HOLD,
        RequestState::Solved => w::STATE_SOLVED,
    }
}

/// The word for a way to be answered.
pub fn channel_key(channel: Channel) -> Key {
    match channel {
        Channel::Message => w::CHANNEL_MESSAGE,
        Channel::Chat => w::CHANNEL_CHAT,
        Channel::Phone => w::CHANNEL_PHONE_SHORT,
    }
}

/// Three bars and the word; where support sees it differently, its level too.
#[component]
pub fn PriorityMark(priority: Priority, support: Option<Priority>) -> impl IntoView {
    let words = use_words();
    let (level, tone) = match support.unwrap_or(priority) {
        Priority::High => (3, Tone::Bad),
        Priority::Medium => (2, Tone::Warn),
        Priority::Low => (1, Tone::Mute),
    };
    let text = Signal::derive(move || priority_text(priority, support, words));
    view! {
        <span class="priority">
            <Bars level tone/>
            <span class="priority__text" title=text>{text}</span>
        </span>
    }
}

fn priority_text(priority: Priority, support: Option<Priority>, words: Words) -> String {
    let own = words.text(priority_key(priority));
    match support {
        Some(support) if support != priority => words
            .text_with(w::PRIORITY_DIFFERS, &[("own", own), ("support", words.text(priority_key(support)))]),
        Some(_) | None => own,
    }
}

/// A moment as people say it, with the exact local time.
#[component]
pub fn SinceText(at: Timestamp) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let text = Signal::derive(move || intl::relative(at, state.now(), &words.language()));
    let exact = Signal::derive(move || intl::day_and_time(at, &words.language()));
    view! { <RelativeTime text exact datetime=at.to_string()/> }
}
