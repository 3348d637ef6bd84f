//! What isn't known is said to be unknown, and what goes wrong stops by itself and says so.

use reqwest::Method;
use serde_json::{Value, json};

use crate::accounts::{later, stands_in};
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
    // Somebody closes the first fifteen meanwhile, so that they can't be invited any more.
    let few = second.plan(&json!({"action": "deactivate", "targets": &ids[..15]})).await;
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

#[tokio::test]
async fn a_clock_behind_what_was_done_is_told_to_whoever_reads_accounts() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let counts = async || admin.get("/api/accounts/counts").await.json();
    app.set_clock_mark(Some(app.now().plus(frontdesk_contract::time::Span::minutes(1)))).await;
    assert!(counts().await.get("behind").is_none(), "a small step is none");
    let at = later(5);
    app.set_clock_mark(Some(at)).await;
    assert_eq!(counts().await["behind"], at.to_string());
    for (role, status) in
        [(Role::Employee, 403), (Role::Agent, 403), (Role::Auditor, 200), (Role::Nobody, 401)]
    {
        assert_eq!(app.sign_in(role).await.get("/api/accounts/counts").await.status, status, "{role:?}");
    }
    // Nothing happens by itself until the clock has caught up.
    let id = app.id_of("joao.silva@acme.example").await;
    let plan = admin.plan(&json!({"action": "deactivate", "targets": [id], "when": later(1)})).await;
    assert_eq!(admin.run(&plan, json!({})).await.status, 202);
    let app = app.restart_at(later(2)).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.get("/api/accounts/counts").await.json()["behind"], at.to_string());
    assert_eq!(admin.account(&id).await["stage"], "active");
    let app = app.restart_at(later(6)).await;
    app.until("SELECT count(*) FROM audit WHERE what = 'account.deactivate' AND actor_kind = 'clock'").await;
    let admin = app.sign_in(Role::Admin).await;
    assert!(admin.get("/api/accounts/counts").await.json().get("behind").is_none());
}

#[tokio::test]
async fn what_waits_for_a_second_person_lapses_when_its_person_changes() {
    let app = TestApp::start().await;
    let (admin, second) = (app.sign_in(Role::Admin).await, app.sign_in_as("second.admin@acme.example").await);
    let id = app.id_of("hana.kobayashi@acme.example").await;
    let plan = admin.plan(&json!({"action": "delete", "targets": [id], "reason": "x"})).await;
    let run = admin.run(&plan, json!({"typed": "Hana Kobayashi"})).await.json();
    let waiting = async || second.get("/api/approvals").await.json();
    assert_eq!(waiting().await[0]["run"]["state"], "approval");
    // Somebody else changes; nothing lapses.
    let other = app.id_of("joao.silva@acme.example").await;
    assert_eq!(admin.act("hold", &other).await.status, 201);
    assert_eq!(waiting().await[0]["run"]["state"], "approval");
    let machine = app.token("scim").await;
    let change = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": "Lead"}]});
    let path = format!("/scim/v2/Users/{id}");
    let changed = machine.send(Method::PATCH, &path, Some(change.to_string()), &[]).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let told = waiting().await;
    assert_eq!((&told[0]["run"]["id"], &told[0]["run"]["state"]), (&run["id"], &json!("lapsed")), "{told}");
    assert_eq!(second.get("/api/approvals/counts").await.json()["waitingForYou"], 0);
    assert!(second.account(&id).await["asked"].is_null(), "it waits for nobody any more");
    let yes = json!({"hash": plan["hash"], "approve": true});
    second.post(&format!("/api/runs/{}/approval", run["id"]), &yes).await.is_problem(412, "changed");
    let log = admin.get(&format!("/api/audit?person={id}&what=run.")).await.json();
    let whats: Vec<(&Value, &Value)> =
        log["items"].as_array().unwrap().iter().map(|line| (&line["what"], &line["to"]["name"])).collect();
    let hana = json!("Hana Kobayashi");
    assert_eq!(whats, [(&json!("run.lapsed"), &hana), (&json!("run.asked"), &hana)]);
}

#[tokio::test]
async fn the_log_tells_attributes_and_people_and_forgets_both() {
    let app = TestApp::start().await;
    let (admin, machine) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let boss = app.id_of("second.admin@acme.example").await;
    let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let made = machine
        .post(
            "/scim/v2/Users",
            &json!({"userName": "zebulon", "displayName": "Zebulon Quark", "title": "Quarkologist"}),
        )
        .await;
    let id = made.word("id");
    let change = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [
        {"op": "replace", "path": "title", "value": "Gluonist"},
        {"op": "add", "value": {"nickName": "Zeb", urn: {"manager": {"value": boss}}}},
    ]});
    let path = format!("/scim/v2/Users/{id}");
    let changed = machine.send(Method::PATCH, &path, Some(change.to_string()), &[]).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let log = admin.get(&format!("/api/audit?person={id}&what=scim.change")).await.json();
    assert_eq!(
        log["items"][0]["changes"],
        json!([
            {"path": "nickName", "after": "Zeb"},
            {"path": "title", "before": "Quarkologist", "after": "Gluonist"},
            {"path": format!("{urn}:manager"), "after": "Chloé Laurent"},
        ]),
        "{log}"
    );
    // A run about one person names them, one about several their number.
    let other = app.id_of("joao.silva@acme.example").await;
    let plan = admin.plan(&json!({"action": "hold", "targets": [id, other], "reason": "x"})).await;
    assert_eq!(admin.run(&plan, json!({})).await.status, 201);
    assert_eq!(admin.act("lift", &id).await.status, 201);
    assert_eq!(admin.act("deactivate", &id).await.status, 201);
    let log = admin.get("/api/audit?what=run.asked").await.json();
    let lines: Vec<(&Value, &Value)> =
        log["items"].as_array().unwrap().iter().map(|line| (&line["after"], &line["to"]["name"])).collect();
    let zebulon = json!("Zebulon Quark");
    assert_eq!(
        lines,
        [(&json!("deactivate 1"), &zebulon), (&json!("lift 1"), &zebulon), (&json!("hold 2"), &Value::Null),]
    );
    let app = app.restart_at(later(97)).await;
    app.until(&format!("SELECT memberships_removed_at IS NOT NULL FROM people WHERE id = '{id}'")).await;
    let admin = app.sign_in(Role::Admin).await;
    let plan =
        admin.plan(&json!({"action": "remove", "targets": [id], "reason": "Zebulon Quark asked"})).await;
    let done = admin.run(&plan, json!({"typed": "Zebulon Quark", "emergency": "Alone"})).await;
    assert_eq!(done.status, 201, "{}", done.text);
    let export = admin.get("/api/audit/export").await.text;
    for word in ["Zebulon", "Quark", "Gluonist", "Zeb\""] {
        assert!(!export.contains(word), "{word} is still told");
    }
    let checked = frontdesk_backend::store::audit::check(export.lines().map(str::to_owned)).unwrap();
    assert!(checked.erased >= 6, "{checked:?}");
    let log = admin.get(&format!("/api/audit?person={id}&what=scim.change")).await.json();
    assert_eq!((&log["items"][0]["erased"], &log["items"][0]["changes"]), (&json!(true), &Value::Null));
    app.running.app().store().fold_back().await;
    let folder = app.folder;
    app.running.stop().await;
    for text in ["Zebulon", "Quark", "Gluonist"] {
        assert_eq!(stands_in(folder.path(), text), None, "{text} is still there");
    }
}

#[tokio::test]
async fn files_and_reports_of_whoever_is_erased_are_in_no_file() {
    const PNG: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0 screen of Zebulon Quark";
    let app = TestApp::start().await;
    let (admin, machine) = (app.sign_in(Role::Admin).await, app.token("scim").await);
    let body = json!({"userName": "zebulon.quark", "displayName": "Zebulon Quark",
        "emails": [{"value": "zebulon.quark@acme.example", "primary": true}]});
    let id = machine.post("/scim/v2/Users", &body).await.word("id");
    let link = admin.act("invite", &id).await.json()["receipt"]["link"].as_str().unwrap().to_owned();
    let claim = json!({"token": link.split('#').nth(1).unwrap(), "password": "four calm rivers"});
    assert_eq!(app.nobody().post("/api/claims", &claim).await.status, 201);
    let person = app.sign_in_as("zebulon.quark@acme.example").await;
    let sent = person.uploads("Zebulon on screen.png", PNG).await;
    person.uploads("Zebulon never sent.png", PNG).await;
    let report = json!({
        "body": "The lift knows no Zebulon Quark", "browser": "ZebuFox 7", "screen": "1280 × 720", "contact": true,
        "page": "https://intranet.example/people/zebulon.quark", "uploads": [sent],
    });
    let made = person.post_keyed("/api/reports", "k1", &report).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let answer = json!({"body": "Zebulon Quark, take the stairs."});
    let path = format!("/api/reports/{}/messages", made.word("id"));
    assert_eq!(admin.post_keyed(&path, "a1", &answer).await.status, 201);
    assert!(stands_in(app.folder.path(), "screen of Zebulon").is_some(), "the picture is in a file");
    assert_eq!(admin.act("deactivate", &id).await.status, 201);
    let app = app.restart_at(later(97)).await;
    app.until(&format!("SELECT memberships_removed_at IS NOT NULL FROM people WHERE id = '{id}'")).await;
    let admin = app.sign_in(Role::Admin).await;
    let plan = admin.plan(&json!({"action": "remove", "targets": [id], "reason": "asked"})).await;
    let done = admin.run(&plan, json!({"typed": "Zebulon Quark", "emergency": "Alone"})).await;
    assert_eq!(done.status, 201, "{}", done.text);
    // Files go by the timer that takes away what is no more needed.
    let left = "SELECT count(*) FROM uploads WHERE person = ? AND erased_at IS NULL";
    loop {
        let row = sqlx::query(left).bind(&id).fetch_one(app.running.app().store().read()).await.unwrap();
        if sqlx::Row::get::<i64, _>(&row, 0) == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    app.running.app().store().fold_back().await;
    let folder = app.folder;
    app.running.stop().await;
    for text in ["Zebulon", "zebulon.quark", "Quark", "ZebuFox", "screen of"] {
        assert_eq!(stands_in(folder.path(), text), None, "{text} is still there");
    }
}

#[tokio::test]
async fn a_dry_run_is_taken_out_as_a_file_with_the_rows_of_the_list() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = app.id_of("joao.silva@acme.example").await;
    let body =
        json!({"action": "deactivate", "targets": [id, "=cmd|' /C calc'!A0", id], "places": [2, 7, 900]});
    let plan = admin.plan(&body).await;
    let numbers: Vec<&Value> = plan["rows"].as_array().unwrap().iter().map(|row| &row["number"]).collect();
    assert_eq!(numbers, [2, 7, 900]);
    let path = format!("/api/plans/{}/rows.csv", plan["id"]);
    let file = admin.get(&path).await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    let lines: Vec<&str> = file.text.trim_start_matches('\u{feff}').trim_end().split("\r\n").collect();
    assert_eq!(lines[0], "number,id,name,given,stage,verdict,reason,date");
    assert_eq!(lines[1], format!("2,\"{id}\",\"João Silva\",\"\",\"active\",\"will\",\"\","));
    assert_eq!(lines[2], "7,\"\",\"\",\"'=cmd|' /C calc'!A0\",\"\",\"unknown\",\"\",", "no formula");
    assert!(lines[3].starts_with("900,") && lines[3].contains("\"twice\""), "{}", lines[3]);
    for (role, status) in
        [(Role::Employee, 403), (Role::Agent, 403), (Role::Auditor, 200), (Role::Nobody, 401)]
    {
        assert_eq!(app.sign_in(role).await.get(&path).await.status, status, "{role:?}");
    }
    admin.get("/api/plans/999/rows.csv").await.is_problem(404, "not-found");
    let wrong = json!({"action": "deactivate", "targets": [id], "places": [3, 4]});
    admin.post("/api/plans", &wrong).await.points_at(&["/places"]);
}

#[tokio::test]
async fn open_sessions_are_told_one_by_one_with_their_network() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let body = json!({"email": "employee@acme.example", "password": "three quiet boats", "shared": true});
    assert_eq!(app.nobody().post("/api/session", &body).await.status, 201);
    app.sign_in(Role::Employee).await;
    let id = app.id_of("employee@acme.example").await;
    let account = admin.account(&id).await;
    let open = account["open"].as_array().unwrap();
    assert_eq!((open.len(), &account["sessions"]), (2, &json!(2)), "{account}");
    let shared = open.iter().find(|session| session["shared"] == true).unwrap();
    assert_eq!(shared["network"], "127.0.0.1");
    assert!(shared["beganAt"].is_string() && shared["usedAt"].is_string(), "{shared}");
    let other = open.iter().find(|session| session["shared"] == false).unwrap();
    assert!(other.get("network").is_none(), "what was not noted is not told: {other}");
}

#[tokio::test]
async fn groups_are_asked_and_sorted_by_more() {
    let app = TestApp::start().await;
    let machine = app.token("scim").await;
    let ids = machine.make_people(2).await;
    for (name, external, member) in
        [("Zz Blue", Some("b"), Some(&ids[0])), ("Zz Red", None, Some(&ids[1])), ("Zz Été", Some("a"), None)]
    {
        let mut body = json!({"displayName": name});
        if let Some(external) = external {
            body["externalId"] = json!(external);
        }
        if let Some(member) = member {
            body["members"] = json!([{"value": member}]);
        }
        assert_eq!(machine.post("/scim/v2/Groups", &body).await.status, 201);
    }
    let names = async |filter: &str, more: &str| {
        let filter = format!("displayName sw \"zz\" and ({filter})");
        let filter: String = filter.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let answer = machine.get(&format!("/scim/v2/Groups?filter={filter}{more}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let list = answer.json();
        let groups = list["Resources"].as_array().unwrap().clone();
        assert_eq!(list["totalResults"], groups.len(), "{list}");
        groups.iter().map(|group| group["displayName"].as_str().unwrap()[3..].to_owned()).collect::<Vec<_>>()
    };
    let one = &ids[0];
    assert_eq!(names("displayName co \"blu\" or displayName ew \"ete\"", "").await, ["Blue", "Été"]);
    assert_eq!(names("not (displayName eq \"zz red\")", "").await, ["Blue", "Été"]);
    assert_eq!(names("displayName ne \"Zz Blue\" and displayName gt \"zz f\"", "").await, ["Red"]);
    assert_eq!(names("members pr", "").await, ["Blue", "Red"]);
    assert_eq!(names("not (members pr)", "").await, ["Été"]);
    assert_eq!(names(&format!("not (members eq \"{one}\")"), "").await, ["Été", "Red"]);
    let both = format!("members[value eq \"{one}\" or value eq \"{}\"]", ids[1]);
    assert_eq!(names(&both, "&sortOrder=descending").await, ["Red", "Blue"]);
    assert_eq!(names("externalId pr", "&sortBy=externalId").await, ["Été", "Blue"]);
    assert_eq!(names("meta.lastModified ge \"2026-01-01T00:00:00Z\"", "&sortBy=meta.created").await.len(), 3);
    assert_eq!(names("meta.created lt \"2026-01-01T00:00:00Z\"", "").await, Vec::<String>::new());
    for wrong in ["members[display eq \"x\"]", "members co \"x\"", "meta.created ge \"soon\""] {
        let filter: String = wrong.bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(machine.get(&format!("/scim/v2/Groups?filter={filter}")).await.status, 400, "{wrong}");
    }
    assert_eq!(machine.get("/scim/v2/Groups?sortBy=members").await.status, 400);
    // Page by page in another order.
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = machine
            .get(&format!("/scim/v2/Groups?sortBy=meta.created&sortOrder=descending&count=2&cursor={cursor}"))
            .await
            .json();
        found.extend(page["Resources"].as_array().unwrap().iter().map(|group| group["id"].to_string()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    let total = machine.get("/scim/v2/Groups?count=0").await.json()["totalResults"].clone();
    let distinct: std::collections::BTreeSet<&String> = found.iter().collect();
    assert_eq!((found.len(), json!(distinct.len())), (distinct.len(), total));
}
