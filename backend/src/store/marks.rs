//! What the backend knew when it stopped.

use frontdesk_contract::{Timestamp, Version};
use sqlx::Row as _;

use crate::store::{Store, events};

/// The mark with the version of the settings that were served last.
const SETTINGS: &str = "settings";

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
