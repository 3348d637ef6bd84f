//! Priorities that explain themselves, help that is found, and "Was this helpful?".

use std::fs;

use fantoccini::key::Key;
use frontdesk_e2e::{Desk, Page, Who, desk, hostile};
use serde_json::json;

use crate::asking::fill_in;

/// What somebody says whose CEO can't start a live video.
const ANSWERS: [&str; 6] = [
    "A key feature fails",
    "One or a few: less than 5%",
    "Yes, a key person too",
    "There is no workaround",
    "It has to be dealt with at once",
    "Since today, all the time",
];
const SUGGESTION: &str = "Suggested: High. The rule says: “A key person, such as the CEO, can’t use a key feature: start a live video, for example.”";

#[tokio::test]
async fn the_assistant_says_which_rule_led_to_the_level_and_starts_a_request() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.press("Priorities").await;
        admin.see_heading("High priority: strong impact on the business").await;
        admin.see("Nobody can sign in to Workplace.").await;
        admin.see_heading("What the priority does not mean").await;
        admin.see("6 questions are left.").await;
        for answer in ANSWERS {
            admin.choose(answer).await;
        }
        admin.see(SUGGESTION).await;
        admin.see_path("/priorities?loss=key&people=few&person=yes&way=no&wait=no&since=today").await;
        admin.reload().await;
        admin.see(SUGGESTION).await;
        admin.see_choice("A key feature fails").await;

        admin.press("Start a request with this priority").await;
        admin.see_heading("Contact support").await;
        admin.see_choice("High").await;
        admin.choose("Low").await;
        admin.see_path("/support").await;
        admin.see_choice("Low").await;

        admin.press("Priorities").await;
        admin.see("6 questions are left.").await;
    })
    .await;
}

#[tokio::test]
async fn the_assistant_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.tab_to("link", "Priorities").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Priorities").await;
        for answer in ANSWERS {
            next_choice(&admin, answer).await;
        }
        admin.see(SUGGESTION).await;
        admin.tab_to("button", "Start over").await;
        admin.key(Key::Enter).await;
        admin.see("6 questions are left.").await;
        admin.see_path("/priorities").await;
        admin.type_text(" ").await;
        for answer in ["Everyone", "No key person", "There is no workaround", "It can wait"] {
            next_choice(&admin, answer).await;
        }
        next_choice(&admin, "It comes and goes").await;
        admin.see("Suggested: Medium. The rule says: “What can wait is not high").await;
        admin.tab_to("link", "Start a request with this priority").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Contact support").await;
        admin.see_choice("Medium").await;
    })
    .await;
}

#[tokio::test]
async fn help_to_choose_leaves_the_draft_as_it_is() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, "Videos can't be downloaded").await;
        let body = admin.field_text("What happened?").await;
        admin.open_details("Help me choose").await;
        admin.choose("A secondary feature fails, or something small").await;
        admin.choose("One or a few: less than 5%").await;
        admin.see_choice("High").await;
        admin.choose("There is a workaround").await;
        admin
            .see("Suggested: Low. The rule says: “On Android phones a few people can’t download a video")
            .await;
        admin.see_choice("Low").await;
        admin.see_field("Summary in one sentence", "Videos can't be downloaded").await;
        admin.see_field("What happened?", &body).await;
        admin.choose("Medium").await;
        admin.see("Draft saved on this device").await;

        // All rules are a page away; what was typed is there when one comes back.
        admin.press("All rules and examples").await;
        admin.see_heading("Priorities").await;
        admin.back().await;
        admin.see_field("Summary in one sentence", "Videos can't be downloaded").await;
        admin.see_choice("Medium").await;
    })
    .await;
}

#[tokio::test]
async fn a_level_from_the_assistant_leaves_the_draft_as_it_is() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, "Typed before").await;
        admin.see("Draft saved on this device").await;
        admin.open("/support?priority=medium").await;
        admin.see_choice("Medium").await;
        admin.see_field("Summary in one sentence", "Typed before").await;
        admin.open("/support?priority=urgent").await;
        admin.see_field("Summary in one sentence", "Typed before").await;
    })
    .await;
}

#[tokio::test]
async fn help_begins_with_what_is_about_the_page_one_came_from() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/support").await;
        open_help(&admin).await;
        admin.see_path("/help?about=support").await;
        admin.see_heading("About the page you came from").await;
        admin.see_heading("More articles").await;
        admin.see_thing("link", "Being called by support").await;
        admin.see_thing("link", "Academy").await;
        admin.see_thing("link", "Authentication").await;

        admin.fill("Search in help", "4").await;
        admin.see("1 article found").await;
        admin.see_path("/help?q=4&about=support").await;
        admin.press("Sizes and formats of videos").await;
        admin.see_heading("Sizes and formats of videos").await;
        admin.see("Say at which percentage it stops").await;
        admin.back().await;
        admin.see_field("Search in help", "4").await;
        admin.see("1 article found").await;

        admin.fill("Search in help", "zzzzzz").await;
        admin.see("No article has these words.").await;
        admin.see("No resource has these words.").await;
        admin.open("/help/nothing").await;
        admin.see_heading("Nothing here").await;
    })
    .await;
}

#[tokio::test]
async fn help_needs_no_pointer_and_is_found_without_spaces() {
    desk(async |desk| {
        let folder = desk.folder.join("data/help/en");
        fs::write(folder.join("kana.md"), "# 動画の大きさ\n\n最大4GBまで。\n").expect("an article");
        restart(desk).await;
        let employee = desk.signed_in(Who::Employee).await;
        employee.open("/help").await;
        employee.see_heading("Help").await;
        employee.tab_to("searchbox", "Search in help").await;
        employee.type_text("動画").await;
        employee.see("1 article found").await;
        employee.tab_to("link", "動画の大きさ").await;
        employee.key(Key::Enter).await;
        employee.see_focus("heading", "動画の大きさ").await;
        employee.tab_to("button", "Yes").await;
        employee.key(Key::Enter).await;
        employee.see("Your answer is saved.").await;
        employee.tab_to("button", "No").await;
        employee.type_text(" ").await;
        employee.see_pressed("No").await;
        employee.reload().await;
        employee.see_pressed("No").await;
        assert!(!employee.text().await.contains("So far:"), "employees are told the counts");

        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/help/kana").await;
        admin.see("So far: 0 yes, 1 no.").await;
        admin.press("Yes").await;
        admin.see("So far: 1 yes, 1 no.").await;
    })
    .await;
}

#[tokio::test]
async fn whoever_cannot_ask_support_reads_why() {
    desk(async |desk| {
        let employee = desk.signed_in(Who::Employee).await;
        employee.press("Priorities").await;
        employee.see_heading("Low priority: small impact on the business").await;
        employee.open("/priorities?loss=secondary&people=few&person=no&way=yes&wait=yes&since=passing").await;
        employee
            .see("Suggested: Low. The rule says: “The problem comes and goes and can be worked around.")
            .await;
        employee.see_thing("button", "Start a request with this priority").await;
        employee.see("Only admins can contact support.").await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.press("Priorities").await;
        agent.see_heading("Priorities").await;
        open_help(&agent).await;
        agent.see_heading("Help").await;
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_saved_stands_in_nobodys_way() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/priorities").await;
        admin.see_thing("button", "Yes").await;
        desk.backend.kill().await;
        admin.press("Yes").await;
        admin.see("The server can’t be reached").await;
        admin.choose("Everyone").await;
        admin.see("5 questions are left.").await;
        admin.forgive().await;
        desk.backend.restart().await;
        admin.press("Yes").await;
        admin.see("So far: 1 yes, 0 no.").await;
    })
    .await;
}

#[tokio::test]
async fn hostile_words_of_the_operator_are_shown_as_they_are() {
    desk(async |desk| {
        let file = desk.folder.join("data/frontdesk.toml");
        let mut settings = fs::read_to_string(&file).expect("settings");
        let texts = hostile::corpus();
        for text in &texts {
            let text = json!(text);
            settings.push_str(&format!("\n[[priorityExamples]]\npriority = \"medium\"\ntext = {{ en = {text} }}\n"));
            settings.push_str(&format!(
                "\n[[resources]]\nname = {{ en = {text} }}\ntext = {{ en = {text} }}\naddress = \"https://a.example/?<script>\"\n"
            ));
        }
        fs::write(&file, settings).expect("settings");
        restart(desk).await;
        let admin = desk.signed_in(Who::Admin).await;
        for path in ["/priorities", "/help"] {
            admin.open(path).await;
            admin.wait("each text stands there", async || {
                let shown = admin.script("return document.querySelector('main').textContent").await;
                texts.iter().all(|text| shown.as_str().is_some_and(|shown| shown.contains(text.as_str())))
            })
            .await;
            for text in &texts {
                admin.open(&format!("{path}?loss=<script>&about={}", encoded(text))).await;
            }
            assert_eq!(admin.script("return window.owned === undefined").await, json!(true), "{path}");
        }
        admin.open("/help").await;
        for text in texts {
            admin.fill("Search in help", &text).await;
            admin.see_field("Search in help", &text).await;
        }
        assert_eq!(admin.script("return window.owned === undefined").await, json!(true));
    })
    .await;
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

async fn restart(desk: &mut Desk) {
    desk.backend.kill().await;
    desk.backend.restart().await;
}

/// Opens Help by the menu at the foot of the rail.
async fn open_help(page: &Page) {
    page.press_first("button", "Help").await;
    page.choose_item("Help").await;
    page.see_heading("Help").await;
}

/// Goes on to the next question and chooses by the keys alone.
async fn next_choice(page: &Page, name: &str) {
    page.tab_to_next_group().await;
    page.tab_to_choice(name).await;
    page.type_text(" ").await;
}
