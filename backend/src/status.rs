//! The status page, put together from what is stored, what the operator decided and what a provider says.

use frontdesk_contract::component::{ComponentStatus, DAYS, Level, day_of, level_now};
use frontdesk_contract::maintenance::Maintenance;
use frontdesk_contract::status::{Incident, LiveIncidents, PAST_DAYS, Provider, STALE_AFTER, StatusPage};
use frontdesk_contract::time::Span;
use frontdesk_contract::{ComponentId, Localized, Timestamp};
use sqlx::SqliteConnection;

use crate::app::App;
use crate::store::provider::{self, Known, Told};
use crate::store::{Write, days, incidents, maintenances};

/// So many incidents that are over are shown.
const PAST_MAX: i64 = 50;

/// The whole page at `now`.
pub async fn page(app: &App, now: Timestamp) -> sqlx::Result<StatusPage> {
    // One transaction, so that all of it is of the same moment.
    let mut moment = app.store().read().begin().await?;
    let Standing { live, components, maintenances } = standing(app, &mut moment, now).await?;
    drop(moment);
    let past = app.store().past_incidents(now.minus(Span::days(PAST_DAYS)), PAST_MAX).await?;
    Ok(StatusPage { now, live, components, maintenances, past })
}

/// What is live, and how old that word is.
pub async fn live(app: &App, now: Timestamp) -> sqlx::Result<LiveIncidents> {
    let mut moment = app.store().read().begin().await?;
    let incidents = incidents::live(&mut moment).await?;
    Ok(told_of(incidents, provider::find(&mut moment).await?.as_ref(), now))
}

/// How everything stands, without what is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What is live, and how old that word is.
    pub live: LiveIncidents,
    /// The components, core features first.
    pub components: Vec<ComponentStatus>,
    /// Maintenance that isn't over, or was over today.
    pub maintenances: Vec<Maintenance>,
}

/// How everything stands at `now`.
pub async fn standing(
    app: &App,
    connection: &mut SqliteConnection,
    now: Timestamp,
) -> sqlx::Result<Standing> {
    let known = provider::find(connection).await?;
    let told = if known.is_some() { provider::components(connection).await? } else { Vec::new() };
    let live = told_of(incidents::live(connection).await?, known.as_ref(), now);
    let maintenances = maintenances::list(connection, now.minus(Span::days(1))).await?;
    let mut watched = days::until(connection, day_of(now)).await?;
    let is_sure = live.unsure_at(now).is_none();
    let mut components: Vec<ComponentStatus> = listed(app, &told)
        .into_iter()
        .map(|mut component| {
            let word = known.is_some().then(|| {
                let told = told.iter().find(|told| told.component == component.id);
                let level = told.map_or(Level::Unknown, |told| told.level);
                if is_sure { level } else { level.max(Level::Unknown) }
            });
            component.status = level_now(&component.id, word, &live.incidents, &maintenances, now);
            let mut days = watched.remove(&component.id).unwrap_or_else(|| vec![Level::Unknown; DAYS]);
            if let Some(today) = days.last_mut() {
                *today =
                    if *today == Level::Unknown { component.status } else { component.status.max(*today) };
            }
            component.days = days;
            component
        })
        .collect();
    // Core features first; the order of the file, and of the provider, within.
    components.sort_by_key(|component| !component.core);
    Ok(Standing { live, components, maintenances })
}

/// The components of the settings, then those that the provider alone knows.
fn listed(app: &App, told: &[Told]) -> Vec<ComponentStatus> {
    let blank = |id: ComponentId, name: Localized| ComponentStatus {
        id,
        name,
        core: false,
        topic: None,
        status: Level::Unknown,
        days: Vec::new(),
    };
    let decided = &app.decided().status.components;
    let ours = decided.iter().map(|component| ComponentStatus {
        core: component.core,
        topic: component.topic.clone(),
        ..blank(component.id.clone(), component.name.clone())
    });
    let theirs = told
        .iter()
        .filter(|told| decided.iter().all(|component| component.id != told.component))
        .map(|told| blank(told.component.clone(), Localized([("en".to_owned(), told.name.clone())].into())));
    ours.chain(theirs).collect()
}

fn told_of(incidents: Vec<Incident>, known: Option<&Known>, now: Timestamp) -> LiveIncidents {
    let Some(known) = known else {
        // Our own word is as fresh as the database.
        return LiveIncidents {
            incidents,
            updated_at: now,
            provider: None,
            unsure_since: None,
            fresh_until: None,
        };
    };
    let fresh_until = known.sure_at.map(|sure| sure.plus(STALE_AFTER));
    let is_sure = known.failure.is_none() && fresh_until.is_some_and(|until| now <= until);
    LiveIncidents {
        incidents,
        updated_at: known.read_at.unwrap_or(known.since),
        provider: Some(Provider { name: known.name.clone(), url: known.page_url.clone() }),
        unsure_since: (!is_sure).then(|| known.sure_at.unwrap_or(known.since)),
        fresh_until,
    }
}

/// Notes how every component stands today. What nobody is sure of is not noted.
pub async fn note_today(app: &App, write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    let today = day_of(now);
    let Standing { live, components, .. } = standing(app, write, now).await?;
    for component in &components {
        if component.status != Level::Unknown {
            days::note(write, &component.id, today..=today, component.status).await?;
        }
    }
    for incident in &live.incidents {
        note_incident(write, incident, now).await?;
    }
    days::forget(write, today).await
}

/// Notes the days of an incident for the components that it touches.
pub async fn note_incident(write: &mut Write, incident: &Incident, now: Timestamp) -> sqlx::Result<()> {
    let level = Level::of_impact(&incident.impact);
    if level == Level::Unknown {
        return Ok(());
    }
    let today = day_of(now);
    // A stranger's incident may begin in the year 1.
    let oldest = today - i64::try_from(DAYS).unwrap_or_default();
    let end = incident.resolved_at.map_or(today, day_of).min(today);
    for component in &incident.components {
        days::note(write, component, day_of(incident.started_at).max(oldest)..=end, level).await?;
    }
    Ok(())
}
