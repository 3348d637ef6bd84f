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

/// The address of each language, with its integrity behind `#` as boot.js takes it.
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

/// Writes `lang/<tag>.<hash>.json` for each language, and `lang/report/<tag>.<hash>.json` with what the dialog needs
/// of it: the languages of the panel, then those of the dialog.
pub fn write(place: &Place, dist: &Path) -> Outcome<[Languages; 2]> {
    let catalogs = read(place)?;
    let used = used(place)?;
    let panel = write_to(&catalogs, dist, "lang", |_| true)?;
    let dialog = write_to(&catalogs, dist, "lang/report", |name| used.contains(name))?;
    Ok([panel, dialog])
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

/// The constants that the sources of the dialog name.
fn used(place: &Place) -> Outcome<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for source in DIALOG {
        let path = place.root.join(source);
        let paths = if path.is_dir() { files::below_with(&path, "rs")? } else { vec![path] };
        for path in paths {
            let text = files::read(&path)?;
            for part in text.split("w::").skip(1) {
                names.insert(
                    part.chars().take_while(|sign| sign.is_ascii_alphanumeric() || *sign == '_').collect(),
                );
            }
        }
    }
    Ok(names)
}

/// The names of the constants that the panel must use.
pub fn constants(place: &Place) -> Outcome<BTreeSet<String>> {
    Ok(read(place)?.names())
}

fn read(place: &Place) -> Outcome<compile::Catalogs> {
    compile::read(&place.root.join("src/i18n")).map_err(|faults| Failure::new(faults.to_string()))
}
