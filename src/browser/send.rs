//! Calls that carry bytes.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, Headers, Request, RequestInit, Response};

use super::bytes::Held;
use super::{page, timer};

/// How long an answer to a piece is waited for, in milliseconds.
const PATIENCE: i32 = 120_000;

/// There is no answer: whether the bytes have arrived isn't known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// The device has no connection.
    #[error("Offline")]
    Offline,
    /// The connection was cut, or nobody answered in time.
    #[error("Cut")]
    Cut,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Sent {
    /// The status.
    pub status: u16,
    /// Its text.
    pub body: String,
    /// Its headers: `Location`, `Upload-Offset` and `Content-Type`.
    pub location: Option<String>,
    /// How many bytes the backend has.
    pub offset: Option<u64>,
    /// Of which kind the text is.
    pub kind: String,
}

/// Makes a call with these headers and bytes.
///
/// # Errors
/// When there is no answer.
pub async fn send(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&Held>,
) -> Result<Sent, Lost> {
    let lost = |_: JsValue| if page::is_online() { Lost::Cut } else { Lost::Offline };
    let controller = AbortController::new().map_err(lost)?;
    let options = RequestInit::new();
    options.set_method(method);
    options.set_signal(Some(&controller.signal()));
    if let Some(held) = body {
        options.set_body(&Uint8Array::new(&held.buffer));
    }
    let named = Headers::new().map_err(lost)?;
    for (name, value) in headers {
        named.set(name, value).map_err(lost)?;
    }
    options.set_headers(&named);
    let _patience = timer::after(PATIENCE, move || controller.abort());
    let request = Request::new_with_str_and_init(path, &options).map_err(lost)?;
    let window = web_sys::window().ok_or(Lost::Cut)?;
    let answer = JsFuture::from(window.fetch_with_request(&request)).await.map_err(lost)?;
    let answer: Response = answer.dyn_into().map_err(lost)?;
    let header = |name: &str| answer.headers().get(name).ok().flatten();
    let text = JsFuture::from(answer.text().map_err(lost)?).await.map_err(lost)?;
    Ok(Sent {
        status: answer.status(),
        body: text.as_string().unwrap_or_default(),
        location: header("location"),
        offset: header("upload-offset").and_then(|offset| offset.parse().ok()),
        kind: header("content-type").unwrap_or_default(),
    })
}
