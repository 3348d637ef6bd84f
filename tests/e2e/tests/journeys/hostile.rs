//! Every string of a person is text, never markup, and never breaks a page.

use frontdesk_e2e::{Page, Who, desk, hostile};
use serde_json::json;

use crate::asking::{ask, fill_in};

#[tokio::test]
async fn hostile_texts_are_shown_as_they_were_typed() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let texts = hostile::corpus();
        for subject in texts.iter().take(6) {
            fill_in(&admin, subject).await;
            admin.fill("What happened?", &texts.join("\n")).await;
            admin.press("Send to support").await;
            see_thread_with(&admin, &texts).await;
        }
        admin.fill("Your answer", &texts.join("\n")).await;
        admin.press("Send answer").await;
        admin.see_field("Your answer", "").await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        see_thread_with(&agent, &texts).await;
        agent.open("/requests?view=all").await;
        agent.see(texts.first().map_or("", String::as_str)).await;
        see_unharmed(&admin).await;
        see_unharmed(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn hostile_words_can_be_searched_for() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all").await;
        for words in hostile::corpus() {
            admin.fill("Search in requests", &words).await;
            admin.see_field("Search in requests", &words).await;
        }
        admin.fill("Search in requests", "").await;
        admin.see_path("/requests?view=all").await;
        see_unharmed(&admin).await;
    })
    .await;
}

#[tokio::test]
async fn hostile_texts_in_small_fields_are_told_or_taken() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "Small fields").await;
        let request = admin.path().await;
        for text in hostile::corpus() {
            admin.open("/support").await;
            admin.fill("How many people are touched? (optional)", &text).await;
            admin.press("Send to support").await;
            admin.see("Enter a number of people").await;
        }
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&request).await;
        for (text, level) in hostile::corpus().iter().zip(["Low", "Medium", "High"].iter().cycle()) {
            agent.pick("Priority set by support", level).await;
            agent.fill("Reason", text).await;
            agent.press("Save change").await;
            agent.see_field("Reason", "").await;
            agent.see(text.trim()).await;
        }
        see_unharmed(&admin).await;
        see_unharmed(&agent).await;
    })
    .await;
}

#[tokio::test]
async fn ten_thousand_characters_arrive_to_the_last() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, "A very long story").await;
        admin.fill("What happened?", &hostile::long_body()).await;
        admin.press("Send to support").await;
        admin.see_heading("A very long story").await;
        admin.see("the very last words.").await;
    })
    .await;
}

#[tokio::test]
async fn half_a_character_does_no_harm() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "Half a character").await;
        // No keyboard makes this; a script of an extension may.
        admin
            .script(
                "const field = document.querySelector('textarea'); field.value = 'half \\ud83d of it'; \
                 field.dispatchEvent(new Event('input', { bubbles: true }));",
            )
            .await;
        admin.press("Send answer").await;
        admin.see("of it").await;
        admin.reload().await;
        see_unharmed(&admin).await;
    })
    .await;
}

/// Waits until the thread has each line exactly as it was typed.
async fn see_thread_with(page: &Page, lines: &[String]) {
    page.wait("the thread shows each line", async || {
        let script =
            "return [...document.querySelectorAll('ol li p')].map(line => line.textContent).join('\\n')";
        let thread = page.script(script).await.as_str().unwrap_or_default().to_owned();
        lines.iter().all(|line| thread.contains(line.trim()))
    })
    .await;
}

/// None of the texts became a script.
async fn see_unharmed(page: &Page) {
    assert_eq!(
        page.script("return globalThis.owned === undefined").await,
        json!(true),
        "a text ran as a script"
    );
}
