//! Puts the header table onto every answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;

use crate::headers::{Kind, Transport};

/// The table with its values made ready.
#[derive(Debug, Clone)]
pub struct Table {
    kinds: Arc<Vec<(Kind, Row)>>,
}

/// The headers of one kind.
type Row = Vec<(HeaderName, HeaderValue)>;

impl Table {
    /// The table for these frame ancestors. An ancestor that is no origin was refused before.
    pub fn new(frame_ancestors: &[String], transport: Transport) -> Self {
        let made_ready = |(name, value): (&'static str, String)| {
            let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
            Some((name, HeaderValue::from_str(&value).ok()?))
        };
        let row = |kind: Kind| {
            (kind, kind.headers(frame_ancestors, transport).into_iter().filter_map(made_ready).collect())
        };
        Self { kinds: Arc::new(Kind::ALL.into_iter().map(row).collect()) }
    }
}

/// Adds the headers of the address to its answer; what a handler has set stays.
pub async fn apply(State(table): State<Table>, request: Request, next: Next) -> Response {
    let kind = Kind::of(request.uri().path());
    let mut response = next.run(request).await;
    let is_kept = response.status().is_success() || response.status().as_u16() == 304;
    // What isn't there must not be kept for a year, and its page is a page.
    let kind = if is_kept || kind == Kind::Api { kind } else { Kind::Page };
    let headers = response.headers_mut();
    for (name, value) in table.kinds.iter().filter(|(known, _)| *known == kind).flat_map(|(_, row)| row) {
        headers.entry(name).or_insert_with(|| value.clone());
    }
    if !is_kept {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
