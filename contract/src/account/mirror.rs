//! Accounts that the organization's own provider keeps: how old our copy is, and what somebody must know of it.

use serde::{Deserialize, Serialize};

use crate::{PersonRef, Timestamp};

/// What happened at the provider, or could not be done there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NewsKind {
    /// An account was switched on again after a deactivation.
    Back,
    /// The provider has the account no more.
    Missing,
    /// What is due for the account could not be done there yet. It is tried again.
    Overdue,
    /// The provider refuses to delete the account.
    Refused,
}

impl NewsKind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Back, Self::Missing, Self::Overdue, Self::Refused];

    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::Missing => "missing",
            Self::Overdue => "overdue",
            Self::Refused => "refused",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// Something that somebody must know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct News {
    /// About whom.
    pub person: PersonRef,
    /// What.
    pub kind: NewsKind,
    /// Since when it is known.
    pub at: Timestamp,
}

/// The provider that keeps the accounts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// Its host; none when the accounts are our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When all of it was last read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// Whether it finds nobody by a filter, so that what was read of it is searched instead.
    #[serde(default)]
    pub unfiltered: bool,
    /// Whether the newest reading is not whole.
    #[serde(default)]
    pub failing: bool,
    /// Why, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How many of its accounts can't be shown: no people, or with the address or user name of somebody else.
    #[serde(default)]
    pub left_out: u64,
    /// What somebody must know, the newest first.
    #[serde(default)]
    pub news: Vec<News>,
}
