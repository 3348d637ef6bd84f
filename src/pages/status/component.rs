//! One component: how it stands, its 90 days as a picture and as a table, and the way to ask about it.

use frontdesk_contract::Timestamp;
use frontdesk_contract::component::{ComponentStatus, DAYS, Level, Run, day_of, noon_of, runs};
use frontdesk_contract::follow::NewFollow;
use leptos::prelude::*;

use crate::api::status;
use crate::browser::intl;
use crate::i18n::{Key, keys as w, t, t_with, use_words};
use crate::pages::status::ours::OursOfTopic;
use crate::route;
use crate::shell::incidents::FollowButton;
use crate::state::SessionState;
use crate::ui::{Pill, Tone};

/// The word and the tone of a level. Nobody knows that something works: it is known that nothing is reported.
pub const fn told(level: Level) -> (Key, Tone) {
    match level {
        Level::Operational => (w::STATUS_PILL_NONE, Tone::Good),
        Level::Unknown => (w::STATUS_LEVEL_UNKNOWN, Tone::Mute),
        Level::UnderMaintenance => (w::STATUS_LEVEL_MAINTENANCE, Tone::Info),
        Level::DegradedPerformance => (w::STATUS_LEVEL_DEGRADED, Tone::Warn),
        Level::PartialOutage => (w::STATUS_LEVEL_PARTIAL, Tone::Bad),
        Level::MajorOutage => (w::STATUS_LEVEL_MAJOR, Tone::Bad),
    }
}

/// The component.
#[component]
pub fn Component(component: ComponentStatus) -> impl IntoView {
    let words = use_words();
    let names = component.name;
    let name = Signal::derive(move || names.in_language(&words.language()).to_owned());
    let (key, tone) = told(component.status);
    let what = NewFollow { incident: None, component: Some(component.id.clone()) };
    let feed = status::feed_of(&component.id);
    let topic = component.topic.clone();
    view! {
        <article class="card status__component">
            <div class="status__head">
                <h3>{name}</h3>
                <Pill tone text=t(key)/>
            </div>
            <Days days=component.days name/>
            {component.topic.map(|topic| view! { <OursOfTopic topic level=component.status name/> })}
            <div class="status__acts">
                <FollowButton what name/>
                {topic.map(|topic| {
                    view! {
                        <a href=route::support_about(Some(&topic))>
                            {t(w::NAV_SUPPORT)}
                            <span class="visually-hidden">" " {name}</span>
                        </a>
                    }
                })}
                <a href=feed rel="external">
                    {t(w::STATUS_ATOM)}
                    <span class="visually-hidden">" " {name}</span>
                </a>
            </div>
        </article>
    }
}

/// The 90 days. Levels differ by height and by pattern, not only by hue; what the picture says, the sentence and the
/// table say too.
#[component]
fn Days(days: Vec<Level>, name: Signal<String>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let problems = days.iter().filter(|level| level.is_problem()).count();
    let unwatched = days.iter().filter(|level| **level == Level::Unknown).count();
    let runs = runs(&days);
    let picture = runs.iter().map(|run| view! { <Stretch run=*run/> }).collect_view();
    let told: Vec<Run> = runs.into_iter().filter(|run| run.level != Level::Operational).rev().collect();
    let sentence = move || {
        let problems = match u64::try_from(problems).unwrap_or_default() {
            0 => words.text(w::STATUS_DAYS_PROBLEMS_NONE),
            count => words.count(w::STATUS_DAYS_PROBLEMS, count),
        };
        match u64::try_from(unwatched).unwrap_or_default() {
            0 => problems,
            count => format!("{problems} {}", words.count(w::STATUS_DAYS_UNWATCHED, count)),
        }
    };
    let today = day_of(state.now_untracked());
    let table = (!told.is_empty()).then(|| {
        let rows = told.into_iter().map(|run| view! { <Row run today/> }).collect_view();
        view! {
            <details class="status__table">
                <summary>{t_with(w::STATUS_DAYS_TABLE, [("name", name)])}</summary>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t(w::STATUS_DAYS_DAY)}</th>
                            <th scope="col">{t(w::STATUS_DAYS_LEVEL)}</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </details>
        }
    });
    view! {
        <div class="days" aria-hidden="true">{picture}</div>
        <p class="hint">{sentence}</p>
        {table}
    }
}

/// Days in a row that look alike, each a stroke.
#[component]
fn Stretch(run: Run) -> impl IntoView {
    view! { <span class="days__run" data-level=run.level.as_str() style:flex-grow=run.length.to_string()></span> }
}

/// The same for readers.
#[component]
fn Row(run: Run, today: i64) -> impl IntoView {
    let words = use_words();
    let day = move |place: usize| -> Timestamp {
        let ago = i64::try_from(DAYS.saturating_sub(place + 1)).unwrap_or_default();
        noon_of(today - ago)
    };
    let span = move || {
        let language = words.language();
        let first = intl::date(day(run.first), &language);
        if run.length == 1 {
            return first;
        }
        let last = intl::date(day(run.first + run.length - 1), &language);
        words.text_with(w::STATUS_DAYS_SPAN, &[("from", first), ("until", last)])
    };
    view! {
        <tr>
            <th scope="row">{span}</th>
            <td>{t(told(run.level).0)}</td>
        </tr>
    }
}
