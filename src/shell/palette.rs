//! The command palette: every page, every action, requests by their words or number, and people.

use frontdesk_contract::account::act::can_read;
use frontdesk_contract::scim::user::User;
use frontdesk_contract::{Person, RequestSummary, Right, report, request};
use leptos::html;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use crate::api::ApiError;
use crate::api::{requests, scim};
use crate::browser::{focus, intl, timer};
use crate::domain::account_list::AccountState;
use crate::domain::request_list::ListState;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::route::{RequestsView, Route};
use crate::shell::frame::Opened;
use crate::shell::piece::{Piece, piece};
use crate::shell::{explain, use_fetched_if};
use crate::state::SessionState;
use crate::ui::{Dialog, When, effect};

/// How long after the last key requests are searched, in milliseconds.
const PAUSE: i32 = 200;

/// How many requests are offered.
const REQUESTS_MAX: usize = 6;

/// How many people are offered.
const PEOPLE_MAX: usize = 5;

/// A line of the palette.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    label: String,
    detail: String,
    href: String,
}

/// A dialog with an editable combobox after the ARIA Authoring Practices: arrows choose, Enter goes.
#[component]
pub fn Palette() -> impl IntoView {
    let open = expect_context::<Opened>().palette;
    view! {
        <Dialog open title=t(w::PALETTE_LABEL)>
            <When on=open>
                <Piece load=search props=open lines=3/>
            </When>
        </Dialog>
    }
}

piece! { if "pieces" fn search = palette / palette_search (RwSignal<bool>) by |open| view! { <Search open/> }.into_any() }

#[component]
fn Search(open: RwSignal<bool>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let navigate = use_navigate();
    let typed = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let found = use_found(typed, state);
    let entries = Memo::new(move |_| {
        let mut entries =
            state.person().map(|person| pages(&person, &typed.get(), words)).unwrap_or_default();
        if let Found::Entries(found) = found.get() {
            entries.extend(found);
        }
        entries
    });
    let note = move || match found.get() {
        Found::Searching => words.text(w::PALETTE_SEARCHING),
        Found::Failed(error) => explain(&error, words),
        Found::Entries(_) if entries.with(Vec::is_empty) => words.text(w::PALETTE_EMPTY),
        Found::Entries(_) => String::new(),
    };
    let field = NodeRef::<html::Input>::new();
    // The focus is outside the reactive graph.
    effect(move || {
        if let Some(field) = field.get() {
            focus::focus(&field);
        }
    });

    let go = move |index: usize| {
        let Some(entry) = entries.with_untracked(|entries| entries.get(index).cloned()) else { return };
        open.set(false);
        navigate(&entry.href, NavigateOptions::default());
    };
    let on_choose = Callback::new(go);
    let on_key = move |event: leptos::ev::KeyboardEvent| {
        let count = entries.with_untracked(Vec::len).max(1);
        let now = chosen.get_untracked().min(count - 1);
        let next = match event.key().as_str() {
            "ArrowDown" => (now + 1) % count,
            "ArrowUp" => (now + count - 1) % count,
            "Enter" => {
                event.prevent_default();
                return on_choose.run(now);
            }
            _ => return,
        };
        event.prevent_default();
        chosen.set(next);
        // The focus stays in the field, so the browser doesn't scroll by itself.
        focus::scroll_into_view(&option_id(next));
    };
    let on_input = move |event| {
        typed.set(event_target_value(&event));
        chosen.set(0);
    };
    let lines = move || {
        let line = |(index, entry)| view! { <Line index entry chosen on_choose/> };
        entries.get().into_iter().enumerate().map(line).collect_view()
    };
    view! {
        <input
            class="input"
            type="text"
            role="combobox"
            node_ref=field
            aria-label=t(w::PALETTE_LABEL)
            aria-expanded=move || (!entries.with(Vec::is_empty)).to_string()
            aria-controls="palette-list"
            aria-autocomplete="list"
            aria-activedescendant=move || (!entries.with(Vec::is_empty)).then(|| option_id(chosen.get()))
            autocomplete="off"
            spellcheck="false"
            placeholder=t(w::NAV_SEARCH_HINT)
            on:input=on_input
            on:keydown=on_key
        />
        <ul class="palette" id="palette-list" role="listbox" aria-label=t(w::PALETTE_LABEL)>
            {lines}
        </ul>
        <p class="hint" role="status">{note}</p>
    }
}

#[component]
fn Line(index: usize, entry: Entry, chosen: RwSignal<usize>, on_choose: Callback<usize>) -> impl IntoView {
    let is_chosen = move || chosen.get() == index;
    view! {
        <li
            class="palette__option"
            id=option_id(index)
            role="option"
            aria-selected=move || is_chosen().to_string()
            on:click=move |_| on_choose.run(index)
        >
            <b>{entry.label}</b>
            <span>{entry.detail}</span>
        </li>
    }
}

fn option_id(index: usize) -> String {
    format!("palette-{index}")
}

/// The pages of this person whose names hold what was typed.
fn pages(person: &Person, typed: &str, words: Words) -> Vec<Entry> {
    let asks = request::can_ask(person).is_ok();
    let reads = request::can_read(person).is_ok();
    let handles = report::can_handle(person).is_ok();
    let reports = report::can_report(person).is_ok();
    let manages = can_read(&person.rights);
    let all: [(bool, Key, Route); 17] = [
        (true, w::NAV_OVERVIEW, Route::Overview),
        (asks, w::NAV_SUPPORT, Route::Support),
        (reads, w::NAV_REQUESTS, Route::Requests(RequestsView::Open)),
        (reads, w::REQUESTS_WAITING_FOR_ORGANIZATION, Route::Requests(RequestsView::Waiting)),
        (reads, w::REQUESTS_WAITING_FOR_SUPPORT, Route::Requests(RequestsView::Support)),
        (manages, w::MANY_TITLE, Route::Many),
        (manages, w::MANY_APPROVALS, Route::Approvals),
        (person.has(Right::Accounts), w::NEW_ACCOUNT_TITLE, Route::NewAccount),
        (person.has(Right::Audit), w::NAV_AUDIT, Route::Audit),
        (handles, w::NAV_REPORTS, Route::Reports),
        (reports, w::NAV_MY_REPORTS, Route::MyReports),
        (true, w::NAV_PRIORITIES, Route::Priorities),
        (manages, w::NAV_ACCOUNTS, Route::Accounts),
        (true, w::LIFECYCLE_TITLE, Route::Lifecycle),
        (true, w::NAV_HELP, Route::Help),
        (true, w::NAV_STATUS, Route::Status),
        (true, w::ACCOUNT_TITLE, Route::Account),
    ];
    let typed = intl::lower(typed.trim());
    all.into_iter()
        .filter(|(may, ..)| *may)
        .map(|(_, key, route)| Entry {
            label: words.text(key),
            detail: words.text(w::PALETTE_PAGES),
            href: route.to_string(),
        })
        .filter(|entry| intl::lower(&entry.label).contains(&typed))
        .collect()
}

/// What a search in the requests has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Found {
    /// The requests that fit; none where nothing was typed.
    Entries(Vec<Entry>),
    /// What was typed last has no answer yet. What fitted the words before isn't shown for the new ones.
    Searching,
    /// There is none; the pages can be gone to all the same.
    Failed(ApiError),
}

/// The requests that fit what was typed, once the fingers rest.
fn use_found(typed: RwSignal<String>, state: SessionState) -> Memo<Found> {
    let asked = RwSignal::new(String::new());
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The network is outside the reactive graph.
    effect(move || {
        let now = typed.get().trim().to_owned();
        pause.set_value(Some(timer::after(PAUSE, move || asked.set(now))));
    });
    let may_read = move || state.person().is_some_and(|person| request::can_read(&person).is_ok());
    let answer = use_fetched_if(move || {
        let mut state = ListState::of(RequestsView::All);
        state.search(&asked.read());
        (may_read() && !state.words().is_empty()).then(|| requests::list(&state))
    });
    let sees_people = move || state.person().is_some_and(|person| can_read(&person.rights));
    let people = use_fetched_if(move || {
        let wanted = AccountState { words: asked.get(), ..AccountState::default() };
        let question = wanted.question(state.now_untracked());
        (sees_people() && wanted.is_filtered()).then(|| scim::people(&question, "", PEOPLE_MAX))
    });
    let request = |row: &RequestSummary| Entry {
        label: row.subject.clone(),
        detail: row.id.to_string(),
        href: Route::Request(row.id).to_string(),
    };
    let person = |user: &User| Entry {
        label: user.shown_name().to_owned(),
        detail: user.email().unwrap_or_default().to_owned(),
        href: Route::AccountOf(user.id.clone()).to_string(),
    };
    Memo::new(move |_| {
        let words = typed.with(|typed| typed.trim().to_owned());
        let is_asked = asked.with(|asked| *asked == words);
        let is_asking = answer.asking().get() || people.asking().get();
        match answer.error().get().or_else(|| people.error().get()) {
            _ if words.is_empty() || !(may_read() || sees_people()) => Found::Entries(Vec::new()),
            _ if !is_asked || is_asking => Found::Searching,
            Some(error) => Found::Failed(error),
            None => {
                let mut entries: Vec<Entry> = answer
                    .with(|page| page.map(|page| page.items.iter().take(REQUESTS_MAX).map(request).collect()))
                    .unwrap_or_default();
                people.with(|page| {
                    entries.extend(page.into_iter().flat_map(|page| &page.resources).map(person));
                });
                Found::Entries(entries)
            }
        }
    })
}
