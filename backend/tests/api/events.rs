//! The live stream.

use futures_util::{FutureExt as _, StreamExt as _};
use serde_json::{Value, json};

use crate::app::{Caller, Role, TestApp};

/// A stream that is read event by event.
pub(crate) struct Stream {
    body: std::pin::Pin<Box<dyn futures_util::Stream<Item = Vec<u8>> + Send>>,
    read: String,
}

/// One event: its id, and what it says.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

impl Stream {
    pub(crate) async fn open(caller: &Caller, query: &str, headers: &[(&str, &str)]) -> Self {
        let response = Self::ask(caller, query, headers).await;
        assert_eq!(response.status().as_u16(), 200);
        Self::of(response)
    }

    /// A stream that goes on after an event; none while too many of the session are open.
    pub(crate) async fn try_open(caller: &Caller, last_event: &str) -> Option<Self> {
        let response = Self::ask(caller, "", &[("last-event-id", last_event)]).await;
        (response.status().as_u16() == 200).then(|| Self::of(response))
    }

    fn of(response: reqwest::Response) -> Self {
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let body = response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec()).unwrap_or_default());
        Self { body: Box::pin(body), read: String::new() }
    }

    async fn ask(caller: &Caller, query: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = reqwest::Client::new().get(format!("{}/api/events{query}", caller.base));
        request = request.header("cookie", caller.cookie.clone().unwrap_or_default());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// The next event that isn't a heartbeat; none when the stream has ended.
    pub(crate) async fn next(&mut self) -> Option<Told> {
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
    assert_ne!(note.data["version"], answer.data["version"]);
    let version = admin.request(&id).await["version"].clone();
    assert_eq!(
        admins.next().await.unwrap().data["version"],
        version,
        "the note was told to the organization"
    );
    assert_eq!(employee.delete("/api/sessions").await.status, 204);
    assert_eq!(employees.next().await, None, "an employee heard of a request");
}

#[tokio::test]
async fn numbers_tell_nothing_of_what_others_hear() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let (auditor, employee) = (app.sign_in(Role::Auditor).await, app.sign_in(Role::Employee).await);
    let last = async |caller: &Caller| caller.get("/api/session").await.json()["lastEvent"].as_u64().unwrap();
    let of_employee = last(&employee).await;
    let id = admin.asked("Video").await;
    let (of_admin, of_auditor, of_agent) = (last(&admin).await, last(&auditor).await, last(&agent).await);
    for number in 0..3 {
        let note = json!({"body": "Secret", "internal": true});
        assert_eq!(agent.say(&id, &format!("k{number}"), &note).await.status, 201);
    }
    assert_eq!((last(&admin).await, last(&auditor).await), (of_admin, of_auditor));
    assert_eq!(last(&agent).await, of_agent + 3);
    agent.say(&id, "k", &json!({"body": "Open"})).await;
    assert_eq!(last(&admin).await, of_admin + 1, "a gap tells of the notes");
    assert_eq!(last(&employee).await, of_employee, "an employee learns that others ask");
    // A number goes on where it was, whoever counts.
    for (caller, after) in [(&admin, of_admin), (&agent, of_agent + 3)] {
        let mut stream = Stream::open(caller, &format!("?after={after}"), &[]).await;
        assert_eq!(stream.next().await.unwrap().id, Some((after + 1).to_string()));
    }
}

#[tokio::test]
async fn a_session_has_only_so_many_streams() {
    let app = TestApp::start().await;
    let (admin, elsewhere) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Admin).await);
    let mut open = Vec::new();
    let refused = loop {
        let response = Stream::ask(&admin, "", &[]).await;
        if response.status().as_u16() != 200 {
            break response;
        }
        open.push(response);
        assert!(open.len() <= 100, "there is no end");
    };
    assert_eq!(refused.status().as_u16(), 429);
    let problem: Value = serde_json::from_str(&refused.text().await.unwrap()).unwrap();
    assert_eq!(problem["type"], "urn:frontdesk:problem:too-many-streams");
    assert!(problem["detail"].is_string(), "{problem}");
    assert_eq!(Stream::ask(&elsewhere, "", &[]).await.status().as_u16(), 200, "another browser has its own");
    open.clear();
    while Stream::ask(&admin, "", &[]).await.status().as_u16() != 200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn whoever_leaves_while_it_is_written_takes_no_news_along() {
    let app = TestApp::start().await;
    let backend = app.running.app();
    let mut hints = backend.hints();
    let write = backend.store().write().await.unwrap();
    let is_done = backend.commit(write).now_or_never();
    assert!(is_done.is_none(), "the caller was gone before the end");
    hints.changed().await.unwrap();
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
async fn settings_that_changed_while_nobody_served_are_told() {
    let app = TestApp::start().await;
    let employee = app.sign_in(Role::Employee).await;
    let (cookie, now) = (employee.cookie.clone(), app.now());
    let last = async |app: &TestApp| {
        let employee = Caller { cookie: cookie.clone(), ..app.nobody() };
        employee.get("/api/session").await.json()["lastEvent"].as_u64().unwrap()
    };
    let before = last(&app).await;
    let app = app.restart_at(now).await;
    assert_eq!(last(&app).await, before, "nothing has changed");
    let file = app.folder.path().join("frontdesk.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("organization = \"Acme\"", "organization = \"Acme 2\"")).unwrap();
    let app = app.restart_at(now).await;
    let employee = Caller { cookie: cookie.clone(), ..app.nobody() };
    assert_eq!(employee.get("/api/settings").await.json()["organization"], "Acme 2");
    let mut stream = Stream::open(&employee, &format!("?after={before}"), &[]).await;
    let told = stream.next().await.unwrap();
    assert_eq!((told.id, told.data), (Some((before + 1).to_string()), json!({"type": "settings"})));
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
