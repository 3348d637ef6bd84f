//! One tab at a time.

use js_sys::{Function, Object, Promise, Reflect};
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
    take(name, false).await.0
}

/// The lock of this name, unless another tab holds it.
pub async fn seize(name: &str) -> Option<Held> {
    let (held, is_ours) = take(name, true).await;
    is_ours.then_some(held)
}

async fn take(name: &str, is_hasty: bool) -> (Held, bool) {
    let mut release = None;
    let kept = Promise::new(&mut |resolve, _| release = Some(resolve));
    let Some(window) = web_sys::window() else { return (Held { release }, true) };
    let locks = get(&window.navigator().into(), "locks");
    let Ok(request) = get(&locks, "request").dyn_into::<Function>() else { return (Held { release }, true) };
    let options = Object::new();
    let _ = Reflect::set(&options, &JsValue::from_str("ifAvailable"), &JsValue::from_bool(is_hasty));
    let given = Promise::new(&mut |resolve, _| {
        let kept = kept.clone();
        let got = Closure::once_into_js(move |lock: JsValue| -> JsValue {
            let _ = resolve.call1(&JsValue::UNDEFINED, &lock);
            kept.into()
        });
        let _ = request.call3(&locks, &JsValue::from_str(name), &options, &got);
    });
    // Whoever is in a hurry is given nothing where another has it.
    let is_ours = JsFuture::from(given).await.is_ok_and(|lock| !lock.is_null());
    (Held { release }, is_ours)
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(release) = &self.release {
            let _ = release.call0(&JsValue::UNDEFINED);
        }
    }
}
