//! `cargo xtask screenshots`: every page in both themes, wide and narrow, filled, empty, failing, and in French with
//! long texts, into `<target>/screenshots`. To be looked at before a page is called done.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "a picture that can't be drawn is the result")]

use std::fs;
use std::path::PathBuf;

use fantoccini::key::Key;
use frontdesk_e2e::backend::PASSWORD;
use frontdesk_e2e::desk::{Desk, desk};
use frontdesk_e2e::page::Network;
use frontdesk_e2e::{Page, Who, place};

/// A text as long as anybody would write, in the language with the longest labels.
const LONG: &str = "Depuis la mise à jour de la semaine dernière, l’enregistrement de la réunion générale s’interrompt systématiquement au bout de quelques secondes pour l’ensemble des collaborateurs du site de Clermont-Ferrand";

/// The priorities with every question answered.
const ANSWERED: &str = "/priorities?loss=key&people=few&person=yes&way=no&wait=no&since=today";

#[tokio::main]
async fn main() {
    desk(async |desk| {
        strangers(desk).await;
        let request = admin(desk).await;
        depth(desk).await;
        others(desk, &request).await;
        many(desk).await;
        french(desk).await;
        loading(desk).await;
        failing(desk).await;
    })
    .await;
    println!("The pictures are in {}.", folder().display());
}

async fn strangers(desk: &Desk) {
    let page = desk.open("/sign-in").await;
    draw(&page, "sign-in").await;
    page.press("Sign in").await;
    draw(&page, "sign-in-errors").await;
    page.open_unready("/claim#none").await;
    page.see("password").await;
    draw(&page, "claim").await;
    page.open("/status").await;
    draw(&page, "status-stranger").await;
    page.open("/forgotten").await;
    draw(&page, "forgotten").await;
    page.open("/locked-out").await;
    draw(&page, "locked-out").await;
    page.press("Tell the admins").await;
    page.see("There is a problem").await;
    draw(&page, "locked-out-errors").await;
    page.open_unready("/report.html").await;
    page.see_heading("Something isn’t working?").await;
    draw(&page, "report-stranger").await;
}

async fn admin(desk: &Desk) -> String {
    let page = desk.signed_in(Who::Admin).await;
    draw(&page, "overview").await;
    page.open("/requests").await;
    draw(&page, "requests").await;
    page.open("/requests?view=all").await;
    draw(&page, "requests-all").await;
    page.open("/requests?q=zzzzzz").await;
    draw(&page, "requests-empty").await;
    page.open("/account").await;
    draw(&page, "account").await;
    guide(&page).await;
    accounts(&page).await;
    page.open("/status").await;
    draw(&page, "status").await;
    for (path, name) in [
        ("/reports", "reports"),
        ("/reports?q=zzzzzz", "reports-empty"),
        ("/reports/1", "reports-group"),
        ("/reports/P-1", "reports-one"),
        ("/my-reports", "reports-mine-empty"),
    ] {
        page.open(path).await;
        draw(&page, name).await;
    }
    page.open("/support").await;
    draw(&page, "support-empty").await;
    page.press("Send to support").await;
    page.see("There is a problem").await;
    draw(&page, "support-errors").await;
    page.pick("Topic", "Live and video").await;
    page.fill("Summary in one sentence", "Video upload stops").await;
    page.fill("What happened?", "It starts, then the picture freezes. Three of us see it, in two browsers.")
        .await;
    page.choose("High").await;
    page.see("Draft saved on this device").await;
    draw(&page, "support").await;
    page.press("Send to support").await;
    page.see_heading("Video upload stops").await;
    let path = page.path().await;
    page.fill("Your answer", "It also happens on the phone.").await;
    page.press("Send answer").await;
    page.see_field("Your answer", "").await;
    draw(&page, "request").await;
    page.press_first("button", "Menu of ").await;
    draw_wide(&page, "menu").await;
    page.key(Key::Escape).await;
    path
}

/// The directory, one account, an act, and the life cycle explained.
async fn accounts(page: &Page) {
    page.open("/accounts").await;
    draw(page, "accounts").await;
    page.open("/accounts?q=zzzzzz").await;
    draw(page, "accounts-empty").await;
    let hana = account(page, "Hana Kobayashi").await;
    page.open(&hana).await;
    draw(page, "account-deactivated").await;
    page.open(&format!("{hana}?act=reactivate")).await;
    page.see_heading("Comes back").await;
    draw(page, "act-reactivate").await;
    page.open(&format!("{hana}?act=delete")).await;
    page.fill("Why?", "Court order").await;
    page.press("See what will happen").await;
    page.see_heading("What will happen").await;
    draw(page, "act-delete").await;
    let active = account(page, "João Silva").await;
    page.open(&active).await;
    draw(page, "account-active").await;
    page.open(&format!("{active}?act=deactivate")).await;
    page.choose("On a date").await;
    draw(page, "act-deactivate-date").await;
    page.choose("Now").await;
    page.press("See what will happen").await;
    page.see_heading("What will happen").await;
    draw(page, "act-deactivate").await;
    page.open("/accounts/lifecycle").await;
    draw(page, "lifecycle").await;
}

/// Where the account of somebody is.
async fn account(page: &Page, name: &str) -> String {
    let query: String =
        url::form_urlencoded::byte_serialize(format!("displayName eq \"{name}\"").as_bytes()).collect();
    let found = page.ask_backend(&format!("/scim/v2/Users?filter={query}")).await;
    let id = found.pointer("/Resources/0/id").and_then(serde_json::Value::as_str).expect("an account");
    format!("/accounts/{id}")
}

/// Priorities and help.
async fn guide(page: &Page) {
    page.open("/priorities").await;
    draw(page, "priorities").await;
    page.open(ANSWERED).await;
    page.press("Yes").await;
    page.see("Your answer is saved.").await;
    draw(page, "priorities-answered").await;
    page.open("/help?about=support").await;
    draw(page, "help").await;
    page.open("/help?q=zzzzzz").await;
    draw(page, "help-empty").await;
    page.open("/help/video-sizes").await;
    draw(page, "article").await;
    page.open("/support").await;
    page.open_details("Help me choose").await;
    page.choose("A secondary feature fails, or something small").await;
    page.choose("One or a few: less than 5%").await;
    page.choose("There is a workaround").await;
    page.see("Suggested: Low.").await;
    draw(page, "support-help-choose").await;
}

/// Requests in which much has happened.
async fn depth(desk: &Desk) {
    let admin = desk.signed_in(Who::Admin).await;
    let path = async |query: &str| {
        let found = admin.ask_backend(&format!("/api/requests?{query}&limit=1")).await;
        let id =
            found.pointer("/items/0/id").and_then(serde_json::Value::as_str).expect("a request").to_owned();
        format!("/requests/{id}")
    };
    let waiting = path("q=Video%20upload%20stops%20at%2090").await;
    admin.open(&waiting).await;
    let words = "It happens in **Lyon** and in *Nantes*:\n\n- files over 50 MB\n- in two browsers\n\n> Could you tell me?\n\n\
        ```\nPUT /upload/42 HTTP/1.1\n413\n```\n\nSee https://status.acme.example/incidents/42.";
    admin.fill("Your answer", words).await;
    admin.press("Send answer").await;
    admin.see_field("Your answer", "").await;
    draw(&admin, "request-formatted").await;
    let agent = desk.signed_in(Who::Agent).await;
    agent.open(&waiting).await;
    agent.fill("Your answer", "Thank you.").await;
    agent.press("Send answer").await;
    admin.see("This request closes by itself").await;
    draw(&admin, "request-closing").await;
    admin.open(&path("q=Two%20people").await).await;
    admin.press("Ask support to judge again").await;
    admin.see_focus("textbox", "Why?").await;
    draw(&admin, "request-appeal").await;
    admin.open(&path("state=solved&sort=-changedAt").await).await;
    draw(&admin, "request-solved").await;
    admin.open(&path("state=solved&sort=changedAt").await).await;
    draw(&admin, "request-too-old").await;
    agent.open(&waiting).await;
    draw(&agent, "agent-request-depth").await;
    let french = desk.browser("fr-FR").await;
    french.open("/sign-in").await;
    french.fill("Adresse e-mail", Who::Admin.email()).await;
    french.fill("Mot de passe", PASSWORD).await;
    french.press("Se connecter").await;
    french.see_heading("Vue d’ensemble").await;
    french.open(&waiting).await;
    french.press("Demander une nouvelle évaluation").await;
    draw(&french, "french-request").await;
}

async fn others(desk: &Desk, request: &str) {
    let agent = desk.signed_in(Who::Agent).await;
    draw(&agent, "agent-overview").await;
    agent.open(request).await;
    draw(&agent, "agent-request").await;
    agent.open("/status").await;
    draw(&agent, "agent-status").await;
    let employee = desk.signed_in(Who::Employee).await;
    draw(&employee, "employee").await;
    employee.press("The expense form does not send").await;
    employee.see("The form needs a cost center").await;
    draw(&employee, "employee-report").await;
    employee.open(ANSWERED).await;
    draw(&employee, "employee-priorities").await;
    employee.open("/requests").await;
    draw(&employee, "not-allowed").await;
    employee.open("/support").await;
    draw(&employee, "admins-only").await;
    employee.open("/report.html").await;
    employee.see_thing("button", "Send report").await;
    draw(&employee, "report").await;
    employee.press("Send report").await;
    employee.see("There is a problem").await;
    draw(&employee, "report-errors").await;
}

/// Many accounts, approvals, the audit log.
async fn many(desk: &Desk) {
    let page = desk.signed_in(Who::Admin).await;
    page.open("/accounts/bulk").await;
    draw(&page, "many-empty").await;
    let found = page.ask_backend("/scim/v2/Users?filter=active%20eq%20true&count=40&attributes=emails").await;
    let people = found["Resources"].as_array().cloned().unwrap_or_default();
    let email = |user: &serde_json::Value| Some(user.pointer("/emails/0/value")?.as_str()?.to_owned());
    // Whoever approves below stays.
    let others = |email: &String| email != Who::SecondAdmin.email();
    let list: Vec<String> = people.iter().filter_map(email).filter(others).collect();
    let list = format!("Work e-mail;Team\n{};x\nnobody@nowhere.example;y", list.join(";x\n"));
    page.fill("Accounts, one in each line, or rows copied from a spreadsheet", &list).await;
    page.see("accounts are named.").await;
    page.press("Show what would happen").await;
    page.see("There is a problem").await;
    draw(&page, "many-errors").await;
    page.choose("Deactivate").await;
    page.fill("Why?", "End of season contracts").await;
    draw(&page, "many-list").await;
    page.press("Show what would happen").await;
    page.see("Dry run: nothing has been done").await;
    draw(&page, "many-dry-run").await;
    let path = page.path().await;
    let plan = page.ask_backend(&format!("/api/plans/{}", path.rsplit('=').next().unwrap_or_default())).await;
    let will = plan.pointer("/counts/will").map(ToString::to_string).unwrap_or_default();
    page.fill(&format!("To confirm, type the number of accounts: {will}"), &will).await;
    page.press(&format!("Deactivate {will} accounts")).await;
    page.see(&format!("{will} of {will}")).await;
    draw(&page, "many-run").await;
    page.open("/accounts/bulk").await;
    page.fill("Accounts, one in each line, or rows copied from a spreadsheet", "hana.kobayashi@acme.example")
        .await;
    page.see("1 account is named.").await;
    page.choose("Delete for good").await;
    page.fill("Why?", "Asked by the person").await;
    page.press("Show what would happen").await;
    page.see_heading("Delete 1 account for good").await;
    draw(&page, "many-dry-run-one").await;
    page.fill("To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
    page.press("Ask for approval").await;
    page.see("Waits for approval").await;
    draw(&page, "many-run-waits").await;
    let second = desk.signed_in(Who::SecondAdmin).await;
    second.open("/accounts/approvals").await;
    draw(&second, "approvals").await;
    second.open("/audit").await;
    draw(&second, "audit").await;
    second.open("/accounts/new").await;
    second.press("Create account").await;
    second.see("There is a problem").await;
    draw(&second, "new-account").await;
}

async fn french(desk: &Desk) {
    let page = desk.browser("fr-FR").await;
    page.open("/sign-in").await;
    page.fill("Adresse e-mail", Who::Admin.email()).await;
    page.fill("Mot de passe", PASSWORD).await;
    page.press("Se connecter").await;
    page.see_heading("Vue d’ensemble").await;
    draw(&page, "french-overview").await;
    page.open("/reports").await;
    draw(&page, "french-reports").await;
    page.open("/reports/1").await;
    draw(&page, "french-reports-group").await;
    page.open("/support").await;
    page.fill("Résumé en une phrase", LONG).await;
    page.fill("Que s’est-il passé ?", &format!("{LONG}.\n\n{LONG}.")).await;
    draw(&page, "french-support").await;
    page.open(ANSWERED).await;
    draw(&page, "french-priorities").await;
    page.open("/help?about=support").await;
    draw(&page, "french-help").await;
    page.open("/requests").await;
    draw(&page, "french-requests").await;
    page.open("/status").await;
    draw(&page, "french-status").await;
    page.open("/accounts").await;
    draw(&page, "french-accounts").await;
    let hana = account(&page, "Hana Kobayashi").await;
    page.open(&hana).await;
    draw(&page, "french-account").await;
    page.open("/accounts/bulk").await;
    draw(&page, "french-many").await;
    page.open("/accounts/approvals").await;
    draw(&page, "french-approvals").await;
    page.open("/audit").await;
    draw(&page, "french-audit").await;
}

/// Pages whose data is still on its way.
async fn loading(desk: &Desk) {
    let page = desk.signed_in(Who::Admin).await;
    for (link, name) in [("Requests", "requests"), ("Accounts", "accounts"), ("Status", "status")] {
        page.open("/account").await;
        page.hold_answers(true).await;
        page.press_first("link", link).await;
        page.wait("what comes is marked", async || {
            page.script("return document.querySelector('.skeleton__line') !== null").await == true
        })
        .await;
        draw(&page, &format!("loading-{name}")).await;
        page.hold_answers(false).await;
    }
    page.forgive().await;
}

async fn failing(desk: &mut Desk) {
    let page = desk.signed_in(Who::Admin).await;
    // The server's own page, without the program.
    page.open_unready("/nowhere").await;
    page.see_heading("There is nothing at this address").await;
    draw(&page, "not-found").await;
    page.open("/requests/FD-999999").await;
    draw(&page, "request-not-found").await;
    page.forgive().await;
    page.open("/").await;
    page.script("globalThis.frontdesk.crash(new Error('for this picture'))").await;
    page.see_heading("This page has stopped").await;
    draw(&page, "crash").await;
    page.script("document.documentElement.removeAttribute('data-crashed')").await;
    page.forgive().await;
    page.open("/").await;
    page.network(Network::Cut).await;
    page.press_first("link", "Requests").await;
    page.see("You are offline").await;
    draw(&page, "offline").await;
    page.network(Network::There).await;
    page.forgive().await;
    desk.backend.kill().await;
    page.press("Overview").await;
    page.see("The server can’t be reached").await;
    draw(&page, "server-silent").await;
    page.forgive().await;
    desk.backend.restart().await;
}

/// Draws the page in both themes, wide and narrow.
async fn draw(page: &Page, name: &str) {
    for (width, size) in [(1280, "wide"), (360, "narrow")] {
        for look in ["light", "dark"] {
            page.look_like(width, look).await;
            keep(page, &format!("{name}-{size}-{look}")).await;
        }
    }
    page.look_like(1280, "light").await;
}

async fn draw_wide(page: &Page, name: &str) {
    page.look_like(1280, "light").await;
    keep(page, &format!("{name}-wide-light")).await;
}

async fn keep(page: &Page, name: &str) {
    fs::create_dir_all(folder()).expect("a folder for the pictures");
    fs::write(folder().join(format!("{name}.png")), page.whole_picture().await).expect("a picture");
}

fn folder() -> PathBuf {
    place::out().join("screenshots")
}
