//! What is done about a request beside answering it.

use frontdesk_backend::store::care::ANSWERING;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Caller, Role, TestApp, question};
use crate::events::Stream;

/// What stands in the thread, each line by its kind or what happened.
fn lines(request: &Value) -> Vec<String> {
    let word = |item: &Value| item["act"].as_str().or(item["kind"].as_str()).unwrap().to_owned();
    request["thread"].as_array().unwrap().iter().map(word).collect()
}

async fn put(caller: &Caller, path: &str) -> u16 {
    caller.send(Method::PUT, path, None, &[]).await.status
}

/// Asks in a level of its own.
async fn asked_as(admin: &Caller, priority: &str) -> String {
    let mut asked = question("Video");
    asked["priority"] = json!(priority);
    let answer = admin.post_keyed("/api/requests", &format!("ask-{priority}"), &asked).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.word("id")
}

#[tokio::test]
async fn an_appeal_is_answered_by_staying_or_by_judging_again() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Video").await;
    let appeal = json!({"act": "appeal", "reason": "The whole of Lyon is touched"});
    admin.change(&id, &appeal).await.is_problem(409, "not-possible");
    agent.change(&id, &json!({"priority": "low", "reason": "A way round exists"})).await;
    admin.change(&id, &json!({"act": "appeal"})).await.points_at(&["/reason"]);
    agent.change(&id, &appeal).await.is_problem(403, "forbidden");
    let appealed = admin.change(&id, &appeal).await.json();
    assert!(appealed["care"]["appealedAt"].is_string(), "{appealed}");
    assert_eq!(appealed["thread"][2]["reason"], "The whole of Lyon is touched");
    admin.change(&id, &appeal).await.is_problem(409, "not-possible");

    let uphold = json!({"act": "uphold", "reason": "Lyon has the way round too"});
    admin.change(&id, &uphold).await.is_problem(403, "forbidden");
    let upheld = agent.change(&id, &uphold).await.json();
    assert!(upheld["care"].get("appealedAt").is_none(), "{upheld}");
    assert_eq!(upheld["supportPriority"], "low");
    agent.change(&id, &uphold).await.is_problem(409, "not-possible");

    admin.change(&id, &appeal).await;
    let judged = agent.change(&id, &json!({"priority": "medium", "reason": "Lyon weighs more"})).await.json();
    assert!(judged["care"].get("appealedAt").is_none(), "judging again answers it");
    admin.change(&id, &appeal).await;
    let settled = admin.change(&id, &json!({"priority": "medium"})).await.json();
    assert!(settled["care"].get("appealedAt").is_none(), "both see it alike");
    assert_eq!(
        lines(&settled),
        ["message", "priority", "appeal", "uphold", "appeal", "priority", "appeal", "priority"]
    );
}

#[tokio::test]
async fn escalating_has_its_criteria() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let (high, low) = (asked_as(&admin, "high").await, asked_as(&admin, "low").await);
    let escalate = json!({"act": "escalate", "reason": "The film must be up tomorrow"});
    admin.change(&high, &json!({"act": "escalate"})).await.points_at(&["/reason"]);
    agent.change(&high, &escalate).await.is_problem(403, "forbidden");
    let escalated = admin.change(&high, &escalate).await.json();
    assert!(escalated["care"]["escalatedAt"].is_string(), "{escalated}");
    admin.change(&high, &escalate).await.is_problem(409, "not-possible");
    let refused = admin.change(&low, &escalate).await;
    refused.is_problem(409, "not-possible");
    assert!(refused.text.contains("still has time"), "{}", refused.text);
    agent.say(&high, "k", &json!({"body": "Done", "solve": true})).await;
    let reopened = admin.change(&high, &json!({"state": "open"})).await.json();
    assert!(reopened["care"].get("escalatedAt").is_none(), "a new round begins");

    // Four open hours were promised: in the evening the promise is missed.
    let app = TestApp::restart_at(app, "2026-11-23T19:00:00Z".parse().unwrap()).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.change(&low, &escalate).await.status, 200);
}

#[tokio::test]
async fn one_thing_is_done_at_a_time() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    let both = json!({"act": "escalate", "reason": "x", "state": "solved"});
    admin.change(&id, &both).await.points_at(&["/act"]);
    admin.change(&id, &json!({"act": "dance"})).await.points_at(&["/act"]);
}

#[tokio::test]
async fn what_nobody_answers_closes_by_itself_after_a_reminder() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let (left, kept, answered) =
        (admin.asked("Left").await, admin.asked("Kept").await, admin.asked("Answered").await);
    for id in [&left, &kept, &answered] {
        assert!(admin.request(id).await["care"].get("closesAt").is_none(), "support has the ball");
        admin.change(id, &json!({"act": "keepOpen"})).await.is_problem(409, "not-possible");
        agent.say(id, &format!("k-{id}"), &json!({"body": "Which browser?"})).await;
        let closes = admin.request(id).await["care"]["closesAt"].as_str().unwrap().to_owned();
        assert!(closes.starts_with("2026-12-07T09:0"), "two weeks: {closes}");
    }
    admin.say(&answered, "k1", &json!({"body": "All of them"})).await;
    assert!(admin.request(&answered).await["care"].get("closesAt").is_none());

    let app = app.restart_at("2026-12-04T10:00:00Z".parse().unwrap()).await;
    let admin = app.sign_in(Role::Admin).await;
    until(&admin, &left, "remind").await;
    until(&admin, &kept, "remind").await;
    let answer = admin.change(&kept, &json!({"act": "keepOpen"})).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(answer.json()["care"]["closesAt"].as_str().unwrap().starts_with("2026-12-18T10:0"));

    let app = app.restart_at("2026-12-07T10:00:00Z".parse().unwrap()).await;
    let admin = app.sign_in(Role::Admin).await;
    let closed = until(&admin, &left, "close").await;
    assert_eq!((&closed["state"], &closed["waitingFor"]), (&json!("solved"), &json!("nobody")));
    assert_eq!(lines(&closed), ["message", "message", "remind", "close"]);
    assert!(closed["thread"][3].get("author").is_none(), "nobody did it: {closed}");
    let kept = admin.request(&kept).await;
    assert_eq!(kept["state"], "open");
    assert_eq!(lines(&kept), ["message", "message", "remind", "keepOpen"]);
    assert_eq!(lines(&admin.request(&answered).await), ["message", "message", "message"]);
    // Like everything that is solved, it can be reopened.
    assert_eq!(admin.change(&left, &json!({"state": "open"})).await.status, 200);
}

/// Waits until this has happened, which is told live.
async fn until(caller: &Caller, id: &str, happened: &str) -> Value {
    let mut stream = Stream::open(caller, "?after=0", &[]).await;
    loop {
        let request = caller.request(id).await;
        if lines(&request).iter().any(|line| line == happened) {
            return request;
        }
        stream.next().await.expect("the stream goes on");
    }
}

#[tokio::test]
async fn an_open_appeal_keeps_a_request_open() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Video").await;
    agent.say(&id, "k", &json!({"body": "Which browser?"})).await;
    agent.change(&id, &json!({"priority": "low", "reason": "A way round exists"})).await;
    let appealed = admin.change(&id, &json!({"act": "appeal", "reason": "There is none"})).await.json();
    assert!(appealed["care"].get("closesAt").is_none(), "{appealed}");
    let upheld = agent.change(&id, &json!({"act": "uphold", "reason": "There is one"})).await.json();
    assert!(upheld["care"]["closesAt"].is_string(), "{upheld}");
}

#[tokio::test]
async fn a_rating_is_given_once_and_changed_for_a_day() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Video").await;
    let good = json!({"rating": {"value": "good", "comment": "Quick"}});
    admin.change(&id, &good).await.is_problem(409, "not-possible");
    admin.change(&id, &json!({"state": "solved"})).await;
    agent.change(&id, &good).await.is_problem(403, "forbidden");
    let rated = admin.change(&id, &good).await.json();
    assert_eq!(rated["care"]["rating"]["value"], "good", "{rated}");
    assert_eq!(rated["care"]["rating"]["comment"], "Quick");
    let second = app.sign_in_as("second.admin@acme.example").await;
    second.change(&id, &good).await.is_problem(409, "not-possible");
    let changed = admin.change(&id, &json!({"rating": {"value": "fair"}})).await.json();
    assert_eq!(changed["care"]["rating"]["value"], "fair");
    assert_eq!(changed["care"]["rating"]["at"], rated["care"]["rating"]["at"]);

    let later = app.now().plus(Span::days(1)).plus(Span::minutes(5));
    let app = app.restart_at(later).await;
    let admin = app.sign_in(Role::Admin).await;
    admin.change(&id, &good).await.is_problem(409, "not-possible");
    let reopened = admin.change(&id, &json!({"state": "open"})).await.json();
    assert!(reopened["care"].get("rating").is_none(), "the next solution is another one");
}

#[tokio::test]
async fn what_is_too_old_to_reopen_is_followed_up() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    admin.change(&id, &json!({"state": "solved"})).await;
    let mut follow = question("Video, again");
    follow["follows"] = json!(id);
    admin.post_keyed("/api/requests", "k1", &follow).await.is_problem(409, "not-possible");
    let later = app.now().plus(Span::days(15));
    let app = app.restart_at(later).await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let mut stream = Stream::open(&agent, "", &[]).await;
    let made = admin.post_keyed("/api/requests", "k2", &follow).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let next = made.json();
    assert_eq!(next["care"]["follows"], json!({"id": id, "subject": "Video"}));
    let before = admin.request(&id).await;
    assert_eq!(before["care"]["followedBy"], json!([{"id": next["id"], "subject": "Video, again"}]));
    assert_eq!(stream.next().await.unwrap().data["id"], id.as_str(), "whoever looks at the old one is told");
    let again = admin.post_keyed("/api/requests", "k2", &follow).await;
    assert_eq!(again.json()["id"], next["id"]);
    follow["follows"] = json!("FD-9999");
    admin.post_keyed("/api/requests", "k3", &follow).await.points_at(&["/follows"]);
    follow["follows"] = json!("nonsense");
    admin.post_keyed("/api/requests", "k4", &follow).await.points_at(&["/follows"]);
}

#[tokio::test]
async fn an_incident_is_linked_by_hand_and_reports_stand_beside_their_request() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    app.sign_in(Role::Employee).await.post_keyed("/api/reports", "1", &json!({"body": "Videos stop"})).await;
    let asked = admin.post_keyed("/api/report-groups/1/request", "r", &question("Videos stop")).await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    let id = asked.word("id");
    let path = |incident: &str| format!("/api/requests/{id}/incidents/{incident}");
    assert_eq!(put(&agent, &path("none")).await, 404);
    assert_eq!(put(&agent, &path("video-uploads")).await, 204);
    assert_eq!(put(&admin, &path("video-uploads")).await, 204, "twice is once");

    let (own, theirs) = (admin.request(&id).await, agent.request(&id).await);
    assert_eq!(own["care"]["incidents"][0]["id"], "video-uploads");
    assert_eq!(own["care"]["incidents"], theirs["care"]["incidents"]);
    assert_eq!(own["care"]["incidents"].as_array().unwrap().len(), 1);
    assert_eq!(own["care"]["reports"], json!({"group": 1, "reports": 1}));
    assert!(theirs["care"].get("reports").is_none(), "support never reads the organization's reports");

    assert_eq!(admin.send(Method::DELETE, &path("video-uploads"), None, &[]).await.status, 204);
    assert!(admin.request(&id).await["care"].get("incidents").is_none());
    assert_eq!(put(&admin, "/api/requests/FD-9999/incidents/video-uploads").await, 404);
}

#[tokio::test]
async fn watching_twice_is_watching_once() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    let path = format!("/api/requests/{id}/watch");
    let before = admin.request(&id).await;
    assert_eq!((put(&admin, &path).await, put(&admin, &path).await), (204, 204));
    let watched = admin.request(&id).await;
    assert_eq!(watched["care"]["watchers"].as_array().unwrap().len(), 1);
    assert_eq!(watched["version"], before["version"], "nobody's change is refused for it");
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(admin.request(&id).await, before);
}

#[tokio::test]
async fn who_answers_is_told_to_the_own_side() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let second = app.sign_in_as("second.admin@acme.example").await;
    let id = admin.asked("Video").await;
    let path = format!("/api/requests/{id}/answering");
    let mut seconds = Stream::open(&second, "", &[]).await;
    let mut agents = Stream::open(&agent, "", &[]).await;
    assert_eq!(put(&admin, &path).await, 204);
    let told = seconds.next().await.unwrap();
    assert_eq!(told.id, None, "it is no event that one goes on from");
    assert_eq!((&told.data["type"], &told.data["id"]), (&json!("answering"), &json!(id)));
    assert_eq!(told.data["person"]["name"], admin.get("/api/session").await.json()["person"]["name"]);
    let until: frontdesk_contract::Timestamp = told.data["until"].as_str().unwrap().parse().unwrap();
    assert!(until.since(app.now()) >= ANSWERING && until.since(app.now()) < Span::minutes(5));
    // Whoever comes later is told what holds by then.
    let mut late = Stream::open(&second, "", &[]).await;
    assert_eq!(late.next().await.unwrap().data["type"], "answering");
    assert_eq!(admin.delete(&path).await.status, 204);
    let stopped = seconds.next().await.unwrap();
    assert!(stopped.data["until"].as_str().unwrap() < told.data["until"].as_str().unwrap());

    agent.say(&id, "k", &json!({"body": "Hello"})).await;
    assert_eq!(agents.next().await.unwrap().data["type"], "request", "the other side was told nothing");
    assert_eq!(put(&admin, "/api/requests/FD-9999/answering").await, 404);
}

#[tokio::test]
async fn what_was_deleted_is_gone_and_its_number_stays_its_own() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let (kept, deleted) = (admin.asked("Kept").await, admin.asked("Deleted").await);
    let number: i64 = deleted.trim_start_matches("FD-").parse().unwrap();
    let mut write = app.running.app().store().write().await.unwrap();
    sqlx::query("DELETE FROM requests WHERE number = ?").bind(number).execute(&mut *write).await.unwrap();
    write.commit().await.unwrap();
    let path = format!("/api/requests/{deleted}");
    admin.get(&path).await.is_problem(410, "gone");
    admin.patch(&path, "*", &json!({"state": "solved"})).await.is_problem(410, "gone");
    admin.say(&deleted, "k", &json!({"body": "x"})).await.is_problem(410, "gone");
    admin.get("/api/requests/FD-9999").await.is_problem(404, "not-found");
    assert_eq!(admin.request(&kept).await["id"], kept.as_str());
    assert_ne!(admin.asked("Next").await, deleted);
}

#[tokio::test]
async fn formatted_words_come_as_a_tree_beside_them() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Video").await;
    assert!(admin.request(&id).await["thread"][0].get("markup").is_none(), "plain words need none");
    let words = "See **this**: [x](javascript:alert(1)) and <script>alert(1)</script>";
    admin.say(&id, "k", &json!({"body": words})).await;
    let message = admin.request(&id).await["thread"][1].clone();
    assert_eq!(message["body"], words);
    let tree = message["markup"].to_string();
    assert!(tree.contains("strong") && !tree.contains("href"), "{tree}");
    assert_eq!(
        message["markup"][0]["children"][2]["text"],
        ": [x](javascript:alert(1)) and <script>alert(1)</script>"
    );
}

#[tokio::test]
async fn a_level_is_answered_as_the_operator_promises() {
    let folder = tempfile::TempDir::new().unwrap();
    let now = crate::app::NOW.parse().unwrap();
    crate::app::fill(folder.path(), 0, now).await;
    let file = folder.path().join("frontdesk.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let line = "firstAnswerMinutesByPriority = { high = 60 }";
    assert!(text.contains(&format!("# {line}")));
    std::fs::write(&file, text.replace(&format!("# {line}"), line)).unwrap();
    let running = frontdesk_backend::server::start(crate::app::options(folder.path(), now)).await.unwrap();
    let app = TestApp::of(folder, running, now);
    let admin = app.sign_in(Role::Admin).await;
    let promised =
        |request: &Value| request["answerBy"].as_str().unwrap().chars().take(15).collect::<String>();
    let (high, low) = (asked_as(&admin, "high").await, asked_as(&admin, "low").await);
    assert_eq!(promised(&admin.request(&high).await), "2026-11-23T10:0");
    assert_eq!(promised(&admin.request(&low).await), "2026-11-23T13:0");
    let raised = admin.change(&low, &json!({"priority": "high"})).await.json();
    assert_eq!(promised(&raised), "2026-11-23T10:0");
    let lowered = admin.change(&low, &json!({"priority": "low"})).await.json();
    assert_eq!(promised(&lowered), "2026-11-23T10:0", "what was promised stays promised");
    let settings = admin.get("/api/settings").await.json();
    assert_eq!(settings["channels"][0]["firstAnswerMinutesByPriority"], json!({"high": 60}));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_who_solve_and_reopen_at_once_have_one_history() {
    let app = TestApp::start().await;
    let admins = [app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await];
    let id = admins[0].asked("Video").await;
    let path = format!("/api/requests/{id}");
    let changing: Vec<_> = (0..8)
        .map(|worker| {
            let (admin, id, path) = (admins[worker % 2].clone(), id.clone(), path.clone());
            tokio::spawn(async move {
                let mut done = 0;
                for _ in 0..12 {
                    let seen = admin.request(&id).await;
                    let to = if seen["state"] == "solved" { "open" } else { "solved" };
                    let version = seen["version"].as_str().unwrap();
                    let answer = admin.patch(&path, version, &json!({"state": to, "reason": "mine"})).await;
                    match answer.status {
                        200 => done += 1,
                        412 => answer.is_problem(412, "changed"),
                        other => panic!("{other}: {}", answer.text),
                    }
                }
                done
            })
        })
        .collect();
    let mut done = 0;
    for worker in changing {
        done += worker.await.unwrap();
    }
    let request = admins[0].request(&id).await;
    let steps: Vec<&Value> =
        request["thread"].as_array().unwrap().iter().filter(|item| item["kind"] == "state").collect();
    assert_eq!(steps.len(), done, "each change that was accepted is one step");
    assert!(done > 1, "some were accepted");
    let mut stands = "open";
    for step in steps {
        assert_eq!(step["from"], stands);
        stands = step["to"].as_str().unwrap();
    }
    assert_eq!(request["state"], stands);
}
