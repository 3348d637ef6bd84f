//! Rail, top bar, the page itself, and what belongs to all of them.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::Client;
use crate::i18n::{keys as w, t};
use crate::shell::again::SignInAgain;
use crate::shell::palette::Palette;
use crate::shell::rail::Rail;
use crate::shell::top::Top;
use crate::shell::{Desk, Live, drafts, live};
use crate::state::SessionState;

/// Whether the command palette is open, and whether the rail is on a phone.
#[derive(Clone, Copy)]
pub struct Opened {
    /// The command palette.
    pub palette: RwSignal<bool>,
    /// The rail, where the window is narrow.
    pub rail: RwSignal<bool>,
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
    provide_context(Desk::begin(live));
    let opened = Opened { palette: RwSignal::new(false), rail: RwSignal::new(false) };
    provide_context(opened);
    live::follow(live, state, client);
    drafts::sweep(state.now_untracked());

    let path = use_location().pathname;
    // Going somewhere closes the rail on a phone.
    Effect::new(move |_| {
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
        <Palette open=opened.palette/>
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
