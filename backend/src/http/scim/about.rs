//! What the provider can do, and which attributes there are. For everybody who may read.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use frontdesk_contract::scim::PROVIDER;
use frontdesk_contract::scim::message::{COUNT_DEFAULT, COUNT_MAX, OPERATIONS_MAX};
use serde_json::{Value, json};

use super::{BODY_LIMIT, Failure, Reader, Result, answer, base, list_answer};
use crate::app::App;
use crate::scim::schema::{self, Resource};

/// What it can do.
pub async fn provider(State(app): State<App>) -> Response {
    // Where somebody else keeps the accounts, they are only read here.
    let writes = app.provider().is_none();
    let body = json!({
        "schemas": [PROVIDER],
        "documentationUri": format!("{}/api/openapi.json", app.origin().as_str()),
        "patch": {"supported": writes},
        "bulk": {"supported": writes, "maxOperations": OPERATIONS_MAX, "maxPayloadSize": BODY_LIMIT},
        "filter": {"supported": true, "maxResults": COUNT_MAX},
        "changePassword": {"supported": false},
        "sort": {"supported": true},
        "etag": {"supported": true},
        "pagination": {
            "cursor": true, "index": true, "defaultPaginationMethod": "index",
            "defaultPageSize": COUNT_DEFAULT, "maxPageSize": COUNT_MAX,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "Bearer token", "primary": true,
            "description": "A token of `frontdesk-backend token --scope scim`.",
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{}/ServiceProviderConfig", base(&app))},
    });
    answer(StatusCode::OK, &body)
}

/// The kinds of resources.
pub async fn resource_types(State(app): State<App>) -> Response {
    let base = base(&app);
    let all = vec![Resource::User.described(&base), Resource::Group.described(&base)];
    let total = u64::try_from(all.len()).ok();
    list_answer(&all, total, Some(1), None)
}

/// One kind of resources.
pub async fn resource_type(State(app): State<App>, Path(id): Path<String>) -> Result<Response> {
    let base = base(&app);
    one([Resource::User.described(&base), Resource::Group.described(&base)].to_vec(), &id)
}

/// The schemas.
pub async fn schemas(State(app): State<App>) -> Response {
    let all = schema::schemas(&base(&app));
    let total = u64::try_from(all.len()).ok();
    list_answer(&all, total, Some(1), None)
}

/// One schema.
pub async fn schema(State(app): State<App>, Path(id): Path<String>) -> Result<Response> {
    one(schema::schemas(&base(&app)), &id)
}

fn one(all: Vec<Value>, id: &str) -> Result<Response> {
    let found = all.into_iter().find(|value| value.get("id").and_then(Value::as_str) == Some(id));
    found.map(|value| answer(StatusCode::OK, &value)).ok_or_else(Failure::not_found)
}

/// Machines are nobody; people have `/api/session`.
pub async fn me(_reader: Reader) -> Failure {
    Failure::status(StatusCode::NOT_IMPLEMENTED, "/Me is not there. People find themselves at /api/session")
}
