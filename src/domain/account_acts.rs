//! Which acts an account's page names.

use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::Action;
use frontdesk_contract::account::clock::MarkKind;
use frontdesk_contract::account::page::AccountDetails;

/// The acts that have a meaning at this stage, possible or not. Of two that are each other's contrary one has.
pub fn fitting(account: &AccountDetails) -> Vec<Action> {
    let stage = account.stage;
    let is_open = stage.is_open();
    let waits = |kind: MarkKind| account.marks.iter().any(|mark| mark.kind == kind);
    let all = [
        (Action::Cancel, waits(MarkKind::Scheduled) || waits(MarkKind::Deletion)),
        (Action::Invite, stage == Stage::Provisioned),
        (Action::Remind, stage == Stage::Invited),
        (Action::Deactivate, is_open),
        (Action::Withdraw, account.claimed_at.is_none() && stage != Stage::Former),
        (Action::Reactivate, !is_open),
        (Action::Remove, stage != Stage::Former),
        (Action::Delete, !waits(MarkKind::Deletion)),
        (Action::Hold, account.held_at.is_none()),
        (Action::Lift, account.held_at.is_some()),
    ];
    all.into_iter().filter(|(_, fits)| *fits).map(|(action, _)| action).collect()
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::Timestamp;
    use serde_json::json;

    use super::*;

    fn account(stage: Stage, was_claimed: bool) -> AccountDetails {
        let claimed = was_claimed.then_some(Timestamp::EPOCH);
        let json = json!({
            "id": "p1", "name": "Hana", "email": "hana@acme.example", "stage": stage, "claimedAt": claimed,
            "leftOpen": false, "marks": [], "actions": [], "sessions": 0, "groups": [], "reports": 0,
            "reportsFirst": [], "requests": 0, "version": "1",
            "belongings": { "requests": 0, "jobs": 0, "approvals": 0, "views": 0 }, "problems": 0,
        });
        serde_json::from_value(json).expect("an account")
    }

    fn has(stage: Stage, was_claimed: bool, action: Action) -> bool {
        fitting(&account(stage, was_claimed)).contains(&action)
    }

    #[test]
    fn of_two_contraries_one_is_named() {
        for stage in Stage::ALL {
            assert_ne!(
                has(stage, true, Action::Deactivate),
                has(stage, true, Action::Reactivate),
                "{stage:?}"
            );
            assert_ne!(has(stage, true, Action::Hold), has(stage, true, Action::Lift), "{stage:?}");
        }
    }

    #[test]
    fn what_has_no_meaning_is_left_out() {
        assert!(
            has(Stage::Provisioned, false, Action::Invite) && !has(Stage::Invited, false, Action::Invite)
        );
        assert!(has(Stage::Invited, false, Action::Withdraw) && !has(Stage::Active, true, Action::Withdraw));
        assert!(!has(Stage::Former, true, Action::Remove) && has(Stage::Former, true, Action::Reactivate));
        assert!(!has(Stage::Active, true, Action::Cancel), "nothing waits");
    }
}
