//! What a request hangs together with: incidents that touch it, and the requests before and after it.

use frontdesk_contract::care::{Care, IncidentLink, ReportsLink, RequestLink};
use frontdesk_contract::report::can_handle;
use frontdesk_contract::status::Incident;
use frontdesk_contract::{IncidentId, Request};
use leptos::prelude::*;

use crate::api::{ApiError, Client, care};
use crate::i18n::{keys as w, t, t_count, use_words};
use crate::pages::requests::show::Shown;
use crate::route::{self, Route};
use crate::shell::status_pill::IncidentLine;
use crate::shell::{Act, Desk, Failure};
use crate::state::SessionState;
use crate::ui::{Button, Card, Select, SelectOption, When, use_announcer};

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

/// What it is linked with: follow-ups in both directions, incidents by hand, the reports that it was made of.
#[component]
pub fn Links(request: Signal<Request>, shown: Shown, may_write: Signal<bool>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    let words = use_words();
    let linking = use_linking(request, shown);
    let chosen = RwSignal::new(String::new());
    let links = Memo::new(move |_| request.with(|request| request.care.clone()));
    let reads_reports = move || state.person().is_some_and(|person| can_handle(&person).is_ok());
    let reports = Memo::new(move |_| links.with(|links| links.reports).filter(|_| reads_reports()));
    let others = Memo::new(move |_| {
        let live = desk.incidents.get().map(|live| live.incidents).unwrap_or_default();
        let is_new = |incident: &Incident| {
            links.with(|links| links.incidents.iter().all(|known| known.id != incident.id))
        };
        live.into_iter().filter(is_new).map(|incident| (incident.id, incident.name)).collect::<Vec<_>>()
    });
    let can_link = Signal::derive(move || may_write.get() && others.with(|others| !others.is_empty()));
    let is_there = Signal::derive(move || {
        let has_any = |links: &Care| {
            links.follows.is_some() || !links.followed_by.is_empty() || !links.incidents.is_empty()
        };
        can_link.get() || reports.with(Option::is_some) || links.with(has_any)
    });
    let before =
        move || links.get().follows.map(|link| view! { <dt>{t(w::FOLLOWS)}</dt><dd><Linked link/></dd> });
    let after = move || {
        let line = |link: RequestLink| view! { <dt>{t(w::FOLLOWED_BY)}</dt><dd><Linked link/></dd> };
        links.get().followed_by.into_iter().map(line).collect_view()
    };
    let incidents = move || {
        let line = |link: IncidentLink| view! { <ByHand link linking may_write/> };
        links.get().incidents.into_iter().map(line).collect_view()
    };
    let made_of = move || {
        let ReportsLink { group, reports } = reports.get()?;
        let address = Route::ReportGroup(group).to_string();
        let text = t_count(w::REPORTS_COUNT, Signal::stored(reports));
        Some(view! { <dt>{t(w::REQUEST_MADE_OF)}</dt><dd><a href=address>{text}</a></dd> })
    };
    let options = Signal::derive(move || {
        others.get().into_iter().map(|(id, name)| SelectOption::new(id.to_string(), name)).collect()
    });
    let on_press = Callback::new(move |()| {
        if let Ok(id) = chosen.get_untracked().parse() {
            chosen.set(String::new());
            linking.act.begin((id, true));
        }
    });
    view! {
        <When on=is_there>
            <Card title=t(w::REQUEST_LINKED)>
                <dl class="linked">{before}{after}{incidents}{made_of}</dl>
                <Failure error=linking.failure/>
                <When on=can_link>
                    <Select
                        id="link-incident"
                        label=t(w::STATUS_INCIDENT)
                        prompt=t(w::REQUEST_LINK_PROMPT)
                        value=chosen
                        options
                    />
                    <Button
                        busy=linking.act.pending()
                        refused=Signal::derive(move || {
                            chosen.with(String::is_empty).then(|| words.text(w::REQUEST_LINK_PROMPT))
                        })
                        on_press
                    >
                        {t(w::REQUEST_LINK)}
                    </Button>
                </When>
            </Card>
        </When>
    }
}

/// Links and takes links away.
#[derive(Clone, Copy)]
struct Linking {
    act: Act<(IncidentId, bool)>,
    failure: RwSignal<Option<ApiError>>,
}

fn use_linking(request: Signal<Request>, shown: Shown) -> Linking {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let id = Memo::new(move |_| request.with(|request| request.summary.id));
    let act = Act::new(move |(incident, is_linked): (IncidentId, bool)| {
        failure.set(None);
        let id = id.get_untracked();
        let call =
            if is_linked { care::link_incident(id, &incident) } else { care::unlink_incident(id, &incident) };
        let client = client.clone();
        async move {
            match client.send(call).await {
                Ok(()) => {
                    shown.ask_again();
                    announcer.announce(words.text(if is_linked {
                        w::REQUEST_LINK_DONE
                    } else {
                        w::REQUEST_LINK_GONE
                    }));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    Linking { act, failure }
}

/// An incident that somebody has linked.
#[component]
fn ByHand(link: IncidentLink, linking: Linking, may_write: Signal<bool>) -> impl IntoView {
    let (id, name) = (link.id.clone(), link.name.clone());
    let on_press = Callback::new(move |()| linking.act.begin((id.clone(), false)));
    let for_readers = StoredValue::new(link.name);
    view! {
        <dt>{t(w::STATUS_INCIDENT)}</dt>
        <dd>
            <a href=route::incident(&link.id)>{name}</a>
            <When on=may_write>
                " "
                <Button busy=linking.act.pending() on_press>
                    {t(w::REQUEST_UNLINK)}
                    <span class="visually-hidden">" " {for_readers.get_value()}</span>
                </Button>
            </When>
        </dd>
    }
}

#[component]
fn Linked(link: RequestLink) -> impl IntoView {
    view! { <a href=Route::Request(link.id).to_string()>{link.id.to_string()} " · " {link.subject}</a> }
}
