//! Everybody by name, a line each, and who of them is selected.

use std::collections::BTreeSet;

use frontdesk_contract::{PersonId, Timestamp};
use leptos::prelude::*;

use crate::api::{ApiError, Client};
use crate::browser::intl;
use crate::domain::account_list::{AccountState, Column};
use crate::i18n::{Words, keys as w, t, t_count, t_with, use_words};
use crate::pages::accounts::columns::{class_of, name_of};
use crate::pages::accounts::list::Listing;
use crate::pages::accounts::rows::{Row, everybody};
use crate::route::Route;
use crate::shell::acts::{stage_key, stage_tone};
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Banner, Button, ButtonLink, Pill, RelativeTime, Tone, Variant, When};

/// The table, how many there are, and the way to the next page.
#[component]
pub fn Table(listing: Listing) -> impl IntoView {
    let rows = Memo::new(move |_| listing.rows.list());
    let failure = listing.rows.failure;
    let has_more = Memo::new(move |_| listing.rows.has_more());
    let on_more = Callback::new(move |()| listing.rows.read_on());
    let headings = move || {
        let columns = listing.columns.get();
        columns
            .into_iter()
            .map(|column| view! { <th scope="col" class=class_of(column)>{t(name_of(column))}</th> })
            .collect_view()
    };
    view! {
        <p class="list-count" role="status"><Count listing/></p>
        <div class="table-wrap">
            <table class="table people">
                <thead>
                    <tr>
                        <th scope="col" class="people__pick"><PickShown listing rows/></th>
                        <th scope="col" class="people__who">{t(w::ACCOUNTS_PERSON)}</th>
                        {headings}
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=Row::clone let:row>
                        <Line row listing/>
                    </For>
                </tbody>
            </table>
        </div>
        <Failure error=failure on_retry=on_more busy=listing.rows.is_asking()/>
        <When on=has_more>
            <div>
                <Button busy=listing.rows.is_asking() on_press=on_more>{t(w::ACCOUNTS_MORE)}</Button>
            </div>
        </When>
    }
}

/// How many people the list has, and how many of them are shown.
#[component]
fn Count(listing: Listing) -> impl IntoView {
    let words = use_words();
    move || {
        let shown = listing.rows.list().len() as u64;
        let language = words.language();
        match listing.rows.total() {
            Some(all) if all > shown => words.text_with(
                w::ACCOUNTS_SHOWN,
                &[("count", intl::number(shown, &language)), ("all", intl::number(all, &language))],
            ),
            Some(_) | None => words.count(w::ACCOUNTS_COUNT, shown),
        }
    }
}

/// Selects all rows that are shown, or none of them.
#[component]
fn PickShown(listing: Listing, rows: Memo<Vec<Row>>) -> impl IntoView {
    let is_all = move || {
        listing.picked.with(|picked| {
            rows.with(|rows| !rows.is_empty() && rows.iter().all(|row| picked.contains(&row.id)))
        })
    };
    let on_change = move |ev| {
        let is_on = event_target_checked(&ev);
        let mut picked = listing.picked.get_untracked();
        rows.with_untracked(|rows| {
            for row in rows {
                if is_on {
                    picked.insert(row.id.clone());
                } else {
                    picked.remove(&row.id);
                }
            }
        });
        listing.pick(picked);
    };
    view! {
        <input class="checkbox__mark" type="checkbox" aria-label=t(w::ACCOUNTS_SELECT_SHOWN) prop:checked=is_all on:change=on_change/>
    }
}

#[component]
fn Line(row: Row, listing: Listing) -> impl IntoView {
    let id = row.id.clone();
    let own = StoredValue::new(row.id.clone());
    let is_picked =
        Memo::new(move |_| listing.picked.with(|picked| own.with_value(|id| picked.contains(id))));
    let on_change = move |ev| {
        let is_on = event_target_checked(&ev);
        let mut picked = listing.picked.get_untracked();
        own.with_value(|id| if is_on { picked.insert(id.clone()) } else { picked.remove(id) });
        listing.pick(picked);
    };
    let select = t_with(w::ACCOUNTS_SELECT, [("name", Signal::stored(row.name.clone()))]);
    let shown = row.clone();
    let cells = move || {
        let cell = |column| view! { <Cell column row=shown.clone() listing/> };
        listing.columns.get().into_iter().map(cell).collect_view()
    };
    view! {
        <tr data-picked=move || is_picked.get().then_some("")>
            <td class="people__pick">
                <input class="checkbox__mark" type="checkbox" aria-label=select prop:checked=is_picked on:change=on_change/>
            </td>
            <td class="people__who">
                <a class="cell-title" href=Route::AccountOf(id).to_string()>{row.name.clone()}</a>
                <span class="cell-sub" title=row.detail.clone()>{row.detail.clone()}</span>
            </td>
            {cells}
        </tr>
    }
}

#[component]
fn Cell(column: Column, row: Row, listing: Listing) -> impl IntoView {
    let title = match column {
        Column::Department => Some(row.department.clone()),
        Column::Job => Some(row.job.clone()),
        Column::Stage | Column::Manager | Column::Employee | Column::Created | Column::Changed => None,
    };
    let content = match column {
        Column::Stage => view! { <Standing row/> }.into_any(),
        Column::Department => row.department.into_any(),
        Column::Job => row.job.into_any(),
        Column::Manager => row.manager.map(|(id, name)| view! { <ReportsOf id name listing/> }).into_any(),
        Column::Employee => row.employee.into_any(),
        Column::Created => row.created_at.map(|at| view! { <Ago at/> }).into_any(),
        Column::Changed => row.changed_at.map(|at| view! { <Ago at/> }).into_any(),
    };
    view! { <td class=class_of(column) title=title data-label=t(name_of(column))>{content}</td> }
}

/// The manager leads to all whose manager this is, with the rest of the list as it is.
#[component]
fn ReportsOf(id: PersonId, name: String, listing: Listing) -> impl IntoView {
    let href = move || AccountState { manager: Some(id.clone()), ..listing.state.get() }.address();
    let label = t_with(w::ACCOUNTS_MANAGER_THEIRS, [("name", Signal::stored(name.clone()))]);
    view! { <a href=href aria-label=label>{name}</a> }
}

#[component]
fn Ago(at: Timestamp) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let text = Signal::derive(move || intl::relative(at, session.now(), &words.language()));
    let exact = Signal::derive(move || intl::exact(at, &words.language()));
    view! { <RelativeTime text exact datetime=at.to_string()/> }
}

/// Where the account stands, and the date that comes next.
#[component]
fn Standing(row: Row) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let leaves_at = row.leaves_at;
    let has_left = Memo::new(move |_| leaves_at.is_some_and(|at| at <= session.now()));
    let stage = row.stage;
    let pill = move || {
        if has_left.get() {
            view! { <Pill tone=Tone::Warn text=t(w::ACCOUNTS_LEFT)/> }
        } else {
            view! { <Pill tone=stage_tone(stage) text=t(stage_key(stage))/> }
        }
    };
    let detail = Signal::derive(move || next_date(&row, words));
    view! { {pill} <span class="cell-sub" title=detail>{detail}</span> }
}

/// What comes next, or what holds it back.
fn next_date(row: &Row, words: Words) -> String {
    let dated = |key, at| words.text_with(key, &[("date", intl::date(at, &words.language()))]);
    match (row.held_at, row.deletion_at, row.scheduled_for) {
        (Some(at), _, _) => dated(w::ACCOUNTS_HELD_SINCE, at),
        (None, Some(at), _) => dated(w::STAGE_DELETION, at),
        (None, None, Some(at)) => dated(w::ACCOUNTS_SCHEDULED_FOR, at),
        (None, None, None) => String::new(),
    }
}

/// How many are selected, on whatever page, and the way to act on them.
#[component]
pub fn Selected(listing: Listing) -> impl IntoView {
    let words = use_words();
    let count = Signal::derive(move || listing.picked.with(|picked| picked.len() as u64));
    let failure = RwSignal::new(None::<ApiError>);
    let all = use_everybody(listing, failure);
    // Selecting everybody is offered once somebody is selected, and says how many that will be.
    let offer = Memo::new(move |_| {
        let total = listing.rows.total()?;
        (total > count.get()).then(|| words.count(w::ACCOUNTS_COUNT, total))
    });
    let has_offer = Signal::derive(move || offer.with(Option::is_some));
    let people = Signal::derive(move || offer.get().unwrap_or_default());
    let on_all = Callback::new(move |()| {
        failure.set(None);
        all.begin(());
    });
    let on_clear = Callback::new(move |()| listing.pick(BTreeSet::new()));
    view! {
        <Failure error=failure/>
        <When on=listing.is_full>
            <Banner tone=Tone::Warn>
                <p role="alert">{t(w::ACCOUNTS_SELECT_FULL)}</p>
            </Banner>
        </When>
        <When on=Signal::derive(move || count.get() > 0)>
            <div class="list-bar" role="group" aria-label=t_count(w::REQUESTS_SELECTED, count)>
                <p role="status">{t_count(w::REQUESTS_SELECTED, count)}</p>
                <ButtonLink href=Route::Many.to_string() variant=Variant::Primary>
                    {t(w::ACCOUNTS_ACT_ON)}
                </ButtonLink>
                <When on=has_offer>
                    <Button busy=all.pending() on_press=on_all>
                        {t_with(w::ACCOUNTS_SELECT_ALL, [("people", people)])}
                    </Button>
                </When>
                <Button variant=Variant::Quiet on_press=on_clear>{t(w::REQUESTS_CLEAR_SELECTION)}</Button>
            </div>
        </When>
    }
}

/// Selects everybody whom the list would show, on whatever page, beside those who are selected already.
fn use_everybody(listing: Listing, failure: RwSignal<Option<ApiError>>) -> Act<()> {
    let client = expect_context::<Client>();
    Act::new(move |()| {
        let client = client.clone();
        let question = listing.rows.question();
        async move {
            match everybody(&client, &question).await {
                Ok(found) => {
                    // The page may be gone.
                    let Some(mut picked) = listing.picked.try_get_untracked() else { return };
                    picked.extend(found.into_iter().collect::<BTreeSet<PersonId>>());
                    listing.pick(picked);
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
        }
    })
}
