//! An account and the life it has (seed 003; FACTS.md, "Accounts").
//!
//! Reading order: [`Lifecycle`] holds the facts and says the [`Stage`]; [`act`] what may be done and from
//! when; [`clock`] what happens by itself; [`consequence`] what an act does to others; [`handover`] who takes over
//! what a leaver has; [`comeback`] what a reactivation brings back.

pub mod act;
pub mod clock;
pub mod comeback;
pub mod consequence;
pub mod creation;
pub mod handover;
pub mod mirror;
pub mod page;

use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::time::Span;

/// How long after a deactivation memberships end and profile fields may be removed (seed 003: "4 days").
/// Days of 24 hours, whatever the calendar says about daylight saving.
pub const WAIT: Span = Span::days(4);
/// How long after an invitation a reminder goes out (FACTS.md: "on day 3 and day 5").
pub const REMINDERS: [Span; 2] = [Span::days(3), Span::days(5)];
/// The name of an account whose profile fields were removed.
pub const FORMER_MEMBER: &str = "Former Member";

/// Where an account stands. One word for each state, derived and never stored by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Stage {
    /// It is there and nobody told the person.
    Provisioned,
    /// The person was told and has not signed in yet.
    Invited,
    /// The person has claimed it.
    Active,
    /// Nobody can sign in; profile and content stay.
    Deactivated,
    /// The profile fields are gone for good; content stays.
    Former,
}

impl Stage {
    /// All stages, in the order of a life.
    pub const ALL: [Self; 5] =
        [Self::Provisioned, Self::Invited, Self::Active, Self::Deactivated, Self::Former];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Provisioned => "provisioned",
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
            Self::Former => "former",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == word)
    }

    /// Whether the account can be used, now or once it is claimed.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Provisioned | Self::Invited | Self::Active => true,
            Self::Deactivated | Self::Former => false,
        }
    }
}

/// What is known about the life of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lifecycle {
    /// Whether the account can be used at all.
    pub active: bool,
    /// When the person was told.
    pub invited_at: Option<Timestamp>,
    /// How many reminders have gone out by themselves.
    pub reminders: usize,
    /// When the person first signed in.
    pub claimed_at: Option<Timestamp>,
    /// When it was deactivated for the last time.
    pub deactivated_at: Option<Timestamp>,
    /// When the memberships ended after that.
    pub memberships_removed_at: Option<Timestamp>,
    /// When the profile fields were removed.
    pub fields_removed_at: Option<Timestamp>,
    /// The date on which it will be deactivated.
    pub scheduled_for: Option<Timestamp>,
    /// When it will be deleted.
    pub deletion_at: Option<Timestamp>,
    /// Since when nothing may be removed or deleted.
    pub held_at: Option<Timestamp>,
    /// When the person leaves the organization, as the directory says.
    pub leaves_at: Option<Timestamp>,
}

/// What became of an account: each change of a life is one of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The person was told, for the first time or again.
    Invited,
    /// A reminder went out by itself.
    Reminded,
    /// The person signed in for the first time.
    Claimed,
    /// A date was set for the deactivation.
    Scheduled(Timestamp),
    /// It was deactivated.
    Deactivated,
    /// The memberships ended.
    MembershipsRemoved,
    /// It was reactivated.
    Reactivated,
    /// The profile fields were removed.
    FieldsRemoved,
    /// A time was set for the deletion.
    DeletionBegun(Timestamp),
    /// What waited for its time was taken back.
    Cancelled,
    /// A hold was put on it.
    Held,
    /// The hold was lifted.
    HoldLifted,
}

impl Lifecycle {
    /// A new account that nobody was told of.
    pub fn provisioned() -> Self {
        Self { active: true, ..Self::default() }
    }

    /// Where the account stands.
    ///
    /// FACTS.md: Former Member comes before Deactivated; not active is Deactivated; not told is
    /// Provisioned; not claimed is Invited; else Active.
    pub const fn stage(&self) -> Stage {
        if self.fields_removed_at.is_some() {
            Stage::Former
        } else if !self.active {
            Stage::Deactivated
        } else if self.claimed_at.is_some() {
            Stage::Active
        } else if self.invited_at.is_some() {
            Stage::Invited
        } else {
            Stage::Provisioned
        }
    }

    /// From when profile fields may be removed; none while it is unknown or the account is active.
    pub fn removable_at(&self) -> Option<Timestamp> {
        if self.active { None } else { self.deactivated_at.map(|at| at.plus(WAIT)) }
    }

    /// Whether the person has left by the directory's word while the account is still open.
    pub fn is_left_open(&self, now: Timestamp) -> bool {
        self.active && self.leaves_at.is_some_and(|at| at <= now)
    }

    /// The life after a step. Whoever calls has asked [`act::judge`] or [`clock::due`] before.
    #[must_use]
    pub fn after(self, step: Step, now: Timestamp) -> Self {
        match step {
            Step::Invited => Self { invited_at: Some(now), reminders: 0, ..self },
            Step::Reminded => Self { reminders: clock::reminders_due(&self, now), ..self },
            Step::Claimed => Self {
                claimed_at: self.claimed_at.or(Some(now)),
                invited_at: self.invited_at.or(Some(now)),
                ..self
            },
            Step::Scheduled(at) => Self { scheduled_for: Some(at), ..self },
            Step::Deactivated => Self {
                active: false,
                deactivated_at: Some(now),
                memberships_removed_at: None,
                scheduled_for: None,
                ..self
            },
            Step::MembershipsRemoved => Self { memberships_removed_at: Some(now), ..self },
            // Whoever comes back is hurt by no timer: everything that waited is gone.
            Step::Reactivated => Self {
                active: true,
                deactivated_at: None,
                memberships_removed_at: None,
                scheduled_for: None,
                deletion_at: None,
                ..self
            },
            Step::FieldsRemoved => Self { fields_removed_at: Some(now), leaves_at: None, ..self },
            Step::DeletionBegun(at) => Self { deletion_at: Some(at), ..self },
            Step::Cancelled => Self { scheduled_for: None, deletion_at: None, ..self },
            // A deletion that waited must not come overdue the moment the hold is lifted.
            Step::Held => Self { held_at: Some(now), deletion_at: None, ..self },
            Step::HoldLifted => Self { held_at: None, ..self },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::EPOCH.plus(Span::hours(hour))
    }

    #[test]
    fn the_stages_follow_each_other() {
        let life = Lifecycle::provisioned();
        assert_eq!(life.stage(), Stage::Provisioned);
        let life = life.after(Step::Invited, at(1));
        assert_eq!(life.stage(), Stage::Invited);
        let life = life.after(Step::Claimed, at(2));
        assert_eq!(life.stage(), Stage::Active);
        let life = life.after(Step::Deactivated, at(3));
        assert_eq!(life.stage(), Stage::Deactivated);
        assert_eq!(life.removable_at(), Some(at(3 + 96)));
        let life = life.after(Step::FieldsRemoved, at(99));
        assert_eq!(life.stage(), Stage::Former);
    }

    #[test]
    fn somebody_who_left_is_told_only_while_the_account_is_open() {
        let life = Lifecycle { leaves_at: Some(at(5)), ..Lifecycle::provisioned() };
        assert!(!life.is_left_open(at(4)));
        assert!(life.is_left_open(at(5)));
        assert!(!life.after(Step::Deactivated, at(6)).is_left_open(at(7)));
    }

    #[test]
    fn every_stage_has_one_word() {
        for stage in Stage::ALL {
            assert_eq!(Stage::parse(stage.as_str()), Some(stage));
            assert_eq!(serde_json::to_string(&stage).expect("json"), format!("\"{}\"", stage.as_str()));
        }
    }
}
