//! What creates made, so that a retry is known and nothing is made twice.
//!
//! Only the identifier is kept: a retry is answered from what stands by then, and what a person wrote
//! lies in one place alone.

use frontdesk_contract::settings::DRAFT_LIFE;
use frontdesk_contract::time::Span;
use frontdesk_contract::{PersonId, Timestamp};
use sqlx::Row as _;

use crate::store::Write;

/// For so long a retry is known: longer than a draft with its key lies on a device.
const KEPT: Span = Span(DRAFT_LIFE.0 + Span::days(1).0);

/// What a key made, as the wire writes its identifier, with the fingerprint of what was sent.
pub async fn find(
    write: &mut Write,
    person: &PersonId,
    key: &str,
) -> sqlx::Result<Option<(Vec<u8>, String)>> {
    let row = sqlx::query("SELECT fingerprint, made FROM answers WHERE person = ? AND idempotency_key = ?")
        .bind(person.as_str())
        .bind(key)
        .fetch_optional(&mut **write)
        .await?;
    row.map(|row| Ok((row.try_get("fingerprint")?, row.try_get("made")?))).transpose()
}

/// Keeps what a key made, in the transaction that made it.
pub async fn keep(
    write: &mut Write,
    person: &PersonId,
    key: &str,
    fingerprint: &[u8],
    made: &str,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM answers WHERE at <= ?")
        .bind(now.minus(KEPT).millis())
        .execute(&mut **write)
        .await?;
    sqlx::query(
        "INSERT INTO answers (person, idempotency_key, fingerprint, made, at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(person.as_str())
    .bind(key)
    .bind(fingerprint)
    .bind(made)
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}
