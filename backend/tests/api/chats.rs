//! Live chats over real HTTP and the real stream.

use std::collections::HashSet;

use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Caller, Role, TestApp, question};
use crate::events::Stream;

fn chat_about(subject: &str) -> Value {
    let mut asked = question(subject);
    asked["channel"] = json!("chat");
    asked
}

async fn chatting(admin: &Caller, subject: &str) -> String {
    let answer = admin.post_keyed("/api/requests", &format!("\"{subject}\""), &chat_about(subject)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.word("id")
}

async fn read(caller: &Caller, id: &str) -> Value {
    let answer = caller.get(&format!("/api/requests/{id}/chat")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["chat"].clone()
}

async fn act(caller: &Caller, id: &str, act: &str) -> Answer {
    let version = read(caller, id).await["version"].as_str().unwrap().to_owned();
    caller.patch(&format!("/api/requests/{id}/chat"), &version, &json!({"act": act})).await
}

async fn mark(caller: &Caller, id: &str, marks: Value) -> Answer {
    caller.post(&format!("/api/requests/{id}/chat/marks"), &marks).await
}

fn member<'a>(chat: &'a Value, name: &str) -> &'a Value {
    let members = chat["members"].as_array().unwrap();
    members
        .iter()
        .find(|member| member["person"]["name"] == name)
        .unwrap_or_else(|| panic!("no {name}: {chat}"))
}

#[tokio::test]
async fn a_chat_waits_in_line_and_is_taken() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let other = app.sign_in_as("second.admin@acme.example").await;
    assert_eq!(admin.get("/api/chat/offer").await.json(), json!({"isOpen": true, "waiting": 0}));
    let (first, second) = (chatting(&admin, "First").await, chatting(&other, "Second").await);
    assert_eq!(admin.get("/api/chat/offer").await.json()["waiting"], 2);
    let chat = read(&other, &second).await;
    assert_eq!((&chat["state"], &chat["place"]), (&json!("waiting"), &json!(2)));

    let taken = act(&agent, &first, "take").await;
    assert_eq!(taken.status, 200, "{}", taken.text);
    assert_eq!(taken.json()["chat"]["state"], "live");
    assert!(taken.json()["chat"]["agent"]["name"].is_string());
    assert_eq!(read(&other, &second).await["place"], 1, "the line has moved");
    act(&agent, &first, "take").await.is_problem(409, "not-possible");

    // Whoever writes has taken it: several chats at once.
    assert_eq!(agent.say(&second, "k1", &json!({"body": "Hello"})).await.status, 201);
    assert_eq!(read(&other, &second).await["state"], "live");
    assert_eq!(read(&admin, &first).await["state"], "live");
    let ended = act(&admin, &first, "end").await;
    assert_eq!(ended.json()["chat"]["state"], "ended");
    let request = admin.request(&first).await;
    assert_eq!(
        (&request["channel"], &request["state"]),
        (&json!("chat"), &json!("open")),
        "the transcript stays"
    );
}

#[tokio::test]
async fn two_agents_do_not_take_the_same_chat() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = chatting(&admin, "One").await;
    let stale = read(&agent, &id).await["version"].as_str().unwrap().to_owned();
    assert_eq!(act(&agent, &id, "take").await.status, 200);
    let path = format!("/api/requests/{id}/chat");
    agent.patch(&path, &stale, &json!({"act": "take"})).await.is_problem(412, "changed");
    let bare = agent.send(Method::PATCH, &path, Some(json!({"act": "end"}).to_string()), &[]).await;
    bare.is_problem(428, "version-missing");
}

#[tokio::test]
async fn whoever_waits_no_longer_is_answered_by_message() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = chatting(&admin, "Waits").await;
    assert!(admin.request(&id).await.get("answerBy").is_none());
    let left = act(&admin, &id, "message").await;
    assert_eq!(left.status, 200, "{}", left.text);
    let request = admin.request(&id).await;
    assert_eq!(request["channel"], "message");
    assert!(request["answerBy"].is_string(), "the promise of messages holds from now on");
    assert_eq!(admin.get("/api/chat/offer").await.json()["waiting"], 0);
}

#[tokio::test]
async fn a_chat_of_a_solved_request_is_over() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = chatting(&admin, "Solved").await;
    assert_eq!(agent.say(&id, "k1", &json!({"body": "Done", "solve": true})).await.status, 201);
    assert_eq!(read(&admin, &id).await["state"], "ended");
    mark(&admin, &id, json!({"typing": true})).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn chat_has_hours_a_switch_and_languages() {
    let app = TestApp::start().await;
    let evening = app.now().plus(Span::hours(10));
    let file = app.folder.path().join("frontdesk.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut english = chat_about("English");
    english["language"] = json!("en");
    let admin = app.sign_in(Role::Admin).await;
    admin.post_keyed("/api/requests", "k1", &english).await.points_at(&["/language"]);

    let app = app.restart_at(evening).await;
    let admin = app.sign_in(Role::Admin).await;
    let offer = admin.get("/api/chat/offer").await.json();
    assert_eq!(offer, json!({"isOpen": false, "opensAt": "2026-11-24T08:00:00.000Z", "waiting": 0}));
    admin.post_keyed("/api/requests", "k2", &chat_about("Late")).await.points_at(&["/channel"]);

    let (before, chat) = text.split_once("channel = \"chat\"").unwrap();
    let off = format!("{before}channel = \"chat\"{}", chat.replacen("enabled = true", "enabled = false", 1));
    std::fs::write(&file, off).unwrap();
    let now = app.now();
    let app = app.restart_at(now).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.get("/api/chat/offer").await.json(), json!({"isOpen": false, "waiting": 0}));
    admin.post_keyed("/api/requests", "k3", &chat_about("Off")).await.points_at(&["/channel"]);
}

#[tokio::test]
async fn marks_tell_who_types_and_who_has_read_what() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = chatting(&admin, "Marks").await;
    let said = agent.say(&id, "k1", &json!({"body": "Which browser?"})).await.json()["id"].clone();
    let note =
        agent.say(&id, "k2", &json!({"body": "Slow ring", "internal": true})).await.json()["id"].clone();
    let mut stream = Stream::open(&admin, "", &[]).await;
    assert_eq!(mark(&admin, &id, json!({"delivered": said})).await.status, 204);
    let told = stream.next().await.unwrap();
    assert_eq!((&told.data["type"], &told.data["id"]), (&json!("chat"), &json!(id)));
    let chat = read(&agent, &id).await;
    let name = admin.get("/api/session").await.json()["person"]["name"].as_str().unwrap().to_owned();
    assert_eq!((&member(&chat, &name)["delivered"], &member(&chat, &name)["read"]), (&said, &json!(0)));

    assert_eq!(mark(&admin, &id, json!({"read": said, "typing": true})).await.status, 204);
    let chat = read(&agent, &id).await;
    assert_eq!(member(&chat, &name)["read"], said);
    assert!(member(&chat, &name)["typingUntil"].is_string());
    // Marks go forward alone, and no further than the thread.
    assert_eq!(mark(&admin, &id, json!({"read": 1})).await.status, 204);
    assert_eq!(member(&read(&agent, &id).await, &name)["read"], said);
    assert_eq!(mark(&admin, &id, json!({"read": 1_000_000})).await.status, 204);
    assert_eq!(member(&read(&agent, &id).await, &name)["read"], note, "no further than the thread");

    // What an agent has read of notes tells the organization nothing.
    let agents = agent.get("/api/session").await.json()["person"]["name"].as_str().unwrap().to_owned();
    assert_eq!(mark(&agent, &id, json!({"read": said})).await.status, 204);
    let heard = admin.get("/api/session").await.json()["lastEvent"].clone();
    assert_eq!(mark(&agent, &id, json!({"read": note})).await.status, 204);
    assert_eq!(admin.get("/api/session").await.json()["lastEvent"], heard, "an event tells of a note");
    assert_eq!(member(&read(&admin, &id).await, &agents)["read"], said);
    assert_eq!(member(&read(&agent, &id).await, &agents)["read"], note);
}

#[tokio::test]
async fn each_role_does_what_its_rights_say() {
    let app = TestApp::start().await;
    let id = chatting(&app.sign_in(Role::Admin).await, "Roles").await;
    let roles = [Role::Nobody, Role::Employee, Role::Auditor, Role::Admin, Role::Agent];
    let table: [(Method, String, Option<Value>, [u16; 5]); 7] = [
        (Method::GET, "/api/chat/offer".to_owned(), None, [401, 403, 403, 200, 403]),
        (Method::GET, format!("/api/requests/{id}/chat"), None, [401, 403, 200, 200, 200]),
        (Method::GET, format!("/api/requests/{id}/messages?after=0"), None, [401, 403, 200, 200, 200]),
        (
            Method::POST,
            format!("/api/requests/{id}/chat/marks"),
            Some(json!({"typing": true})),
            [401, 403, 403, 204, 204],
        ),
        (
            Method::PATCH,
            format!("/api/requests/{id}/chat"),
            Some(json!({"act": "take"})),
            [401, 403, 403, 403, 200],
        ),
        (
            Method::PATCH,
            format!("/api/requests/{id}/chat"),
            Some(json!({"act": "end"})),
            [401, 403, 403, 200, 409],
        ),
        (Method::POST, "/api/requests".to_owned(), Some(chat_about("Again")), [401, 403, 403, 201, 403]),
    ];
    for (method, path, body, expected) in table {
        for (role, status) in roles.into_iter().zip(expected) {
            let caller = app.sign_in(role).await;
            let headers = [("idempotency-key", "k-role"), ("if-match", "*")];
            let body = body.as_ref().map(Value::to_string);
            let answer = caller.send(method.clone(), &path, body, &headers).await;
            assert_eq!(answer.status, status, "{role:?} {method} {path}: {}", answer.text);
        }
    }
    let admin = app.sign_in(Role::Admin).await;
    admin.get("/api/requests/FD-9999/messages?after=0").await.is_problem(404, "not-found");
    admin.get(&format!("/api/requests/{id}/messages?after=x")).await.is_problem(400, "bad-parameter");
}

/// How many messages each side writes, and after how many events the stream is cut.
const EACH: usize = 250;
const UNTIL_CUT: usize = 9;

/// Writes one side's messages, by these people in turn. Some answers are lost, so the message is sent again.
async fn write_all(callers: Vec<Caller>, id: String, side: &str) {
    for number in 0..EACH {
        let caller = &callers[number % callers.len()];
        let (key, body) = (format!("{side}-{number}"), json!({"body": format!("{side} {number}")}));
        let tries = if number % 7 == 0 { 2 } else { 1 };
        for _ in 0..tries {
            let answer = caller.say(&id, &key, &body).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
        }
    }
}

/// Hears everything by a stream that is cut again and again, as a panel does: an event says that something is
/// there, and what is there after the last message that is known is asked for.
async fn hear_all(caller: Caller, id: String, start: String) -> (Vec<String>, usize) {
    let (mut heard, mut newest, mut last_event, mut cuts, mut events) = (Vec::new(), 0, start, 0, 0);
    while events < 2 * EACH || heard.len() <= 2 * EACH {
        let Some(mut stream) = Stream::try_open(&caller, &last_event).await else {
            // The stream before isn't given back yet.
            tokio::task::yield_now().await;
            continue;
        };
        for _ in 0..UNTIL_CUT {
            if events >= 2 * EACH && heard.len() > 2 * EACH {
                break;
            }
            let told = stream.next().await.expect("an event");
            last_event = told.id.expect("a number");
            events += usize::from(told.data["type"] == "request");
            loop {
                let path = format!("/api/requests/{id}/messages?after={newest}");
                let items = caller.get(&path).await.json()["items"].as_array().unwrap().clone();
                let Some(last) = items.last() else { break };
                newest = last["id"].as_u64().unwrap();
                heard.extend(items.iter().map(|item| item["body"].as_str().unwrap().to_owned()));
            }
        }
        cuts += 1;
    }
    (heard, cuts)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_cut_fifty_times_loses_and_doubles_nothing() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let second = app.sign_in_as("second.admin@acme.example").await;
    let id = chatting(&admin, "Five hundred messages").await;
    let last = async |caller: &Caller| caller.get("/api/session").await.json()["lastEvent"].to_string();
    let (of_admin, of_agent) = (last(&admin).await, last(&agent).await);
    let first = admin.request(&id).await["thread"][0]["body"].as_str().unwrap().to_owned();
    let writing = [
        tokio::spawn(write_all(vec![admin.clone(), second], id.clone(), "asks")),
        tokio::spawn(write_all(vec![agent.clone()], id.clone(), "answers")),
    ];
    let hearing = [
        tokio::spawn(hear_all(admin.clone(), id.clone(), of_admin)),
        tokio::spawn(hear_all(agent.clone(), id.clone(), of_agent)),
    ];
    for task in writing {
        task.await.unwrap();
    }
    let mut sides = Vec::new();
    for task in hearing {
        let (heard, cuts) = task.await.unwrap();
        assert!(cuts >= 50, "cut {cuts} times");
        assert_eq!(heard[0], first);
        let heard: Vec<String> = heard.into_iter().skip(1).collect();
        assert_eq!(heard.len(), 2 * EACH);
        assert_eq!(heard.iter().collect::<HashSet<_>>().len(), 2 * EACH, "each once");
        for side in ["asks", "answers"] {
            let own: Vec<&String> = heard.iter().filter(|body| body.starts_with(side)).collect();
            let expected: Vec<String> = (0..EACH).map(|number| format!("{side} {number}")).collect();
            assert!(own.into_iter().eq(&expected), "{side} in order");
        }
        sides.push(heard);
    }
    assert_eq!(sides[0], sides[1], "both sides read the same conversation");
}
