//! The status page: agents write, everybody reads, whoever is signed in follows.

use frontdesk_backend::settings::EXAMPLE;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Caller, NOW, Role, TestApp};

fn trouble() -> Value {
    json!({
        "name": "Nobody can sign in", "impact": "critical", "status": "investigating", "components": ["login"],
        "body": "Since 9:40 signing in fails. We look for the cause.",
    })
}

async fn told(agent: &Caller, key: &str) -> Value {
    let answer = agent.post_keyed("/api/status/incidents", key, &trouble()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn say(agent: &Caller, id: &str, key: &str, status: &str, body: &str) -> Answer {
    let path = format!("/api/status/incidents/{id}/updates");
    agent.post_keyed(&path, key, &json!({"status": status, "body": body})).await
}

fn level(page: &Value, component: &str) -> String {
    let components = page["components"].as_array().unwrap();
    let found = components.iter().find(|known| known["id"] == component);
    found.unwrap_or_else(|| panic!("no {component} in {page}"))["status"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_incident_is_told_followed_up_and_ended() {
    let app = TestApp::start().await;
    let (agent, stranger) = (app.sign_in(Role::Agent).await, app.nobody());
    let incident = told(&agent, "k1").await;
    let id = incident["id"].as_str().unwrap();
    assert_eq!(incident["topics"], json!(["sign-in"]));
    let page = stranger.get("/api/status").await.json();
    assert_eq!(page["live"]["incidents"][0]["name"], "Nobody can sign in");
    assert_eq!(level(&page, "login"), "major_outage");
    assert_eq!(level(&page, "live"), "degraded_performance");
    assert_eq!(level(&page, "posts"), "operational");

    let answer = say(&agent, id, "k2", "monitoring", "A repair is in place.").await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let answer = say(&agent, id, "k3", "resolved", "Signing in works.").await;
    assert_eq!(answer.header("etag"), format!("\"{}\"", answer.word("version")));
    let read = stranger.get(&format!("/api/status/incidents/{id}")).await.json();
    let words: Vec<&str> = read["incident_updates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|update| update["status"].as_str().unwrap())
        .collect();
    assert_eq!(words, ["resolved", "monitoring", "investigating"]);
    assert_eq!(read["resolved_at"], read["incident_updates"][0]["created_at"]);
    let page = stranger.get("/api/status").await.json();
    assert_eq!(level(&page, "login"), "operational");
    assert_eq!(page["past"][0]["id"], id);
    let login = page["components"].as_array().unwrap().iter().find(|known| known["id"] == "login").unwrap();
    assert_eq!(login["days"][89], "major_outage", "the worst of the day stays");
    say(&agent, id, "k4", "monitoring", "Again.").await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn an_incident_is_told_once() {
    let app = TestApp::start().await;
    let agent = app.sign_in(Role::Agent).await;
    let first = told(&agent, "k1").await;
    assert_eq!(told(&agent, "k1").await["id"], first["id"]);
    let id = first["id"].as_str().unwrap();
    for _ in 0..2 {
        assert_eq!(say(&agent, id, "k2", "identified", "Found.").await.status, 201);
    }
    let read = agent.get(&format!("/api/status/incidents/{id}")).await.json();
    assert_eq!(read["incident_updates"].as_array().unwrap().len(), 2);
    let path = "/api/status/incidents";
    agent.post_keyed(path, "k1", &json!({"name": "x"})).await.is_problem(422, "invalid");
    agent.post(path, &trouble()).await.is_problem(400, "idempotency-key-missing");
    assert_eq!(agent.get(path).await.json()["incidents"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_change_is_meant_for_what_stands() {
    let app = TestApp::start().await;
    let agent = app.sign_in(Role::Agent).await;
    let incident = told(&agent, "k1").await;
    let path = format!("/api/status/incidents/{}", incident["id"].as_str().unwrap());
    let version = incident["version"].as_str().unwrap();
    let change = json!({"impact": "minor", "components": ["login", "live"]});
    agent.send(Method::PATCH, &path, Some(change.to_string()), &[]).await.is_problem(428, "version-missing");
    let changed = agent.patch(&path, version, &change).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(changed.json()["topics"], json!(["sign-in", "video"]));
    agent.patch(&path, version, &json!({"name": "Late"})).await.is_problem(412, "changed");
    assert_eq!(agent.get(&path).await.word("name"), "Nobody can sign in");
}

#[tokio::test]
async fn what_cannot_be_told_is_pointed_at() {
    let app = TestApp::start().await;
    let agent = app.sign_in(Role::Agent).await;
    let path = "/api/status/incidents";
    agent.post_keyed(path, "a", &json!({"impact": "minor", "status": "identified"})).await.points_at(&[
        "/name",
        "/body",
        "/components",
    ]);
    let with = |field: &str, value: Value| {
        let mut incident = trouble();
        incident[field] = value;
        incident
    };
    agent.post_keyed(path, "b", &with("impact", json!("cosmic"))).await.points_at(&["/impact"]);
    agent.post_keyed(path, "c", &with("status", json!("pondering"))).await.points_at(&["/status"]);
    agent
        .post_keyed(path, "d", &with("components", json!(["login", "nothing"])))
        .await
        .points_at(&["/components/1"]);
    let id = told(&agent, "e").await["id"].as_str().unwrap().to_owned();
    say(&agent, &id, "f", "odd", "Word.").await.points_at(&["/status"]);
    say(&agent, "nothing", "g", "resolved", "Word.").await.is_problem(404, "not-found");
}

#[tokio::test]
async fn maintenance_is_planned_moved_and_ended() {
    let app = TestApp::start().await;
    let agent = app.sign_in(Role::Agent).await;
    let at = |hours: i64| app.now().plus(Span::hours(hours)).to_string();
    let plan = json!({
        "name": "New disks", "body": "Videos may be slow.", "components": ["live"],
        "scheduled_for": at(-1), "scheduled_until": at(2),
    });
    let path = "/api/status/maintenances";
    let mut wrong = plan.clone();
    wrong["scheduled_until"] = json!(at(-2));
    agent.post_keyed(path, "a", &wrong).await.points_at(&["/scheduled_until"]);
    let planned = agent.post_keyed(path, "b", &plan).await;
    assert_eq!(planned.status, 201, "{}", planned.text);
    assert_eq!(agent.post_keyed(path, "b", &plan).await.word("id"), planned.word("id"));
    let page = app.nobody().get("/api/status").await.json();
    assert_eq!(page["maintenances"].as_array().unwrap().len(), 1);
    let summary = app.nobody().get("/api/v2/summary.json").await.json();
    assert_eq!(summary["scheduled_maintenances"][0]["status"], "in_progress");
    let own = format!("{path}/{}", planned.word("id"));
    let ended = agent.patch(&own, &planned.word("version"), &json!({"ended": true})).await;
    assert_eq!(ended.status, 200, "{}", ended.text);
    agent
        .patch(&own, &ended.word("version"), &json!({"body": "Again"}))
        .await
        .is_problem(409, "not-possible");
}

#[tokio::test]
async fn what_is_followed_comes_to_overview() {
    let app = TestApp::start().await;
    let (agent, admin) = (app.sign_in(Role::Agent).await, app.sign_in(Role::Admin).await);
    let path = "/api/status/follows";
    let followed = admin.post_keyed(path, "a", &json!({"incident": "video-uploads"})).await;
    assert_eq!(followed.status, 201, "{}", followed.text);
    let again = admin.post_keyed(path, "b", &json!({"incident": "video-uploads"})).await;
    assert_eq!(again.json()["id"], followed.json()["id"], "followed already");
    admin.post_keyed(path, "c", &json!({"component": "login"})).await;
    told(&agent, "k1").await;
    say(&agent, "video-uploads", "k2", "resolved", "Uploads work again.").await;
    let follows = admin.get(path).await.json();
    assert_eq!(follows["items"][0]["incidents"][0]["incident_updates"][0]["body"], "Uploads work again.");
    assert_eq!(follows["items"][1]["incidents"][0]["name"], "Nobody can sign in");
    assert_eq!(agent.get(path).await.json()["items"], json!([]), "everybody follows for themselves");

    let own = format!("{path}/{}", followed.json()["id"]);
    agent.delete(&own).await.is_problem(404, "not-found");
    assert_eq!(admin.delete(&own).await.status, 204);
    admin.delete(&own).await.is_problem(404, "not-found");
    admin.post_keyed(path, "d", &json!({"incident": "nothing"})).await.points_at(&["/incident"]);
    admin.post_keyed(path, "e", &json!({"component": "nothing"})).await.points_at(&["/component"]);
    admin.post_keyed(path, "f", &json!({})).await.points_at(&[""]);
}

#[tokio::test]
async fn whoever_listens_hears_of_incidents() {
    let app = TestApp::start().await;
    let (agent, employee) = (app.sign_in(Role::Agent).await, app.sign_in(Role::Employee).await);
    let before = employee.get("/api/session").await.json()["lastEvent"].as_u64().unwrap();
    told(&agent, "k1").await;
    let after = employee.get("/api/session").await.json()["lastEvent"].as_u64().unwrap();
    assert_eq!(after, before + 1);
}

#[tokio::test]
async fn ninety_days_are_kept() {
    let app = TestApp::start().await;
    let page = app.nobody().get("/api/status").await.json();
    let components = page["components"].as_array().unwrap();
    assert!(components.iter().all(|component| component["days"].as_array().unwrap().len() == 90));
    let cores: Vec<bool> = components.iter().map(|component| component["core"].as_bool().unwrap()).collect();
    assert_eq!(cores, [true, true, true, true, false, false], "core features first");
    let login = &components[0]["days"];
    assert_eq!((&login[48], &login[49]), (&json!("partial_outage"), &json!("operational")), "41 days ago");

    // Two days later nobody has watched the day in between.
    let app = app.restart_at(NOW.parse::<frontdesk_contract::Timestamp>().unwrap().plus(Span::days(2))).await;
    let days = app.nobody().get("/api/status").await.json()["components"][0]["days"].clone();
    assert_eq!(
        (&days[46], &days[88], &days[89]),
        (&json!("partial_outage"), &json!("unknown"), &json!("operational"))
    );
    // What went on all the time fills the days in between.
    let app_now = app.running.app();
    let mut write = app_now.store().write().await.unwrap();
    frontdesk_backend::status::note_today(app_now, &mut write, app_now.now()).await.unwrap();
    write.commit().await.unwrap();
    let live = app.nobody().get("/api/status").await.json()["components"][3]["days"].clone();
    assert_eq!(live[88], "degraded_performance");
}

#[tokio::test]
async fn programs_read_a_statuspage() {
    let app = TestApp::start().await;
    let stranger = app.nobody();
    let summary = stranger.get("/api/v2/summary.json").await;
    assert_eq!(summary.header("cache-control"), "public, max-age=30");
    let document = summary.json();
    assert_eq!(document["status"]["indicator"], "minor");
    assert_eq!(document["incidents"][0]["id"], "video-uploads");
    assert_eq!(document["incidents"][0]["incident_updates"][0]["status"], "monitoring");
    assert_eq!(document["incidents"][0]["components"][0]["name"], "Live and video");
    for path in
        ["/api/v2/summary.json", "/api/v2/status.json", "/api/v2/components.json", "/api/v2/incidents.json"]
    {
        let first = stranger.get(path).await;
        assert_eq!(first.status, 200, "{path}");
        let tag = first.header("etag").to_owned();
        let again = stranger.send(Method::GET, path, None, &[("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304, "{path}: nothing has changed");
    }
    let incidents = stranger.get("/api/v2/incidents.json").await.json();
    assert_eq!(incidents["incidents"].as_array().unwrap().len(), 3);

    // What we write is what we read.
    let bytes = summary.text.as_bytes();
    let read = frontdesk_backend::upstream::statuspage::summary(bytes, None, app.now()).unwrap();
    assert!(!read.is_partial);
    assert_eq!(read.incidents[0].components, ["live"]);
}

#[tokio::test]
async fn a_feed_has_an_entry_for_each_update() {
    let app = TestApp::start().await;
    let (agent, stranger) = (app.sign_in(Role::Agent).await, app.nobody());
    let ids = async |path: &str| {
        let answer = stranger.get(path).await;
        assert_eq!(answer.header("content-type"), "application/atom+xml; charset=utf-8");
        let document = roxmltree::Document::parse(&answer.text).unwrap();
        let entries = document.descendants().filter(|node| node.has_tag_name((ATOM, "entry")));
        let text = |node: roxmltree::Node<'_, '_>, name: &str| {
            node.children().find(|child| child.has_tag_name((ATOM, name))).unwrap().text().unwrap().to_owned()
        };
        let feed = document.root_element();
        assert_eq!(feed.tag_name().name(), "feed");
        assert!(text(feed, "id").starts_with("urn:uuid:"));
        let ids: Vec<(String, String)> =
            entries.map(|entry| (text(entry, "id"), text(entry, "title"))).collect();
        ids
    };
    let before = ids("/api/status/feed.atom").await;
    assert_eq!(before.len(), 7);
    assert_eq!(before[0].1, "Video uploads fail for some people (monitoring)");
    say(&agent, "video-uploads", "k1", "resolved", "<b>Works</b> & stays").await;
    let after = ids("/api/status/feed.atom").await;
    assert_eq!(after.len(), 8);
    assert_eq!(after[1..], before, "an identifier never changes");
    let of_component = ids("/api/status/components/live/feed.atom").await;
    assert_eq!(of_component, after[..4], "the same entries by the same identifiers");
    stranger.get("/api/status/components/nothing/feed.atom").await.is_problem(404, "not-found");
}

const ATOM: &str = "http://www.w3.org/2005/Atom";

#[tokio::test]
async fn nothing_public_names_a_person() {
    let app = TestApp::with_requests(40).await;
    let agent = app.sign_in(Role::Agent).await;
    told(&agent, "k1").await;
    let names = ["Awa", "Mbaye", "Chloé", "@acme.example", "agent"];
    for path in [
        "/api/status",
        "/api/status/incidents",
        "/api/status/incidents/video-uploads",
        "/api/status/feed.atom",
        "/api/v2/summary.json",
        "/api/v2/incidents.json",
        "/api/v2/components.json",
        "/api/v2/status.json",
    ] {
        let answer = app.nobody().get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        for name in names {
            assert!(!answer.text.contains(name), "{path} has {name}");
        }
    }
}

#[tokio::test]
async fn components_without_any_are_no_mistake() {
    let (without, _) = EXAMPLE.split_once("# The parts of the service on the status page").unwrap();
    let app = TestApp::with(0, |options| {
        std::fs::write(options.data.join("frontdesk.toml"), without).unwrap();
        options
    })
    .await;
    let page = app.nobody().get("/api/status").await.json();
    assert_eq!(page["components"], json!([]));
    assert_eq!(app.nobody().get("/api/v2/status.json").await.json()["status"]["indicator"], "minor");
}
