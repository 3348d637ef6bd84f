//! The clipboard.

use wasm_bindgen_futures::JsFuture;

/// The browser or the person did not allow it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This could not be copied")]
pub struct NotCopied;

/// Puts `text` on the clipboard.
pub async fn copy(text: &str) -> Result<(), NotCopied> {
    let window = web_sys::window().ok_or(NotCopied)?;
    let written = window.navigator().clipboard().write_text(text);
    JsFuture::from(written).await.map(|_| ()).map_err(|_| NotCopied)
}
