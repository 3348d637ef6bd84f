//! An admin leaves: what they have of the organization's is named, and goes to another admin in the same step.

use frontdesk_backend::store::people;
use frontdesk_contract::time::Span;
use frontdesk_contract::{Right, Timestamp};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::{Caller, NOW, Role, TestApp};
use crate::events::Stream;

fn later(hours: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().plus(Span::hours(hours))
}

/// Gives the second admin an open and a solved request, two acts, and a list of each kind.
async fn belongings(app: &TestApp, second: &Caller) -> (String, Value) {
    let open = second.asked("Video fails").await;
    let solved = second.asked("Thanks").await;
    assert_eq!(second.change(&solved, &json!({"state": "solved"})).await.status, 200);
    for (key, name, shared) in [("v1", "Ours", true), ("v2", "Mine", false)] {
        let view = json!({"name": name, "query": "view=open", "shared": shared});
        assert_eq!(second.post_keyed("/api/views", key, &view).await.status, 201);
    }
    let joao = app.id_of("joao.silva@acme.example").await;
    let plan = second.plan(&json!({"action": "deactivate", "targets": [joao], "when": later(50)})).await;
    assert_eq!(second.run(&plan, json!({})).await.status, 202);
    let hana = app.id_of("hana.kobayashi@acme.example").await;
    let plan = second.plan(&json!({"action": "delete", "targets": [hana], "reason": "x"})).await;
    let run = second.run(&plan, json!({"typed": "Hana Kobayashi"})).await.json();
    assert_eq!(run["state"], "approval");
    (open, json!({"run": run["id"], "hash": plan["hash"]}))
}

/// A third person who is an admin with every right that is needed.
async fn third(app: &TestApp) -> (String, Caller) {
    let email = "priya.raman@acme.example";
    let id = app.id_of(email).await;
    let mut write = app.running.app().store().write().await.unwrap();
    let rights = [Right::Support, Right::Accounts, Right::Erase, Right::Approve];
    people::grant(&mut write, &id.parse().unwrap(), &rights).await.unwrap();
    write.commit().await.unwrap();
    (id, app.sign_in_as(email).await)
}

fn effect<'a>(plan: &'a Value, name: &str) -> &'a Value {
    let lines = plan["consequences"].as_array().unwrap();
    lines.iter().find(|line| line["effect"] == name).unwrap_or(&Value::Null)
}

#[tokio::test]
async fn what_a_leaver_has_is_named_and_goes_to_whoever_was_chosen() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let (open, waiting) = belongings(&app, &second).await;
    let (priya, third) = third(&app).await;
    let leaver = app.id_of("second.admin@acme.example").await;
    let account = admin.get(&format!("/api/accounts/{leaver}")).await.json();
    assert_eq!(account["belongings"], json!({"requests": 1, "jobs": 1, "approvals": 1, "views": 1}));

    let body = json!({"action": "deactivate", "targets": [leaver], "reason": "Left"});
    let alone = admin.plan(&body).await;
    for name in ["requests", "jobs", "approvals", "views"] {
        assert_eq!(effect(&alone, name)["count"], 1, "{name}: {alone}");
    }
    assert!(effect(&alone, "takeover").is_null());
    let heirs = alone["handover"]["heirs"].as_array().unwrap();
    let names: Vec<&str> = heirs.iter().map(|heir| heir["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"Priya Raman") && names.contains(&"Awa Mbaye"), "{names:?}");
    for name in ["Chloé Laurent", "Noé Fontaine", "Vera Lindt", "Nadia Rahmani", "Hana Kobayashi"] {
        assert!(!names.contains(&name), "{name} leaves, or lacks the rights");
    }

    let mut chosen = body.clone();
    chosen["heir"] = json!(priya);
    let plan = admin.plan(&chosen).await;
    assert_ne!(plan["hash"], alone["hash"], "the choice is part of what was shown");
    assert_eq!(
        (&plan["handover"]["heir"]["name"], &effect(&plan, "takeover")["count"]),
        (&json!("Priya Raman"), &json!(4))
    );
    let done = admin.run(&plan, json!({})).await;
    assert_eq!(done.status, 201, "{}", done.text);
    let handed = json!({"to": {"id": priya, "name": "Priya Raman"}, "what": {"requests": 1, "jobs": 1, "approvals": 1, "views": 1}});
    assert_eq!(done.json()["handed"], handed);
    assert_eq!(admin.run(&plan, json!({})).await.json()["handed"], handed, "a plan is run once");

    let request = third.request(&open).await;
    assert_eq!(request["askedBy"]["name"], "Priya Raman");
    assert_eq!(request["care"]["watchers"][0]["name"], "Priya Raman", "{request}");
    let thread = request["thread"].as_array().unwrap();
    let told = thread.iter().find(|item| item["act"] == "handover").unwrap_or_else(|| panic!("{request}"));
    assert_eq!(told["author"]["name"], "Priya Raman");
    assert_eq!(thread[0]["author"]["name"], "Chloé Laurent", "nobody's words are put into another's mouth");
    let views = third.get("/api/views").await.json();
    let views: Vec<_> = views["items"].as_array().or_else(|| views.as_array()).unwrap().iter().collect();
    assert!(
        views.iter().any(|view| view["name"] == "Ours" && view["owner"]["name"] == "Priya Raman"),
        "{views:?}"
    );
    assert!(views.iter().all(|view| view["name"] != "Mine"));
    // Whoever took an act over does not approve it; somebody else does.
    let path = format!("/api/runs/{}/approval", waiting["run"]);
    let yes = json!({"hash": waiting["hash"], "approve": true});
    third.post(&path, &yes).await.is_problem(403, "forbidden");
    assert_eq!(admin.post(&path, &yes).await.status, 200);
    let whats = |log: &Value| {
        let items = log["items"].as_array().unwrap();
        items.iter().map(|line| (line["what"].clone(), line["after"].clone())).collect::<Vec<_>>()
    };
    let words = json!("requests 1, jobs 1, approvals 1, views 1");
    let log = admin.get(&format!("/api/audit?person={leaver}")).await.json();
    assert!(whats(&log).contains(&(json!("account.handover"), words.clone())), "{log}");
    let log = admin.get(&format!("/api/audit?person={priya}")).await.json();
    assert!(whats(&log).contains(&(json!("account.takeover"), words)), "{log}");
    let after = admin.get(&format!("/api/accounts/{leaver}")).await.json();
    assert_eq!(after["belongings"], json!({"requests": 0, "jobs": 0, "approvals": 0, "views": 0}));
}

#[tokio::test]
async fn nobody_without_the_rights_is_chosen() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    belongings(&app, &second).await;
    let leaver = app.id_of("second.admin@acme.example").await;
    let employee = app.id_of("employee@acme.example").await;
    let closed = app.id_of("hana.kobayashi@acme.example").await;
    let agent = app.id_of("agent@acme.example").await;
    for heir in [leaver.as_str(), &employee, &closed, &agent, "auditor", "nobody"] {
        let body = json!({"action": "deactivate", "targets": [leaver], "heir": heir});
        admin.post("/api/plans", &body).await.points_at(&["/heir"]);
    }
    let body = json!({"action": "hold", "targets": [leaver], "reason": "x", "heir": employee});
    admin.post("/api/plans", &body).await.points_at(&["/heir"]);
    // Somebody may follow requests, and yet not go on with acts.
    let (priya, _) = third(&app).await;
    let mut write = app.running.app().store().write().await.unwrap();
    sqlx::query("DELETE FROM rights WHERE person = ? AND word = 'erase'")
        .bind(&priya)
        .execute(&mut *write)
        .await
        .unwrap();
    write.commit().await.unwrap();
    let body = json!({"action": "deactivate", "targets": [leaver], "heir": priya});
    admin.post("/api/plans", &body).await.points_at(&["/heir"]);
}

#[tokio::test]
async fn a_plan_holds_no_more_when_the_heir_or_what_is_handed_over_has_changed() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    belongings(&app, &second).await;
    let (priya, _) = third(&app).await;
    let leaver = app.id_of("second.admin@acme.example").await;
    let body = json!({"action": "deactivate", "targets": [leaver], "heir": priya});
    let plan = admin.plan(&body).await;
    second.asked("One more").await;
    admin.run(&plan, json!({})).await.is_problem(412, "changed");
    let path = format!("/api/plans/{}/plans", plan["id"]);
    let again = admin.post(&path, &json!({"heir": priya})).await.json();
    assert_eq!(again["handover"]["what"]["requests"], 2);
    let mut write = app.running.app().store().write().await.unwrap();
    sqlx::query("UPDATE people SET active = 0 WHERE id = ?").bind(&priya).execute(&mut *write).await.unwrap();
    write.commit().await.unwrap();
    admin.run(&again, json!({})).await.is_problem(412, "changed");
    admin.post(&path, &json!({"heir": priya})).await.points_at(&["/heir"]);
    let nobody = admin.post(&path, &json!({})).await.json();
    assert!(nobody["handover"]["heir"].is_null());
    let done = admin.run(&nobody, json!({})).await;
    assert_eq!(done.status, 201, "{}", done.text);
    assert!(done.json()["handed"].is_null());
    let account = admin.get(&format!("/api/accounts/{leaver}")).await.json();
    assert_eq!(account["belongings"]["requests"], 2, "it stays with the closed account");
}

/// An act with a handover that waits for a second person: what was asked, and the run.
async fn waiting_handover(app: &TestApp, admin: &Caller, leaver: &str, heir: Option<&str>) -> Value {
    // In the policy of the tests a deactivation waits for nobody.
    let body = json!({"action": "deactivate", "targets": [leaver], "heir": heir, "reason": "Left"});
    let plan = admin.plan(&body).await;
    let run = admin.run(&plan, json!({})).await;
    assert_eq!(run.status, 202, "{}", run.text);
    assert_eq!(run.json()["state"], "approval");
    assert_eq!(admin.get("/api/approvals").await.json()[0]["run"]["state"], "approval", "{}", app.base());
    json!({"run": run.json()["id"], "hash": plan["hash"]})
}

async fn with_four_eyes() -> TestApp {
    TestApp::with(0, |options| {
        let file = options.data.join("frontdesk.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let strict = text.replace(
            "approve = [\"remove\", \"delete\"]",
            "approve = [\"deactivate\", \"remove\", \"delete\"]",
        );
        assert_ne!(text, strict);
        std::fs::write(file, strict).unwrap();
        options
    })
    .await
}

/// The run has lapsed by itself, everybody who decides sees so, and it happened once.
async fn has_lapsed(app: &TestApp, second: &Caller, waiting: &Value) {
    app.until(&format!("SELECT state = 'lapsed' FROM runs WHERE id = {}", waiting["run"])).await;
    let all = second.get("/api/approvals").await.json();
    let told = all.as_array().unwrap().iter().find(|one| one["run"]["id"] == waiting["run"]);
    assert_eq!(told.unwrap()["run"]["state"], "lapsed");
    let yes = json!({"hash": waiting["hash"], "approve": true});
    second.post(&format!("/api/runs/{}/approval", waiting["run"]), &yes).await.is_problem(412, "changed");
    let sql =
        format!("SELECT count(*) AS n FROM audit WHERE what = 'run.lapsed' AND run = {}", waiting["run"]);
    let row = sqlx::query(&sql).fetch_one(app.running.app().store().read()).await.unwrap();
    assert_eq!(row.get::<i64, _>("n"), 1);
}

#[tokio::test]
async fn what_waits_lapses_by_itself_when_the_heir_or_what_is_handed_over_changes() {
    let app = with_four_eyes().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let (priya, third) = third(&app).await;
    let leaver = app.id_of("second.admin@acme.example").await;
    second.asked("Video fails").await;
    let waiting = waiting_handover(&app, &admin, &leaver, Some(&priya)).await;
    // What others ask changes nothing about it.
    admin.asked("Somebody else's").await;
    assert_eq!(third.get("/api/approvals/counts").await.json()["waitingForYou"], 1);
    let mut stream = Stream::open(&third, "", &[]).await;
    second.asked("One more").await;
    has_lapsed(&app, &third, &waiting).await;
    assert_eq!(third.get("/api/approvals/counts").await.json()["waitingForYou"], 0);
    while stream.next().await.unwrap().data != json!({"type": "runs"}) {}

    let waiting = waiting_handover(&app, &admin, &leaver, Some(&priya)).await;
    let machine = app.token("scim").await;
    let change = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": false}]});
    let path = format!("/scim/v2/Users/{priya}");
    let closed = machine.send(Method::PATCH, &path, Some(change.to_string()), &[]).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    has_lapsed(&app, &app.sign_in_as("second.admin@acme.example").await, &waiting).await;
}

#[tokio::test]
async fn what_waits_lapses_by_itself_when_others_would_be_left_behind() {
    let app = with_four_eyes().await;
    let (admin, machine) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let second = app.sign_in_as("second.admin@acme.example").await;
    let leaver = app.id_of("employee@acme.example").await;
    let other = app.id_of("joao.silva@acme.example").await;
    let change = async |path: &str, value: Value| {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "add", "value": value}]});
        let changed = machine.send(Method::PATCH, path, Some(body.to_string()), &[]).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
    };

    let waiting = waiting_handover(&app, &admin, &leaver, None).await;
    // What is nothing to the leaver changes nothing about it.
    change(&format!("/scim/v2/Users/{other}"), json!({"title": "Lead"})).await;
    assert_eq!(second.get("/api/approvals/counts").await.json()["waitingForYou"], 1);
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    change(&format!("/scim/v2/Users/{other}"), json!({urn: {"manager": {"value": leaver}}})).await;
    has_lapsed(&app, &second, &waiting).await;

    let group = machine.post("/scim/v2/Groups", &json!({"displayName": "Nobody's yet"})).await.word("id");
    let waiting = waiting_handover(&app, &admin, &leaver, None).await;
    change(&format!("/scim/v2/Groups/{group}"), json!({"members": [{"value": leaver}]})).await;
    has_lapsed(&app, &second, &waiting).await;
}

#[tokio::test]
async fn on_a_date_it_changes_hands_on_that_date_and_once() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let (open, _) = belongings(&app, &second).await;
    let (priya, third) = third(&app).await;
    let leaver = app.id_of("second.admin@acme.example").await;
    let body = json!({"action": "deactivate", "targets": [leaver], "when": later(10), "heir": priya});
    let plan = admin.plan(&body).await;
    let run = admin.run(&plan, json!({})).await.json();
    assert_eq!(run["handed"]["what"]["requests"], 0);
    assert_eq!(third.request(&open).await["askedBy"]["name"], "Chloé Laurent");
    let app = app.restart_at(later(11)).await;
    app.until(&format!("SELECT active = 0 FROM people WHERE id = '{leaver}'")).await;
    let app = app.restart_at(later(12)).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.request(&open).await["askedBy"]["name"], "Priya Raman");
    let run = admin.get(&format!("/api/runs/{}", run["id"])).await.json();
    assert_eq!(run["handed"]["what"], json!({"requests": 1, "jobs": 1, "approvals": 1, "views": 1}));
    let row = sqlx::query("SELECT count(*) AS n FROM audit WHERE what = 'account.handover'")
        .fetch_one(app.running.app().store().read())
        .await
        .unwrap();
    assert_eq!(row.get::<i64, _>("n"), 1);
}

#[tokio::test]
async fn open_reports_of_a_leaver_are_counted() {
    let app = TestApp::start().await;
    let (admin, employee) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Employee).await);
    let id = app.id_of("employee@acme.example").await;
    let report = json!({"body": "The coffee corner shows no video"});
    let made = employee.post_keyed("/api/reports", "r1", &report).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(admin.get(&format!("/api/accounts/{id}")).await.json()["problems"], 1);
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id]})).await;
    assert_eq!(effect(&plan, "reports")["count"], 1);
    assert!(effect(&plan, "machines").is_null(), "an employee knows no tokens");
    assert!(plan["handover"].is_null());
}
