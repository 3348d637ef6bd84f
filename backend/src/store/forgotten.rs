//! Who asked for a new password.

use frontdesk_contract::{PersonId, PersonRef, Timestamp};
use sqlx::Row as _;

use crate::store::people::key_of;
use crate::store::{Store, Write, time, wrong};

/// Keeps that somebody asked, if anybody who can sign in has this address. The same is done where nobody has it.
pub async fn ask(write: &mut Write, email: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO forgotten (person, asked_at) SELECT id, ?2 FROM people WHERE email_key = ?1 AND active = 1 \
         AND claimed_at IS NOT NULL AND deleted_at IS NULL AND kind = 'member' \
         ON CONFLICT (person) DO UPDATE SET asked_at = excluded.asked_at",
    )
    .bind(key_of(email))
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Keeps that somebody asked who gets no e-mail.
pub async fn ask_for(write: &mut Write, person: &PersonId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO forgotten (person, asked_at) VALUES (?, ?) ON CONFLICT (person) DO UPDATE SET asked_at = excluded.asked_at",
    )
    .bind(person.as_str())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Nobody needs to be told of it any more.
pub async fn settle(write: &mut Write, person: &PersonId) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM forgotten WHERE person = ?").bind(person.as_str()).execute(&mut **write).await?;
    Ok(())
}

impl Store {
    /// Who asked since a moment, the newest first, with the address.
    pub async fn forgotten(
        &self,
        since: Timestamp,
        limit: i64,
    ) -> sqlx::Result<Vec<(PersonRef, String, Timestamp)>> {
        let rows = sqlx::query(
            "SELECT p.id, p.name, p.email, f.asked_at FROM forgotten f JOIN people p ON p.id = f.person \
             WHERE f.asked_at > ? AND p.active = 1 ORDER BY f.asked_at DESC LIMIT ?",
        )
        .bind(since.millis())
        .bind(limit)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let id = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
                let person = PersonRef { id, name: row.try_get("name")? };
                Ok((person, row.try_get("email")?, time(row, "asked_at")?))
            })
            .collect()
    }
}
