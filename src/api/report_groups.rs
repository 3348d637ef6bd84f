//! Problem reports as they are read: one's own, and all of them in groups for admins.

use frontdesk_contract::report::{
    GroupChange, Merge, NewAnswer, ReportCounts, ReportGroup, ReportGroupPage, Split,
};
use frontdesk_contract::request::{NewRequest, Request};
use frontdesk_contract::{Page, Report, ReportGroupId, ReportId, UploadId, Version};

use crate::api::Endpoint;
use crate::route::encode;

const REPORTS: &str = "/api/reports";
const GROUPS: &str = "/api/report-groups";

/// The address of a file's bytes.
pub fn file(id: &UploadId) -> String {
    format!("/api/uploads/{id}")
}

/// What one has reported, from where another page ended on.
pub fn own(cursor: &str) -> Endpoint<Page<Report>> {
    Endpoint::get(with(REPORTS, &[("mine", "true".to_owned()), ("cursor", cursor.to_owned())]))
}

/// One report.
pub fn show(id: ReportId) -> Endpoint<Report> {
    Endpoint::get(format!("{REPORTS}/{id}"))
}

/// Says more about a report, or answers it.
pub fn say(id: ReportId, answer: &NewAnswer, key: &str) -> Endpoint<Report> {
    Endpoint::post(format!("{REPORTS}/{id}/messages"), answer).keyed(key)
}

/// Groups, by these pairs.
pub fn groups(pairs: &[(&str, String)]) -> Endpoint<Page<ReportGroup>> {
    Endpoint::get(with(GROUPS, pairs))
}

/// How many groups stand how, and how many reports come a day.
pub fn counts() -> Endpoint<ReportCounts> {
    Endpoint::get(format!("{GROUPS}/counts"))
}

/// A group with its reports, from where another page ended on.
pub fn group(id: ReportGroupId, cursor: &str) -> Endpoint<ReportGroupPage> {
    Endpoint::get(with(&format!("{GROUPS}/{id}"), &[("cursor", cursor.to_owned())]))
}

/// Names a group, or changes where it stands, if it still has `version`.
pub fn change(id: ReportGroupId, change: &GroupChange, version: Version) -> Endpoint<ReportGroup> {
    Endpoint::patch(format!("{GROUPS}/{id}"), change).if_match(version)
}

/// Answers all reports of a group.
pub fn answer_all(id: ReportGroupId, answer: &NewAnswer, key: &str) -> Endpoint<ReportGroup> {
    Endpoint::post(format!("{GROUPS}/{id}/answers"), answer).keyed(key)
}

/// Makes some reports a group of their own.
pub fn split(id: ReportGroupId, split: &Split, key: &str) -> Endpoint<ReportGroup> {
    Endpoint::post(format!("{GROUPS}/{id}/split"), split).keyed(key)
}

/// Puts a group into another one.
pub fn merge(id: ReportGroupId, merge: &Merge, key: &str) -> Endpoint<ReportGroup> {
    Endpoint::post(format!("{GROUPS}/{id}/merge"), merge).keyed(key)
}

/// Asks support about a group.
pub fn ask(id: ReportGroupId, request: &NewRequest, key: &str) -> Endpoint<Request> {
    Endpoint::post(format!("{GROUPS}/{id}/request"), request).keyed(key)
}

/// An address with these pairs; what is empty is left out.
fn with(path: &str, pairs: &[(&str, String)]) -> String {
    let mut address = path.to_owned();
    let mut mark = '?';
    for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(mark);
        address.push_str(name);
        address.push('=');
        address.push_str(&encode(value));
        mark = '&';
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_empty_is_not_asked_for() {
        let pairs = [("state", String::new()), ("q", "a b".to_owned()), ("cursor", "x=".to_owned())];
        assert_eq!(groups(&pairs).raw.path, "/api/report-groups?q=a%20b&cursor=x%3D");
        assert_eq!(group(ReportGroupId(7), "").raw.path, "/api/report-groups/7");
    }
}
