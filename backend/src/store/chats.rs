//! Live chats: the line, who is there, and how far each is.

use frontdesk_contract::chat::{Chat, ChatMarks, ChatMember, ChatState, TYPING};
use frontdesk_contract::thread::Side;
use frontdesk_contract::{Kind, Message, MessageId, Person, PersonRef, RequestId, Timestamp, Version};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::events::{self, Audience};
use crate::store::requests::{Eyes, unreadable};
use crate::store::{Store, Write, count, number, time_if_any, wrong};

/// A chat as it is stored.
#[derive(Debug, Clone)]
pub struct StoredChat {
    /// Of which request.
    pub request: RequestId,
    /// Where it stands.
    pub state: ChatState,
    /// Who took it.
    pub agent: Option<PersonRef>,
    /// How often it changed.
    pub count: u64,
}

impl StoredChat {
    /// What `If-Match` compares.
    pub fn version(&self) -> Version {
        Version::numbered(self.count)
    }
}

impl Store {
    /// How many chats wait for an agent.
    pub async fn waiting_chats(&self) -> sqlx::Result<u64> {
        let row = sqlx::query("SELECT count(*) AS waiting FROM chats WHERE state = 'waiting'")
            .fetch_one(self.read())
            .await?;
        number(&row, "waiting")
    }

    /// The chat of a request as a reader sees it.
    pub async fn chat(&self, request: RequestId, eyes: Eyes) -> sqlx::Result<Option<Chat>> {
        let mut moment = self.read().begin().await?;
        read(&mut moment, request, eyes).await
    }

    /// The messages of a request after one of them, as a reader sees them.
    pub async fn messages_after(
        &self,
        request: RequestId,
        after: MessageId,
        limit: usize,
        eyes: Eyes,
    ) -> sqlx::Result<Vec<Message>> {
        let rows = sqlx::query(
            "SELECT e.id, e.author, p.name, e.side, e.internal, e.body, e.at FROM entries e \
             JOIN people p ON p.id = e.author \
             WHERE e.request = ? AND e.kind = 'message' AND e.internal <= ? AND e.id > ? ORDER BY e.id LIMIT ?",
        )
        .bind(count(request.0))
        .bind(i64::from(eyes == Eyes::Agent))
        .bind(count(after.0))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(self.read())
        .await?;
        rows.iter().map(super::threads::message).collect()
    }
}

/// The chat of a request as a reader sees it.
pub async fn read(
    connection: &mut sqlx::SqliteConnection,
    request: RequestId,
    eyes: Eyes,
) -> sqlx::Result<Option<Chat>> {
    let Some(stored) = stored(&mut *connection, request).await? else { return Ok(None) };
    let place = match stored.state {
        ChatState::Waiting => Some(place(&mut *connection, request).await?),
        ChatState::Live | ChatState::Ended => None,
    };
    // A mark on a note is, for the organization, a mark on what it can read before it.
    let rows = sqlx::query(
        "SELECT m.person, p.name, p.kind, m.typing_until, \
         (SELECT coalesce(max(e.id), 0) FROM entries e WHERE e.request = m.request AND e.kind = 'message' \
          AND e.internal <= ?1 AND e.id <= m.delivered) AS delivered, \
         (SELECT coalesce(max(e.id), 0) FROM entries e WHERE e.request = m.request AND e.kind = 'message' \
          AND e.internal <= ?1 AND e.id <= m.seen) AS seen \
         FROM chat_marks m JOIN people p ON p.id = m.person WHERE m.request = ?2 ORDER BY m.person",
    )
    .bind(i64::from(eyes == Eyes::Agent))
    .bind(count(request.0))
    .fetch_all(&mut *connection)
    .await?;
    let members = rows.iter().map(member).collect::<sqlx::Result<_>>()?;
    let version = stored.version();
    Ok(Some(Chat { state: stored.state, place, agent: stored.agent, members, version }))
}

fn member(row: &SqliteRow) -> sqlx::Result<ChatMember> {
    let kind: String = row.try_get("kind")?;
    Ok(ChatMember {
        person: PersonRef {
            id: row.try_get::<String, _>("person")?.parse().map_err(wrong)?,
            name: row.try_get("name")?,
        },
        side: if kind == "agent" { Side::Support } else { Side::Organization },
        delivered: MessageId(number(row, "delivered")?),
        read: MessageId(number(row, "seen")?),
        typing_until: time_if_any(row, "typing_until")?,
    })
}

/// A chat without its marks.
pub async fn stored(
    connection: &mut sqlx::SqliteConnection,
    request: RequestId,
) -> sqlx::Result<Option<StoredChat>> {
    let row = sqlx::query(
        "SELECT c.state, c.agent, p.name, c.version FROM chats c LEFT JOIN people p ON p.id = c.agent WHERE c.request = ?",
    )
    .bind(count(request.0))
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let state: String = row.try_get("state")?;
    let agent: Option<String> = row.try_get("agent")?;
    let agent = match agent {
        Some(id) => Some(PersonRef { id: id.parse().map_err(wrong)?, name: row.try_get("name")? }),
        None => None,
    };
    Ok(Some(StoredChat {
        request,
        state: ChatState::parse(&state).ok_or_else(|| unreadable("state"))?,
        agent,
        count: number(&row, "version")?,
    }))
}

/// The place in the line: requests are numbered in the order in which they were asked.
async fn place(connection: &mut sqlx::SqliteConnection, request: RequestId) -> sqlx::Result<u64> {
    let row = sqlx::query("SELECT count(*) AS place FROM chats WHERE state = 'waiting' AND request <= ?")
        .bind(count(request.0))
        .fetch_one(connection)
        .await?;
    number(&row, "place")
}

/// Puts a new chat at the end of the line.
pub async fn insert(write: &mut Write, request: RequestId) -> sqlx::Result<()> {
    sqlx::query("INSERT INTO chats (request, state, version) VALUES (?, 'waiting', 1)")
        .bind(count(request.0))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Writes how a chat stands now; whoever waits behind it is told that the line has moved.
pub async fn update(
    write: &mut Write,
    before: &StoredChat,
    state: ChatState,
    agent: Option<&Person>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE chats SET state = ?, agent = coalesce(?, agent), version = version + 1 WHERE request = ?",
    )
    .bind(state.as_str())
    .bind(agent.map(|agent| agent.id.as_str()))
    .bind(count(before.request.0))
    .execute(&mut **write)
    .await?;
    if before.state == ChatState::Waiting && state != ChatState::Waiting {
        let behind = sqlx::query("SELECT request FROM chats WHERE state = 'waiting' AND request > ?")
            .bind(count(before.request.0))
            .fetch_all(&mut **write)
            .await?;
        for row in &behind {
            events::tell_marks(write, RequestId(number(row, "request")?), Audience::Everybody, now).await?;
        }
    }
    events::tell_marks(write, before.request, Audience::Everybody, now).await
}

/// Ends the chat, as the request is solved.
pub(super) async fn end_with_request(
    write: &mut Write,
    request: RequestId,
    now: Timestamp,
) -> sqlx::Result<()> {
    match stored(write, request).await? {
        Some(chat) if chat.state != ChatState::Ended => {
            update(write, &chat, ChatState::Ended, None, now).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Takes a chat that waits for the agent who has written into it.
pub async fn take_by_writing(
    write: &mut Write,
    request: RequestId,
    person: &Person,
    now: Timestamp,
) -> sqlx::Result<()> {
    if person.kind != Kind::Agent {
        return Ok(());
    }
    match stored(write, request).await? {
        Some(chat) if chat.state == ChatState::Waiting => {
            update(write, &chat, ChatState::Live, Some(person), now).await
        }
        Some(_) | None => Ok(()),
    }
}

/// Notes how far somebody is. Marks go forward alone. Whoever sees a difference is told, and nobody else: how far an
/// agent has read notes tells the organization nothing.
pub async fn mark(
    write: &mut Write,
    request: RequestId,
    person: &Person,
    marks: ChatMarks,
    now: Timestamp,
) -> sqlx::Result<()> {
    let before = (read(write, request, Eyes::Organization).await?, read(write, request, Eyes::Agent).await?);
    let place = |mark: Option<MessageId>| mark.map_or(0, |mark| count(mark.0));
    let delivered = place(marks.delivered).max(place(marks.read));
    let typing_until = marks.typing.then(|| now.plus(TYPING).millis());
    sqlx::query(
        "INSERT INTO chat_marks (request, person, delivered, seen, typing_until) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (request, person) DO UPDATE SET delivered = max(delivered, excluded.delivered), \
         seen = max(seen, excluded.seen), typing_until = excluded.typing_until",
    )
    .bind(count(request.0))
    .bind(person.id.as_str())
    .bind(delivered)
    .bind(place(marks.read))
    .bind(typing_until)
    .execute(&mut **write)
    .await?;
    if before.0 != read(write, request, Eyes::Organization).await? {
        return events::tell_marks(write, request, Audience::Everybody, now).await;
    }
    if before.1 != read(write, request, Eyes::Agent).await? {
        return events::tell_marks(write, request, Audience::Agents, now).await;
    }
    Ok(())
}

/// The newest entry of a request's thread: marks go no further.
pub async fn newest_entry(write: &mut Write, request: RequestId) -> sqlx::Result<MessageId> {
    let row = sqlx::query("SELECT coalesce(max(id), 0) AS newest FROM entries WHERE request = ?")
        .bind(count(request.0))
        .fetch_one(&mut **write)
        .await?;
    Ok(MessageId(number(&row, "newest")?))
}
