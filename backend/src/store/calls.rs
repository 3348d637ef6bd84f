//! Call-backs of support.

use frontdesk_contract::call::{CallState, Consent, Window, covered};
use frontdesk_contract::{Channel, Person, PersonId, PersonRef, RequestId, Timestamp, Version};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};

use crate::store::requests::unreadable;
use crate::store::{Store, Write, count, number, push_people, time, time_if_any, wrong};

/// A call as it is stored.
#[derive(Debug, Clone)]
pub struct StoredCall {
    /// Its own number.
    pub id: u64,
    /// Where it stands.
    pub state: CallState,
    /// When support calls.
    pub window: Window,
    /// Who is called, and who allowed the recording.
    pub person: PersonRef,
    /// The number to call, or its end when it isn't needed any more.
    pub number: String,
    /// What the agent must say, while a call is to come.
    pub word: Option<String>,
    /// The permission to record.
    pub consent: Option<Consent>,
    /// How often it changed.
    pub count: u64,
}

impl StoredCall {
    /// What `If-Match` compares.
    pub fn version(&self) -> sqlx::Result<Version> {
        // Another call of the same request has other versions.
        format!("c{}-{}", self.id, self.count).parse().map_err(wrong)
    }
}

/// A call that is to be stored.
#[derive(Debug, Clone)]
pub struct Arranged<'a> {
    /// The number, as it is dialled from anywhere.
    pub number: String,
    /// When support calls.
    pub window: Window,
    /// The words by which the recording was allowed.
    pub consent: Option<&'a str>,
    /// What the agent must say.
    pub word: String,
}

const COLUMNS: &str = "c.id, c.state, c.from_at, c.to_at, c.person, p.name, c.number, c.word, c.consent, c.consent_at, \
     c.withdrawn_at, c.version";

impl Store {
    /// The newest call of a request.
    pub async fn call(&self, request: RequestId) -> sqlx::Result<Option<StoredCall>> {
        let mut connection = self.read().acquire().await?;
        newest(&mut connection, request).await
    }
}

/// The newest call of a request.
pub async fn newest(
    connection: &mut sqlx::SqliteConnection,
    request: RequestId,
) -> sqlx::Result<Option<StoredCall>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM calls c JOIN people p ON p.id = c.person WHERE c.request = ? ORDER BY c.id DESC LIMIT 1"
    );
    let row = sqlx::query(&sql).bind(count(request.0)).fetch_optional(connection).await?;
    row.as_ref().map(stored).transpose()
}

fn stored(row: &SqliteRow) -> sqlx::Result<StoredCall> {
    let state: String = row.try_get("state")?;
    let words: Option<String> = row.try_get("consent")?;
    let consent = match words {
        Some(words) => Some(Consent {
            words,
            at: time(row, "consent_at")?,
            withdrawn_at: time_if_any(row, "withdrawn_at")?,
        }),
        None => None,
    };
    Ok(StoredCall {
        id: number(row, "id")?,
        state: CallState::parse(&state).ok_or_else(|| unreadable("state"))?,
        window: Window { from: time(row, "from_at")?, to: time(row, "to_at")? },
        person: PersonRef {
            id: row.try_get::<String, _>("person")?.parse().map_err(wrong)?,
            name: row.try_get("name")?,
        },
        number: row.try_get("number")?,
        word: row.try_get("word")?,
        consent,
        count: number(row, "version")?,
    })
}

/// Stores a call that was asked for.
pub async fn insert(
    write: &mut Write,
    request: RequestId,
    person: &Person,
    call: &Arranged<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO calls (request, person, state, from_at, to_at, number, word, consent, consent_at, version) \
         VALUES (?, ?, 'asked', ?, ?, ?, ?, ?, ?, 1)",
    )
    .bind(count(request.0))
    .bind(person.id.as_str())
    .bind(call.window.from.millis())
    .bind(call.window.to.millis())
    .bind(&call.number)
    .bind(&call.word)
    .bind(call.consent)
    .bind(call.consent.map(|_| now.millis()))
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Writes how a call stands now. What isn't needed any more is forgotten: the word when nobody will call, all of
/// the number but its end when the call is over.
pub async fn update(write: &mut Write, call: &StoredCall) -> sqlx::Result<()> {
    let number = if call.state.is_over() { covered(&call.number) } else { call.number.clone() };
    let is_to_come = call.state.is_expected() || call.state == CallState::Started;
    sqlx::query(
        "UPDATE calls SET state = ?, from_at = ?, to_at = ?, number = ?, word = ?, withdrawn_at = ?, \
         version = version + 1 WHERE id = ?",
    )
    .bind(call.state.as_str())
    .bind(call.window.from.millis())
    .bind(call.window.to.millis())
    .bind(number)
    .bind(call.word.as_ref().filter(|_| is_to_come))
    .bind(call.consent.as_ref().and_then(|consent| consent.withdrawn_at).map(Timestamp::millis))
    .bind(count(call.id))
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Calls off what is to come, as the request is solved.
pub(super) async fn end_with_request(write: &mut Write, request: RequestId) -> sqlx::Result<()> {
    if let Some(mut call) = newest(write, request)
        .await?
        .filter(|call| call.state.is_expected() || call.state == CallState::Missed)
    {
        call.state = CallState::Cancelled;
        update(write, &call).await?;
    }
    Ok(())
}

/// Calls off what is to come for somebody whose account closes: nobody calls a person who left.
pub async fn end_with_accounts(write: &mut Write, people: &[&PersonId]) -> sqlx::Result<()> {
    let mut sql = QueryBuilder::<Sqlite>::new(format!(
        "SELECT {COLUMNS}, c.request FROM calls c JOIN people p ON p.id = c.person \
         WHERE c.state IN ('asked', 'moved', 'missed') AND c.person IN "
    ));
    push_people(&mut sql, people.iter().copied());
    let rows = sql.build().fetch_all(&mut **write).await?;
    for row in rows {
        let mut call = stored(&row)?;
        call.state = CallState::Cancelled;
        update(write, &call).await?;
        set_channel(write, RequestId(number(&row, "request")?), Channel::Message).await?;
    }
    Ok(())
}

/// Forgets the numbers of a person who is erased; that there was a call stays with the request.
pub(super) async fn forget(write: &mut Write, person: &PersonId) -> sqlx::Result<()> {
    sqlx::query("UPDATE calls SET number = '', word = NULL WHERE person = ?")
        .bind(person.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// How a request is answered from now on.
pub async fn set_channel(write: &mut Write, request: RequestId, channel: Channel) -> sqlx::Result<()> {
    sqlx::query("UPDATE requests SET channel = ? WHERE number = ?")
        .bind(channel.as_str())
        .bind(count(request.0))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Whether support has answered a request where everybody can read it.
pub async fn is_answered(write: &mut Write, request: RequestId) -> sqlx::Result<bool> {
    let row = sqlx::query(
        "SELECT EXISTS (SELECT 1 FROM entries WHERE request = ? AND kind = 'message' AND side = 'support' \
         AND internal = 0) AS is_answered",
    )
    .bind(count(request.0))
    .fetch_one(&mut **write)
    .await?;
    Ok(row.try_get::<i64, _>("is_answered")? != 0)
}
