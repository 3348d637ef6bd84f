//! What a reactivation brings back, what must be set again, and what is gone for good.

use serde::{Deserialize, Serialize};

use super::Lifecycle;
use crate::Timestamp;

/// Something that an account had when it was deactivated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Possession {
    /// Signing in.
    Access,
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

/// What was noted when the account was deactivated.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snapshot {
    /// The manager by name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// The groups by name.
    #[serde(default)]
    pub groups: Vec<String>,
}

/// The three lists, from what was noted and what is read back now.
///
/// Seed 003: "When their access is restored, all data associated with the account will be retained";
/// memberships only within four days. The manager comes back unless reading back shows that it is gone.
pub fn comeback(life: &Lifecycle, noted: &Snapshot, present: &Snapshot) -> Comeback {
    let piece = |what| Piece { what, names: Vec::new(), since: None };
    let mut lists =
        Comeback { back: vec![piece(Possession::Access), piece(Possession::Data)], ..Comeback::default() };
    let (here, lost): (Vec<String>, Vec<String>) =
        noted.groups.iter().cloned().partition(|group| present.groups.contains(group));
    if !here.is_empty() {
        lists.back.push(Piece { names: here, ..piece(Possession::Memberships) });
    }
    if !lost.is_empty() {
        let since = life.memberships_removed_at;
        lists.gone.push(Piece { names: lost, since, ..piece(Possession::Memberships) });
    }
    if let Some(manager) = &noted.manager {
        let line = Piece { names: vec![manager.clone()], ..piece(Possession::Manager) };
        if present.manager.is_some() { lists.back.push(line) } else { lists.again.push(line) }
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;

    fn snapshot(manager: Option<&str>, groups: &[&str]) -> Snapshot {
        Snapshot {
            manager: manager.map(str::to_owned),
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
        }
    }

    #[test]
    fn within_four_days_everything_comes_back() {
        let noted = snapshot(Some("Paul Girard"), &["Design guild", "Lyon"]);
        let lists = comeback(&Lifecycle::default(), &noted, &noted);
        assert_eq!(lists.back.len(), 4);
        assert!(lists.again.is_empty() && lists.gone.is_empty());
    }

    #[test]
    fn later_memberships_are_gone_and_a_lost_manager_is_set_again() {
        let noted = snapshot(Some("Paul Girard"), &["Design guild"]);
        let life = Lifecycle { memberships_removed_at: Some(Timestamp::EPOCH), ..Lifecycle::default() };
        let lists = comeback(&life, &noted, &snapshot(None, &[]));
        assert_eq!(lists.gone.first().and_then(|piece| piece.since), Some(Timestamp::EPOCH));
        assert_eq!(lists.again.first().map(|piece| piece.what), Some(Possession::Manager));
    }
}
