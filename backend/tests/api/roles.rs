//! Each role at each endpoint.

use reqwest::Method;
use serde_json::json;

use crate::app::{Role, TestApp, question};

const ROLES: [Role; 5] = [Role::Nobody, Role::Employee, Role::Auditor, Role::Admin, Role::Agent];

/// The statuses in the order of [`ROLES`].
async fn check(method: Method, path: &str, body: Option<String>, expected: [u16; 5]) {
    let app = TestApp::start().await;
    let id = app.sign_in(Role::Admin).await.asked("Video stops").await;
    let path = path.replace("{id}", &id);
    for (role, status) in ROLES.into_iter().zip(expected) {
        let caller = app.sign_in(role).await;
        let headers = [("idempotency-key", "k1"), ("if-match", "*")];
        let answer = caller.send(method.clone(), &path, body.clone(), &headers).await;
        assert_eq!(answer.status, status, "{role:?} {method} {path}: {}", answer.text);
        match status {
            401 => answer.is_problem(401, "signed-out"),
            403 => answer.is_problem(403, "forbidden"),
            _ => {}
        }
    }
}

#[tokio::test]
async fn everybody_may_read_the_welcome() {
    check(Method::GET, "/api/welcome", None, [200; 5]).await;
}

#[tokio::test]
async fn everybody_may_read_incidents() {
    check(Method::GET, "/api/status/incidents", None, [200; 5]).await;
}

#[tokio::test]
async fn everybody_may_read_the_status_page() {
    for path in [
        "/api/status",
        "/api/status/incidents/video-uploads",
        "/api/status/feed.atom",
        "/api/status/components/live/feed.atom",
        "/api/v2/summary.json",
        "/api/v2/status.json",
        "/api/v2/components.json",
        "/api/v2/incidents.json",
    ] {
        check(Method::GET, path, None, [200; 5]).await;
    }
}

#[tokio::test]
async fn only_agents_write_on_the_status_page() {
    let incident = json!({
        "name": "Video fails", "impact": "minor", "status": "identified", "components": ["live"], "body": "Found.",
    });
    let update = json!({"status": "resolved", "body": "Works."}).to_string();
    let plan = json!({
        "name": "New disks", "body": "Short breaks.", "components": [], "scheduled_for": "2026-11-24T01:00:00Z",
        "scheduled_until": "2026-11-24T02:00:00Z",
    });
    let ours = "/api/status/incidents/video-uploads";
    let made = [401, 403, 403, 403, 201];
    check(Method::POST, "/api/status/incidents", Some(incident.to_string()), made).await;
    check(Method::POST, &format!("{ours}/updates"), Some(update), made).await;
    check(Method::PATCH, ours, Some(json!({"impact": "major"}).to_string()), [401, 403, 403, 403, 200]).await;
    check(Method::POST, "/api/status/maintenances", Some(plan.to_string()), made).await;
    let ended = Some(json!({"ended": true}).to_string());
    check(Method::PATCH, "/api/status/maintenances/none", ended, [401, 403, 403, 403, 404]).await;
}

#[tokio::test]
async fn whoever_is_signed_in_follows() {
    let follow = Some(json!({"component": "live"}).to_string());
    check(Method::GET, "/api/status/follows", None, [401, 200, 200, 200, 200]).await;
    check(Method::POST, "/api/status/follows", follow, [401, 201, 201, 201, 201]).await;
    check(Method::DELETE, "/api/status/follows/7", None, [401, 404, 404, 404, 404]).await;
}

#[tokio::test]
async fn only_admins_see_what_became_of_messages() {
    check(Method::GET, "/api/status/deliveries", None, [401, 403, 403, 200, 403]).await;
}

#[tokio::test]
async fn everybody_may_read_the_description() {
    check(Method::GET, "/api/openapi.json", None, [200; 5]).await;
}

#[tokio::test]
async fn whoever_is_signed_in_reads_the_session() {
    check(Method::GET, "/api/session", None, [401, 200, 200, 200, 200]).await;
}

#[tokio::test]
async fn whoever_is_signed_in_reads_settings_and_help() {
    check(Method::GET, "/api/settings", None, [401, 200, 200, 200, 200]).await;
    check(Method::GET, "/api/help?q=video", None, [401, 200, 200, 200, 200]).await;
    check(Method::GET, "/api/help/fr/video-sizes", None, [401, 200, 200, 200, 200]).await;
    check(Method::GET, "/api/check-first?q=video", None, [401, 200, 200, 200, 200]).await;
}

#[tokio::test]
async fn whoever_is_signed_in_says_whether_a_page_was_helpful() {
    check(Method::GET, "/api/feedback?page=priorities", None, [401, 200, 200, 200, 200]).await;
    let body = json!({"page": "priorities", "helpful": true}).to_string();
    check(Method::POST, "/api/feedback", Some(body), [401, 201, 201, 201, 201]).await;
}

#[tokio::test]
async fn whoever_is_signed_in_signs_out_everywhere() {
    check(Method::DELETE, "/api/sessions", None, [401, 204, 204, 204, 204]).await;
}

#[tokio::test]
async fn requests_are_read_by_admins_auditors_and_agents() {
    check(Method::GET, "/api/requests", None, [401, 403, 200, 200, 200]).await;
    check(Method::GET, "/api/requests/counts", None, [401, 403, 200, 200, 200]).await;
    check(Method::GET, "/api/requests/{id}", None, [401, 403, 200, 200, 200]).await;
}

#[tokio::test]
async fn the_history_is_for_whoever_reads_requests() {
    check(Method::GET, "/api/requests/export", None, [401, 403, 200, 200, 200]).await;
    check(Method::POST, "/api/requests/read", None, [401, 403, 204, 204, 204]).await;
    let read = json!({"version": "v1"}).to_string();
    check(Method::POST, "/api/requests/{id}/read", Some(read), [401, 403, 204, 204, 204]).await;
    check(Method::GET, "/api/views", None, [401, 403, 200, 200, 200]).await;
    let view = json!({"name": "Mine", "query": ""}).to_string();
    check(Method::POST, "/api/views", Some(view), [401, 403, 201, 201, 201]).await;
    let shared = json!({"name": "Ours", "query": "", "shared": true}).to_string();
    check(Method::POST, "/api/views", Some(shared), [401, 403, 403, 201, 201]).await;
    check(Method::PATCH, "/api/views/1", Some("{}".to_owned()), [401, 403, 404, 404, 404]).await;
    check(Method::DELETE, "/api/views/1", None, [401, 403, 404, 404, 404]).await;
}

#[tokio::test]
async fn only_admins_ask() {
    check(Method::POST, "/api/requests", Some(question("Again").to_string()), [401, 403, 403, 201, 403])
        .await;
}

#[tokio::test]
async fn admins_and_agents_write() {
    let body = json!({"body": "One more thing"}).to_string();
    check(Method::POST, "/api/requests/{id}/messages", Some(body), [401, 403, 403, 201, 201]).await;
}

#[tokio::test]
async fn only_agents_write_notes() {
    let body = json!({"body": "Same as last week", "internal": true}).to_string();
    check(Method::POST, "/api/requests/{id}/messages", Some(body), [401, 403, 403, 403, 201]).await;
}

#[tokio::test]
async fn admins_and_agents_change_requests() {
    let body = json!({"priority": "low", "reason": "A way round exists"}).to_string();
    check(Method::PATCH, "/api/requests/{id}", Some(body), [401, 403, 403, 200, 200]).await;
}

#[tokio::test]
async fn whoever_reads_watches_and_whoever_writes_says_so() {
    for method in [Method::PUT, Method::DELETE] {
        check(method.clone(), "/api/requests/{id}/watch", None, [401, 403, 204, 204, 204]).await;
        check(method.clone(), "/api/requests/{id}/answering", None, [401, 403, 403, 204, 204]).await;
        let incident = "/api/requests/{id}/incidents/video-uploads";
        check(method, incident, None, [401, 403, 403, 204, 204]).await;
    }
}

#[tokio::test]
async fn only_the_organization_escalates_and_only_support_stays_with_its_priority() {
    let escalate = json!({"act": "escalate", "reason": "It can't wait"}).to_string();
    check(Method::PATCH, "/api/requests/{id}", Some(escalate), [401, 403, 403, 200, 403]).await;
    let uphold = json!({"act": "uphold", "reason": "A way round exists"}).to_string();
    check(Method::PATCH, "/api/requests/{id}", Some(uphold), [401, 403, 403, 403, 409]).await;
}

#[tokio::test]
async fn only_agents_put_on_hold() {
    check(
        Method::PATCH,
        "/api/requests/{id}",
        Some(json!({"state": "hold"}).to_string()),
        [401, 403, 403, 403, 200],
    )
    .await;
}

#[tokio::test]
async fn rights_are_asked_before_the_body_is_read() {
    check(Method::POST, "/api/requests", Some("no json".to_owned()), [401, 403, 403, 400, 403]).await;
}

#[tokio::test]
async fn whoever_is_signed_in_may_change_the_own_password() {
    // The password is wrong, which only those are told who may try.
    let body = json!({"current": "wrong", "new": "four calm rivers"}).to_string();
    check(Method::POST, "/api/session/password", Some(body), [401, 422, 422, 422, 422]).await;
}

#[tokio::test]
async fn nobody_needs_a_session_for_a_one_time_link() {
    let body = json!({"token": "guessed", "password": "four calm rivers"}).to_string();
    check(Method::POST, "/api/claims", Some(body), [410; 5]).await;
}

#[tokio::test]
async fn members_report_problems_and_admins_handle_them() {
    let report = Some(json!({"body": "Broken"}).to_string());
    check(Method::POST, "/api/reports", report, [401, 201, 201, 201, 403]).await;
    check(Method::GET, "/api/reports", None, [401, 200, 200, 200, 403]).await;
    check(Method::GET, "/api/reports/P-1", None, [401, 404, 404, 404, 403]).await;
    let words = || Some(json!({"body": "Thank you"}).to_string());
    check(Method::POST, "/api/reports/P-1/messages", words(), [401, 404, 404, 404, 403]).await;
    let nothing = || Some("{}".to_owned());
    check(Method::POST, "/api/report-groups/1/joined", nothing(), [401, 404, 404, 404, 403]).await;
    check(Method::POST, "/api/incidents/video-uploads/joined", nothing(), [401, 201, 201, 201, 403]).await;
    check(Method::GET, "/api/report-groups", None, [401, 403, 403, 200, 403]).await;
    check(Method::GET, "/api/report-groups/counts", None, [401, 403, 403, 200, 403]).await;
    check(Method::GET, "/api/status/reports", None, [401, 403, 403, 200, 403]).await;
    check(Method::GET, "/api/report-groups/1", None, [401, 403, 403, 404, 403]).await;
    check(Method::PATCH, "/api/report-groups/1", nothing(), [401, 403, 403, 404, 403]).await;
    check(Method::POST, "/api/report-groups/1/answers", words(), [401, 403, 403, 404, 403]).await;
    let split = Some(json!({"reports": ["P-1"]}).to_string());
    check(Method::POST, "/api/report-groups/1/split", split, [401, 403, 403, 404, 403]).await;
    let merge = Some(json!({"into": 2}).to_string());
    check(Method::POST, "/api/report-groups/1/merge", merge, [401, 403, 403, 404, 403]).await;
    let asked = Some(question("Of a group").to_string());
    check(Method::POST, "/api/report-groups/1/request", asked, [401, 403, 403, 404, 403]).await;
}

#[tokio::test]
async fn whoever_is_signed_in_sends_files() {
    for method in [Method::POST, Method::HEAD, Method::PATCH, Method::DELETE, Method::GET] {
        let app = TestApp::start().await;
        for role in ROLES {
            let path = match method {
                Method::POST => "/api/uploads",
                _ => "/api/uploads/2819c223-7f76-453a-919d-413861904646",
            };
            let headers = [
                ("tus-resumable", "1.0.0"),
                ("upload-length", "5"),
                ("upload-offset", "0"),
                ("content-type", "application/offset+octet-stream"),
            ];
            let answer = app.sign_in(role).await.send(method.clone(), path, None, &headers).await;
            let expected = match (role, &method) {
                (Role::Nobody, _) => 401,
                (_, method) if *method == Method::POST => 201,
                _ => 404,
            };
            assert_eq!(answer.status, expected, "{role:?} {method}: {}", answer.text);
        }
    }
}

/// What answers whoever isn't signed in.
const OPEN: [&str; 18] = [
    "POST /api/claims",
    "POST /api/forgotten",
    "GET /api/mail/stop/{word}",
    "POST /api/mail/stop/{word}",
    "POST /api/public-reports",
    "DELETE /api/session",
    "POST /api/session",
    "GET /api/status",
    "GET /api/status/components/{id}/feed.atom",
    "GET /api/status/feed.atom",
    "GET /api/status/incidents",
    "GET /api/status/incidents/{id}",
    "OPTIONS /api/uploads",
    "GET /api/v2/components.json",
    "GET /api/v2/incidents.json",
    "GET /api/v2/status.json",
    "GET /api/v2/summary.json",
    "GET /api/welcome",
];
/// What answers employees who are no admins, beside that.
const OF_EMPLOYEES: [&str; 23] = [
    "GET /api/check-first",
    "GET /api/feedback",
    "POST /api/feedback",
    "GET /api/help",
    "GET /api/help/{language}/{id}",
    "POST /api/incidents/{id}/joined",
    "POST /api/report-groups/{id}/joined",
    "GET /api/reports",
    "POST /api/reports",
    "GET /api/reports/{id}",
    "POST /api/reports/{id}/messages",
    "GET /api/session",
    "POST /api/session/password",
    "GET /api/settings",
    "GET /api/status/follows",
    "POST /api/status/follows",
    "DELETE /api/status/follows/{id}",
    "POST /api/uploads",
    "DELETE /api/uploads/{id}",
    "GET /api/uploads/{id}",
    "HEAD /api/uploads/{id}",
    "PATCH /api/uploads/{id}",
    "POST /api/uploads/{id}",
];

/// Every operation of the document is tried, so that one that is added without a guard is found.
#[tokio::test]
async fn what_is_not_named_here_is_refused() {
    let app = TestApp::start().await;
    let (nobody, employee) = (app.nobody(), app.sign_in(Role::Employee).await);
    let document = nobody.get("/api/openapi.json").await.json();
    let (mut open, mut of_employees) = (Vec::new(), Vec::new());
    for (path, operations) in document["paths"].as_object().unwrap() {
        let mut place = path.clone();
        while let (Some(from), Some(to)) = (place.find('{'), place.find('}')) {
            place.replace_range(from..=to, "1");
        }
        for method in operations.as_object().unwrap().keys() {
            let Ok(verb) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            let name = format!("{verb} {path}");
            let headers = [("idempotency-key", name.as_str()), ("if-match", "*")];
            let answer = nobody.send(verb.clone(), &place, None, &headers).await;
            if answer.status != 401 {
                open.push(name);
                continue;
            }
            // The session itself is ended by this one, and a stream never ends.
            if path == "/api/events" || name.starts_with("DELETE /api/session") {
                continue;
            }
            if !matches!(employee.send(verb.clone(), &place, None, &headers).await.status, 401 | 403) {
                of_employees.push(name);
            }
        }
    }
    assert_eq!(open, OPEN);
    assert_eq!(of_employees, OF_EMPLOYEES);
}
