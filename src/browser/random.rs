//! Values that nobody can guess.

/// A random UUID, for idempotency keys and drafts.
pub fn uuid() -> String {
    web_sys::window()
        .and_then(|window| window.crypto().ok())
        .map(|crypto| crypto.random_uuid())
        .unwrap_or_default()
}

/// An id for an element that needs one and was given none.
pub fn element_id(prefix: &str) -> String {
    // Letters enough that two elements of one page never share it.
    let number = (js_sys::Math::random() * 9e15) as u64;
    format!("{prefix}-{number:x}")
}

/// A number from 0 up to 1, for spreading retries.
pub fn fraction() -> f64 {
    js_sys::Math::random()
}
