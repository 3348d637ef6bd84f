//! Waiting.

use js_sys::Promise;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::JsFuture;

/// Stops the timer when dropped.
#[must_use = "the timer is stopped when this is dropped"]
pub struct Timer {
    // The browser has one thread; the wrapper lets `on_cleanup` own the handle.
    inner: SendWrapper<Inner>,
}

struct Inner {
    // Timeouts and intervals share one list of handles, so one function clears both.
    handle: i32,
    _closure: Closure<dyn FnMut()>,
}

/// Calls `callback` once, after `millis`.
pub fn after(millis: i32, callback: impl FnOnce() + 'static) -> Timer {
    let closure = Closure::once(callback);
    let handle = web_sys::window().and_then(|window| {
        let function = closure.as_ref().unchecked_ref();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(function, millis).ok()
    });
    Timer::new(handle, closure)
}

/// Calls `callback` again and again, each `millis`.
pub fn every(millis: i32, callback: impl FnMut() + 'static) -> Timer {
    let closure = Closure::new(callback);
    let handle = web_sys::window().and_then(|window| {
        let function = closure.as_ref().unchecked_ref();
        window.set_interval_with_callback_and_timeout_and_arguments_0(function, millis).ok()
    });
    Timer::new(handle, closure)
}

/// Waits for `millis`.
pub async fn sleep(millis: i32) {
    let promise = Promise::new(&mut |resolve, _| {
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, millis);
        }
    });
    // The promise is never refused.
    let _ = JsFuture::from(promise).await;
}

impl Timer {
    fn new(handle: Option<i32>, closure: Closure<dyn FnMut()>) -> Self {
        Self { inner: SendWrapper::new(Inner { handle: handle.unwrap_or_default(), _closure: closure }) }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(window) = web_sys::window() {
            window.clear_timeout_with_handle(self.inner.handle);
        }
    }
}
