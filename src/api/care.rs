//! What is done about a request beside answering it, where it is no change of the request itself.

use frontdesk_contract::mail::RequestMails;
use frontdesk_contract::{IncidentId, RequestId};

use crate::api::Endpoint;
use crate::route::encode;

/// Watches a request.
pub fn watch(id: RequestId) -> Endpoint<()> {
    Endpoint::put(format!("/api/requests/{id}/watch"))
}

/// Watches it no more.
pub fn unwatch(id: RequestId) -> Endpoint<()> {
    Endpoint::delete(format!("/api/requests/{id}/watch"))
}

/// Links an incident to a request.
pub fn link_incident(id: RequestId, incident: &IncidentId) -> Endpoint<()> {
    Endpoint::put(incident_of(id, incident))
}

/// Takes such a link away.
pub fn unlink_incident(id: RequestId, incident: &IncidentId) -> Endpoint<()> {
    Endpoint::delete(incident_of(id, incident))
}

fn incident_of(id: RequestId, incident: &IncidentId) -> String {
    format!("/api/requests/{id}/incidents/{}", encode(incident.as_str()))
}

/// Tells colleagues that one writes an answer.
pub fn answering(id: RequestId) -> Endpoint<()> {
    Endpoint::put(format!("/api/requests/{id}/answering"))
}

/// Tells them that one has stopped.
pub fn stopped(id: RequestId) -> Endpoint<()> {
    Endpoint::delete(format!("/api/requests/{id}/answering"))
}

/// Whether one gets e-mails about a request.
pub fn mails(id: RequestId) -> Endpoint<RequestMails> {
    Endpoint::get(format!("/api/requests/{id}/mails"))
}

/// Gets them again.
pub fn resume_mails(id: RequestId) -> Endpoint<()> {
    Endpoint::put(format!("/api/requests/{id}/mails"))
}

/// Gets no more of them.
pub fn stop_mails(id: RequestId) -> Endpoint<()> {
    Endpoint::delete(format!("/api/requests/{id}/mails"))
}
