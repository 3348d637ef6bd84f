//! Rail, top bar, the page itself, and what belongs to all of them.

use frontdesk_contract::PersonId;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::Client;
use crate::i18n::{keys as w, t};
use crate::shell::again::SignInAgain;
use crate::shell::extras::{Dialogs, Extras};
use crate::shell::keys;
use crate::shell::rail::Rail;
use crate::shell::top::Top;
use crate::shell::{Desk, Live, Release, drafts, live, notices, tabs};
use crate::state::SessionState;
use crate::ui::{effect, effect_after};

/// What stands open over the page, or beside it on a phone.
#[derive(Clone, Copy)]
pub struct Opened {
    /// The command palette.
    pub palette: RwSignal<bool>,
    /// The rail, where the window is narrow.
    pub rail: RwSignal<bool>,
    /// The question to sign in again.
    pub sign_in: RwSignal<bool>,
    /// The keys that the panel knows.
    pub keys: RwSignal<bool>,
}

impl Opened {
    /// Nothing is.
    pub fn nothing() -> Self {
        let closed = || RwSignal::new(false);
        Self { palette: closed(), rail: closed(), sign_in: closed(), keys: closed() }
    }
}

/// What every page of a signed-in person stands in.
#[component]
pub fn Frame(
    /// The page at the address.
    page: ViewFn,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let live = Live::new();
    provide_context(live);
    let desk = Desk::begin(live);
    provide_context(desk);
    notices::follow(desk, state);
    provide_context(Release::watch());
    let opened = Opened::nothing();
    provide_context(opened);
    keys::listen(opened);
    provide_context(Extras::begin());
    tabs::follow(state, client.clone());
    live::follow(live, state, client);
    drafts::sweep(state.now_untracked());
    let location = use_location();
    drafts::provide_asked(location.query);
    let whose = Memo::new(move |_| state.session().map(|session| (session.person.id, session.shared)));
    // The device's store is outside the reactive graph.
    effect_after(move |before: Option<Option<(PersonId, bool)>>| {
        let now = whose.get();
        if let (Some(Some((person, was_shared))), Some((same, is_shared))) = (&before, &now)
            && person == same
            && was_shared != is_shared
        {
            drafts::settle(state);
        }
        now
    });

    let path = location.pathname;
    // Going somewhere closes the rail on a phone.
    effect(move || {
        path.track();
        opened.rail.set(false);
    });

    view! {
        <a class="skip-link" href="#main" rel="external">{t(w::NAV_SKIP)}</a>
        <div class="shell" data-open=move || opened.rail.get().then_some("true")>
            <Rail/>
            <div class="shell__page">
                <Top/>
                <main class="main" id="main" tabindex="-1">
                    {move || page.run()}
                </main>
                <Footer/>
            </div>
        </div>
        <Dialogs/>
        <SignInAgain/>
    }
}

#[component]
fn Footer() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let links = move || desk.settings.get().map(|settings| settings.links).unwrap_or_default();
    let link = move |address: Option<String>, key| {
        address.map(|href| view! { <a href=href rel="external noopener">{t(key)}</a> })
    };
    view! {
        <footer class="footer">
            {move || {
                let links = links();
                view! {
                    {link(links.status, w::FOOTER_STATUS)}
                    {link(links.help, w::FOOTER_HELP)}
                    {link(links.forum, w::FOOTER_FORUM)}
                    {link(links.resources, w::FOOTER_RESOURCES)}
                    {link(links.developers, w::FOOTER_DEVELOPERS)}
                }
            }}
        </footer>
    }
}
