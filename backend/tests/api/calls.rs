//! Call-backs, from the question to what came of the call.

use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Caller, NOW, Role, TestApp, question};

const WORDS: &str = "I allow Workplace to record this support call in order to handle my request.";
/// A Monday, 11:00 in Paris: an hour after it is [`NOW`].
const AT_ELEVEN: &str = "2026-11-23T10:00:00.000Z";
const AT_NOON: &str = "2026-11-23T11:00:00.000Z";

fn call(number: &str) -> Value {
    json!({"number": number, "country": "FR", "from": AT_ELEVEN, "consent": WORDS})
}

fn question_with(call: Value) -> Value {
    let mut asked = question("Call me");
    asked["channel"] = json!("phone");
    asked["call"] = call;
    asked
}

async fn asked(admin: &Caller) -> String {
    let answer = admin.post_keyed("/api/requests", "k-call", &question_with(call("06 12 34 56 78"))).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.word("id")
}

async fn read(caller: &Caller, id: &str) -> Value {
    let answer = caller.get(&format!("/api/requests/{id}/call")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()["call"].clone()
}

async fn act(caller: &Caller, id: &str, change: Value) -> Answer {
    let version = read(caller, id).await["version"].as_str().unwrap().to_owned();
    caller.patch(&format!("/api/requests/{id}/call"), &version, &change).await
}

fn steps(request: &Value) -> Vec<String> {
    let thread = request["thread"].as_array().unwrap();
    let call = |item: &Value| item["call"].as_str().map(str::to_owned);
    thread.iter().filter_map(call).collect()
}

#[tokio::test]
async fn a_call_is_asked_for_in_a_language_of_the_phone() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut german = question_with(call("06 12 34 56 78"));
    german["language"] = json!("de");
    let answer = admin.post_keyed("/api/requests", "k-german", &german).await;
    answer.is_problem(422, "invalid");
    assert_eq!(answer.json()["errors"][0]["pointer"], "/language");
}

#[tokio::test]
async fn a_call_is_asked_for_with_the_request_and_had() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = asked(&admin).await;
    let request = admin.request(&id).await;
    assert_eq!((&request["channel"], &request["waitingFor"]), (&json!("phone"), &json!("support")));
    assert_eq!(steps(&request), ["asked"]);
    assert_eq!(request["thread"][1]["window"], AT_ELEVEN);

    let mine = read(&admin, &id).await;
    assert_eq!((&mine["state"], &mine["number"]), (&json!("asked"), &json!("+33 6 12 34 56 78")));
    assert_eq!(mine["window"], json!({"from": AT_ELEVEN, "to": AT_NOON}));
    assert_eq!(mine["consent"]["words"], WORDS);
    assert!(mine["consent"]["at"].as_str().unwrap().starts_with("2026-11-23T09:0"));
    let theirs = read(&agent, &id).await;
    assert_eq!(mine["word"], theirs["word"], "the agent says the word that the admin was told");
    assert!(theirs["word"].is_string());

    let started = act(&agent, &id, json!({"act": "start"})).await;
    assert_eq!(started.status, 200, "{}", started.text);
    assert_eq!(admin.request(&id).await["waitingFor"], "support");
    act(&agent, &id, json!({"act": "done"})).await.points_at(&["/note"]);
    let done = act(&agent, &id, json!({"act": "done", "note": "The proxy was too strict"})).await;
    assert_eq!(done.status, 200, "{}", done.text);
    let call = done.json()["call"].clone();
    assert_eq!(call["number"], "+•• • •• •• •• 78", "a number that isn't needed is not kept");
    assert!(call.get("word").is_none());
    let request = admin.request(&id).await;
    assert_eq!(steps(&request), ["asked", "started", "done"]);
    assert_eq!(request["thread"][3]["reason"], "The proxy was too strict");
    assert_eq!(request["waitingFor"], "organization");
    act(&agent, &id, json!({"act": "start"})).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn a_missed_call_offers_new_times() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = asked(&admin).await;
    let word = read(&admin, &id).await["word"].clone();
    assert_eq!(act(&agent, &id, json!({"act": "start"})).await.status, 200);
    assert_eq!(act(&agent, &id, json!({"act": "missed"})).await.status, 200);
    let missed = read(&admin, &id).await;
    assert_eq!(missed["state"], "missed");
    assert_eq!(missed["number"], "+33 6 12 34 56 78", "the number is kept for the next try");
    assert!(missed.get("word").is_none());
    assert_eq!(admin.request(&id).await["waitingFor"], "organization");
    act(&agent, &id, json!({"act": "start"})).await.is_problem(409, "not-possible");

    let offer = admin.get("/api/calls/offer").await.json();
    let next = offer["windows"][1]["from"].clone();
    let moved = act(&admin, &id, json!({"act": "move", "from": next})).await;
    assert_eq!(moved.status, 200, "{}", moved.text);
    let moved = moved.json()["call"].clone();
    assert_eq!((&moved["state"], &moved["window"]["from"]), (&json!("moved"), &next));
    assert!(moved["word"].is_string() && moved["word"] != word, "each try has a word of its own");
    assert_eq!(admin.request(&id).await["waitingFor"], "support");
}

#[tokio::test]
async fn windows_lie_in_the_hours_of_support() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let offer = admin.get("/api/calls/offer").await.json();
    let windows = offer["windows"].as_array().unwrap();
    // Monday at 10:00 in Paris, half an hour ahead: 11:00 is the first.
    assert_eq!(windows[0], json!({"from": AT_ELEVEN, "to": AT_NOON}));
    assert_eq!(windows.len(), 60);
    assert!(offer["countries"].as_array().unwrap().contains(&json!({"country": "FR", "code": 33})));
    for (wrong, why) in [
        ("2026-11-23T10:30:00Z", "between two windows"),
        ("2026-11-23T08:00:00Z", "over"),
        ("2026-11-23T20:00:00Z", "in the evening"),
        ("2026-11-28T10:00:00Z", "on a Saturday"),
        ("2027-11-23T10:00:00Z", "in a year"),
    ] {
        let mut late = call("06 12 34 56 78");
        late["from"] = json!(wrong);
        let answer = admin.post_keyed("/api/requests", "k", &question_with(late)).await;
        assert_eq!(answer.status, 422, "{why}");
        answer.points_at(&["/call/from"]);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_number_is_told_in_words() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let ask = async |call: Value| admin.post_keyed("/api/requests", "k", &question_with(call)).await;
    let answer = ask(call("06 12 34")).await;
    answer.points_at(&["/call/number"]);
    assert_eq!(answer.json()["errors"][0]["detail"], "This number has too few digits for its country");
    let mut all = call("none");
    all["from"] = json!("2026-11-23T20:00:00Z");
    all.as_object_mut().unwrap().remove("consent");
    ask(all).await.points_at(&["/call/number", "/call/from", "/call/consent"]);
    ask(json!({"number": 1, "country": "France"})).await.points_at(&[
        "/call/number",
        "/call/from",
        "/call/country",
    ]);
    assert_eq!(admin.get("/api/requests/counts").await.json()["all"], 0, "nothing was asked");
}

#[tokio::test]
async fn four_topics_have_no_phone_support() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for topic in ["company-management", "billing", "apps", "safety-check"] {
        let mut asked = question_with(call("06 12 34 56 78"));
        asked["topic"] = json!(topic);
        admin.post_keyed("/api/requests", "k", &asked).await.points_at(&["/topic"]);
        let mut written = question("By message");
        written["topic"] = json!(topic);
        let id = admin.post_keyed("/api/requests", topic, &written).await.word("id");
        let later =
            admin.post_keyed(&format!("/api/requests/{id}/call"), "k2", &call("06 12 34 56 78")).await;
        later.is_problem(409, "not-possible");
    }
}

#[tokio::test]
async fn a_call_and_its_channel_go_together() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut without = question("A");
    without["channel"] = json!("phone");
    admin.post_keyed("/api/requests", "k", &without).await.points_at(&["/call"]);
    let mut both = question("A");
    both["call"] = call("06 12 34 56 78");
    admin.post_keyed("/api/requests", "k", &both).await.points_at(&["/channel"]);
}

#[tokio::test]
async fn withdrawing_the_permission_turns_the_request_into_a_message() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let other = app.sign_in_as("second.admin@acme.example").await;
    let id = asked(&admin).await;
    act(&other, &id, json!({"act": "withdraw"})).await.is_problem(403, "forbidden");
    let answer = act(&admin, &id, json!({"act": "withdraw"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let call = answer.json()["call"].clone();
    assert_eq!(call["state"], "withdrawn");
    assert!(call["consent"]["withdrawnAt"].is_string());
    assert_eq!(call["consent"]["words"], WORDS, "what was allowed and when stays on record");
    let request = admin.request(&id).await;
    assert_eq!(request["channel"], "message");
    assert!(request["answerBy"].is_string(), "the promise of messages holds from now on");
    assert_eq!(steps(&request), ["asked", "withdrawn"]);
}

#[tokio::test]
async fn nothing_is_withdrawn_once_the_call_has_started() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = asked(&admin).await;
    assert_eq!(act(&agent, &id, json!({"act": "start"})).await.status, 200);
    for change in
        [json!({"act": "withdraw"}), json!({"act": "cancel"}), json!({"act": "move", "from": AT_NOON})]
    {
        act(&admin, &id, change).await.is_problem(409, "not-possible");
    }
}

#[tokio::test]
async fn any_admin_moves_and_cancels() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let other = app.sign_in_as("second.admin@acme.example").await;
    let id = asked(&admin).await;
    assert_eq!(act(&other, &id, json!({"act": "move", "from": AT_NOON})).await.status, 200);
    act(&other, &id, json!({"act": "move"})).await.points_at(&["/from"]);
    assert_eq!(act(&other, &id, json!({"act": "cancel"})).await.status, 200);
    assert_eq!(admin.request(&id).await["channel"], "message");

    // Later on the request's page a call can be asked for again.
    let path = format!("/api/requests/{id}/call");
    let again = admin.post_keyed(&path, "k9", &call("+33 1 42 68 53 00")).await;
    assert_eq!(again.status, 201, "{}", again.text);
    let twice = admin.post_keyed(&path, "k9", &call("+33 1 42 68 53 00")).await;
    assert_eq!((twice.status, twice.json()), (201, again.json()), "a retry arranges nothing again");
    assert_eq!(steps(&admin.request(&id).await), ["asked", "moved", "cancelled", "asked"]);
    assert_eq!(admin.request(&id).await["channel"], "phone");
    admin.post_keyed(&path, "k10", &call("+33 1 42 68 53 00")).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn a_stale_change_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = asked(&admin).await;
    let path = format!("/api/requests/{id}/call");
    let stale = read(&admin, &id).await["version"].as_str().unwrap().to_owned();
    assert_eq!(act(&admin, &id, json!({"act": "move", "from": AT_NOON})).await.status, 200);
    admin.patch(&path, &stale, &json!({"act": "cancel"})).await.is_problem(412, "changed");
    let bare = admin.send(Method::PATCH, &path, Some(json!({"act": "cancel"}).to_string()), &[]).await;
    bare.is_problem(428, "version-missing");
    admin.post(&path, &call("1")).await.is_problem(400, "idempotency-key-missing");
}

#[tokio::test]
async fn colleagues_see_neither_the_number_nor_the_word() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = asked(&admin).await;
    for colleague in [app.sign_in_as("second.admin@acme.example").await, app.sign_in(Role::Auditor).await] {
        let seen = read(&colleague, &id).await;
        assert_eq!(seen["number"], "+•• • •• •• •• 78");
        assert!(seen.get("word").is_none());
        let request = colleague.get(&format!("/api/requests/{id}")).await;
        assert!(!request.text.contains("12 34"), "{}", request.text);
    }
}

#[tokio::test]
async fn each_role_does_what_its_rights_say() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = asked(&admin).await;
    let by_message = admin.asked("By message").await;
    let roles = [Role::Nobody, Role::Employee, Role::Auditor, Role::Admin, Role::Agent];
    let table: [(Method, String, Option<Value>, [u16; 5]); 6] = [
        (Method::GET, "/api/calls/offer".to_owned(), None, [401, 403, 403, 200, 403]),
        (Method::GET, format!("/api/requests/{id}/call"), None, [401, 403, 200, 200, 200]),
        (Method::GET, format!("/api/requests/{id}/call.ics"), None, [401, 403, 200, 200, 200]),
        (
            Method::POST,
            format!("/api/requests/{by_message}/call"),
            Some(call("06 12 34 56 78")),
            [401, 403, 403, 201, 403],
        ),
        (
            Method::PATCH,
            format!("/api/requests/{id}/call"),
            Some(json!({"act": "move", "from": AT_NOON})),
            [401, 403, 403, 200, 403],
        ),
        (
            Method::PATCH,
            format!("/api/requests/{id}/call"),
            Some(json!({"act": "start"})),
            [401, 403, 403, 403, 200],
        ),
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
}

#[tokio::test]
async fn a_call_can_be_put_into_a_calendar() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = asked(&admin).await;
    let path = format!("/api/requests/{id}/call.ics");
    let file = admin.get(&path).await;
    assert_eq!(file.header("content-type"), "text/calendar; charset=utf-8");
    assert_eq!(file.header("content-disposition"), format!("attachment; filename=\"{id}.ics\""));
    assert!(file.text.contains("DTSTART:20261123T100000Z\r\n"), "{}", file.text);
    assert!(file.text.contains(&format!("SUMMARY:{id}: Call me\r\n")), "{}", file.text);
    assert!(!file.text.contains("12 34"), "a calendar is shared: no number in it");
    assert_eq!(act(&admin, &id, json!({"act": "cancel"})).await.status, 200);
    let file = admin.get(&path).await;
    assert!(
        file.text.contains("STATUS:CANCELLED\r\n") && file.text.contains("SEQUENCE:2\r\n"),
        "{}",
        file.text
    );
    let without = admin.asked("By message").await;
    admin.get(&format!("/api/requests/{without}/call.ics")).await.is_problem(404, "not-found");
    assert!(read(&admin, &without).await.is_null());
}

#[tokio::test]
async fn a_solved_request_is_not_called_about() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = asked(&admin).await;
    assert_eq!(admin.change(&id, &json!({"state": "solved"})).await.status, 200);
    assert_eq!(read(&agent, &id).await["state"], "cancelled");
    let path = format!("/api/requests/{id}/call");
    admin.post_keyed(&path, "k9", &call("+33 1 42 68 53 00")).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn the_operator_may_let_calls_go_without_a_recording() {
    let app = TestApp::start().await;
    let file = app.folder.path().join("frontdesk.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let optional = text.replace("recording = \"needed\"", "recording = \"optional\"");
    std::fs::write(&file, optional).unwrap();
    let now = app.now();
    let app = app.restart_at(now).await;
    let admin = app.sign_in(Role::Admin).await;
    let mut refused = call("06 12 34 56 78");
    refused.as_object_mut().unwrap().remove("consent");
    let answer = admin.post_keyed("/api/requests", "k", &question_with(refused)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let id = answer.word("id");
    assert!(read(&admin, &id).await.get("consent").is_none());
    act(&admin, &id, json!({"act": "withdraw"})).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn a_window_that_is_over_is_not_given_again() {
    let app = TestApp::start().await;
    let later = app.now().plus(Span::hours(3));
    let app = app.restart_at(later).await;
    let admin = app.sign_in(Role::Admin).await;
    assert!(NOW < AT_ELEVEN);
    let answer = admin.post_keyed("/api/requests", "k", &question_with(call("06 12 34 56 78"))).await;
    answer.points_at(&["/call/from"]);
}
