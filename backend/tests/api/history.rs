//! The list in depth: every filter and every order, jumps, counts, exports, what was read, lists that are kept.

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Caller, Role, TestApp, question};

fn items(page: &Value) -> &Vec<Value> {
    page["items"].as_array().unwrap()
}

fn ids(page: &Value) -> Vec<String> {
    items(page).iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

async fn page(caller: &Caller, query: &str) -> Value {
    let answer = caller.get(&format!("/api/requests?{query}")).await;
    assert_eq!(answer.status, 200, "{query}: {}", answer.text);
    answer.json()
}

/// All rows of a list, page by page.
async fn all(caller: &Caller, query: &str, limit: usize) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = page(caller, &format!("{query}&limit={limit}{cursor}")).await;
        rows.extend(items(&page).clone());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

fn level(row: &Value) -> usize {
    let level = row["supportPriority"].as_str().or(row["priority"].as_str()).unwrap();
    ["low", "medium", "high"].iter().position(|known| *known == level).unwrap()
}

/// What a row is sorted by, as a text that compares as it does.
fn key(row: &Value, by: &str) -> String {
    match by {
        "id" => format!("{:>9}", row["id"].as_str().unwrap()),
        "priority" => level(row).to_string(),
        "askedBy" => row["askedBy"]["name"].as_str().unwrap().to_ascii_lowercase(),
        "waitingFor" => {
            let turn = match (row["state"].as_str().unwrap(), row["waitingFor"].as_str().unwrap()) {
                ("solved", _) => 3,
                (_, "organization") => 0,
                (_, "support") => 1,
                _ => 2,
            };
            format!("{turn}{}", row["waitingSince"].as_str().unwrap())
        }
        by => row[by].as_str().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn every_column_sorts_and_its_pages_follow_each_other() {
    let app = TestApp::with_requests(230).await;
    for role in [Role::Admin, Role::Agent] {
        let reader = app.sign_in(role).await;
        for by in ["changedAt", "createdAt", "id", "waitingFor", "priority", "askedBy", "topic", "channel"] {
            for filter in [
                "",
                "&state=solved",
                "&state=solved&topic=video",
                "&priority=medium",
                "&q=video",
                "&q=vid&topic=live",
            ] {
                let unsorted = {
                    let mut all = all(&reader, &format!("sort=-changedAt{filter}"), 200).await;
                    all.sort_by_key(|row| row["id"].as_str().unwrap().to_owned());
                    all
                };
                for sign in ["", "-"] {
                    let query = format!("sort={sign}{by}{filter}");
                    let rows = all(&reader, &query, 37).await;
                    let keys: Vec<String> = rows.iter().map(|row| key(row, by)).collect();
                    let mut sorted = keys.clone();
                    sorted.sort();
                    if sign == "-" {
                        sorted.reverse();
                    }
                    assert_eq!(keys, sorted, "{query}");
                    let mut same = rows.clone();
                    same.sort_by_key(|row| row["id"].as_str().unwrap().to_owned());
                    assert_eq!(same, unsorted, "{query} has other rows than the list sorted otherwise");
                }
            }
        }
    }
}

#[tokio::test]
async fn filters_of_the_history_leave_only_what_they_say() {
    let app = TestApp::with_requests(400).await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Mine").await;
    for reader in [&admin, &agent] {
        for (name, values) in
            [("supportPriority", vec!["low", "medium", "high"]), ("channel", vec!["message"])]
        {
            for value in values {
                let rows = all(reader, &format!("{name}={value}"), 200).await;
                assert!(!rows.is_empty(), "{name}={value}");
                assert!(rows.iter().all(|row| row[name] == value), "{name}={value}");
            }
        }
        let asker = admin.request(&id).await["askedBy"]["id"].as_str().unwrap().to_owned();
        let rows = all(reader, &format!("askedBy={asker}"), 200).await;
        assert!(rows.iter().any(|row| row["id"] == id.as_str()));
        assert!(rows.iter().all(|row| row["askedBy"]["id"] == asker.as_str()));
        let touched = all(reader, "incident=any", 200).await;
        assert!(!touched.is_empty());
        assert!(touched.iter().all(|row| row["incidents"][0].is_string() && row["state"] != "solved"));
        let incident = touched[0]["incidents"][0].as_str().unwrap();
        assert!(!all(reader, &format!("incident={incident}"), 200).await.is_empty());
        assert!(all(reader, "incident=nothing-known", 200).await.is_empty());
        let recent = all(reader, "within=1&sort=createdAt", 200).await;
        let everything = all(reader, "sort=createdAt", 200).await;
        assert!(!recent.is_empty() && recent.len() < everything.len());
        assert_eq!(recent, everything[everything.len() - recent.len()..], "the newest");
        assert_eq!(ids(&page(reader, &format!("ids={id},FD-1")).await).len(), 2);
    }
    assert_eq!(
        all(&admin, "askedBy=me", 200).await,
        all(&admin, &format!("askedBy={}", asker_of(&admin, &id).await), 200).await
    );
    assert_eq!(all(&agent, "askedBy=me", 200).await.len(), 0);
}

async fn asker_of(caller: &Caller, id: &str) -> String {
    caller.request(id).await["askedBy"]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_cant_be_read_is_named() {
    let app = TestApp::with_requests(30).await;
    let admin = app.sign_in(Role::Admin).await;
    let cursor = page(&admin, "limit=5").await["next"].as_str().unwrap().to_owned();
    for query in [
        "supportPriority=urgent".to_owned(),
        "channel=pigeon".to_owned(),
        "within=0".to_owned(),
        "within=99999".to_owned(),
        "ids=1,2".to_owned(),
        "at=-1".to_owned(),
        "sort=subject".to_owned(),
        "cursor=broken".to_owned(),
        format!("at=3&cursor={cursor}"),
    ] {
        let answer = admin.get(&format!("/api/requests?{query}")).await;
        answer.is_problem(400, "bad-parameter");
        if let Some((name, _)) =
            query.split_once('=').filter(|(name, _)| *name != "at" || !query.contains('&'))
        {
            assert!(answer.text.contains(name), "{query}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn a_jump_lands_on_its_rank_and_goes_on_from_there() {
    let app = TestApp::with_requests(230).await;
    let admin = app.sign_in(Role::Admin).await;
    for request in items(&page(&admin, "state=open&limit=3&sort=createdAt").await) {
        admin.change(request["id"].as_str().unwrap(), &json!({"state": "solved"})).await;
    }
    for query in [
        "",
        "&sort=changedAt",
        "&state=solved",
        "&state=solved&sort=changedAt",
        "&sort=askedBy",
        "&state=solved&topic=video",
        "&q=video",
        "&sort=-priority",
    ] {
        let whole = all(&admin, query, 200).await;
        for rank in [0, 1, whole.len() / 2, whole.len() - 1] {
            let jumped = page(&admin, &format!("limit=3&at={rank}{query}")).await;
            assert_eq!(items(&jumped)[0], whole[rank], "{query} at {rank}");
            if let (Some(cursor), Some(after)) = (jumped["next"].as_str(), whole.get(rank + 3)) {
                let next = page(&admin, &format!("limit=3&cursor={cursor}{query}")).await;
                assert_eq!(&items(&next)[0], after, "{query} after {rank}");
            }
        }
        assert!(items(&page(&admin, &format!("at=9000{query}")).await).is_empty());
    }
}

#[tokio::test]
async fn counts_fit_every_filter() {
    let app = TestApp::with_requests(300).await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("One more").await;
    agent.change(&id, &json!({"priority": "low", "reason": "Nobody is stopped"})).await;
    agent.change(&id, &json!({"priority": "medium", "reason": "Somebody is"})).await;
    admin.change(&id, &json!({"priority": "medium"})).await;
    admin.change(&id, &json!({"state": "solved"})).await;
    for reader in [&admin, &agent] {
        for query in [
            "",
            "state=open",
            "state=solved&topic=video",
            "topic=billing",
            "state=solved&priority=high&topic=video",
            "within=30",
            "q=video",
            "q=video&state=open",
            "incident=any",
            "supportPriority=low",
            "waitingFor=support",
            "askedBy=me",
        ] {
            let counts = reader.get(&format!("/api/requests/counts?{query}")).await.json();
            assert_eq!(counts["matching"], all(reader, query, 200).await.len(), "{query}");
            assert_eq!(counts["isMore"], false);
        }
        let counts = reader.get("/api/requests/counts?state=solved").await.json();
        for facet in counts["facets"].as_array().unwrap() {
            let (name, value) = (facet["facet"].as_str().unwrap(), facet["value"].as_str().unwrap());
            let rows = all(reader, &format!("state=solved&{name}={value}"), 200).await;
            assert_eq!(facet["count"], rows.len(), "{facet}");
            assert_eq!(facet["name"].is_string(), name == "askedBy", "{facet}");
        }
    }
}

#[tokio::test]
async fn what_is_found_comes_in_the_order_of_the_changes() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let mut asked = Vec::new();
    for number in 0..5 {
        asked.push(admin.asked(&format!("Videos stop, number {number}")).await);
    }
    agent.say(&asked[1], "k1", &json!({"body": "Which browser?"})).await;
    // A note changes nothing for the organization.
    agent.say(&asked[0], "k2", &json!({"body": "Same as last week", "internal": true})).await;
    let expected: Vec<&str> = [1, 4, 3, 2, 0].iter().map(|index: &usize| asked[*index].as_str()).collect();
    for words in ["video", "videos", "vid", "stop%20videos", "videos%20sto"] {
        assert_eq!(ids(&page(&admin, &format!("q={words}")).await), expected, "{words}");
        let first = page(&admin, &format!("q={words}&limit=2")).await;
        let rest = page(&admin, &format!("q={words}&cursor={}", first["next"].as_str().unwrap())).await;
        assert_eq!([ids(&first), ids(&rest)].concat(), expected, "{words} in pages");
        let oldest_first: Vec<&str> = expected.iter().rev().copied().collect();
        assert_eq!(ids(&page(&admin, &format!("q={words}&sort=changedAt")).await), oldest_first);
    }
    assert_eq!(ids(&page(&admin, "q=browser").await), [asked[1].as_str()]);
    assert_eq!(ids(&page(&agent, "q=week").await), [asked[0].as_str()]);
    assert!(ids(&page(&admin, "q=week").await).is_empty());
}

#[tokio::test]
async fn an_export_has_all_rows_and_no_formula() {
    let app = TestApp::with_requests(450).await;
    let admin = app.sign_in(Role::Admin).await;
    admin
        .post_keyed("/api/requests", "k1", &question("=HYPERLINK(\"https://evil.example\",\"Click\")"))
        .await;
    admin.post_keyed("/api/requests", "k2", &question("Commas, \"quotes\" and 動画")).await;
    for query in [
        "",
        "state=solved&sort=createdAt",
        "state=solved&topic=video&sort=askedBy",
        "q=video",
        "q=quotes&sort=-priority",
    ] {
        let expected: Vec<String> =
            all(&admin, query, 200).await.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
        let answer = admin.get(&format!("/api/requests/export?format=json&{query}")).await;
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(ids(&answer.json()), expected, "{query}");
        let answer = admin.get(&format!("/api/requests/export?{query}")).await;
        assert_eq!(answer.status, 200);
        assert!(answer.header("content-type").starts_with("text/csv"));
        assert!(
            answer.header("content-disposition").starts_with("attachment; filename=\"requests-2026-11-23.")
        );
        let lines: Vec<&str> = answer.text.trim_end().split("\r\n").collect();
        assert!(lines[0].starts_with("\u{feff}id,subject,topic,"), "{}", lines[0]);
        let found: Vec<&str> = lines[1..].iter().map(|line| line.split(',').next().unwrap()).collect();
        assert_eq!(found, expected, "{query}");
    }
    let file = admin.get("/api/requests/export").await.text;
    assert!(file.contains("\"'=HYPERLINK(\"\"https://evil.example\"\",\"\"Click\"\")\""));
    assert!(file.contains("\"Commas, \"\"quotes\"\" and 動画\""));
    admin.get("/api/requests/export?format=xls").await.is_problem(400, "bad-parameter");
    for path in ["export?limit=0", "export?sort=mood", "counts?sort=mood", "counts?limit=201"] {
        admin.get(&format!("/api/requests/{path}")).await.is_problem(400, "bad-parameter");
    }
}

#[tokio::test]
async fn unread_is_what_changed_since_it_was_opened() {
    let app = TestApp::with_requests(60).await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let second = app.sign_in_as("second.admin@acme.example").await;
    let unread = async |caller: &Caller| page(caller, "").await["unread"].clone();
    assert_eq!(unread(&admin).await, Value::Null, "nobody works off years");
    let id = admin.asked("Video").await;
    let read = async |caller: &Caller| {
        let version = caller.request(&id).await["version"].clone();
        let answer = caller.post(&format!("/api/requests/{id}/read"), &json!({ "version": version })).await;
        assert_eq!(answer.status, 204, "{}", answer.text);
    };
    read(&admin).await;
    read(&admin).await;
    assert_eq!(unread(&admin).await, Value::Null);
    agent.say(&id, "k1", &json!({"body": "Same as last week", "internal": true})).await;
    assert_eq!(unread(&admin).await, Value::Null, "a note is no news");
    agent.say(&id, "k2", &json!({"body": "Which browser?"})).await;
    assert_eq!(unread(&admin).await, json!([id]));
    assert_eq!(unread(&second).await, Value::Null, "each reads for themselves");
    read(&admin).await;
    assert_eq!(unread(&admin).await, Value::Null);
    let later = admin.asked("Sound").await;
    assert_eq!(unread(&admin).await, json!([later]));
    assert_eq!(admin.post("/api/requests/read", &json!({})).await.status, 204);
    assert_eq!(unread(&admin).await, Value::Null);
    admin.post("/api/requests/FD-999999/read", &json!({"version": "v1"})).await.is_problem(404, "not-found");
    admin.post(&format!("/api/requests/{id}/read"), &json!({"version": "x"})).await.points_at(&["/version"]);
}

fn view(name: &str, shared: bool) -> Value {
    json!({"name": name, "query": "view=all&topic=video&sort=-priority", "shared": shared})
}

async fn names(caller: &Caller) -> Vec<String> {
    let views = caller.get("/api/views").await.json();
    items(&views).iter().map(|view| view["name"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_view_is_kept_once_and_changed_by_who_keeps_it() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let made = admin.post_keyed("/api/views", "k1", &view("Videos", false)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let again = admin.post_keyed("/api/views", "k1", &view("Videos", false)).await;
    assert_eq!((again.status, again.json()), (201, made.json()));
    assert_eq!(names(&admin).await, ["Videos"]);
    admin
        .post_keyed("/api/views", "k1", &view("Others", false))
        .await
        .is_problem(422, "idempotency-key-reused");
    admin.post("/api/views", &view("Videos", false)).await.is_problem(400, "idempotency-key-missing");
    let path = made.header("location").to_owned();
    admin.patch(&path, "v9", &json!({"name": "Films"})).await.is_problem(412, "changed");
    admin.send(Method::PATCH, &path, Some("{}".to_owned()), &[]).await.is_problem(428, "version-missing");
    let changed = admin.patch(&path, "v1", &json!({"name": "Films"})).await;
    assert_eq!(changed.json()["name"], "Films");
    assert_eq!(changed.json()["query"], made.json()["query"], "what isn't said stays");
    assert_eq!(changed.header("etag"), "\"v2\"");
    let wrong = json!({"name": " ", "query": "<script>"});
    admin.post_keyed("/api/views", "k2", &wrong).await.points_at(&["/name", "/query"]);
    assert_eq!(admin.send(Method::DELETE, &path, None, &[("if-match", "v2")]).await.status, 204);
    admin.get(&path).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn shared_views_stay_on_their_side_of_the_desk() {
    let app = TestApp::start().await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let (auditor, second) =
        (app.sign_in(Role::Auditor).await, app.sign_in_as("second.admin@acme.example").await);
    let shared =
        admin.post_keyed("/api/views", "k1", &view("Ours", true)).await.header("location").to_owned();
    let own = admin.post_keyed("/api/views", "k2", &view("Mine", false)).await.header("location").to_owned();
    agent.post_keyed("/api/views", "k3", &view("Theirs", true)).await;
    assert_eq!(names(&admin).await, ["Mine", "Ours"]);
    assert_eq!(names(&second).await, ["Ours"]);
    assert_eq!(names(&auditor).await, ["Ours"]);
    assert_eq!(names(&agent).await, ["Theirs"]);
    second.patch(&shared, "v1", &json!({"name": "Yours"})).await.is_problem(403, "forbidden");
    second.send(Method::DELETE, &shared, None, &[("if-match", "*")]).await.is_problem(403, "forbidden");
    second.patch(&own, "v1", &json!({"name": "Yours"})).await.is_problem(404, "not-found");
    agent.get(&shared).await.is_problem(404, "not-found");
    auditor.post_keyed("/api/views", "k4", &view("Audited", true)).await.is_problem(403, "forbidden");
    assert_eq!(auditor.post_keyed("/api/views", "k5", &view("Audited", false)).await.status, 201);
}
