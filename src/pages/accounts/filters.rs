//! What narrows the list: the stage, other views, words, the department, one manager; and the order.

use frontdesk_contract::account::Stage;
use frontdesk_contract::account::page::AccountCounts;
use leptos::prelude::*;

use crate::api::accounts;
use crate::browser::{focus, intl, timer};
use crate::domain::account_list::{AccountState, Order, View};
use crate::i18n::{Key, keys as w, t, use_words};
use crate::pages::accounts::list::Listing;
use crate::shell::acts::stage_key;
use crate::shell::use_fetched;
use crate::state::Preferences;
use crate::ui::{Input, SelectOption, TextField, effect};

/// How long after the last key a search is made, in milliseconds.
const PAUSE: i32 = 250;
/// The id of the search field.
const FIELD: &str = "accounts-search";

/// The stages as a small funnel, each with its number and the way to its accounts.
#[component]
pub fn Funnel(listing: Listing) -> impl IntoView {
    let steps = Stage::ALL.map(|stage| view! { <Step stage listing/> });
    view! {
        <nav aria-label=t(w::ACCOUNTS_STAGES)>
            <ol class="funnel" role="list">{steps.into_iter().collect_view()}</ol>
        </nav>
    }
}

const fn number_at(stage: Stage, counts: &AccountCounts) -> u64 {
    match stage {
        Stage::Provisioned => counts.provisioned,
        Stage::Invited => counts.invited,
        Stage::Active => counts.active,
        Stage::Deactivated => counts.deactivated,
        Stage::Former => counts.former,
    }
}

#[component]
fn Step(stage: Stage, listing: Listing) -> impl IntoView {
    let words = use_words();
    let counts = listing.counts;
    let number = move || {
        let count = counts.with(|counts| counts.map(|counts| number_at(stage, counts)));
        count.map(|count| intl::number(count, &words.language())).unwrap_or_else(|| "–".to_owned())
    };
    // The bar says the share of the largest; the number says the rest.
    let share = move || {
        counts.with(|counts| {
            let Some(counts) = counts else { return "0%".to_owned() };
            let most = Stage::ALL.into_iter().map(|stage| number_at(stage, counts)).max().unwrap_or(1).max(1);
            let share = (number_at(stage, counts) * 100).div_ceil(most);
            share.to_string() + "%"
        })
    };
    let href = href(listing, View::At(stage));
    let current = current(listing, View::At(stage));
    view! {
        <li class="funnel__step">
            <a class="funnel__link" href=href aria-current=current>
                <span>{t(stage_key(stage))}</span>
                <b>{number}</b>
                <span class="funnel__bar" aria-hidden="true"><span style:inline-size=share></span></span>
            </a>
        </li>
    }
}

/// The address of a view, with the rest as it is; pressed once more it shows all.
fn href(listing: Listing, view: View) -> Signal<String> {
    Signal::derive(move || {
        let state = listing.state.get();
        let view = if state.view == view { View::All } else { view };
        AccountState { view, ..state }.address()
    })
}

fn current(listing: Listing, view: View) -> Signal<Option<&'static str>> {
    Signal::derive(move || listing.state.with(|state| state.view == view).then_some("page"))
}

/// What else one may want to see, with the numbers that are known.
#[component]
pub fn Views(listing: Listing) -> impl IntoView {
    let all = view! { <Chip view=View::All listing/> };
    let chips = View::OTHER.map(|view| view! { <Chip view listing/> });
    view! {
        <nav class="filters" aria-label=t(w::ACCOUNTS_VIEWS)>{all} {chips.into_iter().collect_view()}</nav>
    }
}

#[component]
fn Chip(view: View, listing: Listing) -> impl IntoView {
    let words = use_words();
    let counts = listing.counts;
    let count = move || {
        let count = counts.with(|counts| counts.and_then(|counts| number_of(view, counts)));
        count.map(|count| intl::number(count, &words.language())).unwrap_or_default()
    };
    view! {
        <a class="chip" href=href(listing, view) aria-current=current(listing, view)>
            {t(view_key(view))} " " <span class="chip__count">{count}</span>
        </a>
    }
}

const fn view_key(view: View) -> Key {
    match view {
        View::All => w::ACCOUNTS_ALL,
        View::At(stage) => stage_key(stage),
        View::Left => w::ACCOUNTS_LEFT,
        View::Scheduled => w::ACCOUNTS_SCHEDULED,
        View::Held => w::ACCOUNTS_HELD,
        View::Eligible => w::ACCOUNTS_ELIGIBLE,
        View::Deletion => w::ACCOUNTS_DELETION,
    }
}

const fn number_of(view: View, counts: &AccountCounts) -> Option<u64> {
    match view {
        View::All => {
            Some(counts.provisioned + counts.invited + counts.active + counts.deactivated + counts.former)
        }
        View::At(stage) => Some(number_at(stage, counts)),
        View::Left => Some(counts.left_open),
        View::Scheduled => Some(counts.scheduled),
        View::Held => Some(counts.held),
        View::Deletion => Some(counts.deletion),
        View::Eligible => None,
    }
}

/// Words to search for; they stand in the address. The key `/` leads here.
#[component]
pub fn Search(listing: Listing) -> impl IntoView {
    let Listing { state, go, .. } = listing;
    let preferences = expect_context::<Preferences>();
    let value = RwSignal::new(state.with_untracked(|state| state.words.clone()));
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The words that were written into the address last; they come back a moment later.
    let written = StoredValue::new(value.get_untracked());
    // The address is outside the reactive graph.
    effect(move || {
        let words = value.get().trim().to_owned();
        if written.with_value(|written| written.trim() == words) {
            pause.set_value(None);
            return;
        }
        let search = move || {
            written.set_value(words.clone());
            go.run(AccountState { words: words.clone(), ..state.get_untracked() });
        };
        pause.set_value(Some(timer::after(PAUSE, search)));
    });
    // A link to this page, or going back, changes the address under the field.
    effect(move || {
        let words = state.with(|state| state.words.clone());
        if written.with_value(|written| written.trim() != words.trim()) {
            written.set_value(words.clone());
            value.set(words);
        }
    });
    let listening = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "/" && preferences.has_single_keys() && focus::is_free(&event) {
            event.prevent_default();
            focus::focus_id(FIELD);
        }
    });
    on_cleanup(move || listening.remove());
    view! {
        <search class="list-search">
            <TextField id=FIELD label=t(w::ACCOUNTS_SEARCH) value input=Input::Search/>
        </search>
    }
}

/// The department, the manager where one is asked for, and the order: native lists that look like chips.
#[component]
pub fn Filters(listing: Listing) -> impl IntoView {
    let Listing { state, go, .. } = listing;
    let words = use_words();
    let departments = use_fetched(accounts::departments);
    let department = Memo::new(move |_| state.with(|state| state.department.clone()));
    let in_department = Signal::derive(move || {
        let mut options = vec![SelectOption::new("", words.text(w::ACCOUNTS_ANY_DEPARTMENT))];
        for found in departments.get().unwrap_or_default() {
            let count = intl::number(found.people, &words.language());
            let label =
                words.text_with(w::REQUESTS_OPTION, &[("name", found.name.clone()), ("count", count)]);
            options.push(SelectOption::new(found.name, label));
        }
        let chosen = department.get();
        if !options.iter().any(|option| option.value == chosen) {
            options.push(SelectOption::new(chosen.clone(), chosen));
        }
        options
    });
    let on_department =
        Callback::new(move |department| go.run(AccountState { department, ..state.get_untracked() }));
    let manager = Memo::new(move |_| {
        state.with(|state| state.manager.as_ref().map(ToString::to_string).unwrap_or_default())
    });
    // The list itself says who it is, as soon as it has somebody.
    let name = Memo::new(move |_| {
        let manager = manager.get();
        let rows = listing.rows.list();
        rows.into_iter()
            .find_map(|row| row.manager.filter(|(id, _)| id.as_str() == manager))
            .map(|(_, name)| name)
    });
    let of_manager = Signal::derive(move || {
        let theirs = match name.get() {
            Some(name) => words.text_with(w::ACCOUNTS_MANAGER_THEIRS, &[("name", name)]),
            None => words.text(w::ACCOUNTS_MANAGER_OF),
        };
        vec![
            SelectOption::new("", words.text(w::ACCOUNTS_MANAGER_ALL)),
            SelectOption::new(manager.get(), theirs),
        ]
    });
    let on_manager = Callback::new(move |id: String| {
        go.run(AccountState { manager: id.parse().ok(), ..state.get_untracked() })
    });
    let order = Memo::new(move |_| state.with(|state| state.order.as_str().to_owned()));
    let in_order = Signal::derive(move || {
        Order::ALL.map(|order| SelectOption::new(order.as_str(), words.text(order_key(order)))).to_vec()
    });
    let on_order = Callback::new(move |word: String| {
        let order = Order::parse(&word).unwrap_or_default();
        go.run(AccountState { order, ..state.get_untracked() });
    });
    let by_manager = move || {
        (!manager.read().is_empty()).then(|| {
            view! { <Pick label=w::ACCOUNTS_MANAGER chosen=manager options=of_manager on_pick=on_manager is_set=true/> }
        })
    };
    view! {
        <div class="filters" role="group" aria-label=t(w::REQUESTS_FILTERS)>
            <Pick label=w::ACCOUNTS_DEPARTMENT chosen=department options=in_department on_pick=on_department is_set=true/>
            {by_manager}
            <Pick label=w::REQUESTS_SORTED_BY chosen=order options=in_order on_pick=on_order is_set=false/>
        </div>
    }
}

const fn order_key(order: Order) -> Key {
    match order {
        Order::Name => w::ACCOUNTS_ORDER_NAME,
        Order::Department => w::ACCOUNTS_ORDER_DEPARTMENT,
        Order::Created => w::ACCOUNTS_ORDER_CREATED,
        Order::Changed => w::ACCOUNTS_ORDER_CHANGED,
    }
}

/// A native list that looks like a chip.
#[component]
fn Pick(
    label: Key,
    chosen: Memo<String>,
    options: Signal<Vec<SelectOption>>,
    on_pick: Callback<String>,
    /// Whether a choice narrows the list, and so looks chosen.
    is_set: bool,
) -> impl IntoView {
    let lines = move || {
        let chosen = chosen.get();
        let option = |SelectOption { value, label }: SelectOption| {
            let is_chosen = value == chosen;
            view! { <option value=value prop:selected=is_chosen>{label}</option> }
        };
        options.get().into_iter().map(option).collect_view()
    };
    view! {
        <select
            class="chip chip--select"
            aria-label=t(label)
            data-set=move || (is_set && !chosen.read().is_empty()).then_some("")
            on:change=move |ev| on_pick.run(event_target_value(&ev))
        >
            {lines}
        </select>
    }
}
