//! The addresses that the panel draws itself: for each of them `index.html` is answered.
//!
//! Uses the standard library alone, because the build tool includes this file to write the
//! configuration of CDNs. A test of the panel holds the list against its own routes.

/// The patterns of the panel's routes; a part that begins with `:` stands for anything.
pub const PAGES: &[&str] = &[
    "/",
    "/sign-in",
    "/claim",
    "/support",
    "/requests",
    "/requests/:id",
    "/priorities",
    "/help",
    "/help/:id",
    "/accounts/bulk",
    "/accounts/approvals",
    "/audit",
    "/accounts/new",
    "/forgotten",
    "/locked-out",
    "/account",
    "/accounts",
    "/accounts/lifecycle",
    "/accounts/:id",
    "/status",
    "/reports",
    "/reports/:id",
    "/my-reports",
];

/// Whether the panel has a page at `path`.
pub fn is_page(path: &str) -> bool {
    PAGES.iter().any(|pattern| matches_pattern(pattern, path))
}

fn matches_pattern(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(want), Some(part)) if want.starts_with(':') && !part.is_empty() => {}
            (Some(want), Some(part)) if want == part => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_panels_own_addresses_are_pages() {
        for path in ["/", "/sign-in", "/requests", "/requests/FD-1042", "/account"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["", "/requests/", "/requests/FD-1/x", "/nothing", "/api/session", "//", "/sign-in/"] {
            assert!(!is_page(path), "{path}");
        }
    }
}
