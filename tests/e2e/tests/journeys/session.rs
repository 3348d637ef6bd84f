//! Signing in, the end of a session in the middle of something, and what each role sees.

use fantoccini::key::Key;
use frontdesk_e2e::backend::PASSWORD;
use frontdesk_e2e::{Page, Who, desk};

use crate::accounts::path_of;
use crate::asking::{ask, fill_in};

#[tokio::test]
async fn signing_in_leads_where_one_wanted_to_go() {
    desk(async |desk| {
        let page = desk.open("/requests?view=all").await;
        page.see_heading("Sign in").await;
        page.sign_in(Who::Admin).await;
        page.see_heading("Requests").await;
        page.see_path("/requests?view=all").await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_password_is_told_at_the_field_and_nothing_is_cleared() {
    desk(async |desk| {
        let page = desk.open("/sign-in").await;
        page.fill("Email address", Who::Admin.email()).await;
        page.fill("Password", "not this one").await;
        page.press("Sign in").await;
        page.see("Email address or password is wrong").await;
        page.see_field("Email address", Who::Admin.email()).await;
        page.see_focus("textbox", "Password").await;
    })
    .await;
}

#[tokio::test]
async fn a_session_that_ends_in_the_middle_loses_nothing() {
    desk(async |desk| {
        let subject = "The coffee machine asks for a certificate";
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, subject).await;
        admin.lose_session().await;
        admin.submit().await;
        admin.see_thing("dialog", "Sign in again").await;
        admin.see_field("Email address", Who::Admin.email()).await;
        admin.fill("Password", PASSWORD).await;
        admin.press("Sign in").await;
        admin.see_no_thing("dialog", "Sign in again").await;
        admin.see_field("Summary in one sentence", subject).await;
        admin.press("Send to support").await;
        admin.see_heading(subject).await;
        assert_eq!(admin.count_requests("certificate").await, 1);
    })
    .await;
}

/// Presses, unless the panel has noticed by itself that the session is over.
async fn press_or_be_asked(page: &Page, name: &str) {
    if !page.has("dialog", "Sign in again").await {
        page.press(name).await;
    }
}

/// Signs in again over the page.
async fn again(page: &Page) {
    page.see_thing("dialog", "Sign in again").await;
    page.fill("Password", PASSWORD).await;
    page.press("Sign in").await;
    page.see_no_thing("dialog", "Sign in again").await;
}

#[tokio::test]
async fn a_session_that_ends_in_other_forms_loses_nothing_either() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "The session ends in an answer").await;
        admin.fill("Your answer", "Half of it").await;
        admin.lose_session().await;
        press_or_be_asked(&admin, "Send answer").await;
        again(&admin).await;
        admin.see_field("Your answer", "Half of it").await;
        admin.press("Send answer").await;
        admin.see_field("Your answer", "").await;
        admin.see("Half of it").await;

        let path = path_of(&admin, "Hana Kobayashi").await;
        admin.open(&path).await;
        admin.press("Put on hold…").await;
        admin.fill("Why?", "A claim is open").await;
        admin.lose_session().await;
        press_or_be_asked(&admin, "See what will happen").await;
        again(&admin).await;
        admin.see_field("Why?", "A claim is open").await;
        admin.press("See what will happen").await;
        admin.press("Put Hana Kobayashi on hold").await;
        admin.see("The account is now: Deactivated.").await;
        admin.key(Key::Escape).await;

        admin.open("/accounts/bulk").await;
        let list = "Accounts, one in each line, or rows copied from a spreadsheet";
        admin.fill(list, "hana.kobayashi@acme.example").await;
        admin.choose("Put on hold").await;
        admin.fill("Why?", "The same for all").await;
        admin.lose_session().await;
        press_or_be_asked(&admin, "Show what would happen").await;
        again(&admin).await;
        admin.see_field(list, "hana.kobayashi@acme.example").await;
        admin.see_field("Why?", "The same for all").await;
        admin.press("Show what would happen").await;
        admin.see("Dry run: nothing has been done").await;
    })
    .await;
}

#[tokio::test]
async fn an_employee_sees_only_what_employees_may() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Employee).await;
        page.see_heading("My reports").await;
        assert!(!page.text().await.contains("Requests"), "an employee's rail has Requests");
        page.open("/requests").await;
        page.see_heading("Not allowed").await;
        page.open("/support").await;
        page.see("Only admins can contact support").await;
    })
    .await;
}

#[tokio::test]
async fn an_agent_answers_but_does_not_ask() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Agent).await;
        page.press_first("link", "Requests").await;
        page.see_heading("Requests").await;
        page.open("/support").await;
        page.see_heading("Not allowed").await;
    })
    .await;
}

#[tokio::test]
async fn every_admin_sees_every_request() {
    desk(async |desk| {
        let subject = "Everybody should see this one";
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, subject).await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        second.press_first("link", "Requests").await;
        second.press(subject).await;
        second.see_heading(subject).await;
    })
    .await;
}

#[tokio::test]
async fn an_address_without_a_page_says_so() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        page.open_unready("/requests/FD-999999").await;
        page.see("There is nothing at this address").await;
        let answer = page.ask_status("/nothing-here").await;
        assert_eq!(answer, 404);
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn the_language_is_switched_without_a_reload() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        let subject = "Half written";
        fill_in(&page, subject).await;
        page.press_first("button", "Menu of ").await;
        page.choose_item("français").await;
        page.see_heading("Contacter l’assistance").await;
        page.see_field("Résumé en une phrase", subject).await;
    })
    .await;
}
