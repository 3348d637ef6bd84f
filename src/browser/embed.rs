//! Opens the employees' dialog over the panel, by the same script that opens it on any other page.

use js_sys::{Function, global};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::HtmlElement;

use super::boot::get;

/// The script, and the name that it gives itself.
const SCRIPT: &str = "/embed.js";
const NAME: &str = "Frontdesk";

/// Opens the dialog; where its script can't be had, its own page at `otherwise`.
pub fn open(otherwise: &'static str) {
    if call() {
        return;
    }
    if load(otherwise).is_none() {
        super::page::reload_at(otherwise);
    }
}

fn call() -> bool {
    let frontdesk = get(&global(), NAME);
    let open = get(&frontdesk, "open").dyn_into::<Function>();
    open.is_ok_and(|open| open.call0(&frontdesk).is_ok())
}

fn load(otherwise: &'static str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let script: HtmlElement = document.create_element("script").ok()?.dyn_into().ok()?;
    let loaded = Closure::once_into_js(|_: JsValue| {
        call();
    });
    let failed = Closure::once_into_js(move |_: JsValue| super::page::reload_at(otherwise));
    script.set_onload(Some(loaded.unchecked_ref()));
    script.set_onerror(Some(failed.unchecked_ref()));
    script.set_attribute("src", SCRIPT).ok()?;
    document.head()?.append_child(&script).ok()?;
    Some(())
}
