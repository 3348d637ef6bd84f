//! Calls that another site makes a browser send.

use axum::extract::{Request, State};
use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use frontdesk_contract::ProblemType;

use crate::app::App;
use crate::http::error::Error;
use crate::http::mails;
use crate::http::viewer;

/// What our own pages send with each change.
pub const OWN: HeaderName = HeaderName::from_static("x-frontdesk");
/// Where a plain form sends to, which can say nothing of its own: it must come from a page of ours.
const PUBLIC_FORM: &str = "/api/public-reports";
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a change pass only when our own page, or no browser at all, sent it.
pub async fn check(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE);
    let is_form = request.uri().path() == PUBLIC_FORM && comes_from_us(request.headers(), &app);
    // The word in the address is all that counts there: a mail program sends it for its reader (RFC 8058).
    let is_stop = request.uri().path().starts_with(mails::STOP);
    if is_safe || is_form || is_stop || is_ours(request.headers(), &app) {
        next.run(request).await
    } else {
        Error::Plain(ProblemType::ForeignOrigin).into_response()
    }
}

fn is_ours(headers: &HeaderMap, app: &App) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site = text(SEC_FETCH_SITE);
    if viewer::cookie(headers, app.origin()).is_none() {
        // Nobody's rights are used; yet no other site may sign somebody in.
        return site.is_none_or(|site| matches!(site, "same-origin" | "none"));
    }
    text(OWN) == Some("1") && comes_from_us(headers, app)
}

/// Whether a page of ours sent it, as the browser says.
fn comes_from_us(headers: &HeaderMap, app: &App) -> bool {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    match text(SEC_FETCH_SITE) {
        Some(site) => site == "same-origin",
        None => text(ORIGIN) == Some(app.origin().as_str()),
    }
}
