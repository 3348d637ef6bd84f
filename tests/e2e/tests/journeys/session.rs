//! Signing in, the end of a session in the middle of something, and what each role sees.

use frontdesk_e2e::backend::PASSWORD;
use frontdesk_e2e::{Who, desk};

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
