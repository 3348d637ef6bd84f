//! What somebody has read of the requests.

use frontdesk_contract::{PersonId, RequestId, Timestamp, Version};
use sqlx::{QueryBuilder, Sqlite};

use crate::store::requests::Eyes;
use crate::store::{Store, Write, count, number};

impl Store {
    /// Those of the requests that changed since a person last opened them. Whatever had changed before the person
    /// opened the first one counts as read: nobody has to work off years.
    pub async fn unread(
        &self,
        person: &PersonId,
        requests: &[RequestId],
        eyes: Eyes,
    ) -> sqlx::Result<Vec<RequestId>> {
        if requests.is_empty() {
            return Ok(Vec::new());
        }
        let (changed_at, version) = (eyes.changed_at(), eyes.version());
        let mut sql = QueryBuilder::<Sqlite>::new(format!(
            "SELECT r.number FROM readers p JOIN requests r ON r.{changed_at} > p.begun_at \
             LEFT JOIN reads d ON d.person = p.person AND d.request = r.number \
             WHERE coalesce(d.version, 0) < r.{version} AND p.person = "
        ));
        sql.push_bind(person.as_str()).push(" AND r.number IN (");
        let mut numbers = sql.separated(", ");
        for id in requests {
            numbers.push_bind(count(id.0));
        }
        sql.push(")");
        let rows = sql.build().fetch_all(self.read()).await?;
        rows.iter().map(|row| number(row, "number").map(RequestId)).collect()
    }
}

/// A person has read a request up to a version.
pub async fn mark(
    write: &mut Write,
    person: &PersonId,
    request: RequestId,
    version: u64,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO readers (person, begun_at) VALUES (?, ?) ON CONFLICT (person) DO NOTHING")
        .bind(person.as_str())
        .bind(now.millis())
        .execute(&mut **write)
        .await?;
    sqlx::query(
        "INSERT INTO reads (person, request, version) VALUES (?, ?, ?) ON CONFLICT (person, request) \
         DO UPDATE SET version = excluded.version WHERE excluded.version > reads.version",
    )
    .bind(person.as_str())
    .bind(count(request.0))
    .bind(count(version))
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// A person has read everything that there is by now.
pub async fn mark_all(write: &mut Write, person: &PersonId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO readers (person, begun_at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET begun_at = excluded.begun_at",
    )
    .bind(person.as_str())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    sqlx::query("DELETE FROM reads WHERE person = ?").bind(person.as_str()).execute(&mut **write).await?;
    Ok(())
}

/// The number of a version that we gave; none for any other text.
pub fn number_of(version: &Version) -> Option<u64> {
    version.as_str().strip_prefix('v')?.parse().ok()
}
