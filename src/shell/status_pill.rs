//! The worst live incident, on every page.

use frontdesk_contract::status::{Impact, Incident, LiveIncidents};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{keys as w, t, t_count, t_with, use_words};
use crate::route::{self, Route};
use crate::shell::Desk;
use crate::shell::incidents::when;
use crate::state::SessionState;
use crate::ui::{Dialog, Pill, Tone};

#[component]
pub fn StatusPill() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let open = RwSignal::new(false);
    let (incidents, error) = (desk.incidents, desk.incidents.error());
    let count = Signal::derive(move || {
        incidents
            .with(|live| live.map(|live| u64::try_from(live.incidents.len()).unwrap_or_default()))
            .unwrap_or_default()
    });
    let unsure = Memo::new(move |_| incidents.with(|live| live?.unsure_at(state.now())));
    let since = Signal::derive(move || {
        let since = unsure.get().map(|since| when(since, state.now(), &words.language()));
        since.unwrap_or_default()
    });
    let has_failed = Memo::new(move |_| error.with(Option::is_some));
    let pill = move || match (incidents.get(), has_failed.get()) {
        (None, false) => ().into_any(),
        // An old word is no word: nobody knows what fails now.
        (_, true) => view! { <Way tone=Tone::Mute text=t(w::STATUS_PILL_UNKNOWN)/> }.into_any(),
        (Some(_), false) if unsure.with(Option::is_some) => {
            view! { <Way tone=Tone::Mute text=t_with(w::STATUS_PILL_UNSURE, [("time", since)])/> }.into_any()
        }
        (Some(live), false) if live.incidents.is_empty() => {
            view! { <Way tone=Tone::Good text=t(w::STATUS_PILL_NONE)/> }.into_any()
        }
        (Some(live), false) => {
            let tone = tone_of(&live);
            view! {
                <button type="button" class="pill-button" on:click=move |_| open.set(true)>
                    <Pill tone text=t_count(w::STATUS_PILL, count)/>
                </button>
            }
            .into_any()
        }
    };
    let on_go = Callback::new(move |()| open.set(false));
    let lines = move || incidents.get().map(|live| live.incidents).unwrap_or_default();
    view! {
        {pill}
        <Dialog open title=t(w::STATUS_LIVE)>
            <p>{t(w::STATUS_SCOPE)}</p>
            <ul class="known" role="list">
                {move || lines().into_iter().map(|incident| view! { <IncidentLine incident on_go/> }).collect_view()}
            </ul>
            <p>
                <a href=Route::Status.to_string() on:click=move |_| on_go.run(())>{t(w::STATUS_OPEN)}</a>
            </p>
        </Dialog>
    }
}

/// A pill that leads to the status page.
#[component]
fn Way(tone: Tone, #[prop(into)] text: Signal<String>) -> impl IntoView {
    view! { <a class="pill-button" href=Route::Status.to_string()><Pill tone text/></a> }
}

fn tone_of(live: &LiveIncidents) -> Tone {
    let is_bad =
        live.incidents.iter().any(|incident| matches!(incident.impact, Impact::Major | Impact::Critical));
    if is_bad { Tone::Bad } else { Tone::Warn }
}

/// An incident with its newest word.
#[component]
pub fn IncidentLine(
    incident: Incident,
    /// What can be done about it.
    #[prop(optional, into)]
    action: Option<ViewFn>,
    /// Told when somebody goes to it.
    #[prop(optional, into)]
    on_go: Option<Callback<()>>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let started = incident.started_at;
    let since = Signal::derive(move || intl::relative(started, state.now(), &words.language()));
    let href = route::incident(&incident.id);
    let on_click = move |_| {
        if let Some(on_go) = on_go {
            on_go.run(());
        }
    };
    let newest = incident.incident_updates.first().map(|update| update.body.clone());
    view! {
        <li>
            <Pill tone=Tone::Warn text=t(w::STATUS_INCIDENT)/>
            <div>
                <a href=href on:click=on_click>{incident.name}</a>
                {newest.map(|body| view! { <p>{body}</p> })}
                <p>{t_with(w::STATUS_SINCE, [("ago", since)])}</p>
                {action.map(|action| action.run())}
            </div>
        </li>
    }
}
