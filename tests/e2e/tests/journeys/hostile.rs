//! Every string of a person is text, never markup, and never breaks a page.

use fantoccini::key::Key;
use frontdesk_e2e::{Page, Who, desk, hostile};
use serde_json::json;

use crate::accounts::path_of;
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
async fn hostile_texts_about_accounts_are_told_as_they_were_typed() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        for (place, text) in hostile::corpus().iter().take(4).enumerate() {
            admin.open(&path).await;
            let (verb, done) = if place % 2 == 0 {
                ("Put on hold…", "Put Hana Kobayashi on hold")
            } else {
                ("Lift the hold…", "Lift the hold on Hana Kobayashi")
            };
            admin.press(verb).await;
            admin.fill("Why?", text).await;
            admin.press("See what will happen").await;
            admin.press(done).await;
            admin.see("The account is now: Deactivated.").await;
            admin.key(Key::Escape).await;
            admin.see(text.trim()).await;
        }
        admin.open("/audit").await;
        admin.see(hostile::corpus()[0].trim()).await;
        let all = hostile::corpus().join("\n");
        admin.open("/accounts/bulk").await;
        admin.fill("Accounts, one in each line, or rows copied from a spreadsheet", &all).await;
        admin.choose("Deactivate").await;
        admin.press("Show what would happen").await;
        admin.see("Nobody is named so").await;
        for text in hostile::corpus() {
            admin.open("/accounts").await;
            admin.fill("Search by name, email address or employee number", &text).await;
            admin.see_field("Search by name, email address or employee number", &text).await;
        }
        see_unharmed(&admin).await;
    })
    .await;
}

#[tokio::test]
async fn hostile_texts_of_reports_and_incidents_are_shown_as_they_were_typed() {
    desk(async |desk| {
        let employee = desk.signed_in(Who::Employee).await;
        let texts = hostile::corpus();
        let all = texts.join("\n");
        let send = format!(
            "const done = arguments[arguments.length - 1]; fetch('/api/reports', {{ method: 'POST', headers: {{ \
             'X-Frontdesk': '1', 'Content-Type': 'application/json', 'Idempotency-Key': 'hostile' }}, \
             body: JSON.stringify({{ body: {}, page: {} }}) }}).then(answer => answer.json()).then(done, String);",
            json!(all),
            json!(texts[0]),
        );
        let report = employee.script_async(&send).await["id"].as_str().expect("a number").to_owned();
        employee.open(&format!("/reports/{report}")).await;
        employee.see(texts[5].trim()).await;
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/reports").await;
        admin.press_first("link", texts[0].trim()).await;
        admin.see(texts[1].trim()).await;
        admin.fill("What is known, in one sentence", &texts[1]).await;
        admin.press("Mark as known").await;
        admin.see_heading(texts[1].trim()).await;
        admin.fill("Your answer to all of them", &all).await;
        admin.press("Answer all").await;
        admin.see_field("Your answer to all of them", "").await;
        employee.reload().await;
        employee.see(texts[7].trim()).await;

        let agent = desk.signed_in(Who::Agent).await;
        agent.open("/status").await;
        agent.fill("What fails or is planned, in one sentence", &texts[2]).await;
        agent.choose("Sign-in").await;
        agent.fill("What people should know", &all).await;
        agent.press("Publish").await;
        agent.see_heading(texts[2].trim()).await;
        let stranger = desk.open("/status").await;
        stranger.see_heading(texts[2].trim()).await;
        stranger.see(texts[0].trim()).await;
        for page in [&employee, &admin, &agent, &stranger] {
            see_unharmed(page).await;
        }
    })
    .await;
}

#[tokio::test]
async fn hostile_names_are_names() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let texts = hostile::corpus();
        for (place, text) in texts.iter().take(6).enumerate() {
            admin.open("/accounts/new").await;
            admin.fill("Name", text).await;
            admin.fill("Email address", &format!("hostile{place}@acme.example")).await;
            admin.fill("Department (optional)", text).await;
            admin.fill("Job title (optional)", text).await;
            admin.press("Create account").await;
            admin.see_heading(text.trim()).await;
        }
        admin.open("/accounts?q=hostile").await;
        admin.see(texts[0].trim()).await;
        admin.open("/audit").await;
        admin.see(texts[1].trim()).await;

        admin.open("/requests?view=all&topic=mobile").await;
        admin.press("Saved lists").await;
        admin.choose_item("Save this list").await;
        admin.fill("Name", &texts[0]).await;
        admin.press("Save this list").await;
        admin.see(&format!("Saved list: {}", texts[0].trim())).await;

        ask(&admin, "Rated with a hostile word").await;
        admin.press("Solve").await;
        admin.choose("Good").await;
        admin.fill("In a few words (optional)", &texts[1]).await;
        admin.press("Save rating").await;
        admin.see(texts[1].trim()).await;
        admin.reload().await;
        admin.see(texts[1].trim()).await;
        see_unharmed(&admin).await;
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
    assert_eq!(page.script("return window.owned === undefined").await, json!(true), "a text ran as a script");
}
