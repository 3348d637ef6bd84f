//! What the shell has beside the page: menus, the word of the status, the palette and the keys. It comes in a piece
//! of its own, so that the page stands before it; the shell asks for it at once. (ADR 0008.)

use leptos::prelude::*;

use crate::api::ApiError;
use crate::i18n::{Key, use_words};
use crate::shell::announce::FirstPage;
use crate::shell::keys::KeysDialog;
use crate::shell::menus::{HelpMenu, PersonMenu};
use crate::shell::palette::Palette;
use crate::shell::piece::{self, NotLoaded, piece};
use crate::shell::status_pill::StatusPill;
use crate::shell::{Act, Failure};

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
pub struct Extras {
    views: RwSignal<Option<Views>>,
    error: RwSignal<Option<ApiError>>,
    fetch: Act<()>,
}

impl Extras {
    /// Asks for it.
    pub fn begin() -> Self {
        let words = use_words();
        let first = FirstPage::part();
        let (views, error) = (RwSignal::new(None), RwSignal::new(None));
        let fetch = Act::new(move |()| async move {
            let brought = if piece::beside(words).await { load().await } else { Err(NotLoaded) };
            let _ = error.try_set(brought.as_ref().err().map(|NotLoaded| ApiError::NotLoaded));
            let _ = views.try_set(brought.ok().map(|views| views()));
            first.arrive();
        });
        fetch.begin(());
        Self { views, error, fetch }
    }
}

/// The end of the bar on top: the status, and the person's menu.
#[component]
pub fn Corner(
    /// Gets the sentence when an act of the menu has failed.
    failed: RwSignal<Option<Key>>,
) -> impl IntoView {
    let extras = expect_context::<Extras>();
    move || extras.views.get().map(|views| (views.corner)(failed))
}

/// *?*, at the foot of the rail.
#[component]
pub fn Help() -> impl IntoView {
    let extras = expect_context::<Extras>();
    move || extras.views.get().map(|views| (views.help)())
}

/// What opens over the page.
#[component]
pub fn Dialogs() -> impl IntoView {
    let extras = expect_context::<Extras>();
    move || extras.views.get().map(|views| (views.dialogs)())
}

/// Says that the piece didn't come, and tries again.
#[component]
pub fn ExtrasFailed() -> impl IntoView {
    let Extras { error, fetch, .. } = expect_context::<Extras>();
    let on_retry = Callback::new(move |()| fetch.begin(()));
    view! { <Failure error on_retry busy=fetch.pending()/> }
}
