//! Incidents of the service, in the shape of a Statuspage v2 (`incidents.json`).

use serde::{Deserialize, Serialize};

use crate::component::ComponentStatus;
use crate::maintenance::Maintenance;
use crate::request::Refusal;
use crate::text::{IncidentName, UpdateBody};
use crate::time::Span;
use crate::{ComponentId, IncidentId, Kind, Person, Timestamp, TopicId, Version};

/// How old the provider's last understood word may be before nobody can be sure of it.
pub const STALE_AFTER: Span = Span::minutes(5);
/// What the identifiers begin with that a provider made, so that they meet none of ours.
pub const PROVIDERS: &str = "up-";
/// For how long incidents that are over stay on the page.
pub const PAST_DAYS: i64 = 14;

/// Where an incident stands. A provider may add words, so unknown ones are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum IncidentStatus {
    /// Seen, cause unknown.
    Investigating,
    /// Cause known.
    Identified,
    /// A repair is in place and watched.
    Monitoring,
    /// Over.
    Resolved,
    /// A word that this release doesn't know.
    Other(String),
}

impl IncidentStatus {
    /// The words that agents write, in the order of an incident's life.
    pub const WRITTEN: [Self; 4] = [Self::Investigating, Self::Identified, Self::Monitoring, Self::Resolved];

    /// Whether this release knows the word. What it doesn't know is never taken for good.
    pub fn is_known(&self) -> bool {
        match self {
            Self::Investigating | Self::Identified | Self::Monitoring | Self::Resolved => true,
            Self::Other(word) => word == "postmortem",
        }
    }

    /// The word of the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Investigating => "investigating",
            Self::Identified => "identified",
            Self::Monitoring => "monitoring",
            Self::Resolved => "resolved",
            Self::Other(word) => word,
        }
    }

    /// Whether people may still be touched.
    pub fn is_live(&self) -> bool {
        !matches!(self, Self::Resolved) && *self != Self::Other("postmortem".to_owned())
    }
}

/// How bad an incident is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Impact {
    /// No effect.
    None,
    /// Some people.
    Minor,
    /// Many people.
    Major,
    /// Everybody.
    Critical,
    /// A word that this release doesn't know.
    Other(String),
}

impl Impact {
    /// The levels that agents choose from.
    pub const WRITTEN: [Self; 4] = [Self::None, Self::Minor, Self::Major, Self::Critical];

    /// Whether this release knows the word. What it doesn't know is never taken for good.
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// The word of the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "none",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
            Self::Other(word) => word,
        }
    }
}

/// Reads and writes the words of a provider's enum; what isn't known is kept.
macro_rules! words {
    ($name:ident { $($variant:ident = $word:literal,)* }) => {
        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $($word => Self::$variant,)*
                    _ => Self::Other(word),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                match value {
                    $($name::$variant => $word.to_owned(),)*
                    $name::Other(word) => word,
                }
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .examples([$($word,)*])
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    };
}

words!(IncidentStatus {
    Investigating = "investigating",
    Identified = "identified",
    Monitoring = "monitoring",
    Resolved = "resolved",
});
words!(Impact { None = "none", Minor = "minor", Major = "major", Critical = "critical", });

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Incident {
    /// Which.
    pub id: IncidentId,
    /// What fails, in a sentence.
    pub name: String,
    /// Where it stands.
    pub status: IncidentStatus,
    /// How bad it is.
    pub impact: Impact,
    /// Since when.
    pub started_at: Timestamp,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// The topics whose requests it may explain.
    #[serde(default)]
    pub topics: Vec<TopicId>,
    /// The components that it touches.
    #[serde(default)]
    pub components: Vec<ComponentId>,
    /// Its version; a change names it in `If-Match`.
    pub version: Version,
    /// What was said about it, newest first.
    #[serde(default)]
    pub incident_updates: Vec<IncidentUpdate>,
}

impl Incident {
    /// Whether the provider tells it, so that nobody here writes about it.
    pub fn is_providers(&self) -> bool {
        self.id.as_str().starts_with(PROVIDERS)
    }
}

/// One word of the provider about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentUpdate {
    /// Which.
    pub id: String,
    /// Where the incident stood with it.
    pub status: IncidentStatus,
    /// The words; never trusted as markup.
    pub body: String,
    /// When.
    pub created_at: Timestamp,
}

/// Whose word the page is, when it is not the backend's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// How they call themselves; never trusted as markup.
    pub name: String,
    /// Their page for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// The answer to `GET /api/status/incidents`: what is live, newest first, and how old that word is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveIncidents {
    /// Incidents that are not over.
    pub incidents: Vec<Incident>,
    /// When the source was read last.
    pub updated_at: Timestamp,
    /// Whose word it is; none when it is the backend's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// Since when nobody can be sure: the last time that the source was understood in full.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unsure_since: Option<Timestamp>,
    /// From when on this answer is too old to be believed; none when it is the backend's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<Timestamp>,
}

impl LiveIncidents {
    /// Since when nobody can be sure, at `now`: silence is no good news.
    pub fn unsure_at(&self, now: Timestamp) -> Option<Timestamp> {
        match (self.unsure_since, self.fresh_until) {
            (Some(since), _) => Some(since),
            (None, Some(until)) if now > until => Some(self.updated_at),
            (None, _) => None,
        }
    }
}

/// The answer to `GET /api/status`: all of the status page.
///
/// Seed 000: core features stand at the top; an entry when a problem is found, when its status changes,
/// when it is solved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatusPage {
    /// The server's clock.
    pub now: Timestamp,
    /// What is live, and how old that word is.
    pub live: LiveIncidents,
    /// The components, core features first.
    pub components: Vec<ComponentStatus>,
    /// What was planned, is planned or goes on, the next first.
    pub maintenances: Vec<Maintenance>,
    /// Incidents of the last days that are over, newest first.
    pub past: Vec<Incident>,
}

/// What `POST /api/status/incidents` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewIncident {
    /// What fails, in a sentence.
    pub name: IncidentName,
    /// How bad it is.
    pub impact: Impact,
    /// Where it stands.
    pub status: IncidentStatus,
    /// The components that it touches.
    pub components: Vec<ComponentId>,
    /// The first word about it.
    pub body: UpdateBody,
}

/// What `POST /api/status/incidents/{id}/updates` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewUpdate {
    /// Where the incident stands with it; `resolved` ends it.
    pub status: IncidentStatus,
    /// The words.
    pub body: UpdateBody,
}

/// What `PATCH /api/status/incidents/{id}` takes: what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentChange {
    /// What fails, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<IncidentName>,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Impact>,
    /// The components that it touches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub components: Option<Vec<ComponentId>>,
}

/// Whether `person` may write on the status page (DESIGN.md, "Who uses it": agents of support).
pub fn can_tell(person: &Person) -> Result<(), Refusal> {
    match person.kind {
        Kind::Agent => Ok(()),
        Kind::Member => Err(Refusal::NotYours),
    }
}

/// Whether `person` may read what became of messages to chat groups: whoever runs the desk.
pub fn can_see_deliveries(person: &Person) -> Result<(), Refusal> {
    match person.role() {
        crate::Role::Admin => Ok(()),
        crate::Role::Agent | crate::Role::Auditor | crate::Role::Employee => Err(Refusal::NotYours),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_of_the_provider_is_kept() {
        let status: IncidentStatus = serde_json::from_str("\"verifying\"").expect("a status");
        assert_eq!(status, IncidentStatus::Other("verifying".to_owned()));
        assert!(status.is_live());
        let known: IncidentStatus = serde_json::from_str("\"monitoring\"").expect("a status");
        assert_eq!(known, IncidentStatus::Monitoring);
        assert_eq!(serde_json::to_string(&known).expect("json"), "\"monitoring\"");
    }

    #[test]
    fn silence_is_no_good_news() {
        let at = |minute: i64| Timestamp::EPOCH.plus(Span::minutes(minute));
        let live = LiveIncidents {
            incidents: Vec::new(),
            updated_at: at(0),
            provider: None,
            unsure_since: None,
            fresh_until: Some(at(5)),
        };
        assert_eq!(live.unsure_at(at(5)), None);
        assert_eq!(live.unsure_at(at(6)), Some(at(0)));
        let own = LiveIncidents { fresh_until: None, ..live.clone() };
        assert_eq!(own.unsure_at(at(600)), None, "our own word is as fresh as the database");
        let told = LiveIncidents { unsure_since: Some(at(-3)), ..live };
        assert_eq!(told.unsure_at(at(1)), Some(at(-3)));
    }

    #[test]
    fn what_is_over_is_not_live() {
        assert!(!IncidentStatus::Resolved.is_live());
        assert!(!IncidentStatus::Other("postmortem".to_owned()).is_live());
    }
}
