//! Whether the browser is connected.

use leptos::prelude::*;

use crate::browser::page;

/// The connection in context.
#[derive(Clone, Copy)]
pub struct Connection {
    is_online: RwSignal<bool>,
}

impl Connection {
    /// Follows what the browser believes for as long as the caller stands.
    pub fn watch() -> Self {
        let is_online = RwSignal::new(page::is_online());
        let listening = page::on_online_change(move |online| is_online.set(online));
        let listening = StoredValue::new_local(listening);
        on_cleanup(move || listening.dispose());
        Self { is_online }
    }

    /// Whether the browser believes that it is connected; follows changes.
    pub fn is_online(&self) -> bool {
        self.is_online.get()
    }
}
