//! The status page as programs read it: the documents of a Statuspage v2.
//!
//! Two words are ours beside theirs, because silence is no good news: when nobody can be sure, `indicator` and the
//! status of a component are `unknown`.

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::Timestamp;
use frontdesk_contract::component::{ComponentStatus, Level};
use frontdesk_contract::maintenance::Maintenance;
use frontdesk_contract::status::{Incident, IncidentStatus, StatusPage};
use serde_json::{Value, json};

use crate::app::App;
use crate::http::error::Result;
use crate::http::version;
use crate::secret;
use crate::status;

/// How many incidents `incidents.json` has.
const RECENT: i64 = 50;

/// The whole page, as programs read it.
#[utoipa::path(get, path = "/api/v2/summary.json", tag = "status", security(()),
    params(("If-None-Match" = Option<String>, Header, description = "The version that the caller has.")),
    responses((status = 200, description = "A Statuspage v2 summary.", body = Value),
        (status = 304, description = "The caller has it already.")))]
pub async fn summary(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let page = status::page(&app, app.now()).await?;
    let incidents: Vec<Value> =
        page.live.incidents.iter().map(|incident| incident_json(&app, &page, incident)).collect();
    let maintenances: Vec<Value> =
        page.maintenances.iter().map(|work| maintenance_json(&page, work)).collect();
    let body = json!({
        "page": page_json(&app, &page), "status": status_json(&page), "components": components_json(&page),
        "incidents": incidents, "scheduled_maintenances": maintenances,
    });
    Ok(unless_known(&headers, "application/json", body.to_string()))
}

/// How everything stands, in a sentence.
#[utoipa::path(get, path = "/api/v2/status.json", tag = "status", security(()),
    params(("If-None-Match" = Option<String>, Header, description = "The version that the caller has.")),
    responses((status = 200, description = "A Statuspage v2 status.", body = Value),
        (status = 304, description = "The caller has it already.")))]
pub async fn state(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let page = status::page(&app, app.now()).await?;
    let body = json!({"page": page_json(&app, &page), "status": status_json(&page)});
    Ok(unless_known(&headers, "application/json", body.to_string()))
}

/// The components, as programs read them.
#[utoipa::path(get, path = "/api/v2/components.json", tag = "status", security(()),
    params(("If-None-Match" = Option<String>, Header, description = "The version that the caller has.")),
    responses((status = 200, description = "The components of a Statuspage v2.", body = Value),
        (status = 304, description = "The caller has them already.")))]
pub async fn components(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let page = status::page(&app, app.now()).await?;
    let body = json!({"page": page_json(&app, &page), "components": components_json(&page)});
    Ok(unless_known(&headers, "application/json", body.to_string()))
}

/// The newest incidents, those that are over too, as programs read them.
#[utoipa::path(get, path = "/api/v2/incidents.json", tag = "status", security(()),
    params(("If-None-Match" = Option<String>, Header, description = "The version that the caller has.")),
    responses((status = 200, description = "The incidents of a Statuspage v2.", body = Value),
        (status = 304, description = "The caller has them already.")))]
pub async fn recent(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let page = status::page(&app, app.now()).await?;
    let mut newest = app.store().newest_incidents(None, RECENT).await?;
    newest.sort_by(|a, b| b.started_at.cmp(&a.started_at).then_with(|| a.id.cmp(&b.id)));
    let incidents: Vec<Value> = newest.iter().map(|incident| incident_json(&app, &page, incident)).collect();
    let body = json!({"page": page_json(&app, &page), "incidents": incidents});
    Ok(unless_known(&headers, "application/json", body.to_string()))
}

fn page_json(app: &App, page: &StatusPage) -> Value {
    json!({
        "id": "frontdesk", "name": app.decided().settings.service, "url": format!("{}/status", app.origin().as_str()),
        "time_zone": "Etc/UTC", "updated_at": said_at(page),
    })
}

/// When something was said last: it stays while nothing is, so that the document keeps its tag.
fn said_at(page: &StatusPage) -> Timestamp {
    let incidents = page.live.incidents.iter().chain(&page.past);
    let said = incidents.map(changed_at).chain(page.maintenances.iter().map(|work| work.updated_at));
    said.chain(page.live.provider.is_some().then_some(page.live.updated_at)).max().unwrap_or(Timestamp::EPOCH)
}

fn status_json(page: &StatusPage) -> Value {
    let worst = page.components.iter().map(|component| component.status).max().unwrap_or(Level::Unknown);
    let by_incident = page.live.incidents.iter().map(|incident| Level::of_impact(&incident.impact)).max();
    let worst = if page.live.unsure_at(page.now).is_some() { worst.max(Level::Unknown) } else { worst };
    let (indicator, description) = match worst.max(by_incident.unwrap_or(Level::Operational)) {
        Level::Operational => ("none", "No incident reported"),
        Level::Unknown => ("unknown", "Not sure"),
        Level::UnderMaintenance => ("maintenance", "Service Under Maintenance"),
        Level::DegradedPerformance => ("minor", "Minor Service Outage"),
        Level::PartialOutage => ("major", "Partial System Outage"),
        Level::MajorOutage => ("critical", "Major Service Outage"),
    };
    json!({"indicator": indicator, "description": description})
}

fn components_json(page: &StatusPage) -> Vec<Value> {
    page.components.iter().zip(1..).map(|(component, place)| component_json(component, place)).collect()
}

fn component_json(component: &ComponentStatus, place: usize) -> Value {
    json!({
        "id": component.id, "page_id": "frontdesk", "name": component.name.in_language("en"), "status": component.status,
        "position": place, "description": null, "showcase": component.core, "group": false, "group_id": null,
        "only_show_if_degraded": false,
    })
}

fn incident_json(app: &App, page: &StatusPage, incident: &Incident) -> Value {
    let updates: Vec<Value> = incident
        .incident_updates
        .iter()
        .map(|update| {
            json!({
                "id": update.id, "incident_id": incident.id, "status": update.status, "body": update.body,
                "created_at": update.created_at, "display_at": update.created_at, "updated_at": update.created_at,
            })
        })
        .collect();
    let monitoring =
        incident.incident_updates.iter().find(|update| update.status == IncidentStatus::Monitoring);
    json!({
        "id": incident.id, "page_id": "frontdesk", "name": incident.name, "status": incident.status,
        "impact": incident.impact, "created_at": incident.started_at, "started_at": incident.started_at,
        "updated_at": changed_at(incident), "resolved_at": incident.resolved_at,
        "monitoring_at": monitoring.map(|update| update.created_at),
        "shortlink": format!("{}/status#{}", app.origin().as_str(), incident.id),
        "components": parts(page, &incident.components), "incident_updates": updates,
    })
}

fn maintenance_json(page: &StatusPage, work: &Maintenance) -> Value {
    let status = work.status_at(page.now);
    json!({
        "id": work.id, "page_id": "frontdesk", "name": work.name, "status": status, "impact": "maintenance",
        "scheduled_for": work.scheduled_for, "scheduled_until": work.scheduled_until, "updated_at": work.updated_at,
        "components": parts(page, &work.components),
        "incident_updates": [{
            "id": format!("{}-1", work.id), "incident_id": work.id, "status": status, "body": work.body,
            "created_at": work.updated_at, "display_at": work.updated_at, "updated_at": work.updated_at,
        }],
    })
}

fn parts(page: &StatusPage, ids: &[frontdesk_contract::ComponentId]) -> Vec<Value> {
    let components = page.components.iter().zip(1..).filter(|(component, _)| ids.contains(&component.id));
    components.map(|(component, place)| component_json(component, place)).collect()
}

/// When something was said about it last.
pub(super) fn changed_at(incident: &Incident) -> Timestamp {
    let said = incident.incident_updates.iter().map(|update| update.created_at).max();
    said.into_iter().chain(incident.resolved_at).max().unwrap_or(incident.started_at)
}

/// Sends a public document unless the caller has it. Anybody on the way may keep it for half a minute, so that many
/// readers at once are few for us.
pub(super) fn unless_known(headers: &HeaderMap, kind: &'static str, body: String) -> Response {
    let tag = format!("\"{:016x}\"", secret::number_of(&body));
    let mut response = if version::is_known(headers.get(IF_NONE_MATCH), &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        body.into_response()
    };
    let answer = response.headers_mut();
    answer.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=30"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(ETAG, tag);
    }
    response
}
