//! Bytes of a file, wherever the browser keeps them.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, Url};

/// They can't be read any more: the file was moved, changed or taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The file can't be read any more")]
pub struct Vanished;

/// A file, or a part of one. Clones are the same bytes.
#[derive(Debug, Clone)]
pub struct Bytes {
    // The browser has one thread; the wrapper lets signals own the handle.
    blob: SendWrapper<Blob>,
}

impl Bytes {
    /// Those of a file of the browser.
    pub fn new(blob: Blob) -> Self {
        Self { blob: SendWrapper::new(blob) }
    }

    pub(super) fn blob(&self) -> &Blob {
        &self.blob
    }

    /// Several pieces as one file of this kind, such as `video/webm`.
    pub fn joined(pieces: &[Self], kind: &str) -> Option<Self> {
        let parts: Array = pieces.iter().map(|piece| piece.blob().clone()).collect();
        let options = BlobPropertyBag::new();
        options.set_type(kind);
        Blob::new_with_blob_sequence_and_options(&parts, &options).ok().map(Self::new)
    }

    /// How many there are.
    pub fn size(&self) -> u64 {
        // Whole numbers far below 2^53.
        self.blob.size() as u64
    }

    /// What the browser believes that they are, such as `image/png`.
    pub fn kind(&self) -> String {
        self.blob.type_()
    }

    /// The bytes from here to there.
    pub fn part(&self, from: u64, to: u64) -> Option<Self> {
        self.blob.slice_with_f64_and_f64(from as f64, to as f64).ok().map(Self::new)
    }

    /// A part in memory.
    ///
    /// # Errors
    /// When they can't be read any more.
    pub async fn read(&self) -> Result<Held, Vanished> {
        let buffer = JsFuture::from(self.blob.array_buffer()).await.map_err(|_| Vanished)?;
        let buffer: ArrayBuffer = buffer.dyn_into().map_err(|_| Vanished)?;
        Ok(Held { buffer })
    }

    /// The same bytes in memory, so that the file may go.
    ///
    /// # Errors
    /// When they can't be read any more.
    pub async fn kept(&self) -> Result<Self, Vanished> {
        let held = self.read().await?;
        let options = BlobPropertyBag::new();
        options.set_type(&self.kind());
        let blob = Blob::new_with_buffer_source_sequence_and_options(&Array::of1(&held.buffer), &options);
        blob.map(Self::new).map_err(|_| Vanished)
    }

    /// An address under which the page can show them.
    pub fn address(&self) -> Option<Address> {
        Url::create_object_url_with_blob(&self.blob).ok().map(|address| Address { address })
    }
}

/// Bytes in memory.
pub struct Held {
    pub(super) buffer: ArrayBuffer,
}

impl Held {
    /// Their SHA-256 in Base64; none where the browser has no cryptography (pages without https).
    pub async fn checksum(&self) -> Option<String> {
        let window = web_sys::window()?;
        let subtle = window.crypto().ok()?.subtle();
        if subtle.is_undefined() {
            return None;
        }
        let digest = subtle.digest_with_str_and_buffer_source("SHA-256", &self.buffer).ok()?;
        let digest = JsFuture::from(digest).await.ok()?;
        let bytes = Uint8Array::new(&digest).to_vec();
        let binary: String = bytes.into_iter().map(char::from).collect();
        window.btoa(&binary).ok()
    }
}

/// A text in Base64 of its UTF-8.
pub fn base64(text: &str) -> String {
    let binary: String = text.bytes().map(char::from).collect();
    web_sys::window().and_then(|window| window.btoa(&binary).ok()).unwrap_or_default()
}

/// An address of this page alone; it ends with the value.
#[derive(Debug)]
pub struct Address {
    address: String,
}

impl Address {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.address
    }
}

impl Drop for Address {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.address);
    }
}
