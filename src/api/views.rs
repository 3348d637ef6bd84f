//! Lists of requests that somebody keeps.

use frontdesk_contract::Version;
use frontdesk_contract::listing::{NewView, SavedView, SavedViews, ViewChange};

use crate::api::Endpoint;

const VIEWS: &str = "/api/views";

/// One's own and those that are shared.
pub fn list() -> Endpoint<SavedViews> {
    Endpoint::get(VIEWS)
}

/// Keeps a list.
pub fn create(view: &NewView, key: &str) -> Endpoint<SavedView> {
    Endpoint::post(VIEWS, view).keyed(key)
}

/// Changes a list, if it still has `version`.
pub fn change(id: u64, change: &ViewChange, version: Version) -> Endpoint<SavedView> {
    Endpoint::patch(format!("{VIEWS}/{id}"), change).if_match(version)
}

/// Forgets a list, if it still has `version`.
pub fn delete(id: u64, version: Version) -> Endpoint<()> {
    Endpoint::delete(format!("{VIEWS}/{id}")).if_match(version)
}
