//! A provider's status page, read with suspicion. The page is a double, written from the Statuspage v2 documents
//! (no real one can be asked in tests).

use std::hash::{Hash as _, Hasher as _};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use frontdesk_backend::upstream::reading::{Outcome, Reader};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::{Role, TestApp};

/// How the double answers.
#[derive(Debug, Clone, Default)]
struct Script {
    status: u16,
    summary: String,
    incidents: String,
    /// So many bytes follow the summary.
    padding: usize,
    /// How many calls were answered with 304.
    unchanged: usize,
}

/// A Statuspage v2 that says what a test wants it to.
struct Double {
    script: Arc<Mutex<Script>>,
    address: String,
}

impl Double {
    async fn start(summary: &Value, incidents: &Value) -> Self {
        let script = Script {
            status: 200,
            summary: summary.to_string(),
            incidents: json!({"incidents": incidents}).to_string(),
            ..Script::default()
        };
        let script = Arc::new(Mutex::new(script));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().route("/api/v2/{name}", get(answer)).with_state(script.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { script, address }
    }

    fn says(&self, change: impl FnOnce(&mut Script)) {
        change(&mut self.script.lock().unwrap());
    }

    fn says_summary(&self, summary: &Value) {
        self.says(|script| script.summary = summary.to_string());
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let mut script = script.lock().unwrap();
    if script.status != 200 {
        return StatusCode::from_u16(script.status).unwrap().into_response();
    }
    let mut body = if name == "summary.json" { script.summary.clone() } else { script.incidents.clone() };
    let mut hasher = std::hash::DefaultHasher::new();
    (&body, script.padding).hash(&mut hasher);
    let tag = format!("W/\"{:x}\"", hasher.finish());
    if headers.get("if-none-match").is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        script.unchanged += 1;
        return StatusCode::NOT_MODIFIED.into_response();
    }
    body.push_str(&" ".repeat(script.padding));
    ([("etag", tag), ("content-type", "application/json".to_owned())], Body::from(body)).into_response()
}

fn slow() -> Value {
    json!({
        "id": "i1", "name": "Live video is slow", "status": "identified", "impact": "minor",
        "started_at": "2026-11-23T08:00:00Z", "components": [{"id": "c2", "name": "Video"}],
        "incident_updates": [
            {"id": "u2", "status": "identified", "body": "A store of films is slow.", "created_at": "2026-11-23T08:30:00Z"},
            {"id": "u1", "status": "investigating", "body": "We look for the cause.", "created_at": "2026-11-23T08:00:00Z"},
        ],
    })
}

fn page(minute: u32, indicator: &str, incidents: &Value) -> Value {
    let video = if indicator == "none" { "operational" } else { "degraded_performance" };
    json!({
        "page": {"id": "x", "name": "Acme Cloud", "url": "https://status.cloud.example", "updated_at": format!("2026-11-23T08:{minute}:00Z")},
        "status": {"indicator": indicator, "description": "As it is"},
        "components": [
            {"id": "c1", "name": "Sign-in", "status": "operational", "position": 1, "group_id": null},
            {"id": "c2", "name": "Live and video", "status": video, "position": 2, "group_id": null},
            {"id": "c3", "name": "Billing API", "status": "operational", "position": 3, "group_id": null},
        ],
        "incidents": incidents, "scheduled_maintenances": [],
    })
}

/// A desk that reads the double, with the seed's own incidents out of the way.
async fn desk(double: &Double) -> (TestApp, Reader) {
    let address: frontdesk_backend::upstream::reading::PageAddress = double.address.parse().unwrap();
    let upstream = address.clone();
    let app = TestApp::with(0, |options| frontdesk_backend::server::Options {
        status_upstream: Some(upstream),
        ..options
    })
    .await;
    let agent = app.sign_in(Role::Agent).await;
    let over = json!({"status": "resolved", "body": "Over."});
    let ended = agent.post_keyed("/api/status/incidents/video-uploads/updates", "end", &over).await;
    assert_eq!(ended.status, 201, "{}", ended.text);
    let reader = Reader::new(address).unwrap();
    assert_eq!(reader.read(app.running.app()).await.unwrap(), Outcome::Good);
    (app, reader)
}

async fn status(app: &TestApp) -> Value {
    app.nobody().get("/api/status").await.json()
}

fn level(page: &Value, component: &str) -> Value {
    let components = page["components"].as_array().unwrap();
    components.iter().find(|known| known["id"] == component).unwrap()["status"].clone()
}

#[tokio::test]
async fn a_providers_word_is_shown_as_theirs() {
    let double = Double::start(&page(50, "minor", &json!([slow()])), &json!([slow()])).await;
    let (app, reader) = desk(&double).await;
    let shown = status(&app).await;
    assert_eq!(
        shown["live"]["provider"],
        json!({"name": "Acme Cloud", "url": "https://status.cloud.example"})
    );
    assert_eq!(shown["live"]["incidents"][0]["name"], "Live video is slow");
    assert_eq!(shown["live"]["incidents"][0]["topics"], json!(["video"]));
    assert!(shown["live"].get("unsure_since").is_none());
    assert_eq!(level(&shown, "live"), "degraded_performance");
    assert_eq!(level(&shown, "login"), "operational");
    assert_eq!(level(&shown, "up-c3"), "operational", "what the provider alone knows is shown too");
    assert_eq!(
        level(&shown, "posts"),
        "unknown",
        "a component that the provider is silent about is never green"
    );

    // A request of the topic is touched by it.
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video stops").await;
    assert_eq!(admin.request(&id).await["incidents"], json!(["up-i1"]));

    // The same again costs the provider nothing.
    assert_eq!(reader.read(app.running.app()).await.unwrap(), Outcome::Good);
    assert!(double.script.lock().unwrap().unchanged >= 2);

    // Over, with its last word.
    let mut over = slow();
    over["status"] = json!("resolved");
    over["resolved_at"] = json!("2026-11-23T08:55:00Z");
    over["incident_updates"].as_array_mut().unwrap().insert(
        0,
        json!({"id": "u3", "status": "resolved", "body": "Works again.", "created_at": "2026-11-23T08:55:00Z"}),
    );
    double.says_summary(&page(56, "none", &json!([])));
    double.says(|script| script.incidents = json!({"incidents": [over]}).to_string());
    assert_eq!(reader.read(app.running.app()).await.unwrap(), Outcome::Good);
    let shown = status(&app).await;
    assert_eq!(shown["live"]["incidents"], json!([]));
    let past =
        shown["past"].as_array().unwrap().iter().find(|incident| incident["id"] == "up-i1").unwrap().clone();
    assert_eq!(past["incident_updates"][0]["body"], "Works again.");
    assert_eq!(level(&shown, "live"), "operational");
}

/// Nothing of what the provider's page could say wrongly makes the page green.
async fn is_unsure_after(change: impl FnOnce(&mut Script)) {
    let double = Double::start(&page(50, "none", &json!([])), &json!([])).await;
    let (app, reader) = desk(&double).await;
    assert_eq!(level(&status(&app).await, "login"), "operational");
    double.says(change);
    assert_eq!(reader.read(app.running.app()).await.unwrap(), Outcome::Bad);
    let shown = status(&app).await;
    assert!(shown["live"]["unsure_since"].is_string(), "{shown}");
    for component in shown["components"].as_array().unwrap() {
        assert_ne!(component["status"], "operational", "{component}");
    }
    let document = app.nobody().get("/api/v2/status.json").await.json();
    assert_ne!(document["status"]["indicator"], "none");
    let live = app.nobody().get("/api/status/incidents").await.json();
    assert!(live["unsure_since"].is_string(), "{live}");

    // The page comes back: the next good answer is believed.
    double.says(|script| {
        *script = Script {
            status: 200,
            summary: page(59, "none", &json!([])).to_string(),
            incidents: json!({"incidents": []}).to_string(),
            ..Script::default()
        };
    });
    assert_eq!(reader.read(app.running.app()).await.unwrap(), Outcome::Good);
    let shown = status(&app).await;
    assert!(shown["live"].get("unsure_since").is_none(), "{shown}");
    assert_eq!(level(&shown, "login"), "operational");
}

#[tokio::test]
async fn a_page_that_fails_is_not_sure() {
    is_unsure_after(|script| script.status = 500).await;
    is_unsure_after(|script| script.status = 302).await;
}

#[tokio::test]
async fn a_page_for_people_is_not_sure() {
    is_unsure_after(|script| script.summary = "<!doctype html><h1>All systems operational</h1>".to_owned())
        .await;
    is_unsure_after(|script| script.summary = String::new()).await;
}

#[tokio::test]
async fn an_answer_of_forty_megabytes_is_not_sure() {
    is_unsure_after(|script| {
        script.summary = page(55, "none", &json!([])).to_string();
        script.padding = 40 * 1_024 * 1_024;
    })
    .await;
}

#[tokio::test]
async fn an_unknown_word_is_not_sure() {
    is_unsure_after(|script| {
        let mut odd = page(55, "none", &json!([]));
        odd["components"][0]["status"] = json!("better_than_ever");
        script.summary = odd.to_string();
    })
    .await;
    is_unsure_after(|script| script.summary = page(55, "fantastic", &json!([])).to_string()).await;
}

#[tokio::test]
async fn a_page_that_goes_back_in_time_is_not_sure() {
    is_unsure_after(|script| script.summary = page(40, "none", &json!([])).to_string()).await;
    is_unsure_after(|script| {
        let mut early = page(55, "none", &json!([]));
        early["page"]["updated_at"] = json!("2031-01-01T00:00:00Z");
        script.summary = early.to_string();
    })
    .await;
}

#[tokio::test]
async fn silence_is_not_sure_and_keeps_the_last_copy() {
    let double = Double::start(&page(50, "minor", &json!([slow()])), &json!([slow()])).await;
    let (app, _) = desk(&double).await;
    let read_at = status(&app).await["live"]["updated_at"].clone();
    double.says(|script| script.status = 503);
    // Ten minutes later, with nobody having read it since.
    let later = app.now().plus(frontdesk_contract::time::Span::minutes(10));
    let live = frontdesk_backend::status::live(app.running.app(), later).await.unwrap();
    assert_eq!(live.unsure_at(later).map(|at| json!(at)), Some(read_at), "{live:?}");
    assert_eq!(live.incidents[0].name, "Live video is slow", "the last good copy stays");
}

#[tokio::test]
async fn strangers_texts_stay_texts() {
    let mut hostile = slow();
    hostile["name"] = json!("<script>alert(1)</script>\u{202e}\u{0}");
    hostile["incident_updates"][0]["body"] = json!("x".repeat(100_000));
    let double = Double::start(&page(50, "minor", &json!([hostile])), &json!([])).await;
    let (app, _) = desk(&double).await;
    let shown = status(&app).await;
    let incident = &shown["live"]["incidents"][0];
    assert_eq!(incident["name"], "<script>alert(1)</script>");
    assert_eq!(incident["incident_updates"][0]["body"].as_str().unwrap().chars().count(), 5_000);
    let feed = app.nobody().get("/api/status/feed.atom").await.text;
    assert!(!feed.contains("<script>"), "{feed}");
    roxmltree::Document::parse(&feed).unwrap();
}

#[tokio::test]
async fn agents_do_not_write_for_the_provider() {
    let double = Double::start(&page(50, "minor", &json!([slow()])), &json!([slow()])).await;
    let (app, _) = desk(&double).await;
    let agent = app.sign_in(Role::Agent).await;
    let update = json!({"status": "resolved", "body": "Fine."});
    let path = "/api/status/incidents/up-i1";
    agent.post_keyed(&format!("{path}/updates"), "k", &update).await.is_problem(409, "not-possible");
    agent.patch(path, "*", &json!({"impact": "none"})).await.is_problem(409, "not-possible");
}
