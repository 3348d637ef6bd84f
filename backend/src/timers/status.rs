//! What the status page does by itself: it notes each day, reads the provider's page, tells chat groups.

use std::time::Duration;

use crate::app::App;
use crate::status;
use crate::upstream::chat::Courier;
use crate::upstream::reading::{PageAddress, Reader};

/// How often the day is noted.
const NOTE_EVERY: Duration = Duration::from_secs(600);

/// Begins all of it; each part ends when the backend stops.
pub fn begin(app: &App, upstream: Option<PageAddress>) {
    tokio::spawn(note_days(app.clone()));
    if let Some(address) = upstream {
        match Reader::new(address) {
            Ok(reader) => {
                tokio::spawn(reader.run(app.clone()));
            }
            Err(error) => tracing::error!(%error, "the provider's status can't be read"),
        }
    }
    if !app.decided().status.webhooks.is_empty() {
        match Courier::new(app.decided().status.allow_loopback) {
            Ok(courier) => {
                tokio::spawn(courier.run(app.clone()));
            }
            Err(error) => tracing::error!(%error, "chat groups can't be told"),
        }
    }
}

async fn note_days(app: App) {
    loop {
        if let Err(error) = note(&app).await {
            tracing::error!(%error, "the day of the status page was not noted");
        }
        tokio::select! {
            () = app.stopping().cancelled() => return,
            () = tokio::time::sleep(NOTE_EVERY) => {}
        }
    }
}

async fn note(app: &App) -> sqlx::Result<()> {
    let mut write = app.store().write().await?;
    status::note_today(app, &mut write, app.now()).await?;
    write.commit().await
}
