//! Native `<dialog>`.

use web_sys::HtmlDialogElement;

/// Opens it over the page, unless it is open.
pub fn show_modal(dialog: &HtmlDialogElement) {
    if !dialog.open() {
        // Refused only when the element has left the page meanwhile; then there is nothing to show.
        let _ = dialog.show_modal();
    }
}

/// Closes it, when it is open.
pub fn close(dialog: &HtmlDialogElement) {
    if dialog.open() {
        dialog.close();
    }
}
