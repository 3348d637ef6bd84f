//! `cargo xtask bench requests`: what lists, filters, searches and check-first cost with 100,000 requests stored,
//! against 1,000 stored. Ratios in one run, because machines differ; absolute times are for the eye only.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that can't be made has no result"
)]

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use frontdesk_e2e::backend::{Backend, seed, session};
use frontdesk_e2e::{Who, place};
use reqwest::Client;
use serde_json::Value;

/// The sizes that are compared.
const SMALL: u32 = 1_000;
/// A hundred times as many.
const LARGE: u32 = 100_000;
/// How often each call is made; the median counts.
const ROUNDS: usize = 41;
/// What a call may cost more with a hundred times as many requests.
const FLOOR: f64 = 2.0;

/// Where we go: what is above it is marked, and is no failure.
const LEAD: f64 = 1.2;

/// The calls that are compared. `{deep}` is a cursor far down the list, `{middle}` a rank in the middle of it, `{asker}`
/// whoever asked most. Both sizes must answer with as many rows, else it is the rows that are measured and not what is
/// stored: so what is rare is asked for in small pages.
const CALLS: [(&str, &str); 34] = [
    ("first rows", "/api/requests?limit=50"),
    ("first rows, open", "/api/requests?state=open&limit=5"),
    ("first rows, waiting for you", "/api/requests?state=open&waitingFor=organization&limit=2"),
    ("first rows, solved", "/api/requests?state=solved&limit=50"),
    ("page by cursor far down", "/api/requests?state=solved&limit=50&cursor={deep}"),
    ("jump to the middle", "/api/requests?limit=50&at={middle}"),
    ("jump to the middle, solved", "/api/requests?state=solved&limit=50&at={middle}"),
    ("filter, topic", "/api/requests?topic=mobile&limit=20"),
    ("filter, your priority", "/api/requests?priority=high&limit=20"),
    ("filter, support's priority", "/api/requests?supportPriority=high&limit=5"),
    ("filter, channel", "/api/requests?channel=message&limit=50"),
    ("filter, asked by", "/api/requests?askedBy={asker}&limit=5"),
    ("filter, incident", "/api/requests?incident=any&limit=1"),
    ("filter, time", "/api/requests?within=30&limit=20"),
    ("filters, open and topic", "/api/requests?state=open&topic=live&limit=1"),
    ("filters, solved and topic", "/api/requests?state=solved&topic=mobile&limit=20"),
    ("filters, topic and priority", "/api/requests?topic=mobile&priority=medium&limit=10"),
    ("search, a rare word", "/api/requests?q=certificate&limit=5"),
    ("search, a common word", "/api/requests?q=video&limit=20"),
    ("search, a beginning", "/api/requests?q=vid&limit=20"),
    ("search, two words", "/api/requests?q=video%20stop&limit=1"),
    ("search beside a short word", "/api/requests?q=video%20a&limit=5"),
    ("search in a topic", "/api/requests?q=video&topic=live&limit=2"),
    ("sort, oldest change first", "/api/requests?sort=changedAt&limit=50"),
    ("sort, oldest first", "/api/requests?sort=createdAt&limit=50"),
    ("sort, number", "/api/requests?sort=id&limit=50"),
    ("sort, waiting for", "/api/requests?sort=waitingFor&limit=50"),
    ("sort, priority", "/api/requests?sort=-priority&limit=50"),
    ("sort, asked by", "/api/requests?sort=askedBy&limit=50"),
    ("sort, topic", "/api/requests?sort=topic&limit=50"),
    ("sort, solved by priority", "/api/requests?state=solved&sort=-priority&limit=50"),
    ("counts", "/api/requests/counts"),
    ("counts, open and topic", "/api/requests/counts?state=open&topic=mobile"),
    ("check first", "/api/check-first?topic=live&q=video%20stops%20after%20a%20minute&language=en"),
];

#[tokio::main]
async fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut desks = Vec::new();
    for requests in [SMALL, LARGE] {
        println!("Inventing {requests} requests");
        desks.push(Desk::with(folder.path(), requests).await);
    }
    let mut measured = Vec::new();
    for (_, path) in CALLS {
        measured.push(in_turns(&desks, path).await);
    }
    let mut is_kept = true;
    println!("\n  {:<34} {:>5} {:>12} {:>12} {:>8}", "", "rows", "1,000", "100,000", "ratio");
    for (index, (name, _)) in CALLS.iter().enumerate() {
        let costs = measured.get(index).map(Vec::as_slice).unwrap_or_default();
        let of = |desk: usize| costs.get(desk).copied().unwrap_or_default();
        let (small, large) = (of(0), of(1));
        let ratio = large.milliseconds / small.milliseconds;
        let is_fair = small.rows == large.rows;
        let verdict = match (is_fair, ratio <= FLOOR, ratio <= LEAD) {
            (false, _, _) => format!("  not comparable: {} rows against {}", small.rows, large.rows),
            (true, false, _) => format!("  more than the floor of {FLOOR}"),
            (true, true, false) => format!("  more than the lead of {LEAD}"),
            (true, true, true) => String::new(),
        };
        is_kept &= is_fair && ratio <= FLOOR;
        println!(
            "  {name:<34} {:>5} {:>9.2} ms {:>9.2} ms {ratio:>8.2}{verdict}",
            large.rows, small.milliseconds, large.milliseconds
        );
    }
    if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What a call cost.
#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    /// The median.
    milliseconds: f64,
    /// How many rows the answer had.
    rows: usize,
}

/// A backend with so many requests, and an admin who asks it.
struct Desk {
    backend: Backend,
    client: Client,
    cookie: String,
    deep: String,
    middle: String,
    asker: String,
}

impl Desk {
    async fn with(folder: &Path, requests: u32) -> Self {
        let data = folder.join(requests.to_string());
        let start = Instant::now();
        seed(&data, 400, requests);
        println!("  done in {:.1} s", start.elapsed().as_secs_f64());
        let backend = Backend::start(&data, &place::dist()).await;
        let client = Client::new();
        let cookie = session(&client, &backend.origin, Who::Admin).await;
        let deep = deep_cursor(&client, &backend.origin, &cookie, requests / 50 / 4).await;
        let asker = asker(&client, &backend.origin, &cookie).await;
        Self { backend, client, cookie, deep, middle: (requests / 2).to_string(), asker }
    }

    async fn get(&self, path: &str) -> Value {
        let path = path.replace("{deep}", &self.deep).replace("{middle}", &self.middle);
        let path = path.replace("{asker}", &self.asker);
        get(&self.client, &format!("{}{path}", self.backend.origin), &self.cookie).await
    }
}

/// What a call costs at each desk. They take turns, so that whatever else the machine does meets all of them.
async fn in_turns(desks: &[Desk], path: &str) -> Vec<Measured> {
    let mut rows = Vec::new();
    for desk in desks {
        let answer = desk.get(path).await;
        rows.push(answer.get("items").and_then(Value::as_array).map_or(0, Vec::len));
    }
    let mut rounds = vec![Vec::with_capacity(ROUNDS); desks.len()];
    for _ in 0..ROUNDS {
        for (desk, rounds) in desks.iter().zip(&mut rounds) {
            let start = Instant::now();
            desk.get(path).await;
            rounds.push(start.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    let median = |(rows, mut rounds): (usize, Vec<f64>)| {
        rounds.sort_by(f64::total_cmp);
        Measured { milliseconds: rounds.get(ROUNDS / 2).copied().unwrap_or_default(), rows }
    };
    rows.into_iter().zip(rounds).map(median).collect()
}

async fn get(client: &Client, url: &str, cookie: &str) -> Value {
    let answer = client.get(url).header("Cookie", cookie).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{url}: {}", answer.status());
    answer.json().await.expect("JSON")
}

/// Whoever asked most.
async fn asker(client: &Client, origin: &str, cookie: &str) -> String {
    let counts = get(client, &format!("{origin}/api/requests/counts"), cookie).await;
    let facets = counts.get("facets").and_then(Value::as_array).cloned().unwrap_or_default();
    let text =
        |facet: &Value, key: &str| facet.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let people = facets.iter().filter(|facet| text(facet, "facet") == "askedBy");
    let most = people.max_by_key(|facet| facet.get("count").and_then(Value::as_u64));
    most.map(|facet| text(facet, "value")).unwrap_or_default()
}

/// The cursor after so many pages, at most forty: each costs alike, which the bench shows.
async fn deep_cursor(client: &Client, origin: &str, cookie: &str, pages: u32) -> String {
    let mut cursor = String::new();
    for _ in 0..pages.clamp(1, 40) {
        let after = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
        let page = get(client, &format!("{origin}/api/requests?state=solved&limit=50{after}"), cookie).await;
        match page.get("next").and_then(Value::as_str) {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    cursor
}
