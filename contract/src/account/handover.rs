//! What somebody who leaves has of the organization's, and who may take it over (FACTS.md, "Where a consequence
//! comes from": "handed to a chosen admin in the same step when the leaver is an admin").
//!
//! Tokens of machines and webhooks are nobody's: the operator makes them, and they go on. They are named.

use serde::{Deserialize, Serialize};

use crate::{PersonId, PersonRef, Right};

/// What is in somebody's name and must go on without them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Belongings {
    /// Open requests to support.
    pub requests: u64,
    /// Acts that go on, are paused, or wait for their date.
    pub jobs: u64,
    /// Acts that wait for a second person.
    pub approvals: u64,
    /// Lists that others use too.
    pub views: u64,
}

impl Belongings {
    /// How many things in all.
    pub const fn total(self) -> u64 {
        self.requests.saturating_add(self.jobs).saturating_add(self.approvals).saturating_add(self.views)
    }

    /// Both together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self {
            requests: self.requests.saturating_add(other.requests),
            jobs: self.jobs.saturating_add(other.jobs),
            approvals: self.approvals.saturating_add(other.approvals),
            views: self.views.saturating_add(other.views),
        }
    }

    /// The rights that whoever takes it over needs: those of the acts, and to follow requests.
    pub fn needs(self, of_acts: &[Right]) -> Vec<Right> {
        let follows = self.requests > 0 || self.views > 0;
        let is_needed = |right: &Right| of_acts.contains(right) || (*right == Right::Support && follows);
        Right::ALL.into_iter().filter(is_needed).collect()
    }
}

/// What would be handed over, and to whom it can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handover {
    /// What.
    pub what: Belongings,
    /// Who was chosen; nobody when it stays with the closed account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heir: Option<PersonRef>,
    /// Who may take it over, by name.
    pub heirs: Vec<PersonRef>,
}

/// What was handed over, as the backend confirms it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Handed {
    /// Who was chosen.
    pub to: PersonRef,
    /// What has changed hands so far.
    pub what: Belongings,
}

/// Somebody who may be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heir {
    /// Who.
    pub id: PersonId,
    /// Whether the account is open.
    pub active: bool,
    /// What the person may do.
    pub rights: Vec<Right>,
}

/// Why somebody can't take anything over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeirRefusal {
    /// There is nobody, or the account is closed.
    #[error("Choose somebody whose account is open")]
    Closed,
    /// They are among those who leave.
    #[error("Choose somebody who stays")]
    Leaving,
    /// They are no admin, or lack a right that it needs.
    #[error("Choose an admin who has the rights for it")]
    Right,
}

/// Whether somebody may take over what needs these rights.
pub fn can_take_over(heir: &Heir, needs: &[Right], is_leaving: bool) -> Result<(), HeirRefusal> {
    if !heir.active {
        return Err(HeirRefusal::Closed);
    }
    if is_leaving {
        return Err(HeirRefusal::Leaving);
    }
    // Reading the log is no right to act.
    let is_admin = heir.rights.iter().any(|right| *right != Right::Audit);
    if is_admin && needs.iter().all(|right| heir.rights.contains(right)) {
        Ok(())
    } else {
        Err(HeirRefusal::Right)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn heir(active: bool, rights: &[Right]) -> Heir {
        Heir { id: "heir".parse().expect("an id"), active, rights: rights.to_vec() }
    }

    #[test]
    fn requests_and_lists_need_the_right_to_follow_them() {
        let requests = Belongings { requests: 1, ..Belongings::default() };
        assert_eq!(requests.needs(&[]), [Right::Support]);
        let jobs = Belongings { jobs: 2, ..Belongings::default() };
        assert_eq!(jobs.needs(&[Right::Erase]), [Right::Erase]);
        assert_eq!(Belongings::default().needs(&[]), []);
        assert_eq!(requests.and(jobs).total(), 3);
    }

    #[test]
    fn nobody_without_rights_takes_anything_over() {
        assert_eq!(can_take_over(&heir(true, &[]), &[], false), Err(HeirRefusal::Right));
        assert_eq!(can_take_over(&heir(true, &[Right::Audit]), &[], false), Err(HeirRefusal::Right));
        assert_eq!(can_take_over(&heir(false, &Right::ALL), &[], false), Err(HeirRefusal::Closed));
        assert_eq!(can_take_over(&heir(true, &Right::ALL), &[], true), Err(HeirRefusal::Leaving));
        assert_eq!(can_take_over(&heir(true, &Right::ALL), &Right::ALL, false), Ok(()));
    }

    proptest! {
        #[test]
        fn whoever_takes_over_has_each_right_that_it_needs(
            has in prop::sample::subsequence(Right::ALL.to_vec(), 0..=6),
            needs in prop::sample::subsequence(Right::ALL.to_vec(), 0..=6),
            active: bool,
            leaving: bool,
        ) {
            if can_take_over(&heir(active, &has), &needs, leaving).is_ok() {
                prop_assert!(active && !leaving && !has.is_empty());
                prop_assert!(needs.iter().all(|right| has.contains(right)));
            }
        }
    }
}
