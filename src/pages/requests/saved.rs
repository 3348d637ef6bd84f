//! Lists that somebody keeps: open one, keep this one, change it, delete it, for oneself or for everybody.

use std::collections::BTreeMap;

use frontdesk_contract::listing::{NewView, SavedView, SavedViews, ViewChange, can_share_view};
use frontdesk_contract::text::ViewName;
use leptos::prelude::*;

use crate::api::{ApiError, Client, requests, views};
use crate::browser::{intl, random};
use crate::domain::request_list::ListState;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::requests::changing::refusal_text;
use crate::pages::requests::grid::Listing;
use crate::shell::{Act, Checked, Failure, Fetched, submit, use_fetched};
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonKind, Checkbox, Dialog, Menu, MenuItem, TextField, Tone, When, use_announcer,
};

/// The menu of saved lists, what it opens, and what became of it.
#[component]
pub fn SavedLists(listing: Listing) -> impl IntoView {
    let all = use_fetched(views::list);
    let open = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    let opened = Memo::new(move |_| {
        let id = listing.state.with(|state| state.saved)?;
        all.with(|all| all?.items.iter().find(|view| view.id == id).cloned())
    });
    let is_gone = Signal::derive(move || {
        let is_asked = listing.state.with(|state| state.saved.is_some());
        is_asked && opened.with(Option::is_none) && all.with(|all| all.is_some()) && !all.asking().get()
    });
    let counted = Counted::new();
    let on_open = Callback::new(move |()| counted.begin(all));
    let items = use_items(listing, all, opened, open, failure, counted);
    let words = use_words();
    let label = Signal::derive(move || match opened.get() {
        Some(view) => words.text_with(w::VIEWS_OPENED, &[("name", view.name)]),
        None => words.text(w::VIEWS_TITLE),
    });
    let button = ViewFn::from(move || view! { <span class="button">{label}</span> });
    view! {
        <Menu label button items on_open/>
        <Dialog open title=t(w::VIEWS_SAVE)>
            <When on=open>
                <Keep listing all open/>
            </When>
        </Dialog>
        <div class="list-told" role="status">
            <Failure error=failure/>
            <When on=is_gone>
                <Banner tone=Tone::Warn>
                    <p>{t(w::VIEWS_GONE)}</p>
                </Banner>
            </When>
        </div>
    }
}

/// How many requests each list has by now; asked when somebody opens the menu, one after another.
#[derive(Clone, Copy)]
struct Counted {
    numbers: RwSignal<BTreeMap<u64, String>>,
    count: Act<Vec<SavedView>>,
}

impl Counted {
    fn new() -> Self {
        let client = expect_context::<Client>();
        let words = use_words();
        let numbers = RwSignal::new(BTreeMap::new());
        let count = Act::new(move |views: Vec<SavedView>| {
            let client = client.clone();
            async move {
                for view in views {
                    // A list without its number is still a list.
                    let Ok(counts) = client.send(requests::counts(&state_of(&view).asked())).await else {
                        return;
                    };
                    let more = if counts.is_more { "+" } else { "" };
                    let number = format!("{}{more}", intl::number(counts.matching, &words.language()));
                    if numbers.try_update(|numbers| numbers.insert(view.id, number)).is_none() {
                        return;
                    }
                }
            }
        });
        Self { numbers, count }
    }

    fn begin(self, all: Fetched<SavedViews>) {
        self.count.begin(
            all.data().with_untracked(|all| all.as_ref().map(|all| all.items.clone())).unwrap_or_default(),
        );
    }

    /// The number of a list, once it is known.
    fn of(self, view: u64) -> Signal<String> {
        Signal::derive(move || self.numbers.with(|numbers| numbers.get(&view).cloned().unwrap_or_default()))
    }
}

/// What a list shows that somebody keeps.
fn state_of(view: &SavedView) -> ListState {
    let query = view.query.as_str();
    let pairs: Vec<(String, String)> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), crate::route::decode(value)))
        .collect();
    let (state, _) = ListState::read(pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    state.under(Some(view.id))
}

/// The lines of the menu: one's own, those that are shared, and what can be done.
fn use_items(
    listing: Listing,
    all: Fetched<SavedViews>,
    opened: Memo<Option<SavedView>>,
    open: RwSignal<bool>,
    failure: RwSignal<Option<ApiError>>,
    counted: Counted,
) -> Signal<Vec<MenuItem>> {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let act = use_change(all, listing, failure);
    let on_keep = Callback::new(move |()| open.set(true));
    Signal::derive(move || {
        let me = session.person().map(|person| person.id);
        let views = all.get().map(|all| all.items).unwrap_or_default();
        let link = |view: &SavedView| {
            MenuItem::link(view.name.clone(), state_of(view).address()).noted(counted.of(view.id))
        };
        let mut items: Vec<MenuItem> = views.iter().filter(|view| !view.shared).map(link).collect();
        let shared: Vec<MenuItem> = views.iter().filter(|view| view.shared).map(link).collect();
        if !shared.is_empty() {
            items.push(MenuItem::heading(words.text(w::VIEWS_SHARED)));
            items.extend(shared);
        }
        if !items.is_empty() {
            items.push(MenuItem::separator());
        }
        items.push(MenuItem::action(words.text(w::VIEWS_SAVE), on_keep));
        if let Some(view) = opened.get().filter(|view| Some(&view.owner.id) == me.as_ref()) {
            let named = |key| words.text_with(key, &[("name", view.name.clone())]);
            if !listing.state.with(|state| state.is_alike(&state_of(&view))) {
                let change = Change::Filters(view.clone());
                let run = Callback::new(move |()| act.begin(change.clone()));
                items.push(MenuItem::action(named(w::VIEWS_SAVE_CHANGES), run));
            }
            let change = Change::Delete(view.clone());
            let run = Callback::new(move |()| act.begin(change.clone()));
            items.push(MenuItem::action(named(w::VIEWS_DELETE), run));
        }
        items
    })
}

/// What is done to a list that is kept.
#[derive(Debug, Clone)]
enum Change {
    Filters(SavedView),
    Delete(SavedView),
}

fn use_change(
    all: Fetched<SavedViews>,
    listing: Listing,
    failure: RwSignal<Option<ApiError>>,
) -> Act<Change> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let Listing { state, go, .. } = listing;
    Act::new(move |change: Change| {
        let client = client.clone();
        let query = state.get_untracked().under(None).query();
        failure.set(None);
        async move {
            let done = match change {
                Change::Filters(view) => {
                    let change = ViewChange { query: query.parse().ok(), ..ViewChange::default() };
                    client.send(views::change(view.id, &change, view.version)).await.map(|_| w::VIEWS_SAVED)
                }
                Change::Delete(view) => {
                    client.send(views::delete(view.id, view.version)).await.map(|()| w::VIEWS_DELETED)
                }
            };
            match done {
                Ok(told) => {
                    announcer.announce(words.text(told));
                    if told == w::VIEWS_DELETED
                        && let Some(state) = state.try_get_untracked()
                    {
                        go.run(state.under(None));
                    }
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
            all.ask_again();
        }
    })
}

/// The small form: a name, and whether everybody sees it.
#[component]
fn Keep(listing: Listing, all: Fetched<SavedViews>, open: RwSignal<bool>) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let Listing { state, go, .. } = listing;
    let name = RwSignal::new(String::new());
    let name_error = RwSignal::new(None::<String>);
    let is_shared = RwSignal::new(false);
    let failure = RwSignal::new(None::<ApiError>);
    // One key for what this form keeps, so that pressing again after a lost answer keeps it once.
    let key = StoredValue::new(random::uuid());
    let refused = Signal::derive(move || {
        let refusal = session.person().and_then(|person| can_share_view(&person).err());
        refusal.map(|refusal| refusal_text(refusal, words))
    });
    let keep = Act::new(move |(name, shared): (String, bool)| {
        let client = client.clone();
        let query = state.get_untracked().under(None).query();
        async move {
            let (Ok(name), Ok(query)) = (name.parse::<ViewName>(), query.parse()) else { return };
            match client.send(views::create(&NewView { name, query, shared }, &key.get_value())).await {
                Ok(view) => {
                    announcer.announce(words.text(w::VIEWS_SAVED));
                    all.ask_again();
                    let _ = open.try_set(false);
                    if let Some(state) = state.try_get_untracked() {
                        go.run(state.under(Some(view.id)));
                    }
                }
                Err(error) => {
                    if error == ApiError::KeyReused {
                        key.set_value(random::uuid());
                    }
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    let fields = move || {
        let wrong = name.with_untracked(|name| name.parse::<ViewName>().err());
        let wrong = wrong.map(|_| words.text(w::VIEWS_NAME_WRONG));
        vec![Checked { id: "view-name", error: name_error, wrong }]
    };
    let input =
        move || (name.get_untracked(), is_shared.get_untracked() && refused.with_untracked(Option::is_none));
    let on_submit = submit(keep, failure, fields, input);
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <Failure error=failure/>
            <TextField id="view-name" label=t(w::VIEWS_NAME) hint=t(w::VIEWS_NAME_HINT) value=name error=name_error/>
            {move || match refused.get() {
                Some(reason) => view! { <p class="field__hint">{reason}</p> }.into_any(),
                None => {
                    view! {
                        <Checkbox
                            id="view-shared"
                            label=t(w::VIEWS_SHARE)
                            hint=t(w::VIEWS_SHARE_HINT)
                            checked=is_shared
                        />
                    }
                        .into_any()
                }
            }}
            <Button kind=ButtonKind::Submit busy=keep.pending()>{t(w::VIEWS_SAVE)}</Button>
        </form>
    }
}
