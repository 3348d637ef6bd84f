//! A file that the person chose, read slice by slice where it is.

use js_sys::Uint8Array;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Event, File, HtmlInputElement};

/// A file that the person chose.
#[derive(Clone)]
pub struct ChosenFile {
    // The browser has one thread; the wrapper lets a signal own the file.
    file: SendWrapper<File>,
}

/// The file that was chosen in the field of this event.
pub fn chosen(event: &Event) -> Option<ChosenFile> {
    let field: HtmlInputElement = event.target()?.dyn_into().ok()?;
    let file = field.files()?.get(0)?;
    Some(ChosenFile { file: SendWrapper::new(file) })
}

impl ChosenFile {
    /// What it is called.
    pub fn name(&self) -> String {
        self.file.name()
    }

    /// How many bytes it has.
    pub fn size(&self) -> usize {
        // Whole numbers far below 2^53.
        self.file.size() as usize
    }

    /// Some of its bytes; none when it can't be read any more.
    pub async fn slice(&self, from: usize, to: usize) -> Option<Vec<u8>> {
        let blob = self.file.slice_with_f64_and_f64(from as f64, to.min(self.size()) as f64).ok()?;
        let buffer = JsFuture::from(blob.array_buffer()).await.ok()?;
        Some(Uint8Array::new(&buffer).to_vec())
    }
}
