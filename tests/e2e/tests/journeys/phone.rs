//! Phone support: a call is asked for, moved, missed, had, called off; the permission is the person's own.

use fantoccini::key::Key;
use frontdesk_e2e::{Who, desk};

use crate::asking::fill_in;

const SUBJECT: &str = "The video stops for everybody in Lyon";
const NUMBER: &str = "06 12 34 56 78";
const SHOWN: &str = "+33 6 12 34 56 78";

#[tokio::test]
async fn a_call_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, SUBJECT).await;
        admin.tab_to("switch", "Request phone support").await;
        admin.type_text(" ").await;
        admin.tab_to("switch", "Allow recording").await;
        admin.type_text(" ").await;
        admin.tab_to("combobox", "Country of the number").await;
        admin.type_text("France").await;
        admin.tab_to("textbox", "Phone number where support can reach you").await;
        admin.type_text(NUMBER).await;
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
