//! Every word of the catalogs is used somewhere.

use std::collections::BTreeSet;

use super::{Fault, Source};

/// That words are used.
pub(super) const UNUSED: &str = "Unused words";

/// The constants that no source of the panel names.
pub(super) fn unused(sources: &[Source], constants: &BTreeSet<String>) -> Vec<Fault> {
    let panel = sources.iter().filter(|source| source.is_rust() && source.is_below("src"));
    let named: BTreeSet<&str> = panel
        .flat_map(|source| source.text.split(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_'))
        .collect();
    constants
        .iter()
        .filter(|constant| !named.contains(constant.as_str()))
        .map(|constant| Fault {
            file: "src/i18n/en.json".to_owned(),
            line: 1,
            rule: UNUSED,
            what: format!(
                "no page uses `{constant}`: use it, delete it, or list its key in src/i18n/reserved.txt"
            ),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_used_by_its_whole_name() {
        let source = Source { name: "src/pages/a.rs".to_owned(), text: "t(w::NAV_HELP_MENU)".to_owned() };
        let constants = ["NAV_HELP".to_owned(), "NAV_HELP_MENU".to_owned()].into();
        let faults = unused(&[source], &constants);
        assert_eq!(faults.len(), 1);
        assert!(faults[0].what.contains("`NAV_HELP`"), "{}", faults[0]);
    }
}
