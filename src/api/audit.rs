//! The audit log.

use frontdesk_contract::Page;
use frontdesk_contract::audit::AuditEntry;

use crate::api::Endpoint;
use crate::route::encode;

const AUDIT: &str = "/api/audit";
/// The address of the whole log, for whoever checks its chain.
pub const EXPORT: &str = "/api/audit/export";

/// Lines of the log, the newest first: those that fit the pairs of name and value, empty ones left out.
pub fn list(pairs: &[(&str, &str)], limit: usize) -> Endpoint<Page<AuditEntry>> {
    let mut path = format!("{AUDIT}?limit={limit}");
    for (name, value) in pairs.iter().filter(|(_, value)| !value.trim().is_empty()) {
        path = path + "&" + name + "=" + &encode(value.trim());
    }
    Endpoint::get(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_asked_for_is_named() {
        let pairs = [("what", "account."), ("q", " Hana K. "), ("by", "")];
        assert_eq!(list(&pairs, 100).raw.path, "/api/audit?limit=100&what=account.&q=Hana%20K.");
    }
}
