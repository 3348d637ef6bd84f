//! Acts on people: first a plan that only looks, then a run with the plan's hash (DESIGN.md, "acts on people").
//!
//! One person and fifty thousand go the same way.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account::Stage;
use crate::account::act::{Action, Approval, Reason};
use crate::account::consequence::Consequence;
use crate::account::handover::{Handed, Handover};
use crate::text::Reason as Words;
use crate::{Body, Cursor, PersonId, PersonRef, PlanId, RunId, Timestamp, Version};

/// The most people in one plan.
pub const TARGETS_MAX: usize = 200_000;
/// The longest text that names somebody.
pub const TARGET_MAX: usize = 320;
/// How long a plan can be run after it was made.
pub const PLAN_LIFE: crate::time::Span = crate::time::Span::hours(24);

/// By what people are named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Key {
    /// The SCIM `id`.
    #[default]
    Id,
    /// The e-mail address.
    Email,
    /// The phone number, compared by its digits.
    Phone,
    /// The employee number.
    Employee,
}

impl Key {
    /// The word of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Employee => "employee",
        }
    }
}

/// What `POST /api/plans` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPlan {
    /// What is to be done.
    pub action: Action,
    /// To whom.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200_000))]
    pub targets: Vec<String>,
    /// By what they are named.
    #[serde(default)]
    pub key: Key,
    /// The rows of the list that they come from, one for each, rising; counted from 1 when nothing is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(max_items = 200_000))]
    pub places: Vec<u32>,
    /// On which date; at once when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Words>,
    /// Who takes over what a leaver has of the organization's; only with a deactivation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heir: Option<PersonId>,
}

/// What `POST /api/plans/{id}/plans` takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LookAgain {
    /// Who takes over what leavers have of the organization's; nobody when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heir: Option<PersonId>,
}

/// What a row of a plan says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RowVerdict {
    /// It will be done.
    Will,
    /// It stands so already.
    Already,
    /// It isn't possible.
    Refused,
    /// Nobody is named so.
    Unknown,
    /// The person stands in the list before.
    Twice,
}

impl RowVerdict {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Will, Self::Already, Self::Refused, Self::Unknown, Self::Twice];

    /// The word of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Will => "will",
            Self::Already => "already",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
            Self::Twice => "twice",
        }
    }

    /// Reads the word of the database.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.as_str() == word)
    }
}

/// A row of a plan: one of the targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanRow {
    /// Its place in the list, from 1.
    pub number: u64,
    /// The person as the list named them; only for those that nobody is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// Who that is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonRef>,
    /// Where the account stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// What would happen.
    pub verdict: RowVerdict,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The date that goes with the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
}

/// How many rows say what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlanCounts {
    /// All rows.
    pub all: u64,
    /// It will be done.
    pub will: u64,
    /// It stands so already.
    pub already: u64,
    /// It isn't possible.
    pub refused: u64,
    /// Nobody is named so.
    pub unknown: u64,
    /// The person stands in the list before.
    pub twice: u64,
}

/// A dry run: what would happen to whom. Nothing of it has happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// Which.
    pub id: PlanId,
    /// What would be done.
    pub action: Action,
    /// Who asked.
    pub by: PersonRef,
    /// On which date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Timestamp>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be run.
    pub ends_at: Timestamp,
    /// How many rows say what.
    pub counts: PlanCounts,
    /// What happens to the people and to others, added up.
    pub consequences: Vec<Consequence>,
    /// What leavers have of the organization's, and who may take it over; only where there is something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handover: Option<Handover>,
    /// Whether a second person must agree.
    pub approval: Approval,
    /// Whether the number of people must be typed.
    pub type_number: bool,
    /// Until when what is done can be taken back; none when it can't, or without an end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Action>,
    /// What a run must name: it changes with everything that was shown.
    pub hash: String,
    /// The run that it became.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    /// The first rows.
    pub rows: Vec<PlanRow>,
    /// Where the next rows begin.
    pub next: Option<Cursor>,
}

/// What `POST /api/plans/{id}/runs` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewRun {
    /// The hash of the plan that was shown.
    pub hash: String,
    /// For acts that nothing takes back: the person's name as typed; for many, the number of people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typed: Option<String>,
    /// The emergency approval: why nobody else can be waited for. Loud in the audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<Words>,
    /// What the people read beside the link, where the backend sends it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<Body>,
}

/// Where a run stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RunState {
    /// It waits for a second person.
    Approval,
    /// It goes on by itself.
    Running,
    /// Somebody paused it, or it stopped itself after too many failures.
    Paused,
    /// Every row has its result.
    Done,
    /// Somebody stopped it before the end.
    Stopped,
    /// A second person refused it.
    Refused,
    /// Nobody approved in time, or what was shown holds no more.
    Lapsed,
}

impl RunState {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Approval, Self::Running, Self::Paused, Self::Done, Self::Stopped, Self::Refused, Self::Lapsed];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::Stopped => "stopped",
            Self::Refused => "refused",
            Self::Lapsed => "lapsed",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more happens.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Stopped | Self::Refused | Self::Lapsed)
    }

    /// Where somebody may bring it by hand.
    pub const fn next(self) -> &'static [Self] {
        match self {
            Self::Approval => &[Self::Stopped],
            Self::Running => &[Self::Paused, Self::Stopped],
            Self::Paused => &[Self::Running, Self::Stopped],
            Self::Done | Self::Stopped | Self::Refused | Self::Lapsed => &[],
        }
    }
}

/// What `PATCH /api/runs/{id}` takes: pause, go on, stop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunChange {
    /// Where to bring it.
    pub state: RunState,
}

/// What `POST /api/runs/{id}/approval` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    /// The hash of the plan that was shown to whoever decides.
    pub hash: String,
    /// Whether it may happen.
    pub approve: bool,
    /// A word about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Words>,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunCounts {
    /// People whose turn comes or came.
    pub all: u64,
    /// Done.
    pub done: u64,
    /// Not done, because things stood otherwise by then.
    pub skipped: u64,
    /// Failed.
    pub failed: u64,
}

impl RunCounts {
    /// How many were reached.
    pub const fn reached(self) -> u64 {
        self.done.saturating_add(self.skipped).saturating_add(self.failed)
    }

    /// How many are still to be reached.
    pub const fn left(self) -> u64 {
        self.all.saturating_sub(self.reached())
    }

    /// How many could not be done: what is known beforehand is a verdict, so each of them is a surprise.
    pub const fn surprises(self) -> u64 {
        self.failed.saturating_add(self.skipped)
    }

    /// What came since the run stood so.
    pub const fn since(self, before: Self) -> Self {
        Self {
            all: self.all.saturating_sub(before.reached()),
            done: self.done.saturating_sub(before.done),
            skipped: self.skipped.saturating_sub(before.skipped),
            failed: self.failed.saturating_sub(before.failed),
        }
    }
}

/// When a run pauses by itself (UX.md, "Many accounts": "a breaker stops it when more than a set number or share
/// fails").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// At so many surprises; at the first one when it is nothing.
    pub number: u64,
    /// When more than so many of a hundred people who were reached are surprises; a hundred is never.
    pub share: u64,
}

/// So many people are reached before their share says something.
pub const SHARE_LEAST: u64 = 20;

impl Breaker {
    /// Whether so many surprises mean that something is wrong. What came before somebody let the run go on was seen
    /// by them, and counts no more: see [`RunCounts::since`].
    pub const fn trips(self, since: RunCounts) -> bool {
        let surprises = since.surprises();
        let least = if self.number == 0 { 1 } else { self.number };
        let is_share = since.reached() >= SHARE_LEAST
            && surprises.saturating_mul(100) > self.share.saturating_mul(since.reached());
        surprises >= least || is_share
    }
}

/// A run: a plan that is being done, or waits to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    /// Which.
    pub id: RunId,
    /// Of which plan.
    pub plan: PlanId,
    /// What is done.
    pub action: Action,
    /// Who asked.
    pub by: PersonRef,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Where it stands.
    pub state: RunState,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// Until when somebody may approve.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approve_by: Option<Timestamp>,
    /// Who approved or refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<PersonRef>,
    /// What they said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// Why the emergency approval was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emergency: Option<String>,
    /// When the first person was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The date for which it was planned, or the end of the waiting period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Timestamp>,
    /// How far it is.
    pub counts: RunCounts,
    /// How far it was when somebody last let it go on: what makes it stop by itself counts from there.
    #[serde(default)]
    pub counted_from: RunCounts,
    /// After so many surprises it stops by itself, see [`Breaker`].
    #[serde(default)]
    pub stop_after: u64,
    /// And when more than so many of a hundred are surprises.
    #[serde(default)]
    pub stop_share: u64,
    /// For one person: what the backend confirms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// What was handed over; only where somebody was chosen to take it over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed: Option<Handed>,
    /// For one person: why nothing was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<Reason>,
    /// Changes with each change.
    pub version: Version,
}

impl Run {
    /// What was reached since somebody last let it go on.
    pub const fn fresh(&self) -> RunCounts {
        self.counts.since(self.counted_from)
    }

    /// Whether it paused by itself.
    pub const fn is_alarming(&self) -> bool {
        let breaker = Breaker { number: self.stop_after, share: self.stop_share };
        matches!(self.state, RunState::Paused) && breaker.trips(self.fresh())
    }
}

/// What the backend confirms of an act on one person, read back after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Receipt {
    /// Who.
    pub person: PersonId,
    /// When it was done.
    pub at: Timestamp,
    /// Where the account stands now; none when it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<Stage>,
    /// The sessions that ended, each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sessions: Vec<EndedSession>,
    /// The profile fields that were deleted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<String>,
    /// The profile fields that were masked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub masked: Vec<String>,
    /// Fields that still hold personal data, as read back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// The invitation to copy. It is told once and kept nowhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Instead of that an e-mail with it was queued. Whether it arrives is known to nobody yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mailed: bool,
}

/// A session that ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EndedSession {
    /// When it began.
    pub began_at: Timestamp,
    /// When it was last used.
    pub used_at: Timestamp,
    /// Whether it was on a device that others use too.
    pub shared: bool,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Outcome {
    /// Its turn comes.
    Waiting,
    /// Done.
    Done,
    /// Not done: things stood otherwise by then.
    Skipped,
    /// Failed; trying again may help.
    Failed,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Done, Self::Skipped, Self::Failed];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}

/// A row of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunRow {
    /// Its place in the plan, from 1.
    pub number: u64,
    /// Who.
    pub person: PersonRef,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// When.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
}

/// Why a plan can't be made of what was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PlanRefusal {
    /// Nobody is named.
    #[error("Name at least one person")]
    Nobody,
    /// Too many are named.
    #[error("Name at most 200,000 people at once")]
    TooMany,
    /// The rows of the list don't go with those who are named.
    #[error("Name one row for each person, rising, from 1")]
    Places,
    /// A hold, a removal and a deletion need a reason.
    #[error("Say why")]
    ReasonMissing,
    /// Only a leaver leaves something.
    #[error("Only a deactivation hands something over")]
    Heir,
}

impl NewPlan {
    /// The row of the list that one of the targets comes from, counted from 0.
    pub fn place(&self, target: usize) -> u64 {
        let counted = u64::try_from(target).unwrap_or(u64::MAX).saturating_add(1);
        self.places.get(target).map_or(counted, |place| u64::from(*place))
    }

    /// Checks what the types can't.
    pub fn check(&self) -> Result<(), PlanRefusal> {
        if self.targets.is_empty() {
            return Err(PlanRefusal::Nobody);
        }
        if self.targets.len() > TARGETS_MAX {
            return Err(PlanRefusal::TooMany);
        }
        let is_rising = self.places.iter().zip(self.places.iter().skip(1)).all(|(one, next)| one < next);
        let is_fitting =
            self.places.len() == self.targets.len() && is_rising && self.places.first() > Some(&0);
        if !self.places.is_empty() && !is_fitting {
            return Err(PlanRefusal::Places);
        }
        if self.heir.is_some() && self.action != Action::Deactivate {
            return Err(PlanRefusal::Heir);
        }
        if self.action.needs_reason() && self.reason.is_none() {
            Err(PlanRefusal::ReasonMissing)
        } else {
            Ok(())
        }
    }
}

/// What must be typed before a run, if anything: the name for one person, the number for many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToType {
    /// Nothing.
    Nothing,
    /// This name.
    Name(String),
    /// This number.
    Number(u64),
}

impl ToType {
    /// Whether what was typed is it. White space around and within counts once, case doesn't count.
    pub fn is_met(&self, typed: Option<&str>) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        match self {
            Self::Nothing => true,
            Self::Name(name) => typed.is_some_and(|typed| plain(typed) == plain(name)),
            Self::Number(number) => typed.is_some_and(|typed| {
                let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
                digits == number.to_string()
            }),
        }
    }
}

/// What `GET /api/approvals` lists: a run that waits, with the plan that was shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Waiting {
    /// The run.
    pub run: Run,
    /// The hash that the decision must name.
    pub hash: String,
    /// How many people.
    pub people: u64,
    /// What happens, as it was shown to whoever asked.
    pub consequences: Vec<Consequence>,
}

/// What `GET /api/approvals/counts` answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ApprovalCounts {
    /// How many acts wait for a word of whoever asks: others asked for them, and the right is there.
    pub waiting_for_you: u64,
}

/// What `POST /api/runs/{id}/links` takes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewLinks {
    /// Behind which row; from the first when nothing is said.
    #[serde(default)]
    pub after: u64,
}

/// The links that a run of invitations hands on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Links {
    /// A link for each person who has not claimed the account yet.
    pub items: Vec<InvitationLink>,
    /// Behind which row the next ones begin; none when these are the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<u64>,
}

/// A link with which somebody claims the account. It is told once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationLink {
    /// Who.
    pub person: PersonRef,
    /// The address; empty when there is none.
    pub email: String,
    /// The link.
    pub link: String,
}

impl FromStr for Key {
    type Err = crate::NotAnId;

    fn from_str(text: &str) -> Result<Self, crate::NotAnId> {
        let all = [Self::Id, Self::Email, Self::Phone, Self::Employee];
        let known = all.into_iter().find(|key| key.as_str() == text);
        known.ok_or(crate::NotAnId { expected: "id, email, phone or employee" })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn counts() -> impl Strategy<Value = RunCounts> {
        (0_u64..500, 0_u64..500, 0_u64..500, 0_u64..500).prop_map(|(done, skipped, failed, left)| RunCounts {
            all: done + skipped + failed + left,
            done,
            skipped,
            failed,
        })
    }

    proptest! {
        #[test]
        fn a_breaker_trips_by_number_or_by_share_and_counts_anew(
            now in counts(), more in counts(), number in 0_u64..400, share in 0_u64..=100,
        ) {
            let breaker = Breaker { number, share };
            let surprises = now.failed + now.skipped;
            let by_number = surprises >= number.max(1);
            let by_share = now.reached() >= SHARE_LEAST && surprises * 100 > share * now.reached();
            prop_assert_eq!(breaker.trips(now), by_number || by_share);
            prop_assert!(!breaker.trips(now.since(now)), "whoever let it go on has seen what came before");
            let later = RunCounts {
                all: now.all + more.reached(),
                done: now.done + more.done,
                skipped: now.skipped + more.skipped,
                failed: now.failed + more.failed,
            };
            prop_assert_eq!(breaker.trips(later.since(now)), breaker.trips(more));
            prop_assert_eq!(later.since(now).left(), later.left());
            prop_assert!(!breaker.trips(RunCounts { failed: 0, skipped: 0, ..now }), "all went well");
        }
    }

    #[test]
    fn a_name_is_typed_with_any_spaces_and_a_number_with_any_marks() {
        let name = ToType::Name("Hana  Kobayashi".to_owned());
        assert!(name.is_met(Some(" hana kobayashi ")));
        assert!(!name.is_met(Some("Hana")) && !name.is_met(None));
        let number = ToType::Number(48_211);
        assert!(number.is_met(Some("48 211")) && number.is_met(Some("48,211")) && !number.is_met(Some("48")));
    }

    #[test]
    fn what_is_final_needs_a_reason() {
        let plan = |action, reason: Option<&str>| NewPlan {
            action,
            targets: vec!["a".to_owned()],
            key: Key::Id,
            places: Vec::new(),
            when: None,
            reason: reason.and_then(|text| text.parse().ok()),
            heir: None,
        };
        assert_eq!(plan(Action::Deactivate, None).check(), Ok(()));
        assert_eq!(plan(Action::Remove, None).check(), Err(PlanRefusal::ReasonMissing));
        assert_eq!(plan(Action::Remove, Some("Left in May")).check(), Ok(()));
        let heir = "heir".parse().ok();
        assert_eq!(
            NewPlan { heir: heir.clone(), ..plan(Action::Hold, Some("x")) }.check(),
            Err(PlanRefusal::Heir)
        );
        assert_eq!(NewPlan { heir, ..plan(Action::Deactivate, None) }.check(), Ok(()));
    }

    #[test]
    fn rows_keep_the_places_of_their_list() {
        let plan = |places: &[u32]| NewPlan {
            action: Action::Hold,
            targets: vec!["a".to_owned(), "b".to_owned()],
            key: Key::Id,
            places: places.to_vec(),
            when: None,
            reason: "x".parse().ok(),
            heir: None,
        };
        for good in [&[][..], &[1, 2], &[2, 900]] {
            assert_eq!(plan(good).check(), Ok(()), "{good:?}");
        }
        for bad in [&[1][..], &[0, 1], &[2, 2], &[2, 1], &[1, 2, 3]] {
            assert_eq!(plan(bad).check(), Err(PlanRefusal::Places), "{bad:?}");
        }
        assert_eq!((plan(&[]).place(1), plan(&[2, 900]).place(1)), (2, 900));
    }

    #[test]
    fn many_surprises_stop_a_run() {
        let counts = |done, skipped, failed| RunCounts { all: 200, done, skipped, failed };
        let breaker = Breaker { number: 50, share: 40 };
        assert!(!breaker.trips(counts(100, 0, 49)));
        assert!(breaker.trips(counts(1_000, 0, 50)), "by the number, although most went well");
        assert!(breaker.trips(counts(20, 10, 10)), "by the share, although they are few");
        assert!(!breaker.trips(counts(0, 10, 9)), "few people are no share");
        assert!(!Breaker { number: 0, share: 0 }.trips(counts(100, 0, 0)));
        assert!(Breaker { number: 0, share: 100 }.trips(counts(0, 0, 1)));
        assert_eq!((counts(20, 30, 20).reached(), counts(20, 30, 20).left()), (70, 130));
    }

    #[test]
    fn a_run_that_is_over_goes_nowhere() {
        for state in RunState::ALL {
            assert_eq!(state.next().is_empty(), state.is_over(), "{state:?}");
            assert_eq!(RunState::parse(state.as_str()), Some(state));
        }
    }
}
