//! What is done about a request beside answering it: closing by itself, watching, rating, following up,
//! and who answers just now.

use frontdesk_contract::care::{
    self, Care, Happened, IncidentLink, NewRating, Rating, ReportsLink, RequestLink, Satisfaction,
};
use frontdesk_contract::settings::Limits;
use frontdesk_contract::text::Reason;
use frontdesk_contract::thread::Side;
use frontdesk_contract::time::Span;
use frontdesk_contract::{
    IncidentId, Person, PersonId, PersonRef, ReportGroupId, RequestId, RequestState, Timestamp, WaitingFor,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::events::{self, Audience};
use crate::store::requests::{self, Eyes, Standing, Stored, side_of, side_word, unreadable};
use crate::store::{Store, Write, count, number, time, time_if_any, wrong};

/// How long a mark of who answers may be taken for true; whoever goes on renews it earlier.
pub const ANSWERING: Span = Span::seconds(30);

/// What stands in a request's own row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Since when it is escalated.
    pub escalated_at: Option<Timestamp>,
    /// Since when an appeal waits for its answer.
    pub appealed_at: Option<Timestamp>,
    /// When it closes by itself.
    pub closing: Option<Closing>,
}

/// When a request closes by itself, and when the organization is reminded of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closing {
    /// When it closes.
    pub closes_at: Timestamp,
    /// When a reminder is due; none once it was written.
    pub remind_at: Option<Timestamp>,
}

impl Closing {
    /// Counts from now on, where the operator has set a limit.
    pub fn begin(limits: Limits, now: Timestamp) -> Option<Self> {
        let closes_at = care::closes_at(WaitingFor::Organization, now, limits)?;
        let remind_at = care::reminds_at(closes_at, limits, now);
        // What would close at once after its reminder needs none.
        Some(Self { closes_at, remind_at: (remind_at < closes_at).then_some(remind_at) })
    }
}

/// The columns of [`Marks`] in the table `r`.
pub(super) const MARKS: &str = "r.escalated_at, r.appealed_at, r.closes_at, r.remind_at";

/// Reads the columns of [`MARKS`].
pub(super) fn marks(row: &SqliteRow) -> sqlx::Result<Marks> {
    let remind_at = time_if_any(row, "remind_at")?;
    Ok(Marks {
        escalated_at: time_if_any(row, "escalated_at")?,
        appealed_at: time_if_any(row, "appealed_at")?,
        closing: time_if_any(row, "closes_at")?.map(|closes_at| Closing { closes_at, remind_at }),
    })
}

impl Standing {
    /// What still holds of the marks as the request stands: what is solved waits for nothing, and only what
    /// waits for the organization, and for nothing else, closes by itself.
    pub(super) fn settled(self, waits: WaitingFor) -> Marks {
        let is_solved = self.state == RequestState::Solved;
        let is_judged_alike = self.support_priority.is_none_or(|level| level == self.priority);
        let appealed_at = self.marks.appealed_at.filter(|_| !is_solved && !is_judged_alike);
        Marks {
            escalated_at: self.marks.escalated_at.filter(|_| !is_solved),
            appealed_at,
            closing: self
                .marks
                .closing
                .filter(|_| waits == WaitingFor::Organization && appealed_at.is_none()),
        }
    }
}

/// Everything about a request that only its page shows.
pub(super) async fn read(
    connection: &mut sqlx::SqliteConnection,
    id: RequestId,
    marks: Marks,
    eyes: Eyes,
) -> sqlx::Result<Care> {
    let number_of = count(id.0);
    let rating = sqlx::query(
        "SELECT g.value, g.comment, g.person, p.name, g.at FROM ratings g JOIN people p ON p.id = g.person \
         WHERE g.request = ?",
    )
    .bind(number_of)
    .fetch_optional(&mut *connection)
    .await?;
    let watchers = sqlx::query(
        "SELECT w.person, p.name FROM watches w JOIN people p ON p.id = w.person WHERE w.request = ? ORDER BY w.at, w.person",
    )
    .bind(number_of)
    .fetch_all(&mut *connection)
    .await?;
    let follows = sqlx::query(
        "SELECT f.number, f.subject FROM requests r JOIN requests f ON f.number = r.follows WHERE r.number = ?",
    )
    .bind(number_of)
    .fetch_optional(&mut *connection)
    .await?;
    let followed_by =
        sqlx::query("SELECT f.number, f.subject FROM requests f WHERE f.follows = ? ORDER BY f.number")
            .bind(number_of)
            .fetch_all(&mut *connection)
            .await?;
    let incidents = sqlx::query(
        "SELECT i.id, i.name FROM request_incidents l JOIN incidents i ON i.id = l.incident \
         WHERE l.request = ? ORDER BY l.at DESC, i.id",
    )
    .bind(number_of)
    .fetch_all(&mut *connection)
    .await?;
    let reports = match eyes {
        Eyes::Agent => None,
        Eyes::Organization => {
            sqlx::query("SELECT number, reports FROM report_groups WHERE request = ? ORDER BY number LIMIT 1")
                .bind(number_of)
                .fetch_optional(&mut *connection)
                .await?
        }
    };
    Ok(Care {
        escalated_at: marks.escalated_at,
        appealed_at: marks.appealed_at,
        closes_at: marks.closing.map(|closing| closing.closes_at),
        rating: rating.as_ref().map(rated).transpose()?,
        watchers: watchers.iter().map(person).collect::<sqlx::Result<_>>()?,
        follows: follows.as_ref().map(link).transpose()?,
        followed_by: followed_by.iter().map(link).collect::<sqlx::Result<_>>()?,
        incidents: incidents.iter().map(incident).collect::<sqlx::Result<_>>()?,
        reports: reports.as_ref().map(made_of).transpose()?,
    })
}

fn rated(row: &SqliteRow) -> sqlx::Result<Rating> {
    let value: String = row.try_get("value")?;
    Ok(Rating {
        value: Satisfaction::parse(&value).ok_or_else(|| unreadable("value"))?,
        comment: row.try_get("comment")?,
        by: person(row)?,
        at: time(row, "at")?,
    })
}

fn person(row: &SqliteRow) -> sqlx::Result<PersonRef> {
    let id: String = row.try_get("person")?;
    Ok(PersonRef { id: id.parse().map_err(wrong)?, name: row.try_get("name")? })
}

fn link(row: &SqliteRow) -> sqlx::Result<RequestLink> {
    Ok(RequestLink { id: RequestId(number(row, "number")?), subject: row.try_get("subject")? })
}

fn incident(row: &SqliteRow) -> sqlx::Result<IncidentLink> {
    let id: String = row.try_get("id")?;
    Ok(IncidentLink { id: id.parse().map_err(wrong)?, name: row.try_get("name")? })
}

fn made_of(row: &SqliteRow) -> sqlx::Result<ReportsLink> {
    Ok(ReportsLink { group: ReportGroupId(number(row, "number")?), reports: number(row, "reports")? })
}

/// Links an incident to a request, or has done so already.
pub async fn link_incident(
    write: &mut Write,
    id: RequestId,
    incident: &IncidentId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO request_incidents (request, incident, at) VALUES (?, ?, ?) \
         ON CONFLICT (request, incident) DO NOTHING",
    )
    .bind(count(id.0))
    .bind(incident.as_str())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Takes such a link away.
pub async fn unlink_incident(write: &mut Write, id: RequestId, incident: &IncidentId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM request_incidents WHERE request = ? AND incident = ?")
        .bind(count(id.0))
        .bind(incident.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Watches a request, or does so already.
pub async fn watch(write: &mut Write, id: RequestId, by: &PersonId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO watches (request, person, at) VALUES (?, ?, ?) ON CONFLICT (request, person) DO NOTHING",
    )
    .bind(count(id.0))
    .bind(by.as_str())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Watches a request no more.
pub async fn unwatch(write: &mut Write, id: RequestId, by: &PersonId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM watches WHERE request = ? AND person = ?")
        .bind(count(id.0))
        .bind(by.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Keeps a rating. When it was rated first stays.
pub async fn rate(
    write: &mut Write,
    id: RequestId,
    rating: &NewRating,
    by: &PersonId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO ratings (request, value, comment, person, at) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (request) DO UPDATE SET value = excluded.value, comment = excluded.comment",
    )
    .bind(count(id.0))
    .bind(rating.value.as_str())
    .bind(rating.comment.as_ref().map(Reason::as_str))
    .bind(by.as_str())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// What was thought of a solution doesn't hold for the next one.
pub(super) async fn forget_rating(write: &mut Write, id: RequestId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM ratings WHERE request = ?").bind(count(id.0)).execute(&mut **write).await?;
    Ok(())
}

/// Adds to a thread that something happened beside words and changes.
pub async fn tell(
    write: &mut Write,
    id: RequestId,
    happened: Happened,
    by: &Person,
    reason: Option<&Reason>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let words = reason.map(Reason::as_str);
    insert(write, id, happened, (by.id.as_str(), side_of(by)), words, now).await
}

/// Adds to a thread that whoever asked has left, and who has taken it over.
pub async fn tell_handover(
    write: &mut Write,
    id: RequestId,
    to: &PersonId,
    now: Timestamp,
) -> sqlx::Result<()> {
    insert(write, id, Happened::HandedOver, (to.as_str(), Side::Organization), None, now).await
}

async fn insert(
    write: &mut Write,
    id: RequestId,
    happened: Happened,
    (author, side): (&str, Side),
    reason: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO entries (request, kind, author, side, body, act, at) VALUES (?, 'state', ?, ?, ?, ?, ?)",
    )
    .bind(count(id.0))
    .bind(author)
    .bind(side_word(side))
    .bind(reason)
    .bind(happened.as_str())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Begins to count for what waits for the organization already: the limit was set, or the rows are older than it.
/// Nobody is closed out without a reminder. Without a limit nothing closes by itself.
pub async fn plan_closing(write: &mut Write, limits: Limits, now: Timestamp) -> sqlx::Result<()> {
    let Some(days) = limits.close_days.filter(|days| *days > 0) else {
        sqlx::query("UPDATE requests SET closes_at = NULL, remind_at = NULL WHERE closes_at IS NOT NULL")
            .execute(&mut **write)
            .await?;
        return Ok(());
    };
    let patience = Span::days(i64::from(days)).0;
    let notice = Span::days(i64::from(limits.remind_days));
    let earliest = now.plus(notice).millis();
    sqlx::query(
        "UPDATE requests SET closes_at = CASE WHEN waiting_since + ? > ? THEN waiting_since + ? ELSE ? END, \
         remind_at = CASE WHEN waiting_since + ? > ? THEN waiting_since + ? - ? ELSE ? END \
         WHERE waiting_for = 'organization' AND closes_at IS NULL AND appealed_at IS NULL",
    )
    .bind(patience)
    .bind(earliest)
    .bind(patience)
    .bind(earliest)
    .bind(patience)
    .bind(earliest)
    .bind(patience)
    .bind(notice.0)
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// What is to be done by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// The organization is reminded.
    Reminder(RequestId),
    /// A request is closed.
    Closing(RequestId),
}

impl Store {
    /// What is due next, and when; it may be in the past.
    pub async fn next_due(&self) -> sqlx::Result<Option<(Due, Timestamp)>> {
        // What is reminded of and closes at once is closed.
        let row = sqlx::query(
            "SELECT * FROM (SELECT number, closes_at AS due_at, 0 AS rank FROM requests WHERE closes_at IS NOT NULL \
             ORDER BY closes_at LIMIT 1) UNION ALL \
             SELECT * FROM (SELECT number, remind_at AS due_at, 1 AS rank FROM requests \
             WHERE remind_at IS NOT NULL AND closes_at IS NOT NULL \
             ORDER BY remind_at LIMIT 1) ORDER BY due_at, rank LIMIT 1",
        )
        .fetch_optional(self.read())
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id = RequestId(number(&row, "number")?);
        let due = if row.try_get::<i64, _>("rank")? == 0 { Due::Closing(id) } else { Due::Reminder(id) };
        Ok(Some((due, time(&row, "due_at")?)))
    }

    /// Who has begun or stopped to answer since a mark, on one side of the desk, the oldest first.
    pub async fn answering_since(&self, mark: i64, side: Side) -> sqlx::Result<Vec<Answering>> {
        let rows = sqlx::query(
            "SELECT a.mark, a.request, a.person, p.name, a.until_at FROM answering a JOIN people p ON p.id = a.person \
             WHERE a.mark > ? AND a.side = ? ORDER BY a.mark",
        )
        .bind(mark)
        .bind(side_word(side))
        .fetch_all(self.read())
        .await?;
        let read = |row: &SqliteRow| {
            Ok(Answering {
                mark: row.try_get("mark")?,
                request: RequestId(number(row, "request")?),
                person: person(row)?,
                until: time(row, "until_at")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Whether there was a request with this number.
    pub async fn is_gone(&self, id: RequestId) -> sqlx::Result<bool> {
        let found = sqlx::query("SELECT 1 FROM gone_requests WHERE number = ?")
            .bind(count(id.0))
            .fetch_optional(self.read())
            .await?;
        Ok(found.is_some())
    }
}

/// That somebody answers, or has stopped to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answering {
    /// Grows with each change.
    pub mark: i64,
    /// Where.
    pub request: RequestId,
    /// Who.
    pub person: PersonRef,
    /// Until when it holds.
    pub until: Timestamp,
}

/// Marks that somebody answers until a time; a time that is past says that they have stopped.
pub async fn mark_answering(
    write: &mut Write,
    id: RequestId,
    by: &Person,
    until: Timestamp,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM answering WHERE (request = ? AND person = ?) OR until_at < ?")
        .bind(count(id.0))
        .bind(by.id.as_str())
        .bind(now.minus(ANSWERING).millis())
        .execute(&mut **write)
        .await?;
    sqlx::query("INSERT INTO answering (request, person, side, until_at) VALUES (?, ?, ?, ?)")
        .bind(count(id.0))
        .bind(by.id.as_str())
        .bind(side_word(side_of(by)))
        .bind(until.millis())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Does what is due, if it still is: between the look and the write somebody may have answered. Whether it did.
pub async fn fulfil(write: &mut Write, due: Due, now: Timestamp) -> sqlx::Result<bool> {
    let (Due::Reminder(id) | Due::Closing(id)) = due;
    let Some(before) = requests::stored(&mut *write, id, Eyes::Agent).await? else { return Ok(false) };
    let Some(closing) = before.marks.closing else { return Ok(false) };
    let (moment, happened) = match due {
        Due::Reminder(_) => (closing.remind_at, Happened::Reminded),
        Due::Closing(_) => (Some(closing.closes_at), Happened::Closed),
    };
    if moment.is_none_or(|moment| moment > now) {
        return Ok(false);
    }
    let mut after = Standing::of(&before);
    match due {
        Due::Reminder(_) => after.marks.closing = Some(Closing { remind_at: None, ..closing }),
        Due::Closing(_) => after.state = RequestState::Solved,
    }
    write_by_itself(write, &before, after, happened, now).await?;
    Ok(true)
}

async fn write_by_itself(
    write: &mut Write,
    before: &Stored,
    after: Standing,
    happened: Happened,
    now: Timestamp,
) -> sqlx::Result<()> {
    let asker = before.summary.asked_by.id.as_str();
    insert(write, before.summary.id, happened, (asker, Side::Organization), None, now).await?;
    requests::update(write, before, after, Audience::Everybody, now).await
}

/// Tells whoever looks at a request that something about it changed that makes no new version.
pub async fn tell_again(write: &mut Write, before: &Stored, now: Timestamp) -> sqlx::Result<()> {
    events::tell_request(write, before.summary.id, before.versions, Audience::Everybody, now).await
}
