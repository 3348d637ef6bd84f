//! A backend of its own for each test, and people who call it.

use std::path::Path;

use frontdesk_backend::origin::Origin;
use frontdesk_backend::seed;
use frontdesk_backend::server::{self, Options, Running};
use frontdesk_backend::store::people::{self, NewPerson, Origin as PasswordOrigin};
use frontdesk_backend::store::sessions::{self, Device};
use frontdesk_contract::{Kind, Person, Right, Timestamp};
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A Monday, 10:00 in Paris.
pub(crate) const NOW: &str = "2026-11-23T09:00:00Z";

/// A backend with the people of the seed and no request.
pub(crate) struct TestApp {
    pub(crate) folder: TempDir,
    pub(crate) running: Running,
    pub(crate) now: Timestamp,
}

/// Whoever calls.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) base: String,
    pub(crate) cookie: Option<String>,
    pub(crate) client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

/// Who plays which role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Nobody,
    Employee,
    Auditor,
    Admin,
    Agent,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::with_requests(0).await
    }

    pub(crate) async fn with_requests(requests: u64) -> Self {
        Self::with(requests, |options| options).await
    }

    /// A backend with flags of one's own.
    pub(crate) async fn with(requests: u64, change: impl FnOnce(Options) -> Options) -> Self {
        let folder = TempDir::new().unwrap();
        let now: Timestamp = NOW.parse().unwrap();
        fill(folder.path(), requests, now).await;
        let running = server::start(change(options(folder.path(), now))).await.unwrap();
        add_auditor(&running, now).await;
        Self { folder, running, now }
    }

    /// A backend that somebody else has started.
    pub(crate) fn of(folder: TempDir, running: Running, now: Timestamp) -> Self {
        Self { folder, running, now }
    }

    /// Stops the backend and starts it again with its clock at another time.
    pub(crate) async fn restart_at(self, now: Timestamp) -> Self {
        self.running.stop().await;
        let running = server::start(options(self.folder.path(), now)).await.unwrap();
        Self { folder: self.folder, running, now }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.running.address())
    }

    /// Somebody without a session.
    pub(crate) fn nobody(&self) -> Caller {
        Caller::of(self.base())
    }

    /// Somebody with a session, which is made without a password because hashing takes its time.
    pub(crate) async fn sign_in(&self, role: Role) -> Caller {
        let email = match role {
            Role::Nobody => return self.nobody(),
            Role::Employee => "employee@acme.example",
            Role::Auditor => "auditor@acme.example",
            Role::Admin => "admin@acme.example",
            Role::Agent => "agent@acme.example",
        };
        self.sign_in_as(email).await
    }

    pub(crate) async fn sign_in_as(&self, email: &str) -> Caller {
        let store = self.running.app().store();
        let person = store.account(email).await.unwrap().expect("a person").person;
        let mut write = store.write().await.unwrap();
        let now = self.running.app().now();
        let token = sessions::begin(&mut write, &person.id, Device::Own, now).await.unwrap();
        write.commit().await.unwrap();
        Caller { cookie: Some(format!("frontdesk={token}")), ..self.nobody() }
    }
}

impl Caller {
    /// Somebody without a session at an address.
    pub(crate) fn of(base: String) -> Self {
        Self { base, cookie: None, client: reqwest::Client::new() }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None, &[]).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string()), &[]).await
    }

    pub(crate) async fn post_keyed(&self, path: &str, key: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string()), &[("idempotency-key", key)]).await
    }

    pub(crate) async fn patch(&self, path: &str, version: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, Some(body.to_string()), &[("if-match", version)]).await
    }

    /// Sends as our own page would, with headers of one's own on top. An empty value takes a header out.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let mut all: Vec<(String, String)> = Vec::new();
        if let Some(cookie) = &self.cookie {
            all.push(("cookie".to_owned(), cookie.clone()));
        }
        if method != Method::GET && method != Method::HEAD {
            all.push(("x-frontdesk".to_owned(), "1".to_owned()));
            all.push(("sec-fetch-site".to_owned(), "same-origin".to_owned()));
        }
        if body.is_some() {
            all.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        for (name, value) in headers {
            all.retain(|(known, _)| known != name);
            if !value.is_empty() {
                all.push(((*name).to_owned(), (*value).to_owned()));
            }
        }
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        for (name, value) in &all {
            request = request.header(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    /// Asks support, and gives the answer.
    pub(crate) async fn ask(&self, key: &str, subject: &str) -> Answer {
        self.post_keyed("/api/requests", key, &question(subject)).await
    }

    /// Asks support, and gives the number.
    pub(crate) async fn asked(&self, subject: &str) -> String {
        let answer = self.ask(&format!("\"{subject}\""), subject).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.word("id")
    }

    /// Writes into a thread.
    pub(crate) async fn say(&self, id: &str, key: &str, body: &Value) -> Answer {
        self.post_keyed(&format!("/api/requests/{id}/messages"), key, body).await
    }

    pub(crate) async fn request(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/requests/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    /// Changes a request as it stands now.
    pub(crate) async fn change(&self, id: &str, body: &Value) -> Answer {
        let version = self.request(id).await["version"].as_str().unwrap().to_owned();
        self.patch(&format!("/api/requests/{id}"), &version, body).await
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(crate) fn word(&self, field: &str) -> String {
        self.json()[field].as_str().unwrap_or_else(|| panic!("no {field} in {}", self.text)).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Checks that it is a problem of this kind, with all that each problem has.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, kind: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.text);
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:frontdesk:problem:{kind}"), "{}", self.text);
        assert_eq!(problem["status"], status);
        assert_eq!(problem["requestId"], self.header("x-request-id"));
    }

    /// Checks that it points at this field.
    #[track_caller]
    pub(crate) fn points_at(&self, pointers: &[&str]) {
        self.is_problem(422, "invalid");
        let problem = self.json();
        let found: Vec<&str> = problem["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|error| error["pointer"].as_str().unwrap())
            .collect();
        assert_eq!(found, pointers, "{}", self.text);
    }
}

/// A good question.
pub(crate) fn question(subject: &str) -> Value {
    json!({
        "topic": "video", "subject": subject, "body": "Since this morning.", "priority": "high",
        "channel": "message", "language": "fr",
    })
}

pub(crate) async fn fill(folder: &Path, requests: u64, now: Timestamp) {
    let password = Some("three quiet boats".to_owned());
    let options = seed::Options { data: folder.to_owned(), people: 12, requests, password, now };
    seed::seed(&options).await.unwrap();
}

pub(crate) fn options(folder: &Path, now: Timestamp) -> Options {
    Options {
        data: folder.to_owned(),
        listen: "127.0.0.1:0".parse().unwrap(),
        panel: None,
        origin: None::<Origin>,
        trusted_proxies: Vec::new(),
        frame_ancestors: Vec::new(),
        now: Some(now),
        status_upstream: None,
        scim_upstream: None,
    }
}

async fn add_auditor(running: &Running, now: Timestamp) {
    let person = Person {
        id: "auditor".parse().unwrap(),
        name: "Vera Lindt".to_owned(),
        email: "auditor@acme.example".to_owned(),
        kind: Kind::Member,
        rights: vec![Right::Audit],
    };
    let new = NewPerson {
        person,
        department: "Legal".to_owned(),
        password: None,
        password_is: PasswordOrigin::Chosen,
        created_at: now,
    };
    let mut write = running.app().store().write().await.unwrap();
    people::insert(&mut write, &new).await.unwrap();
    write.commit().await.unwrap();
}
