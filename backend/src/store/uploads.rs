//! Files that people send: their rows, and their bytes in a folder beside the database.
//!
//! The bytes come first: a row says how many of them are safe on the disk, and never more. What goes away is due in
//! its row until the file is gone, so a kill at any moment leaves no file that nobody knows.

use std::io::ErrorKind;
use std::path::PathBuf;

use frontdesk_contract::upload::file_name;
use frontdesk_contract::{MediaKind, MessageId, Person, PersonId, ReportId, Timestamp, Upload, UploadId};
use rand::TryRngCore as _;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::store::{Store, Write, count, number, time_if_any, wrong};

/// The folder in the data folder.
const FOLDER: &str = "uploads";
/// So many files go away in one step.
const BATCH: i64 = 20;

/// A file as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Which.
    pub id: UploadId,
    /// Who sends it.
    pub person: PersonId,
    /// What they call it.
    pub name: String,
    /// How long it will be.
    pub length: u64,
    /// How much of it is safe.
    pub received: u64,
    /// What it is, once it is whole.
    pub kind: Option<MediaKind>,
    /// When it goes away if nothing becomes of it; none once it is part of something.
    pub expires_at: Option<Timestamp>,
    /// Since when its bytes are gone.
    pub erased_at: Option<Timestamp>,
    /// The entry of a thread that it is part of.
    pub entry: Option<i64>,
    /// The report that it is part of.
    pub report: Option<ReportId>,
    /// The answer to a report that it is part of.
    pub answer: Option<i64>,
}

impl Stored {
    /// As whoever may read it is told of it.
    fn to_upload(&self) -> Option<Upload> {
        let kind = self.kind?;
        Some(Upload {
            id: self.id.clone(),
            kind,
            name: self.name.clone(),
            size: self.length,
            erased_at: self.erased_at,
        })
    }
}

/// What a file becomes part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An entry of a thread.
    Entry(MessageId),
    /// A report; its pictures and videos are erased at this time.
    Report(ReportId, Timestamp),
    /// An answer to a report; the same.
    Answer(u64, Timestamp),
}

const COLUMNS: &str = "u.id, u.person, u.name, u.length, u.received, u.kind, u.expires_at, u.erased_at, u.entry, u.report, u.answer";

impl Store {
    /// The file with the bytes of an upload. Its name is one that we made.
    pub fn file_of(&self, id: &UploadId) -> PathBuf {
        self.folder().join(FOLDER).join(id.as_str())
    }

    /// Makes the folder of the files.
    pub fn make_upload_folder(&self) -> std::io::Result<()> {
        std::fs::create_dir_all(self.folder().join(FOLDER))
    }

    /// A file by its id.
    pub async fn upload(&self, id: &UploadId) -> sqlx::Result<Option<Stored>> {
        let mut connection = self.read().acquire().await?;
        find(&mut connection, id).await
    }

    /// Whether a person may read the entry of a thread: `internal` ones are for agents.
    pub async fn entry_is_internal(&self, entry: i64) -> sqlx::Result<Option<bool>> {
        let row = sqlx::query("SELECT internal FROM entries WHERE id = ?")
            .bind(entry)
            .fetch_optional(self.read())
            .await?;
        row.map(|row| Ok(row.try_get::<i64, _>("internal")? != 0)).transpose()
    }

    /// When the next file goes away or is erased.
    pub async fn next_upload_due(&self) -> sqlx::Result<Option<Timestamp>> {
        let row = sqlx::query(
            "SELECT min(due_at) AS due_at FROM (SELECT min(expires_at) AS due_at FROM uploads \
             UNION ALL SELECT min(erase_at) FROM uploads) AS dues",
        )
        .fetch_one(self.read())
        .await?;
        time_if_any(&row, "due_at")
    }

    /// Takes away what is due by now, file by file; whether there may be more. A file that can't be removed is told in
    /// the log and keeps its row, so that it is tried again.
    pub async fn remove_due_uploads(&self, now: Timestamp) -> sqlx::Result<bool> {
        let rows = sqlx::query(
            "SELECT id, expires_at IS NOT NULL AND expires_at <= ?1 AS is_over FROM uploads \
             WHERE expires_at <= ?1 OR erase_at <= ?1 LIMIT ?2",
        )
        .bind(now.millis())
        .bind(BATCH)
        .fetch_all(self.read())
        .await?;
        let is_full = i64::try_from(rows.len()).unwrap_or(0) == BATCH;
        let mut gone = Vec::new();
        for row in rows {
            let id: UploadId = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
            match tokio::fs::remove_file(self.file_of(&id)).await {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => {
                    tracing::error!(%error, %id, "a file could not be removed");
                    continue;
                }
            }
            gone.push((id, row.try_get::<i64, _>("is_over")? != 0));
        }
        let is_stuck = gone.is_empty();
        let mut write = self.write().await?;
        for (id, is_over) in gone {
            let statement = if is_over {
                sqlx::query("DELETE FROM uploads WHERE id = ?").bind(id.as_str())
            } else {
                let sql = "UPDATE uploads SET erase_at = NULL, erased_at = ? WHERE id = ?";
                sqlx::query(sql).bind(now.millis()).bind(id.as_str())
            };
            statement.execute(&mut *write).await?;
        }
        write.commit().await?;
        Ok(is_full && !is_stuck)
    }
}

/// A file by its id, within a write or a moment.
pub async fn find(connection: &mut SqliteConnection, id: &UploadId) -> sqlx::Result<Option<Stored>> {
    let sql = format!("SELECT {COLUMNS} FROM uploads u WHERE u.id = ?");
    sqlx::query(&sql).bind(id.as_str()).fetch_optional(connection).await?.as_ref().map(stored).transpose()
}

/// How many files a person has on the way or not yet sent, and their bytes.
pub async fn waiting(write: &mut Write, person: &PersonId) -> sqlx::Result<(u64, u64)> {
    let row = sqlx::query(
        "SELECT count(*) AS files, coalesce(sum(length), 0) AS bytes FROM uploads \
         WHERE person = ? AND expires_at IS NOT NULL",
    )
    .bind(person.as_str())
    .fetch_one(&mut **write)
    .await?;
    Ok((number(&row, "files")?, number(&row, "bytes")?))
}

/// Makes a row for a file that is about to come.
pub async fn insert(
    write: &mut Write,
    person: &PersonId,
    name: &str,
    length: u64,
    now: Timestamp,
    expires_at: Timestamp,
) -> sqlx::Result<UploadId> {
    let mut bytes = [0; 16];
    if rand::rngs::OsRng.try_fill_bytes(&mut bytes).is_err() {
        rand::RngCore::fill_bytes(&mut rand::rng(), &mut bytes);
    }
    let id = UploadId::of_random(bytes);
    sqlx::query(
        "INSERT INTO uploads (id, person, name, length, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
    )
    .bind(id.as_str())
    .bind(person.as_str())
    .bind(name)
    .bind(count(length))
    .bind(now.millis())
    .bind(expires_at.millis())
    .execute(&mut **write)
    .await?;
    Ok(id)
}

/// Says that so much of a file is safe on the disk now. Whether it still stood.
pub async fn advance(
    write: &mut Write,
    id: &UploadId,
    received: u64,
    expires_at: Timestamp,
) -> sqlx::Result<bool> {
    let done = sqlx::query("UPDATE uploads SET received = ?, expires_at = ? WHERE id = ? AND expires_at > 0")
        .bind(count(received))
        .bind(expires_at.millis())
        .bind(id.as_str())
        .execute(&mut **write)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Says what a file is that has come whole, and by which name it goes.
pub async fn settle(write: &mut Write, id: &UploadId, kind: MediaKind, name: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE uploads SET kind = ?, name = ? WHERE id = ?")
        .bind(kind.as_str())
        .bind(file_name(name, kind))
        .bind(id.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Makes a file due at once: nothing becomes of it.
pub async fn drop_now(write: &mut Write, id: &UploadId) -> sqlx::Result<()> {
    sqlx::query("UPDATE uploads SET expires_at = 0 WHERE id = ? AND expires_at IS NOT NULL")
        .bind(id.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Makes files part of something. Gives the place of the first that is not the person's own, not whole, or sent before;
/// nothing is to be kept of the write then.
pub async fn attach(
    write: &mut Write,
    person: &Person,
    ids: &[UploadId],
    part: Part,
    now: Timestamp,
) -> sqlx::Result<Result<(), usize>> {
    let (column, owner, erase_at) = match part {
        Part::Entry(entry) => ("entry", entry.0, None),
        Part::Report(report, erase_at) => ("report", report.0, Some(erase_at)),
        Part::Answer(answer, erase_at) => ("answer", answer, Some(erase_at)),
    };
    // What is no picture and no video stays with its report.
    let sql = format!(
        "UPDATE uploads SET {column} = ?, expires_at = NULL, \
         erase_at = CASE WHEN kind LIKE 'image/%' OR kind LIKE 'video/%' THEN ? END \
         WHERE id = ? AND person = ? AND kind IS NOT NULL AND expires_at > ?"
    );
    for (place, id) in ids.iter().enumerate() {
        let done = sqlx::query(&sql)
            .bind(count(owner))
            .bind(erase_at.map(Timestamp::millis))
            .bind(id.as_str())
            .bind(person.id.as_str())
            .bind(now.millis())
            .execute(&mut **write)
            .await?;
        if done.rows_affected() == 0 {
            return Ok(Err(place));
        }
    }
    Ok(Ok(()))
}

/// Makes the files of reports part of an entry too: a request that is made of them has their pictures, and keeps them.
pub async fn lend(
    write: &mut Write,
    reports: &[ReportId],
    entry: MessageId,
    most: usize,
) -> sqlx::Result<()> {
    let mut left = i64::try_from(most).unwrap_or(i64::MAX);
    for report in reports {
        let done = sqlx::query(
            "UPDATE uploads SET entry = ?, erase_at = NULL WHERE id IN (SELECT id FROM uploads \
             WHERE report = ? AND entry IS NULL AND erased_at IS NULL ORDER BY created_at, id LIMIT ?)",
        )
        .bind(count(entry.0))
        .bind(count(report.0))
        .bind(left)
        .execute(&mut **write)
        .await?;
        left -= i64::try_from(done.rows_affected()).unwrap_or(i64::MAX);
        if left <= 0 {
            break;
        }
    }
    Ok(())
}

/// The files of each entry of a request's thread.
pub(super) async fn of_request(
    connection: &mut SqliteConnection,
    request: u64,
) -> sqlx::Result<Vec<(i64, Upload)>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM uploads u JOIN entries e ON e.id = u.entry WHERE e.request = ? ORDER BY u.created_at, u.id"
    );
    let rows = sqlx::query(&sql).bind(count(request)).fetch_all(connection).await?;
    told(&rows, |stored| stored.entry)
}

/// The files of reports, by the column that names what they are part of.
pub(super) async fn of_report(
    connection: &mut SqliteConnection,
    report: ReportId,
) -> sqlx::Result<(Vec<Upload>, Vec<(i64, Upload)>)> {
    let sql = format!("SELECT {COLUMNS} FROM uploads u WHERE u.report = ? ORDER BY u.created_at, u.id");
    let rows = sqlx::query(&sql).bind(count(report.0)).fetch_all(&mut *connection).await?;
    let own = told(&rows, |_| Some(0))?.into_iter().map(|(_, upload)| upload).collect();
    let sql = format!(
        "SELECT {COLUMNS} FROM uploads u JOIN report_answers a ON a.id = u.answer WHERE a.report = ? ORDER BY u.created_at, u.id"
    );
    let rows = sqlx::query(&sql).bind(count(report.0)).fetch_all(connection).await?;
    Ok((own, told(&rows, |stored| stored.answer)?))
}

fn told(rows: &[SqliteRow], owner: impl Fn(&Stored) -> Option<i64>) -> sqlx::Result<Vec<(i64, Upload)>> {
    let mut told = Vec::with_capacity(rows.len());
    for row in rows {
        let stored = stored(row)?;
        if let (Some(owner), Some(upload)) = (owner(&stored), stored.to_upload()) {
            told.push((owner, upload));
        }
    }
    Ok(told)
}

/// What an erased person sent (DESIGN.md, rule 8): what was not sent and what shows their screen goes; files in requests
/// stay there without the name that they gave them.
pub async fn forget_person(write: &mut Write, person: &PersonId, now: Timestamp) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE uploads SET name = 'file', expires_at = CASE WHEN expires_at IS NULL THEN NULL ELSE 0 END, \
         erase_at = CASE WHEN entry IS NULL AND expires_at IS NULL AND erased_at IS NULL THEN ? ELSE erase_at END \
         WHERE person = ?",
    )
    .bind(now.millis())
    .bind(person.as_str())
    .execute(&mut **write)
    .await?;
    Ok(())
}

fn stored(row: &SqliteRow) -> sqlx::Result<Stored> {
    let kind: Option<String> = row.try_get("kind")?;
    let report: Option<i64> = row.try_get("report")?;
    Ok(Stored {
        id: row.try_get::<String, _>("id")?.parse().map_err(wrong)?,
        person: row.try_get::<String, _>("person")?.parse().map_err(wrong)?,
        name: row.try_get("name")?,
        length: number(row, "length")?,
        received: number(row, "received")?,
        kind: kind.as_deref().and_then(MediaKind::parse),
        expires_at: time_if_any(row, "expires_at")?,
        erased_at: time_if_any(row, "erased_at")?,
        entry: row.try_get("entry")?,
        report: report.and_then(|report| u64::try_from(report).ok()).map(ReportId),
        answer: row.try_get("answer")?,
    })
}
