//! Requests of the organization to support: the row, the page, and what may be done with one.

use serde::{Deserialize, Serialize};

use crate::call::NewCall;
use crate::care::{Act, Care, NewRating};
use crate::listing::FacetCount;
use crate::settings::Limits;
use crate::text::Reason;
use crate::thread::Side;
use crate::time::Span;
use crate::{
    Body, IncidentId, Kind, Language, MessageId, Person, PersonRef, Priority, RequestId, Right, Subject,
    ThreadItem, Timestamp, TopicId, UploadId, Version,
};

/// How the request was asked, and so how it is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Channel {
    /// By written messages.
    Message,
    /// By live chat.
    Chat,
    /// By a call of an agent (seed 000: nobody can call the agents).
    Phone,
}

impl Channel {
    /// The channels as a form lists them.
    pub const ALL: [Self; 3] = [Self::Message, Self::Chat, Self::Phone];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Chat => "chat",
            Self::Phone => "phone",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.as_str() == word)
    }
}

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RequestState {
    /// Somebody has to act.
    Open,
    /// Support waits for something outside, such as a release.
    Hold,
    /// The organization, or support, says that it is done.
    Solved,
}

impl RequestState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Open, Self::Hold, Self::Solved];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Hold => "hold",
            Self::Solved => "solved",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WaitingFor {
    /// An admin of the organization: support asked something.
    Organization,
    /// An agent of support.
    Support,
    /// Nobody: solved, or on hold.
    Nobody,
}

impl WaitingFor {
    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Support => "support",
            Self::Nobody => "nobody",
        }
    }
}

/// Who must act, derived from the state and from who wrote last where everybody can read it.
///
/// Complaint in FACTS.md: "no idea who has the ball". So it is never set by hand.
pub fn waiting_for(state: RequestState, last_public_word: Side) -> WaitingFor {
    match (state, last_public_word) {
        (RequestState::Solved | RequestState::Hold, _) => WaitingFor::Nobody,
        (RequestState::Open, Side::Support) => WaitingFor::Organization,
        (RequestState::Open, Side::Organization) => WaitingFor::Support,
    }
}

/// How many people are touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Affected {
    /// This many people.
    People(u32),
    /// This share of all people, in percent: 1 to 100.
    Percent(u8),
}

impl Affected {
    /// Whether the figure can be: at least one person, at most everybody.
    pub fn is_possible(self) -> bool {
        match self {
            Self::People(count) => count >= 1,
            Self::Percent(share) => (1..=100).contains(&share),
        }
    }
}

/// What `POST /api/requests` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRequest {
    /// What it is about.
    pub topic: TopicId,
    /// In one sentence.
    pub subject: Subject,
    /// What happened.
    pub body: Body,
    /// How much it affects the organization.
    pub priority: Priority,
    /// How support should answer.
    pub channel: Channel,
    /// The language of the answer.
    pub language: Language,
    /// How many people are touched, when the admin said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<Affected>,
    /// The call that is asked for with it; only, and always, with the channel `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<NewCall>,
    /// The request that it follows up on: one that was solved too long ago to be reopened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<RequestId>,
    /// Files that go with it: at most [`FILES_MAX`](crate::upload::FILES_MAX), all of them whole and one's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<UploadId>,
}

/// What `PATCH /api/requests/{id}` takes; what is left out stays. `If-Match` is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestChange {
    /// The new state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<RequestState>,
    /// The organization's priority when an admin changes it, support's when an agent does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    /// Something beside state and priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Act>,
    /// What the organization thinks of how it was solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<NewRating>,
    /// Why. An agent must say it; an admin may, and must to appeal and to escalate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

/// What `POST /api/requests/{id}/messages` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMessage {
    /// The words.
    pub body: Body,
    /// A note that only agents read; refused from anyone else.
    #[serde(default)]
    pub internal: bool,
    /// Solve the request with this message.
    #[serde(default)]
    pub solve: bool,
    /// Files that go with it: at most [`FILES_MAX`](crate::upload::FILES_MAX), all of them whole and one's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<UploadId>,
}

/// A request as a row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "FlatRequest")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestSummary {
    /// The number to quote.
    pub id: RequestId,
    /// In one sentence.
    pub subject: String,
    /// What it is about.
    pub topic: TopicId,
    /// Where it stands.
    pub state: RequestState,
    /// Who must act.
    pub waiting_for: WaitingFor,
    /// Since when.
    pub waiting_since: Timestamp,
    /// The level that the organization chose.
    pub priority: Priority,
    /// The level that support set, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub support_priority: Option<Priority>,
    /// How it is answered.
    pub channel: Channel,
    /// Who asked.
    pub asked_by: PersonRef,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When anything that this reader may see last changed.
    pub changed_at: Timestamp,
    /// Live incidents of its topic; empty when there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<IncidentId>,
    /// What `If-Match` compares, repeated from the `ETag`.
    pub version: Version,
}

/// A request as its page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", try_from = "FlatRequest")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Request {
    /// What the list shows of it.
    #[serde(flatten)]
    pub summary: RequestSummary,
    /// The language of the answer.
    pub language: Language,
    /// How many people are touched, when the admin said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected: Option<Affected>,
    /// When it was solved last; present only while it is solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved_at: Option<Timestamp>,
    /// When a first answer was promised; absent once support has answered, or when nothing is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer_by: Option<Timestamp>,
    /// What is done about it beside answering.
    #[serde(default)]
    pub care: Care,
    /// What was said and changed, oldest first. Internal notes only for agents.
    pub thread: Vec<ThreadItem>,
}

/// A request as it is read, from a list or by itself: all fields side by side.
///
/// Serde reads flattened fields through a buffer of its own; one decoder for both keeps the wasm small.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatRequest {
    id: RequestId,
    subject: String,
    topic: TopicId,
    state: RequestState,
    waiting_for: WaitingFor,
    waiting_since: Timestamp,
    priority: Priority,
    support_priority: Option<Priority>,
    channel: Channel,
    asked_by: PersonRef,
    created_at: Timestamp,
    changed_at: Timestamp,
    #[serde(default)]
    incidents: Vec<IncidentId>,
    version: Version,
    language: Option<Language>,
    affected: Option<Affected>,
    solved_at: Option<Timestamp>,
    answer_by: Option<Timestamp>,
    #[serde(default)]
    care: Care,
    thread: Option<Vec<ThreadItem>>,
}

/// A request by itself came without its language or its thread.
#[derive(Debug, thiserror::Error)]
#[error("the request is not whole")]
struct NotWhole;

impl From<FlatRequest> for RequestSummary {
    fn from(flat: FlatRequest) -> Self {
        Self {
            id: flat.id,
            subject: flat.subject,
            topic: flat.topic,
            state: flat.state,
            waiting_for: flat.waiting_for,
            waiting_since: flat.waiting_since,
            priority: flat.priority,
            support_priority: flat.support_priority,
            channel: flat.channel,
            asked_by: flat.asked_by,
            created_at: flat.created_at,
            changed_at: flat.changed_at,
            incidents: flat.incidents,
            version: flat.version,
        }
    }
}

impl TryFrom<FlatRequest> for Request {
    type Error = NotWhole;

    fn try_from(mut flat: FlatRequest) -> Result<Self, NotWhole> {
        let language = flat.language.take().ok_or(NotWhole)?;
        let thread = flat.thread.take().ok_or(NotWhole)?;
        let care = std::mem::take(&mut flat.care);
        let (affected, solved_at, answer_by) = (flat.affected, flat.solved_at, flat.answer_by);
        Ok(Self { summary: flat.into(), language, affected, solved_at, answer_by, care, thread })
    }
}

/// The answer to `POST /api/requests/{id}/messages`: the message's number and the request after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MessageSent {
    /// The message that was made.
    pub id: MessageId,
    /// The request with it.
    pub request: Request,
}

/// The answer to `GET /api/requests/counts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestCounts {
    /// Open requests.
    pub open: u64,
    /// Open requests that wait for the organization.
    pub waiting_for_you: u64,
    /// Requests on hold.
    pub hold: u64,
    /// Solved requests.
    pub solved: u64,
    /// All requests.
    pub all: u64,
    /// Those that the filters of the call leave.
    #[serde(default)]
    pub matching: u64,
    /// Whether there are more than `matching`: far more than anybody reads are not counted.
    #[serde(default)]
    pub is_more: bool,
    /// How many of them each filter would leave, within the state and the side of the call.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facets: Vec<FacetCount>,
}

/// Why an act on a request is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The person has no page for requests, or reads only.
    #[error("Only admins with the right to contact support, and agents, can do this")]
    NotYours,
    /// Only agents write notes that the organization can't read.
    #[error("Only agents can write internal notes")]
    InternalNote,
    /// Only agents put a request on hold.
    #[error("Only support can put a request on hold")]
    HoldIsSupports,
    /// It is solved, so there is nothing to solve.
    #[error("This request is solved already")]
    AlreadySolved,
    /// It isn't solved, so there is nothing to reopen.
    #[error("This request is not solved, so there is nothing to reopen")]
    NotSolved,
    /// The time in which it could be reopened is over since this moment.
    #[error("This request was solved too long ago to reopen it")]
    ReopenedTooLate {
        /// Until when it was possible.
        until: Timestamp,
    },
    /// A solved request's priority doesn't change any more.
    #[error("Reopen the request before you change its priority")]
    SolvedPriority,
    /// An agent has to say why.
    #[error("Say why")]
    ReasonMissing,
    /// Only the organization does this.
    #[error("Only the organization can do this")]
    OrganizationsAct,
    /// Only support does this.
    #[error("Only support can do this")]
    SupportsAct,
    /// Support has set no level, or the same.
    #[error("Support has not set another priority than yours")]
    NothingToAppeal,
    /// It was asked, and isn't answered yet.
    #[error("Support was asked to judge the priority again, and has not answered yet")]
    AppealedAlready {
        /// Since when.
        since: Timestamp,
    },
    /// Nobody asked to judge the priority again.
    #[error("Nobody has asked to judge the priority again")]
    NoAppeal,
    /// It is solved, so nobody needs to hurry.
    #[error("This request is solved. Reopen it first")]
    SolvedEscalation,
    /// Somebody above knows.
    #[error("This request is escalated already")]
    EscalatedAlready {
        /// Since when.
        since: Timestamp,
    },
    /// None of the criteria holds yet.
    #[error("The priority is not high, and support still has time to answer")]
    EscalatedTooEarly {
        /// From when it is possible as things stand.
        from: Timestamp,
    },
    /// Support waits for the organization.
    #[error("Support waits for your answer")]
    YourTurn,
    /// Nothing closes it by itself.
    #[error("This request does not close by itself")]
    ClosesNot,
    /// It isn't solved yet.
    #[error("Rate a request once it is solved")]
    RatedTooEarly,
    /// Somebody else has.
    #[error("Somebody else has rated this request")]
    RatedAlready,
    /// The day for changes is over.
    #[error("A rating can be changed for a day")]
    RatedTooLate {
        /// Until when it was possible.
        until: Timestamp,
    },
    /// It can be reopened, or isn't solved at all.
    #[error("Answer in the request itself: it can still be reopened")]
    FollowedTooEarly,
}

/// Whether `person` may see the organization's requests at all.
///
/// Seed 000: all admins have access to all requests that admins of the company created.
pub fn can_read(person: &Person) -> Result<(), Refusal> {
    let may = person.kind == Kind::Agent || person.has(Right::Support) || person.has(Right::Audit);
    if may { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Whether `person` may ask support something new.
pub fn can_ask(person: &Person) -> Result<(), Refusal> {
    if person.has(Right::Support) { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Whether `person` may write into a thread.
pub fn can_write(person: &Person) -> Result<(), Refusal> {
    let may = person.kind == Kind::Agent || person.has(Right::Support);
    if may { Ok(()) } else { Err(Refusal::NotYours) }
}

/// Whether `person` may write a note that only agents read.
pub fn can_note(person: &Person) -> Result<(), Refusal> {
    match person.kind {
        Kind::Agent => Ok(()),
        Kind::Member => Err(Refusal::InternalNote),
    }
}

/// Until when a request that was solved at `solved_at` can be reopened.
pub fn reopen_until(solved_at: Timestamp, limits: Limits) -> Timestamp {
    solved_at.plus(Span::days(i64::from(limits.reopen_days)))
}

/// Whether `person` may reopen a request that stands so. A reply to a solved request reopens it too.
pub fn can_reopen(
    person: &Person,
    state: RequestState,
    solved_at: Option<Timestamp>,
    limits: Limits,
    now: Timestamp,
) -> Result<(), Refusal> {
    can_write(person)?;
    let (RequestState::Solved, Some(solved_at)) = (state, solved_at) else {
        return Err(Refusal::NotSolved);
    };
    let until = reopen_until(solved_at, limits);
    if now <= until { Ok(()) } else { Err(Refusal::ReopenedTooLate { until }) }
}

/// Whether `person` may move a request from `from` to `to`. Moving to the state it has is allowed and changes nothing.
pub fn can_move(
    person: &Person,
    from: RequestState,
    to: RequestState,
    solved_at: Option<Timestamp>,
    limits: Limits,
    now: Timestamp,
) -> Result<(), Refusal> {
    can_write(person)?;
    match (from, to) {
        (RequestState::Solved, RequestState::Solved) => Err(Refusal::AlreadySolved),
        (RequestState::Solved, RequestState::Open | RequestState::Hold) => {
            can_reopen(person, from, solved_at, limits, now)?;
            if to == RequestState::Hold { can_hold(person) } else { Ok(()) }
        }
        (RequestState::Open | RequestState::Hold, RequestState::Hold) => can_hold(person),
        (RequestState::Open | RequestState::Hold, RequestState::Open | RequestState::Solved) => Ok(()),
    }
}

/// Whether `person` may change a priority: the organization's own, or support's for an agent, who says why.
pub fn can_prioritize(person: &Person, state: RequestState, reason: Option<&Reason>) -> Result<(), Refusal> {
    can_write(person)?;
    if state == RequestState::Solved {
        return Err(Refusal::SolvedPriority);
    }
    match (person.kind, reason) {
        (Kind::Agent, None) => Err(Refusal::ReasonMissing),
        (Kind::Agent, Some(_)) | (Kind::Member, _) => Ok(()),
    }
}

fn can_hold(person: &Person) -> Result<(), Refusal> {
    match person.kind {
        Kind::Agent => Ok(()),
        Kind::Member => Err(Refusal::HoldIsSupports),
    }
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

    fn time(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("in range")
    }

    #[test]
    fn whoever_wrote_last_waits() {
        assert_eq!(waiting_for(RequestState::Open, Side::Support), WaitingFor::Organization);
        assert_eq!(waiting_for(RequestState::Open, Side::Organization), WaitingFor::Support);
        for side in [Side::Support, Side::Organization] {
            assert_eq!(waiting_for(RequestState::Hold, side), WaitingFor::Nobody);
            assert_eq!(waiting_for(RequestState::Solved, side), WaitingFor::Nobody);
        }
    }

    #[test]
    fn each_role_does_what_its_rights_say() {
        let admin = person(Kind::Member, &Right::ALL);
        let auditor = person(Kind::Member, &[Right::Audit]);
        let employee = person(Kind::Member, &[]);
        let agent = person(Kind::Agent, &[]);
        assert_eq!(
            [&admin, &auditor, &employee, &agent].map(|p| can_read(p).is_ok()),
            [true, true, false, true]
        );
        assert_eq!(
            [&admin, &auditor, &employee, &agent].map(|p| can_ask(p).is_ok()),
            [true, false, false, false]
        );
        assert_eq!(
            [&admin, &auditor, &employee, &agent].map(|p| can_write(p).is_ok()),
            [true, false, false, true]
        );
        assert_eq!(
            [&admin, &auditor, &employee, &agent].map(|p| can_note(p).is_ok()),
            [false, false, false, true]
        );
    }

    #[test]
    fn only_support_puts_on_hold() {
        let (admin, agent) = (person(Kind::Member, &[Right::Support]), person(Kind::Agent, &[]));
        let hold = |p: &Person| {
            can_move(p, RequestState::Open, RequestState::Hold, None, Limits::default(), time(0))
        };
        assert_eq!(hold(&admin), Err(Refusal::HoldIsSupports));
        assert_eq!(hold(&agent), Ok(()));
    }

    #[test]
    fn an_agent_says_why_a_priority_changes() {
        let (admin, agent) = (person(Kind::Member, &[Right::Support]), person(Kind::Agent, &[]));
        let reason: Reason = "Everybody in Lyon is touched".parse().expect("a reason");
        assert_eq!(can_prioritize(&admin, RequestState::Open, None), Ok(()));
        assert_eq!(can_prioritize(&agent, RequestState::Open, None), Err(Refusal::ReasonMissing));
        assert_eq!(can_prioritize(&agent, RequestState::Open, Some(&reason)), Ok(()));
        assert_eq!(can_prioritize(&admin, RequestState::Solved, None), Err(Refusal::SolvedPriority));
    }

    proptest! {
        #[test]
        fn a_solved_request_reopens_until_its_last_moment(solved in 0i64..4_000_000_000_000, late in 1i64..1_000_000_000) {
            let admin = person(Kind::Member, &[Right::Support]);
            let limits = Limits::default();
            let until = reopen_until(time(solved), limits);
            let at = |now| can_reopen(&admin, RequestState::Solved, Some(time(solved)), limits, now);
            prop_assert_eq!(at(until), Ok(()));
            prop_assert_eq!(at(until.plus(Span(late))), Err(Refusal::ReopenedTooLate { until }));
        }

        #[test]
        fn nobody_without_a_right_moves_anything(from in 0usize..3, to in 0usize..3, now in 0i64..4_000_000_000_000) {
            let employee = person(Kind::Member, &[]);
            let auditor = person(Kind::Member, &[Right::Audit]);
            for who in [employee, auditor] {
                let moved = can_move(&who, RequestState::ALL[from], RequestState::ALL[to], Some(time(0)), Limits::default(), time(now));
                prop_assert_eq!(moved, Err(Refusal::NotYours));
            }
        }
    }
}
