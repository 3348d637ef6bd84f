//! The status page: read by anybody, written by agents, followed by whoever is signed in.

use fantoccini::key::Key;
use frontdesk_e2e::{Page, Who, desk};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::asking::ask;

const SEEDED: &str = "Video uploads fail for some people";
const NAME: &str = "Nobody can sign in";
const FIRST: &str = "Since 9:40 signing in fails. We look for the cause.";
const LAST: &str = "Signing in works again.";

#[tokio::test]
async fn a_stranger_reads_the_status_page() {
    desk(async |desk| {
        let page = desk.open("/sign-in").await;
        page.press("Status").await;
        page.see_heading("Status").await;
        page.see("Only problems that stop a core feature are listed here.").await;
        page.see_heading(SEEDED).await;
        page.see("A repair is in place, we watch it.").await;
        page.see_heading("Core features").await;
        page.see("90 days: 1 with a reported problem.").await;
        page.see("Support’s word, read").await;
        page.see_thing("link", "Atom Sign-in").await;
        assert!(!page.has("button", &format!("Follow {SEEDED}")).await, "strangers have no overview");
        page.reload().await;
        page.see_path("/status").await;
        page.press("Sign in").await;
        page.see_heading("Sign in").await;
        page.sign_in(Who::Admin).await;
        page.see_path("/status").await;
        page.see_thing("button", &format!("Follow {SEEDED}")).await;
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_written_followed_and_ended() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.press("Status").await;
        agent.see_heading("Write on the status page").await;
        agent.press("Publish").await;
        agent.see_thing("link", "Choose what it touches").await;
        agent.fill("What fails or is planned, in one sentence", NAME).await;
        agent.choose("Sign-in").await;
        agent.pick("How bad is it?", "Fails for everyone").await;
        agent.fill("What people should know", FIRST).await;
        agent.press("Publish").await;
        agent.see_heading(NAME).await;
        agent.see_field("What people should know", "").await;

        // It is on every page of everybody at once.
        admin.press_first("button", "2 incidents").await;
        admin.see(FIRST).await;
        admin.press("Open the status page").await;
        admin.see_heading("Status").await;
        admin.see("Fails for everyone").await;
        admin.press(&format!("Follow {NAME}")).await;
        admin.see("You follow this: its updates come to Overview.").await;
        admin.press("Overview").await;
        admin.see_heading("What you follow").await;

        agent.press(&format!("Add an update {NAME}")).await;
        agent.pick("Where it stands", "Resolved").await;
        agent.fill("What people should know", LAST).await;
        agent.press("Publish").await;
        admin.see(LAST).await;
        admin.see("Resolved").await;
        agent.see_thing("heading", "Over in the last two weeks").await;
    })
    .await;
}

/// Chooses a day and an hour: typing them depends on the language of the browser.
async fn choose_time(page: &Page, id: &str, time: &str) {
    let script = format!(
        "const field = document.getElementById('{id}'); field.value = '{time}'; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    );
    page.script(&script).await;
}

#[tokio::test]
async fn a_maintenance_is_planned_moved_and_called_off() {
    desk(async |desk| {
        let agent = desk.signed_in(Who::Agent).await;
        agent.press("Status").await;
        agent.pick("What is it about?", "Planned maintenance").await;
        agent.fill("What fails or is planned, in one sentence", "New disks for films").await;
        agent.choose("Live and video").await;
        choose_time(&agent, "tell-from", "2099-05-04T09:00").await;
        choose_time(&agent, "tell-until", "2099-05-04T11:00").await;
        agent.fill("What people should know", "Films may load slowly.").await;
        agent.press("Publish").await;
        agent.see_heading("New disks for films").await;
        agent.press("Move it New disks for films").await;
        agent
            .wait("the form begins with the planned time", async || {
                agent.script("return document.getElementById('move-from')?.value ?? ''").await
                    == "2099-05-04T09:00"
            })
            .await;
        choose_time(&agent, "move-until", "2099-05-04T08:00").await;
        agent.press("Save the new times").await;
        agent.see("The end comes after the beginning").await;
        choose_time(&agent, "move-until", "2099-05-05T12:30").await;
        agent.press("Save the new times").await;
        let stranger = desk.open("/status").await;
        stranger.see("May 5").await;
        agent.press("End it now New disks for films").await;
        agent.see_no("New disks for films").await;
    })
    .await;
}

#[tokio::test]
async fn the_status_page_needs_no_pointer() {
    desk(async |desk| {
        let agent = desk.signed_in(Who::Agent).await;
        agent.tab_to("link", "Status").await;
        agent.key(Key::Enter).await;
        agent.see_focus("heading", "Status").await;
        agent.tab_to("textbox", "What fails or is planned, in one sentence").await;
        agent.type_text(NAME).await;
        agent.tab_to("checkbox", "Sign-in").await;
        agent.type_text(" ").await;
        agent.tab_to("textbox", "What people should know").await;
        agent.type_text(FIRST).await;
        agent.tab_to("button", "Publish").await;
        agent.key(Key::Enter).await;
        agent.see_heading(NAME).await;

        let admin = desk.signed_in(Who::Admin).await;
        admin.tab_to("link", "Status").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Status").await;
        admin.tab_to("button", &format!("Follow {NAME}")).await;
        admin.key(Key::Enter).await;
        admin.see_thing("button", &format!("Stop following {NAME}")).await;
        admin.see_focus("button", &format!("Stop following {NAME}")).await;
        admin.tab_to("link", "Contact support Live and video").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Contact support").await;
        admin.see_field("Topic", "video").await;
    })
    .await;
}

#[tokio::test]
async fn an_incident_stands_above_the_requests_that_it_touches() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.press_first("link", "Requests").await;
        admin.see_heading("Requests").await;
        admin.press("See the incident").await;
        admin.see_heading("Status").await;
        admin.see_heading(SEEDED).await;
    })
    .await;
}

#[tokio::test]
async fn what_the_own_people_report_stands_beside_it_for_admins_alone() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/status").await;
        admin.see("today, usually").await;
        admin.press_first("link", "24 reports from your people in four weeks").await;
        admin.see_path("/reports?topic=video").await;
        let stranger = desk.open("/status").await;
        stranger.see_heading(SEEDED).await;
        stranger.see_no("from your people").await;
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_linked_to_a_request_by_hand() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "The door of the garage").await;
        admin.see_thing("button", "Link incident").await;
        admin.pick("Incident", SEEDED).await;
        admin.press("Link incident").await;
        admin.see_thing("link", SEEDED).await;
        admin.press(&format!("Unlink {SEEDED}")).await;
        admin.see_thing("button", "Link incident").await;
    })
    .await;
}

#[tokio::test]
async fn what_an_agent_typed_is_kept() {
    desk(async |desk| {
        let agent = desk.signed_in(Who::Agent).await;
        agent.press("Status").await;
        agent.fill("What people should know", FIRST).await;
        agent.press("Overview").await;
        agent.press("A draft for the status page").await;
        agent.see_field("What people should know", FIRST).await;
        agent.reload().await;
        agent.see_field("What people should know", FIRST).await;
    })
    .await;
}

#[tokio::test]
async fn an_incident_is_followed_instead_of_asking() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.press("Status").await;
        admin.press("Contact support Live and video").await;
        admin.see_field("Topic", "video").await;
        admin.press(&format!("Follow this instead {SEEDED}")).await;
        admin.see("You follow this: its updates come to Overview.").await;
        admin.press("Overview").await;
        admin.see_heading("What you follow").await;
    })
    .await;
}

#[tokio::test]
async fn a_provider_that_cannot_be_read_is_never_green() {
    desk(async |desk| {
        let provider = page_for_people().await;
        desk.backend.kill().await;
        desk.backend.restart_with(&["--status-upstream", &provider]).await;
        let page = desk.open("/status").await;
        page.see("Nobody can be sure right now").await;
        page.see("Not sure").await;
        assert!(!page.text().await.contains("No incident reported"), "silence is no good news");
        let admin = desk.signed_in(Who::Admin).await;
        admin.see("Not sure: no news since").await;
    })
    .await;
}

/// A double of a provider whose documents are a page for people.
async fn page_for_people() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 1_024];
            let _ = stream.read(&mut asked).await;
            let body = "<!doctype html><h1>All systems operational</h1>";
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
                body.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}
