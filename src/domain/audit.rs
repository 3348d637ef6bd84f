//! What a line of the audit log says about before and after, read out of its words.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::Action;
use frontdesk_contract::audit::Thing;

/// A part of how something stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Where the account stood.
    Stage(Stage),
    /// It was to be deactivated then.
    Scheduled(Timestamp),
    /// It was to be deleted then.
    Deletion(Timestamp),
    /// It was on hold since then.
    Hold(Timestamp),
    /// What is done to so many.
    Act(Action, u64),
    /// So many things that have changed hands, or were set again.
    Things(Thing, u64),
    /// Words as they are.
    Words(String),
}

/// The parts of how something stood.
pub fn parts(text: &str) -> Vec<Part> {
    text.split(", ").map(str::trim).filter(|part| !part.is_empty()).map(part).collect()
}

fn part(text: &str) -> Part {
    let known = match text.split_once(' ') {
        None => Stage::parse(text).map(Part::Stage),
        Some(("scheduled", at)) => at.parse().ok().map(Part::Scheduled),
        Some(("deletion", at)) => at.parse().ok().map(Part::Deletion),
        Some(("hold", at)) => at.parse().ok().map(Part::Hold),
        Some((act, count)) => {
            let count = count.parse().ok();
            let thing = Thing::parse(act).zip(count).map(|(thing, count)| Part::Things(thing, count));
            thing.or_else(|| Action::parse(act).zip(count).map(|(act, count)| Part::Act(act, count)))
        }
    };
    known.unwrap_or_else(|| Part::Words(text.to_owned()))
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lives_and_runs_are_read() {
        let at: Timestamp = "2026-12-01T17:00:00Z".parse().expect("a time");
        assert_eq!(parts("active"), [Part::Stage(Stage::Active)]);
        assert_eq!(
            parts(&format!("active, scheduled {at}")),
            [Part::Stage(Stage::Active), Part::Scheduled(at)]
        );
        let deletion = [Part::Stage(Stage::Deactivated), Part::Deletion(at), Part::Hold(at)];
        assert_eq!(parts(&format!("deactivated, deletion {at}, hold {at}")), deletion);
        assert_eq!(parts("deactivate 120"), [Part::Act(Action::Deactivate, 120)]);
        assert_eq!(
            parts("requests 2, views 1"),
            [Part::Things(Thing::Requests, 2), Part::Things(Thing::Views, 1)]
        );
        assert_eq!(parts("7 Design guild"), [Part::Words("7 Design guild".to_owned())]);
        assert_eq!(parts(""), []);
    }

    proptest! {
        #[test]
        fn no_word_is_lost(text in "[a-z0-9 ,]{0,40}") {
            let kept = parts(&text).len();
            prop_assert_eq!(kept, text.split(", ").filter(|part| !part.trim().is_empty()).count());
        }
    }
}
