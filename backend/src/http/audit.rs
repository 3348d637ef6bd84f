//! The audit log: read, and taken out. Nothing here writes.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::audit::AuditEntry;
use frontdesk_contract::{Cursor, Page, PersonId, ProblemType, Right, Timestamp};
use serde::Deserialize;

use crate::app::App;
use crate::http::address::{Parameters, word};
use crate::http::caller::Caller;
use crate::http::error::{Error, Result};
use crate::http::plans::limit_and_cursor;
use crate::store::audit::{By, Filter};

/// So many lines are read at once for a file.
const FILE_LINES: usize = 1_000;

/// What the log can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct AuditParameters {
    /// Only lines about this person.
    #[param(pattern = r"^[^\s/\x00-\x1F\x7F-\x9F]{0,200}$")]
    pub person: Option<String>,
    /// Only what begins so, such as `account.deactivate` or `run.`.
    pub what: Option<String>,
    /// Only what was done by a `person`, a machine with a `token`, or the `clock`.
    #[param(pattern = "^(person|token|clock)?$")]
    pub by: Option<String>,
    /// Only what was done from this time on.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]{5}))?$")]
    pub since: Option<String>,
    /// Only lines with these words in a name or a reason.
    pub q: Option<String>,
    /// How many lines: 50 when nothing is said.
    #[param(minimum = 1, maximum = 1000, value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
}

/// Who did what to whom, the newest first. Whoever acts on accounts reads what was done to one of them.
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(AuditParameters),
    responses((status = 200, description = "A page.", body = Page<AuditEntry>)))]
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(parameters): Parameters<AuditParameters>,
) -> Result<Json<Page<AuditEntry>>> {
    let person = word("person", parameters.person.as_deref(), |text| text.parse::<PersonId>().ok())?;
    if person.is_none() {
        caller.needs(Right::Audit)?;
    }
    let what = parameters.what.filter(|text| !text.is_empty());
    if what.as_ref().is_some_and(|text| text.len() > 100) {
        return Err(Error::Told(ProblemType::BadParameter, "The parameter what can't be read".to_owned()));
    }
    let (limit, before) = limit_and_cursor(parameters.limit.as_deref(), parameters.cursor.as_deref())?;
    let by = word("by", parameters.by.as_deref(), By::parse_kind)?;
    let since = word("since", parameters.since.as_deref(), |text| text.parse::<Timestamp>().ok())?;
    let words = parameters.q.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if words.as_ref().is_some_and(|text| text.len() > 200) {
        return Err(Error::Told(ProblemType::BadParameter, "The parameter q can't be read".to_owned()));
    }
    let filter = Filter { subject: person, what, by, since, words, before: (before > 0).then_some(before) };
    let mut items = app.store().audit(&filter, limit + 1).await?;
    let has_next = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| has_next).map(|line| Cursor(line.number.to_string()));
    Ok(Json(Page { items, next }))
}

/// All of the log, one JSON object a line, for `frontdesk-backend audit verify FILE`.
#[utoipa::path(get, path = "/api/audit/export", tag = "audit",
    responses((status = 200, description = "The log.", content_type = "application/x-ndjson")))]
pub async fn export(State(app): State<App>, caller: Caller) -> Result<Response> {
    caller.needs(Right::Audit)?;
    let store = app.store().clone();
    let (sender, receiver) = tokio::sync::mpsc::channel::<std::io::Result<String>>(2);
    tokio::spawn(async move {
        let mut from = 1;
        loop {
            let lines = match store.audit_export(from, FILE_LINES).await {
                Ok(lines) => lines,
                Err(error) => {
                    let _ = sender.send(Err(std::io::Error::other(error))).await;
                    return;
                }
            };
            let mut text = String::new();
            for line in &lines {
                from = line.chained.number + 1;
                text.push_str(&serde_json::to_string(line).unwrap_or_default());
                text.push('\n');
            }
            if sender.send(Ok(text)).await.is_err() || lines.len() < FILE_LINES {
                return;
            }
        }
    });
    let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
    let headers = AppendHeaders([
        (CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (CONTENT_DISPOSITION, "attachment; filename=\"audit.ndjson\"".to_owned()),
    ]);
    Ok((headers, Body::from_stream(stream)).into_response())
}
