//! What a reactivation brings back, what must be set again, and what is gone for good.

use serde::{Deserialize, Serialize};

use super::Lifecycle;
use crate::{PersonId, Timestamp};

/// Something that an account had when it was deactivated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Possession {
    /// Signing in.
    Access,
    /// Sessions that were open.
    Sessions,
    /// Profile and content.
    Data,
    /// Memberships of groups.
    Memberships,
    /// The manager.
    Manager,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Piece {
    /// What.
    pub what: Possession,
    /// By name, where there are names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// Since when it is gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// By what it is set again; none where what it was isn't known here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
}

/// The three lists of a reactivation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comeback {
    /// Comes back by itself.
    pub back: Vec<Piece>,
    /// Is not there any more and can be set again from what was noted.
    pub again: Vec<Piece>,
    /// Is gone for good.
    pub gone: Vec<Piece>,
}

/// A membership as it was noted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Noted {
    /// Which group.
    pub group: String,
    /// By name.
    pub name: String,
    /// Whether the person owned it.
    pub owner: bool,
}

/// What was noted when the account was deactivated, or what stands there now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The manager by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// Who that is; earlier releases noted the name alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager_id: Option<PersonId>,
    /// The groups by name, as earlier releases noted them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The memberships.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub memberships: Vec<Noted>,
}

/// What of that is still there to be set again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StillThere {
    /// Groups, by identifier.
    pub groups: Vec<String>,
    /// Whether the manager's account is open.
    pub manager: bool,
}

/// What `POST /api/accounts/{id}/again` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetAgain {
    /// The keys of what is to be set again.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub keys: Vec<String>,
}

/// What the backend confirms of it, read back after it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WasSetAgain {
    /// When.
    pub at: Timestamp,
    /// What was set again, by name.
    pub set: Vec<String>,
    /// What was not, because it stands there already or is gone by now.
    pub not: Vec<String>,
}

/// By what the manager is set again.
pub const MANAGER: &str = "manager";

/// By what a membership is set again.
pub fn group_key(group: &str) -> String {
    format!("group:{group}")
}

/// The three lists, from what was noted, what is read back now, and what is still there to be set again.
///
/// Seed 003: "When their access is restored, all data associated with the account will be retained";
/// memberships only within four days, later "they must be added again". The manager comes back unless reading back
/// shows that it is gone. What can't be known is in no list as if it were: it has no key.
pub fn comeback(life: &Lifecycle, noted: &Snapshot, present: &Snapshot, there: &StillThere) -> Comeback {
    let piece = |what| Piece { what, names: Vec::new(), since: None, key: None };
    let since = life.memberships_removed_at;
    let mut lists = Comeback {
        back: vec![piece(Possession::Access), piece(Possession::Data)],
        gone: vec![piece(Possession::Sessions)],
        ..Comeback::default()
    };
    let is_back = |noted: &&Noted| present.memberships.iter().any(|now| now.group == noted.group);
    let (here, lost): (Vec<&Noted>, Vec<&Noted>) = noted.memberships.iter().partition(is_back);
    let (again, gone): (Vec<&Noted>, Vec<&Noted>) =
        lost.into_iter().partition(|noted| there.groups.contains(&noted.group));
    let mut named: Vec<String> = here.into_iter().map(|noted| noted.name.clone()).collect();
    // Names alone: a group of that name may be another one by now.
    if noted.memberships.is_empty() {
        let is_named = |name: &&String| present.memberships.iter().any(|now| now.name == **name);
        let (known, unknown): (Vec<&String>, Vec<&String>) = noted.groups.iter().partition(is_named);
        named.extend(known.into_iter().cloned());
        let line =
            |name: &String| Piece { names: vec![name.clone()], since, ..piece(Possession::Memberships) };
        lists.again.extend(unknown.into_iter().map(line));
    }
    if !named.is_empty() {
        lists.back.push(Piece { names: named, ..piece(Possession::Memberships) });
    }
    lists.again.extend(again.into_iter().map(|noted| Piece {
        names: vec![noted.name.clone()],
        since,
        key: Some(group_key(&noted.group)),
        ..piece(Possession::Memberships)
    }));
    if !gone.is_empty() {
        let names = gone.into_iter().map(|noted| noted.name.clone()).collect();
        lists.gone.push(Piece { names, since, ..piece(Possession::Memberships) });
    }
    if let Some(manager) = &noted.manager {
        let line = Piece { names: vec![manager.clone()], ..piece(Possession::Manager) };
        match (&present.manager, &noted.manager_id, there.manager) {
            (Some(_), _, _) => lists.back.push(line),
            (None, Some(_), true) => lists.again.push(Piece { key: Some(MANAGER.to_owned()), ..line }),
            (None, Some(_), false) => lists.gone.push(line),
            (None, None, _) => lists.again.push(line),
        }
    }
    lists
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn noted(group: &str) -> Noted {
        Noted { group: group.to_owned(), name: format!("The {group}"), owner: false }
    }

    fn snapshot(manager: Option<&str>, groups: &[&str]) -> Snapshot {
        Snapshot {
            manager: manager.map(str::to_owned),
            manager_id: manager.and_then(|_| "paul".parse().ok()),
            groups: Vec::new(),
            memberships: groups.iter().map(|group| noted(group)).collect(),
        }
    }

    fn there(groups: &[&str]) -> StillThere {
        StillThere { groups: groups.iter().map(|group| (*group).to_owned()).collect(), manager: true }
    }

    #[test]
    fn within_four_days_everything_but_the_sessions_comes_back() {
        let noted = snapshot(Some("Paul Girard"), &["design", "lyon"]);
        let lists = comeback(&Lifecycle::default(), &noted, &noted, &there(&["design", "lyon"]));
        assert_eq!(lists.back.len(), 4);
        assert!(lists.again.is_empty());
        assert_eq!(lists.gone.iter().map(|piece| piece.what).collect::<Vec<_>>(), [Possession::Sessions]);
    }

    #[test]
    fn later_memberships_and_a_lost_manager_are_set_again() {
        let noted = snapshot(Some("Paul Girard"), &["design", "lyon"]);
        let life = Lifecycle { memberships_removed_at: Some(Timestamp::EPOCH), ..Lifecycle::default() };
        let lists = comeback(&life, &noted, &snapshot(None, &[]), &there(&["design"]));
        let keys: Vec<Option<&str>> = lists.again.iter().map(|piece| piece.key.as_deref()).collect();
        assert_eq!(keys, [Some("group:design"), Some(MANAGER)]);
        assert_eq!(lists.again.first().and_then(|piece| piece.since), Some(Timestamp::EPOCH));
        assert_eq!(lists.gone.last().map(|piece| piece.names.join(", ")), Some("The lyon".to_owned()));
    }

    #[test]
    fn what_earlier_releases_noted_by_name_alone_is_not_guessed() {
        let old = r#"{"manager": "Paul Girard", "groups": ["Design guild", "The lyon"]}"#;
        let old: Snapshot = serde_json::from_str(old).expect("a snapshot");
        let lists = comeback(&Lifecycle::default(), &old, &snapshot(None, &["lyon"]), &there(&["lyon"]));
        assert!(lists.again.iter().all(|piece| piece.key.is_none()), "{lists:?}");
        assert_eq!(lists.again.len(), 2);
    }

    proptest! {
        #[test]
        fn each_thing_that_was_noted_is_told_once(
            had in prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4),
            has in prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4),
            stands in prop::sample::subsequence(vec!["a", "b", "c", "d"], 0..=4),
        ) {
            let lists = comeback(&Lifecycle::default(), &snapshot(None, &had), &snapshot(None, &has), &there(&stands));
            let mut told: Vec<String> =
                [&lists.back, &lists.again, &lists.gone].into_iter().flatten().flat_map(|piece| piece.names.clone()).collect();
            told.sort();
            prop_assert_eq!(told, had.iter().map(|group| format!("The {group}")).collect::<Vec<_>>());
        }
    }
}
