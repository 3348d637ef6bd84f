//! Phone support: a call is asked for, moved, missed, had, called off; the permission is the person's own.

use fantoccini::key::Key;
use frontdesk_e2e::{Desk, Page, Who, desk, desk_with};

use crate::asking::{ask, fill_in};
use crate::audit::audit;

const SUBJECT: &str = "The video stops for everybody in Lyon";
const NUMBER: &str = "06 12 34 56 78";
const SHOWN: &str = "+33 6 12 34 56 78";

#[tokio::test]
async fn a_call_is_asked_for_missed_and_had() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        assert!(!admin.is_on("Request phone support").await, "nothing is switched on by itself");
        admin.choose("Request phone support").await;
        assert!(!admin.is_on("Allow recording").await, "nothing is switched on by itself");
        admin.see("Without this permission there is no call").await;
        admin.choose("Allow recording").await;
        admin.pick("Country of the number", "France (+33)").await;
        admin.fill("Phone number where support can reach you", "06 12").await;
        admin.pick_at("Time of the call", 1).await;
        admin.press("Confirm the call").await;
        admin.see_thing("link", "This number has too few digits for its country").await;
        audit(&admin, "a call with a wrong number", 0).await;
        admin.fill("Phone number where support can reach you", NUMBER).await;
        admin.press("Confirm the call").await;
        admin.see_heading(SUBJECT).await;
        admin.see(SHOWN).await;
        admin.see("Call asked for").await;
        audit(&admin, "a request with a call", 1).await;
        let word = word_of(&admin).await;

        let agent = agent_at(desk, &admin).await;
        agent.see(&format!("Say this word first: {word}")).await;
        agent.see(SHOWN).await;
        agent.press("I am calling now").await;
        admin.see("Support is calling").await;
        agent.press("Nobody answered").await;
        admin.see("Support called and nobody answered").await;
        admin.pick_at("Time of the call", 2).await;
        admin.press("Confirm the new time").await;
        admin.see("Call moved").await;
        assert_ne!(word_of(&admin).await, word, "each try has a word of its own");

        agent.see("Call moved").await;
        agent.press("I am calling now").await;
        agent.press("We have spoken").await;
        agent.see("Say what came of the call").await;
        agent.fill("What came of the call", "The proxy cut the stream").await;
        audit(&agent, "an agent's call", 0).await;
        agent.press("We have spoken").await;
        admin.see("The proxy cut the stream").await;
        admin.see("Call made").await;
        admin.see_no(SHOWN).await;
    })
    .await;
}

#[tokio::test]
async fn a_call_is_in_a_language_of_the_phone() {
    let french = |settings: &str| {
        let phone = "channel = \"phone\"\nenabled = true\nlanguages = [\"fr\"";
        let decided = settings.replace(&format!("{phone}, \"ja\", \"es\", \"pt\"]"), &format!("{phone}]"));
        assert_ne!(decided, settings);
        decided
    };
    desk_with(french, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.pick("Language of the answer", "Japanese").await;
        admin.choose("Request phone support").await;
        admin.choose("Allow recording").await;
        admin.pick("Country of the number", "France (+33)").await;
        admin.fill("Phone number where support can reach you", NUMBER).await;
        admin.pick_at("Time of the call", 1).await;
        admin.press("Confirm the call").await;
        admin.see_thing("link", "Choose the language of the answer").await;
        admin.pick("Language of the answer", "French").await;
        admin.press("Confirm the call").await;
        admin.see_heading(SUBJECT).await;
        admin.see("Call asked for").await;
    })
    .await;
}

#[tokio::test]
async fn a_call_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.tab_to("switch", "Request phone support").await;
        admin.type_text(" ").await;
        admin.tab_to("switch", "Allow recording").await;
        admin.type_text(" ").await;
        // With its code a number needs no country.
        admin.tab_to("textbox", "Phone number where support can reach you").await;
        admin.type_text(SHOWN).await;
        admin.tab_to("combobox", "Time of the call").await;
        admin.key(Key::Down).await;
        admin.tab_to("button", "Confirm the call").await;
        admin.key(Key::Enter).await;
        admin.see_heading(SUBJECT).await;
        admin.see(SHOWN).await;
        admin.tab_to("button", "Withdraw the permission").await;
        admin.key(Key::Enter).await;
        admin.see("Permission withdrawn").await;
        admin.see("Support answers by message").await;
        // One can change one's mind: the fields are there again.
        admin.tab_to("button", "Request phone support").await;
        admin.key(Key::Enter).await;
        admin.tab_to("switch", "Allow recording").await;
        admin.type_text(" ").await;
        admin.tab_to("textbox", "Phone number where support can reach you").await;
        admin.type_text(SHOWN).await;
        admin.tab_to("combobox", "Time of the call").await;
        admin.key(Key::Down).await;
        admin.tab_to("button", "Confirm the call").await;
        admin.key(Key::Enter).await;
        admin.see("Call asked for").await;
        admin.tab_to("button", "Cancel the call").await;
        admin.key(Key::Enter).await;
        admin.see("Call cancelled").await;
    })
    .await;
}

#[tokio::test]
async fn a_topic_without_phone_support_keeps_the_number() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.choose("Request phone support").await;
        admin.choose("Allow recording").await;
        admin.fill("Phone number where support can reach you", NUMBER).await;
        admin.pick("Topic", "Billing").await;
        admin.see("No phone support for “Billing”").await;
        assert!(!admin.is_on("Request phone support").await);
        admin.choose("Request phone support").await;
        assert!(!admin.is_on("Request phone support").await, "it keeps its name and stays off");
        admin.see_thing("button", "Send to support").await;
        admin.pick("Topic", "Live and video").await;
        admin.see_field("Phone number where support can reach you", NUMBER).await;
        admin.see("Draft saved on this device").await;
        admin.reload().await;
        admin.see_field("Phone number where support can reach you", NUMBER).await;
        admin.pick("Topic", "Billing").await;
        admin.press("Send to support").await;
        admin.see_heading(SUBJECT).await;
        admin.see_no("Call asked for").await;
    })
    .await;
}

#[tokio::test]
async fn a_colleague_sees_neither_number_nor_word() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, SUBJECT).await;
        admin.press("Request phone support").await;
        admin.choose("Allow recording").await;
        admin.fill("Phone number where support can reach you", SHOWN).await;
        admin.pick_at("Time of the call", 1).await;
        admin.press("Confirm the call").await;
        admin.see("Ask the caller for this word first").await;
        let colleague = desk.signed_in(Who::SecondAdmin).await;
        colleague.open(&admin.path().await).await;
        colleague.see("Call asked for").await;
        let text = colleague.text().await;
        assert!(!text.contains(SHOWN) && !text.contains("this word first"), "{text}");
        colleague.see("Only the person who allowed the recording").await;
        colleague.press("Move the call").await;
        colleague.pick_at("Time of the call", 3).await;
        colleague.press("Confirm the new time").await;
        admin.see("Call moved").await;
    })
    .await;
}

/// The word that the caller must say, as the page tells it.
async fn word_of(page: &Page) -> String {
    page.see("Ask the caller for this word first").await;
    let text = page.text().await;
    let rest = text.split("Ask the caller for this word first: ").nth(1).unwrap_or_default();
    rest.split('.').next().unwrap_or_default().to_owned()
}

async fn agent_at(desk: &Desk, admin: &Page) -> Page {
    let agent = desk.signed_in(Who::Agent).await;
    agent.open(&admin.path().await).await;
    agent
}
