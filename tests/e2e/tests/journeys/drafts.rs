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
