//! The example is the same each time, and believable.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sqlx::{Column as _, Connection as _, Row as _, ValueRef as _};
use tempfile::TempDir;

use crate::app::{NOW, Role, TestApp, fill};

/// Everything in the database but what is random on purpose.
async fn dump(folder: &Path) -> Vec<String> {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("frontdesk.sqlite"));
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let mut lines = Vec::new();
    for table in [
        "people",
        "rights",
        "requests",
        "entries",
        "request_counts",
        "incidents",
        "incident_topics",
        "incident_updates",
        "report_groups",
        "reports",
        "report_answers",
    ] {
        let rows = sqlx::query(&format!("SELECT * FROM {table} ORDER BY 1, 2"))
            .fetch_all(&mut connection)
            .await
            .unwrap();
        for row in rows {
            let mut line = table.to_owned();
            for column in row.columns().iter().filter(|column| column.name() != "password") {
                let value = row.try_get_raw(column.ordinal()).unwrap();
                let text = if value.is_null() {
                    "-".to_owned()
                } else {
                    row.try_get::<String, _>(column.ordinal())
                        .or_else(|_| row.try_get::<i64, _>(column.ordinal()).map(|number| number.to_string()))
                        .unwrap()
                };
                line.push('|');
                line.push_str(&text);
            }
            lines.push(line);
        }
    }
    connection.close().await.unwrap();
    lines
}

#[tokio::test]
async fn twice_the_same() {
    let (first, second) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    for folder in [&first, &second] {
        fill(folder.path(), 400, NOW.parse().unwrap()).await;
    }
    assert_eq!(dump(first.path()).await, dump(second.path()).await);
}

#[tokio::test]
async fn the_newest_requests_are_those_of_the_screens() {
    let app = TestApp::with_requests(1_042).await;
    let admin = app.sign_in(Role::Admin).await;
    let newest = admin.request("FD-1042").await;
    assert_eq!(newest["subject"], "Video upload stops at 90 %");
    assert_eq!(
        (newest["waitingFor"].as_str(), newest["askedBy"]["name"].as_str()),
        (Some("organization"), Some("Chloé Laurent"))
    );
    let page = admin.get("/api/requests?limit=3").await.json();
    assert_eq!(page["items"][0]["id"], "FD-1042", "the star was changed last");
    assert_eq!(admin.request("FD-1041").await["supportPriority"], "medium");
    assert_eq!(admin.request("FD-1033").await["state"], "hold");
    let counts = admin.get("/api/requests/counts").await.json();
    assert_eq!(counts["all"], 1_042);
    let unsolved = counts["open"].as_u64().unwrap() + counts["hold"].as_u64().unwrap();
    assert!((8..=30).contains(&unsolved), "{counts}");
}

#[tokio::test]
async fn numbers_and_times_go_the_same_way() {
    let app = TestApp::with_requests(300).await;
    let admin = app.sign_in(Role::Admin).await;
    let mut items = Vec::new();
    let mut path = Some("/api/requests?sort=createdAt&limit=200".to_owned());
    while let Some(next) = path {
        let page = admin.get(&next).await.json();
        items.extend(page["items"].as_array().unwrap().clone());
        path = page["next"].as_str().map(|cursor| format!("/api/requests?limit=200&cursor={cursor}"));
    }
    let numbers: Vec<u64> = items
        .iter()
        .map(|item| item["id"].as_str().unwrap().trim_start_matches("FD-").parse().unwrap())
        .collect();
    assert_eq!(numbers, (1..=300).collect::<Vec<_>>());
    for item in &items {
        assert!(item["createdAt"].as_str() <= item["changedAt"].as_str(), "{item}");
        assert!(item["changedAt"].as_str() <= Some("2026-11-23T09:00:00.000Z"), "{item}");
    }
    let subjects: BTreeSet<&str> = items.iter().map(|item| item["subject"].as_str().unwrap()).collect();
    assert!(subjects.len() > 120, "only {} subjects in 300 requests", subjects.len());
    let mut topics = BTreeMap::new();
    for item in &items {
        *topics.entry(item["topic"].as_str().unwrap()).or_insert(0) += 1;
    }
    assert_eq!(topics.len(), 11, "{topics:?}");
}

#[tokio::test]
async fn whatever_size_is_asked_for_is_made() {
    for requests in [0, 1, 15, 16, 17] {
        let app = TestApp::with_requests(requests).await;
        let counts = app.sign_in(Role::Admin).await.get("/api/requests/counts").await.json();
        assert_eq!(counts["all"], requests);
    }
}

#[tokio::test]
async fn employees_report_what_is_going_on() {
    let app = TestApp::with_requests(40).await;
    let admin = app.sign_in(Role::Admin).await;
    let spikes = admin.get("/api/report-groups?spike=true").await.json();
    assert_eq!(spikes["items"].as_array().unwrap().len(), 1, "{spikes}");
    let group = &spikes["items"][0];
    assert_eq!((group["topic"].as_str(), group["state"].as_str()), (Some("video"), Some("new")), "{group}");
    assert!(group["reports"].as_u64().unwrap() >= 15, "{group}");
    let counts = admin.get("/api/report-groups/counts").await.json();
    assert_eq!((&counts["known"], &counts["answered"], &counts["closed"]), (&1.into(), &1.into(), &1.into()));
    assert!((8..=16).contains(&counts["new"].as_u64().unwrap()), "{counts}");
    let mine = app.sign_in(Role::Employee).await.get("/api/reports").await.json();
    let states: Vec<&str> =
        mine["items"].as_array().unwrap().iter().map(|report| report["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["new", "answered", "known"]);
    let session = admin.get("/api/session").await.json();
    assert_eq!(session["lastEvent"], 0, "nothing has happened yet");
}
