//! The focus is never left on the body: when what had it goes away, the part that it stood in gets it.

use std::cell::RefCell;
use std::rc::Rc;

use send_wrapper::SendWrapper;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement, MutationObserver, MutationObserverInit};

use super::focus;
use super::listen::{Listener, listen};
use super::timer::{self, Timer};

/// Stops watching when dropped.
#[must_use = "nobody watches over the focus when this is dropped"]
pub struct Watch {
    // The browser has one thread; the wrapper lets `on_cleanup` own the handle.
    inner: SendWrapper<Inner>,
}

struct Inner {
    observer: MutationObserver,
    _seen: Closure<dyn FnMut()>,
    _heard: Listener,
}

/// What had the focus last, and what it stood in, from the inside out.
type Path = Rc<RefCell<Vec<HtmlElement>>>;

/// Watches over the focus of the page. A button that has done its work and goes, or an answer that takes the
/// place of *Try again*, would leave people at the top of the page without a word.
pub fn watch() -> Option<Watch> {
    let document = web_sys::window()?.document()?;
    let path = Path::default();
    let coming = path.clone();
    let heard = listen(&document, "focusin", move |_| {
        let parents = std::iter::successors(focus::active(), parent);
        *coming.borrow_mut() = parents.collect();
    });
    let waiting = RefCell::new(None::<Timer>);
    let seen = Closure::new(move || {
        if focus::active().is_none() && is_lost(&path) {
            // A moment later, so that whoever knows a better place for the focus comes first.
            let path = path.clone();
            waiting.replace(Some(timer::after(0, move || give_back(&path))));
        }
    });
    let observer = MutationObserver::new(seen.as_ref().unchecked_ref()).ok()?;
    let options = MutationObserverInit::new();
    options.set_child_list(true);
    options.set_subtree(true);
    observer.observe_with_options(&document, &options).ok()?;
    Some(Watch { inner: SendWrapper::new(Inner { observer, _seen: seen, _heard: heard }) })
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.inner.observer.disconnect();
    }
}

/// Whether what had the focus was taken out of the page; else somebody has pressed beside everything.
fn is_lost(path: &Path) -> bool {
    path.borrow().first().is_some_and(|element| !element.is_connected())
}

/// Moves the focus to the heading of the innermost part that is left, or to that part.
fn give_back(path: &Path) {
    if focus::active().is_some() || !is_lost(path) {
        return;
    }
    let left: Vec<HtmlElement> =
        path.borrow().iter().filter(|element| element.is_connected()).cloned().collect();
    for part in left {
        // Headings of closed dialogs take no focus.
        for heading in focus::inside(&part, "h1, h2, h3") {
            focus::focus_text(&heading);
            if focus::active().is_some() {
                return;
            }
        }
        if part.has_attribute("tabindex") && focus::focus(&part) {
            return;
        }
    }
}

fn parent(element: &HtmlElement) -> Option<HtmlElement> {
    element.parent_element().filter(|parent: &Element| parent.tag_name() != "BODY")?.dyn_into().ok()
}
