//! The organization's own provider of accounts: what is known of it, whom it knows, what is asked of it just now,
//! and what somebody must know.

use std::collections::{HashMap, HashSet};

use frontdesk_contract::account::mirror::{News, NewsKind};
use frontdesk_contract::scim::abilities::Abilities;
use frontdesk_contract::{PersonId, PersonRef, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::store::{Store, Write, count, number, time, time_if_any, wrong};

/// So many identifiers go into one statement.
const BATCH: usize = 200;
/// The most lines of news that are told.
const NEWS_MAX: i64 = 200;

/// What is known of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirror {
    /// Its address.
    pub url: String,
    /// What it can do, once it has said so.
    pub abilities: Option<Abilities>,
    /// Counts the readings.
    pub round: u64,
    /// When all of it was last read.
    pub read_at: Option<Timestamp>,
    /// Why the newest reading is not whole.
    pub failure: Option<String>,
    /// Records that are no people.
    pub unreadable: u64,
    /// People in whose way somebody else's address or user name stands.
    pub conflicts: u64,
}

/// An account of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Who.
    pub person: PersonId,
    /// By the provider's identifier.
    pub theirs: String,
    /// Whether dates of the life are guessed.
    pub is_estimate: bool,
    /// Since when the provider has the account no more.
    pub missing_since: Option<Timestamp>,
}

/// Which provider keeps the accounts of a data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// The one that was named, or none.
    AsNamed,
    /// Another one, at this address.
    By(String),
}

impl Store {
    /// What is known of the provider.
    pub async fn mirror(&self) -> sqlx::Result<Option<Mirror>> {
        let mut connection = self.read().acquire().await?;
        find(&mut connection).await
    }

    /// Takes note of the provider that was named. Nothing is noted when the accounts are another one's.
    pub async fn name_mirror(&self, url: Option<&str>, is_moved: bool) -> sqlx::Result<Kept> {
        let mut write = self.write().await?;
        let known = find(&mut write).await?;
        let kept = match (known, url) {
            (None, None) => Kept::AsNamed,
            (None, Some(url)) => {
                sqlx::query("INSERT INTO mirror (one, url) VALUES (1, ?)")
                    .bind(url)
                    .execute(&mut *write)
                    .await?;
                Kept::AsNamed
            }
            (Some(known), url) if url == Some(known.url.as_str()) => Kept::AsNamed,
            (Some(known), Some(url)) if is_moved || known.read_at.is_none() => {
                sqlx::query("UPDATE mirror SET url = ?, abilities = NULL")
                    .bind(url)
                    .execute(&mut *write)
                    .await?;
                tracing::info!(
                    from = known.url,
                    to = url,
                    "the provider of the accounts has another address"
                );
                Kept::AsNamed
            }
            (Some(known), None) if known.read_at.is_none() => {
                sqlx::query("DELETE FROM mirror").execute(&mut *write).await?;
                Kept::AsNamed
            }
            (Some(known), _) => Kept::By(known.url),
        };
        write.commit().await?;
        Ok(kept)
    }

    /// What somebody must know, the newest first.
    pub async fn mirror_news(&self) -> sqlx::Result<Vec<News>> {
        let rows = sqlx::query(
            "SELECT n.person, n.kind, n.at, p.name FROM mirror_news n JOIN people p ON p.id = n.person \
             WHERE p.deleted_at IS NULL ORDER BY n.at DESC, n.person LIMIT ?",
        )
        .bind(NEWS_MAX)
        .fetch_all(self.read())
        .await?;
        let mut told = Vec::with_capacity(rows.len());
        for row in &rows {
            let Some(kind) = NewsKind::parse(row.try_get("kind")?) else { continue };
            let id = row.try_get::<String, _>("person")?.parse().map_err(wrong)?;
            told.push(News {
                person: PersonRef { id, name: row.try_get("name")? },
                kind,
                at: time(row, "at")?,
            });
        }
        Ok(told)
    }
}

/// What is known of the provider.
pub async fn find(connection: &mut SqliteConnection) -> sqlx::Result<Option<Mirror>> {
    let row = sqlx::query("SELECT * FROM mirror").fetch_optional(connection).await?;
    let Some(row) = row else { return Ok(None) };
    let abilities: Option<String> = row.try_get("abilities")?;
    Ok(Some(Mirror {
        url: row.try_get("url")?,
        abilities: abilities.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()?,
        round: number(&row, "round")?,
        read_at: time_if_any(&row, "read_at")?,
        failure: row.try_get("failure")?,
        unreadable: number(&row, "unreadable")?,
        conflicts: number(&row, "conflicts")?,
    }))
}

/// Keeps what is known of the provider now.
pub async fn keep(write: &mut Write, mirror: &Mirror) -> sqlx::Result<()> {
    let abilities = mirror.abilities.as_ref().map(serde_json::to_string).transpose().map_err(wrong)?;
    sqlx::query(
        "UPDATE mirror SET abilities = ?, round = ?, read_at = ?, failure = ?, unreadable = ?, conflicts = ? WHERE url = ?",
    )
    .bind(abilities)
    .bind(count(mirror.round))
    .bind(mirror.read_at.map(Timestamp::millis))
    .bind(&mirror.failure)
    .bind(count(mirror.unreadable))
    .bind(count(mirror.conflicts))
    .bind(&mirror.url)
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// The accounts of the provider among these people.
pub async fn links(
    connection: &mut SqliteConnection,
    people: &[PersonId],
) -> sqlx::Result<HashMap<PersonId, Link>> {
    let texts: Vec<&str> = people.iter().map(PersonId::as_str).collect();
    let found = links_by(connection, "person", &texts).await?;
    Ok(found.into_iter().map(|link| (link.person.clone(), link)).collect())
}

/// The accounts with these identifiers of the provider.
pub async fn links_of(
    connection: &mut SqliteConnection,
    theirs: &[&str],
) -> sqlx::Result<HashMap<String, Link>> {
    let found = links_by(connection, "theirs", theirs).await?;
    Ok(found.into_iter().map(|link| (link.theirs.clone(), link)).collect())
}

async fn links_by(
    connection: &mut SqliteConnection,
    column: &'static str,
    texts: &[&str],
) -> sqlx::Result<Vec<Link>> {
    let mut found = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT * FROM mirror_people WHERE {column} IN ("));
        let mut list = sql.separated(", ");
        for text in batch {
            list.push_bind(*text);
        }
        sql.push(")");
        let rows = sql.build().fetch_all(&mut *connection).await?;
        found.extend(rows.iter().map(link).collect::<sqlx::Result<Vec<_>>>()?);
    }
    Ok(found)
}

fn link(row: &SqliteRow) -> sqlx::Result<Link> {
    Ok(Link {
        person: row.try_get::<String, _>("person")?.parse().map_err(wrong)?,
        theirs: row.try_get("theirs")?,
        is_estimate: row.try_get::<i64, _>("estimate")? != 0,
        missing_since: time_if_any(row, "missing_since")?,
    })
}

/// Keeps whom the provider knows, told by a reading.
pub async fn keep_link(write: &mut Write, link: &Link, round: u64) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO mirror_people (person, theirs, round, estimate, missing_since) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (person) DO UPDATE SET round = max(round, excluded.round), estimate = excluded.estimate, \
         missing_since = excluded.missing_since",
    )
    .bind(link.person.as_str())
    .bind(&link.theirs)
    .bind(count(round))
    .bind(i64::from(link.is_estimate))
    .bind(link.missing_since.map(Timestamp::millis))
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Notes that a reading told these people.
pub async fn seen(write: &mut Write, people: &[PersonId], round: u64) -> sqlx::Result<()> {
    for batch in people.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new("UPDATE mirror_people SET round = ");
        sql.push_bind(count(round)).push(" WHERE person IN (");
        let mut list = sql.separated(", ");
        for person in batch {
            list.push_bind(person.as_str());
        }
        sql.push(")");
        sql.build().execute(&mut **write).await?;
    }
    Ok(())
}

/// How many accounts the provider had at the last look.
pub async fn known_count(connection: &mut SqliteConnection) -> sqlx::Result<u64> {
    let sql = "SELECT count(*) AS count FROM mirror_people WHERE missing_since IS NULL";
    number(&sqlx::query(sql).fetch_one(connection).await?, "count")
}

/// Accounts that a reading did not tell.
pub async fn unseen(connection: &mut SqliteConnection, round: u64, limit: i64) -> sqlx::Result<Vec<Link>> {
    let rows = sqlx::query(
        "SELECT m.* FROM mirror_people m JOIN people p ON p.id = m.person AND p.deleted_at IS NULL \
         WHERE m.round < ? AND m.missing_since IS NULL ORDER BY m.person LIMIT ?",
    )
    .bind(count(round))
    .bind(limit)
    .fetch_all(connection)
    .await?;
    rows.iter().map(link).collect()
}

/// Managers are told by the provider's identifiers: where ours differ, ours take their place.
pub async fn name_managers(write: &mut Write) -> sqlx::Result<()> {
    let path = format!("$.\"{}\".manager.value", frontdesk_contract::scim::ENTERPRISE);
    sqlx::query(
        "UPDATE people SET manager = m.person, resource = json_set(resource, ?, m.person), version = version + 1 \
         FROM mirror_people m WHERE m.theirs = people.manager AND m.theirs <> m.person \
         AND people.id IN (SELECT person FROM mirror_people)",
    )
    .bind(path)
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Whether an identifier is anybody's already, deleted or not.
pub async fn is_anybodys(connection: &mut SqliteConnection, id: &PersonId) -> sqlx::Result<bool> {
    let row =
        sqlx::query("SELECT 1 FROM people WHERE id = ?").bind(id.as_str()).fetch_optional(connection).await?;
    Ok(row.is_some())
}

/// The one account of our own with this address that is no account of the provider yet.
pub async fn unlinked(connection: &mut SqliteConnection, email: &str) -> sqlx::Result<Option<PersonId>> {
    let row = sqlx::query(
        "SELECT id FROM people WHERE email_key = ? AND kind = 'member' AND deleted_at IS NULL \
         AND fields_removed_at IS NULL AND NOT EXISTS (SELECT 1 FROM mirror_people m WHERE m.person = people.id)",
    )
    .bind(email)
    .fetch_optional(connection)
    .await?;
    row.map(|row| row.try_get::<String, _>("id")?.parse().map_err(wrong)).transpose()
}

/// Writes down what is about to be asked of the provider.
pub async fn ask(write: &mut Write, person: &PersonId, act: &str, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO mirror_asked (person, act, at) VALUES (?, ?, ?) \
         ON CONFLICT (person) DO UPDATE SET act = excluded.act, at = excluded.at",
    )
    .bind(person.as_str())
    .bind(act)
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// What was asked of the provider about these people, and never answered for.
pub async fn asked(
    connection: &mut SqliteConnection,
) -> sqlx::Result<HashMap<PersonId, (String, Timestamp)>> {
    let rows = sqlx::query("SELECT person, act, at FROM mirror_asked").fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            let person = row.try_get::<String, _>("person")?.parse().map_err(wrong)?;
            Ok((person, (row.try_get("act")?, time(row, "at")?)))
        })
        .collect()
}

/// What was asked about somebody is answered.
pub async fn answered(write: &mut Write, person: &PersonId) -> sqlx::Result<()> {
    let sql = "DELETE FROM mirror_asked WHERE person = ?";
    sqlx::query(sql).bind(person.as_str()).execute(&mut **write).await?;
    Ok(())
}

/// Tells something that somebody must know. The first time stands.
pub async fn tell(write: &mut Write, person: &PersonId, kind: NewsKind, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO mirror_news (person, kind, at) VALUES (?, ?, ?) ON CONFLICT (person, kind) DO NOTHING",
    )
    .bind(person.as_str())
    .bind(kind.as_str())
    .bind(now.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// What was told holds no more. Whether it did.
pub async fn untell(write: &mut Write, person: &PersonId, kind: NewsKind) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM mirror_news WHERE person = ? AND kind = ?")
        .bind(person.as_str())
        .bind(kind.as_str())
        .execute(&mut **write)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Whom the members of a group are: by the provider's identifiers, or by user names where it writes those.
pub async fn people_named(
    connection: &mut SqliteConnection,
    members: &[&str],
) -> sqlx::Result<Vec<PersonId>> {
    let mut found = Vec::with_capacity(members.len());
    for batch in members.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT p.id FROM mirror_people m JOIN people p ON p.id = m.person WHERE p.deleted_at IS NULL AND (m.theirs IN (",
        );
        let mut list = sql.separated(", ");
        for member in batch {
            list.push_bind(*member);
        }
        sql.push(") OR p.user_key IN (");
        let mut list = sql.separated(", ");
        for member in batch {
            list.push_bind(member.to_lowercase());
        }
        sql.push("))");
        for row in sql.build().fetch_all(&mut *connection).await? {
            found.push(row.try_get::<String, _>("id")?.parse().map_err(wrong)?);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Notes that a group is the provider's.
pub async fn note_group(write: &mut Write, id: &str) -> sqlx::Result<()> {
    let sql = "INSERT INTO mirror_groups (id) VALUES (?) ON CONFLICT DO NOTHING";
    sqlx::query(sql).bind(id).execute(&mut **write).await?;
    Ok(())
}

/// Forgets the provider's groups but these.
pub async fn keep_groups(write: &mut Write, kept: &HashSet<String>) -> sqlx::Result<()> {
    let rows = sqlx::query("SELECT id FROM mirror_groups").fetch_all(&mut **write).await?;
    for row in rows {
        let id: String = row.try_get("id")?;
        if !kept.contains(&id) {
            crate::store::groups::delete(write, &id).await?;
        }
    }
    Ok(())
}

/// The provider's groups that somebody is in.
pub async fn groups_of(connection: &mut SqliteConnection, person: &PersonId) -> sqlx::Result<Vec<String>> {
    let rows = sqlx::query(
        "SELECT m.in_group FROM memberships m JOIN mirror_groups g ON g.id = m.in_group WHERE m.person = ? ORDER BY m.in_group",
    )
    .bind(person.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter().map(|row| row.try_get("in_group")).collect()
}
