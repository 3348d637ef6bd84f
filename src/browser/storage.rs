//! What the device keeps: for this browser, or for this tab.

use wasm_bindgen::JsCast;
use web_sys::{Storage, StorageEvent};

use super::listen::{Listener, listen};

/// Where it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Area {
    /// For all tabs, until it is removed.
    Local,
    /// For this tab, until it is closed.
    Session,
}

/// The device keeps nothing more, or nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This device has no room left")]
pub struct Full;

/// What another tab changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// Which key; none when everything was removed.
    pub name: Option<String>,
    /// What it is now; none when it was removed.
    pub value: Option<String>,
}

/// The text under `key`.
pub fn read(area: Area, key: &str) -> Option<String> {
    storage(area)?.get_item(key).ok().flatten()
}

/// Keeps `value` under `key`.
pub fn write(area: Area, key: &str, value: &str) -> Result<(), Full> {
    storage(area).ok_or(Full)?.set_item(key, value).map_err(|_| Full)
}

/// Forgets what is under `key`.
pub fn remove(area: Area, key: &str) {
    if let Some(storage) = storage(area) {
        let _ = storage.remove_item(key);
    }
}

/// All keys, in no order.
pub fn keys(area: Area) -> Vec<String> {
    let Some(storage) = storage(area) else { return Vec::new() };
    let count = storage.length().unwrap_or_default();
    (0..count).filter_map(|index| storage.key(index).ok().flatten()).collect()
}

/// Calls `callback` when another tab changes what is kept for all tabs.
pub fn on_change(callback: impl Fn(Changed) + 'static) -> Option<Listener> {
    let window = web_sys::window()?;
    Some(listen(&window, "storage", move |event| {
        if let Some(event) = event.dyn_ref::<StorageEvent>() {
            callback(Changed { name: event.key(), value: event.new_value() });
        }
    }))
}

fn storage(area: Area) -> Option<Storage> {
    let window = web_sys::window()?;
    match area {
        Area::Local => window.local_storage(),
        Area::Session => window.session_storage(),
    }
    .ok()
    .flatten()
}
