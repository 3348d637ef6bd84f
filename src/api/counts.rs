//! The numbers of the rail, as little of them as it needs.

use serde::Deserialize;

use crate::api::Endpoint;

/// What waits for a word of the person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approvals {
    /// How many acts.
    pub waiting_for_you: u64,
}

/// What employees have reported.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Reports {
    /// Groups with something new.
    pub new: u64,
}

/// How many acts wait for a word of the person.
pub fn approvals() -> Endpoint<Approvals> {
    Endpoint::get("/api/approvals/counts")
}

/// How many groups of reports have something new.
pub fn reports() -> Endpoint<Reports> {
    Endpoint::get("/api/report-groups/counts")
}
