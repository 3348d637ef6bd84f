//! What the shell has beside the page: menus, the word of the status, the palette and the keys. It comes in a piece
//! of its own, so that the page stands before it; the shell asks for it at once. (ADR 0008.)

use std::sync::Arc;

use leptos::prelude::*;

use crate::i18n::Key;
use crate::shell::Failure;
use crate::shell::announce::FirstPage;
use crate::shell::keys::KeysDialog;
use crate::shell::menus::{HelpMenu, PersonMenu};
use crate::shell::palette::Palette;
use crate::shell::piece::{self, Coming, piece};
use crate::shell::status_pill::StatusPill;
use crate::ui::effect;

/// What the piece brings: each is shown in its own place of the shell.
#[derive(Clone, Copy)]
struct Views {
    corner: fn(RwSignal<Option<Key>>) -> AnyView,
    help: fn() -> AnyView,
    dialogs: fn() -> AnyView,
}

piece! { if "pieces" fn load = shell / shell_extras as fn() -> Views, views }

fn views() -> Views {
    Views {
        corner: |failed| {
            view! {
                <StatusPill/>
                <PersonMenu failed/>
            }
            .into_any()
        },
        help: || view! { <HelpMenu/> }.into_any(),
        dialogs: || {
            view! {
                <Palette/>
                <KeysDialog/>
            }
            .into_any()
        },
    }
}

/// The piece on its way, in context.
#[derive(Clone, Copy)]
pub struct Extras(Coming<fn() -> Views>);

impl Extras {
    /// Asks for it.
    pub fn begin() -> Self {
        let coming = piece::fetch(Arc::new(load), false);
        let part = FirstPage::part();
        // `<html data-ready>` is outside the reactive graph.
        effect(move || {
            if coming.shown.with(Option::is_some) || coming.error.with(Option::is_some) {
                part.arrive();
            }
        });
        Self(coming)
    }

    fn views(self) -> Option<Views> {
        self.0.shown.get().map(|views| views())
    }
}

/// The end of the bar on top: the status, and the person's menu.
#[component]
pub fn Corner(
    /// Gets the sentence when an act of the menu has failed.
    failed: RwSignal<Option<Key>>,
) -> impl IntoView {
    let extras = expect_context::<Extras>();
    move || extras.views().map(|views| (views.corner)(failed))
}

/// *?*, at the foot of the rail.
#[component]
pub fn Help() -> impl IntoView {
    let extras = expect_context::<Extras>();
    move || extras.views().map(|views| (views.help)())
}

/// What opens over the page.
#[component]
pub fn Dialogs() -> impl IntoView {
    let extras = expect_context::<Extras>();
    move || extras.views().map(|views| (views.dialogs)())
}

/// Says that the piece didn't come, and tries again.
#[component]
pub fn ExtrasFailed() -> impl IntoView {
    let Extras(Coming { error, fetch, .. }) = expect_context::<Extras>();
    let on_retry = Callback::new(move |()| fetch.begin(()));
    view! { <Failure error on_retry busy=fetch.pending()/> }
}
