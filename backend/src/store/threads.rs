//! Threads: what was said and changed in a request.

use frontdesk_contract::call::CallState;
use frontdesk_contract::care::{ActDone, Happened};
use frontdesk_contract::thread::{CallStep, PriorityChange, StateChange};
use frontdesk_contract::{
    Author, Message, MessageId, Person, Priority, RequestId, RequestState, ThreadItem, Timestamp,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::markup;
use crate::store::events::Audience;
use crate::store::requests::{Eyes, priority, side, side_of, side_word, state, unreadable};
use crate::store::{Write, count, number, time, uploads, wrong};

/// Something to be added to a thread.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// To which.
    pub request: RequestId,
    /// By whom.
    pub by: &'a Person,
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: What<'a>,
}

/// What is added to a thread.
#[derive(Debug, Clone)]
pub enum What<'a> {
    /// Somebody wrote.
    Message {
        /// The words.
        body: &'a str,
        /// Who may read them.
        for_: Audience,
    },
    /// The state changed.
    State {
        /// Before.
        from: RequestState,
        /// After.
        to: RequestState,
        /// Why.
        reason: Option<&'a str>,
    },
    /// A priority changed.
    Priority {
        /// Before.
        from: Option<Priority>,
        /// After.
        to: Priority,
        /// Why.
        reason: Option<&'a str>,
    },
    /// Something became of a call-back.
    Call {
        /// Where it stands since.
        state: CallState,
        /// When its window begins.
        window: Timestamp,
        /// What was said about it.
        note: Option<&'a str>,
    },
}

/// Adds to a thread. The request's own row is changed by [`super::requests::update`].
pub async fn insert(write: &mut Write, entry: &Entry<'_>) -> sqlx::Result<MessageId> {
    let begins = match &entry.what {
        What::Call { window, .. } => window.to_string(),
        What::Message { .. } | What::State { .. } | What::Priority { .. } => String::new(),
    };
    let (kind, internal, body, from, to) = match &entry.what {
        What::Message { body, for_ } => ("message", *for_ == Audience::Agents, Some(*body), None, None),
        What::State { from, to, reason } => ("state", false, *reason, Some(from.as_str()), Some(to.as_str())),
        What::Priority { from, to, reason } => {
            ("priority", false, *reason, from.map(Priority::as_str), Some(to.as_str()))
        }
        What::Call { state, note, .. } => ("call", false, *note, Some(begins.as_str()), Some(state.as_str())),
    };
    let row = sqlx::query(
        "INSERT INTO entries (request, kind, author, side, internal, body, from_word, to_word, at) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(count(entry.request.0))
    .bind(kind)
    .bind(entry.by.id.as_str())
    .bind(side_word(side_of(entry.by)))
    .bind(i64::from(internal))
    .bind(body)
    .bind(from)
    .bind(to)
    .bind(entry.at.millis())
    .fetch_one(&mut **write)
    .await?;
    Ok(MessageId(number(&row, "id")?))
}

/// The first entry of a thread.
pub async fn first(write: &mut Write, id: RequestId) -> sqlx::Result<Option<MessageId>> {
    let row = sqlx::query("SELECT id FROM entries WHERE request = ? ORDER BY id LIMIT 1")
        .bind(count(id.0))
        .fetch_optional(&mut **write)
        .await?;
    row.map(|row| number(&row, "id").map(MessageId)).transpose()
}

/// The thread of a request, oldest first, as a reader sees it.
pub(super) async fn read(
    connection: &mut sqlx::SqliteConnection,
    id: RequestId,
    eyes: Eyes,
) -> sqlx::Result<Vec<ThreadItem>> {
    let rows = sqlx::query(
        "SELECT e.id, e.kind, e.author, p.name, e.side, e.internal, e.body, e.from_word, e.to_word, e.act, e.at \
         FROM entries e JOIN people p ON p.id = e.author \
         WHERE e.request = ? AND e.internal <= ? ORDER BY e.id",
    )
    .bind(count(id.0))
    .bind(i64::from(eyes == Eyes::Agent))
    .fetch_all(&mut *connection)
    .await?;
    let files = uploads::of_request(connection, id.0).await?;
    let mut items: Vec<ThreadItem> = rows.iter().map(item).collect::<sqlx::Result<_>>()?;
    for (entry, upload) in files {
        let is_it = |item: &&mut ThreadItem| matches!(item, ThreadItem::Message(message) if count(message.id.0) == entry);
        if let Some(ThreadItem::Message(message)) = items.iter_mut().find(is_it) {
            message.uploads.push(upload);
        }
    }
    Ok(items)
}

/// Reads a message.
pub(super) fn message(row: &SqliteRow) -> sqlx::Result<Message> {
    let body = row.try_get::<Option<String>, _>("body")?.unwrap_or_default();
    Ok(Message {
        id: MessageId(number(row, "id")?),
        author: author(row)?,
        markup: markup::read(&body),
        body,
        uploads: Vec::new(),
        internal: row.try_get::<i64, _>("internal")? != 0,
        at: time(row, "at")?,
    })
}

fn author(row: &SqliteRow) -> sqlx::Result<Author> {
    Ok(Author {
        id: row.try_get::<String, _>("author")?.parse().map_err(wrong)?,
        name: row.try_get("name")?,
        side: side(row, "side")?,
    })
}

fn item(row: &SqliteRow) -> sqlx::Result<ThreadItem> {
    let author = author(row)?;
    let at = time(row, "at")?;
    let body: Option<String> = row.try_get("body")?;
    let kind: String = row.try_get("kind")?;
    let act: Option<String> = row.try_get("act")?;
    if let Some(happened) = act.as_deref().and_then(Happened::parse) {
        let author = matches!(happened, Happened::Act(_) | Happened::HandedOver).then_some(author);
        return Ok(ThreadItem::Act(ActDone { act: happened, author, reason: body, at }));
    }
    Ok(match kind.as_str() {
        "state" => ThreadItem::State(StateChange {
            author,
            from: state(row, "from_word")?,
            to: state(row, "to_word")?,
            reason: body,
            at,
        }),
        "priority" => ThreadItem::Priority(PriorityChange {
            author,
            from: priority(row, "from_word")?,
            to: priority(row, "to_word")?.ok_or_else(|| unreadable("to_word"))?,
            reason: body,
            at,
        }),
        "call" => ThreadItem::Call(CallStep {
            author,
            call: CallState::parse(&row.try_get::<String, _>("to_word")?)
                .ok_or_else(|| unreadable("to_word"))?,
            window: row.try_get::<String, _>("from_word")?.parse().map_err(wrong)?,
            reason: body,
            at,
        }),
        _ => ThreadItem::Message(message(row)?),
    })
}
