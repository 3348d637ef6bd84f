//! One request: waiting for whom, the thread, the answer, and what can be done. Each part is a file of its own.

use frontdesk_contract::{NotAnId, Request, RequestId, RequestState, WaitingFor, request};
use leptos::prelude::*;

use crate::api::requests;
use crate::i18n::{Key, keys as w, t, use_words};
use crate::pages::calls::card::CallCard;
use crate::pages::chats::card::ChatCard;
use crate::pages::chats::sheet::use_chat;
use crate::pages::chats::talk::Talk;
use crate::pages::requests::acts::{ActsCard, Closing};
use crate::pages::requests::answering::AnsweringNow;
use crate::pages::requests::change::{ChangeCard, SolveOrReopen};
use crate::pages::requests::facts::Facts;
use crate::pages::requests::links::{Links, TouchedBy};
use crate::pages::requests::priorities::PriorityCard;
use crate::pages::requests::promise::PromiseCard;
use crate::pages::requests::rating::RatingCard;
use crate::pages::requests::reply::Reply;
use crate::pages::requests::row::{Waiting, WaitingPill};
use crate::pages::requests::seen::use_seen;
use crate::pages::requests::thread::Thread;
use crate::route::{RequestsView, Route};
use crate::shell::{Fetched, Live, Loaded, Only, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{PageHeader, When, effect, effect_after, use_announcer};

/// What the page shows: newer answers of the backend go through here.
#[derive(Clone, Copy)]
pub struct Shown {
    newest: RwSignal<Option<Request>>,
    fetched: Fetched<Request>,
}

impl Shown {
    /// Shows what the backend answered to a write.
    pub fn take(self, request: Request) {
        self.newest.set(Some(request));
    }

    /// Asks the backend again.
    pub fn ask_again(self) {
        self.fetched.ask_again();
    }
}

/// The page of one request; another number in the address is another page, made anew.
#[component]
pub fn RequestPage(
    /// The number in the address.
    id: Result<RequestId, NotAnId>,
) -> impl IntoView {
    let content = move || match &id {
        Ok(id) => view! { <Numbered id=*id/> }.into_any(),
        Err(_) => view! { <NoSuchRequest/> }.into_any(),
    };
    view! { <Only may=|person| request::can_read(person).is_ok()>{content.clone()}</Only> }
}

/// An address that names no request.
#[component]
fn NoSuchRequest() -> impl IntoView {
    let title = t(w::NOT_FOUND);
    announce_page(title);
    view! {
        <PageHeader title/>
        <p>{t(w::ERROR_NOT_FOUND)}</p>
    }
}

#[component]
fn Numbered(id: RequestId) -> impl IntoView {
    let live = expect_context::<Live>();
    let newest = RwSignal::new(None::<Request>);
    // An event about this request asks again, unless its news came with the answer to our own write.
    let heard = Memo::new(move |_| live.request.get().filter(|(changed, _)| *changed == id));
    let is_known = move || {
        heard.get().is_some_and(|(_, version)| {
            newest.with_untracked(|newest| {
                newest.as_ref().is_some_and(|request| request.summary.version == version)
            })
        })
    };
    let fetched = use_fetched(move || {
        live.everything.track();
        requests::show(id)
    });
    // The live stream is outside the reactive graph.
    effect(move || {
        if heard.with(Option::is_some) && !is_known() {
            fetched.ask_again();
        }
    });
    let shown = Shown { newest, fetched };
    view! {
        <Loaded data=fetched lines=10 let:fetched>
            <Standing fetched shown/>
        </Loaded>
    }
}

/// The page once its data is there.
#[component]
fn Standing(fetched: Signal<Request>, shown: Shown) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let request = newest_of(fetched, shown);
    let id = request.with_untracked(|request| request.summary.id);
    let title = Signal::derive(move || request.with(|request| request.summary.subject.clone()));
    announce_page(title);
    use_seen(request);
    announce_turn(request);
    let thread = Signal::derive(move || request.with(|request| request.thread.clone()));
    let may_write =
        Memo::new(move |_| state.person().is_some_and(|person| request::can_write(&person).is_ok()));
    let may_write: Signal<bool> = may_write.into();
    let quoted = RwSignal::new(None::<String>);
    let quote = Callback::new(move |words: String| quoted.set(Some(words)));
    let on_quote = Signal::derive(move || may_write.get().then_some(quote));
    let chatting = use_chat(request);
    let notified = RwSignal::new(false);
    let on_request = Callback::new(move |request| shown.take(request));
    view! {
        <p class="crumbs">
            <a href=Route::Requests(RequestsView::Open).to_string()>{t(w::NAV_REQUESTS)}</a>
            " / "
            {id.to_string()}
        </p>
        <PageHeader title>
            <When on=may_write>
                <SolveOrReopen request shown/>
            </When>
        </PageHeader>
        <p class="request__turn">
            {move || view! { <WaitingPill row=Waiting::from(&request.read().summary)/> }}
        </p>
        <Closing request shown may_write/>
        <div class="request">
            <div class="stack">
                <TouchedBy request/>
                <Thread items=thread on_quote/>
                <AnsweringNow id/>
                <When on=Signal::derive(move || may_write.get() && chatting.is_on.get())>
                    <Talk request chatting notified on_request/>
                </When>
                <When on=Signal::derive(move || may_write.get() && !chatting.is_on.get())>
                    <Reply request shown quoted/>
                </When>
                <RatingCard request shown may_write/>
            </div>
            <aside class="stack" aria-label=t(w::REQUEST_FACTS)>
                <Facts request/>
                <ChatCard request chatting notified/>
                <CallCard request/>
                <PriorityCard request shown may_write/>
                <PromiseCard request/>
                <Links request shown may_write/>
                <ActsCard request shown may_write/>
                <When on=may_write>
                    <ChangeCard request shown/>
                </When>
            </aside>
        </div>
    }
}

/// The fetched request, or the answer to a write where that is newer.
fn newest_of(fetched: Signal<Request>, shown: Shown) -> Signal<Request> {
    let newest = Memo::new(move |_| {
        let fetched = fetched.get();
        match shown.newest.get() {
            Some(written) if written.summary.changed_at > fetched.summary.changed_at => written,
            Some(_) | None => fetched,
        }
    });
    newest.into()
}

/// Reads out who must act when that changes, and not each time that a minute goes by.
fn announce_turn(request: Signal<Request>) {
    let announcer = use_announcer();
    let words = use_words();
    let turn =
        Memo::new(move |_| request.with(|request| (request.summary.state, request.summary.waiting_for)));
    // What readers hear is outside the reactive graph.
    effect_after(move |before: Option<_>| {
        let now = turn.get();
        if before.is_some_and(|before| before != now) {
            announcer.announce(untrack(|| words.text(turn_key(now))));
        }
        now
    });
}

fn turn_key((state, waits): (RequestState, WaitingFor)) -> Key {
    match (state, waits) {
        (RequestState::Solved, _) => w::STATE_SOLVED,
        (RequestState::Hold, _) | (RequestState::Open, WaitingFor::Nobody) => w::STATE_HOLD,
        (RequestState::Open, WaitingFor::Organization) => w::REQUESTS_WAITING_FOR_ORGANIZATION,
        (RequestState::Open, WaitingFor::Support) => w::REQUESTS_WAITING_FOR_SUPPORT,
    }
}
