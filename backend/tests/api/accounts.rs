//! Acts on accounts: plans, runs, approvals, timers, the audit log, erasing.

use std::time::Duration;

use frontdesk_backend::timers::lives;
use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::{Answer, Caller, NOW, Role, TestApp};

const KEY: (&str, &str) = ("idempotency-key", "k");

impl TestApp {
    /// The identifier of somebody.
    pub(crate) async fn id_of(&self, email: &str) -> String {
        let row = sqlx::query("SELECT id FROM people WHERE email_key = ?")
            .bind(email)
            .fetch_one(self.running.app().store().read())
            .await
            .unwrap();
        row.get("id")
    }

    /// Waits until something is so: each change of the backend is a hint to look again.
    pub(crate) async fn until(&self, sql: &str) {
        let mut hints = self.running.app().hints();
        loop {
            let row = sqlx::query(sql).fetch_one(self.running.app().store().read()).await.unwrap();
            if row.get::<i64, _>(0) != 0 {
                return;
            }
            let hint = tokio::time::timeout(Duration::from_secs(20), hints.changed()).await;
            hint.unwrap_or_else(|_| panic!("never: {sql}")).unwrap();
        }
    }
}

impl Caller {
    pub(crate) async fn plan(&self, body: &Value) -> Value {
        let answer = self.post("/api/plans", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    pub(crate) async fn run(&self, plan: &Value, more: Value) -> Answer {
        let mut body = json!({"hash": plan["hash"]});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let path = format!("/api/plans/{}/runs", plan["id"]);
        self.send(Method::POST, &path, Some(body.to_string()), &[KEY]).await
    }

    /// Plans and runs at once.
    pub(crate) async fn act(&self, action: &str, id: &str) -> Answer {
        let plan = self.plan(&json!({"action": action, "targets": [id], "reason": "Left"})).await;
        let name = plan["rows"][0]["person"]["name"].clone();
        self.run(&plan, json!({"typed": name})).await
    }

    pub(crate) async fn account(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/accounts/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }
}

fn possible<'a>(account: &'a Value, action: &str) -> &'a Value {
    account["actions"].as_array().unwrap().iter().find(|one| one["action"] == action).unwrap()
}

pub(crate) fn later(hours: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().plus(Span::hours(hours))
}

#[tokio::test]
async fn a_plan_shows_and_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("joao.silva@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id]})).await;
    assert_eq!((&plan["counts"]["will"], &plan["rows"][0]["verdict"]), (&json!(1), &json!("will")));
    assert_eq!(plan["approval"], "free");
    let effects: Vec<&str> = plan["consequences"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["effect"].as_str().unwrap())
        .collect();
    assert!(effects.contains(&"sessions") && effects.contains(&"memberships"), "{effects:?}");
    assert_eq!(admin.account(&id).await["stage"], "active");
    let again = admin.get(&format!("/api/plans/{}", plan["id"])).await.json();
    assert_eq!(again, plan, "a plan is read again as it was shown");
}

#[tokio::test]
async fn a_deactivation_ends_each_session_and_says_which() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let (one, two) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Employee).await);
    let id = app.id_of("employee@acme.example").await;
    let done = admin.act("deactivate", &id).await;
    assert_eq!(done.status, 201, "{}", done.text);
    let receipt = done.json()["receipt"].clone();
    assert_eq!(receipt["stage"], "deactivated");
    assert_eq!(receipt["sessions"].as_array().unwrap().len(), 2);
    one.get("/api/session").await.is_problem(401, "signed-out");
    two.get("/api/session").await.is_problem(401, "signed-out");
    let account = admin.account(&id).await;
    assert_eq!(possible(&account, "remove")["reason"], "early");
    assert_eq!(
        possible(&account, "remove")["date"],
        account["marks"].as_array().unwrap().last().unwrap()["at"]
    );
    assert_eq!(possible(&account, "reactivate")["possible"], true);
    let log = admin.get(&format!("/api/audit?person={id}")).await.json();
    assert_eq!(log["items"][0]["what"], "account.deactivate");
    assert_eq!(log["items"][0]["by"]["name"], "Awa Mbaye");
    assert_eq!(log["items"][0]["reason"], "Left");
}

#[tokio::test]
async fn a_run_names_what_was_shown() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("joao.silva@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id]})).await;
    admin.run(&json!({"id": plan["id"], "hash": "guessed"}), json!({})).await.is_problem(412, "changed");
    let second = app.sign_in_as("second.admin@acme.example").await;
    second.run(&plan, json!({})).await.is_problem(403, "forbidden");
    // Somebody changes the account in between.
    assert_eq!(second.act("hold", &id).await.status, 201);
    admin.run(&plan, json!({})).await.is_problem(412, "changed");
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id]})).await;
    let done = admin.run(&plan, json!({})).await;
    assert_eq!(done.status, 201);
    let again = admin.run(&plan, json!({})).await;
    assert_eq!(
        (again.status, again.json()["id"].clone()),
        (201, done.json()["id"].clone()),
        "a plan is run once"
    );
    let sql = "SELECT count(*) = 1 FROM audit WHERE what = 'account.deactivate'";
    app.until(sql).await;
}

#[tokio::test]
async fn what_is_known_beforehand_is_a_verdict() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let (own, joao) = (app.id_of("admin@acme.example").await, app.id_of("joao.silva@acme.example").await);
    let hana = app.id_of("hana.kobayashi@acme.example").await;
    let agent = app.id_of("agent@acme.example").await;
    let body =
        json!({"action": "deactivate", "targets": [own, joao, joao, hana, agent, "nobody", "", "a\u{0}b"]});
    let plan = admin.plan(&body).await;
    let verdicts: Vec<&str> =
        plan["rows"].as_array().unwrap().iter().map(|row| row["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["refused", "will", "twice", "already", "unknown", "unknown", "unknown", "unknown"]);
    assert_eq!(plan["rows"][0]["reason"], "oneself");
    let body = json!({"action": "deactivate", "key": "email", "targets": [" Joao.Silva@ACME.example "]});
    assert_eq!(admin.plan(&body).await["counts"]["will"], 1);
    let body = json!({"action": "deactivate", "key": "employee", "targets": ["20 418"]});
    assert_eq!(admin.plan(&body).await["counts"]["already"], 1);
}

#[tokio::test]
async fn what_a_plan_needs_is_told() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    admin.post("/api/plans", &json!({"action": "deactivate", "targets": []})).await.points_at(&["/targets"]);
    admin.post("/api/plans", &json!({"action": "remove", "targets": ["a"]})).await.points_at(&["/reason"]);
    admin.post("/api/plans", &json!({"action": "explode", "targets": ["a"]})).await.points_at(&["/action"]);
}

#[tokio::test]
async fn the_last_who_may_manage_accounts_stays() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let second = app.id_of("second.admin@acme.example").await;
    assert_eq!(admin.act("deactivate", &second).await.status, 201);
    let token = app.token("api").await;
    let own = app.id_of("admin@acme.example").await;
    let plan = token.plan(&json!({"action": "deactivate", "targets": [own], "when": later(5)})).await;
    assert_eq!(plan["rows"][0]["reason"], "last", "by date and by token");
}

#[tokio::test]
async fn whoever_became_the_last_stays_when_the_date_comes() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let second = app.id_of("second.admin@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [second], "when": later(5)})).await;
    assert_eq!(admin.run(&plan, json!({})).await.status, 202);
    let token = app.token("api").await;
    let own = app.id_of("admin@acme.example").await;
    let plan = token.plan(&json!({"action": "deactivate", "targets": [own]})).await;
    assert_eq!(token.run(&plan, json!({})).await.status, 201);
    let app = app.restart_at(later(6)).await;
    app.until("SELECT count(*) FROM audit WHERE what = 'account.deactivate.refused'").await;
    let last = app.sign_in_as("second.admin@acme.example").await;
    let account = last.account(&second).await;
    assert_eq!(account["stage"], "active");
    assert!(account.get("scheduledFor").is_none(), "it waits for nothing more: {account}");
}

#[tokio::test]
async fn memberships_end_after_four_days_and_only_then() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("joao.silva@acme.example").await;
    assert_eq!(admin.act("deactivate", &id).await.status, 201);
    let groups = admin.account(&id).await["groups"].as_array().unwrap().len();
    assert!(groups > 0);
    let app = app.restart_at(later(95)).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.account(&id).await["groups"].as_array().unwrap().len(), groups);
    let app = app.restart_at(later(97)).await;
    app.until(&format!("SELECT count(*) = 0 FROM memberships WHERE person = '{id}'")).await;
    let admin = app.sign_in(Role::Admin).await;
    let account = admin.account(&id).await;
    assert_eq!(account["comeback"]["again"].as_array().unwrap().len(), groups);
    assert_eq!(possible(&account, "remove")["possible"], true);
    assert_eq!(possible(&account, "remove")["approval"], "other");
    assert_eq!(admin.act("reactivate", &id).await.status, 201);
    assert_eq!(admin.account(&id).await["manager"]["name"], "Awa Mbaye", "the manager comes back");
}

#[tokio::test]
async fn whoever_comes_back_is_hurt_by_no_timer() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("joao.silva@acme.example").await;
    assert_eq!(admin.act("deactivate", &id).await.status, 201);
    let plan = admin.plan(&json!({"action": "delete", "targets": [id], "reason": "Asked"})).await;
    let asked = admin.run(&plan, json!({"typed": "João Silva", "emergency": "Nobody else is here"})).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    assert!(admin.account(&id).await["marks"].to_string().contains("deletion"));
    assert_eq!(admin.act("reactivate", &id).await.status, 201);
    let app = app.restart_at(later(24 * 30)).await;
    let admin = app.sign_in(Role::Admin).await;
    app.until("SELECT count(*) > 0 FROM audit WHERE what = 'account.memberships.end'").await;
    let account = admin.account(&id).await;
    assert_eq!(account["stage"], "active");
    assert!(!account["groups"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_dated_deactivation_happens_once_and_can_be_taken_back() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let joao = app.id_of("joao.silva@acme.example").await;
    let priya = app.id_of("priya.raman@acme.example").await;
    let plan =
        admin.plan(&json!({"action": "deactivate", "targets": [joao, priya], "when": later(10)})).await;
    let asked = admin.run(&plan, json!({})).await;
    assert_eq!((asked.status, asked.json()["state"].as_str()), (202, Some("done")), "{}", asked.text);
    assert_eq!(admin.account(&joao).await["stage"], "active");
    let undo =
        admin.post(&format!("/api/runs/{}/plans", asked.json()["id"]), &json!({"what": "undo"})).await.json();
    assert_eq!((&undo["action"], &undo["counts"]["will"]), (&json!("cancel"), &json!(2)));
    assert_eq!(admin.act("cancel", &priya).await.status, 201);
    let app = app.restart_at(later(11)).await;
    app.until(&format!("SELECT active = 0 FROM people WHERE id = '{joao}'")).await;
    let app = app.restart_at(later(12)).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.account(&priya).await["stage"], "active");
    let log = admin.get(&format!("/api/audit?person={joao}&what=account.deactivate")).await.json();
    let lines: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|l| l["by"]["kind"].as_str().unwrap()).collect();
    assert_eq!(lines, ["clock", "person"], "once asked for, once done");
}

#[tokio::test]
async fn a_clock_that_stands_behind_does_nothing_by_itself() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("joao.silva@acme.example").await;
    assert_eq!(admin.act("deactivate", &id).await.status, 201);
    let app = app.restart_at(later(97)).await;
    app.until(&format!("SELECT count(*) = 0 FROM memberships WHERE person = '{id}'")).await;
    let app = app.restart_at(later(1)).await;
    let admin = app.sign_in(Role::Admin).await;
    let priya = app.id_of("priya.raman@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [priya], "when": later(2)})).await;
    assert_eq!(admin.run(&plan, json!({})).await.status, 202);
    let app = app.restart_at(later(50)).await;
    assert_eq!(lives::step(app.running.app()).await.unwrap(), Duration::MAX);
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.account(&priya).await["stage"], "active");
}

#[tokio::test]
async fn removing_fields_needs_a_second_person_who_saw_the_same() {
    let app = TestApp::start().await;
    let app = app.restart_at(later(97)).await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    app.until(&format!("SELECT count(*) = 0 FROM memberships WHERE person = '{id}'")).await;
    let plan =
        admin.plan(&json!({"action": "remove", "targets": [id], "reason": "Asked by the person"})).await;
    assert_eq!(plan["approval"], "other");
    admin.run(&plan, json!({})).await.points_at(&["/typed"]);
    let run = admin.run(&plan, json!({"typed": "hana kobayashi"})).await;
    assert_eq!((run.status, run.json()["state"].as_str()), (202, Some("approval")), "{}", run.text);
    let path = format!("/api/runs/{}/approval", run.json()["id"]);
    let yes = json!({"hash": plan["hash"], "approve": true});
    admin.post(&path, &yes).await.is_problem(403, "forbidden");
    let waiting = second.get("/api/approvals").await.json();
    assert_eq!((&waiting[0]["hash"], &waiting[0]["people"]), (&plan["hash"], &json!(1)));
    second.post(&path, &json!({"hash": "other", "approve": true})).await.is_problem(412, "changed");
    let done = second.post(&path, &yes).await;
    assert_eq!((done.status, done.json()["state"].as_str()), (200, Some("done")), "{}", done.text);
    assert_eq!(done.json()["decidedBy"]["name"], "Chloé Laurent");
    let receipt = &done.json()["receipt"];
    assert_eq!(receipt["stage"], "former");
    assert!(receipt["kept"].is_null(), "{receipt}");
    assert!(
        receipt["deleted"].to_string().contains("phoneNumbers")
            && receipt["masked"].to_string().contains("userName")
    );
    let account = admin.account(&id).await;
    assert_eq!((&account["name"], &account["email"]), (&json!("Former Member"), &json!("")));
    assert_eq!(possible(&account, "reactivate")["reason"], "former");
    second.post(&path, &yes).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn an_approval_lapses_by_time_and_when_the_account_changes() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let ask = async |admin: &Caller| {
        let plan = admin.plan(&json!({"action": "delete", "targets": [id], "reason": "x"})).await;
        let run = admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await;
        assert_eq!(run.status, 202, "{}", run.text);
        (format!("/api/runs/{}/approval", run.json()["id"]), json!({"hash": plan["hash"], "approve": true}))
    };
    let (path, yes) = ask(&admin).await;
    assert_eq!(second.act("reactivate", &id).await.status, 201);
    second.post(&path, &yes).await.is_problem(412, "changed");
    assert_eq!(second.act("deactivate", &id).await.status, 201);
    let (path, yes) = ask(&admin).await;
    let app = app.restart_at(later(73)).await;
    app.until("SELECT count(*) = 0 FROM runs WHERE state = 'approval'").await;
    let second = app.sign_in_as("second.admin@acme.example").await;
    second.post(&path, &yes).await.is_problem(409, "not-possible");
    assert_eq!(second.account(&id).await["stage"], "deactivated");
}

#[tokio::test]
async fn a_deletion_waits_and_then_leaves_no_name() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let plan = admin
        .plan(&json!({"action": "delete", "targets": [id], "reason": "Court order for Hana Kobayashi"}))
        .await;
    let run = admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await.json();
    let path = format!("/api/runs/{}/approval", run["id"]);
    assert_eq!(second.post(&path, &json!({"hash": plan["hash"], "approve": true})).await.status, 200);
    assert_eq!(second.account(&id).await["stage"], "deactivated", "nothing is deleted before its time");
    let app = app.restart_at(later(25)).await;
    app.until(&format!("SELECT deleted_at IS NOT NULL FROM people WHERE id = '{id}'")).await;
    let admin = app.sign_in(Role::Admin).await;
    let gone = admin.get(&format!("/api/accounts/{id}")).await;
    gone.is_problem(410, "gone");
    assert!(gone.word("detail").contains("Awa Mbaye"), "{}", gone.text);
    assert_eq!(gone.word("deletedBy"), "Awa Mbaye", "{}", gone.text);
    assert!(gone.json()["deletedAt"].is_string(), "{}", gone.text);
    assert!(!gone.text.contains("Hana"));
    assert_eq!(admin.get(&format!("/scim/v2/Users/{id}")).await.status, 404);
    let counts = admin.get("/api/accounts/counts").await.json();
    assert_eq!((&counts["deactivated"], &counts["former"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn a_hold_stops_what_cannot_be_undone() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("hana.kobayashi@acme.example").await;
    assert_eq!(admin.act("hold", &id).await.status, 201);
    let app = app.restart_at(later(500)).await;
    let admin = app.sign_in(Role::Admin).await;
    let account = admin.account(&id).await;
    assert!(!account["groups"].as_array().unwrap().is_empty(), "memberships stay on hold");
    for action in ["remove", "delete"] {
        assert_eq!(possible(&account, action)["reason"], "hold", "{action}");
        let plan = admin.plan(&json!({"action": action, "targets": [id], "reason": "x"})).await;
        assert_eq!(plan["counts"]["will"], 0);
        admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await.is_problem(409, "not-possible");
    }
}

#[tokio::test]
async fn an_invitation_is_claimed_by_its_link() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let row = sqlx::query("SELECT id, name FROM people WHERE stage = 'invited'")
        .fetch_one(app.running.app().store().read())
        .await
        .unwrap();
    let id: String = row.get("id");
    let receipt = admin.act("remind", &id).await;
    assert_eq!(receipt.status, 201, "{}", receipt.text);
    let link = receipt.json()["receipt"]["link"].as_str().unwrap().to_owned();
    let run = admin.get(&format!("/api/runs/{}", receipt.json()["id"])).await;
    assert!(!run.text.contains("claim#"), "a link is told once");
    let token = link.split('#').nth(1).unwrap();
    let claim = json!({"token": token, "password": "four calm rivers"});
    assert_eq!(app.nobody().post("/api/claims", &claim).await.status, 201);
    let account = admin.account(&id).await;
    assert_eq!(account["stage"], "active");
    assert_eq!(possible(&account, "withdraw")["reason"], "claimed");
}

#[tokio::test]
async fn many_go_on_by_themselves_each_once() {
    let app = TestApp::start().await;
    let (token, admin) = (app.token("scim").await, app.sign_in(Role::Admin).await);
    let mut ids = Vec::new();
    for number in 0..120 {
        let made =
            token.post("/scim/v2/Users", &json!({"userName": format!("many{number}@acme.example")})).await;
        assert_eq!(made.status, 201, "{}", made.text);
        ids.push(made.word("id"));
    }
    let plan = admin.plan(&json!({"action": "deactivate", "targets": ids})).await;
    assert_eq!((&plan["typeNumber"], &plan["counts"]["will"]), (&json!(true), &json!(120)));
    admin.run(&plan, json!({})).await.points_at(&["/typed"]);
    let run = admin.run(&plan, json!({"typed": "120"})).await;
    assert_eq!(run.status, 202, "{}", run.text);
    app.until("SELECT count(*) = 1 FROM runs WHERE state = 'done'").await;
    let path = format!("/api/runs/{}", run.json()["id"]);
    let done = admin.get(&path).await.json();
    assert_eq!(done["counts"], json!({"all": 120, "done": 120, "skipped": 0, "failed": 0}));
    app.until("SELECT count(*) = 120 FROM audit WHERE what = 'account.deactivate'").await;
    let file = admin.get(&format!("{path}/rows.csv")).await;
    assert_eq!(file.text.lines().count(), 121);
    let page = admin.get(&format!("{path}/rows?limit=100")).await.json();
    assert_eq!((page["items"].as_array().unwrap().len(), page["next"].as_str()), (100, Some("100")));
    let undo = admin.post(&format!("{path}/plans"), &json!({"what": "undo"})).await.json();
    assert_eq!((&undo["action"], &undo["counts"]["will"]), (&json!("reactivate"), &json!(120)));
    let counts = admin.get("/api/accounts/counts").await.json();
    let by_hand = sqlx::query(
        "SELECT count(*) AS n FROM people WHERE kind = 'member' AND active = 0 AND deleted_at IS NULL",
    )
    .fetch_one(app.running.app().store().read())
    .await
    .unwrap();
    assert_eq!(counts["deactivated"].as_i64().unwrap(), by_hand.get::<i64, _>("n"));
}

/// What the operator's command says of an export.
fn verified(export: &str) -> std::process::Output {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("audit.ndjson");
    std::fs::write(&file, export).unwrap();
    std::process::Command::new(env!("CARGO_BIN_EXE_frontdesk-backend"))
        .args(["audit", "verify"])
        .arg(&file)
        .output()
        .unwrap()
}

#[tokio::test]
async fn the_audit_log_holds_and_is_changed_by_nobody() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("hana.kobayashi@acme.example").await;
    for action in ["hold", "lift", "reactivate", "deactivate"] {
        assert_eq!(admin.act(action, &id).await.status, 201);
    }
    let export = admin.get("/api/audit/export").await;
    let whole = verified(&export.text);
    assert!(whole.status.success(), "{whole:?}");
    assert!(String::from_utf8(whole.stdout).unwrap().starts_with("All 8 lines hold"));
    assert!(!verified(&export.text.replacen("active", "former", 1)).status.success());
    assert!(!verified(&export.text.lines().skip(1).collect::<Vec<_>>().join("\n")).status.success());
    let mut write = app.running.app().store().write().await.unwrap();
    assert!(sqlx::query("UPDATE audit SET what = 'x'").execute(&mut *write).await.is_err());
    assert!(sqlx::query("DELETE FROM audit").execute(&mut *write).await.is_err());
}

/// Whether a text stands anywhere in the files of a data folder.
pub(crate) fn stands_in(folder: &std::path::Path, text: &str) -> Option<String> {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if let Some(found) = stands_in(&path, text) {
                return Some(found);
            }
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
        {
            return Some(path.display().to_string());
        }
    }
    None
}

#[tokio::test]
async fn whoever_is_erased_is_erased_from_the_files() {
    let app = TestApp::start().await;
    let (admin, token) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let body = json!({
        "userName": "zebulon.quark", "displayName": "Zebulon Quark", "name": {"givenName": "Zebulon", "familyName": "Quark"},
        "emails": [{"value": "zebulon.quark@acme.example", "primary": true}], "phoneNumbers": [{"value": "+33 987 654 321"}],
        "title": "Quarkologist",
    });
    let id = token.post("/scim/v2/Users", &body).await.word("id");
    let report = json!({"userName": "under", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"manager": {"value": id}}});
    let under = token.post("/scim/v2/Users", &report).await.word("id");
    let link = admin.act("invite", &id).await.json()["receipt"]["link"].as_str().unwrap().to_owned();
    let claim = json!({"token": link.split('#').nth(1).unwrap(), "password": "four calm rivers"});
    assert_eq!(app.nobody().post("/api/claims", &claim).await.status, 201);
    let plan = json!({"action": "deactivate", "key": "email", "targets": ["zebulon.quark@acme.example"], "reason": "Zebulon Quark leaves"});
    let plan = admin.plan(&plan).await;
    assert_eq!(admin.run(&plan, json!({})).await.status, 201);
    assert_eq!(admin.act("deactivate", &under).await.status, 201);
    assert!(stands_in(app.folder.path(), "Zebulon").is_some());

    let app = app.restart_at(later(97)).await;
    app.until(&format!("SELECT count(*) = 0 FROM memberships WHERE person = '{id}'")).await;
    let admin = app.sign_in(Role::Admin).await;
    let unknown = json!({"action": "remind", "key": "phone", "targets": ["+33987654321", "0"]});
    admin.plan(&unknown).await;
    let plan =
        admin.plan(&json!({"action": "remove", "targets": [id], "reason": "Zebulon Quark asked"})).await;
    let done = admin
        .run(&plan, json!({"typed": "Zebulon Quark", "emergency": "Alone, and Zebulon Quark waits"}))
        .await;
    assert_eq!(done.status, 201, "{}", done.text);
    let told = verified(&admin.get("/api/audit/export").await.text);
    let told = String::from_utf8(told.stdout).unwrap();
    assert!(told.contains("lines hold") && !told.contains("In 0 of them"), "erased, and not broken: {told}");
    app.running.app().store().fold_back().await;
    let folder = app.folder;
    app.running.stop().await;
    for text in ["Zebulon", "zebulon.quark", "Quark", "987 654", "987654321", "four calm"] {
        assert_eq!(stands_in(folder.path(), text), None, "{text} is still there");
    }
}

#[tokio::test]
async fn an_admin_who_asked_support_leaves_no_number_and_no_word_behind() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let agent = app.sign_in(Role::Agent).await;
    let id = app.id_of("second.admin@acme.example").await;
    let asked = second.asked("A call, please").await;
    let words = "I allow Workplace to record this support call in order to handle my request.";
    let call = json!({"number": "06 98 76 54 32", "country": "FR", "from": "2026-11-23T10:00:00.000Z", "consent": words});
    let mut question = crate::app::question("Call me");
    question["channel"] = json!("phone");
    question["call"] = call;
    let called = second.post_keyed("/api/requests", "k-erased", &question).await;
    assert_eq!(called.status, 201, "{}", called.text);
    let called = called.word("id");
    second.change(&asked, &json!({"state": "solved"})).await;
    let rating = json!({"rating": {"value": "good", "comment": "Zanzibar was quick"}});
    assert_eq!(second.change(&asked, &rating).await.status, 200);
    let watch = format!("/api/requests/{}/watch", admin.asked("Somebody else's").await);
    assert!(second.send(Method::PUT, &watch, None, &[]).await.status == 204);

    assert_eq!(admin.act("deactivate", &id).await.status, 201);
    let sheet = agent.get(&format!("/api/requests/{called}/call")).await.json();
    assert_eq!(sheet["call"]["state"], "cancelled", "nobody calls a person who left");
    assert_eq!(agent.request(&called).await["channel"], "message");

    let app = app.restart_at(later(97)).await;
    app.until(&format!("SELECT count(*) = 0 FROM memberships WHERE person = '{id}'")).await;
    let admin = app.sign_in(Role::Admin).await;
    let plan = admin.plan(&json!({"action": "remove", "targets": [id], "reason": "asked"})).await;
    let typed = json!({"typed": "Chloé Laurent", "emergency": "Alone"});
    let done = admin.run(&plan, typed).await;
    assert_eq!(done.status, 201, "{}", done.text);
    app.running.app().store().fold_back().await;
    let folder = app.folder;
    app.running.stop().await;
    for text in ["98 76 54", "54 32", "Zanzibar"] {
        assert_eq!(stands_in(folder.path(), text), None, "{text} is still there");
    }
}

#[tokio::test]
async fn runs_are_paused_and_stopped() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let plan = admin.plan(&json!({"action": "delete", "targets": [id], "reason": "x"})).await;
    let run = admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await.json();
    let path = format!("/api/runs/{}", run["id"]);
    second
        .send(Method::PATCH, &path, Some(json!({"state": "stopped"}).to_string()), &[])
        .await
        .is_problem(428, "version-missing");
    second.patch(&path, "*", &json!({"state": "running"})).await.is_problem(409, "not-possible");
    let stopped = second.patch(&path, run["version"].as_str().unwrap(), &json!({"state": "stopped"})).await;
    assert_eq!((stopped.status, stopped.json()["state"].as_str()), (200, Some("stopped")));
    assert_eq!(second.get("/api/approvals").await.json(), json!([]));
}

#[tokio::test]
async fn departments_are_told_with_how_many_they_have() {
    let app = TestApp::start().await;
    let (admin, token) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    for (name, department) in [("one", "Glass"), ("two", "GLASS"), ("three", "")] {
        let body = json!({"userName": name, urn: {"department": department}});
        assert_eq!(token.post("/scim/v2/Users", &body).await.status, 201);
    }
    let departments = admin.get("/api/accounts/departments").await.json();
    let departments = departments.as_array().unwrap();
    let glass: Vec<&Value> =
        departments.iter().filter(|it| it["people"] == 2 && it["name"] == "Glass").collect();
    assert_eq!(glass.len(), 1, "{departments:?}");
    assert!(departments.iter().all(|it| it["name"] != ""));
    for (role, status) in [
        (Role::Nobody, 401),
        (Role::Employee, 403),
        (Role::Agent, 403),
        (Role::Auditor, 200),
        (Role::Admin, 200),
    ] {
        let answer = app.sign_in(role).await.get("/api/accounts/departments").await;
        assert_eq!(answer.status, status, "{role:?}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_account_says_what_was_asked_for_and_what_removing_would_take() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let before = second.account(&id).await;
    assert!(before["asked"].is_null());
    assert_eq!(before["timeZone"], "Europe/Paris");
    let deleted = before["fields"]["deleted"].to_string();
    assert!(deleted.contains("phoneNumbers") && deleted.contains("department"), "{deleted}");
    assert_eq!(before["fields"]["masked"].as_array().unwrap().len(), 3, "{before}");
    let plan = admin.plan(&json!({"action": "delete", "targets": [id], "reason": "x"})).await;
    let run = admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await.json();
    let asked = second.account(&id).await["asked"].clone();
    assert_eq!((&asked[0]["run"], &asked[0]["action"]), (&run["id"], &json!("delete")));
    assert_eq!((&asked[0]["by"]["name"], &asked[0]["until"]), (&json!("Awa Mbaye"), &run["approveBy"]));
    let path = format!("/api/runs/{}", run["id"]);
    assert_eq!(second.patch(&path, "*", &json!({"state": "stopped"})).await.status, 200);
    let after = second.account(&id).await;
    assert!(after["asked"].is_null());
    let active = app.id_of("joao.silva@acme.example").await;
    assert!(second.account(&active).await["fields"].is_null());
}
