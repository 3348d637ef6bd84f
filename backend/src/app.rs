//! What every handler has at hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use frontdesk_contract::Timestamp;
use ipnet::IpNet;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::help::Library;
use crate::http::events::Streams;
use crate::http::idempotency::Running;
use crate::http::uploads::Turns;
use crate::origin::Origin;
use crate::password::Passwords;
use crate::settings::Decided;
use crate::store::{Store, Write};
use crate::upstream::scim::client::Provider;

/// The backend's parts, cheap to clone.
#[derive(Debug, Clone)]
pub struct App {
    parts: Arc<Parts>,
}

/// What an [`App`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// The database.
    pub store: Store,
    /// What the operator decided.
    pub decided: Decided,
    /// The help articles.
    pub library: Library,
    /// What makes and checks hashes of passwords.
    pub passwords: Passwords,
    /// The clock.
    pub clock: Clock,
    /// Where browsers see us.
    pub origin: Origin,
    /// The folder with the panel's files, if we serve them.
    pub panel: Option<PathBuf>,
    /// Whose word about the client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Cancelled when the backend stops.
    pub stopping: CancellationToken,
    /// Wakes the streams; what there is to tell they read from the database.
    pub hint: watch::Sender<()>,
    /// Creates that are being worked on in this process.
    pub running: Running,
    /// Live streams that are open in this process.
    pub streams: Streams,
    /// Files that are written to in this process.
    pub uploads: Turns,
    /// The organization's own provider of accounts, if one keeps them.
    pub provider: Option<Provider>,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self { parts: Arc::new(parts) }
    }

    /// The database.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// What the operator decided.
    pub fn decided(&self) -> &Decided {
        &self.parts.decided
    }

    /// The help articles.
    pub fn library(&self) -> &Library {
        &self.parts.library
    }

    /// What makes and checks hashes of passwords.
    pub fn passwords(&self) -> &Passwords {
        &self.parts.passwords
    }

    /// Creates that are being worked on in this process.
    pub fn running(&self) -> &Running {
        &self.parts.running
    }

    /// Live streams that are open in this process.
    pub fn streams(&self) -> &Streams {
        &self.parts.streams
    }

    /// Files that are written to in this process.
    pub fn uploads(&self) -> &Turns {
        &self.parts.uploads
    }

    /// The organization's own provider of accounts, if one keeps them.
    pub fn provider(&self) -> Option<&Provider> {
        self.parts.provider.as_ref()
    }

    /// Makes a change last, and wakes the streams of this process so that they look now rather than later.
    ///
    /// Both are done even when whoever called has gone in the middle of it: a change that nobody is told
    /// of would wait for the next heartbeat.
    pub async fn commit(&self, write: Write) -> sqlx::Result<()> {
        let app = self.clone();
        let committing = tokio::spawn(async move {
            write.commit().await?;
            app.parts.hint.send_replace(());
            Ok(())
        });
        committing.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
    }

    /// Waits for hints.
    pub fn hints(&self) -> watch::Receiver<()> {
        self.parts.hint.subscribe()
    }

    /// Where browsers see us.
    pub fn origin(&self) -> &Origin {
        &self.parts.origin
    }

    /// The folder with the panel's files.
    pub fn panel(&self) -> Option<&Path> {
        self.parts.panel.as_deref()
    }

    /// Whose word about the client's address is believed.
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.parts.trusted_proxies
    }

    /// Cancelled when the backend stops.
    pub fn stopping(&self) -> &CancellationToken {
        &self.parts.stopping
    }
}
