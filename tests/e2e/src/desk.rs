//! A desk: one backend with data of its own, and as many browsers as a journey has people.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::backend::{self, Backend};
use crate::page::Page;
use crate::place;

/// So many journeys at a time: each has a backend and one or two browsers.
static SEATS: Semaphore = Semaphore::const_new(3);

/// The people of the seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// An admin with every right.
    Admin,
    /// Another one.
    SecondAdmin,
    /// An agent of support.
    Agent,
    /// Somebody without rights.
    Employee,
}

impl Who {
    /// The address to sign in with.
    pub fn email(self) -> &'static str {
        match self {
            Self::Admin => "admin@acme.example",
            Self::SecondAdmin => "second.admin@acme.example",
            Self::Agent => "agent@acme.example",
            Self::Employee => "employee@acme.example",
        }
    }
}

/// Everything that a journey needs.
#[derive(Debug)]
pub struct Desk {
    /// The program under test.
    pub backend: Backend,
    /// Where it answers.
    pub origin: String,
    /// The folder of this journey.
    pub folder: PathBuf,
    name: String,
    pages: Mutex<Vec<Page>>,
    _folder: TempDir,
    _seat: SemaphorePermit<'static>,
}

/// Tells a journey at a desk of its own. At the end nothing may have been refused by the policy, written to the
/// console as an error, or crashed; what is left of a failure is put into `<target>/e2e-failures`.
pub async fn desk(journey: impl AsyncFnOnce(&mut Desk)) {
    tell(Desk::start(&place::dist(), backend::seeded).await, journey).await;
}

/// The same where the operator has decided otherwise than in the example.
pub async fn desk_with(decide: impl FnOnce(&str) -> String, journey: impl AsyncFnOnce(&mut Desk)) {
    let data = |folder: &Path| {
        let data = backend::seeded(folder);
        let file = data.join("frontdesk.toml");
        let settings = std::fs::read_to_string(&file).expect("settings");
        std::fs::write(&file, decide(&settings)).expect("other settings");
        data
    };
    tell(Desk::start(&place::dist(), data).await, journey).await;
}

/// The same in an organization of so many people, in which nobody has to approve what is done to all of them.
pub async fn large_desk(people: u32, journey: impl AsyncFnOnce(&mut Desk)) {
    let data = |folder: &Path| {
        let data = folder.join("data");
        backend::seed(&data, people, 20);
        let file = data.join("frontdesk.toml");
        let settings = std::fs::read_to_string(&file).expect("settings");
        let settings = settings.replace("approveAbove = 1000", "approveAbove = 200000");
        std::fs::write(&file, settings).expect("other settings");
        data
    };
    tell(Desk::start(&place::dist(), data).await, journey).await;
}

/// The same in an organization with so many requests.
pub async fn busy_desk(requests: u32, journey: impl AsyncFnOnce(&mut Desk)) {
    let data = |folder: &Path| {
        let data = folder.join("data");
        backend::seed(&data, 60, requests);
        data
    };
    tell(Desk::start(&place::dist(), data).await, journey).await;
}

/// The same with another panel than the built one, and nobody in it yet.
pub async fn empty_desk(dist: &Path, journey: impl AsyncFnOnce(&mut Desk)) {
    tell(Desk::start(dist, |folder| folder.join("data")).await, journey).await;
}

async fn tell(mut desk: Desk, journey: impl AsyncFnOnce(&mut Desk)) {
    let began = Instant::now();
    let told = AssertUnwindSafe(journey(&mut desk)).catch_unwind().await;
    let pages = std::mem::take(&mut *desk.pages.lock().expect("the pages"));
    let mut faults = Vec::new();
    for page in &pages {
        faults.extend(page.faults().await);
    }
    let is_well = told.is_ok() && faults.is_empty();
    if !is_well {
        for (index, page) in pages.iter().enumerate() {
            page.keep_remains(&format!("{}-{index}", desk.name)).await;
        }
    }
    for page in pages {
        if is_well {
            page.leave().await;
        } else {
            page.close().await;
        }
    }
    keep_time(&desk.name, began.elapsed());
    if let Err(panic) = told {
        std::panic::resume_unwind(panic);
    }
    assert!(faults.is_empty(), "the pages complained:\n{}", faults.join("\n"));
}

/// Adds how long a journey took to `<target>/journeys.tsv`, of which `cargo xtask test` tells the longest.
fn keep_time(name: &str, took: Duration) {
    let file = OpenOptions::new().create(true).append(true).open(place::out().join("journeys.tsv"));
    if let Ok(mut file) = file {
        let _ = file.write_all(format!("{}\t{name}\n", took.as_secs()).as_bytes());
    }
}

impl Desk {
    async fn start(dist: &Path, data: impl FnOnce(&Path) -> PathBuf) -> Self {
        let seat = SEATS.acquire().await.expect("a seat");
        assert!(dist.join("index.html").exists(), "{} has no panel: run `cargo xtask build`", dist.display());
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = data(folder.path());
        let backend = Backend::start(&data, dist).await;
        let name = std::thread::current().name().unwrap_or("journey").replace("::", "-");
        Self {
            origin: backend.origin.clone(),
            backend,
            folder: folder.path().to_owned(),
            name,
            pages: Mutex::new(Vec::new()),
            _folder: folder,
            _seat: seat,
        }
    }

    /// A browser like new at `path`, with nobody signed in.
    pub async fn open(&self, path: &str) -> Page {
        let page = self.browser("en-US").await;
        page.open(path).await;
        page
    }

    /// A browser like new that prefers `language`, with nothing open.
    pub async fn browser(&self, language: &str) -> Page {
        let page = Page::start(&self.origin, language).await;
        self.pages.lock().expect("the pages").push(page.clone());
        page
    }

    /// A browser like new in which `who` has signed in, at the overview.
    pub async fn signed_in(&self, who: Who) -> Page {
        let page = self.open("/sign-in").await;
        page.sign_in(who).await;
        page
    }
}
