//! Problem reports: send, read what became of them, say more; and the public form for whoever has no session.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, Html, IntoResponse, Response};
use frontdesk_contract::page::{PAGE_DEFAULT, PAGE_MAX};
use frontdesk_contract::report::{
    ERRORS_MAX, NewAnswer, NewPublicReport, NewReport, PublicReportTaken, Refusal, Source, can_handle,
};
use frontdesk_contract::text::{DetailText, EmailText, ErrorText, PageText};
use frontdesk_contract::time::Span;
use frontdesk_contract::upload::FILES_MAX;
use frontdesk_contract::{
    Body as Text, FieldError, IncidentId, Language, Page, Person, ProblemType, Report, ReportGroupId,
    ReportId, Timestamp, UploadId, Version,
};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::app::App;
use crate::http::address::{Parameters, Part, word};
use crate::http::client::Client;
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{self, Body, FromBody, check_field};
use crate::http::report_token::{Maker, Teller};
use crate::http::rights::Reporter;
use crate::http::version;
use crate::mail;
use crate::store::Write;
use crate::store::reports::{self as store, Arrival, Sight, parse_cursor};
use crate::store::{public_creates, uploads};

impl FromBody for NewReport {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_field::<Text>(body, "body", errors);
        check_if_given::<PageText>(body, "page", errors);
        check_if_given::<DetailText>(body, "browser", errors);
        check_if_given::<DetailText>(body, "screen", errors);
        check_if_given::<Language>(body, "language", errors);
        check_if_given::<Vec<ErrorText>>(body, "errors", errors);
        check_if_given::<Vec<UploadId>>(body, "uploads", errors);
    }
}
impl FromBody for NewPublicReport {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_field::<Text>(body, "body", errors);
        check_if_given::<PageText>(body, "page", errors);
        check_if_given::<EmailText>(body, "email", errors);
    }
}
impl FromBody for NewAnswer {}

/// A body with nothing in it.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}
impl FromBody for Nothing {}

fn check_if_given<T: serde::de::DeserializeOwned>(body: &Value, name: &str, errors: &mut Vec<FieldError>) {
    if body.get(name).is_some_and(|value| !value.is_null()) {
        check_field::<T>(body, name, errors);
    }
}

/// Reports a problem to the admins of the organization.
#[utoipa::path(post, path = "/api/reports", tag = "reports", request_body = NewReport,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Reported. `Location` and `ETag` are those of the report.", body = Report)))]
pub async fn create(
    State(app): State<App>,
    reporter: Maker,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewReport>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = reporter.person();
    let call = Asked { person: &person.id, path: "/api/reports", body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => return made_before(&app, made.id()?).await,
        Create::ToDo(pending) => pending,
    };
    check(&app, &new)?;
    let now = app.now();
    reporter.spend(&mut pending.write, now).await?;
    let id = store::insert(&mut pending.write, &Arrival::of(&new, person), now).await?;
    let part = uploads::Part::Report(id, erase_at(&app, now));
    attach(&mut pending.write, person, &new.uploads, part, now).await?;
    let report = read(&mut pending.write, id, Sight::Own).await?;
    pending.finish(&app, &id).await?;
    created(&report)
}

/// What a list of reports can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct OwnParameters {
    /// Only one's own: `true`, which is said for clearness; there is no other list.
    #[param(pattern = "^(true)?$")]
    pub mine: Option<String>,
    /// How many rows: 50 when nothing is said.
    #[param(minimum = 1, maximum = 200, value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
}

/// Lists what whoever calls has reported, newest first.
#[utoipa::path(get, path = "/api/reports", tag = "reports", params(OwnParameters),
    responses((status = 200, description = "A page.", body = Page<Report>)))]
pub async fn list(
    State(app): State<App>,
    reporter: Reporter,
    Parameters(parameters): Parameters<OwnParameters>,
) -> Result<Json<Page<Report>>> {
    word("mine", parameters.mine.as_deref(), |text| (text == "true").then_some(()))?;
    let limit = limit(parameters.limit.as_deref())?;
    let before = word("cursor", parameters.cursor.as_deref(), parse_cursor)?;
    let (items, next) = app.store().own_reports(&reporter.person().id, before, limit).await?;
    Ok(Json(Page { items, next }))
}

/// How many rows a page has.
pub(super) fn limit(given: Option<&str>) -> Result<usize> {
    let is_possible = |limit: &usize| (1..=PAGE_MAX).contains(limit);
    let limit = word("limit", given, |text| text.parse().ok().filter(is_possible))?;
    Ok(limit.unwrap_or(PAGE_DEFAULT))
}

/// Reads a report: one's own, or any of them for admins.
#[utoipa::path(get, path = "/api/reports/{id}", tag = "reports",
    params(("id" = ReportId, Path, description = "Its number, such as P-1042.")),
    responses((status = 200, description = "The report. `ETag` is its version.", body = Report)))]
pub async fn show(
    State(app): State<App>,
    reporter: Reporter,
    Part(id): Part<ReportId>,
) -> Result<impl IntoResponse> {
    let report = find(&app, reporter.person(), id).await?;
    let tag = tag(&report.version)?;
    Ok((AppendHeaders([(ETAG, tag)]), Json(report)))
}

/// Says more about a report: whoever sent it, or an admin who answers.
#[utoipa::path(post, path = "/api/reports/{id}/messages", tag = "reports", request_body = NewAnswer,
    params(("id" = ReportId, Path, description = "Its number, such as P-1042."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Said. The report with it.", body = Report)))]
pub async fn say(
    State(app): State<App>,
    reporter: Reporter,
    Part(id): Part<ReportId>,
    headers: HeaderMap,
    Body { value: answer, bytes }: Body<NewAnswer>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = reporter.person();
    find(&app, person, id).await?;
    let path = format!("/api/reports/{id}/messages");
    let call = Asked { person: &person.id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(_) => return created(&find(&app, person, id).await?),
        Create::ToDo(pending) => pending,
    };
    check_files(&answer.uploads)?;
    let now = app.now();
    let report = read(&mut pending.write, id, Sight::Admin).await?;
    // Whoever reported speaks as such, also an admin about their own report.
    let is_own = report.by.as_ref().is_some_and(|by| by.id == person.id);
    if report.by.is_none() {
        return Err(Refusal::NobodyReads.into());
    }
    let answer_id =
        store::say(&mut pending.write, &report, person, !is_own, answer.body.as_str(), now).await?;
    let part = uploads::Part::Answer(answer_id, erase_at(&app, now));
    attach(&mut pending.write, person, &answer.uploads, part, now).await?;
    let report = read(&mut pending.write, id, sight(person)).await?;
    pending.finish(&app, &id).await?;
    created(&report)
}

/// Says "this happens to me too" about what the admins know.
#[utoipa::path(post, path = "/api/report-groups/{id}/joined", tag = "reports", request_body = Nothing,
    params(("id" = ReportGroupId, Path, description = "Which known problem."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Joined: the caller's report about it, the first one where there are several.", body = Report)))]
pub async fn join(
    State(app): State<App>,
    reporter: Teller,
    Part(id): Part<ReportGroupId>,
    headers: HeaderMap,
    Body { bytes, .. }: Body<Nothing>,
) -> Result<Response> {
    joined(
        &app,
        reporter.person(),
        &headers,
        &format!("/api/report-groups/{id}/joined"),
        &bytes,
        Joins::Group(id),
    )
    .await
}

/// Says "this happens to me too" about an incident.
#[utoipa::path(post, path = "/api/incidents/{id}/joined", tag = "reports", request_body = Nothing,
    params(("id" = IncidentId, Path, description = "Which incident."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Joined: the caller's report about it, the first one where there are several.", body = Report)))]
pub async fn join_incident(
    State(app): State<App>,
    reporter: Teller,
    Part(id): Part<IncidentId>,
    headers: HeaderMap,
    Body { bytes, .. }: Body<Nothing>,
) -> Result<Response> {
    let path = format!("/api/incidents/{id}/joined");
    joined(&app, reporter.person(), &headers, &path, &bytes, Joins::Incident(id)).await
}

/// What is joined.
enum Joins {
    Group(ReportGroupId),
    Incident(IncidentId),
}

async fn joined(
    app: &App,
    person: &Person,
    headers: &HeaderMap,
    path: &str,
    bytes: &[u8],
    joins: Joins,
) -> Result<Response> {
    let key = Key::required(headers)?;
    let call = Asked { person: &person.id, path, body: bytes };
    let mut pending = match idempotency::begin(app, key, call).await? {
        Create::Done(made) => return made_before(app, made.id()?).await,
        Create::ToDo(pending) => pending,
    };
    let now = app.now();
    let group = match joins {
        Joins::Group(group) => Some(group),
        Joins::Incident(incident) => store::group_of_incident(&mut pending.write, &incident, now).await?,
    };
    let group = group.ok_or(ProblemType::NotFound)?;
    let id = store::join(&mut pending.write, group, person, now).await?.ok_or(ProblemType::NotFound)?;
    let report = read(&mut pending.write, id, Sight::Own).await?;
    pending.finish(app, &id).await?;
    created(&report)
}

/// Takes a report from somebody without a session: words alone, so many an hour.
#[utoipa::path(post, path = "/api/public-reports", tag = "reports", security(()),
    params(("Idempotency-Key" = Option<String>, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own, which a form can't send: a retry with it makes nothing again.")),
    request_body(content((NewPublicReport = "application/json"), (NewPublicReport = "application/x-www-form-urlencoded"))),
    responses((status = 201, description = "Taken. JSON is answered with JSON, a form with a page.", content((PublicReportTaken = "application/json"), (String = "text/html"))),
        (status = 400, description = "The body can't be read.", content((frontdesk_contract::Problem = "application/problem+json"), (String = "text/html"))),
        (status = 403, description = "The public form is switched off, nobody is locked out, and no session goes with a form.", content((frontdesk_contract::Problem = "application/problem+json"), (String = "text/html"))),
        (status = 413, description = "The body is too large.", content((frontdesk_contract::Problem = "application/problem+json"), (String = "text/html"))),
        (status = 422, description = "Fields are missing or wrong, or the key was used with another body.", content((frontdesk_contract::Problem = "application/problem+json"), (String = "text/html"))),
        (status = 429, description = "Too many tries; `Retry-After` says when to come back.", content((frontdesk_contract::Problem = "application/problem+json"), (String = "text/html"))),
        (status = 500, description = "The backend failed.", content((frontdesk_contract::Problem = "application/problem+json"), (String = "text/html")))))]
pub async fn create_public(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Response {
    let is_form = headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let taken = take_public(&app, client, request, is_form).await;
    if is_form {
        return page(&headers, taken);
    }
    match taken {
        Ok(id) => (StatusCode::CREATED, Json(PublicReportTaken { id })).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn take_public(
    app: &App,
    client: Client,
    request: axum::extract::Request,
    is_form: bool,
) -> Result<ReportId> {
    use axum::extract::FromRequestParts as _;
    // A form of our own page can say nothing of its own, but the session goes with it: whoever is signed in needs no
    // leave to report.
    let (mut parts, body) = request.into_parts();
    let teller = if is_form { Teller::from_request_parts(&mut parts, app).await.ok() } else { None };
    let key = Key::given(&parts.headers)?;
    let request = axum::extract::Request::from_parts(parts, body);
    let (new, bytes): (NewPublicReport, Bytes) = if is_form {
        use axum::extract::FromRequest as _;
        let bytes = Bytes::from_request(request, app).await.map_err(|_| ProblemType::TooLarge)?;
        (json::parse(&form_to_json(&bytes))?, bytes)
    } else {
        use axum::extract::FromRequest as _;
        let Body { value, bytes } = Body::from_request(request, app).await?;
        (value, bytes)
    };
    let person = teller.as_ref().map(Teller::person).filter(|_| !new.locked_out);
    if person.is_none() && !new.locked_out && !app.decided().settings.reports.public {
        let detail = "Reports without signing in are switched off here; sign in first";
        return Err(Error::Told(ProblemType::Forbidden, detail.to_owned()));
    }
    let now = app.now();
    let mut write = app.store().write().await?;
    // Whoever writes waits for the one before, so no two calls with a key run at a time.
    let key = key.map(|key| (key.digest(), Sha256::digest(&bytes).to_vec()));
    if let Some((key, fingerprint)) = &key
        && let Some((known, made)) = public_creates::find(&mut write, key).await?
    {
        write.rollback().await?;
        return if known == *fingerprint { Ok(made) } else { Err(ProblemType::KeyReused.into()) };
    }
    if let Err(retry_at) = store::ask_for_try(&mut write, &client.network(), now).await? {
        return Err(Error::Throttled { retry_at, now });
    }
    let source = match person {
        Some(_) => Source::Dialog,
        None if new.locked_out => Source::LockedOut,
        None => Source::Form,
    };
    let arrival = Arrival {
        by: person,
        email: new.email.as_ref().map(EmailText::as_str).filter(|_| person.is_none()),
        page: new.page.as_ref().map(PageText::as_str),
        contact: new.email.is_some(),
        ..Arrival::plain(source, new.body.as_str())
    };
    let id = store::insert(&mut write, &arrival, now).await?;
    if let Some((key, fingerprint)) = &key {
        public_creates::keep(&mut write, key, fingerprint, id, now).await?;
    }
    if source == Source::LockedOut {
        mail::tell_of_locked_out(app, &mut write, now).await?;
    }
    app.commit(write).await?;
    Ok(id)
}

/// The fields of a form as JSON; what is left empty was not given.
fn form_to_json(bytes: &[u8]) -> Vec<u8> {
    let mut fields = serde_json::Map::new();
    for pair in bytes.split(|byte| *byte == b'&') {
        let mut halves = pair.splitn(2, |byte| *byte == b'=');
        let (name, value) =
            (decoded(halves.next().unwrap_or_default()), decoded(halves.next().unwrap_or_default()));
        if name == "lockedOut" {
            let value = match value.as_str() {
                "" | "false" => Value::Bool(false),
                // A ticked box without a value of its own says `on`.
                "true" | "on" => Value::Bool(true),
                _ => Value::String(value),
            };
            fields.insert(name, value);
        } else if !value.trim().is_empty() {
            fields.insert(name, Value::String(value));
        }
    }
    serde_json::to_vec(&Value::Object(fields)).unwrap_or_default()
}

/// Undoes the encoding of a form's field.
fn decoded(text: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (first, digits.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            (b'+', _) => bytes.push(b' '),
            (other, _) => bytes.push(*other),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The answer to the form, as a page that needs nothing.
fn page(headers: &HeaderMap, taken: Result<ReportId>) -> Response {
    let is_french = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|text| text.trim_start().to_ascii_lowercase().starts_with("fr"));
    let (title, words) = match (&taken, is_french) {
        (Ok(id), false) => (
            "Sent",
            format!(
                "Sent. Your report number is {id}. Note it down: the admins of your organization read your report."
            ),
        ),
        (Ok(id), true) => (
            "Envoyé",
            format!(
                "Envoyé. Numéro du signalement : {id}. Notez-le : les admins de votre organisation liront votre signalement."
            ),
        ),
        (Err(error), false) => (
            "Not sent",
            format!(
                "{} Nothing was sent. Go back in your browser: what you typed is still there.",
                reason(error, false)
            ),
        ),
        (Err(error), true) => (
            "Non envoyé",
            format!(
                "{} Rien n’a été envoyé. Revenez en arrière dans votre navigateur : votre texte s’y trouve encore.",
                reason(error, true)
            ),
        ),
    };
    let lang = if is_french { "fr" } else { "en" };
    let html = format!(
        "<!doctype html><html lang=\"{lang}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><main><h1>{title}</h1><p>{words}</p></main></html>\n"
    );
    let status = match taken {
        Ok(_) => StatusCode::CREATED,
        Err(error) => error.into_response().status(),
    };
    // It may stand in the frame that the form stood in.
    let policy = HeaderValue::from_static("default-src 'none'; sandbox");
    (status, AppendHeaders([(CONTENT_SECURITY_POLICY, policy)]), Html(html)).into_response()
}

fn reason(error: &Error, is_french: bool) -> &'static str {
    match (error, is_french) {
        (Error::Invalid(_), false) => "Say what isn’t working, in at most 20,000 characters.",
        (Error::Invalid(_), true) => "Dites ce qui ne fonctionne pas, en 20 000 caractères au plus.",
        (Error::Throttled { .. }, false) => "Too many reports came from here. Wait an hour, then try again.",
        (Error::Throttled { .. }, true) => {
            "Trop de signalements depuis ici. Attendez une heure, puis réessayez."
        }
        (Error::Told(ProblemType::Forbidden, _), false) => {
            "Reports without signing in are switched off here. Sign in first."
        }
        (Error::Told(ProblemType::Forbidden, _), true) => {
            "Les signalements sans connexion sont désactivés ici. Connectez-vous d’abord."
        }
        (_, false) => "The server could not take this now.",
        (_, true) => "Le serveur ne peut pas prendre ce signalement pour l’instant.",
    }
}

fn check(app: &App, new: &NewReport) -> Result<()> {
    let topics = &app.decided().settings;
    if new.topic.as_ref().is_some_and(|topic| topics.topic(topic).is_none()) {
        return Err(Error::field("/topic", &"Choose a topic of the list"));
    }
    if new.errors.len() > ERRORS_MAX {
        return Err(Error::field("/errors", &format!("Send {ERRORS_MAX} errors at the most")));
    }
    check_files(&new.uploads)
}

fn check_files(ids: &[UploadId]) -> Result<()> {
    if ids.len() > FILES_MAX {
        return Err(Error::field("/uploads", &format!("Send {FILES_MAX} files at the most")));
    }
    Ok(())
}

/// When the pictures and videos of something that comes now are erased.
fn erase_at(app: &App, now: Timestamp) -> Timestamp {
    now.plus(Span::days(i64::from(app.decided().settings.uploads.keep_days)))
}

/// Makes files part of something, or says which of them can't be.
pub(super) async fn attach(
    write: &mut Write,
    person: &Person,
    ids: &[UploadId],
    part: uploads::Part,
    now: Timestamp,
) -> Result<()> {
    check_files(ids)?;
    uploads::attach(write, person, ids, part, now).await?.map_err(|place| {
        let detail = "This file is not here in full, or was sent already: remove it or send it again";
        Error::field(&format!("/uploads/{place}"), &detail)
    })
}

const fn sight_of(is_admin: bool) -> Sight {
    if is_admin { Sight::Admin } else { Sight::Own }
}

fn sight(person: &Person) -> Sight {
    sight_of(can_handle(person).is_ok())
}

/// A report that a person may read.
async fn find(app: &App, person: &Person, id: ReportId) -> Result<Report> {
    let report = app.store().report(id, sight(person)).await?;
    let is_own = |report: &Report| report.by.as_ref().is_some_and(|by| by.id == person.id);
    let may = |report: &Report| can_handle(person).is_ok() || is_own(report);
    report.filter(may).ok_or_else(|| ProblemType::NotFound.into())
}

/// A report as it stands within a write.
async fn read(write: &mut Write, id: ReportId, sight: Sight) -> Result<Report> {
    Ok(store::read(write, id, sight).await?.ok_or(ProblemType::NotFound)?)
}

async fn made_before(app: &App, id: ReportId) -> Result<Response> {
    created(&app.store().report(id, Sight::Own).await?.ok_or(ProblemType::NotFound)?)
}

/// The answer to a create, the first time and each time after.
fn created(report: &Report) -> Result<Response> {
    let location = HeaderValue::from_str(&format!("/api/reports/{}", report.id)).map_err(Error::internal)?;
    let headers = AppendHeaders([(LOCATION, location), (ETAG, tag(&report.version)?)]);
    Ok((StatusCode::CREATED, headers, Json(report)).into_response())
}

pub(super) fn tag(version: &Version) -> Result<HeaderValue> {
    HeaderValue::from_str(&version::tag(version)).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_form_is_read_as_browsers_send_it() {
        let json = form_to_json(b"body=Vid%C3%A9o+%2B+son%0D%0A90+%25&email=&lockedOut=true&page=%zz");
        let json: Value = serde_json::from_slice(&json).expect("json");
        assert_eq!(
            json,
            serde_json::json!({"body": "Vidéo + son\r\n90 %", "lockedOut": true, "page": "%zz"})
        );
        let ticked = |value: &str| {
            json::parse::<NewPublicReport>(&form_to_json(format!("body=x&lockedOut={value}").as_bytes()))
                .map(|new| new.locked_out)
                .ok()
        };
        assert_eq!(
            ["on", "true", "", "false"].map(ticked),
            [Some(true), Some(true), Some(false), Some(false)]
        );
        assert_eq!(ticked("AAA"), None, "a word that is neither");
    }

    proptest! {
        #[test]
        fn no_form_makes_the_reader_fail_loudly(bytes in any::<Vec<u8>>()) {
            let _ = json::parse::<NewPublicReport>(&form_to_json(&bytes));
        }
    }
}
