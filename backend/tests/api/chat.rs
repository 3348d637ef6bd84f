//! Messages to chat groups: signed, once each, tried again, and written down. The chat group is a double.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_backend::settings::EXAMPLE;
use frontdesk_backend::upstream::chat::{Courier, TRIES_MAX, signature};
use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::{Role, TestApp};

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What came in, and what is answered.
#[derive(Debug, Default)]
struct Room {
    answer: u16,
    heard: Vec<(HeaderMap, String)>,
}

type Shared = Arc<Mutex<Room>>;

async fn chat_room() -> (Shared, String) {
    let room: Shared = Arc::new(Mutex::new(Room { answer: 200, heard: Vec::new() }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks/status", listener.local_addr().unwrap());
    let router = Router::new().route("/hooks/status", post(hear)).with_state(room.clone());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (room, url)
}

async fn hear(State(room): State<Shared>, headers: HeaderMap, body: String) -> StatusCode {
    let mut room = room.lock().unwrap();
    room.heard.push((headers, body));
    StatusCode::from_u16(room.answer).unwrap()
}

/// A desk that tells this address. Its own courier is as asleep as the queue is empty; tests send by hand.
async fn desk(url: &str, allow_loopback: bool) -> TestApp {
    let hook = format!(
        "{EXAMPLE}\n[status]\nallowLoopback = {allow_loopback}\n\n[[status.webhooks]]\nname = \"Chat\"\n\
         url = \"{url}\"\nsecret = \"whsec_{SECRET}\"\n"
    );
    TestApp::with(0, |options| {
        std::fs::write(options.data.join("frontdesk.toml"), hook).unwrap();
        options
    })
    .await
}

async fn say(app: &TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let update = json!({"status": "resolved", "body": "Uploads work again."});
    let answer = agent.post_keyed("/api/status/incidents/video-uploads/updates", "k", &update).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

async fn log(app: &TestApp) -> Vec<Value> {
    let page = app.sign_in(Role::Admin).await.get("/api/status/deliveries").await.json();
    page["items"].as_array().unwrap().clone()
}

/// Waits until the log says so.
async fn until(app: &TestApp, is_so: impl Fn(&Value) -> bool) -> Value {
    let waited = tokio::time::timeout(std::time::Duration::from_secs(20), async {
        loop {
            if let Some(line) = log(app).await.first().filter(|line| is_so(line)) {
                return line.clone();
            }
        }
    });
    waited.await.expect("the log never says so")
}

#[tokio::test]
async fn a_chat_group_hears_of_each_update() {
    let (room, url) = chat_room().await;
    let app = desk(&url, true).await;
    say(&app).await;
    let line = until(&app, |line| line["state"] == "delivered").await;
    assert_eq!(
        (&line["webhook"], &line["answer"], &line["tries"]),
        (&json!("Chat"), &json!("200"), &json!(1))
    );
    let room = room.lock().unwrap();
    let (headers, body) = &room.heard[0];
    assert_eq!(room.heard.len(), 1);
    let message: Value = serde_json::from_str(body).unwrap();
    assert_eq!(message["data"]["update"]["body"], "Uploads work again.");
    assert!(message["text"].as_str().unwrap().contains("Uploads work again."));
    let header = |name: &str| headers[name].to_str().unwrap().to_owned();
    let seconds: i64 = header("webhook-timestamp").parse().unwrap();
    let at = Timestamp::from_millis(seconds * 1_000).unwrap();
    let secret = STANDARD.decode(SECRET).unwrap();
    let (_, expected) = signature(&secret, &header("webhook-id"), at, body);
    assert_eq!(header("webhook-signature"), expected);
    assert_eq!(line["message"], header("webhook-id"));
}

#[tokio::test]
async fn what_fails_is_tried_again_later_and_given_up_in_the_end() {
    let (room, url) = chat_room().await;
    room.lock().unwrap().answer = 503;
    let app = desk(&url, true).await;
    say(&app).await;
    let line = until(&app, |line| line["tries"] != 0).await;
    assert_eq!((&line["state"], &line["answer"]), (&json!("waiting"), &json!("503")));
    let next: Timestamp = line["next_at"].as_str().unwrap().parse().unwrap();
    assert!(next > app.now(), "{line}");

    let (courier, desk) = (Courier::new(true).unwrap(), app.running.app());
    let mut now = desk.now();
    for _ in 0..TRIES_MAX {
        now = now.plus(Span::hours(7));
        courier.deliver(desk, now).await.unwrap();
    }
    let line = until(&app, |line| line["state"] == "failed").await;
    // The desk’s own courier may have tried as well.
    assert!(line["tries"].as_u64() >= Some(u64::from(TRIES_MAX)), "{line}");
    let heard = room.lock().unwrap().heard.len();
    courier.deliver(desk, now.plus(Span::days(2))).await.unwrap();
    assert_eq!(room.lock().unwrap().heard.len(), heard, "given up is given up");
    let ids: std::collections::BTreeSet<String> = room
        .lock()
        .unwrap()
        .heard
        .iter()
        .map(|(headers, _)| headers["webhook-id"].to_str().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), 1, "the receiver knows it again");
}

#[tokio::test]
async fn a_message_outlives_the_process() {
    let (room, url) = chat_room().await;
    room.lock().unwrap().answer = 500;
    let app = desk(&url, true).await;
    say(&app).await;
    until(&app, |line| line["tries"] != 0).await;
    room.lock().unwrap().answer = 204;
    let later = app.now().plus(Span::hours(1));
    let app = app.restart_at(later).await;
    let line = until(&app, |line| line["state"] == "delivered").await;
    assert!(line["tries"].as_u64() >= Some(2), "{line}");
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_alone() {
    let (room, url) = chat_room().await;
    room.lock().unwrap().answer = 410;
    let app = desk(&url, true).await;
    say(&app).await;
    let line = until(&app, |line| line["state"] == "failed").await;
    assert_eq!((&line["answer"], &line["tries"]), (&json!("410"), &json!(1)));
}

#[tokio::test]
async fn nothing_is_sent_to_private_addresses() {
    let app = desk("https://127.0.0.1:9/hooks/status", false).await;
    say(&app).await;
    let line = until(&app, |line| line["state"] == "failed").await;
    assert_eq!(line["answer"], "the address is private");

    // A name that leads to this machine is found out when it is looked up.
    let app = desk("https://localhost:9/hooks/status", false).await;
    say(&app).await;
    let line = until(&app, |line| line["tries"] != 0).await;
    assert_eq!(line["answer"], "can't be reached");
}

#[tokio::test]
async fn secrets_of_the_settings_stay_there() {
    let (_, url) = chat_room().await;
    let app = desk(&url, true).await;
    let admin = app.sign_in(Role::Admin).await;
    for path in ["/api/settings", "/api/status", "/api/status/deliveries", "/api/welcome"] {
        let text = admin.get(path).await.text;
        assert!(!text.contains(SECRET) && !text.contains("hooks/status"), "{path}");
    }
}
