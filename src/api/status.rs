//! The status page: read by everybody, followed by whoever is signed in, written by agents.

use frontdesk_contract::delivery::Delivery;
use frontdesk_contract::follow::{Follow, NewFollow};
use frontdesk_contract::maintenance::{MaintenanceChange, NewMaintenance};
use frontdesk_contract::report::OwnWord;
use frontdesk_contract::status::{NewIncident, NewUpdate, StatusPage};
use frontdesk_contract::{ComponentId, FollowId, IncidentId, MaintenanceId, Page, Version};
use serde::de::IgnoredAny;

use crate::api::Endpoint;
use crate::route::encode;

const STATUS: &str = "/api/status";
/// The feed of every update.
pub const FEED: &str = "/api/status/feed.atom";

/// The feed of a component.
pub fn feed_of(id: &ComponentId) -> String {
    format!("{STATUS}/components/{}/feed.atom", encode(id.as_str()))
}

/// The whole page.
pub fn page() -> Endpoint<StatusPage> {
    Endpoint::get(STATUS)
}

/// What the organization's own people report, for admins.
pub fn own_word() -> Endpoint<OwnWord> {
    Endpoint::get(format!("{STATUS}/reports"))
}

/// Tells of an incident. What was made is read with the page.
pub fn tell(incident: &NewIncident, key: &str) -> Endpoint<IgnoredAny> {
    Endpoint::post(format!("{STATUS}/incidents"), incident).keyed(key)
}

/// Says more about an incident.
pub fn update(id: &IncidentId, update: &NewUpdate, key: &str) -> Endpoint<IgnoredAny> {
    Endpoint::post(format!("{STATUS}/incidents/{}/updates", encode(id.as_str())), update).keyed(key)
}

/// Plans a maintenance.
pub fn plan(maintenance: &NewMaintenance, key: &str) -> Endpoint<IgnoredAny> {
    Endpoint::post(format!("{STATUS}/maintenances"), maintenance).keyed(key)
}

/// Changes a maintenance, if it still has `version`.
pub fn replan(id: &MaintenanceId, change: &MaintenanceChange, version: Version) -> Endpoint<IgnoredAny> {
    Endpoint::patch(format!("{STATUS}/maintenances/{}", encode(id.as_str())), change).if_match(version)
}

/// What one follows.
pub fn follows() -> Endpoint<Page<Follow>> {
    Endpoint::get(format!("{STATUS}/follows"))
}

/// Follows an incident or a component.
pub fn follow(new: &NewFollow, key: &str) -> Endpoint<IgnoredAny> {
    Endpoint::post(format!("{STATUS}/follows"), new).keyed(key)
}

/// Stops following.
pub fn unfollow(id: FollowId) -> Endpoint<()> {
    Endpoint::delete(format!("{STATUS}/follows/{id}"))
}

/// What became of messages to chat groups.
pub fn deliveries() -> Endpoint<Page<Delivery>> {
    Endpoint::get(format!("{STATUS}/deliveries"))
}
