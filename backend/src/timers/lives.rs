//! Lives of accounts, approvals that lapse, and runs that go on: durable, each thing once.
//!
//! What is due stands in the database, and is done in the transaction that marks it as done; so a kill in
//! between loses nothing and repeats nothing.

use std::time::Duration;

use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;

use crate::act::{self, Post};
use crate::app::App;
use crate::runs;
use crate::store::events::tell_runs;
use crate::store::{accounts, runs as store};

/// So many accounts are written in one transaction, so that whoever waits for the next one waits shortly.
const BATCH: i64 = 50;
/// So long an account waits for which what is due can't be done.
const PUT_OFF: Span = Span::hours(1);
/// So far the clock may stand behind the newest mark before nothing happens by itself.
const BEHIND_MAX: Span = Span::minutes(2);

/// Does the next of what is due, and says how long nothing will be.
pub async fn step(app: &App) -> sqlx::Result<Duration> {
    let now = app.now();
    if let Some(newest) = app.store().clock_mark().await?.filter(|newest| newest.since(now) > BEHIND_MAX) {
        tracing::warn!(%newest, %now, "the clock stands behind what was done already, so nothing happens by itself");
        return Ok(Duration::MAX);
    }
    if lives(app).await? || runs::go_on(app).await? {
        return Ok(Duration::ZERO);
    }
    let (is_running, next) = app.store().next_wake().await?;
    if is_running {
        return Ok(Duration::ZERO);
    }
    let wait = next.map_or(i64::MAX, |next| next.since(app.now()).0.max(5));
    Ok(Duration::from_millis(wait.unsigned_abs()))
}

/// One batch of what is due. Whether there may be more.
///
/// When a batch fails, its accounts are taken one by one, and one that fails alone waits an hour: it must not
/// keep all others waiting.
async fn lives(app: &App) -> sqlx::Result<bool> {
    let (_, next) = app.store().next_wake().await?;
    if next.is_none_or(|next| next > app.now()) {
        return Ok(false);
    }
    match batch(app, BATCH).await {
        Ok(is_full) => return Ok(is_full),
        Err(error) => tracing::warn!(%error, "what was due could not be done together"),
    }
    if let Err(error) = batch(app, 1).await {
        tracing::error!(%error, "what was due for somebody could not be done");
        let mut write = app.store().write().await?;
        let now = app.now();
        if let Some(account) = accounts::due(&mut write, now, 1).await?.first() {
            accounts::put_off(&mut write, &account.id, now.plus(PUT_OFF)).await?;
        }
        app.commit(write).await?;
    }
    Ok(true)
}

async fn batch(app: &App, limit: i64) -> sqlx::Result<bool> {
    let mut write = app.store().write().await?;
    let now: Timestamp = app.now();
    if !store::lapse(&mut write, now).await?.is_empty() {
        tell_runs(&mut write, now).await?;
    }
    let due = accounts::due(&mut write, now, limit).await?;
    let is_full = i64::try_from(due.len()).unwrap_or(0) == limit;
    let mut is_erased = false;
    let post = if app.decided().mail.is_some() { Post::ByMail(None) } else { Post::ByHand };
    for mut account in due {
        act::fall_due(&mut write, &mut account, app.origin().as_str(), post, now).await?;
        is_erased |= account.life.fields_removed_at == Some(now);
    }
    crate::store::marks::set_clock(&mut write, now).await?;
    app.commit(write).await?;
    if is_erased {
        app.store().fold_back().await;
    }
    Ok(is_full)
}
