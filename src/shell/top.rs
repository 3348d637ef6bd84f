//! The bar on top: search, status, connection, the person.

use leptos::prelude::*;

use crate::browser::page;
use crate::i18n::{keys as w, t};
use crate::shell::frame::Opened;
use crate::shell::menus::PersonMenu;
use crate::shell::status_pill::StatusPill;
use crate::ui::{Icon, IconName, When};

#[component]
pub fn Top() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let is_still_in = RwSignal::new(false);
    view! {
        <header class="top">
            <button
                type="button"
                class="top__menu"
                aria-controls="rail"
                aria-expanded=move || if opened.rail.get() { "true" } else { "false" }
                on:click=move |_| opened.rail.update(|open| *open = !*open)
            >
                <Icon name=IconName::Menu/>
                <span class="visually-hidden">{t(w::NAV_MENU)}</span>
            </button>
            <button type="button" class="top__search" on:click=move |_| opened.palette.set(true)>
                <Icon name=IconName::Search/>
                <span>{t(w::NAV_SEARCH_JUMP)}</span>
                <kbd>{t(w::NAV_SEARCH_KEYS)}</kbd>
            </button>
            <div class="top__end">
                <StatusPill/>
                <PersonMenu is_still_in/>
            </div>
        </header>
        <div role="alert">
            <When on=is_still_in>
                <p class="offline-bar">{t(w::MENU_SIGN_OUT_FAILED)}</p>
            </When>
        </div>
        <OfflineBar/>
    }
}

/// Says that the device is offline, and that nothing is lost.
#[component]
fn OfflineBar() -> impl IntoView {
    let is_online = RwSignal::new(page::is_online());
    let listening = page::on_online_change(move |online| is_online.set(online));
    let listening = StoredValue::new_local(listening);
    on_cleanup(move || listening.dispose());
    view! {
        <div role="status">
            <When on=Signal::derive(move || !is_online.get())>
                <p class="offline-bar">{t(w::ERROR_OFFLINE)}</p>
            </When>
        </div>
    }
}
