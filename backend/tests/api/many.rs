//! What the pages for many accounts, approvals and the audit log ask for.

use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::json;

use crate::app::{NOW, Role, TestApp};
use crate::events::Stream;

fn later(hours: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().plus(Span::hours(hours))
}

#[tokio::test]
async fn a_plan_names_the_run_that_it_became() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("joao.silva@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id]})).await;
    assert!(plan.get("run").is_none(), "{plan}");
    let run = admin.run(&plan, json!({})).await.json();
    assert_eq!(run["stopAfter"], 50);
    let again = admin.get(&format!("/api/plans/{}", plan["id"])).await.json();
    assert_eq!(again["run"], run["id"]);
}

#[tokio::test]
async fn a_plan_is_looked_at_again_as_accounts_stand_now() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let (joao, priya) =
        (app.id_of("joao.silva@acme.example").await, app.id_of("priya.raman@acme.example").await);
    let body = json!({"action": "deactivate", "targets": [joao, "nobody", priya, joao], "reason": "Left", "when": later(9)});
    let plan = admin.plan(&body).await;
    assert_eq!(plan["counts"]["will"], 2);
    let gone = second.plan(&json!({"action": "deactivate", "targets": [priya]})).await;
    assert_eq!(second.run(&gone, json!({})).await.status, 201);
    admin.run(&plan, json!({})).await.is_problem(412, "changed");
    let path = format!("/api/plans/{}/plans", plan["id"]);
    let again = admin.post(&path, &json!({})).await;
    assert_eq!(again.status, 201, "{}", again.text);
    let again = again.json();
    assert_ne!(again["id"], plan["id"]);
    assert_eq!((&again["when"], &again["reason"]), (&plan["when"], &plan["reason"]));
    assert_eq!(
        again["counts"],
        json!({"all": 2, "will": 1, "already": 1, "refused": 0, "unknown": 0, "twice": 0})
    );
    assert_eq!(admin.run(&again, json!({})).await.status, 202);
    for role in [Role::Employee, Role::Agent, Role::Auditor] {
        app.sign_in(role).await.post(&path, &json!({})).await.is_problem(403, "forbidden");
    }
    app.nobody().post(&path, &json!({})).await.is_problem(401, "signed-out");
}

#[tokio::test]
async fn the_word_of_whoever_decides_is_told_and_others_hear_of_it_live() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let mut stream = Stream::open(&admin, "", &[]).await;
    let plan = admin.plan(&json!({"action": "delete", "targets": [id], "reason": "x"})).await;
    let run = admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await.json();
    assert_eq!(stream.next().await.unwrap().data, json!({"type": "runs"}));
    let path = format!("/api/runs/{}", run["id"]);
    let no = json!({"hash": plan["hash"], "approve": false, "reason": "She comes back in May"});
    let refused = second.post(&format!("{path}/approval"), &no).await;
    assert_eq!(refused.json()["decision"], "She comes back in May", "{}", refused.text);
    assert_eq!(stream.next().await.unwrap().data, json!({"type": "runs"}));
    let told = admin.get(&path).await.json();
    assert_eq!((&told["state"], &told["decision"]), (&json!("refused"), &json!("She comes back in May")));
    assert_eq!(told["decidedBy"]["name"], "Chloé Laurent");
}

#[tokio::test]
async fn the_log_is_narrowed_by_who_when_and_words() {
    let app = TestApp::start().await;
    let (admin, token) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let made = token
        .post("/scim/v2/Users", &json!({"userName": "zoe@acme.example", "displayName": "Zoë Quark"}))
        .await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = app.id_of("joao.silva@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id], "reason": "End of season"})).await;
    assert_eq!(admin.run(&plan, json!({})).await.status, 201);
    let whats = async |query: &str| {
        let log = admin.get(&format!("/api/audit?{query}")).await.json();
        let items = log["items"].as_array().unwrap_or_else(|| panic!("{log}"));
        items.iter().map(|line| line["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(whats("by=person").await, ["account.deactivate", "run.asked"]);
    assert_eq!(whats("by=token&what=scim.").await, ["scim.create"]);
    assert_eq!(whats("q=season").await, ["account.deactivate", "run.asked"]);
    assert_eq!(whats("q=QUARK").await, ["scim.create"]);
    assert_eq!(whats("q=%25").await, Vec::<String>::new(), "words are no pattern");
    assert_eq!(whats(&format!("since={}", later(1))).await, Vec::<String>::new());
    assert_eq!(whats(&format!("since={}&by=person", later(-1))).await.len(), 2);
    for query in ["by=ghost", "since=yesterday"] {
        admin.get(&format!("/api/audit?{query}")).await.is_problem(400, "bad-parameter");
    }
    for (role, status) in
        [(Role::Auditor, 200), (Role::Employee, 403), (Role::Agent, 403), (Role::Nobody, 401)]
    {
        for path in ["/api/audit?by=person", "/api/audit/export"] {
            let answer = app.sign_in(role).await.send(Method::GET, path, None, &[]).await;
            assert_eq!(answer.status, status, "{role:?} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn an_account_is_made_by_hand_once_and_nobody_is_told() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let zoe = json!({"name": " Zoë  Quark ", "email": "zoe@acme.example", "department": "Design", "employeeNumber": "777", "phone": "+33 6 12 34 56 78"});
    let made = admin.post_keyed("/api/accounts", "k1", &zoe).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.word("id");
    assert_eq!(admin.post_keyed("/api/accounts", "k1", &zoe).await.word("id"), id, "once");
    let user = admin.get(&format!("/scim/v2/Users/{id}")).await.json();
    assert_eq!((&user["displayName"], &user["active"]), (&json!("Zoë Quark"), &json!(true)));
    assert_eq!(user["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["department"], "Design");
    let account = admin.get(&format!("/api/accounts/{id}")).await.json();
    assert_eq!(account["stage"], "provisioned");
    admin.post_keyed("/api/accounts", "k2", &zoe).await.points_at(&["/email"]);
    admin
        .post_keyed("/api/accounts", "k3", &json!({"name": "", "email": "zoe"}))
        .await
        .points_at(&["/name", "/email"]);
    let log = admin.get(&format!("/api/audit?person={id}")).await.json();
    assert_eq!(
        (&log["items"][0]["what"], &log["items"][0]["by"]["name"]),
        (&json!("account.create"), &json!("Awa Mbaye"))
    );
    for (role, status) in
        [(Role::Auditor, 403), (Role::Employee, 403), (Role::Agent, 403), (Role::Nobody, 401)]
    {
        let answer = app.sign_in(role).await.post_keyed("/api/accounts", "k", &zoe).await;
        assert_eq!(answer.status, status, "{role:?}: {}", answer.text);
    }
    admin.post("/api/accounts", &zoe).await.is_problem(400, "idempotency-key-missing");
}

#[tokio::test]
async fn a_forgotten_password_is_asked_for_and_answered_alike() {
    let app = TestApp::start().await;
    let (admin, nobody) = (app.sign_in(Role::Admin).await, app.nobody());
    for email in ["Employee@acme.example ", "ghost@acme.example", "hana.kobayashi@acme.example"] {
        let answer = nobody.post("/api/forgotten", &json!({"email": email})).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{email}");
    }
    let asked = admin.get("/api/forgotten").await.json();
    let emails: Vec<&str> =
        asked.as_array().unwrap().iter().map(|one| one["email"].as_str().unwrap()).collect();
    assert_eq!(emails, ["employee@acme.example"], "nobody who can't sign in anyway");
    assert_eq!(asked[0]["may"], true);
    let path = format!("/api/accounts/{}/password-link", asked[0]["person"]["id"].as_str().unwrap());
    let old = admin.post(&path, &json!({})).await;
    assert_eq!(old.status, 201, "{}", old.text);
    let new = admin.post(&path, &json!({})).await.word("link");
    assert_eq!(admin.get("/api/forgotten").await.json(), json!([]), "it is settled");
    let claim =
        |link: &str| json!({"token": link.split('#').nth(1).unwrap(), "password": "four calm rivers"});
    nobody.post("/api/claims", &claim(&old.word("link"))).await.is_problem(410, "link-spent");
    assert_eq!(nobody.post("/api/claims", &claim(&new)).await.status, 201);
    let log = admin.get("/api/audit?what=account.password").await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn nobody_gets_to_rights_by_a_link_for_another() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("second.admin@acme.example").await;
    let path = format!("/api/accounts/{id}/password-link");
    for (role, status) in
        [(Role::Auditor, 403), (Role::Employee, 403), (Role::Agent, 403), (Role::Nobody, 401)]
    {
        let caller = app.sign_in(role).await;
        assert_eq!(caller.post(&path, &json!({})).await.status, status, "{role:?}");
        assert_eq!(caller.get("/api/forgotten").await.status, status, "{role:?}");
    }
    app.token("api").await.post(&path, &json!({})).await.is_problem(403, "forbidden");
    let own = app.id_of("admin@acme.example").await;
    admin
        .post(&format!("/api/accounts/{own}/password-link"), &json!({}))
        .await
        .is_problem(409, "not-possible");
    let hana = app.id_of("hana.kobayashi@acme.example").await;
    admin
        .post(&format!("/api/accounts/{hana}/password-link"), &json!({}))
        .await
        .is_problem(409, "not-possible");
    let mut write = app.running.app().store().write().await.unwrap();
    sqlx::query("DELETE FROM rights WHERE person = ? AND word = 'erase'")
        .bind(&own)
        .execute(&mut *write)
        .await
        .unwrap();
    write.commit().await.unwrap();
    admin.post(&path, &json!({})).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn asking_for_passwords_has_an_end() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    let mut statuses = Vec::new();
    for _ in 0..12 {
        statuses.push(nobody.post("/api/forgotten", &json!({"email": "employee@acme.example"})).await.status);
    }
    assert_eq!((statuses[0], statuses[11]), (204, 429));
}

#[tokio::test]
async fn many_are_invited_and_their_links_are_told_once() {
    let app = TestApp::start().await;
    let (admin, scim) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let mut ids = Vec::new();
    for name in ["one", "two", "three"] {
        let body = json!({"userName": format!("{name}@acme.example"), "emails": [{"value": format!("{name}@acme.example")}]});
        ids.push(scim.post("/scim/v2/Users", &body).await.word("id"));
    }
    let plan = admin.plan(&json!({"action": "invite", "targets": ids})).await;
    let run = admin.run(&plan, json!({})).await;
    assert_eq!(run.status, 201, "{}", run.text);
    let path = format!("/api/runs/{}/links", run.json()["id"]);
    let old = admin.post(&path, &json!({})).await;
    assert_eq!(old.status, 201, "{}", old.text);
    let links = |text: &serde_json::Value| -> Vec<String> {
        text["items"].as_array().unwrap().iter().map(|one| one["link"].as_str().unwrap().to_owned()).collect()
    };
    let old = links(&old.json());
    assert_eq!(old.len(), 3);
    let new = admin.post(&path, &json!({})).await.json();
    assert_eq!(new["items"][0]["email"], "one@acme.example");
    let claim =
        |link: &str| json!({"token": link.split('#').nth(1).unwrap(), "password": "four calm rivers"});
    let nobody = app.nobody();
    nobody.post("/api/claims", &claim(&old[0])).await.is_problem(410, "link-spent");
    assert_eq!(nobody.post("/api/claims", &claim(&links(&new)[0])).await.status, 201);
    assert_eq!(links(&admin.post(&path, &json!({})).await.json()).len(), 2, "who claimed it needs none");
    let plan = admin.plan(&json!({"action": "remind", "targets": ids})).await;
    assert_eq!((&plan["counts"]["will"], &plan["rows"][0]["reason"]), (&json!(2), &json!("claimed")));
    for (role, status) in
        [(Role::Auditor, 403), (Role::Employee, 403), (Role::Agent, 403), (Role::Nobody, 401)]
    {
        let answer = app.sign_in(role).await.post(&path, &json!({})).await;
        assert_eq!(answer.status, status, "{role:?}: {}", answer.text);
    }
    let id = app.id_of("joao.silva@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id]})).await;
    let run = admin.run(&plan, json!({})).await.json();
    let path = format!("/api/runs/{}/links", run["id"]);
    admin.post(&path, &json!({})).await.is_problem(409, "not-possible");
}

#[tokio::test]
async fn the_number_of_approvals_is_that_of_whoever_asks() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let plan = admin.plan(&json!({"action": "delete", "targets": [id], "reason": "x"})).await;
    assert_eq!(admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await.status, 202);
    let auditor = app.sign_in(Role::Auditor).await;
    for (caller, count) in [(&admin, 0), (&second, 1), (&auditor, 0)] {
        let answer = caller.get("/api/approvals/counts").await;
        assert_eq!(
            (answer.status, &answer.json()),
            (200, &json!({"waitingForYou": count})),
            "{}",
            answer.text
        );
    }
    for (role, status) in [(Role::Employee, 403), (Role::Agent, 403), (Role::Nobody, 401)] {
        let answer = app.sign_in(role).await.get("/api/approvals/counts").await;
        assert_eq!(answer.status, status, "{role:?}: {}", answer.text);
    }
}
