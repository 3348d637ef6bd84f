//! What creates without a session made, so that a retry is known and nothing is made twice.

use frontdesk_contract::settings::DRAFT_LIFE;
use frontdesk_contract::time::Span;
use frontdesk_contract::{ReportId, Timestamp};
use sqlx::Row as _;

use crate::store::{Write, count, number};

/// For so long a retry is known: longer than a draft with its key lies on a device.
const KEPT: Span = Span(DRAFT_LIFE.0 + Span::days(1).0);

/// What a key made, with the fingerprint of what was sent.
pub async fn find(write: &mut Write, key: &[u8]) -> sqlx::Result<Option<(Vec<u8>, ReportId)>> {
    let row = sqlx::query("SELECT fingerprint, report FROM public_creates WHERE idempotency_key = ?")
        .bind(key)
        .fetch_optional(&mut **write)
        .await?;
    row.map(|row| Ok((row.try_get("fingerprint")?, ReportId(number(&row, "report")?)))).transpose()
}

/// Keeps what a key made, in the transaction that made it.
pub async fn keep(
    write: &mut Write,
    key: &[u8],
    fingerprint: &[u8],
    made: ReportId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM public_creates WHERE at <= ?")
        .bind(now.minus(KEPT).millis())
        .execute(&mut **write)
        .await?;
    sqlx::query("INSERT INTO public_creates (idempotency_key, fingerprint, report, at) VALUES (?, ?, ?, ?)")
        .bind(key)
        .bind(fingerprint)
        .bind(count(made.0))
        .bind(now.millis())
        .execute(&mut **write)
        .await?;
    Ok(())
}
