//! Every string of a person is text: it comes back as it went in.

use serde_json::json;

use crate::app::{Role, TestApp, question};

const STRINGS: [&str; 14] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "'; DROP TABLE requests; --",
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "\u{202e}abc\u{202c} right to left",
    "مرحبا بالعالم",
    "🙂👩‍👩‍👧‍👦🏳️‍🌈",
    "Z̸͓̈a̵̡͝l̴̰̈g̶̺̈o̵",
    "\u{feff}zero\u{200b}width",
    "line\u{2028}separator\u{2029}s",
    "\\u0000 \\n %00 \\",
    "../../etc/passwd",
    "\u{fffd}\u{10ffff}",
];

#[tokio::test]
async fn every_string_comes_back_as_it_went_in() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    for (number, text) in STRINGS.into_iter().enumerate() {
        let mut asked = question(text);
        asked["body"] = json!(text);
        let id = admin.post_keyed("/api/requests", &format!("a{number}"), &asked).await.word("id");
        agent.say(&id, &format!("b{number}"), &json!({"body": text})).await;
        let held = agent.change(&id, &json!({"state": "hold", "reason": text})).await;
        assert_eq!(held.status, 200, "{text:?}: {}", held.text);
        let request = admin.request(&id).await;
        let expected = text.trim();
        assert_eq!(request["subject"], expected);
        assert_eq!(request["thread"][0]["body"], expected);
        assert_eq!(request["thread"][1]["body"], expected);
        assert_eq!(request["thread"][2]["reason"], expected);
        let found = admin.get(&format!("/api/requests?q={id}")).await.json();
        assert_eq!(found["items"][0]["subject"], expected);
    }
}

#[tokio::test]
async fn what_cannot_be_shown_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut asked = question("a\u{0}b");
    asked["body"] = json!("a\u{1b}[31mb");
    admin.post_keyed("/api/requests", "k", &asked).await.points_at(&["/subject", "/body"]);
}

#[tokio::test]
async fn the_longest_text_fits_to_the_character() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let mut asked = question(&"é".repeat(200));
    asked["body"] = json!("🙂".repeat(20_000));
    let id = admin.post_keyed("/api/requests", "k", &asked).await.word("id");
    assert_eq!(admin.request(&id).await["thread"][0]["body"], asked["body"]);
    asked["subject"] = json!("é".repeat(201));
    admin.post_keyed("/api/requests", "k2", &asked).await.points_at(&["/subject"]);
}
