//! E-mails over a real conversation with a mail server: who gets what, what becomes of it, how somebody gets no more.

use std::path::Path;

use base64::Engine as _;
use frontdesk_backend::server;
use frontdesk_backend::settings;
use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;
use tempfile::TempDir;

use crate::accounts::{later, stands_in};
use crate::app::{Answer, Caller, NOW, Role, TestApp, fill, options};
use crate::durability::Process;
use crate::sink::{Does, Mail, Sink};

const ADMIN: &str = "admin@acme.example";

/// A backend that sends to this server.
async fn desk(sink: &Sink, more: &str) -> TestApp {
    let folder = TempDir::new().unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    fill(folder.path(), 0, now).await;
    add_settings(folder.path(), &sink.settings(more));
    let running = server::start(options(folder.path(), now)).await.unwrap();
    TestApp::of(folder, running, now)
}

fn add_settings(folder: &Path, more: &str) {
    let file = folder.join(settings::FILE);
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, format!("{text}{more}")).unwrap();
}

async fn answer(agent: &Caller, id: &str, body: &str) {
    let key = format!("\"{}\"", base64::engine::general_purpose::STANDARD.encode(body));
    let said = agent.say(id, &key, &json!({"body": body})).await;
    assert_eq!(said.status, 201, "{}", said.text);
}

/// The log, once nothing waits any more.
async fn settled(admin: &Caller) -> Vec<Value> {
    loop {
        let log = admin.get("/api/mails").await;
        assert_eq!(log.status, 200, "{}", log.text);
        let items = log.json()["items"].as_array().unwrap().clone();
        if !items.is_empty() && items.iter().all(|item| item["state"] != "waiting") {
            return items;
        }
        tokio::task::yield_now().await;
    }
}

/// The log, once the first of it was tried so often.
async fn tried(admin: &Caller, tries: u64) -> Value {
    loop {
        let items = admin.get("/api/mails").await.json()["items"].clone();
        if items[0]["tries"].as_u64() >= Some(tries) {
            return items[0].clone();
        }
        tokio::task::yield_now().await;
    }
}

fn stop_path(mail: &Mail) -> String {
    let header = mail.header("List-Unsubscribe");
    let (_, word) = header.trim_matches(['<', '>']).split_once("/api/mail/stop/").unwrap();
    format!("/api/mail/stop/{word}")
}

#[tokio::test]
async fn whoever_asked_and_whoever_watches_hears_of_an_answer_and_nobody_else() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Uploads stop").await;
    let note = json!({"body": "Between us: the codec.", "internal": true});
    assert_eq!(agent.say(&id, "\"n\"", &note).await.status, 201);
    answer(&agent, &id, "Which browser?\n\n.hidden").await;
    let mails = sink.wait_for(1).await;
    let mail = &mails[0];
    assert_eq!((mail.from.as_str(), mail.to.as_str()), ("desk@acme.example", ADMIN));
    assert_eq!(mail.header("Subject"), format!("[{id}] Uploads stop"));
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(mail.header("Message-ID").ends_with("@acme.example>"), "{}", mail.text);
    let body = mail.body();
    assert!(body.contains("> Which browser?\n>\n> .hidden"), "{body}");
    assert!(body.contains(&format!("{}/requests/{id}", app.base())), "{body}");
    assert!(body.contains(&stop_path(mail)), "the link stands in the text too: {body}");
    assert!(!body.contains("codec"), "notes never leave: {body}");

    // The agent watches too, and hears of a colleague's answer, but never of the own one.
    assert_eq!(agent.send(Method::PUT, &format!("/api/requests/{id}/watch"), None, &[]).await.status, 204);
    answer(&agent, &id, "Any news?").await;
    let mails = sink.wait_for(2).await;
    assert_eq!(mails[1].to, ADMIN);
    assert_ne!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
    assert_eq!(mails[0].header("References"), mails[1].header("References"));
    // The one who asked answers and solves: the agent who watches hears of it, the one who asked doesn't.
    assert_eq!(admin.say(&id, "\"s\"", &json!({"body": "It works.", "solve": true})).await.status, 201);
    let mails = sink.wait_for(3).await;
    assert_eq!(mails[2].to, "agent@acme.example");
    assert!(mails[2].body().contains("marked the request as solved"), "{}", mails[2].body());
    assert_eq!(settled(&admin).await.len(), 3);
}

#[tokio::test]
async fn what_happens_within_a_moment_is_told_in_one_e_mail() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "collectSeconds = 2").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Uploads stop").await;
    for body in ["One.", "Two.", "Three."] {
        answer(&agent, &id, body).await;
    }
    assert_eq!(agent.change(&id, &json!({"state": "solved"})).await.status, 200);
    let body = sink.wait_for(1).await[0].body();
    for words in ["> One.", "> Two.", "> Three.", "marked the request as solved"] {
        assert!(body.contains(words), "{words} in {body}");
    }
    settled(&admin).await;
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn somebody_who_reads_french_is_written_in_french() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "language = \"fr\"").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.ask("k", "Les vidéos s’arrêtent à 90 % 🎬").await.word("id");
    answer(&agent, &id, "Quel navigateur ?").await;
    let mail = &sink.wait_for(1).await[0];
    assert!(mail.text.is_ascii(), "{}", mail.text);
    assert!(mail.header("Subject").contains("=?utf-8?"), "{}", mail.text);
    assert!(mail.body().contains("a répondu\u{a0}:"), "{}", mail.body());
    assert!(mail.body().contains("Les vidéos s’arrêtent à 90 % 🎬"), "{}", mail.body());
}

#[tokio::test]
async fn one_click_stops_the_e_mails_of_one_request_and_a_look_changes_nothing() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let (one, other) = (admin.asked("One").await, admin.asked("Other").await);
    answer(&agent, &one, "Hello.").await;
    let path = stop_path(&sink.wait_for(1).await[0]);
    let state = async || admin.get(&format!("/api/requests/{one}/mails")).await.json();
    let nobody = app.nobody();
    let page = nobody.get(&path).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text.contains("<form method=\"post\">") && page.text.contains(&one), "{}", page.text);
    assert!(page.header("content-security-policy").contains("form-action 'self'"));
    assert_eq!(state().await, json!({"gets": true, "stopped": false}), "to look changes nothing");

    // As a mail program sends it: no cookie, no page of ours.
    let form =
        [("content-type", "application/x-www-form-urlencoded"), ("x-frontdesk", ""), ("sec-fetch-site", "")];
    let one_click = Some("List-Unsubscribe=One-Click".to_owned());
    let done = nobody.send(Method::POST, &path, one_click.clone(), &form).await;
    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(state().await, json!({"gets": true, "stopped": true}));
    // As the button sends it from a browser in which the person is signed in.
    let form = [("content-type", "application/x-www-form-urlencoded"), ("x-frontdesk", "")];
    assert_eq!(admin.send(Method::POST, &path, one_click, &form).await.status, 200, "again changes nothing");

    answer(&agent, &one, "More.").await;
    answer(&agent, &other, "Something else.").await;
    let mails = sink.wait_for(2).await;
    assert!(mails[1].body().contains("Something else."), "the other request goes on");
    settled(&admin).await;
    assert_eq!(sink.mails().len(), 2);

    // Taken back on the request's page.
    let path = format!("/api/requests/{one}/mails");
    assert_eq!(admin.send(Method::PUT, &path, None, &[]).await.status, 204);
    assert_eq!(state().await, json!({"gets": true, "stopped": false}));
    answer(&agent, &one, "Back again.").await;
    assert!(sink.wait_for(3).await[2].body().contains("Back again."));
    assert_eq!(admin.delete(&path).await.status, 204);
    assert_eq!(state().await["stopped"], true);
    // Whoever neither asked nor watches gets none.
    assert_eq!(agent.get(&path).await.json(), json!({"gets": false, "stopped": false}));
}

#[tokio::test]
async fn words_that_stop_nothing_are_counted() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    let nobody = app.nobody();
    let mut last = 0;
    for number in 0..60 {
        let answer: Answer = nobody.get(&format!("/api/mail/stop/guess-{number}")).await;
        last = answer.status;
        assert!(answer.text.contains("<h1>"), "{}", answer.text);
        assert!(matches!(last, 404 | 429), "{last}");
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn a_temporary_refusal_is_tried_again_and_one_for_good_is_told() {
    let sink = Sink::that([
        Does::RefusesText("451 come back later"),
        Does::RefusesRecipient("550 no such mailbox here"),
        Does::Takes,
    ])
    .await;
    let app = desk(&sink, "").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let first = admin.asked("First").await;
    answer(&agent, &first, "One.").await;
    let line = tried(&admin, 1).await;
    assert_eq!((&line["state"], &line["answer"]), (&json!("waiting"), &json!("451")));
    // The next one is refused for good, and the connection goes on.
    let second = admin.asked("Second").await;
    answer(&agent, &second, "Two.").await;
    let refused = loop {
        let items = admin.get("/api/mails").await.json()["items"].clone();
        if items[0]["state"] == "refused" {
            break items[0].clone();
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((&refused["answer"], &refused["tries"]), (&json!("550"), &json!(1)));
    assert!(sink.mails().is_empty());
    // An hour later the first goes out, once.
    let later = app.now().plus(Span::hours(1));
    let app = app.restart_at(later).await;
    let admin = app.sign_in(Role::Admin).await;
    let mails = sink.wait_for(1).await;
    assert!(mails[0].body().contains("> One."));
    let log = settled(&admin).await;
    assert_eq!((&log[1]["state"], &log[1]["tries"]), (&json!("sent"), &json!(2)));
    assert_eq!(sink.mails().len(), 1);
}

#[tokio::test]
async fn what_was_cut_is_sent_again_and_can_be_known_by_its_id() {
    let sink = Sink::that([Does::CutsWithinText]).await;
    let app = desk(&sink, "").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Cut").await;
    answer(&agent, &id, "One.").await;
    tried(&admin, 1).await;
    assert!(sink.mails().is_empty(), "half a text is no e-mail");
    // What is new since belongs into the next one: each try says the same.
    answer(&agent, &id, "Two.").await;
    assert!(!sink.wait_for(1).await[0].body().contains("One."));
    sink.next_time(Does::CutsAfterText);
    let mut app = app;
    for count in 2..=3 {
        let later = app.now().plus(Span::hours(1));
        app = app.restart_at(later).await;
        sink.wait_for(count).await;
    }
    let admin = app.sign_in(Role::Admin).await;
    settled(&admin).await;
    let mails: Vec<Mail> = sink.mails().into_iter().filter(|mail| mail.body().contains("> One.")).collect();
    assert_eq!(mails.len(), 2, "SMTP can't tell whether the first arrived");
    assert_eq!((mails[0].is_taken, mails[1].is_taken), (false, true));
    assert_eq!(mails[0].header("Message-ID"), mails[1].header("Message-ID"));
    // The backend has another port since.
    let said = |mail: &Mail| mail.body().lines().filter(|line| !line.contains("http://")).collect::<String>();
    assert_eq!(said(&mails[0]), said(&mails[1]));
    assert!(!mails[0].body().contains("Two."));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_while_sending_loses_nothing_and_repeats_only_what_smtp_cannot_tell() {
    const REQUESTS: usize = 12;
    const LATER: &str = "2026-11-23T10:00:00Z";
    let does = (0..REQUESTS)
        .flat_map(|number| if number % 4 == 1 { vec![Does::Hangs, Does::Takes] } else { vec![Does::Takes] });
    let sink = Sink::that(does).await;
    // None is due before the process that can be killed.
    let app = desk(&sink, "collectSeconds = 600").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let mut ids = Vec::new();
    for number in 0..REQUESTS {
        let id = admin.asked(&format!("Kill {number}")).await;
        ids.push(id);
    }
    for id in &ids {
        answer(&agent, id, &format!("Answer to {id}.")).await;
    }
    let TestApp { folder, running, .. } = app;
    running.stop().await;
    assert!(sink.mails().is_empty());
    let has = |mails: &[Mail], id: &str| {
        let words = format!("> Answer to {id}.");
        mails.iter().any(|mail| mail.is_taken && mail.body().contains(&words))
    };
    let mut hung = 0;
    loop {
        let process = Process::start_at(folder.path(), LATER);
        let is_over = loop {
            let mails = sink.mails();
            let hang = mails.iter().filter(|mail| !mail.is_taken).count();
            let is_over = ids.iter().all(|id| has(&mails, id));
            if hang > hung || is_over {
                hung = hang;
                break is_over;
            }
            tokio::task::yield_now().await;
        };
        process.kill();
        if is_over {
            break;
        }
    }
    assert_eq!(hung, REQUESTS / 4);
    // Started once more: nothing is left to be sent but, at the most, what was taken the moment before the kill.
    Process::start_at(folder.path(), LATER).kill();
    let mails = sink.mails();
    for id in &ids {
        let theirs: Vec<&Mail> =
            mails.iter().filter(|mail| mail.body().contains(&format!("> Answer to {id}."))).collect();
        let first = theirs[0].header("Message-ID");
        assert!(theirs.iter().all(|mail| mail.header("Message-ID") == first), "{id} has one name");
    }
}

#[tokio::test]
async fn a_server_that_hangs_or_is_not_there_keeps_nobody_waiting() {
    let sink = Sink::that([Does::Hangs]).await;
    let app = desk(&sink, "answerSeconds = 1").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Slow").await;
    answer(&agent, &id, "One.").await;
    let line = tried(&admin, 1).await;
    assert_eq!(line["answer"], "no answer in time");
    // Days later it is no news any more: it is given up, and said so.
    let later = app.now().plus(Span::days(3));
    let app = app.restart_at(later).await;
    let admin = app.sign_in(Role::Admin).await;
    let log = settled(&admin).await;
    let line = log.iter().find(|line| line["kind"] == "request").unwrap();
    assert_eq!(line["state"], "expired");
}

#[tokio::test]
async fn the_backend_signs_in_at_the_mail_server() {
    let sink = Sink::that([]).await;
    let folder = TempDir::new().unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    fill(folder.path(), 0, now).await;
    std::fs::write(folder.path().join("secret"), "hush\n").unwrap();
    add_settings(folder.path(), &sink.settings("user = \"desk\"\npasswordFile = \"secret\""));
    let running = server::start(options(folder.path(), now)).await.unwrap();
    let app = TestApp::of(folder, running, now);
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Signed in").await;
    answer(&agent, &id, "One.").await;
    sink.wait_for(1).await;
    let said = base64::engine::general_purpose::STANDARD.decode(&sink.signed_in.borrow()[0]).unwrap();
    assert_eq!(said, b"\0desk\0hush");
    assert_eq!(admin.get("/api/settings").await.json()["mail"], true);
    let welcome = app.nobody().get("/api/welcome").await;
    assert_eq!(welcome.json()["mail"], true);
    assert!(!admin.get("/api/settings").await.text.contains("hush"));
}

#[tokio::test]
async fn only_admins_see_what_became_of_e_mails() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    for (role, status) in [(Role::Nobody, 401), (Role::Employee, 403), (Role::Agent, 403), (Role::Admin, 200)]
    {
        assert_eq!(app.sign_in(role).await.get("/api/mails").await.status, status, "{role:?}");
    }
    let admin = app.sign_in(Role::Admin).await;
    let id = admin.asked("Mine").await;
    let path = format!("/api/requests/{id}/mails");
    for (role, status) in [(Role::Nobody, 401), (Role::Employee, 403), (Role::Agent, 200), (Role::Admin, 200)]
    {
        assert_eq!(app.sign_in(role).await.get(&path).await.status, status, "{role:?}");
    }
    assert_eq!(admin.get("/api/requests/FD-9999/mails").await.status, 404);
}

#[tokio::test]
async fn before_a_request_closes_by_itself_and_when_it_does_an_e_mail_says_so() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let id = admin.asked("Left").await;
    answer(&agent, &id, "Which browser?").await;
    sink.wait_for(1).await;
    let reminded = app.now().plus(Span::days(11)).plus(Span::hours(1));
    let app = app.restart_at(reminded).await;
    let mail = sink.wait_until(|mail| mail.to == ADMIN && mail.body().contains("closes by itself on")).await;
    assert!(mail.body().contains("closes by itself on 2026-12-07"), "{}", mail.body());
    let closed = app.now().plus(Span::days(3));
    let _app = app.restart_at(closed).await;
    let mail = sink.wait_until(|mail| mail.body().contains("was closed by itself")).await;
    assert_eq!((mail.to.as_str(), mail.header("Subject")), (ADMIN, format!("[{id}] Left")));
}

/// Somebody with an address, made by a machine.
async fn newcomer(app: &TestApp, name: &str, email: &str) -> String {
    let token = app.token("scim").await;
    let body = json!({
        "userName": email, "displayName": name, "emails": [{"value": email, "primary": true}],
        "preferredLanguage": "en-GB",
    });
    let made = token.post("/scim/v2/Users", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.word("id")
}

/// The secret of the link in an e-mail.
fn secret_in(mail: &Mail) -> String {
    let body = mail.body();
    let (_, rest) = body.split_once("/claim#").unwrap_or_else(|| panic!("no link in {body}"));
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn claim(app: &TestApp, secret: &str) -> u16 {
    let claim = json!({"token": secret, "password": "four calm rivers"});
    app.nobody().post("/api/claims", &claim).await.status
}

#[tokio::test]
async fn an_invitation_goes_out_with_the_admins_own_words_and_its_link_is_told_nowhere_else() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "language = \"fr\"").await;
    let admin = app.sign_in(Role::Admin).await;
    let id = newcomer(&app, "Zoë \"Z\" O’Hara <zoe@x.example>", "zoe@acme.example").await;
    let plan = admin.plan(&json!({"action": "invite", "targets": [id]})).await;
    let done = admin.run(&plan, json!({"words": "Welcome aboard, Zoë.\nSee you on Monday."})).await;
    assert_eq!(done.status, 201, "{}", done.text);
    let receipt = done.json()["receipt"].clone();
    assert_eq!((&receipt["mailed"], &receipt["link"]), (&json!(true), &Value::Null), "{receipt}");
    let mail = &sink.wait_for(1).await[0];
    assert_eq!(mail.to, "zoe@acme.example");
    assert_eq!(mail.header("Subject"), "Your account for Workplace", "her language, not the organization’s");
    assert!(mail.body().contains("Welcome aboard, Zoë.\nSee you on Monday."), "{}", mail.body());
    assert_eq!(mail.header("List-Unsubscribe"), "", "nobody can stop what they asked for");
    let secret = secret_in(mail);
    settled(&admin).await;
    let kept =
        sqlx::query("SELECT count(*) AS many FROM mails WHERE secret IS NOT NULL OR words IS NOT NULL")
            .fetch_one(app.running.app().store().read())
            .await
            .unwrap();
    assert_eq!(kept.get::<i64, _>("many"), 0, "neither link nor words stay");
    assert!(!admin.get(&format!("/api/runs/{}", done.json()["id"])).await.text.contains(&secret));

    // A reminder by hand ends the link before.
    assert_eq!(admin.act("remind", &id).await.json()["receipt"]["mailed"], true);
    let again = secret_in(&sink.wait_for(2).await[1]);
    assert_eq!(claim(&app, &secret).await, 410);
    // Three days later the backend reminds by itself, and that link is the one that works.
    let app = app.restart_at(later(73)).await;
    let last = secret_in(&sink.wait_for(3).await[2]);
    assert_eq!(claim(&app, &again).await, 410);
    assert_eq!(claim(&app, &last).await, 201);
}

#[tokio::test]
async fn whoever_has_no_address_still_gets_a_link_by_hand() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    let admin = app.sign_in(Role::Admin).await;
    let made = app.token("scim").await.post("/scim/v2/Users", &json!({"userName": "till-7"})).await;
    let receipt = admin.act("invite", &made.word("id")).await.json()["receipt"].clone();
    assert!(receipt["link"].as_str().unwrap().contains("/claim#"), "{receipt}");
    assert_eq!(receipt["mailed"], Value::Null);
    assert_eq!(admin.get("/api/mails").await.json()["items"], json!([]));
}

#[tokio::test]
async fn words_without_a_mail_server_are_refused() {
    let app = TestApp::start().await;
    let admin = app.sign_in(Role::Admin).await;
    let id = newcomer(&app, "Zoe", "zoe@acme.example").await;
    let plan = admin.plan(&json!({"action": "invite", "targets": [id]})).await;
    admin.run(&plan, json!({"words": "Welcome."})).await.points_at(&["/words"]);
    let receipt = admin.run(&plan, json!({})).await.json()["receipt"].clone();
    assert!(receipt["link"].is_string() && receipt["mailed"].is_null(), "{receipt}");
    let asked = admin.asked("Nobody is written to").await;
    let mails = admin.get(&format!("/api/requests/{asked}/mails")).await.json();
    assert_eq!(mails, json!({"gets": false, "stopped": false}));
}

#[tokio::test]
async fn a_forgotten_password_is_answered_by_e_mail_and_alike_for_everybody() {
    let sink = Sink::that([Does::Takes, Does::RefusesRecipient("550 gone")]).await;
    let app = desk(&sink, "").await;
    let (admin, nobody) = (app.sign_in(Role::Admin).await, app.nobody());
    let ask = async |email: &str| {
        let answer = nobody.post("/api/forgotten", &json!({"email": email})).await;
        (answer.status, answer.text)
    };
    let known = ask("employee@acme.example").await;
    assert_eq!(known, ask("nobody@acme.example").await);
    assert_eq!(known, ask("EMPLOYEE@acme.example").await, "asked twice at once: one link, which works");
    let mails = sink.wait_for(1).await;
    assert_eq!(mails[0].to, "employee@acme.example");
    assert!(mails[0].body().contains("If it wasn’t you"), "{}", mails[0].body());
    assert_eq!(settled(&admin).await.len(), 1);
    assert_eq!(admin.get("/api/forgotten").await.json(), json!([]), "nothing is left for the admins");
    assert_eq!(claim(&app, &secret_in(&mails[0])).await, 201);
    // What the server refuses comes to the admins.
    ask("second.admin@acme.example").await;
    loop {
        let asked = admin.get("/api/forgotten").await.json();
        if asked != json!([]) {
            assert_eq!(asked[0]["email"], "second.admin@acme.example");
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn an_invitation_that_is_refused_stands_in_the_accounts_history() {
    let sink = Sink::that([Does::RefusesRecipient("550 no such mailbox")]).await;
    let app = desk(&sink, "").await;
    let admin = app.sign_in(Role::Admin).await;
    let id = newcomer(&app, "Zoe", "zoe@acme.example").await;
    assert_eq!(admin.act("invite", &id).await.json()["receipt"]["mailed"], true);
    assert_eq!(settled(&admin).await[0]["state"], "refused");
    let log = admin.get(&format!("/api/audit?person={id}")).await;
    assert!(log.text.contains("account.mail.refused"), "{}", log.text);
}

#[tokio::test]
async fn whoever_follows_an_incident_or_its_component_hears_of_each_update_once() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let path = "/api/status/follows";
    assert_eq!(admin.post_keyed(path, "a", &json!({"component": "login"})).await.status, 201);
    assert_eq!(agent.post_keyed(path, "b", &json!({"component": "login"})).await.status, 201);
    let trouble = json!({
        "name": "Nobody can sign in", "impact": "critical", "status": "investigating", "components": ["login"],
        "body": "Since 9:40 signing in fails.",
    });
    let incident = agent.post_keyed("/api/status/incidents", "k1", &trouble).await;
    assert_eq!(incident.status, 201, "{}", incident.text);
    let id = incident.word("id");
    let mail = &sink.wait_for(1).await[0];
    assert_eq!(mail.to, ADMIN, "the agent who wrote it hears nothing");
    assert_eq!(mail.header("Subject"), "Workplace: Nobody can sign in (Investigating)");
    assert!(mail.body().contains("> Since 9:40 signing in fails."), "{}", mail.body());
    assert!(mail.body().contains(&format!("/status#{id}")));
    // By both ways: still one.
    assert_eq!(admin.post_keyed(path, "c", &json!({"incident": id})).await.status, 201);
    let updates = format!("/api/status/incidents/{id}/updates");
    let update = json!({"status": "identified", "body": "A certificate."});
    assert_eq!(agent.post_keyed(&updates, "k2", &update).await.status, 201);
    let mails = sink.wait_for(2).await;
    assert!(mails[1].body().contains("> A certificate."));
    let form = [("x-frontdesk", ""), ("sec-fetch-site", "")];
    assert_eq!(app.nobody().send(Method::POST, &stop_path(mail), None, &form).await.status, 200);
    let update = json!({"status": "resolved", "body": "Signing in works."});
    assert_eq!(agent.post_keyed(&updates, "k3", &update).await.status, 201);
    settled(&admin).await;
    assert_eq!(sink.mails().len(), 2);
}

#[tokio::test]
async fn e_mails_that_wait_are_erased_with_the_person() {
    let sink = Sink::that((0..40).map(|_| Does::RefusesText("451 later"))).await;
    let app = desk(&sink, "").await;
    let admin = app.sign_in(Role::Admin).await;
    let id = newcomer(&app, "Zebulon Quark", "zebulon.quark@acme.example").await;
    let plan = admin.plan(&json!({"action": "invite", "targets": [id]})).await;
    let words = json!({"words": "Bring your crocodile."});
    assert_eq!(admin.run(&plan, words).await.status, 201);
    tried(&admin, 1).await;
    let done = admin.act("withdraw", &id).await;
    assert_eq!(done.status, 201, "{}", done.text);
    assert_eq!(admin.get("/api/mails").await.json()["items"], json!([]));
    app.running.app().store().fold_back().await;
    let folder = app.folder;
    app.running.stop().await;
    for text in ["Zebulon", "zebulon.quark", "crocodile"] {
        assert_eq!(stands_in(folder.path(), text), None, "{text} is still there");
    }
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn whoever_may_not_read_requests_any_more_gets_no_news_of_them() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "collectSeconds = 600").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let second = app.sign_in_as("second.admin@acme.example").await;
    let id = second.asked("Mine").await;
    answer(&agent, &id, "Hello.").await;
    let person = app.id_of("second.admin@acme.example").await;
    assert_eq!(admin.act("deactivate", &person).await.status, 201);
    let app = app.restart_at(later(1)).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(settled(&admin).await[0]["state"], "void");
    assert!(sink.mails().is_empty());
}

#[tokio::test]
async fn what_was_read_in_a_chat_already_is_no_news() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "collectSeconds = 2").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let mut question = crate::app::question("A chat");
    question["channel"] = json!("chat");
    let id = admin.post_keyed("/api/requests", "k-chat", &question).await.word("id");
    let said = agent.say(&id, "one", &json!({"body": "Hello."})).await;
    assert_eq!(said.status, 201, "{}", said.text);
    let read = json!({"read": said.json()["id"], "typing": false});
    let marked = admin.post(&format!("/api/requests/{id}/chat/marks"), &read).await;
    assert_eq!(marked.status, 204, "{}", marked.text);
    assert_eq!(settled(&admin).await[0]["state"], "void");
    // Whoever has gone meanwhile gets what was said since.
    answer(&agent, &id, "Are you there?").await;
    let body = sink.wait_for(1).await[0].body();
    assert!(body.contains("> Are you there?") && !body.contains("Hello."), "{body}");
}

#[tokio::test]
async fn the_operator_tries_the_settings_by_a_test_e_mail() {
    let sink = Sink::that([Does::Takes, Does::RefusesRecipient("550 nobody")]).await;
    let folder = TempDir::new().unwrap();
    fill(folder.path(), 0, NOW.parse().unwrap()).await;
    let data = folder.path().to_str().unwrap().to_owned();
    let test = async |to: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_frontdesk-backend"));
        command.args(["mail", "test", to, "--data", &data]);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    };
    let none = test("ops@acme.example").await;
    assert!(!none.status.success() && String::from_utf8_lossy(&none.stderr).contains("[mail]"));
    add_settings(folder.path(), &sink.settings(""));
    let taken = test("ops@acme.example").await;
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    let mails = sink.wait_for(1).await;
    assert!(mails[0].to.contains("ops@acme.example"), "{}", mails[0].to);
    assert_eq!(mails[0].header("Subject"), "Test e-mail from Frontdesk");
    let refused = test("ghost@acme.example").await;
    let sentence = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && sentence.contains("550"), "{sentence}");
    let wrong = test("nonsense").await;
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("nonsense"));
}

#[tokio::test]
async fn admins_hear_once_an_hour_that_somebody_is_locked_out_and_nothing_of_what_was_written() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "").await;
    let admin = app.sign_in(Role::Admin).await;
    let handlers = handlers(&app).await;
    assert!(handlers.len() > 1, "{handlers:?}");
    let told = |body: &str| json!({"body": body, "email": "zanzibar@acme.example", "lockedOut": true});
    let first = app.nobody().post("/api/public-reports", &told("Zanzibar can’t get in")).await;
    assert_eq!(first.status, 201, "{}", first.text);
    let mails = sink.wait_for(handlers.len()).await;
    let mut to: Vec<&str> = mails.iter().map(|mail| mail.to.as_str()).collect();
    to.sort_unstable();
    assert_eq!(to, handlers, "whoever handles reports, and nobody else");
    for mail in &mails {
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        let body = mail.body();
        assert!(body.contains(&format!("{}/reports?state=new", app.base())), "{body}");
        assert!(!body.to_lowercase().contains("zanzibar"), "{body}");
        assert!(!mail.header("Subject").to_lowercase().contains("zanzibar"));
    }
    settled(&admin).await;

    // A flood is told once more, when the hour is over.
    for body in ["Me neither", "Nor me", "Nobody gets in"] {
        assert_eq!(app.nobody().post("/api/public-reports", &told(body)).await.status, 201);
    }
    let log = admin.get("/api/mails").await.json()["items"].as_array().unwrap().clone();
    let waiting: Vec<&Value> = log.iter().filter(|item| item["state"] == "waiting").collect();
    assert_eq!((waiting.len(), log.len()), (handlers.len(), 2 * handlers.len()), "{log:?}");
    for item in waiting {
        assert_eq!(item["kind"], "lockedout");
        let next: Timestamp = item["nextAt"].as_str().unwrap().parse().unwrap();
        assert!(next.since(app.now()) >= Span::hours(1), "{item}");
    }
    let app = app.restart_at(later(2)).await;
    let mails = sink.wait_for(2 * handlers.len()).await;
    assert_eq!(mails.len(), 2 * handlers.len());

    // What was handled by then is told no more.
    let admin = app.sign_in(Role::Admin).await;
    settled(&admin).await;
    assert_eq!(app.nobody().post("/api/public-reports", &told("And again")).await.status, 201);
    for group in admin.get("/api/report-groups?state=new").await.json()["items"].as_array().unwrap() {
        let closed = admin
            .patch(&format!("/api/report-groups/{}", group["id"]), "*", &json!({"state": "closed"}))
            .await;
        assert_eq!(closed.status, 200, "{}", closed.text);
    }
    let app = app.restart_at(later(4)).await;
    let log = settled(&app.sign_in(Role::Admin).await).await;
    assert_eq!(log.iter().filter(|item| item["state"] == "void").count(), handlers.len(), "{log:?}");
    assert_eq!(sink.mails().len(), 2 * handlers.len());
}

#[tokio::test]
async fn the_operator_switches_off_what_admins_hear_of_the_locked_out() {
    let sink = Sink::that([]).await;
    let app = desk(&sink, "lockedOut = false").await;
    let (admin, agent) = (app.sign_in(Role::Admin).await, app.sign_in(Role::Agent).await);
    let told = json!({"body": "I can’t sign in", "lockedOut": true});
    assert_eq!(app.nobody().post("/api/public-reports", &told).await.status, 201);
    let id = admin.asked("Uploads stop").await;
    answer(&agent, &id, "Which browser?").await;
    sink.wait_for(1).await;
    let log = settled(&admin).await;
    assert_eq!((log.len(), &log[0]["kind"]), (1, &json!("request")));
}

/// The addresses of those who handle reports, in order.
async fn handlers(app: &TestApp) -> Vec<String> {
    let rows = sqlx::query(
        "SELECT p.email FROM people p JOIN rights r ON r.person = p.id AND r.word = 'support' \
         WHERE p.kind = 'member' AND p.active = 1 ORDER BY p.email",
    )
    .fetch_all(app.running.app().store().read())
    .await
    .unwrap();
    rows.iter().map(|row| row.get("email")).collect()
}
