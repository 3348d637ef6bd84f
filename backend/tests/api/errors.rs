//! Each way in which a call is wrong.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Role, TestApp, question};

#[tokio::test]
async fn an_unknown_address_is_a_problem_under_the_api() {
    let app = TestApp::start().await;
    for path in ["/api", "/api/", "/api/nothing", "/api/requests/FD-1/x"] {
        app.nobody().get(path).await.is_problem(404, "not-found");
    }
}

#[tokio::test]
async fn a_name_that_others_gave_to_this_machine_is_refused() {
    let app = TestApp::start().await;
    let host = |name: &'static str| [("host", name)];
    for path in ["/api/welcome", "/api/openapi.json", "/healthz", "/", "/nothing"] {
        let refused = app.nobody().send(Method::GET, path, None, &host("rebound.example:8080")).await;
        refused.is_problem(421, "foreign-host");
        assert_eq!(refused.json()["detail"], format!("Open {} instead", app.base()));
    }
    let credentials = json!({"email": "admin@acme.example", "password": "three quiet boats"}).to_string();
    let answer =
        app.nobody().send(Method::POST, "/api/session", Some(credentials), &host("rebound.example")).await;
    answer.is_problem(421, "foreign-host");
    assert_eq!(answer.header("set-cookie"), "");
    for name in ["localhost", "127.0.0.1:1", "desk.localhost:8080"] {
        assert_eq!(
            app.nobody().send(Method::GET, "/api/welcome", None, &host(name)).await.status,
            200,
            "{name}"
        );
    }
}

#[tokio::test]
async fn an_unknown_thing_is_a_problem() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for path in [
        "/api/requests/FD-999",
        "/api/requests/999",
        "/api/requests/FD-99999999999999999999",
        "/api/help/en/nothing",
        "/api/help/english!/x",
    ] {
        admin.get(path).await.is_problem(404, "not-found");
    }
    admin.patch("/api/requests/FD-999", "*", &json!({"state": "solved"})).await.is_problem(404, "not-found");
    admin.say("FD-999", "k", &json!({"body": "x"})).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn an_unknown_method_says_which_are_known() {
    let app = TestApp::start().await;
    let check = async |method: &str, path: &str, allowed: &[&str]| {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let answer = app.nobody().send(method.clone(), path, None, &[]).await;
        assert_eq!(answer.status, 405, "{method} {path}: {}", answer.text);
        let mut named: Vec<&str> = answer.header("allow").split(',').map(str::trim).collect();
        named.sort_unstable();
        assert_eq!(named, allowed, "{method} {path}");
        answer.is_problem(405, "method-not-allowed");
    };
    check("PUT", "/api/session", &["DELETE", "GET", "HEAD", "POST"]).await;
    check("TRACE", "/api/session", &["DELETE", "GET", "HEAD", "POST"]).await;
    check("OPTIONS", "/api/requests", &["GET", "HEAD", "POST"]).await;
    check("DELETE", "/api/requests/FD-1", &["GET", "HEAD", "PATCH"]).await;
    check("POST", "/healthz", &["GET", "HEAD"]).await;
    check("MOVE", "/api/openapi.json", &["GET", "HEAD"]).await;
}

#[tokio::test]
async fn a_body_must_say_that_it_is_json() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for media_type in ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp"] {
        let headers = [("content-type", media_type), ("idempotency-key", "k")];
        let answer =
            admin.send(Method::POST, "/api/requests", Some(question("A").to_string()), &headers).await;
        answer.is_problem(415, "unsupported-media-type");
    }
    let headers = [("content-type", "application/json; charset=utf-8"), ("idempotency-key", "k")];
    let answer = admin.send(Method::POST, "/api/requests", Some(question("A").to_string()), &headers).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

#[tokio::test]
async fn a_body_must_be_json() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for body in ["", "{", "{\"a\":\"\\ud800\"}", "nonsense", "{\"a\":1}x"] {
        let answer = admin
            .send(Method::POST, "/api/requests", Some(body.to_owned()), &[("idempotency-key", "k")])
            .await;
        answer.is_problem(400, "bad-json");
    }
}

#[tokio::test]
async fn a_body_may_not_be_too_large() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut large = question("A");
    large["body"] = json!("x".repeat(600 * 1_024));
    admin.post_keyed("/api/requests", "k", &large).await.is_problem(413, "too-large");
    // The longest text that is allowed fits, however it is written.
    let mut longest = question("A");
    longest["body"] = json!("é".repeat(20_000));
    let escaped = longest.to_string().replace('é', "\\u00e9");
    let answer = admin.send(Method::POST, "/api/requests", Some(escaped), &[("idempotency-key", "k")]).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

#[tokio::test]
async fn every_wrong_field_is_named() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let ask = async |body| admin.post_keyed("/api/requests", "k", &body).await;
    ask(json!({})).await.points_at(&["/topic", "/subject", "/body", "/priority", "/channel", "/language"]);
    let mut two = question(" ");
    two["body"] = json!("x".repeat(20_001));
    let answer = ask(two).await;
    answer.points_at(&["/subject", "/body"]);
    assert_eq!(answer.json()["errors"][1]["detail"], "Shorten this by 1 characters");
    let mut unknown = question("A");
    unknown["surprise"] = json!(1);
    ask(unknown).await.points_at(&["/surprise"]);
    let mut settings = question("A");
    settings["topic"] = json!("gardening");
    settings["channel"] = json!("phone");
    settings["affected"] = json!({"percent": 101});
    ask(settings).await.points_at(&["/topic", "/call", "/affected"]);
    ask(json!([])).await.points_at(&[""]);
}

#[tokio::test]
async fn a_create_needs_a_key() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    admin.post("/api/requests", &question("A")).await.is_problem(400, "idempotency-key-missing");
    admin
        .post_keyed("/api/requests", "\"open", &question("A"))
        .await
        .is_problem(400, "idempotency-key-missing");
    let id = admin.asked("B").await;
    admin
        .post(&format!("/api/requests/{id}/messages"), &json!({"body": "x"}))
        .await
        .is_problem(400, "idempotency-key-missing");
}

#[tokio::test]
async fn a_change_needs_a_version() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("A").await;
    let body = json!({"state": "solved"}).to_string();
    let answer = admin.send(Method::PATCH, &format!("/api/requests/{id}"), Some(body), &[]).await;
    answer.is_problem(428, "version-missing");
}

#[tokio::test]
async fn a_parameter_that_cannot_be_read_is_a_problem() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for query in [
        "state=closed",
        "waitingFor=me",
        "priority=9",
        "limit=0",
        "limit=201",
        "limit=x",
        "sort=subject",
        "cursor=x",
        "state=open&state=hold",
    ] {
        admin.get(&format!("/api/requests?{query}")).await.is_problem(400, "bad-parameter");
    }
    admin.get("/api/help?language=english!").await.is_problem(400, "bad-parameter");
    admin.get("/api/events?after=x").await.is_problem(400, "bad-parameter");
}

#[tokio::test]
async fn answers_of_the_api_are_never_kept_and_carry_a_number() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for path in ["/api/session", "/api/requests", "/api/nothing"] {
        let answer = admin.get(path).await;
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.header("x-request-id").is_empty(), "{path}");
    }
}

#[tokio::test]
async fn the_description_names_each_handler_once() {
    let app = TestApp::start().await;
    let document = app.nobody().get("/api/openapi.json").await.json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut names = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let responses = operation["responses"].as_object().unwrap();
            assert!(responses.contains_key("405"), "{method} {path}");
            names.push(operation["operationId"].as_str().unwrap().to_owned());
        }
    }
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count, "{names:?}");
    assert!(count >= 18, "{names:?}");
}

/// Two types of one name would be one schema, and whoever writes would be told to send what only we say.
#[tokio::test]
async fn the_description_keeps_types_of_one_name_apart() {
    let app = TestApp::start().await;
    let document = app.nobody().get("/api/openapi.json").await.json();
    let schemas = &document["components"]["schemas"];
    for (what, field) in [("NewPlan", "reason"), ("RequestChange", "reason"), ("CallChange", "note")] {
        let kinds = schemas[what]["properties"][field]["oneOf"].as_array().unwrap();
        let name = kinds[1]["$ref"].as_str().unwrap().rsplit('/').next().unwrap();
        assert_eq!(
            (&schemas[name]["type"], &schemas[name]["enum"]),
            (&json!("string"), &Value::Null),
            "{what}"
        );
    }
    assert!(schemas["RefusalReason"]["enum"].is_array());
    assert!(schemas["Source"]["enum"] != schemas["ConsequenceSource"]["enum"]);
}
