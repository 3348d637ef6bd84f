//! The status page: everybody reads it, agents write it, whoever is signed in follows it.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::delivery::Delivery;
use frontdesk_contract::follow::{FOLLOWS_MAX, Follow, NewFollow};
use frontdesk_contract::maintenance::{Maintenance, MaintenanceChange, NewMaintenance};
use frontdesk_contract::status::{
    Incident, IncidentChange, IncidentStatus, IncidentUpdate, NewIncident, NewUpdate, StatusPage,
};
use frontdesk_contract::text::{IncidentName, UpdateBody};
use frontdesk_contract::time::Span;
use frontdesk_contract::{
    ComponentId, FieldError, FollowId, IncidentId, MaintenanceId, Page, ProblemType, Timestamp, Version,
};
use serde_json::Value;

use crate::app::App;
use crate::http::address::{Part, encode};
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{Body, FromBody, check_field};
use crate::http::rights::{Runner, Teller};
use crate::http::version;
use crate::http::viewer::Viewer;
use crate::mail;
use crate::secret;
use crate::status;
use crate::store::incidents::{self, Source};
use crate::store::{Write, events, follows, maintenances};
use crate::upstream::chat;

/// How many deliveries the log shows.
const DELIVERIES_MAX: i64 = 200;
/// For how long what ended is still told to whoever follows it.
const FOLLOWED_FOR: Span = Span::days(7);

impl FromBody for NewIncident {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_field::<IncidentName>(body, "name", errors);
        check_field::<UpdateBody>(body, "body", errors);
        check_field::<Vec<ComponentId>>(body, "components", errors);
    }
}
impl FromBody for NewMaintenance {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_field::<IncidentName>(body, "name", errors);
        check_field::<UpdateBody>(body, "body", errors);
        check_field::<Timestamp>(body, "scheduled_for", errors);
        check_field::<Timestamp>(body, "scheduled_until", errors);
    }
}
impl FromBody for NewUpdate {}
impl FromBody for IncidentChange {}
impl FromBody for MaintenanceChange {}
impl FromBody for NewFollow {}

/// All of the status page. Everybody may read it.
#[utoipa::path(get, path = "/api/status", tag = "status", security(()),
    responses((status = 200, description = "The page.", body = StatusPage)))]
pub async fn page(State(app): State<App>) -> Result<Json<StatusPage>> {
    Ok(Json(status::page(&app, app.now()).await?))
}

/// One incident with all its updates. Everybody may read it.
#[utoipa::path(get, path = "/api/status/incidents/{id}", tag = "status", security(()),
    params(("id" = IncidentId, Path, description = "Its identifier.")),
    responses((status = 200, description = "The incident. `ETag` is its version.", body = Incident)))]
pub async fn incident(State(app): State<App>, Part(id): Part<IncidentId>) -> Result<Response> {
    let incident = app.store().incident(&id).await?.ok_or(ProblemType::NotFound)?;
    Ok(tagged(&incident.version, &incident))
}

/// Tells of an incident.
#[utoipa::path(post, path = "/api/status/incidents", tag = "status", request_body = NewIncident,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Told. `Location` and `ETag` are those of the incident.", body = Incident)))]
pub async fn tell(
    State(app): State<App>,
    teller: Teller,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewIncident>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let call = Asked { person: &teller.person().id, path: "/api/status/incidents", body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => {
            let incident = app.store().incident(&made.id()?).await?.ok_or(ProblemType::NotFound)?;
            return Ok(created("incidents", incident.id.as_str(), &incident.version, &incident));
        }
        Create::ToDo(pending) => pending,
    };
    check_words(&new.status, new.impact.is_known())?;
    let components = known_components(&app, &mut pending.write, new.components).await?;
    let now = app.now();
    let id: IncidentId = new_name().parse().map_err(Error::internal)?;
    let update = first_update(&new.status, &new.body, now);
    let incident = Incident {
        name: new.name.as_str().to_owned(),
        resolved_at: (!new.status.is_live()).then_some(now),
        status: new.status,
        impact: new.impact,
        started_at: now,
        topics: app.decided().status.topics_of(&components),
        components,
        version: Version::numbered(1),
        incident_updates: vec![update.clone()],
        id,
    };
    incidents::insert(&mut pending.write, &incident, Source::Own).await?;
    told(&app, &mut pending.write, &incident, Some(&update), now).await?;
    let by = Some(&teller.person().id);
    mail::tell_of_incident(&app, &mut pending.write, &incident.id, &update.id, by, now).await?;
    pending.finish(&app, &incident.id).await?;
    Ok(created("incidents", incident.id.as_str(), &incident.version, &incident))
}

/// Says more about an incident: an entry of its own. `resolved` ends it.
#[utoipa::path(post, path = "/api/status/incidents/{id}/updates", tag = "status", request_body = NewUpdate,
    params(("id" = IncidentId, Path, description = "Its identifier."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Said. `ETag` is the incident's version with it.", body = Incident)))]
pub async fn update(
    State(app): State<App>,
    teller: Teller,
    Part(id): Part<IncidentId>,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewUpdate>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let path = format!("/api/status/incidents/{id}/updates");
    let call = Asked { person: &teller.person().id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(_) => {
            let incident = app.store().incident(&id).await?.ok_or(ProblemType::NotFound)?;
            return Ok(created("incidents", id.as_str(), &incident.version, &incident));
        }
        Create::ToDo(pending) => pending,
    };
    check_words(&new.status, true)?;
    let before = own_incident(&mut pending.write, &id).await?;
    if !before.status.is_live() {
        return Err(over());
    }
    let now = app.now();
    let update = first_update(&new.status, &new.body, now);
    let mut after = Incident {
        resolved_at: (!new.status.is_live()).then_some(now),
        status: new.status,
        ..before.clone()
    };
    after.incident_updates.insert(0, update.clone());
    incidents::replace(&mut pending.write, &after, &before).await?;
    let incident = incidents::find(&mut pending.write, &id).await?.ok_or(ProblemType::NotFound)?;
    told(&app, &mut pending.write, &incident, Some(&update), now).await?;
    let by = Some(&teller.person().id);
    mail::tell_of_incident(&app, &mut pending.write, &id, &update.id, by, now).await?;
    pending.finish(&app, &update.id).await?;
    Ok(created("incidents", id.as_str(), &incident.version, &incident))
}

/// Mends what an incident is called, how bad it is, or what it touches.
#[utoipa::path(patch, path = "/api/status/incidents/{id}", tag = "status", request_body = IncidentChange,
    params(("id" = IncidentId, Path, description = "Its identifier."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 200, description = "The incident after the change.", body = Incident)))]
pub async fn change(
    State(app): State<App>,
    _teller: Teller,
    Part(id): Part<IncidentId>,
    headers: HeaderMap,
    Body { value: change, .. }: Body<IncidentChange>,
) -> Result<Response> {
    let tags = version::required(&headers)?;
    if change.impact.as_ref().is_some_and(|impact| !impact.is_known()) {
        return Err(Error::field("/impact", &"Choose none, minor, major or critical"));
    }
    let mut write = app.store().write().await?;
    let now = app.now();
    let before = own_incident(&mut write, &id).await?;
    if !tags.name(before.version.as_str()) {
        return Err(Error::Changed { by: None });
    }
    let mut after = before.clone();
    if let Some(name) = change.name {
        after.name = name.as_str().to_owned();
    }
    if let Some(impact) = change.impact {
        after.impact = impact;
    }
    if let Some(components) = change.components {
        after.components = known_components(&app, &mut write, components).await?;
        after.topics = app.decided().status.topics_of(&after.components);
    }
    if after != before {
        incidents::replace(&mut write, &after, &before).await?;
        after = incidents::find(&mut write, &id).await?.ok_or(ProblemType::NotFound)?;
        told(&app, &mut write, &after, None, now).await?;
    }
    app.commit(write).await?;
    Ok(tagged(&after.version, &after))
}

/// Plans a maintenance.
#[utoipa::path(post, path = "/api/status/maintenances", tag = "status", request_body = NewMaintenance,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Planned. `ETag` is its version.", body = Maintenance)))]
pub async fn plan(
    State(app): State<App>,
    teller: Teller,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewMaintenance>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let call = Asked { person: &teller.person().id, path: "/api/status/maintenances", body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => {
            let mut moment = app.store().write().await?;
            let found = maintenances::find(&mut moment, &made.id()?).await?;
            let (maintenance, _) = found.ok_or(ProblemType::NotFound)?;
            let id = maintenance.id.as_str().to_owned();
            return Ok(created("maintenances", &id, &maintenance.version, &maintenance));
        }
        Create::ToDo(pending) => pending,
    };
    let now = app.now();
    check_times(new.scheduled_for, new.scheduled_until, now)?;
    let maintenance = Maintenance {
        id: new_name().parse().map_err(Error::internal)?,
        name: new.name.as_str().to_owned(),
        body: new.body.as_str().to_owned(),
        scheduled_for: new.scheduled_for,
        scheduled_until: new.scheduled_until,
        ended_at: None,
        components: known_components(&app, &mut pending.write, new.components).await?,
        updated_at: now,
        version: Version::numbered(1),
    };
    maintenances::put(&mut pending.write, &maintenance, Source::Own).await?;
    events::tell_status(&mut pending.write, now).await?;
    pending.finish(&app, &maintenance.id).await?;
    Ok(created("maintenances", maintenance.id.as_str(), &maintenance.version, &maintenance))
}

/// Moves a maintenance, says more about it, or ends it before its time.
#[utoipa::path(patch, path = "/api/status/maintenances/{id}", tag = "status", request_body = MaintenanceChange,
    params(("id" = MaintenanceId, Path, description = "Its identifier."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 200, description = "The maintenance after the change.", body = Maintenance)))]
pub async fn replan(
    State(app): State<App>,
    _teller: Teller,
    Part(id): Part<MaintenanceId>,
    headers: HeaderMap,
    Body { value: change, .. }: Body<MaintenanceChange>,
) -> Result<Response> {
    let tags = version::required(&headers)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let (before, source) = maintenances::find(&mut write, &id).await?.ok_or(ProblemType::NotFound)?;
    if source == Source::Upstream {
        return Err(theirs());
    }
    if !tags.name(before.version.as_str()) {
        return Err(Error::Changed { by: None });
    }
    if before.ended_at.is_some() {
        return Err(Error::Told(ProblemType::NotPossible, "This maintenance is over".to_owned()));
    }
    let mut after = before.clone();
    after.scheduled_for = change.scheduled_for.unwrap_or(after.scheduled_for);
    after.scheduled_until = change.scheduled_until.unwrap_or(after.scheduled_until);
    if change.scheduled_for.is_some() || change.scheduled_until.is_some() {
        check_times(after.scheduled_for, after.scheduled_until, now)?;
    }
    if let Some(body) = change.body {
        after.body = body.as_str().to_owned();
    }
    if change.ended {
        after.ended_at = Some(now);
    }
    if after != before {
        after.updated_at = now;
        maintenances::put(&mut write, &after, Source::Own).await?;
        events::tell_status(&mut write, now).await?;
        let found = maintenances::find(&mut write, &id).await?;
        (after, _) = found.ok_or(ProblemType::NotFound)?;
    }
    app.commit(write).await?;
    Ok(tagged(&after.version, &after))
}

/// Lists what one follows, with what was said about it lately.
#[utoipa::path(get, path = "/api/status/follows", tag = "status",
    responses((status = 200, description = "All of it; there is no second page.", body = Page<Follow>)))]
pub async fn followed(State(app): State<App>, viewer: Viewer) -> Result<Json<Page<Follow>>> {
    let since = app.now().minus(FOLLOWED_FOR);
    let items = app.store().follows(&viewer.person().id, since).await?;
    Ok(Json(Page { items, next: None }))
}

/// Follows an incident or a component: its updates come to Overview.
#[utoipa::path(post, path = "/api/status/follows", tag = "status", request_body = NewFollow,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Followed, now or already.", body = Follow)))]
pub async fn follow(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewFollow>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = &viewer.person().id;
    let call = Asked { person, path: "/api/status/follows", body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => {
            let mut moment = app.store().write().await?;
            let since = app.now().minus(FOLLOWED_FOR);
            let found = follows::find(&mut moment, person, made.id()?, since).await?;
            return Ok((StatusCode::CREATED, Json(found.ok_or(ProblemType::NotFound)?)).into_response());
        }
        Create::ToDo(pending) => pending,
    };
    let now = app.now();
    match (&new.incident, &new.component) {
        (Some(incident), None) => {
            if incidents::find(&mut pending.write, incident).await?.is_none() {
                return Err(Error::field("/incident", &"There is no such incident"));
            }
        }
        (None, Some(component)) => {
            known_components(&app, &mut pending.write, vec![component.clone()])
                .await
                .map_err(|_| Error::field("/component", &"There is no such component"))?;
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(Error::field("", &"Name an incident or a component"));
        }
    }
    if follows::how_many(&mut pending.write, person).await? >= FOLLOWS_MAX {
        let detail = format!("You follow {FOLLOWS_MAX} things. Stop following one of them first");
        return Err(Error::Told(ProblemType::NotPossible, detail));
    }
    let (incident, component) = (new.incident.as_ref(), new.component.as_ref());
    let id = follows::insert(&mut pending.write, person, incident, component, now).await?;
    let found = follows::find(&mut pending.write, person, id, now.minus(FOLLOWED_FOR)).await?;
    pending.finish(&app, &id).await?;
    Ok((StatusCode::CREATED, Json(found.ok_or(ProblemType::NotFound)?)).into_response())
}

/// Stops following.
#[utoipa::path(delete, path = "/api/status/follows/{id}", tag = "status",
    params(("id" = FollowId, Path, description = "Its number.")),
    responses((status = 204, description = "Not followed any more.")))]
pub async fn unfollow(
    State(app): State<App>,
    viewer: Viewer,
    Part(id): Part<FollowId>,
) -> Result<StatusCode> {
    let mut write = app.store().write().await?;
    if !follows::remove(&mut write, &viewer.person().id, id).await? {
        return Err(ProblemType::NotFound.into());
    }
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists what became of messages to chat groups.
#[utoipa::path(get, path = "/api/status/deliveries", tag = "status",
    responses((status = 200, description = "The newest; there is no second page.", body = Page<Delivery>)))]
pub async fn log(State(app): State<App>, _runner: Runner) -> Result<Json<Page<Delivery>>> {
    Ok(Json(Page { items: app.store().deliveries(DELIVERIES_MAX).await?, next: None }))
}

/// Notes the days, tells the streams and the chat groups.
async fn told(
    app: &App,
    write: &mut Write,
    incident: &Incident,
    update: Option<&IncidentUpdate>,
    now: Timestamp,
) -> Result<()> {
    status::note_incident(write, incident, now).await?;
    events::tell_status(write, now).await?;
    if let Some(update) = update {
        chat::enqueue(write, app, incident, update, now).await?;
    }
    Ok(())
}

/// A new identifier, which begins as none of a provider's does.
fn new_name() -> String {
    format!("s-{}", secret::token(9))
}

fn first_update(status: &IncidentStatus, body: &UpdateBody, now: Timestamp) -> IncidentUpdate {
    let body = body.as_str().to_owned();
    IncidentUpdate { id: new_name(), status: status.clone(), body, created_at: now }
}

/// An incident of our own; a provider's is theirs to tell.
async fn own_incident(write: &mut Write, id: &IncidentId) -> Result<Incident> {
    let incident = incidents::find(write, id).await?.ok_or(ProblemType::NotFound)?;
    match incidents::source_of(write, id).await? {
        Source::Own => Ok(incident),
        Source::Upstream => Err(theirs()),
    }
}

fn theirs() -> Error {
    Error::Told(ProblemType::NotPossible, "The provider writes this; it can be read here alone".to_owned())
}

fn over() -> Error {
    Error::Told(ProblemType::NotPossible, "This incident is over. Tell of a new one".to_owned())
}

/// Agents write the words that every release knows.
fn check_words(status: &IncidentStatus, knows_impact: bool) -> Result<()> {
    let mut errors = Vec::new();
    if !IncidentStatus::WRITTEN.contains(status) {
        let detail = "Choose investigating, identified, monitoring or resolved".to_owned();
        errors.push(FieldError { pointer: "/status".to_owned(), detail });
    }
    if !knows_impact {
        let detail = "Choose none, minor, major or critical".to_owned();
        errors.push(FieldError { pointer: "/impact".to_owned(), detail });
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

fn check_times(from: Timestamp, until: Timestamp, now: Timestamp) -> Result<()> {
    if until <= from {
        return Err(Error::field("/scheduled_until", &"The end comes after the beginning"));
    }
    if until <= now {
        return Err(Error::field("/scheduled_until", &"The end is yet to come"));
    }
    Ok(())
}

/// The components, each once; each must stand on the page.
async fn known_components(
    app: &App,
    write: &mut Write,
    mut components: Vec<ComponentId>,
) -> Result<Vec<ComponentId>> {
    components.sort_unstable();
    components.dedup();
    let known = status::standing(app, write, app.now()).await?.components;
    let is_unknown = |id: &ComponentId| known.iter().all(|component| component.id != *id);
    if let Some((index, id)) = components.iter().enumerate().find(|(_, id)| is_unknown(id)) {
        return Err(Error::field(&format!("/components/{index}"), &format!("There is no component {id}")));
    }
    Ok(components)
}

fn tagged<T: serde::Serialize>(version: &Version, body: &T) -> Response {
    ([(ETAG, version::tag(version))], Json(body)).into_response()
}

fn created<T: serde::Serialize>(list: &str, id: &str, version: &Version, body: &T) -> Response {
    let location = format!("/api/status/{list}/{}", encode(id));
    let headers = AppendHeaders([(LOCATION, location), (ETAG, version::tag(version))]);
    (StatusCode::CREATED, headers, Json(body)).into_response()
}
