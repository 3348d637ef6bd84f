//! The audit log: who did what to whom, when, from where, before and after.

use serde::{Deserialize, Serialize};

use crate::{PersonRef, Timestamp};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditActor {
    /// `person`, `token` or `clock`.
    pub kind: String,
    /// The name; none when the person was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its number; without a gap.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: AuditActor,
    /// What, such as `account.deactivate`.
    pub what: String,
    /// To whom; the name is gone when the person was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PersonRef>,
    /// From which network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How it stood before, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// How it stood after, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Which attributes were changed by a machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<Changed>,
    /// Why, as the person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether names or words of this line were erased with a person.
    pub erased: bool,
    /// The hash of the line before and of this one.
    pub hash: String,
}

/// An attribute that was changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = ChangedAttribute))]
pub struct Changed {
    /// Which, as SCIM names it.
    pub path: String,
    /// What it was; none where there was nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// What it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
}

/// Something that changes hands when an admin leaves, or is set again when somebody comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Thing {
    /// Open requests.
    Requests,
    /// Acts that go on.
    Jobs,
    /// Acts that wait for approval.
    Approvals,
    /// Shared lists.
    Views,
    /// Memberships of groups.
    Memberships,
    /// The manager.
    Manager,
}

impl Thing {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Requests, Self::Jobs, Self::Approvals, Self::Views, Self::Memberships, Self::Manager];

    /// The word of the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Jobs => "jobs",
            Self::Approvals => "approvals",
            Self::Views => "views",
            Self::Memberships => "memberships",
            Self::Manager => "manager",
        }
    }

    /// Reads the word of the log.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|thing| thing.as_str() == word)
    }

    /// How the log says how many of them there were, without those of which there was none: `requests 2, views 1`.
    pub fn told(counts: &[(Self, u64)]) -> String {
        let told = counts.iter().filter(|(_, count)| *count > 0);
        told.map(|(thing, count)| format!("{} {count}", thing.as_str())).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_hands_is_told_in_words_that_are_read_back() {
        let told = Thing::told(&[(Thing::Requests, 2), (Thing::Jobs, 0), (Thing::Views, 1)]);
        assert_eq!(told, "requests 2, views 1");
        for thing in Thing::ALL {
            assert_eq!(Thing::parse(thing.as_str()), Some(thing));
        }
    }
}
