//! What needs me now. Nothing else.

use frontdesk_contract::account::act::can_read;
use frontdesk_contract::report::can_handle;
use frontdesk_contract::{RequestSummary, Right, Role, WaitingFor};
use leptos::prelude::*;

use crate::api::requests;
use crate::browser::intl;
use crate::domain::request_list::ListState;
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::pages::accounts::today::today;
use crate::pages::many::asked::asked;
use crate::pages::reports::mine::mine;
use crate::pages::reports::newest::newest;
use crate::pages::requests::row::{SinceText, Waiting as Waits, WaitingPill};
use crate::pages::status::happening::happening;
use crate::route::{RequestsView, Route};
use crate::shell::drafts::Listed;
use crate::shell::offline::DraftLink;
use crate::shell::piece::{Part, Piece};
use crate::shell::{Desk, Live, Loaded, announce_page, drafts, use_fetched};
use crate::state::SessionState;
use crate::ui::{Card, Empty, PageHeader, When};

/// The page. Whoever has no requests to follow gets a word about what they can do.
#[component]
pub fn Overview() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let role = state.session_untracked().map(|session| session.person.role());
    match role {
        Some(Role::Admin | Role::Agent | Role::Auditor) => view! { <NeedsMe/> }.into_any(),
        Some(Role::Employee) | None => view! { <ForEmployees/> }.into_any(),
    }
}

#[component]
fn NeedsMe() -> impl IntoView {
    let title = t(w::NAV_OVERVIEW);
    announce_page(title);
    view! {
        <PageHeader title intro=t(w::OVERVIEW_INTRO)/>
        <div class="overview">
            <Drafts/>
            <Asked/>
            <Waiting/>
            <News/>
            <Reports/>
            <Accounts/>
            <Happening/>
        </div>
    }
}

/// Runs and people that wait for this person's word; it comes in the piece of the accounts.
#[component]
fn Asked() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let is_asked = state.session_untracked().is_some_and(|session| {
        [Right::Approve, Right::Accounts, Right::Erase].into_iter().any(|right| session.person.has(right))
    });
    is_asked.then(|| view! { <Part load=asked props=() lines=0/> })
}

/// What fails right now, and what was followed; it comes in the piece of the status page, where there is something.
#[component]
fn Happening() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_something = Signal::derive(move || {
        desk.incidents.with(|live| live.is_some_and(|live| !live.incidents.is_empty()))
            || desk.follows.with(|page| page.is_some_and(|page| !page.items.is_empty()))
    });
    view! {
        <When on=is_something>
            <Part load=happening props=() lines=0/>
        </When>
    }
}

/// Accounts that need somebody today; it comes in the piece of the accounts, for those who see them.
#[component]
fn Accounts() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let is_reader = state.session_untracked().is_some_and(|session| can_read(&session.person.rights));
    is_reader.then(|| view! { <Piece load=today props=() lines=2/> })
}

/// What employees report that is new; it comes in the piece of the reports, for those who handle them.
#[component]
fn Reports() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let may = state.session_untracked().is_some_and(|session| can_handle(&session.person).is_ok());
    may.then(|| view! { <Piece load=newest props=() lines=2/> })
}

/// What was begun and not sent.
#[component]
fn Drafts() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let drafts = drafts::list(state);
    let lines = drafts.into_iter().map(|listed| view! { <DraftLine listed/> }).collect_view();
    (!lines.is_empty()).then(|| {
        view! {
            <Card title=t(w::OVERVIEW_DRAFTS)>
                <ul class="known" role="list">{lines}</ul>
            </Card>
        }
    })
}

/// How many characters of a draft are shown.
const GIST_MAX: usize = 80;

#[component]
fn DraftLine(listed: Listed) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let at = listed.at;
    let time = Signal::derive(move || intl::relative(at, state.now(), &words.language()));
    let gist = listed.gist.words(GIST_MAX);
    view! {
        <li>
            <div>
                <DraftLink listed/>
                {(!gist.is_empty()).then(|| view! { <p>{gist}</p> })}
                <p>{t_with(w::DRAFT_SAVED_AGO, [("ago", time)])}</p>
            </div>
        </li>
    }
}

/// Requests in which somebody waits for this side.
#[component]
fn Waiting() -> impl IntoView {
    let live = expect_context::<Live>();
    let state = expect_context::<SessionState>();
    let is_agent = state.session_untracked().is_some_and(|session| session.person.role() == Role::Agent);
    let view = if is_agent { RequestsView::Support } else { RequestsView::Waiting };
    let waiting = use_fetched(move || {
        live.requests.track();
        requests::list(&ListState::of(view))
    });
    view! {
        <Card title=t(w::OVERVIEW_WAITING)>
            <Loaded data=waiting lines=3 let:page>
                {move || {
                    let rows: Vec<_> = page.get().items.into_iter().take(8).collect();
                    if rows.is_empty() {
                        view! { <Empty text=t(w::EMPTY_OVERVIEW)/> }.into_any()
                    } else {
                        let lines = rows.into_iter().map(|row| view! { <WaitingLine row/> }).collect_view();
                        view! { <ul class="known" role="list">{lines}</ul> }.into_any()
                    }
                }}
            </Loaded>
            <p>
                <a href=Route::Requests(view).to_string()>{t(w::OVERVIEW_ALL_WAITING)}</a>
            </p>
        </Card>
    }
}

/// What changed since this person last opened it, where nobody waits for this side: that stands above.
#[component]
fn News() -> impl IntoView {
    let live = expect_context::<Live>();
    let state = expect_context::<SessionState>();
    let is_agent = state.session_untracked().is_some_and(|session| session.person.role() == Role::Agent);
    let own = if is_agent { WaitingFor::Support } else { WaitingFor::Organization };
    let latest = use_fetched(move || {
        live.requests.track();
        requests::list(&ListState::of(RequestsView::All))
    });
    move || {
        let lines = latest.with(|latest| {
            let rows = latest.map(|latest| {
                let is_news =
                    |row: &&RequestSummary| latest.unread.contains(&row.id) && row.waiting_for != own;
                latest.items.iter().filter(is_news).take(8).cloned()
            });
            rows.into_iter().flatten().map(|row| view! { <WaitingLine row/> }).collect_view()
        });
        (!lines.is_empty()).then(|| {
            view! {
                <Card title=t(w::OVERVIEW_NEWS)>
                    <ul class="known" role="list">{lines}</ul>
                </Card>
            }
        })
    }
}

#[component]
fn WaitingLine(row: RequestSummary) -> impl IntoView {
    let href = Route::Request(row.id).to_string();
    view! {
        <li>
            <div>
                <a href=href>{row.subject.clone()}</a>
                <p>{row.id.to_string()} " · " {row.asked_by.name.clone()} " · " <SinceText at=row.changed_at/></p>
            </div>
            <WaitingPill row=Waits::from(&row)/>
        </li>
    }
}

/// Employees see what became of their reports, and what fails right now.
#[component]
fn ForEmployees() -> impl IntoView {
    view! {
        <Piece load=mine props=() lines=4/>
        <Happening/>
    }
}
