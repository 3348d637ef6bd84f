//! Whether the backend lives and whether it can work.

use axum::extract::State;
use axum::response::IntoResponse;
use frontdesk_contract::ProblemType;

use crate::app::App;
use crate::http::error::Result;

/// The process answers.
pub async fn lives() -> impl IntoResponse {
    "ok\n"
}

/// The database answers, and the backend isn't stopping.
pub async fn is_ready(State(app): State<App>) -> Result<impl IntoResponse> {
    if app.stopping().is_cancelled() || !app.store().is_ready().await {
        return Err(ProblemType::Unavailable.into());
    }
    Ok("ok\n")
}
