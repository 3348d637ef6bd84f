//! What is done about a request beside answering it: appealing, escalating, watching, closing by itself,
//! rating, following up.

use serde::{Deserialize, Serialize};

use crate::request::{Refusal, can_reopen, can_write};
use crate::settings::Limits;
use crate::text::Reason;
use crate::time::Span;
use crate::{
    Author, IncidentId, Kind, Person, PersonRef, Priority, ReportGroupId, Request, RequestId, RequestState,
    Right, Timestamp, WaitingFor,
};

/// Everything about a request that only its page shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Care {
    /// Since when the organization asks for somebody above; only while it isn't solved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub escalated_at: Option<Timestamp>,
    /// Since when the organization asks support to judge the priority again; only until it is answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appealed_at: Option<Timestamp>,
    /// When it closes by itself, unless somebody answers or keeps it open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes_at: Option<Timestamp>,
    /// What the organization thinks of how it was solved.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// Who watches it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub watchers: Vec<PersonRef>,
    /// The request that it follows up on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follows: Option<RequestLink>,
    /// Requests that follow up on it, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub followed_by: Vec<RequestLink>,
    /// Incidents that somebody has linked to it, the newest first; those of its topic stand in its row.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub incidents: Vec<IncidentLink>,
    /// The problem reports that it was made of; never for support, which doesn't read them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reports: Option<ReportsLink>,
}

/// An incident, as far as a link needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentLink {
    /// Which.
    pub id: IncidentId,
    /// What fails; never trusted as markup.
    pub name: String,
}

/// A group of problem reports, as far as a link needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportsLink {
    /// Which.
    pub group: ReportGroupId,
    /// How many reports it has.
    pub reports: u64,
}

/// Another request, as far as a link needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestLink {
    /// Its number.
    pub id: RequestId,
    /// Its sentence.
    pub subject: String,
}

/// What is done beside changing state and priority, in the word of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Act {
    /// The organization asks support to judge the priority again, and says why.
    Appeal,
    /// Support stays with its priority, and says why.
    Uphold,
    /// The organization asks for somebody above, and says why.
    Escalate,
    /// It isn't closed by itself for another while.
    KeepOpen,
}

impl Act {
    /// All acts.
    pub const ALL: [Self; 4] = [Self::Appeal, Self::Uphold, Self::Escalate, Self::KeepOpen];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Appeal => "appeal",
            Self::Uphold => "uphold",
            Self::Escalate => "escalate",
            Self::KeepOpen => "keepOpen",
        }
    }
}

/// What happened beside words and changes, in the word of the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Happened {
    /// Somebody acted.
    Act(Act),
    /// The backend reminded that it closes soon.
    Reminded,
    /// The backend closed it, as nobody had answered.
    Closed,
    /// Whoever asked has left, and another admin has taken it over.
    HandedOver,
}

impl Happened {
    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Act(act) => act.as_str(),
            Self::Reminded => "remind",
            Self::Closed => "close",
            Self::HandedOver => "handover",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        let acts = Act::ALL.map(Self::Act);
        let others = [Self::Reminded, Self::Closed, Self::HandedOver];
        acts.into_iter().chain(others).find(|happened| happened.as_str() == word)
    }
}

impl Serialize for Happened {
    fn serialize<S: serde::Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        sink.serialize_str(self.as_str())
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Happened {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        let others = [Self::Reminded, Self::Closed, Self::HandedOver];
        let words = Act::ALL.map(Self::Act).into_iter().chain(others);
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .enum_values(Some(words.map(Self::as_str)))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Happened {}

/// Something beside words and changes, as the thread tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ActDone {
    /// What.
    pub act: Happened,
    /// Who did it; nobody where the backend did it by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Why, when it was said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How well a request was solved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Satisfaction {
    /// Well.
    Good,
    /// Neither well nor badly.
    Fair,
    /// Badly.
    Poor,
}

impl Satisfaction {
    /// The levels as a form lists them.
    pub const ALL: [Self; 3] = [Self::Good, Self::Fair, Self::Poor];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Fair => "fair",
            Self::Poor => "poor",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.as_str() == word)
    }
}

/// What the organization thinks of how a request was solved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Rating {
    /// How well.
    pub value: Satisfaction,
    /// In words, when something was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Who rated it.
    pub by: PersonRef,
    /// When it was rated first.
    pub at: Timestamp,
}

/// A rating as it is given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRating {
    /// How well.
    pub value: Satisfaction,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<Reason>,
}

/// For how long a rating can be changed.
pub const RATING_CHANGES: Span = Span::days(1);

/// Whether `person` may ask support to judge its priority again.
///
/// FACTS.md: two fields, the organization's and support's, with the history of changes. Where they are the
/// same, or support has set none, there is nothing to judge again.
pub fn can_appeal(person: &Person, request: &Request) -> Result<(), Refusal> {
    of_the_organization(person)?;
    not_solved(request, Refusal::SolvedPriority)?;
    match (request.care.appealed_at, request.summary.support_priority) {
        (Some(since), _) => Err(Refusal::AppealedAlready { since }),
        (None, Some(level)) if level != request.summary.priority => Ok(()),
        (None, Some(_) | None) => Err(Refusal::NothingToAppeal),
    }
}

/// Whether `person` may answer an appeal by staying with support's priority. Another priority answers it too.
pub fn can_uphold(person: &Person, request: &Request) -> Result<(), Refusal> {
    of_support(person)?;
    if request.care.appealed_at.is_some() { Ok(()) } else { Err(Refusal::NoAppeal) }
}

/// The level that counts: support's where it has set one.
pub fn counting_priority(own: Priority, supports: Option<Priority>) -> Priority {
    supports.unwrap_or(own)
}

/// Whether `person` may ask for somebody above.
///
/// UX.md: "escalate (with its criteria)". Support must have the ball, and either the level that counts is high
/// (seed 000: "action is needed at once"), or the promise for a first answer is missed, or support has had the
/// ball for [`Limits::escalate_hours`].
pub fn can_escalate(
    person: &Person,
    request: &Request,
    limits: Limits,
    now: Timestamp,
) -> Result<(), Refusal> {
    of_the_organization(person)?;
    not_solved(request, Refusal::SolvedEscalation)?;
    if let Some(since) = request.care.escalated_at {
        return Err(Refusal::EscalatedAlready { since });
    }
    let row = &request.summary;
    if row.waiting_for == WaitingFor::Organization {
        return Err(Refusal::YourTurn);
    }
    let from = escalates_from(request, limits);
    if counting_priority(row.priority, row.support_priority) == Priority::High || now >= from {
        Ok(())
    } else {
        Err(Refusal::EscalatedTooEarly { from })
    }
}

/// From when a request that isn't of high priority can be escalated, as it stands.
pub fn escalates_from(request: &Request, limits: Limits) -> Timestamp {
    let patience = request.summary.waiting_since.plus(Span::hours(i64::from(limits.escalate_hours)));
    request.answer_by.map_or(patience, |promised| promised.min(patience))
}

/// When a request that waits for the organization since `since` closes by itself; never where no limit is set.
pub fn closes_at(waits: WaitingFor, since: Timestamp, limits: Limits) -> Option<Timestamp> {
    match (waits, limits.close_days) {
        (WaitingFor::Organization, Some(days)) if days > 0 => Some(since.plus(Span::days(i64::from(days)))),
        _ => None,
    }
}

/// When the organization is reminded of what closes at `closes_at`: never before `now`.
pub fn reminds_at(closes_at: Timestamp, limits: Limits, now: Timestamp) -> Timestamp {
    closes_at.minus(Span::days(i64::from(limits.remind_days))).max(now)
}

/// Whether `person` may keep a request open that would close by itself.
pub fn can_keep_open(person: &Person, request: &Request) -> Result<(), Refusal> {
    can_write(person)?;
    if request.care.closes_at.is_some() { Ok(()) } else { Err(Refusal::ClosesNot) }
}

/// Whether `person` may rate how a request was solved: once, and the same person changes it for a day.
pub fn can_rate(person: &Person, request: &Request, now: Timestamp) -> Result<(), Refusal> {
    of_the_organization(person)?;
    if request.summary.state != RequestState::Solved {
        return Err(Refusal::RatedTooEarly);
    }
    match &request.care.rating {
        None => Ok(()),
        Some(rating) if rating.by.id != person.id => Err(Refusal::RatedAlready),
        Some(rating) if now < rating.at.plus(RATING_CHANGES) => Ok(()),
        Some(rating) => Err(Refusal::RatedTooLate { until: rating.at.plus(RATING_CHANGES) }),
    }
}

/// Whether `person` may ask a new request that follows up on one: only where that one can't be reopened any more.
pub fn can_follow_up(
    person: &Person,
    state: RequestState,
    solved_at: Option<Timestamp>,
    limits: Limits,
    now: Timestamp,
) -> Result<(), Refusal> {
    of_the_organization(person)?;
    match can_reopen(person, state, solved_at, limits, now) {
        Err(Refusal::ReopenedTooLate { .. }) => Ok(()),
        Err(_) | Ok(()) => Err(Refusal::FollowedTooEarly),
    }
}

fn of_the_organization(person: &Person) -> Result<(), Refusal> {
    match (person.kind, person.has(Right::Support)) {
        (Kind::Member, true) => Ok(()),
        (Kind::Agent, _) => Err(Refusal::OrganizationsAct),
        (Kind::Member, false) => Err(Refusal::NotYours),
    }
}

fn of_support(person: &Person) -> Result<(), Refusal> {
    match person.kind {
        Kind::Agent => Ok(()),
        Kind::Member => Err(Refusal::SupportsAct),
    }
}

fn not_solved(request: &Request, refusal: Refusal) -> Result<(), Refusal> {
    if request.summary.state == RequestState::Solved { Err(refusal) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Channel, RequestSummary, Version};

    const DAY: i64 = Span::days(1).0;

    fn person(id: &str, kind: Kind, rights: &[Right]) -> Person {
        Person {
            id: id.parse().expect("an id"),
            name: id.to_owned(),
            email: format!("{id}@acme.example"),
            kind,
            rights: rights.to_vec(),
        }
    }

    fn admin() -> Person {
        person("awa", Kind::Member, &[Right::Support])
    }

    fn agent() -> Person {
        person("nadia", Kind::Agent, &[])
    }

    fn reference(person: &Person) -> PersonRef {
        PersonRef { id: person.id.clone(), name: person.name.clone() }
    }

    fn time(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("in range")
    }

    fn request(priority: Priority, supports: Option<Priority>) -> Request {
        Request {
            summary: RequestSummary {
                id: RequestId(1),
                subject: "Video".to_owned(),
                topic: "video".parse().expect("an id"),
                state: RequestState::Open,
                waiting_for: WaitingFor::Support,
                waiting_since: time(0),
                priority,
                support_priority: supports,
                channel: Channel::Message,
                asked_by: reference(&admin()),
                created_at: time(0),
                changed_at: time(0),
                incidents: Vec::new(),
                version: Version::numbered(1),
            },
            language: "fr".parse().expect("a language"),
            affected: None,
            solved_at: None,
            answer_by: None,
            care: Care::default(),
            thread: Vec::new(),
        }
    }

    #[test]
    fn an_appeal_needs_two_levels_that_differ() {
        let differs = request(Priority::High, Some(Priority::Low));
        assert_eq!(can_appeal(&admin(), &differs), Ok(()));
        assert_eq!(can_appeal(&agent(), &differs), Err(Refusal::OrganizationsAct));
        for supports in [None, Some(Priority::High)] {
            let same = request(Priority::High, supports);
            assert_eq!(can_appeal(&admin(), &same), Err(Refusal::NothingToAppeal));
        }
        let mut appealed = differs;
        appealed.care.appealed_at = Some(time(5));
        assert_eq!(can_appeal(&admin(), &appealed), Err(Refusal::AppealedAlready { since: time(5) }));
        assert_eq!(can_uphold(&agent(), &appealed), Ok(()));
        assert_eq!(can_uphold(&admin(), &appealed), Err(Refusal::SupportsAct));
        appealed.care.appealed_at = None;
        assert_eq!(can_uphold(&agent(), &appealed), Err(Refusal::NoAppeal));
    }

    #[test]
    fn what_is_high_is_escalated_at_once() {
        let limits = Limits::default();
        let check = |own, supports| can_escalate(&admin(), &request(own, supports), limits, time(1));
        assert_eq!(check(Priority::High, None), Ok(()));
        assert_eq!(check(Priority::Low, Some(Priority::High)), Ok(()));
        let from = time(0).plus(Span::hours(i64::from(limits.escalate_hours)));
        assert_eq!(check(Priority::High, Some(Priority::Low)), Err(Refusal::EscalatedTooEarly { from }));
    }

    #[test]
    fn a_missed_promise_is_escalated() {
        let mut promised = request(Priority::Low, None);
        promised.answer_by = Some(time(1_000));
        let at = |now| can_escalate(&admin(), &promised, Limits::default(), time(now));
        assert_eq!(at(999), Err(Refusal::EscalatedTooEarly { from: time(1_000) }));
        assert_eq!(at(1_000), Ok(()));
    }

    #[test]
    fn whoever_has_the_ball_answers_first() {
        let mut asked = request(Priority::High, None);
        asked.summary.waiting_for = WaitingFor::Organization;
        assert_eq!(can_escalate(&admin(), &asked, Limits::default(), time(9 * DAY)), Err(Refusal::YourTurn));
    }

    #[test]
    fn a_rating_is_changed_by_its_author_for_a_day() {
        let mut solved = request(Priority::Low, None);
        assert_eq!(can_rate(&admin(), &solved, time(0)), Err(Refusal::RatedTooEarly));
        solved.summary.state = RequestState::Solved;
        assert_eq!(can_rate(&admin(), &solved, time(0)), Ok(()));
        let by = reference(&admin());
        solved.care.rating = Some(Rating { value: Satisfaction::Good, comment: None, by, at: time(0) });
        assert_eq!(can_rate(&admin(), &solved, time(DAY - 1)), Ok(()));
        assert_eq!(can_rate(&admin(), &solved, time(DAY)), Err(Refusal::RatedTooLate { until: time(DAY) }));
        let other = person("hana", Kind::Member, &[Right::Support]);
        assert_eq!(can_rate(&other, &solved, time(1)), Err(Refusal::RatedAlready));
    }

    #[test]
    fn what_can_be_reopened_is_not_followed_up() {
        let limits = Limits::default();
        let check = |now| can_follow_up(&admin(), RequestState::Solved, Some(time(0)), limits, time(now));
        let until = i64::from(limits.reopen_days) * DAY;
        assert_eq!(check(until), Err(Refusal::FollowedTooEarly));
        assert_eq!(check(until + 1), Ok(()));
        let open = can_follow_up(&admin(), RequestState::Open, None, limits, time(0));
        assert_eq!(open, Err(Refusal::FollowedTooEarly));
    }

    #[test]
    fn every_word_of_what_happened_is_read_again() {
        for word in ["appeal", "uphold", "escalate", "keepOpen", "remind", "close", "handover"] {
            assert_eq!(Happened::parse(word).map(Happened::as_str), Some(word));
        }
        assert_eq!(Happened::parse("dance"), None);
    }

    proptest! {
        #[test]
        fn nobody_else_acts(own in 0usize..3, supports in 0usize..3, now in 0i64..4_000_000_000_000) {
            let asked = request(Priority::ALL[own], Some(Priority::ALL[supports]));
            for who in [person("p", Kind::Member, &[]), person("q", Kind::Member, &[Right::Audit])] {
                prop_assert_eq!(can_appeal(&who, &asked), Err(Refusal::NotYours));
                prop_assert_eq!(can_escalate(&who, &asked, Limits::default(), time(now)), Err(Refusal::NotYours));
                prop_assert_eq!(can_keep_open(&who, &asked), Err(Refusal::NotYours));
                prop_assert_eq!(can_rate(&who, &asked, time(now)), Err(Refusal::NotYours));
                prop_assert_eq!(can_uphold(&who, &asked), Err(Refusal::SupportsAct));
            }
        }

        #[test]
        fn what_is_told_beforehand_comes_true(
            level in 1usize..3, promised in proptest::option::of(0i64..30 * DAY), hours in 0u32..1_000, now in 0i64..60 * DAY,
        ) {
            let limits = Limits { escalate_hours: hours, ..Limits::default() };
            let mut asked = request(Priority::ALL[level], None);
            asked.answer_by = promised.map(time);
            let at = |now| can_escalate(&admin(), &asked, limits, now);
            if let Err(refusal) = at(time(now)) {
                let from = escalates_from(&asked, limits);
                prop_assert_eq!(refusal, Refusal::EscalatedTooEarly { from });
                prop_assert!(from > time(now));
                prop_assert_eq!(at(from), Ok(()));
            }
        }

        #[test]
        fn a_reminder_comes_before_the_end(
            since in 0i64..4_000_000_000_000, days in 1u32..400, remind in 0u32..400, late in 0i64..400,
        ) {
            let limits = Limits { close_days: Some(days), remind_days: remind, ..Limits::default() };
            let closes = closes_at(WaitingFor::Organization, time(since), limits).expect("a date");
            prop_assert_eq!(closes.since(time(since)), Span::days(i64::from(days)));
            let now = time(since + late * DAY);
            prop_assert!(reminds_at(closes, limits, now) >= now);
            prop_assert!(reminds_at(closes, limits, now) <= closes.max(now));
            for waits in [WaitingFor::Support, WaitingFor::Nobody] {
                prop_assert_eq!(closes_at(waits, time(since), limits), None);
            }
        }
    }
}
