//! Maintenance: what is planned, and what goes on.

use frontdesk_contract::MaintenanceId;
use frontdesk_contract::component::ComponentStatus;
use frontdesk_contract::maintenance::{Maintenance, MaintenanceChange, MaintenanceStatus};
use frontdesk_contract::status::{self as rules, PROVIDERS};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api::{ApiError, Client, status};
use crate::browser::{focus, intl};
use crate::i18n::{keys as w, t, use_words};
use crate::shell::{Act, Failure, Live};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, Input, Pill, TextField, Tone, When};

/// The fields of a maintenance that is moved; one at a time.
const FROM: &str = "move-from";
const UNTIL: &str = "move-until";

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
    let moved = RwSignal::new(None::<MaintenanceId>);
    let cards =
        move || ahead.get().into_iter().map(|work| view! { <Work work components moved/> }).collect_view();
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
fn Work(
    work: Maintenance,
    components: Memo<Vec<ComponentStatus>>,
    /// The one that is being moved.
    moved: RwSignal<Option<MaintenanceId>>,
) -> impl IntoView {
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
                <Acts work moved/>
            </When>
        </article>
    }
}

/// What can be done about a maintenance: to move it, until it is over, and to end it now.
#[component]
fn Acts(work: StoredValue<Maintenance>, moved: RwSignal<Option<MaintenanceId>>) -> impl IntoView {
    let client = expect_context::<Client>();
    let live = use_context::<Live>();
    let failure = RwSignal::new(None::<ApiError>);
    let act = Act::new(move |change: MaintenanceChange| {
        let client = client.clone();
        let (id, version) = work.with_value(|work| (work.id.clone(), work.version.clone()));
        failure.set(None);
        async move {
            match client.send(status::replan(&id, &change, version)).await {
                Ok(_) => drop(moved.try_set(None)),
                Err(error) => drop(failure.try_set(Some(error))),
            }
            if let Some(live) = live {
                live.status.notify();
            }
        }
    });
    let id = StoredValue::new(work.with_value(|work| work.id.clone()));
    let is_moved = Signal::derive(move || moved.with(|moved| moved.as_ref() == Some(&id.get_value())));
    let on_move = Callback::new(move |()| {
        let next = (!is_moved.get_untracked()).then(|| id.get_value());
        let is_begun = next.is_some();
        moved.set(next);
        if is_begun {
            request_animation_frame(|| {
                focus::focus_id(FROM);
            });
        }
    });
    let on_end = Callback::new(move |()| act.begin(MaintenanceChange { ended: true, ..Default::default() }));
    let name = move || view! { <span class="visually-hidden">" " {work.with_value(|work| work.name.clone())}</span> };
    view! {
        <div class="status__acts">
            <Button busy=act.pending() on_press=on_move>{t(w::STATUS_MAINTENANCE_MOVE)} {name()}</Button>
            <Button busy=act.pending() on_press=on_end>{t(w::STATUS_MAINTENANCE_END)} {name()}</Button>
        </div>
        <When on=is_moved>
            <Move work act/>
        </When>
        <Failure error=failure/>
    }
}

/// Other times, in the reader's zone.
#[component]
fn Move(work: StoredValue<Maintenance>, act: Act<MaintenanceChange>) -> impl IntoView {
    let words = use_words();
    let (from, until) = work.with_value(|work| (work.scheduled_for, work.scheduled_until));
    let (from, until) = (RwSignal::new(intl::local(from)), RwSignal::new(intl::local(until)));
    let error = RwSignal::new(None::<String>);
    let on_submit = move |ev: SubmitEvent| {
        ev.prevent_default();
        match (intl::moment(&from.get_untracked()), intl::moment(&until.get_untracked())) {
            (Some(begins), Some(ends)) if begins < ends => {
                error.set(None);
                act.begin(MaintenanceChange {
                    scheduled_for: Some(begins),
                    scheduled_until: Some(ends),
                    ..Default::default()
                });
            }
            _ => error.set(Some(words.text(w::STATUS_ERROR_TIMES))),
        }
    };
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <TextField id=FROM label=t(w::STATUS_STARTS) value=from input=Input::Moment/>
            <TextField id=UNTIL label=t(w::STATUS_ENDS) value=until input=Input::Moment error/>
            <Button kind=ButtonKind::Submit busy=act.pending()>{t(w::STATUS_MAINTENANCE_MOVE_DO)}</Button>
        </form>
    }
}
