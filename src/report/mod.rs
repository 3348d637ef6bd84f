//! *Something isn't working?*: the employees' dialog, a page of its own with its own small wasm. It knows nothing
//! of the panel's pages, and works where they don't.
//!
//! In reading order: [`page`] is the dialog; [`mod@write`] and [`details`] its form, [`form`] what is typed; [`files`]
//! what is added, [`editor`] covers and marks pictures, [`video`] records; [`leaves`] lists what is sent, [`sending`]
//! sends it; [`known`] says what is known already; [`door`] is for whoever isn't signed in; [`around`] talks to the page
//! that shows the dialog.

pub mod around;
pub mod files;
pub mod form;

pub mod details;
pub mod door;
pub mod editor;
pub mod known;
pub mod leaves;
pub mod media;
pub mod page;
pub mod pieces;
pub mod sending;
pub mod video;
pub mod write;

use std::sync::Arc;

use leptos::prelude::*;

use crate::api::{ApiError, Client, fetch, session};
use crate::browser::{page as browser_page, refocus};
use crate::i18n::{keys as w, provide_words, t};
use crate::report::around::Around;
use crate::report::page::Dialog;
use crate::shell::piece::Part;
use crate::shell::{Act, Connection, Failure};
use crate::state::SessionState;
use crate::state::session::Phase;
use crate::ui::{LiveRegions, Skeleton, effect, provide_announcer};

/// Puts the dialog in the place of the plain form.
pub fn mount() {
    // Somebody may have begun to write before the program was there.
    let typed = Typed { body: browser_page::typed("plain-body"), page: browser_page::typed("plain-page") };
    if let Some(place) = browser_page::clear("app") {
        leptos::mount::mount_to(place, move || view! { <App typed/> }).forget();
    }
}

/// What was typed into the plain form.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    /// What isn't working.
    pub body: String,
    /// On which page.
    pub page: String,
}

impl Typed {
    /// Looks at it.
    pub fn look() -> Self {
        expect_context::<StoredValue<Self>>().get_value()
    }

    /// Takes it: it comes into one draft, once.
    pub fn take() -> Self {
        expect_context::<StoredValue<Self>>().try_update_value(std::mem::take).unwrap_or_default()
    }
}

/// Who is asked, as far as the page has to differ.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Who {
    Unknown,
    Unreachable(ApiError),
    Nobody,
    Somebody,
}

/// The page of the dialog.
#[component]
pub fn App(typed: Typed) -> impl IntoView {
    provide_context(StoredValue::new(typed));
    provide_words();
    provide_announcer();
    let state = SessionState::new();
    provide_context(state);
    provide_context(Connection::watch());
    let around = Around::begin();
    provide_context(around);
    let client = Client::new(fetch::transport_by(move || around.bearer()), Arc::new(move || state.ended()));
    provide_context(client.clone());
    let watch = StoredValue::new_local(refocus::watch());
    on_cleanup(move || watch.dispose());

    let look = Act::new(move |()| {
        let client = client.unheard();
        async move {
            let before = state.session_untracked().map(|session| session.person.id);
            let mut answer = client.send(session::show()).await;
            // No cookie reaches a frame on another site: the page around says who sits here.
            if matches!(answer, Err(ApiError::SignedOut))
                && untrack(|| around.may_ask())
                && around.ask().await
            {
                answer = client.send(session::show()).await;
                if matches!(answer, Err(ApiError::SignedOut | ApiError::Forbidden)) {
                    around.refused();
                    answer = Err(ApiError::SignedOut);
                }
            }
            match answer {
                // Somebody else sits here now: nothing of what the first one typed is left to see.
                Ok(session) if before.is_some_and(|before| before != session.person.id) => {
                    browser_page::reload()
                }
                Ok(session) => state.signed_in(session),
                Err(ApiError::SignedOut) if state.session_untracked().is_some() => state.lost(),
                Err(ApiError::SignedOut) => state.signed_out(),
                Err(error) => state.unreachable(error),
            }
        }
    });
    look.begin(());
    // Whoever comes back from signing in in another tab goes on here.
    let shown = browser_page::on_show(move || {
        if !state.phase_is_signed_in() {
            look.begin(());
        }
    });
    let shown = StoredValue::new_local(shown);
    on_cleanup(move || shown.dispose());

    // The page around may open a dialog that has stood there for days.
    effect(move || {
        if around.opened() > 1 {
            look.begin(());
        }
    });

    // It is asked once for each opening, and again when its word has run out.
    effect(move || {
        let is_out = matches!(state.phase(), Phase::SignedOut | Phase::Ended(_));
        if is_out && around.may_ask() && !look.pending().get() {
            look.begin(());
        }
    });

    let title = t(w::REPORT_TITLE);
    effect(move || browser_page::set_title(&title.get()));
    let who = Memo::new(move |_| match state.phase() {
        Phase::Checking => Who::Unknown,
        Phase::Unreachable(error) => Who::Unreachable(error),
        // As long as the page around may still say it.
        Phase::SignedOut if around.may_ask() => Who::Unknown,
        Phase::SignedOut => Who::Nobody,
        Phase::SignedIn(_) | Phase::Ended(_) => Who::Somebody,
    });
    // Tests and people who wait for the page are told that it stands.
    effect(move || {
        if who.get() != Who::Unknown {
            browser_page::set_ready();
        }
    });
    let again = Callback::new(move |()| look.begin(()));
    view! {
        {move || match who.get() {
            Who::Unknown => view! { <main class="report"><Skeleton lines=6/></main> }.into_any(),
            Who::Unreachable(error) => {
                let error = Signal::stored(Some(error));
                view! {
                    <main class="report">
                        <div class="report__body">
                            <h1>{t(w::REPORT_TITLE)}</h1>
                            <Failure error on_retry=again busy=look.pending()/>
                        </div>
                    </main>
                }
                    .into_any()
            }
            Who::Nobody => view! { <main class="report"><Part load=pieces::door props=() lines=6/></main> }.into_any(),
            Who::Somebody => view! { <Dialog/> }.into_any(),
        }}
        <LiveRegions/>
    }
}
