//! Following an incident or a component: its updates come to Overview.

use serde::{Deserialize, Serialize};

use crate::status::Incident;
use crate::{ComponentId, FollowId, IncidentId};

/// How many things one person may follow.
pub const FOLLOWS_MAX: usize = 100;

/// What `POST /api/status/follows` takes: one of the two.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewFollow {
    /// This incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Or every incident of this component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentId>,
}

/// Something that somebody follows, with what was said about it lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Follow {
    /// Which.
    pub id: FollowId,
    /// This incident.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Or every incident of this component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentId>,
    /// The incidents that it brings, newest first: live ones, and those that ended within a week.
    pub incidents: Vec<Incident>,
}
