//! Filling an empty folder: many rows in few statements.

use frontdesk_contract::request::RequestCounts;
use frontdesk_contract::{PersonId, Priority, RequestId, RequestState, Timestamp, WaitingFor};
use sqlx::{QueryBuilder, Sqlite};

use crate::store::people::NewPerson;
use crate::store::{Store, Write, count, search};

/// So many rows go into one statement.
const BATCH: usize = 500;

/// A request as its row has it.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// Its number.
    pub number: RequestId,
    /// In one sentence.
    pub subject: String,
    /// What it is about.
    pub topic: String,
    /// Where it stands.
    pub state: RequestState,
    /// Who must act.
    pub waiting_for: WaitingFor,
    /// Since when.
    pub waiting_since: Timestamp,
    /// The organization's level.
    pub priority: Priority,
    /// Support's level.
    pub support_priority: Option<Priority>,
    /// The language of the answer.
    pub language: &'static str,
    /// Who asked.
    pub asked_by: PersonId,
    /// The side of the last word that everybody can read.
    pub last_side: &'static str,
    /// When it was asked.
    pub created_at: Timestamp,
    /// When it was solved.
    pub solved_at: Option<Timestamp>,
    /// When a first answer was promised.
    pub answer_by: Option<Timestamp>,
    /// When agents saw the last change, and its version.
    pub changed: (Timestamp, u64),
    /// When the organization saw the last change, and its version.
    pub public_changed: (Timestamp, u64),
}

/// A line of a thread as its row has it.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Of which request.
    pub request: RequestId,
    /// `message`, `state` or `priority`.
    pub kind: &'static str,
    /// Who.
    pub author: PersonId,
    /// From which side.
    pub side: &'static str,
    /// 1 when only agents may read it.
    pub internal: i64,
    /// The words.
    pub body: Option<String>,
    /// Before.
    pub from: Option<&'static str>,
    /// After.
    pub to: Option<&'static str>,
    /// When.
    pub at: Timestamp,
}

/// Stores people with their rights.
pub async fn people(write: &mut Write, people: &[NewPerson]) -> sqlx::Result<()> {
    let accounts: Vec<_> = people.iter().map(NewPerson::account).collect();
    crate::store::accounts::insert(write, &accounts).await
}

/// Stores requests.
pub async fn requests(write: &mut Write, rows: &[RequestRow]) -> sqlx::Result<()> {
    for batch in rows.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO requests (number, subject, topic, state, waiting_for, waiting_since, priority, support_priority, \
             channel, language, asked_by, last_side, created_at, solved_at, answer_by, changed_at, version, public_changed_at, public_version) ",
        );
        sql.push_values(batch, |mut row, request| {
            row.push_bind(count(request.number.0))
                .push_bind(&request.subject)
                .push_bind(&request.topic)
                .push_bind(request.state.as_str())
                .push_bind(request.waiting_for.as_str())
                .push_bind(request.waiting_since.millis())
                .push_bind(request.priority.as_str())
                .push_bind(request.support_priority.map(Priority::as_str))
                .push_bind("message")
                .push_bind(request.language)
                .push_bind(request.asked_by.as_str())
                .push_bind(request.last_side)
                .push_bind(request.created_at.millis())
                .push_bind(request.solved_at.map(Timestamp::millis))
                .push_bind(request.answer_by.map(Timestamp::millis))
                .push_bind(request.changed.0.millis())
                .push_bind(count(request.changed.1))
                .push_bind(request.public_changed.0.millis())
                .push_bind(count(request.public_changed.1));
        });
        // Each batch has its own length at the end only, so that the statement is prepared once.
        sql.build().execute(&mut **write).await?;
    }
    Ok(())
}

/// Stores lines of threads.
pub async fn entries(write: &mut Write, rows: &[EntryRow]) -> sqlx::Result<()> {
    for batch in rows.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO entries (request, kind, author, side, internal, body, from_word, to_word, at) ",
        );
        sql.push_values(batch, |mut row, entry| {
            row.push_bind(count(entry.request.0))
                .push_bind(entry.kind)
                .push_bind(entry.author.as_str())
                .push_bind(entry.side)
                .push_bind(entry.internal)
                .push_bind(entry.body.as_deref())
                .push_bind(entry.from)
                .push_bind(entry.to)
                .push_bind(entry.at.millis());
        });
        sql.build().execute(&mut **write).await?;
    }
    Ok(())
}

/// Fills the full text, once all rows are there.
pub async fn finish(write: &mut Write) -> sqlx::Result<()> {
    search::index_everything(write).await
}

/// Counts everything by hand, for the tests of what the triggers count.
pub async fn count_by_hand(store: &Store) -> sqlx::Result<RequestCounts> {
    use sqlx::Row as _;
    let row = sqlx::query(
        "SELECT count(*) AS total, coalesce(sum(state = 'open'), 0) AS open, coalesce(sum(state = 'hold'), 0) AS hold, \
         coalesce(sum(state = 'solved'), 0) AS solved, coalesce(sum(waiting_for = 'organization'), 0) AS waiting FROM requests",
    )
    .fetch_one(store.read())
    .await?;
    let number = |column: &str| row.try_get::<i64, _>(column).map(i64::unsigned_abs);
    Ok(RequestCounts {
        all: number("total")?,
        open: number("open")?,
        hold: number("hold")?,
        solved: number("solved")?,
        waiting_for_you: number("waiting")?,
        matching: number("total")?,
        ..RequestCounts::default()
    })
}
