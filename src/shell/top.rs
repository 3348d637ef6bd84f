//! The bar on top: search, status, the person; and below it what the whole panel has to say.

use leptos::prelude::*;

use crate::i18n::{Key, keys as w, t};
use crate::shell::again::EndedBar;
use crate::shell::extras::{Corner, ExtrasFailed};
use crate::shell::frame::Opened;
use crate::shell::offline::OfflineBar;
use crate::shell::release::ReleaseBar;
use crate::ui::{Icon, IconName};

#[component]
pub fn Top() -> impl IntoView {
    let opened = expect_context::<Opened>();
    let failed = RwSignal::new(None::<Key>);
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
                <Corner failed/>
            </div>
        </header>
        <div role="alert">
            {move || failed.get().map(|key| view! { <p class="shell-bar">{t(key)}</p> })}
        </div>
        <OfflineBar/>
        <EndedBar/>
        <ReleaseBar/>
        <ExtrasFailed/>
    }
}
