//! `cargo xtask bench accounts`: what the directory's questions cost with 100,000 people stored, against 1,000; and how
//! long a run over 10,000 people takes against as many SCIM calls one after another, while the list goes on answering.
//! Ratios in one run, because machines differ; absolute times are for the eye only.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a measurement that can't be made has no result"
)]

use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use frontdesk_e2e::backend::{Backend, seed, session};
use frontdesk_e2e::{Who, place};
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};

/// The sizes that are compared.
const SMALL: u32 = 1_000;
/// A hundred times as many.
const LARGE: u32 = 100_000;
/// How often each question is asked; the median counts.
const ROUNDS: usize = 31;
/// What a question may cost more with a hundred times as many people.
const FLOOR: f64 = 2.0;
/// So many people are deactivated by one run.
const PEOPLE: usize = 10_000;
/// So many are deactivated by one call after another, to know what one costs.
const SINGLE: usize = 200;
/// How long a call is on its way there and back, where a script doesn't run on the backend's own machine.
const WAY: Duration = Duration::from_millis(25);
/// A run must be so many times faster than one call after another over such a way.
const FASTER: f64 = 20.0;
/// And so many times faster than calls that are on no way at all: both write the same pages (ADR 15).
const FASTER_ALONE: f64 = 4.0;
/// How often a page that watches a run asks how far it is.
const GLANCE: Duration = Duration::from_millis(250);
/// What the names of the life cycle extension begin with.
const LIFE: &str = "urn:ietf:params:scim:schemas:extension:frontdesk:lifecycle:1.0:User";

/// The questions of the directory: name, filter, attribute to sort by, order, rows. Both sizes must answer with as many
/// rows, else it is the rows that are measured and not what is stored.
const QUESTIONS: [(&str, &str, &str, &str, usize); 15] = [
    ("first rows", "", "displayName", "ascending", 50),
    ("first rows, newest first", "", "meta.created", "descending", 50),
    ("first rows, changed last first", "", "meta.lastModified", "descending", 50),
    ("stage", "{life}:stage eq \"active\"", "displayName", "ascending", 50),
    ("stage, newest first", "{life}:stage eq \"active\"", "meta.created", "descending", 50),
    (
        "left but still active",
        "active eq true and {life}:terminationDate le \"2099-01-01T00:00:00Z\"",
        "displayName",
        "ascending",
        1,
    ),
    ("one e-mail", "emails.value eq \"admin@acme.example\"", "displayName", "ascending", 1),
    ("words, two letters of many", "{words:an}", "displayName", "ascending", 20),
    ("words, a first name", "{words:hana}", "displayName", "ascending", 5),
    ("words, one person", "{words:admin@acme}", "displayName", "ascending", 1),
    ("words, two letters of nobody", "{words:qx}", "displayName", "ascending", 20),
    ("words, nobody", "{words:zzyzx}", "displayName", "ascending", 20),
    ("words, at a stage", "{life}:stage eq \"active\" and {words:hana}", "displayName", "ascending", 5),
    ("words, one person counted", "{words:admin@acme}", "displayName", "ascending", 0),
    ("total", "", "displayName", "ascending", 0),
];

#[tokio::main]
async fn main() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut times = Vec::new();
    let mut is_kept = true;
    for people in [SMALL, LARGE] {
        println!("Inventing {people} people");
        let data = folder.path().join(people.to_string());
        let start = Instant::now();
        seed(&data, people, 100);
        println!("  done in {:.1} s", start.elapsed().as_secs_f64());
        let desk = Bench::start(&data).await;
        times.push(desk.questions().await);
        if people == LARGE {
            is_kept &= desk.runs(&data).await;
        }
    }
    println!("\n  {:<34} {:>5} {:>12} {:>12} {:>8}", "", "rows", "1,000", "100,000", "ratio");
    for (index, (name, ..)) in QUESTIONS.iter().enumerate() {
        let of = |run: usize| times.get(run).and_then(|run: &Vec<(f64, usize)>| run.get(index)).copied();
        let ((small, few), (large, many)) = (of(0).unwrap_or_default(), of(1).unwrap_or_default());
        let ratio = large / small;
        let verdict = match (few == many, ratio <= FLOOR) {
            (false, _) => format!("  not comparable: {few} rows against {many}"),
            (true, false) => format!("  more than the floor of {FLOOR}"),
            (true, true) => String::new(),
        };
        is_kept &= verdict.is_empty();
        println!("  {name:<34} {many:>5} {small:>9.2} ms {large:>9.2} ms {ratio:>8.2}{verdict}");
    }
    if is_kept { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A backend and an admin who asks it.
struct Bench {
    backend: Backend,
    client: Client,
    cookie: String,
}

impl Bench {
    async fn start(data: &Path) -> Self {
        let backend = Backend::start(data, &place::dist()).await;
        let client = Client::new();
        let cookie = session(&client, &backend.origin, Who::Admin).await;
        Self { backend, client, cookie }
    }

    async fn answer(&self, call: RequestBuilder) -> Value {
        let answer = call
            .header("Cookie", &self.cookie)
            .header("X-Frontdesk", "1")
            .header("Origin", &self.backend.origin)
            .send()
            .await
            .expect("an answer");
        let (status, url) = (answer.status(), answer.url().to_string());
        let text = answer.text().await.expect("a body");
        assert!(status.is_success(), "{url}: {status} {text}");
        serde_json::from_str(&text).expect("JSON")
    }

    async fn get(&self, path: &str) -> Value {
        self.answer(self.client.get(format!("{}{path}", self.backend.origin))).await
    }

    async fn post(&self, path: &str, key: &str, body: &Value) -> Value {
        let call = self.client.post(format!("{}{path}", self.backend.origin));
        self.answer(call.header("Idempotency-Key", key).json(body)).await
    }

    /// What each question costs, and how many rows it has.
    async fn questions(&self) -> Vec<(f64, usize)> {
        let mut medians = Vec::new();
        for (_, filter, sort, order, rows) in QUESTIONS {
            let filter = words(&filter.replace("{life}", LIFE));
            let mut path =
                url::Url::parse("http://desk.invalid/scim/v2/Users").expect("an address of its own");
            if !filter.is_empty() {
                path.query_pairs_mut().append_pair("filter", &filter);
            }
            path.query_pairs_mut()
                .append_pair("sortBy", sort)
                .append_pair("sortOrder", order)
                .append_pair("count", &rows.to_string());
            if rows > 0 {
                path.query_pairs_mut().append_pair("cursor", "");
            }
            let path = format!("{}?{}", path.path(), path.query().unwrap_or_default());
            let found = self.get(&path).await;
            let found = found.get("Resources").and_then(Value::as_array).map_or(0, Vec::len);
            let mut rounds = Vec::new();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                self.get(&path).await;
                rounds.push(start.elapsed().as_secs_f64() * 1_000.0);
            }
            rounds.sort_by(f64::total_cmp);
            medians.push((rounds.get(ROUNDS / 2).copied().unwrap_or_default(), found));
        }
        medians
    }

    /// One run over many people, against one SCIM call after another.
    async fn runs(&self, data: &Path) -> bool {
        let ids = self.active(PEOPLE + SINGLE).await;
        let (single, many) = ids.split_at(SINGLE);
        let token = token(data);
        let start = Instant::now();
        for id in single {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "active", "value": false}],
            });
            let call = self.client.patch(format!("{}/scim/v2/Users/{id}", self.backend.origin));
            let answer = call
                .bearer_auth(&token)
                .header("Content-Type", "application/scim+json")
                .body(body.to_string())
                .send()
                .await
                .expect("an answer");
            assert!(answer.status().is_success(), "{}", answer.status());
            answer.bytes().await.expect("a body");
        }
        let each = start.elapsed().as_secs_f64() / f64::from(u32::try_from(SINGLE).unwrap_or(u32::MAX));

        let start = Instant::now();
        let plan = json!({"action": "deactivate", "targets": many, "reason": "A measurement"});
        let plan = self.post("/api/plans", "bench-plan", &plan).await;
        let planned = start.elapsed();
        let number = plan.get("id").expect("a number").to_string();
        let typed = many.len().to_string();
        let body = json!({"hash": plan.get("hash"), "typed": typed, "emergency": "A measurement"});
        let run = self.post(&format!("/api/plans/{number}/runs"), "bench-run", &body).await;
        let run = format!("/api/runs/{}", run.get("id").expect("a number"));
        let mut slowest = Duration::ZERO;
        let mut glances = tokio::time::interval(GLANCE);
        let done = loop {
            let asked = Instant::now();
            self.get("/scim/v2/Users?count=50&cursor=&sortBy=displayName").await;
            slowest = slowest.max(asked.elapsed());
            let now = self.get(&run).await;
            let done = now.pointer("/counts/done").and_then(Value::as_u64).unwrap_or_default();
            if now.get("endedAt").is_some() {
                break done;
            }
            glances.tick().await;
        };
        let took = start.elapsed();
        let people = f64::from(u32::try_from(many.len()).unwrap_or(u32::MAX));
        let alone = each * people / took.as_secs_f64();
        let ratio = (each + WAY.as_secs_f64()) * people / took.as_secs_f64();
        let is_right = done == u64::try_from(many.len()).unwrap_or_default();
        println!("\n  one SCIM call after another        {:>9.2} ms for each person", each * 1_000.0);
        println!(
            "  one run over {} people         {:>9.2} s, of which the plan {:.2} s; {done} done",
            many.len(),
            took.as_secs_f64(),
            planned.as_secs_f64()
        );
        println!("  the list meanwhile, slowest answer {:>9.2} ms", slowest.as_secs_f64() * 1_000.0);
        let is_faster = [
            ("times faster, 25 ms there and back", ratio, FASTER),
            ("times faster, on one machine", alone, FASTER_ALONE),
        ]
        .map(|(name, ratio, floor)| {
            let verdict =
                if ratio >= floor { String::new() } else { format!("  less than the floor of {floor}") };
            println!("  {name:<34} {ratio:>9.1}{verdict}");
            ratio >= floor
        });
        is_right && is_faster == [true, true]
    }

    /// So many people who can be deactivated.
    async fn active(&self, count: usize) -> Vec<String> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        let filter: String =
            url::form_urlencoded::byte_serialize(format!("{LIFE}:stage eq \"active\"").as_bytes()).collect();
        while ids.len() < count {
            let page = self
                .get(&format!(
                    "/scim/v2/Users?filter={filter}&attributes=id,emails&count=500&cursor={cursor}"
                ))
                .await;
            let people = page.get("Resources").and_then(Value::as_array).cloned().unwrap_or_default();
            // The demo's own sign-ins stay.
            let is_own = |person: &&Value| {
                person.to_string().contains("admin@") || person.to_string().contains("employee@")
            };
            let others = people.iter().filter(|person| !is_own(person));
            ids.extend(others.filter_map(|person| person.get("id")?.as_str()).map(str::to_owned));
            match page.get("nextCursor").and_then(Value::as_str) {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        ids.truncate(count);
        ids
    }
}

/// The question of the list for a word stands for `{words:…}`.
fn words(filter: &str) -> String {
    let Some((before, rest)) = filter.split_once("{words:") else { return filter.to_owned() };
    let (word, after) = rest.split_once('}').unwrap_or((rest, ""));
    let number = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber";
    format!(
        "{before}(displayName co \"{word}\" or userName co \"{word}\" or emails.value co \"{word}\" or {number} sw \"{word}\"){after}"
    )
}

/// A machine's token.
fn token(data: &Path) -> String {
    let output = Command::new(place::backend())
        .args(["token", "--scope", "scim", "--name", "Measurement", "--data"])
        .arg(data)
        .output()
        .expect("the backend starts");
    let text = String::from_utf8_lossy(&output.stdout);
    text.split_whitespace().max_by_key(|word| word.len()).unwrap_or_default().to_owned()
}
