//! A request from the question to the end.

use frontdesk_backend::store::requests::Eyes;
use frontdesk_contract::settings::{DRAFT_LIFE, Limits};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Timestamp, Version};
use serde_json::{Value, json};
use sqlx::{Column as _, Row as _};

use crate::app::{Caller, Role, TestApp, question};

fn kinds(request: &Value) -> Vec<String> {
    let thread = request["thread"].as_array().unwrap();
    thread.iter().map(|item| item["kind"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_question_is_answered_and_solved() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let asked = admin.ask("k1", "Video stops at 90 %").await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let request = asked.json();
    assert_eq!(request["id"], "FD-1001");
    assert_eq!(asked.header("location"), "/api/requests/FD-1001");
    assert_eq!(asked.header("etag"), format!("\"{}\"", request["version"].as_str().unwrap()));
    assert_eq!((&request["state"], &request["waitingFor"]), (&json!("open"), &json!("support")));
    // Ten in the morning of a Monday in Paris, and four hours of answering.
    assert!(
        request["answerBy"].as_str().unwrap().starts_with("2026-11-23T13:00:0"),
        "{}",
        request["answerBy"]
    );

    let answered = agent.say("FD-1001", "k2", &json!({"body": "Which browser is it?"})).await;
    assert_eq!(answered.status, 201, "{}", answered.text);
    let request = admin.request("FD-1001").await;
    assert_eq!(request["waitingFor"], "organization");
    assert!(request.get("answerBy").is_none(), "the promise was kept");
    assert_eq!(admin.get("/api/session").await.json()["waitingForYou"], 1);

    let replied = admin.say("FD-1001", "k3", &json!({"body": "All of them.", "solve": true})).await;
    assert_eq!(replied.status, 201, "{}", replied.text);
    let request = replied.json()["request"].clone();
    assert_eq!((&request["state"], &request["waitingFor"]), (&json!("solved"), &json!("nobody")));
    assert!(request["solvedAt"].is_string());
    assert_eq!(kinds(&request), ["message", "message", "message", "state"]);
    assert_eq!(request["thread"][1]["author"]["side"], "support");
    assert_eq!(admin.get("/api/session").await.json()["waitingForYou"], 0);
}

#[tokio::test]
async fn a_retry_with_the_same_key_asks_once() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let (first, second) = (admin.ask("\"k1\"", "Once").await, admin.ask("k1", "Once").await);
    assert_eq!((first.status, second.status), (201, 201));
    assert_eq!(first.text, second.text);
    for header in ["location", "etag", "content-type"] {
        assert_eq!(first.header(header), second.header(header));
    }
    assert_eq!(admin.get("/api/requests/counts").await.json()["all"], 1);
}

#[tokio::test]
async fn a_retry_is_answered_with_what_stands_by_then() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.ask("k1", "Video").await.word("id");
    let said = admin.say(&id, "k2", &json!({"body": "One more thing"})).await.json();
    agent.say(&id, "k3", &json!({"body": "Which browser?"})).await;
    let now = admin.get(&format!("/api/requests/{id}")).await;
    let asked_again = admin.ask("k1", "Video").await;
    assert_eq!((asked_again.status, asked_again.json()), (201, now.json()));
    assert_eq!(asked_again.header("location"), format!("/api/requests/{id}"));
    assert_eq!(asked_again.header("etag"), now.header("etag"));
    let said_again = admin.say(&id, "k2", &json!({"body": "One more thing"})).await;
    assert_eq!(said_again.json(), json!({"id": said["id"], "request": now.json()}));
    assert_eq!(said_again.header("etag"), now.header("etag"));
}

#[tokio::test]
async fn what_is_known_of_a_create_repeats_no_words() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Zeppelin").await;
    admin.say(&id, "k2", &json!({"body": "A zeppelin again"})).await;
    let mut write = app.running.app().store().write().await.unwrap();
    let rows = sqlx::query("SELECT * FROM answers").fetch_all(&mut *write).await.unwrap();
    assert_eq!(rows.len(), 2);
    for row in rows {
        for column in 0..row.len() {
            let bytes: Vec<u8> =
                row.try_get_unchecked::<Option<Vec<u8>>, _>(column).unwrap().unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes).to_lowercase();
            // The key of `asked` is its subject, and keys are the caller's own.
            let is_key = row.column(column).name() == "idempotency_key";
            assert!(is_key || !text.contains("zeppelin"), "{text}");
        }
    }
}

#[tokio::test]
async fn a_retry_is_known_as_long_as_a_draft_lives() {
    let app = TestApp::start().await;
    let first = app.sign_in(Role::Admin).await.ask("k1", "Once").await;
    let later = app.now().plus(DRAFT_LIFE);
    let app = app.restart_at(later).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(
        admin.ask("k2", "Something else").await.status,
        201,
        "whatever is old goes with the next create"
    );
    assert_eq!(admin.ask("k1", "Once").await.text, first.text);
    assert_eq!(admin.get("/api/requests/counts").await.json()["all"], 2);
}

#[tokio::test]
async fn a_key_belongs_to_one_body_and_one_person() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let other = app.sign_in_as("second.admin@acme.example").await;
    assert_eq!(admin.ask("k1", "One").await.status, 201);
    admin.ask("k1", "Two").await.is_problem(422, "idempotency-key-reused");
    admin.say("FD-1001", "k1", &json!({"body": "x"})).await.is_problem(422, "idempotency-key-reused");
    assert_eq!(other.ask("k1", "Two").await.status, 201, "another person's key is another key");
}

#[tokio::test]
async fn a_refused_create_leaves_its_key_free() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut wrong = question("One");
    wrong["topic"] = json!("gardening");
    admin.post_keyed("/api/requests", "k1", &wrong).await.points_at(&["/topic"]);
    assert_eq!(admin.ask("k1", "One").await.status, 201);
}

#[tokio::test]
async fn many_tries_at_once_ask_once() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let tries: Vec<_> = (0..12)
        .map(|_| {
            let admin = admin.clone();
            tokio::spawn(async move { admin.ask("k1", "Once").await })
        })
        .collect();
    for answer in tries {
        let answer = answer.await.unwrap();
        match answer.status {
            201 => assert_eq!(answer.word("id"), "FD-1001"),
            _ => answer.is_problem(409, "still-running"),
        }
    }
    assert_eq!(admin.get("/api/requests/counts").await.json()["all"], 1);
}

#[tokio::test]
async fn a_change_meant_for_an_older_version_is_refused() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let asked = admin.ask("k1", "Video").await;
    let (path, old) = (asked.header("location").to_owned(), asked.header("etag").to_owned());
    assert_eq!(agent.say("FD-1001", "k2", &json!({"body": "Hello"})).await.status, 201);
    let refused = admin.patch(&path, &old, &json!({"state": "solved"})).await;
    refused.is_problem(412, "changed");
    assert_eq!(refused.json()["changedBy"], "Nadia Rahmani");
    let now = admin.request("FD-1001").await["version"].as_str().unwrap().to_owned();
    for tag in [format!("W/\"{now}\""), format!("\"old\", \"{now}\"")] {
        let answer = admin.patch(&path, &tag, &json!({"priority": "high"})).await;
        assert_eq!(answer.status, 200, "{tag}: {}", answer.text);
    }
}

#[tokio::test]
async fn what_stands_so_already_is_no_change() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    let before = admin.request(&id).await;
    for change in [json!({"state": "open", "priority": "high"}), json!({})] {
        let answer = admin.change(&id, &change).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json(), before);
    }
}

#[tokio::test]
async fn both_priorities_stand_beside_each_other() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Video").await;
    agent.change(&id, &json!({"priority": "medium"})).await.points_at(&["/reason"]);
    let judged = agent.change(&id, &json!({"priority": "medium", "reason": "A way round exists"})).await;
    assert_eq!(judged.status, 200, "{}", judged.text);
    let lowered = admin.change(&id, &json!({"priority": "low"})).await.json();
    assert_eq!((&lowered["priority"], &lowered["supportPriority"]), (&json!("low"), &json!("medium")));
    assert_eq!(kinds(&lowered), ["message", "priority", "priority"]);
    let change = &lowered["thread"][1];
    assert!(change.get("from").is_none());
    assert_eq!((&change["to"], &change["reason"]), (&json!("medium"), &json!("A way round exists")));
    assert_eq!((&lowered["thread"][2]["from"], &lowered["thread"][2]["to"]), (&json!("high"), &json!("low")));
}

#[tokio::test]
async fn hold_is_supports_and_says_why() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Video").await;
    let held = agent.change(&id, &json!({"state": "hold", "reason": "Waits for the release"})).await.json();
    assert_eq!((&held["state"], &held["waitingFor"]), (&json!("hold"), &json!("nobody")));
    assert_eq!(held["thread"][1]["reason"], "Waits for the release");
    let freed = admin.change(&id, &json!({"state": "open"})).await.json();
    assert_eq!(freed["waitingFor"], "support");
}

#[tokio::test]
async fn what_is_solved_is_not_solved_again_nor_judged() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    let solved = admin.change(&id, &json!({"state": "solved"})).await;
    assert_eq!(solved.status, 200, "{}", solved.text);
    assert!(solved.json().get("answerBy").is_none(), "nobody waits for an answer any more");
    let again = admin.change(&id, &json!({"state": "solved"})).await;
    again.is_problem(409, "not-possible");
    assert_eq!(again.json()["detail"], "This request is solved already");
    admin.change(&id, &json!({"priority": "low"})).await.is_problem(409, "not-possible");
    admin.say(&id, "k", &json!({"body": "Done", "solve": true})).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn a_reply_reopens_until_the_limit() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let (early, late) = (admin.asked("Early").await, admin.asked("Late").await);
    for id in [&early, &late] {
        assert_eq!(admin.change(id, &json!({"state": "solved"})).await.status, 200);
    }
    let reopened = admin.say(&early, "k1", &json!({"body": "It is back"})).await;
    assert_eq!(reopened.status, 201, "{}", reopened.text);
    let request = reopened.json()["request"].clone();
    assert_eq!((&request["state"], &request["waitingFor"]), (&json!("open"), &json!("support")));
    assert_eq!(kinds(&request), ["message", "state", "state", "message"]);
    assert!(request.get("solvedAt").is_none());

    let after = app.now().plus(Span::days(i64::from(Limits::default().reopen_days))).plus(Span::hours(1));
    let app = app.restart_at(after).await;
    let admin = app.sign_in(Role::Admin).await;
    let refused = admin.say(&late, "k2", &json!({"body": "It is back"})).await;
    refused.is_problem(409, "not-possible");
    assert!(refused.json()["detail"].as_str().unwrap().contains("too long ago"), "{}", refused.text);
    admin.change(&late, &json!({"state": "open"})).await.is_problem(409, "not-possible");
    assert_eq!(admin.request(&late).await["state"], "solved");
}

#[tokio::test]
async fn whoever_reopens_hands_over_the_ball() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Video").await;
    agent.say(&id, "k1", &json!({"body": "Repaired.", "solve": true})).await;
    let reopened = admin.change(&id, &json!({"state": "open", "reason": "It is back"})).await.json();
    assert_eq!(reopened["waitingFor"], "support");
}

#[tokio::test]
async fn a_note_leaves_no_trace_for_the_organization() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let auditor = app.sign_in(Role::Auditor).await;
    let id = admin.asked("Video").await;
    let (before, agents_before) = (admin.request(&id).await, agent.request(&id).await);
    let noted = agent.say(&id, "k1", &json!({"body": "Difficult zeppelin customer", "internal": true})).await;
    assert_eq!(noted.status, 201, "{}", noted.text);
    for reader in [&admin, &auditor] {
        assert_eq!(reader.request(&id).await, before);
        assert_eq!(found(reader, "zeppelin").await, Vec::<String>::new());
    }
    let seen = agent.request(&id).await;
    assert_eq!(seen["thread"][1]["internal"], true);
    assert_ne!(seen["version"], agents_before["version"]);
    assert_eq!(found(&agent, "zeppelin").await, std::slice::from_ref(&id));
    // An admin's version from before the note still fits.
    let answer = admin
        .patch(
            &format!("/api/requests/{id}"),
            before["version"].as_str().unwrap(),
            &json!({"priority": "low"}),
        )
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn a_note_on_a_solved_request_keeps_it_solved() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Video").await;
    admin.change(&id, &json!({"state": "solved"})).await;
    assert_eq!(agent.say(&id, "k1", &json!({"body": "For the record", "internal": true})).await.status, 201);
    assert_eq!(admin.request(&id).await["state"], "solved");
}

#[tokio::test]
async fn a_change_has_the_time_at_which_it_was_made() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    let others = app.running.app().store().write().await.unwrap();
    let change = {
        let (admin, id) = (admin.clone(), id.clone());
        tokio::spawn(async move {
            admin.patch(&format!("/api/requests/{id}"), "*", &json!({"priority": "low"})).await
        })
    };
    // Many calls later the change has come as far as it can: to the end of the queue.
    for _ in 0..50 {
        assert_eq!(app.nobody().get("/healthz").await.status, 200);
    }
    let begun = app.running.app().now();
    others.rollback().await.unwrap();
    let changed = change.await.unwrap();
    assert_eq!(changed.status, 200, "{}", changed.text);
    let at: Timestamp = changed.json()["thread"][1]["at"].as_str().unwrap().parse().unwrap();
    assert!(at >= begun, "{at} is before {begun}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_and_its_thread_are_of_one_moment() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    let writing = {
        let (admin, id) = (admin.clone(), id.clone());
        tokio::spawn(async move {
            for number in 0..100 {
                let said = admin.say(&id, &format!("k{number}"), &json!({"body": "And"})).await;
                assert_eq!(said.status, 201, "{}", said.text);
            }
        })
    };
    let store = app.running.app().store();
    let number = id.parse().unwrap();
    while !writing.is_finished() {
        let request = store.request(number, Eyes::Organization).await.unwrap().unwrap();
        // Each message makes one version.
        let count = u64::try_from(request.thread.len()).unwrap();
        assert_eq!(request.summary.version, Version::numbered(count));
    }
    writing.await.unwrap();
}

async fn found(reader: &Caller, words: &str) -> Vec<String> {
    let page = reader.get(&format!("/api/requests?q={words}")).await.json();
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
