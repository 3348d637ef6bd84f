//! The providers and the route table; nothing else.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::path;

use crate::api::{Client, fetch};
use crate::i18n::provide_words;
use crate::pages::account::Account;
use crate::pages::claim::ClaimPage;
use crate::pages::not_found::NotFound;
use crate::pages::overview::Overview;
use crate::pages::requests::list::RequestList;
use crate::pages::requests::show::RequestPage;
use crate::pages::sign_in::SignIn;
use crate::pages::support::ask::ContactSupport;
use crate::shell::Guarded;
use crate::shell::announce::FirstPage;
use crate::state::{Preferences, SessionState};
use crate::ui::{LiveRegions, provide_announcer};

/// The panel.
#[component]
pub fn App() -> impl IntoView {
    provide_words();
    provide_announcer();
    let state = SessionState::new();
    provide_context(state);
    provide_context(Preferences::read());
    provide_context(FirstPage::begin());
    provide_context(Client::new(fetch::transport(), Arc::new(move || state.ended())));

    view! {
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/sign-in") view=SignIn/>
                <Route path=path!("/claim") view=ClaimPage/>
                <ParentRoute path=path!("") view=Guarded>
                    <Route path=path!("/") view=Overview/>
                    <Route path=path!("/support") view=ContactSupport/>
                    <Route path=path!("/requests") view=RequestList/>
                    <Route path=path!("/requests/:id") view=RequestPage/>
                    <Route path=path!("/account") view=Account/>
                    <Route path=path!("/gallery") view=gallery/>
                </ParentRoute>
            </Routes>
        </Router>
        <LiveRegions/>
    }
}

/// The building blocks with all their states, in development builds.
#[cfg(debug_assertions)]
fn gallery() -> impl IntoView {
    view! { <crate::ui::gallery::Gallery/> }
}

#[cfg(not(debug_assertions))]
fn gallery() -> impl IntoView {
    view! { <NotFound/> }
}

/// Puts the panel in the place of the painted skeleton.
pub fn mount() {
    if let Some(place) = crate::browser::page::clear("app") {
        leptos::mount::mount_to(place, App).forget();
    }
}
