//! "Was this helpful?"

use reqwest::Method;
use serde_json::json;

use crate::app::{Caller, Role, TestApp};

async fn say(caller: &Caller, key: &str, page: &str, helpful: bool) -> u16 {
    let body = json!({"page": page, "helpful": helpful});
    caller.post_keyed("/api/feedback", key, &body).await.status
}

#[tokio::test]
async fn a_person_has_one_answer_and_may_change_it() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let page = "/api/feedback?page=priorities";
    assert_eq!(
        admin.get(page).await.json(),
        json!({"page": "priorities", "counts": {"yes": 0, "no": 0}}),
        "nobody has said anything"
    );
    assert_eq!(say(&admin, "a", "priorities", true).await, 201);
    assert_eq!(admin.get(page).await.json()["counts"], json!({"yes": 1, "no": 0}));
    assert_eq!(say(&admin, "b", "priorities", false).await, 201);
    let said = admin.get(page).await.json();
    assert_eq!((&said["helpful"], &said["counts"]), (&json!(false), &json!({"yes": 0, "no": 1})));
    assert_eq!(say(&app.sign_in(Role::Employee).await, "a", "priorities", true).await, 201);
    assert_eq!(admin.get(page).await.json()["counts"], json!({"yes": 1, "no": 1}));
}

#[tokio::test]
async fn only_admins_are_told_how_many_said_what() {
    let app = TestApp::start().await;
    for role in [Role::Employee, Role::Auditor, Role::Agent, Role::Admin] {
        let caller = app.sign_in(role).await;
        let body = json!({"page": "help/video-sizes", "helpful": true});
        let said = caller.post_keyed("/api/feedback", "k", &body).await;
        let seen = caller.get("/api/feedback?page=help/video-sizes").await;
        for answer in [said, seen] {
            assert_eq!(answer.json()["helpful"], true, "{role:?}: {}", answer.text);
            assert_eq!(
                answer.json().get("counts").is_some(),
                role == Role::Admin,
                "{role:?}: {}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn a_retry_is_no_change_of_mind() {
    let app = TestApp::start().await;
    let employee = app.sign_in(Role::Employee).await;
    assert_eq!(say(&employee, "first", "lifecycle", true).await, 201);
    assert_eq!(say(&employee, "second", "lifecycle", false).await, 201);
    let retry =
        employee.post_keyed("/api/feedback", "first", &json!({"page": "lifecycle", "helpful": true})).await;
    assert_eq!((retry.status, &retry.json()["helpful"]), (201, &json!(false)), "what stands is answered");
    let reused =
        employee.post_keyed("/api/feedback", "first", &json!({"page": "lifecycle", "helpful": false})).await;
    reused.is_problem(422, "idempotency-key-reused");
    employee
        .post("/api/feedback", &json!({"page": "lifecycle", "helpful": true}))
        .await
        .is_problem(400, "idempotency-key-missing");
}

#[tokio::test]
async fn only_pages_that_ask_are_answered() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for page in ["help/nothing", "requests", "", "help/../priorities", "<script>"] {
        let answer = admin.post_keyed("/api/feedback", "k", &json!({"page": page, "helpful": true})).await;
        answer.points_at(&["/page"]);
    }
    let answer =
        admin.post_keyed("/api/feedback", "k", &json!({"page": 1, "helpful": "yes", "why": 1})).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    admin.get("/api/feedback?page=help/nothing").await.is_problem(404, "not-found");
    admin.get("/api/feedback?page=requests").await.is_problem(400, "bad-parameter");
    admin.get("/api/feedback").await.is_problem(400, "bad-parameter");
    let put = admin.send(Method::PUT, "/api/feedback", None, &[]).await;
    put.is_problem(405, "method-not-allowed");
}

#[tokio::test]
async fn settings_have_resources_and_examples() {
    let app = TestApp::start().await;
    for role in [Role::Employee, Role::Auditor, Role::Agent, Role::Admin] {
        let settings = app.sign_in(role).await.get("/api/settings").await.json();
        assert_eq!(settings["resources"][5]["name"]["fr"], "Academy", "{role:?}");
        assert_eq!(settings["resources"][5]["address"], "https://academy.acme.example");
        assert_eq!(settings["priorityExamples"][0]["priority"], "high");
        assert_eq!(settings["links"]["forum"], "https://forum.acme.example", "the links of the footer stay");
    }
}
