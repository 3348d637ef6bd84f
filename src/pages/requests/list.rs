//! All requests of the organization, newest change first. Filters and columns come with their depth.

use frontdesk_contract::request::RequestCounts;
use frontdesk_contract::{Cursor, Page, RequestState, RequestSummary, TopicId, request};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::requests::{self, ListQuery};
use crate::api::{ApiError, Client};
use crate::browser::{intl, timer};
use crate::i18n::{Key, keys as w, t, use_words};
use crate::pages::requests::row::{PriorityMark, SinceText, Waiting, WaitingPill};
use crate::route::{QUERY, RequestsView, Route, VIEW, requests_with};
use crate::shell::incidents::IncidentBanners;
use crate::shell::{Act, Desk, Failure, Fetched, Live, Loaded, Only, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{
    Avatar, Banner, Button, ButtonLink, Empty, Input, PageHeader, TextField, Tone, Variant, When,
};

/// How long after the last key a search is made, in milliseconds.
const PAUSE: i32 = 250;

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
    let state = expect_context::<SessionState>();
    let live = expect_context::<Live>();
    let address = use_query_map();
    let query = Memo::new(move |_| {
        address.with(|map| ListQuery {
            view: RequestsView::parse(&map.get(VIEW).unwrap_or_default()),
            words: map.get(QUERY).unwrap_or_default(),
            cursor: None,
        })
    });

    let further = RwSignal::new(Further::default());
    let is_stale = RwSignal::new(false);
    let first = use_fetched(move || requests::list(&query.read()));
    // The live stream is outside the reactive graph. Rows that were asked for by hand never move by themselves.
    Effect::new(move |before: Option<()>| {
        live.requests.track();
        match (before, further.with_untracked(|further| further.rows.is_empty())) {
            (None, _) => {}
            (Some(()), true) => first.ask_again(),
            (Some(()), false) => is_stale.set(true),
        }
    });
    let on_refresh = Callback::new(move |()| {
        is_stale.set(false);
        further.set(Further::default());
        first.ask_again();
    });
    let touched: Signal<Vec<TopicId>> = Signal::derive(move || {
        first.with(|page| {
            let rows = page.map(|page| page.items.as_slice()).unwrap_or_default();
            let open = rows.iter().filter(|row| row.state != RequestState::Solved);
            open.map(|row| row.topic.clone()).collect()
        })
    });
    let title = t(w::NAV_REQUESTS);
    announce_page(title);
    let may_ask = move || state.person().is_some_and(|person| request::can_ask(&person).is_ok());

    view! {
        <PageHeader title intro=t(w::REQUESTS_INTRO)>
            <When on=Signal::derive(may_ask)>
                <ButtonLink href=Route::Support.to_string() variant=Variant::Primary>{t(w::NAV_SUPPORT)}</ButtonLink>
            </When>
        </PageHeader>
        <IncidentBanners topics=touched/>
        <Views query/>
        <Search query/>
        <div role="status">
            <When on=is_stale>
                <Banner tone=Tone::Info>
                    <p>{t(w::REQUESTS_STALE)}</p>
                    <Button on_press=on_refresh>{t(w::REQUESTS_REFRESH)}</Button>
                </Banner>
            </When>
        </div>
        <Loaded data=first lines=10 let:page>
            <Rows page query further/>
        </Loaded>
    }
}

/// What was asked for behind the first page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Further {
    /// Where that page ended: with another one these rows no longer follow.
    after: Option<Cursor>,
    rows: Vec<RequestSummary>,
    next: Option<Cursor>,
}

/// The chips above the list, with their numbers.
#[component]
fn Views(query: Memo<ListQuery>) -> impl IntoView {
    let live = expect_context::<Live>();
    let counts = use_fetched(move || {
        live.requests.track();
        requests::counts()
    });
    let chips = RequestsView::ALL.map(|view| view! { <Chip view query counts/> });
    view! { <nav class="filters" aria-label=t(w::REQUESTS_VIEWS)>{chips.into_iter().collect_view()}</nav> }
}

#[component]
fn Chip(view: RequestsView, query: Memo<ListQuery>, counts: Fetched<RequestCounts>) -> impl IntoView {
    let words = use_words();
    let count = move || {
        counts
            .get()
            .map(|counts| intl::number(number_of(view, &counts), &words.language()))
            .unwrap_or_default()
    };
    let href = move || query.with(|query| requests_with(view, &query.words));
    let current = move || query.with(|query| query.view == view).then_some("page");
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

fn number_of(view: RequestsView, counts: &RequestCounts) -> u64 {
    match view {
        RequestsView::Open => counts.open,
        RequestsView::Waiting => counts.waiting_for_you,
        RequestsView::Support => counts.open.saturating_sub(counts.waiting_for_you),
        RequestsView::Hold => counts.hold,
        RequestsView::Solved => counts.solved,
        RequestsView::All => counts.all,
    }
}

/// The id of the search field.
const FIELD: &str = "requests-search";

/// Words to search for; they stand in the address.
#[component]
fn Search(query: Memo<ListQuery>) -> impl IntoView {
    let navigate = use_navigate();
    let value = RwSignal::new(query.with_untracked(|query| query.words.clone()));
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The words on their way into the address, which follows a moment later.
    let going = StoredValue::new(None::<String>);
    Effect::new(move |_| {
        query.track();
        going.set_value(None);
    });
    // The address is outside the reactive graph.
    Effect::new(move |_| {
        let words = value.get();
        let asked = query.get_untracked();
        let current = going.get_value().unwrap_or(asked.words);
        if words.trim() == current.trim() {
            // A search that was about to be made is not wanted any more.
            pause.set_value(None);
            return;
        }
        let navigate = navigate.clone();
        let search = move || {
            let options =
                leptos_router::NavigateOptions { replace: true, scroll: false, ..Default::default() };
            going.set_value(Some(words.clone()));
            navigate(&requests_with(asked.view, &words), options);
        };
        pause.set_value(Some(timer::after(PAUSE, search)));
    });
    view! {
        <search class="list-search">
            <TextField id=FIELD label=t(w::REQUESTS_SEARCH) value input=Input::Search/>
        </search>
    }
}

/// The first page of the list and, by hand, the ones after it.
#[component]
fn Rows(
    page: Signal<Page<RequestSummary>>,
    query: Memo<ListQuery>,
    further: RwSignal<Further>,
) -> impl IntoView {
    let client = expect_context::<Client>();
    let failure = RwSignal::new(None::<ApiError>);
    let follows = Memo::new(move |_| {
        further.with(|further| !further.rows.is_empty() && page.with(|page| page.next == further.after))
    });
    let next = Memo::new(move |_| match follows.get() {
        true => further.with(|further| further.next.clone()),
        false => page.with(|page| page.next.clone()),
    });
    let more = Act::new(move |cursor: Cursor| {
        let asked = query.get_untracked();
        let after = page.with_untracked(|page| page.next.clone());
        let ask = ListQuery { cursor: Some(cursor), ..asked.clone() };
        let client = client.clone();
        async move {
            let answer = client.send(requests::list(&ask)).await;
            if query.try_get_untracked().is_none_or(|query| query != asked) {
                return;
            }
            match answer {
                Ok(answer) => further.update(|further| {
                    if further.after != after {
                        *further = Further { after, ..Further::default() };
                    }
                    further.rows.extend(answer.items);
                    further.next = answer.next;
                }),
                Err(error) => failure.set(Some(error)),
            }
        }
    });
    let on_more = Callback::new(move |()| {
        if let (Some(cursor), false) = (next.get_untracked(), more.is_pending()) {
            failure.set(None);
            more.begin(cursor);
        }
    });
    let rows = Signal::derive(move || {
        let mut rows = page.get().items;
        if follows.get() {
            further.with(|further| rows.extend(further.rows.iter().cloned()));
        }
        rows
    });
    let is_empty = Memo::new(move |_| rows.with(Vec::is_empty));

    view! {
        {move || match is_empty.get() {
            true => view! { <Nothing query/> }.into_any(),
            false => view! { <Table rows/> }.into_any(),
        }}
        <Failure error=failure/>
        <When on=Signal::derive(move || next.with(Option::is_some))>
            <Button busy=more.pending() on_press=on_more>{t(w::REQUESTS_MORE)}</Button>
        </When>
    }
}

#[component]
fn Nothing(query: Memo<ListQuery>) -> impl IntoView {
    let is_filtered =
        move || query.with(|query| query.view != RequestsView::All || !query.words.trim().is_empty());
    move || {
        if is_filtered() {
            let href = Route::Requests(RequestsView::All).to_string();
            view! {
                <Empty text=t(w::EMPTY_REQUESTS_FILTERED)>
                    <ButtonLink href>{t(w::EMPTY_CLEAR_FILTERS)}</ButtonLink>
                </Empty>
            }
            .into_any()
        } else {
            view! { <Empty text=t(w::EMPTY_REQUESTS)/> }.into_any()
        }
    }
}

#[component]
fn Table(rows: Signal<Vec<RequestSummary>>) -> impl IntoView {
    view! {
        <div class="table-wrap">
            <table class="table requests-table">
                <caption class="visually-hidden">{t(w::NAV_REQUESTS)}</caption>
                <thead>
                    <tr>
                        <th scope="col">{t(w::REQUESTS_COLUMN_REQUEST)}</th>
                        <th scope="col">{t(w::REQUESTS_TURN)}</th>
                        <th scope="col">{t(w::REQUESTS_COLUMN_PRIORITY)}</th>
                        <th scope="col">{t(w::REQUESTS_COLUMN_ASKED_BY)}</th>
                        <th scope="col" class="cell-end">
                            {t(w::REQUESTS_COLUMN_CHANGED)}
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || rows.get() key=|row| (row.id, row.version.clone()) let:row>
                        <Row row/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(row: RequestSummary) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let topic = desk.topic_name(row.topic.clone());
    let touches = !row.incidents.is_empty();
    let href = Route::Request(row.id).to_string();
    view! {
        <tr>
            <td>
                <a class="cell-title" href=href title=row.subject.clone()>
                    {row.subject.clone()}
                </a>
                <span class="cell-sub">
                    {row.id.to_string()} " · " {topic}
                    {touches.then(|| view! { " · " {t(w::REQUESTS_TOUCHES_INCIDENT)} })}
                </span>
            </td>
            <td>
                <WaitingPill row=Waiting::from(&row)/>
            </td>
            <td>
                <PriorityMark priority=row.priority support=row.support_priority/>
            </td>
            <td>
                <span class="cell-person">
                    <Avatar name=row.asked_by.name.clone()/>
                    <span class="cell-person__name">{row.asked_by.name.clone()}</span>
                </span>
            </td>
            <td class="cell-end">
                <SinceText at=row.changed_at/>
            </td>
        </tr>
    }
}
