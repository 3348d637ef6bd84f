//! Problem reports: from whom, to whom, in which groups, and what becomes of them.

use frontdesk_backend::store::{reports, tokens, uploads};
use frontdesk_contract::time::Span;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::Row as _;

use crate::app::{Answer, Caller, Role, TestApp, question};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0";

impl Caller {
    async fn reports(&self, key: &str, body: &str) -> Answer {
        self.post_keyed("/api/reports", key, &json!({"body": body})).await
    }

    async fn reported(&self, key: &str, body: &str) -> String {
        let answer = self.reports(key, body).await;
        assert_eq!(answer.status, 201, "{}", answer.text);
        answer.word("id")
    }

    async fn groups(&self, query: &str) -> Vec<Value> {
        let answer = self.get(&format!("/api/report-groups{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()["items"].as_array().unwrap().clone()
    }

    async fn report(&self, id: &str) -> Value {
        let answer = self.get(&format!("/api/reports/{id}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.json()
    }

    async fn changes_group(&self, id: &Value, body: &Value) -> Answer {
        let path = format!("/api/report-groups/{id}");
        let group = self.get(&path).await;
        self.patch(&path, group.header("etag"), body).await
    }
}

#[tokio::test]
async fn a_report_goes_to_the_admins_and_comes_back_with_an_answer() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    let picture = employee.uploads("Screenshot.png", PNG).await;
    let body = json!({
        "body": "The expense form does not send.\nThe button stays gray.", "page": "https://intranet.example/expenses/new",
        "topic": "apps", "scope": "team", "contact": true, "browser": "Firefox 153", "screen": "1280 × 720",
        "language": "fr", "errors": ["TypeError: x is undefined\n  at send"], "uploads": [picture],
    });
    let sent = employee.post_keyed("/api/reports", "k1", &body).await;
    assert_eq!(sent.status, 201, "{}", sent.text);
    let report = sent.json();
    assert_eq!(sent.header("location"), "/api/reports/P-1");
    assert_eq!(
        (&report["id"], &report["state"], &report["scope"]),
        (&json!("P-1"), &json!("new"), &json!("team"))
    );
    assert_eq!(report["uploads"][0]["name"], "Screenshot.png");
    assert!(report.get("group").is_none(), "groups are the admins' business");
    assert_eq!(employee.post_keyed("/api/reports", "k1", &body).await.word("id"), "P-1", "once");

    let mine = employee.get("/api/reports?mine=true").await.json();
    assert_eq!(mine["items"].as_array().unwrap().len(), 1);
    assert_eq!(app.sign_in(Role::Auditor).await.get("/api/reports").await.json()["items"], json!([]));
    app.sign_in(Role::Auditor).await.get("/api/reports/P-1").await.is_problem(404, "not-found");
    assert_eq!(app.sign_in(Role::Auditor).await.bytes(&picture).await.0, 404);
    app.sign_in(Role::Agent).await.get("/api/reports/P-1").await.is_problem(403, "forbidden");
    assert_eq!(app.sign_in(Role::Agent).await.bytes(&picture).await.0, 404);
    assert_eq!(admin.bytes(&picture).await.0, 200);

    let seen = admin.report("P-1").await;
    assert_eq!((&seen["browser"], &seen["group"]), (&json!("Firefox 153"), &json!(1)));
    let shot = admin.uploads("Where.png", PNG).await;
    let answer = json!({"body": "Press Save first.", "uploads": [shot]});
    let answered = admin.post_keyed("/api/reports/P-1/messages", "a1", &answer).await;
    assert_eq!((answered.status, answered.word("state").as_str()), (201, "answered"), "{}", answered.text);
    assert_eq!(admin.post_keyed("/api/reports/P-1/messages", "a1", &answer).await.status, 201);
    let report = employee.report("P-1").await;
    assert_eq!(report["answers"].as_array().unwrap().len(), 1, "once");
    assert_eq!(
        (&report["answers"][0]["body"], &report["answers"][0]["isAdmin"]),
        (&json!("Press Save first."), &json!(true))
    );
    assert_eq!(employee.bytes(&shot).await.0, 200, "an answer's file is for whoever is answered");
    assert_eq!(admin.groups("").await[0]["state"], "answered");

    let thanks = json!({"body": "It still fails."});
    let said = employee.post_keyed("/api/reports/P-1/messages", "a2", &thanks).await;
    assert_eq!((said.status, said.word("state").as_str()), (201, "new"), "the admins have the ball again");
    assert_eq!(said.json()["answers"][1]["isAdmin"], false);
    assert_eq!(admin.groups("?state=new").await.len(), 1);
}

#[tokio::test]
async fn alike_reports_are_one_group() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    employee.reported("1", "The printer on the third floor is jammed").await;
    employee.reported("2", "Printer third floor jammed again").await;
    employee.reported("3", "I can’t open my payslip").await;
    let groups = admin.groups("").await;
    assert_eq!(groups.len(), 2, "{groups:?}");
    assert_eq!((&groups[0]["title"], &groups[0]["reports"]), (&json!("I can’t open my payslip"), &json!(1)));
    assert_eq!(
        (&groups[1]["title"], &groups[1]["reports"]),
        (&json!("The printer on the third floor is jammed"), &json!(2))
    );
    assert_eq!(admin.groups("?q=printers").await.len(), 1, "by any of its words");
    assert_eq!(admin.groups("?q=nothing").await.len(), 0);
    assert_eq!(admin.groups("?state=closed").await.len(), 0);
    let page = admin.get("/api/report-groups?limit=1").await.json();
    let rest = admin
        .get(&format!("/api/report-groups?limit=1&cursor={}", page["next"].as_str().unwrap()))
        .await
        .json();
    assert_eq!((&rest["items"][0]["id"], &rest["next"]), (&json!(1), &Value::Null));
    let inside = admin.get("/api/report-groups/1").await.json();
    let ids: Vec<&str> =
        inside["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["P-2", "P-1"]);
    let counts = admin.get("/api/report-groups/counts").await.json();
    assert_eq!((&counts["new"], &counts["known"]), (&json!(2), &json!(0)));
    assert_eq!(counts["days"].as_array().unwrap().last(), Some(&json!(3)));
}

#[tokio::test]
async fn more_than_usual_is_a_spike() {
    let app = TestApp::start().await;
    let employee = app.sign_in(Role::Employee).await;
    for key in ["1", "2"] {
        employee.reported(key, "Videos stop at the end of the upload").await;
    }
    assert_eq!(app.sign_in(Role::Admin).await.groups("?spike=true").await.len(), 0);
    employee.reported("3", "Video upload stops at the end").await;
    let admin = app.sign_in(Role::Admin).await;
    let groups = admin.groups("?spike=true").await;
    assert_eq!((groups.len(), &groups[0]["spike"]), (1, &json!({"count": 3, "usual": 0})));
    let tomorrow = app.now().plus(Span::days(1));
    let app = app.restart_at(tomorrow).await;
    let admin = app.sign_in(Role::Admin).await;
    assert_eq!(admin.groups("?spike=true").await.len(), 0);
    let days = admin.groups("").await[0]["days"].as_array().unwrap().clone();
    assert_eq!((days.len(), &days[26], &days[27]), (28, &json!(3), &json!(0)));
}

#[tokio::test]
async fn all_of_a_group_are_answered_at_once() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    let other = app.sign_in(Role::Auditor).await;
    employee.reported("1", "The printer on the third floor is jammed").await;
    other.reported("1", "Printer third floor jammed").await;
    let answered = admin
        .post_keyed("/api/report-groups/1/answers", "k", &json!({"body": "A technician comes at two."}))
        .await;
    assert_eq!((answered.status, answered.word("state").as_str()), (201, "answered"), "{}", answered.text);
    assert_eq!(answered.json()["newReports"], 0);
    admin
        .post_keyed("/api/report-groups/1/answers", "k", &json!({"body": "A technician comes at two."}))
        .await;
    for (caller, id) in [(&employee, "P-1"), (&other, "P-2")] {
        let answers = caller.report(id).await["answers"].clone();
        assert_eq!(answers.as_array().unwrap().len(), 1);
        assert_eq!(answers[0]["body"], "A technician comes at two.");
    }
    employee.reported("2", "The printer on the third floor is jammed once more").await;
    assert_eq!(admin.groups("").await[0]["state"], "new", "what comes then is new");
    let closed = admin.changes_group(&json!(1), &json!({"state": "closed"})).await;
    assert_eq!((closed.status, closed.word("state").as_str()), (200, "closed"));
    assert_eq!(other.report("P-2").await["state"], "closed");
}

#[tokio::test]
async fn what_is_known_is_shown_to_the_next_reporter_who_joins() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    let other = app.sign_in(Role::Auditor).await;
    employee.reported("1", "My secret salary page shows the printer is jammed").await;
    let nothing = other.get("/api/check-first?q=printer%20jammed").await.json();
    assert!(nothing.get("known").is_none(), "nobody reads what others report: {nothing}");
    admin.changes_group(&json!(1), &json!({"state": "known"})).await.points_at(&["/title"]);
    let known = admin
        .changes_group(&json!(1), &json!({"state": "known", "title": "The printers on floor 3 are jammed"}))
        .await;
    assert_eq!(known.status, 200, "{}", known.text);
    let seen = other.get("/api/check-first?q=printer%20jammed").await.json();
    assert_eq!(seen["known"][0]["title"], "The printers on floor 3 are jammed");
    assert_eq!(seen["known"].as_array().unwrap().len(), 1);
    assert!(!seen.to_string().contains("salary"), "never in a reporter's words: {seen}");
    assert!(other.get("/api/check-first?q=payslip%20is%20wrong").await.json().get("known").is_none());
    assert_eq!(other.get("/api/check-first").await.json()["known"].as_array().unwrap().len(), 1);

    let joined = other.post_keyed("/api/report-groups/1/joined", "j", &json!({})).await;
    assert_eq!((joined.status, joined.word("source").as_str()), (201, "joined"), "{}", joined.text);
    assert_eq!(
        (joined.word("state").as_str(), joined.word("body").as_str()),
        ("known", "The printers on floor 3 are jammed")
    );
    let again = other.post_keyed("/api/report-groups/1/joined", "j2", &json!({})).await;
    assert_eq!(again.word("id"), joined.word("id"), "once a person");
    assert_eq!(admin.groups("?state=known").await[0]["reports"], 2);
    employee.reported("2", "The printer is jammed, says my salary page").await;
    assert_eq!(admin.groups("?state=known").await[0]["reports"], 3, "what comes then is known too");
    other.post_keyed("/api/report-groups/9/joined", "j3", &json!({})).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn a_group_joins_an_incident_and_so_do_people() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    employee.reported("1", "Videos stop at 90 percent").await;
    admin.changes_group(&json!(1), &json!({"incident": "nothing"})).await.points_at(&["/incident"]);
    let changed = admin.changes_group(&json!(1), &json!({"incident": "video-uploads"})).await;
    assert_eq!((changed.status, changed.word("state").as_str()), (200, "known"), "{}", changed.text);
    assert_eq!(employee.report("P-1").await["incident"], "video-uploads");
    let other = app.sign_in(Role::Auditor).await;
    let joined = other.post_keyed("/api/incidents/video-uploads/joined", "j", &json!({})).await;
    assert_eq!((joined.status, joined.word("incident").as_str()), (201, "video-uploads"), "{}", joined.text);
    assert_eq!(admin.groups("").await.len(), 1, "the group that is the incident");
    other.post_keyed("/api/incidents/none/joined", "j2", &json!({})).await.is_problem(404, "not-found");
}

#[tokio::test]
async fn an_incident_without_reports_can_be_joined() {
    let app = TestApp::start().await;
    let employee = app.sign_in(Role::Employee).await;
    let joined = employee.post_keyed("/api/incidents/video-uploads/joined", "j", &json!({})).await;
    assert_eq!(joined.status, 201, "{}", joined.text);
    let groups = app.sign_in(Role::Admin).await.groups("").await;
    assert_eq!((&groups[0]["incident"], &groups[0]["state"]), (&json!("video-uploads"), &json!("known")));
    assert_eq!(groups[0]["reports"], 1);
}

#[tokio::test]
async fn what_the_own_people_report_stands_beside_the_word_of_the_status_page() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    let path = "/api/status/reports";
    assert_eq!(admin.get(path).await.json(), json!({"topics": [], "incidents": []}));
    for (key, body) in
        [("1", "Videos stop at 90 percent"), ("2", "Uploads of videos hang"), ("3", "Sound is missing")]
    {
        let report = json!({"body": body, "topic": "apps"});
        assert_eq!(employee.post_keyed("/api/reports", key, &report).await.status, 201);
    }
    employee.reported("4", "The door of the garage squeaks").await;
    let told = admin.get(path).await.json();
    let apps = json!({"topic": "apps", "reports": 3, "spike": {"count": 3, "usual": 0}});
    assert_eq!(told, json!({"topics": [apps], "incidents": []}), "what has no topic stands beside nothing");

    admin.changes_group(&json!(1), &json!({"incident": "video-uploads"})).await;
    let told = admin.get(path).await.json();
    assert_eq!(told["incidents"], json!([{"incident": "video-uploads", "reports": 1, "group": 1}]));
    let tomorrow = app.now().plus(Span::days(1));
    let app = app.restart_at(tomorrow).await;
    let told = app.sign_in(Role::Admin).await.get(path).await.json();
    assert!(told["topics"][0].get("spike").is_none(), "it was yesterday: {told}");
    let app = app.restart_at(tomorrow.plus(Span::days(40))).await;
    assert_eq!(app.sign_in(Role::Admin).await.get(path).await.json()["topics"], json!([]));
}

#[tokio::test]
async fn people_split_and_merge_what_the_rule_put_together() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    employee.reported("1", "The printer on the third floor is jammed").await;
    employee.reported("2", "The printer on the third floor is empty").await;
    assert_eq!(admin.groups("").await.len(), 1);
    let split = |reports: Value, key: &'static str| {
        let admin = admin.clone();
        async move { admin.post_keyed("/api/report-groups/1/split", key, &json!({"reports": reports})).await }
    };
    split(json!([]), "s1").await.points_at(&["/reports"]);
    split(json!(["P-1", "P-2"]), "s2").await.points_at(&["/reports"]);
    split(json!(["P-9"]), "s3").await.points_at(&["/reports"]);
    let own = split(json!(["P-2"]), "s4").await;
    assert_eq!((own.status, own.json()["reports"].clone()), (201, json!(1)), "{}", own.text);
    assert_eq!(own.word("title"), "The printer on the third floor is empty");
    assert_eq!(split(json!(["P-2"]), "s4").await.json()["id"], own.json()["id"], "once");
    let groups = admin.groups("").await;
    assert_eq!(groups.iter().map(|group| group["reports"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 1]);
    employee.reported("3", "Printer on the third floor is empty again").await;
    let own = own.json()["id"].clone();
    assert_eq!(
        admin.get(&format!("/api/report-groups/{own}")).await.json()["group"]["reports"],
        2,
        "it stays split"
    );

    let merge = json!({"into": 1});
    admin.post_keyed("/api/report-groups/1/merge", "m0", &merge).await.points_at(&["/into"]);
    let merged = admin.post_keyed(&format!("/api/report-groups/{own}/merge"), "m1", &merge).await;
    assert_eq!((merged.status, merged.json()["reports"].clone()), (201, json!(3)), "{}", merged.text);
    assert_eq!(admin.post_keyed(&format!("/api/report-groups/{own}/merge"), "m1", &merge).await.status, 201);
    assert_eq!(merged.json()["days"].as_array().unwrap().last(), Some(&json!(3)));
    admin.get(&format!("/api/report-groups/{own}")).await.is_problem(404, "not-found");
    let counts = admin.get("/api/report-groups/counts").await.json();
    assert_eq!((&counts["new"], counts["days"].as_array().unwrap().last()), (&json!(1), Some(&json!(3))));
}

#[tokio::test]
async fn a_group_becomes_a_request_with_its_pictures() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    let picture = employee.uploads("Screenshot.png", PNG).await;
    let body = json!({"body": "Videos stop at 90 percent", "uploads": [picture]});
    employee.post_keyed("/api/reports", "k", &body).await;
    let asked = admin.post_keyed("/api/report-groups/1/request", "r", &question("Videos stop")).await;
    assert_eq!(asked.status, 201, "{}", asked.text);
    assert_eq!(asked.json()["thread"][0]["uploads"][0]["id"], json!(picture));
    assert_eq!(
        admin.post_keyed("/api/report-groups/1/request", "r", &question("Videos stop")).await.word("id"),
        asked.word("id")
    );
    let agent = app.sign_in(Role::Agent).await;
    assert_eq!(agent.bytes(&picture).await.0, 200, "support sees it now");
    agent.get("/api/reports/P-1").await.is_problem(403, "forbidden");
    let report = employee.report("P-1").await;
    assert_eq!((&report["passedOn"], report.get("request")), (&json!(true), None));
    assert_eq!(admin.report("P-1").await["request"], json!(asked.word("id")));
    admin
        .post_keyed("/api/report-groups/1/request", "r2", &question("Again"))
        .await
        .is_problem(409, "not-possible");
    let wrong = admin.post_keyed("/api/report-groups/1/request", "r3", &json!({})).await;
    assert_eq!(wrong.status, 422, "{}", wrong.text);
}

#[tokio::test]
async fn whoever_is_locked_out_reaches_the_admins_and_others_only_if_allowed() {
    let app = TestApp::start().await;
    let (nobody, admin) = (app.nobody(), app.sign_in(Role::Admin).await);
    nobody.post("/api/public-reports", &json!({"body": "It is broken"})).await.is_problem(403, "forbidden");
    let body = json!({"body": "I can’t sign in", "email": "noe@acme.example", "page": "/locked-out", "lockedOut": true});
    let taken = nobody.post("/api/public-reports", &body).await;
    assert_eq!((taken.status, taken.word("id").as_str()), (201, "P-1"), "{}", taken.text);
    let report = admin.report("P-1").await;
    assert_eq!((&report["source"], &report["email"]), (&json!("lockedOut"), &json!("noe@acme.example")));
    assert!(report.get("by").is_none());
    let answer = json!({"body": "Try now"});
    admin.post_keyed("/api/reports/P-1/messages", "k", &answer).await.is_problem(409, "not-possible");
    nobody.post("/api/public-reports", &json!({"body": " ", "lockedOut": true})).await.points_at(&["/body"]);
    for _ in 0..4 {
        assert_eq!(nobody.post("/api/public-reports", &body).await.status, 201);
    }
    let refused = nobody.post("/api/public-reports", &body).await;
    refused.is_problem(429, "throttled");
    assert_eq!(refused.header("retry-after"), "3600");
}

#[tokio::test]
async fn an_answer_to_all_leaves_open_what_nobody_has_read() {
    let app = TestApp::start().await;
    let (nobody, admin, employee) =
        (app.nobody(), app.sign_in(Role::Admin).await, app.sign_in(Role::Employee).await);
    let words = "The door page refuses my password";
    let stranger = json!({"body": words, "lockedOut": true});
    assert_eq!(nobody.post("/api/public-reports", &stranger).await.word("id"), "P-1");
    assert_eq!(employee.post_keyed("/api/reports", "k", &json!({"body": words})).await.word("id"), "P-2");
    let answered =
        admin.post_keyed("/api/report-groups/1/answers", "a", &json!({"body": "It works again."})).await;
    assert_eq!(answered.status, 201, "{}", answered.text);
    let states = (admin.report("P-1").await["state"].clone(), admin.report("P-2").await["state"].clone());
    assert_eq!(states, (json!("new"), json!("answered")));
    let group = &admin.groups("").await[0];
    assert_eq!(
        (&group["state"], &group["newReports"], &group["lockedOut"]),
        (&json!("new"), &json!(1), &json!(1))
    );
}

#[tokio::test]
async fn admins_see_at_once_who_is_locked_out() {
    let app = TestApp::start().await;
    let (nobody, admin) = (app.nobody(), app.sign_in(Role::Admin).await);
    let body = json!({"body": "My password isn’t accepted", "lockedOut": true});
    let first = nobody.post_keyed("/api/public-reports", "k1", &body).await;
    assert_eq!((first.status, first.word("id").as_str()), (201, "P-1"), "{}", first.text);
    for _ in 0..9 {
        let again = nobody.post_keyed("/api/public-reports", "k1", &body).await;
        assert_eq!(
            (again.status, again.word("id").as_str()),
            (201, "P-1"),
            "a retry costs no try: {}",
            again.text
        );
    }
    let other = json!({"body": "Something else entirely", "lockedOut": true});
    nobody.post_keyed("/api/public-reports", "k1", &other).await.is_problem(422, "idempotency-key-reused");
    assert_eq!(nobody.post_keyed("/api/public-reports", "k2", &body).await.word("id"), "P-2");
    nobody.post_keyed("/api/public-reports", "a b", &body).await.is_problem(400, "idempotency-key-missing");

    assert_eq!(admin.get("/api/report-groups/counts").await.json()["new"], 1);
    let group = &admin.get("/api/report-groups?state=new").await.json()["items"][0];
    assert_eq!((&group["newReports"], &group["lockedOut"]), (&json!(2), &json!(2)), "{group}");
    let employee = app.sign_in(Role::Employee).await;
    let own = json!({"body": "My password isn’t accepted on the second screen"});
    assert_eq!(employee.post_keyed("/api/reports", "k", &own).await.status, 201);
    for role in [Role::Employee, Role::Agent, Role::Auditor] {
        app.sign_in(role).await.get("/api/report-groups?state=new").await.is_problem(403, "forbidden");
    }
    let known = json!({"state": "closed"});
    for (key, body) in
        [("n1", "The printer of the third floor eats paper"), ("n2", "Slides lose their pictures")]
    {
        assert_eq!(employee.post_keyed("/api/reports", key, &json!({"body": body})).await.status, 201);
    }
    let second = json!({"body": "Nobody lets me into the vault", "lockedOut": true});
    assert_eq!(nobody.post_keyed("/api/public-reports", "k3", &second).await.status, 201);
    assert_eq!(
        employee
            .post_keyed("/api/reports", "n3", &json!({"body": "Calendar invitations vanish"}))
            .await
            .status,
        201
    );
    let mut titles = Vec::new();
    let mut next = String::new();
    loop {
        let page =
            admin.get(&format!("/api/report-groups?state=new&sort=lockedOut&limit=2{next}")).await.json();
        let rows = page["items"].as_array().unwrap().iter();
        titles.extend(rows.map(|group| {
            (group["title"].as_str().unwrap().to_owned(), group["lockedOut"].as_u64().unwrap())
        }));
        let Some(cursor) = page["next"].as_str() else { break };
        admin
            .get(&format!("/api/report-groups?state=new&cursor={cursor}"))
            .await
            .is_problem(400, "bad-parameter");
        next = format!("&cursor={cursor}");
    }
    let locked: Vec<bool> = titles.iter().map(|(_, locked)| *locked > 0).collect();
    assert_eq!(titles.len(), 5, "each once: {titles:?}");
    assert!(titles[0].0.starts_with("Nobody lets me in"), "the newest of those first: {titles:?}");
    assert!(titles[2].0.starts_with("Calendar"), "and then the newest of the others: {titles:?}");
    assert_eq!(locked, [true, true, false, false, false]);
    admin.get("/api/report-groups?sort=loud").await.is_problem(400, "bad-parameter");
    let changed = admin.changes_group(&group["id"], &known).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!(changed.json()["lockedOut"], 0, "what is closed waits for nobody");
}

#[tokio::test]
async fn a_plain_form_is_answered_with_a_page() {
    let app = TestApp::start().await;
    let form = |headers: Vec<(&'static str, &'static str)>, body: &'static str, who: Caller| async move {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded"), ("x-frontdesk", "")];
        all.extend(headers);
        who.send(Method::POST, "/api/public-reports", Some(body.to_owned()), &all).await
    };
    let sent = form(vec![], "body=No+sound+in+calls&lockedOut=true&email=", app.nobody()).await;
    assert_eq!(
        (sent.status, sent.header("content-type")),
        (201, "text/html; charset=utf-8"),
        "{}",
        sent.text
    );
    assert!(sent.text.contains("P-1") && !sent.text.contains("<script"), "{}", sent.text);
    assert_eq!(sent.header("content-security-policy"), "default-src 'none'; sandbox");
    let french =
        form(vec![("accept-language", "fr-FR,fr;q=0.9")], "body=&lockedOut=true", app.nobody()).await;
    assert_eq!(french.status, 422);
    assert!(french.text.contains("Non envoyé"), "{}", french.text);
    let off = form(vec![], "body=Broken", app.nobody()).await;
    assert_eq!(off.status, 403);
    assert!(off.text.contains("Sign in first"), "{}", off.text);
    let with_session = form(vec![], "body=Broken&lockedOut=true", app.sign_in(Role::Employee).await).await;
    assert_eq!(with_session.status, 201, "a form can't say X-Frontdesk: {}", with_session.text);
    let employee = app.sign_in(Role::Employee).await;
    let own = form(vec![], "body=No+picture+in+calls&email=other%40acme.example", employee).await;
    assert_eq!(own.status, 201, "the session goes with it: {}", own.text);
    let mine = app.sign_in(Role::Employee).await.get("/api/reports").await.json();
    assert_eq!(mine["items"][0]["body"], "No picture in calls", "and it is among the own ones");
    let foreign =
        form(vec![("sec-fetch-site", "cross-site")], "body=Broken&lockedOut=true", app.nobody()).await;
    foreign.is_problem(403, "foreign-origin");
}

#[tokio::test]
async fn pictures_are_erased_after_their_days_and_words_stay() {
    let app = TestApp::start().await;
    let employee = app.sign_in(Role::Employee).await;
    let picture = employee.uploads("Screenshot.png", PNG).await;
    let log = employee.uploads("log.txt", b"One line").await;
    let body = json!({"body": "The printer is jammed", "uploads": [picture, log]});
    assert_eq!(employee.post_keyed("/api/reports", "k", &body).await.status, 201);
    let later = app.now().plus(Span::days(91));
    let app = app.restart_at(later).await;
    let employee = app.sign_in(Role::Employee).await;
    let mut report = employee.report("P-1").await;
    while !report["uploads"][0]["erasedAt"].is_string() {
        report = employee.report("P-1").await;
    }
    assert_eq!(report["body"], "The printer is jammed");
    assert_eq!(employee.bytes(&picture).await.0, 410);
    assert_eq!(employee.bytes(&log).await.0, 200, "what is no picture stays");
    assert_eq!(std::fs::read_dir(app.folder.path().join("uploads")).unwrap().count(), 1);
}

#[tokio::test]
async fn whoever_is_erased_is_erased_from_reports_and_files() {
    let app = TestApp::start().await;
    let (employee, admin) = (app.sign_in(Role::Employee).await, app.sign_in(Role::Admin).await);
    let picture = employee.uploads("Noe Fontaine.png", PNG).await;
    let person = app.running.app().store().account("employee@acme.example").await.unwrap().unwrap().person;
    let words = format!("The printer of {} is jammed", person.name.to_uppercase());
    let body = json!({"body": words, "browser": "Firefox 153", "contact": true, "uploads": [picture]});
    assert_eq!(employee.post_keyed("/api/reports", "k", &body).await.status, 201);
    let mut write = app.running.app().store().write().await.unwrap();
    let now = app.running.app().now();
    uploads::forget_person(&mut write, &person.id, now).await.unwrap();
    let stems = frontdesk_contract::words::stems(&person.name);
    let known = async |store: &frontdesk_backend::store::Store| {
        let mut count = 0;
        for stem in &stems {
            let row = sqlx::query("SELECT count(*) FROM report_stems s JOIN reports r ON r.number = s.report WHERE s.stem = ? AND r.person = ?")
                .bind(stem)
                .bind(person.id.as_str())
                .fetch_one(store.read());
            count += row.await.unwrap().get::<i64, _>(0);
        }
        count
    };
    assert!(known(app.running.app().store()).await > 0, "the name is among the words");
    reports::forget_person(&mut write, &person.id, &[&person.name, &person.email]).await.unwrap();
    app.running.app().commit(write).await.unwrap();
    assert_eq!(known(app.running.app().store()).await, 0, "and no word finds it any more");
    while admin.bytes(&picture).await.0 != 410 {
        tokio::task::yield_now().await;
    }
    let report = admin.report("P-1").await;
    assert_eq!(report["body"], "The printer of Former Member is jammed");
    assert!(report.get("browser").is_none());
    assert_eq!(report["uploads"][0]["name"], "file");
}

#[tokio::test]
async fn wrong_fields_are_pointed_at() {
    let app = TestApp::start().await;
    let employee = app.sign_in(Role::Employee).await;
    let body = json!({"body": "", "page": "", "errors": [""], "uploads": ["x"]});
    let answer = employee.post_keyed("/api/reports", "k", &body).await;
    assert_eq!(answer.status, 422, "{}", answer.text);
    let body = json!({"body": "Broken", "topic": "nothing"});
    employee.post_keyed("/api/reports", "k2", &body).await.points_at(&["/topic"]);
    employee
        .post("/api/reports", &json!({"body": "Broken"}))
        .await
        .is_problem(400, "idempotency-key-missing");
    let body = json!({"body": "Broken", "errors": vec!["x"; 21]});
    employee.post_keyed("/api/reports", "k3", &body).await.points_at(&["/errors"]);
    let body = json!({"body": "Broken", "uploads": ["2819c223-7f76-453a-919d-413861904646"]});
    employee.post_keyed("/api/reports", "k4", &body).await.points_at(&["/uploads/0"]);
    employee.get("/api/reports?mine=false").await.is_problem(400, "bad-parameter");
    employee.get("/api/reports/FD-1").await.is_problem(404, "not-found");
}

/// A report token as a host's server makes it: the key is the SHA-256 of the secret.
fn report_token(secret: &str, email: &str, aud: &str, exp: i64) -> String {
    named_token(secret, email, aud, exp, "once")
}

/// The same with a name of its own.
fn named_token(secret: &str, email: &str, aud: &str, exp: i64, name: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::Mac as _;
    use sha2::Digest as _;
    let claims = json!({"sub": "7", "email": email, "aud": aud, "exp": exp, "jti": name}).to_string();
    let signed =
        format!("{}.{}", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256"}"#), URL_SAFE_NO_PAD.encode(claims));
    let mut code = hmac::Hmac::<sha2::Sha256>::new_from_slice(&sha2::Sha256::digest(secret)).unwrap();
    code.update(signed.as_bytes());
    format!("Bearer {signed}.{}", URL_SAFE_NO_PAD.encode(code.finalize().into_bytes()))
}

#[tokio::test]
async fn a_host_says_who_reports_and_nothing_else() {
    const HOST: &str = "https://intranet.acme.example";
    let app = TestApp::start().await;
    let now = app.running.app().now();
    let mut write = app.running.app().store().write().await.unwrap();
    let secret = tokens::make(&mut write, HOST, tokens::Scope::Report, now).await.unwrap();
    write.commit().await.unwrap();
    let exp = now.millis() / 1_000 + 300;
    let good = report_token(&secret, "admin@acme.example", HOST, exp);
    let nobody = app.nobody();
    let send = |token: String, key: &'static str| {
        let nobody = nobody.clone();
        async move {
            let body = json!({"body": "The intranet is slow"}).to_string();
            let headers = [("authorization", token.as_str()), ("idempotency-key", key)];
            nobody.send(Method::POST, "/api/reports", Some(body), &headers).await
        }
    };
    let headers = [("authorization", good.as_str()), ("tus-resumable", "1.0.0"), ("upload-length", "5")];
    assert_eq!(nobody.send(Method::POST, "/api/uploads", None, &headers).await.status, 201);
    let ask = |path: &'static str, token: String| {
        let nobody = nobody.clone();
        async move { nobody.send(Method::GET, path, None, &[("authorization", token.as_str())]).await }
    };
    // As much as the dialog needs, and nothing else.
    let session = ask("/api/session", good.clone()).await;
    assert_eq!(session.status, 200, "{}", session.text);
    let session = session.json();
    assert_eq!((&session["person"]["name"], &session["person"]["rights"]), (&json!("Awa Mbaye"), &json!([])));
    assert!(session.get("waitingForYou").is_none(), "{session}");
    assert_eq!(ask("/api/settings", good.clone()).await.status, 200);
    app.sign_in(Role::Admin).await.asked("The intranet is slow").await;
    let known = ask("/api/check-first?q=intranet%20slow", good.clone()).await;
    assert_eq!((known.status, &known.json()["requests"]), (200, &json!([])), "{}", known.text);
    for path in [
        "/api/report-groups",
        "/api/requests",
        "/api/reports",
        "/api/help",
        "/api/approvals",
        "/scim/v2/Users",
    ] {
        let answer = ask(path, good.clone()).await;
        assert_eq!(answer.status, 401, "{path}: {}", answer.text);
    }
    let sent = send(good.clone(), "k1").await;
    assert_eq!((sent.status, sent.json()["by"]["name"].as_str()), (201, Some("Awa Mbaye")), "{}", sent.text);
    // One token makes one report; the same create once more is answered with it.
    assert_eq!(send(good.clone(), "k1").await.word("id"), sent.word("id"));
    for key in ["k2", "k3"] {
        send(good.clone(), key).await.is_problem(401, "signed-out");
    }
    for path in ["/api/session", "/api/settings", "/api/check-first"] {
        assert_eq!(ask(path, good.clone()).await.status, 401, "{path} by a token that is spent");
    }
    assert_eq!(nobody.send(Method::POST, "/api/uploads", None, &headers).await.status, 401);
    let other = named_token(&secret, "admin@acme.example", HOST, exp, "twice");
    assert_eq!(send(other.clone(), "k2").await.status, 201, "another one makes another");
    let again = named_token(&secret, "admin@acme.example", HOST, exp + 60, "twice");
    send(again, "k3").await.is_problem(401, "signed-out");
    let retried = named_token(&secret, "admin@acme.example", HOST, exp, "thrice");
    let known = send(retried.clone(), "k1").await;
    assert_eq!(known.word("id"), sent.word("id"), "a create goes on by a new token");
    let from = |page: &'static str| {
        let (nobody, token) = (nobody.clone(), retried.clone());
        async move {
            let headers = [("authorization", token.as_str()), ("x-frontdesk-host", page)];
            nobody.send(Method::GET, "/api/session", None, &headers).await.status
        }
    };
    assert_eq!((from(HOST).await, from("https://evil.example").await, from("null").await), (200, 401, 401));
    // What a proxy before us asks for is none of our business.
    let admin = app.sign_in(Role::Admin).await;
    let basic = admin.send(Method::GET, "/api/session", None, &[("authorization", "Basic eDp5")]).await;
    assert_eq!(basic.status, 200, "{}", basic.text);
    for (what, token) in [
        ("too late", report_token(&secret, "admin@acme.example", HOST, exp - 301)),
        ("for too long", report_token(&secret, "admin@acme.example", HOST, exp + 600)),
        ("another key", report_token("guessed", "admin@acme.example", HOST, exp)),
        ("another host", report_token(&secret, "admin@acme.example", "https://evil.example", exp)),
        ("nobody", report_token(&secret, "nobody@acme.example", HOST, exp)),
        ("no name", named_token(&secret, "admin@acme.example", HOST, exp, "")),
        ("no token", "Bearer x".to_owned()),
        ("the key itself", format!("Bearer {secret}")),
    ] {
        let answer = send(token, "k2").await;
        assert_eq!(answer.status, 401, "{what}: {}", answer.text);
    }
    let agent = report_token(&secret, "agent@acme.example", HOST, exp);
    send(agent, "k3").await.is_problem(403, "forbidden");
}
