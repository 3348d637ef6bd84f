//! Files that a person chose, dropped or pasted, and where a pointer is in an element.

use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    ClipboardEvent, DataTransfer, DragEvent, Element, Event, File, FileList, HtmlInputElement, PointerEvent,
};

use super::bytes::Bytes;
use super::listen::{Listener, listen};

/// A file with its name.
#[derive(Debug, Clone)]
pub struct Picked {
    /// What the person calls it; empty for what was pasted.
    pub name: String,
    /// What is in it.
    pub bytes: Bytes,
}

/// The files of a file field, which is empty afterwards, so that the same file can be chosen again.
pub fn chosen(ev: &Event) -> Vec<Picked> {
    let Some(field) = ev.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else {
        return Vec::new();
    };
    let files = list(field.files());
    field.set_value("");
    files
}

/// The files that were dropped.
pub fn dropped(ev: &DragEvent) -> Vec<Picked> {
    carried(ev.data_transfer())
}

/// Calls `callback` with the files that are pasted anywhere on the page. Pasted text goes where it is typed.
pub fn on_paste(callback: impl Fn(Vec<Picked>) + 'static) -> Option<Listener> {
    let document = web_sys::window()?.document()?;
    Some(listen(&document, "paste", move |event| {
        let files = event.dyn_ref::<ClipboardEvent>().map(|event| carried(event.clipboard_data()));
        if let Some(files) = files.filter(|files| !files.is_empty()) {
            event.prevent_default();
            callback(files);
        }
    }))
}

/// Opens the browser's question for a file, as pressing the field with this id does.
pub fn ask(id: &str) {
    super::focus::press_id(id);
}

/// Where the pointer is in the element that it is on, as shares of its width and height.
pub fn place_in(ev: &PointerEvent) -> Option<(f64, f64)> {
    let element = ev.target()?.dyn_into::<Element>().ok()?;
    let frame = element.get_bounding_client_rect();
    let share = |at: f64, from: f64, length: f64| ((at - from) / length.max(1.0)).clamp(0.0, 1.0);
    Some((
        share(f64::from(ev.client_x()), frame.left(), frame.width()),
        share(f64::from(ev.client_y()), frame.top(), frame.height()),
    ))
}

/// From now on the element that it is on hears of the pointer wherever it goes, until it is lifted.
pub fn hold(ev: &PointerEvent) {
    if let Some(element) = ev.target().and_then(|target| target.dyn_into::<Element>().ok()) {
        // Refused only when the pointer is gone already.
        let _ = element.set_pointer_capture(ev.pointer_id());
    }
}

fn carried(data: Option<DataTransfer>) -> Vec<Picked> {
    list(data.and_then(|data| data.files()))
}

fn list(files: Option<FileList>) -> Vec<Picked> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|index| files.get(index)).map(picked).collect()
}

fn picked(file: File) -> Picked {
    let name = file.name();
    let blob: JsValue = file.into();
    Picked { name, bytes: Bytes::new(blob.unchecked_into()) }
}
