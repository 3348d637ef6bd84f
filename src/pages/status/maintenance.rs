//! Maintenance: what is planned, and what goes on.

use frontdesk_contract::component::ComponentStatus;
use frontdesk_contract::maintenance::{Maintenance, MaintenanceChange, MaintenanceStatus};
use frontdesk_contract::status::{self as rules, PROVIDERS};
use leptos::prelude::*;

use crate::api::{ApiError, Client, status};
use crate::browser::intl;
use crate::i18n::{keys as w, t, use_words};
use crate::shell::{Act, Failure, Live};
use crate::state::SessionState;
use crate::ui::{Button, Pill, Tone, When};

/// All that isn't over.
#[component]
pub fn Maintenances(
    maintenances: Memo<Vec<Maintenance>>,
    components: Memo<Vec<ComponentStatus>>,
) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let ahead = Memo::new(move |_| {
        let now = state.now();
        let mut all = maintenances.get();
        all.retain(|work| work.status_at(now) != MaintenanceStatus::Completed);
        all
    });
    let cards = move || ahead.get().into_iter().map(|work| view! { <Work work components/> }).collect_view();
    view! {
        <When on=Signal::derive(move || !ahead.with(Vec::is_empty))>
            <section class="stack" aria-labelledby="status-maintenance">
                <h2 id="status-maintenance">{t(w::STATUS_MAINTENANCE)}</h2>
                {cards}
            </section>
        </When>
    }
}

#[component]
fn Work(work: Maintenance, components: Memo<Vec<ComponentStatus>>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let (from, until) = (work.scheduled_for, work.scheduled_until);
    let span = move || {
        let time = |time| intl::day_and_time(time, &words.language());
        words.text_with(w::STATUS_DAYS_SPAN, &[("from", time(from)), ("until", time(until))])
    };
    let goes_on = Memo::new(move |_| state.now() >= from);
    let label = Signal::derive(move || {
        words.text(if goes_on.get() {
            w::STATUS_MAINTENANCE_PROGRESS
        } else {
            w::STATUS_MAINTENANCE_SCHEDULED
        })
    });
    let touched = work.components.clone();
    let names = move || {
        let language = words.language();
        let all = components.get();
        let named = all.iter().filter(|component| touched.contains(&component.id));
        let names: Vec<String> =
            named.map(|component| component.name.in_language(&language).to_owned()).collect();
        intl::list(&names, &language)
    };
    let is_theirs = work.id.as_str().starts_with(PROVIDERS);
    let may_end = move || !is_theirs && state.person().is_some_and(|person| rules::can_tell(&person).is_ok());
    let (name, body) = (work.name.clone(), work.body.clone());
    let work = StoredValue::new(work);
    view! {
        <article class="card status__incident">
            <Pill tone=Tone::Info text=label/>
            <h3>{name}</h3>
            <p class="status__when">{span}</p>
            <p class="status__when">{names}</p>
            <p class="status__words">{body}</p>
            <When on=Signal::derive(may_end)>
                <End work/>
            </When>
        </article>
    }
}

#[component]
fn End(work: StoredValue<Maintenance>) -> impl IntoView {
    let client = expect_context::<Client>();
    let live = use_context::<Live>();
    let failure = RwSignal::new(None::<ApiError>);
    let act = Act::new(move |()| {
        let client = client.clone();
        let (id, version) = work.with_value(|work| (work.id.clone(), work.version.clone()));
        async move {
            let change = MaintenanceChange { ended: true, ..MaintenanceChange::default() };
            if let Err(error) = client.send(status::replan(&id, &change, version)).await {
                failure.set(Some(error));
            }
            if let Some(live) = live {
                live.status.notify();
            }
        }
    });
    let on_press = Callback::new(move |()| act.begin(()));
    view! {
        <Button busy=act.pending() on_press>
            {t(w::STATUS_MAINTENANCE_END)}
            <span class="visually-hidden">" " {work.with_value(|work| work.name.clone())}</span>
        </Button>
        <Failure error=failure/>
    }
}
