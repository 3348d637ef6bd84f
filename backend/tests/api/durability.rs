//! A backend that is killed while it writes loses nothing that it said it has, and does nothing twice.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use frontdesk_backend::store::accounts::{self, NewAccount};
use frontdesk_backend::store::events::Audience;
use frontdesk_backend::store::requests::{self, Eyes, Standing, side_of};
use frontdesk_backend::store::tokens::{self, Scope};
use frontdesk_backend::store::{Access, Store};
use frontdesk_contract::account::{Lifecycle, Step};
use frontdesk_contract::request::NewRequest;
use frontdesk_contract::time::Span;
use frontdesk_contract::{Kind, Timestamp};
use serde_json::{Value, json};
use sqlx::Row as _;
use tempfile::TempDir;
use tokio::sync::watch;

use crate::app::{NOW, fill, options, question};

const WRITES: usize = 200;
/// After so many answers the backend is killed, again and again.
const KILLED_AFTER: [usize; 3] = [20, 70, 130];

pub(crate) struct Process {
    child: Child,
    pub(crate) base: String,
}

impl Process {
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_at(data, NOW)
    }

    pub(crate) fn start_at(data: &Path, now: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_frontdesk-backend"))
            .args(["serve", "--listen", "127.0.0.1:0", "--now", now, "--data"])
            .arg(data)
            .env("RUST_LOG", "off")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let base =
            line.trim().strip_prefix("Listening on ").expect("the line that tells the address").to_owned();
        Self { child, base }
    }

    /// SIGKILL: no time for a last word.
    pub(crate) fn kill(self) {
        drop(self);
    }
}

impl Drop for Process {
    /// Also when a test fails: nothing is left running.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends one create until it is acknowledged, wherever the backend is by then.
async fn create(
    client: reqwest::Client,
    cookie: String,
    mut base: watch::Receiver<String>,
    number: usize,
) -> String {
    let key = format!("write-{number}");
    loop {
        let address = base.borrow_and_update().clone();
        let sent = client
            .post(format!("{address}/api/requests"))
            .header("cookie", &cookie)
            .header("x-frontdesk", "1")
            .header("sec-fetch-site", "same-origin")
            .header("idempotency-key", &key)
            .header("content-type", "application/json")
            .body(question(&format!("Write {number}")).to_string())
            .send()
            .await;
        let answer = match sent {
            Ok(response) if response.status().as_u16() == 201 => response.text().await.ok(),
            Ok(response) => panic!("{}", response.status()),
            Err(_) => None,
        };
        if let Some(text) = answer
            && let Ok(request) = serde_json::from_str::<serde_json::Value>(&text)
        {
            return request["id"].as_str().unwrap().to_owned();
        }
        // The connection is gone: go on when the next backend has told its address.
        if *base.borrow() == address {
            base.changed().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_among_two_hundred_writes_loses_and_doubles_none() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let mut process = Process::start(folder.path());
    let client = reqwest::Client::new();
    let signed_in = client
        .post(format!("{}/api/session", process.base))
        .header("content-type", "application/json")
        .body(json!({"email": "admin@acme.example", "password": "three quiet boats"}).to_string())
        .send()
        .await
        .unwrap();
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();

    let (address, base) = watch::channel(process.base.clone());
    let (progress, mut answered) = watch::channel(0);
    let next = Arc::new(AtomicUsize::new(0));
    let workers: Vec<_> = (0..8)
        .map(|_| {
            let (client, cookie, base) = (client.clone(), cookie.clone(), base.clone());
            let (next, progress) = (Arc::clone(&next), progress.clone());
            tokio::spawn(async move {
                let mut made = Vec::new();
                loop {
                    let number = next.fetch_add(1, Ordering::SeqCst);
                    if number >= WRITES {
                        return made;
                    }
                    let id = create(client.clone(), cookie.clone(), base.clone(), number).await;
                    made.push((format!("Write {number}"), id));
                    progress.send_modify(|count| *count += 1);
                }
            })
        })
        .collect();
    for kill_after in KILLED_AFTER {
        answered.wait_for(|count| *count >= kill_after).await.unwrap();
        process.kill();
        process = Process::start(folder.path());
        address.send_replace(process.base.clone());
    }
    let mut acknowledged = Vec::new();
    for worker in workers {
        acknowledged.extend(worker.await.unwrap());
    }
    process.kill();

    let process = Process::start(folder.path());
    let mut stored = Vec::new();
    let mut next = Some("/api/requests?limit=200".to_owned());
    while let Some(path) = next {
        let text = client
            .get(format!("{}{path}", process.base))
            .header("cookie", &cookie)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        let page: serde_json::Value = serde_json::from_str(&text).unwrap();
        for item in page["items"].as_array().unwrap() {
            stored.push((
                item["subject"].as_str().unwrap().to_owned(),
                item["id"].as_str().unwrap().to_owned(),
            ));
        }
        next = page["next"].as_str().map(|cursor| format!("/api/requests?limit=200&cursor={cursor}"));
    }
    process.kill();
    acknowledged.sort();
    stored.sort();
    assert_eq!(acknowledged.len(), WRITES);
    assert_eq!(stored, acknowledged, "each write stands there exactly once");
}

/// So many people are deactivated in one run.
const PEOPLE: usize = 1_000;
/// So often the backend is killed meanwhile.
const KILLS: u64 = 20;
/// So many people are reached between two kills; those who are left are reached after the last one.
const STRETCH: u64 = PEOPLE as u64 * 8 / 10 / KILLS;
/// So often one looks at the run before a kill, at the most.
const LOOKS: usize = 6;

/// So many people with such a life, and the secret of a machine that may act on them.
async fn people(folder: &Path, many: usize, life: &Lifecycle) -> (Vec<String>, String) {
    let now: Timestamp = NOW.parse().unwrap();
    let store = Store::open(folder, Access::Alone).await.unwrap();
    let mut write = store.write().await.unwrap();
    let account = |number: usize| NewAccount {
        id: format!("run-{number}").parse().unwrap(),
        kind: Kind::Member,
        resource: json!({"userName": format!("run{number}")}).as_object().cloned().unwrap(),
        life: *life,
        rights: Vec::new(),
        password: None,
        default_password: 0,
        managed_by: None,
        content: None,
        created_at: now,
    };
    let all: Vec<NewAccount> = (0..many).map(account).collect();
    accounts::insert(&mut write, &all).await.unwrap();
    // Each shares a list, which goes to whoever takes over.
    sqlx::query(
        "INSERT INTO views (owner, side, shared, name, query, version, created_at) \
         SELECT id, 'organization', 1, id, '', 1, 0 FROM people WHERE id LIKE 'run-%'",
    )
    .execute(&mut *write)
    .await
    .unwrap();
    let token = tokens::make(&mut write, "script", Scope::Api, now).await.unwrap();
    write.commit().await.unwrap();
    store.close().await;
    (all.iter().map(|account| account.id.to_string()).collect(), token)
}

async fn ask(client: &reqwest::Client, token: &str, url: String, body: Option<&Value>) -> Value {
    let request = match body {
        Some(body) => client
            .post(url)
            .header("content-type", "application/json")
            .header("idempotency-key", "k")
            .body(body.to_string()),
        None => client.get(url),
    };
    let text = request.bearer_auth(token).send().await.unwrap().text().await.unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_is_killed_again_and_again_touches_everybody_once() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let life = Lifecycle::provisioned().after(Step::Claimed, NOW.parse().unwrap());
    let (ids, token) = people(folder.path(), PEOPLE, &life).await;
    let client = reqwest::Client::new();
    let mut process = Process::start(folder.path());
    let row = {
        let store = Store::open(folder.path(), Access::Beside).await.unwrap();
        let sql = "SELECT id FROM people WHERE email_key = 'admin@acme.example'";
        sqlx::query(sql).fetch_one(store.read()).await.unwrap()
    };
    let heir: String = row.get("id");
    let body = json!({"action": "deactivate", "targets": ids, "heir": heir});
    let plan = ask(&client, &token, format!("{}/api/plans", process.base), Some(&body)).await;
    let path = format!("/api/plans/{}/runs", plan["id"]);
    let run =
        ask(&client, &token, format!("{}{path}", process.base), Some(&json!({"hash": plan["hash"]}))).await;
    let path = format!("/api/runs/{}", run["id"]);
    let done = async |base: &str| {
        ask(&client, &token, format!("{base}{path}"), None).await["counts"]["done"].as_u64().unwrap()
    };
    let mut reached = Vec::new();
    for kill in 0..KILLS {
        // A moment that nobody chose: somewhere among the next people, and a few looks later.
        let due = kill * STRETCH + rand::random_range(0..STRETCH);
        while done(&process.base).await < due {}
        for _ in 0..rand::random_range(0..LOOKS) {
            done(&process.base).await;
        }
        reached.push(done(&process.base).await);
        process.kill();
        process = Process::start(folder.path());
    }
    let in_the_middle = reached.iter().filter(|done| (1..PEOPLE as u64).contains(done)).count();
    assert!(in_the_middle >= 10, "killed in the middle {in_the_middle} times: {reached:?}");
    loop {
        let run = ask(&client, &token, format!("{}{path}", process.base), None).await;
        if run["state"] == "done" {
            assert_eq!(run["counts"], json!({"all": PEOPLE, "done": PEOPLE, "skipped": 0, "failed": 0}));
            assert_eq!(run["handed"]["what"]["views"], PEOPLE, "each list changed hands once");
            break;
        }
    }
    process.kill();
    let store = Store::open(folder.path(), Access::Alone).await.unwrap();
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM people WHERE id LIKE 'run-%' AND active = 0 AND version = 2) AS closed, \
         (SELECT count(*) FROM audit WHERE what = 'account.deactivate') AS lines, \
         (SELECT count(*) FROM audit WHERE what = 'account.handover') AS handed, \
         (SELECT count(*) FROM views WHERE owner = ? AND version = 2) AS lists, \
         (SELECT count(DISTINCT subject) FROM audit WHERE what = 'account.deactivate') AS people",
    )
    .bind(&heir)
    .fetch_one(store.read())
    .await
    .unwrap();
    let count = i64::try_from(PEOPLE).unwrap();
    for column in ["closed", "lines", "handed", "lists", "people"] {
        assert_eq!(row.get::<i64, _>(column), count, "{column}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_among_dated_deactivations_does_each_once() {
    const MANY: i64 = 600;
    let folder = TempDir::new().unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    fill(folder.path(), 0, now).await;
    let dated = Step::Scheduled(now.plus(Span::hours(1)));
    let life = Lifecycle::provisioned().after(Step::Claimed, now).after(dated, now);
    people(folder.path(), usize::try_from(MANY).unwrap(), &life).await;
    let store = Store::open(folder.path(), Access::Beside).await.unwrap();
    let reached = async |least: i64| loop {
        let row = sqlx::query(
            "SELECT count(*) AS lines, count(DISTINCT subject) AS people FROM audit \
             WHERE what = 'account.deactivate' AND actor_kind = 'clock' AND subject LIKE 'run-%'",
        )
        .fetch_one(store.read())
        .await
        .unwrap();
        let (lines, people): (i64, i64) = (row.get("lines"), row.get("people"));
        assert_eq!(lines, people, "nobody twice");
        if lines >= least {
            return lines;
        }
        tokio::task::yield_now().await;
    };
    let due = now.plus(Span::hours(2)).to_string();
    let mut stops = Vec::new();
    for least in [1, 60, 120, 180, 240, 300] {
        let process = Process::start_at(folder.path(), &due);
        stops.push(reached(least).await);
        process.kill();
    }
    let in_the_middle = stops.iter().filter(|done| (1..MANY).contains(*done)).count();
    assert!(in_the_middle >= 3, "killed in the middle {in_the_middle} times: {stops:?}");
    let process = Process::start_at(folder.path(), &due);
    assert_eq!(reached(MANY).await, MANY);
    process.kill();
    let closed =
        sqlx::query("SELECT count(*) AS n FROM people WHERE id LIKE 'run-%' AND active = 0 AND version = 2");
    assert_eq!(closed.fetch_one(store.read()).await.unwrap().get::<i64, _>("n"), MANY);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_among_closing_requests_closes_each_once() {
    const REQUESTS: i64 = 120;
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let app = frontdesk_backend::server::start(options(folder.path(), NOW.parse().unwrap())).await.unwrap();
    let mut write = app.app().store().write().await.unwrap();
    let admin = app.app().store().account("admin@acme.example").await.unwrap().unwrap().person;
    let agent = app.app().store().account("agent@acme.example").await.unwrap().unwrap().person;
    let asked: NewRequest = serde_json::from_value(question("Left")).unwrap();
    for _ in 0..REQUESTS {
        let id = requests::insert(&mut write, &asked, &admin, None, app.app().now()).await.unwrap();
        let before = requests::stored(&mut write, id, Eyes::Agent).await.unwrap().unwrap();
        let mut after = Standing::of(&before);
        after.last_side = side_of(&agent);
        requests::update(&mut write, &before, after, Audience::Everybody, app.app().now()).await.unwrap();
    }
    write.commit().await.unwrap();
    app.stop().await;
    // The first start counts from now on; three weeks later all are due, and those are closed one by one.
    Process::start(folder.path()).kill();
    let store = Store::open(folder.path(), Access::Beside).await.unwrap();
    let reached = async |act: &str, least: i64| loop {
        let row = sqlx::query(
            "SELECT count(*) AS steps, count(DISTINCT request) AS requests FROM entries WHERE act = ?",
        )
        .bind(act)
        .fetch_one(store.read())
        .await
        .unwrap();
        let (steps, requests): (i64, i64) = (row.get("steps"), row.get("requests"));
        assert_eq!(steps, requests, "no {act} twice");
        if steps >= least {
            return steps;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(reached("close", 0).await, 0);
    for (act, least) in [("remind", 40), ("close", 20), ("close", 80)] {
        let process = Process::start_at(folder.path(), "2026-12-14T09:00:00Z");
        reached(act, least).await;
        process.kill();
    }
    let process = Process::start_at(folder.path(), "2026-12-14T09:00:00Z");
    reached("close", REQUESTS).await;
    process.kill();
    for act in ["remind", "close"] {
        assert_eq!(reached(act, REQUESTS).await, REQUESTS);
    }
}
