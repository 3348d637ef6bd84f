//! Problem reports: what employees send, what admins do about it, what becomes of it.

use fantoccini::key::Key;
use frontdesk_e2e::{Who, desk};

/// A picture of one point, sent as a file and reported with a sentence; gives the number of the report.
const REPORT_A_PICTURE: &str = "
    const done = arguments[arguments.length - 1];
    const point = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const bytes = Uint8Array.from(atob(point), letter => letter.charCodeAt(0));
    const own = { 'X-Frontdesk': '1' };
    (async () => {
        const file = await fetch('/api/uploads', { method: 'POST', body: bytes, headers: { ...own,
            'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes.length), 'Content-Type': 'application/offset+octet-stream',
            'Upload-Metadata': 'filename ' + btoa('Screenshot.png') } });
        const id = file.headers.get('Location').split('/').pop();
        const sent = await fetch('/api/reports', { method: 'POST', headers: { ...own,
            'Content-Type': 'application/json', 'Idempotency-Key': id },
            body: JSON.stringify({ body: 'The canteen menu is upside down', scope: 'everyone', uploads: [id] }) });
        done((await sent.json()).id);
    })().catch(error => done(String(error)));
";
/// Whether the picture stands there in full.
const IS_DRAWN: &str =
    "const image = document.querySelector('.files__seen'); return Boolean(image && image.naturalWidth)";

const KNOWN: &str = "The lift to floor 5 is being repaired";
const WORD: &str = "We know, and wait for the service.";

#[tokio::test]
async fn an_admin_answers_all_of_a_group_and_an_employee_reads_it() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.see_heading("New problem reports").await;
        admin.see_thing("link", "The video upload stops").await;
        admin.press_first("link", "Problem reports").await;
        admin.see_heading("Problem reports").await;
        admin.see("today, usually").await;
        admin.pick("State", "New").await;
        admin.choose("Only more than usual").await;
        admin.see_path("/reports?state=new&spike=true").await;
        admin.reload().await;
        admin.press("The video upload stops").await;
        admin.see_heading("The video upload stops").await;
        admin.press("Answer all").await;
        admin.see("Write an answer").await;
        admin.fill("Your answer to all of them", WORD).await;
        admin.see("Draft saved on this device").await;
        admin.reload().await;
        admin.see_field("Your answer to all of them", WORD).await;
        admin.press("Answer all").await;
        admin.see_field("Your answer to all of them", "").await;
        admin.see("Answered").await;

        let employee = desk.signed_in(Who::Employee).await;
        employee.see_heading("My reports").await;
        employee.press("The upload of our training video stops near the end").await;
        employee.see(WORD).await;
        employee.fill("Say more", "It still stops.").await;
        employee.press("Send answer").await;
        employee.see("It still stops.").await;
        admin.see("1 new").await;
    })
    .await;
}

#[tokio::test]
async fn reports_need_no_pointer() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.tab_to_first("link", "Problem reports").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Problem reports").await;
        admin.tab_to("searchbox", "Search in reports").await;
        admin.type_text("lift").await;
        admin.see_path("/reports?q=lift").await;
        admin.tab_to("link", "The lift to floor 5 is out of order again").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "The lift to floor 5 is out of order again").await;
        admin.tab_to("textbox", "What is known, in one sentence").await;
        admin.type_text(KNOWN).await;
        admin.tab_to("button", "Mark as known").await;
        admin.key(Key::Enter).await;
        admin.see_heading(KNOWN).await;
        admin.tab_to("link", "P-35").await;
        admin.key(Key::Enter).await;
        admin.see_focus("heading", "Report P-35").await;

        let employee = desk.signed_in(Who::Employee).await;
        employee.see_heading("My reports").await;
        let known = employee.ask_backend("/api/check-first?q=lift%20floor").await;
        assert_eq!(known["known"][0]["title"], KNOWN, "the next reporter sees it first: {known}");
        employee.tab_to("link", "The expense form does not send").await;
        employee.key(Key::Enter).await;
        employee.see("The form needs a cost center").await;
    })
    .await;
}

#[tokio::test]
async fn a_group_is_merged_and_becomes_a_request_with_its_picture() {
    desk(async |desk| {
        let employee = desk.signed_in(Who::Employee).await;
        employee.see_heading("My reports").await;
        let id = employee.script_async(REPORT_A_PICTURE).await;
        let id = id.as_str().unwrap_or_default().to_owned();
        employee.open(&format!("/reports/{id}")).await;
        employee.wait("the picture is drawn", async || employee.script(IS_DRAWN).await == true).await;

        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/reports?q=canteen").await;
        admin.press("The canteen menu is upside down").await;
        admin.see_heading("The canteen menu is upside down").await;
        admin.wait("the picture is drawn", async || admin.script(IS_DRAWN).await == true).await;
        admin.press("Make a request of it").await;
        admin.press("Send to support").await;
        admin.see("There is a problem").await;
        admin.pick("Topic", "Something else").await;
        admin.pick("Priority: how does this affect your company?", "Low").await;
        admin.press("Send to support").await;
        admin.see_heading("The canteen menu is upside down").await;
        admin.wait("the picture is drawn", async || admin.script(IS_DRAWN).await == true).await;
        employee.reload().await;
        employee.see("Your admins have asked support about it.").await;

        admin.open("/reports?q=lift").await;
        admin.press("The lift to floor 5 is out of order again").await;
        admin.see_heading("The lift to floor 5 is out of order again").await;
        admin.pick("A group that it belongs to", "The canteen menu is upside down").await;
        admin.press("Merge the two groups").await;
        admin.see_heading("The canteen menu is upside down").await;
        admin.choose("Select P-35").await;
        admin.press("Make a group of the chosen ones").await;
        admin.see_heading("The lift to floor 5 is out of order again").await;
    })
    .await;
}
