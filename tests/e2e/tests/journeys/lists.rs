//! The list of requests where there are many, as a file and on paper.

use std::fs;
use std::path::Path;

use frontdesk_e2e::desk::busy_desk;
use frontdesk_e2e::{Page, Who, desk};
use serde_json::{Value, json};

/// Rows in view that show nothing, or places in view where no row stands.
const BLANKS: &str = "const list = document.querySelector('[data-scroller]').getBoundingClientRect(); \
    const head = document.querySelector('[data-scroller-head]').getBoundingClientRect(); \
    const top = Math.max(head.bottom, 0), bottom = Math.min(list.bottom, innerHeight); \
    const rows = [...document.querySelectorAll('.grid__body > [role=row]')]; \
    const inView = rows.filter(row => { const box = row.getBoundingClientRect(); \
      return box.bottom > top + 1 && box.top < bottom - 1 }); \
    if (inView.length === 0) return 'nothing is in view'; \
    const empty = inView.filter(row => !row.querySelector('.cell-title')?.textContent.trim()).length; \
    const covered = inView.reduce((sum, row) => sum + row.getBoundingClientRect().height, 0); \
    return empty === 0 && covered >= bottom - top - 2 ? '' : \
      `${empty} of ${inView.length} rows are empty, ${covered} of ${bottom - top} pixels are covered`";

#[tokio::test]
async fn a_long_list_is_scrolled_without_blanks_in_few_elements() {
    busy_desk(5_000, async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all").await;
        admin.see("5,000 of 5,000").await;
        // As with a wheel, then as with the bar, then back to the top.
        let places = (1..=20).map(|turn| turn * 300).chain([60_000, 120_000, 170_000, 90_000, 0]);
        for place in places {
            admin
                .script(&format!(
                    "document.querySelector('[data-scroller]').scrollTop = {place}; return null"
                ))
                .await;
            let nodes = admin.script("return document.querySelectorAll('*').length").await;
            assert!(nodes.as_u64().is_some_and(|nodes| nodes < 1_500), "{nodes} elements at {place}");
            let mut said = Value::Null;
            admin
                .wait(&format!("no row is blank at {place}"), async || {
                    said = admin.script(BLANKS).await;
                    said == json!("")
                })
                .await;
        }
        let first = admin.ask_backend("/api/requests?limit=1").await;
        let first = first["items"][0]["subject"].as_str().expect("a subject").to_owned();
        admin.see_thing("link", &first).await;
    })
    .await;
}

#[tokio::test]
async fn a_file_of_a_filtered_list_has_exactly_its_rows() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        let filter = "topic=mobile&priority=medium";
        let wanted = ids(&admin.ask_backend(&format!("/api/requests?{filter}&limit=200")).await);
        assert!((2..60).contains(&wanted.len()), "{wanted:?}");
        admin.open(&format!("/requests?view=all&{filter}")).await;
        admin.see(&format!("{} of 120", wanted.len())).await;
        let folder = desk.folder.join("downloads");
        fs::create_dir_all(&folder).expect("a folder");
        admin.download_to(&folder).await;

        admin.press("Export").await;
        admin.choose_item("JSON file").await;
        let file: Value = serde_json::from_str(&downloaded(&admin, &folder, "json").await).expect("JSON");
        assert_eq!(ids(&file), wanted);

        admin.press("Export").await;
        admin.choose_item("CSV file").await;
        let file = downloaded(&admin, &folder, "csv").await;
        let lines = file.lines().skip(1).filter_map(|line| line.trim_matches('"').split([',', '"']).next());
        let numbers: Vec<&str> = lines.filter(|number| number.starts_with("FD-")).collect();
        assert_eq!(numbers, wanted);
    })
    .await;
}

#[tokio::test]
async fn a_list_goes_to_paper_with_its_rows_and_nothing_around() {
    desk(async |desk| {
        let admin = desk.signed_in(Who::Admin).await;
        admin.open("/requests?view=all").await;
        admin.see("120 of 120").await;
        admin.script("window.print = () => { window.printed = true }; return null").await;
        admin.press("Export").await;
        admin.choose_item("Print").await;
        admin.wait("it is printed", async || admin.script("return window.printed").await == json!(true)).await;
        let rows = "return document.querySelectorAll('.grid__body .cell-title').length";
        assert_eq!(admin.script(rows).await, json!(120), "all rows stand in the page by then");

        admin.see_as_paper().await;
        let seen = "const isSeen = name => [...document.querySelectorAll(name)].some(it => it.checkVisibility()); \
                    const grid = document.querySelector('.grid'); \
                    return { around: ['.rail', '.top', '.footer', '.filters', '.list-tools', '.page-header__actions'].filter(isSeen), \
                      title: isSeen('h1'), hidden: grid.scrollHeight - grid.clientHeight }";
        assert_eq!(admin.script(seen).await, json!({ "around": [], "title": true, "hidden": 0 }));
    })
    .await;
}

fn ids(list: &Value) -> Vec<String> {
    let items = list["items"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    items.iter().filter_map(|item| item["id"].as_str().map(str::to_owned)).collect()
}

/// What is in the file of this kind, once the browser has put it into its folder.
async fn downloaded(page: &Page, folder: &Path, kind: &str) -> String {
    let mut text = String::new();
    page.wait(&format!("a .{kind} has arrived"), async || {
        let files = fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
        let file = files.into_iter().find(|path| path.extension().is_some_and(|own| own == kind));
        text = file.and_then(|path| fs::read_to_string(path).ok()).unwrap_or_default();
        !text.is_empty()
    })
    .await;
    text
}
