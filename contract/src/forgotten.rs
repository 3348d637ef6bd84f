//! A forgotten password: somebody asks, and gets a one-time link: by e-mail, or from an admin who hands it over.

use serde::{Deserialize, Serialize};

use crate::time::Span;
use crate::{PersonRef, Right, Timestamp};

/// How long a link for a new password can be used (DESIGN.md, "Commands that others rely on": 24 h).
pub const LINK_LIFE: Span = Span::hours(24);
/// How long it is told that somebody asked.
pub const ASKED_LIFE: Span = Span::days(7);

/// What `POST /api/forgotten` takes. It is answered alike whether or not anybody has the address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forgotten {
    /// The address to sign in with.
    pub email: String,
}

/// Somebody who asked for a new password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AskedForPassword {
    /// Who.
    pub person: PersonRef,
    /// The address to sign in with.
    pub email: String,
    /// When they asked last.
    pub at: Timestamp,
    /// Whether whoever reads this may make the link.
    pub may: bool,
}

/// A link that sets a new password. It is told once and kept nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordLink {
    /// The link.
    pub link: String,
    /// Until when it can be used.
    pub ends_at: Timestamp,
}

/// Whether somebody with these rights may make a link for somebody with those.
///
/// UX.md, "Forgotten password": without mail the admin copies the link. Whoever has a link can sign in as the
/// person, so nobody gets to rights by it that they don't have themselves.
pub fn may_make_link(own: &[Right], theirs: &[Right]) -> bool {
    own.contains(&Right::Accounts) && theirs.iter().all(|right| own.contains(right))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nobody_gets_to_more_rights_by_a_link() {
        assert!(may_make_link(&[Right::Accounts], &[]));
        assert!(!may_make_link(&[Right::Support], &[]));
        assert!(!may_make_link(&[Right::Accounts], &[Right::Admins]));
        assert!(may_make_link(&Right::ALL, &Right::ALL));
    }

    proptest! {
        #[test]
        fn a_link_never_widens_what_one_may(
            own in proptest::sample::subsequence(Right::ALL.to_vec(), 0..=6),
            theirs in proptest::sample::subsequence(Right::ALL.to_vec(), 0..=6),
        ) {
            if may_make_link(&own, &theirs) {
                prop_assert!(theirs.iter().all(|right| own.contains(right)));
            }
        }
    }
}
