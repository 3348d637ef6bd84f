//! Answers to creates, so that a retry is answered as the first call was.

use frontdesk_contract::settings::DRAFT_LIFE;
use frontdesk_contract::time::Span;
use frontdesk_contract::{PersonId, Timestamp};
use sqlx::Row as _;

use crate::store::Write;

/// For so long a retry is known: longer than a draft with its key lies on a device.
const KEPT: Span = Span(DRAFT_LIFE.0 + Span::days(1).0);

/// An answer as it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Where the new thing is.
    pub location: Option<String>,
    /// Its entity tag.
    pub tag: Option<String>,
    /// Its body, JSON.
    pub body: String,
}

/// The answer that a key got, with the fingerprint of what was sent.
pub async fn find(
    write: &mut Write,
    person: &PersonId,
    key: &str,
) -> sqlx::Result<Option<(Vec<u8>, Answer)>> {
    let row = sqlx::query(
        "SELECT fingerprint, status, location, tag, body FROM answers WHERE person = ? AND idempotency_key = ?",
    )
    .bind(person.as_str())
    .bind(key)
    .fetch_optional(&mut **write)
    .await?;
    row.map(|row| {
        let answer = Answer {
            status: row.try_get("status")?,
            location: row.try_get("location")?,
            tag: row.try_get("tag")?,
            body: row.try_get("body")?,
        };
        Ok((row.try_get("fingerprint")?, answer))
    })
    .transpose()
}

/// Keeps an answer, in the transaction that did what it says.
pub async fn keep(
    write: &mut Write,
    person: &PersonId,
    key: &str,
    fingerprint: &[u8],
    answer: &Answer,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM answers WHERE at <= ?")
        .bind(now.minus(KEPT).millis())
        .execute(&mut **write)
        .await?;
    sqlx::query(
        "INSERT INTO answers (person, idempotency_key, fingerprint, status, location, tag, body, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(person.as_str())
    .bind(key)
    .bind(fingerprint)
    .bind(answer.status)
    .bind(&answer.location)
    .bind(&answer.tag)
    .bind(&answer.body)
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}
