//! The language files of the panel, made by the same module that makes its constants.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::bundle::{hashed, integrity};
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::place::Place;

#[path = "../../src/i18n/compile.rs"]
#[cfg_attr(not(test), expect(dead_code, reason = "build.rs makes the constants with the same module"))]
mod compile;

/// The addresses of each language, parted by spaces, each with its integrity behind `#` as boot.js takes it.
#[derive(Debug)]
pub struct Languages(BTreeMap<String, String>);

impl Languages {
    /// What boot.js reads.
    pub fn json(&self) -> String {
        serde_json::to_string(&self.0).unwrap_or_default()
    }
}

/// The sources whose words the dialog shows; it doesn't carry those of the panel's pages.
const DIALOG: [&str; 4] = ["src/report", "src/ui", "src/shell/failure.rs", "src/shell/uploading.rs"];

/// The pages that most people see first, and what they show of others: their words come with the panel's program.
const FIRST: [&str; 7] = [
    "src/pages/overview.rs",
    "src/pages/sign_in.rs",
    "src/pages/claim.rs",
    "src/pages/forgotten.rs",
    "src/pages/locked_out.rs",
    "src/pages/not_found.rs",
    "src/pages/requests/row.rs",
];

/// What the first pages show of the shell once they stand, and what only other pages show of it: their words come with
/// those of the other pages.
const LATER: [&str; 18] = [
    "src/shell/acts.rs",
    "src/shell/ask_form.rs",
    "src/shell/attach.rs",
    "src/shell/attached.rs",
    "src/shell/call_form.rs",
    "src/shell/changes.rs",
    "src/shell/draft_note.rs",
    "src/shell/handing.rs",
    "src/shell/helpful.rs",
    "src/shell/hours.rs",
    "src/shell/incidents.rs",
    "src/shell/keys.rs",
    "src/shell/levels.rs",
    "src/shell/menus.rs",
    "src/shell/own_words.rs",
    "src/shell/palette.rs",
    "src/shell/status_pill.rs",
    "src/shell/uploading.rs",
];

/// Where the words lie that come after the first page.
pub const MORE: &str = "lang/more";

/// Writes `lang/<tag>.<hash>.json` for each language with what the program and its first pages show,
/// `lang/more/<tag>.<hash>.json` with the rest, and `lang/report/<tag>.<hash>.json` with what the dialog needs: the
/// languages of the panel, then those of the dialog.
pub fn write(place: &Place, dist: &Path) -> Outcome<[Languages; 2]> {
    let catalogs = read(place)?;
    let (first, dialog) = (first(place)?, used(place, &DIALOG)?);
    let mut panel = write_to(&catalogs, dist, "lang", |name| first.contains(name))?;
    let more = write_to(&catalogs, dist, MORE, |name| !first.contains(name))?;
    for (tag, addresses) in &mut panel.0 {
        if let Some(address) = more.0.get(tag) {
            *addresses = format!("{addresses} {address}");
        }
    }
    let dialog = write_to(&catalogs, dist, "lang/report", |name| dialog.contains(name))?;
    Ok([panel, dialog])
}

/// The constants that the panel's own sources name, beside its pages, and those pages that come first.
fn first(place: &Place) -> Outcome<BTreeSet<String>> {
    let mut names = used(place, &FIRST)?;
    for path in files::below_with(&place.root.join("src"), "rs")? {
        let name = place.name(&path);
        let is_later = LATER.contains(&name.as_str());
        if !is_later && !name.starts_with("src/pages/") && !name.starts_with("src/report/") {
            names.extend(constants_in(&files::read(&path)?));
        }
    }
    Ok(names)
}

fn write_to(
    catalogs: &compile::Catalogs,
    dist: &Path,
    folder: &str,
    is_used: impl Fn(&str) -> bool,
) -> Outcome<Languages> {
    let mut languages = BTreeMap::new();
    for tag in catalogs.languages() {
        let text = catalogs
            .file_with(tag, &is_used)
            .ok_or_else(|| Failure::new(format!("The words in {tag} can't be written.")))?;
        let name = hashed(&format!("{folder}/{tag}.json"), text.as_bytes());
        let address = format!("/{name}#{}", integrity(text.as_bytes()));
        files::write(&dist.join(&name), text)?;
        languages.insert(tag.to_owned(), address);
    }
    Ok(Languages(languages))
}

/// The constants that these files and folders name.
fn used(place: &Place, sources: &[&str]) -> Outcome<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for source in sources {
        let path = place.root.join(source);
        let paths = if path.is_dir() { files::below_with(&path, "rs")? } else { vec![path] };
        for path in paths {
            names.extend(constants_in(&files::read(&path)?));
        }
    }
    Ok(names)
}

/// The constants that a source names: `w::NAME`.
fn constants_in(source: &str) -> Vec<String> {
    let name =
        |part: &str| part.chars().take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '_').collect();
    source.split("w::").skip(1).map(name).collect()
}

/// The names of the constants that the panel must use.
pub fn constants(place: &Place) -> Outcome<BTreeSet<String>> {
    Ok(read(place)?.names())
}

fn read(place: &Place) -> Outcome<compile::Catalogs> {
    compile::read(&place.root.join("src/i18n")).map_err(|faults| Failure::new(faults.to_string()))
}
