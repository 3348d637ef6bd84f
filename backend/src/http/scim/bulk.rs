//! Several changes in one call (RFC 7644 §3.7), one after another, each whole by itself.

use std::collections::HashMap;

use axum::extract::State;
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use frontdesk_contract::scim::message::{OPERATIONS_MAX, ScimType};
use frontdesk_contract::scim::{BULK, BULK_ANSWER};
use serde_json::{Map, Value, json};

use super::users::Done;
use super::{Failure, Result, ScimBody, Writer, answer, groups, users};
use crate::app::App;
use crate::scim::resource::{Projection, Wrong};

/// What stands before the name of something that is made in the same call.
const REFERENCE: &str = "bulkId:";

/// Does the operations in their order. What one makes, later ones name as `bulkId:…`.
pub async fn run(State(app): State<App>, writer: Writer, ScimBody(body): ScimBody) -> Result<Response> {
    let is_bulk = body.get("schemas").and_then(Value::as_array).is_some_and(|schemas| {
        schemas.iter().any(|schema| schema.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(BULK)))
    });
    let operations = body.get("Operations").and_then(Value::as_array);
    let (true, Some(operations)) = (is_bulk, operations) else {
        return Err(Wrong::new(ScimType::InvalidSyntax, "Send a BulkRequest with Operations").into());
    };
    if operations.len() > OPERATIONS_MAX {
        let detail = format!("Send at most {OPERATIONS_MAX} operations");
        return Err(Failure::status(StatusCode::PAYLOAD_TOO_LARGE, detail));
    }
    let most = body.get("failOnErrors").and_then(Value::as_u64).filter(|most| *most > 0);
    let mut made: HashMap<String, String> = HashMap::new();
    let (mut answers, mut errors) = (Vec::with_capacity(operations.len()), 0);
    for operation in operations {
        let done = one(&app, &writer, operation, &mut made).await;
        errors += u64::from(done.is_err());
        answers.push(answered(operation, done));
        if most.is_some_and(|most| errors >= most) {
            break;
        }
    }
    Ok(answer(StatusCode::OK, &json!({"schemas": [BULK_ANSWER], "Operations": answers})))
}

async fn one(
    app: &App,
    writer: &Writer,
    operation: &Value,
    made: &mut HashMap<String, String>,
) -> Result<Done> {
    let text = |name: &str| operation.get(name).and_then(Value::as_str);
    let wrong = |detail: &str| Failure::from(Wrong::new(ScimType::InvalidSyntax, detail));
    let method = text("method").unwrap_or_default().to_ascii_uppercase();
    let path = text("path").ok_or_else(|| wrong("path is missing"))?.trim_start_matches('/');
    let (endpoint, id) = match path.split_once('/') {
        Some((endpoint, id)) => (endpoint, Some(id)),
        None => (path, None),
    };
    let id = match id.map(|id| id.strip_prefix(REFERENCE).ok_or(id)) {
        None => None,
        Some(Err(id)) => Some(id.to_owned()),
        Some(Ok(name)) => Some(made.get(name).cloned().ok_or_else(|| unresolved(name))?),
    };
    let data = resolved(operation.get("data").unwrap_or(&Value::Null), made)?;
    let mut headers = HeaderMap::new();
    if let Some(version) = text("version").and_then(|version| HeaderValue::from_str(version).ok()) {
        headers.insert(IF_MATCH, version);
    }
    let all = Projection::All;
    let done = match (method.as_str(), endpoint, id.as_deref()) {
        ("POST", _, None) => {
            let name = text("bulkId").ok_or_else(|| wrong("bulkId is missing"))?.to_owned();
            let done = match endpoint {
                "Users" => users::make(app, writer, &data, &all).await?,
                "Groups" => groups::make(app, writer, &data, &all).await?,
                _ => return Err(Failure::not_found()),
            };
            if let Some(id) = done.body.as_ref().and_then(|body| body.get("id")).and_then(Value::as_str) {
                made.insert(name, id.to_owned());
            }
            done
        }
        ("PUT", "Users", Some(id)) => users::put(app, writer, id, &headers, &data, &all).await?,
        ("PATCH", "Users", Some(id)) => users::patch(app, writer, id, &headers, &data, &all).await?,
        ("DELETE", "Users", Some(id)) => users::take_out(app, writer, id, &headers).await?,
        ("PUT", "Groups", Some(id)) => groups::put(app, writer, id, &headers, &data, &all).await?,
        ("PATCH", "Groups", Some(id)) => groups::patch(app, writer, id, &headers, &data, &all).await?,
        ("DELETE", "Groups", Some(id)) => groups::take_out(app, writer, id, &headers).await?,
        ("PUT" | "PATCH" | "DELETE" | "POST", _, _) => return Err(Failure::not_found()),
        _ => return Err(wrong("method must be POST, PUT, PATCH or DELETE")),
    };
    Ok(done)
}

fn unresolved(name: &str) -> Failure {
    Failure::Told {
        status: StatusCode::CONFLICT,
        kind: Some(ScimType::InvalidValue),
        detail: format!("Nothing before this was made as {name}"),
    }
}

/// The data with the identifiers of what was made before.
fn resolved(value: &Value, made: &HashMap<String, String>) -> Result<Value> {
    Ok(match value {
        Value::String(text) => match text.strip_prefix(REFERENCE) {
            Some(name) => Value::String(made.get(name).cloned().ok_or_else(|| unresolved(name))?),
            None => value.clone(),
        },
        Value::Array(values) => {
            Value::Array(values.iter().map(|value| resolved(value, made)).collect::<Result<_>>()?)
        }
        Value::Object(fields) => {
            let mut kept = Map::new();
            for (name, value) in fields {
                kept.insert(name.clone(), resolved(value, made)?);
            }
            Value::Object(kept)
        }
        other => other.clone(),
    })
}

fn answered(operation: &Value, done: Result<Done>) -> Value {
    let mut told = Map::new();
    for name in ["method", "bulkId"] {
        if let Some(value) = operation.get(name) {
            told.insert(name.to_owned(), value.clone());
        }
    }
    match done {
        Ok(done) => {
            told.insert("status".to_owned(), json!(done.status.as_u16().to_string()));
            if let Some(location) = done.location {
                told.insert("location".to_owned(), json!(location));
            }
            if let Some(version) = done.version {
                told.insert("version".to_owned(), json!(version));
            }
        }
        Err(failure) => {
            let (status, body) = failure.told();
            told.insert("status".to_owned(), json!(status.as_u16().to_string()));
            told.insert("response".to_owned(), body);
        }
    }
    Value::Object(told)
}
