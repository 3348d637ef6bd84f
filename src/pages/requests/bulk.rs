//! What can be done with the requests that are selected.

use frontdesk_contract::request::{self, Refusal, RequestChange};
use frontdesk_contract::{RequestId, RequestState, Version};
use leptos::prelude::*;

use crate::api::{ApiError, Client, care, requests};
use crate::browser::{intl, page};
use crate::i18n::{Words, keys as w, t, t_count, use_words};
use crate::pages::requests::changing::refusal_text;
use crate::pages::requests::grid::Listing;
use crate::shell::Act;
use crate::state::SessionState;
use crate::ui::{Banner, Button, Tone, Variant, When, use_announcer};

/// So many requests can be named in one call.
const MOST: usize = 200;

/// What is done to each of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Solve,
    Watch,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Told {
    deed: Deed,
    done: u64,
    not: Vec<RequestId>,
}

impl Told {
    /// How many it was done to.
    fn done(&self, words: Words) -> String {
        let key = match self.deed {
            Deed::Solve => w::REQUESTS_SOLVED_COUNT,
            Deed::Watch => w::REQUESTS_WATCHED_COUNT,
        };
        words.count(key, self.done)
    }

    /// Which ones it wasn't done to, and what to do.
    fn not(&self, words: Words) -> Option<String> {
        let ids: Vec<String> = self.not.iter().map(ToString::to_string).collect();
        let key = match self.deed {
            Deed::Solve => w::REQUESTS_NOT_SOLVED,
            Deed::Watch => w::REQUESTS_NOT_WATCHED,
        };
        (!ids.is_empty()).then(|| words.text_with(key, &[("ids", intl::list(&ids, &words.language()))]))
    }
}

/// How many are selected, and what can be done with them. What was done is told here too, and stays until the next act.
#[component]
pub fn Selected(listing: Listing) -> impl IntoView {
    let words = use_words();
    let picked = listing.picked;
    let told = RwSignal::new(None::<Told>);
    let count = Signal::derive(move || picked.with(|picked| picked.len() as u64));
    view! {
        <When on=Signal::derive(move || count.get() > 0)>
            <div class="list-bar" role="group" aria-label=t_count(w::REQUESTS_SELECTED, count)>
                <p>{t_count(w::REQUESTS_SELECTED, count)}</p>
                <Acts listing told/>
            </div>
        </When>
        <div role="status">
            {move || {
                told.get().map(|told| {
                    let tone = if told.not.is_empty() { Tone::Good } else { Tone::Warn };
                    view! { <Banner tone><p>{told.done(words)} " " {told.not(words)}</p></Banner> }
                })
            }}
        </div>
    }
}

#[component]
fn Acts(listing: Listing, told: RwSignal<Option<Told>>) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let picked = listing.picked;
    let act = use_act(listing, told);
    // Which of them is under way shows on its button.
    let deed = RwSignal::new(Deed::Solve);
    let is_busy = move |own: Deed| Signal::derive(move || act.pending().get() && deed.get() == own);
    let refused = Signal::derive(move || {
        let may = session.person().is_some_and(|person| request::can_write(&person).is_ok());
        (!may).then(|| refusal_text(Refusal::NotYours, words))
    });
    let too_many = Signal::derive(move || {
        let most = intl::number(MOST as u64, &words.language());
        (picked.with(|picked| picked.len()) > MOST)
            .then(|| words.text_with(w::REQUESTS_SELECTED_MOST, &[("count", most)]))
    });
    let on = move |own: Deed| {
        Callback::new(move |()| {
            deed.set(own);
            told.set(None);
            let all = picked
                .with_untracked(|picked| picked.iter().map(|(id, version)| (*id, version.clone())).collect());
            act.begin((own, all));
        })
    };
    let file = move |format: &'static str| {
        Callback::new(move |()| {
            let ids: Vec<RequestId> = picked.with_untracked(|picked| picked.keys().copied().collect());
            page::download(&requests::export(&listing.rows.asked(), format, &ids));
        })
    };
    let on_clear = Callback::new(move |()| picked.update(std::collections::BTreeMap::clear));
    view! {
        <Button busy=is_busy(Deed::Solve) refused on_press=on(Deed::Solve)>{t(w::REQUEST_SOLVE)}</Button>
        <Button busy=is_busy(Deed::Watch) on_press=on(Deed::Watch)>{t(w::WATCH_DO)}</Button>
        <Button refused=too_many on_press=file("csv")>{t(w::EXPORT_CSV)}</Button>
        <Button refused=too_many on_press=file("json")>{t(w::EXPORT_JSON)}</Button>
        <Button variant=Variant::Quiet on_press=on_clear>{t(w::REQUESTS_CLEAR_SELECTION)}</Button>
    }
}

/// Does it to one after the other, and solves each as it was when it was selected. What was changed meanwhile stays
/// as it is, and stays selected.
fn use_act(listing: Listing, told: RwSignal<Option<Told>>) -> Act<(Deed, Vec<(RequestId, Version)>)> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |(deed, all): (Deed, Vec<(RequestId, Version)>)| {
        let client = client.clone();
        async move {
            let mut result = Told { deed, done: 0, not: Vec::new() };
            for (id, version) in all {
                let answer = match deed {
                    Deed::Solve => solve(&client, id, version).await,
                    Deed::Watch => client.send(care::watch(id)).await,
                };
                match answer {
                    Ok(()) => {
                        result.done += 1;
                        let _ = listing.picked.try_update(|picked| picked.remove(&id));
                    }
                    Err(ApiError::SignedOut) => {
                        result.not.push(id);
                        break;
                    }
                    Err(_) => result.not.push(id),
                }
            }
            announcer.announce(result.done(words));
            if told.try_set(Some(result)).is_none() {
                let _ = listing.changed.try_update(std::collections::BTreeSet::clear);
                listing.rows.ask_again();
            }
        }
    })
}

async fn solve(client: &Client, id: RequestId, version: Version) -> Result<(), ApiError> {
    let change = RequestChange { state: Some(RequestState::Solved), ..RequestChange::default() };
    let request = client.send(requests::change(id, &change, version)).await?;
    // What one has done oneself is no news; whether this is noted changes nothing else.
    let read = requests::mark_read(id, request.summary.version);
    let _ = client.unheard().send(read).await;
    Ok(())
}
