//! Reads the catalogs, checks them against each other, and writes what the program and the browser need.
//!
//! A plain module of the standard library and `serde_json`: `build.rs` makes the key constants with it,
//! and `xtask` the language files, so that both number the keys alike.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

/// The endings that make a key one form of a plural, as `Intl.PluralRules` names them.
const FORMS: [&str; 6] = ["zero", "one", "two", "few", "many", "other"];

/// The language that the others are compared with.
const FIRST: &str = "en";

/// All catalogs, checked: the same keys in the same order in each.
#[derive(Debug)]
pub(crate) struct Catalogs {
    keys: Vec<String>,
    reserved: Vec<String>,
    languages: BTreeMap<String, Vec<String>>,
}

/// What is wrong with the catalogs, a sentence each.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Faults(pub(crate) Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl std::error::Error for Faults {}

/// Reads every `*.json` of `folder`, and the list of keys that wait for their issue, `reserved.txt`.
pub(crate) fn read(folder: &Path) -> Result<Catalogs, Faults> {
    let fault = |path: &Path, error: &dyn fmt::Display| Faults(vec![format!("{}: {error}.", path.display())]);
    let mut sources = BTreeMap::new();
    let files = fs::read_dir(folder).map_err(|error| fault(folder, &error))?;
    for file in files {
        let path = file.map_err(|error| fault(folder, &error))?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).map_err(|error| fault(&path, &error))?;
            let tag = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            sources.insert(tag, text);
        }
    }
    let reserved = folder.join("reserved.txt");
    let reserved = fs::read_to_string(&reserved).map_err(|error| fault(&reserved, &error))?;
    parse(&sources, &reserved)
}

/// Checks the catalogs given as tag and text; `reserved` has one key, or `prefix.*`, a line.
pub(crate) fn parse(sources: &BTreeMap<String, String>, reserved: &str) -> Result<Catalogs, Faults> {
    let mut faults = Vec::new();
    let mut languages: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (tag, text) in sources {
        match serde_json::from_str::<BTreeMap<String, String>>(text) {
            Ok(texts) => {
                faults.extend(order(tag, text, &texts));
                languages.insert(tag.clone(), texts);
            }
            Err(error) => faults.push(format!("{tag}.json is not a flat object of texts: {error}.")),
        }
    }
    let Some(first) = languages.get(FIRST).cloned() else {
        faults.push(format!("{FIRST}.json is missing."));
        return Err(Faults(faults));
    };
    for (tag, texts) in &languages {
        faults.extend(compare(tag, &first, texts));
    }
    faults.extend(shapes(&first));
    let reserved: Vec<String> = reserved
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_owned)
        .collect();
    for line in &reserved {
        if !first.keys().any(|key| covers(line, key)) {
            faults.push(format!("reserved.txt names `{line}`, which is no key."));
        }
    }
    if !faults.is_empty() {
        return Err(Faults(faults));
    }
    let (held, keys): (Vec<String>, Vec<String>) =
        first.into_keys().partition(|key| reserved.iter().any(|line| covers(line, key)));
    let languages = languages
        .into_iter()
        .map(|(tag, mut texts)| (tag, keys.iter().map(|key| texts.remove(key).unwrap_or_default()).collect()))
        .collect();
    Ok(Catalogs { keys, reserved: held, languages })
}

impl Catalogs {
    /// The tags of the languages, sorted.
    pub(crate) fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// The keys that wait for the issue that shows them.
    pub(crate) fn reserved(&self) -> &[String] {
        &self.reserved
    }

    /// The name of the constant of each key, a plural once.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.keys.iter().map(|key| constant(family(key).map_or(key.as_str(), |(stem, _)| stem))).collect()
    }

    /// Differs when the keys differ, so that a program never reads the texts of another release.
    pub(crate) fn fingerprint(&self) -> String {
        // FNV-1a: short, and stable between compilers, which the standard hasher isn't.
        let hash = self
            .keys
            .iter()
            .flat_map(|key| key.bytes().chain([0]))
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        format!("{hash:016x}")
    }

    /// The file that the browser loads: the fingerprint, then each text in the order of the keys.
    pub(crate) fn file(&self, tag: &str) -> Option<String> {
        self.file_with(tag, |_| true)
    }

    /// The same for a program that uses some of the constants: the texts of the others are empty.
    pub(crate) fn file_with(&self, tag: &str, is_used: impl Fn(&str) -> bool) -> Option<String> {
        let texts = self.languages.get(tag)?;
        let fingerprint = self.fingerprint();
        let text = |(key, text): (&String, &String)| {
            let stem = family(key).map_or(key.as_str(), |(stem, _)| stem);
            if is_used(&constant(stem)) { text.clone() } else { String::new() }
        };
        let all: Vec<String> =
            std::iter::once(fingerprint).chain(self.keys.iter().zip(texts).map(text)).collect();
        serde_json::to_string(&all).ok()
    }

    /// The Rust source of the constants.
    pub(crate) fn constants(&self) -> String {
        let english = self.languages.get(FIRST).map(Vec::as_slice).unwrap_or_default();
        let mut source = format!(
            "/// What the first entry of a language file must be.\npub(super) const FINGERPRINT: &str = {:?};\n",
            self.fingerprint()
        );
        let mut plurals: BTreeMap<&str, Vec<(&str, usize)>> = BTreeMap::new();
        for (index, key) in self.keys.iter().enumerate() {
            if let Some((stem, form)) = family(key) {
                plurals.entry(stem).or_default().push((form, index));
                continue;
            }
            let text = english.get(index).map_or("", String::as_str);
            let _ = writeln!(
                source,
                "#[doc = {:?}]\npub const {}: Key = Key({index});",
                quoted(text),
                constant(key)
            );
        }
        for (stem, forms) in plurals {
            let other = forms.iter().find(|(form, _)| *form == "other").map_or(0, |(_, index)| *index);
            let text = english.get(other).map_or("", String::as_str);
            let rest: String = forms
                .iter()
                .filter(|(form, _)| *form != "other")
                .map(|(form, index)| format!("({form:?}, Key({index})), "))
                .collect();
            let _ = writeln!(
                source,
                "#[doc = {:?}]\npub const {}: Plural = Plural {{ other: Key({other}), forms: &[{rest}] }};",
                quoted(text),
                constant(stem)
            );
        }
        source
    }
}

/// The stem and the form, when the key is one form of a plural.
fn family(key: &str) -> Option<(&str, &str)> {
    key.rsplit_once('.').filter(|(_, form)| FORMS.contains(form))
}

/// `nav.my_reports` as `NAV_MY_REPORTS`.
fn constant(key: &str) -> String {
    key.replace('.', "_").to_uppercase()
}

/// The text for a doc comment, where brackets and angles would be links and tags.
fn quoted(text: &str) -> String {
    format!("`{}`", text.replace('`', "'"))
}

/// Whether a line of `reserved.txt` names this key.
fn covers(line: &str, key: &str) -> bool {
    match line.strip_suffix('*') {
        Some(prefix) => key.starts_with(prefix),
        None => line == key,
    }
}

/// One key a line, sorted: then two people's additions merge, and no key stands twice.
fn order(tag: &str, text: &str, texts: &BTreeMap<String, String>) -> Vec<String> {
    let lines: Vec<&str> = text
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix('"')?.split_once("\":"))
        .map(|(key, _)| key)
        .collect();
    let mut faults: Vec<String> = lines
        .windows(2)
        .filter_map(|pair| match pair {
            [before, key] if before == key => Some(format!("{tag}.json has `{key}` twice.")),
            [before, key] if before > key => {
                Some(format!("{tag}.json is sorted by key: `{key}` goes before `{before}`."))
            }
            _ => None,
        })
        .collect();
    if faults.is_empty() && lines.len() != texts.len() {
        faults.push(format!("{tag}.json has one key on each line."));
    }
    faults
}

/// The same keys, the same placeholders, and a text in each.
fn compare(tag: &str, first: &BTreeMap<String, String>, texts: &BTreeMap<String, String>) -> Vec<String> {
    let missing =
        first.keys().filter(|key| !texts.contains_key(*key)).map(|key| format!("{tag}.json lacks `{key}`."));
    let unknown = texts
        .keys()
        .filter(|key| !first.contains_key(*key))
        .map(|key| format!("{tag}.json has `{key}`, {FIRST}.json doesn't."));
    let empty = texts
        .iter()
        .filter(|(_, text)| text.trim().is_empty())
        .map(|(key, _)| format!("{tag}.json: `{key}` is empty."));
    let different = texts.iter().filter_map(|(key, text)| {
        let (here, there) = (placeholders(text), placeholders(first.get(key)?));
        (here != there).then(|| {
            format!("{tag}.json: `{key}` has the placeholders {here:?}, {FIRST}.json has {there:?}.")
        })
    });
    missing.chain(unknown).chain(empty).chain(different).collect()
}

/// Keys that can become constants, each with a name of its own, and plurals with the form that always fits.
fn shapes(first: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut names: BTreeMap<String, &str> = BTreeMap::new();
    for key in first.keys() {
        let letters =
            key.chars().all(|sign| sign.is_ascii_lowercase() || sign.is_ascii_digit() || "._".contains(sign));
        if !letters || !key.starts_with(|sign: char| sign.is_ascii_lowercase()) {
            faults.push(format!("`{key}` is not written in small letters, digits, dots and underscores."));
        }
        let stem = match family(key) {
            Some((stem, _)) => {
                if !first.contains_key(&format!("{stem}.other")) {
                    faults.push(format!("`{key}` is a plural without `{stem}.other`."));
                }
                stem
            }
            None => key,
        };
        if let Some(taken) = names.insert(constant(stem), stem).filter(|taken| *taken != stem) {
            faults.push(format!("`{stem}` and `{taken}` would be one constant."));
        }
        if family(key).is_some() && first.contains_key(stem) {
            faults.push(format!("`{stem}` is a text and a plural."));
        }
    }
    faults.dedup();
    faults
}

/// The names in braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn read_pair(en: &str, fr: &str, reserved: &str) -> Result<Catalogs, Faults> {
        let file = |texts: &str| format!("{{\n{}\n}}\n", texts.replace('|', ",\n"));
        let sources = BTreeMap::from([("en".to_owned(), file(en)), ("fr".to_owned(), file(fr))]);
        parse(&sources, reserved)
    }

    #[track_caller]
    fn check_fault(en: &str, fr: &str, expected: &str) {
        let faults = read_pair(en, fr, "").expect_err("something is wrong");
        assert_eq!(faults.to_string(), expected);
    }

    #[test]
    fn a_key_is_in_every_language() {
        check_fault(r#""a": "A"|"b": "B""#, r#""a": "A""#, "fr.json lacks `b`.");
        check_fault(r#""a": "A""#, r#""a": "A"|"b": "B""#, "fr.json has `b`, en.json doesn't.");
    }

    #[test]
    fn a_text_has_the_same_placeholders_everywhere() {
        check_fault(
            r#""a": "{name} at {time}""#,
            r#""a": "{nom}""#,
            r#"fr.json: `a` has the placeholders {"nom"}, en.json has {"name", "time"}."#,
        );
        check_fault(r#""a": "A""#, r#""a": " ""#, "fr.json: `a` is empty.");
    }

    #[test]
    fn a_plural_has_the_form_that_always_fits() {
        check_fault(r#""n.one": "1""#, r#""n.one": "1""#, "`n.one` is a plural without `n.other`.");
        let both = r#""n": "N"|"n.other": "N""#;
        check_fault(both, both, "`n` is a text and a plural.");
    }

    #[test]
    fn a_key_makes_one_constant() {
        let both = r#""a.b": "1"|"a_b": "2""#;
        check_fault(both, both, "`a_b` and `a.b` would be one constant.");
        check_fault(
            r#""A": "1""#,
            r#""A": "1""#,
            "`A` is not written in small letters, digits, dots and underscores.",
        );
    }

    #[test]
    fn keys_stand_once_and_sorted() {
        check_fault(
            r#""b": "B"|"a": "A""#,
            r#""a": "A"|"b": "B""#,
            "en.json is sorted by key: `a` goes before `b`.",
        );
        check_fault(r#""a": "A""#, r#""a": "A"|"a": "B""#, "fr.json has `a` twice.");
    }

    #[test]
    fn reserved_keys_are_checked_and_not_sent() {
        let both = r#""a": "A"|"later.b": "B"|"later.c": "C""#;
        let catalogs = read_pair(both, both, "# Why.\nlater.*\n").expect("nothing is wrong");
        assert_eq!(catalogs.reserved(), ["later.b", "later.c"]);
        let file: Vec<String> = serde_json::from_str(&catalogs.file("fr").unwrap()).unwrap();
        assert_eq!(file, [catalogs.fingerprint(), "A".to_owned()]);
        assert!(!catalogs.constants().contains("LATER"));
        let faults = read_pair(both, both, "gone").expect_err("no such key");
        assert_eq!(faults.to_string(), "reserved.txt names `gone`, which is no key.");
    }

    #[test]
    fn a_plural_is_one_constant() {
        let both = r#""n.one": "{count} day"|"n.other": "{count} days""#;
        let catalogs = read_pair(both, both, "").expect("nothing is wrong");
        assert_eq!(catalogs.names(), BTreeSet::from(["N".to_owned()]));
        let constants = catalogs.constants();
        assert!(constants.contains("pub const N: Plural"), "{constants}");
    }

    #[test]
    fn other_keys_make_another_fingerprint() {
        let one = read_pair(r#""a": "A""#, r#""a": "A""#, "").expect("nothing is wrong");
        let same = read_pair(r#""a": "B""#, r#""a": "C""#, "").expect("nothing is wrong");
        let other = read_pair(r#""b": "A""#, r#""b": "A""#, "").expect("nothing is wrong");
        assert_eq!(one.fingerprint(), same.fingerprint());
        assert_ne!(one.fingerprint(), other.fingerprint());
    }
}
