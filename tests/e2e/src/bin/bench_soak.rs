//! `cargo xtask bench soak`: twenty admins at work for two minutes at one backend with 100,000 requests. No answer may
//! be an error, and the memory of the backend may not grow between the first half minute and the end.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that can't be made has no result"
)]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use frontdesk_e2e::backend::{Backend, seed, session};
use frontdesk_e2e::{Who, place};
use futures_util::future::join_all;
use reqwest::{Client, Method, Response};
use serde_json::{Value, json};

/// So many requests are stored, unless `FRONTDESK_SOAK_REQUESTS` says otherwise.
const REQUESTS: u32 = 100_000;
/// So many people work at the same time.
const ADMINS: usize = 20;
/// So long they work, in seconds, unless `FRONTDESK_SOAK_SECONDS` says otherwise.
const SECONDS: u64 = 120;
/// After this part of the time everything that is kept on purpose is there: caches, connections, pages of the database.
const WARM: f64 = 0.25;
/// What the memory may be at the end, against then.
const GROWTH: f64 = 1.15;
/// What an admin reads, again and again. `{id}` is a request of theirs.
const READS: [&str; 9] = [
    "/api/requests?limit=50",
    "/api/requests?state=open&topic=mobile&limit=20",
    "/api/requests?q=video&limit=20",
    "/api/requests?sort=-priority&limit=50",
    "/api/requests/counts",
    "/api/requests/{id}",
    "/api/check-first?topic=live&q=video%20stops%20after%20a%20minute&language=en",
    "/api/session",
    "/scim/v2/Users?count=50&sortBy=displayName&cursor=",
];

#[tokio::main]
async fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (requests, seconds) =
        (wish("FRONTDESK_SOAK_REQUESTS", REQUESTS), wish("FRONTDESK_SOAK_SECONDS", SECONDS));
    println!("Inventing {requests} requests");
    let data = folder.path().join("data");
    seed(&data, 400, requests);
    let backend = Backend::start(&data, &place::dist()).await;
    let soak = Arc::new(Soak::new(&backend.origin));
    let end = Instant::now() + Duration::from_secs(seconds);
    println!("{ADMINS} admins work for {seconds} s");
    let admins = (0..ADMINS).map(|number| tokio::spawn(Arc::clone(&soak).work(number, end)));
    let admins: Vec<_> = admins.collect();
    let start = Instant::now();
    let warm = Duration::from_secs(seconds).mul_f64(WARM);
    tokio::time::sleep_until((start + warm).into()).await;
    let (early, calls_early) = (memory(backend.pid()), soak.calls.load(Ordering::Relaxed));
    join_all(admins).await.into_iter().for_each(|admin| admin.expect("an admin who works to the end"));
    let late = memory(backend.pid());
    soak.tell();
    let calls = soak.calls.load(Ordering::Relaxed);
    println!("  events heard                        {:>9}", soak.events.load(Ordering::Relaxed));
    println!("  calls                               {calls:>9}");
    println!("  errors                              {:>9}", soak.errors.load(Ordering::Relaxed));
    let growth = late / early;
    println!("  memory after {:>3} s and {calls_early:>7} calls  {early:>9.1} MB", warm.as_secs());
    println!("  memory after {seconds:>3} s and {calls:>7} calls  {late:>9.1} MB, ratio {growth:.2}");
    if soak.errors.load(Ordering::Relaxed) == 0 && growth <= GROWTH {
        ExitCode::SUCCESS
    } else {
        println!("  not kept: no error, and a ratio of at most {GROWTH}");
        ExitCode::FAILURE
    }
}

fn wish<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The resident memory of a process, in megabytes, as Linux tells it.
fn memory(pid: u32) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("a Linux with /proc");
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kilobytes.expect("VmRSS") / 1_024.0
}

/// What all of them share.
struct Soak {
    origin: String,
    calls: AtomicU64,
    errors: AtomicU64,
    events: AtomicU64,
    times: Mutex<BTreeMap<String, Vec<f64>>>,
}

impl Soak {
    fn new(origin: &str) -> Self {
        Self {
            origin: origin.to_owned(),
            calls: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            events: AtomicU64::new(0),
            times: Mutex::new(BTreeMap::new()),
        }
    }

    /// One admin: reads, searches, asks, answers, changes and listens.
    async fn work(self: Arc<Self>, number: usize, end: Instant) {
        let client = Client::new();
        let who = if number.is_multiple_of(2) { Who::Admin } else { Who::SecondAdmin };
        let cookie = session(&client, &self.origin, who).await;
        let caller = Caller { soak: Arc::clone(&self), client, cookie };
        let listening = tokio::spawn(caller.clone().listen());
        let mut turn = 0;
        while Instant::now() < end {
            turn += 1;
            caller.turn(number, turn).await;
        }
        listening.abort();
    }

    fn keep(&self, name: &str, start: Instant) {
        self.calls.fetch_add(1, Ordering::Relaxed);
        let milliseconds = start.elapsed().as_secs_f64() * 1_000.0;
        let mut times = self.times.lock().expect("the times");
        times.entry(name.to_owned()).or_default().push(milliseconds);
    }

    fn fail(&self, what: &str) {
        if self.errors.fetch_add(1, Ordering::Relaxed) < 20 {
            println!("  error: {what}");
        }
    }

    fn tell(&self) {
        println!("\n  {:<70} {:>7} {:>10} {:>10}", "", "calls", "median", "99 of 100");
        let mut times = self.times.lock().expect("the times");
        for (name, rounds) in times.iter_mut() {
            rounds.sort_by(f64::total_cmp);
            let at = |part: usize| rounds.get(rounds.len() * part / 100).copied().unwrap_or_default();
            println!("  {name:<70} {:>7} {:>7.1} ms {:>7.1} ms", rounds.len(), at(50), at(99));
        }
        println!();
    }
}

/// Whoever calls.
#[derive(Clone)]
struct Caller {
    soak: Arc<Soak>,
    client: Client,
    cookie: String,
}

impl Caller {
    /// A few minutes of an admin's day: all reads, one request asked, answered, and raised.
    async fn turn(&self, number: usize, turn: u32) {
        let (key, answer) = (format!("soak-{number}-{turn}"), format!("soak-{number}-{turn}-answer"));
        let asked = json!({
            "topic": "video", "subject": format!("Soak {number}, {turn}"), "body": "Since this morning.",
            "priority": "high", "channel": "message", "language": "en",
        });
        let Some(made) =
            self.call(Method::POST, "/api/requests", &[("Idempotency-Key", &key)], Some(&asked)).await
        else {
            return;
        };
        let id = made.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        for path in READS {
            self.call(Method::GET, &path.replace("{id}", &id), &[], None).await;
        }
        let path = format!("/api/requests/{id}");
        let message = json!({ "body": "It happens on two machines." });
        self.call(Method::POST, &format!("{path}/messages"), &[("Idempotency-Key", &answer)], Some(&message))
            .await;
        let Some(now) = self.call(Method::GET, &path, &[], None).await else { return };
        let version = now.get("version").and_then(Value::as_str).unwrap_or_default().to_owned();
        let change = json!({ "priority": "medium" });
        self.call(Method::PATCH, &path, &[("If-Match", &version)], Some(&change)).await;
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Option<Value> {
        let start = Instant::now();
        let name = format!("{method} {}", general(path));
        let mut call = self.client.request(method, format!("{}{path}", self.soak.origin));
        call = call
            .header("Cookie", &self.cookie)
            .header("X-Frontdesk", "1")
            .header("Origin", &self.soak.origin);
        for (name, value) in headers {
            call = call.header(*name, *value);
        }
        if let Some(body) = body {
            call = call.json(body);
        }
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) => {
                self.soak.fail(&format!("{name}: {error}"));
                return None;
            }
        };
        let status = answer.status();
        let text = answer.text().await.unwrap_or_default();
        self.soak.keep(&name, start);
        if !status.is_success() {
            self.soak.fail(&format!("{name}: {status} {text}"));
            return None;
        }
        serde_json::from_str(&text).ok()
    }

    /// The live stream, as each browser has one.
    async fn listen(self) {
        let answer: reqwest::Result<Response> = self
            .client
            .get(format!("{}/api/events", self.soak.origin))
            .header("Cookie", &self.cookie)
            .send()
            .await;
        let Ok(mut answer) = answer.and_then(Response::error_for_status) else {
            self.soak.fail("GET /api/events is refused");
            return;
        };
        while let Ok(Some(piece)) = answer.chunk().await {
            let events = piece.windows(4).filter(|window| window == b"id: ").count();
            self.soak.events.fetch_add(u64::try_from(events).unwrap_or_default(), Ordering::Relaxed);
        }
        self.soak.fail("GET /api/events ended");
    }
}

/// An address without what differs from call to call.
fn general(path: &str) -> String {
    let part = |part: &str| if part.starts_with("FD-") { "{id}".to_owned() } else { part.to_owned() };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}
