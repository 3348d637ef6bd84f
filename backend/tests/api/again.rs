//! *Set again*: what an account had when it was deactivated is put back as far as it was noted.

use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Caller, NOW, Role, TestApp};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn later(hours: i64) -> Timestamp {
    NOW.parse::<Timestamp>().unwrap().plus(Span::hours(hours))
}

async fn account(caller: &Caller, id: &str) -> Value {
    caller.get(&format!("/api/accounts/{id}")).await.json()
}

async fn act(caller: &Caller, action: &str, id: &str) {
    let plan = caller.plan(&json!({"action": action, "targets": [id]})).await;
    let done = caller.run(&plan, json!({})).await;
    assert_eq!(done.status, 201, "{}", done.text);
}

async fn set(caller: &Caller, id: &str, version: &str, keys: &[Value]) -> crate::app::Answer {
    let body = json!({"keys": keys}).to_string();
    caller
        .send(Method::POST, &format!("/api/accounts/{id}/again"), Some(body), &[("if-match", version)])
        .await
}

fn keys(account: &Value) -> Vec<Value> {
    let again = account["comeback"]["again"].as_array().cloned().unwrap_or_default();
    again.into_iter().map(|piece| piece["key"].clone()).collect()
}

/// Somebody who came back after five days, without memberships and without a manager.
async fn came_back() -> (TestApp, String, Vec<Value>) {
    let app = TestApp::start().await;
    let (admin, token) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let id = app.id_of("joao.silva@acme.example").await;
    let groups = account(&admin, &id).await["groups"].as_array().unwrap().clone();
    assert!(groups.len() > 1, "{groups:?}");
    act(&admin, "deactivate", &id).await;
    let app = app.restart_at(later(97)).await;
    app.until(&format!("SELECT count(*) = 0 FROM memberships WHERE person = '{id}'")).await;
    // A provider that resets the manager.
    let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "remove", "path": format!("{ENTERPRISE}:manager")}]});
    let base = app.base();
    let token = Caller { base, ..token };
    let answer = token.patch(&format!("/scim/v2/Users/{id}"), "*", &patch).await;
    assert!(answer.status == 200 || answer.status == 204, "{}", answer.text);
    let admin = app.sign_in(Role::Admin).await;
    let shut = account(&admin, &id).await;
    assert_eq!(shut["comeback"]["again"].as_array().unwrap().len(), groups.len() + 1, "{shut}");
    assert_eq!(shut["comeback"]["gone"][0]["what"], "sessions");
    set(&admin, &id, "*", &keys(&shut)).await.is_problem(409, "not-possible");
    act(&admin, "reactivate", &id).await;
    (app, id, groups)
}

#[tokio::test]
async fn what_was_taken_is_set_again_one_by_one_or_all() {
    let (app, id, groups) = came_back().await;
    let admin = app.sign_in(Role::Admin).await;
    let back = account(&admin, &id).await;
    assert_eq!(back["comeback"]["back"], json!([]));
    let all = keys(&back);
    assert_eq!(all.len(), groups.len() + 1);
    let version = back["version"].as_str().unwrap();
    let one = set(&admin, &id, version, &all[..1]).await;
    assert_eq!(one.status, 200, "{}", one.text);
    assert_eq!(one.json()["set"], json!([groups[0]["name"]]));
    assert_eq!(account(&admin, &id).await["groups"], json!([groups[0]]), "with what they owned");
    set(&admin, &id, version, &all).await.is_problem(412, "changed");
    let version = account(&admin, &id).await["version"].clone();
    let rest = set(&admin, &id, version.as_str().unwrap(), &all).await.json();
    assert_eq!(
        (rest["set"].as_array().unwrap().len(), &rest["not"]),
        (groups.len(), &json!([groups[0]["name"]]))
    );
    let whole = account(&admin, &id).await;
    assert_eq!((&whole["groups"], &whole["manager"]["name"]), (&json!(groups), &json!("Awa Mbaye")));
    assert!(whole["comeback"].is_null(), "nothing is left: {whole}");
    let log = admin.get(&format!("/api/audit?person={id}&what=account.again")).await.json();
    assert_eq!(log["items"][0]["after"], format!("memberships {}, manager 1", groups.len() - 1));
}

#[tokio::test]
async fn what_is_gone_by_then_is_told_and_the_rest_can_be_left() {
    let (app, id, groups) = came_back().await;
    let admin = app.sign_in(Role::Admin).await;
    let all = keys(&account(&admin, &id).await);
    let group = all[0].as_str().unwrap().strip_prefix("group:").unwrap().to_owned();
    let token = app.token("scim").await;
    assert_eq!(token.delete(&format!("/scim/v2/Groups/{group}")).await.status, 204);
    let told = set(&admin, &id, "*", &all[..1]).await.json();
    assert_eq!((&told["set"], &told["not"]), (&json!([]), &json!([groups[0]["name"]])));
    let now = account(&admin, &id).await;
    let gone = now["comeback"]["gone"].as_array().unwrap().last().unwrap();
    assert_eq!(gone["names"], json!([groups[0]["name"]]));
    let path = format!("/api/accounts/{id}/again");
    let leave = async |caller: &Caller| caller.send(Method::DELETE, &path, None, &[("if-match", "*")]).await;
    for (role, status) in
        [(Role::Auditor, 403), (Role::Employee, 403), (Role::Agent, 403), (Role::Nobody, 401)]
    {
        let caller = app.sign_in(role).await;
        assert_eq!(leave(&caller).await.status, status, "{role:?}");
        assert_eq!(set(&caller, &id, "*", &all).await.status, status, "{role:?}");
    }
    let body = json!({"keys": all}).to_string();
    admin.send(Method::POST, &path, Some(body), &[]).await.is_problem(428, "version-missing");
    set(&admin, &id, "*", &[]).await.points_at(&["/keys"]);
    assert_eq!(leave(&admin).await.status, 204);
    assert!(account(&admin, &id).await["comeback"].is_null());
}
