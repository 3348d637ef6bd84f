//! Lists: pages, filters, orders, words.

use std::collections::BTreeSet;

use frontdesk_backend::store::bulk::count_by_hand;
use serde_json::{Value, json};

use crate::app::{Caller, Role, TestApp, question};

fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn found(caller: &Caller, query: &str) -> Vec<String> {
    let answer = caller.get(&format!("/api/requests?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    ids(&answer.json())
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let app = TestApp::with_requests(230).await;
    let admin = app.sign_in(Role::Admin).await;
    for sort in ["-changedAt", "changedAt", "-createdAt", "createdAt"] {
        let mut seen = Vec::new();
        let mut times = Vec::new();
        let mut next = Some(format!("/api/requests?limit=37&sort={sort}"));
        while let Some(path) = next {
            let answer = admin.get(&path).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text);
            let page = answer.json();
            seen.extend(ids(&page));
            let column = sort.trim_start_matches('-');
            times.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|item| item[column].as_str().unwrap().to_owned()),
            );
            let link = answer.header("link").to_owned();
            assert_eq!(link.is_empty(), page["next"].is_null());
            next = link.strip_prefix('<').and_then(|link| link.split_once('>')).map(|(path, rest)| {
                assert_eq!(rest, "; rel=\"next\"");
                path.to_owned()
            });
        }
        assert_eq!(seen.len(), 230, "{sort}");
        assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), 230, "{sort}");
        let mut sorted = times.clone();
        sorted.sort();
        if sort.starts_with('-') {
            sorted.reverse();
        }
        assert_eq!(times, sorted, "{sort}");
    }
}

#[tokio::test]
async fn filters_leave_only_what_they_say() {
    let app = TestApp::with_requests(300).await;
    let admin = app.sign_in(Role::Admin).await;
    for (name, values) in [
        ("state", vec!["open", "hold", "solved"]),
        ("waitingFor", vec!["organization", "support", "nobody"]),
        ("priority", vec!["low", "medium", "high"]),
        ("topic", vec!["video", "billing"]),
    ] {
        for value in values {
            let page = admin.get(&format!("/api/requests?limit=200&{name}={value}")).await.json();
            let items = page["items"].as_array().unwrap();
            assert!(!items.is_empty(), "{name}={value}");
            for item in items {
                assert_eq!(item[name], value);
            }
        }
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_its_order() {
    let app = TestApp::with_requests(60).await;
    let admin = app.sign_in(Role::Admin).await;
    let cursor = admin.get("/api/requests?limit=5&sort=createdAt").await.word("next");
    let rest = admin.get(&format!("/api/requests?limit=200&cursor={cursor}")).await.json();
    assert_eq!(ids(&rest).len(), 55, "the cursor knows its order");
    admin
        .get(&format!("/api/requests?sort=-createdAt&cursor={cursor}"))
        .await
        .is_problem(400, "bad-parameter");
}

#[tokio::test]
async fn counts_are_those_of_the_rows() {
    let app = TestApp::with_requests(150).await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("One more").await;
    agent.say(&id, "k1", &json!({"body": "Which one?"})).await;
    agent.change(&id, &json!({"state": "hold"})).await;
    agent.change(&id, &json!({"state": "open"})).await;
    admin.change(&id, &json!({"state": "solved"})).await;
    let by_hand = count_by_hand(app.running.app().store()).await.unwrap();
    assert_eq!(by_hand.all, 151);
    let mut counts = admin.get("/api/requests/counts").await.json();
    counts.as_object_mut().unwrap().remove("facets").expect("counts of filters");
    assert_eq!(counts, serde_json::to_value(by_hand).unwrap());
}

#[tokio::test]
async fn words_find_requests_and_their_threads() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let mut cafe = question("Café terrace can’t stream");
    cafe["body"] = json!("The id is 550e8400-e29b-41d4-a716-446655440000, we don't know why.");
    let first = admin.post_keyed("/api/requests", "k1", &cafe).await.word("id");
    let mut japanese = question("動画のアップロードが止まります");
    japanese["body"] = json!("C++ (90 %) \"quoted\" _under_score");
    let second = admin.post_keyed("/api/requests", "k2", &japanese).await.word("id");
    agent.say(&first, "k3", &json!({"body": "Is the microphone plugged in?"})).await;
    for (query, expected) in [
        ("q=cafe%20stream", vec![&first]),
        ("q=CAF%C3%89", vec![&first]),
        ("q=micropho", vec![&first]),
        ("q=550e8400-e29b-41d4-a716-446655440000", vec![&first]),
        ("q=don%27t", vec![&first]),
        ("q=%E5%8B%95%E7%94%BB", vec![&second]),
        ("q=C%2B%2B%20(", vec![&second]),
        ("q=90%20%25", vec![&second]),
        ("q=%22quoted%22", vec![&second]),
        ("q=_u", vec![&second]),
        ("q=fd-1002", vec![&second]),
        ("q=cafe%20quoted", vec![]),
        ("q=cafe&state=solved", vec![]),
        ("q=cafe&state=open", vec![&first]),
        ("q=microphone&waitingFor=organization", vec![&first]),
    ] {
        let expected: Vec<String> = expected.into_iter().cloned().collect();
        assert_eq!(found(&admin, query).await, expected, "{query}");
        assert_eq!(found(&agent, query).await, expected, "{query} for an agent");
    }
}

#[tokio::test]
async fn nothing_that_is_typed_breaks_the_search() {
    let app = TestApp::with_requests(20).await;
    let admin = app.sign_in(Role::Admin).await;
    for text in [
        "\"",
        "'",
        "\"\"\"",
        "*",
        "a*",
        "NEAR(a b)",
        "AND",
        "OR NOT",
        "subject:x",
        "{subject}: y",
        "^x",
        "(",
        ")",
        "-",
        "+abc",
        "abc\"def",
        "\\",
        "%",
        "_",
        "%%%",
        ";drop table requests",
        "\u{0}abc",
        "ééé\u{301}",
        "🙂🙂🙂",
        "ไทยไทย",
        "a b c d e f g h i j k l m n",
    ] {
        let encoded: String = text.bytes().map(|byte| format!("%{byte:02x}")).collect();
        found(&admin, &format!("q={encoded}")).await;
        let answer = admin.get(&format!("/api/check-first?q={encoded}")).await;
        assert_eq!(answer.status, 200, "{text}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_changed_request_comes_first() {
    let app = TestApp::with_requests(60).await;
    let admin = app.sign_in(Role::Admin).await;
    let last = ids(&admin.get("/api/requests?limit=200").await.json()).pop().unwrap();
    // The oldest was solved too long ago to reopen it, so take one that is open.
    let open = found(&admin, "state=open").await.pop().unwrap();
    assert_ne!(open, last);
    assert_eq!(admin.say(&open, "k1", &json!({"body": "Any news?"})).await.status, 201);
    assert_eq!(ids(&admin.get("/api/requests").await.json())[0], open);
}
