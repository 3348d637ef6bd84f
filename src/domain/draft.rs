//! Drafts: what was typed and not sent yet, as it lies on the device (DESIGN.md, rule 1).

use frontdesk_contract::settings::DRAFT_LIFE;
use frontdesk_contract::{PersonId, RequestId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What each name in the device's store begins with.
const PREFIX: &str = "frontdesk.draft.";

/// What a draft is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftOf {
    /// A new request.
    Ask,
    /// An answer in a thread.
    Reply(RequestId),
}

/// The name of a draft in the device's store. It holds the person, so that nobody else is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftKey {
    /// Who typed it.
    pub person: PersonId,
    /// What it is for.
    pub of: DraftOf,
}

impl DraftKey {
    /// The name in the store.
    pub fn name(&self) -> String {
        match self.of {
            DraftOf::Ask => format!("{PREFIX}{}/ask", self.person),
            DraftOf::Reply(id) => format!("{PREFIX}{}/reply/{id}", self.person),
        }
    }

    /// Reads a name of the store; `None` for anything that isn't a draft of ours.
    pub fn parse(name: &str) -> Option<Self> {
        let (person, rest) = name.strip_prefix(PREFIX)?.split_once('/')?;
        let of = match rest.split_once('/') {
            None if rest == "ask" => DraftOf::Ask,
            Some(("reply", id)) => DraftOf::Reply(id.parse().ok()?),
            _ => return None,
        };
        Some(Self { person: person.parse().ok()?, of })
    }
}

/// A draft with the time at which it was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved<T> {
    /// When.
    pub at: Timestamp,
    /// What was typed.
    pub draft: T,
}

impl<T> Saved<T> {
    /// Whether its time is over at `now`.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.since(self.at) > DRAFT_LIFE
    }
}

/// Reads what the store holds; `None` when it is no draft of this release.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<Saved<T>> {
    serde_json::from_str(text).ok()
}

/// What the store will hold.
pub fn write<T: Serialize>(saved: &Saved<T>) -> String {
    serde_json::to_string(saved).unwrap_or_default()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use frontdesk_contract::time::Span;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_says_whose_draft_of_what_it_is() {
        let person: PersonId = "p-1".parse().expect("an id");
        for of in [DraftOf::Ask, DraftOf::Reply(RequestId(7))] {
            let key = DraftKey { person: person.clone(), of };
            assert_eq!(DraftKey::parse(&key.name()), Some(key));
        }
        for name in
            ["", "frontdesk.draft.", "frontdesk.draft.p-1", "frontdesk.draft.p-1/reply/x", "other/ask"]
        {
            assert_eq!(DraftKey::parse(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_draft_lives_for_thirty_days() {
        let at = Timestamp::from_millis(0).expect("in range");
        let saved = Saved { at, draft: () };
        assert!(!saved.is_stale(at.plus(Span::days(30))));
        assert!(saved.is_stale(at.plus(Span(Span::days(30).0 + 1))));
    }

    proptest! {
        #[test]
        fn whatever_was_typed_comes_back(text in any::<String>()) {
            let at = Timestamp::from_millis(1).expect("in range");
            let saved = Saved { at, draft: text };
            prop_assert_eq!(read::<String>(&write(&saved)), Some(saved));
        }

        #[test]
        fn a_broken_store_is_no_draft(text in any::<String>()) {
            let _ = read::<String>(&text);
            let _ = DraftKey::parse(&text);
        }
    }
}
