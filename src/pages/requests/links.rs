//! What a request hangs together with: incidents that touch it, and the requests before and after it.

use frontdesk_contract::care::RequestLink;
use frontdesk_contract::status::Incident;
use frontdesk_contract::{IncidentId, Request};
use leptos::prelude::*;

use crate::i18n::{keys as w, t};
use crate::route::Route;
use crate::shell::Desk;
use crate::shell::status_pill::IncidentLine;
use crate::ui::{Card, When};

/// Live incidents of its topic: nobody has to ask whether an outage is in the way.
#[component]
pub fn TouchedBy(request: Signal<Request>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let ids = Memo::new(move |_| request.with(|request| request.summary.incidents.clone()));
    let incidents = Memo::new(move |_| {
        let live = desk.incidents.get().map(|live| live.incidents).unwrap_or_default();
        ids.with(|ids| live.into_iter().filter(|incident| is_among(incident, ids)).collect::<Vec<_>>())
    });
    let lines =
        move || incidents.get().into_iter().map(|incident| view! { <IncidentLine incident/> }).collect_view();
    view! {
        <When on=Signal::derive(move || incidents.with(|all| !all.is_empty()))>
            <Card title=t(w::REQUEST_TOUCHED)>
                <ul class="known" role="list">{lines}</ul>
            </Card>
        </When>
    }
}

fn is_among(incident: &Incident, ids: &[IncidentId]) -> bool {
    ids.contains(&incident.id)
}

/// Follow-ups, in both directions.
#[component]
pub fn FollowUps(request: Signal<Request>) -> impl IntoView {
    let links = Memo::new(move |_| {
        request.with(|request| (request.care.follows.clone(), request.care.followed_by.clone()))
    });
    let is_there =
        Signal::derive(move || links.with(|(before, after)| before.is_some() || !after.is_empty()));
    let before = move || links.get().0.map(|link| view! { <dt>{t(w::FOLLOWS)}</dt><dd><Linked link/></dd> });
    let after = move || {
        let line = |link: RequestLink| view! { <dt>{t(w::FOLLOWED_BY)}</dt><dd><Linked link/></dd> };
        links.get().1.into_iter().map(line).collect_view()
    };
    view! {
        <When on=is_there>
            <Card title=t(w::REQUEST_LINKED)>
                <dl class="linked">{before} {after}</dl>
            </Card>
        </When>
    }
}

#[component]
fn Linked(link: RequestLink) -> impl IntoView {
    view! { <a href=Route::Request(link.id).to_string()>{link.id.to_string()} " · " {link.subject}</a> }
}
