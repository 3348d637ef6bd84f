//! Dependencies point one way.

use super::{Fault, Source};

/// Who may use whom.
pub(super) const DIRECTION: &str = "Direction";
/// Who touches the browser.
pub(super) const BROWSER: &str = "Browser";
/// Where SQL is.
pub(super) const SQL: &str = "SQL";

/// A folder and the paths that must not be named in it.
const TABLE: [(&str, &[&str]); 9] = [
    ("contract/src", &["leptos", "web_sys", "js_sys", "axum", "sqlx", "frontdesk_backend", "Utc::now"]),
    (
        "src/domain",
        &[
            "leptos",
            "web_sys",
            "js_sys",
            "crate::api",
            "crate::browser",
            "crate::i18n",
            "crate::pages",
            "crate::report",
            "crate::shell",
            "crate::state",
            "crate::ui",
            "Utc::now",
        ],
    ),
    ("src/api", &["crate::pages", "crate::report", "crate::shell", "crate::state", "crate::ui"]),
    (
        "src/browser",
        &["crate::api", "crate::domain", "crate::pages", "crate::report", "crate::shell", "crate::ui"],
    ),
    (
        "src/i18n",
        &["crate::api", "crate::domain", "crate::pages", "crate::report", "crate::shell", "crate::ui"],
    ),
    (
        "src/ui",
        &[
            "frontdesk_contract",
            "crate::api",
            "crate::domain",
            "crate::pages",
            "crate::report",
            "crate::route",
            "crate::shell",
            "crate::state",
        ],
    ),
    ("src/shell", &["crate::pages", "crate::report"]),
    ("src/pages", &["crate::report"]),
    ("src/report", &["crate::pages"]),
];

pub(super) fn check(source: &Source) -> Vec<Fault> {
    if !source.is_rust() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    for (folder, forbidden) in TABLE.iter().filter(|(folder, _)| source.is_below(folder)) {
        for path in *forbidden {
            faults
                .extend(source.faults_of(DIRECTION, &format!("{folder} must not use {path}"), |line| {
                    names(line, path)
                }));
        }
    }
    if source.is_below("backend") {
        faults.extend(source.faults_of(DIRECTION, "backend must not use the panel", |line| {
            names(line, "leptos") || line.trim_start().starts_with("use frontdesk::")
        }));
    }
    if source.is_below("src") && !source.is_below("src/browser") && source.name != "src/api/fetch.rs" {
        let what = "only src/browser and src/api/fetch.rs touch web-sys";
        faults.extend(
            source.faults_of(BROWSER, what, |line| names(line, "web_sys") || names(line, "gloo_net")),
        );
    }
    if source.is_below("backend/src")
        && !source.is_below("backend/src/store")
        && !source.is_below("backend/src/seed")
    {
        let what = "SQL lives in backend/src/store alone";
        faults.extend(source.faults_of(SQL, what, |line| {
            ["\"SELECT ", "\"INSERT ", "\"UPDATE ", "\"DELETE FROM", "sqlx::query"]
                .iter()
                .any(|sql| line.contains(sql))
        }));
    }
    faults
}

/// Whether the line names the path, not merely something that begins or ends like it.
fn names(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + path.len()..].chars().next();
        let part_of_word = |sign: Option<char>| {
            sign.is_some_and(|sign| sign.is_alphanumeric() || sign == '_' || sign == '-')
        };
        !part_of_word(before) && !part_of_word(after)
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines_of;
    use super::*;

    #[test]
    fn rules_know_no_screens() {
        assert_eq!(lines_of(DIRECTION, "src/domain/ask.rs", "//! x\nuse leptos::prelude::*;\n"), [2]);
        assert_eq!(
            lines_of(
                DIRECTION,
                "src/ui/button.rs",
                "//! x\nuse crate::{browser};\nuse crate::route::Route;\n"
            ),
            [3]
        );
        assert_eq!(lines_of(DIRECTION, "src/pages/list.rs", "//! x\nuse crate::ui::Button;\n"), [0; 0]);
    }

    #[test]
    fn comments_and_longer_names_are_no_use() {
        assert_eq!(
            lines_of(DIRECTION, "src/domain/a.rs", "//! x\n// unlike leptos\nlet leptosome = 1;\n"),
            [0; 0]
        );
    }

    #[test]
    fn only_the_adapters_touch_the_browser() {
        let text = "//! x\nuse web_sys::Window;\n";
        assert_eq!(lines_of(BROWSER, "src/pages/list.rs", text), [2]);
        assert_eq!(lines_of(BROWSER, "src/browser/clock.rs", text), [0; 0]);
    }

    #[test]
    fn sql_stands_in_the_store() {
        let text = "//! x\nquery(\"SELECT 1\")\n";
        assert_eq!(lines_of(SQL, "backend/src/http/requests.rs", text), [2]);
        assert_eq!(lines_of(SQL, "backend/src/store/requests.rs", text), [0; 0]);
    }
}
