//! Messages to chat groups: the queue, and the log of what became of them.

use frontdesk_contract::Timestamp;
use frontdesk_contract::delivery::{Delivery, DeliveryState};
use frontdesk_contract::time::Span;
use sqlx::Row as _;

use crate::store::{Store, Write, number, time, time_if_any};

/// For how long the log is kept.
const KEPT: Span = Span::days(90);
/// How many are read at once.
const BATCH: i64 = 20;

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its number.
    pub id: i64,
    /// To which webhook of the settings.
    pub webhook: String,
    /// What the receiver knows a repetition by.
    pub message: String,
    /// The words.
    pub body: String,
    /// How often it was tried.
    pub tries: u32,
}

impl Store {
    /// What is to be sent by now, oldest first.
    pub async fn due_deliveries(&self, now: Timestamp) -> sqlx::Result<Vec<Due>> {
        let rows = sqlx::query(
            "SELECT id, webhook, message, body, tries FROM deliveries WHERE state = 'waiting' AND next_at <= ? \
             ORDER BY next_at, id LIMIT ?",
        )
        .bind(now.millis())
        .bind(BATCH)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Due {
                    id: row.try_get("id")?,
                    webhook: row.try_get("webhook")?,
                    message: row.try_get("message")?,
                    body: row.try_get("body")?,
                    tries: u32::try_from(number(row, "tries")?).unwrap_or(u32::MAX),
                })
            })
            .collect()
    }

    /// When the next message is to be sent.
    pub async fn next_delivery(&self) -> sqlx::Result<Option<Timestamp>> {
        let row = sqlx::query("SELECT min(next_at) AS next_at FROM deliveries WHERE state = 'waiting'")
            .fetch_one(self.read())
            .await?;
        time_if_any(&row, "next_at")
    }

    /// The log, newest first.
    pub async fn deliveries(&self, limit: i64) -> sqlx::Result<Vec<Delivery>> {
        let rows = sqlx::query(
            "SELECT id, webhook, message, state, tries, next_at, answer, created_at, ended_at FROM deliveries \
             ORDER BY id DESC LIMIT ?",
        )
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get("state")?;
                let state = DeliveryState::parse(&state).unwrap_or(DeliveryState::Failed);
                let next_at = time(row, "next_at")?;
                Ok(Delivery {
                    id: number(row, "id")?,
                    webhook: row.try_get("webhook")?,
                    message: row.try_get("message")?,
                    state,
                    tries: number(row, "tries")?,
                    next_at: (state == DeliveryState::Waiting).then_some(next_at),
                    answer: row.try_get("answer")?,
                    created_at: time(row, "created_at")?,
                    ended_at: time_if_any(row, "ended_at")?,
                })
            })
            .collect()
    }
}

/// Puts a message into the queue, and forgets what nobody looks for any more.
pub async fn insert(
    write: &mut Write,
    webhook: &str,
    message: &str,
    body: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM deliveries WHERE state <> 'waiting' AND created_at < ?")
        .bind(now.minus(KEPT).millis())
        .execute(&mut **write)
        .await?;
    sqlx::query(
        "INSERT INTO deliveries (webhook, message, body, state, next_at, created_at) VALUES (?, ?, ?, 'waiting', ?, ?)",
    )
    .bind(webhook)
    .bind(message)
    .bind(body)
    .bind(now.millis())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Writes what a try ended with.
pub async fn tried(
    write: &mut Write,
    id: i64,
    state: DeliveryState,
    answer: &str,
    next_at: Timestamp,
    now: Timestamp,
) -> sqlx::Result<()> {
    let ended_at = (state != DeliveryState::Waiting).then(|| now.millis());
    sqlx::query(
        "UPDATE deliveries SET state = ?, tries = tries + 1, answer = ?, next_at = ?, ended_at = ? WHERE id = ?",
    )
    .bind(state.as_str())
    .bind(answer)
    .bind(next_at.millis())
    .bind(ended_at)
    .bind(id)
    .execute(&mut **write)
    .await?;
    Ok(())
}
