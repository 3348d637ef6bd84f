//! Whoever can't sign in tells the admins, without an account.

use fantoccini::key::Key;
use frontdesk_e2e::page::Network;
use frontdesk_e2e::{Page, Who, desk};
use serde_json::json;

use crate::audit::audit;

const BODY: &str = "What do you see, and since when? (optional)";
const WORDS: &str = "Since this morning, on my phone too.";
const EMAIL: &str = "Your email address (optional)";

#[tokio::test]
async fn whoever_is_locked_out_tells_the_admins() {
    desk(async |desk| {
        let page = desk.open("/sign-in").await;
        page.press("Can’t sign in? Get help").await;
        page.see_heading("You can’t sign in").await;
        page.press("Tell the admins").await;
        page.see_thing("link", "Choose what happens").await;
        page.choose("My password isn’t accepted").await;
        page.see_thing("link", "A forgotten password is set anew faster: ask for a link.").await;
        page.fill(BODY, WORDS).await;
        page.fill(EMAIL, "noe").await;
        page.press("Tell the admins").await;
        page.see_thing("link", "Enter an email address like name@example.com, or leave it empty").await;
        page.see("Draft saved in this tab").await;
        page.reload().await;
        page.see_field(BODY, WORDS).await;
        page.fill(EMAIL, "noe@acme.example").await;
        page.network(Network::Cut).await;
        page.press("Tell the admins").await;
        page.see("You are offline. What you typed is kept on this device.").await;
        page.network(Network::There).await;
        page.press("Tell the admins").await;
        page.see("Your report number is P-").await;
        page.see("They answer to noe@acme.example.").await;
        page.forgive().await;
        page.reload().await;
        page.see_field(BODY, "").await;

        let admin = desk.signed_in(Who::Admin).await;
        admin.see_heading("New problem reports").await;
        admin.see("can’t sign in").await;
        admin.press("My password isn’t accepted").await;
        admin.see(WORDS).await;
        admin.see("noe@acme.example").await;
        let found = admin.ask_backend("/api/report-groups?state=new&q=password%20accepted").await;
        assert_eq!(found["items"][0]["lockedOut"], json!(1), "sent once: {found}");
    })
    .await;
}

#[tokio::test]
async fn a_locked_out_person_writes_by_keyboard() {
    desk(async |desk| {
        let page = desk.open("/locked-out").await;
        page.see_heading("You can’t sign in").await;
        page.tab_to_first("radio", "My password isn’t accepted").await;
        for _ in 0..4 {
            page.key(Key::Down).await;
        }
        let body = "What do you see, and since when?";
        page.tab_to("button", "Tell the admins").await;
        page.key(Key::Enter).await;
        page.see_thing("link", "Say what happened").await;
        page.tab_to("textbox", body).await;
        page.type_text("The sign-in page comes again and again").await;
        page.tab_to("button", "Tell the admins").await;
        page.key(Key::Enter).await;
        page.see("Your report number is P-").await;
        page.see("You gave no address").await;
    })
    .await;
}

#[tokio::test]
async fn too_many_reports_of_a_network_are_told_and_kept() {
    desk(async |desk| {
        let page = desk.open("/locked-out").await;
        for number in 0..5 {
            tell(&page, &format!("Try number {number}")).await;
            page.see("Your report number is P-").await;
            page.press("Report something else").await;
        }
        tell(&page, "The last one").await;
        page.see("Too many tries. Try again at").await;
        page.see_field(BODY, "The last one").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn the_page_of_the_locked_out_has_no_barriers() {
    desk(async |desk| {
        let page = desk.open("/locked-out").await;
        audit(&page, "locked out", 0).await;
        page.choose("My password isn’t accepted").await;
        page.fill(EMAIL, "noe").await;
        page.press("Tell the admins").await;
        page.see("There is a problem").await;
        for index in 0..2 {
            audit(&page, "locked out, with errors", index).await;
        }
        page.fill(EMAIL, "").await;
        page.press("Tell the admins").await;
        page.see("Your report number is P-").await;
        for index in 0..2 {
            audit(&page, "locked out, sent", index).await;
        }
    })
    .await;
}

async fn tell(page: &Page, words: &str) {
    page.choose("The page doesn’t open, or stays empty").await;
    page.fill(BODY, words).await;
    page.press("Tell the admins").await;
}
