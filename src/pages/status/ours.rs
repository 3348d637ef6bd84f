//! What the organization's own people report, beside the provider's word; for admins alone.

use frontdesk_contract::component::Level;
use frontdesk_contract::report::{IncidentReports, OwnWord, TopicReports, can_handle};
use frontdesk_contract::{IncidentId, TopicId};
use leptos::prelude::*;

use crate::api::status;
use crate::i18n::{keys as w, t, t_count};
use crate::pages::reports::stands::SpikePill;
use crate::route::{Route, TOPIC, with_query};
use crate::shell::{Fetched, Live, use_fetched_if};
use crate::state::SessionState;

/// What is reported, for the parts of the page.
#[derive(Clone, Copy)]
struct Ours(Fetched<OwnWord>);

/// Asks for it, and asks again whenever a report comes. Whoever may not read reports gets nothing.
pub fn provide_ours(state: SessionState) {
    let Some(live) = use_context::<Live>() else { return };
    provide_context(Ours(use_fetched_if(move || {
        live.reports.track();
        state.person().is_some_and(|person| can_handle(&person).is_ok()).then(status::own_word)
    })));
}

/// What is reported about the topic of a component. It says so where the provider tells of nothing.
#[component]
pub fn OursOfTopic(topic: TopicId, level: Level, name: Signal<String>) -> impl IntoView {
    let ours = use_context::<Ours>();
    let address = with_query(&Route::Reports, &[(TOPIC, topic.to_string())]);
    let told = Memo::new(move |_| {
        ours?.0.with(|word| word?.topics.iter().find(|told| told.topic == topic).cloned())
    });
    move || {
        let told = told.get()?;
        let is_untold = told.is_untold(level);
        let TopicReports { reports, spike, .. } = told;
        Some(view! {
            <p>
                <a href=address.clone()>
                    {t_count(w::STATUS_OURS, Signal::stored(reports))}
                    <span class="visually-hidden">" " {name}</span>
                </a>
                " "
                {spike.map(|spike| view! { <SpikePill spike/> })}
            </p>
            {is_untold.then(|| view! { <p class="hint">{t(w::STATUS_OURS_UNTOLD)}</p> })}
        })
    }
}

/// What is reported about an incident.
#[component]
pub fn OursOfIncident(incident: IncidentId) -> impl IntoView {
    let ours = use_context::<Ours>();
    let told = Memo::new(move |_| {
        ours?.0.with(|word| word?.incidents.iter().find(|told| told.incident == incident).cloned())
    });
    move || {
        let IncidentReports { reports, group, .. } = told.get()?;
        let address = Route::ReportGroup(group).to_string();
        Some(view! { <p><a href=address>{t_count(w::STATUS_OURS_INCIDENT, Signal::stored(reports))}</a></p> })
    }
}
