//! The numbers of the rail, as little of them as it needs.

use frontdesk_contract::plan::ApprovalCounts;
use serde::Deserialize;

use crate::api::Endpoint;

/// What of [`ReportCounts`](frontdesk_contract::report::ReportCounts) the rail shows: every page waits for it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
pub struct Reports {
    /// Groups with something new.
    pub new: u64,
}

/// How many acts wait for a word of the person.
pub fn approvals() -> Endpoint<ApprovalCounts> {
    Endpoint::get("/api/approvals/counts")
}

/// How many groups of reports have something new.
pub fn reports() -> Endpoint<Reports> {
    Endpoint::get("/api/report-groups/counts")
}
