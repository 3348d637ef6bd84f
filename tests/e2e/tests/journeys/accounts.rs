//! The directory, one account, and the acts: never without what will happen, never twice, never on an old look.

use fantoccini::key::Key;
use frontdesk_e2e::{Page, Who, desk};
use serde_json::Value;

use crate::leavers::later;

/// Where the account of somebody is.
pub(crate) async fn path_of(page: &Page, name: &str) -> String {
    let query: String =
        url::form_urlencoded::byte_serialize(format!("displayName eq \"{name}\"").as_bytes()).collect();
    let found = page.ask_backend(&format!("/scim/v2/Users?filter={query}")).await;
    let id = found.pointer("/Resources/0/id").and_then(Value::as_str);
    format!("/accounts/{}", id.unwrap_or_else(|| panic!("nobody is {name}: {found}")))
}

/// Chooses a day and an hour: typing them depends on the language of the browser.
async fn choose_date(page: &Page, date: &str) {
    let script = format!(
        "const field = document.querySelector('input[type=datetime-local]'); field.value = '{date}'; \
         field.dispatchEvent(new Event('input', {{ bubbles: true }}));"
    );
    page.script(&script).await;
}

#[tokio::test]
async fn whoever_left_is_deactivated_from_the_list_and_can_come_back() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.press("Accounts").await;
        admin.see_heading("Accounts").await;
        admin.see("By the directory’s date these people have left.").await;
        admin.press_first("link", "Deactivate ").await;
        admin.fill("Why?", "Left in May").await;
        admin.press("See what will happen").await;
        admin.see_heading("What will happen").await;
        admin.see("The profile, posts, comments and messages stay visible").await;
        admin.see("4 days later, group memberships are removed automatically.").await;
        admin.see("Rule of the life cycle").await;
        admin.press_first("button", "Deactivate ").await;
        admin.see("Confirmed at").await;
        admin.see("Sessions ended: 0 of 0.").await;
        admin.key(Key::Escape).await;
        admin.see("Groups removed, fields removable").await;
        admin.see("Deactivated by Awa Mbaye.").await;
        admin.see("Left in May").await;
        // What can be undone can be undone after a reload too.
        admin.reload().await;
        admin.press("Reactivate…").await;
        admin.see_heading("Comes back").await;
        admin.press_first("button", "Reactivate ").await;
        admin.see("The account is now: Active.").await;
        admin.key(Key::Escape).await;
        admin.see_thing("button", "Deactivate…").await;
    })
    .await;
}

#[tokio::test]
async fn the_directory_has_the_columns_that_were_chosen_and_leads_to_direct_reports() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts").await;
        admin.see_thing("columnheader", "Employee number").await;
        admin.see_no_thing("columnheader", "Manager").await;
        admin.tab_to("button", "Columns").await;
        admin.key(Key::Enter).await;
        admin.choose("Manager").await;
        admin.choose("Employee number").await;
        admin.see_path("/accounts?columns=stage%2Cdepartment%2Cmanager%2Cchanged").await;
        admin.key(Key::Escape).await;
        admin.see_thing("columnheader", "Manager").await;
        admin.see_no_thing("columnheader", "Employee number").await;
        // The address has them, so a reload keeps them.
        admin.reload().await;
        admin.see_thing("columnheader", "Manager").await;
        admin.press_first("link", "Direct reports of ").await;
        admin.wait("the address names the manager", async || admin.path().await.contains("manager=")).await;
        admin.see_thing("columnheader", "Manager").await;
        admin.pick("Manager", "Whoever the manager is").await;
        admin.see_path("/accounts?columns=stage%2Cdepartment%2Cmanager%2Cchanged").await;
        admin.open("/accounts?columns=stage,hats").await;
        admin.see("columns=stage,hats").await;
        admin.see_thing("columnheader", "Employee number").await;
    })
    .await;
}

#[tokio::test]
async fn an_account_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.tab_to("link", "Accounts").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Accounts").await;
        admin.tab_to("searchbox", "Search by name, email address or employee number").await;
        admin.type_text("kobayashi 20418").await;
        admin.see("1 person").await;
        admin.see_path("/accounts?q=kobayashi%2020418").await;
        admin.tab_to("link", "Hana Kobayashi").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Hana Kobayashi").await;
        admin.tab_to("button", "Reactivate…").await;
        admin.key(Key::Enter).await;
        admin.see_heading("Comes back").await;
        admin.tab_to("button", "Reactivate Hana Kobayashi").await;
        admin.key(Key::Enter).await;
        admin.see("The account is now: Active.").await;
        admin.key(Key::Escape).await;
        // The button that opened it has gone with the act: what has changed gets the focus.
        admin.see_focus("heading", "Where this account stands").await;
    })
    .await;
}

#[tokio::test]
async fn what_is_not_possible_keeps_its_verb_and_says_from_when() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        admin.open(&path).await;
        admin.see("4 days after deactivation. The wait prevents accidents.").await;
        admin.press("Remove profile fields…").await;
        admin.see_path(&path).await;
        admin.open(&format!("{path}?act=remove")).await;
        admin.see_thing("dialog", "Remove the profile fields of Hana Kobayashi?").await;
        admin.see_no_thing("button", "See what will happen").await;
        // One's own account stays.
        let own = path_of(&admin, "Awa Mbaye").await;
        admin.open(&own).await;
        admin.see("You cannot deactivate your own account. Ask another admin.").await;
    })
    .await;
}

#[tokio::test]
async fn a_dated_deactivation_is_read_in_both_zones_and_cancelled() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "João Silva").await;
        admin.open(&path).await;
        admin.press("Deactivate…").await;
        admin.choose("On a date").await;
        admin.press("See what will happen").await;
        admin.see("Choose a day and an hour").await;
        choose_date(&admin, "2020-01-01T09:00").await;
        admin.press("See what will happen").await;
        admin.see("This date is over. Choose a later one.").await;
        choose_date(&admin, "2099-05-04T09:00").await;
        admin.press("See what will happen").await;
        admin.see("every session ends. From then on any attempt to sign in is refused.").await;
        admin.press("Back").await;
        admin.see_choice("On a date").await;
        admin.press("See what will happen").await;
        admin.press("Schedule the deactivation of João Silva").await;
        admin.see("Scheduled. It happens on").await;
        admin.key(Key::Escape).await;
        admin.see("Takes back the deactivation of").await;
        admin.open("/accounts?view=scheduled").await;
        admin.press("João Silva").await;
        admin.see_heading("João Silva").await;
        admin.press("Cancel what is scheduled…").await;
        admin.press("Cancel it for João Silva").await;
        admin.see("The account is now: Active.").await;
        admin.key(Key::Escape).await;
        admin.see("Nothing happens to this account by itself.").await;
    })
    .await;
}

#[tokio::test]
async fn a_deletion_names_the_safer_way_and_waits_for_another_admin() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        admin.open(&path).await;
        admin.press("Delete for good…").await;
        admin.see("Recommended instead: keep the account deactivated").await;
        admin.press("See what will happen").await;
        admin.see("Say why").await;
        admin.fill("Why?", "Court order").await;
        admin.press("See what will happen").await;
        admin.see("so are other people’s comments on those posts.").await;
        admin.see("A second admin must approve this. Until then nothing happens.").await;
        admin.press("Delete for good").await;
        admin.see_heading("What will happen").await;
        admin.fill("To confirm, type Hana Kobayashi", "hana kobayashi").await;
        admin.press_twice("Delete for good").await;
        admin.see("Asked. Nothing has happened yet").await;
        admin.key(Key::Escape).await;
        admin.see("Waiting for approval").await;
        let runs = admin.ask_backend("/api/runs?state=approval").await;
        assert_eq!(runs.pointer("/items").and_then(Value::as_array).map(Vec::len), Some(1), "{runs}");
        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open(&path).await;
        second.see("asked by Awa Mbaye").await;
        second.press("Take the request back").await;
        second.see_no("asked by Awa Mbaye").await;
    })
    .await;
}

#[tokio::test]
async fn the_page_of_a_deleted_account_says_when_and_by_whom() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        admin.open(&path).await;
        admin.press("Delete for good…").await;
        admin.fill("Why?", "Court order").await;
        admin.press("See what will happen").await;
        admin.fill("To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
        admin.open_details("Nobody can approve in time?").await;
        admin.fill("Emergency approval: why can nobody else be waited for?", "Everybody else is away").await;
        admin.press("Delete for good").await;
        admin.see("Deletion begun by Awa Mbaye.").await;
        later(desk, &admin, 25).await;
        admin.open(&path).await;
        admin.see_heading("Deleted").await;
        admin.see("What was at this address was deleted on ").await;
        admin.see("Awa Mbaye had asked for it.").await;
        admin.see_no("Hana Kobayashi").await;
        assert_eq!(admin.ask_status(&format!("/api{path}")).await, 410);
        admin.reload().await;
        admin.see_heading("Deleted").await;
        admin.see_no_barriers("a deleted account").await;
        admin.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn an_old_look_does_nothing_and_is_taken_anew() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        let path = path_of(&admin, "Hana Kobayashi").await;
        admin.open(&format!("{path}?act=reactivate")).await;
        admin.see_heading("Comes back").await;
        second.open(&path).await;
        second.press("Put on hold…").await;
        second.fill("Why?", "Lawsuit").await;
        second.press("See what will happen").await;
        second.press("Put Hana Kobayashi on hold").await;
        second.see("The account is now: Deactivated.").await;
        admin.press("Reactivate Hana Kobayashi").await;
        admin.see("This account has changed meanwhile, so nothing was done.").await;
        admin.press("Reactivate Hana Kobayashi").await;
        admin.see("The account is now: Active.").await;
        admin.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn an_invitation_gives_a_link_to_hand_on() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts?view=invited").await;
        let page = admin.ask_backend("/scim/v2/Users?filter=urn:ietf:params:scim:schemas:extension:frontdesk:lifecycle:1.0:User:stage%20eq%20%22invited%22").await;
        let name = page.pointer("/Resources/0/displayName").and_then(Value::as_str).expect("a name").to_owned();
        admin.press(&name).await;
        admin.press("Remind…").await;
        admin.press(&format!("Remind {name}")).await;
        admin.see("/claim#").await;
        admin.fill("Your own words", "Welcome!").await;
        admin.key(Key::Escape).await;
        admin.press("Withdraw invitation…").await;
        admin.fill("Why?", "Does not begin").await;
        admin.press("See what will happen").await;
        admin.fill(&format!("To confirm, type {name}"), &name).await;
        admin.press(&format!("Withdraw the invitation of {name}")).await;
        admin.see("The account is deleted.").await;
        admin.key(Key::Escape).await;
        admin.see_heading("Deleted").await;
        admin.see("Awa Mbaye had asked for it.").await;
        admin.see_no(&name).await;
        admin.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn a_selection_stays_whatever_the_list_shows() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts").await;
        admin.choose("Select Hana Kobayashi").await;
        admin.see("1 selected").await;
        admin.see_thing("link", "Act on the selection").await;
        admin.pick("Sorted by", "Newest accounts first").await;
        admin.see_path("/accounts?sort=created").await;
        admin.press_first("link", "Deactivated").await;
        admin.see_path("/accounts?view=deactivated&sort=created").await;
        admin.see("1 selected").await;
        admin.reload().await;
        admin.see("1 selected").await;
        admin.open("/accounts").await;
        admin.press_first("button", "Select all ").await;
        admin.see_no("1 selected").await;
        let kept =
            admin.script("return JSON.parse(sessionStorage.getItem('frontdesk-selection')).length").await;
        assert!(kept.as_u64().is_some_and(|kept| kept >= 40), "{kept}");
        admin.press("Clear selection").await;
        admin.see_no("selected").await;
        admin.open("/accounts?colour=red&q=zzzzzz").await;
        admin.see("No account matches these filters.").await;
        admin.see("colour=red").await;
    })
    .await;
}

#[tokio::test]
async fn the_life_cycle_is_explained_to_everybody() {
    desk(async |desk| {
        let employee = desk.signed_in(Who::Employee).await;
        employee.open("/accounts/lifecycle").await;
        employee.see_heading("Account life cycle").await;
        employee.see("Inside old posts and comments the real name can still be read").await;
        employee.press("Yes").await;
        employee.see("Your answer is saved.").await;
        employee.open("/accounts").await;
        employee.see_heading("Not allowed").await;
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts").await;
        admin.press("The life cycle explained").await;
        admin.see_heading("Account life cycle").await;
    })
    .await;
}
