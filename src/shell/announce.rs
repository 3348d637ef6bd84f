//! A page says that it stands: title, announcement, focus on its heading.

use leptos::prelude::*;

use crate::browser::{focus, page};
use crate::ui::{effect, use_announcer};

/// Until the first page stands with its data. On that page the focus stays where the browser put it.
#[derive(Clone, Copy)]
pub struct FirstPage {
    is_first: StoredValue<bool>,
    has_title: RwSignal<bool>,
    /// How many parts still wait for their first answer.
    waiting: RwSignal<usize>,
    /// How many pages stand with a title: one, or none while the data of the page is missing.
    titles: RwSignal<usize>,
}

impl FirstPage {
    /// No page has stood yet; `<html data-ready>` appears when the first one does.
    pub fn begin() -> Self {
        let first = Self {
            is_first: StoredValue::new(true),
            has_title: RwSignal::new(false),
            waiting: RwSignal::new(0),
            titles: RwSignal::new(0),
        };
        // The document is outside the reactive graph.
        effect(move || {
            if first.has_title.get() && first.waiting.get() == 0 {
                page::set_ready();
            }
        });
        first
    }

    /// A part of the page that waits for its first answer, until it has come or the part has gone.
    pub fn part() -> Part {
        let first = expect_context::<Self>();
        first.wait();
        let part = Part { first, is_waiting: StoredValue::new(true) };
        on_cleanup(move || part.arrive());
        part
    }

    /// A part waits for its first answer.
    pub fn wait(self) {
        self.waiting.update(|waiting| *waiting += 1);
    }

    /// It has come, or the part has gone.
    pub fn arrive(self) {
        self.waiting.update(|waiting| *waiting = waiting.saturating_sub(1));
    }

    /// Whether the page has said what it is; follows changes.
    pub fn has_page(self) -> bool {
        self.titles.get() > 0
    }
}

/// A part of the page that waits.
#[derive(Clone, Copy)]
pub struct Part {
    first: FirstPage,
    is_waiting: StoredValue<bool>,
}

impl Part {
    /// Its answer has come, good or bad. Said again it changes nothing.
    pub fn arrive(self) {
        if self.is_waiting.try_get_value() == Some(true) {
            self.is_waiting.set_value(false);
            self.first.arrive();
        }
    }
}

/// Sets the title and, after a change of page, announces it and moves the focus to its heading.
///
/// Called where the page's heading is made, so once its data is there.
pub fn announce_page(title: Signal<String>) {
    let first = expect_context::<FirstPage>();
    first.titles.update(|titles| *titles += 1);
    on_cleanup(move || {
        // The whole panel may be gone.
        let _ = first.titles.try_update(|titles| *titles = titles.saturating_sub(1));
    });
    announce(title);
}

/// The same for what stands in place of a page whose data can't be had.
pub fn announce_failed_page(title: Signal<String>) {
    announce(title);
}

fn announce(title: Signal<String>) {
    let announcer = use_announcer();
    let first = expect_context::<FirstPage>();
    let is_new = StoredValue::new(true);
    // The document's title and its focus are outside the reactive graph.
    effect(move || {
        let title = title.get();
        page::set_title(&format!("{title} · Frontdesk"));
        if !is_new.get_value() {
            return;
        }
        is_new.set_value(false);
        if first.is_first.get_value() {
            first.is_first.set_value(false);
            first.has_title.set(true);
        } else {
            announcer.announce(title);
            focus::focus_main_heading();
        }
    });
}
