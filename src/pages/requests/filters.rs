//! What narrows the list: words to search for, and filters with the number that each would leave.

use frontdesk_contract::{Channel, Priority};
use leptos::prelude::*;

use crate::browser::{focus, intl, timer};
use crate::domain::request_list::{Field, ListState};
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::requests::grid::Listing;
use crate::pages::requests::row::{channel_key, priority_key};
use crate::shell::Desk;
use crate::state::Preferences;
use crate::ui::{Input, SelectOption, TextField, effect, effect_after};

/// How long after the last key a search is made, in milliseconds.
const PAUSE: i32 = 250;
/// The id of the search field.
const FIELD: &str = "requests-search";
/// So many days back one can choose.
const DAYS: [u64; 5] = [1, 7, 30, 90, 365];

/// Words to search for; they stand in the address. The key `/` leads here.
#[component]
pub fn Search(listing: Listing) -> impl IntoView {
    let Listing { state, go, .. } = listing;
    let preferences = expect_context::<Preferences>();
    let value = RwSignal::new(state.with_untracked(|state| state.words().to_owned()));
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The words on their way into the address, which follows a moment later.
    let going = StoredValue::new(None::<String>);
    // The field follows an address that somebody else changed: back, a saved list, cleared filters.
    effect_after(move |before: Option<String>| {
        let words = state.with(|state| state.words().to_owned());
        let is_own = going.get_value().is_some();
        going.set_value(None);
        let is_other = before.is_some_and(|before| before != words);
        if is_other && !is_own && value.with_untracked(|value| value.trim() != words) {
            value.set(words.clone());
        }
        words
    });
    // The address is outside the reactive graph.
    effect(move || {
        let words = value.get();
        let current =
            going.get_value().unwrap_or_else(|| state.with_untracked(|state| state.words().to_owned()));
        if words.trim() == current.trim() {
            // A search that was about to be made is not wanted any more.
            pause.set_value(None);
            return;
        }
        let search = move || {
            let mut next = state.get_untracked();
            next.search(&words);
            going.set_value(Some(words.clone()));
            go.run(next);
        };
        pause.set_value(Some(timer::after(PAUSE, search)));
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
            <TextField id=FIELD label=t(w::REQUESTS_SEARCH) value input=Input::Search/>
        </search>
    }
}

/// The filters, each a native list that looks like a chip.
#[component]
pub fn Filters(listing: Listing) -> impl IntoView {
    let chips = Field::ALL.map(|field| view! { <Filter field listing/> });
    view! {
        <div class="filters" role="group" aria-label=t(w::REQUESTS_FILTERS)>
            {chips.into_iter().collect_view()}
        </div>
    }
}

#[component]
fn Filter(field: Field, listing: Listing) -> impl IntoView {
    let Listing { state, go, .. } = listing;
    let words = use_words();
    let desk = expect_context::<Desk>();
    let chosen = Memo::new(move |_| state.with(|state| state.get(field).unwrap_or_default().to_owned()));
    let options = move || {
        let chosen = chosen.get();
        let mut options = vec![SelectOption::new("", words.text(any_key(field)))];
        options.extend(options_of(field, listing, desk, words));
        if !options.iter().any(|option| option.value == chosen) {
            options.push(SelectOption::new(chosen.clone(), chosen.clone()));
        }
        let option = |SelectOption { value, label }: SelectOption| {
            let is_chosen = value == chosen;
            view! { <option value=value prop:selected=is_chosen>{label}</option> }
        };
        options.into_iter().map(option).collect_view()
    };
    let on_change = move |ev| {
        let value = event_target_value(&ev);
        let mut next: ListState = state.get_untracked();
        next.set(field, (!value.is_empty()).then_some(value.as_str()));
        go.run(next);
    };
    let is_set = move || (!chosen.read().is_empty()).then_some("");
    view! {
        <select
            class="chip chip--select"
            name=field.as_str()
            aria-label=t(label_key(field))
            data-set=is_set
            on:change=on_change
        >
            {options}
        </select>
    }
}

/// What can be chosen, with how many each would leave.
fn options_of(field: Field, listing: Listing, desk: Desk, words: Words) -> Vec<SelectOption> {
    let counts = listing.rows.counts;
    let counted = |value: &str, name: String| {
        let count = counts.with(|counts| {
            let facets = &counts?.facets;
            let facet = facets.iter().find(|facet| facet.facet == field.as_str() && facet.value == value);
            Some(facet.map_or(0, |facet| facet.count))
        });
        let label = match count {
            Some(count) => {
                let count = intl::number(count, &words.language());
                words.text_with(w::REQUESTS_OPTION, &[("name", name), ("count", count)])
            }
            None => name,
        };
        SelectOption::new(value, label)
    };
    let plain = |value: &str, key: Key| SelectOption::new(value, words.text(key));
    match field {
        Field::Topic => {
            let language = words.language();
            let topics = desk.settings.with(|settings| settings.map(|settings| settings.topics.clone()));
            let topics = topics.unwrap_or_default().into_iter();
            topics
                .map(|topic| counted(topic.id.as_str(), topic.name.in_language(&language).to_owned()))
                .collect()
        }
        Field::Priority | Field::SupportPriority => {
            let levels = Priority::ALL.into_iter();
            levels.map(|level| counted(level.as_str(), words.text(priority_key(level)))).collect()
        }
        Field::Channel => {
            let channels = Channel::ALL.into_iter();
            channels.map(|channel| counted(channel.as_str(), words.text(channel_key(channel)))).collect()
        }
        Field::AskedBy => {
            let people = counts.with(|counts| {
                let facets = counts.map(|counts| counts.facets.as_slice()).unwrap_or_default();
                let people = facets.iter().filter(|facet| facet.facet == field.as_str() && facet.count > 0);
                people
                    .map(|facet| (facet.value.clone(), facet.name.clone().unwrap_or_default()))
                    .collect::<Vec<_>>()
            });
            let people = people.into_iter().map(|(id, name)| counted(&id, name));
            std::iter::once(plain("me", w::REQUESTS_BY_ME)).chain(people).collect()
        }
        Field::Incident => {
            let live = desk.incidents.get().map(|live| live.incidents).unwrap_or_default().into_iter();
            let live = live.map(|incident| SelectOption::new(incident.id.to_string(), incident.name));
            std::iter::once(plain("any", w::REQUESTS_INCIDENT_ANY)).chain(live).collect()
        }
        Field::Within => {
            let days = |days: u64| SelectOption::new(days.to_string(), words.count(w::REQUESTS_WITHIN, days));
            DAYS.map(days).to_vec()
        }
    }
}

const fn any_key(field: Field) -> Key {
    match field {
        Field::Topic => w::REQUESTS_ANY_TOPIC,
        Field::Priority => w::REQUESTS_ANY_PRIORITY,
        Field::SupportPriority => w::REQUESTS_ANY_SUPPORT_PRIORITY,
        Field::Channel => w::REQUESTS_ANY_CHANNEL,
        Field::AskedBy => w::REQUESTS_ANY_ASKED_BY,
        Field::Incident => w::REQUESTS_ANY_INCIDENT,
        Field::Within => w::REQUESTS_ANY_WITHIN,
    }
}

const fn label_key(field: Field) -> Key {
    match field {
        Field::Topic => w::SUPPORT_TOPIC,
        Field::Priority => w::PRIORITY_ORGANIZATION,
        Field::SupportPriority => w::PRIORITY_DESK,
        Field::Channel => w::REQUESTS_COLUMN_CHANNEL,
        Field::AskedBy => w::REQUESTS_COLUMN_ASKED_BY,
        Field::Incident => w::STATUS_INCIDENT,
        Field::Within => w::REQUEST_ASKED_AT,
    }
}
