//! The painted page, and what happens when it can't start.

use std::fs;
use std::path::{Path, PathBuf};

use frontdesk_e2e::desk::empty_desk;
use frontdesk_e2e::{Page, backend, place};

/// What the page says when its program doesn't start.
const FAILED: &str = "This page could not start";

#[tokio::test]
async fn the_page_starts_under_the_strict_policy() {
    empty_desk(&place::dist(), async |desk| {
        let page = desk.open("/sign-in").await;
        page.see_heading("Sign in").await;
        page.see_path("/sign-in").await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_program_is_refused_and_the_page_says_so() {
    check_refused("panel_bg.", ".wasm", Refusal::FailurePage).await;
}

#[tokio::test]
async fn a_changed_script_is_refused_and_the_page_says_so() {
    check_refused("panel.", ".js", Refusal::FailurePage).await;
}

#[tokio::test]
async fn changed_words_are_refused_and_the_page_says_so() {
    check_refused("lang/en.", ".json", Refusal::FailurePage).await;
}

#[tokio::test]
async fn changed_words_of_the_pages_are_refused_and_the_first_pages_stand_without_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dist = changed(folder.path(), "lang/more/en.", ".json");
    empty_desk(&dist, async |desk| {
        let page = desk.open("/sign-in").await;
        page.see_heading("Sign in").await;
        page.open_unready("/status").await;
        page.see("This part of the page did not come").await;
        page.see_thing("button", "Try again").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn a_sheet_of_the_pages_that_does_not_come_is_told_and_asked_for_again() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dist = folder.path().join("dist");
    backend::copy(&place::dist(), &dist).expect("a copy of the panel");
    let sheet = find(&dist, "more.", ".css");
    let away = folder.path().join("away.css");
    fs::rename(&sheet, &away).expect("the sheet goes");
    for extension in ["br", "gz"] {
        fs::remove_file(format!("{}.{extension}", sheet.display())).expect("its compressed copy goes");
    }
    empty_desk(&dist, async |desk| {
        let page = desk.open("/sign-in").await;
        page.see_heading("Sign in").await;
        page.open_unready("/status").await;
        page.see("This part of the page did not come").await;
        fs::rename(&away, &sheet).expect("the sheet comes back");
        page.press("Try again").await;
        page.see_heading("Status").await;
        page.see_no("This part of the page did not come").await;
        page.forgive().await;
    })
    .await;
}

#[tokio::test]
async fn a_changed_piece_is_refused_and_the_page_says_so() {
    check_refused("page_door.", ".wasm", Refusal::FailedPart).await;
}

#[tokio::test]
async fn a_changed_start_script_never_runs() {
    check_refused("boot.", ".js", Refusal::NothingRuns).await;
}

#[tokio::test]
async fn a_changed_sheet_is_not_applied() {
    check_refused("panel.", ".css", Refusal::NothingApplied).await;
}

/// What is seen when a file was refused.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Refusal {
    FailurePage,
    FailedPart,
    NothingRuns,
    NothingApplied,
}

async fn check_refused(prefix: &str, suffix: &str, refusal: Refusal) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let dist = changed(folder.path(), prefix, suffix);
    empty_desk(&dist, async |desk| {
        let page = desk.browser("en-US").await;
        page.open_unready("/sign-in").await;
        match refusal {
            Refusal::FailurePage => {
                page.see_heading(FAILED).await;
                page.see_thing("button", "Reload").await;
            }
            Refusal::FailedPart => {
                page.see("This part of the page did not come").await;
                page.see_thing("button", "Try again").await;
            }
            Refusal::NothingRuns => see_in_console(&page, "integrity").await,
            Refusal::NothingApplied => {
                see_in_console(&page, "integrity").await;
                // Firefox lists a sheet that it refused, without its rules.
                let applied = "return [...document.styleSheets].filter(sheet => { \
                               try { return sheet.cssRules.length > 0 } catch { return false } }).length";
                let sheets = page.script(applied).await;
                assert_eq!(sheets, serde_json::json!(0));
            }
        }
        page.forgive().await;
    })
    .await;
}

async fn see_in_console(page: &Page, word: &str) {
    let mut said = String::new();
    page.wait(&format!("the console speaks of {word}"), async || {
        said.push_str(&page.console().await);
        said.contains(word)
    })
    .await;
}

/// A panel in which one file isn't what was built.
fn changed(folder: &Path, prefix: &str, suffix: &str) -> PathBuf {
    let dist = folder.join("dist");
    backend::copy(&place::dist(), &dist).expect("a copy of the panel");
    change_one_byte(&dist, prefix, suffix);
    dist
}

/// Changes the last byte that may be another without breaking the file: one inside.
fn change_one_byte(dist: &Path, prefix: &str, suffix: &str) {
    let path = find(dist, prefix, suffix);
    let mut bytes = fs::read(&path).expect("the file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).expect("the changed file");
    for extension in ["br", "gz"] {
        let beside = PathBuf::from(format!("{}.{extension}", path.display()));
        if beside.exists() {
            fs::remove_file(beside).expect("the compressed copy goes");
        }
    }
}

fn find(dist: &Path, prefix: &str, suffix: &str) -> PathBuf {
    let (folder, prefix) = prefix.rsplit_once('/').unwrap_or((".", prefix));
    let entries = fs::read_dir(dist.join(folder)).expect("the panel");
    entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            name.starts_with(prefix) && name.ends_with(suffix)
        })
        .unwrap_or_else(|| panic!("{} has no {prefix}*{suffix}", dist.display()))
}
