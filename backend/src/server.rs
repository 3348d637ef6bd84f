//! Starting and stopping.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use frontdesk_contract::Timestamp;
use ipnet::IpNet;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::app::{App, Parts};
use crate::clock::Clock;
use crate::headers::{Transport, is_origin};
use crate::help::{HelpError, Library};
use crate::http;
use crate::http::events::Streams;
use crate::http::idempotency::Running as Creates;
use crate::http::table::Table;
use crate::http::uploads::Turns;
use crate::mail;
use crate::origin::Origin;
use crate::password::{HashError, Passwords};
use crate::settings::{self, SettingsError};
use crate::store::mirror::Kept;
use crate::store::{Access, OpenError, Store, care};
use crate::timers;
use crate::upstream::reading::PageAddress;
use crate::upstream::scim::client::{Patience, Provider, ProviderAddress, Token};

/// How long calls may go on after the backend was told to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// What the operator is told when all clients would look like one.
const NO_PROXY_NAMED: &str = "Browsers come over https, so through a proxy, and no --trusted-proxy names it: \
     all of them seem to have its address, and some wrong passwords of one of them keep all from signing in \
     for a quarter of an hour. Name the proxy, such as --trusted-proxy 127.0.0.1/32.";

/// What `serve` takes.
#[derive(Debug, Clone)]
pub struct Options {
    /// The data folder.
    pub data: PathBuf,
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The folder with the panel's files, if we serve them.
    pub panel: Option<PathBuf>,
    /// Where browsers see us; else the address itself.
    pub origin: Option<Origin>,
    /// Whose word about the client's address is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The origins that may frame the dialog.
    pub frame_ancestors: Vec<String>,
    /// The time from which the clock runs; else the machine's.
    pub now: Option<Timestamp>,
    /// The provider's page whose word the status page shows.
    pub status_upstream: Option<PageAddress>,
    /// The organization's own provider of accounts.
    pub scim_upstream: Option<Upstream>,
}

/// The organization's own provider of accounts.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// Where its SCIM begins.
    pub address: ProviderAddress,
    /// Its bearer token.
    pub token: Token,
    /// Whether it is known here by another address.
    pub is_moved: bool,
    /// How long we wait for it.
    pub patience: Patience,
}

/// Why the backend doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or not ours.
    #[error("{address} can't be listened on: {source}.")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The folder has no panel in it.
    #[error("There is no panel in {folder}: index.html is missing. Build it with `cargo xtask build`.", folder = .0.display())]
    NoPanel(PathBuf),
    /// Somebody could read passwords on the way.
    #[error(
        "{0} is http beyond this machine, so passwords could be read on the way. Put a proxy with https before it and name it with --origin."
    )]
    PlainBeyondLoopback(String),
    /// The origin that may frame is none.
    #[error("{0} is not an origin. Write --frame-ancestor https://intranet.example, without a path.")]
    NotAnAncestor(String),
    /// The data folder.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The help articles.
    #[error(transparent)]
    Help(#[from] HelpError),
    /// Everybody knows a password.
    #[error(
        "Somebody still has the default password, so only this machine may be listened on. Change it, or run `frontdesk-backend admin reset` for each of them."
    )]
    DefaultPassword,
    /// Another provider keeps the accounts of this folder.
    #[error(
        "The accounts in this data folder are kept by {0}. Start with --scim-upstream {0}; when the same provider has another address now, add --scim-upstream-moved."
    )]
    KeptElsewhere(String),
    /// The provider can't be asked at all.
    #[error("The provider of the accounts can't be asked: {0}.")]
    Provider(reqwest::Error),
    /// The machine can't hash.
    #[error("{0}.")]
    Passwords(#[from] HashError),
    /// The database.
    #[error("The database can't be read: {0}.")]
    Database(#[from] sqlx::Error),
}

/// A backend that answers.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    app: App,
    task: JoinHandle<std::io::Result<()>>,
    watching: JoinHandle<()>,
    mailing: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its parts.
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// Lets running calls end, closes the streams and the database.
    pub async fn stop(self) {
        self.app.stopping().cancel();
        let ended = tokio::time::timeout(STOP_WITHIN, self.task).await;
        if ended.is_err() {
            tracing::warn!("some calls did not end in time");
        }
        // What is due is done in whole transactions, so the last one ends first.
        if tokio::time::timeout(STOP_WITHIN, self.watching).await.is_err() {
            tracing::warn!("what was due did not end in time");
        }
        // An e-mail that is on its way ends first, or it would go out once more.
        if let Some(mailing) = self.mailing
            && tokio::time::timeout(STOP_WITHIN, mailing).await.is_err()
        {
            tracing::warn!("an e-mail on its way did not end in time");
        }
        self.app.store().close().await;
    }
}

/// Starts a backend. Whatever is wrong is said before anything is written.
pub async fn start(options: Options) -> Result<Running, StartError> {
    if let Some(ancestor) = options.frame_ancestors.iter().find(|ancestor| !is_origin(ancestor)) {
        return Err(StartError::NotAnAncestor(ancestor.clone()));
    }
    if let Some(panel) = options.panel.as_ref().filter(|panel| !panel.join("index.html").is_file()) {
        return Err(StartError::NoPanel(panel.clone()));
    }
    refuse_plain_beyond_loopback(&options)?;
    let listen_error = |source| StartError::Listen { address: options.listen, source };
    let listener = TcpListener::bind(options.listen).await.map_err(listen_error)?;
    let address = listener.local_addr().map_err(listen_error)?;
    let store = Store::open(&options.data, Access::Alone).await?;
    let origin = options.origin.clone().unwrap_or_else(|| Origin::of_address(address));
    let is_for_this_machine = address.ip().is_loopback() && origin.is_loopback();
    if !is_for_this_machine && store.has_default_password().await? {
        return Err(StartError::DefaultPassword);
    }
    if origin.transport() == Transport::Https && options.trusted_proxies.is_empty() {
        tracing::warn!("{NO_PROXY_NAMED}");
    }
    settings::write_example(&options.data)?;
    let (decided, library) = (settings::read(&options.data)?, Library::read(&options.data)?);
    let clock = options.now.map_or_else(Clock::of_the_machine, Clock::set_to);
    store.note_decisions(&decided.version, clock.now()).await?;
    let provider = options.status_upstream.as_ref().map(ToString::to_string);
    store.name_provider(provider.as_deref(), clock.now()).await?;
    let scim = options.scim_upstream;
    let url = scim.as_ref().map(|scim| scim.address.to_string());
    let is_moved = scim.as_ref().is_some_and(|scim| scim.is_moved);
    if let Kept::By(other) = store.name_mirror(url.as_deref(), is_moved).await? {
        return Err(StartError::KeptElsewhere(other));
    }
    let asked = |scim: Upstream| Provider::new(scim.address, scim.token, scim.patience);
    let provider = scim.map(asked).transpose().map_err(StartError::Provider)?;
    let mut write = store.write().await?;
    care::plan_closing(&mut write, decided.settings.limits, clock.now()).await?;
    write.commit().await?;
    let table = Table::new(&options.frame_ancestors, origin.transport());
    let app = App::new(Parts {
        store,
        decided,
        library,
        passwords: Passwords::new()?,
        clock,
        origin,
        panel: options.panel,
        trusted_proxies: options.trusted_proxies,
        stopping: CancellationToken::new(),
        hint: watch::Sender::new(()),
        running: Creates::default(),
        streams: Streams::default(),
        uploads: Turns::default(),
        provider,
    });
    timers::status::begin(&app, options.status_upstream);
    let mailing = mail::courier::begin(&app);
    if let Some(provider) = app.provider() {
        tokio::spawn(provider.clone().run(app.clone()));
    }
    let service = http::router(app.clone(), table).into_make_service_with_connect_info::<SocketAddr>();
    let watching = tokio::spawn(timers::run(app.clone()));
    let stopping = app.stopping().clone();
    let serving =
        axum::serve(listener, service).with_graceful_shutdown(async move { stopping.cancelled().await });
    let task = tokio::spawn(async move { serving.await });
    Ok(Running { address, app, task, watching, mailing })
}

/// Http is for this machine alone: a cookie that travels in the open is everybody's.
fn refuse_plain_beyond_loopback(options: &Options) -> Result<(), StartError> {
    match &options.origin {
        Some(origin) if origin.transport() == Transport::Http && !origin.is_loopback() => {
            Err(StartError::PlainBeyondLoopback(origin.as_str().to_owned()))
        }
        Some(origin) if origin.transport() == Transport::Https => Ok(()),
        Some(_) | None if options.listen.ip().is_loopback() => Ok(()),
        Some(_) | None => Err(StartError::PlainBeyondLoopback(format!("http://{}", options.listen))),
    }
}
