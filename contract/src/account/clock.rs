//! What happens to an account by itself, and when: the marks on its clock.

use serde::{Deserialize, Serialize};

use super::{Lifecycle, REMINDERS, Stage};
use crate::Timestamp;
use crate::time::Span;

/// So far the clock may stand behind what was done already: clocks are set by small steps all the time.
pub const BEHIND_MAX: Span = Span::minutes(2);

/// Whether the clock stands so far behind what was done already that nothing may happen by itself: a clock that is
/// wrong must not end what it takes for due.
pub fn is_behind(newest: Timestamp, now: Timestamp) -> bool {
    newest.since(now) > BEHIND_MAX
}

/// What is to be done now, because its time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The date of the deactivation is there.
    Deactivation,
    /// Four days after the deactivation the memberships end.
    Memberships,
    /// The waiting period of the deletion is over.
    Deletion,
    /// A reminder of the invitation.
    Reminder,
}

/// The first thing that is due at `now`. One after another: each changes what is due next.
///
/// On hold nothing is due that can't be undone.
pub fn due(life: &Lifecycle, now: Timestamp) -> Option<Due> {
    let is_over = |at: Option<Timestamp>| at.is_some_and(|at| at <= now);
    if life.active && is_over(life.scheduled_for) {
        return Some(Due::Deactivation);
    }
    if life.held_at.is_none() {
        // Memberships end with the account, and must not keep a deletion waiting where they are not ours to end.
        if !life.active && is_over(life.deletion_at) {
            return Some(Due::Deletion);
        }
        if !life.active && life.memberships_removed_at.is_none() && is_over(life.removable_at()) {
            return Some(Due::Memberships);
        }
    }
    (reminders_due(life, now) > life.reminders).then_some(Due::Reminder)
}

/// When something is due next, so that whoever watches can sleep until then.
pub fn next_due(life: &Lifecycle) -> Option<Timestamp> {
    let dates = [
        life.scheduled_for.filter(|_| life.active),
        life.removable_at().filter(|_| life.held_at.is_none() && life.memberships_removed_at.is_none()),
        life.deletion_at.filter(|_| life.held_at.is_none() && !life.active),
        next_reminder(life),
    ];
    dates.into_iter().flatten().min()
}

/// When the next reminder goes out by itself.
pub fn next_reminder(life: &Lifecycle) -> Option<Timestamp> {
    if life.stage() != Stage::Invited {
        return None;
    }
    let span = REMINDERS.get(life.reminders)?;
    life.invited_at.map(|at| at.plus(*span))
}

/// How many reminders should have gone out by `now`; those that were missed are not sent twice.
pub fn reminders_due(life: &Lifecycle, now: Timestamp) -> usize {
    match (life.stage(), life.invited_at) {
        (Stage::Invited, Some(at)) => {
            REMINDERS.iter().filter(|span| at.plus(**span) <= now).count().max(life.reminders)
        }
        _ => life.reminders,
    }
}

/// What a mark on the clock stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MarkKind {
    /// The person was told.
    Invited,
    /// A reminder goes out.
    Reminder,
    /// The person first signed in.
    Claimed,
    /// The person leaves the organization.
    Leaves,
    /// It will be deactivated.
    Scheduled,
    /// It was deactivated.
    Deactivated,
    /// Memberships end, and from now on profile fields may be removed. One moment, two things.
    Wait,
    /// The profile fields were removed.
    Removed,
    /// A hold was put on it.
    Held,
    /// It will be deleted.
    Deletion,
}

/// A moment in the life of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mark {
    /// What it stands for.
    pub kind: MarkKind,
    /// When.
    pub at: Timestamp,
}

/// The marks on the clock, in the order of time; `now` lies between those before and those after it.
pub fn marks(life: &Lifecycle) -> Vec<Mark> {
    let wait = if life.fields_removed_at.is_some() { None } else { life.removable_at() };
    let dates = [
        (MarkKind::Invited, life.invited_at),
        (MarkKind::Reminder, next_reminder(life)),
        (MarkKind::Claimed, life.claimed_at),
        (MarkKind::Leaves, life.leaves_at.filter(|_| life.active)),
        (MarkKind::Scheduled, life.scheduled_for),
        (MarkKind::Deactivated, life.deactivated_at),
        (MarkKind::Wait, wait),
        (MarkKind::Removed, life.fields_removed_at),
        (MarkKind::Held, life.held_at),
        (MarkKind::Deletion, life.deletion_at),
    ];
    let mut marks: Vec<Mark> =
        dates.into_iter().filter_map(|(kind, at)| at.map(|at| Mark { kind, at })).collect();
    marks.sort_by_key(|mark| mark.at);
    marks
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::Step;

    proptest! {
        #[test]
        fn a_clock_that_goes_on_is_never_behind(start in 0_i64..10_000_000, on in 0_i64..10_000_000) {
            let newest = Timestamp::EPOCH.plus(Span(start));
            prop_assert!(!is_behind(newest, newest.plus(Span(on))));
            prop_assert_eq!(is_behind(newest.plus(Span(on)), newest), on > BEHIND_MAX.0);
        }
    }

    fn at(hour: i64) -> Timestamp {
        Timestamp::EPOCH.plus(Span::hours(hour))
    }

    #[test]
    fn memberships_and_removal_share_one_mark() {
        let life = Lifecycle::provisioned().after(Step::Claimed, at(0)).after(Step::Deactivated, at(10));
        let marks = marks(&life);
        let kinds: Vec<MarkKind> = marks.iter().map(|mark| mark.kind).collect();
        assert_eq!(kinds, [MarkKind::Invited, MarkKind::Claimed, MarkKind::Deactivated, MarkKind::Wait]);
        assert_eq!(marks.last().map(|mark| mark.at), Some(at(106)));
        assert_eq!(due(&life, at(105)), None);
        assert_eq!(due(&life, at(106)), Some(Due::Memberships));
        assert_eq!(due(&life.after(Step::MembershipsRemoved, at(106)), at(999)), None);
    }

    #[test]
    fn memberships_that_still_stand_keep_no_deletion_waiting() {
        let life = Lifecycle::provisioned()
            .after(Step::Deactivated, at(0))
            .after(Step::DeletionBegun(at(124)), at(100));
        assert_eq!(due(&life, at(123)), Some(Due::Memberships));
        assert_eq!(due(&life, at(124)), Some(Due::Deletion), "they end with the account");
    }

    #[test]
    fn nothing_final_is_due_on_hold() {
        let life = Lifecycle::provisioned()
            .after(Step::Deactivated, at(0))
            .after(Step::DeletionBegun(at(24)), at(0));
        assert_eq!(due(&life, at(24)), Some(Due::Deletion));
        let held = life.after(Step::Held, at(1));
        assert_eq!(due(&held, at(999)), None);
        let lifted = held.after(Step::HoldLifted, at(999));
        assert_eq!(due(&lifted, at(999)), Some(Due::Memberships), "the deletion is to be asked for again");
        assert_eq!(lifted.deletion_at, None);
    }

    #[test]
    fn reminders_go_out_on_the_third_and_the_fifth_day_and_never_twice() {
        let life = Lifecycle::provisioned().after(Step::Invited, at(0));
        assert_eq!(next_reminder(&life), Some(at(72)));
        assert_eq!(due(&life, at(71)), None);
        assert_eq!(due(&life, at(72)), Some(Due::Reminder));
        let once = life.after(Step::Reminded, at(72));
        assert_eq!((due(&once, at(72)), next_reminder(&once)), (None, Some(at(120))));
        // The backend was down for a week: one reminder, not two.
        let late = life.after(Step::Reminded, at(200));
        assert_eq!((due(&late, at(200)), next_reminder(&late)), (None, None));
        assert_eq!(next_reminder(&life.after(Step::Claimed, at(9))), None);
    }
}
