//! Settings, help, incidents, and "Is it one of these?".

use reqwest::Method;
use serde_json::json;

use crate::app::{Role, TestApp};

#[tokio::test]
async fn settings_are_sent_once() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    for path in ["/api/settings", "/api/help?language=fr", "/api/help/en/video-sizes"] {
        let first = admin.get(path).await;
        assert_eq!(first.status, 200, "{}", first.text);
        assert_eq!(first.header("cache-control"), "private, no-cache");
        let tag = first.header("etag").to_owned();
        for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}")] {
            let again = admin.send(Method::GET, path, None, &[("if-none-match", &known)]).await;
            assert_eq!((again.status, again.text.as_str()), (304, ""), "{path} {known}");
            assert_eq!(again.header("etag"), tag);
        }
        let other = admin.send(Method::GET, path, None, &[("if-none-match", "\"x\"")]).await;
        assert_eq!(other.status, 200);
    }
}

#[tokio::test]
async fn settings_have_the_topics_and_channels() {
    let app = TestApp::start().await;
    let settings = app.sign_in(Role::Employee).await.get("/api/settings").await.json();
    assert_eq!(settings["topics"].as_array().unwrap().len(), 11);
    assert_eq!(settings["topics"][3]["name"]["fr"], "Direct et vidéo");
    assert_eq!(settings["channels"][0]["languages"], json!(["fr", "ja", "es", "pt"]));
}

#[tokio::test]
async fn help_is_found_in_its_language() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let french = admin.get("/api/help?language=fr&q=vid%C3%A9o%20envoi").await.json();
    assert_eq!(french["items"][0]["id"], "video-sizes");
    assert_eq!(french["items"][0]["title"], "Taille et format des vidéos");
    let article = admin.get("/api/help/fr-ca/video-sizes").await.json();
    assert_eq!(article["title"], "Taille et format des vidéos");
    assert!(article["paragraphs"][2].as_str().unwrap().starts_with("• Indiquez"));
    let fallback = admin.get("/api/help/ja/video-sizes").await.json();
    assert_eq!(fallback["language"], "en");
}

#[tokio::test]
async fn live_incidents_are_named_where_they_touch() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let live = app.nobody().get("/api/status/incidents").await.json();
    assert_eq!(live["incidents"].as_array().unwrap().len(), 1);
    let incident = &live["incidents"][0];
    assert_eq!((&incident["id"], &incident["status"]), (&json!("video-uploads"), &json!("monitoring")));
    assert_eq!(incident["incident_updates"][0]["body"], "A repair is in place, we watch it.");
    let id = admin.asked("Video stops").await;
    assert_eq!(admin.request(&id).await["incidents"], json!(["video-uploads"]));
    admin.change(&id, &json!({"state": "solved"})).await;
    assert!(admin.request(&id).await.get("incidents").is_none(), "what is solved is not touched any more");
}

#[tokio::test]
async fn what_is_similar_is_shown_before_it_is_asked() {
    let app = TestApp::with_requests(40).await;
    let admin = app.sign_in(Role::Admin).await;
    let known = admin
        .get("/api/check-first?topic=video&q=Our%20video%20upload%20stops%20near%20the%20end")
        .await
        .json();
    assert_eq!(known["incidents"][0]["id"], "video-uploads");
    assert_eq!(known["requests"][0]["subject"], "Video upload stops at 90 %");
    assert_eq!(known["articles"][0]["id"], "video-sizes");
    for kind in ["incidents", "requests", "articles"] {
        assert!(known[kind].as_array().unwrap().len() <= 3, "{kind}");
    }
    let other = admin.get("/api/check-first?topic=billing&q=").await.json();
    assert_eq!(other, json!({"incidents": [], "requests": [], "articles": []}));
}

#[tokio::test]
async fn a_single_common_word_is_not_similar() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    admin.asked("Video upload stops near the end").await;
    let ask = async |words: &str| {
        let known = admin.get(&format!("/api/check-first?q={words}")).await.json();
        known["requests"].as_array().unwrap().len()
    };
    assert_eq!(ask("videos").await, 1);
    assert_eq!(ask("uploads%20of%20videos%20again").await, 1);
    assert_eq!(ask("the%20invoice%20of%20video%20licenses%20is%20wrong").await, 0);
}

#[tokio::test]
async fn what_is_solved_is_not_similar_any_more() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Zeppelin lands in the garden").await;
    let ask = async || admin.get("/api/check-first?q=zeppelin").await.json()["requests"].clone();
    assert_eq!(ask().await[0]["id"], id.as_str());
    admin.change(&id, &json!({"state": "solved"})).await;
    assert_eq!(ask().await, json!([]));
    admin.change(&id, &json!({"state": "open"})).await;
    assert_eq!(ask().await[0]["id"], id.as_str());
}

#[tokio::test]
async fn an_employee_sees_nothing_of_the_requests_of_colleagues() {
    let app = TestApp::with_requests(40).await;
    let employee = app.sign_in(Role::Employee).await;
    let known = employee.get("/api/check-first?topic=video&q=video%20upload%20stops").await.json();
    assert_eq!(known["requests"], json!([]));
    assert_eq!(known["incidents"][0]["id"], "video-uploads");
    assert!(employee.get("/api/session").await.json().get("waitingForYou").is_none());
}

#[tokio::test]
async fn health_and_readiness_answer() {
    let app = TestApp::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(app.nobody().get(path).await.text, "ok\n");
    }
}
