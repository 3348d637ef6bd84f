//! The live stream.

use futures_util::StreamExt as _;
use serde_json::{Value, json};

use crate::app::{Caller, Role, TestApp};

/// A stream that is read event by event.
struct Stream {
    body: std::pin::Pin<Box<dyn futures_util::Stream<Item = Vec<u8>>>>,
    read: String,
}

/// One event: its id, and what it says.
#[derive(Debug, PartialEq)]
struct Told {
    id: Option<String>,
    data: Value,
}

impl Stream {
    async fn open(caller: &Caller, query: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = reqwest::Client::new().get(format!("{}/api/events{query}", caller.base));
        request = request.header("cookie", caller.cookie.clone().unwrap_or_default());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status().as_u16(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let body = response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec()).unwrap_or_default());
        Self { body: Box::pin(body), read: String::new() }
    }

    /// The next event that isn't a heartbeat; none when the stream has ended.
    async fn next(&mut self) -> Option<Told> {
        loop {
            let told = self.next_of_any_kind().await?;
            if told.data["type"] != "heartbeat" {
                return Some(told);
            }
        }
    }

    async fn next_of_any_kind(&mut self) -> Option<Told> {
        loop {
            while let Some((event, rest)) = self.read.split_once("\n\n") {
                let (event, rest) = (event.to_owned(), rest.to_owned());
                self.read = rest;
                let line =
                    |name: &str| event.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned));
                if let Some(data) = line("data: ") {
                    return Some(Told { id: line("id: "), data: serde_json::from_str(&data).unwrap() });
                }
            }
            self.read.push_str(&String::from_utf8(self.body.next().await?).unwrap());
        }
    }
}

#[tokio::test]
async fn the_stream_begins_with_the_time() {
    let app = TestApp::start().await;
    let mut stream = Stream::open(&app.sign_in(Role::Employee).await, "", &[]).await;
    let first = stream.next_of_any_kind().await.unwrap();
    assert_eq!((first.id, &first.data["type"]), (None, &json!("heartbeat")));
    assert!(first.data["now"].as_str().unwrap().starts_with("2026-11-23T09:0"));
}

#[tokio::test]
async fn what_happens_is_told_at_once() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let mut stream = Stream::open(&admin, "", &[]).await;
    let id = admin.asked("Video").await;
    let told = stream.next().await.unwrap();
    assert_eq!((&told.data["type"], &told.data["id"]), (&json!("request"), &json!(id)));
    assert_eq!(told.data["waitingForYou"], 0);
    agent.say(&id, "k1", &json!({"body": "Which one?"})).await;
    let told = stream.next().await.unwrap();
    assert_eq!(told.data["waitingForYou"], 1);
    assert_eq!(told.data["version"], admin.request(&id).await["version"]);
}

#[tokio::test]
async fn a_reader_goes_on_where_it_was() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let start = admin.get("/api/session").await.json()["lastEvent"].to_string();
    let (first, second) = (admin.asked("One").await, admin.asked("Two").await);
    let mut stream = Stream::open(&admin, &format!("?after={start}"), &[]).await;
    let told = stream.next().await.unwrap();
    assert_eq!(told.data["id"], first.as_str());
    assert_eq!(stream.next().await.unwrap().data["id"], second.as_str());
    let last = told.id.unwrap();
    let mut stream = Stream::open(&admin, "", &[("last-event-id", &last)]).await;
    assert_eq!(stream.next().await.unwrap().data["id"], second.as_str());
}

#[tokio::test]
async fn whoever_was_too_far_reads_everything_again() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut stream = Stream::open(&admin, "?after=4711", &[]).await;
    assert_eq!(stream.next().await.unwrap().data, json!({"type": "reset"}));
    let id = admin.asked("After").await;
    assert_eq!(stream.next().await.unwrap().data["id"], id.as_str());
}

#[tokio::test]
async fn nobody_hears_what_is_not_for_them() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let employee = app.sign_in(Role::Employee).await;
    let mut employees = Stream::open(&employee, "", &[]).await;
    let id = admin.asked("Video").await;
    let mut admins = Stream::open(&admin, "", &[]).await;
    let mut agents = Stream::open(&agent, "", &[]).await;
    agent.say(&id, "k1", &json!({"body": "Secret", "internal": true})).await;
    agent.say(&id, "k2", &json!({"body": "Open"})).await;
    let (note, answer) = (agents.next().await.unwrap(), agents.next().await.unwrap());
    assert_ne!(note.id, answer.id);
    assert_eq!(admins.next().await.unwrap().id, answer.id, "the note was told to the organization");
    assert_eq!(employee.delete("/api/sessions").await.status, 204);
    assert_eq!(employees.next().await, None, "an employee heard of a request");
}

#[tokio::test]
async fn the_stream_ends_with_the_session() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let mut ended = Stream::open(&admin, "", &[]).await;
    let mut goes_on = Stream::open(&agent, "", &[]).await;
    admin.delete("/api/session").await;
    assert_eq!(ended.next().await, None);
    let id = app.sign_in(Role::Admin).await.asked("Video").await;
    assert_eq!(goes_on.next().await.unwrap().data["id"], id.as_str());
}

#[tokio::test]
async fn a_stop_closes_the_streams() {
    let app = TestApp::start().await;
    let mut stream = Stream::open(&app.sign_in(Role::Admin).await, "", &[]).await;
    app.running.stop().await;
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn without_a_session_there_is_no_stream() {
    let app = TestApp::start().await;
    app.nobody().get("/api/events").await.is_problem(401, "signed-out");
}
