//! Listening to the browser's events for as long as a handle lives.

use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Stops listening when dropped.
#[must_use = "the listener is removed when this is dropped"]
pub struct Listener {
    // The browser has one thread; the wrapper lets `on_cleanup` own the handle.
    inner: SendWrapper<Inner>,
}

struct Inner {
    target: EventTarget,
    event: &'static str,
    is_first: bool,
    closure: Closure<dyn FnMut(Event)>,
}

/// Calls `callback` at each `event` of `target`.
pub(super) fn listen(
    target: &EventTarget,
    event: &'static str,
    callback: impl FnMut(Event) + 'static,
) -> Listener {
    boxed(target, event, false, Box::new(callback))
}

/// As [`listen`], before anything inside the target hears of it, and also of what doesn't bubble.
pub(super) fn listen_first(
    target: &EventTarget,
    event: &'static str,
    callback: impl FnMut(Event) + 'static,
) -> Listener {
    boxed(target, event, true, Box::new(callback))
}

fn boxed(
    target: &EventTarget,
    event: &'static str,
    is_first: bool,
    callback: Box<dyn FnMut(Event)>,
) -> Listener {
    let closure = Closure::wrap(callback);
    let function = closure.as_ref().unchecked_ref();
    let _ = target.add_event_listener_with_callback_and_bool(event, function, is_first);
    Listener { inner: SendWrapper::new(Inner { target: target.clone(), event, is_first, closure }) }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let Inner { target, event, is_first, closure } = &*self.inner;
        let function = closure.as_ref().unchecked_ref();
        let _ = target.remove_event_listener_with_callback_and_bool(event, function, *is_first);
    }
}
