//! The clock of an account, to scale: which moments belong to its present, and how far they lie apart.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::clock::{Mark, MarkKind};

/// What stands at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// One or more marks of the account.
    Marks(Vec<MarkKind>),
    /// The present.
    Now,
}

/// A moment on the clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What stands there.
    pub what: What,
    /// When.
    pub at: Timestamp,
    /// Whether it is over.
    pub is_past: bool,
    /// How far it lies behind the one before, in thousandths of the whole clock.
    pub share: u32,
}

/// The moments in their order, one for each time, with the present among them; empty where nothing happens by itself.
///
/// The clock begins where the account's present does: with the last deactivation; before the first sign-in with the
/// invitation; else now. What was before stands in the history.
pub fn face(marks: &[Mark], now: Timestamp) -> Vec<Moment> {
    let at = |kind: MarkKind| marks.iter().find(|mark| mark.kind == kind).map(|mark| mark.at);
    let begin = at(MarkKind::Deactivated);
    let is_claimed = at(MarkKind::Claimed).is_some();
    let belongs = |mark: &&Mark| match (mark.kind, begin) {
        (MarkKind::Held, _) => true,
        (_, Some(begin)) => mark.at >= begin,
        (MarkKind::Invited, None) => !is_claimed,
        (MarkKind::Claimed, None) => false,
        (
            MarkKind::Reminder
            | MarkKind::Leaves
            | MarkKind::Scheduled
            | MarkKind::Deactivated
            | MarkKind::Wait
            | MarkKind::Removed
            | MarkKind::Deletion,
            None,
        ) => true,
    };
    let mut sorted: Vec<&Mark> = marks.iter().filter(belongs).collect();
    if sorted.is_empty() {
        return Vec::new();
    }
    sorted.sort_by_key(|mark| mark.at);
    let mut moments: Vec<Moment> = Vec::new();
    for mark in sorted {
        match moments.last_mut() {
            Some(Moment { what: What::Marks(kinds), at, .. }) if *at == mark.at => kinds.push(mark.kind),
            Some(_) | None => moments.push(Moment {
                what: What::Marks(vec![mark.kind]),
                at: mark.at,
                is_past: mark.at <= now,
                share: 0,
            }),
        }
    }
    let place = moments.iter().take_while(|moment| moment.is_past).count();
    moments.insert(place, Moment { what: What::Now, at: now, is_past: true, share: 0 });
    measure(&mut moments);
    moments
}

fn measure(moments: &mut [Moment]) {
    let (Some(first), Some(last)) = (moments.first().map(|it| it.at), moments.last().map(|it| it.at)) else {
        return;
    };
    let whole = last.since(first).0.max(1);
    let mut before = first;
    for moment in moments {
        let share = moment.at.since(before).0.saturating_mul(1_000) / whole;
        moment.share = u32::try_from(share).unwrap_or(0);
        before = moment.at;
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use frontdesk_contract::account::clock::marks;
    use frontdesk_contract::account::{Lifecycle, Step};
    use frontdesk_contract::time::Span;
    use proptest::prelude::*;

    use super::*;

    fn hour(hour: i64) -> Timestamp {
        Timestamp::EPOCH.plus(Span::hours(hour))
    }

    fn kinds(moments: &[Moment]) -> Vec<Vec<MarkKind>> {
        let kinds = |moment: &Moment| match &moment.what {
            What::Marks(kinds) => kinds.clone(),
            What::Now => Vec::new(),
        };
        moments.iter().map(kinds).collect()
    }

    #[test]
    fn a_deactivated_account_has_one_mark_for_the_end_of_the_wait() {
        let life = Lifecycle::provisioned()
            .after(Step::Invited, hour(-900))
            .after(Step::Claimed, hour(-800))
            .after(Step::Deactivated, hour(0));
        let moments = face(&marks(&life), hour(24));
        assert_eq!(kinds(&moments), [vec![MarkKind::Deactivated], vec![], vec![MarkKind::Wait]]);
        assert_eq!(moments.iter().map(|moment| moment.share).collect::<Vec<_>>(), [0, 250, 750]);
        assert_eq!(moments.iter().map(|moment| moment.is_past).collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn two_things_at_one_time_are_one_moment() {
        let life = Lifecycle {
            leaves_at: Some(hour(50)),
            scheduled_for: Some(hour(50)),
            ..Lifecycle::provisioned()
        };
        let life = life.after(Step::Invited, hour(-90)).after(Step::Claimed, hour(-80));
        let moments = face(&marks(&life), hour(10));
        assert_eq!(kinds(&moments), [vec![], vec![MarkKind::Leaves, MarkKind::Scheduled]]);
        assert_eq!(face(&marks(&Lifecycle { leaves_at: None, scheduled_for: None, ..life }), hour(10)), []);
    }

    proptest! {
        #[test]
        fn the_shares_never_exceed_the_clock(hours in prop::collection::vec(-5_000_i64..5_000, 0..8), now in -5_000_i64..5_000) {
            let all = [MarkKind::Invited, MarkKind::Reminder, MarkKind::Leaves, MarkKind::Scheduled, MarkKind::Deactivated, MarkKind::Wait, MarkKind::Held, MarkKind::Deletion];
            let marks: Vec<Mark> = hours.iter().zip(all).map(|(at, kind)| Mark { kind, at: hour(*at) }).collect();
            let moments = face(&marks, hour(now));
            prop_assert!(moments.iter().map(|moment| moment.share).sum::<u32>() <= 1_000);
            prop_assert!(moments.windows(2).all(|two| two[0].at <= two[1].at));
            prop_assert_eq!(moments.iter().filter(|moment| moment.what == What::Now).count(), usize::from(!moments.is_empty()));
        }
    }
}
