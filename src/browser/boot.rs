//! What `boot.js` left in `globalThis.frontdesk` before the program started.

use std::future::Future;

use js_sys::{Array, Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::RequestInit;

/// The language, the words of it, and where the others are.
#[derive(Debug, Clone, Default)]
pub struct Boot {
    /// The tag of the language that was picked.
    pub language: String,
    /// Each language with the addresses of its words, parted by spaces, in the order in which the build wrote them:
    /// by tag. The first comes with the program.
    pub files: Vec<(String, String)>,
    /// The first language file of the picked language.
    pub words: Vec<String>,
}

/// What was left; empty when the page was started by something else.
pub fn left() -> Boot {
    let frontdesk = get(&js_sys::global(), "frontdesk");
    let files = get(&frontdesk, "languages");
    let files: Vec<(String, String)> = match files.dyn_ref::<Object>() {
        Some(files) => {
            Object::entries(files).iter().filter_map(|entry| pair(&entry.unchecked_into())).collect()
        }
        None => Vec::new(),
    };
    Boot {
        language: get(&frontdesk, "language").as_string().unwrap_or_else(|| "en".to_owned()),
        files,
        words: texts(&get(&frontdesk, "words")),
    }
}

/// Fetches a language file; `None` when it can't be had or is no list of texts. What stands behind `#`
/// in the address is its integrity.
pub async fn fetch_words(address: &str) -> Option<Vec<String>> {
    let (path, integrity) = address.split_once('#').unwrap_or((address, ""));
    let options = RequestInit::new();
    options.set_integrity(integrity);
    let response = JsFuture::from(web_sys::window()?.fetch_with_str_and_init(path, &options)).await.ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let json: Promise = response.json().ok()?;
    let words = texts(&JsFuture::from(json).await.ok()?);
    (!words.is_empty()).then_some(words)
}

/// Asks for the sheet of the later pages, unless it is here. Says whether it is here then.
pub fn dress() -> impl Future<Output = bool> {
    let frontdesk = get(&js_sys::global(), "frontdesk");
    let dress = get(&frontdesk, "dress").dyn_into::<Function>();
    // It is asked for now, not when somebody waits for it.
    let told = dress.map(|dress| dress.call0(&frontdesk).map(JsCast::unchecked_into::<Promise>));
    async move {
        match told {
            Ok(Ok(told)) => JsFuture::from(told).await.is_ok_and(|is_here| is_here.is_truthy()),
            Ok(Err(_)) => false,
            // A page that was started by something else has all of its sheets.
            Err(_) => true,
        }
    }
}

/// A property of an object that may not be there.
pub(super) fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

fn texts(list: &JsValue) -> Vec<String> {
    list.dyn_ref::<Array>()
        .map(|list| list.iter().map(|text| text.as_string().unwrap_or_default()).collect())
        .unwrap_or_default()
}

fn pair(entry: &Array) -> Option<(String, String)> {
    Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
}
