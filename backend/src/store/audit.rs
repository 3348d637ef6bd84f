//! The audit log: a chain of hashes over digests of names, so that somebody can be erased and it still holds.

use frontdesk_contract::audit::{AuditActor, AuditEntry, Changed};
use frontdesk_contract::{PersonId, PersonRef, RunId, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::secret;
use crate::store::{Store, Write, count, number, time, wrong};

/// So many lines go into one statement.
const BATCH: usize = 200;
/// What stands before the first line.
pub const BEGINNING: &str = "frontdesk";

/// Who acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A person.
    Person(PersonRef),
    /// A machine, by the name of its token.
    Token(String),
    /// The clock, for somebody who asked for it before.
    Clock,
}

impl By {
    /// Reads the word of the database.
    pub fn parse_kind(word: &str) -> Option<&'static str> {
        ["person", "token", "clock"].into_iter().find(|kind| *kind == word)
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Token(_) => "token",
            Self::Clock => "clock",
        }
    }

    const fn person(&self) -> Option<&PersonId> {
        match self {
            Self::Person(person) => Some(&person.id),
            Self::Token(_) | Self::Clock => None,
        }
    }

    fn name(&self) -> Option<&str> {
        match self {
            Self::Person(person) => Some(&person.name),
            Self::Token(name) => Some(name),
            Self::Clock => None,
        }
    }
}

/// A line to be written.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// Who.
    pub by: &'a By,
    /// What, such as `account.deactivate`.
    pub what: &'a str,
    /// To whom.
    pub to: Option<&'a PersonRef>,
    /// From which network.
    pub network: Option<&'a str>,
    /// How it stood before.
    pub before: Option<&'a str>,
    /// How it stands after.
    pub after: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Within which run.
    pub run: Option<RunId>,
}

/// What of a line goes into the chain. The export has the same, so that anybody can compute it again.
#[derive(Debug, Clone, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chained {
    /// Its number.
    pub number: u64,
    /// When, in milliseconds.
    pub at: i64,
    /// Who, as a digest.
    pub actor_kind: String,
    /// The digest of the name.
    pub actor: Option<String>,
    /// What.
    pub what: String,
    /// To whom: the identifier.
    pub subject: Option<String>,
    /// The digest of the name.
    pub subject_name: Option<String>,
    /// From where.
    pub network: Option<String>,
    /// Before.
    pub before: Option<String>,
    /// After.
    pub after: Option<String>,
    /// The digest of the reason.
    pub reason: Option<String>,
    /// The digest of the attributes that were changed, where a line has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<String>,
}

impl Chained {
    /// The hash of this line behind the one before.
    pub fn hash(&self, previous: &str) -> String {
        let mut hash = Sha256::new().chain_update(previous);
        let numbers = [self.number.to_string(), self.at.to_string()];
        let texts = [
            Some(&numbers[0]),
            Some(&numbers[1]),
            Some(&self.actor_kind),
            self.actor.as_ref(),
            Some(&self.what),
            self.subject.as_ref(),
            self.subject_name.as_ref(),
            self.network.as_ref(),
            self.before.as_ref(),
            self.after.as_ref(),
            self.reason.as_ref(),
        ];
        // Lines of earlier releases have no changes, and hash as they always did.
        let changes = self.changes.as_ref().map(Some);
        for text in texts.into_iter().chain(changes) {
            // The length keeps one text from running into the next; nothing is not an empty text.
            match text {
                Some(text) => {
                    hash.update(text.len().to_string());
                    hash.update(":");
                    hash.update(text);
                }
                None => hash.update("-"),
            }
            hash.update("\n");
        }
        hex(&hash.finalize())
    }
}

/// The digest of a salted text.
pub fn digest(salt: &str, words: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update("\n").chain_update(words).finalize())
}

fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).flatten().collect()
}

/// Writes a line at the end of the log.
pub async fn write_line(write: &mut Write, line: &Line<'_>, now: Timestamp) -> sqlx::Result<u64> {
    write_lines(write, std::slice::from_ref(line), now).await
}

/// Writes lines at the end of the log, and says the number of the last one.
pub async fn write_lines(write: &mut Write, lines: &[Line<'_>], now: Timestamp) -> sqlx::Result<u64> {
    put(write, lines, None, now).await
}

/// Writes a line with the attributes that were changed.
pub async fn write_changed(
    write: &mut Write,
    line: &Line<'_>,
    changes: &[Changed],
    now: Timestamp,
) -> sqlx::Result<u64> {
    let told = serde_json::to_string(changes).map_err(wrong)?;
    put(write, std::slice::from_ref(line), (!changes.is_empty()).then_some(told.as_str()), now).await
}

async fn put(
    write: &mut Write,
    lines: &[Line<'_>],
    changes: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let last = sqlx::query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")
        .fetch_optional(&mut **write)
        .await?;
    let (mut number, mut hash) = match last {
        Some(row) => (number(&row, "number")?, row.try_get::<String, _>("hash")?),
        None => (0, BEGINNING.to_owned()),
    };
    for lines in lines.chunks(BATCH) {
        let mut words: Vec<Salted<'_>> = Vec::with_capacity(lines.len() * 3);
        let mut written = Vec::with_capacity(lines.len());
        let mut kept = None;
        for line in lines {
            number += 1;
            let mut chained = chain(line, number, now, &mut words);
            if let Some(told) = changes {
                let salt = secret::token(16);
                chained.changes = Some(digest(&salt, told));
                kept = Some((number, line.to.map(|person| person.id.as_str()), salt, told));
            }
            hash = chained.hash(&hash);
            written.push((line, chained, hash.clone()));
        }
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO audit (number, at, actor_kind, actor, actor_digest, what, subject, subject_digest, network, \
             before_word, after_word, reason_digest, changes_digest, run, hash) ",
        );
        sql.push_values(written, |mut row, (line, chained, hash)| {
            row.push_bind(count(chained.number))
                .push_bind(chained.at)
                .push_bind(chained.actor_kind)
                .push_bind(line.by.person().map(PersonId::as_str))
                .push_bind(chained.actor)
                .push_bind(chained.what)
                .push_bind(chained.subject)
                .push_bind(chained.subject_name)
                .push_bind(chained.network)
                .push_bind(chained.before)
                .push_bind(chained.after)
                .push_bind(chained.reason)
                .push_bind(chained.changes)
                .push_bind(line.run.map(|run| count(run.0)))
                .push_bind(hash);
        });
        sql.build().execute(&mut **write).await?;
        if let Some((number, person, salt, told)) = kept {
            sqlx::query("INSERT INTO audit_changes (number, person, salt, words) VALUES (?, ?, ?, ?)")
                .bind(count(number))
                .bind(person)
                .bind(salt)
                .bind(told)
                .execute(&mut **write)
                .await?;
        }
        if words.is_empty() {
            continue;
        }
        let mut sql =
            QueryBuilder::<Sqlite>::new("INSERT INTO audit_words (number, field, person, salt, words) ");
        sql.push_values(words, |mut row, Salted { number, field, person, salt, words }| {
            row.push_bind(count(number)).push_bind(field).push_bind(person).push_bind(salt).push_bind(words);
        });
        sql.build().execute(&mut **write).await?;
    }
    Ok(number)
}

/// Words beside the chain: they can be forgotten, and it still holds.
struct Salted<'a> {
    number: u64,
    field: &'static str,
    person: Option<&'a str>,
    salt: String,
    words: &'a str,
}

fn chain<'a>(line: &Line<'a>, number: u64, now: Timestamp, words: &mut Vec<Salted<'a>>) -> Chained {
    let mut salted = |field, person, text: &'a str| {
        let salt = secret::token(16);
        let digest = digest(&salt, text);
        words.push(Salted { number, field, person, salt, words: text });
        digest
    };
    let actor = line.by.person().map(PersonId::as_str);
    let subject = line.to.map(|person| person.id.as_str());
    Chained {
        number,
        at: now.millis(),
        actor_kind: line.by.kind().to_owned(),
        actor: line.by.name().map(|name| salted("actor", actor, name)),
        what: line.what.to_owned(),
        subject: subject.map(str::to_owned),
        subject_name: line.to.map(|person| salted("subject", subject, &person.name)),
        network: line.network.map(str::to_owned),
        before: line.before.map(str::to_owned),
        after: line.after.map(str::to_owned),
        reason: line.reason.map(|reason| salted("reason", subject, reason)),
        changes: None,
    }
}

/// Which lines.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// About this person.
    pub subject: Option<PersonId>,
    /// What begins so, such as `account.`.
    pub what: Option<String>,
    /// By a person, a machine or the clock.
    pub by: Option<&'static str>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// With these words in a name or a reason.
    pub words: Option<String>,
    /// Before this number.
    pub before: Option<u64>,
}

/// The columns of a line with its words. The table is named `a`.
const LINE: &str = "a.*, \
     (SELECT w.words FROM audit_words w WHERE w.number = a.number AND w.field = 'actor') AS actor_words, \
     (SELECT w.words FROM audit_words w WHERE w.number = a.number AND w.field = 'subject') AS subject_words, \
     (SELECT w.words FROM audit_words w WHERE w.number = a.number AND w.field = 'reason') AS reason_words, \
     (SELECT c.words FROM audit_changes c WHERE c.number = a.number) AS changes_words";

impl Store {
    /// The newest lines first.
    pub async fn audit(&self, filter: &Filter, limit: usize) -> sqlx::Result<Vec<AuditEntry>> {
        let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT {LINE} FROM audit a WHERE 1 = 1"));
        if let Some(subject) = &filter.subject {
            sql.push(" AND a.subject = ").push_bind(subject.as_str().to_owned());
        }
        if let Some(what) = &filter.what {
            sql.push(" AND a.what >= ").push_bind(what.clone());
            sql.push(" AND a.what < ").push_bind(format!("{what}\u{10ffff}"));
        }
        if let Some(by) = filter.by {
            sql.push(" AND a.actor_kind = ").push_bind(by);
        }
        if let Some(since) = filter.since {
            sql.push(" AND a.at >= ").push_bind(since.millis());
        }
        if let Some(words) = &filter.words {
            sql.push(" AND EXISTS (SELECT 1 FROM audit_words w WHERE w.number = a.number AND instr(lower(w.words), lower(")
                .push_bind(words.clone())
                .push(")) > 0)");
        }
        if let Some(before) = filter.before {
            sql.push(" AND a.number < ").push_bind(count(before));
        }
        sql.push(" ORDER BY a.number DESC LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = sql.build().fetch_all(self.read()).await?;
        rows.iter().map(entry).collect()
    }

    /// Lines of the export, oldest first, from a number on.
    pub async fn audit_export(&self, from: u64, limit: usize) -> sqlx::Result<Vec<Exported>> {
        let mut connection = self.read().acquire().await?;
        exported(&mut connection, from, limit).await
    }
}

/// A line of the export.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    /// What is in the chain.
    #[serde(flatten)]
    pub chained: Chained,
    /// The hash.
    pub hash: String,
    /// Names and words with their salts, but for those that were erased.
    pub words: Vec<Words>,
}

/// Names or words with their salt.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Words {
    /// `actor`, `subject`, `reason` or `changes`.
    pub field: String,
    /// The salt.
    pub salt: String,
    /// The words.
    pub words: String,
}

async fn exported(connection: &mut SqliteConnection, from: u64, limit: usize) -> sqlx::Result<Vec<Exported>> {
    let rows = sqlx::query("SELECT * FROM audit WHERE number >= ? ORDER BY number LIMIT ?")
        .bind(count(from))
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(&mut *connection)
        .await?;
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let line = number(&row, "number")?;
        let words = sqlx::query(
            "SELECT field, salt, words FROM audit_words WHERE number = ?1 \
             UNION ALL SELECT 'changes', salt, words FROM audit_changes WHERE number = ?1 ORDER BY 1",
        )
        .bind(count(line))
        .fetch_all(&mut *connection)
        .await?;
        let words = words
            .iter()
            .map(|row| {
                Ok(Words {
                    field: row.try_get("field")?,
                    salt: row.try_get("salt")?,
                    words: row.try_get("words")?,
                })
            })
            .collect::<sqlx::Result<_>>()?;
        lines.push(Exported { chained: chained(&row)?, hash: row.try_get("hash")?, words });
    }
    Ok(lines)
}

fn chained(row: &SqliteRow) -> sqlx::Result<Chained> {
    Ok(Chained {
        number: number(row, "number")?,
        at: row.try_get("at")?,
        actor_kind: row.try_get("actor_kind")?,
        actor: row.try_get("actor_digest")?,
        what: row.try_get("what")?,
        subject: row.try_get("subject")?,
        subject_name: row.try_get("subject_digest")?,
        network: row.try_get("network")?,
        before: row.try_get("before_word")?,
        after: row.try_get("after_word")?,
        reason: row.try_get("reason_digest")?,
        changes: row.try_get("changes_digest")?,
    })
}

fn entry(row: &SqliteRow) -> sqlx::Result<AuditEntry> {
    let chained = chained(row)?;
    let actor: Option<String> = row.try_get("actor_words")?;
    let subject: Option<String> = row.try_get("subject_words")?;
    let reason: Option<String> = row.try_get("reason_words")?;
    let changes: Option<String> = row.try_get("changes_words")?;
    let is_gone = |digest: &Option<String>, words: &Option<String>| digest.is_some() && words.is_none();
    let erased = is_gone(&chained.actor, &actor)
        || is_gone(&chained.subject_name, &subject)
        || is_gone(&chained.reason, &reason)
        || is_gone(&chained.changes, &changes);
    let to = match &chained.subject {
        Some(id) => Some(PersonRef { id: id.parse().map_err(wrong)?, name: subject.unwrap_or_default() }),
        None => None,
    };
    Ok(AuditEntry {
        number: chained.number,
        at: time(row, "at")?,
        by: AuditActor { kind: chained.actor_kind, name: actor },
        what: chained.what,
        to,
        from: chained.network,
        before: chained.before,
        after: chained.after,
        changes: match changes {
            Some(text) => serde_json::from_str(&text).map_err(wrong)?,
            None => Vec::new(),
        },
        reason,
        erased,
        hash: row.try_get("hash")?,
    })
}

/// What a check of an export found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checked {
    /// So many lines hold.
    pub lines: u64,
    /// In so many of them names or words were erased.
    pub erased: u64,
}

/// Where a chain is broken.
#[derive(Debug, thiserror::Error)]
#[error("Line {line}: {why}")]
pub struct Broken {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong.
    pub why: String,
}

/// Checks the lines of an export one after another.
pub fn check(lines: impl Iterator<Item = String>) -> Result<Checked, Broken> {
    let (mut checked, mut previous) = (Checked::default(), BEGINNING.to_owned());
    for (line, text) in (1..).zip(lines.filter(|text| !text.trim().is_empty())) {
        let broken = |why: &str| Broken { line, why: why.to_owned() };
        let exported: Exported = serde_json::from_str(&text).map_err(|_| broken("it can't be read"))?;
        if exported.chained.number != line {
            return Err(broken("a line is missing before it"));
        }
        if exported.chained.hash(&previous) != exported.hash {
            return Err(broken("it was changed"));
        }
        let digests = [
            ("actor", &exported.chained.actor),
            ("subject", &exported.chained.subject_name),
            ("reason", &exported.chained.reason),
            ("changes", &exported.chained.changes),
        ];
        let mut is_erased = false;
        for (field, known) in digests {
            let Some(known) = known else { continue };
            match exported.words.iter().find(|words| words.field == field) {
                Some(words) if digest(&words.salt, &words.words) == *known => {}
                Some(_) => return Err(broken("its names or words were changed")),
                None => is_erased = true,
            }
        }
        checked.lines += 1;
        checked.erased += u64::from(is_erased);
        previous = exported.hash;
    }
    Ok(checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<Exported> {
        let mut previous = BEGINNING.to_owned();
        (1..=3)
            .map(|number| {
                let words =
                    Words { field: "subject".to_owned(), salt: "s".to_owned(), words: "Hana".to_owned() };
                let chained = Chained {
                    number,
                    actor_kind: "clock".to_owned(),
                    what: "account.deactivate".to_owned(),
                    subject_name: Some(digest("s", "Hana")),
                    ..Chained::default()
                };
                previous = chained.hash(&previous);
                Exported { chained, hash: previous.clone(), words: vec![words] }
            })
            .collect()
    }

    fn checked(lines: &[Exported]) -> Result<Checked, Broken> {
        check(lines.iter().map(|line| serde_json::to_string(line).expect("json")))
    }

    #[test]
    fn a_line_without_changes_hashes_as_it_always_did() {
        let line = Chained { number: 1, what: "scim.change".to_owned(), ..Chained::default() };
        let changed = Chained { changes: Some(digest("s", "[]")), ..line.clone() };
        assert_ne!(line.hash(BEGINNING), changed.hash(BEGINNING));
        assert_eq!(
            line.hash(BEGINNING),
            "7522dcc20b3a8ba29a3f8c0f3409e06ecb2bc5ac5ab0dafadbb999e1166d1e30",
            "an export of an earlier release is verified by this one"
        );
    }

    #[test]
    fn erased_names_are_no_break_and_changed_ones_are() {
        let mut all = lines();
        assert_eq!(checked(&all).expect("whole"), Checked { lines: 3, erased: 0 });
        all[1].words.clear();
        assert_eq!(checked(&all).expect("whole"), Checked { lines: 3, erased: 1 });
        all[1].words =
            vec![Words { field: "subject".to_owned(), salt: "s".to_owned(), words: "Hugo".to_owned() }];
        assert_eq!(checked(&all).expect_err("broken").line, 2);
        let mut all = lines();
        all[0].chained.before = Some("active".to_owned());
        assert_eq!(checked(&all).expect_err("broken").line, 1);
        let mut all = lines();
        all.remove(1);
        assert_eq!(checked(&all).expect_err("broken").line, 2);
    }
}
