//! Browsers that are used again: what one journey leaves behind is nothing to the next.

use frontdesk_e2e::browser::Browser;
use frontdesk_e2e::place::{self, Kind};
use frontdesk_e2e::{desk, pool};
use serde_json::{Value, json};

#[tokio::test]
async fn a_browser_that_is_used_again_is_like_new() {
    if place::kind() != Kind::Chromium {
        return;
    }
    desk(async |desk| {
        let browser = pool::take("en-US").await;
        browser.client.goto(&desk.origin).await.expect("the panel opens");
        let new = answer(&browser, TRACES).await;
        answer(&browser, LEAVE_TRACES).await;
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": "dark" }] });
        browser.devtools("Emulation.setEmulatedMedia", features).await.expect("the dark look");
        let left = answer(&browser, TRACES).await;
        for (place, new) in new.as_array().into_iter().flatten().enumerate() {
            assert_ne!(left.get(place), Some(new), "trace {place} of {left}");
        }
        browser.clean().await.expect("it can be cleaned");
        assert!(browser.console().await.is_empty(), "nothing was said");
        browser.client.goto(&desk.origin).await.expect("the panel opens");
        assert_eq!(answer(&browser, TRACES).await, new);
        assert_eq!(answer(&browser, "return document.hasFocus()").await, true, "keys go to the page");
        pool::give_back(browser).await;
    })
    .await;
}

/// What a script says at its end.
async fn answer(browser: &Browser, script: &str) -> Value {
    let script =
        format!("(async () => {{ {script} }})().then(arguments[0], error => arguments[0](`${{error}}`))");
    browser.client.execute_async(&script, Vec::new()).await.expect("an answer")
}

const LEAVE_TRACES: &str = "localStorage.left = 1; sessionStorage.left = 1; document.cookie = 'left=1'; \
    await new Promise(done => { indexedDB.open('left').onsuccess = done }); await caches.open('left'); \
    const folder = await navigator.storage.getDirectory(); await folder.getFileHandle('left', { create: true }); \
    history.pushState(null, '', '?left'); console.error('left')";

/// Each is another after [`LEAVE_TRACES`] and a change of the look.
const TRACES: &str = "const files = []; \
    for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name); \
    return [localStorage.left, sessionStorage.left, document.cookie, await indexedDB.databases(), \
    await caches.keys(), files, history.length, location.search, matchMedia('(prefers-color-scheme: dark)').matches]";
