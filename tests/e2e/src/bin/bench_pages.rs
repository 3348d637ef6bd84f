//! `cargo xtask bench pages`: what people feel, in a real Chromium: how soon a page is painted against the same page as
//! plain HTML, whether it moves while it starts, how long it takes to answer on a slow device, how much of it there is,
//! and whether it grows. Ratios in one run where time is measured, because machines differ.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a measurement that can't be made has no result"
)]

use std::path::Path;
use std::process::ExitCode;

use frontdesk_e2e::backend::{self, Backend, seed};
use frontdesk_e2e::{Page, Who, place};
use serde_json::{Value, json};

/// So many people and requests are stored.
const PEOPLE: u32 = 11_600;
const REQUESTS: u32 = 10_000;
/// So many accounts are deactivated by one run.
const ACCOUNTS: usize = 10_000;
/// How often each page is loaded; the median counts.
const LOADS: usize = 9;
/// So often the page is changed, and so often before one begins to measure: the browser keeps a log of its own, up to
/// 250 lines.
const CHANGES: usize = 200;
const WARM: usize = 100;
/// How much slower the device is made.
const SLOWER: u32 = 4;
/// The pages that are loaded.
const STARTS: [&str; 4] = ["/", "/requests", "/support", "/report.html"];

/// Sums how far things moved since the page was opened.
const SHIFTS: &str = "const done = arguments[arguments.length - 1]; let sum = 0; \
    const add = list => list.forEach(shift => { if (!shift.hadRecentInput) sum += shift.value }); \
    const observer = new PerformanceObserver(list => add(list.getEntries())); \
    observer.observe({ type: 'layout-shift', buffered: true }); \
    setTimeout(() => { add(observer.takeRecords()); done(sum) }, 200)";
/// When something was painted for the first time.
const PAINTED: &str = "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null";
/// Notes the slowest answer to a key or a press, and the longest stretch without any, from now on.
const WATCH: &str = "globalThis.slowest = 0; globalThis.longest = 0; \
    new PerformanceObserver(list => list.getEntries().forEach(event => { \
        if (event.interactionId) slowest = Math.max(slowest, event.duration); \
    })).observe({ type: 'event', durationThreshold: 16 }); \
    new PerformanceObserver(list => list.getEntries().forEach(task => { \
        longest = Math.max(longest, task.duration); \
    })).observe({ type: 'longtask' })";
/// The page as it stands, without its program.
const STATIC: &str = "const page = document.documentElement.cloneNode(true); \
    page.querySelectorAll('script, link:not([rel=stylesheet])').forEach(one => one.remove()); \
    return '<!doctype html>' + page.outerHTML";

#[tokio::main]
async fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let data = folder.path().join("data");
    println!("Inventing {PEOPLE} people and {REQUESTS} requests");
    seed(&data, PEOPLE, REQUESTS);
    // The second person's look is no part of what is measured.
    let file = data.join("frontdesk.toml");
    let settings = std::fs::read_to_string(&file).expect("settings");
    std::fs::write(&file, settings.replace("approveAbove = 1000", "approveAbove = 100000"))
        .expect("settings");
    let dist = folder.path().join("dist");
    backend::copy(&place::dist(), &dist).expect("a copy of the panel");
    let backend = Backend::start(&data, &dist).await;
    let page = Page::start(&backend.origin, "en-US").await;
    page.open("/sign-in").await;
    page.sign_in(Who::Admin).await;

    let mut table = Table::begin();
    starts(&page, &dist, &mut table).await;
    answers(&page, &mut table).await;
    changes(&page, &mut table).await;
    run(&page, &mut table).await;
    page.close().await;
    if table.is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Says what was measured, and what it may be; and whether all of it was kept.
struct Table {
    is_kept: bool,
}

impl Table {
    fn begin() -> Self {
        println!("\n  {:<58} {:>10} {:>8} {:>8}", "", "", "floor", "lead");
        Self { is_kept: true }
    }

    fn row(&mut self, name: &str, value: f64, (floor, lead): (f64, f64), unit: &str) {
        let verdict = match (value <= floor, value <= lead) {
            (false, _) => "  more than the floor",
            (true, false) => "  more than the lead",
            (true, true) => "",
        };
        self.is_kept &= value <= floor;
        println!("  {name:<58} {value:>7.2} {unit:<2} {floor:>8} {lead:>8}{verdict}");
    }
}

/// What moves while pages start, and when they are painted against plain HTML.
async fn starts(page: &Page, dist: &Path, table: &mut Table) {
    page.devtools("Network.enable", json!({})).await;
    for path in STARTS {
        page.open(path).await;
        let shifts = number(&page.script_async(SHIFTS).await);
        table.row(&format!("layout shift while {path} starts"), shifts, (0.05, 0.0), "");
        let html = page.script(STATIC).await;
        std::fs::write(dist.join("static.html"), html.as_str().unwrap_or_default()).expect("a plain page");
        let (mut panel, mut plain) = (Vec::new(), Vec::new());
        for _ in 0..LOADS {
            panel.push(painted(page, path).await);
            plain.push(painted(page, "/static.html").await);
        }
        let ratio = median(panel) / median(plain);
        table.row(&format!("first paint of {path}, against plain HTML"), ratio, (1.5, 1.1), "×");
    }
}

/// When an address is painted for the first time, with nothing of it in the cache.
async fn painted(page: &Page, path: &str) -> f64 {
    page.devtools("Network.clearBrowserCache", json!({})).await;
    page.open_unready(path).await;
    page.wait("something is painted", async || page.script(PAINTED).await.is_number()).await;
    number(&page.script(PAINTED).await)
}

/// The slowest answers of the longest list on a slow device, and how much of it there is.
async fn answers(page: &Page, table: &mut Table) {
    page.open("/requests?view=all").await;
    page.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": SLOWER })).await;
    page.script(WATCH).await;
    page.fill("Search in requests", "video").await;
    page.see_path("/requests?view=all&q=video").await;
    table.row(
        "typing in the search of 10,000 requests, CPU 4 × slower",
        slowest(page).await,
        (200.0, 80.0),
        "ms",
    );
    page.press_first("button", "Last change").await;
    page.wait("the order is in the address", async || page.path().await.contains("sort=")).await;
    table.row("sorting them", slowest(page).await, (200.0, 80.0), "ms");
    page.script("document.querySelector('[data-scroller]').scrollTop = 100000").await;
    page.wait("what is far down is drawn", async || {
        page.script("return document.querySelectorAll('[aria-busy=true]').length").await == json!(0)
    })
    .await;
    let nodes = number(&page.script("return document.querySelectorAll('*').length").await);
    table.row("elements of that list", nodes, (1_500.0, 1_000.0), "");
    page.script("document.querySelector('[role=row] .cell-title').scrollIntoView()").await;
    page.script("document.querySelector('[role=row] .cell-title').focus()").await;
    page.key(fantoccini::key::Key::Enter).await;
    page.wait("the request is opened", async || page.path().await.starts_with("/requests/")).await;
    table.row("opening one", slowest(page).await, (200.0, 80.0), "ms");
    page.devtools("Emulation.setCPUThrottlingRate", json!({ "rate": 1 })).await;
}

/// How much memory is left after many changes of the page, against a few.
async fn changes(page: &Page, table: &mut Table) {
    page.open("/").await;
    for count in 0..WARM {
        change(page, count).await;
    }
    let before = memory(page).await;
    for count in 0..CHANGES {
        change(page, count).await;
    }
    let growth = (memory(page).await / before - 1.0) * 100.0;
    table.row("growth of the heap by 200 changes of the page", growth, (5.0, 1.0), "%");
}

/// Goes to the next of four pages. By scripts that answer with words alone: a driver keeps every element that it has
/// found, and would be measured instead.
async fn change(page: &Page, count: usize) {
    let (path, heading) = [
        ("/priorities", "Priorities"),
        ("/status", "Status"),
        ("/support", "Contact support"),
        ("/", "Overview"),
    ][count % 4];
    page.script(&format!("document.querySelector('nav a[href=\"{path}\"]').click()")).await;
    let stands = format!(
        "return document.querySelector('h1')?.innerText === '{heading}' && document.querySelector('.skeleton') === null"
    );
    page.wait(heading, async || page.script(&stands).await == json!(true)).await;
}

/// What the page holds in memory, its program's included.
async fn memory(page: &Page) -> f64 {
    page.devtools("HeapProfiler.collectGarbage", json!({})).await;
    let usage = page.devtools("Runtime.getHeapUsage", json!({})).await;
    ["usedSize", "embedderHeapUsedSize", "backingStorageSize"].map(|part| number(&usage[part])).iter().sum()
}

/// The longest stretch without an answer while ten thousand people are deactivated.
async fn run(page: &Page, table: &mut Table) {
    page.open("/accounts/bulk").await;
    let mut list = String::new();
    let mut start = 1;
    while list.lines().count() < ACCOUNTS {
        let path = format!(
            "/scim/v2/Users?filter=active%20eq%20true&attributes=emails&count=200&startIndex={start}"
        );
        let found = page.ask_backend(&path).await;
        let people = found["Resources"].as_array().cloned().unwrap_or_default();
        assert!(!people.is_empty(), "too few people: {found}");
        start += people.len();
        for email in people.iter().filter_map(|user| user.pointer("/emails/0/value")?.as_str()) {
            let stays = [Who::Admin, Who::SecondAdmin].iter().any(|who| who.email() == email);
            if !stays && list.lines().count() < ACCOUNTS {
                list.push_str(email);
                list.push('\n');
            }
        }
    }
    page.script(WATCH).await;
    // What Chromium itself takes to insert so many lines, typed or pasted, is none of our doing.
    let give = format!(
        "const list = document.querySelector('textarea'); list.value = {}; \
         list.dispatchEvent(new Event('input', {{ bubbles: true }}))",
        json!(list)
    );
    page.script(&give).await;
    page.see("accounts are named.").await;
    table.row(
        "longest stretch without an answer: reading 10,000 rows",
        longest(page).await,
        (200.0, 50.0),
        "ms",
    );
    page.choose("Deactivate").await;
    page.fill("Why?", "The site closes").await;
    page.press("Show what would happen").await;
    patiently(page, "Dry run: nothing has been done").await;
    table.row("looking at what would happen to them", longest(page).await, (200.0, 50.0), "ms");
    let path = page.path().await;
    let plan = page.ask_backend(&format!("/api/plans/{}", path.rsplit('=').next().unwrap_or_default())).await;
    let will = plan.pointer("/counts/will").and_then(Value::as_u64).expect("how many");
    let shown = format!("{},{:03}", will / 1_000, will % 1_000);
    page.fill(&format!("To confirm, type the number of accounts: {shown}"), &will.to_string()).await;
    page.press(&format!("Deactivate {shown} accounts")).await;
    patiently(page, &format!("{shown} of {shown}")).await;
    table.row("deactivating them", longest(page).await, (200.0, 50.0), "ms");
}

/// Waits for these words, for minutes if need be, without asking so often that it is the asking that is measured.
async fn patiently(page: &Page, words: &str) {
    const LOOKS: usize = 600;
    let look = format!(
        "const done = arguments[arguments.length - 1]; \
         setTimeout(() => done(document.body.innerText.includes({})), 500)",
        json!(words)
    );
    for _ in 0..LOOKS {
        if page.script_async(&look).await == json!(true) {
            return;
        }
    }
    panic!("“{words}” never came.\n{}", page.outline().await);
}

/// The slowest answer since one looked last.
async fn slowest(page: &Page) -> f64 {
    taken(page, "slowest").await
}

/// The longest stretch without an answer since one looked last; below 50 ms none is noted.
async fn longest(page: &Page) -> f64 {
    taken(page, "longest").await
}

async fn taken(page: &Page, name: &str) -> f64 {
    // What was painted last is noted a moment later.
    let script = format!(
        "const done = arguments[arguments.length - 1]; \
         setTimeout(() => {{ const value = globalThis.{name}; globalThis.{name} = 0; done(value); }}, 500)"
    );
    number(&page.script_async(&script).await)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_default()
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or_default()
}
