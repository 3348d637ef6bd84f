//! The two menus of the shell: help, and the person's own.

use frontdesk_contract::request;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::{ApiError, Client, session};
use crate::browser::{intl, page};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::route::Route;
use crate::shell::{Act, Desk, drafts};
use crate::state::preferences::{Density, Theme};
use crate::state::{Preferences, SessionState};
use crate::ui::{Avatar, Icon, IconName, Menu, MenuItem, MenuPlace};

/// *?*: where help is.
#[component]
pub fn HelpMenu() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let items = Signal::derive(move || {
        let may_ask = state.person().is_some_and(|person| request::can_ask(&person).is_ok());
        let links = desk.settings.get().map(|settings| settings.links).unwrap_or_default();
        let ask = may_ask.then(|| MenuItem::link(words.text(w::NAV_SUPPORT), Route::Support.to_string()));
        let help = links.help.map(|href| MenuItem::link(words.text(w::FOOTER_HELP), href));
        let status = links.status.map(|href| MenuItem::link(words.text(w::NAV_STATUS), href));
        [ask, help, status].into_iter().flatten().collect()
    });
    let button = ViewFn::from(move || {
        view! {
            <Icon name=IconName::Help/>
            <span>{t(w::NAV_HELP)}</span>
        }
    });
    view! { <Menu label=t(w::NAV_HELP) button items place=MenuPlace::Above/> }
}

/// The person's own: language, theme, density, password, sign out.
#[component]
pub fn PersonMenu(
    /// Set when signing out failed, so that nobody leaves believing it was done.
    is_still_in: RwSignal<bool>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let preferences = expect_context::<Preferences>();
    let words = use_words();
    let switch = Act::new(move |language: String| {
        async move {
            // The language in use stays when the words of the other can't be fetched.
            let _ = words.switch(language).await;
        }
    });
    let session_items = use_session_items(is_still_in);

    let items = Signal::derive(move || {
        let mut items = language_items(words, Callback::new(move |language| switch.begin(language)));
        items.extend(look_items(words, preferences));
        items.push(MenuItem::separator());
        items.extend(session_items.get());
        items
    });
    let name = move || state.person().map(|person| person.name).unwrap_or_default();
    let button = ViewFn::from(move || view! { <Avatar name=name()/> });
    let label = Signal::derive(move || words.text_with(w::MENU_PERSON, &[("name", name())]));
    view! { <Menu label button items place=MenuPlace::BelowEnd/> }
}

fn language_items(words: Words, switch: Callback<String>) -> Vec<MenuItem> {
    let choice = |language: String| {
        let name = intl::language_name(&language, &language);
        let is_chosen = words.language() == language;
        MenuItem::choice(name, is_chosen, Callback::new(move |()| switch.run(language.clone())))
    };
    let heading = MenuItem::heading(words.text(w::MENU_LANGUAGE));
    std::iter::once(heading).chain(words.languages().into_iter().map(choice)).collect()
}

fn look_items(words: Words, preferences: Preferences) -> Vec<MenuItem> {
    let theme = |theme: Theme| {
        let label = match theme {
            Theme::System => w::THEME_SYSTEM,
            Theme::Light => w::THEME_LIGHT,
            Theme::Dark => w::THEME_DARK,
        };
        let run = Callback::new(move |()| preferences.set_theme(theme));
        MenuItem::choice(words.text(label), preferences.theme() == theme, run)
    };
    let density = |density: Density| {
        let label = match density {
            Density::Comfortable => w::DENSITY_COMFORTABLE,
            Density::Compact => w::DENSITY_COMPACT,
        };
        let run = Callback::new(move |()| preferences.set_density(density));
        MenuItem::choice(words.text(label), preferences.density() == density, run)
    };
    let mut items = vec![MenuItem::heading(words.text(w::MENU_THEME))];
    items.extend(Theme::ALL.map(theme));
    items.push(MenuItem::heading(words.text(w::MENU_DENSITY)));
    items.extend([Density::Comfortable, Density::Compact].map(density));
    items
}

/// Password and sessions, and signing out.
fn use_session_items(is_still_in: RwSignal<bool>) -> Signal<Vec<MenuItem>> {
    let client = expect_context::<Client>();
    let words = use_words();
    let navigate = use_navigate();
    let on_account =
        Callback::new(move |()| navigate(&Route::Account.to_string(), NavigateOptions::default()));
    let sign_out = Act::new(move |()| {
        let client = client.clone();
        async move {
            match client.send(session::end()).await {
                Ok(()) | Err(ApiError::SignedOut) => {
                    drafts::forget_tab();
                    page::reload_at(&Route::SignIn { to: None }.to_string());
                }
                Err(_) => is_still_in.set(true),
            }
        }
    });
    let on_sign_out = Callback::new(move |()| sign_out.begin(()));
    Signal::derive(move || {
        vec![
            MenuItem::action(words.text(w::MENU_ACCOUNT), on_account),
            MenuItem::action(words.text(w::MENU_SIGN_OUT), on_sign_out),
        ]
    })
}
