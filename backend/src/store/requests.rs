//! Requests: their rows, and how these change.

use frontdesk_contract::request::{Affected, NewRequest, RequestCounts, waiting_for};
use frontdesk_contract::thread::Side;
use frontdesk_contract::{
    Channel, IncidentId, Kind, Person, PersonRef, Priority, Request, RequestId, RequestState, RequestSummary,
    Timestamp, TopicId, Version, WaitingFor,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::care::{self, MARKS, Marks};
use crate::store::events::{self, Audience};
use crate::store::threads::{self, Entry, What};
use crate::store::{Store, Unreadable, Write, calls, chats, count, number, search, time, time_if_any, wrong};

/// The number before the first.
const BEFORE_FIRST: i64 = 1_000;

/// What a reader may see: notes, and the changes that notes make, are for agents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Eyes {
    /// An agent's.
    Agent,
    /// The organization's.
    Organization,
}

impl Eyes {
    /// The eyes of a person.
    pub const fn of(person: &Person) -> Self {
        match person.kind {
            Kind::Agent => Self::Agent,
            Kind::Member => Self::Organization,
        }
    }

    /// The column that says when something last changed.
    pub(super) const fn changed_at(self) -> &'static str {
        match self {
            Self::Agent => "changed_at",
            Self::Organization => "public_changed_at",
        }
    }

    pub(super) const fn version(self) -> &'static str {
        match self {
            Self::Agent => "version",
            Self::Organization => "public_version",
        }
    }
}

/// The side that a person writes from.
pub const fn side_of(person: &Person) -> Side {
    match person.kind {
        Kind::Agent => Side::Support,
        Kind::Member => Side::Organization,
    }
}

/// The columns of a row of the list. The tables are named `r` and `p`.
pub(super) const SUMMARY: &str = "r.number, r.subject, r.topic, r.state, r.waiting_for, r.waiting_since, r.priority, \
     r.support_priority, r.channel, r.asked_by, p.name AS asked_by_name, r.created_at, r.changed_at, \
     r.public_changed_at, r.version, r.public_version";

/// A request as it is stored, without its thread.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Its row, as the reader sees it.
    pub summary: RequestSummary,
    /// The language of the answer.
    pub language: String,
    /// How many people are touched.
    pub affected: Option<Affected>,
    /// When it was solved.
    pub solved_at: Option<Timestamp>,
    /// When a first answer was promised.
    pub answer_by: Option<Timestamp>,
    /// The side of the last word that everybody can read.
    pub last_side: Side,
    /// What is done about it beside answering.
    pub marks: Marks,
    /// Its versions: for agents, for the organization.
    pub versions: (u64, u64),
}

impl Store {
    /// How many requests there are of each kind.
    pub async fn request_counts(&self) -> sqlx::Result<RequestCounts> {
        let rows = sqlx::query("SELECT state, waiting_for, count FROM request_counts")
            .fetch_all(self.read())
            .await?;
        let mut counts = RequestCounts::default();
        for row in rows {
            let count = number(&row, "count")?;
            counts.all += count;
            match state(&row, "state")? {
                RequestState::Open => counts.open += count,
                RequestState::Hold => counts.hold += count,
                RequestState::Solved => counts.solved += count,
            }
            if waiting(&row)? == WaitingFor::Organization {
                counts.waiting_for_you += count;
            }
        }
        Ok(counts)
    }

    /// A request with its thread, as a reader sees it.
    pub async fn request(&self, id: RequestId, eyes: Eyes) -> sqlx::Result<Option<Request>> {
        // One transaction, so that row and thread are of the same moment.
        let mut moment = self.read().begin().await?;
        read(&mut moment, id, eyes).await
    }
}

/// A request with its thread, as a reader sees it.
pub async fn read(
    connection: &mut sqlx::SqliteConnection,
    id: RequestId,
    eyes: Eyes,
) -> sqlx::Result<Option<Request>> {
    let Some(stored) = stored(&mut *connection, id, eyes).await? else { return Ok(None) };
    let thread = threads::read(&mut *connection, id, eyes).await?;
    let care = care::read(connection, id, stored.marks, eyes).await?;
    Ok(Some(Request {
        summary: stored.summary,
        language: stored.language.parse().map_err(wrong)?,
        affected: stored.affected,
        solved_at: stored.solved_at,
        answer_by: stored.answer_by,
        care,
        thread,
    }))
}

/// A request without its thread.
pub async fn stored(
    connection: &mut sqlx::SqliteConnection,
    id: RequestId,
    eyes: Eyes,
) -> sqlx::Result<Option<Stored>> {
    let sql = format!(
        "SELECT {SUMMARY}, r.language, r.affected_kind, r.affected, r.solved_at, r.answer_by, r.last_side, {MARKS} \
         FROM requests r JOIN people p ON p.id = r.asked_by WHERE r.number = ?"
    );
    let row = sqlx::query(&sql).bind(count(id.0)).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let mut summary = summary(&row, eyes)?;
    if summary.state != RequestState::Solved {
        summary.incidents = live_incidents_of(connection, &summary.topic).await?;
    }
    Ok(Some(Stored {
        summary,
        language: row.try_get("language")?,
        affected: affected(&row)?,
        solved_at: time_if_any(&row, "solved_at")?,
        answer_by: time_if_any(&row, "answer_by")?,
        last_side: side(&row, "last_side")?,
        marks: care::marks(&row)?,
        versions: (number(&row, "version")?, number(&row, "public_version")?),
    }))
}

async fn live_incidents_of(
    connection: &mut sqlx::SqliteConnection,
    topic: &TopicId,
) -> sqlx::Result<Vec<IncidentId>> {
    let rows = sqlx::query(
        "SELECT i.id FROM incidents i JOIN incident_topics t ON t.incident = i.id \
         WHERE t.topic = ? AND i.resolved_at IS NULL ORDER BY i.started_at DESC",
    )
    .bind(topic.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.try_get::<String, _>("id")?.parse().map_err(wrong)).collect()
}

/// Stores a new request with its first message.
pub async fn insert(
    write: &mut Write,
    asked: &NewRequest,
    by: &Person,
    answer_by: Option<Timestamp>,
    now: Timestamp,
) -> sqlx::Result<RequestId> {
    // A number that was given is never given again.
    let row = sqlx::query(
        "SELECT coalesce(max(number), ?) + 1 AS number FROM \
         (SELECT max(number) AS number FROM requests UNION ALL SELECT max(number) FROM gone_requests)",
    )
    .bind(BEFORE_FIRST)
    .fetch_one(&mut **write)
    .await?;
    let id = RequestId(number(&row, "number")?);
    let (affected_kind, affected) = match asked.affected {
        Some(Affected::People(people)) => (Some("people"), Some(i64::from(people))),
        Some(Affected::Percent(share)) => (Some("percent"), Some(i64::from(share))),
        None => (None, None),
    };
    sqlx::query(
        "INSERT INTO requests (number, subject, topic, state, waiting_for, waiting_since, priority, channel, language, \
         asked_by, affected_kind, affected, last_side, created_at, answer_by, follows, changed_at, version, public_changed_at, public_version) \
         VALUES (?, ?, ?, 'open', 'support', ?, ?, ?, ?, ?, ?, ?, 'organization', ?, ?, ?, ?, 1, ?, 1)",
    )
    .bind(count(id.0))
    .bind(asked.subject.as_str())
    .bind(asked.topic.as_str())
    .bind(now.millis())
    .bind(asked.priority.as_str())
    .bind(asked.channel.as_str())
    .bind(asked.language.as_str())
    .bind(by.id.as_str())
    .bind(affected_kind)
    .bind(affected)
    .bind(now.millis())
    .bind(answer_by.map(Timestamp::millis))
    .bind(asked.follows.map(|follows| count(follows.0)))
    .bind(now.millis())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    let first = Entry {
        request: id,
        by,
        at: now,
        what: What::Message { body: asked.body.as_str(), for_: Audience::Everybody },
    };
    threads::insert(write, &first).await?;
    search::index(write, id).await?;
    events::tell_request(write, id, (1, 1), Audience::Everybody, now).await?;
    Ok(id)
}

/// How a request stands after a change.
#[derive(Debug, Clone, Copy)]
pub struct Standing {
    /// Its state.
    pub state: RequestState,
    /// The side of the last word that everybody can read.
    pub last_side: Side,
    /// The organization's priority.
    pub priority: Priority,
    /// Support's priority.
    pub support_priority: Option<Priority>,
    /// When a first answer was promised.
    pub answer_by: Option<Timestamp>,
    /// What is done about it beside answering.
    pub marks: Marks,
}

impl Standing {
    /// How it stands now.
    pub fn of(stored: &Stored) -> Self {
        Self {
            state: stored.summary.state,
            last_side: stored.last_side,
            priority: stored.summary.priority,
            support_priority: stored.summary.support_priority,
            answer_by: stored.answer_by,
            marks: stored.marks,
        }
    }
}

/// Writes how a request stands now: its versions grow, waiting is derived, everybody who may know is told.
pub async fn update(
    write: &mut Write,
    before: &Stored,
    after: Standing,
    audience: Audience,
    now: Timestamp,
) -> sqlx::Result<()> {
    let id = before.summary.id;
    let waits = waiting_for(after.state, after.last_side);
    let waiting_since = if waits == before.summary.waiting_for { before.summary.waiting_since } else { now };
    let solved_at = match after.state {
        RequestState::Solved => Some(before.solved_at.unwrap_or(now)),
        RequestState::Open | RequestState::Hold => None,
    };
    // Nobody waits for an answer to what is solved.
    let answer_by = if after.state == RequestState::Solved { None } else { after.answer_by };
    let marks = after.settled(waits);
    if before.summary.state == RequestState::Solved && after.state != RequestState::Solved {
        care::forget_rating(write, id).await?;
    }
    let is_public = audience == Audience::Everybody;
    let versions = (before.versions.0 + 1, before.versions.1 + u64::from(is_public));
    sqlx::query(
        "UPDATE requests SET state = ?, waiting_for = ?, waiting_since = ?, priority = ?, support_priority = ?, \
         last_side = ?, solved_at = ?, answer_by = ?, escalated_at = ?, appealed_at = ?, closes_at = ?, remind_at = ?, \
         changed_at = ?, version = ?, \
         public_changed_at = CASE WHEN ? THEN ? ELSE public_changed_at END, public_version = ? WHERE number = ?",
    )
    .bind(after.state.as_str())
    .bind(waits.as_str())
    .bind(waiting_since.millis())
    .bind(after.priority.as_str())
    .bind(after.support_priority.map(Priority::as_str))
    .bind(side_word(after.last_side))
    .bind(solved_at.map(Timestamp::millis))
    .bind(answer_by.map(Timestamp::millis))
    .bind(marks.escalated_at.map(Timestamp::millis))
    .bind(marks.appealed_at.map(Timestamp::millis))
    .bind(marks.closing.map(|closing| closing.closes_at.millis()))
    .bind(marks.closing.and_then(|closing| closing.remind_at).map(Timestamp::millis))
    .bind(now.millis())
    .bind(count(versions.0))
    .bind(is_public)
    .bind(now.millis())
    .bind(count(versions.1))
    .bind(count(id.0))
    .execute(&mut **write)
    .await?;
    if after.state == RequestState::Solved && before.summary.state != RequestState::Solved {
        calls::end_with_request(write, id).await?;
        chats::end_with_request(write, id, now).await?;
    }
    search::index(write, id).await?;
    events::tell_request(write, id, versions, audience, now).await
}

/// Who changed a request last, as far as a reader may know.
pub async fn changed_by(write: &mut Write, id: RequestId, eyes: Eyes) -> sqlx::Result<Option<String>> {
    let row = sqlx::query(
        "SELECT CASE WHEN e.act IN ('remind', 'close') THEN NULL ELSE p.name END AS name \
         FROM entries e JOIN people p ON p.id = e.author \
         WHERE e.request = ? AND e.internal <= ? ORDER BY e.id DESC LIMIT 1",
    )
    .bind(count(id.0))
    .bind(i64::from(eyes == Eyes::Agent))
    .fetch_optional(&mut **write)
    .await?;
    row.map_or(Ok(None), |row| row.try_get("name"))
}

/// Reads the columns of [`SUMMARY`].
pub(super) fn summary(row: &SqliteRow, eyes: Eyes) -> sqlx::Result<RequestSummary> {
    let channel: String = row.try_get("channel")?;
    Ok(RequestSummary {
        id: RequestId(number(row, "number")?),
        subject: row.try_get("subject")?,
        topic: row.try_get::<String, _>("topic")?.parse().map_err(wrong)?,
        state: state(row, "state")?,
        waiting_for: waiting(row)?,
        waiting_since: time(row, "waiting_since")?,
        priority: priority(row, "priority")?.ok_or_else(|| unreadable("priority"))?,
        support_priority: priority(row, "support_priority")?,
        channel: Channel::parse(&channel).ok_or_else(|| unreadable("channel"))?,
        asked_by: PersonRef {
            id: row.try_get::<String, _>("asked_by")?.parse().map_err(wrong)?,
            name: row.try_get("asked_by_name")?,
        },
        created_at: time(row, "created_at")?,
        changed_at: time(row, eyes.changed_at())?,
        incidents: Vec::new(),
        version: Version::numbered(number(row, eyes.version())?),
    })
}

pub(super) fn state(row: &SqliteRow, column: &str) -> sqlx::Result<RequestState> {
    let word: String = row.try_get(column)?;
    RequestState::parse(&word).ok_or_else(|| unreadable(column))
}

fn waiting(row: &SqliteRow) -> sqlx::Result<WaitingFor> {
    let word: String = row.try_get("waiting_for")?;
    let known = [WaitingFor::Organization, WaitingFor::Support, WaitingFor::Nobody];
    known.into_iter().find(|waits| waits.as_str() == word).ok_or_else(|| unreadable("waiting_for"))
}

pub(super) fn priority(row: &SqliteRow, column: &str) -> sqlx::Result<Option<Priority>> {
    let word: Option<String> = row.try_get(column)?;
    Ok(word.as_deref().and_then(Priority::parse))
}

fn affected(row: &SqliteRow) -> sqlx::Result<Option<Affected>> {
    let kind: Option<String> = row.try_get("affected_kind")?;
    let figure: Option<i64> = row.try_get("affected")?;
    Ok(match (kind.as_deref(), figure) {
        (Some("people"), Some(people)) => Some(Affected::People(u32::try_from(people).map_err(wrong)?)),
        (Some("percent"), Some(share)) => Some(Affected::Percent(u8::try_from(share).map_err(wrong)?)),
        _ => None,
    })
}

pub(super) fn side(row: &SqliteRow, column: &str) -> sqlx::Result<Side> {
    let word: String = row.try_get(column)?;
    Ok(if word == "support" { Side::Support } else { Side::Organization })
}

/// The word of the database.
pub const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Organization => "organization",
        Side::Support => "support",
    }
}

pub(super) fn unreadable(column: &str) -> sqlx::Error {
    wrong(Unreadable(column.to_owned()))
}
