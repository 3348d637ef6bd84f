//! Problem reports.

use std::collections::BTreeMap;

use frontdesk_contract::report::{NewPublicReport, NewReport, PublicReportTaken};
use frontdesk_contract::upload::UploadSettings;
use frontdesk_contract::{IncidentId, ReportGroupId, ReportId, Topic};
use serde::Deserialize;

use crate::api::Endpoint;
use crate::route::encode;

/// An object with nothing in it.
const EMPTY: BTreeMap<u8, u8> = BTreeMap::new();
const REPORTS: &str = "/api/reports";

/// As much of the settings as a report needs: what isn't read isn't carried by the dialog's program.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Basics {
    /// What it can be about.
    pub topics: Vec<Topic>,
    /// The limits of files.
    pub uploads: UploadSettings,
}

/// As much of what is known already as a report needs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct KnownAlready {
    /// What fails right now.
    #[serde(default)]
    pub incidents: Vec<KnownIncident>,
    /// What colleagues have reported.
    #[serde(default)]
    pub known: Vec<KnownReports>,
}

/// An incident by its name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KnownIncident {
    /// Which.
    pub id: IncidentId,
    /// What it is called.
    pub name: String,
}

/// Reports that the admins know of, by their name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KnownReports {
    /// Which.
    pub id: ReportGroupId,
    /// What they are called.
    pub title: String,
}

/// A report that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Taken {
    /// The number to quote.
    pub id: ReportId,
}

/// What the operator decided, as far as a report needs it.
pub fn basics() -> Endpoint<Basics> {
    Endpoint::get("/api/settings")
}

/// What is known about a topic, some words and a page already.
pub fn known(topic: &str, words: &str, page: &str, language: &str) -> Endpoint<KnownAlready> {
    let mut path = crate::api::desk::check_first(topic, words, language).raw.path;
    if !page.trim().is_empty() {
        path.push_str(if path.contains('?') { "&page=" } else { "?page=" });
        path.push_str(&encode(page.trim()));
    }
    Endpoint::get(path)
}

/// Tells the admins of a problem.
pub fn create(report: &NewReport, key: &str) -> Endpoint<Taken> {
    Endpoint::post(REPORTS, report).keyed(key)
}

/// The same without a session.
pub fn create_public(report: &NewPublicReport, key: &str) -> Endpoint<PublicReportTaken> {
    Endpoint::post("/api/public-reports", report).keyed(key)
}

/// "This happens to me too", about an incident: it costs no words.
pub fn join_incident(id: &IncidentId, key: &str) -> Endpoint<Taken> {
    join(format!("/api/incidents/{}/joined", encode(id.as_str())), key)
}

/// The same about what colleagues have reported.
pub fn join_group(id: ReportGroupId, key: &str) -> Endpoint<Taken> {
    join(format!("/api/report-groups/{id}/joined"), key)
}

fn join(path: String, key: &str) -> Endpoint<Taken> {
    Endpoint::post(path, &EMPTY).keyed(key)
}
