//! Incidents of the service, in the shape of a Statuspage v2 (`incidents.json`).

use serde::{Deserialize, Serialize};

use crate::{IncidentId, Timestamp, TopicId};

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
    /// What was said about it, newest first.
    #[serde(default)]
    pub incident_updates: Vec<IncidentUpdate>,
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

/// The answer to `GET /api/status/incidents`: what is live, newest first, and how old that word is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LiveIncidents {
    /// Incidents that are not over.
    pub incidents: Vec<Incident>,
    /// When the source was read last.
    pub updated_at: Timestamp,
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
    fn what_is_over_is_not_live() {
        assert!(!IncidentStatus::Resolved.is_live());
        assert!(!IncidentStatus::Other("postmortem".to_owned()).is_live());
    }
}
