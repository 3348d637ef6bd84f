//! Maintenance that is planned: told beforehand on the status page.

use serde::{Deserialize, Serialize};

use crate::text::{IncidentName, UpdateBody};
use crate::{ComponentId, MaintenanceId, Timestamp, Version};

/// Where a maintenance stands, in the words of a Statuspage v2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MaintenanceStatus {
    /// Planned.
    Scheduled,
    /// Goes on.
    InProgress,
    /// Over, as planned or before.
    Completed,
}

impl MaintenanceStatus {
    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
        }
    }
}

/// A maintenance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Maintenance {
    /// Which.
    pub id: MaintenanceId,
    /// What is done, in a sentence.
    pub name: String,
    /// What it means for people; never trusted as markup.
    pub body: String,
    /// When it begins.
    pub scheduled_for: Timestamp,
    /// When it ends.
    pub scheduled_until: Timestamp,
    /// When it was over, or called off, before its time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// The components that it touches.
    #[serde(default)]
    pub components: Vec<ComponentId>,
    /// When it was written about last.
    pub updated_at: Timestamp,
    /// Its version; a change names it in `If-Match`.
    pub version: Version,
}

impl Maintenance {
    /// Where it stands at `now`.
    pub fn status_at(&self, now: Timestamp) -> MaintenanceStatus {
        let end = self.ended_at.map_or(self.scheduled_until, |ended| ended.min(self.scheduled_until));
        if now >= end {
            MaintenanceStatus::Completed
        } else if now >= self.scheduled_for {
            MaintenanceStatus::InProgress
        } else {
            MaintenanceStatus::Scheduled
        }
    }
}

/// What `POST /api/status/maintenances` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewMaintenance {
    /// What is done, in a sentence.
    pub name: IncidentName,
    /// What it means for people.
    pub body: UpdateBody,
    /// When it begins.
    pub scheduled_for: Timestamp,
    /// When it ends.
    pub scheduled_until: Timestamp,
    /// The components that it touches.
    pub components: Vec<ComponentId>,
}

/// What `PATCH /api/status/maintenances/{id}` takes: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MaintenanceChange {
    /// When it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_for: Option<Timestamp>,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_until: Option<Timestamp>,
    /// What it means for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<UpdateBody>,
    /// Whether it is over now: done, or called off.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Span;

    #[test]
    fn a_maintenance_stands_by_the_clock() {
        let at = |minute: i64| Timestamp::EPOCH.plus(Span::minutes(minute));
        let planned = Maintenance {
            id: "m".parse().expect("an id"),
            name: "New disks".to_owned(),
            body: "Videos may be slow.".to_owned(),
            scheduled_for: at(10),
            scheduled_until: at(70),
            ended_at: None,
            components: Vec::new(),
            updated_at: at(0),
            version: Version::numbered(1),
        };
        assert_eq!(planned.status_at(at(9)), MaintenanceStatus::Scheduled);
        assert_eq!(planned.status_at(at(10)), MaintenanceStatus::InProgress);
        assert_eq!(planned.status_at(at(70)), MaintenanceStatus::Completed);
        let called_off = Maintenance { ended_at: Some(at(5)), ..planned };
        assert_eq!(called_off.status_at(at(9)), MaintenanceStatus::Completed);
        assert_eq!(called_off.status_at(at(30)), MaintenanceStatus::Completed);
    }
}
