//! Which column of the list is what, with its first rows; and what is wrong in it, by row and column.

use std::sync::Arc;

use frontdesk_contract::plan::Key as NameKey;
use leptos::prelude::*;

use crate::browser::intl;
use crate::domain::csv::{Fault, Flaw, Sheet};
use crate::domain::many::{self, KEYS};
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::many::begin::Form;
use crate::ui::{Checkbox, Select, SelectOption, When};

/// So many rows are shown.
const PREVIEW: usize = 5;
/// So many flaws are named; the others are counted.
const NAMED: usize = 20;

/// The part of the form.
#[component]
pub fn Columns(form: Form, sheet: Signal<Arc<Sheet>>) -> impl IntoView {
    let words = use_words();
    let has_columns = Signal::derive(move || sheet.with(|sheet| sheet.table.width() > 1));
    let columns = Signal::derive(move || {
        sheet.with(|sheet| {
            let option = |column: usize| {
                let args = [
                    ("number", intl::number(column as u64 + 1, &words.language())),
                    ("example", short(sheet.table.cell(0, column))),
                ];
                SelectOption::new(column.to_string(), words.text_with(w::MANY_COLUMN_NAME, &args))
            };
            (0..sheet.table.width().min(100)).map(option).collect::<Vec<_>>()
        })
    });
    let keys = Signal::derive(move || {
        KEYS.map(|key| SelectOption::new(key.as_str(), words.text(key_name(key)))).to_vec()
    });
    let counted = Memo::new(move |_| {
        let (heading, column) = (form.has_heading.get(), form.column());
        sheet.with(|sheet| many::count(&sheet.table, heading, column))
    });
    let empty = Signal::derive(move || counted.get().1 as u64);
    view! {
        <fieldset class="many-columns">
            <legend class="card__title">{t(w::MANY_MATCHING)}</legend>
            <Checkbox id="many-heading" label=t(w::MANY_HEADING) checked=form.has_heading/>
            <div class="many-columns__fields">
                <When on=has_columns>
                    <Select id="many-column" label=t(w::MANY_COLUMN) value=form.column options=columns/>
                </When>
                <Select id="many-key" label=t(w::MANY_KEY) value=form.key options=keys/>
            </div>
            <Preview form sheet/>
            <p role="status">
                {move || words.count(w::MANY_NAMES, counted.get().0 as u64)}
                {move || (empty.get() > 0).then(|| view! { " " {words.count(w::MANY_EMPTY_CELLS, empty.get())} })}
            </p>
            <Flaws sheet/>
        </fieldset>
    }
}

const fn key_name(key: NameKey) -> Key {
    match key {
        NameKey::Email => w::MANY_KEY_EMAIL,
        NameKey::Employee => w::MANY_KEY_EMPLOYEE,
        NameKey::Phone => w::MANY_KEY_PHONE,
        NameKey::Id => w::MANY_KEY_ID,
    }
}

/// The beginning of a cell.
fn short(cell: &str) -> String {
    const MAX: usize = 40;
    if cell.chars().count() > MAX { cell.chars().take(MAX).chain(['…']).collect() } else { cell.to_owned() }
}

#[component]
fn Preview(form: Form, sheet: Signal<Arc<Sheet>>) -> impl IntoView {
    let rows = move || {
        let (heading, chosen) = (form.has_heading.get(), form.column());
        sheet.with(|sheet| {
            let table = &sheet.table;
            let width = table.width().min(12);
            let row = |row: usize| {
                let is_heading = heading && row == 0;
                let cell = |column: usize| {
                    let text = short(table.cell(row, column));
                    view! { <td data-chosen=(column == chosen).then_some("")>{text}</td> }
                };
                view! { <tr data-heading=is_heading.then_some("")>{(0..width).map(cell).collect_view()}</tr> }
            };
            (0..table.len().min(PREVIEW + usize::from(heading))).map(row).collect_view()
        })
    };
    view! {
        <div class="many-preview" tabindex="0" role="group" aria-label=t(w::MANY_PREVIEW)>
            <table>
                <caption class="visually-hidden">{t(w::MANY_PREVIEW)}</caption>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

#[component]
fn Flaws(sheet: Signal<Arc<Sheet>>) -> impl IntoView {
    let words = use_words();
    let count = Signal::derive(move || sheet.with(|sheet| sheet.flawed as u64));
    let lines = move || {
        let line = |flaw: &Flaw| view! { <li>{flaw_text(flaw, words)}</li> };
        sheet.with(|sheet| sheet.flaws.iter().take(NAMED).map(line).collect_view())
    };
    let lines = StoredValue::new(lines);
    view! {
        <When on=Signal::derive(move || count.get() > 0)>
            <details class="many-flaws">
                <summary>{move || words.count(w::MANY_FLAWS, count.get())}</summary>
                <ul>{move || lines.with_value(|lines| lines())}</ul>
            </details>
        </When>
    }
}

fn flaw_text(flaw: &Flaw, words: Words) -> String {
    let number = |count: usize| intl::number(count as u64, &words.language());
    let key = match flaw.fault {
        Fault::Encoding => w::MANY_FLAW_ENCODING,
        Fault::Nul => w::MANY_FLAW_NUL,
        Fault::Long(_) => w::MANY_FLAW_LONG,
        Fault::Unclosed => w::MANY_FLAW_UNCLOSED,
    };
    let count = match flaw.fault {
        Fault::Long(bytes) => bytes,
        Fault::Encoding | Fault::Nul | Fault::Unclosed => 0,
    };
    let args = [("row", number(flaw.row)), ("column", number(flaw.column)), ("count", number(count))];
    words.text_with(key, &args)
}
