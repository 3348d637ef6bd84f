//! What can be done with the requests that are selected.

use frontdesk_contract::request::{self, Refusal, RequestChange};
use frontdesk_contract::{RequestId, RequestState, Version};
use leptos::prelude::*;

use crate::api::{ApiError, Client, requests};
use crate::browser::{intl, page};
use crate::i18n::{keys as w, t, t_count, use_words};
use crate::pages::requests::changing::refusal_text;
use crate::pages::requests::grid::Listing;
use crate::shell::Act;
use crate::state::SessionState;
use crate::ui::{Banner, Button, Tone, Variant, When, use_announcer};

/// So many requests can be named in one call.
const MOST: usize = 200;

/// What became of solving.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Solved {
    done: u64,
    not: Vec<RequestId>,
}

/// How many are selected, and what can be done with them. What was done is told here too, and stays until the next act.
#[component]
pub fn Selected(listing: Listing) -> impl IntoView {
    let words = use_words();
    let picked = listing.picked;
    let solved = RwSignal::new(None::<Solved>);
    let count = Signal::derive(move || picked.with(|picked| picked.len() as u64));
    let told = move || {
        let solved = solved.get()?;
        let done = words.count(w::REQUESTS_SOLVED_COUNT, solved.done);
        let ids: Vec<String> = solved.not.iter().map(ToString::to_string).collect();
        let not = (!ids.is_empty()).then(|| {
            words.text_with(w::REQUESTS_NOT_SOLVED, &[("ids", intl::list(&ids, &words.language()))])
        });
        Some((done, not))
    };
    let has_failed =
        move || solved.with(|solved| solved.as_ref().is_some_and(|solved| !solved.not.is_empty()));
    view! {
        <When on=Signal::derive(move || count.get() > 0)>
            <div class="list-bar" role="group" aria-label=t_count(w::REQUESTS_SELECTED, count)>
                <p>{t_count(w::REQUESTS_SELECTED, count)}</p>
                <Acts listing solved/>
            </div>
        </When>
        <div role="status">
            {move || {
                told().map(|(done, not)| {
                    let tone = if has_failed() { Tone::Warn } else { Tone::Good };
                    view! { <Banner tone><p>{done} " " {not}</p></Banner> }
                })
            }}
        </div>
    }
}

#[component]
fn Acts(listing: Listing, solved: RwSignal<Option<Solved>>) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let picked = listing.picked;
    let solve = use_solving(listing, solved);
    let refused = Signal::derive(move || {
        let may = session.person().is_some_and(|person| request::can_write(&person).is_ok());
        (!may).then(|| refusal_text(Refusal::NotYours, words))
    });
    let too_many = Signal::derive(move || {
        let most = intl::number(MOST as u64, &words.language());
        (picked.with(|picked| picked.len()) > MOST)
            .then(|| words.text_with(w::REQUESTS_SELECTED_MOST, &[("count", most)]))
    });
    let on_solve = Callback::new(move |()| {
        solved.set(None);
        solve
            .begin(picked.with_untracked(|picked| {
                picked.iter().map(|(id, version)| (*id, version.clone())).collect()
            }));
    });
    let file = move |format: &'static str| {
        Callback::new(move |()| {
            let ids: Vec<RequestId> = picked.with_untracked(|picked| picked.keys().copied().collect());
            page::download(&requests::export(&listing.rows.asked(), format, &ids));
        })
    };
    let on_clear = Callback::new(move |()| picked.update(std::collections::BTreeMap::clear));
    view! {
        <Button busy=solve.pending() refused on_press=on_solve>{t(w::REQUEST_SOLVE)}</Button>
        <Button refused=too_many on_press=file("csv")>{t(w::EXPORT_CSV)}</Button>
        <Button refused=too_many on_press=file("json")>{t(w::EXPORT_JSON)}</Button>
        <Button variant=Variant::Quiet on_press=on_clear>{t(w::REQUESTS_CLEAR_SELECTION)}</Button>
    }
}

/// Solves one after the other, each as it was when it was selected. What was changed meanwhile stays as it is, and
/// stays selected.
fn use_solving(listing: Listing, solved: RwSignal<Option<Solved>>) -> Act<Vec<(RequestId, Version)>> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |all: Vec<(RequestId, Version)>| {
        let client = client.clone();
        async move {
            let mut result = Solved::default();
            let change = RequestChange { state: Some(RequestState::Solved), ..RequestChange::default() };
            for (id, version) in all {
                match client.send(requests::change(id, &change, version)).await {
                    Ok(request) => {
                        result.done += 1;
                        let _ = listing.picked.try_update(|picked| picked.remove(&id));
                        // What one has done oneself is no news; whether this is noted changes nothing else.
                        let read = requests::mark_read(id, request.summary.version);
                        let _ = client.unheard().send(read).await;
                    }
                    Err(ApiError::SignedOut) => {
                        result.not.push(id);
                        break;
                    }
                    Err(_) => result.not.push(id),
                }
            }
            announcer.announce(words.count(w::REQUESTS_SOLVED_COUNT, result.done));
            if solved.try_set(Some(result)).is_none() {
                let _ = listing.changed.try_update(std::collections::BTreeSet::clear);
                listing.rows.ask_again();
            }
        }
    })
}
