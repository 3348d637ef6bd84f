//! Where the keyboard is.

use wasm_bindgen::JsCast;
use web_sys::{
    Document, Element, Event, FocusEvent, HtmlElement, HtmlInputElement, KeyboardEvent, Node,
    ScrollIntoViewOptions, ScrollLogicalPosition,
};

/// Moves the focus to the element with this id; whether there is one.
pub fn focus_id(id: &str) -> bool {
    document()
        .and_then(|document| document.get_element_by_id(id))
        .is_some_and(|element| focus(element.unchecked_ref()))
}

/// Moves the focus to `element`; whether it took it.
pub fn focus(element: &HtmlElement) -> bool {
    element.focus().is_ok()
}

/// Moves the focus to the page's heading, as after a navigation; whether there is one.
pub fn focus_main_heading() -> bool {
    let heading = document().and_then(|document| document.query_selector("h1").ok().flatten());
    heading.is_some_and(|heading| focus_text(&heading))
}

/// Moves the focus to something that is only read, such as a heading; whether it took it.
pub(super) fn focus_text(element: &Element) -> bool {
    if !element.has_attribute("tabindex") {
        let _ = element.set_attribute("tabindex", "-1");
    }
    focus(element.unchecked_ref())
}

/// Presses the element that has the focus.
pub fn press() {
    if let Some(element) = active() {
        element.click();
    }
}

/// Presses the element with this id.
pub fn press_id(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        element.unchecked_ref::<HtmlElement>().click();
    }
}

/// The id of the element that has the focus.
pub fn active_id() -> Option<String> {
    active().map(|element| element.id()).filter(|id| !id.is_empty())
}

/// The element that has the focus, so that it can be given back; not the body.
pub fn active() -> Option<HtmlElement> {
    let element = document()?.active_element()?;
    (element.tag_name() != "BODY").then(|| element.unchecked_into())
}

/// Scrolls as little as needed to show the element with this id.
pub fn scroll_into_view(id: &str) {
    if let Some(element) = document().and_then(|document| document.get_element_by_id(id)) {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// The elements inside `host` that match, in the order of the page.
pub fn inside(host: &HtmlElement, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = host.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.get(index)).map(JsCast::unchecked_into).collect()
}

/// Which of several elements gets the focus.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// The first.
    First,
    /// The last.
    Last,
    /// The one after the one that has it; after the last the first.
    Next,
    /// The one before the one that has it; before the first the last.
    Previous,
}

/// Moves the focus among the elements that match inside the one with this id.
pub fn go(id: &str, selector: &str, at: At) {
    let host = document().and_then(|document| document.get_element_by_id(id));
    let elements = host.map(|host| inside(host.unchecked_ref(), selector)).unwrap_or_default();
    let count = elements.len();
    if count == 0 {
        return;
    }
    let active = active();
    let now = elements.iter().position(|element| active.as_ref() == Some(element));
    let index = match (at, now) {
        (At::First, _) | (At::Next, None) => 0,
        (At::Last, _) | (At::Previous, None) => count - 1,
        (At::Next, Some(now)) => (now + 1) % count,
        (At::Previous, Some(now)) => (now + count - 1) % count,
    };
    if let Some(element) = elements.get(index) {
        focus(element);
    }
}

/// Whether the focus goes out of the part of the page that matches; not when it leaves the window.
pub fn leaves(ev: &FocusEvent, selector: &str) -> bool {
    let from = ev.target().and_then(|from| from.dyn_into::<Element>().ok());
    let host = from.and_then(|from| from.closest(selector).ok().flatten());
    let to = ev.related_target().and_then(|to| to.dyn_into::<Node>().ok());
    matches!((host, to), (Some(host), Some(to)) if !host.contains(Some(&to)))
}

/// Marks the radio button with this value in the group of `ev`, whichever the browser has marked.
pub fn mark(ev: &Event, value: &str) {
    let target = ev.target().and_then(|target| target.dyn_into::<Element>().ok());
    let Some(group) = target.and_then(|target| target.closest("fieldset").ok().flatten()) else { return };
    for element in inside(group.unchecked_ref(), "input") {
        if let Some(input) = element.dyn_ref::<HtmlInputElement>() {
            input.set_checked(input.value() == value);
        }
    }
}

/// Whether a single key may mean something to the page: nobody is typing, choosing, or in an open dialog.
pub fn is_free(ev: &KeyboardEvent) -> bool {
    let is_typing = ev
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| {
            target.closest("input, textarea, select, [contenteditable], [role=menu], dialog").ok()
        })
        .flatten()
        .is_some();
    !is_typing && !ev.ctrl_key() && !ev.meta_key() && !ev.alt_key()
}

/// Whether the text around the element of `ev` runs from right to left, so that arrows swap their meaning.
pub fn is_right_to_left(ev: &KeyboardEvent) -> bool {
    let element = ev.target().and_then(|target| target.dyn_into::<Element>().ok());
    let host = element.and_then(|element| element.closest("[dir]").ok().flatten());
    host.is_some_and(|host| host.get_attribute("dir").as_deref() == Some("rtl"))
}

fn document() -> Option<Document> {
    web_sys::window()?.document()
}
