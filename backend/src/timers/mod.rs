//! What happens by itself at a time: reminders, requests that close, dated deactivations, deletions that wait,
//! files that nobody sent.
//!
//! What is due stands in the rows, never in memory: each thing is done in one transaction with what makes it
//! due no more. So a kill at any moment neither forgets nor repeats it, and of several backends one does it.

pub mod lives;
pub mod status;
pub mod uploads;

use std::time::Duration;

use crate::app::App;
use crate::mail;
use crate::store::care::{self, Due};
use crate::store::mails;

/// So long the loop sleeps at the most: the machine's clock may have been set meanwhile.
const SLEEP_MAX: Duration = Duration::from_secs(60);
/// So long after a failure it is tried again.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// Does what is due, until the backend stops.
pub async fn run(app: App) {
    let mut hints = app.hints();
    let stopping = app.stopping().clone();
    loop {
        let wait = match next(&app).await {
            Ok(wait) => wait.min(SLEEP_MAX),
            Err(_) if stopping.is_cancelled() => return,
            Err(error) => {
                tracing::error!(%error, "what was due could not be done");
                AFTER_FAILURE
            }
        };
        // Whatever was written may be due earlier than what we wait for.
        tokio::select! {
            () = stopping.cancelled() => return,
            () = tokio::time::sleep(wait) => {}
            hint = hints.changed() => if hint.is_err() { return },
        }
    }
}

/// Does the next things of all kinds, if they are due; how long to wait then.
async fn next(app: &App) -> sqlx::Result<Duration> {
    let requests = step(app).await?;
    let files = uploads::step(app).await?;
    Ok(lives::step(app).await?.min(requests).min(files))
}

/// Does the next thing about a request, if it is due; how long to wait then.
async fn step(app: &App) -> sqlx::Result<Duration> {
    let Some((due, at)) = app.store().next_due().await? else { return Ok(SLEEP_MAX) };
    let early = at.since(app.now()).0;
    if early > 0 {
        return Ok(Duration::from_millis(early.unsigned_abs()).min(SLEEP_MAX));
    }
    let mut write = app.store().write().await?;
    let now = app.now();
    if care::fulfil(&mut write, due, now).await? {
        let (Due::Reminder(id) | Due::Closing(id)) = due;
        let entry = mails::newest_entry(&mut write, id).await?;
        mail::tell_of_request(app, &mut write, id, entry, None, now).await?;
        app.commit(write).await?;
    }
    Ok(Duration::ZERO)
}
