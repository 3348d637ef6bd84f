//! The request's page in depth: what is done about a request beside answering it.

use fantoccini::key::Key;
use frontdesk_e2e::{Page, Who, desk};
use serde_json::{Value, json};

use crate::asking::ask;

/// A browser that opens no live stream.
const DEAF: &str = "globalThis.EventSource = class extends EventTarget { readyState = 0; close() {} };";

#[tokio::test]
async fn words_are_formatted_quoted_and_linked_to() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "Formatted words").await;
        admin.fill("Your answer", "It is **really** broken, see https://status.acme.example/now.").await;
        admin.press("Send answer").await;
        admin.see("It is really broken").await;
        admin.see_thing("link", "https://status.acme.example/now").await;

        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.fill("Your answer", "Typed before.").await;
        agent.script("[...document.querySelectorAll('.message__acts button')].at(-1).click()").await;
        agent
            .see_field(
                "Your answer",
                "Typed before.\n\n> It is **really** broken, see https://status.acme.example/now.\n\n",
            )
            .await;
        agent.type_text("Thank you.").await;
        agent.press("Send answer").await;
        admin.see("Thank you.").await;
        assert_eq!(admin.script("return document.querySelectorAll('blockquote strong').length").await, 1);

        let anchor = admin
            .script("return document.querySelector('.message:last-of-type a[href^=\"#m-\"]').hash")
            .await;
        let path = admin.path().await;
        let other = desk.signed_in(Who::SecondAdmin).await;
        other.open(&format!("{path}{}", anchor.as_str().expect("an anchor"))).await;
        other
            .wait("the message has the focus", async || {
                other.script("return document.activeElement.matches('.message[data-current]')").await
                    == Value::Bool(true)
            })
            .await;
    })
    .await;
}

#[tokio::test]
async fn an_appeal_is_asked_and_answered() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "An appeal").await;
        admin.see("Support has not set another priority than yours.").await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.pick("Priority set by support", "Low").await;
        agent.fill("Reason", "A way round exists").await;
        agent.press("Save change").await;

        admin.see_no("Support has not set another priority than yours.").await;
        admin.press("Ask support to judge again").await;
        admin.see_focus("textbox", "Why?").await;
        admin.press("Ask support to judge again").await;
        admin.see("Say why").await;
        admin.type_text("The whole of Lyon is touched").await;
        admin.press("Ask support to judge again").await;
        admin.see("The answer comes here.").await;
        agent.see("The whole of Lyon is touched").await;
        agent.press("Stay with this priority").await;
        agent.see_focus("textbox", "Why?").await;
        agent.type_text("Lyon has the way round too").await;
        agent.key(Key::Enter).await;
        admin.see("Lyon has the way round too").await;
        admin.see_no("The answer comes here.").await;
        admin.see_no_barriers("an answered appeal").await;
        agent.see_no_barriers("an answered appeal, for the agent").await;
    })
    .await;
}

#[tokio::test]
async fn escalating_and_watching_need_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "By keyboard alone").await;
        admin.tab_to("button", "Escalate").await;
        admin.key(Key::Enter).await;
        admin.see_focus("textbox", "Why?").await;
        admin.type_text("The film must be up tomorrow").await;
        admin.key(Key::Enter).await;
        admin.see("escalated this").await;
        // The form is gone; the focus is back where it began, and the act says why it can't be done again.
        admin.see_focus("button", "Escalate").await;
        admin.see("Escalated already").await;
        admin.tab_to("button", "Watch").await;
        admin.key(Key::Enter).await;
        admin.see_focus("button", "Stop watching").await;
        admin.see("Watched by").await;
        admin.see_no_barriers("an escalated request").await;
    })
    .await;
}

#[tokio::test]
async fn what_two_admins_change_at_once_stands_side_by_side() {
    desk(async |desk| {
        let first = desk.signed_in(Who::Admin).await;
        ask(&first, "Two at once").await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open(&first.path().await).await;
        first.pick("Your priority", "Low").await;
        first.fill("Reason", "It can wait").await;
        second.pick("Your priority", "Medium").await;
        second.press("Save change").await;

        first.see("Compare the two versions; yours is kept.").await;
        first.see_field("Reason", "It can wait").await;
        first.see_field("Your priority", "low").await;
        first.see_no_barriers("two versions").await;
        first.press("Keep mine").await;
        first.see_no("Compare the two versions").await;
        first.press("Save change").await;
        second.see("It can wait").await;
        second.see_field("Your priority", "low").await;

        second.pick("Your priority", "High").await;
        first.pick("Your priority", "Medium").await;
        first.press("Save change").await;
        second.see("Compare the two versions; yours is kept.").await;
        second.press("Take theirs").await;
        second.see_field("Your priority", "medium").await;
    })
    .await;
}

#[tokio::test]
async fn a_stale_change_is_refused_and_kept() {
    desk(async |desk| {
        let first = desk.signed_in(Who::Admin).await;
        ask(&first, "Stale").await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open(&first.path().await).await;
        // The first one hears nothing of what happens meanwhile.
        first.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": DEAF })).await;
        first.reload().await;
        first.pick("Your priority", "Low").await;
        first.fill("Reason", "It can wait").await;
        second.pick("Your priority", "Medium").await;
        second.press("Save change").await;
        second.see("changed your priority to: Medium").await;
        first.press("Save change").await;
        first.see_field("Reason", "It can wait").await;
        first.see("Compare the two versions").await;
        first.press("Keep mine").await;
        first.press("Save change").await;
        second.see("changed your priority to: Low").await;
    })
    .await;
}

#[tokio::test]
async fn a_colleague_who_answers_is_named() {
    desk(async |desk| {
        let first = desk.signed_in(Who::Admin).await;
        ask(&first, "Answered once").await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open(&first.path().await).await;
        second.fill("Your answer", "I am on it").await;
        first.see("is answering.").await;
        second.press("Send answer").await;
        first.see("I am on it").await;
        first.see_no("is answering.").await;
    })
    .await;
}

#[tokio::test]
async fn what_waits_for_us_closes_by_itself_unless_it_is_kept_open() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "Kept open").await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.fill("Your answer", "Which browser is it?").await;
        agent.press("Send answer").await;
        admin.see("This request closes by itself in 14 days").await;
        admin.see("Support waits for your answer. Answer first.").await;
        admin.press("Keep open").await;
        admin.see("kept this open").await;
    })
    .await;
}

#[tokio::test]
async fn a_solution_is_rated_and_the_focus_stays() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "Rated").await;
        admin.tab_to("textbox", "Your answer").await;
        admin.type_text("It works again, thank you.").await;
        admin.tab_to("button", "Send and solve").await;
        admin.key(Key::Enter).await;
        admin.see("solved this").await;
        admin.see_focus("button", "Send and solve").await;
        admin.see("This request is solved already.").await;
        admin.see("Reopen the request before you change its priority.").await;
        admin.press("Save rating").await;
        admin.see("Choose how well it was solved").await;
        admin.choose("Good").await;
        admin.fill("In a few words (optional)", "Quick and clear").await;
        admin.press("Save rating").await;
        admin.see("Quick and clear").await;
        admin.see_no_barriers("a rated request").await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open(&admin.path().await).await;
        second.see("Somebody else of your organization has rated this.").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_too_old_to_reopen_is_followed_up() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let old = oldest_solved(&admin).await;
        let (id, subject) = (text(&old, "id"), text(&old, "subject"));
        admin.open(&format!("/requests/{id}")).await;
        admin.see("This was solved too long ago to reopen.").await;
        admin.fill("Your answer", "The quartz flamingo hums again.").await;
        admin.press_twice("Send as a follow-up").await;
        admin.see("The quartz flamingo hums again.").await;
        admin.see_heading(&subject).await;
        admin.see("Follows up on").await;
        admin.press_first("link", &id).await;
        admin.see("Followed up by").await;
        admin.see_field("Your answer", "").await;
        assert_eq!(admin.count_requests("quartz flamingo").await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_number_that_nobody_gave_is_told_in_words() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests/FD-99999").await;
        admin.see("There is nothing at this address").await;
        admin.see_thing("link", "Go to the overview").await;
        admin.see_no_barriers("an unknown request").await;
    })
    .await;
}

async fn oldest_solved(page: &Page) -> Value {
    let answer = page.ask_backend("/api/requests?state=solved&sort=changedAt&limit=1").await;
    answer.pointer("/items/0").cloned().unwrap_or_else(|| panic!("nothing is solved: {answer}"))
}

fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}
