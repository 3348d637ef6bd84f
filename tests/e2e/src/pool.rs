//! Browsers that wait for the next journey: to start one costs as much as a short journey.

use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;

use crate::browser::Browser;
use crate::place::{self, Kind};

/// More than these would only keep memory.
const IDLE_AT_MOST: usize = 6;
/// How long cleaning may take on a slow machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(20);

static IDLE: Mutex<Vec<Browser>> = Mutex::new(Vec::new());

/// Where browsers are spoken to. A journey's own runtime ends with the journey.
static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime for the browsers")
});

/// A browser that prefers `language` and knows nothing of anybody.
pub async fn take(language: &str) -> Browser {
    let idle = {
        let mut idle = IDLE.lock().expect("the idle browsers");
        let last = idle.iter().rposition(|browser| browser.language == language);
        last.map(|place| idle.remove(place))
    };
    match idle {
        Some(browser) => browser,
        None => RUNTIME.spawn(Browser::start(language.to_owned())).await.expect("a browser"),
    }
}

/// Takes one back after a journey that ended well. One that can't be made like new ends.
pub async fn give_back(browser: Browser) {
    if place::kind() != Kind::Chromium || !matches!(timeout(PATIENCE, browser.clean()).await, Ok(Ok(()))) {
        return;
    }
    let mut idle = IDLE.lock().expect("the idle browsers");
    if idle.len() < IDLE_AT_MOST {
        idle.push(browser);
    }
}
