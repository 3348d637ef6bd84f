//! The rows as a grid after the ARIA Authoring Practices: one stop for Tab, arrows move from cell to cell. Only what is
//! seen stands in the page, however long the list is.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use frontdesk_contract::{RequestId, RequestSummary, SortBy, Version};
use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;

use crate::browser::{focus, viewport};
use crate::domain::request_list::{Column, ListState};
use crate::domain::window;
use crate::i18n::{Key, keys as w, t, t_with};
use crate::pages::requests::row::{PriorityMark, SinceText, Waiting, WaitingPill, channel_key};
use crate::pages::requests::rows::{Mark, Rows};
use crate::route::Route;
use crate::shell::Desk;
use crate::state::Preferences;
use crate::state::preferences::Density;
use crate::ui::{Avatar, When, effect};

/// The id of what the rows stand in.
pub const BODY: &str = "requests-rows";
/// The id of what is as high as a row.
const PROBE: &str = "requests-row-height";
/// The column of the boxes; that of the requests comes next.
const BOX: usize = 0;
const TITLE: usize = 1;
/// So many rows are printed.
pub const PRINTED: usize = 500;

/// Requests that are selected, with the versions in which they were.
pub type Picked = RwSignal<BTreeMap<RequestId, Version>>;

/// What the page and the grid both know of the list.
#[derive(Clone, Copy)]
pub struct Listing {
    /// What is shown, as the address says.
    pub state: Memo<ListState>,
    /// Shows something else.
    pub go: Callback<ListState>,
    /// The rows.
    pub rows: Rows,
    /// What is selected.
    pub picked: Picked,
    /// What has changed since the rows were asked for.
    pub changed: RwSignal<BTreeSet<RequestId>>,
    /// Whether the list is on its way to paper: then it stands in the page as it is, from the first row on.
    pub is_printing: RwSignal<bool>,
}

/// Where the keyboard is: the headings are row 0.
type At = (usize, usize);

#[derive(Clone, Copy)]
struct Cells {
    at: RwSignal<At>,
    /// Whether the focus is in the grid.
    is_inside: RwSignal<bool>,
    /// How high a row is.
    height: RwSignal<f64>,
    listing: Listing,
}

/// The grid.
#[component]
pub fn Grid(listing: Listing) -> impl IntoView {
    let preferences = expect_context::<Preferences>();
    let rows = listing.rows;
    let cells = Cells {
        at: RwSignal::new((1, TITLE)),
        is_inside: RwSignal::new(false),
        height: RwSignal::new(0.0),
        listing,
    };
    let columns = Memo::new(move |_| {
        let shown = |column: &Column| listing.state.with(|state| state.shows(*column));
        Column::ALL.into_iter().filter(shown).collect::<Vec<_>>()
    });
    let listening = StoredValue::new_local(viewport::on_scroll(move || cells.measure()));
    let printing = StoredValue::new_local(viewport::on_print(move |is_printing| {
        listing.is_printing.set(is_printing);
    }));
    on_cleanup(move || {
        listening.dispose();
        printing.dispose();
    });
    // What the address says of the rows holds on this page alone.
    effect(move || {
        let is_compact = listing.state.with(|state| state.is_compact);
        preferences.lend_density(is_compact.map(Density::of));
    });
    on_cleanup(move || preferences.lend_density(None));
    // What is seen is known once it is drawn.
    effect(move || {
        preferences.density();
        cells.height.track();
        rows.total.track();
        rows.is_here();
        listing.is_printing.track();
        request_animation_frame(move || cells.measure());
    });
    // The one stop for Tab is always there.
    effect(move || {
        let (total, last) = (rows.total.get(), columns.read().len() + TITLE);
        if rows.is_here() {
            cells.keep_stop(total, last);
        }
    });
    let drawn = Memo::new(move |_| cells.drawn());
    // The focus is the browser's: a row that was drawn anew gets it back.
    effect(move || {
        drawn.track();
        if cells.is_inside.get_untracked() {
            request_animation_frame(move || cells.keep_focus());
        }
    });
    let row_count = move || if rows.is_here() { (rows.total.get() + 1).to_string() } else { "-1".to_owned() };
    let body_height = move || {
        let pixels = cells.height.get() * count(rows.total.get());
        (!listing.is_printing.get()).then(|| format!("{pixels}px"))
    };
    let waiting = Signal::derive(move || !rows.is_here() && rows.error().is_none());
    view! {
        <div class="grid" data-scroller="" data-printing=move || listing.is_printing.get().then_some("")>
            <div class="grid__probe" id=PROBE aria-hidden="true"></div>
            <div
                class="grid__table"
                role="grid"
                aria-label=t(w::NAV_REQUESTS)
                aria-multiselectable="true"
                aria-rowcount=row_count
                aria-colcount=move || (columns.read().len() + 2).to_string()
                aria-busy=move || rows.is_asking().then_some("true")
                on:keydown=move |ev| cells.on_key(&ev, columns.read_untracked().len() + TITLE)
                on:focusin=move |_| cells.on_focus()
                on:focusout=move |ev| cells.on_leave(&ev)
            >
                <div role="rowgroup" class="grid__head" data-scroller-head="">
                    <Headings cells columns/>
                </div>
                <div role="rowgroup" class="grid__body" id=BODY style:height=body_height>
                    <For each=move || drawn.get() key=Clone::clone let(drawn)>
                        <Row drawn cells columns/>
                    </For>
                </div>
            </div>
            <When on=waiting>
                <Waits/>
            </When>
        </div>
    }
}

/// Stands in place of the rows until they come: grey lines, and a word for readers.
#[component]
fn Waits() -> impl IntoView {
    view! {
        <div class="grid__waits" role="status">
            <span class="visually-hidden">{t(w::LOADING)}</span>
            {[(); 6].map(|()| view! { <span class="skeleton__line"></span> }).into_iter().collect_view()}
        </div>
    }
}

/// A row that is drawn: its place, and what stands there.
type Drawn = (usize, Option<Mark>);

impl Cells {
    /// Looks at what is seen.
    fn measure(self) {
        let (rows, listing) = (self.listing.rows, self.listing);
        let Some(total) = rows.total.try_get_untracked() else { return };
        let height = viewport::height(PROBE);
        if self.height.get_untracked() != height {
            self.height.set(height);
        }
        let seen = if listing.is_printing.get_untracked() {
            0..total.min(PRINTED)
        } else {
            let (top, pixels) = viewport::seen(BODY);
            window::rows(top, pixels, height, total)
        };
        if *rows.seen.read_untracked() != seen {
            rows.seen.set(seen);
        }
    }

    /// The rows that stand in the page. The one with the focus stays, however far one scrolls.
    fn drawn(self) -> Vec<Drawn> {
        let rows = self.listing.rows;
        if !rows.is_here() {
            return Vec::new();
        }
        let total = rows.total.get();
        let Range { start, end } = match self.listing.is_printing.get() {
            true => rows.seen.get(),
            false => window::drawn(&rows.seen.read(), total),
        };
        let focused = self.at.with(|at| at.0.checked_sub(1)).filter(|_| self.is_inside.get());
        let focused = focused.filter(|index| *index < total && !(start..end).contains(index));
        let before = focused.filter(|index| *index < start);
        let after = focused.filter(|index| *index >= end);
        before.into_iter().chain(start..end).chain(after).map(|index| (index, rows.mark(index))).collect()
    }

    /// Where a press on a key leads.
    fn on_key(self, ev: &KeyboardEvent, last: usize) {
        if ev.alt_key() || ev.meta_key() {
            return;
        }
        let total = self.listing.rows.total.get_untracked();
        let (row, column) = self.at.get_untracked();
        let is_turned = focus::is_right_to_left(ev);
        let page = self.listing.rows.seen.with_untracked(|seen| seen.len().saturating_sub(2).max(1));
        let at = match (ev.key().as_str(), ev.ctrl_key()) {
            ("ArrowDown", false) => (row + 1, column),
            ("ArrowUp", false) => (row.saturating_sub(1), column),
            ("ArrowRight", false) if !is_turned => (row, column + 1),
            ("ArrowLeft", false) if is_turned => (row, column + 1),
            ("ArrowRight" | "ArrowLeft", false) => (row, column.saturating_sub(1)),
            ("Home", false) => (row, 0),
            ("End", false) => (row, last),
            ("Home", true) => (1, 0),
            ("End", true) => (total, last),
            ("PageDown", false) => (row + page, column),
            ("PageUp", false) => (row.saturating_sub(page).max(1), column),
            ("Enter", false) if row > 0 && column != TITLE => {
                focus::press_id(&cell_id(row, TITLE));
                return ev.prevent_default();
            }
            (" ", false) if row > 0 && column != BOX => {
                focus::press_id(&cell_id(row, BOX));
                return ev.prevent_default();
            }
            _ => return,
        };
        ev.prevent_default();
        self.move_to((at.0.min(total), at.1.min(last)));
    }

    fn move_to(self, at: At) {
        self.at.set(at);
        if let (Some(index), height) = (at.0.checked_sub(1), self.height.get_untracked()) {
            viewport::show(BODY, count(index) * height, height);
        }
        request_animation_frame(move || self.focus());
    }

    /// Keeps the stop inside a list that has become shorter; of a new list it is the first row.
    fn keep_stop(self, total: usize, last: usize) {
        let (row, column) = self.at.get_untracked();
        let is_away = row == 0 && total > 0 && !self.is_inside.get_untracked();
        let at = if is_away { (1, TITLE) } else { (row.min(total), column.min(last)) };
        if at != (row, column) {
            self.at.set(at);
        }
    }

    fn focus(self) {
        if let Some((row, column)) = self.at.try_get_untracked() {
            focus::focus_id(&cell_id(row, column));
        }
    }

    /// Gives the focus back to its cell when that was drawn anew, and not when somebody has gone elsewhere.
    fn keep_focus(self) {
        if focus::active().is_none() && self.is_inside.try_get_untracked() == Some(true) {
            self.focus();
        }
    }

    fn on_focus(self) {
        if let Some(at) = focus::active_id().and_then(|id| cell_of(&id))
            && self.at.get_untracked() != at
        {
            self.at.set(at);
        }
        self.is_inside.set(true);
    }

    fn on_leave(self, ev: &FocusEvent) {
        if focus::leaves(ev, ".grid") {
            self.is_inside.set(false);
        }
    }

    /// `0` for the one cell that Tab reaches.
    fn stop(self, row: usize, column: usize) -> Signal<&'static str> {
        Signal::derive(move || if self.at.get() == (row, column) { "0" } else { "-1" })
    }
}

fn cell_id(row: usize, column: usize) -> String {
    format!("cell-{row}-{column}")
}

fn cell_of(id: &str) -> Option<At> {
    let (row, column) = id.strip_prefix("cell-")?.split_once('-')?;
    Some((row.parse().ok()?, column.parse().ok()?))
}

fn count(rows: usize) -> f64 {
    rows as f64
}

/// The headings; a press on one sorts by it.
#[component]
fn Headings(cells: Cells, columns: Memo<Vec<Column>>) -> impl IntoView {
    let headings = move || {
        let columns =
            columns.get().into_iter().map(|column| (name_of(column), column_name(column), column.sort()));
        let title = (w::REQUESTS_COLUMN_REQUEST, "title", SortBy::Id);
        let all = std::iter::once(title).chain(columns).enumerate();
        all.map(|(index, (name, column, by))| view! { <Heading cells place=index + TITLE name column by/> })
            .collect_view()
    };
    view! {
        <div role="row" class="grid__row" aria-rowindex="1">
            <div role="columnheader" class="cell" data-column="box" id=cell_id(0, BOX) tabindex=cells.stop(0, BOX)>
                <span class="visually-hidden">{t(w::REQUESTS_COLUMN_SELECT)}</span>
            </div>
            {headings}
        </div>
    }
}

#[component]
fn Heading(cells: Cells, place: usize, name: Key, column: &'static str, by: SortBy) -> impl IntoView {
    let Listing { state, go, .. } = cells.listing;
    let sort = Memo::new(move |_| state.with(|state| state.sort));
    let order = move || match sort.get() {
        sort if sort.by != by => "none",
        sort if sort.is_descending => "descending",
        _ => "ascending",
    };
    let on_press = move |_| {
        let mut next = state.get_untracked();
        next.sort_by(by);
        go.run(next);
    };
    view! {
        <div role="columnheader" class="cell" data-column=column aria-sort=order>
            <button
                class="grid__sort"
                type="button"
                id=cell_id(0, place)
                tabindex=cells.stop(0, place)
                on:click=on_press
            >
                {t(name)}
                <span class="grid__arrow" aria-hidden="true"></span>
            </button>
        </div>
    }
}

/// The heading of a column.
pub fn name_of(column: Column) -> Key {
    match column {
        Column::Waiting => w::REQUESTS_TURN,
        Column::Priority => w::REQUESTS_COLUMN_PRIORITY,
        Column::Topic => w::SUPPORT_TOPIC,
        Column::Channel => w::REQUESTS_COLUMN_CHANNEL,
        Column::AskedBy => w::REQUESTS_COLUMN_ASKED_BY,
        Column::Asked => w::REQUEST_ASKED_AT,
        Column::Changed => w::REQUESTS_COLUMN_CHANGED,
    }
}

/// What the sheet calls it.
const fn column_name(column: Column) -> &'static str {
    match column {
        Column::Waiting => "waiting",
        Column::Priority => "priority",
        Column::Topic => "topic",
        Column::Channel => "channel",
        Column::AskedBy => "person",
        Column::Asked | Column::Changed => "time",
    }
}

/// A row, or its place while it is on its way.
#[component]
fn Row(drawn: Drawn, cells: Cells, columns: Memo<Vec<Column>>) -> impl IntoView {
    let (index, mark) = drawn;
    let listing = cells.listing;
    let place = move || {
        let pixels = cells.height.get() * count(index);
        (!listing.is_printing.get()).then(|| format!("translateY({pixels}px)"))
    };
    let request = untrack(|| listing.rows.row(index)).filter(|_| mark.is_some());
    let is_unread = mark.is_some_and(|(_, _, is_unread)| is_unread);
    let id = request.as_ref().map(|request| request.id);
    let is_picked =
        Memo::new(move |_| id.is_some_and(|id| listing.picked.with(|picked| picked.contains_key(&id))));
    let is_changed =
        Memo::new(move |_| id.is_some_and(|id| listing.changed.with(|changed| changed.contains(&id))));
    let selected = move || id.map(|_| if is_picked.get() { "true" } else { "false" });
    let content = match request {
        Some(request) => {
            view! { <Filled request index cells columns is_picked is_changed is_unread/> }.into_any()
        }
        None => view! { <Blank index cells/> }.into_any(),
    };
    view! {
        <div
            role="row"
            class="grid__row"
            aria-rowindex=(index + 2).to_string()
            aria-selected=selected
            data-changed=move || is_changed.get().then_some("")
            data-unread=is_unread.then_some("")
            style:transform=place
        >
            {content}
        </div>
    }
}

/// The place of a row that is on its way.
#[component]
fn Blank(index: usize, cells: Cells) -> impl IntoView {
    let row = index + 1;
    view! {
        <div
            role="gridcell"
            class="cell"
            data-column="title"
            id=cell_id(row, TITLE)
            tabindex=cells.stop(row, TITLE)
            aria-busy="true"
        >
            <span class="skeleton__line"></span>
            <span class="visually-hidden">{t(w::LOADING)}</span>
        </div>
    }
}

#[component]
fn Filled(
    request: RequestSummary,
    index: usize,
    cells: Cells,
    columns: Memo<Vec<Column>>,
    is_picked: Memo<bool>,
    is_changed: Memo<bool>,
    is_unread: bool,
) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let row = index + 1;
    let topic = desk.topic_name(request.topic.clone());
    let touches = !request.incidents.is_empty();
    let href = Route::Request(request.id).to_string();
    let (id, version) = (request.id, request.version.clone());
    let picked = cells.listing.picked;
    let on_pick = move |ev| {
        let is_picked = event_target_checked(&ev);
        picked.update(|picked| {
            if is_picked {
                picked.insert(id, version.clone());
            } else {
                picked.remove(&id);
            }
        });
    };
    let number = Signal::derive(move || id.to_string());
    let others = StoredValue::new(request.clone());
    let (subject, full) = (request.subject.clone(), request.subject);
    let other = move |(place, column): (usize, Column)| {
        let place = place + TITLE + 1;
        let content = others.with_value(|request| content(column, request, topic));
        view! {
            <div
                role="gridcell"
                class="cell"
                data-column=column_name(column)
                id=cell_id(row, place)
                tabindex=cells.stop(row, place)
            >
                {content}
            </div>
        }
    };
    view! {
        <div role="gridcell" class="cell" data-column="box">
            <input
                class="checkbox__mark"
                type="checkbox"
                id=cell_id(row, BOX)
                tabindex=cells.stop(row, BOX)
                aria-label=t_with(w::REQUESTS_SELECT, [("id", number)])
                prop:checked=is_picked
                on:change=on_pick
            />
        </div>
        <div role="gridcell" class="cell" data-column="title">
            <a
                class="cell-title"
                href=href
                title=full
                id=cell_id(row, TITLE)
                tabindex=cells.stop(row, TITLE)
            >
                {is_unread.then(|| view! { <span class="unread"><span class="visually-hidden">{t(w::REQUESTS_UNREAD)}" "</span></span> })}
                {subject}
            </a>
            <span class="cell-sub">
                <When on=is_changed>
                    <b class="changed">{t(w::REQUESTS_CHANGED_MARK)}</b>
                    " · "
                </When>
                {id.to_string()} " · " {topic}
                {touches.then(|| view! { " · " {t(w::REQUESTS_TOUCHES_INCIDENT)} })}
            </span>
        </div>
        {move || columns.get().into_iter().enumerate().map(other).collect_view()}
    }
}

fn content(column: Column, request: &RequestSummary, topic: Signal<String>) -> AnyView {
    match column {
        Column::Waiting => view! { <WaitingPill row=Waiting::from(request)/> }.into_any(),
        Column::Priority => {
            view! { <PriorityMark priority=request.priority support=request.support_priority/> }.into_any()
        }
        Column::Topic => view! { <span class="cell-text" title=topic>{topic}</span> }.into_any(),
        Column::Channel => {
            view! { <span class="cell-text">{t(channel_key(request.channel))}</span> }.into_any()
        }
        Column::AskedBy => {
            let name = request.asked_by.name.clone();
            view! {
                <span class="cell-person" title=request.asked_by.name.clone()>
                    <Avatar name=request.asked_by.name.clone()/>
                    <span class="cell-person__name">{name}</span>
                </span>
            }
            .into_any()
        }
        Column::Asked => view! { <SinceText at=request.created_at/> }.into_any(),
        Column::Changed => view! { <SinceText at=request.changed_at/> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_known_by_its_id() {
        assert_eq!(cell_of(&cell_id(100_000, 6)), Some((100_000, 6)));
        for id in ["", "cell-", "cell-1", "cell-1-", "cell--1-2", "other-1-2"] {
            assert_eq!(cell_of(id), None, "{id}");
        }
    }
}
