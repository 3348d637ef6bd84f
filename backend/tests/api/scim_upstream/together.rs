//! Many accounts at a provider that takes several by one call (RFC 7644 §3.7): each is read before and read back
//! afterwards, whatever the answer says of it.

use std::collections::BTreeMap;

use frontdesk_contract::scim::INVITATION;
use serde_json::{Value, json};
use sqlx::Row as _;

use super::{ADA, Desk, Double, Mode, Script, later, person};

/// Sixty people who are at work.
fn sixty() -> Vec<Value> {
    (1..=60).map(|id| person(ADA + id, &format!("Person {id}"), &format!("p{id}@idp.example"))).collect()
}

/// Sixty who left long ago.
fn sixty_who_left() -> Vec<Value> {
    let mut people = sixty();
    for person in &mut people {
        person["active"] = json!(false);
        person["meta"]["lastModified"] = json!("2026-11-10T00:00:00Z");
    }
    people
}

/// Sixty who never came.
fn sixty_invited() -> Vec<Value> {
    let mut people = sixty();
    for person in &mut people {
        person[INVITATION] = json!({"invited": true, "inviteDate": 1_700_000_000, "claimed": false});
    }
    people
}

/// Acts on sixty people at a provider that takes twenty-five in one call.
async fn at_once(action: &str, people: &[Value], change: impl FnOnce(&mut Script)) -> (Double, Desk, Value) {
    let double = Double::start(people).await;
    double.says(|script| {
        script.bulk = 25;
        change(script);
    });
    let desk = Desk::start(&double).await;
    let run = act(&desk, action).await;
    desk.app.until("SELECT count(*) FROM runs WHERE state IN ('done', 'paused')").await;
    let run = desk.admin.get(&format!("/api/runs/{}", run["id"])).await.json();
    (double, desk, run)
}

/// Asks for a run over all of them, and approves it where that is needed.
async fn act(desk: &Desk, action: &str) -> Value {
    let targets: Vec<String> = (1..=60).map(|id| (ADA + id).to_string()).collect();
    let plan = desk.admin.plan(&json!({"action": action, "targets": targets, "reason": "Left"})).await;
    let asked = desk.admin.run(&plan, json!({"typed": "60"})).await;
    assert!(matches!(asked.status, 201 | 202), "{}", asked.text);
    let asked = asked.json();
    let second = desk.app.sign_in_as("second.admin@acme.example").await;
    if asked["state"] == "approval" {
        let decision = json!({"hash": plan["hash"], "approve": true});
        let decided = second.post(&format!("/api/runs/{}/approval", asked["id"]), &decision).await;
        assert_eq!(decided.status, 200, "{}", decided.text);
    }
    asked
}

/// How many calls for several there were, and how many for one.
fn calls(double: &Double) -> (usize, usize) {
    let script = double.script();
    let changes = script.calls.iter().filter(|(method, _)| method != "GET");
    let (together, alone): (Vec<_>, Vec<_>) = changes.partition(|(_, path)| path == "Bulk");
    (together.len(), alone.len())
}

/// How many operations of each kind came in calls for several.
fn operations(double: &Double) -> Vec<(String, usize)> {
    double.script().together.clone().into_iter().collect()
}

fn titled(script: &mut Script, id: u64, title: &str) {
    script.people.get_mut(&id).unwrap()["title"] = json!(title);
}

fn with_versions(script: &mut Script) {
    script.versions = Some(BTreeMap::new());
}

#[track_caller]
fn counts(run: &Value, done: u64, failed: u64) {
    assert_eq!(run["counts"], json!({"all": 60, "done": done, "skipped": 0, "failed": failed}), "{run}");
}

/// How often the audit log says so.
async fn told(desk: &Desk, what: &str) -> i64 {
    let sql = "SELECT count(*) FROM audit WHERE what = ?";
    let rows = sqlx::query(sql).bind(what).fetch_one(desk.app.running.app().store().read());
    rows.await.unwrap().get(0)
}

#[tokio::test]
async fn many_are_switched_by_one_call_and_each_is_read_back() {
    let (double, _desk, run) = at_once("deactivate", &sixty(), |_| {}).await;
    counts(&run, 60, 0);
    assert_eq!(calls(&double), (3, 0), "sixty by twenty-five");
    assert!(double.script().people.values().all(|person| person["active"] == false));
}

#[tokio::test]
async fn one_refusal_among_many_is_one() {
    let (double, _desk, run) =
        at_once("deactivate", &sixty(), |script| titled(script, ADA + 7, "Frozen")).await;
    counts(&run, 59, 1);
    assert_eq!(double.person(ADA + 7)["active"], true);
}

#[tokio::test]
async fn a_lie_about_many_confirms_nobody() {
    let (double, _desk, run) = at_once("deactivate", &sixty(), |script| script.bulks = Mode::Lying).await;
    assert_eq!((&run["counts"]["done"], &run["state"]), (&json!(0), &json!("paused")), "{run}");
    assert!(double.script().people.values().all(|person| person["active"] == true));
}

#[tokio::test]
async fn many_who_were_changed_without_a_word_are_found_so() {
    for mode in [Mode::DoneInSilence, Mode::CutOff] {
        let (double, _desk, run) = at_once("deactivate", &sixty(), |script| script.bulks = mode).await;
        counts(&run, 60, 0);
        assert_eq!(calls(&double), (3, 0), "nothing is asked twice");
    }
}

#[tokio::test]
async fn a_provider_that_takes_no_such_call_after_all_is_asked_one_by_one() {
    for status in [413, 501] {
        let (double, _desk, run) =
            at_once("deactivate", &sixty(), |script| script.bulks = Mode::Error(status)).await;
        counts(&run, 60, 0);
        assert_eq!(calls(&double).1, 60);
    }
}

#[tokio::test]
async fn a_page_instead_of_an_answer_gives_nobody_up() {
    let (double, _desk, run) = at_once("deactivate", &sixty(), |script| script.bulks = Mode::Html(200)).await;
    counts(&run, 0, 0);
    assert_eq!((&run["state"], calls(&double)), (&json!("paused"), (1, 0)), "{run}");
}

#[tokio::test]
async fn whoever_an_answer_leaves_out_is_asked_for_alone() {
    let (double, _desk, run) = at_once("deactivate", &sixty(), |script| {
        script.stops_at_once = true;
        titled(script, ADA + 7, "Frozen");
    })
    .await;
    counts(&run, 59, 1);
    assert_eq!(double.person(ADA + 7)["active"], true);
    let (together, alone) = calls(&double);
    assert_eq!(together, 3);
    assert!((1..25).contains(&alone), "those who came after the refusal: {alone}");
}

#[tokio::test]
async fn profiles_of_many_go_by_one_call_over_the_versions_that_were_read() {
    let (double, desk, run) = at_once("remove", &sixty_who_left(), |script| {
        with_versions(script);
        titled(script, ADA + 7, "Frozen");
        titled(script, ADA + 30, "Phantom");
        titled(script, ADA + 31, "Raced");
    })
    .await;
    counts(&run, 57, 3);
    assert_eq!(operations(&double), [("PATCH".to_owned(), 60)]);
    for id in 1..=60 {
        let there = double.person(ADA + id);
        let (stage, is_left) =
            if [7, 30, 31].contains(&id) { ("deactivated", true) } else { ("former", false) };
        assert_eq!(there.to_string().contains(&format!("Person {id}")), is_left, "{there}");
        assert_eq!(desk.stage(ADA + id).await, stage, "{id}");
    }
    let kept = desk.admin.account(&(ADA + 30).to_string()).await;
    assert_eq!(kept["name"], "Person 30", "ours is not erased before theirs is seen to be");
    assert_eq!(told(&desk, "account.remove").await, 57, "a line for each");
}

#[tokio::test]
async fn whole_records_go_by_one_call_too() {
    let (double, desk, run) = at_once("remove", &sixty_who_left(), |script| {
        with_versions(script);
        script.has_no_patch = true;
        titled(script, ADA + 31, "Raced");
    })
    .await;
    counts(&run, 59, 1);
    assert_eq!(operations(&double), [("PUT".to_owned(), 60)]);
    assert_eq!(desk.stage(ADA + 31).await, "deactivated");
    assert!(double.person(ADA + 31).to_string().contains("Person 31"));
}

#[tokio::test]
async fn one_account_that_is_more_than_goes_into_a_call_goes_alone() {
    let mut people = sixty();
    people[8]["notes"] = json!("long ".repeat(super::PAYLOAD / 4));
    let (double, _desk, run) = at_once("deactivate", &people, |script| {
        with_versions(script);
        script.has_no_patch = true;
    })
    .await;
    counts(&run, 60, 0);
    assert_eq!((operations(&double), calls(&double).1), (vec![("PUT".to_owned(), 59)], 1));
}

#[tokio::test]
async fn what_cannot_be_taken_back_goes_alone_without_versions() {
    for (action, people) in [("remove", sixty_who_left()), ("withdraw", sixty_invited())] {
        let (double, _desk, run) = at_once(action, &people, |_| {}).await;
        counts(&run, 60, 0);
        assert_eq!(calls(&double), (0, 60), "{action}");
    }
    // A whole record would be written over whatever somebody else changed meanwhile.
    let (double, _desk, run) = at_once("deactivate", &sixty(), |script| script.has_no_patch = true).await;
    counts(&run, 60, 0);
    assert_eq!(calls(&double), (0, 60));
}

#[tokio::test]
async fn invitations_of_many_are_withdrawn_by_one_call_and_seen_gone() {
    let (double, desk, run) = at_once("withdraw", &sixty_invited(), |script| {
        with_versions(script);
        titled(script, ADA + 7, "Frozen");
        titled(script, ADA + 30, "Phantom");
    })
    .await;
    counts(&run, 58, 2);
    assert_eq!(operations(&double), [("DELETE".to_owned(), 60)]);
    assert_eq!(calls(&double), (3, 0));
    let left: Vec<u64> = double.script().people.keys().copied().collect();
    assert_eq!(left, [ADA + 7, ADA + 30]);
    for (id, status) in [(6, 410), (7, 200), (30, 200)] {
        let answer = desk.admin.get(&format!("/api/accounts/{}", ADA + id)).await;
        assert_eq!(answer.status, status, "{id}");
    }
    assert_eq!(told(&desk, "account.withdraw").await, 58);
}

#[tokio::test]
async fn many_who_were_deleted_without_a_word_are_found_gone() {
    for mode in [Mode::DoneInSilence, Mode::CutOff] {
        let (double, _desk, run) = at_once("withdraw", &sixty_invited(), |script| {
            with_versions(script);
            script.bulks = mode;
        })
        .await;
        counts(&run, 60, 0);
        assert_eq!((calls(&double), double.script().people.len()), ((3, 0), 0));
    }
}

#[tokio::test]
async fn a_lie_about_many_deletions_erases_nobody() {
    let (double, desk, run) = at_once("withdraw", &sixty_invited(), |script| {
        with_versions(script);
        script.bulks = Mode::Lying;
    })
    .await;
    assert_eq!((&run["counts"]["done"], &run["state"]), (&json!(0), &json!("paused")), "{run}");
    assert_eq!(double.script().people.len(), 60);
    assert_eq!(desk.admin.account(&(ADA + 1).to_string()).await["name"], "Person 1");
    assert_eq!(told(&desk, "account.withdraw").await, 0);
}

#[tokio::test]
async fn deletions_of_many_that_are_due_go_by_one_call() {
    let mut people = sixty_who_left();
    for person in &mut people {
        person[INVITATION] = json!({"invited": true, "claimed": false, "canDelete": true});
    }
    // Whoever has claimed the account is deleted by nobody.
    people[6][INVITATION]["claimed"] = json!(true);
    people[29]["title"] = json!("Phantom");
    let double = Double::start(&people).await;
    double.says(|script| {
        script.bulk = 25;
        with_versions(script);
    });
    let desk = Desk::start(&double).await;
    act(&desk, "delete").await;
    desk.app.until("SELECT count(*) FROM runs WHERE state = 'done'").await;
    assert_eq!(double.writes(), 0, "a deletion waits first");
    // One of them came back there, which nobody here knows yet.
    double.set(ADA + 40, "active", json!(true));
    let desk = desk.reopen_at(&double, later(30)).await;
    desk.app.until("SELECT count(*) = 57 FROM people WHERE deleted_at IS NOT NULL").await;
    desk.app.until("SELECT count(*) = 3 FROM mirror_news").await;
    let mut news = desk.news().await;
    news.sort();
    let of = |kind: &str, id: u64| (kind.to_owned(), (ADA + id).to_string());
    assert_eq!(news, [of("back", 40), of("overdue", 30), of("refused", 7)]);
    let left: Vec<u64> = double.script().people.keys().copied().collect();
    assert_eq!(left, [ADA + 7, ADA + 30, ADA + 40]);
    assert_eq!(operations(&double), [("DELETE".to_owned(), 59)], "nobody who came back is asked about");
    assert_eq!((calls(&double), told(&desk, "account.deleted").await), ((3, 0), 57));
}
