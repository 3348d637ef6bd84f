//! The rules that a machine can hold: `docs/rules.md` says each and why.
//!
//! A rule reads sources and names the lines that break it. It is plain text search on purpose: quick, without
//! a compiler, and a wrong finding is easy to understand.

mod direction;
mod rust;
mod styles;
mod text;
mod view;
mod words;

use std::collections::BTreeSet;
use std::fmt;

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::place::Place;

/// A file that rules read.
#[derive(Debug, Clone)]
pub struct Source {
    /// The path from the repository's root.
    pub name: String,
    /// The content.
    pub text: String,
}

/// A line that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    file: String,
    line: usize,
    rule: &'static str,
    what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} (docs/rules.md, {})", self.file, self.line, self.what, self.rule)
    }
}

impl Source {
    /// A fault on the line with this index, counted from 0.
    fn fault(&self, index: usize, rule: &'static str, what: impl Into<String>) -> Fault {
        Fault { file: self.name.clone(), line: index + 1, rule, what: what.into() }
    }

    fn is_below(&self, folder: &str) -> bool {
        self.name.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }

    fn is_rust(&self) -> bool {
        self.name.ends_with(".rs")
    }

    /// The lines of code with their index: comments are left out.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    fn faults_of(&self, rule: &'static str, what: &str, breaks: impl Fn(&str) -> bool) -> Vec<Fault> {
        self.code().filter(|(_, line)| breaks(line)).map(|(index, _)| self.fault(index, rule, what)).collect()
    }
}

/// Names of all rules, as `docs/rules.md` heads them.
const RULES: [&str; 17] = [
    direction::DIRECTION,
    direction::BROWSER,
    direction::SQL,
    rust::ALLOW,
    rust::ERRORS,
    rust::FIRST_LINE,
    rust::JSON,
    rust::MODULES,
    rust::SPAWN,
    rust::TESTS,
    styles::LOGICAL,
    styles::TOKENS,
    text::WHITE_SPACE,
    view::INLINE,
    view::LITERALS,
    view::PATHS,
    words::UNUSED,
];

/// Reads the repository and names every line that breaks a rule.
pub fn check(place: &Place) -> Outcome {
    let sources = sources(place)?;
    let mut faults = faults(&sources);
    faults.extend(words::unused(&sources, &crate::words::constants(place)?));
    let written = files::read(&place.root.join("docs/rules.md"))?;
    let unwritten: Vec<_> = RULES.iter().filter(|rule| !written.contains(&format!("## {rule}\n"))).collect();
    if !unwritten.is_empty() {
        return Err(Failure::new(format!("docs/rules.md doesn't say these rules: {unwritten:?}.")));
    }
    if faults.is_empty() {
        return Ok(());
    }
    faults.sort();
    let list: Vec<String> = faults.iter().map(Fault::to_string).collect();
    Err(Failure::new(format!("{}\n\n{} lines break a rule of docs/rules.md.", list.join("\n"), list.len())))
}

fn faults(sources: &[Source]) -> Vec<Fault> {
    let rules = [direction::check, rust::check, styles::check, text::check, view::check];
    sources.iter().flat_map(|source| rules.iter().flat_map(move |rule| rule(source))).collect()
}

/// Every text file that is ours.
fn sources(place: &Place) -> Outcome<Vec<Source>> {
    const FOLDERS: [&str; 10] =
        ["src", "contract", "backend", "xtask", "tests", "style", "public", "docs", ".ci", ".cargo"];
    const KINDS: [&str; 11] =
        ["rs", "css", "html", "js", "json", "toml", "md", "sql", "svg", "txt", "webmanifest"];
    let mut paths = BTreeSet::new();
    for folder in FOLDERS {
        paths.extend(files::below(&place.root.join(folder))?);
    }
    for entry in std::fs::read_dir(&place.root).into_iter().flatten().flatten() {
        paths.insert(entry.path());
    }
    let mut sources = Vec::new();
    for path in paths {
        let name = place.name(&path);
        let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
        let is_ours = path.is_file() && (KINDS.contains(&kind) || name == ".ci/run");
        if is_ours
            && !name.contains("/.built/")
            && !name.contains("/target/")
            && !name.contains("proptest-regressions")
        {
            sources.push(Source { text: files::read(&path)?, name });
        }
    }
    Ok(sources)
}

/// The faults of one source, for the tests of the rules.
#[cfg(test)]
fn lines_of(rule: &str, name: &str, text: &str) -> Vec<usize> {
    let source = Source { name: name.to_owned(), text: text.to_owned() };
    faults(&[source]).into_iter().filter(|fault| fault.rule == rule).map(|fault| fault.line).collect()
}
