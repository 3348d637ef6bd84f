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

/// Writes `lang/<tag>.<hash>.json` for each language.
pub fn write(place: &Place, dist: &Path) -> Outcome<Languages> {
    let catalogs = read(place)?;
    let mut languages = BTreeMap::new();
    for tag in catalogs.languages() {
        let text = catalogs
            .file(tag)
            .ok_or_else(|| Failure::new(format!("The words in {tag} can't be written.")))?;
        let name = hashed(&format!("lang/{tag}.json"), text.as_bytes());
        let address = format!("/{name}#{}", integrity(text.as_bytes()));
        files::write(&dist.join(&name), text)?;
        languages.insert(tag.to_owned(), address);
    }
    Ok(Languages(languages))
}

/// The names of the constants that the panel must use.
pub fn constants(place: &Place) -> Outcome<BTreeSet<String>> {
    Ok(read(place)?.names())
}

fn read(place: &Place) -> Outcome<compile::Catalogs> {
    compile::read(&place.root.join("src/i18n")).map_err(|faults| Failure::new(faults.to_string()))
}
