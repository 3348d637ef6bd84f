//! Sessions, one-time links and tries to sign in.

use frontdesk_contract::account::page::OpenSession;
use frontdesk_contract::plan::EndedSession;
use frontdesk_contract::session::{CLAIM_LINK, SESSION_IDLE, SESSION_MAX};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Person, PersonId, Timestamp};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::secret;
use crate::store::people::{PERSON, key_of, person};
use crate::store::{Store, Write, push_people, time, wrong};

/// Within this span tries are counted.
pub const TRIES_WITHIN: Span = Span::minutes(15);
/// So many tries an account has from one network, right or wrong ones in flight included.
pub const TRIES_PER_PAIR: i64 = 10;
/// So many tries a network has, whatever the accounts; a whole office may stand behind one.
pub const TRIES_PER_NETWORK: i64 = 50;
/// So many tries an account has from everywhere: many more, or anybody could lock everybody out.
/// NIST SP 800-63B-4 allows a hundred.
pub const TRIES_PER_ACCOUNT: i64 = 100;
/// How old the mark of the last act may grow before it is written again.
const TOUCH_AFTER: Span = Span::minutes(1);

/// A session that stands.
#[derive(Debug, Clone)]
pub struct Sitting {
    /// What the database keeps of its secret.
    pub id: Vec<u8>,
    /// Who.
    pub person: Person,
    /// Whose device it is on.
    pub device: Device,
    /// When it ends if nothing happens.
    pub expires_at: Timestamp,
    /// Whether the mark of the last act is due.
    pub is_due: bool,
}

/// Whose device a session is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// The person's own.
    Own,
    /// One that others use too.
    Shared,
}

/// Whose tries are counted, as digests.
#[derive(Debug, Clone)]
pub struct Subjects {
    account: Vec<u8>,
    network: Vec<u8>,
    /// So many tries the account has from everywhere.
    per_account: i64,
}

impl Subjects {
    /// Somebody who signs in to an account, known or not.
    pub fn signing_in(email: &str, network: &str) -> Self {
        Self {
            account: secret::digest(&format!("account {}", key_of(email))),
            network: secret::digest(&format!("network {network}")),
            per_account: TRIES_PER_ACCOUNT,
        }
    }

    /// Somebody who forgot the password of an account, known or not. Counted apart from signing in.
    pub fn forgetting(email: &str, network: &str) -> Self {
        Self {
            account: secret::digest(&format!("forgotten {}", key_of(email))),
            network: secret::digest(&format!("forgotten from {network}")),
            per_account: TRIES_PER_PAIR,
        }
    }

    /// Somebody who stops e-mails by a word, right or wrong.
    pub fn stopping(word: &str, network: &str) -> Self {
        Self {
            account: secret::digest(&format!("e-mails of {word}")),
            network: secret::digest(&format!("e-mails from {network}")),
            per_account: TRIES_PER_ACCOUNT,
        }
    }

    /// Somebody who is signed in and says the password in use. Counted apart: whoever guesses at the
    /// sign-in keeps nobody from changing a password, and who mistypes here can still sign in elsewhere.
    pub fn changing(person: &PersonId, network: &str) -> Self {
        Self {
            account: secret::digest(&format!("change of {person}")),
            network: secret::digest(&format!("change from {network}")),
            per_account: TRIES_PER_PAIR,
        }
    }
}

/// What became of asking for a try.
#[derive(Debug)]
pub enum Try {
    /// It may run. It counts as failed until it is forgiven.
    Granted,
    /// Not before this time.
    Refused(Timestamp),
}

impl Store {
    /// The session of a cookie's secret, if it stands at `now`.
    pub async fn sitting(&self, token: &str, now: Timestamp) -> sqlx::Result<Option<Sitting>> {
        let sql = format!(
            "SELECT {PERSON}, s.shared, s.created_at, s.used_at FROM sessions s \
             JOIN people p ON p.id = s.person WHERE s.id = ? AND p.active = 1"
        );
        let id = secret::digest(token);
        let Some(row) = sqlx::query(&sql).bind(&id).fetch_optional(self.read()).await? else {
            return Ok(None);
        };
        let (created_at, used_at) = (time(&row, "created_at")?, time(&row, "used_at")?);
        let expires_at = used_at.plus(SESSION_IDLE).min(created_at.plus(SESSION_MAX));
        if now >= expires_at {
            return Ok(None);
        }
        Ok(Some(Sitting {
            id,
            person: person(&row)?,
            device: if row.try_get::<i64, _>("shared")? == 0 { Device::Own } else { Device::Shared },
            expires_at,
            is_due: now.since(used_at) >= TOUCH_AFTER,
        }))
    }
}

impl Store {
    /// Whether a try may run, without counting it: what is refused costs a look and no more.
    pub async fn may_try(&self, subjects: &Subjects, now: Timestamp) -> sqlx::Result<Try> {
        let mut connection = self.read().acquire().await?;
        may_try(&mut connection, subjects, now).await
    }

    /// Whose one-time link this is, if it can be used at `now`.
    pub async fn claimant(&self, token: &str, now: Timestamp) -> sqlx::Result<Option<Person>> {
        let mut connection = self.read().acquire().await?;
        claimant(&mut connection, token, now).await
    }
}

/// Begins a session; gives the secret for the cookie.
pub async fn begin(
    write: &mut Write,
    person: &PersonId,
    device: Device,
    now: Timestamp,
) -> sqlx::Result<String> {
    let token = secret::token(32);
    // Those that ended are of no use to anybody.
    sqlx::query("DELETE FROM sessions WHERE used_at <= ? OR created_at <= ?")
        .bind(now.minus(SESSION_IDLE).millis())
        .bind(now.minus(SESSION_MAX).millis())
        .execute(&mut **write)
        .await?;
    sqlx::query("INSERT INTO sessions (id, person, shared, created_at, used_at) VALUES (?, ?, ?, ?, ?)")
        .bind(secret::digest(&token))
        .bind(person.as_str())
        .bind(i64::from(device == Device::Shared))
        .bind(now.millis())
        .bind(now.millis())
        .execute(&mut **write)
        .await?;
    Ok(token)
}

/// Notes from where a session began.
pub async fn note_network(write: &mut Write, token: &str, network: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET network = ? WHERE id = ?")
        .bind(network)
        .bind(secret::digest(token))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// The sessions of a person that are open, the one that was used last first.
pub async fn open(
    connection: &mut SqliteConnection,
    person: &PersonId,
    limit: usize,
) -> sqlx::Result<Vec<OpenSession>> {
    let rows = sqlx::query(
        "SELECT created_at, used_at, shared, network FROM sessions WHERE person = ? ORDER BY used_at DESC, id LIMIT ?",
    )
    .bind(person.as_str())
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(OpenSession {
                began_at: time(row, "created_at")?,
                used_at: time(row, "used_at")?,
                shared: row.try_get::<i64, _>("shared")? != 0,
                network: row.try_get("network")?,
            })
        })
        .collect()
}

/// Marks that the person did something.
pub async fn touch(write: &mut Write, id: &[u8], now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE sessions SET used_at = ? WHERE id = ? AND used_at < ?")
        .bind(now.millis())
        .bind(id)
        .bind(now.millis())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Ends one session, if it is there.
pub async fn end(write: &mut Write, id: &[u8]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE id = ?").bind(id).execute(&mut **write).await?;
    Ok(())
}

/// Ends all sessions of a person.
pub async fn end_all(write: &mut Write, person: &PersonId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE person = ?").bind(person.as_str()).execute(&mut **write).await?;
    Ok(())
}

/// Whether the session is still there: it may have ended since the call began.
pub async fn stands(write: &mut Write, id: &[u8]) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM sessions WHERE id = ?";
    Ok(sqlx::query(sql).bind(id).fetch_optional(&mut **write).await?.is_some())
}

/// The sessions of several people, the one that was used last first.
pub async fn list_all(
    connection: &mut SqliteConnection,
    people: &[&PersonId],
) -> sqlx::Result<Vec<(PersonId, EndedSession)>> {
    let mut sql = QueryBuilder::<Sqlite>::new(
        "SELECT person, created_at, used_at, shared FROM sessions WHERE person IN ",
    );
    push_people(&mut sql, people.iter().copied());
    sql.push(" ORDER BY used_at DESC");
    let rows = sql.build().fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let session = EndedSession {
                began_at: time(row, "created_at")?,
                used_at: time(row, "used_at")?,
                shared: row.try_get::<i64, _>("shared")? != 0,
            };
            Ok((row.try_get::<String, _>("person")?.parse().map_err(wrong)?, session))
        })
        .collect()
}

/// Ends all sessions of several people, and the links that they have not used.
pub async fn close_all(write: &mut Write, people: &[&PersonId]) -> sqlx::Result<()> {
    for (sql, rest) in [
        ("DELETE FROM sessions WHERE person IN ", ""),
        ("DELETE FROM claims WHERE person IN ", " AND used_at IS NULL"),
    ] {
        let mut sql = QueryBuilder::<Sqlite>::new(sql);
        push_people(&mut sql, people.iter().copied());
        sql.push(rest).build().execute(&mut **write).await?;
    }
    Ok(())
}

/// Makes a one-time link; gives its secret. Links that the person had before end.
pub async fn make_claim(write: &mut Write, person: &PersonId, now: Timestamp) -> sqlx::Result<String> {
    make_link(write, person, CLAIM_LINK, now).await
}

/// Makes a one-time link that can be used for so long; gives its secret. Links that the person had before end.
pub async fn make_link(
    write: &mut Write,
    person: &PersonId,
    life: Span,
    now: Timestamp,
) -> sqlx::Result<String> {
    let token = secret::token(32);
    sqlx::query("DELETE FROM claims WHERE person = ?").bind(person.as_str()).execute(&mut **write).await?;
    sqlx::query("INSERT INTO claims (id, person, ends_at) VALUES (?, ?, ?)")
        .bind(secret::digest(&token))
        .bind(person.as_str())
        .bind(now.plus(life).millis())
        .execute(&mut **write)
        .await?;
    Ok(token)
}

/// Ends the one-time links of a person that nobody used.
pub async fn end_claims(write: &mut Write, person: &PersonId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM claims WHERE person = ? AND used_at IS NULL")
        .bind(person.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Whose link this is, if it can still be used.
pub async fn claimant(
    connection: &mut sqlx::SqliteConnection,
    token: &str,
    now: Timestamp,
) -> sqlx::Result<Option<Person>> {
    let sql = format!(
        "SELECT {PERSON} FROM claims c JOIN people p ON p.id = c.person \
         WHERE c.id = ? AND c.used_at IS NULL AND c.ends_at > ? AND p.active = 1"
    );
    let row =
        sqlx::query(&sql).bind(secret::digest(token)).bind(now.millis()).fetch_optional(connection).await?;
    row.map(|row| person(&row)).transpose()
}

/// Marks a link as used.
pub async fn spend_claim(write: &mut Write, token: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE claims SET used_at = ? WHERE id = ?")
        .bind(now.millis())
        .bind(secret::digest(token))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Counts a try before it runs, so that many at once are not more than many one after another.
pub async fn ask_for_try(write: &mut Write, subjects: &Subjects, now: Timestamp) -> sqlx::Result<Try> {
    sqlx::query("DELETE FROM tries WHERE at <= ?")
        .bind(now.minus(TRIES_WITHIN).millis())
        .execute(&mut **write)
        .await?;
    let asked = may_try(write, subjects, now).await?;
    if matches!(asked, Try::Granted) {
        sqlx::query("INSERT INTO tries (account, network, at) VALUES (?, ?, ?)")
            .bind(&subjects.account)
            .bind(&subjects.network)
            .bind(now.millis())
            .execute(&mut **write)
            .await?;
    }
    Ok(asked)
}

async fn may_try(
    connection: &mut sqlx::SqliteConnection,
    subjects: &Subjects,
    now: Timestamp,
) -> sqlx::Result<Try> {
    let Subjects { account, network, per_account } = subjects;
    let bounds = [
        ("account = ? AND network = ?", vec![account, network], TRIES_PER_PAIR),
        ("network = ?", vec![network], TRIES_PER_NETWORK),
        ("account = ?", vec![account], *per_account),
    ];
    let mut refused_until = None;
    for (condition, subjects, most) in bounds {
        // When the oldest of the last `most` tries is forgotten, one more may run.
        let sql =
            format!("SELECT at FROM tries WHERE {condition} AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?");
        let query = subjects.into_iter().fold(sqlx::query(&sql), sqlx::query::Query::bind);
        let query = query.bind(now.minus(TRIES_WITHIN).millis()).bind(most - 1);
        if let Some(row) = query.fetch_optional(&mut *connection).await? {
            refused_until = refused_until.max(Some(time(&row, "at")?.plus(TRIES_WITHIN)));
        }
    }
    Ok(refused_until.map_or(Try::Granted, Try::Refused))
}

/// Forgets the tries of this account from this network, however they are counted: the password was right.
/// What others tried on the account from elsewhere stays counted.
pub async fn forgive(write: &mut Write, subjects: &Subjects) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM tries WHERE account = ? AND network = ?")
        .bind(&subjects.account)
        .bind(&subjects.network)
        .execute(&mut **write)
        .await?;
    Ok(())
}
