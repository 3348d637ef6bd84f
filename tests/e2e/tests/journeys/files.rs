//! Files that go with a request and with an answer.

use std::fs;
use std::path::PathBuf;

use fantoccini::key::Key;
use frontdesk_e2e::{Who, desk};

use crate::asking::fill_in;

#[tokio::test]
async fn files_go_with_a_request_and_with_an_answer() {
    desk(async |desk| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str, text: &str| -> PathBuf {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a file");
            path
        };
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, "With a file").await;
        admin
            .give_file(&file("drawing.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>"))
            .await;
        admin.see("drawing.svg can’t be sent").await;
        admin.give_file(&file("what-happened.txt", "It stops at ten to nine.")).await;
        admin.see("Added").await;
        // What has arrived is found again, like the words.
        admin.see("Draft saved on this device").await;
        admin.reload().await;
        admin.see("what-happened.txt").await;
        admin.see("Added").await;
        admin.press("Send to support").await;
        admin.see_heading("With a file").await;
        admin.see_thing("link", "what-happened.txt").await;

        let agent = desk.signed_in(Who::Agent).await;
        agent.open(&admin.path().await).await;
        agent.see_thing("link", "what-happened.txt").await;
        agent.fill("Your answer", "Try these settings").await;
        agent.give_file(&file("settings.txt", "autoplay = off")).await;
        agent.see("Added").await;
        agent.press("Send answer").await;
        agent.see_thing("link", "settings.txt").await;
        admin.see_thing("link", "settings.txt").await;
        agent.see_no("Remove settings.txt").await;
    })
    .await;
}

#[tokio::test]
async fn a_file_is_taken_out_without_a_pointer() {
    desk(async |desk| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("too-much.txt");
        fs::write(&path, "Not for support").expect("a file");
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, "Without a file").await;
        admin.give_file(&path).await;
        admin.see("Added").await;
        admin.tab_to("button", "Remove too-much.txt").await;
        admin.key(Key::Enter).await;
        admin.see_no("too-much.txt").await;
        admin.press("Send to support").await;
        admin.see_heading("Without a file").await;
        admin.see_no("too-much.txt").await;
    })
    .await;
}

#[tokio::test]
async fn a_large_file_shows_its_speed_and_waits_when_it_is_told_to() {
    desk(async |desk| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("large.txt");
        fs::write(&path, "A line of a very long log.\n".repeat(120_000)).expect("a file");
        let admin = desk.signed_in(Who::Admin).await;
        fill_in(&admin, "With a large file").await;
        admin.upload_speed(300_000).await;
        admin.give_file(&path).await;
        admin.see(" a second, ").await;
        admin.press("Pause large.txt").await;
        admin.see_thing("button", "Go on large.txt").await;
        admin.see_no(" a second, ").await;
        admin.upload_speed(-1).await;
        // What is under way arrives; nothing further is sent meanwhile.
        admin.fill("What happened?", "It is in the log.").await;
        admin.see("Draft saved on this device").await;
        admin.see_no("Added").await;
        admin.press("Go on large.txt").await;
        admin.see("Added").await;
        admin.press("Send to support").await;
        admin.see_thing("link", "large.txt").await;
    })
    .await;
}
