//! Who is signed in, and what time it is on the server.

use frontdesk_contract::time::Span;
use frontdesk_contract::{EventId, Person, Role, Session, Timestamp};
use leptos::prelude::*;

use crate::browser::clock;
use crate::browser::storage::Area;

/// Where the panel stands with its session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phase {
    /// Nobody has answered yet.
    Checking,
    /// The backend could not be asked.
    Unreachable(crate::api::ApiError),
    /// Nobody is signed in.
    SignedOut,
    /// Somebody is.
    SignedIn(Session),
    /// Somebody was, in the middle of something: the page stays, and asks to sign in again.
    Ended(Session),
}

/// The session in context.
#[derive(Clone, Copy)]
pub struct SessionState {
    phase: RwSignal<Phase>,
    /// Server time minus the browser's monotonic clock, in milliseconds.
    offset: RwSignal<i64>,
    /// Grows every half minute, so that times as people say them stay true.
    tick: RwSignal<u32>,
    /// How many requests wait for the organization, as last heard.
    waiting: RwSignal<Option<u64>>,
    /// Grows each time that something the person wanted was refused because the session is over.
    asked_again: RwSignal<u32>,
    /// Whether the person has signed out and the page is about to go.
    is_left: StoredValue<bool>,
}

impl SessionState {
    /// A session that nobody has asked about yet.
    pub fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Checking),
            offset: RwSignal::new(clock::wall_millis().saturating_sub(millis(clock::monotonic_millis()))),
            tick: RwSignal::new(0),
            waiting: RwSignal::new(None),
            asked_again: RwSignal::new(0),
            is_left: StoredValue::new(false),
        }
    }

    /// Where the panel stands; follows changes.
    pub fn phase(&self) -> Phase {
        self.phase.get()
    }

    /// Takes what the backend said about who is signed in.
    pub fn signed_in(&self, session: Session) {
        self.set_clock(session.now);
        self.waiting.set(session.waiting_for_you);
        self.phase.set(Phase::SignedIn(session));
    }

    /// Nobody is signed in, and nobody was.
    pub fn signed_out(&self) {
        self.phase.set(Phase::SignedOut);
    }

    /// The backend could not be asked.
    pub fn unreachable(&self, error: crate::api::ApiError) {
        if self.phase.with_untracked(|phase| matches!(phase, Phase::Checking | Phase::Unreachable(_))) {
            self.phase.set(Phase::Unreachable(error));
        }
    }

    /// The answer to something that the person wanted said that the session is over. Whoever was signed in
    /// keeps the page, and is asked to sign in again: each time, as the question may have been closed by hand.
    pub fn ended(&self) {
        self.lost();
        self.asked_again.update(|asked| *asked = asked.wrapping_add(1));
    }

    /// As [`Self::ended`], noticed by the panel alone: nobody is interrupted.
    pub fn lost(&self) {
        match self.phase.get_untracked() {
            Phase::SignedIn(session) => self.phase.set(Phase::Ended(session)),
            Phase::Checking | Phase::Unreachable(_) => self.phase.set(Phase::SignedOut),
            Phase::Ended(_) | Phase::SignedOut => {}
        }
    }

    /// How often something was refused because the session is over; follows changes.
    pub fn asked_again(&self) -> u32 {
        self.asked_again.get()
    }

    /// Whether somebody is signed in; follows changes.
    pub fn is_signed_in(&self) -> bool {
        self.phase.with(|phase| matches!(phase, Phase::SignedIn(_)))
    }

    /// Like [`Self::is_signed_in`], without following changes.
    pub fn phase_is_signed_in(&self) -> bool {
        self.phase.with_untracked(|phase| matches!(phase, Phase::SignedIn(_)))
    }

    /// Whether the session has ended in the middle of something; follows changes.
    pub fn is_ended(&self) -> bool {
        self.phase.with(|phase| matches!(phase, Phase::Ended(_)))
    }

    /// The person has signed out: the page is about to go, and what is erased now stays erased.
    pub fn leave(&self) {
        self.is_left.set_value(true);
    }

    /// Whether the person has signed out.
    pub fn is_left(&self) -> bool {
        self.is_left.get_value()
    }

    /// The session of whoever is, or was, signed in; follows changes.
    pub fn session(&self) -> Option<Session> {
        self.phase.with(Self::session_of)
    }

    /// Like [`Self::session`], without following changes.
    pub fn session_untracked(&self) -> Option<Session> {
        self.phase.with_untracked(Self::session_of)
    }

    /// Who is, or was, signed in; follows changes.
    pub fn person(&self) -> Option<Person> {
        self.session().map(|session| session.person)
    }

    /// What that person is in the eyes of the pages; follows changes.
    pub fn role(&self) -> Option<Role> {
        self.person().map(|person| person.role())
    }

    /// Where drafts of this session belong: with *Shared device* nothing outlives the tab.
    pub fn draft_area(&self) -> Area {
        match self.session_untracked() {
            Some(session) if !session.shared => Area::Local,
            _ => Area::Session,
        }
    }

    /// The number of the event from which the live stream is to be read.
    pub fn last_event(&self) -> EventId {
        self.session_untracked().map_or(EventId(0), |session| session.last_event)
    }

    /// The server's time now; follows the half-minute tick.
    pub fn now(&self) -> Timestamp {
        self.tick.track();
        self.now_untracked()
    }

    /// The server's time now.
    pub fn now_untracked(&self) -> Timestamp {
        let now = self.offset.get_untracked().saturating_add(millis(clock::monotonic_millis()));
        Timestamp::EPOCH.plus(Span(now))
    }

    /// Sets the clock by the server's.
    pub fn set_clock(&self, now: Timestamp) {
        self.offset.set(now.millis().saturating_sub(millis(clock::monotonic_millis())));
        self.tick();
    }

    /// Half a minute has passed.
    pub fn tick(&self) {
        self.tick.update(|tick| *tick = tick.wrapping_add(1));
    }

    /// How many requests wait for the organization; follows changes.
    pub fn waiting(&self) -> Option<u64> {
        self.waiting.get()
    }

    /// Takes the number of requests that wait for the organization.
    pub fn set_waiting(&self, count: u64) {
        if self.waiting.with_untracked(Option::is_some) {
            self.waiting.set(Some(count));
        }
    }

    fn session_of(phase: &Phase) -> Option<Session> {
        match phase {
            Phase::SignedIn(session) | Phase::Ended(session) => Some(session.clone()),
            Phase::Checking | Phase::Unreachable(_) | Phase::SignedOut => None,
        }
    }
}

impl Default for SessionState {
    fn default() -> Self {
        Self::new()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "milliseconds since the page opened fit for 285,000 years"
)]
fn millis(value: f64) -> i64 {
    value as i64
}
