//! What the live stream tells.

use frontdesk_contract::{EventId, RequestId, Timestamp, Version};
use sqlx::Row as _;

use crate::store::{Store, Write, count, number};

/// So many events are kept; whoever missed more reads everything again.
const KEPT: i64 = 10_000;
/// So many are read at once.
const BATCH: i64 = 200;

/// Whose eyes an event is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Everybody who may see requests.
    Everybody,
    /// Agents alone: an internal note was written.
    Agents,
}

/// What happened, as the table has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A request was made or changed.
    Request {
        /// Which.
        id: RequestId,
        /// Its version for agents.
        version: Version,
        /// Its version for the organization.
        public_version: Version,
        /// Who may know.
        audience: Audience,
    },
    /// An incident appeared, changed or ended.
    Status,
    /// The settings or the help changed.
    Settings,
}

/// Where a reader stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Since {
    /// These followed, oldest first.
    Followed(Vec<(EventId, Happening)>),
    /// Some of what followed is gone, or the reader comes from another database.
    Gone(EventId),
}

impl Store {
    /// The number of the newest event; 0 before the first.
    pub async fn last_event(&self) -> sqlx::Result<EventId> {
        let row = sqlx::query("SELECT max(id) AS id FROM events").fetch_one(self.read()).await?;
        Ok(EventId(row.try_get::<Option<i64>, _>("id")?.unwrap_or(0).unsigned_abs()))
    }

    /// What followed on an event.
    pub async fn events_since(&self, after: EventId) -> sqlx::Result<Since> {
        let after = i64::try_from(after.0).unwrap_or(i64::MAX);
        let row = sqlx::query("SELECT min(id) AS oldest, max(id) AS newest FROM events")
            .fetch_one(self.read())
            .await?;
        let oldest = row.try_get::<Option<i64>, _>("oldest")?.unwrap_or(1);
        let newest = row.try_get::<Option<i64>, _>("newest")?.unwrap_or(0);
        if after > newest || after < oldest - 1 {
            return Ok(Since::Gone(EventId(newest.unsigned_abs())));
        }
        let rows = sqlx::query(
            "SELECT id, kind, request, version, public_version, internal FROM events WHERE id > ? ORDER BY id LIMIT ?",
        )
        .bind(after)
        .bind(BATCH)
        .fetch_all(self.read())
        .await?;
        let mut followed = Vec::with_capacity(rows.len());
        for row in rows {
            let kind: String = row.try_get("kind")?;
            let happening = match kind.as_str() {
                "request" => Happening::Request {
                    id: RequestId(number(&row, "request")?),
                    version: Version::numbered(number(&row, "version")?),
                    public_version: Version::numbered(number(&row, "public_version")?),
                    audience: match row.try_get::<i64, _>("internal")? {
                        0 => Audience::Everybody,
                        _ => Audience::Agents,
                    },
                },
                "status" => Happening::Status,
                _ => Happening::Settings,
            };
            followed.push((EventId(number(&row, "id")?), happening));
        }
        Ok(Since::Followed(followed))
    }
}

/// Writes that a request changed.
pub async fn tell_request(
    write: &mut Write,
    id: RequestId,
    versions: (u64, u64),
    audience: Audience,
    now: Timestamp,
) -> sqlx::Result<()> {
    let told = sqlx::query(
        "INSERT INTO events (kind, request, version, public_version, internal, at) VALUES ('request', ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(count(id.0))
    .bind(count(versions.0))
    .bind(count(versions.1))
    .bind(i64::from(audience == Audience::Agents))
    .bind(now.millis())
    .fetch_one(&mut **write)
    .await?;
    sqlx::query("DELETE FROM events WHERE id <= ?")
        .bind(told.try_get::<i64, _>("id")? - KEPT)
        .execute(&mut **write)
        .await?;
    Ok(())
}
