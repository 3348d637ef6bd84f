//! SCIM over HTTP: what machines write and everybody with a right reads.

use frontdesk_backend::store::tokens::{self, Scope};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Answer, Caller, Role, TestApp};

const LIFE: &str = "urn:ietf:params:scim:schemas:extension:frontdesk:lifecycle:1.0:User";
const STATUS: &str = "urn:ietf:params:scim:schemas:extension:facebook:accountstatusdetails:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

impl TestApp {
    /// A machine with a token.
    pub(crate) async fn token(&self, scope: &str) -> Caller {
        let store = self.running.app().store();
        let mut write = store.write().await.unwrap();
        let scope: Scope = scope.parse().unwrap();
        let token = tokens::make(&mut write, "HR sync", scope, self.now()).await.unwrap();
        write.commit().await.unwrap();
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("authorization", format!("Bearer {token}").parse().unwrap());
        let client = reqwest::Client::builder().default_headers(headers).build().unwrap();
        Caller { client, ..self.nobody() }
    }
}

impl Caller {
    async fn made(&self, body: &Value) -> Value {
        let answer = self.post("/scim/v2/Users", body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.json()
    }

    async fn ops(&self, id: &str, operations: Value) -> Answer {
        let body =
            json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        self.send(Method::PATCH, &format!("/scim/v2/Users/{id}"), Some(body.to_string()), &[]).await
    }

    /// The names of those for whom a filter holds, in their order.
    async fn names(&self, filter: &str, more: &str) -> Vec<String> {
        let answer = self.get(&format!("/scim/v2/Users?filter={}{more}", encode(filter))).await;
        assert_eq!(answer.status, 200, "{filter}: {}", answer.text);
        let list = answer.json();
        let found = list["Resources"].as_array().unwrap();
        found.iter().map(|user| user["displayName"].as_str().unwrap_or("-").to_owned()).collect()
    }
}

impl Answer {
    #[track_caller]
    fn is_scim_error(&self, status: u16, kind: Option<&str>) {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/scim+json");
        let error = self.json();
        assert_eq!(error["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error");
        assert_eq!(error["status"], status.to_string());
        assert_eq!(error["scimType"].as_str(), kind, "{}", self.text);
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(
            |byte| {
                if byte.is_ascii_alphanumeric() {
                    char::from(byte).to_string()
                } else {
                    format!("%{byte:02X}")
                }
            },
        )
        .collect()
}

#[tokio::test]
async fn each_role_reads_as_its_rights_say_and_only_machines_write() {
    let app = TestApp::start().await;
    let roles = [
        (Role::Nobody, 401),
        (Role::Employee, 403),
        (Role::Auditor, 200),
        (Role::Admin, 200),
        (Role::Agent, 403),
    ];
    for (role, status) in roles {
        let caller = app.sign_in(role).await;
        let list = caller.get("/scim/v2/Users").await;
        assert_eq!(list.status, status, "{role:?}: {}", list.text);
        if status != 200 {
            list.is_scim_error(status, None);
        }
        let made = caller.post("/scim/v2/Users", &json!({"userName": "x"})).await;
        made.is_scim_error(if role == Role::Nobody { 401 } else { 403 }, None);
    }
    let support = app.sign_in_as("joao.silva@acme.example").await;
    assert_eq!(support.get("/scim/v2/Users").await.status, 403, "support alone sees no accounts");
    assert_eq!(app.token("report").await.get("/scim/v2/Users").await.status, 403);
    let guessed =
        app.nobody().send(Method::GET, "/scim/v2/Users", None, &[("authorization", "Bearer guessed")]).await;
    guessed.is_scim_error(401, None);
    assert_eq!(guessed.header("www-authenticate"), "Bearer");
    assert_eq!(app.token("scim").await.get("/api/accounts/counts").await.status, 403);
    assert_eq!(app.token("api").await.get("/api/accounts/counts").await.status, 200);
}

#[tokio::test]
async fn each_role_at_the_endpoints_of_accounts() {
    let app = TestApp::start().await;
    let id = app.id_of("joao.silva@acme.example").await;
    let plan = json!({"action": "deactivate", "targets": [id]}).to_string();
    let calls = [
        (Method::GET, "/api/accounts/counts".to_owned(), None, [401, 403, 200, 200, 403]),
        (Method::GET, format!("/api/accounts/{id}"), None, [401, 403, 200, 200, 403]),
        (Method::GET, "/api/runs".to_owned(), None, [401, 403, 200, 200, 403]),
        (Method::GET, "/api/approvals".to_owned(), None, [401, 403, 200, 200, 403]),
        (Method::GET, "/api/audit".to_owned(), None, [401, 403, 200, 200, 403]),
        (Method::GET, "/api/audit/export".to_owned(), None, [401, 403, 200, 200, 403]),
        (Method::POST, "/api/plans".to_owned(), Some(plan), [401, 403, 403, 201, 403]),
        (
            Method::PATCH,
            "/api/runs/1".to_owned(),
            Some(json!({"state": "stopped"}).to_string()),
            [401, 403, 404, 404, 403],
        ),
    ];
    for (method, path, body, expected) in calls {
        let roles = [Role::Nobody, Role::Employee, Role::Auditor, Role::Admin, Role::Agent];
        for (role, status) in roles.into_iter().zip(expected) {
            let caller = app.sign_in(role).await;
            let answer = caller.send(method.clone(), &path, body.clone(), &[("if-match", "*")]).await;
            assert_eq!(answer.status, status, "{role:?} {method} {path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_person_is_made_read_changed_and_replaced() {
    let app = TestApp::start().await;
    let token = app.token("scim").await;
    let made = token
        .made(&json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Zoe", "displayName": "Zoé Petit",
            "name": {"givenName": "Zoé", "familyName": "Petit"}, "emails": [{"value": "zoe@acme.example", "primary": true}],
            "externalId": "hr-7", ENTERPRISE: {"department": "Design", "manager": {"value": app.id_of("admin@acme.example").await}},
            LIFE: {"stage": "active"}, STATUS: {"claimed": true},
        }))
        .await;
    let id = made["id"].as_str().unwrap();
    let life = token.get(&format!("/scim/v2/Users/{id}?attributes={LIFE},{STATUS}")).await.json();
    assert_eq!(
        (&life[LIFE]["stage"], &life[STATUS]["claimed"]),
        (&json!("provisioned"), &json!(false)),
        "read-only"
    );
    assert_eq!(life[LIFE]["managedBy"], "HR sync");
    assert!(made[ENTERPRISE]["manager"]["$ref"].as_str().unwrap().starts_with(&app.base()));
    let manager = token.get(&format!("/scim/v2/Users/{id}?attributes={ENTERPRISE}:manager")).await.json();
    assert_eq!(manager[ENTERPRISE]["manager"]["displayName"], "Awa Mbaye");
    let path = format!("/scim/v2/Users/{id}");
    let read = token.get(&path).await;
    assert_eq!((read.json(), read.header("etag")), (made.clone(), "W/\"v1\""));
    let known = token.send(Method::GET, &path, None, &[("if-none-match", "W/\"v1\"")]).await;
    assert_eq!(known.status, 304);
    let changed = token.ops(id, json!([{"op": "replace", "path": "title", "value": "Designer"}])).await;
    assert_eq!((changed.status, changed.word("title").as_str()), (200, "Designer"));
    let body = json!({"userName": "Zoe", "displayName": "Zoé Petit", "nickName": "Z"}).to_string();
    let late = token.send(Method::PUT, &path, Some(body.clone()), &[("if-match", "W/\"v1\"")]).await;
    late.is_scim_error(412, None);
    let replaced = token.send(Method::PUT, &path, Some(body), &[("if-match", "\"v2\"")]).await;
    assert_eq!((replaced.status, &replaced.json()["title"]), (200, &Value::Null), "{}", replaced.text);
    token.post("/scim/v2/Users", &json!({"userName": "ZOE"})).await.is_scim_error(409, Some("uniqueness"));
    token.post("/scim/v2/Users", &json!({"title": "x"})).await.is_scim_error(400, Some("invalidValue"));
    token.get("/scim/v2/Users/..%2F..%2Fetc").await.is_scim_error(404, None);
    token.get("/scim/v2/Nothing").await.is_scim_error(404, None);
    token.delete("/scim/v2/Users").await.is_scim_error(405, None);
    let only = token.get(&format!("{path}?attributes=userName,emails.value")).await.json();
    assert_eq!(only.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "schemas", "userName"]);
}

/// A client that builds its model of a person from `/ResourceTypes` and `/Schemas` refuses anything else.
#[tokio::test]
async fn an_answer_has_what_its_resource_type_names_and_more_to_whoever_names_it() {
    let app = TestApp::start().await;
    let token = app.token("scim").await;
    let named = token.get("/scim/v2/ResourceTypes/User").await.json();
    let mut urns = vec![named["schema"].clone()];
    urns.extend(named["schemaExtensions"].as_array().unwrap().iter().map(|one| one["schema"].clone()));
    let people = ["/scim/v2/Users", "/scim/v2/Users?excludedAttributes=emails"];
    for path in people {
        for person in token.get(path).await.json()["Resources"].as_array().unwrap() {
            let extensions = person.as_object().unwrap().keys().filter(|name| name.starts_with("urn:"));
            assert!(extensions.map(|name| json!(name)).all(|name| urns.contains(&name)), "{person}");
            assert!(person["schemas"].as_array().unwrap().iter().all(|urn| urns.contains(urn)), "{person}");
        }
    }
    let asked = format!("/scim/v2/Users?attributes=userName,{LIFE},{STATUS}:claimed");
    for person in token.get(&asked).await.json()["Resources"].as_array().unwrap() {
        assert_eq!(person["schemas"], json!([urns[0], LIFE, STATUS]));
        assert!(person[LIFE]["stage"].is_string() && person[STATUS]["claimed"].is_boolean(), "{person}");
    }
}

#[tokio::test]
async fn the_rules_hold_for_machines_too() {
    let app = TestApp::start().await;
    let (token, admin) = (app.token("scim").await, app.sign_in(Role::Admin).await);
    let joao = app.id_of("joao.silva@acme.example").await;
    token.delete(&format!("/scim/v2/Users/{joao}")).await.is_scim_error(412, None);
    let session = app.sign_in_as("joao.silva@acme.example").await;
    let off = token.ops(&joao, json!([{"op": "Replace", "value": {"active": "False"}}])).await;
    assert_eq!(off.status, 200, "{}", off.text);
    let life = token.get(&format!("/scim/v2/Users/{joao}?attributes={LIFE}:stage")).await;
    assert_eq!(life.json()[LIFE], json!({"stage": "deactivated"}), "{}", life.text);
    session.get("/api/session").await.is_problem(401, "signed-out");
    let log = admin.get(&format!("/api/audit?person={joao}")).await.json();
    assert_eq!(
        (&log["items"][0]["what"], &log["items"][0]["by"]["name"]),
        (&json!("account.deactivate"), &json!("HR sync"))
    );
    let on = token.ops(&joao, json!([{"op": "replace", "path": "active", "value": true}])).await;
    assert_eq!(on.json()["active"], true);
    // The last who may manage accounts.
    let second = app.id_of("second.admin@acme.example").await;
    assert_eq!(
        token.ops(&second, json!([{"op": "replace", "path": "active", "value": false}])).await.status,
        200
    );
    let first = app.id_of("admin@acme.example").await;
    token
        .ops(&first, json!([{"op": "replace", "path": "active", "value": false}]))
        .await
        .is_scim_error(403, None);
    // An account that nobody claimed.
    let made = token.made(&json!({"userName": "never"})).await;
    let path = format!("/scim/v2/Users/{}", made["id"].as_str().unwrap());
    assert_eq!(token.delete(&path).await.status, 204);
    token.get(&path).await.is_scim_error(404, None);
    token.delete(&path).await.is_scim_error(404, None);
    token.made(&json!({"userName": "never"})).await;
    // An agent of support is no account.
    let agent = app.id_of("agent@acme.example").await;
    token.get(&format!("/scim/v2/Users/{agent}")).await.is_scim_error(404, None);
}

#[tokio::test]
async fn a_former_member_never_becomes_active() {
    let app = TestApp::start().await;
    let token = app.token("scim").await;
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let mut write = app.running.app().store().write().await.unwrap();
    sqlx::query("UPDATE people SET fields_removed_at = ? WHERE id = ?")
        .bind(1_i64)
        .bind(&id)
        .execute(&mut *write)
        .await
        .unwrap();
    write.commit().await.unwrap();
    let on = token.ops(&id, json!([{"op": "replace", "path": "active", "value": true}])).await;
    on.is_scim_error(400, Some("mutability"));
    let named = token.ops(&id, json!([{"op": "replace", "path": "title", "value": "x"}])).await;
    named.is_scim_error(400, Some("mutability"));
}

#[tokio::test]
async fn people_are_filtered_and_sorted() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let by_name = "&sortBy=displayName";
    assert_eq!(admin.names("userName eq \"ADMIN@acme.example\"", "").await, ["Awa Mbaye"]);
    assert_eq!(admin.names("displayName co \"chloe\"", "").await, ["Chloé Laurent"]);
    assert_eq!(
        admin
            .names("emails.value sw \"joao\" or emails[type eq \"work\" and value co \"girard\"]", by_name)
            .await,
        ["João Silva", "Paul Girard"]
    );
    assert_eq!(admin.names(&format!("{LIFE}:stage eq \"deactivated\""), "").await, ["Hana Kobayashi"]);
    assert_eq!(
        admin.names(&format!("{ENTERPRISE}:employeeNumber eq \"20418\""), "").await,
        ["Hana Kobayashi"]
    );
    assert_eq!(admin.names(&format!("{STATUS}:claimed eq false"), "").await.len(), 1);
    assert_eq!(admin.names("active eq false and not (title pr)", "").await, [""; 0]);
    assert_eq!(
        admin.names("name.familyName eq \"mbaye\" and addresses.locality pr", "").await,
        ["Awa Mbaye"]
    );
    assert_eq!(
        admin.names("groups.display eq \"Design guild\" and displayName sw \"hana\"", "").await,
        ["Hana Kobayashi"]
    );
    assert_eq!(admin.names("meta.created lt \"2000-01-01T00:00:00Z\"", "").await, [""; 0]);
    let sorted = admin.names("id pr", "&sortBy=displayName&sortOrder=descending").await;
    let mut again = sorted.clone();
    again.sort_by_key(|name| std::cmp::Reverse(name.to_lowercase().replace('é', "e").replace('ã', "a")));
    assert_eq!(sorted, again);
    for filter in [
        "displayName",
        "shoeSize eq 1",
        "title gt 5",
        "\"",
        "userName eq \"a\" or",
        "emails[emails[value pr]]",
    ] {
        let answer = admin.get(&format!("/scim/v2/Users?filter={}", encode(filter))).await;
        answer.is_scim_error(400, Some("invalidFilter"));
    }
    let hostile = "displayName eq \"x\\\" or 1=1 --'; DROP TABLE people\"";
    assert_eq!(admin.names(hostile, "").await, [""; 0]);
    admin.get("/scim/v2/Users?sortBy=nickName").await.is_scim_error(400, Some("invalidPath"));
}

#[tokio::test]
async fn pages_by_index_and_by_cursor_hold_everybody_once() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let all = admin.get("/scim/v2/Users?sortBy=userName&count=100").await.json();
    let total = all["totalResults"].as_u64().unwrap();
    let ids = |list: &Value| -> Vec<String> {
        list["Resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|user| user["id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(u64::try_from(ids(&all).len()).unwrap(), total);
    for sort in ["userName", "displayName", "meta.created", "id", &format!("{ENTERPRISE}:department")] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = admin
                .get(&format!("/scim/v2/Users?sortBy={}&count=4&cursor={cursor}", encode(sort)))
                .await
                .json();
            found.extend(ids(&page));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let mut unique = found.clone();
        unique.sort();
        unique.dedup();
        assert_eq!((unique.len(), found.len()), (ids(&all).len(), ids(&all).len()), "{sort}");
    }
    let second = admin.get("/scim/v2/Users?sortBy=userName&startIndex=3&count=2").await.json();
    assert_eq!(ids(&second), ids(&all)[2..4]);
    assert_eq!((&second["startIndex"], &second["itemsPerPage"]), (&json!(3), &json!(2)));
    let none = admin.get("/scim/v2/Users?count=0").await.json();
    assert_eq!((&none["totalResults"], none["Resources"].as_array().unwrap().len()), (&json!(total), 0));
    admin.get("/scim/v2/Users?cursor=nonsense").await.is_scim_error(400, Some("invalidCursor"));
    admin.get("/scim/v2/Users?cursor=&count=5000").await.is_scim_error(400, Some("invalidCount"));
}

#[tokio::test]
async fn groups_are_paged_by_cursor_too() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let all = admin.get("/scim/v2/Groups?count=100&excludedAttributes=members").await.json();
    let names = |list: &Value| -> Vec<String> {
        let groups = list["Resources"].as_array().unwrap().iter();
        groups.map(|group| group["displayName"].as_str().unwrap().to_owned()).collect()
    };
    assert!(names(&all).len() > 3, "{all}");
    for (order, reversed) in [("ascending", false), ("descending", true)] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let page =
                admin.get(&format!("/scim/v2/Groups?sortOrder={order}&count=2&cursor={cursor}")).await.json();
            assert!(page.get("startIndex").is_none() && names(&page).len() <= 2);
            found.extend(names(&page));
            match page["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        if reversed {
            found.reverse();
        }
        assert_eq!(found, names(&all), "{order}");
    }
    let other = admin.get("/scim/v2/Groups?count=2&cursor=").await.json();
    let cursor = other["nextCursor"].as_str().unwrap();
    let asked = format!("/scim/v2/Groups?count=2&sortOrder=descending&cursor={cursor}");
    admin.get(&asked).await.is_scim_error(400, Some("invalidCursor"));
    admin.get("/scim/v2/Groups?cursor=nonsense").await.is_scim_error(400, Some("invalidCursor"));
}

#[tokio::test]
async fn searches_come_in_a_body_too() {
    let app = TestApp::start().await;
    let token = app.token("scim").await;
    let search = |filter: &str| json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": filter, "count": 5, "attributes": ["displayName"]});
    let found = token.post("/scim/v2/Users/.search", &search("userName sw \"admin\"")).await.json();
    assert_eq!(found["Resources"][0]["displayName"], "Awa Mbaye");
    let found =
        token.post("/scim/v2/Groups/.search", &search("displayName eq \"design guild\"")).await.json();
    assert_eq!(found["totalResults"], 1);
    let found = token.post("/scim/v2/.search", &search("displayName sw \"design\"")).await.json();
    assert!(found["totalResults"].as_u64().unwrap() >= 2, "{found}");
}

#[tokio::test]
async fn groups_have_members() {
    let app = TestApp::start().await;
    let token = app.token("scim").await;
    let (one, two) =
        (token.made(&json!({"userName": "one"})).await, token.made(&json!({"userName": "two"})).await);
    let members = json!([{"value": one["id"]}, {"value": two["id"]}]);
    let made = token.post("/scim/v2/Groups", &json!({"displayName": "Choir", "members": members})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.word("id");
    assert_eq!(made.json()["members"].as_array().unwrap().len(), 2);
    let path = format!("/scim/v2/Groups/{id}");
    let patch = |operations: Value| {
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations})
            .to_string()
    };
    let filter = format!("members[value eq {}]", one["id"]);
    let less =
        token.send(Method::PATCH, &path, Some(patch(json!([{"op": "remove", "path": filter}]))), &[]).await;
    assert_eq!(less.json()["members"].as_array().unwrap().len(), 1, "{}", less.text);
    let user = token.get(&format!("/scim/v2/Users/{}", two["id"].as_str().unwrap())).await.json();
    assert_eq!(user["groups"][0]["display"], "Choir");
    let nobody = token
        .send(
            Method::PATCH,
            &path,
            Some(patch(json!([{"op": "add", "path": "members", "value": [{"value": "nobody"}]}]))),
            &[],
        )
        .await;
    nobody.is_scim_error(400, Some("invalidValue"));
    assert_eq!(token.delete(&path).await.status, 204);
    token.get(&path).await.is_scim_error(404, None);
}

#[tokio::test]
async fn several_changes_come_in_one_call() {
    let app = TestApp::start().await;
    let token = app.token("scim").await;
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "failOnErrors": 2,
        "Operations": [
            {"method": "POST", "path": "/Users", "bulkId": "u", "data": {"userName": "bulky"}},
            {"method": "POST", "path": "/Groups", "bulkId": "g", "data": {"displayName": "Bulk", "members": [{"value": "bulkId:u"}]}},
            {"method": "PATCH", "path": "/Users/bulkId:u", "data": {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [{"op": "add", "path": "title", "value": "T"}]}},
            {"method": "DELETE", "path": "/Users/nobody"},
            {"method": "POST", "path": "/Users", "data": {"userName": "x"}},
            {"method": "POST", "path": "/Users", "bulkId": "never", "data": {"userName": "never"}},
        ],
    });
    let answer = token.post("/scim/v2/Bulk", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let list = answer.json();
    let statuses: Vec<&str> =
        list["Operations"].as_array().unwrap().iter().map(|one| one["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["201", "201", "200", "404", "400"], "{list}");
    let user = token
        .get(list["Operations"][0]["location"].as_str().unwrap().trim_start_matches(&app.base()))
        .await
        .json();
    assert_eq!((&user["title"], &user["groups"][0]["display"]), (&json!("T"), &json!("Bulk")));
}

#[tokio::test]
async fn what_it_can_do_is_described() {
    let app = TestApp::start().await;
    let caller = app.nobody();
    let config = caller.get("/scim/v2/ServiceProviderConfig").await.json();
    assert_eq!(
        (&config["patch"]["supported"], &config["pagination"]["cursor"]),
        (&json!(true), &json!(true))
    );
    let schemas = caller.get("/scim/v2/Schemas").await.json();
    assert_eq!(schemas["totalResults"], 5);
    let one = caller.get(&format!("/scim/v2/Schemas/{LIFE}")).await.json();
    assert_eq!(one["id"], LIFE);
    assert_eq!(
        caller.get("/scim/v2/ResourceTypes/User").await.json()["schemaExtensions"].as_array().unwrap().len(),
        1
    );
    caller.get("/scim/v2/ResourceTypes/Robot").await.is_scim_error(404, None);
}
