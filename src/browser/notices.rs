//! Notifications of the system, by the person's permission.

use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::boot::get;

/// What the person has said about notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// They may be shown.
    Granted,
    /// Nobody has asked yet.
    Open,
    /// They may not be shown, or this browser has none.
    Denied,
}

/// What the person has said so far.
pub fn permission() -> Permission {
    read(&get(&class(), "permission"))
}

/// Asks the person; a browser lets one ask in answer to a press alone.
pub async fn ask() -> Permission {
    let class = class();
    let Some(request) = get(&class, "requestPermission").dyn_ref::<Function>().cloned() else {
        return Permission::Denied;
    };
    let Some(promise) = request.call0(&class).ok().and_then(|asked| asked.dyn_into::<Promise>().ok()) else {
        return Permission::Denied;
    };
    // A promise that is refused is a person who doesn't want any.
    JsFuture::from(promise).await.map_or(Permission::Denied, |said| read(&said))
}

/// Shows one. Two with the same `tag`, from two tabs, are one.
pub fn show(title: &str, body: &str, tag: &str) {
    let Ok(class) = class().dyn_into::<Function>() else { return };
    let options = Object::new();
    for (name, value) in [("body", body), ("tag", tag)] {
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    let arguments = js_sys::Array::of2(&JsValue::from_str(title), &options);
    // Phones refuse what has no service worker.
    let _ = Reflect::construct(&class, &arguments);
}

fn class() -> JsValue {
    get(&js_sys::global(), "Notification")
}

fn read(word: &JsValue) -> Permission {
    match word.as_string().as_deref() {
        Some("granted") => Permission::Granted,
        Some("default") => Permission::Open,
        Some(_) | None => Permission::Denied,
    }
}
