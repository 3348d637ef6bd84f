//! The history of requests: filters in the address, the grid by keyboard, saved lists, live marks, bulk, exports.

use fantoccini::key::Key;
use frontdesk_e2e::{Page, Who, desk};
use serde_json::{Value, json};

use crate::asking::ask;

#[tokio::test]
async fn the_history_is_filtered_sorted_and_kept_in_the_address() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests").await;
        admin.press_first("link", "All ").await;
        admin.see_path("/requests?view=all").await;
        admin.see("120 of 120").await;
        pick(&admin, "topic", "mobile").await;
        admin.see_path("/requests?view=all&topic=mobile").await;
        pick(&admin, "priority", "medium").await;
        admin.see_path("/requests?view=all&topic=mobile&priority=medium").await;
        let filtered = admin.ask_backend("/api/requests?topic=mobile&priority=medium&limit=200").await;
        let count = filtered["items"].as_array().expect("rows").len();
        admin.see(&format!("{count} of 120")).await;
        admin.press("Asked by").await;
        admin.see_path("/requests?view=all&topic=mobile&priority=medium&sort=askedBy").await;
        admin.reload().await;
        admin.see(&format!("{count} of 120")).await;
        see_rows_as(&admin, "/api/requests?topic=mobile&priority=medium&sort=askedBy&limit=200").await;
        admin.back().await;
        admin.see_path("/requests?view=all&topic=mobile&priority=medium").await;
        admin.open("/requests?view=all&q=zzzzzz").await;
        admin.see("No request matches these filters.").await;
        admin.press("Clear filters").await;
        admin.see("120 of 120").await;
    })
    .await;
}

#[tokio::test]
async fn what_an_address_says_wrong_is_named_and_left_out() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all&colour=red&priority=urgent&saved=999").await;
        admin.see("colour=red").await;
        admin.see("priority=urgent").await;
        admin.see("This saved list is gone").await;
        admin.see("120 of 120").await;
    })
    .await;
}

#[tokio::test]
async fn the_history_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all").await;
        let rows = rows_of(&admin, "/api/requests?limit=200").await;
        admin.see_thing("grid", "Requests").await;
        let first = subject(&rows, 0);
        admin.tab_to("link", &first).await;
        admin.key(Key::Down).await;
        admin.see_focus("link", &subject(&rows, 1)).await;
        admin.key(Key::Right).await;
        admin.key(Key::Home).await;
        admin.see_focus("checkbox", &format!("Select {}", id(&rows, 1))).await;
        admin.type_text(" ").await;
        admin.see("1 selected").await;
        chord(&admin, Key::End).await;
        see_focused_row(&admin, 121).await;
        chord(&admin, Key::Home).await;
        see_focused_row(&admin, 2).await;
        admin.key(Key::PageDown).await;
        // The focus follows with the next frame, and a key that comes before would reach what had it.
        admin.wait("a page is more than a few rows", async || focused_row(&admin).await > 5).await;
        admin.key(Key::Right).await;
        let row = focused_row(&admin).await;
        assert!(row > 5, "a page is more than {row} rows");
        admin.key(Key::Enter).await;
        let index = usize::try_from(row - 2).expect("a row");
        admin.see_heading(&subject(&rows, index)).await;
        admin.back().await;
        admin.see_thing("grid", "Requests").await;
        admin.type_text("/").await;
        admin.see_focus("searchbox", "Search in requests").await;
        admin.type_text(&id(&rows, 3)).await;
        admin.see("1 of 120").await;
        admin.tab_to("link", &subject(&rows, 3)).await;
        admin.key(Key::Up).await;
        admin.see_focus("button", "Request").await;
        for heading in ["Waiting for", "Priority", "Asked by", "Last change"] {
            admin.key(Key::Right).await;
            admin.see_focus("button", heading).await;
        }
        // There is nothing behind the last.
        admin.key(Key::Right).await;
        admin.see_focus("button", "Last change").await;
        admin.key(Key::Enter).await;
        admin.see_path(&format!("/requests?view=all&q={}&sort=changedAt", id(&rows, 3))).await;
        admin.see_focus("button", "Last change").await;
    })
    .await;
}

#[tokio::test]
async fn a_list_is_kept_shared_and_deleted() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all&topic=mobile").await;
        admin.press("Saved lists").await;
        admin.choose_item("Save this list").await;
        admin.press("Save this list").await;
        admin.see("Give the list a name").await;
        admin.fill("Name", "Phones").await;
        admin.choose("Share it").await;
        admin.press("Save this list").await;
        admin.see_path("/requests?view=all&topic=mobile&saved=1").await;

        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open("/requests").await;
        second.press("Saved lists").await;
        let many = &second.ask_backend("/api/requests/counts?topic=mobile").await["matching"];
        second.see(&format!("Phones {many}")).await;
        second.press_first("menuitem", "Phones").await;
        second.see_path("/requests?view=all&topic=mobile&saved=1").await;

        pick(&admin, "priority", "low").await;
        admin.press("Saved list: Phones").await;
        admin.choose_item("Save the changes to “Phones”").await;
        admin.see("The list is saved.").await;
        admin.reload().await;
        admin.press("Saved list: Phones").await;
        admin.choose_item("Delete “Phones”").await;
        admin.see_path("/requests?view=all&topic=mobile&priority=low").await;
        second.reload().await;
        second.see("This saved list is gone").await;
    })
    .await;
}

#[tokio::test]
async fn live_changes_are_told_and_move_no_row() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all").await;
        let before = shown(&admin).await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        ask(&second, "The sound is gone").await;
        admin.see("1 request has changed since you opened this list.").await;
        assert_eq!(shown(&admin).await, before, "no row moves by itself");
        admin.press("Show the changes").await;
        admin.see("The sound is gone").await;
        admin.see("121 of 121").await;
    })
    .await;
}

#[tokio::test]
async fn what_changed_since_it_was_opened_is_marked() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "The picture is green").await;
        let path = admin.path().await;
        let agent = desk.signed_in(Who::Agent).await;
        admin.open("/requests").await;
        admin.see("The picture is green").await;
        agent.open(&path).await;
        agent.fill("Your answer", "Since when?").await;
        agent.press("Send answer").await;
        agent.see("Since when?").await;
        admin.reload().await;
        admin.press("Changed since you last opened it: The picture is green").await;
        admin.see("Since when?").await;
        admin
            .wait("it is noted that this was read", async || {
                admin.ask_backend("/api/requests?limit=1").await["unread"].is_null()
            })
            .await;
        admin.open("/requests").await;
        admin.see_thing("link", "The picture is green").await;
    })
    .await;
}

#[tokio::test]
async fn several_requests_are_watched_and_solved_at_once() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        for subject in ["First of two", "Second of two"] {
            ask(&admin, subject).await;
        }
        admin.open("/requests?q=two").await;
        let rows = rows_of(&admin, "/api/requests?state=open&q=two").await;
        for act in ["Watch", "Solve"] {
            for index in [0, 1] {
                admin.choose(&format!("Select {}", id(&rows, index))).await;
            }
            admin.see("2 selected").await;
            if act == "Watch" {
                admin.press(act).await;
                admin.see("You watch 2 requests.").await;
            }
        }
        let stale = desk.signed_in(Who::Agent).await;
        stale.open(&format!("/requests/{}", id(&rows, 1))).await;
        stale.fill("Your answer", "One moment").await;
        stale.press("Send answer").await;
        admin.see("1 request has changed").await;
        admin.press("Solve").await;
        admin.see("1 request is solved.").await;
        admin.see(&format!("Not solved: {}.", id(&rows, 1))).await;
        admin.open("/requests?view=solved&q=two").await;
        admin.see(&subject(&rows, 0)).await;
    })
    .await;
}

#[tokio::test]
async fn what_changed_meanwhile_is_on_overview_until_it_is_opened() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask(&admin, "Is it solved meanwhile?").await;
        let request = admin.path().await;
        admin.open("/").await;
        admin.see_no("New since you last looked").await;
        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&request).await;
        agent.fill("Your answer", "It is").await;
        agent.press("Send and solve").await;
        admin.see("New since you last looked").await;
        admin.press_first("link", "Is it solved meanwhile?").await;
        admin.see_heading("Is it solved meanwhile?").await;
        admin.see("It is").await;
        admin.open("/").await;
        admin.see_no("New since you last looked").await;
    })
    .await;
}

#[tokio::test]
async fn columns_and_order_are_chosen_and_stay_in_the_address() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.look_like(360, "light").await;
        admin.open("/requests?view=all").await;
        admin.press("Columns, rows and order").await;
        admin.pick("Sorted by", "Priority").await;
        admin.see_path("/requests?view=all&sort=-priority").await;
        admin.choose("Channel").await;
        admin.see_path("/requests?view=all&sort=-priority&columns=waitingFor%2Cpriority%2Cchannel%2CaskedBy%2CchangedAt").await;
        admin.key(Key::Escape).await;
        admin.look_like(1280, "light").await;
        admin.see_thing("button", "Channel").await;
        let height = "return document.querySelector('[aria-rowindex=\"2\"]').getBoundingClientRect().height";
        let high = admin.script(height).await.as_f64().expect("a height");
        admin.open("/requests?view=all&density=compact").await;
        let low = async || admin.script(height).await.as_f64().is_some_and(|low| low < high);
        admin.wait("the rows are lower", low).await;
        admin.press("Columns, rows and order").await;
        admin.pick("Density", "As chosen for this device").await;
        admin.see_path("/requests?view=all").await;
    })
    .await;
}

#[tokio::test]
async fn a_long_list_stands_in_few_elements_and_scrolls_without_blanks() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all").await;
        // Row 60 comes to the upper edge, however high rows are.
        let scroll = "const row = document.querySelector('.grid .cell-title')?.closest('[role=row]'); \
                      if (row) document.querySelector('[data-scroller]').scrollTop = 58 * row.offsetHeight; \
                      return Boolean(row)";
        admin.wait("the first rows are there", async || admin.script(scroll).await == json!(true)).await;
        admin
            .wait("the rows of that place are there", async || {
                admin.script("return document.querySelectorAll('[aria-busy=true]').length").await == json!(0)
                    && admin
                        .script("return document.querySelector('[aria-rowindex=\"60\"] a') !== null")
                        .await
                        == json!(true)
            })
            .await;
        let nodes = admin.script("return document.querySelectorAll('*').length").await;
        assert!(nodes.as_u64().expect("a number") < 1_500, "{nodes} elements");
    })
    .await;
}

/// Chooses a filter by its name in the address.
async fn pick(page: &Page, field: &str, value: &str) {
    page.see_thing("group", "Filters").await;
    let script = format!(
        "const list = document.querySelector('select[name={field}]'); list.value = '{value}'; \
         list.dispatchEvent(new Event('change', {{ bubbles: true }})); return list.value"
    );
    page.wait(&format!("{field} offers {value}"), async || page.script(&script).await == json!(value)).await;
}

async fn rows_of(page: &Page, path: &str) -> Value {
    page.ask_backend(path).await["items"].clone()
}

fn subject(rows: &Value, index: usize) -> String {
    rows[index]["subject"].as_str().expect("a subject").to_owned()
}

fn id(rows: &Value, index: usize) -> String {
    rows[index]["id"].as_str().expect("a number").to_owned()
}

/// The subjects as they stand in the list.
async fn shown(page: &Page) -> Value {
    page.script("return [...document.querySelectorAll('[role=row] .cell-title')].map(link => link.title)")
        .await
}

async fn see_rows_as(page: &Page, path: &str) {
    let rows = rows_of(page, path).await;
    let wanted: Vec<String> =
        (0..rows.as_array().expect("rows").len().min(8)).map(|index| subject(&rows, index)).collect();
    page.wait("the rows stand in this order", async || {
        let shown = shown(page).await;
        wanted.iter().enumerate().all(|(index, wanted)| shown[index] == wanted.as_str())
    })
    .await;
}

/// Presses a key together with Ctrl.
async fn chord(page: &Page, key: Key) {
    page.type_text(&format!("{}{}{}", char::from(Key::Control), char::from(key), char::from(Key::Null)))
        .await;
}

async fn focused_row(page: &Page) -> i64 {
    let script =
        "return Number(document.activeElement?.closest('[role=row]')?.getAttribute('aria-rowindex') ?? 0)";
    page.script(script).await.as_i64().unwrap_or_default()
}

async fn see_focused_row(page: &Page, row: i64) {
    page.wait(&format!("the focus is in row {row}"), async || focused_row(page).await == row).await;
}
