//! Groups of problem reports: list, name, answer, split, merge, pass on to support.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::report::{
    GROUP_PAGE, GroupChange, GroupSort, Merge, NewAnswer, OwnWord, Refusal, ReportCounts, ReportGroup,
    ReportGroupPage, Split, can_be_known,
};
use frontdesk_contract::request::NewRequest;
use frontdesk_contract::upload::FILES_MAX;
use frontdesk_contract::{
    MessageId, Page, ProblemType, ReportGroupId, ReportState, Request, RequestId, Timestamp,
};
use serde::Deserialize;

use crate::app::App;
use crate::http::address::{Parameters, Part, word};
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{Body, FromBody};
use crate::http::listing::QUERY_MAX;
use crate::http::reports::{limit, tag};
use crate::http::rights::Handler;
use crate::http::{requests, version};
use crate::store::reports::{self as store, Filter, Mark, parse_cursor};
use crate::store::requests::Eyes;
use crate::store::{Write, incidents, uploads};

impl FromBody for GroupChange {}
impl FromBody for Split {}
impl FromBody for Merge {}

/// What the list can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct GroupParameters {
    /// Only those in this state.
    #[param(inline, value_type = Option<ReportState>)]
    pub state: Option<String>,
    /// Only those about this topic.
    #[param(pattern = r"^[^\s/\x00-\x1F\x7F-\x9F]{0,200}$")]
    pub topic: Option<String>,
    /// Only those with reports that have these words, or with a name that has them.
    pub q: Option<String>,
    /// Only those with more reports today than usual.
    #[param(pattern = "^(true)?$")]
    pub spike: Option<String>,
    /// In which order: the newest first when nothing is said.
    #[param(inline, value_type = Option<GroupSort>)]
    pub sort: Option<String>,
    /// How many rows: 50 when nothing is said.
    #[param(minimum = 1, maximum = 200, value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
}

/// Lists what employees report, in groups of what is alike: whichever had a report last comes first.
#[utoipa::path(get, path = "/api/report-groups", tag = "report-groups", params(GroupParameters),
    responses((status = 200, description = "A page.", body = Page<ReportGroup>)))]
pub async fn list(
    State(app): State<App>,
    _handler: Handler,
    Parameters(parameters): Parameters<GroupParameters>,
) -> Result<Json<Page<ReportGroup>>> {
    let filter = Filter {
        state: word("state", parameters.state.as_deref(), ReportState::parse)?,
        topic: word("topic", parameters.topic.as_deref(), |text| text.parse().ok())?,
        words: parameters.q.unwrap_or_default().chars().take(QUERY_MAX).collect(),
        has_spike: word("spike", parameters.spike.as_deref(), |text| (text == "true").then_some(()))?
            .is_some(),
        sort: word("sort", parameters.sort.as_deref(), GroupSort::parse)?.unwrap_or_default(),
    };
    let after = word("cursor", parameters.cursor.as_deref(), |text| Mark::parse(text, filter.sort))?;
    let limit = limit(parameters.limit.as_deref())?;
    let (items, next) = app.store().report_groups(&filter, after, limit, app.now()).await?;
    Ok(Json(Page { items, next }))
}

/// Counts the groups, and the reports day by day.
#[utoipa::path(get, path = "/api/report-groups/counts", tag = "report-groups",
    responses((status = 200, description = "How many there are, kept by triggers.", body = ReportCounts)))]
pub async fn counts(State(app): State<App>, _handler: Handler) -> Result<Json<ReportCounts>> {
    Ok(Json(app.store().report_counts(app.now()).await?))
}

/// What the organization's own people report, beside the word of the status page.
#[utoipa::path(get, path = "/api/status/reports", tag = "report-groups",
    responses((status = 200, description = "By topic and by incident.", body = OwnWord)))]
pub async fn own_word(State(app): State<App>, _handler: Handler) -> Result<Json<OwnWord>> {
    Ok(Json(app.store().own_word(app.now()).await?))
}

/// Where a list within a group goes on.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct RestParameters {
    /// Where the page of reports before ended: its `next`.
    pub cursor: Option<String>,
}

/// Reads a group with its reports, newest first.
#[utoipa::path(get, path = "/api/report-groups/{id}", tag = "report-groups",
    params(("id" = ReportGroupId, Path, description = "Which group."), RestParameters),
    responses((status = 200, description = "The group. `ETag` is its version.", body = ReportGroupPage)))]
pub async fn show(
    State(app): State<App>,
    _handler: Handler,
    Part(id): Part<ReportGroupId>,
    Parameters(parameters): Parameters<RestParameters>,
) -> Result<Response> {
    let before = word("cursor", parameters.cursor.as_deref(), parse_cursor)?;
    let group = app.store().report_group(id, app.now()).await?.ok_or(ProblemType::NotFound)?;
    let (items, next) = app.store().reports_of(id, before, GROUP_PAGE).await?;
    let tag = tag(&group.version)?;
    Ok((AppendHeaders([(ETAG, tag)]), Json(ReportGroupPage { group, items, next })).into_response())
}

/// Names a group, changes its state, or says that it belongs to an incident.
#[utoipa::path(patch, path = "/api/report-groups/{id}", tag = "report-groups", request_body = GroupChange,
    params(("id" = ReportGroupId, Path, description = "Which group."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 200, description = "The group after the change.", body = ReportGroup)))]
pub async fn change(
    State(app): State<App>,
    _handler: Handler,
    Part(id): Part<ReportGroupId>,
    headers: HeaderMap,
    Body { value: mut change, .. }: Body<GroupChange>,
) -> Result<Response> {
    let tags = version::required(&headers)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let before = find(&mut write, id, now).await?;
    if !tags.name(before.version.as_str()) {
        return Err(Error::Changed { by: None });
    }
    let mut title = store::title(&mut write, id).await?;
    if let Some(incident) = &change.incident {
        let Some(incident) = incidents::find(&mut write, incident).await? else {
            return Err(Error::field("/incident", &"Choose an incident of the status page"));
        };
        // What belongs to an incident is known by its name, unless it has a better one.
        if title.is_none() && change.title.is_none() {
            change.title = incident.name.parse().ok();
        }
        if before.state == ReportState::New && change.state.is_none() {
            change.state = Some(ReportState::Known);
        }
    }
    title = change.title.as_ref().map(|title| title.as_str().to_owned()).or(title);
    can_be_known(change.state.unwrap_or(before.state), title.as_deref())?;
    store::change(&mut write, id, &change, now).await?;
    let group = find(&mut write, id, now).await?;
    app.commit(write).await?;
    answered(StatusCode::OK, &group)
}

/// Answers all reports of a group at once.
#[utoipa::path(post, path = "/api/report-groups/{id}/answers", tag = "report-groups", request_body = NewAnswer,
    params(("id" = ReportGroupId, Path, description = "Which group."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Answered: the group after it.", body = ReportGroup)))]
pub async fn answer(
    State(app): State<App>,
    handler: Handler,
    Part(id): Part<ReportGroupId>,
    headers: HeaderMap,
    Body { value: answer, bytes }: Body<NewAnswer>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = handler.person();
    let path = format!("/api/report-groups/{id}/answers");
    let call = Asked { person: &person.id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(_) => return stands(&app, id).await,
        Create::ToDo(pending) => pending,
    };
    if !answer.uploads.is_empty() {
        return Err(Error::field("/uploads", &"Files go with an answer to one report"));
    }
    let now = app.now();
    find(&mut pending.write, id, now).await?;
    if store::answer_all(&mut pending.write, id, person, answer.body.as_str(), now).await? == 0 {
        return Err(Refusal::NobodyReads.into());
    }
    let group = find(&mut pending.write, id, now).await?;
    pending.finish(&app, &id).await?;
    answered(StatusCode::CREATED, &group)
}

/// Takes some reports out of a group, into one of their own.
#[utoipa::path(post, path = "/api/report-groups/{id}/split", tag = "report-groups", request_body = Split,
    params(("id" = ReportGroupId, Path, description = "Which group."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Split: the new group.", body = ReportGroup)))]
pub async fn split(
    State(app): State<App>,
    handler: Handler,
    Part(id): Part<ReportGroupId>,
    headers: HeaderMap,
    Body { value: split, bytes }: Body<Split>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let path = format!("/api/report-groups/{id}/split");
    let call = Asked { person: &handler.person().id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => return stands(&app, made.id()?).await,
        Create::ToDo(pending) => pending,
    };
    let now = app.now();
    let group = find(&mut pending.write, id, now).await?;
    let own = store::split(&mut pending.write, &group, &split.reports, now).await?.ok_or(Refusal::NoSplit)?;
    let group = find(&mut pending.write, own, now).await?;
    pending.finish(&app, &own).await?;
    answered(StatusCode::CREATED, &group)
}

/// Puts the reports of a group into another one.
#[utoipa::path(post, path = "/api/report-groups/{id}/merge", tag = "report-groups", request_body = Merge,
    params(("id" = ReportGroupId, Path, description = "The group that goes."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Merged: the group that stays.", body = ReportGroup)))]
pub async fn merge(
    State(app): State<App>,
    handler: Handler,
    Part(id): Part<ReportGroupId>,
    headers: HeaderMap,
    Body { value: merge, bytes }: Body<Merge>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let path = format!("/api/report-groups/{id}/merge");
    let call = Asked { person: &handler.person().id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => return stands(&app, made.id()?).await,
        Create::ToDo(pending) => pending,
    };
    if merge.into == id {
        return Err(Refusal::SameGroup.into());
    }
    let now = app.now();
    let from = find(&mut pending.write, id, now).await?;
    if store::find_group(&mut pending.write, merge.into, now).await?.is_none() {
        return Err(Error::field("/into", &"There is no such group"));
    }
    store::merge(&mut pending.write, &from, merge.into, now).await?;
    let group = find(&mut pending.write, merge.into, now).await?;
    pending.finish(&app, &merge.into).await?;
    answered(StatusCode::CREATED, &group)
}

/// Asks support about a group: the request has the pictures of its reports, and the group says which it is.
#[utoipa::path(post, path = "/api/report-groups/{id}/request", tag = "report-groups", request_body = NewRequest,
    params(("id" = ReportGroupId, Path, description = "Which group."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Asked. `Location` and `ETag` are those of the request.", body = Request)))]
pub async fn ask(
    State(app): State<App>,
    handler: Handler,
    Part(id): Part<ReportGroupId>,
    headers: HeaderMap,
    Body { value: asked, bytes }: Body<NewRequest>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = handler.person();
    let eyes = Eyes::of(person);
    let path = format!("/api/report-groups/{id}/request");
    let call = Asked { person: &person.id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => return requests::stands(&app, made.id()?, eyes).await,
        Create::ToDo(pending) => pending,
    };
    let now = app.now();
    let group = find(&mut pending.write, id, now).await?;
    if group.request.is_some() {
        return Err(Refusal::AskedAlready.into());
    }
    let request: RequestId = requests::make(&app, &mut pending.write, person, &asked, now).await?;
    let entry: MessageId = requests::first_entry(&mut pending.write, request).await?;
    let reports = store::with_files(&mut pending.write, id).await?;
    let room = FILES_MAX.saturating_sub(asked.uploads.len());
    uploads::lend(&mut pending.write, &reports, entry, room).await?;
    store::note_request(&mut pending.write, id, request, now).await?;
    let answer = requests::read(&mut pending.write, request, eyes).await?;
    pending.finish(&app, &request).await?;
    requests::created(&answer.summary, &answer)
}

/// A group as it stands within a write.
async fn find(write: &mut Write, id: ReportGroupId, now: Timestamp) -> Result<ReportGroup> {
    Ok(store::find_group(write, id, now).await?.ok_or(ProblemType::NotFound)?)
}

/// The answer to what was done before.
async fn stands(app: &App, id: ReportGroupId) -> Result<Response> {
    let group = app.store().report_group(id, app.now()).await?.ok_or(ProblemType::NotFound)?;
    answered(StatusCode::CREATED, &group)
}

fn answered(status: StatusCode, group: &ReportGroup) -> Result<Response> {
    let location =
        HeaderValue::from_str(&format!("/api/report-groups/{}", group.id)).map_err(Error::internal)?;
    let headers = AppendHeaders([(LOCATION, location), (ETAG, tag(&group.version)?)]);
    Ok((status, headers, Json(group)).into_response())
}
