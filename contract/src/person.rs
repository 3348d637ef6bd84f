//! People, and what they may do.

use serde::{Deserialize, Serialize};

use crate::PersonId;

/// Which side of the desk a person stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kind {
    /// Belongs to the organization.
    Member,
    /// Answers for support.
    Agent,
}

/// A single permission. Rights are separate and can be combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Right {
    /// Ask support and follow every request of the organization.
    Support,
    /// Deactivate, reactivate and invite.
    Accounts,
    /// Remove profile fields, delete, and hold.
    Erase,
    /// Approve what another admin asked for.
    Approve,
    /// Read the audit log and the lists.
    Audit,
    /// Make and unmake admins.
    Admins,
}

impl Right {
    /// All rights, as the demo admins have them.
    pub const ALL: [Self; 6] =
        [Self::Support, Self::Accounts, Self::Erase, Self::Approve, Self::Audit, Self::Admins];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Support => "support",
            Self::Accounts => "accounts",
            Self::Erase => "erase",
            Self::Approve => "approve",
            Self::Audit => "audit",
            Self::Admins => "admins",
        }
    }
}

/// What a person is in the eyes of the pages: derived from kind and rights, never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// No right: reports problems, reads help and status.
    Employee,
    /// Any right beyond reading.
    Admin,
    /// The right to read, alone.
    Auditor,
    /// An agent of support.
    Agent,
}

impl Role {
    /// Derives the role (DESIGN.md, "Who uses it").
    pub fn of(kind: Kind, rights: &[Right]) -> Self {
        match (kind, rights) {
            (Kind::Agent, _) => Self::Agent,
            (Kind::Member, []) => Self::Employee,
            (Kind::Member, rights) if rights.iter().all(|right| *right == Right::Audit) => Self::Auditor,
            (Kind::Member, _) => Self::Admin,
        }
    }
}

/// A person as a page names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonRef {
    /// Who.
    pub id: PersonId,
    /// The name to show; never trusted as markup.
    pub name: String,
}

/// A person with what signing in needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The name to show; never trusted as markup.
    pub name: String,
    /// The address used to sign in.
    pub email: String,
    /// Which side of the desk.
    pub kind: Kind,
    /// What the person may do, sorted, each once.
    pub rights: Vec<Right>,
}

impl Person {
    /// What the person is in the eyes of the pages.
    pub fn role(&self) -> Role {
        Role::of(self.kind, &self.rights)
    }

    /// Whether the person has `right`.
    pub fn has(&self, right: Right) -> bool {
        self.kind == Kind::Member && self.rights.contains(&right)
    }

    /// The name alone.
    pub fn to_ref(&self) -> PersonRef {
        PersonRef { id: self.id.clone(), name: self.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_follow_from_rights() {
        assert_eq!(Role::of(Kind::Member, &[]), Role::Employee);
        assert_eq!(Role::of(Kind::Member, &[Right::Audit]), Role::Auditor);
        for right in Right::ALL {
            let expected = if right == Right::Audit { Role::Auditor } else { Role::Admin };
            assert_eq!(Role::of(Kind::Member, &[right]), expected, "{right:?}");
            assert_eq!(Role::of(Kind::Agent, &[right]), Role::Agent, "{right:?}");
        }
        assert_eq!(Role::of(Kind::Member, &Right::ALL), Role::Admin);
    }
}
