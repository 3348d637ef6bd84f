//! Everything that is kept. SQL lives here alone and stays portable, but for full text.
//!
//! One connection writes, so that no write ever finds the database busy; several read beside it.

use std::fs::File;
use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool, Transaction};

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
    _lock: std::sync::Arc<File>,
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
    /// Opens the folder, makes it when it isn't there, and brings its tables up to date.
    pub async fn open(folder: &Path) -> Result<Self, OpenError> {
        let lock = lock(folder)?;
        let options = SqliteConnectOptions::new()
            .filename(folder.join(DATABASE))
            .foreign_keys(true)
            .busy_timeout(std::time::Duration::from_secs(5))
            .pragma("cache_size", "-16000")
            .pragma("temp_store", "memory");
        let database = |source| OpenError::Database { folder: folder.to_owned(), source };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(
                options
                    .clone()
                    .create_if_missing(true)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full),
            )
            .await
            .map_err(database)?;
        sqlx::migrate!("src/store/migrations").run(&writer).await.map_err(|source| match source {
            MigrateError::VersionMissing(_) => OpenError::Newer(folder.to_owned()),
            source => OpenError::Migration { folder: folder.to_owned(), source },
        })?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .connect_with(options.read_only(true))
            .await
            .map_err(database)?;
        Ok(Self { writer, readers, folder: folder.to_owned(), _lock: std::sync::Arc::new(lock) })
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

    /// Closes all connections, so that the write-ahead log is folded back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn lock(folder: &Path) -> Result<File, OpenError> {
    let unwritable = |source| OpenError::Unwritable { folder: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(unwritable)?;
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
