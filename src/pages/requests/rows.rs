//! The rows of a list that is too long to be read at once: a page at a time, where one looks.

use std::collections::BTreeMap;
use std::ops::Range;

use frontdesk_contract::listing::RequestList;
use frontdesk_contract::request::RequestCounts;
use frontdesk_contract::{RequestId, RequestSummary, Version};
use leptos::prelude::*;

use crate::api::requests::{self, Place};
use crate::api::{ApiError, Client};
use crate::domain::request_list::ListState;
use crate::domain::window::{self, PAGE};
use crate::shell::announce::FirstPage;
use crate::shell::{Act, Fetched, Live, use_fetched};
use crate::ui::effect;

/// The rows, in context of nothing but this list.
#[derive(Clone, Copy)]
pub struct Rows {
    /// The parameters of the call, which name the list.
    asked: Memo<String>,
    /// The list that the first page belongs to: while it is another one, its rows are not shown.
    known: RwSignal<Option<String>>,
    first: Fetched<RequestList>,
    /// The pages behind the first.
    further: RwSignal<BTreeMap<usize, RequestList>>,
    /// Grows each time that all of it is asked for anew.
    age: RwSignal<u32>,
    /// Why a page behind the first is missing.
    pub failure: RwSignal<Option<ApiError>>,
    /// How many there are.
    pub counts: Fetched<RequestCounts>,
    /// The rows that are seen.
    pub seen: RwSignal<Range<usize>>,
    /// How many rows the list has, as far as is known.
    pub total: Memo<usize>,
}

/// What tells a row from another, so that a row that is drawn stays until it is another one.
pub type Mark = (RequestId, Version, bool);

impl Rows {
    /// Asks for the rows of a list, and again when it is another one.
    pub fn of(state: Memo<ListState>) -> Self {
        let live = expect_context::<Live>();
        let asked = Memo::new(move |_| state.with(ListState::asked));
        let first = use_fetched(move || requests::rows(&asked.read(), &Place::Start, PAGE));
        let counts = use_fetched(move || {
            live.requests.track();
            requests::counts(&asked.read())
        });
        let known = RwSignal::new(None);
        let further = RwSignal::new(BTreeMap::new());
        let total = Memo::new(move |_| total(first, further, counts));
        let rows = Self {
            asked,
            known,
            first,
            further,
            age: RwSignal::new(0),
            failure: RwSignal::new(None),
            counts,
            seen: RwSignal::new(0..0),
            total,
        };
        rows.follow();
        rows
    }

    /// Asks for what is seen and not there.
    fn follow(self) {
        // The network is outside the reactive graph: once it has answered, the rows are those of this list.
        effect(move || {
            let is_answered = !self.first.asking().get() && self.first.error().with(Option::is_none);
            if is_answered && self.first.data().with_untracked(Option::is_some) {
                self.further.update(BTreeMap::clear);
                self.failure.set(None);
                self.known.set(Some(self.asked.get_untracked()));
            }
        });
        let page = FirstPage::part();
        // `<html data-ready>` is outside the reactive graph.
        effect(move || {
            if self.known.with(Option::is_some) || self.first.error().with(Option::is_some) {
                page.arrive();
            }
        });
        let client = expect_context::<Client>();
        let load = Act::new(move |(page, place): (usize, Place)| {
            let question = (self.asked.get_untracked(), self.age.get_untracked());
            let call = requests::rows(&question.0, &place, PAGE);
            let client = client.clone();
            async move {
                let answer = client.send(call).await;
                let now = (self.asked.try_get_untracked(), self.age.try_get_untracked());
                if now != (Some(question.0), Some(question.1)) {
                    return;
                }
                match answer {
                    Ok(list) => self.further.update(|further| {
                        further.insert(page, list);
                        let seen = self.seen.get_untracked();
                        if let Some(far) = window::dropped(&seen, further.keys().copied()) {
                            further.remove(&far);
                        }
                    }),
                    Err(error) => self.failure.set(Some(error)),
                }
            }
        });
        // Asking is outside the reactive graph.
        effect(move || {
            if load.pending().get() || !self.is_here() || self.failure.with(Option::is_some) {
                return;
            }
            let has = |page: usize| page == 0 || self.further.with(|further| further.contains_key(&page));
            if let Some(page) = window::wanted(&self.seen.read(), self.total.get(), has) {
                let before =
                    page.checked_sub(1).and_then(|before| self.with_page(before, |list| list?.next.clone()));
                load.begin((page, before.map_or(Place::At(page * PAGE), Place::After)));
            }
        });
    }

    /// Asks for everything again; what is there stays until the answer comes.
    pub fn ask_again(self) {
        self.age.update(|age| *age = age.wrapping_add(1));
        self.first.ask_again();
        self.counts.ask_again();
    }

    /// Asks once more for what could not be had.
    pub fn retry(self) {
        self.failure.set(None);
        if self.first.error().with_untracked(Option::is_some) {
            self.first.ask_again();
        }
    }

    /// The parameters of the call for this list.
    pub fn asked(self) -> String {
        self.asked.get_untracked()
    }

    /// Whether the rows are those of this list; follows changes.
    pub fn is_here(self) -> bool {
        self.known.with(|known| known.as_ref() == Some(&*self.asked.read()))
    }

    /// Why the list itself is missing, or a page of it; follows changes.
    pub fn error(self) -> Option<ApiError> {
        self.first.error().get().or_else(|| self.failure.get())
    }

    /// Whether an answer is waited for; follows changes.
    pub fn is_asking(self) -> bool {
        self.first.asking().get()
    }

    /// A row, when it is there.
    pub fn row(self, index: usize) -> Option<RequestSummary> {
        self.with_page(index / PAGE, |list| list?.items.get(index % PAGE).cloned())
    }

    /// What tells a row from another, when it is there; follows changes.
    pub fn mark(self, index: usize) -> Option<Mark> {
        if !self.is_here() {
            return None;
        }
        self.with_page(index / PAGE, |list| {
            let list = list?;
            let row = list.items.get(index % PAGE)?;
            Some((row.id, row.version.clone(), list.unread.contains(&row.id)))
        })
    }

    /// Whether a request is shown as it is in this version: then hearing of it again tells nothing new.
    pub fn shows(self, id: RequestId, version: &Version) -> bool {
        let has = |list: &RequestList| list.items.iter().any(|row| row.id == id && row.version == *version);
        self.first.data().with_untracked(|first| first.as_ref().is_some_and(has))
            || self.further.with_untracked(|further| further.values().any(has))
    }

    fn with_page<R>(self, page: usize, look: impl FnOnce(Option<&RequestList>) -> R) -> R {
        if page == 0 { self.first.with(look) } else { self.further.with(|further| look(further.get(&page))) }
    }
}

/// As many as the last page says; else as many as are counted, and where far more are, one page more than is known.
fn total(
    first: Fetched<RequestList>,
    further: RwSignal<BTreeMap<usize, RequestList>>,
    counts: Fetched<RequestCounts>,
) -> usize {
    let Some((has_next, len)) = first.with(|list| list.map(|list| (list.next.is_some(), list.items.len())))
    else {
        return 0;
    };
    if !has_next {
        return len;
    }
    let (last, end) = further.with(|further| {
        let last = further.keys().next_back().map_or(0, |page| page + 1);
        let end = further.iter().find(|(_, list)| list.next.is_none());
        (last.max(1), end.map(|(page, list)| page * PAGE + list.items.len()))
    });
    let counted = counts.with(|counts| counts.map_or(0, |counts| counts.matching));
    let counted = usize::try_from(counted).unwrap_or(usize::MAX);
    end.unwrap_or_else(|| counted.max(last * PAGE + 1))
}
