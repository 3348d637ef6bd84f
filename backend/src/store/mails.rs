//! E-mails: the queue, what is known of those to whom they go, and who wants no more of them.

use frontdesk_contract::mail::{MailKind, MailLine, MailState};
use frontdesk_contract::thread::Side;
use frontdesk_contract::time::Span;
use frontdesk_contract::{
    IncidentId, Language, MessageId, Person, PersonId, PersonRef, RequestId, Timestamp,
};
use serde_json::Value;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::secret;
use crate::store::people::{PERSON, key_of, person};
use crate::store::requests::unreadable;
use crate::store::{Store, Write, count, number, time, time_if_any, wrong};

/// For how long the log is kept.
const KEPT: Span = Span::days(90);
/// How many are read at once.
const BATCH: i64 = 20;
/// The bytes of a word that stops e-mails, and of what a Message-ID begins with.
const WORD: usize = 18;

/// What an e-mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// What is new about a request since an entry of its thread.
    Request {
        /// Which.
        id: RequestId,
        /// From this entry on.
        first: MessageId,
        /// Up to this one; none until it was tried.
        last: Option<MessageId>,
    },
    /// Something that was said about an incident.
    Incident {
        /// Which.
        id: IncidentId,
        /// What was said, by its identifier.
        update: String,
    },
    /// A one-time link.
    Link {
        /// For what.
        kind: MailKind,
        /// Its secret.
        secret: String,
        /// What an admin wrote beside it.
        words: Option<String>,
    },
    /// Somebody can't sign in, and nobody has handled it yet.
    LockedOut,
}

impl About {
    /// Why it is sent.
    pub const fn kind(&self) -> MailKind {
        match self {
            Self::Request { .. } => MailKind::Request,
            Self::Incident { .. } => MailKind::Incident,
            Self::Link { kind, .. } => *kind,
            Self::LockedOut => MailKind::LockedOut,
        }
    }
}

/// An e-mail that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// Its number.
    pub id: i64,
    /// To whom.
    pub person: PersonId,
    /// What its Message-ID begins with.
    pub message: String,
    /// What it is about.
    pub about: About,
    /// How often it was tried.
    pub tries: u32,
    /// When it was written.
    pub created_at: Timestamp,
}

/// Whoever gets an e-mail, as known when it is sent.
#[derive(Debug, Clone)]
pub struct Recipient {
    /// Who.
    pub person: Person,
    /// The language that the person reads, where that is known.
    pub language: Option<Language>,
}

/// What is new about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Support has written.
    Answer {
        /// Who.
        by: String,
        /// The words.
        body: String,
    },
    /// Somebody solved it.
    Solved {
        /// Who.
        by: String,
    },
    /// It closes by itself soon.
    Reminded,
    /// It was closed by itself.
    Closed,
}

/// What e-mails can be stopped about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Topic {
    /// A request.
    Request(RequestId),
    /// An incident.
    Incident(IncidentId),
}

/// Somebody's e-mails about something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thread {
    /// The word that stops them.
    pub word: String,
    /// Whose.
    pub person: PersonId,
    /// About what.
    pub topic: Topic,
    /// Since when they are stopped.
    pub stopped_at: Option<Timestamp>,
}

const DUE: &str = "id, person, kind, message, request, first_entry, last_entry, incident, incident_update, secret, words, \
     tries, created_at";

impl Store {
    /// What is to be sent by now, oldest first.
    pub async fn due_mails(&self, now: Timestamp) -> sqlx::Result<Vec<Due>> {
        let sql = format!(
            "SELECT {DUE} FROM mails WHERE state = 'waiting' AND next_at <= ? AND expires_at > ? ORDER BY next_at, id LIMIT ?"
        );
        let rows = sqlx::query(&sql)
            .bind(now.millis())
            .bind(now.millis())
            .bind(BATCH)
            .fetch_all(self.read())
            .await?;
        rows.iter().map(due).collect()
    }

    /// What could not be sent in time.
    pub async fn expired_mails(&self, now: Timestamp) -> sqlx::Result<Vec<Due>> {
        let sql = format!(
            "SELECT {DUE} FROM mails WHERE state = 'waiting' AND expires_at <= ? ORDER BY id LIMIT ?"
        );
        let rows = sqlx::query(&sql).bind(now.millis()).bind(BATCH).fetch_all(self.read()).await?;
        rows.iter().map(due).collect()
    }

    /// When the next one is to be sent, or given up.
    pub async fn next_mail(&self) -> sqlx::Result<Option<Timestamp>> {
        let row = sqlx::query(
            "SELECT min(CASE WHEN next_at < expires_at THEN next_at ELSE expires_at END) AS next_at FROM mails WHERE state = 'waiting'",
        )
        .fetch_one(self.read())
        .await?;
        time_if_any(&row, "next_at")
    }

    /// The log, newest first.
    pub async fn mail_log(&self, limit: i64) -> sqlx::Result<Vec<MailLine>> {
        let rows = sqlx::query(
            "SELECT m.id, m.person, p.name, m.kind, m.state, m.tries, m.next_at, m.answer, m.created_at, m.ended_at \
             FROM mails m JOIN people p ON p.id = m.person ORDER BY m.id DESC LIMIT ?",
        )
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let state: String = row.try_get("state")?;
                let state = MailState::parse(&state).ok_or_else(|| unreadable("state"))?;
                let next_at = time(row, "next_at")?;
                Ok(MailLine {
                    id: number(row, "id")?,
                    person: PersonRef {
                        id: row.try_get::<String, _>("person")?.parse().map_err(wrong)?,
                        name: row.try_get("name")?,
                    },
                    kind: kind(row)?,
                    state,
                    tries: number(row, "tries")?,
                    next_at: (state == MailState::Waiting).then_some(next_at),
                    answer: row.try_get("answer")?,
                    created_at: time(row, "created_at")?,
                    ended_at: time_if_any(row, "ended_at")?,
                })
            })
            .collect()
    }

    /// Whoever gets an e-mail; nobody once the account is closed or has no address.
    pub async fn recipient(&self, id: &PersonId) -> sqlx::Result<Option<Recipient>> {
        let sql = format!(
            "SELECT {PERSON}, p.resource FROM people p WHERE p.id = ? AND p.active = 1 AND p.deleted_at IS NULL AND p.email <> ''"
        );
        let row = sqlx::query(&sql).bind(id.as_str()).fetch_optional(self.read()).await?;
        row.map(|row| {
            let resource: Value = serde_json::from_str(row.try_get::<&str, _>("resource")?).map_err(wrong)?;
            let language = resource.get("preferredLanguage").and_then(Value::as_str);
            // The first of a list, as browsers write it.
            let language = language.and_then(|text| text.split([',', ';']).next()?.trim().parse().ok());
            Ok(Recipient { person: person(&row)?, language })
        })
        .transpose()
    }

    /// What is new about a request between two entries, for a reader whose own acts are no news. What somebody has
    /// read in a chat is none either.
    pub async fn news(
        &self,
        request: RequestId,
        (first, last): (MessageId, MessageId),
        reader: &PersonId,
    ) -> sqlx::Result<Vec<News>> {
        let rows = sqlx::query(
            "SELECT e.kind, e.side, e.author = ?4 AS own, p.name, e.body, e.to_word, e.act FROM entries e \
             JOIN people p ON p.id = e.author WHERE e.request = ?1 AND e.internal = 0 AND e.id BETWEEN ?2 AND ?3 \
             AND e.id > coalesce((SELECT c.seen FROM chat_marks c WHERE c.request = ?1 AND c.person = ?4), 0) \
             ORDER BY e.id",
        )
        .bind(count(request.0))
        .bind(count(first.0))
        .bind(count(last.0))
        .bind(reader.as_str())
        .fetch_all(self.read())
        .await?;
        let mut news = Vec::new();
        for row in &rows {
            news.extend(told(row)?);
        }
        Ok(news)
    }

    /// Somebody's e-mails about something, by the word that stops them.
    pub async fn mail_thread(&self, word: &str) -> sqlx::Result<Option<Thread>> {
        let row = sqlx::query(
            "SELECT word, person, request, incident, stopped_at FROM mail_threads WHERE word = ?",
        )
        .bind(word)
        .fetch_optional(self.read())
        .await?;
        row.as_ref().map(thread).transpose()
    }

    /// Whether somebody can't sign in, and nobody has handled it yet.
    pub async fn is_anybody_locked_out(&self) -> sqlx::Result<bool> {
        let sql = "SELECT 1 FROM reports WHERE source = 'lockedOut' AND state = 'new' LIMIT 1";
        Ok(sqlx::query(sql).fetch_optional(self.read()).await?.is_some())
    }

    /// Whether somebody has stopped the e-mails about a request.
    pub async fn has_stopped_mails(&self, person: &PersonId, request: RequestId) -> sqlx::Result<bool> {
        let sql = "SELECT 1 FROM mail_threads WHERE person = ? AND request = ? AND stopped_at IS NOT NULL";
        let row = sqlx::query(sql).bind(person.as_str()).bind(count(request.0));
        Ok(row.fetch_optional(self.read()).await?.is_some())
    }
}

/// One entry as news, if it is any.
fn told(row: &SqliteRow) -> sqlx::Result<Option<News>> {
    let (kind, side): (String, String) = (row.try_get("kind")?, row.try_get("side")?);
    let (act, to): (Option<String>, Option<String>) = (row.try_get("act")?, row.try_get("to_word")?);
    // Where the backend acted by itself the author is whoever asked.
    match act.as_deref() {
        Some("remind") => return Ok(Some(News::Reminded)),
        Some("close") => return Ok(Some(News::Closed)),
        Some(_) => return Ok(None),
        None if row.try_get::<i64, _>("own")? != 0 => return Ok(None),
        None => {}
    }
    let by: String = row.try_get("name")?;
    let is_supports = side == super::requests::side_word(Side::Support);
    Ok(match (kind.as_str(), to.as_deref()) {
        ("message", _) if is_supports => {
            let body = row.try_get::<Option<String>, _>("body")?.unwrap_or_default();
            Some(News::Answer { by, body })
        }
        ("state", Some("solved")) => Some(News::Solved { by }),
        _ => None,
    })
}

fn kind(row: &SqliteRow) -> sqlx::Result<MailKind> {
    MailKind::parse(&row.try_get::<String, _>("kind")?).ok_or_else(|| unreadable("kind"))
}

fn due(row: &SqliteRow) -> sqlx::Result<Due> {
    let kind = kind(row)?;
    let about = match kind {
        MailKind::Request => About::Request {
            id: RequestId(number(row, "request")?),
            first: MessageId(number(row, "first_entry")?),
            last: match row.try_get::<Option<i64>, _>("last_entry")? {
                Some(last) => Some(MessageId(u64::try_from(last).map_err(wrong)?)),
                None => None,
            },
        },
        MailKind::Incident => About::Incident {
            id: row.try_get::<String, _>("incident")?.parse().map_err(wrong)?,
            update: row.try_get("incident_update")?,
        },
        MailKind::Invitation | MailKind::Reminder | MailKind::Password => About::Link {
            kind,
            secret: row.try_get::<Option<String>, _>("secret")?.unwrap_or_default(),
            words: row.try_get("words")?,
        },
        MailKind::LockedOut => About::LockedOut,
    };
    Ok(Due {
        id: row.try_get("id")?,
        person: row.try_get::<String, _>("person")?.parse().map_err(wrong)?,
        message: row.try_get("message")?,
        about,
        tries: u32::try_from(number(row, "tries")?).unwrap_or(u32::MAX),
        created_at: time(row, "created_at")?,
    })
}

fn thread(row: &SqliteRow) -> sqlx::Result<Thread> {
    let incident: Option<String> = row.try_get("incident")?;
    Ok(Thread {
        word: row.try_get("word")?,
        person: row.try_get::<String, _>("person")?.parse().map_err(wrong)?,
        topic: match incident {
            Some(id) => Topic::Incident(id.parse().map_err(wrong)?),
            None => Topic::Request(RequestId(number(row, "request")?)),
        },
        stopped_at: time_if_any(row, "stopped_at")?,
    })
}

/// When an e-mail is sent, and when it is given up.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Now.
    pub now: Timestamp,
    /// Not before.
    pub next_at: Timestamp,
    /// Not after.
    pub expires_at: Timestamp,
}

/// Puts an e-mail into the queue, and forgets what nobody looks for any more.
pub async fn insert(write: &mut Write, person: &PersonId, about: &About, times: Times) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM mails WHERE state <> 'waiting' AND created_at < ?")
        .bind(times.now.minus(KEPT).millis())
        .execute(&mut **write)
        .await?;
    let (mut request, mut first, mut incident, mut update) = (None, None, None, None);
    let (mut link, mut beside) = (None, None);
    match about {
        About::Request { id, first: entry, .. } => {
            (request, first) = (Some(count(id.0)), Some(count(entry.0)))
        }
        About::Incident { id, update: said } => (incident, update) = (Some(id.as_str()), Some(said.as_str())),
        About::Link { secret, words, .. } => (link, beside) = (Some(secret.as_str()), words.as_deref()),
        About::LockedOut => {}
    }
    sqlx::query(
        "INSERT INTO mails (person, kind, message, request, first_entry, incident, incident_update, secret, words, state, \
         next_at, expires_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?) \
         ON CONFLICT (person, incident_update) DO NOTHING",
    )
    .bind(person.as_str())
    .bind(about.kind().as_str())
    .bind(secret::token(WORD))
    .bind(request)
    .bind(first)
    .bind(incident)
    .bind(update)
    .bind(link)
    .bind(beside)
    .bind(times.next_at.millis())
    .bind(times.expires_at.millis())
    .bind(times.now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Who is to be told of what is new about a request: whoever asked and whoever watches, but for those whose own act it
/// is, who want none, or for whom one waits that will say this too.
pub async fn to_tell_of_request(
    write: &mut Write,
    request: RequestId,
    by: Option<&PersonId>,
) -> sqlx::Result<Vec<PersonId>> {
    let rows = sqlx::query(
        "SELECT p.id FROM people p WHERE p.active = 1 AND p.deleted_at IS NULL AND p.email <> '' AND p.id <> ?2 \
         AND p.id IN (SELECT asked_by FROM requests WHERE number = ?1 UNION SELECT person FROM watches WHERE request = ?1) \
         AND NOT EXISTS (SELECT 1 FROM mail_threads t WHERE t.person = p.id AND t.request = ?1 AND t.stopped_at IS NOT NULL) \
         AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.person = p.id AND m.request = ?1 AND m.state = 'waiting' \
         AND m.last_entry IS NULL) ORDER BY p.id",
    )
    .bind(count(request.0))
    .bind(by.map_or("", PersonId::as_str))
    .fetch_all(&mut **write)
    .await?;
    people(&rows)
}

/// Who is to be told of what was said about an incident: whoever follows it or one of its components.
pub async fn to_tell_of_incident(
    write: &mut Write,
    incident: &IncidentId,
    by: Option<&PersonId>,
) -> sqlx::Result<Vec<PersonId>> {
    let rows = sqlx::query(
        "SELECT p.id FROM people p WHERE p.active = 1 AND p.deleted_at IS NULL AND p.email <> '' AND p.id <> ?2 \
         AND p.id IN (SELECT f.person FROM follows f WHERE f.incident = ?1 OR f.component IN \
         (SELECT c.component FROM incident_components c WHERE c.incident = ?1)) \
         AND NOT EXISTS (SELECT 1 FROM mail_threads t WHERE t.person = p.id AND t.incident = ?1 AND t.stopped_at IS NOT NULL) \
         ORDER BY p.id",
    )
    .bind(incident.as_str())
    .bind(by.map_or("", PersonId::as_str))
    .fetch_all(&mut **write)
    .await?;
    people(&rows)
}

/// Who is to be told that somebody can't sign in, and when each was told last: whoever handles reports, but for those for
/// whom such an e-mail waits already.
pub async fn to_tell_of_locked_out(write: &mut Write) -> sqlx::Result<Vec<(PersonId, Option<Timestamp>)>> {
    let rows = sqlx::query(
        "SELECT p.id, (SELECT max(m.ended_at) FROM mails m WHERE m.person = p.id AND m.kind = 'lockedout' \
         AND m.state <> 'void') AS last FROM people p WHERE p.kind = 'member' AND p.active = 1 AND p.deleted_at IS NULL \
         AND p.email <> '' AND p.id IN (SELECT r.person FROM rights r WHERE r.word = 'support') \
         AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.person = p.id AND m.kind = 'lockedout' AND m.state = 'waiting') \
         ORDER BY p.id",
    )
    .fetch_all(&mut **write)
    .await?;
    let told = |row: &SqliteRow| {
        Ok((row.try_get::<String, _>("id")?.parse().map_err(wrong)?, time_if_any(row, "last")?))
    };
    rows.iter().map(told).collect()
}

fn people(rows: &[SqliteRow]) -> sqlx::Result<Vec<PersonId>> {
    rows.iter().map(|row| row.try_get::<String, _>("id")?.parse().map_err(wrong)).collect()
}

/// The newest entry of a thread.
pub async fn newest_entry(connection: &mut SqliteConnection, request: RequestId) -> sqlx::Result<MessageId> {
    let row = sqlx::query("SELECT coalesce(max(id), 0) AS newest FROM entries WHERE request = ?")
        .bind(count(request.0))
        .fetch_one(connection)
        .await?;
    Ok(MessageId(number(&row, "newest")?))
}

/// From now on an e-mail says what it says: its news end here, so that each try is the same.
pub async fn close(write: &mut Write, id: i64, request: RequestId) -> sqlx::Result<MessageId> {
    let newest = newest_entry(write, request).await?;
    sqlx::query("UPDATE mails SET last_entry = ? WHERE id = ?")
        .bind(count(newest.0))
        .bind(id)
        .execute(&mut **write)
        .await?;
    Ok(newest)
}

/// Writes that a try ended with nothing, and when the next one is.
pub async fn put_off(write: &mut Write, id: i64, answer: &str, next_at: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE mails SET tries = tries + 1, answer = ?, next_at = ? WHERE id = ?")
        .bind(answer)
        .bind(next_at.millis())
        .bind(id)
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Writes what became of an e-mail at last. Links and words are of no use to it any more.
pub async fn end(
    write: &mut Write,
    id: i64,
    state: MailState,
    answer: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let tried = i64::from(matches!(state, MailState::Sent | MailState::Refused));
    sqlx::query(
        "UPDATE mails SET state = ?, tries = tries + ?, answer = coalesce(?, answer), secret = NULL, words = NULL, \
         ended_at = ? WHERE id = ?",
    )
    .bind(state.as_str())
    .bind(tried)
    .bind(answer)
    .bind(now.millis())
    .bind(id)
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Somebody's e-mails about something, with the word that stops them.
pub async fn begin_thread(write: &mut Write, person: &PersonId, topic: &Topic) -> sqlx::Result<Thread> {
    let (request, incident) = match topic {
        Topic::Request(id) => (Some(count(id.0)), None),
        Topic::Incident(id) => (None, Some(id.as_str())),
    };
    let known = sqlx::query(
        "SELECT word, person, request, incident, stopped_at FROM mail_threads WHERE person = ? AND (request = ? OR incident = ?)",
    )
    .bind(person.as_str())
    .bind(request)
    .bind(incident)
    .fetch_optional(&mut **write)
    .await?;
    if let Some(row) = known {
        return thread(&row);
    }
    let word = secret::token(WORD);
    sqlx::query("INSERT INTO mail_threads (word, person, request, incident) VALUES (?, ?, ?, ?)")
        .bind(&word)
        .bind(person.as_str())
        .bind(request)
        .bind(incident)
        .execute(&mut **write)
        .await?;
    Ok(Thread { word, person: person.clone(), topic: topic.clone(), stopped_at: None })
}

/// Stops somebody's e-mails about something, or takes them up again.
pub async fn set_stopped(write: &mut Write, word: &str, stopped_at: Option<Timestamp>) -> sqlx::Result<()> {
    sqlx::query("UPDATE mail_threads SET stopped_at = ? WHERE word = ?")
        .bind(stopped_at.map(Timestamp::millis))
        .bind(word)
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Who may get a link for a forgotten password by e-mail: somebody who can sign in has this address, and got none since.
pub async fn forgetful(write: &mut Write, email: &str, since: Timestamp) -> sqlx::Result<Option<PersonId>> {
    let row = sqlx::query(
        "SELECT id FROM people p WHERE email_key = ?1 AND email <> '' AND active = 1 AND claimed_at IS NOT NULL \
         AND deleted_at IS NULL AND kind = 'member' AND NOT EXISTS (SELECT 1 FROM mails m WHERE m.person = p.id \
         AND m.kind = 'password' AND m.created_at > ?2 AND m.state IN ('waiting', 'sent'))",
    )
    .bind(key_of(email))
    .bind(since.millis())
    .fetch_optional(&mut **write)
    .await?;
    row.map(|row| row.try_get::<String, _>("id")?.parse().map_err(wrong)).transpose()
}
