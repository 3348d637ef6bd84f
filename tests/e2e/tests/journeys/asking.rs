//! The first job: an admin asks support, an agent answers, the admin sees it live, replies and solves.

use fantoccini::key::Key;
use frontdesk_e2e::{Desk, Page, Who, desk};

const SUBJECT: &str = "The all-hands video stops after ten seconds";
const BODY: &str = "It starts, then the picture freezes. Three of us see it, in two browsers.";
const ANSWER: &str = "Thank you. Does it also happen in a private window?";
const REPLY: &str = "No, in a private window it plays to the end.";

#[tokio::test]
async fn an_admin_asks_support_and_is_answered() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.see_heading("Overview").await;
        admin.press("Contact support").await;
        admin.see_heading("Contact support").await;
        admin.see_heading("Is it one of these?").await;

        admin.pick("Topic", "Live and video").await;
        admin.fill("Summary in one sentence", SUBJECT).await;
        admin.fill("What happened?", BODY).await;
        admin.choose("High").await;
        admin.see("Draft saved on this device").await;

        admin.press("Overview").await;
        admin.press("A question to support").await;
        admin.see_field("Summary in one sentence", SUBJECT).await;
        admin.see_field("What happened?", BODY).await;
        admin.press("Send to support").await;
        admin.see_heading(SUBJECT).await;

        let agent = answered_by_agent(desk, &admin.path().await).await;
        admin.see(ANSWER).await;
        admin.fill("Your answer", REPLY).await;
        admin.press("Send answer").await;
        agent.see(REPLY).await;

        admin.press("Solve").await;
        admin.see("solved this").await;
        agent.see("solved this").await;
        admin.see_thing("button", "Reopen").await;
    })
    .await;
}

#[tokio::test]
async fn the_whole_journey_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.open("/sign-in").await;
        admin.tab_to("textbox", "Email address").await;
        admin.type_text(Who::Admin.email()).await;
        admin.tab_to("textbox", "Password").await;
        admin.type_text("frontdesk").await;
        admin.key(Key::Enter).await;
        admin.see_heading("Overview").await;

        admin.tab_to("link", "Contact support").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Contact support").await;
        admin.tab_to("combobox", "Topic").await;
        admin.type_text("Live").await;
        admin.tab_to("textbox", "Summary in one sentence").await;
        admin.type_text(SUBJECT).await;
        admin.tab_to("textbox", "What happened?").await;
        admin.type_text(BODY).await;
        admin.tab_to_choice("High").await;
        admin.type_text(" ").await;
        admin.tab_to("button", "Send to support").await;
        admin.key(Key::Enter).await;
        admin.see_heading(SUBJECT).await;

        answered_by_agent(desk, &admin.path().await).await;
        admin.see(ANSWER).await;
        admin.tab_to("textbox", "Your answer").await;
        admin.type_text(REPLY).await;
        admin.tab_to("button", "Send answer").await;
        admin.key(Key::Enter).await;
        admin.see(REPLY).await;
        admin.tab_to("button", "Solve").await;
        admin.key(Key::Enter).await;
        admin.see("solved this").await;
    })
    .await;
}

#[tokio::test]
async fn wrong_input_is_told_on_top_and_at_the_field() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/support").await;
        admin.press("Send to support").await;
        admin.see_thing("link", "Choose what it is about").await;
        admin.see_thing("link", "Choose a priority").await;
        admin.press("Say what happened").await;
        admin.see_focus("textbox", "What happened?").await;
    })
    .await;
}

#[tokio::test]
async fn internal_notes_stay_with_support() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, SUBJECT).await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.fill("Your answer", "This customer is on the slow ring.").await;
        agent.press("Send as internal note").await;
        agent.see("This customer is on the slow ring.").await;
        agent.fill("Your answer", ANSWER).await;
        agent.press("Send answer").await;
        admin.see(ANSWER).await;
        admin.reload().await;
        admin.see(ANSWER).await;
        assert!(!admin.text().await.contains("slow ring"), "the note is shown to the organization");
    })
    .await;
}

#[tokio::test]
async fn an_agent_changes_the_priority_and_says_why() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, SUBJECT).await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.pick("Priority set by support", "Medium").await;
        agent.press("Save change").await;
        agent.see("Say why").await;
        agent.fill("Reason", "A workaround is known").await;
        agent.press("Save change").await;
        admin.see("A workaround is known").await;
    })
    .await;
}

/// Asks support and ends on the request's page.
pub(crate) async fn ask(admin: &Page, subject: &str) {
    fill_in(admin, subject).await;
    admin.press("Send to support").await;
    admin.see_heading(subject).await;
}

/// Opens the form and fills it in.
pub(crate) async fn fill_in(admin: &Page, subject: &str) {
    admin.open("/support").await;
    admin.pick("Topic", "Live and video").await;
    admin.fill("Summary in one sentence", subject).await;
    admin.fill("What happened?", BODY).await;
    admin.choose("High").await;
}

async fn answered_by_agent(desk: &Desk, path: &str) -> Page {
    let agent = desk.signed_in(Who::Agent).await;
    agent.open(path).await;
    agent.see(BODY).await;
    agent.fill("Your answer", ANSWER).await;
    agent.press("Send answer").await;
    agent.see(ANSWER).await;
    agent
}
