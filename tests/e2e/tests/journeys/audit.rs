//! No page and no open dialog has a barrier that axe-core knows, in either theme, wide or narrow.

use fantoccini::key::Key;
use frontdesk_e2e::page::Network;
use frontdesk_e2e::{Page, Who, desk, place};

use crate::accounts::path_of;
use crate::asking::{ask, fill_in};

/// The looks, so that each page meets each theme and each width.
const LOOKS: [(u32, &str); 4] = [(1280, "light"), (360, "dark"), (1280, "dark"), (360, "light")];

#[tokio::test]
async fn pages_before_signing_in_have_no_barriers() {
    desk(async |desk| {
        let page = desk.browser("en-US").await;
        for (index, path) in
            ["/sign-in", "/claim#none", "/report.html", "/status", "/forgotten", "/locked-out"]
                .iter()
                .enumerate()
        {
            page.open_unready(path).await;
            page.see_any_heading().await;
            audit(&page, path, index).await;
        }
    })
    .await;
}

#[tokio::test]
async fn pages_of_an_admin_have_no_barriers() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        ask(&page, "A request with a thread").await;
        let request = page.path().await;
        let list = "/requests?view=all&colour=red&topic=mobile";
        let paths =
            ["/", "/support", "/requests", list, "/requests?q=zzzzzz", &request, "/account", "/status"];
        for (index, path) in paths.iter().enumerate() {
            page.open(path).await;
            audit(&page, path, index).await;
        }
        page.open("/requests").await;
        page.press("Columns, rows and order").await;
        page.see_thing("dialog", "Columns, rows and order").await;
        audit(&page, "columns and order", 1).await;
        page.key(Key::Escape).await;
        page.press("Saved lists").await;
        page.choose_item("Save this list").await;
        page.see_thing("dialog", "Save this list").await;
        audit(&page, "the form of a saved list", 0).await;
        page.key(Key::Escape).await;
        page.open("/support").await;
        page.press("Send to support").await;
        page.see("There is a problem").await;
        audit(&page, "the form with errors", 0).await;
        page.open_details("Help me choose").await;
        page.choose("A key feature fails").await;
        audit(&page, "help to choose a priority", 1).await;
    })
    .await;
}

#[tokio::test]
async fn accounts_have_no_barriers() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        let hana = path_of(&page, "Hana Kobayashi").await;
        let active = path_of(&page, "João Silva").await;
        let paths = [
            "/accounts",
            "/accounts?view=left&colour=red",
            "/accounts?q=zzzzzz",
            &hana,
            &active,
            "/accounts/lifecycle",
        ];
        for (index, path) in paths.iter().enumerate() {
            page.open(path).await;
            audit(&page, path, index).await;
        }
        page.open(&format!("{active}?act=deactivate")).await;
        page.choose("On a date").await;
        audit(&page, "a dated deactivation", 1).await;
        page.choose("Now").await;
        page.press("See what will happen").await;
        page.see_heading("What will happen").await;
        audit(&page, "what a deactivation does", 0).await;
        page.open(&format!("{hana}?act=delete")).await;
        page.fill("Why?", "x").await;
        page.press("See what will happen").await;
        page.see_heading("What will happen").await;
        audit(&page, "what a deletion does", 3).await;
    })
    .await;
}

#[tokio::test]
async fn pages_that_explain_have_no_barriers() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        let answered = "/priorities?loss=key&people=few&person=yes&way=no&wait=no&since=today";
        let paths = [
            "/priorities",
            answered,
            "/help?about=support",
            "/help?q=zzzzzz",
            "/help/video-sizes",
            "/help/nothing",
        ];
        for (index, path) in paths.iter().enumerate() {
            page.open(path).await;
            audit(&page, path, index).await;
        }
        page.open("/help/video-sizes").await;
        page.press("Yes").await;
        page.see("Your answer is saved.").await;
        audit(&page, "an article that was helpful", 1).await;
        let employee = desk.signed_in(Who::Employee).await;
        employee.open(answered).await;
        employee.see("Only admins can contact support.").await;
        audit(&employee, "an employee's suggestion", 0).await;
    })
    .await;
}

#[tokio::test]
async fn pages_for_many_accounts_have_no_barriers() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        for (index, path) in
            ["/accounts/bulk", "/accounts/approvals", "/audit", "/accounts/new"].iter().enumerate()
        {
            page.open(path).await;
            audit(&page, path, index).await;
        }
        page.open("/accounts/bulk").await;
        let list = "Name;E-mail\nHana;hana.kobayashi@acme.example\nNobody;nobody@nowhere.example";
        page.fill("Accounts, one in each line, or rows copied from a spreadsheet", list).await;
        page.see("2 accounts are named.").await;
        page.press("Show what would happen").await;
        page.see("There is a problem").await;
        audit(&page, "a list with errors", 1).await;
        page.choose("Delete for good").await;
        page.fill("Why?", "Asked by the person").await;
        page.press("Show what would happen").await;
        page.see_heading("Delete 1 account for good").await;
        audit(&page, "a dry run", 0).await;
        page.fill("To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
        page.press("Ask for approval").await;
        page.see("Waits for approval").await;
        audit(&page, "a run that waits", 1).await;
        page.open("/accounts/approvals").await;
        page.see("You asked for this.").await;
        audit(&page, "approvals", 0).await;
        page.open("/audit?what=run.").await;
        page.see("Asked for").await;
        audit(&page, "the audit log", 1).await;
    })
    .await;
}

#[tokio::test]
async fn pages_of_others_have_no_barriers() {
    desk(async |desk| {
        let agent = desk.signed_in(Who::Agent).await;
        agent.press_first("link", "Requests").await;
        agent.see_heading("Requests").await;
        audit(&agent, "an agent's list", 0).await;
        agent.open("/status").await;
        agent.press("Publish").await;
        agent.see("There is a problem").await;
        audit(&agent, "an agent's status page", 1).await;
        let employee = desk.signed_in(Who::Employee).await;
        audit(&employee, "an employee's first page", 1).await;
        employee.open("/requests").await;
        employee.see_heading("Not allowed").await;
        audit(&employee, "Not allowed", 0).await;
    })
    .await;
}

#[tokio::test]
async fn pages_of_reports_have_no_barriers() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let paths =
            ["/reports", "/reports?q=zzzzzz", "/reports/1", "/reports/P-1", "/reports/999", "/my-reports"];
        for (index, path) in paths.iter().enumerate() {
            admin.open(path).await;
            audit(&admin, path, index).await;
        }
        admin.open("/reports/1").await;
        admin.press("Make a request of it").await;
        admin.press("Send to support").await;
        admin.see("There is a problem").await;
        audit(&admin, "a request of a group, with errors", 0).await;
        let employee = desk.signed_in(Who::Employee).await;
        employee.press("The expense form does not send").await;
        employee.see("The form needs a cost center").await;
        audit(&employee, "an employee's report", 1).await;
    })
    .await;
}

#[tokio::test]
async fn open_dialogs_and_menus_have_no_barriers() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        page.press_first("button", "Menu of ").await;
        page.see_thing("menuitem", "Sign out").await;
        audit(&page, "the person's menu", 0).await;
        page.key(Key::Escape).await;
        page.press_first("button", "1 incident").await;
        page.see_thing("dialog", "What fails right now").await;
        audit(&page, "what fails right now", 1).await;
        page.key(Key::Escape).await;
        page.press_first("button", "Search or jump to").await;
        page.see_thing("dialog", "Search or jump to").await;
        audit(&page, "search or jump to", 0).await;
        page.key(Key::Escape).await;
        page.press("Contact support").await;
        fill_in(&page, "An ended session").await;
        page.lose_session().await;
        page.submit().await;
        page.see_thing("dialog", "Sign in again").await;
        audit(&page, "sign in again", 1).await;
    })
    .await;
}

#[tokio::test]
async fn what_is_missing_offline_or_crashed_has_no_barriers() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        for (index, path) in ["/nowhere", "/requests/FD-999999", "/accounts/nobody"].iter().enumerate() {
            page.open_unready(path).await;
            page.see_any_heading().await;
            audit(&page, path, index).await;
        }
        page.open("/").await;
        page.type_text("?").await;
        page.see_thing("dialog", "Keyboard shortcuts").await;
        audit(&page, "the keys", 1).await;
        page.key(Key::Escape).await;
        page.network(Network::Cut).await;
        page.script("window.dispatchEvent(new Event('offline'))").await;
        page.see("You are offline").await;
        audit(&page, "offline", 0).await;
        page.network(Network::There).await;
        page.script("window.frontdesk.crash(new Error('for this test'))").await;
        page.see_heading("This page has stopped").await;
        audit(&page, "a crash", 1).await;
        page.script("document.documentElement.removeAttribute('data-crashed')").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn what_became_of_accounts_has_no_barriers() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        let path = path_of(&page, "João Silva").await;
        page.open(&format!("{path}?act=deactivate")).await;
        page.press("See what will happen").await;
        page.press("Deactivate João Silva").await;
        page.see("Confirmed at").await;
        audit(&page, "the receipt of a deactivation", 0).await;
        page.key(Key::Escape).await;
        let former = path_of(&page, "Former Member").await;
        page.open(&former).await;
        audit(&page, "a Former Member", 1).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_moves_for_whoever_asked_for_rest() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        page.open("/support").await;
        page.look_like(1280, "light").await;
        let moves = "return [...document.querySelectorAll('*')].filter(it => ['', '::before', '::after'].some(part => { \
                     const style = getComputedStyle(it, part); return style.transitionProperty !== 'none' \
                       || style.animationName !== 'none' })).slice(0, 3).map(it => it.outerHTML.slice(0, 80)).join()";
        assert_eq!(page.script(moves).await, "");
    })
    .await;
}

pub(crate) async fn audit(page: &Page, what: &str, index: usize) {
    let looks: Vec<(u32, &str)> = if place::is_full_matrix() {
        LOOKS.to_vec()
    } else {
        LOOKS.iter().copied().skip(index % 2 * 2).take(2).collect()
    };
    for (width, look) in looks {
        page.look_like(width, look).await;
        page.see_no_barriers(&format!("{what}, {width} wide, {look}")).await;
    }
    page.look_like(1280, "light").await;
}
