//! One tab at a time.

use js_sys::{Function, Promise};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::boot::get;

/// Holds a lock of the browser until it is dropped.
#[must_use = "the lock is given back when this is dropped"]
pub struct Held {
    release: Option<Function>,
}

/// Waits until no other tab holds the lock of this name. Where the browser has no locks there is nothing to wait
/// for, and what is done must be safe to do twice.
pub async fn hold(name: &str) -> Held {
    let mut release = None;
    let kept = Promise::new(&mut |resolve, _| release = Some(resolve));
    let Some(window) = web_sys::window() else { return Held { release } };
    let locks = get(&window.navigator().into(), "locks");
    let Ok(request) = get(&locks, "request").dyn_into::<Function>() else { return Held { release } };
    let given = Promise::new(&mut |resolve, _| {
        let kept = kept.clone();
        let got = Closure::once_into_js(move |_: JsValue| -> JsValue {
            let _ = resolve.call0(&JsValue::UNDEFINED);
            kept.into()
        });
        let _ = request.call2(&locks, &JsValue::from_str(name), &got);
    });
    let _ = JsFuture::from(given).await;
    Held { release }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}
