//! What the backend knew when it stopped.

use frontdesk_contract::{Timestamp, Version};
use sqlx::Row as _;

use crate::store::{Store, Write, events};

/// The mark with the version of the settings that were served last.
const SETTINGS: &str = "settings";
/// The mark with the newest time at which something happened by itself.
const CLOCK: &str = "clock";

impl Store {
    /// Notes the settings that are served from now on. When others were served before, whoever was
    /// connected then is told, once back, by an event.
    pub async fn note_decisions(&self, version: &Version, now: Timestamp) -> sqlx::Result<()> {
        let mut write = self.write().await?;
        let known = sqlx::query("SELECT value FROM marks WHERE name = ?")
            .bind(SETTINGS)
            .fetch_optional(&mut *write)
            .await?
            .map(|row| row.try_get::<String, _>("value"))
            .transpose()?;
        if known.as_deref() == Some(version.as_str()) {
            return write.rollback().await;
        }
        sqlx::query(
            "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        )
        .bind(SETTINGS)
        .bind(version.as_str())
        .execute(&mut *write)
        .await?;
        if known.is_some() {
            events::tell_settings(&mut write, now).await?;
        }
        write.commit().await
    }
}

impl Store {
    /// The newest time at which something happened by itself.
    pub async fn clock_mark(&self) -> sqlx::Result<Option<Timestamp>> {
        let row = sqlx::query("SELECT value FROM marks WHERE name = ?")
            .bind(CLOCK)
            .fetch_optional(self.read())
            .await?;
        let text = row.map(|row| row.try_get::<String, _>("value")).transpose()?;
        Ok(text.and_then(|text| text.parse().ok()))
    }
}

/// Marks that something happened by itself at this time.
pub async fn set_clock(write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
    )
    .bind(CLOCK)
    .bind(now.to_string())
    .execute(&mut **write)
    .await?;
    Ok(())
}
