//! All requests of the organization: views, filters, the rows, and what can be done with them.

use std::collections::{BTreeMap, BTreeSet};

use frontdesk_contract::TopicId;
use frontdesk_contract::request::{self, RequestCounts};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::browser::{intl, page, viewport};
use crate::domain::request_list::{Field, ListState};
use crate::i18n::{Key, keys as w, t, t_count, use_words};
use crate::pages::requests::bulk::Selected;
use crate::pages::requests::columns::ColumnsButton;
use crate::pages::requests::filters::{Filters, Search};
use crate::pages::requests::grid::{BODY, Grid, Listing, PRINTED};
use crate::pages::requests::rows::Rows;
use crate::pages::requests::saved::SavedLists;
use crate::route::{RequestsView, Route};
use crate::shell::address::{Ignored, pairs};
use crate::shell::incidents::IncidentBanners;
use crate::shell::{Failure, Live, Only, announce_page};
use crate::state::SessionState;
use crate::ui::{
    Button, ButtonLink, Empty, Menu, MenuItem, MenuPlace, PageHeader, Variant, When, effect, effect_after,
};

/// The page.
#[component]
pub fn RequestList() -> impl IntoView {
    view! {
        <Only may=|person| request::can_read(person).is_ok()>
            <List/>
        </Only>
    }
}

#[component]
fn List() -> impl IntoView {
    let session = expect_context::<SessionState>();
    let address = use_query_map();
    let read = Memo::new(move |_| address.with(|map| ListState::read(pairs(map.latest_values()))));
    let state = Memo::new(move |_| read.with(|(state, _)| state.clone()));
    let navigate = use_navigate();
    let go = Callback::new(move |next: ListState| {
        // Each key of a search would be a step back.
        let replace = state.with_untracked(|state| state.words() != next.words());
        let options = NavigateOptions { replace, scroll: false, ..Default::default() };
        navigate(&next.address(), options);
    });
    let listing = Listing {
        state,
        go,
        rows: Rows::of(state),
        picked: RwSignal::new(BTreeMap::new()),
        changed: RwSignal::new(BTreeSet::new()),
        is_printing: RwSignal::new(false),
    };
    let rows = listing.rows;
    follow_changes(listing);
    // Another list has other rows: it is read from its beginning, and nothing of it is selected.
    effect_after(move |before: Option<String>| {
        let asked = state.with(ListState::asked);
        if before.is_some_and(|before| before != asked) {
            listing.picked.set(BTreeMap::new());
            listing.changed.set(BTreeSet::new());
            viewport::show_top(BODY);
        }
        asked
    });
    let touched = Signal::derive(move || topics_of(listing));
    let title = t(w::NAV_REQUESTS);
    announce_page(title);
    let may_ask = move || session.person().is_some_and(|person| request::can_ask(&person).is_ok());
    let ignored = Signal::derive(move || read.with(|(_, ignored)| ignored.clone()));
    let is_empty = Signal::derive(move || rows.is_here() && rows.total.get() == 0);
    let error = Signal::derive(move || rows.error());
    let on_retry = Callback::new(move |()| rows.retry());

    view! {
        <PageHeader title intro=t(w::REQUESTS_INTRO)>
            <Export listing/>
            <When on=Signal::derive(may_ask)>
                <ButtonLink href=Route::Support.to_string() variant=Variant::Primary>{t(w::NAV_SUPPORT)}</ButtonLink>
            </When>
        </PageHeader>
        <Ignored ignored/>
        <IncidentBanners topics=touched/>
        <Views listing/>
        <div class="list-tools">
            <Search listing/>
            <SavedLists listing/>
            <ColumnsButton listing/>
        </div>
        <Filters listing/>
        <Changes listing/>
        <Selected listing/>
        <Failure error on_retry busy=Signal::derive(move || rows.is_asking())/>
        <When on=Signal::derive(move || listing.is_printing.get() && rows.total.get() > PRINTED)>
            <p>{t_count(w::REQUESTS_PRINTED, Signal::derive(|| PRINTED as u64))}</p>
        </When>
        <div data-empty=move || is_empty.get().then_some("") class="grid-place">
            <Grid listing/>
        </div>
        <When on=is_empty>
            <Nothing listing/>
        </When>
    }
}

/// Notes what has changed since the rows were asked for. Rows never move by themselves.
fn follow_changes(listing: Listing) {
    let live = expect_context::<Live>();
    // The live stream is outside the reactive graph.
    effect_after(move |before: Option<()>| {
        live.requests.track();
        if before.is_some()
            && let Some((id, version)) = live.request.get_untracked()
            // Who watches it is no change of its row.
            && !listing.rows.shows(id, &version)
        {
            listing.changed.update(|changed| {
                changed.insert(id);
            });
        }
    });
    // After a cut nobody knows what has changed.
    effect_after(move |before: Option<()>| {
        live.everything.track();
        if before.is_some() {
            listing.changed.set(BTreeSet::new());
            listing.rows.ask_again();
        }
    });
}

/// What the unsolved requests of the view are about: their incidents stand above them.
fn topics_of(listing: Listing) -> Vec<TopicId> {
    if listing.state.with(|state| matches!(state.view, RequestsView::Solved | RequestsView::All)) {
        return Vec::new();
    }
    listing.rows.counts.with(|counts| {
        let facets = counts.map(|counts| counts.facets.as_slice()).unwrap_or_default();
        let topics = facets.iter().filter(|facet| facet.facet == Field::Topic.as_str() && facet.count > 0);
        topics.filter_map(|facet| facet.value.parse().ok()).collect()
    })
}

/// The chips above the list, with their numbers, and how many rows the list has.
#[component]
fn Views(listing: Listing) -> impl IntoView {
    let chips = RequestsView::ALL.map(|view| view! { <Chip view listing/> });
    view! {
        <div class="list-views">
            <nav class="filters" aria-label=t(w::REQUESTS_VIEWS)>{chips.into_iter().collect_view()}</nav>
            <p class="list-count" role="status"><Count listing/></p>
        </div>
    }
}

#[component]
fn Chip(view: RequestsView, listing: Listing) -> impl IntoView {
    let words = use_words();
    let counts = listing.rows.counts;
    let count = move || {
        let count = counts.with(|counts| counts.map(|counts| number_of(view, counts)));
        count.map(|count| intl::number(count, &words.language())).unwrap_or_default()
    };
    let href = move || {
        let mut next = listing.state.get();
        next.view = view;
        next.saved = None;
        next.address()
    };
    let current = move || listing.state.with(|state| state.view == view).then_some("page");
    view! {
        <a class="chip" href=href aria-current=current>
            {t(view_key(view))} " " <span class="chip__count">{count}</span>
        </a>
    }
}

fn view_key(view: RequestsView) -> Key {
    match view {
        RequestsView::Open => w::STATE_OPEN,
        RequestsView::Waiting => w::REQUESTS_WAITING_FOR_ORGANIZATION,
        RequestsView::Support => w::REQUESTS_WAITING_FOR_SUPPORT,
        RequestsView::Hold => w::STATE_HOLD,
        RequestsView::Solved => w::STATE_SOLVED,
        RequestsView::All => w::REQUESTS_ALL,
    }
}

const fn number_of(view: RequestsView, counts: &RequestCounts) -> u64 {
    match view {
        RequestsView::Open => counts.open,
        RequestsView::Waiting => counts.waiting_for_you,
        RequestsView::Support => counts.open.saturating_sub(counts.waiting_for_you),
        RequestsView::Hold => counts.hold,
        RequestsView::Solved => counts.solved,
        RequestsView::All => counts.all,
    }
}

/// `14 of 1,284`.
#[component]
fn Count(listing: Listing) -> impl IntoView {
    let words = use_words();
    let rows = listing.rows;
    move || {
        let (all, is_more) = rows.counts.with(|counts| counts.map(|counts| (counts.all, counts.is_more)))?;
        if !rows.is_here() {
            return None;
        }
        let language = words.language();
        let count = u64::try_from(rows.total.get()).unwrap_or(u64::MAX);
        let args = [("count", intl::number(count, &language)), ("all", intl::number(all, &language))];
        Some(words.text_with(if is_more { w::REQUESTS_COUNT_MORE } else { w::REQUESTS_COUNT }, &args))
    }
}

/// What has changed since the list was opened; the rows move when one wants them to.
#[component]
fn Changes(listing: Listing) -> impl IntoView {
    let count = Signal::derive(move || listing.changed.with(|changed| changed.len() as u64));
    let on_press = Callback::new(move |()| {
        listing.changed.set(BTreeSet::new());
        listing.rows.ask_again();
        viewport::show_top(BODY);
    });
    view! {
        <div role="status">
            <When on=Signal::derive(move || count.get() > 0)>
                <div class="list-bar">
                    <p>{t_count(w::REQUESTS_CHANGED, count)}</p>
                    <Button on_press>{t(w::REQUESTS_REFRESH)}</Button>
                </div>
            </When>
        </div>
    }
}

/// The list as a file, or on paper.
#[component]
fn Export(listing: Listing) -> impl IntoView {
    let words = use_words();
    let file = move |format: &'static str| {
        Callback::new(move |()| {
            page::download(&crate::api::requests::export(&listing.rows.asked(), format, &[]));
        })
    };
    let is_wanted = RwSignal::new(false);
    print_when_there(listing, is_wanted);
    let on_print = Callback::new(move |()| {
        listing.is_printing.set(true);
        is_wanted.set(true);
    });
    let items = Signal::derive(move || {
        vec![
            MenuItem::action(words.text(w::EXPORT_CSV), file("csv")),
            MenuItem::action(words.text(w::EXPORT_JSON), file("json")),
            MenuItem::action(words.text(w::EXPORT_PRINT), on_print),
        ]
    });
    let button = ViewFn::from(move || view! { <span class="button">{t(w::EXPORT)}</span> });
    view! { <Menu label=t(w::EXPORT) button items place=MenuPlace::BelowEnd/> }
}

/// Opens the browser's question how to print once the rows are in the page.
fn print_when_there(listing: Listing, is_wanted: RwSignal<bool>) {
    let rows = listing.rows;
    let is_there = move || {
        let last = rows.total.get().min(PRINTED);
        let is_drawn = rows.seen.with(|seen| seen.start == 0 && seen.end == last);
        is_drawn && (0..last).all(|index| rows.mark(index).is_some())
    };
    // The printer is outside the reactive graph.
    effect(move || {
        if is_wanted.get() && is_there() {
            is_wanted.set(false);
            // A frame later the rows stand there.
            request_animation_frame(|| request_animation_frame(page::print));
        }
    });
}

/// Says that there is nothing, and what can be done about it.
#[component]
fn Nothing(listing: Listing) -> impl IntoView {
    let is_filtered =
        move || listing.state.with(|state| state.is_filtered() || state.view != RequestsView::All);
    let href = move || {
        let mut next = listing.state.get_untracked();
        next.clear();
        next.view = RequestsView::All;
        next.saved = None;
        next.address()
    };
    move || {
        if is_filtered() {
            view! {
                <Empty text=t(w::EMPTY_REQUESTS_FILTERED)>
                    <ButtonLink href=href()>{t(w::EMPTY_CLEAR_FILTERS)}</ButtonLink>
                </Empty>
            }
            .into_any()
        } else {
            view! { <Empty text=t(w::EMPTY_REQUESTS)/> }.into_any()
        }
    }
}
