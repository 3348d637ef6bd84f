//! What a public page stands in for whoever isn't signed in.

use leptos::prelude::*;

use crate::i18n::{keys as w, t};
use crate::route::Route;
use crate::ui::{ButtonLink, Icon, IconName};

/// The brand, the way in, and the page. No stream, no drafts: strangers have neither.
#[component]
pub fn Outside(
    /// The page at the address.
    page: ViewFn,
) -> impl IntoView {
    let to = Some(crate::browser::page::path_with_query());
    view! {
        <a class="skip-link" href="#main" rel="external">{t(w::NAV_SKIP)}</a>
        <div class="outside">
            <header class="outside__top">
                <span class="rail__brand">
                    <span class="rail__mark"><Icon name=IconName::Brand/></span>
                    "Frontdesk"
                </span>
                <ButtonLink href=Route::LockedOut.to_string()>{t(w::ERROR_SIGNED_OUT_LINK)}</ButtonLink>
                <ButtonLink href=Route::SignIn { to }.to_string()>{t(w::NAV_SIGN_IN)}</ButtonLink>
            </header>
            <main class="main" id="main" tabindex="-1">
                {move || page.run()}
            </main>
        </div>
    }
}
