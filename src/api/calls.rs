//! Call-backs of support.

use frontdesk_contract::call::{CallChange, CallOffer, CallSheet, NewCall};
use frontdesk_contract::{RequestId, Version};

use crate::api::Endpoint;

/// When support can call, and where.
pub fn offer() -> Endpoint<CallOffer> {
    Endpoint::get("/api/calls/offer")
}

/// The newest call of a request.
pub fn show(id: RequestId) -> Endpoint<CallSheet> {
    Endpoint::get(address(id))
}

/// Asks for a call about a request.
pub fn create(id: RequestId, call: &NewCall, key: &str) -> Endpoint<CallSheet> {
    Endpoint::post(address(id), call).keyed(key)
}

/// Changes a call, if it still has `version`.
pub fn change(id: RequestId, change: &CallChange, version: Version) -> Endpoint<CallSheet> {
    Endpoint::patch(address(id), change).if_match(version)
}

/// Where the call can be downloaded for a calendar.
pub fn calendar(id: RequestId) -> String {
    address(id) + ".ics"
}

fn address(id: RequestId) -> String {
    format!("/api/requests/{id}/call")
}
