//! What people said about pages.

use frontdesk_contract::feedback::{FeedbackCounts, FeedbackPage};
use frontdesk_contract::{PersonId, Timestamp};
use sqlx::Row as _;

use crate::store::{Store, Write, number};

impl Store {
    /// What a person said about a page, if anything.
    pub async fn feedback(&self, person: &PersonId, page: &FeedbackPage) -> sqlx::Result<Option<bool>> {
        let row = sqlx::query("SELECT helpful FROM feedback WHERE person = ? AND page = ?")
            .bind(person.as_str())
            .bind(page.to_string())
            .fetch_optional(self.read())
            .await?;
        row.map(|row| row.try_get("helpful")).transpose()
    }

    /// How many people said what about a page.
    pub async fn feedback_counts(&self, page: &FeedbackPage) -> sqlx::Result<FeedbackCounts> {
        let rows =
            sqlx::query("SELECT helpful, count(*) AS people FROM feedback WHERE page = ? GROUP BY helpful")
                .bind(page.to_string())
                .fetch_all(self.read())
                .await?;
        let mut counts = FeedbackCounts::default();
        for row in rows {
            let people = number(&row, "people")?;
            if row.try_get("helpful")? { counts.yes = people } else { counts.no = people }
        }
        Ok(counts)
    }
}

/// Keeps what a person says, in place of what they said before.
pub async fn say(
    write: &mut Write,
    person: &PersonId,
    page: &FeedbackPage,
    helpful: bool,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO feedback (person, page, helpful, at) VALUES (?, ?, ?, ?) \
         ON CONFLICT (person, page) DO UPDATE SET helpful = excluded.helpful, at = excluded.at",
    )
    .bind(person.as_str())
    .bind(page.to_string())
    .bind(helpful)
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}
