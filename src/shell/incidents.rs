//! Incidents where they matter: as banners on what they touch, and with a way to follow them.

use frontdesk_contract::follow::{Follow, NewFollow};
use frontdesk_contract::status::{Incident, IncidentStatus};
use frontdesk_contract::{FollowId, Timestamp, TopicId};
use leptos::prelude::*;

use crate::api::{ApiError, Client, status};
use crate::browser::{intl, random};
use crate::i18n::{Key, Words, keys as w, t, t_with, use_words};
use crate::route;
use crate::shell::{Act, Desk, Failure};
use crate::state::SessionState;
use crate::ui::{Banner, Button, ButtonLink, Tone, Variant, use_announcer};

/// Where an incident stands, in a word. What this release doesn't know is shown as it came.
pub fn state_text(status: &IncidentStatus, words: Words) -> String {
    let key = match status {
        IncidentStatus::Investigating => w::STATUS_STATE_INVESTIGATING,
        IncidentStatus::Identified => w::STATUS_STATE_IDENTIFIED,
        IncidentStatus::Monitoring => w::STATUS_STATE_MONITORING,
        IncidentStatus::Resolved => w::STATUS_STATE_RESOLVED,
        IncidentStatus::Other(word) => return word.clone(),
    };
    words.text(key)
}

/// A time of today as the hour, of another day with its day.
pub fn when(time: Timestamp, now: Timestamp, language: &str) -> String {
    let is_today = now.since(time).0 < 12 * 3_600_000;
    if is_today { intl::time(time, language) } else { intl::day_and_time(time, language) }
}

/// A banner for each live incident that touches one of these topics: of a request that isn't solved, or of those
/// in a list.
#[component]
pub fn IncidentBanners(
    /// What the requests are about.
    #[prop(into)]
    topics: Signal<Vec<TopicId>>,
) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let incidents = Memo::new(move |_| {
        let topics = topics.get();
        let live = desk.incidents.get().map(|live| live.incidents).unwrap_or_default();
        let touches = |incident: &Incident| incident.topics.iter().any(|topic| topics.contains(topic));
        live.into_iter().filter(touches).collect::<Vec<_>>()
    });
    move || incidents.get().into_iter().map(|incident| view! { <IncidentBanner incident/> }).collect_view()
}

#[component]
fn IncidentBanner(incident: Incident) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let last = incident.incident_updates.first().map_or(incident.started_at, |update| update.created_at);
    let ago = Signal::derive(move || intl::relative(last, state.now(), &words.language()));
    let href = route::incident(&incident.id);
    let status = incident.status.clone();
    let label = Signal::derive(move || state_text(&status, words));
    let action =
        ViewFn::from(move || view! { <ButtonLink href=href.clone()>{t(w::STATUS_SEE)}</ButtonLink> });
    view! {
        <Banner tone=Tone::Warn label action>
            <p>
                <b>{incident.name}</b>
                " "
                {t_with(w::STATUS_LAST_WORD, [("ago", ago)])}
            </p>
        </Banner>
    }
}

/// *Follow*, or *Stop following*: the updates come to Overview. Strangers have no place for them.
#[component]
pub fn FollowButton(
    /// What is followed.
    what: NewFollow,
    /// What it is called, for readers: there are several such buttons on a page.
    #[prop(into)]
    name: Signal<String>,
    /// The verb.
    #[prop(default = w::STATUS_FOLLOW)]
    verb: Key,
) -> impl IntoView {
    use_context::<Desk>().map(|desk| view! { <Following desk what name verb/> })
}

#[component]
fn Following(desk: Desk, what: NewFollow, name: Signal<String>, verb: Key) -> impl IntoView {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let wanted = what.clone();
    let followed = Memo::new(move |_| {
        desk.follows.with(|page| page?.items.iter().find(|follow| is_it(follow, &wanted)).map(|it| it.id))
    });
    let act = Act::new(move |known: Option<FollowId>| {
        let (client, what) = (client.clone(), what.clone());
        async move {
            let done = match known {
                Some(id) => client.send(status::unfollow(id)).await,
                None => client.send(status::follow(&what, &random::uuid())).await.map(|_| ()),
            };
            match done {
                Ok(()) if known.is_none() => announcer.announce(words.text(w::STATUS_FOLLOWED)),
                // Another tab was faster.
                Ok(()) | Err(ApiError::NotFound) => {}
                Err(error) => failure.set(Some(error)),
            }
            desk.follows.ask_again();
        }
    });
    let on_press = Callback::new(move |()| {
        failure.set(None);
        act.begin(followed.get_untracked());
    });
    let label = move || t(if followed.with(Option::is_some) { w::STATUS_UNFOLLOW } else { verb });
    let note =
        move || followed.with(Option::is_some).then(|| view! { <p class="hint">{t(w::STATUS_FOLLOWED)}</p> });
    view! {
        <div class="follow">
            <Button variant=Variant::Secondary busy=act.pending() on_press>
                {label}
                <span class="visually-hidden">" " {name}</span>
            </Button>
            {note}
            <Failure error=failure/>
        </div>
    }
}

fn is_it(follow: &Follow, what: &NewFollow) -> bool {
    follow.incident == what.incident && follow.component == what.component
}
