//! *Something isn't working?*: employees tell what is wrong, with pictures in which nothing is seen that they cover.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use fantoccini::key::Key;
use frontdesk_e2e::page::Network;
use frontdesk_e2e::place;
use frontdesk_e2e::{Desk, Page, Who, desk};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const WHAT: &str = "When I upload a video in Team news, it stops at 90 %.";
const PICTURE: &str = "The picture, as you see it while you work on it";

#[tokio::test]
async fn an_employee_reports_what_is_wrong() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.press("Send report").await;
        page.see_thing("link", "Say what happened").await;
        page.fill("What isn’t working?", WHAT).await;
        page.fill("On which page? (optional)", "/news?token=abc123").await;
        page.choose("My team").await;
        page.see("Draft saved on this device").await;
        page.reload().await;
        page.see_field("What isn’t working?", WHAT).await;
        page.open_details("What will be sent").await;
        page.see("token=•••").await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;

        let report = newest(&page).await;
        assert_eq!(report["body"], json!(WHAT));
        assert_eq!(report["page"], json!("/news?token=•••"));
        assert_eq!(report["scope"], json!("team"));
        page.open("/report.html").await;
        page.see_field("What isn’t working?", "").await;
    })
    .await;
}

#[tokio::test]
async fn a_picture_is_uncovered_and_sent_by_touch_on_a_phone() {
    desk(async |desk| {
        let page = with_picture(desk).await;
        page.look_like(360, "light").await;
        page.touch_over(PICTURE, (0.02, 0.02), (0.5, 0.98)).await;
        page.see_thing("button", "Undo").await;
        // What is saved or said meanwhile moves the page: then the finger meets something else, and taps again.
        page.wait("the finger has chosen", async || {
            page.tap("My team").await;
            page.script("return document.querySelector('input[type=radio][value=team]').checked").await
                == json!(true)
        })
        .await;
        page.wait("the finger has sent it", async || {
            if page.has("button", "Send report").await {
                page.tap("Send report").await;
            }
            page.text().await.contains("Your report number is P-")
        })
        .await;
        let seen = pixels(&page).await;
        assert_eq!(seen["left"], json!([220, 30, 30, 255]), "what was uncovered: {seen}");
        assert_eq!(seen["right"], json!([24, 27, 34, 255]), "what is covered: {seen}");
        assert_eq!(newest(&page).await["scope"], json!("team"));
    })
    .await;
}

#[tokio::test]
async fn two_fingers_enlarge_a_picture_and_change_nothing_in_it() {
    desk(async |desk| {
        let page = with_picture(desk).await;
        page.look_like(360, "light").await;
        page.spread_over(PICTURE).await;
        page.wait("the picture is larger", async || {
            page.script("return visualViewport.scale > 1.2").await == json!(true)
        })
        .await;
        page.see("Nothing was changed yet.").await;
    })
    .await;
}

#[tokio::test]
async fn a_picture_leaves_as_it_was_covered() {
    desk(async |desk| {
        let page = with_picture(desk).await;
        // The left half is what they need to see.
        page.drag_over(PICTURE, (0.0, 0.0), (0.5, 1.0)).await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;

        let seen = pixels(&page).await;
        assert_eq!(seen["left"], json!([220, 30, 30, 255]), "what was uncovered: {seen}");
        assert_eq!(seen["right"], json!([24, 27, 34, 255]), "what is covered: {seen}");
        assert_eq!(seen["metadata"], json!(false), "no text of the file is left: {seen}");
    })
    .await;
}

#[tokio::test]
async fn a_picture_is_covered_by_keyboard() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.tab_to("textbox", "What isn’t working?").await;
        page.type_text(WHAT).await;
        let picture = red_picture(&page, &desk.folder).await;
        page.give_file(&picture).await;
        page.see("The whole picture is covered").await;
        page.tab_to("button", "Uncover").await;
        page.key(Key::Enter).await;
        page.tab_to("DisclosureTriangle", "Marks, place by place").await;
        page.key(Key::Enter).await;
        page.tab_to("button", "Add in the middle: Uncover").await;
        page.key(Key::Enter).await;
        for (name, value) in
            [("From the left", "0"), ("From the top", "0"), ("Width", "60"), ("Height", "80")]
        {
            page.tab_to("spinbutton", name).await;
            page.retype(value).await;
        }
        page.tab_to("button", "Send report").await;
        page.key(Key::Enter).await;
        page.see("Your report number is P-").await;
        let seen = pixels(&page).await;
        assert_eq!(seen["left"], json!([220, 30, 30, 255]), "what was uncovered: {seen}");
        assert_eq!(seen["right"], json!([24, 27, 34, 255]), "what is covered: {seen}");
    })
    .await;
}

#[tokio::test]
async fn a_report_waits_without_a_connection_and_goes_out_once() {
    desk(async |desk| {
        let page = with_picture(desk).await;
        page.network(Network::Cut).await;
        page.press("Send report").await;
        page.see("You are offline. The report is kept on this device").await;
        page.network(Network::There).await;
        page.see("Your report number is P-").await;
        let all = page.ask_backend("/api/reports").await;
        let items = all["items"].as_array().expect("a list");
        assert_eq!(items.iter().filter(|report| report["body"] == json!(WHAT)).count(), 1, "{all}");
    })
    .await;
}

/// Nobody answers to reports any more, until the page is loaded again.
const DEAF: &str = "window.spoken ??= window.fetch; window.fetch = (asked, options) => \
                    new URL(asked.url ?? asked, location).pathname === '/api/reports' \
                    ? window.Promise.reject(new window.TypeError('cut')) : spoken(asked, options)";

#[tokio::test]
async fn what_got_stuck_is_tried_again_by_itself() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.script(DEAF).await;
        page.press("Send report").await;
        page.see("It is tried again by itself").await;
        page.script("window.fetch = spoken").await;
        page.see("Your report number is P-").await;
    })
    .await;
}

#[tokio::test]
async fn every_report_that_waits_goes_out_by_itself() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        for (slot, words) in [("one", WHAT), ("two", "The badge reader at the door is off.")] {
            page.open(&format!("/report.html?draft={slot}")).await;
            page.see_thing("button", "Send report").await;
            page.script(DEAF).await;
            page.fill("What isn’t working?", words).await;
            page.press("Send report").await;
            page.see("It is tried again by itself").await;
        }
        page.open("/report.html?draft=three").await;
        page.fill("What isn’t working?", "And a third one, not sent yet.").await;
        page.see("Another report that waited on this device was sent. Its number is P-").await;
        page.wait("both are there, once", async || {
            let all = page.ask_backend("/api/reports").await;
            let items = all["items"].as_array().cloned().unwrap_or_default();
            let count = |words: &str| items.iter().filter(|report| report["body"] == json!(words)).count();
            count(WHAT) == 1 && count("The badge reader at the door is off.") == 1
        })
        .await;
        page.see_field("What isn’t working?", "And a third one, not sent yet.").await;
    })
    .await;
}

#[tokio::test]
async fn a_device_that_keeps_nothing_is_told_in_words() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.script(
            "IDBObjectStore.prototype.put = () => { throw new DOMException('x', 'QuotaExceededError') }",
        )
        .await;
        let picture = red_picture(&page, &desk.folder).await;
        page.give_file(&picture).await;
        page.see("This device could not keep desk.png.").await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        assert_eq!(
            pixels(&page).await["right"],
            json!([24, 27, 34, 255]),
            "it went with the report all the same"
        );
    })
    .await;
}

#[tokio::test]
async fn a_page_that_stays_in_the_picture_is_told_in_words() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Employee).await;
        page.see_heading("My reports").await;
        // The tests let the browser choose the tab by its title.
        page.script("document.title = 'Something isn’t working?'").await;
        page.script("addEventListener('message', event => { if (event.data?.frontdesk === 'hide') event.stopImmediatePropagation() }, true)").await;
        page.press_first("button", "Help").await;
        page.choose_item("Something isn’t working?").await;
        page.enter_frame().await;
        page.press("Take a screenshot").await;
        page.see("did not move this dialog out of the way within 3 seconds").await;
        page.see("The whole picture is covered").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_typed_before_the_program_is_there_comes_along() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Employee).await;
        page.network(Network::Slow).await;
        page.open_unready("/report.html").await;
        page.script("document.getElementById('plain-body').focus()").await;
        page.type_text(WHAT).await;
        page.network(Network::There).await;
        page.see_heading("Something isn’t working?").await;
        page.see_thing("button", "Send report").await;
        page.see_field("What isn’t working?", WHAT).await;
    })
    .await;
}

#[tokio::test]
async fn a_half_written_report_survives_with_its_picture() {
    desk(async |desk| {
        let page = with_picture(desk).await;
        page.see("Draft saved on this device").await;
        page.reload().await;
        page.see_field("What isn’t working?", WHAT).await;
        page.see("desk.png").await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        let seen = pixels(&page).await;
        assert_eq!(seen["right"], json!([24, 27, 34, 255]), "what was covered before stays covered: {seen}");
    })
    .await;
}

#[tokio::test]
async fn the_panel_opens_the_dialog_over_itself() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Employee).await;
        page.press_first("button", "Help").await;
        page.choose_item("Something isn’t working?").await;
        page.enter_frame().await;
        page.see_heading("Something isn’t working?").await;
        page.fill("What isn’t working?", WHAT).await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
    })
    .await;
}

#[tokio::test]
async fn any_page_opens_the_dialog_however_it_treats_what_stands_in_it() {
    desk(async |desk| {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let host = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
        desk.backend.kill().await;
        desk.backend.restart_with(&["--frame-ancestor", &host]).await;
        serve_host(listener, &desk.origin);

        let page = desk.browser("en-US").await;
        page.open_elsewhere(&host).await;
        page.see_heading("Team news").await;
        let added =
            page.script("return document.querySelectorAll('iframe, [data-frontdesk-dialog]').length").await;
        assert_eq!(added, json!(0), "nothing is added before it is asked for");
        page.press("Report a problem").await;
        let behind = "return getComputedStyle(document.querySelector('[data-frontdesk-dialog]').shadowRoot\
                      .querySelector('dialog'), '::backdrop').backgroundColor";
        let behind = page.script(behind).await;
        assert_eq!(behind, json!("rgba(0, 0, 0, 0)"), "nothing lies on a screenshot of the page");
        page.enter_frame().await;
        page.see_heading("Something isn’t working?").await;
        page.see_thing("link", "Signed in already? Open this in a tab of its own").await;
        page.press("Close, keep draft").await;
        page.leave_frame().await;
        page.see_focus("button", "Report a problem").await;

        // The page's own modal dialog leaves nothing outside to be pressed: our button moves into it.
        page.press("Open theirs").await;
        page.see("Their own dialog").await;
        page.press("Something isn’t working?").await;
        page.enter_frame().await;
        page.see_heading("Something isn’t working?").await;
        page.leave_frame().await;
        let told = page.script("return window.told.join()").await;
        assert_eq!(told, json!("opened,closed,opened"));
    })
    .await;
}

#[tokio::test]
async fn a_capture_is_covered_and_can_be_uncovered() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.press("Take a screenshot").await;
        page.see("The whole picture is covered").await;
        // Chromium complains of the forbidden camera whenever the screen is shown, which needs none.
        let complaints = page.console().await;
        assert!(!complaints.contains("Policy violated"), "{complaints}");
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        let seen = pixels(&page).await;
        assert_eq!(seen["left"], json!([24, 27, 34, 255]), "{seen}");
    })
    .await;
}

#[tokio::test]
async fn a_capture_of_the_panel_starts_with_its_texts_covered() {
    desk(async |desk| {
        let page = desk.signed_in(Who::Employee).await;
        page.see_heading("My reports").await;
        // The tests let the browser choose the tab by its title.
        page.script("document.title = 'Something isn’t working?'").await;
        let place = "const box = document.querySelector('h1'); const range = document.createRange(); \
                     range.selectNodeContents(box); const { x, y, width, height } = range.getBoundingClientRect(); \
                     return [(x + width / 2) / innerWidth, (y + height / 2) / innerHeight]";
        let place = page.script(place).await;
        page.press_first("button", "Help").await;
        page.choose_item("Something isn’t working?").await;
        page.enter_frame().await;
        page.fill("What isn’t working?", WHAT).await;
        page.press("Take a screenshot").await;
        page.see("Text in the picture is covered. Uncover only what we need to see.").await;
        // Chromium complains of the forbidden camera whenever the screen is shown, which needs none.
        let complaints = page.console().await;
        assert!(!complaints.contains("Policy violated"), "{complaints}");
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        let report = newest(&page).await;
        let id = report["uploads"][0]["id"].as_str().unwrap_or_else(|| panic!("no picture: {report}")).to_owned();
        let script = format!(
            "const done = arguments[arguments.length - 1]; (async () => {{ \
             const bitmap = await createImageBitmap(await (await fetch('/api/uploads/{id}')).blob()); \
             const canvas = document.createElement('canvas'); canvas.width = bitmap.width; canvas.height = bitmap.height; \
             const pen = canvas.getContext('2d'); pen.drawImage(bitmap, 0, 0); \
             const [x, y] = {place}; \
             const title = [...pen.getImageData(Math.floor(x * bitmap.width), Math.floor(y * bitmap.height), 1, 1).data]; \
             const data = pen.getImageData(0, 0, bitmap.width, bitmap.height).data; let covered = 0; \
             for (let at = 0; at < data.length; at += 4) covered += data[at] === 24 && data[at + 1] === 27 && data[at + 2] === 34; \
             done({{ title, share: covered / (data.length / 4) }}); }})()"
        );
        let seen = page.script_async(&script).await;
        assert_eq!(seen["title"], json!([24, 27, 34, 255]), "the heading is covered: {seen}");
        let share = seen["share"].as_f64().expect("a number");
        assert!((0.01..0.7).contains(&share), "and the page around it is seen: {seen}");
    })
    .await;
}

/// The size of the only file in the draft that this device keeps.
async fn kept_size(page: &Page) -> u64 {
    let size = "const draft = Object.values(localStorage).find(text => text.includes('\"pieces\"')); \
                return Number(/\"size\":(\\d+)/.exec(draft)?.[1] ?? 0)";
    page.script(size).await.as_u64().unwrap_or_default()
}

#[tokio::test]
async fn the_screen_is_recorded_second_by_second() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.press("Record the screen").await;
        page.see("Recording: 0:02").await;
        page.press("Pause").await;
        page.press("Go on").await;
        page.press("Stop recording").await;
        page.see_no("Stop recording").await;
        page.see("Recording, ").await;
        let whole = kept_size(&page).await;
        page.script("document.querySelector('input[type=range]').focus()").await;
        page.key(Key::Home).await;
        page.see("keep until 0:01 of").await;
        page.wait("that less of the video is kept", async || kept_size(&page).await < whole).await;
        let cut = kept_size(&page).await;
        // Chromium complains of the forbidden camera whenever the screen is shown, which needs none.
        let complaints = page.console().await;
        assert!(!complaints.contains("Policy violated"), "{complaints}");
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        let report = newest(&page).await;
        let video = &report["uploads"][0];
        assert_eq!(video["kind"], json!("video/webm"), "{report}");
        assert!(video["size"].as_u64().is_some_and(|size| size > 1_000 && size == cut), "{report}");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_shown_the_way_in() {
    desk(async |desk| {
        let page = desk.open("/report.html").await;
        page.see_thing("link", "Sign in in another tab").await;
        page.see_no_barriers("the dialog of a stranger").await;
    })
    .await;
}

#[tokio::test]
async fn the_dialog_fits_a_phone_and_every_reader() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        let picture = red_picture(&page, &desk.folder).await;
        page.give_file(&picture).await;
        page.see("The whole picture is covered").await;
        page.open_details("Marks, place by place").await;
        page.press("Add in the middle: Uncover").await;
        page.open_details("What will be sent").await;
        for (width, look) in [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")] {
            page.look_like(width, look).await;
            page.see_no_barriers(&format!("the dialog, {width} {look}")).await;
            let is_wide = "return document.documentElement.scrollWidth > window.innerWidth";
            assert_eq!(page.script(is_wide).await, json!(false), "{width} {look}");
            if let Ok(folder) = std::env::var("FRONTDESK_LOOK") {
                let path = Path::new(&folder).join(format!("dialog-{width}-{look}.png"));
                fs::write(path, page.whole_picture().await).expect("a picture");
            }
        }
    })
    .await;
}

/// The dialog on a page of its own, with an employee who has signed in.
pub(crate) async fn at_dialog(desk: &Desk) -> Page {
    let page = desk.signed_in(Who::Employee).await;
    page.open("/report.html").await;
    page.see_heading("Something isn’t working?").await;
    page.see_thing("button", "Send report").await;
    page
}

/// Words and a picture that starts covered.
async fn with_picture(desk: &Desk) -> Page {
    let page = at_dialog(desk).await;
    page.fill("What isn’t working?", WHAT).await;
    let picture = red_picture(&page, &desk.folder).await;
    page.give_file(&picture).await;
    page.see("The whole picture is covered").await;
    page
}

pub(crate) async fn newest(page: &Page) -> Value {
    let all = page.ask_backend("/api/reports").await;
    all["items"][0].clone()
}

/// A red picture of 120 × 80, with a text that nobody sees in its file.
pub(crate) async fn red_picture(page: &Page, folder: &Path) -> PathBuf {
    let script = "const done = arguments[arguments.length - 1]; const canvas = document.createElement('canvas'); \
                  canvas.width = 120; canvas.height = 80; const pen = canvas.getContext('2d'); \
                  pen.fillStyle = 'rgb(220,30,30)'; pen.fillRect(0, 0, 120, 80); done(canvas.toDataURL('image/png'))";
    let data = page.script_async(script).await;
    let data = data.as_str().and_then(|data| data.split(',').nth(1)).expect("a picture").to_owned();
    let mut bytes = base64::engine::general_purpose::STANDARD.decode(data).expect("base64");
    bytes.extend_from_slice(b"SECRET LOCATION");
    let path = folder.join("desk.png");
    fs::write(&path, bytes).expect("a file");
    path
}

/// Two pixels of the newest report's first picture, as the backend has it.
async fn pixels(page: &Page) -> Value {
    let report = newest(page).await;
    let id = report["uploads"][0]["id"].as_str().unwrap_or_else(|| panic!("no picture: {report}")).to_owned();
    let script = format!(
        "const done = arguments[arguments.length - 1]; (async () => {{ \
         const blob = await (await fetch('/api/uploads/{id}')).blob(); \
         const metadata = (await blob.text()).includes('SECRET'); \
         const bitmap = await createImageBitmap(blob); const canvas = document.createElement('canvas'); \
         canvas.width = bitmap.width; canvas.height = bitmap.height; const pen = canvas.getContext('2d'); \
         pen.drawImage(bitmap, 0, 0); const at = (x) => [...pen.getImageData(Math.floor(bitmap.width * x), \
         Math.floor(bitmap.height / 2), 1, 1).data]; \
         return {{ left: at(0.25), right: at(0.75), metadata, type: blob.type }}; }})().then(done, error => done(String(error)))"
    );
    page.script_async(&script).await
}

/// A page of somebody else: a strict policy with our script by its hash, styles for everything, patched arrays, and
/// a modal dialog of its own.
fn serve_host(listener: TcpListener, origin: &str) {
    let folder = place::dist().join("embed");
    let integrity = fs::read_to_string(folder.join("integrity.txt")).expect("the script's integrity");
    let integrity = integrity.trim();
    let version = fs::read_dir(&folder).expect("the script").flatten().map(|entry| entry.file_name());
    let version = version.map(|name| name.to_string_lossy().into_owned()).find(|name| name.ends_with(".js"));
    let version = version.expect("a version");
    let script = "Array.prototype.forEach = Array.prototype.reduce = Array.prototype.at = () => { throw new Error('patched') }; \
                  Array.prototype.junk = 1; window.told = []; \
                  for (const name of ['opened', 'closed', 'sent']) document.addEventListener('frontdesk:' + name, \
                  () => { told[told.length] = name }); addEventListener('DOMContentLoaded', () => { \
                  document.querySelector('#theirs').onclick = () => document.querySelector('dialog').showModal() });";
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src '{integrity}' 'nonce-own'; frame-src {origin}"
    );
    let page = format!(
        "<!doctype html><html lang=en><title>Team news</title><link rel=icon href=data:,>\
         <style>* {{ all: revert !important; display: none }}</style><script nonce=own>{script}</script>\
         <script src='{origin}/embed/{version}' integrity='{integrity}' crossorigin data-frontdesk \
         data-button='Something isn’t working?' defer></script>\
         <h1>Team news</h1><button data-frontdesk-open>Report a problem</button><button id=theirs>Open theirs</button>\
         <dialog><p>Their own dialog</p></dialog>"
    );
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-security-policy: {policy}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{page}",
        page.len()
    );
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut asked = [0; 4_096];
            let _ = stream.read(&mut asked).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
}
