//! How much a problem affects the organization, and how urgent it is.

use serde::{Deserialize, Serialize};

/// The level that an admin picks, or that support sets.
///
/// Seed 000: it tells support about impact and urgency; it makes the answer neither faster nor slower.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Priority {
    /// Seed 000: temporary, a way round exists, under 5 % of people and no key component.
    Low,
    /// Seed 000: some people, a way round exists; or a secondary feature fails for some.
    Medium,
    /// Seed 000: people can't do their work, nothing works around it, action is needed at once.
    High,
}

impl Priority {
    /// The levels as a form lists them.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == word)
    }
}
