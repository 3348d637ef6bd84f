//! The document and the window.

use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Document, Element, VisibilityState, Window};

use super::boot::get;
use super::listen::{Listener, listen};

/// What the tab is called.
pub fn set_title(title: &str) {
    if let Some(document) = document() {
        document.set_title(title);
    }
}

/// Says that the first page stands with its data: `<html data-ready>`.
pub fn set_ready() {
    set_attribute("data-ready", Some(""));
}

/// The language of the page, and its direction, for readers and for the styles.
pub fn set_language(tag: &str, direction: &str) {
    set_attribute("lang", Some(tag));
    set_attribute("dir", Some(direction));
}

/// `light` or `dark`; none for what the device wants.
pub fn set_theme(theme: Option<&str>) {
    set_attribute("data-theme", theme);
}

/// `comfortable`; none for compact.
pub fn set_density(density: Option<&str>) {
    set_attribute("data-density", density);
}

/// Loads the page again.
pub fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

/// Leaves the program and loads the page at `address` of this site, so that nothing in memory outlives it.
pub fn reload_at(address: &str) {
    if let Some(window) = window() {
        let _ = window.location().assign(address);
    }
}

/// Fetches a file of this site into the person's downloads; the page stays.
pub fn download(address: &str) {
    let Some(document) = document() else { return };
    let Ok(link) = document.create_element("a") else { return };
    let _ = link.set_attribute("href", address);
    let _ = link.set_attribute("download", "");
    link.unchecked_ref::<web_sys::HtmlElement>().click();
}

/// Opens the browser's question how to print.
pub fn print() {
    if let Some(window) = window() {
        let _ = window.print();
    }
}

/// Path and query of the address, without what is behind `#`.
pub fn path_with_query() -> String {
    let Some(window) = window() else { return String::new() };
    let location = window.location();
    location.pathname().unwrap_or_default() + &location.search().unwrap_or_default()
}

/// The value of a name in the query of the address, where it needs no decoding.
pub fn query(name: &str) -> Option<String> {
    let query = window()?.location().search().ok()?;
    let pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.into_iter().find(|(own, _)| *own == name).map(|(_, value)| value.to_owned())
}

/// What the browser says about itself.
pub fn agent() -> String {
    window().and_then(|window| window.navigator().user_agent().ok()).unwrap_or_default()
}

/// The size of the screen: `1280 × 900`.
pub fn screen() -> Option<String> {
    let screen = get(&window()?.into(), "screen");
    let side = |name| get(&screen, name).as_f64();
    Some([(side("width")? as u32).to_string(), (side("height")? as u32).to_string()].join(" × "))
}

/// Marks the whole page, for the styles.
pub fn set_mark(name: &str, is_set: bool) {
    set_attribute(name, is_set.then_some(""));
}

/// The scheme, host and port of the address.
pub fn origin() -> String {
    window().and_then(|window| window.location().origin().ok()).unwrap_or_default()
}

/// What is behind `#` in the address.
pub fn fragment() -> Option<String> {
    let hash = window()?.location().hash().ok()?;
    hash.strip_prefix('#').filter(|fragment| !fragment.is_empty()).map(str::to_owned)
}

/// Takes what is behind `#` out of the address and the history, as it may be secret.
pub fn clear_fragment() {
    if let Some(history) = window().and_then(|window| window.history().ok()) {
        let state = history.state().unwrap_or(JsValue::NULL);
        let _ = history.replace_state_with_url(&state, "", Some(&path_with_query()));
    }
}

/// What is typed in the field with this id; nothing where there is no such field.
pub fn typed(id: &str) -> String {
    let field = document().and_then(|document| document.get_element_by_id(id));
    let value = field.and_then(|field| js_sys::Reflect::get(&field, &JsValue::from_str("value")).ok());
    value.and_then(|value| value.as_string()).unwrap_or_default()
}

/// Removes everything inside the element with this id, such as the skeleton before the panel takes its place.
pub fn clear(id: &str) -> Option<web_sys::HtmlElement> {
    let element = document()?.get_element_by_id(id)?;
    element.replace_children_with_node_0();
    Some(element.unchecked_into())
}

/// The country of the language that the browser prefers, in two letters: `FR` of `fr-FR`.
pub fn region() -> Option<String> {
    let tag = window()?.navigator().language()?;
    let region = tag.rsplit('-').next().filter(|region| region.len() == 2 && tag.len() > 2)?;
    Some(region.to_ascii_uppercase())
}

/// Whether the browser believes that it is connected.
pub fn is_online() -> bool {
    window().is_none_or(|window| window.navigator().on_line())
}

/// Calls `callback` with whether the browser is connected, each time that this changes.
pub fn on_online_change(callback: impl Fn(bool) + Clone + 'static) -> Option<[Listener; 2]> {
    let window = window()?;
    let online = callback.clone();
    Some([
        listen(&window, "online", move |_| online(true)),
        listen(&window, "offline", move |_| callback(false)),
    ])
}

/// Calls `callback` when the page may be about to go, the last moment to save what was typed.
pub fn on_hide(callback: impl Fn() + Clone + 'static) -> Option<[Listener; 2]> {
    let window = window()?;
    let document = window.document()?;
    let leave = callback.clone();
    let hidden = document.clone();
    Some([
        listen(&window, "pagehide", move |_| leave()),
        listen(&document, "visibilitychange", move |_| {
            if hidden.visibility_state() == VisibilityState::Hidden {
                callback();
            }
        }),
    ])
}

/// Whether the page can be seen.
pub fn is_visible() -> bool {
    document().is_none_or(|document| document.visibility_state() == VisibilityState::Visible)
}

/// Calls `callback` when Escape is pressed and nothing on the page has taken it.
pub fn on_escape(callback: impl Fn() + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    Some(listen(&document, "keydown", move |event| {
        let key = event.dyn_ref::<web_sys::KeyboardEvent>();
        if key.is_some_and(|key| key.key() == "Escape" && !key.is_composing() && !key.default_prevented()) {
            callback();
        }
    }))
}

/// Calls `callback` each time that the page is seen again.
pub fn on_show(callback: impl Fn() + 'static) -> Option<Listener> {
    let document = window()?.document()?;
    let shown = document.clone();
    Some(listen(&document, "visibilitychange", move |_| {
        if shown.visibility_state() == VisibilityState::Visible {
            callback();
        }
    }))
}

/// Shows the crash page of `boot.js`, which needs nothing of this program.
pub fn crash(details: &str) {
    let crash = get(&get(&js_sys::global(), "frontdesk"), "crash");
    if let Some(crash) = crash.dyn_ref::<Function>() {
        let _ = crash.call1(&JsValue::UNDEFINED, &JsValue::from_str(details));
    }
}

/// Tells whoever looks into the console that we have made a mistake which the page survives.
pub fn complain(what: &str) {
    let console = get(&js_sys::global(), "console");
    if let Some(error) = get(&console, "error").dyn_ref::<Function>() {
        let _ = error.call1(&console, &JsValue::from_str(what));
    }
}

/// Whether the page is at most this wide, so that the rail is a menu.
pub fn matches_media(query: &str) -> bool {
    window().and_then(|window| window.match_media(query).ok().flatten()).is_some_and(|list| list.matches())
}

fn set_attribute(name: &str, value: Option<&str>) {
    if let Some(root) = root() {
        let _ = match value {
            Some(value) => root.set_attribute(name, value),
            None => root.remove_attribute(name),
        };
    }
}

fn root() -> Option<Element> {
    document()?.document_element()
}

fn document() -> Option<Document> {
    window()?.document()
}

fn window() -> Option<Window> {
    web_sys::window()
}

/// Hands on the address of each link that is pressed plainly: no other button, no key held, nothing that opens
/// elsewhere. `take` says whether it goes there itself.
pub fn on_link(take: impl Fn(&str) -> bool + 'static) -> Option<Listener> {
    let document = web_sys::window()?.document()?;
    Some(listen(&document, "click", move |event| {
        let Some(click) = event.dyn_ref::<web_sys::MouseEvent>() else { return };
        let is_plain = click.button() == 0
            && !(click.ctrl_key() || click.meta_key() || click.shift_key() || click.alt_key())
            && !click.default_prevented();
        let pressed = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
        let link = pressed.and_then(|pressed| pressed.closest("a[href]").ok().flatten());
        let Some(link) = link.filter(|_| is_plain) else { return };
        let is_elsewhere = link.has_attribute("download")
            || link.has_attribute("target")
            || link.get_attribute("rel").is_some_and(|rel| rel.split(' ').any(|word| word == "external"));
        let href = link.get_attribute("href").unwrap_or_default();
        if !is_elsewhere && href.starts_with('/') && !href.starts_with("//") && take(&href) {
            event.prevent_default();
        }
    }))
}
