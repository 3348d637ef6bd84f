//! Native `<dialog>`.

use wasm_bindgen::JsCast;
use web_sys::HtmlDialogElement;

/// Opens the dialog with this id over the page, unless it is open.
pub fn show_modal(id: &str) {
    if let Some(dialog) = find(id).filter(|dialog| !dialog.open()) {
        // Refused only when the element has left the page meanwhile; then there is nothing to show.
        let _ = dialog.show_modal();
    }
}

/// Closes the dialog with this id, when it is open.
pub fn close(id: &str) {
    if let Some(dialog) = find(id).filter(HtmlDialogElement::open) {
        dialog.close();
    }
}

fn find(id: &str) -> Option<HtmlDialogElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}
