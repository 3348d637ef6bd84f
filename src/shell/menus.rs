//! The two menus of the shell: help, and the person's own.

use frontdesk_contract::request;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::api::{ApiError, Client, session};
use crate::browser::{embed, intl};
use crate::i18n::{Key, SwitchRefusal, Words, keys as w, t, use_words};
use crate::route::{REPORT, Route, help_from};
use crate::shell::frame::Opened;
use crate::shell::{Act, Release, tabs};
use crate::state::preferences::{Density, Theme};
use crate::state::{Preferences, SessionState};
use crate::ui::{Avatar, Icon, IconName, Menu, MenuItem, MenuPlace};

/// *?*: where help is.
#[component]
pub fn HelpMenu() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let path = use_location().pathname;
    let items = Signal::derive(move || {
        let may_ask = state.person().is_some_and(|person| request::can_ask(&person).is_ok());
        let ask = may_ask.then(|| MenuItem::link(words.text(w::NAV_SUPPORT), Route::Support.to_string()));
        let open = Callback::new(|()| embed::open(REPORT));
        let report = MenuItem::action(words.text(w::NAV_SOMETHING_WRONG), open);
        let help = Some(MenuItem::link(words.text(w::NAV_HELP), help_from(&path.read())));
        let status = Some(MenuItem::link(words.text(w::NAV_STATUS), Route::Status.to_string()));
        [ask, Some(report), help, status].into_iter().flatten().collect()
    });
    let button = ViewFn::from(move || {
        view! {
            <Icon name=IconName::Help/>
            <span>{t(w::NAV_HELP)}</span>
        }
    });
    view! { <Menu label=t(w::NAV_HELP) button items place=MenuPlace::Above/> }
}

/// The person's own: language, theme, density, keys, password, sign out.
#[component]
pub fn PersonMenu(
    /// Gets the sentence when an act of the menu has failed: nobody leaves believing that signing out was done.
    failed: RwSignal<Option<Key>>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let preferences = expect_context::<Preferences>();
    let words = use_words();
    let release = expect_context::<Release>();
    let switch = Act::new(move |language: String| {
        failed.set(None);
        async move {
            // The language in use stays when the words of the other can't be had.
            match words.switch(language).await {
                Ok(()) => {}
                Err(SwitchRefusal::OtherRelease) => release.is_another(),
                Err(SwitchRefusal::Unknown | SwitchRefusal::NotLoaded) => {
                    failed.set(Some(w::MENU_LANGUAGE_FAILED));
                }
            }
        }
    });
    let session_items = use_session_items(failed);

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

/// The keys, password and sessions, and signing out.
fn use_session_items(failed: RwSignal<Option<Key>>) -> Signal<Vec<MenuItem>> {
    let state = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let opened = expect_context::<Opened>();
    let words = use_words();
    let navigate = use_navigate();
    let on_account =
        Callback::new(move |()| navigate(&Route::Account.to_string(), NavigateOptions::default()));
    let sign_out = Act::new(move |()| {
        let client = client.clone();
        failed.set(None);
        async move {
            match client.send(session::end()).await {
                Ok(()) | Err(ApiError::SignedOut) => {
                    tabs::leave(state);
                }
                Err(_) => failed.set(Some(w::MENU_SIGN_OUT_FAILED)),
            }
        }
    });
    let on_keys = Callback::new(move |()| opened.keys.set(true));
    let on_sign_out = Callback::new(move |()| sign_out.begin(()));
    Signal::derive(move || {
        vec![
            MenuItem::action(words.text(w::KEYS_TITLE), on_keys),
            MenuItem::action(words.text(w::MENU_ACCOUNT), on_account),
            MenuItem::action(words.text(w::MENU_SIGN_OUT), on_sign_out),
        ]
    })
}
