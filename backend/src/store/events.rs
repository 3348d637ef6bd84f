//! What the live stream tells.

use frontdesk_contract::request::can_read;
use frontdesk_contract::{EventId, Person, RequestId, Timestamp, Version};
use sqlx::Row as _;

use crate::store::requests::Eyes;
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

/// Who listens. Each counts the events that it hears and no others, so that its numbers tell nothing of
/// what it may not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ears {
    /// An agent's: everything.
    Agent,
    /// Those of the organization's people who may see requests: everything but notes.
    Reader,
    /// Everybody else's: nothing of requests.
    Other,
}

impl Ears {
    /// The ears of a person.
    pub fn of(person: &Person) -> Self {
        match (Eyes::of(person), can_read(person)) {
            (Eyes::Agent, _) => Self::Agent,
            (Eyes::Organization, Ok(())) => Self::Reader,
            (Eyes::Organization, Err(_)) => Self::Other,
        }
    }

    /// The column that counts for them; a trigger fills it.
    const fn number(self) -> &'static str {
        match self {
            Self::Agent => "id",
            Self::Reader => "public_id",
            Self::Other => "open_id",
        }
    }

    /// The rows that they hear.
    const fn hears(self) -> &'static str {
        match self {
            Self::Agent => "1 = 1",
            Self::Reader => "internal = 0",
            Self::Other => "kind NOT IN ('request', 'report')",
        }
    }

    /// The column with the version of a request that they know.
    const fn version(self) -> &'static str {
        match self {
            Self::Agent => "version",
            Self::Reader | Self::Other => "public_version",
        }
    }
}

/// What happened, as somebody hears it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A request was made or changed.
    Request {
        /// Which.
        id: RequestId,
        /// Its version for whoever hears it.
        version: Version,
    },
    /// A problem report was made or changed.
    Report,
    /// Somebody in a chat is further, or its line moved.
    Chat(RequestId),
    /// An incident appeared, changed or ended.
    Status,
    /// The settings or the help changed.
    Settings,
    /// A run of acts on accounts was asked for, decided, paused or is over.
    Runs,
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
    /// The number of the newest event that these ears hear; 0 before the first.
    pub async fn last_event(&self, ears: Ears) -> sqlx::Result<EventId> {
        let mut connection = self.read().acquire().await?;
        newest(&mut connection, ears).await
    }

    /// What these ears heard after an event.
    pub async fn events_since(&self, after: EventId, ears: Ears) -> sqlx::Result<Since> {
        // One transaction: what is forgotten in between would be missed.
        let mut moment = self.read().begin().await?;
        let newest = newest(&mut moment, ears).await?;
        let (column, hears, version) = (ears.number(), ears.hears(), ears.version());
        let sql = format!("SELECT {column} AS number, {hears} AS is_heard FROM events ORDER BY id LIMIT 1");
        // The number before the oldest event that is kept.
        let forgotten = match sqlx::query(&sql).fetch_optional(&mut *moment).await? {
            Some(row) => row.try_get::<i64, _>("number")? - row.try_get::<i64, _>("is_heard")?,
            None => 0,
        };
        if after > newest || count(after.0) < forgotten {
            return Ok(Since::Gone(newest));
        }
        let sql = format!(
            "SELECT {column} AS number, kind, request, marks, {version} AS version FROM events \
             WHERE {column} > ? AND {hears} ORDER BY {column} LIMIT ?"
        );
        let rows = sqlx::query(&sql).bind(count(after.0)).bind(BATCH).fetch_all(&mut *moment).await?;
        let mut followed = Vec::with_capacity(rows.len());
        for row in rows {
            let kind: String = row.try_get("kind")?;
            let happening = match kind.as_str() {
                "request" if row.try_get::<i64, _>("marks")? != 0 => {
                    Happening::Chat(RequestId(number(&row, "request")?))
                }
                "request" => Happening::Request {
                    id: RequestId(number(&row, "request")?),
                    version: Version::numbered(number(&row, "version")?),
                },
                "report" => Happening::Report,
                "status" => Happening::Status,
                "runs" => Happening::Runs,
                _ => Happening::Settings,
            };
            followed.push((EventId(number(&row, "number")?), happening));
        }
        Ok(Since::Followed(followed))
    }
}

async fn newest(connection: &mut sqlx::SqliteConnection, ears: Ears) -> sqlx::Result<EventId> {
    let sql = format!("SELECT {} AS number FROM events ORDER BY id DESC LIMIT 1", ears.number());
    match sqlx::query(&sql).fetch_optional(connection).await? {
        Some(row) => Ok(EventId(number(&row, "number")?)),
        None => Ok(EventId(0)),
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
    forget_before(write, told.try_get("id")?).await
}

/// Writes that somebody in a chat is further, or that its line moved.
pub async fn tell_marks(
    write: &mut Write,
    id: RequestId,
    audience: Audience,
    now: Timestamp,
) -> sqlx::Result<()> {
    let told = sqlx::query(
        "INSERT INTO events (kind, request, version, public_version, internal, marks, at) \
         VALUES ('request', ?, 0, 0, ?, 1, ?) RETURNING id",
    )
    .bind(count(id.0))
    .bind(i64::from(audience == Audience::Agents))
    .bind(now.millis())
    .fetch_one(&mut **write)
    .await?;
    forget_before(write, told.try_get("id")?).await
}

/// Writes that the settings changed.
pub async fn tell_settings(write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    let told = sqlx::query("INSERT INTO events (kind, at) VALUES ('settings', ?) RETURNING id")
        .bind(now.millis())
        .fetch_one(&mut **write)
        .await?;
    forget_before(write, told.try_get("id")?).await
}

/// Writes that a problem report was made or changed.
pub async fn tell_report(write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    let told = sqlx::query("INSERT INTO events (kind, at) VALUES ('report', ?) RETURNING id")
        .bind(now.millis())
        .fetch_one(&mut **write)
        .await?;
    forget_before(write, told.try_get("id")?).await
}

/// Writes that a run was asked for, decided, paused or is over. Which one isn't told: whoever may see it asks.
pub async fn tell_runs(write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    let told = sqlx::query("INSERT INTO events (kind, at) VALUES ('runs', ?) RETURNING id")
        .bind(now.millis())
        .fetch_one(&mut **write)
        .await?;
    forget_before(write, told.try_get("id")?).await
}

/// Forgets what was told of reports: an example begins with its first real event.
pub async fn forget_reports(write: &mut Write) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM events WHERE kind = 'report'").execute(&mut **write).await?;
    Ok(())
}

/// Writes that something on the status page changed.
pub async fn tell_status(write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    let told = sqlx::query("INSERT INTO events (kind, at) VALUES ('status', ?) RETURNING id")
        .bind(now.millis())
        .fetch_one(&mut **write)
        .await?;
    forget_before(write, told.try_get("id")?).await
}

/// Keeps the newest events alone.
async fn forget_before(write: &mut Write, told: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM events WHERE id <= ?").bind(told - KEPT).execute(&mut **write).await?;
    Ok(())
}
