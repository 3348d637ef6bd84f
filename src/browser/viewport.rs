//! What is seen of a long part of the page, and scrolling in it.

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::listen::{Listener, listen, listen_first};

/// The part that scrolls by itself, where the sheet lets it.
const SCROLLER: &str = "[data-scroller]";
/// What stands over the top of the scroller's content.
const HEAD: &str = "[data-scroller-head]";

/// Calls `callback` whenever anything has scrolled, or the window has another size.
pub fn on_scroll(callback: impl Fn() + Clone + 'static) -> Option<[Listener; 2]> {
    let window = web_sys::window()?;
    let document = window.document()?;
    let sized = callback.clone();
    Some([
        // Scrolling doesn't bubble: it is heard on its way down.
        listen_first(&document, "scroll", move |_| callback()),
        listen(&window, "resize", move |_| sized()),
    ])
}

/// Calls `callback` before the page is printed, and after.
pub fn on_print(callback: impl Fn(bool) + Clone + 'static) -> Option<[Listener; 2]> {
    let window = web_sys::window()?;
    let after = callback.clone();
    Some([
        listen(&window, "beforeprint", move |_| callback(true)),
        listen(&window, "afterprint", move |_| after(false)),
    ])
}

/// How high the element with this id is; 0 where it isn't drawn.
pub fn height(id: &str) -> f64 {
    find(id).map_or(0.0, |element| element.get_bounding_client_rect().height())
}

/// From where on the element with this id is seen, and how much of it, in pixels of its own.
pub fn seen(id: &str) -> (f64, f64) {
    let Some(element) = find(id) else { return (0.0, 0.0) };
    let own = element.get_bounding_client_rect();
    let (top, bottom) = frame(&element);
    ((top - own.top()).max(0.0), (bottom - own.top().max(top)).max(0.0))
}

/// Scrolls as little as needed to show the part from `top` on, `height` high, of the element with this id.
pub fn show(id: &str, top: f64, height: f64) {
    let Some(element) = find(id) else { return };
    let scroller = scroller(&element);
    scroll(&element, top, height, |by| match &scroller {
        Some(scroller) => scroller.set_scroll_top(scroller.scroll_top().saturating_add(by)),
        None => scroll_window(by),
    });
    if scroller.is_some() {
        // The scroller itself may stand below the edge of the window.
        let (edge, own) = (window_height(), element.get_bounding_client_rect());
        let below = own.top() + top + height - edge;
        if below > 0.0 {
            scroll_window(pixels(below));
        }
    }
}

/// Scrolls to the beginning of the element with this id.
pub fn show_top(id: &str) {
    show(id, 0.0, 1.0);
}

fn scroll(element: &HtmlElement, top: f64, height: f64, scroll: impl Fn(i32)) {
    let own = element.get_bounding_client_rect();
    let (from, to) = frame(element);
    let (above, below) = (own.top() + top - from, own.top() + top + height - to);
    if above < 0.0 {
        scroll(pixels(above));
    } else if below > 0.0 {
        scroll(pixels(below));
    }
}

/// Between which edges of the window the element can be seen.
fn frame(element: &HtmlElement) -> (f64, f64) {
    let Some(scroller) = scroller(element) else { return (0.0, window_height()) };
    let own = scroller.get_bounding_client_rect();
    let head = scroller.query_selector(HEAD).ok().flatten();
    let head = head.map_or(0.0, |head| head.get_bounding_client_rect().height());
    (own.top() + head, own.bottom().min(window_height()))
}

/// The part around the element that scrolls; none where the window does.
fn scroller(element: &HtmlElement) -> Option<Element> {
    let scroller = element.closest(SCROLLER).ok().flatten()?;
    (scroller.scroll_height() > scroller.client_height() + 1 && is_scrolling(&scroller)).then_some(scroller)
}

fn is_scrolling(element: &Element) -> bool {
    let style = web_sys::window().and_then(|window| window.get_computed_style(element).ok().flatten());
    style.and_then(|style| style.get_property_value("overflow-y").ok()).is_some_and(|word| word != "visible")
}

fn scroll_window(by: i32) {
    if let Some(window) = web_sys::window() {
        window.scroll_by_with_x_and_y(0.0, f64::from(by));
    }
}

fn window_height() -> f64 {
    let height = web_sys::window().and_then(|window| window.inner_height().ok());
    height.and_then(|height| height.as_f64()).unwrap_or_default()
}

fn find(id: &str) -> Option<HtmlElement> {
    web_sys::window()?.document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Away from zero, so that what is shown is shown whole.
fn pixels(value: f64) -> i32 {
    if value < 0.0 { value.floor() as i32 } else { value.ceil() as i32 }
}
