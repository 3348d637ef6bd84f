//! Who leaves hands over what they have; who comes back gets back what was taken; who was erased begins anew.

use fantoccini::key::Key;
use frontdesk_e2e::{Desk, Page, Who, desk};
use serde_json::Value;

use crate::accounts::path_of;

/// Starts the backend again with its clock so many hours ahead, and signs in anew.
pub(crate) async fn later(desk: &mut Desk, page: &Page, hours: u32) {
    let script = format!("return new Date(Date.now() + {hours} * 3600000).toISOString()");
    let then = page.script(&script).await.as_str().expect("a time").to_owned();
    desk.backend.kill().await;
    desk.backend.restart_with(&["--now", &then]).await;
    page.lose_session().await;
    page.open("/sign-in").await;
    page.sign_in(Who::Admin).await;
}

/// Waits until the backend says so of an account.
async fn until(page: &Page, path: &str, what: &str, holds: impl Fn(&Value) -> bool) {
    let path = format!("/api{path}");
    page.wait(what, async || holds(&page.ask_backend(&path).await)).await;
}

#[tokio::test]
async fn a_leaver_who_is_an_admin_hands_over_in_the_same_step() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Chloé Laurent").await;
        let before = admin.ask_backend(&format!("/api{path}")).await;
        let requests = before.pointer("/belongings/requests").and_then(Value::as_u64).expect("a number");
        assert!(requests > 0, "the seed gives her requests: {before}");
        admin.open(&path).await;
        admin.press("Deactivate…").await;
        admin.press("See what will happen").await;
        admin.see_heading("Handing over").await;
        admin.see("Only admins who have the rights for it can be chosen.").await;
        admin.pick("Who takes over", "Awa Mbaye").await;
        admin.see("Awa Mbaye takes these over in the same step.").await;
        admin.press("Deactivate Chloé Laurent").await;
        admin.see("Confirmed at").await;
        admin.see("Handed over to Awa Mbaye:").await;
        admin.key(Key::Escape).await;
        admin.see("What the person had was handed over (Awa Mbaye).").await;
        until(&admin, &path, "nothing is left", |account| {
            account.pointer("/belongings/requests").and_then(Value::as_u64) == Some(0)
        })
        .await;
        admin.open("/audit?what=account.handover").await;
        admin.see("Handed over what was left").await;
        admin.see("Chloé Laurent").await;
    })
    .await;
}

#[tokio::test]
async fn handing_over_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Chloé Laurent").await;
        admin.open(&path).await;
        admin.tab_to("button", "Deactivate…").await;
        admin.key(Key::Enter).await;
        admin.see_thing("dialog", "Deactivate Chloé Laurent?").await;
        admin.tab_to("button", "See what will happen").await;
        admin.key(Key::Enter).await;
        admin.see_heading("Handing over").await;
        admin.tab_to("combobox", "Who takes over").await;
        admin.type_text("Awa").await;
        admin.see("Awa Mbaye takes these over in the same step.").await;
        // The list keeps the focus while each choice is looked at.
        admin.see_focus("combobox", "Who takes over").await;
        admin.tab_to("button", "Deactivate Chloé Laurent").await;
        admin.key(Key::Enter).await;
        admin.see("Handed over to Awa Mbaye:").await;
    })
    .await;
}

#[tokio::test]
async fn many_leavers_hand_over_to_one() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts/bulk").await;
        let list = "second.admin@acme.example\npriya.raman@acme.example";
        admin.fill("Accounts, one in each line, or rows copied from a spreadsheet", list).await;
        admin.see("2 accounts are named.").await;
        admin.choose("Deactivate").await;
        admin.press("Show what would happen").await;
        admin.see_heading("Deactivate 2 accounts").await;
        admin.see_heading("Handing over").await;
        admin.pick("Who takes over", "Awa Mbaye").await;
        admin.press("Show it with this choice").await;
        admin.see("Awa Mbaye takes these over in the same step.").await;
        admin.press("Deactivate 2 accounts").await;
        admin.see("Handed over to Awa Mbaye:").await;
        admin.reload().await;
        admin.see("Handed over to Awa Mbaye:").await;
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_is_set_again_after_a_reactivation() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        later(desk, &admin, 60).await;
        until(&admin, &path, "the memberships have ended", |account| {
            account.pointer("/groups").and_then(Value::as_array).is_some_and(Vec::is_empty)
        })
        .await;
        admin.open(&format!("{path}?act=reactivate")).await;
        admin.see_heading("Must be set again").await;
        admin.see("Once the account is active, its page offers to set this again").await;
        admin.see("Sessions: the person signs in anew").await;
        admin.press("Reactivate Hana Kobayashi").await;
        admin.see("The account is now: Active.").await;
        admin.key(Key::Escape).await;
        admin.see_heading("Set again").await;
        let account = admin.ask_backend(&format!("/api{path}")).await;
        let again = account.pointer("/comeback/again").and_then(Value::as_array).expect("a list").clone();
        let name = again.first().and_then(|piece| piece.pointer("/names/0")?.as_str()).expect("a name");
        assert!(again.len() > 1, "{again:?}");
        // One by the keyboard, the others at once.
        admin.tab_to("button", &format!("Set again: {name}")).await;
        admin.key(Key::Enter).await;
        admin.see(&format!("Set again: {name}.")).await;
        admin.see_no_thing("button", &format!("Set again: {name}")).await;
        if again.len() > 2 {
            admin.press("Set all of it again").await;
        } else {
            admin.press_first("button", "Set again: ").await;
        }
        until(&admin, &path, "all is set again", |account| account.pointer("/comeback").is_none()).await;
        admin.see("What was taken was set again by Awa Mbaye.").await;
        admin.see_no_thing("button", "Leave it as it is").await;
        let account = admin.ask_backend(&format!("/api{path}")).await;
        let groups = account.pointer("/groups").and_then(Value::as_array).expect("groups");
        assert_eq!(groups.len(), again.len(), "{account}");
    })
    .await;
}

#[tokio::test]
async fn a_former_member_who_comes_back_gets_a_new_account() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        later(desk, &admin, 60).await;
        admin.open(&format!("{path}?act=remove")).await;
        admin.fill("Why?", "Asked by the person").await;
        admin.press("See what will happen").await;
        admin.fill("To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
        admin.open_details("Nobody can approve in time?").await;
        admin.fill("Emergency approval: why can nobody else be waited for?", "Everybody else is away").await;
        admin.press("Remove profile fields").await;
        admin.see("The account is now: Former Member.").await;
        admin.key(Key::Escape).await;
        admin.press("Create a new account").await;
        admin.see_heading("Create a new account").await;
        admin.see("The old profile is erased, so nothing is filled in.").await;
        admin.see_field("Name", "").await;
        admin.fill("Name", "Hana Kobayashi").await;
        admin.fill("Email address", "hana.kobayashi@acme.example").await;
        admin.press("Create account").await;
        admin.see_heading("Hana Kobayashi").await;
        admin.see("Not invited").await;
    })
    .await;
}
