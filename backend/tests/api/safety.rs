//! What isn't known is said to be unknown, and what goes wrong stops by itself and says so.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accounts::later;
use crate::app::{Caller, Role, TestApp};

impl TestApp {
    /// Sets the newest time at which something happened by itself; without one what waits goes on.
    async fn set_clock_mark(&self, at: Option<frontdesk_contract::Timestamp>) {
        let mut write = self.running.app().store().write().await.unwrap();
        sqlx::query("DELETE FROM marks WHERE name = 'clock'").execute(&mut *write).await.unwrap();
        if let Some(at) = at {
            sqlx::query("INSERT INTO marks (name, value) VALUES ('clock', ?)")
                .bind(at.to_string())
                .execute(&mut *write)
                .await
                .unwrap();
        }
        self.running.app().commit(write).await.unwrap();
    }
}

impl Caller {
    /// People of whom nothing is known but their names.
    async fn make_people(&self, people: usize) -> Vec<String> {
        let mut ids = Vec::with_capacity(people);
        for number in 0..people {
            let answer = self
                .post("/scim/v2/Users", &json!({"userName": format!("person{number}@acme.example")}))
                .await;
            assert_eq!(answer.status, 201, "{}", answer.text);
            ids.push(answer.word("id"));
        }
        ids
    }
}

fn ownerless(plan: &Value) -> Vec<(&Value, &Value, &Value)> {
    let lines = plan["consequences"].as_array().unwrap().iter().filter(|line| line["effect"] == "ownerless");
    lines.map(|line| (&line["source"], &line["count"], &line["names"])).collect()
}

#[tokio::test]
async fn who_owns_a_group_of_a_machine_is_not_known_here() {
    let app = TestApp::start().await;
    let (admin, scim) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let ids = scim.make_people(2).await;
    let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
    let group = json!({"displayName": "Glass blowers", "members": members});
    assert_eq!(scim.post("/scim/v2/Groups", &group).await.status, 201);
    let account = admin.account(&ids[0]).await;
    assert_eq!(account["groups"], json!([{"name": "Glass blowers", "ownership": "unknown"}]));
    // Of one, and of several who are in it together.
    for targets in [&ids[..1], &ids[..]] {
        let plan = admin.plan(&json!({"action": "deactivate", "targets": targets})).await;
        assert_eq!(ownerless(&plan), [(&json!("unknown"), &json!(1), &json!(["Glass blowers"]))], "{plan}");
    }
    // The example's groups have owners, so of these it is known.
    let sql = "SELECT m.person FROM memberships m WHERE m.owner = 1 AND (SELECT count(*) FROM memberships o \
               WHERE o.in_group = m.in_group AND o.owner = 1) = 1 LIMIT 1";
    let row = sqlx::query(sql).fetch_one(app.running.app().store().read()).await.unwrap();
    let owner: String = sqlx::Row::get(&row, 0);
    let groups = admin.account(&owner).await["groups"].clone();
    assert!(groups.as_array().unwrap().iter().any(|group| group["ownership"] == "only"), "{groups}");
    assert!(groups.as_array().unwrap().iter().all(|group| group["ownership"] != "unknown"), "{groups}");
}

#[tokio::test]
async fn a_run_stops_by_itself_by_the_share_and_counts_anew() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let ids = app.token("scim").await.make_people(80).await;
    // While the clock stands behind, what goes on by itself waits.
    app.set_clock_mark(Some(later(1))).await;
    let plan = admin.plan(&json!({"action": "invite", "targets": ids})).await;
    let run = admin.run(&plan, json!({"typed": "80"})).await;
    assert_eq!(run.status, 202, "{}", run.text);
    // Somebody does the same to the first fifteen meanwhile.
    let few = second.plan(&json!({"action": "invite", "targets": &ids[..15]})).await;
    assert_eq!(second.run(&few, json!({})).await.status, 201);
    app.set_clock_mark(None).await;
    app.until("SELECT count(*) FROM runs WHERE state = 'paused'").await;
    let path = format!("/api/runs/{}", run.json()["id"]);
    let paused = admin.get(&path).await.json();
    assert_eq!(
        (&paused["counts"]["done"], &paused["counts"]["skipped"], &paused["stopShare"]),
        (&json!(35), &json!(15), &json!(20)),
        "fewer than the number, more than the share: {paused}"
    );
    let on = admin.patch(&path, paused["version"].as_str().unwrap(), &json!({"state": "running"})).await;
    assert_eq!((on.status, &on.json()["countedFrom"]["skipped"]), (200, &json!(15)), "{}", on.text);
    app.until("SELECT count(*) FROM runs WHERE state = 'done' AND people = 80").await;
    let done = admin.get(&path).await.json();
    assert_eq!((&done["counts"]["done"], &done["counts"]["skipped"]), (&json!(65), &json!(15)), "{done}");
    for role in [Role::Employee, Role::Agent, Role::Auditor] {
        let body = json!({"state": "running"}).to_string();
        let answer =
            app.sign_in(role).await.send(Method::PATCH, &path, Some(body), &[("if-match", "*")]).await;
        answer.is_problem(403, "forbidden");
    }
}
