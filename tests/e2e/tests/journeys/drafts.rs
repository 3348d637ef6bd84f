//! Nothing typed is ever lost, and nobody else reads it.

use frontdesk_e2e::{Page, Who, desk};

use crate::asking::{ask, fill_in};

const SUBJECT: &str = "Badges show the old company name";
const SECRET: &str = "only my eyes";

#[tokio::test]
async fn a_draft_survives_a_reload() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.see("Draft saved on this device").await;
        admin.reload().await;
        admin.see_field("Summary in one sentence", SUBJECT).await;
    })
    .await;
}

/// Runs a program of one function that can't go on, which is what a panic of ours is to the browser.
const STOP: &str = "const program = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, \
    1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 120, 0, 0, 10, 5, 1, 3, 0, 0, 11])); \
    setTimeout(() => new WebAssembly.Instance(program).exports.x());";

#[tokio::test]
async fn a_draft_survives_a_program_that_stops() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.see("Draft saved on this device").await;
        admin.script(STOP).await;
        admin.see_heading("This page has stopped").await;
        // Where it was stands in what can be handed on.
        admin.see("wasm-function[0]").await;
        admin.press("Reload").await;
        admin.see_field("Summary in one sentence", SUBJECT).await;
        admin.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn an_answer_begun_is_found_again() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, SUBJECT).await;
        let path = admin.path().await;
        admin.fill("Your answer", SECRET).await;
        admin.see("Draft saved on this device").await;
        admin.open("/").await;
        admin.see("Begun and not sent").await;
        admin.open(&path).await;
        admin.see_field("Your answer", SECRET).await;
        admin.press("Discard draft").await;
        admin.reload().await;
        admin.see_field("Your answer", "").await;
    })
    .await;
}

#[tokio::test]
async fn a_sent_draft_is_gone() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, SUBJECT).await;
        admin.open("/support").await;
        admin.see_field("Summary in one sentence", "").await;
        assert!(!kept(&admin).await.contains(SUBJECT), "the draft is still on the device");
    })
    .await;
}

#[tokio::test]
async fn the_next_person_sees_nothing_of_a_draft() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Admin).await;
        let name = name(&page).await;
        fill_in(&page, SECRET).await;
        page.see("Draft saved on this device").await;
        page.sign_out(&name).await;
        page.sign_in(Who::SecondAdmin).await;
        page.open("/support").await;
        page.see_field("Summary in one sentence", "").await;
        let name = self::name(&page).await;
        page.sign_out(&name).await;
        page.sign_in(Who::Admin).await;
        page.open("/support").await;
        page.see_field("Summary in one sentence", SECRET).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_outlives_signing_out_on_a_shared_device() {
    desk(async |desk| {
        let page = desk.open("/sign-in").await;
        page.choose("Shared device").await;
        page.sign_in(Who::Admin).await;
        let name = name(&page).await;
        fill_in(&page, SECRET).await;
        page.see("Draft saved on this device").await;
        page.sign_out(&name).await;
        assert!(!kept(&page).await.contains(SECRET), "the draft is still on the device");
        page.sign_in(Who::Admin).await;
        page.open("/support").await;
        page.see_field("Summary in one sentence", "").await;
    })
    .await;
}

/// Everything that the browser keeps for our origin.
async fn kept(page: &Page) -> String {
    let script = "return JSON.stringify(Object.assign({}, localStorage)) + JSON.stringify(Object.assign({}, sessionStorage))";
    page.script(script).await.as_str().unwrap_or_default().to_owned()
}

/// The name of whoever is signed in.
async fn name(page: &Page) -> String {
    let session = page.ask_backend("/api/session").await;
    session.pointer("/person/name").and_then(|name| name.as_str()).unwrap_or_default().to_owned()
}
