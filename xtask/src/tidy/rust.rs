//! Rust that compiles, but isn't ours.

use super::{Fault, Source};

/// How lints are switched off.
pub(super) const ALLOW: &str = "Allow";
/// What an error is.
pub(super) const ERRORS: &str = "Errors";
/// How files begin.
pub(super) const FIRST_LINE: &str = "First line";
/// What `contract::json` rests on.
pub(super) const JSON: &str = "Json";
/// How modules are called.
pub(super) const MODULES: &str = "Modules";
/// How work is started.
pub(super) const SPAWN: &str = "Spawn";
/// What tests don't do.
pub(super) const TESTS: &str = "Tests";

const NAMELESS: [&str; 5] = ["utils", "helpers", "common", "types", "models"];

pub(super) fn check(source: &Source) -> Vec<Fault> {
    if !source.is_rust() || source.is_below("xtask/src/tidy") {
        return Vec::new();
    }
    let mut faults = Vec::new();
    faults.extend(source.faults_of(ALLOW, "use #[expect(lint, reason = \"…\")]", |line| {
        line.contains("#[allow(") || line.contains("#![allow(")
    }));
    faults.extend(source.faults_of(ERRORS, "a text is no error type", |line| {
        line.match_indices("Result<")
            .any(|(start, word)| last_argument(&line[start + word.len()..]) == Some("String"))
    }));
    if ["contract", "src"].iter().any(|folder| source.is_below(folder)) {
        faults.extend(source.faults_of(JSON, "a field has one name; read two into two fields", |line| {
            line.contains("serde(") && line.contains("alias =")
        }));
    }
    let begins = source.text.starts_with("//!") || source.text.starts_with("#![");
    if !begins {
        faults.push(source.fault(0, FIRST_LINE, "a file begins with `//!`: what is it about?"));
    }
    let stem = source
        .name
        .trim_end_matches("/mod.rs")
        .trim_end_matches(".rs")
        .rsplit('/')
        .next()
        .unwrap_or_default();
    if NAMELESS.contains(&stem) {
        faults.push(source.fault(
            0,
            MODULES,
            format!("`{stem}` says nothing: a function lives beside its type"),
        ));
    }
    if ["src/pages", "src/ui", "src/report"].iter().any(|folder| source.is_below(folder)) {
        faults.extend(
            source.faults_of(SPAWN, "use an action or a resource", |line| line.contains("spawn_local(")),
        );
    }
    faults.extend(tests(source));
    faults
}

fn tests(source: &Source) -> Vec<Fault> {
    let whole = source.is_below("tests") || source.name.contains("/tests/");
    let start = source.text.lines().position(|line| line.trim() == "#[cfg(test)]").unwrap_or(usize::MAX);
    let mut faults = Vec::new();
    for (index, line) in source.code().filter(|(index, _)| whole || *index > start) {
        if ["thread::sleep(", "time::sleep(", " sleep("].iter().any(|call| line.contains(call)) {
            faults.push(source.fault(index, TESTS, "wait for a condition, not for a time"));
        }
        if line.contains("#[ignore") || line.contains("#[should_panic") {
            faults.push(source.fault(index, TESTS, "no test is skipped or expected to panic"));
        }
    }
    faults
}

/// The last argument of a generic type, given what follows its `<`.
fn last_argument(rest: &str) -> Option<&str> {
    let mut depth = 0;
    let mut start = 0;
    for (index, sign) in rest.char_indices() {
        match sign {
            '<' | '(' | '[' => depth += 1,
            '>' if depth == 0 => return (start > 0).then(|| rest[start..index].trim()),
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => start = index + 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::lines_of;
    use super::*;

    #[test]
    fn the_last_argument_is_the_error() {
        assert_eq!(last_argument("Vec<(u8, String)>, String> {"), Some("String"));
        assert_eq!(last_argument("String>"), None);
        assert_eq!(last_argument("HashMap<u8, String>, Failure>"), Some("Failure"));
    }

    #[test]
    fn tests_neither_sleep_nor_skip() {
        let text = "//! x\nstd::thread::sleep(x);\n#[ignore]\n";
        assert_eq!(lines_of(TESTS, "tests/web_ui.rs", text), [2, 3]);
        assert_eq!(lines_of(TESTS, "src/browser/timer.rs", text), [0; 0]);
        let text = "//! x\nthread::sleep(x);\n#[cfg(test)]\nmod tests {\nthread::sleep(x);\n}\n";
        assert_eq!(lines_of(TESTS, "backend/src/clock.rs", text), [5]);
    }

    #[test]
    fn a_field_has_one_name() {
        let text = "//! x\n#[serde(alias = \"b\")]\n";
        assert_eq!(lines_of(JSON, "contract/src/a.rs", text), [2]);
        assert_eq!(lines_of(JSON, "backend/src/a.rs", text), [0; 0]);
    }

    #[test]
    fn a_file_says_what_it_is_about() {
        assert_eq!(lines_of(FIRST_LINE, "src/a.rs", "use std::fmt;\n"), [1]);
        assert_eq!(lines_of(MODULES, "src/api/utils.rs", "//! x\n"), [1]);
        assert_eq!(lines_of(MODULES, "src/common/mod.rs", "//! x\n"), [1]);
    }

    #[test]
    fn lints_are_expected_with_a_reason() {
        assert_eq!(lines_of(ALLOW, "src/a.rs", "//! x\n#[allow(dead_code)]\n"), [2]);
    }
}
