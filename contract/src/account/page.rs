//! What the page of one account shows beside the person: verdicts, the clock, what stands around it.

use serde::{Deserialize, Serialize};

use super::Stage;
use super::act::{Action, Approval, Reason};
use super::clock::Mark;
use super::comeback::Comeback;
use super::handover::Belongings;
use crate::{PersonId, PersonRef, RunId, Timestamp, Version};

/// Whether something can be done, and why not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Possible {
    /// What.
    pub action: Action,
    /// Whether it would change something now.
    pub possible: bool,
    /// Why not; none where everything stands so already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// From when, or since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Timestamp>,
    /// Whether a second person must agree.
    pub approval: Approval,
}

/// A group of the account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InGroup {
    /// Its name.
    pub name: String,
    /// What the person is to it.
    pub ownership: Ownership,
}

/// What somebody is to a group. SCIM has no owners, so groups of a provider are known without them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Ownership {
    /// The only owner who is active.
    Only,
    /// One of its owners.
    Owner,
    /// Who owns it is not known here: it may be this person, and nobody else.
    Unknown,
    /// A member; others own it.
    Member,
}

impl Ownership {
    /// Whether the person is known to own it.
    pub const fn is_owner(self) -> bool {
        matches!(self, Self::Only | Self::Owner)
    }
}

/// A session that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenSession {
    /// Since when.
    pub began_at: Timestamp,
    /// When it was last used.
    pub used_at: Timestamp,
    /// Whether the device is shared.
    pub shared: bool,
    /// From which network it began; none where that was not noted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
}

/// So many sessions are told one by one.
pub const SESSIONS: usize = 20;

/// What somebody asked for and a second person must approve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asked {
    /// The run that waits.
    pub run: RunId,
    /// What.
    pub action: Action,
    /// Who asked.
    pub by: PersonRef,
    /// When.
    pub at: Timestamp,
    /// Until when it can be approved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The profile fields that *Remove profile fields* takes, as the schema of the directory names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileFields {
    /// They are deleted.
    pub deleted: Vec<String>,
    /// They say something else afterwards.
    pub masked: Vec<String>,
    /// They stay: the provider of the accounts says that nobody can change them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fixed: Vec<String>,
}

/// A department, with how many accounts belong to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Department {
    /// Its name, in one of its spellings.
    pub name: String,
    /// How many accounts.
    pub people: u64,
}

/// An account with everything that SCIM lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountDetails {
    /// Who.
    pub id: PersonId,
    /// The name to show.
    pub name: String,
    /// The address; empty when there is none.
    pub email: String,
    /// What the person does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The department.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
    /// The number of the employee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub employee_number: Option<String>,
    /// The IANA name of the zone that the person's clock stands in, where the directory says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<PersonRef>,
    /// Where the account stands.
    pub stage: Stage,
    /// Since when it is on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_at: Option<Timestamp>,
    /// When the person first signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_at: Option<Timestamp>,
    /// The machine that writes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
    /// Whether the person has left and the account is still open.
    pub left_open: bool,
    /// The marks on the clock.
    pub marks: Vec<Mark>,
    /// What can be done, and why not.
    pub actions: Vec<Possible>,
    /// Open sessions.
    pub sessions: u64,
    /// These one by one, the one that was used last first; [`SESSIONS`] at the most.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub open: Vec<OpenSession>,
    /// When one of them was last used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// Groups.
    pub groups: Vec<InGroup>,
    /// People whose manager it is: how many.
    pub reports: u64,
    /// Some of them.
    pub reports_first: Vec<PersonRef>,
    /// Open requests to support, acts and shared lists in the person's name.
    pub belongings: Belongings,
    /// Problem reports of the person that are open.
    pub problems: u64,
    /// Content by the provider's count; not known here when it is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<u64>,
    /// Comments of others on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comments: Option<u64>,
    /// What a reactivation would bring back; only for a deactivated account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comeback: Option<Comeback>,
    /// What removing the profile fields would take; only for a deactivated account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields: Option<ProfileFields>,
    /// Whether the date of the deactivation is guessed from what the provider of the accounts says.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimate: bool,
    /// The run that asked for what waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<RunId>,
    /// What a second person must approve.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub asked: Vec<Asked>,
    /// Changes with each change.
    pub version: Version,
}

/// How many accounts stand where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountCounts {
    /// Nobody told the person.
    pub provisioned: u64,
    /// Told, and not claimed.
    pub invited: u64,
    /// In use.
    pub active: u64,
    /// Closed.
    pub deactivated: u64,
    /// Without a profile.
    pub former: u64,
    /// Of those that are open: the person has left.
    pub left_open: u64,
    /// A date for the deactivation stands.
    pub scheduled: u64,
    /// On hold.
    pub held: u64,
    /// A deletion waits.
    pub deletion: u64,
    /// While nothing happens by itself, because the clock stands behind it: the newest time at which something did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<Timestamp>,
}
