//! The providers, and which page an address leads to; nothing else.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Router;
use leptos_router::hooks::{use_location, use_navigate};

use crate::api::{Client, fetch};
use crate::browser::{page, refocus};
use crate::i18n::provide_words;
use crate::pages::not_found::NotFound;
use crate::pieces;
use crate::route::{Inside, Page};
use crate::shell::announce::FirstPage;
use crate::shell::piece::Piece;
use crate::shell::{Connection, Guarded};
use crate::state::{Preferences, SessionState};
use crate::ui::{LiveRegions, provide_announcer};

/// Puts the panel in the place of the painted skeleton.
pub fn mount() {
    if let Some(place) = page::clear("app") {
        leptos::mount::mount_to(place, App).forget();
    }
}

/// The panel.
#[component]
pub fn App() -> impl IntoView {
    provide_words();
    provide_announcer();
    let state = SessionState::new();
    provide_context(state);
    provide_context(Preferences::read());
    provide_context(Connection::watch());
    provide_context(FirstPage::begin());
    provide_context(Client::new(fetch::transport(), Arc::new(move || state.ended())));
    let watch = StoredValue::new_local(refocus::watch());
    on_cleanup(move || watch.dispose());

    view! {
        <Router>
            <Screen/>
        </Router>
        <LiveRegions/>
    }
}

/// The page at the address. The router keeps the address and its history; the table is
/// [`Page::parse`], which costs a fraction of nested route types. (ADR 0005.)
#[component]
fn Screen() -> impl IntoView {
    let path = use_location().pathname;
    let page = Memo::new(move |_| Page::parse(&path.read()));
    let navigate = use_navigate();
    // The router's own links wait for its route components, which we have none of, before they change the address.
    let links = page::on_link(move |href| {
        let is_ours = Page::parse(href.split(['?', '#']).next().unwrap_or_default()) != Page::Nowhere;
        if is_ours {
            navigate(href, NavigateOptions::default());
        }
        is_ours
    });
    on_cleanup(move || drop(links));
    let inside = Memo::new(move |before: Option<&Option<Inside>>| match page.get() {
        Page::Inside(inside) => Some(inside),
        // While the shell goes away, what stood in it stays.
        Page::SignIn | Page::Claim | Page::Forgotten | Page::LockedOut | Page::Nowhere => {
            before.cloned().flatten()
        }
    });
    let outside = Memo::new(move |_| match page.get() {
        Page::Inside(_) => None,
        other => Some(other),
    });
    move || match outside.get() {
        Some(Page::SignIn) => view! { <Piece load=pieces::sign_in props=() is_first=true/> }.into_any(),
        Some(Page::Claim) => view! { <Piece load=pieces::claim props=() is_first=true/> }.into_any(),
        Some(Page::Forgotten) => view! { <Piece load=pieces::forgotten props=() is_first=true/> }.into_any(),
        Some(Page::LockedOut) => view! { <Piece load=pieces::locked_out props=() is_first=true/> }.into_any(),
        Some(Page::Nowhere | Page::Inside(_)) => view! { <NotFound/> }.into_any(),
        None => {
            let is_public = Signal::derive(move || inside.get().is_some_and(|page| page.is_public()));
            view! { <Guarded is_public page=ViewFn::from(move || inside.get().map(inside_page))/> }.into_any()
        }
    }
}

/// A page for whoever is signed in.
fn inside_page(page: Inside) -> AnyView {
    match pieces::piece_of(&page) {
        Some(load) => {
            let is_first = page == Inside::Overview;
            view! { <Piece load props=page is_first/> }.into_any()
        }
        None => gallery(),
    }
}

/// The building blocks with all their states, in development builds.
#[cfg(debug_assertions)]
fn gallery() -> AnyView {
    view! { <crate::ui::gallery::Gallery/> }.into_any()
}

#[cfg(not(debug_assertions))]
fn gallery() -> AnyView {
    view! { <NotFound/> }.into_any()
}
