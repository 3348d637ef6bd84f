//! The number of a call: in its answer, in its problem and in the logs.

use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::secret;

tokio::task_local! {
    static CALL: String;
}

/// The header that carries the number.
pub const CALL_HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The number of the call that is being answered.
pub fn id() -> Option<String> {
    CALL.try_with(Clone::clone).ok()
}

/// Gives the call its number and writes one line about it.
pub async fn number(request: Request, next: Next) -> Response {
    let id = secret::token(9);
    let span = tracing::info_span!("call", id);
    let method = request.method().clone();
    let path = loggable(request.uri().path());
    let start = Instant::now();
    let mut response = CALL.scope(id.clone(), next.run(request)).instrument(span.clone()).await;
    let micros = start.elapsed().as_micros();
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(%method, path, status, micros, "answered"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(CALL_HEADER, value);
    }
    response
}

/// The path if it can't carry personal text: short, plain, without an address.
fn loggable(path: &str) -> String {
    let is_plain = path.len() <= 100
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b'.'));
    if is_plain { path.to_owned() } else { "(not logged)".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_a_person_is_never_logged() {
        assert_eq!(loggable("/api/requests/FD-1042"), "/api/requests/FD-1042");
        assert_eq!(loggable("/api/people/awa@acme.example"), "(not logged)");
        assert_eq!(loggable("/api/people/awa%40acme.example"), "(not logged)");
    }
}
