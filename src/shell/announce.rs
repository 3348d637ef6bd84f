//! A page says that it stands: title, announcement, focus on its heading.

use leptos::prelude::*;

use crate::browser::{focus, page};
use crate::ui::use_announcer;

/// Whether a page has stood already. On the very first one the focus stays where the browser put it.
#[derive(Clone, Copy)]
pub struct FirstPage(StoredValue<bool>);

impl FirstPage {
    /// No page has stood yet.
    pub fn new() -> Self {
        Self(StoredValue::new(true))
    }
}

impl Default for FirstPage {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets the title and, after a change of page, announces it and moves the focus to its heading.
///
/// Called where the page's heading is made, so once its data is there.
pub fn announce_page(title: Signal<String>) {
    let announcer = use_announcer();
    let first = expect_context::<FirstPage>();
    let is_new = StoredValue::new(true);
    // The document's title, its focus and `data-ready` are outside the reactive graph.
    Effect::new(move |_| {
        let title = title.get();
        page::set_title(&format!("{title} · Frontdesk"));
        if !is_new.get_value() {
            return;
        }
        is_new.set_value(false);
        if first.0.get_value() {
            first.0.set_value(false);
            page::set_ready();
        } else {
            announcer.announce(title);
            focus::focus_main_heading();
        }
    });
}
