//! Signing in and out.

use frontdesk_backend::operator;
use frontdesk_backend::server::Options;
use frontdesk_backend::store::sessions::{
    self, Subjects, TRIES_PER_ACCOUNT, TRIES_PER_NETWORK, TRIES_PER_PAIR, TRIES_WITHIN, Try,
};
use frontdesk_contract::session::{SESSION_IDLE, SESSION_MAX};
use frontdesk_contract::time::Span;
use futures_util::FutureExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::{Answer, Caller, Role, TestApp};

const PASSWORD: &str = "three quiet boats";

fn credentials(email: &str, password: &str) -> Value {
    json!({"email": email, "password": password})
}

fn with_cookie_of(answer: &Answer, caller: &Caller) -> Caller {
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    Caller { cookie: Some(cookie), ..caller.clone() }
}

#[tokio::test]
async fn whoever_knows_the_password_is_signed_in() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    let answer = nobody.post("/api/session", &credentials(" Admin@Acme.example ", PASSWORD)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let cookie = answer.header("set-cookie").to_owned();
    assert!(cookie.starts_with("frontdesk="), "{cookie}");
    assert!(cookie.contains("; Path=/; HttpOnly; SameSite=Strict; Max-Age=604800"), "{cookie}");
    assert!(!cookie.contains("Secure"), "{cookie}");
    let session = answer.json();
    assert_eq!(session["person"]["name"], "Awa Mbaye");
    assert_eq!(session["waitingForYou"], 0);
    let shown = with_cookie_of(&answer, &nobody).get("/api/session").await;
    assert_eq!(shown.json()["person"], session["person"]);
}

#[tokio::test]
async fn on_a_shared_device_the_cookie_ends_with_the_browser() {
    let app = TestApp::start().await;
    let body = json!({"email": "admin@acme.example", "password": PASSWORD, "shared": true});
    let answer = app.nobody().post("/api/session", &body).await;
    assert!(!answer.header("set-cookie").contains("Max-Age"), "{}", answer.header("set-cookie"));
    assert_eq!(answer.json()["shared"], true);
}

#[tokio::test]
async fn scripts_sign_in_without_any_header_of_a_browser() {
    let app = TestApp::start().await;
    let headers = [("x-frontdesk", ""), ("sec-fetch-site", "")];
    let body = credentials("admin@acme.example", PASSWORD).to_string();
    let answer = app.nobody().send(Method::POST, "/api/session", Some(body), &headers).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_one_answer() {
    let app = TestApp::start().await;
    let wrong = app.nobody().post("/api/session", &credentials("admin@acme.example", "wrong")).await;
    let unknown = app.nobody().post("/api/session", &credentials("nobody@acme.example", PASSWORD)).await;
    let without = app.nobody().post("/api/session", &credentials("yuki.tanaka@acme.example", "")).await;
    for answer in [&wrong, &unknown, &without] {
        answer.is_problem(401, "bad-credentials");
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(wrong.json()["title"], unknown.json()["title"]);
}

#[tokio::test]
async fn too_many_tries_of_an_account_are_refused_until_some_are_forgotten() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    for _ in 0..TRIES_PER_PAIR {
        nobody
            .post("/api/session", &credentials("admin@acme.example", "wrong"))
            .await
            .is_problem(401, "bad-credentials");
    }
    let refused = nobody.post("/api/session", &credentials("ADMIN@acme.example", PASSWORD)).await;
    refused.is_problem(429, "throttled");
    let seconds: i64 = refused.header("retry-after").parse().unwrap();
    assert!(seconds > 0 && Span::seconds(seconds) <= TRIES_WITHIN, "{seconds}");
    assert!(refused.json()["retryAt"].is_string());
    let other = nobody.post("/api/session", &credentials("agent@acme.example", PASSWORD)).await;
    assert_eq!(other.status, 201, "another account is free");

    let later = app.now().plus(TRIES_WITHIN).plus(Span::minutes(1));
    let app = app.restart_at(later).await;
    let answer = app.nobody().post("/api/session", &credentials("admin@acme.example", PASSWORD)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
}

#[tokio::test]
async fn a_right_password_forgets_the_wrong_ones() {
    let app = TestApp::start().await;
    let nobody = app.nobody();
    for _ in 0..TRIES_PER_PAIR - 1 {
        nobody.post("/api/session", &credentials("admin@acme.example", "wrong")).await;
    }
    for _ in 0..2 {
        let right = nobody.post("/api/session", &credentials("admin@acme.example", PASSWORD)).await;
        assert_eq!(right.status, 201, "{}", right.text);
    }
}

/// Asks for so many tries, each of its own kind; gives how many were granted.
async fn granted(app: &TestApp, tries: i64, of: impl Fn(i64) -> Subjects) -> i64 {
    let mut granted = 0;
    for number in 0..tries {
        let mut write = app.running.app().store().write().await.unwrap();
        let asked = sessions::ask_for_try(&mut write, &of(number), app.now()).await.unwrap();
        write.commit().await.unwrap();
        granted += i64::from(matches!(asked, Try::Granted));
    }
    granted
}

#[tokio::test]
async fn wrong_tries_from_elsewhere_lock_nobody_out() {
    let trusting = |options| Options { trusted_proxies: vec!["127.0.0.0/8".parse().unwrap()], ..options };
    let app = TestApp::with(0, trusting).await;
    let try_from = async |network: &str, password: &str| {
        let body = credentials("admin@acme.example", password).to_string();
        app.nobody().send(Method::POST, "/api/session", Some(body), &[("x-forwarded-for", network)]).await
    };
    for _ in 0..TRIES_PER_PAIR {
        try_from("203.0.113.1", "wrong").await.is_problem(401, "bad-credentials");
    }
    try_from("203.0.113.1", PASSWORD).await.is_problem(429, "throttled");
    assert_eq!(try_from("203.0.113.2", PASSWORD).await.status, 201, "somebody else locked the owner out");
    // The owner's success is no pardon for others.
    try_from("203.0.113.1", PASSWORD).await.is_problem(429, "throttled");
}

#[tokio::test]
async fn an_account_has_many_tries_from_everywhere_yet_not_any_number() {
    let app = TestApp::start().await;
    let from = |email: &'static str| move |number| Subjects::signing_in(email, &format!("network {number}"));
    assert_eq!(granted(&app, TRIES_PER_ACCOUNT + 5, from("admin@acme.example")).await, TRIES_PER_ACCOUNT);
    assert_eq!(granted(&app, 5, from("agent@acme.example")).await, 5);
}

#[tokio::test]
async fn a_network_has_its_tries_whatever_the_accounts() {
    let app = TestApp::start().await;
    let of = |network: &'static str| {
        move |number| Subjects::signing_in(&format!("{number}@acme.example"), network)
    };
    assert_eq!(granted(&app, TRIES_PER_NETWORK + 5, of("a")).await, TRIES_PER_NETWORK);
    assert_eq!(granted(&app, 5, of("b")).await, 5);
}

#[tokio::test]
async fn an_account_of_ones_own_buys_no_tries_of_others() {
    let app = TestApp::start().await;
    let others = |number| Subjects::signing_in(&format!("{number}@acme.example"), "a");
    assert_eq!(granted(&app, TRIES_PER_NETWORK - 1, others).await, TRIES_PER_NETWORK - 1);
    let own = Subjects::signing_in("own@acme.example", "a");
    assert_eq!(granted(&app, 1, |_| own.clone()).await, 1);
    let mut write = app.running.app().store().write().await.unwrap();
    sessions::forgive(&mut write, &own).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(granted(&app, 5, |number| others(number + 100)).await, 1, "only one's own try comes back");
}

#[tokio::test]
async fn signing_in_and_changing_a_password_have_tries_of_their_own() {
    let app = TestApp::start().await;
    let (admin, nobody) = (app.sign_in(Role::Admin).await, app.nobody());
    let wrong = json!({"current": "wrong", "new": "four calm rivers"});
    for _ in 0..TRIES_PER_PAIR {
        admin.post("/api/session/password", &wrong).await.points_at(&["/current"]);
    }
    admin.post("/api/session/password", &wrong).await.is_problem(429, "throttled");
    let signed_in = nobody.post("/api/session", &credentials("admin@acme.example", PASSWORD)).await;
    assert_eq!(signed_in.status, 201, "{}", signed_in.text);

    let agent = app.sign_in(Role::Agent).await;
    granted(&app, TRIES_PER_PAIR, |_| Subjects::signing_in("agent@acme.example", "127.0.0.1")).await;
    nobody
        .post("/api/session", &credentials("agent@acme.example", PASSWORD))
        .await
        .is_problem(429, "throttled");
    let right = json!({"current": PASSWORD, "new": "four calm rivers"});
    assert_eq!(agent.post("/api/session/password", &right).await.status, 204);
}

#[tokio::test]
async fn whoever_has_no_try_left_waits_for_no_turn() {
    let app = TestApp::start().await;
    granted(&app, TRIES_PER_PAIR, |_| Subjects::signing_in("admin@acme.example", "127.0.0.1")).await;
    let mut turns = Vec::new();
    while let Some(turn) = app.running.app().passwords().turn().now_or_never() {
        turns.push(turn.unwrap());
    }
    app.nobody()
        .post("/api/session", &credentials("admin@acme.example", PASSWORD))
        .await
        .is_problem(429, "throttled");
    assert!(!turns.is_empty());
}

#[tokio::test]
async fn signing_in_again_ends_the_session_of_before() {
    let app = TestApp::start().await;
    let (here, there) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Employee).await);
    let answer = here.post("/api/session", &credentials("admin@acme.example", PASSWORD)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    here.get("/api/session").await.is_problem(401, "signed-out");
    assert_eq!(there.get("/api/session").await.status, 200, "another browser's session stays");
}

#[tokio::test]
async fn signing_out_with_an_invented_cookie_touches_nothing() {
    let app = TestApp::start().await;
    let hints = app.running.app().hints();
    let caller = Caller { cookie: Some("frontdesk=invented".to_owned()), ..app.nobody() };
    let answer = caller.delete("/api/session").await;
    assert_eq!(answer.status, 204);
    assert_eq!(
        answer.header("set-cookie"),
        "",
        "it would take back the cookie of a session that began since"
    );
    assert!(!hints.has_changed().unwrap(), "nobody has to look for news");
}

#[tokio::test]
async fn who_reads_needs_no_write() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(Role::Admin).await.cookie;
    let later = app.now().plus(Span::minutes(5));
    let app = app.restart_at(later).await;
    let mut write = app.running.app().store().write().await.unwrap();
    let full =
        "CREATE TRIGGER full BEFORE UPDATE ON sessions BEGIN SELECT RAISE(ABORT, 'the disk is full'); END";
    sqlx::query(full).execute(&mut *write).await.unwrap();
    write.commit().await.unwrap();
    let admin = Caller { cookie, ..app.nobody() };
    assert_eq!(admin.get("/api/settings").await.status, 200);
}

#[tokio::test]
async fn signing_out_ends_this_session_alone() {
    let app = TestApp::start().await;
    let (here, there) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Admin).await);
    let answer = here.delete("/api/session").await;
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"), "{}", answer.header("set-cookie"));
    here.get("/api/session").await.is_problem(401, "signed-out");
    assert_eq!(there.get("/api/session").await.status, 200);
    assert_eq!(app.nobody().delete("/api/session").await.status, 204);
}

#[tokio::test]
async fn signing_out_everywhere_ends_all_sessions_of_the_person() {
    let app = TestApp::start().await;
    let (here, there) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Admin).await);
    let agent = app.sign_in(Role::Agent).await;
    assert_eq!(here.delete("/api/sessions").await.status, 204);
    here.get("/api/session").await.is_problem(401, "signed-out");
    there.get("/api/session").await.is_problem(401, "signed-out");
    assert_eq!(agent.get("/api/session").await.status, 200);
}

#[tokio::test]
async fn a_changed_password_ends_all_that_was_opened_with_the_old_one() {
    let app = TestApp::start().await;
    let origin = app.running.app().origin().clone();
    let (here, there) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Admin).await);
    let link = operator::reset(app.folder.path(), "admin@acme.example", &origin, app.now()).await.unwrap();
    let change = |current: &str, new: &str| json!({"current": current, "new": new});
    here.post("/api/session/password", &change("wrong", "four calm rivers")).await.points_at(&["/current"]);
    here.post("/api/session/password", &change(PASSWORD, "short")).await.points_at(&["/new"]);
    here.post("/api/session/password", &change(PASSWORD, "frontdesk")).await.points_at(&["/new"]);
    assert_eq!(there.get("/api/session").await.status, 200, "nothing has changed yet");
    let changed = here.post("/api/session/password", &change(PASSWORD, "four calm rivers")).await;
    assert_eq!(changed.status, 204, "{}", changed.text);
    for old in [&here, &there] {
        old.get("/api/session").await.is_problem(401, "signed-out");
    }
    let goes_on = with_cookie_of(&changed, &here).get("/api/session").await.json();
    assert_eq!(goes_on["person"]["name"], "Awa Mbaye");
    let nobody = app.nobody();
    let claim = json!({"token": link.split_once('#').unwrap().1, "password": "five green doors"});
    nobody.post("/api/claims", &claim).await.is_problem(410, "link-spent");
    nobody
        .post("/api/session", &credentials("admin@acme.example", PASSWORD))
        .await
        .is_problem(401, "bad-credentials");
    let answer = nobody.post("/api/session", &credentials("admin@acme.example", "four calm rivers")).await;
    assert_eq!(answer.status, 201);
}

#[tokio::test]
async fn a_session_ends_when_nothing_happens() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let (start, cookie) = (app.now(), admin.cookie.clone());
    let app = app.restart_at(start.plus(SESSION_IDLE).minus(Span::minutes(5))).await;
    let admin = Caller { cookie: cookie.clone(), ..app.nobody() };
    assert_eq!(admin.get("/api/session").await.status, 200, "looking is allowed to the end");
    let app = app.restart_at(start.plus(SESSION_IDLE).plus(Span::minutes(5))).await;
    let admin = Caller { cookie, ..app.nobody() };
    admin.get("/api/session").await.is_problem(401, "signed-out");
}

#[tokio::test]
async fn a_session_lasts_longer_by_what_is_done_but_not_for_ever() {
    let mut app = TestApp::start().await;
    let start = app.now();
    let cookie = app.sign_in(Role::Admin).await.cookie;
    let mut at = start;
    while at.plus(Span::hours(11)) < start.plus(SESSION_MAX) {
        at = at.plus(Span::hours(11));
        app = app.restart_at(at).await;
        let admin = Caller { cookie: cookie.clone(), ..app.nobody() };
        assert_eq!(admin.get("/api/settings").await.status, 200, "{at}");
    }
    let app = app.restart_at(start.plus(SESSION_MAX).plus(Span::minutes(1))).await;
    let admin = Caller { cookie, ..app.nobody() };
    admin.get("/api/settings").await.is_problem(401, "signed-out");
}

#[tokio::test]
async fn a_one_time_link_sets_a_password_once() {
    let app = TestApp::start().await;
    let origin = app.running.app().origin().clone();
    let old = app.sign_in(Role::Employee).await;
    let link = operator::reset(app.folder.path(), "employee@acme.example", &origin, app.now()).await.unwrap();
    let (address, token) = link.split_once('#').unwrap();
    assert_eq!(address, format!("{}/claim", app.base()));
    let nobody = app.nobody();
    let claim = |password: &str| json!({"token": token, "password": password});
    nobody.post("/api/claims", &claim("short")).await.points_at(&["/password"]);
    let claimed = nobody.post("/api/claims", &claim("five green doors")).await;
    assert_eq!(claimed.status, 201, "{}", claimed.text);
    assert_eq!(
        with_cookie_of(&claimed, &nobody).get("/api/session").await.json()["person"]["name"],
        "Noé Fontaine"
    );
    old.get("/api/session").await.is_problem(401, "signed-out");
    nobody.post("/api/claims", &claim("six old bridges")).await.is_problem(410, "link-spent");
    nobody
        .post("/api/claims", &json!({"token": "guessed", "password": "six old bridges"}))
        .await
        .is_problem(410, "link-spent");
}

#[tokio::test]
async fn a_one_time_link_ends_after_a_day() {
    let app = TestApp::start().await;
    let origin = app.running.app().origin().clone();
    let link =
        operator::add_admin(app.folder.path(), "new.admin@acme.example", &origin, app.now()).await.unwrap();
    let token = link.split_once('#').unwrap().1.to_owned();
    let later = app.now().plus(Span::hours(24));
    let app = app.restart_at(later).await;
    let claim = json!({"token": token, "password": "five green doors"});
    app.nobody().post("/api/claims", &claim).await.is_problem(410, "link-spent");
}

#[tokio::test]
async fn the_first_admin_comes_by_a_command() {
    let folder = tempfile::TempDir::new().unwrap();
    let now = crate::app::NOW.parse().unwrap();
    let running = frontdesk_backend::server::start(crate::app::options(folder.path(), now)).await.unwrap();
    let app = TestAppWithout { base: format!("http://{}", running.address()) };
    assert_eq!(app.welcome().await["hasAdmin"], false);
    let origin = running.app().origin().clone();
    operator::add_admin(folder.path(), "first@acme.example", &origin, now).await.unwrap();
    let welcome = app.welcome().await;
    assert_eq!(welcome["hasAdmin"], true);
    assert_eq!(welcome["organization"], "Acme");
    let rows = sqlx::query("SELECT what FROM audit ORDER BY number").fetch_all(running.app().store().read());
    let told: Vec<String> = rows.await.unwrap().iter().map(|row| row.get("what")).collect();
    assert_eq!(
        told,
        ["account.rights", "account.password.link"],
        "whoever stands at the machine is told too"
    );
    running.stop().await;
}

struct TestAppWithout {
    base: String,
}

impl TestAppWithout {
    async fn welcome(&self) -> Value {
        let text = reqwest::get(format!("{}/api/welcome", self.base)).await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap()
    }
}

#[tokio::test]
async fn a_change_from_another_site_is_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let origin = app.base();
    let try_with = async |headers: &[(&str, &str)]| {
        let mut all = vec![("idempotency-key", "k")];
        all.extend_from_slice(headers);
        let body = crate::app::question("Forged").to_string();
        admin.send(Method::POST, "/api/requests", Some(body), &all).await
    };
    try_with(&[("x-frontdesk", "")]).await.is_problem(403, "foreign-origin");
    for site in ["cross-site", "same-site", "none"] {
        try_with(&[("sec-fetch-site", site)]).await.is_problem(403, "foreign-origin");
    }
    try_with(&[("sec-fetch-site", "")]).await.is_problem(403, "foreign-origin");
    try_with(&[("sec-fetch-site", ""), ("origin", "https://evil.example")])
        .await
        .is_problem(403, "foreign-origin");
    assert_eq!(admin.get("/api/requests/counts").await.json()["all"], 0, "nothing was done");
    assert_eq!(try_with(&[("sec-fetch-site", ""), ("origin", &origin)]).await.status, 201);
}

#[tokio::test]
async fn nobody_is_signed_in_by_another_site() {
    let app = TestApp::start().await;
    let body = credentials("admin@acme.example", PASSWORD).to_string();
    let headers = [("sec-fetch-site", "cross-site")];
    let answer = app.nobody().send(Method::POST, "/api/session", Some(body), &headers).await;
    answer.is_problem(403, "foreign-origin");
}
