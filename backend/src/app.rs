//! What every handler has at hand.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ipnet::IpNet;
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::origin::Origin;
use crate::store::Store;

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
    pub fn now(&self) -> frontdesk_contract::Timestamp {
        self.parts.clock.now()
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
