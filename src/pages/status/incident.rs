//! One incident with everything that was said about it.

use frontdesk_contract::follow::NewFollow;
use frontdesk_contract::status::{self as rules, Impact, Incident, IncidentStatus, IncidentUpdate};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::status::ours::OursOfIncident;
use crate::pages::status::write::TellForm;
use crate::shell::incidents::{FollowButton, state_text};
use crate::state::SessionState;
use crate::ui::{Button, Pill, RelativeTime, Tone, When};

/// The incident; what can be done about it below.
#[component]
pub fn IncidentCard(incident: Incident, form: TellForm) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let (is_live, is_theirs) = (incident.status.is_live(), incident.is_providers());
    let tone = tone_of(&incident);
    let (id, name) = (incident.id.to_string(), incident.name.clone());
    let status = incident.status.clone();
    let label = Signal::derive(move || state_text(&status, words));
    let may_tell = move || {
        is_live && !is_theirs && state.person().is_some_and(|person| rules::can_tell(&person).is_ok())
    };
    let about = StoredValue::new(id.clone());
    let on_tell = Callback::new(move |()| form.begin_about(&about.get_value()));
    let what = NewFollow { incident: Some(incident.id.clone()), component: None };
    let for_readers = StoredValue::new(name.clone());
    let updates = incident.incident_updates.into_iter().map(|update| view! { <Said update/> }).collect_view();
    view! {
        <article class="card status__incident" id=id tabindex="-1">
            <Pill tone text=label/>
            <h3>{name.clone()}</h3>
            <ol class="status__said" role="list">{updates}</ol>
            <OursOfIncident incident=incident.id/>
            <div class="status__acts">
                {is_live.then(|| view! { <FollowButton what name=Signal::stored(name)/> })}
                <When on=Signal::derive(may_tell)>
                    <Button on_press=on_tell>
                        {t(w::STATUS_UPDATE)}
                        <span class="visually-hidden">" " {for_readers.get_value()}</span>
                    </Button>
                </When>
            </div>
        </article>
    }
}

fn tone_of(incident: &Incident) -> Tone {
    match (&incident.status, &incident.impact) {
        (IncidentStatus::Resolved, _) => Tone::Good,
        (_, Impact::Major | Impact::Critical) => Tone::Bad,
        (_, Impact::None | Impact::Minor) => Tone::Warn,
        (_, Impact::Other(_)) => Tone::Mute,
    }
}

/// One word, with the hour.
#[component]
fn Said(update: IncidentUpdate) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let (at, status) = (update.created_at, update.status.clone());
    let text = Signal::derive(move || crate::shell::incidents::when(at, state.now(), &words.language()));
    let exact = Signal::derive(move || intl::exact(at, &words.language()));
    let label = move || state_text(&status, words);
    view! {
        <li>
            <p class="status__when"><RelativeTime text exact datetime=at.to_string()/> " · " {label}</p>
            <p class="status__words">{update.body}</p>
        </li>
    }
}
