//! Problem reports.

use std::collections::BTreeMap;

use frontdesk_contract::report::{NewPublicReport, NewReport, PublicReportTaken, Report};
use frontdesk_contract::{IncidentId, ReportGroupId};

use crate::api::Endpoint;
use crate::route::encode;

/// An object with nothing in it.
const EMPTY: BTreeMap<u8, u8> = BTreeMap::new();
const REPORTS: &str = "/api/reports";

/// Tells the admins of a problem.
pub fn create(report: &NewReport, key: &str) -> Endpoint<Report> {
    Endpoint::post(REPORTS, report).keyed(key)
}

/// The same without a session.
pub fn create_public(report: &NewPublicReport) -> Endpoint<PublicReportTaken> {
    Endpoint::post("/api/public-reports", report)
}

/// "This happens to me too", about an incident: it costs no words.
pub fn join_incident(id: &IncidentId, key: &str) -> Endpoint<Report> {
    join(format!("/api/incidents/{}/joined", encode(id.as_str())), key)
}

/// The same about what colleagues have reported.
pub fn join_group(id: ReportGroupId, key: &str) -> Endpoint<Report> {
    join(format!("/api/report-groups/{id}/joined"), key)
}

fn join(path: String, key: &str) -> Endpoint<Report> {
    Endpoint::post(path, &EMPTY).keyed(key)
}
