//! Everything that is kept. SQL lives here alone and stays portable, but for full text.
//!
//! One connection writes, so that no write ever finds the database busy; several read beside it.

pub mod accounts;
pub mod answers;
pub mod audit;
pub mod bulk;
pub mod calls;
pub mod care;
pub mod chats;
pub mod days;
pub mod deliveries;
pub mod directory;
pub mod erase;
pub mod events;
mod facets;
pub mod feedback;
pub mod follows;
pub mod forgotten;
mod grams;
pub mod groups;
pub mod handover;
pub mod incidents;
pub mod list;
pub mod mails;
pub mod maintenances;
pub mod marks;
pub mod mirror;
pub mod pages;
pub mod people;
pub mod plans;
pub mod provider;
pub mod public_creates;
pub mod reads;
pub mod reports;
pub mod requests;
pub mod runs;
pub mod search;
pub mod sessions;
pub mod threads;
pub mod tokens;
pub mod uploads;
pub mod views;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use frontdesk_contract::{PersonId, Timestamp};
use sqlx::migrate::MigrateError;
use sqlx::sqlite::SqliteRow;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{QueryBuilder, Row as _, Sqlite, SqlitePool, Transaction};

/// How the tables came to be, step by step.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("src/store/migrations");
/// The name of the database in the data folder.
const DATABASE: &str = "frontdesk.sqlite";
/// The name of the file that says that a backend works on the folder.
const LOCK: &str = "frontdesk.lock";
/// How many connections read at the same time.
const READERS: u32 = 8;

/// A transaction that writes. Dropped without `commit`, nothing of it happened.
pub type Write = Transaction<'static, Sqlite>;

/// The database of a data folder. While it stands, nobody else opens the folder.
#[derive(Debug, Clone)]
pub struct Store {
    writer: SqlitePool,
    readers: SqlitePool,
    folder: PathBuf,
    lock: Option<Arc<File>>,
}

/// Who else may work on the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nobody: the backend itself, and whatever fills a folder.
    Alone,
    /// A running backend: the commands of the operator. The database must be there, and up to date.
    Beside,
}

/// Why a data folder can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder can't be made or written.
    #[error("The data folder {folder} can't be written: {source}.", folder = .folder.display())]
    Unwritable {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another backend works on it.
    #[error("Another backend works on the data folder {folder} already. Stop it first.", folder = .0.display())]
    InUse(PathBuf),
    /// A newer release made the database.
    #[error("A newer release wrote the database in {folder}. Start that release, or restore a backup.", folder = .0.display())]
    Newer(PathBuf),
    /// There is no database where somebody works beside the backend.
    #[error("There is no database in {folder}. Start the backend on this folder once, or name the folder that it works on.", folder = .0.display())]
    Missing(PathBuf),
    /// An older release made the database, and only the backend itself brings it up to date.
    #[error("An older release wrote the database in {folder}. Start this release on it once, then try again.", folder = .0.display())]
    Older(PathBuf),
    /// SQLite says no.
    #[error("The database in {folder} can't be opened: {source}.", folder = .folder.display())]
    Database {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        source: sqlx::Error,
    },
    /// The tables can't be brought up to date.
    #[error("The database in {folder} can't be brought up to date: {source}.", folder = .folder.display())]
    Migration {
        /// Which folder.
        folder: PathBuf,
        /// Why.
        source: MigrateError,
    },
}

impl Store {
    /// Opens the folder. Alone, it is made when it isn't there, and its tables are brought up to date;
    /// beside a running backend nothing is made and nothing changes.
    pub async fn open(folder: &Path, access: Access) -> Result<Self, OpenError> {
        let unwritable = |source| OpenError::Unwritable { folder: folder.to_owned(), source };
        let lock = match access {
            Access::Alone => {
                std::fs::create_dir_all(folder).map_err(unwritable)?;
                Some(Arc::new(lock(folder)?))
            }
            Access::Beside if !folder.join(DATABASE).is_file() => {
                return Err(OpenError::Missing(folder.to_owned()));
            }
            Access::Beside => None,
        };
        let options = SqliteConnectOptions::new()
            .filename(folder.join(DATABASE))
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(5))
            // Whoever is erased is erased from the file too.
            .pragma("secure_delete", "on")
            .pragma("cache_size", "-16000")
            // A run changes pages all over the file: they are gathered before they are written to it.
            .pragma("wal_autocheckpoint", "8000")
            .pragma("temp_store", "memory");
        let database = |source| OpenError::Database { folder: folder.to_owned(), source };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            // A commit that failed, on a full disk for example, leaves a connection that takes no new
            // transaction: it is replaced.
            .before_acquire(|connection, _| {
                Box::pin(async move { Ok(!sqlx::Connection::is_in_transaction(connection)) })
            })
            .connect_with(
                options
                    .clone()
                    .create_if_missing(access == Access::Alone)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full),
            )
            .await
            .map_err(database)?;
        match access {
            Access::Alone => MIGRATIONS.run(&writer).await.map_err(|source| match source {
                MigrateError::VersionMissing(_) => OpenError::Newer(folder.to_owned()),
                source => OpenError::Migration { folder: folder.to_owned(), source },
            })?,
            Access::Beside => refuse_other_releases(&writer, folder).await?,
        }
        if access == Access::Alone {
            grams::fill(&writer).await.map_err(database)?;
        }
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.read_only(true))
            .await
            .map_err(database)?;
        Ok(Self { writer, readers, folder: folder.to_owned(), lock })
    }

    /// Where reads go.
    pub fn read(&self) -> &SqlitePool {
        &self.readers
    }

    /// Begins a write; waits until the one before is done.
    pub async fn write(&self) -> sqlx::Result<Write> {
        self.writer.begin_with("BEGIN IMMEDIATE").await
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether the database answers.
    pub async fn is_ready(&self) -> bool {
        sqlx::query("SELECT 1 FROM people LIMIT 1").fetch_optional(&self.readers).await.is_ok()
    }

    /// Folds the write-ahead log back as far as readers let it, so that what was erased is not left in it.
    pub async fn fold_back(&self) {
        let folded = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.writer).await;
        if let Err(error) = folded {
            tracing::warn!(%error, "the write-ahead log was not folded back");
        }
    }

    /// Closes all connections, so that the write-ahead log is folded back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
        if let Some(lock) = &self.lock {
            // Said aloud, because a process that was forked meanwhile holds the file open a moment longer.
            // When it fails, the lock goes with the file.
            let _ = lock.unlock();
        }
    }
}

/// Refuses a database whose tables are not those of this release, and leaves it as it is.
async fn refuse_other_releases(writer: &SqlitePool, folder: &Path) -> Result<(), OpenError> {
    let database = |source| OpenError::Database { folder: folder.to_owned(), source };
    let rows = sqlx::query("SELECT version FROM _sqlx_migrations WHERE success").fetch_all(writer).await;
    let rows = match rows {
        Ok(rows) => rows,
        // Nobody has made a table yet.
        Err(sqlx::Error::Database(_)) => return Err(OpenError::Older(folder.to_owned())),
        Err(source) => return Err(database(source)),
    };
    let done: Vec<i64> =
        rows.iter().map(|row| row.try_get("version")).collect::<sqlx::Result<_>>().map_err(database)?;
    if done.iter().any(|version| !MIGRATIONS.version_exists(*version)) {
        return Err(OpenError::Newer(folder.to_owned()));
    }
    if MIGRATIONS.iter().any(|migration| !done.contains(&migration.version)) {
        return Err(OpenError::Older(folder.to_owned()));
    }
    Ok(())
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let unwritable = |source| OpenError::Unwritable { folder: folder.to_owned(), source };
    let file = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(folder.join(LOCK))
        .map_err(unwritable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(OpenError::InUse(folder.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(unwritable(source)),
    }
}

/// Adds a list of people: `(?, ?, ?)`.
fn push_people<'a>(sql: &mut QueryBuilder<'a, Sqlite>, people: impl IntoIterator<Item = &'a PersonId>) {
    sql.push("(");
    let mut list = sql.separated(", ");
    for person in people {
        list.push_bind(person.as_str());
    }
    sql.push(")");
}

/// A time that is stored.
fn time(row: &SqliteRow, column: &str) -> sqlx::Result<Timestamp> {
    let millis: i64 = row.try_get(column)?;
    Timestamp::from_millis(millis).ok_or_else(|| wrong(Unreadable(column.to_owned())))
}

/// A time that may be missing.
fn time_if_any(row: &SqliteRow, column: &str) -> sqlx::Result<Option<Timestamp>> {
    let millis: Option<i64> = row.try_get(column)?;
    Ok(millis.and_then(Timestamp::from_millis))
}

/// A column holds what we never wrote.
#[derive(Debug, thiserror::Error)]
#[error("The column {0} can't be read")]
pub(crate) struct Unreadable(String);

fn wrong(source: impl std::error::Error + Send + Sync + 'static) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(source))
}

/// A number that we count up, for the database.
fn count(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number that we count up, from the database.
fn number(row: &SqliteRow, column: &str) -> sqlx::Result<u64> {
    let number: i64 = row.try_get(column)?;
    u64::try_from(number).map_err(wrong)
}
