//! Components of the service: how each stands, now and on the last 90 days.

use serde::{Deserialize, Serialize};

use crate::maintenance::{Maintenance, MaintenanceStatus};
use crate::status::{Impact, Incident};
use crate::time::Span;
use crate::{ComponentId, Localized, Timestamp, TopicId};

/// How many days the page looks back.
pub const DAYS: usize = 90;

/// How a component stands, in the words of a Statuspage v2. Later ones are worse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Level {
    /// Nothing is reported.
    Operational,
    /// Nobody can be sure: no word, an old one, or one that this release doesn't know.
    #[default]
    Unknown,
    /// Planned work goes on.
    UnderMaintenance,
    /// Slow, or fails now and then.
    DegradedPerformance,
    /// Fails for some.
    PartialOutage,
    /// Fails for everybody.
    MajorOutage,
}

impl Level {
    /// All levels, the best first.
    pub const ALL: [Self; 6] = [
        Self::Operational,
        Self::Unknown,
        Self::UnderMaintenance,
        Self::DegradedPerformance,
        Self::PartialOutage,
        Self::MajorOutage,
    ];

    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operational => "operational",
            Self::Unknown => "unknown",
            Self::UnderMaintenance => "under_maintenance",
            Self::DegradedPerformance => "degraded_performance",
            Self::PartialOutage => "partial_outage",
            Self::MajorOutage => "major_outage",
        }
    }

    /// Reads the word of the wire. An unknown word is [`Level::Unknown`], never good.
    pub fn parse(word: &str) -> Self {
        Self::ALL.into_iter().find(|level| level.as_str() == word).unwrap_or(Self::Unknown)
    }

    /// How bad it is, from 0.
    pub fn rank(self) -> u8 {
        Self::ALL.into_iter().zip(0..).find(|(level, _)| *level == self).map_or(1, |(_, rank)| rank)
    }

    /// The level that is so bad.
    pub fn of_rank(rank: u8) -> Self {
        Self::ALL.into_iter().nth(usize::from(rank)).unwrap_or_default()
    }

    /// How a component stands that an incident of this impact touches.
    pub const fn of_impact(impact: &Impact) -> Self {
        match impact {
            Impact::None => Self::Operational,
            Impact::Minor => Self::DegradedPerformance,
            Impact::Major => Self::PartialOutage,
            Impact::Critical => Self::MajorOutage,
            Impact::Other(_) => Self::Unknown,
        }
    }

    /// Whether something is wrong with it.
    pub const fn is_problem(self) -> bool {
        matches!(self, Self::DegradedPerformance | Self::PartialOutage | Self::MajorOutage)
    }
}

impl<'de> Deserialize<'de> for Level {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(source)?))
    }
}

/// A component on the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ComponentStatus {
    /// Which.
    pub id: ComponentId,
    /// Its name; never trusted as markup.
    pub name: Localized,
    /// Whether it is a core feature (seed 000: only problems that stop one are listed).
    pub core: bool,
    /// What a request about it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// How it stands.
    pub status: Level,
    /// The worst that was reported on each of the last [`DAYS`] days (UTC), the oldest first, today last.
    pub days: Vec<Level>,
}

/// How a component stands now: the worst of what is said about it. `told` is the provider's word, when the
/// page is a provider's; a word that nobody can be sure of is [`Level::Unknown`], so that it is never green.
pub fn level_now(
    component: &ComponentId,
    told: Option<Level>,
    incidents: &[Incident],
    maintenances: &[Maintenance],
    now: Timestamp,
) -> Level {
    let by_incident = incidents
        .iter()
        .filter(|incident| incident.status.is_live() && incident.components.contains(component))
        .map(|incident| Level::of_impact(&incident.impact));
    let by_work = maintenances
        .iter()
        .filter(|work| work.components.contains(component))
        .filter(|work| work.status_at(now) == MaintenanceStatus::InProgress)
        .map(|_| Level::UnderMaintenance);
    by_incident.chain(by_work).max().unwrap_or(Level::Operational).max(told.unwrap_or(Level::Operational))
}

/// The number of a day (UTC), counted from 1970-01-01.
pub const fn day_of(time: Timestamp) -> i64 {
    time.millis().div_euclid(Span::days(1).0)
}

/// Noon of a day (UTC): written in any zone from -12 to +11 it is of the same day.
pub fn noon_of(day: i64) -> Timestamp {
    Timestamp::EPOCH.plus(Span(day.saturating_mul(Span::days(1).0).saturating_add(Span::hours(12).0)))
}

/// Days in a row on which a component stood alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    /// How it stood.
    pub level: Level,
    /// The first of the days, counted from the oldest.
    pub first: usize,
    /// How many.
    pub length: usize,
}

/// The days as runs, so that a picture has few parts.
pub fn runs(days: &[Level]) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (index, level) in days.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.level == *level => run.length += 1,
            _ => runs.push(Run { level: *level, first: index, length: 1 }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::status::IncidentStatus;

    fn incident(status: IncidentStatus, impact: Impact) -> Incident {
        Incident {
            id: "i".parse().expect("an id"),
            name: "Video fails".to_owned(),
            status,
            impact,
            started_at: Timestamp::EPOCH,
            resolved_at: None,
            topics: Vec::new(),
            components: vec!["video".parse().expect("an id")],
            version: crate::Version::numbered(1),
            incident_updates: Vec::new(),
        }
    }

    fn now_with(told: Option<Level>, incidents: &[Incident]) -> Level {
        level_now(&"video".parse().expect("an id"), told, incidents, &[], Timestamp::EPOCH)
    }

    #[test]
    fn the_worst_word_counts() {
        let minor = incident(IncidentStatus::Monitoring, Impact::Minor);
        let critical = incident(IncidentStatus::Investigating, Impact::Critical);
        let over = incident(IncidentStatus::Resolved, Impact::Critical);
        assert_eq!(now_with(None, &[]), Level::Operational);
        assert_eq!(now_with(None, &[over]), Level::Operational);
        assert_eq!(now_with(None, std::slice::from_ref(&minor)), Level::DegradedPerformance);
        assert_eq!(now_with(None, &[minor.clone(), critical]), Level::MajorOutage);
        assert_eq!(now_with(Some(Level::PartialOutage), &[minor]), Level::PartialOutage);
    }

    #[test]
    fn what_nobody_knows_is_never_green() {
        assert_eq!(now_with(Some(Level::Unknown), &[]), Level::Unknown);
        assert_eq!(Level::parse("party"), Level::Unknown);
        let odd = incident(IncidentStatus::Identified, Impact::Other("odd".to_owned()));
        assert_eq!(now_with(None, &[odd]), Level::Unknown);
        let read: Level = serde_json::from_str("\"party\"").expect("a level");
        assert_eq!(read, Level::Unknown);
    }

    #[test]
    fn days_begin_at_midnight_in_utc() {
        let time = |text: &str| text.parse::<Timestamp>().expect("a time");
        assert_eq!(day_of(time("1970-01-01T23:59:59Z")), 0);
        assert_eq!(day_of(time("1969-12-31T23:59:59Z")), -1);
        let noon = noon_of(day_of(time("2026-11-23T23:30:00Z")));
        assert_eq!(noon.to_string(), "2026-11-23T12:00:00.000Z");
    }

    proptest! {
        #[test]
        fn every_level_round_trips(rank in 0u8..6) {
            let level = Level::of_rank(rank);
            prop_assert_eq!(level.rank(), rank);
            prop_assert_eq!(Level::parse(level.as_str()), level);
            let json = serde_json::to_string(&level).expect("json");
            prop_assert_eq!(json, format!("\"{}\"", level.as_str()));
        }

        #[test]
        fn runs_say_what_the_days_say(ranks in proptest::collection::vec(0u8..6, 0..DAYS)) {
            let days: Vec<Level> = ranks.into_iter().map(Level::of_rank).collect();
            let runs = runs(&days);
            let told: Vec<Level> =
                runs.iter().flat_map(|run| std::iter::repeat_n(run.level, run.length)).collect();
            prop_assert_eq!(told, days);
            let starts: usize = runs.iter().map(|run| run.length).sum();
            prop_assert!(runs.last().is_none_or(|run| run.first + run.length == starts));
        }
    }
}
