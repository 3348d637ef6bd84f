//! What a request is about.

use serde::{Deserialize, Serialize};

use crate::{Localized, TopicId};

/// A topic of the settings: data, not code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Topic {
    /// The word that requests keep.
    pub id: TopicId,
    /// The name that people choose by.
    pub name: Localized,
    /// Whether support calls back about it. Seed 000: all topics but company management, billing,
    /// apps and integrations, and Safety Check.
    pub phone: bool,
}

/// The four topics without phone support (seed 000), as the example settings name them.
pub const WITHOUT_PHONE: [&str; 4] = ["company-management", "billing", "apps", "safety-check"];
