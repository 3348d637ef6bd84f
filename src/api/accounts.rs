//! What SCIM lacks about accounts.

use frontdesk_contract::account::comeback::{SetAgain, WasSetAgain};
use frontdesk_contract::account::mirror::{NewsKind, Provider};
use frontdesk_contract::account::page::{AccountCounts, AccountDetails, Department};
use frontdesk_contract::audit::AuditEntry;
use frontdesk_contract::{Cursor, Page, PersonId, Version};

use crate::api::Endpoint;
use crate::route::encode;

const ACCOUNTS: &str = "/api/accounts";

/// How many accounts stand where.
pub fn counts() -> Endpoint<AccountCounts> {
    Endpoint::get(format!("{ACCOUNTS}/counts"))
}

/// The departments, by name.
pub fn departments() -> Endpoint<Vec<Department>> {
    Endpoint::get(format!("{ACCOUNTS}/departments"))
}

/// The provider that keeps the accounts; without a name where they are the backend's own.
pub fn provider() -> Endpoint<Provider> {
    Endpoint::get(format!("{ACCOUNTS}/provider"))
}

/// Takes one line of news away: somebody has seen it.
pub fn seen(id: &PersonId, kind: NewsKind) -> Endpoint<()> {
    Endpoint::delete(format!("{ACCOUNTS}/{}/news/{}", encode(id.as_str()), kind.as_str()))
}

/// An account with its clock, what can be done and what not.
pub fn show(id: &PersonId) -> Endpoint<AccountDetails> {
    Endpoint::get(format!("{ACCOUNTS}/{}", encode(id.as_str())))
}

/// Puts back what an account had when it was deactivated.
pub fn set_again(id: &PersonId, version: Version, wanted: &SetAgain) -> Endpoint<WasSetAgain> {
    Endpoint::post(again(id), wanted).if_match(version)
}

/// Leaves it as it is.
pub fn leave_again(id: &PersonId, version: Version) -> Endpoint<()> {
    Endpoint::delete(again(id)).if_match(version)
}

fn again(id: &PersonId) -> String {
    format!("{ACCOUNTS}/{}/again", encode(id.as_str()))
}

/// What was done to somebody, the newest first.
pub fn history(id: &PersonId, after: Option<&Cursor>) -> Endpoint<Page<AuditEntry>> {
    let after = after.map(|Cursor(cursor)| format!("&cursor={}", encode(cursor))).unwrap_or_default();
    Endpoint::get(format!("/api/audit?person={}&limit=20{after}", encode(id.as_str())))
}
