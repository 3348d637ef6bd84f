//! What fails right now, and what one follows, for Overview.

use frontdesk_contract::status::Incident;
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::route;
use crate::shell::Desk;
use crate::shell::incidents::state_text;
use crate::shell::piece::piece;
use crate::shell::status_pill::IncidentLine;
use crate::state::SessionState;
use crate::ui::{Card, Pill, Tone};

piece! {
    /// The cards of Overview; nothing where nothing fails and nothing is followed.
    if "pieces" pub(crate) fn happening = status / status_happening (()) by |()| view! { <Happening/> }.into_any()
}

#[component]
fn Happening() -> impl IntoView {
    view! {
        <Followed/>
        <Incidents/>
    }
}

/// What one follows, with its newest words. Nothing where nothing is followed.
#[component]
fn Followed() -> impl IntoView {
    let desk = expect_context::<Desk>();
    let incidents = Memo::new(move |_| {
        let mut incidents: Vec<Incident> = Vec::new();
        desk.follows.with(|page| {
            for incident in page.into_iter().flat_map(|page| &page.items).flat_map(|follow| &follow.incidents)
            {
                if incidents.iter().all(|known| known.id != incident.id) {
                    incidents.push(incident.clone());
                }
            }
        });
        incidents
    });
    move || {
        let incidents = incidents.get();
        (!incidents.is_empty()).then(|| {
            let lines =
                incidents.into_iter().map(|incident| view! { <FollowedLine incident/> }).collect_view();
            view! {
                <Card title=t(w::STATUS_FOLLOWING)>
                    <ul class="known" role="list">{lines}</ul>
                </Card>
            }
        })
    }
}

#[component]
fn FollowedLine(incident: Incident) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let newest = incident.incident_updates.first();
    let at = newest.map_or(incident.started_at, |update| update.created_at);
    let body = newest.map(|update| update.body.clone());
    let ago = Signal::derive(move || intl::relative(at, state.now(), &words.language()));
    let tone = if incident.status.is_live() { Tone::Warn } else { Tone::Good };
    let status = incident.status.clone();
    let label = Signal::derive(move || state_text(&status, words));
    view! {
        <li>
            <Pill tone text=label/>
            <div>
                <a href=route::incident(&incident.id)>{incident.name}</a>
                {body.map(|body| view! { <p>{body}</p> })}
                <p>{t_with(w::STATUS_LAST_WORD, [("ago", ago)])}</p>
            </div>
        </li>
    }
}

/// What fails right now. Nothing where nothing does.
#[component]
fn Incidents() -> impl IntoView {
    let desk = expect_context::<Desk>();
    move || {
        let incidents = desk.incidents.get().map(|live| live.incidents).unwrap_or_default();
        (!incidents.is_empty()).then(|| {
            let lines =
                incidents.into_iter().map(|incident| view! { <IncidentLine incident/> }).collect_view();
            view! {
                <Card title=t(w::STATUS_LIVE)>
                    <ul class="known" role="list">{lines}</ul>
                </Card>
            }
        })
    }
}
