//! The wire: routes, headers, errors.

pub mod assets;
pub mod call;
pub mod error;
pub mod health;
pub mod table;
pub mod version;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use crate::http::error::Error;
use crate::http::table::Table;

/// The whole service.
pub fn router(app: App, table: Table) -> Router {
    Router::new()
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::is_ready))
        .fallback(assets::answer)
        .with_state(app)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(table, table::apply))
        .layer(from_fn(call::number))
}

/// A handler panicked: that is a fault of ours, told like every other. The hook has logged where.
fn panicked(_payload: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Error::internal("a handler panicked").into_response()
}
