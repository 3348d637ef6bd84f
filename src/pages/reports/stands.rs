//! Where reports stand, in a word.

use frontdesk_contract::likeness::Spike;
use frontdesk_contract::report::Source;
use frontdesk_contract::{ReportState, Timestamp};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Key, keys as w, t, t_count, use_words};
use crate::state::SessionState;
use crate::ui::{Pill, RelativeTime, Tone};

/// The word for admins.
pub const fn state_key(state: ReportState) -> Key {
    match state {
        ReportState::New => w::REPORTS_STATE_NEW,
        ReportState::Known => w::REPORTS_STATE_KNOWN,
        ReportState::Answered => w::REPORTS_STATE_ANSWERED,
        ReportState::Closed => w::REPORTS_STATE_CLOSED,
    }
}

/// The word for whoever reported.
const fn own_key(state: ReportState) -> Key {
    match state {
        ReportState::New => w::MY_REPORTS_STATE_NEW,
        ReportState::Known => w::MY_REPORTS_STATE_KNOWN,
        ReportState::Answered => w::REPORTS_STATE_ANSWERED,
        ReportState::Closed => w::REPORTS_STATE_CLOSED,
    }
}

const fn tone(state: ReportState) -> Tone {
    match state {
        ReportState::New => Tone::Info,
        ReportState::Known => Tone::Warn,
        ReportState::Answered => Tone::Good,
        ReportState::Closed => Tone::Mute,
    }
}

/// Whose word it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eye {
    /// An admin's.
    Admin,
    /// Of whoever reported.
    Own,
}

/// Where something stands.
#[component]
pub fn StatePill(state: ReportState, eye: Eye) -> impl IntoView {
    let key = match eye {
        Eye::Admin => state_key(state),
        Eye::Own => own_key(state),
    };
    view! { <Pill tone=tone(state) text=t(key)/> }
}

/// More than usual.
#[component]
pub fn SpikePill(spike: Spike) -> impl IntoView {
    let words = use_words();
    let text = Signal::derive(move || {
        let numbers = [("count", spike.count.to_string()), ("usual", spike.usual.to_string())];
        words.text_with(w::REPORTS_SPIKE, &numbers)
    });
    view! { <Pill tone=Tone::Bad text/> }
}

/// By which way a report came, where that is worth a word.
pub const fn source_key(source: Source) -> Option<Key> {
    match source {
        Source::Dialog => None,
        Source::Joined => Some(w::REPORTS_SOURCE_JOINED),
        Source::Form => Some(w::REPORTS_SOURCE_FORM),
        Source::LockedOut => Some(w::REPORTS_SOURCE_LOCKED_OUT),
    }
}

/// When, as people say it.
#[component]
pub fn Ago(at: Timestamp) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let text = Signal::derive(move || intl::relative(at, state.now(), &words.language()));
    let exact = Signal::derive(move || intl::exact(at, &words.language()));
    view! { <RelativeTime text exact datetime=at.to_string()/> }
}

/// How many of the new ones are from people who can't sign in.
#[component]
pub fn LockedOutPill(count: u64) -> impl IntoView {
    (count > 0)
        .then(|| view! { <Pill tone=Tone::Warn text=t_count(w::REPORTS_LOCKED_OUT, Signal::stored(count))/> })
}
