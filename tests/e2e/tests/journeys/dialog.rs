//! *Something isn't working?* at its edges: more files than it takes, a second tab while one records, an interrupted
//! recording, a full device, how fast a file goes; and no barrier in any of its states.

use std::fs;

use frontdesk_e2e::page::Network;
use frontdesk_e2e::{Page, Who, desk};
use serde_json::{Value, json};

use crate::asking::fill_in;
use crate::audit::audit;
use crate::report::{at_dialog, newest};

const WHAT: &str = "The video of the town hall has no sound.";

/// 500 small files are dropped at once on the part of the form where files go.
const DROP: &str = "const data = new DataTransfer(); for (let each = 1; each <= 500; each += 1) \
                    data.items.add(new File(['Line ' + each], 'log-' + each + '.txt', { type: 'text/plain' })); \
                    document.querySelector('fieldset.media').dispatchEvent(new DragEvent('drop', \
                    { dataTransfer: data, bubbles: true, cancelable: true }))";

#[tokio::test]
async fn of_500_files_that_are_dropped_the_first_are_kept_and_the_others_told() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.see_thing("button", "Add a file").await;
        page.script(DROP).await;
        page.see("At most 10 files go with a report. The others were left out.").await;
        assert_eq!(lines(&page).await, 10);
        page.see_field("What isn’t working?", WHAT).await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        assert_eq!(uploads(&newest(&page).await).len(), 10);

        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, "With 500 files").await;
        admin.script(DROP).await;
        admin.see("At most 10 files go with one message. The others were left out.").await;
        admin.wait("ten have arrived", async || admin.text().await.matches("Added").count() == 10).await;
        admin.press("Send to support").await;
        admin.see_thing("link", "log-10.txt").await;
        assert!(!admin.text().await.contains("log-11.txt"));
    })
    .await;
}

#[tokio::test]
async fn what_is_added_while_files_are_read_is_added_too() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.see_thing("button", "Add a file").await;
        page.script(
            "for (const name of ['one', 'two', 'three']) { const data = new DataTransfer(); \
             data.items.add(new File(['Words'], name + '.txt', { type: 'text/plain' })); \
             document.querySelector('fieldset.media').dispatchEvent(new DragEvent('drop', \
             { dataTransfer: data, bubbles: true, cancelable: true })) }",
        )
        .await;
        page.see("three.txt").await;
        assert_eq!(lines(&page).await, 3);
    })
    .await;
}

#[tokio::test]
async fn what_a_full_device_can_not_keep_is_told_and_sent_all_the_same() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.room(100_000).await;
        let path = desk.folder.join("large.txt");
        fs::write(&path, "A line of a very long log.\n".repeat(40_000)).expect("a file");
        page.give_file(&path).await;
        page.see("This device could not keep large.txt.").await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        assert_eq!(uploads(&newest(&page).await)[0]["size"], json!(27 * 40_000));
    })
    .await;
}

#[tokio::test]
async fn a_second_tab_takes_nothing_of_a_recording() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.press("Record the screen").await;
        page.see("Recording: 0:02").await;
        page.open_tab("/report.html").await;
        page.see_field("What isn’t working?", WHAT).await;
        page.see_thing("button", "Record the screen").await;
        page.see_no("Interrupted recording").await;
        page.to_tab(0).await;
        let now = seconds(&page).await;
        page.wait("it goes on", async || seconds(&page).await > now + 2).await;
        page.press("Stop recording").await;
        page.see("Recording, ").await;
        assert_eq!(lines(&page).await, 1, "it is there once");
        page.to_tab(1).await;
        page.see("Recording, ").await;
        assert_eq!(lines(&page).await, 1, "and once in the other tab");
        page.see_no("Interrupted recording").await;
        page.forgive().await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        let report = newest(&page).await;
        assert_eq!(uploads(&report).len(), 1, "{report}");
    })
    .await;
}

#[tokio::test]
async fn a_recording_that_was_interrupted_is_found_again() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.press("Record the screen").await;
        page.see("Recording: 0:03").await;
        page.reload().await;
        page.see("Interrupted recording").await;
        page.forgive().await;
        page.fill("What isn’t working?", WHAT).await;
        page.press("Send report").await;
        page.see("Your report number is P-").await;
        let report = newest(&page).await;
        let sizes: Vec<u64> = uploads(&report).iter().filter_map(|file| file["size"].as_u64()).collect();
        assert!(matches!(sizes[..], [size] if size > 1_000), "{report}");
    })
    .await;
}

#[tokio::test]
async fn a_large_file_of_a_report_shows_its_speed_until_it_rests() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        let path = desk.folder.join("large.txt");
        fs::write(&path, "A line of a very long log.\n".repeat(120_000)).expect("a file");
        page.give_file(&path).await;
        page.see("large.txt").await;
        page.upload_speed(300_000).await;
        page.press("Send report").await;
        page.see(" a second, ").await;
        page.press("Pause").await;
        page.see_no(" a second, ").await;
        page.see(" left").await;
        page.upload_speed(-1).await;
        page.press("Go on").await;
        page.see("Your report number is P-").await;
        assert_eq!(uploads(&newest(&page).await)[0]["size"], json!(27 * 120_000));
    })
    .await;
}

#[tokio::test]
async fn no_state_of_the_dialog_has_barriers() {
    desk(async |desk| {
        let page = at_dialog(desk).await;
        page.fill("What isn’t working?", WHAT).await;
        page.press("Record the screen").await;
        page.see("Recording: 0:01").await;
        audit(&page, "recording", 0).await;
        page.press("Stop recording").await;
        page.see("Recording, ").await;
        audit(&page, "a recording", 1).await;
        page.forgive().await;
        page.network(Network::Cut).await;
        page.press("Send report").await;
        page.see("Your report waits on this device").await;
        audit(&page, "a report that waits", 0).await;
        page.upload_speed(20_000).await;
        page.see("Sending your report").await;
        page.press("Pause").await;
        audit(&page, "a report on its way", 1).await;
        page.network(Network::There).await;
        page.press("Go on").await;
        page.see("Your report number is P-").await;
        audit(&page, "a report that was sent", 0).await;
    })
    .await;
}

/// How many files stand in the form.
async fn lines(page: &Page) -> u64 {
    page.script("return document.querySelectorAll('.piece').length").await.as_u64().unwrap_or_default()
}

/// How long the recording is by now, in seconds.
async fn seconds(page: &Page) -> u64 {
    let said = "return Number(/Recording: 0:(\\d+)/.exec(document.body.innerText)?.[1] ?? 0)";
    page.script(said).await.as_u64().unwrap_or_default()
}

fn uploads(report: &Value) -> Vec<Value> {
    report["uploads"].as_array().cloned().unwrap_or_default()
}
