//! The live stream at `/api/events` (server-sent events).

use serde::{Deserialize, Serialize};

use crate::{PersonRef, RequestId, Timestamp, Version};

/// How often the stream says something when nothing happens, in seconds.
pub const HEARTBEAT_SECONDS: u64 = 15;

/// What the `data` of an event carries. It names what changed and never repeats it: whoever may see
/// the thing asks for it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", from = "FlatEvent")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Event {
    /// A request was made or changed.
    Request {
        /// Which.
        id: RequestId,
        /// Its version now.
        version: Version,
        /// How many requests wait for the organization now.
        waiting_for_you: u64,
    },
    /// Somebody of the reader's own side writes an answer, so that it isn't written twice. It has no number and
    /// isn't told again.
    Answering {
        /// Where.
        id: RequestId,
        /// Who.
        person: PersonRef,
        /// Until when it may be taken for true; past when they have stopped.
        until: Timestamp,
    },
    /// A problem report that the reader may see was made or changed.
    Report,
    /// Somebody types in a chat, or has read more of it, or its line moved.
    Chat {
        /// Of which request.
        id: RequestId,
    },
    /// An incident appeared, changed or ended.
    Status,
    /// The settings or the help changed.
    Settings,
    /// A run of acts on accounts was asked for, decided, paused or is over.
    Runs,
    /// Nothing happened; the server's clock.
    Heartbeat {
        /// The time now.
        now: Timestamp,
    },
    /// The stream could not be followed from where the reader was; everything is to be read again.
    Reset,
    /// Something that this release doesn't know.
    Other,
}

/// An event as it is read: all fields side by side, so that the wasm needs no buffer for tagged enums.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatEvent {
    r#type: String,
    id: Option<RequestId>,
    version: Option<Version>,
    waiting_for_you: Option<u64>,
    now: Option<Timestamp>,
    person: Option<PersonRef>,
    until: Option<Timestamp>,
}

impl From<FlatEvent> for Event {
    fn from(flat: FlatEvent) -> Self {
        if let ("answering", Some(id), Some(person), Some(until)) =
            (flat.r#type.as_str(), flat.id, flat.person, flat.until)
        {
            return Self::Answering { id, person, until };
        }
        match (flat.r#type.as_str(), flat.id, flat.version, flat.waiting_for_you, flat.now) {
            ("request", Some(id), Some(version), Some(waiting_for_you), _) => {
                Self::Request { id, version, waiting_for_you }
            }
            ("report", ..) => Self::Report,
            ("chat", Some(id), ..) => Self::Chat { id },
            ("status", ..) => Self::Status,
            ("settings", ..) => Self::Settings,
            ("runs", ..) => Self::Runs,
            ("heartbeat", _, _, _, Some(now)) => Self::Heartbeat { now },
            ("reset", ..) => Self::Reset,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_read_as_it_was_written() {
        let version: Version = "v7".parse().expect("a version");
        let request = Event::Request { id: RequestId(7), version, waiting_for_you: 3 };
        let heartbeat = Event::Heartbeat { now: Timestamp::EPOCH };
        let person = PersonRef { id: "p1".parse().expect("an id"), name: "Chloé".to_owned() };
        let answering = Event::Answering { id: RequestId(7), person, until: Timestamp::EPOCH };
        let chat = Event::Chat { id: RequestId(7) };
        let others = [Event::Report, Event::Status, Event::Settings, Event::Runs, Event::Reset];
        for event in [request, answering, chat, heartbeat].into_iter().chain(others) {
            let json = serde_json::to_string(&event).expect("json");
            assert_eq!(serde_json::from_str::<Event>(&json).expect("an event"), event, "{json}");
        }
    }

    #[test]
    fn an_event_of_a_later_release_is_no_error() {
        let event: Event = serde_json::from_str("{\"type\":\"party\",\"hats\":3}").expect("an event");
        assert_eq!(event, Event::Other);
    }
}
