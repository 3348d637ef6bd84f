//! The description of the API, generated from the handlers, with what holds for all of them added once.

use axum::Json;
use axum::extract::State;
use std::sync::Arc;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{ContentBuilder, HttpMethod, OpenApi, Ref, RefOr, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};

use crate::headers::Transport;
use crate::http::viewer::cookie_name;

/// What doesn't stand at any handler.
#[derive(Debug, utoipa::OpenApi)]
#[openapi(
    info(title = "Frontdesk Support API", description = "What the panel calls, and what scripts may call."),
    components(schemas(frontdesk_contract::Problem, frontdesk_contract::event::Event)),
    tags(
        (name = "session", description = "Signing in and out."),
        (name = "settings", description = "What the operator decided."),
        (name = "requests", description = "Requests of the organization to support."),
        (name = "chats", description = "Live chats with support."),
        (name = "views", description = "Lists of requests that somebody keeps."),
        (name = "calls", description = "Calls of support to admins."),
        (name = "accounts", description = "What SCIM lacks about accounts."),
        (name = "plans", description = "What an act on accounts would do, before it is done."),
        (name = "runs", description = "Acts on accounts, approvals, results."),
        (name = "audit", description = "Who did what to whom."),
        (name = "reports", description = "What employees report to the admins of their own organization."),
        (name = "report-groups", description = "Reports that are alike, for admins."),
        (name = "uploads", description = "Files, sent by tus 1.0 in pieces that survive every cut."),
        (name = "mails", description = "E-mails that the backend sends."),
        (name = "help", description = "Help articles."),
        (name = "status", description = "The status page."),
        (name = "events", description = "What happens, as it happens."),
    )
)]
struct Base;

/// The document before the handlers are added.
pub fn base() -> OpenApi {
    Base::openapi()
}

/// The document with what holds for all handlers.
pub fn finish(mut document: OpenApi, transport: Transport) -> OpenApi {
    Everywhere { transport }.modify(&mut document);
    document
}

/// Answers the document.
pub async fn show(State(document): State<Arc<OpenApi>>) -> Json<OpenApi> {
    Json(OpenApi::clone(&document))
}

struct Everywhere {
    transport: Transport,
}

impl Modify for Everywhere {
    fn modify(&self, document: &mut OpenApi) {
        if let Some(components) = document.components.as_mut() {
            let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
                cookie_name(self.transport),
                "Set by POST /api/session. Changes need `X-Frontdesk: 1` beside it, and come from our own origin.",
            ));
            components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
        }
        for item in document.paths.paths.values_mut() {
            let operations = [
                (HttpMethod::Options, item.options.as_mut()),
                (HttpMethod::Head, item.head.as_mut()),
                (HttpMethod::Get, item.get.as_mut()),
                (HttpMethod::Post, item.post.as_mut()),
                (HttpMethod::Put, item.put.as_mut()),
                (HttpMethod::Patch, item.patch.as_mut()),
                (HttpMethod::Delete, item.delete.as_mut()),
            ];
            for (method, operation) in operations {
                if let Some(operation) = operation {
                    complete(operation, &method);
                }
            }
        }
    }
}

/// Adds the problems that an operation can answer with, as its shape tells.
fn complete(operation: &mut Operation, method: &HttpMethod) {
    if let (Some(id), Some(tag)) =
        (operation.operation_id.as_mut(), operation.tags.as_deref().and_then(<[_]>::first))
    {
        // Handlers are named within their file; a document has one room for all names.
        *id = format!("{tag}-{}", id.replace('_', "-"));
    }
    let is_public = operation.security.is_some();
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    let has = |place: &ParameterIn| parameters.iter().any(|parameter| parameter.parameter_in == *place);
    let has_header = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let mut problems = vec![(405, "The address doesn't know this method."), (500, "The backend failed.")];
    if !is_public {
        problems.push((401, "Nobody is signed in, or address or password is wrong."));
        problems.push((403, "The person may not do this, or the call comes from another site."));
    }
    if has(&ParameterIn::Path) {
        problems.push((404, "There is nothing at this address."));
        problems.push((410, "What was at this address was deleted."));
    }
    if has(&ParameterIn::Query) {
        problems.push((400, "A parameter can't be read."));
    }
    if operation.request_body.is_some() {
        problems.push((400, "The body is no JSON, or the key is missing."));
        problems.push((413, "The body is too large."));
        problems.push((415, "The body is not application/json."));
        problems.push((422, "Fields are missing or wrong, or the key was used with another body."));
    }
    if has_header("Idempotency-Key") || has_header("If-Match") {
        problems
            .push((409, "Not possible as things stand, or the first call with this key is still running."));
    }
    if has_header("If-Match") {
        problems.push((412, "Somebody changed it meanwhile."));
        problems.push((428, "If-Match is missing."));
    }
    if *method == HttpMethod::Post && operation.tags.as_deref().is_some_and(|tags| tags == ["session"]) {
        problems.push((401, "Address or password is wrong, or nobody is signed in."));
        problems.push((403, "The call comes from another site."));
        problems.push((410, "The one-time link was used, or its time is over."));
        problems.push((429, "Too many tries; `Retry-After` says when to come back."));
    }
    if operation.tags.as_deref().is_some_and(|tags| tags == ["events"]) {
        problems.push((429, "Too many live streams are open."));
    }
    for (status, description) in problems {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description(description)
            .content("application/problem+json", problem)
            .build();
        operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(response));
    }
    if !is_public {
        operation.security =
            Some(vec![utoipa::openapi::security::SecurityRequirement::new("session", Vec::<String>::new())]);
    }
}
