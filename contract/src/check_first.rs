//! "Is it one of these?": what is known already, before anything is asked.

use serde::{Deserialize, Serialize};

use crate::RequestSummary;
use crate::help::ArticleSummary;
use crate::report::KnownProblem;
use crate::status::Incident;

/// How many of each kind are shown.
pub const CHECK_FIRST_MAX: usize = 3;

/// The answer to `GET /api/check-first?topic=…&q=…&language=…`.
///
/// Seed 000: look at the status page before you report a problem.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckFirst {
    /// Live incidents of the topic; without a topic, all live ones.
    pub incidents: Vec<Incident>,
    /// Open requests of colleagues with similar words, the most similar first.
    pub requests: Vec<RequestSummary>,
    /// Help articles with similar words, the most similar first.
    pub articles: Vec<ArticleSummary>,
    /// What the admins know already, the most similar first: join instead of reporting it again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub known: Vec<KnownProblem>,
}
