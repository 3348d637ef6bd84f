//! Live chat: a request like any other, whose thread goes at the pace of speech.

use serde::{Deserialize, Serialize};

use crate::call::Window;
use crate::thread::Side;
use crate::time::Span;
use crate::{Kind, MessageId, Person, PersonRef, RequestState, Right, Timestamp, Version};

/// How long somebody counts as typing after the last key that was told.
pub const TYPING: Span = Span::seconds(8);
/// How often the panel tells that somebody is typing, at the most.
pub const TYPING_TOLD: Span = Span::seconds(3);

/// What `GET /api/chat/offer` answers: whether somebody is there to chat, and how many wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatOffer {
    /// Whether chat is open now.
    pub is_open: bool,
    /// When it opens next; absent while it is open, and when it isn't known to open again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opens_at: Option<Timestamp>,
    /// How many chats wait for an agent.
    pub waiting: u64,
}

/// Where a chat stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ChatState {
    /// Nobody of support has taken it yet.
    Waiting,
    /// An agent is there.
    Live,
    /// It is over; its transcript stays in the request.
    Ended,
}

/// What can be done about a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ChatAct {
    /// An agent takes it out of the line.
    Take,
    /// The organization waits no longer: support answers by message.
    Message,
    /// Either side ends it.
    End,
}

impl ChatState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Live, Self::Ended];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Live => "live",
            Self::Ended => "ended",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// What `PATCH /api/requests/{id}/chat` takes. `If-Match` is the version of the chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatChange {
    /// What is done.
    pub act: ChatAct,
}

/// What `POST /api/requests/{id}/chat/marks` takes: how far somebody is. Marks only ever go forward.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatMarks {
    /// Whether the person is typing just now.
    pub typing: bool,
    /// The newest message that has arrived on a device of theirs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delivered: Option<MessageId>,
    /// The newest message that they have had before their eyes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<MessageId>,
}

/// How far somebody in a chat is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatMember {
    /// Who.
    pub person: PersonRef,
    /// From which side.
    pub side: Side,
    /// The newest message that has arrived there.
    pub delivered: MessageId,
    /// The newest message that was read.
    pub read: MessageId,
    /// Until when the person counts as typing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typing_until: Option<Timestamp>,
}

/// A chat as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chat {
    /// Where it stands.
    pub state: ChatState,
    /// The place in the line, from 1, while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<u64>,
    /// The agent who took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<PersonRef>,
    /// Who is or was there, and how far.
    pub members: Vec<ChatMember>,
    /// What `If-Match` compares.
    pub version: Version,
}

/// What `GET /api/requests/{id}/chat` answers, and every change of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChatSheet {
    /// The chat; none when the request was not asked by chat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chat: Option<Chat>,
}

/// Why something about a chat is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChatRefusal {
    /// Neither an admin who contacts support nor an agent.
    #[error("Only admins with the right to contact support, and agents, can do this")]
    NotYours,
    /// Agents take chats.
    #[error("Only agents of support take chats")]
    AgentsDo,
    /// The operator has not switched chat on.
    #[error("Chat is not switched on for your organization")]
    Off,
    /// Nobody is there now.
    #[error("Chat is closed now")]
    Closed {
        /// When it opens, if that is known.
        opens_at: Option<Timestamp>,
    },
    /// An agent is there already.
    #[error("This chat was taken already")]
    Taken,
    /// It is over.
    #[error("This chat is over")]
    Over,
}

/// Whether something is open at `now`, else when it opens next. `open` are its hours around `now`.
pub fn opening(open: &[Window], now: Timestamp) -> Result<(), Option<Timestamp>> {
    if open.iter().any(|span| span.from <= now && now < span.to) {
        return Ok(());
    }
    Err(open.iter().map(|span| span.from).filter(|from| *from > now).min())
}

/// Whether `person` may begin a chat at `now`. The feature reaches organizations step by step (seed 000), so it
/// has a switch; its hours are settings.
pub fn can_chat(
    person: &Person,
    is_enabled: bool,
    open: &[Window],
    now: Timestamp,
) -> Result<(), ChatRefusal> {
    if !person.has(Right::Support) {
        return Err(ChatRefusal::NotYours);
    }
    if !is_enabled {
        return Err(ChatRefusal::Off);
    }
    opening(open, now).map_err(|opens_at| ChatRefusal::Closed { opens_at })
}

/// Whether `person` may do `act`, and where the chat stands then.
pub fn can_act(person: &Person, act: ChatAct, state: ChatState) -> Result<ChatState, ChatRefusal> {
    let may = person.kind == Kind::Agent || person.has(Right::Support);
    match (act, person.kind) {
        _ if !may => return Err(ChatRefusal::NotYours),
        (ChatAct::Take, Kind::Member) => return Err(ChatRefusal::AgentsDo),
        (ChatAct::Message, Kind::Agent) => return Err(ChatRefusal::NotYours),
        (ChatAct::Take | ChatAct::Message | ChatAct::End, _) => {}
    }
    match (act, state) {
        (_, ChatState::Ended) => Err(ChatRefusal::Over),
        (ChatAct::Take, ChatState::Waiting) => Ok(ChatState::Live),
        (ChatAct::Take, ChatState::Live) => Err(ChatRefusal::Taken),
        (ChatAct::Message | ChatAct::End, ChatState::Waiting | ChatState::Live) => Ok(ChatState::Ended),
    }
}

/// Whether a chat goes on while the request stands so: what is solved is over.
pub const fn goes_on(state: RequestState) -> bool {
    !matches!(state, RequestState::Solved)
}

/// Who is typing at `now`, but for the reader.
pub fn typing<'a>(
    members: &'a [ChatMember],
    reader: &Person,
    now: Timestamp,
) -> impl Iterator<Item = &'a ChatMember> {
    let reader = reader.id.clone();
    members.iter().filter(move |member| {
        member.person.id != reader && member.typing_until.is_some_and(|until| until > now)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(kind: Kind, rights: &[Right]) -> Person {
        Person {
            id: "p1".parse().expect("an id"),
            name: "Awa Mbaye".to_owned(),
            email: "awa@acme.example".to_owned(),
            kind,
            rights: rights.to_vec(),
        }
    }

    fn time(minutes: i64) -> Timestamp {
        Timestamp::EPOCH.plus(Span::minutes(minutes))
    }

    fn span(from: i64, to: i64) -> Window {
        Window { from: time(from), to: time(to) }
    }

    #[test]
    fn chat_opens_in_its_hours_where_it_is_switched_on() {
        let admin = person(Kind::Member, &[Right::Support]);
        let hours = [span(540, 1020), span(1980, 2460)];
        assert_eq!(can_chat(&admin, true, &hours, time(540)), Ok(()));
        let closed = ChatRefusal::Closed { opens_at: Some(time(1980)) };
        assert_eq!(can_chat(&admin, true, &hours, time(1020)), Err(closed));
        assert_eq!(can_chat(&admin, true, &[], time(0)), Err(ChatRefusal::Closed { opens_at: None }));
        assert_eq!(can_chat(&admin, false, &hours, time(540)), Err(ChatRefusal::Off));
        for other in
            [person(Kind::Member, &[]), person(Kind::Member, &[Right::Audit]), person(Kind::Agent, &[])]
        {
            assert_eq!(can_chat(&other, true, &hours, time(540)), Err(ChatRefusal::NotYours));
        }
    }

    #[test]
    fn one_agent_takes_a_chat_and_either_side_ends_it() {
        let (admin, agent) = (person(Kind::Member, &[Right::Support]), person(Kind::Agent, &[]));
        assert_eq!(can_act(&agent, ChatAct::Take, ChatState::Waiting), Ok(ChatState::Live));
        assert_eq!(can_act(&agent, ChatAct::Take, ChatState::Live), Err(ChatRefusal::Taken));
        assert_eq!(can_act(&admin, ChatAct::Take, ChatState::Waiting), Err(ChatRefusal::AgentsDo));
        assert_eq!(can_act(&admin, ChatAct::Message, ChatState::Waiting), Ok(ChatState::Ended));
        assert_eq!(can_act(&agent, ChatAct::Message, ChatState::Waiting), Err(ChatRefusal::NotYours));
        for who in [&admin, &agent] {
            assert_eq!(can_act(who, ChatAct::End, ChatState::Live), Ok(ChatState::Ended));
            assert_eq!(can_act(who, ChatAct::End, ChatState::Ended), Err(ChatRefusal::Over));
        }
        let auditor = person(Kind::Member, &[Right::Audit]);
        assert_eq!(can_act(&auditor, ChatAct::End, ChatState::Live), Err(ChatRefusal::NotYours));
    }

    #[test]
    fn one_is_never_told_that_one_is_typing_oneself() {
        let reader = person(Kind::Member, &[Right::Support]);
        let member = |id: &str, until| ChatMember {
            person: PersonRef { id: id.parse().expect("an id"), name: id.to_owned() },
            side: Side::Support,
            delivered: MessageId(0),
            read: MessageId(0),
            typing_until: until,
        };
        let members = [
            member("p1", Some(time(9))),
            member("p2", Some(time(9))),
            member("p3", Some(time(5))),
            member("p4", None),
        ];
        let names: Vec<_> =
            typing(&members, &reader, time(5)).map(|member| member.person.name.as_str()).collect();
        assert_eq!(names, ["p2"]);
    }

    #[test]
    fn every_word_of_a_state_is_read() {
        for state in ChatState::ALL {
            assert_eq!(ChatState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_string(&state).expect("json"), format!("\"{}\"", state.as_str()));
        }
    }

    proptest! {
        #[test]
        fn what_is_closed_opens_later_or_never(
            spans in proptest::collection::vec((0i64..5_000, 1i64..1_000), 0..10),
            now in 0i64..6_000,
        ) {
            let open: Vec<Window> = spans.iter().map(|(from, long)| span(*from, from + long)).collect();
            let covered = open.iter().any(|span| span.from <= time(now) && time(now) < span.to);
            match opening(&open, time(now)) {
                Ok(()) => prop_assert!(covered),
                Err(next) => {
                    prop_assert!(!covered);
                    prop_assert_eq!(next, open.iter().map(|span| span.from).filter(|from| *from > time(now)).min());
                    if let Some(next) = next {
                        prop_assert_eq!(opening(&open, next), Ok(()));
                    }
                }
            }
        }

        #[test]
        fn what_has_ended_stays_ended(acts in proptest::collection::vec((0usize..3, any::<bool>()), 0..20)) {
            let (admin, agent) = (person(Kind::Member, &[Right::Support]), person(Kind::Agent, &[]));
            let mut state = ChatState::Waiting;
            for (act, by_agent) in acts {
                let act = [ChatAct::Take, ChatAct::Message, ChatAct::End][act];
                let next = can_act(if by_agent { &agent } else { &admin }, act, state);
                if state == ChatState::Ended {
                    prop_assert!(next.is_err());
                }
                state = next.unwrap_or(state);
            }
        }
    }
}
