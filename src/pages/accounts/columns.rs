//! Which columns the directory has.

use leptos::prelude::*;

use crate::domain::account_list::{AccountState, Column};
use crate::i18n::{Key, keys as w, t};
use crate::pages::accounts::list::Listing;
use crate::ui::{Button, Checkbox, Dialog, When, effect_after};

/// The button, and what it opens.
#[component]
pub fn ColumnsButton(listing: Listing) -> impl IntoView {
    let open = RwSignal::new(false);
    let on_press = Callback::new(move |()| open.set(true));
    view! {
        <Button on_press>{t(w::REQUESTS_COLUMNS)}</Button>
        <Dialog open title=t(w::REQUESTS_COLUMNS)>
            <When on=open>
                <Choices listing/>
            </When>
        </Dialog>
    }
}

#[component]
fn Choices(listing: Listing) -> impl IntoView {
    let boxes = Column::ALL.map(|column| view! { <Shown column listing/> });
    view! {
        <fieldset class="list-columns">
            <legend class="field__label">{t(w::REQUESTS_COLUMNS)}</legend>
            {boxes.into_iter().collect_view()}
        </fieldset>
    }
}

#[component]
fn Shown(column: Column, listing: Listing) -> impl IntoView {
    let Listing { state, go, .. } = listing;
    let is_shown = RwSignal::new(state.with_untracked(|state| state.columns.has(column)));
    // The address is outside the reactive graph.
    effect_after(move |before: Option<()>| {
        let is_shown = is_shown.get();
        if before.is_some() {
            let state = state.get_untracked();
            go.run(AccountState { columns: state.columns.with(column, is_shown), ..state });
        }
    });
    view! { <Checkbox id=box_id(column) label=t(name_of(column)) checked=is_shown/> }
}

/// The name of a column.
pub const fn name_of(column: Column) -> Key {
    match column {
        Column::Stage => w::ACCOUNTS_STAGE,
        Column::Department => w::ACCOUNTS_DEPARTMENT,
        Column::Job => w::ACCOUNTS_JOB,
        Column::Manager => w::ACCOUNTS_MANAGER,
        Column::Employee => w::ACCOUNTS_EMPLOYEE,
        Column::Created => w::ACCOUNTS_CREATED,
        Column::Changed => w::ACCOUNTS_CHANGED,
    }
}

/// How a column looks.
pub const fn class_of(column: Column) -> &'static str {
    match column {
        Column::Stage => "people__stage",
        Column::Department => "people__department",
        Column::Job | Column::Manager => "people__more",
        Column::Employee => "people__number",
        Column::Created | Column::Changed => "people__changed cell-end",
    }
}

const fn box_id(column: Column) -> &'static str {
    match column {
        Column::Stage => "column-stage",
        Column::Department => "column-department",
        Column::Job => "column-job",
        Column::Manager => "column-manager",
        Column::Employee => "column-employee",
        Column::Created => "column-created",
        Column::Changed => "column-changed",
    }
}
