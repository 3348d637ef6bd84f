//! Every act on an account by keyboard alone, each from its button to the backend's own word.

use fantoccini::key::Key;
use frontdesk_e2e::place::Kind;
use frontdesk_e2e::{Page, Who, desk, place};
use serde_json::{Value, json};

use crate::accounts::path_of;
use crate::leavers::later;

/// Goes to a button and presses it.
async fn enter(page: &Page, name: &str) {
    page.see_thing("button", name).await;
    // A step of a dialog that has just come takes the focus, and Tab begins there.
    page.rest().await;
    page.tab_to("button", name).await;
    page.key(Key::Enter).await;
}

/// Goes to a field and types into it.
async fn write(page: &Page, name: &str, text: &str) {
    page.see_thing("textbox", name).await;
    page.rest().await;
    page.tab_to("textbox", name).await;
    page.type_text(text).await;
}

/// The stage of an account, as the dialog tells it at the end; then back to the page.
async fn becomes(page: &Page, told: &str) {
    // What was read out before may say the same: the dialog itself has to.
    page.wait(&format!("the dialog says “{told}”"), async || {
        let said = page.script("return document.querySelector('dialog[open]')?.innerText ?? ''").await;
        said.as_str().is_some_and(|said| said.contains(told))
    })
    .await;
    page.key(Key::Escape).await;
    page.wait("the dialog is closed", async || {
        page.script("return document.querySelector('dialog[open]') === null").await == json!(true)
    })
    .await;
}

#[tokio::test]
async fn a_hold_is_put_and_lifted_without_a_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        admin.open(&path).await;
        enter(&admin, "Put on hold…").await;
        write(&admin, "Why?", "A claim is open").await;
        enter(&admin, "See what will happen").await;
        enter(&admin, "Put Hana Kobayashi on hold").await;
        becomes(&admin, "The account is now: Deactivated.").await;
        enter(&admin, "Lift the hold…").await;
        write(&admin, "Why?", "The claim is settled").await;
        enter(&admin, "See what will happen").await;
        enter(&admin, "Lift the hold on Hana Kobayashi").await;
        becomes(&admin, "The account is now: Deactivated.").await;
        let account = admin.ask_backend(&format!("/api{path}")).await;
        assert!(account.get("hold").is_none_or(Value::is_null), "{account}");
        admin.tab_to("button", "Put on hold…").await;
    })
    .await;
}

#[tokio::test]
async fn a_date_is_set_and_cancelled_without_a_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open(&path_of(&admin, "João Silva").await).await;
        enter(&admin, "Deactivate…").await;
        admin.see_thing("dialog", "Deactivate João Silva?").await;
        admin.tab_to_first("radio", "Now").await;
        admin.key(Key::Down).await;
        admin.see_choice("On a date").await;
        admin.key(Key::Tab).await;
        // Month, day, year, hour, minute, half of the day: parts of one field.
        admin.type_text("05042099").await;
        if place::kind() != Kind::Firefox {
            // Firefox goes on by itself after four digits; others wait for the year 10000.
            admin.key(Key::Right).await;
        }
        admin.type_text("0900AM").await;
        enter(&admin, "See what will happen").await;
        enter(&admin, "Schedule the deactivation of João Silva").await;
        becomes(&admin, "Scheduled. It happens on").await;
        enter(&admin, "Cancel what is scheduled…").await;
        enter(&admin, "Cancel it for João Silva").await;
        becomes(&admin, "The account is now: Active.").await;
    })
    .await;
}

#[tokio::test]
async fn a_deletion_is_asked_for_and_refused_without_a_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        admin.open(&path).await;
        enter(&admin, "Delete for good…").await;
        write(&admin, "Why?", "Court order").await;
        enter(&admin, "See what will happen").await;
        write(&admin, "To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
        enter(&admin, "Delete for good").await;
        becomes(&admin, "Asked. Nothing has happened yet").await;

        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open("/accounts/approvals").await;
        write(&second, "A word about it", "Keep it until May").await;
        enter(&second, "Refuse").await;
        second.see("Refused: Delete 1 account for good.").await;
        admin.reload().await;
        admin.see_thing("button", "Delete for good…").await;
    })
    .await;
}

#[tokio::test]
async fn profile_fields_are_removed_without_a_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        later(desk, &admin, 60).await;
        admin.open(&path).await;
        enter(&admin, "Remove profile fields…").await;
        write(&admin, "Why?", "Asked by the person").await;
        enter(&admin, "See what will happen").await;
        write(&admin, "To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
        admin.open_details("Nobody can approve in time?").await;
        write(&admin, "Emergency approval: why can nobody else be waited for?", "Everybody else is away")
            .await;
        enter(&admin, "Remove profile fields").await;
        becomes(&admin, "The account is now: Former Member.").await;
        admin.see_heading("Former Member").await;
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_claimed_and_another_withdrawn_without_a_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let query = "filter=urn:ietf:params:scim:schemas:extension:frontdesk:lifecycle:1.0:User:stage%20eq%20%22invited%22";
        let invited = admin.ask_backend(&format!("/scim/v2/Users?{query}")).await;
        let one = |place: usize| {
            let word = |name: &str| {
                let word = invited.pointer(&format!("/Resources/{place}/{name}")).and_then(Value::as_str);
                word.unwrap_or_else(|| panic!("too few are invited: {invited}")).to_owned()
            };
            (word("id"), word("displayName"))
        };
        let (id, name) = one(0);
        admin.open(&format!("/accounts/{id}")).await;
        enter(&admin, "Remind…").await;
        enter(&admin, &format!("Remind {name}")).await;
        admin.see("/claim#").await;
        let link = admin.script("return document.body.innerText.match(/claim#[^ \\n]+/)[0]").await;
        let link = link.as_str().expect("a link").to_owned();

        let person = desk.browser("en-US").await;
        person.open(&format!("/{link}")).await;
        person.see_heading("Set your password").await;
        let field = "const field = document.activeElement; return field.type === 'password' && field.name";
        for _ in 0..10 {
            if person.script(field).await.is_string() {
                break;
            }
            person.key(Key::Tab).await;
        }
        person.type_text("correct horse battery staple").await;
        enter(&person, "Set password and sign in").await;
        person.see_thing("button", &format!("Menu of {name}")).await;

        let (id, name) = one(1);
        admin.open(&format!("/accounts/{id}")).await;
        enter(&admin, "Withdraw invitation…").await;
        write(&admin, "Why?", "Does not begin").await;
        enter(&admin, "See what will happen").await;
        write(&admin, &format!("To confirm, type {name}"), &name).await;
        enter(&admin, &format!("Withdraw the invitation of {name}")).await;
        // In the dialog, or read out when the page of what is gone has taken its place already.
        admin.see("The account is deleted.").await;
        admin.open_unready(&format!("/accounts/{id}")).await;
        admin.see_heading("Deleted").await;
        admin.forgive().await;
    })
    .await;
}
