//! A run of many: paused and let on, stopped, stopped by itself, taken back; and everybody invited or reminded.

use fantoccini::key::Key;
use frontdesk_e2e::{Page, Who, desk, large_desk};
use serde_json::Value;

/// So many that a run takes its time.
const PEOPLE: u32 = 6_000;

/// Selects all who are active in the directory and goes on to the dry run of a hold; the number, as it is shown.
async fn hold_everybody(page: &Page) -> String {
    page.open("/accounts?view=active").await;
    page.choose("Select all that are shown").await;
    page.press_first("button", "Select all ").await;
    page.wait("everybody is selected", async || {
        let kept = "return JSON.parse(sessionStorage.getItem('frontdesk-selection') ?? '[]').length";
        page.script(kept).await.as_u64().is_some_and(|kept| kept > u64::from(PEOPLE) / 2)
    })
    .await;
    page.press("Act on the selection").await;
    page.choose("Put on hold").await;
    page.fill("Why?", "A claim is open").await;
    page.press("Show what would happen").await;
    page.see("Dry run: nothing has been done").await;
    let path = page.path().await;
    let (_, id) = path.split_once("plan=").expect("the address names the dry run");
    let plan = page.ask_backend(&format!("/api/plans/{id}")).await;
    let count = plan.pointer("/counts/will").and_then(Value::as_u64).expect("a number");
    if count < 1_000 { count.to_string() } else { format!("{},{:03}", count / 1_000, count % 1_000) }
}

async fn run_it(page: &Page, count: &str) {
    page.fill(&format!("To confirm, type the number of accounts: {count}"), count).await;
    page.press(&format!("Put {count} accounts on legal hold")).await;
    // The dry run has the same heading.
    page.wait("the run is shown", async || page.path().await.contains("run=")).await;
    page.see_heading(&format!("Put {count} accounts on legal hold")).await;
}

/// Where the backend tells of the run that is shown.
async fn address_of(page: &Page) -> String {
    let path = page.path().await;
    let (_, id) = path.split_once("run=").unwrap_or_else(|| panic!("{path} names no run"));
    format!("/api/runs/{}", id.split('&').next().unwrap_or_default())
}

/// Waits until the run that is shown has ended, for as long as more and more of it is done.
async fn ended(page: &Page) {
    let address = address_of(page).await;
    let mut reached = 0;
    loop {
        let mut run = Value::Null;
        page.wait("the run has ended, or more of it is done", async || {
            run = page.ask_backend(&address).await;
            run["state"] == "done" || run["counts"]["done"].as_u64() > Some(reached)
        })
        .await;
        if run["state"] == "done" {
            return;
        }
        reached = run["counts"]["done"].as_u64().unwrap_or_default();
    }
}

#[tokio::test]
async fn a_run_is_paused_let_on_stopped_and_taken_back() {
    large_desk(PEOPLE, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let count = hold_everybody(&admin).await;
        run_it(&admin, &count).await;
        admin.press("Pause").await;
        admin.see("Paused").await;
        admin.see_thing("button", "Go on").await;
        let done = |run: &Value| run.pointer("/counts/done").and_then(Value::as_u64).expect("a number");
        let address = address_of(&admin).await;
        let paused = done(&admin.ask_backend(&address).await);
        assert!(paused < u64::from(PEOPLE) / 2, "there is something left: {paused}");
        // A pause outlives the page and the backend.
        admin.reload().await;
        admin.see("Paused").await;
        assert_eq!(done(&admin.ask_backend(&address).await), paused);
        admin.tab_to("button", "Go on").await;
        admin.key(Key::Enter).await;
        admin.wait("it goes on", async || done(&admin.ask_backend(&address).await) > paused).await;
        admin.press("Stop").await;
        admin.see("Stopped before the end. What was done stays done; the rest was not touched.").await;
        let stopped = done(&admin.ask_backend(&address).await);
        admin.reload().await;
        admin.see("Stopped before the end.").await;
        assert_eq!(done(&admin.ask_backend(&address).await), stopped);
        // What can be taken back can be taken back after a reload, and is exactly what was done.
        admin.press_first("button", "Undo: Lift the legal hold of ").await;
        admin.see("Dry run: nothing has been done").await;
        let path = admin.path().await;
        let (_, id) = path.split_once("plan=").expect("the address names the dry run");
        let plan = admin.ask_backend(&format!("/api/plans/{id}")).await;
        assert_eq!(plan.pointer("/counts/will").and_then(Value::as_u64), Some(stopped));
        admin.reload().await;
        admin.see("Dry run: nothing has been done").await;
    })
    .await;
}

#[tokio::test]
async fn everybody_who_has_not_claimed_the_account_is_reminded() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts?view=invited").await;
        admin.press_first("button", "Remind all: ").await;
        admin.see_choice("The accounts you selected").await;
        admin.see_choice("Remind").await;
        admin.press("Show what would happen").await;
        admin.see("Dry run: nothing has been done").await;
        admin.press_first("button", "Remind ").await;
        admin.see_heading("Links to hand on").await;
        admin.press("Make the links").await;
        admin.see("/claim#").await;
        let text = admin.text().await;
        let link = text.split_whitespace().find(|word| word.contains("/claim#")).expect("a link").to_owned();
        let path = link.split_once("/claim").map(|(_, rest)| format!("/claim{rest}")).expect("a path");
        let person = desk.open(&path).await;
        person.fill("New password", "four calm rivers").await;
        person.press("Set password and sign in").await;
        person.see_thing("navigation", "Main").await;
    })
    .await;
}

#[tokio::test]
async fn reminding_all_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts?view=invited").await;
        let people = admin.ask_backend("/api/accounts/counts").await;
        let people = people.pointer("/invited").and_then(Value::as_u64).expect("a number");
        let people = if people == 1 { "1 person".to_owned() } else { format!("{people} people") };
        admin.see_thing("button", &format!("Remind all: {people}")).await;
        admin.tab_to("button", &format!("Remind all: {people}")).await;
        admin.key(Key::Enter).await;
        admin.see_choice("Remind").await;
        admin.tab_to("button", "Show what would happen").await;
        admin.key(Key::Enter).await;
        admin.see("Dry run: nothing has been done").await;
    })
    .await;
}

#[tokio::test]
async fn a_run_stops_by_itself_when_most_of_it_can_not_be_done() {
    large_desk(PEOPLE, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let count = hold_everybody(&admin).await;
        run_it(&admin, &count).await;
        admin.press("Pause").await;
        admin.see_thing("button", "Go on").await;
        // Meanwhile somebody else does the same to the others.
        let second = desk.signed_in(Who::SecondAdmin).await;
        let others = hold_everybody(&second).await;
        run_it(&second, &others).await;
        ended(&second).await;
        admin.press("Go on").await;
        admin.see("This stopped by itself: for").await;
        admin.see_thing("button", "Go on").await;
        admin.reload().await;
        admin.see("This stopped by itself: for").await;
    })
    .await;
}

#[tokio::test]
async fn the_rail_says_what_waits_and_hears_of_it_live() {
    desk(async |desk| {
        let (admin, second) = (desk.signed_in(Who::Admin).await, desk.signed_in(Who::SecondAdmin).await);
        second.see_thing("link", "Accounts").await;
        let counts = second.ask_backend("/api/report-groups/counts").await;
        let new = counts.pointer("/new").and_then(Value::as_u64).expect("a number");
        let name = |new: u64| match new {
            0 => "Problem reports".to_owned(),
            new => format!("Problem reports {new} with something new"),
        };
        second.see_thing("link", &name(new)).await;
        let path = crate::accounts::path_of(&admin, "Hana Kobayashi").await;
        admin.open(&format!("{path}?act=delete")).await;
        admin.fill("Why?", "Asked by the person").await;
        admin.press("See what will happen").await;
        admin.fill("To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
        admin.press("Delete for good").await;
        admin.see("Asked. Nothing has happened yet").await;
        second.see_thing("link", "Accounts 1 approval waits for you").await;
        // Nobody approves what they asked for, so it doesn't wait for them.
        admin.open("/").await;
        admin.see_thing("link", "Accounts").await;
        second.open("/accounts/approvals").await;
        second.press("Approve").await;
        second.see_thing("link", "Accounts").await;
        let employee = desk.signed_in(Who::Employee).await;
        employee.see_no_thing("link", "Accounts").await;
        employee.open("/report.html").await;
        employee.fill("What isn’t working?", "The coffee corner shows no video at all").await;
        employee.press("Send report").await;
        employee.see("Your report number is").await;
        second.see_thing("link", &name(new + 1)).await;
    })
    .await;
}
