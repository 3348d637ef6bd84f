//! The binary: what it refuses, in one sentence, with nothing touched.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use sqlx::Connection as _;
use tempfile::TempDir;

use crate::app::{NOW, fill};

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_frontdesk-backend")).args(arguments).output().unwrap()
}

/// Checks that the command is refused with one sentence that says this.
#[track_caller]
fn refused(arguments: &[&str], says: &str) {
    let output = run(arguments);
    let sentence = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success(), "{arguments:?}");
    assert!(sentence.contains(says), "{arguments:?}: {sentence}");
    assert_eq!(sentence.trim_end().lines().count(), 1, "{sentence}");
    assert!(sentence.trim_end().ends_with('.'), "{sentence}");
    assert!(output.stdout.is_empty());
}

fn path(folder: &Path) -> &str {
    folder.to_str().unwrap()
}

#[test]
fn a_wrong_flag_is_named() {
    refused(&["serve", "--dta", "x"], "--dta");
    refused(&["sreve"], "sreve");
    refused(&[], "serve");
    refused(&["serve"], "--data");
    refused(&["serve", "--data", "x", "--listen", "nowhere"], "nowhere");
    refused(&["serve", "--data", "x", "--now", "yesterday"], "2026-11-23T08:30:00Z");
    refused(&["serve", "--data", "x", "--origin", "desk.example"], "https://desk.example");
    refused(&["serve", "--data", "x", "--scim-upstream", "http://id.example/scim"], "https");
    refused(&["serve", "--data", "x", "--scim-upstream", "https://id.example/scim"], "--scim-token-file");
    let missing =
        ["serve", "--data", "x", "--scim-upstream", "https://id.example", "--scim-token-file", "no-file"];
    refused(&missing, "no-file");
    refused(&["serve", "--data", "x", "--trusted-proxy", "proxy"], "proxy");
    refused(&["serve", "--data", "x", "--frame-ancestor", "https://a.example/b"], "https://a.example/b");
    assert!(!Path::new("x").exists());
}

#[test]
fn help_is_no_mistake() {
    let output = run(&["serve", "--help"]);
    assert!(output.status.success());
    assert!(String::from_utf8(output.stdout).unwrap().contains("--trusted-proxy"));
}

#[test]
fn http_beyond_this_machine_is_refused() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    refused(&["serve", "--data", path(&data), "--listen", "0.0.0.0:0"], "https");
    refused(
        &["serve", "--data", path(&data), "--listen", "127.0.0.1:0", "--origin", "http://desk.example"],
        "https",
    );
    assert!(!data.exists(), "nothing was touched");
}

#[test]
fn a_taken_port_is_refused() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    refused(&["serve", "--data", path(&data), "--listen", &address], &address);
    assert!(!data.exists(), "nothing was touched");
}

#[test]
fn a_folder_that_cannot_be_written_is_refused() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "not a folder").unwrap();
    refused(&["serve", "--data", path(&file), "--listen", "127.0.0.1:0"], "can't be written");
    refused(&["seed", "--data", path(&file), "--people", "1", "--requests", "0"], "can't be written");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "not a folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_in_use_is_refused() {
    let app = crate::app::TestApp::start().await;
    let data = path(app.folder.path());
    refused(&["serve", "--data", data, "--listen", "127.0.0.1:0"], "Another backend");
    refused(&["seed", "--data", data, "--people", "1", "--requests", "0"], "Another backend");
    let output = run(&["admin", "reset", "--data", data, "--email", "admin@acme.example", "--now", NOW]);
    assert!(output.status.success(), "a link is made beside a running backend");
    assert!(String::from_utf8(output.stdout).unwrap().contains("/claim#"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_with_people_is_not_filled_again() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 3, NOW.parse().unwrap()).await;
    refused(&["seed", "--data", path(folder.path()), "--people", "1", "--requests", "0"], "people in");
    refused(
        &["admin", "reset", "--data", path(folder.path()), "--email", "nobody@acme.example"],
        "nobody@acme.example",
    );
    refused(&["admin", "add", "--data", path(folder.path()), "--email", "nobody"], "nobody");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_a_newer_release_is_refused() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (9999, 'newer', 1, x'00', 1)";
    change_database(folder.path(), newer).await;
    refused(&["serve", "--data", path(folder.path()), "--listen", "127.0.0.1:0"], "newer release");
}

async fn change_database(folder: &Path, sql: &str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("frontdesk.sqlite"));
    let mut connection = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_is_made_beside_a_database_and_never_makes_one() {
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    let add = |data: &Path| {
        refused(&["admin", "add", "--data", path(data), "--email", "a@acme.example"], "no database in");
    };
    add(&data);
    assert!(!data.exists(), "a folder was made");
    std::fs::create_dir(&data).unwrap();
    add(&data);
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0, "something was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_another_release_is_left_as_it_is() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let arguments = ["admin", "reset", "--data", path(folder.path()), "--email", "admin@acme.example"];
    change_database(folder.path(), "UPDATE _sqlx_migrations SET version = version + 5000 WHERE version > 1")
        .await;
    refused(&arguments, "newer release");
    change_database(folder.path(), "DELETE FROM _sqlx_migrations WHERE version > 1").await;
    refused(&arguments, "older release");
    change_database(folder.path(), "DROP TABLE _sqlx_migrations").await;
    refused(&arguments, "older release");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_becomes_an_admin_who_cannot_be_one() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let data = path(folder.path());
    change_database(folder.path(), "UPDATE people SET active = 0 WHERE email_key = 'employee@acme.example'")
        .await;
    refused(&["admin", "add", "--data", data, "--email", "Agent@acme.example"], "agents can't be admins");
    refused(&["admin", "add", "--data", data, "--email", "employee@acme.example"], "deactivated");
    refused(&["admin", "reset", "--data", data, "--email", "employee@acme.example"], "deactivated");
    let reset = run(&["admin", "reset", "--data", data, "--email", "agent@acme.example", "--now", NOW]);
    assert!(reset.status.success(), "an agent may forget a password");
}

/// What a backend with these flags says until it is stopped.
fn log_of(data: &Path, flags: &[&str]) -> String {
    let mut process = Command::new(env!("CARGO_BIN_EXE_frontdesk-backend"))
        .args(["serve", "--listen", "127.0.0.1:0", "--now", NOW, "--data", path(data)])
        .args(flags)
        .env_remove("RUST_LOG")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    assert!(Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap().success());
    let mut log = String::new();
    process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(process.wait().unwrap().success(), "{log}");
    log
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_that_nobody_named_is_told_at_the_start() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let origin = ["--origin", "https://desk.example"];
    let log = log_of(folder.path(), &origin);
    assert!(log.contains("WARN") && log.contains("Name the proxy, such as --trusted-proxy"), "{log}");
    let log = log_of(folder.path(), &[&origin[..], &["--trusted-proxy", "10.0.0.0/8"]].concat());
    assert!(!log.contains("--trusted-proxy"), "{log}");
    let log = log_of(folder.path(), &[]);
    assert!(!log.contains("--trusted-proxy"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_setting_is_named_with_its_line() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let file = folder.path().join("frontdesk.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("service =", "servise =")).unwrap();
    refused(&["serve", "--data", path(folder.path()), "--listen", "127.0.0.1:0"], "frontdesk.toml, line 5");
}

#[test]
fn the_default_password_keeps_the_backend_on_this_machine() {
    let folder = TempDir::new().unwrap();
    let data = path(folder.path());
    let seeded = run(&["seed", "--data", data, "--people", "5", "--requests", "2", "--now", NOW]);
    assert!(seeded.status.success(), "{seeded:?}");
    refused(
        &["serve", "--data", data, "--listen", "0.0.0.0:0", "--origin", "https://desk.example"],
        "default password",
    );
    refused(
        &["serve", "--data", data, "--listen", "127.0.0.1:0", "--origin", "https://desk.example"],
        "default password",
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_is_graceful_and_the_log_has_nothing_personal() {
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 3, NOW.parse().unwrap()).await;
    let mut process = Command::new(env!("CARGO_BIN_EXE_frontdesk-backend"))
        .args(["serve", "--log-json", "--listen", "127.0.0.1:0", "--now", NOW, "--data", path(folder.path())])
        .env("RUST_LOG", "info")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let caller = crate::app::Caller::of(line.trim().strip_prefix("Listening on ").unwrap().to_owned());
    let credentials =
        |password: &str| serde_json::json!({"email": "admin@acme.example", "password": password});
    caller.post("/api/session", &credentials("zeppelin")).await.is_problem(401, "bad-credentials");
    let signed_in = caller.post("/api/session", &credentials("three quiet boats")).await;
    assert!(signed_in.word("now").starts_with("2026-11-23T09:00:"), "{}", signed_in.text);
    let cookie = signed_in.header("set-cookie").split(';').next().unwrap().to_owned();
    let admin = crate::app::Caller { cookie: Some(cookie.clone()), ..caller };
    assert_eq!(admin.get("/api/requests?q=zeppelin").await.status, 200);
    admin.get("/api/people/awa@acme.example").await.is_problem(404, "not-found");
    assert_eq!(admin.ask("k1", "The zeppelin is late").await.status, 201);

    let stopped = Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    let mut log = String::new();
    process.stderr.take().unwrap().read_to_string(&mut log).unwrap();
    assert!(process.wait().unwrap().success(), "{log}");
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["status"] == 201 && line["span"]["id"].is_string()), "{log}");
    for personal in ["acme.example", "zeppelin", "Awa", "boats", cookie.split_once('=').unwrap().1] {
        assert!(!log.contains(personal), "{personal} in {log}");
    }
}
