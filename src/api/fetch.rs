//! The transport of the panel: `fetch` on our own origin.

use std::sync::Arc;

use frontdesk_contract::problem::PROBLEM_JSON;
use frontdesk_contract::scim::SCIM_JSON;
use gloo_net::http::{Request, RequestBuilder};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::AbortController;

use crate::api::bearer::Bearer;
use crate::api::client::{RawResponse, Transport};
use crate::api::endpoint::{Method, RawRequest};
use crate::api::error::ApiError;
use crate::browser::{page, timer};

/// How long an answer is waited for, in seconds.
const PATIENCE_SECONDS: i32 = 30;

/// The transport over `fetch`.
pub fn transport() -> Transport {
    Arc::new(|request| Box::pin(call(request, None)))
}

/// The same for a page that no cookie reaches: `bearer` says who sits there, where that is known.
pub fn transport_by(bearer: impl Fn() -> Option<Bearer> + Send + Sync + 'static) -> Transport {
    Arc::new(move |request| Box::pin(call(request, bearer())))
}

async fn call(request: RawRequest, bearer: Option<Bearer>) -> Result<RawResponse, ApiError> {
    let controller = AbortController::new().map_err(|_| ApiError::Unreadable)?;
    let signal = controller.signal();
    let seconds = patience(&request);
    let _patience = timer::after(seconds.saturating_mul(1_000), move || controller.abort());
    let lost = |_: JsValue| {
        if signal.aborted() {
            ApiError::Timeout { seconds: seconds.unsigned_abs() }
        } else if page::is_online() {
            ApiError::Server { request_id: None }
        } else {
            ApiError::Offline
        }
    };
    let mut builder = build(&request).abort_signal(Some(&signal));
    for (name, value) in bearer.iter().flat_map(Bearer::headers) {
        builder = builder.header(name, &value);
    }
    let built = match request.body {
        Some(body) => builder.header("Content-Type", "application/json").body(body),
        None => builder.build(),
    };
    send(built.map_err(|_| ApiError::Unreadable)?).await.map_err(lost)
}

/// Not by gloo's `send`: it panics where what stands in place of `fetch`, such as an extension's, fails with anything
/// but an `Error` of this page.
async fn send(request: Request) -> Result<RawResponse, JsValue> {
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response = JsFuture::from(window.fetch_with_request(&request.into())).await?;
    read(&response.dyn_into()?).await
}

/// What is long takes long to send, and to look through: a list of 200,000 people has some six million bytes.
fn patience(request: &RawRequest) -> i32 {
    const BYTES_A_SECOND: usize = 30_000;
    let length = request.body.as_ref().map_or(0, String::len);
    PATIENCE_SECONDS.saturating_add(i32::try_from(length / BYTES_A_SECOND).unwrap_or(i32::MAX))
}

fn build(request: &RawRequest) -> RequestBuilder {
    let method = match request.method {
        Method::Get => gloo_net::http::Method::GET,
        Method::Post => gloo_net::http::Method::POST,
        Method::Patch => gloo_net::http::Method::PATCH,
        Method::Put => gloo_net::http::Method::PUT,
        Method::Delete => gloo_net::http::Method::DELETE,
    };
    // The header that a foreign page can't send without asking first (DESIGN.md, "Cookie and forgery").
    let mut builder = RequestBuilder::new(&request.path).method(method).header("X-Frontdesk", "1");
    if let Some(key) = &request.key {
        builder = builder.header("Idempotency-Key", &format!("\"{key}\""));
    }
    if let Some(version) = &request.version {
        builder = builder.header("If-Match", &format!("\"{version}\""));
    }
    builder
}

async fn read(response: &web_sys::Response) -> Result<RawResponse, JsValue> {
    let kind = response.headers().get("content-type")?.unwrap_or_default();
    let media = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_problem = media == PROBLEM_JSON;
    let status = response.status();
    let body = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok(RawResponse {
        status,
        body,
        is_problem,
        is_json: is_problem || media == "application/json" || media == SCIM_JSON,
    })
}
