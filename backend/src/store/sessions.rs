//! Sessions, one-time links and tries to sign in.

use frontdesk_contract::session::{CLAIM_LINK, SESSION_IDLE, SESSION_MAX};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Person, PersonId, Timestamp};
use sqlx::Row as _;

use crate::secret;
use crate::store::people::{PERSON, person};
use crate::store::{Store, Write, time, wrong};

/// Within this span tries are counted.
pub const TRIES_WITHIN: Span = Span::minutes(15);
/// So many tries an account has, right or wrong ones in flight included.
pub const TRIES_PER_ACCOUNT: i64 = 10;
/// So many tries a client's address has; a whole office may stand behind one.
pub const TRIES_PER_ADDRESS: i64 = 50;
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

/// Whose tries are counted.
#[derive(Debug, Clone)]
pub struct Subjects {
    /// The account, known or not.
    pub account: Vec<u8>,
    /// The client's address.
    pub address: Vec<u8>,
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

/// Ends one session.
pub async fn end(write: &mut Write, id: &[u8]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE id = ?").bind(id).execute(&mut **write).await?;
    Ok(())
}

/// Ends all sessions of a person.
pub async fn end_all(write: &mut Write, person: &PersonId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE person = ?").bind(person.as_str()).execute(&mut **write).await?;
    Ok(())
}

/// Ends all sessions of a person but one.
pub async fn end_others(write: &mut Write, person: &PersonId, kept: &[u8]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM sessions WHERE person = ? AND id <> ?")
        .bind(person.as_str())
        .bind(kept)
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Whether the session is still there: it may have ended since the call began.
pub async fn stands(write: &mut Write, id: &[u8]) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM sessions WHERE id = ?";
    Ok(sqlx::query(sql).bind(id).fetch_optional(&mut **write).await?.is_some())
}

/// Makes a one-time link; gives its secret. Links that the person had before end.
pub async fn make_claim(write: &mut Write, person: &PersonId, now: Timestamp) -> sqlx::Result<String> {
    let token = secret::token(32);
    sqlx::query("DELETE FROM claims WHERE person = ?").bind(person.as_str()).execute(&mut **write).await?;
    sqlx::query("INSERT INTO claims (id, person, ends_at) VALUES (?, ?, ?)")
        .bind(secret::digest(&token))
        .bind(person.as_str())
        .bind(now.plus(CLAIM_LINK).millis())
        .execute(&mut **write)
        .await?;
    Ok(token)
}

/// Whose link this is, if it can still be used.
pub async fn claimant(write: &mut Write, token: &str, now: Timestamp) -> sqlx::Result<Option<Person>> {
    let sql = format!(
        "SELECT {PERSON} FROM claims c JOIN people p ON p.id = c.person \
         WHERE c.id = ? AND c.used_at IS NULL AND c.ends_at > ? AND p.active = 1"
    );
    let row =
        sqlx::query(&sql).bind(secret::digest(token)).bind(now.millis()).fetch_optional(&mut **write).await?;
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
    let counted = [(&subjects.account, TRIES_PER_ACCOUNT), (&subjects.address, TRIES_PER_ADDRESS)];
    for (subject, most) in counted {
        // When the oldest of the last `most` tries is forgotten, one more may run.
        let row = sqlx::query("SELECT at FROM tries WHERE subject = ? ORDER BY at DESC LIMIT 1 OFFSET ?")
            .bind(subject)
            .bind(most - 1)
            .fetch_optional(&mut **write)
            .await?;
        if let Some(row) = row {
            return Ok(Try::Refused(time(&row, "at")?.plus(TRIES_WITHIN)));
        }
    }
    for (subject, _) in counted {
        sqlx::query("INSERT INTO tries (subject, at) VALUES (?, ?)")
            .bind(subject)
            .bind(now.millis())
            .execute(&mut **write)
            .await?;
    }
    Ok(Try::Granted)
}

/// Forgets the tries of an account, and one of the address: the password was right.
pub async fn forgive(write: &mut Write, subjects: &Subjects) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM tries WHERE subject = ?").bind(&subjects.account).execute(&mut **write).await?;
    sqlx::query("DELETE FROM tries WHERE id = (SELECT max(id) FROM tries WHERE subject = ?)")
        .bind(&subjects.address)
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// The person of an address, for the commands of the operator.
pub async fn person_of(write: &mut Write, email: &str) -> sqlx::Result<Option<PersonId>> {
    let row = sqlx::query("SELECT id FROM people WHERE email_key = ? AND active = 1")
        .bind(crate::store::people::key_of(email))
        .fetch_optional(&mut **write)
        .await?;
    row.map(|row| row.try_get::<String, _>("id")?.parse().map_err(wrong)).transpose()
}
