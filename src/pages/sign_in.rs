//! Sign in, and go where one wanted to.

use frontdesk_contract::Session;
use frontdesk_contract::settings::Welcome;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::session;
use crate::i18n::{keys as w, t, t_with};
use crate::route::{Route, TO, safe_return};
use crate::shell::sign_in_form::SignInForm;
use crate::shell::{announce_page, tabs, use_fetched, use_onward};
use crate::state::SessionState;
use crate::ui::{Banner, PageHeader, Tone, When};

/// The sign-in page.
#[component]
pub fn SignIn() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let query = use_query_map();
    let onward = use_onward();
    let welcome = use_fetched(session::welcome);

    let on_done = Callback::new(move |session: Session| {
        state.signed_in(session);
        tabs::tell_signed_in();
        let to = query.with_untracked(|query| query.get(TO)).unwrap_or_default();
        onward.go_to(&safe_return(&to));
    });
    let title = t(w::SIGN_IN_TITLE);
    announce_page(title);

    view! {
        <main class="gate">
            <PageHeader title/>
            {move || welcome.get().map(|welcome| view! { <Introduction welcome/> })}
            <SignInForm on_done/>
            <p class="gate__links">
                <a href=Route::Forgotten.to_string()>{t(w::FORGOTTEN_LINK)}</a>
                <a href=Route::LockedOut.to_string()>{t(w::ERROR_SIGNED_OUT_LINK)}</a>
            </p>
        </main>
    }
}

/// Whose desk this is; and, without any admin, the command that makes the first one.
#[component]
fn Introduction(welcome: Welcome) -> impl IntoView {
    let organization = welcome.organization;
    let links = welcome.links;
    view! {
        <p>{t_with(w::SIGN_IN_INTRO, [("organization", Signal::stored(organization))])}</p>
        <When on=Signal::derive(move || !welcome.has_admin)>
            <Banner tone=Tone::Info>
                <p>{t(w::SIGN_IN_NO_ADMIN)}</p>
                <p>
                    <code>"frontdesk-backend admin add --data DIR --email YOU@EXAMPLE.COM"</code>
                </p>
            </Banner>
        </When>
        <p class="gate__links">
            {links.help.map(|href| view! { <a href=href rel="external noopener">{t(w::NAV_HELP)}</a> })}
            <a href=Route::Status.to_string()>{t(w::NAV_STATUS)}</a>
        </p>
    }
}
