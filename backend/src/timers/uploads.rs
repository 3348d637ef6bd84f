//! Files that were not sent in time, and pictures and videos whose days are over.

use std::time::Duration;

use crate::app::App;

/// Takes away what is due, and says how long nothing will be.
pub async fn step(app: &App) -> sqlx::Result<Duration> {
    let Some(at) = app.store().next_upload_due().await? else { return Ok(Duration::MAX) };
    let early = at.since(app.now()).0;
    if early > 0 {
        return Ok(Duration::from_millis(early.unsigned_abs()));
    }
    if app.store().remove_due_uploads(app.now()).await? {
        return Ok(Duration::ZERO);
    }
    // What could not be removed waits for the next round.
    Ok(AFTER)
}

/// So long after a step it is looked again.
const AFTER: Duration = Duration::from_secs(5);
