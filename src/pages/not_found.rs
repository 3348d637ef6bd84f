//! An address where nothing is.

use leptos::prelude::*;

use crate::i18n::{keys as w, t};
use crate::route::Route;
use crate::shell::announce_page;
use crate::ui::PageHeader;

/// Says so, and offers a way on.
#[component]
pub fn NotFound() -> impl IntoView {
    let title = t(w::NOT_FOUND);
    announce_page(title);
    view! {
        <main class="gate">
            <PageHeader title/>
            <p>{t(w::ERROR_NOT_FOUND)}</p>
            <p>
                <a href=Route::Overview.to_string()>{t(w::NAV_HOME)}</a>
            </p>
        </main>
    }
}
