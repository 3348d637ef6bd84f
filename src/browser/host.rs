//! The page that shows this one in a frame, and what is said to it and by it.

use js_sys::JSON;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Window};

use super::listen::{Listener, listen};

/// Whether this page stands in a frame.
pub fn is_framed() -> bool {
    parent().is_some()
}

/// Calls `callback` with what the framing page says, as JSON, and with its origin. Nobody else is heard.
pub fn hear(callback: impl Fn(String, String) + 'static) -> Option<Listener> {
    let window = web_sys::window()?;
    Some(listen(&window, "message", move |event| {
        let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
        let source: JsValue = event.source().map(Into::into).unwrap_or(JsValue::UNDEFINED);
        let is_host = parent().is_some_and(|parent| JsValue::from(parent) == source);
        let json = JSON::stringify(&event.data()).ok().and_then(|json| json.as_string());
        if let Some(json) = json.filter(|_| is_host) {
            callback(json, event.origin());
        }
    }))
}

/// Says something to the framing page, if it is from `origin`; `*` for anybody's ears.
pub fn tell(json: &str, origin: &str) {
    if let (Some(parent), Ok(message)) = (parent(), JSON::parse(json)) {
        let _ = parent.post_message(&message, origin);
    }
}

fn parent() -> Option<Window> {
    let window = web_sys::window()?;
    let parent = window.parent().ok().flatten()?;
    (parent != window).then_some(parent)
}
