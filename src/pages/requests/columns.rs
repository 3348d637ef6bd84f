//! Which columns the list has, and its order: also where no headings are, on a phone.

use frontdesk_contract::{Sort, SortBy};
use leptos::prelude::*;

use crate::domain::request_list::{COMFORTABLE, COMPACT, Column};
use crate::i18n::{keys as w, t, use_words};
use crate::pages::requests::grid::{Listing, name_of};
use crate::ui::{Button, Checkbox, Dialog, Select, SelectOption, When, effect_after};

/// The button, and what it opens.
#[component]
pub fn ColumnsButton(listing: Listing) -> impl IntoView {
    let open = RwSignal::new(false);
    let on_press = Callback::new(move |()| open.set(true));
    view! {
        <Button on_press>{t(w::REQUESTS_SETTINGS)}</Button>
        <Dialog open title=t(w::REQUESTS_SETTINGS)>
            <When on=open>
                <Choices listing/>
            </When>
        </Dialog>
    }
}

#[component]
fn Choices(listing: Listing) -> impl IntoView {
    let Listing { state, go, .. } = listing;
    let words = use_words();
    let by = RwSignal::new(state.with_untracked(|state| state.sort.by.as_str().to_owned()));
    let is_descending = RwSignal::new(state.with_untracked(|state| state.sort.is_descending));
    // The address is outside the reactive graph.
    effect_after(move |before: Option<()>| {
        let (by, is_descending) = (by.get(), is_descending.get());
        let by = SortBy::ALL.into_iter().find(|known| known.as_str() == by);
        if let (Some(()), Some(by)) = (before, by) {
            let mut next = state.get_untracked();
            next.sort = Sort { by, is_descending };
            go.run(next);
        }
    });
    let density = RwSignal::new(match state.with_untracked(|state| state.is_compact) {
        Some(true) => COMPACT.to_owned(),
        Some(false) => COMFORTABLE.to_owned(),
        None => String::new(),
    });
    // The address is outside the reactive graph.
    effect_after(move |before: Option<()>| {
        let density = density.get();
        if before.is_some() {
            let is_compact = (!density.is_empty()).then(|| density == COMPACT);
            let mut next = state.get_untracked();
            next.is_compact = is_compact;
            go.run(next);
        }
    });
    let densities = Signal::derive(move || {
        let option = |(word, key)| SelectOption::new(word, words.text(key));
        [(COMFORTABLE, w::DENSITY_COMFORTABLE), (COMPACT, w::DENSITY_COMPACT)].map(option).to_vec()
    });
    let orders = Signal::derive(move || {
        let title = SelectOption::new(SortBy::Id.as_str(), words.text(w::REQUESTS_COLUMN_REQUEST));
        let column = |column: Column| SelectOption::new(column.sort().as_str(), words.text(name_of(column)));
        std::iter::once(title).chain(Column::ALL.into_iter().map(column)).collect::<Vec<_>>()
    });
    let boxes = Column::ALL.map(|column| view! { <Shown column listing/> });
    view! {
        <Select id="list-order" label=t(w::REQUESTS_SORTED_BY) value=by options=orders/>
        <Checkbox id="list-descending" label=t(w::REQUESTS_DESCENDING) checked=is_descending/>
        <Select
            id="list-density"
            label=t(w::MENU_DENSITY)
            prompt=t(w::REQUESTS_DENSITY_OWN)
            value=density
            options=densities
        />
        <fieldset class="list-columns">
            <legend class="field__label">{t(w::REQUESTS_COLUMNS)}</legend>
            {boxes.into_iter().collect_view()}
        </fieldset>
    }
}

#[component]
fn Shown(column: Column, listing: Listing) -> impl IntoView {
    let Listing { state, go, .. } = listing;
    let is_shown = RwSignal::new(state.with_untracked(|state| state.shows(column)));
    // The address is outside the reactive graph.
    effect_after(move |before: Option<()>| {
        let is_shown = is_shown.get();
        if before.is_some() {
            let mut next = state.get_untracked();
            next.show(column, is_shown);
            go.run(next);
        }
    });
    view! { <Checkbox id=box_id(column) label=t(name_of(column)) checked=is_shown/> }
}

const fn box_id(column: Column) -> &'static str {
    match column {
        Column::Waiting => "column-waiting",
        Column::Priority => "column-priority",
        Column::Topic => "column-topic",
        Column::Channel => "column-channel",
        Column::AskedBy => "column-person",
        Column::Asked => "column-asked",
        Column::Changed => "column-changed",
    }
}
