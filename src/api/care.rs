//! What is done about a request beside answering it, where it is no change of the request itself.

use frontdesk_contract::RequestId;

use crate::api::Endpoint;

/// Watches a request.
pub fn watch(id: RequestId) -> Endpoint<()> {
    Endpoint::put(format!("/api/requests/{id}/watch"))
}

/// Watches it no more.
pub fn unwatch(id: RequestId) -> Endpoint<()> {
    Endpoint::delete(format!("/api/requests/{id}/watch"))
}

/// Tells colleagues that one writes an answer.
pub fn answering(id: RequestId) -> Endpoint<()> {
    Endpoint::put(format!("/api/requests/{id}/answering"))
}

/// Tells them that one has stopped.
pub fn stopped(id: RequestId) -> Endpoint<()> {
    Endpoint::delete(format!("/api/requests/{id}/answering"))
}
