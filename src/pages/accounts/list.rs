//! The accounts of the organization: who needs an act first, where all of them stand, and everybody by name.

use std::collections::BTreeSet;

use frontdesk_contract::PersonId;
use frontdesk_contract::account::act::can_read;
use frontdesk_contract::account::page::AccountCounts;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::accounts;
use crate::domain::account_list::{AccountState, Column, View};
use crate::i18n::{keys as w, t};
use crate::pages::accounts::columns::ColumnsButton;
use crate::pages::accounts::everybody::Everybody;
use crate::pages::accounts::filters::{Filters, Funnel, Search, Views};
use crate::pages::accounts::left::LeftFirst;
use crate::pages::accounts::rows::Rows;
use crate::pages::accounts::table::{Selected, Table};
use crate::route::Route;
use crate::shell::address::{Ignored, pairs};
use crate::shell::{Fetched, Live, Loaded, Only, announce_page, selection, use_fetched};
use crate::ui::{ButtonLink, Empty, PageHeader};

/// What the parts of the list share.
#[derive(Clone, Copy)]
pub struct Listing {
    /// What is shown, as the address says it.
    pub state: Memo<AccountState>,
    /// The columns that are shown, in their order.
    pub columns: Memo<Vec<Column>>,
    /// Shows something else.
    pub go: Callback<AccountState>,
    /// The rows.
    pub rows: Rows,
    /// How many accounts stand where.
    pub counts: Fetched<AccountCounts>,
    /// Who is selected, whatever is shown.
    pub picked: RwSignal<BTreeSet<PersonId>>,
    /// Whether the device had no room for the last selection.
    pub is_full: RwSignal<bool>,
}

impl Listing {
    /// Selects these and nobody else, if the device has room for them.
    pub fn pick(self, people: BTreeSet<PersonId>) {
        let list: Vec<PersonId> = people.iter().cloned().collect();
        match selection::write(&list) {
            Ok(()) => {
                self.is_full.set(false);
                self.picked.set(people);
            }
            Err(_) => self.is_full.set(true),
        }
    }
}

/// The page.
#[component]
pub fn AccountList() -> impl IntoView {
    view! {
        <Only may=|person| can_read(&person.rights)>
            <List/>
        </Only>
    }
}

#[component]
fn List() -> impl IntoView {
    let live = expect_context::<Live>();
    let address = use_query_map();
    let read = Memo::new(move |_| address.with(|map| AccountState::read(pairs(map.latest_values()))));
    let state = Memo::new(move |_| read.with(|(state, _)| state.clone()));
    let navigate = use_navigate();
    let go = Callback::new(move |next: AccountState| {
        // Each key of a search would be a step back.
        let replace = state.with_untracked(|state| state.words != next.words);
        let options = NavigateOptions { replace, scroll: false, ..NavigateOptions::default() };
        navigate(&next.address(), options);
    });
    let counts = use_fetched(move || {
        live.everything.track();
        live.runs.track();
        accounts::counts()
    });
    let listing = Listing {
        state,
        columns: Memo::new(move |_| state.with(|state| state.columns.shown().collect())),
        go,
        rows: Rows::of(state),
        counts,
        picked: RwSignal::new(selection::read().into_iter().collect()),
        is_full: RwSignal::new(false),
    };
    let title = t(w::NAV_ACCOUNTS);
    announce_page(title);
    let ignored = Signal::derive(move || read.with(|(_, ignored)| ignored.clone()));
    view! {
        <PageHeader title intro=t(w::ACCOUNTS_INTRO)>
            <ButtonLink href=Route::NewAccount.to_string()>{t(w::NEW_ACCOUNT_TITLE)}</ButtonLink>
            <ButtonLink href=Route::Many.to_string()>{t(w::MANY_TITLE)}</ButtonLink>
            <ButtonLink href=Route::Approvals.to_string()>{t(w::MANY_APPROVALS)}</ButtonLink>
            <ButtonLink href=Route::Lifecycle.to_string()>{t(w::ACCOUNTS_LIFECYCLE)}</ButtonLink>
        </PageHeader>
        <Ignored ignored/>
        <LeftFirst listing/>
        <Funnel listing/>
        <div class="list-tools">
            <Search listing/>
            <ColumnsButton listing/>
        </div>
        <Views listing/>
        <Filters listing/>
        <Everybody listing/>
        <Selected listing/>
        <Loaded data=listing.rows.first lines=10 let:_first>
            <Found listing/>
        </Loaded>
    }
}

/// The table, or a word why there is none.
#[component]
fn Found(listing: Listing) -> impl IntoView {
    let is_empty = Memo::new(move |_| listing.rows.list().is_empty());
    move || {
        if is_empty.get() {
            view! { <Nothing listing/> }.into_any()
        } else {
            view! { <Table listing/> }.into_any()
        }
    }
}

#[component]
fn Nothing(listing: Listing) -> impl IntoView {
    if listing.state.with_untracked(AccountState::is_filtered) {
        let all = AccountState {
            columns: listing.state.with_untracked(|state| state.columns),
            ..AccountState::of(View::All)
        };
        let all = all.address();
        view! {
            <Empty text=t(w::ACCOUNTS_EMPTY_FILTERED)>
                <ButtonLink href=all>{t(w::EMPTY_CLEAR_FILTERS)}</ButtonLink>
            </Empty>
        }
        .into_any()
    } else {
        view! { <Empty text=t(w::EMPTY_ACCOUNTS)/> }.into_any()
    }
}
