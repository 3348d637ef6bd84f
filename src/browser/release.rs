//! The files of this release, and the page that names those of the newest.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, RequestCache, RequestInit, Response};

/// The addresses and names that this page was started with, as they stand in its head.
pub fn own() -> Vec<String> {
    let head = web_sys::window().and_then(|window| window.document()).and_then(|document| document.head());
    let Some(Ok(found)) = head.map(|head| head.query_selector_all("script[data-wasm], link[rel=stylesheet]"))
    else {
        return Vec::new();
    };
    let elements = (0..found.length()).filter_map(|index| found.get(index)).map(JsCast::unchecked_into);
    elements.flat_map(|element: Element| NAMES.map(|name| element.get_attribute(name))).flatten().collect()
}

/// The attributes that name files of a release.
const NAMES: [&str; 5] = ["src", "href", "data-js", "data-wasm", "data-wasm-integrity"];

/// The page at `path` as the server has it now; none when it can't be had.
pub async fn newest(path: &str) -> Option<String> {
    let options = RequestInit::new();
    options.set_cache(RequestCache::NoCache);
    let answer = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(path, &options)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.text().ok()?).await.ok()?.as_string()
}
