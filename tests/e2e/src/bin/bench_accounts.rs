//! `cargo xtask bench accounts`: what the directory's questions cost with 100,000 people stored, against 1,000 (ADR 20);
//! how long a run over 10,000 people takes against as many SCIM calls one after another; and what erasing a profile
//! costs, while the list goes on answering. Ratios in one run, because machines differ; absolute times are for the eye
//! only, but for what the list may take.

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
/// What it may cost more when a hundred times as many are meant, who are all gathered and sorted for the first five
/// (ADR 20).
const FLOOR_OF_HITS: f64 = 5.0;
/// And when they are counted alone, where no rows cost the same at both sizes.
const FLOOR_OF_COUNTS: f64 = 10.0;
/// Hits are a hundred times as many when they are at least so many times as many: names are given by chance.
const TIMES: u64 = 50;
/// So many people have the same name at both sizes, and nobody else has.
const NAMESAKES: usize = 15;
/// Their name: the first of it is a common one, the last is not.
const NAME: &str = "Sakura Lindqvist";
/// So many people are deactivated by one run.
const PEOPLE: usize = 10_000;
/// From so many who left, those whose profile may be removed are erased by one run: 2,000 at the least.
const LEFT: usize = 2_600;
/// Erasing one of them may take so many times as long as a SCIM call that deactivates: it reads nothing that is not about
/// the person (ADR 20).
const ERASING: f64 = 8.0;
/// The longest that an answer of the list may take while a run goes on.
const ANSWER: Duration = Duration::from_millis(200);
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

/// What must be alike at both sizes for a question to be compared. The rows are, always: else it is they that are
/// measured and not what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alike {
    /// The rows alone: a page is full after so many on the way through an index, however many are meant.
    Rows,
    /// The hits too: they are gathered, and as many at both sizes.
    Hits,
    /// Not the hits: a hundred times as many are gathered, which has a floor of its own.
    AllButHits,
}

/// A question of the directory.
struct Question {
    name: &'static str,
    filter: &'static str,
    sort: &'static str,
    order: &'static str,
    rows: usize,
    alike: Alike,
}

/// A question in the order of names.
const fn by_name(name: &'static str, filter: &'static str, rows: usize, alike: Alike) -> Question {
    Question { name, filter, sort: "displayName", order: "ascending", rows, alike }
}

/// A question that puts the newest first.
const fn newest(name: &'static str, filter: &'static str, sort: &'static str) -> Question {
    Question { name, filter, sort, order: "descending", rows: 50, alike: Alike::Rows }
}

const QUESTIONS: [Question; 18] = [
    by_name("first rows", "", 50, Alike::Rows),
    newest("first rows, newest first", "", "meta.created"),
    newest("first rows, changed last first", "", "meta.lastModified"),
    by_name("stage", "{life}:stage eq \"active\"", 50, Alike::Rows),
    newest("stage, newest first", "{life}:stage eq \"active\"", "meta.created"),
    by_name(
        "left but still active",
        "active eq true and {life}:terminationDate le \"2099-01-01T00:00:00Z\"",
        1,
        Alike::Rows,
    ),
    by_name("one e-mail", "emails.value eq \"admin@acme.example\"", 1, Alike::Hits),
    by_name("words, two letters of many", "{words:an}", 20, Alike::Rows),
    by_name("words, a full name", "{words:sakura lindqvist}", 5, Alike::Hits),
    by_name(
        "words, a full name at a stage",
        "{life}:stage eq \"provisioned\" and {words:sakura lindqvist}",
        5,
        Alike::Hits,
    ),
    by_name("words, one person", "{words:admin@acme}", 1, Alike::Hits),
    by_name("words, two letters of nobody", "{words:qx}", 20, Alike::Hits),
    by_name("words, nobody", "{words:zzyzx}", 20, Alike::Hits),
    by_name("words, one person counted", "{words:admin@acme}", 0, Alike::Hits),
    by_name("words, a first name", "{words:hana}", 5, Alike::AllButHits),
    by_name(
        "words, a first name at a stage",
        "{life}:stage eq \"active\" and {words:hana}",
        5,
        Alike::AllButHits,
    ),
    by_name("words, a first name counted", "{words:hana}", 0, Alike::AllButHits),
    by_name("total", "", 0, Alike::Rows),
];

/// What was measured of a question.
#[derive(Debug, Clone, Copy, Default)]
struct Measured {
    /// The median, in milliseconds.
    median: f64,
    rows: usize,
    hits: u64,
}

impl Question {
    /// Why it doesn't hold what it must; nothing where it does.
    fn verdict(&self, small: Measured, large: Measured) -> String {
        let floor = match (self.alike, self.rows) {
            (Alike::Rows | Alike::Hits, _) => FLOOR,
            (Alike::AllButHits, 0) => FLOOR_OF_COUNTS,
            (Alike::AllButHits, _) => FLOOR_OF_HITS,
        };
        let ratio = large.median / small.median;
        if small.rows != large.rows {
            return format!("  not comparable: {} rows against {}", small.rows, large.rows);
        }
        let are_hits_right = match self.alike {
            Alike::Rows => true,
            Alike::Hits => small.hits == large.hits,
            Alike::AllButHits => large.hits >= small.hits.saturating_mul(TIMES),
        };
        match (are_hits_right, ratio <= floor) {
            (false, _) => format!("  not comparable: {} hits against {}", small.hits, large.hits),
            (true, false) => format!("  more than the floor of {floor}"),
            (true, true) => String::new(),
        }
    }
}

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
        desk.invent_namesakes(&data).await;
        times.push(desk.questions().await);
        if people == LARGE {
            // Whoever the run deactivates may not be erased yet, and what is noted of them lies in the way.
            let left = desk.people_at("deactivated", LEFT).await;
            let (is_fast, call) = desk.runs(&data).await;
            is_kept &= is_fast;
            is_kept &= desk.erasures(&left, call).await;
        }
    }
    println!(
        "\n  {:<34} {:>5} {:>7} {:>7} {:>12} {:>12} {:>8}",
        "", "rows", "hits", "", "1,000", "100,000", "ratio"
    );
    for (index, question) in QUESTIONS.iter().enumerate() {
        let of = |run: usize| times.get(run).and_then(|run: &Vec<Measured>| run.get(index)).copied();
        let (small, large) = (of(0).unwrap_or_default(), of(1).unwrap_or_default());
        let verdict = question.verdict(small, large);
        is_kept &= verdict.is_empty();
        println!(
            "  {:<34} {:>5} {:>7} {:>7} {:>9.2} ms {:>9.2} ms {:>8.2}{verdict}",
            question.name,
            large.rows,
            small.hits,
            large.hits,
            small.median,
            large.median,
            large.median / small.median
        );
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

    /// Makes people who have the same name.
    async fn invent_namesakes(&self, data: &Path) {
        let token = token(data);
        for number in 0..NAMESAKES {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": format!("namesake.{number}"),
                "displayName": NAME, "emails": [{"value": format!("namesake.{number}@acme.example"), "primary": true}],
            });
            let call = self.client.post(format!("{}/scim/v2/Users", self.backend.origin));
            self.machine(call, &token, &body).await;
        }
    }

    /// A call of a machine that must be done.
    async fn machine(&self, call: RequestBuilder, token: &str, body: &Value) {
        let call = call.bearer_auth(token).header("Content-Type", "application/scim+json");
        let answer = call.body(body.to_string()).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.bytes().await.expect("a body");
    }

    /// What each question costs, how many rows it has, and how many people it means.
    async fn questions(&self) -> Vec<Measured> {
        let mut all = Vec::new();
        for question in &QUESTIONS {
            let filter = words(&question.filter.replace("{life}", LIFE));
            let path = |rows: usize| {
                let mut path =
                    url::Url::parse("http://desk.invalid/scim/v2/Users").expect("an address of its own");
                if !filter.is_empty() {
                    path.query_pairs_mut().append_pair("filter", &filter);
                }
                path.query_pairs_mut()
                    .append_pair("sortBy", question.sort)
                    .append_pair("sortOrder", question.order)
                    .append_pair("count", &rows.to_string());
                if rows > 0 {
                    path.query_pairs_mut().append_pair("cursor", "");
                }
                format!("{}?{}", path.path(), path.query().unwrap_or_default())
            };
            let hits = self.get(&path(0)).await.get("totalResults").and_then(Value::as_u64);
            let path = path(question.rows);
            let found = self.get(&path).await;
            let rows = found.get("Resources").and_then(Value::as_array).map_or(0, Vec::len);
            let mut rounds = Vec::new();
            for _ in 0..ROUNDS {
                let start = Instant::now();
                self.get(&path).await;
                rounds.push(start.elapsed().as_secs_f64() * 1_000.0);
            }
            rounds.sort_by(f64::total_cmp);
            let median = rounds.get(ROUNDS / 2).copied().unwrap_or_default();
            all.push(Measured { median, rows, hits: hits.expect("how many are meant") });
        }
        all
    }

    /// One run over many people, against one SCIM call after another. Gives what such a call costs, in seconds.
    async fn runs(&self, data: &Path) -> (bool, f64) {
        let ids = self.people_at("active", PEOPLE + SINGLE).await;
        let (single, many) = ids.split_at(SINGLE);
        let token = token(data);
        let start = Instant::now();
        for id in single {
            let body = json!({
                "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "path": "active", "value": false}],
            });
            let call = self.client.patch(format!("{}/scim/v2/Users/{id}", self.backend.origin));
            self.machine(call, &token, &body).await;
        }
        let each = start.elapsed().as_secs_f64() / f64::from(u32::try_from(SINGLE).unwrap_or(u32::MAX));
        println!("\n  one SCIM call after another        {:>9.2} ms for each person", each * 1_000.0);
        let run = self.run("deactivate", many).await;
        let people = f64::from(u32::try_from(many.len()).unwrap_or(u32::MAX));
        let alone = each * people / run.took.as_secs_f64();
        let ratio = (each + WAY.as_secs_f64()) * people / run.took.as_secs_f64();
        let is_right = run.is_right(u64::try_from(many.len()).unwrap_or_default());
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
        (is_right && is_faster == [true, true], each)
    }

    /// One run over people whose profile may be removed: each is erased from all our copies. Against one SCIM call.
    async fn erasures(&self, people: &[String], call: f64) -> bool {
        let run = self.run("remove", people).await;
        let each = run.took.as_secs_f64() / f64::from(u32::try_from(run.will).unwrap_or(u32::MAX));
        let ratio = each / call;
        let verdict =
            if ratio <= ERASING { String::new() } else { format!("  more than the floor of {ERASING}") };
        println!(
            "  erasing one of them                {:>9.2} ms, {ratio:.1} times a call that deactivates{verdict}",
            each * 1_000.0
        );
        run.is_right(2_000) && ratio <= ERASING
    }

    /// Plans and runs, and asks for the list all the while.
    async fn run(&self, action: &str, people: &[String]) -> Ran {
        let start = Instant::now();
        let plan = json!({"action": action, "targets": people, "reason": "A measurement"});
        let plan = self.post("/api/plans", &format!("{action}-plan"), &plan).await;
        let planned = start.elapsed();
        let number = plan.get("id").expect("a number").to_string();
        let will = plan.pointer("/counts/will").and_then(Value::as_u64).expect("how many it will be");
        let body = json!({"hash": plan.get("hash"), "typed": will.to_string(), "emergency": "A measurement"});
        let run = self.post(&format!("/api/plans/{number}/runs"), &format!("{action}-run"), &body).await;
        let run = format!("/api/runs/{}", run.get("id").expect("a number"));
        let mut slowest = Duration::ZERO;
        let mut glances = tokio::time::interval(GLANCE);
        let done = loop {
            let asked = Instant::now();
            self.get("/scim/v2/Users?count=50&cursor=&sortBy=displayName").await;
            slowest = slowest.max(asked.elapsed());
            let now = self.get(&run).await;
            if now.get("endedAt").is_some() {
                break now.pointer("/counts/done").and_then(Value::as_u64).unwrap_or_default();
            }
            glances.tick().await;
        };
        let took = start.elapsed();
        println!(
            "  {:<34} {:>9.2} s, of which the plan {:.2} s; {done} done",
            format!("one run, {action} {will} people"),
            took.as_secs_f64(),
            planned.as_secs_f64()
        );
        let verdict = if slowest <= ANSWER { "" } else { "  more than the floor of 200 ms" };
        println!("  the list meanwhile, slowest answer {:>9.2} ms{verdict}", slowest.as_secs_f64() * 1_000.0);
        Ran { took, slowest, will, done }
    }

    /// So many people at a stage.
    async fn people_at(&self, stage: &str, count: usize) -> Vec<String> {
        let (mut ids, mut cursor) = (Vec::new(), String::new());
        let filter: String =
            url::form_urlencoded::byte_serialize(format!("{LIFE}:stage eq \"{stage}\"").as_bytes()).collect();
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

/// How a run went.
struct Ran {
    took: Duration,
    slowest: Duration,
    will: u64,
    done: u64,
}

impl Ran {
    /// Whether it reached all it would, so many at the least, and let the list answer meanwhile.
    fn is_right(&self, least: u64) -> bool {
        self.done == self.will && self.will >= least && self.slowest <= ANSWER
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
