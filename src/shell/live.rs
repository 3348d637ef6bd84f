//! The live stream, for whoever shows something that others change.

use frontdesk_contract::event::Event;
use frontdesk_contract::json;
use frontdesk_contract::{PersonRef, RequestId, Timestamp, Version};
use leptos::prelude::*;

use crate::api::Client;
use crate::browser::{live, timer};
use crate::shell::tabs;
use crate::state::SessionState;

/// What the stream said last, by subject.
#[derive(Clone, Copy)]
pub struct Live {
    /// The request that changed last.
    pub request: RwSignal<Option<(RequestId, Version)>>,
    /// The request in whose chat something moved last; set anew each time.
    pub chat: RwSignal<Option<RequestId>>,
    /// Notified when any request changed.
    pub requests: Trigger,
    /// Who of the own side answers, where, and until when that may be taken for true.
    pub answering: RwSignal<Vec<(RequestId, PersonRef, Timestamp)>>,
    /// Notified when everything is to be read again.
    pub everything: Trigger,
    /// Notified when a problem report changed.
    pub reports: Trigger,
    /// Notified when an incident changed.
    pub status: Trigger,
    /// Notified when the settings changed.
    pub settings: Trigger,
    /// Notified when a run of acts on accounts was asked for, decided, paused or is over.
    pub runs: Trigger,
}

impl Live {
    /// Nothing was said yet.
    pub fn new() -> Self {
        Self {
            request: RwSignal::new(None),
            chat: RwSignal::new(None),
            requests: Trigger::new(),
            answering: RwSignal::new(Vec::new()),
            everything: Trigger::new(),
            reports: Trigger::new(),
            status: Trigger::new(),
            settings: Trigger::new(),
            runs: Trigger::new(),
        }
    }

    fn hear(&self, event: Event, session: SessionState) {
        match event {
            Event::Request { id, version, waiting_for_you } => {
                self.request.set(Some((id, version)));
                self.requests.notify();
                session.set_waiting(waiting_for_you);
            }
            Event::Answering { id, person, until } => {
                let now = session.now_untracked();
                self.answering.update(|marks| {
                    marks.retain(|mark| mark.2 > now && !(mark.0 == id && mark.1.id == person.id));
                    if until > now {
                        marks.push((id, person, until));
                    }
                });
            }
            Event::Report => self.reports.notify(),
            Event::Chat { id } => self.chat.set(Some(id)),
            Event::Status => self.status.notify(),
            Event::Settings => self.settings.notify(),
            Event::Runs => self.runs.notify(),
            Event::Heartbeat { now } => session.set_clock(now),
            Event::Reset => self.read_again(),
            Event::Other => {}
        }
    }

    /// Everything that is shown is asked for again.
    pub fn read_again(&self) {
        self.everything.notify();
        self.requests.notify();
        self.reports.notify();
        self.status.notify();
        self.settings.notify();
        self.runs.notify();
    }
}

impl Default for Live {
    fn default() -> Self {
        Self::new()
    }
}

/// Follows the stream for as long as the caller's part of the page stands.
pub fn follow(live: Live, state: SessionState, client: Client) {
    let on_message = move |data: String| {
        if let Ok(event) = json::read::<Event>(&data) {
            live.hear(event, state);
        }
    };
    // The stream ends when the session does, and breaks again and again while there is none: the answer to
    // this question tells the guard, and interrupts nobody.
    let on_closed = move || tabs::ask_who(state, client.clone());
    let following = live::follow(state.last_event().0, on_message, on_closed);
    let ticking = timer::every(30_000, move || state.tick());
    let kept = StoredValue::new_local((following, ticking));
    on_cleanup(move || kept.dispose());
}
