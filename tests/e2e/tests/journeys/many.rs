//! Many accounts: a list, its dry run, the run, the way back; approvals by a second person; the audit log.

use fantoccini::key::Key;
use frontdesk_e2e::{Page, Who, desk};
use serde_json::Value;

/// Addresses of people who can be deactivated, as the directory has them.
async fn addresses(page: &Page, count: usize) -> Vec<String> {
    let path = "/scim/v2/Users?filter=active%20eq%20true&count=60&attributes=emails,userName";
    let found = page.ask_backend(path).await;
    let email = |user: &Value| Some(user.pointer("/emails/0/value")?.as_str()?.to_owned());
    let all = found["Resources"].as_array().unwrap_or_else(|| panic!("no people: {found}"));
    let seeded = ["admin@", "second.admin@", "agent@", "employee@"];
    let others =
        all.iter().filter_map(email).filter(|email| !seeded.iter().any(|name| email.starts_with(name)));
    let found: Vec<String> = others.take(count).collect();
    assert_eq!(found.len(), count, "enough people");
    found
}

#[tokio::test]
async fn whoever_asks_before_the_list_is_read_means_all_of_it() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let people = addresses(&admin, 1).await;
        admin.open("/accounts/bulk?act=deactivate").await;
        admin.fill("Why?", "End of season contracts").await;
        admin.fill("Accounts, one in each line, or rows copied from a spreadsheet", &people[0]).await;
        admin.press("Show what would happen").await;
        admin.see_heading("Deactivate 1 account").await;
    })
    .await;
}

#[tokio::test]
async fn a_list_is_looked_at_then_run_then_taken_back() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let people = addresses(&admin, 25).await;
        let mut list = format!(
            "Name;Work e-mail\n{}",
            people.iter().map(|email| format!("x;{email}\n")).collect::<String>()
        );
        list.push_str(&format!("y;{}\nz;nobody@nowhere.example\n;\n", people[0]));
        admin.open("/accounts/bulk").await;
        admin.fill("Accounts, one in each line, or rows copied from a spreadsheet", &list).await;
        admin.pick("Column that names the people", "Column 2: Work e-mail").await;
        admin.see("27 accounts are named.").await;
        admin.press("Show what would happen").await;
        admin.see("There is a problem").await;
        admin.choose("Deactivate").await;
        admin.fill("Why?", "End of season contracts").await;
        admin.press("Show what would happen").await;
        admin.see_heading("Deactivate 25 accounts").await;
        admin.see("Dry run: nothing has been done").await;
        admin.press_first("button", "Not found 1").await;
        admin.see("nobody@nowhere.example").await;
        admin.press_first("button", "Twice 1").await;
        admin.see("Stands in the list before; done once").await;

        // The number is typed, and nothing happens before it is right.
        admin.press("Deactivate 25 accounts").await;
        admin.see("This is not what has to be typed.").await;
        admin.fill("To confirm, type the number of accounts: 25", "25").await;
        admin.press("Deactivate 25 accounts").await;
        admin.see("25 of 25").await;
        admin.press_first("button", "Done 25").await;
        // Closing the page and coming back shows the same run.
        let path = admin.path().await;
        admin.open("/").await;
        admin.open(&path).await;
        admin.see("25 of 25").await;
        admin.open("/accounts/bulk").await;
        admin.press_first("link", "Deactivate 25 accounts").await;
        admin.see_heading("Deactivate 25 accounts").await;
        admin.press("Undo: Reactivate 25 accounts").await;
        admin.see_heading("Reactivate 25 accounts").await;
        admin.fill("To confirm, type the number of accounts: 25", "25").await;
        admin.press("Reactivate 25 accounts").await;
        admin.see("25 of 25").await;
    })
    .await;
}

#[tokio::test]
async fn a_list_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let people = addresses(&admin, 1).await;
        admin.open("/accounts/bulk").await;
        admin.tab_to("textbox", "Accounts, one in each line, or rows copied from a spreadsheet").await;
        admin.type_text(&people[0]).await;
        admin.see("1 account is named.").await;
        admin.tab_to_choice("Deactivate").await;
        admin.type_text(" ").await;
        admin.tab_to("button", "Show what would happen").await;
        admin.key(Key::Enter).await;
        admin.see_heading("Deactivate 1 account").await;
        admin.tab_to("button", "Deactivate 1 account").await;
        admin.key(Key::Enter).await;
        admin.see_thing("button", "Undo: Reactivate 1 account").await;
        admin.tab_to("button", "Undo: Reactivate 1 account").await;
        admin.key(Key::Enter).await;
        admin.see_heading("Reactivate 1 account").await;
    })
    .await;
}

#[tokio::test]
async fn what_was_typed_is_kept_and_what_changed_is_looked_at_again() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let people = addresses(&admin, 2).await;
        admin.open("/accounts/bulk").await;
        let field = "Accounts, one in each line, or rows copied from a spreadsheet";
        admin.fill(field, &people.join("\n")).await;
        admin.fill("Why?", "They left").await;
        admin.see("2 accounts are named.").await;
        admin.open("/").await;
        admin.press("A list of accounts").await;
        admin.see_field(field, &people.join("\n")).await;
        admin.choose("Deactivate").await;
        admin.press("Show what would happen").await;
        admin.see_heading("Deactivate 2 accounts").await;
        let shown = admin.path().await;

        // Somebody else deactivates one of them meanwhile.
        let second = desk.signed_in(Who::SecondAdmin).await;
        second.open("/accounts/bulk").await;
        second.fill(field, &people[0]).await;
        second.see("1 account is named.").await;
        second.choose("Deactivate").await;
        second.press("Show what would happen").await;
        second.press("Deactivate 1 account").await;
        second.see_thing("button", "Undo: Reactivate 1 account").await;

        admin.open(&shown).await;
        admin.press("Deactivate 2 accounts").await;
        admin.see("Look again before anything is done.").await;
        admin.press("Look again").await;
        admin.see_heading("Deactivate 1 account").await;
        admin.see("stand so already").await;
    })
    .await;
}

#[tokio::test]
async fn a_second_person_approves_what_they_saw() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        ask_for_deletion(&admin).await;
        let asked = admin.path().await;
        admin.open("/accounts/approvals").await;
        admin.see("You asked for this. Another admin must approve it.").await;

        second.open("/").await;
        second.see("Asked of you").await;
        second.press_first("link", "Delete 1 account for good").await;
        second.see("Nothing is deleted before").await;
        second.press("Refuse").await;
        second.see("Say why").await;
        second.fill("A word about it", "Keep it until May").await;
        second.press("Refuse").await;
        second.see("Refused: Delete 1 account for good.").await;
        second.see("Nobody is waiting for your approval.").await;
        admin.open(&asked).await;
        admin.see("Keep it until May").await;
        admin.see("Nothing was done.").await;

        ask_for_deletion(&admin).await;
        second.see_thing("button", "Approve").await;
        second.tab_to("button", "Approve").await;
        second.key(Key::Enter).await;
        second.see("Approved: Delete 1 account for good.").await;
        admin.see("Done").await;
    })
    .await;
}

/// Asks for the deletion of an account that is deactivated.
#[tokio::test]
async fn whoever_asked_reads_on_overview_that_it_has_lapsed() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let second = desk.signed_in(Who::SecondAdmin).await;
        ask_for_deletion(&admin).await;
        admin.open("/").await;
        second.open("/accounts/approvals").await;
        second.see_thing("button", "Approve").await;
        // Somebody changes whom it is about.
        second.open("/accounts/bulk").await;
        second
            .fill(
                "Accounts, one in each line, or rows copied from a spreadsheet",
                "hana.kobayashi@acme.example",
            )
            .await;
        second.see("1 account is named.").await;
        second.choose("Reactivate").await;
        second.press("Show what would happen").await;
        second.press("Reactivate 1 account").await;
        second.see("Done").await;
        admin.see("Lapsed, because accounts or what would be handed over have changed.").await;
        admin.press_first("link", "Delete 1 account for good").await;
        admin.see("Awa Mbaye has to ask again.").await;
    })
    .await;
}

async fn ask_for_deletion(admin: &Page) {
    admin.open("/accounts/bulk").await;
    admin
        .fill("Accounts, one in each line, or rows copied from a spreadsheet", "hana.kobayashi@acme.example")
        .await;
    admin.see("1 account is named.").await;
    admin.choose("Delete for good").await;
    admin.fill("Why?", "Asked by the person").await;
    admin.press("Show what would happen").await;
    admin.see_heading("Delete 1 account for good").await;
    admin.fill("To confirm, type Hana Kobayashi", "Hana Kobayashi").await;
    admin.press("Ask for approval").await;
    admin.see("Waits for approval").await;
}

#[tokio::test]
async fn a_file_of_any_kind_is_read_and_what_is_wrong_is_named() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let people = addresses(&admin, 1).await;
        let file = desk.folder.join("leavers.csv");
        let mut bytes = format!("\u{feff}Nom;Adresse électronique\r\nHana;{}\r\n", people[0]).into_bytes();
        bytes.extend(b"\xE9;x\0y\r\n");
        bytes.extend(std::iter::repeat_n(b'z', 3_000_000));
        bytes.extend(b";=1+1\r\n");
        for number in 0..60_000 {
            bytes.extend(format!("Somebody;person{number}@nowhere.example\r\n").bytes());
        }
        std::fs::write(&file, bytes).expect("a file");
        admin.open("/accounts/bulk").await;
        admin.choose("A file").await;
        admin.choose_file("File (CSV or text, UTF-8)", &file).await;
        admin.see("leavers.csv: 60,004 rows").await;
        admin.see("60,003 accounts are named.").await;
        admin.open_details("3 cells have a problem. The rest was read.").await;
        admin.see("Row 3, column 1: some letters are not UTF-8").await;
        admin.see("Row 3, column 2: it held characters that can’t be shown").await;
        admin.see("Row 4, column 1: 3,000,000 bytes long").await;
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_is_narrowed_and_taken_out() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        ask_for_deletion(&admin).await;
        admin.open("/audit").await;
        admin.see("Asked for").await;
        admin.see("Delete for good: 1").await;
        admin.see("Reason: Asked by the person").await;
        admin.see("frontdesk-backend audit verify").await;
        admin.pick("What", "Emergency approvals").await;
        admin.see_path("/audit?what=run.emergency").await;
        admin.see("No line fits these filters.").await;
        admin.pick("What", "Anything").await;
        admin.fill("Search names and reasons", "by the person").await;
        admin.see_path("/audit?q=by%20the%20person").await;
        admin.see("Awa Mbaye").await;
        assert_eq!(admin.ask_status("/api/audit/export").await, 200);
        let employee = desk.signed_in(Who::Employee).await;
        employee.open("/audit").await;
        employee.see_heading("Not allowed").await;
    })
    .await;
}

#[tokio::test]
async fn the_audit_log_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.tab_to("link", "Audit log").await;
        admin.key(Key::Enter).await;
        admin.see_heading("Audit log").await;
        admin.tab_to("searchbox", "Search names and reasons").await;
        admin.type_text("zzzz").await;
        admin.see("No line fits these filters.").await;
        admin.tab_to("button", "Export with hash chain").await;
    })
    .await;
}

#[tokio::test]
async fn a_new_account_is_made_and_its_draft_kept() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts/new").await;
        admin.press("Create account").await;
        admin.see("There is a problem").await;
        admin.fill("Name", "Zoé Quark").await;
        admin.fill("Email address", "admin@acme.example").await;
        admin.see_thing("button", "Discard draft").await;
        admin.open("/").await;
        admin.press("A new account").await;
        admin.see_field("Name", "Zoé Quark").await;
        admin.press("Create account").await;
        admin.see("Another account has this address.").await;
        admin.fill("Email address", "zoe.quark@acme.example").await;
        admin.press("Create account").await;
        admin.see_heading("Zoé Quark").await;
        admin.see("Not invited").await;
    })
    .await;
}

#[tokio::test]
async fn a_new_account_needs_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts/new").await;
        admin.tab_to("textbox", "Name").await;
        admin.type_text("Zoe Quark").await;
        admin.tab_to("textbox", "Email address").await;
        admin.type_text("zoe.quark@acme.example").await;
        admin.key(Key::Enter).await;
        admin.see_heading("Zoe Quark").await;
    })
    .await;
}

#[tokio::test]
async fn a_forgotten_password_is_set_anew_by_a_link() {
    desk(async |desk| {
        let employee = desk.open("/sign-in").await;
        employee.tab_to("link", "Forgotten password?").await;
        employee.key(Key::Enter).await;
        employee.see_heading("Forgotten password").await;
        employee.tab_to("textbox", "Email address").await;
        employee.type_text(Who::Employee.email()).await;
        employee.key(Key::Enter).await;
        employee.see("If an account has this address").await;
        let admin = desk.signed_in(Who::Admin).await;
        admin.see("Forgot their password").await;
        admin.press_first("button", "Make a link for").await;
        admin.see("Give this link to the person").await;
        let text = admin.text().await;
        let link = text.split_whitespace().find(|word| word.contains("/claim#")).expect("a link").to_owned();
        let path = link.split_once("/claim").map(|(_, rest)| format!("/claim{rest}")).expect("a path");
        employee.open(&path).await;
        employee.fill("New password", "four calm rivers").await;
        employee.press("Set password and sign in").await;
        employee.see_thing("navigation", "Main").await;
    })
    .await;
}

#[tokio::test]
async fn a_selection_of_the_directory_is_acted_on() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/accounts?q=silva").await;
        admin.choose("Select João Silva").await;
        admin.press("Act on the selection").await;
        admin.see_choice("The accounts you selected").await;
        admin.choose("Put on hold").await;
        admin.fill("Why?", "A claim is open").await;
        admin.press("Show what would happen").await;
        admin.see_heading("Put 1 account on legal hold").await;
        admin.see_thing("link", "João Silva").await;
        admin.press("Put 1 account on legal hold").await;
        admin.press("Undo: Lift the legal hold of 1 account").await;
        admin.see_heading("Lift the legal hold of 1 account").await;
    })
    .await;
}
