//! Short names between a program and its script.
//!
//! `wasm-bindgen` gives each function that the script lends the program a name with a hash, of 16 digits that nothing
//! can compress, in both files. Nobody else reads these names.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::sections::{HEADER, length, next_section, read_length};
use crate::failure::{Failure, Outcome};
use crate::files;

/// The section of what a module takes from others.
const IMPORTS: u8 = 2;
/// The letters of the short names.
const LETTERS: &[u8; 52] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Shortens the names in what `wasm-bindgen` has written, which its arguments name.
pub fn shorten(arguments: &[OsString]) -> Outcome {
    let value = |name: &str| {
        let found = arguments.iter().find_map(|word| word.to_str()?.strip_prefix(name)?.strip_prefix('='));
        found.ok_or_else(|| Failure::new(format!("Trunk doesn't say {name} to wasm-bindgen any more.")))
    };
    let (folder, name) = (PathBuf::from(value("--out-dir")?), value("--out-name")?);
    let (script_path, wasm_path) =
        (folder.join(format!("{name}.js")), folder.join(format!("{name}_bg.wasm")));
    let (script, wasm) = (files::read(&script_path)?, files::read_bytes(&wasm_path)?);
    let unreadable = || Failure::new(format!("The imports of {} can't be read.", wasm_path.display()));
    let taken = taken(&wasm).ok_or_else(unreadable)?;
    let (script, short) = shorter(&script, &taken);
    let wasm = renamed(&wasm, &short).ok_or_else(unreadable)?;
    files::write(&script_path, script)?;
    files::write(&wasm_path, wasm)
}

/// One thing that a module takes: whose, by which name, and what it is.
struct Import<'module> {
    from: &'module [u8],
    name: &'module [u8],
    what: &'module [u8],
}

/// The names that the module takes.
fn taken(module: &[u8]) -> Option<Vec<String>> {
    let mut names = Vec::new();
    let mut rest = module.get(HEADER..)?;
    while let Some((id, section, _, next)) = next_section(rest) {
        if id == IMPORTS {
            names.extend(
                imports(section)?.iter().map(|import| String::from_utf8_lossy(import.name).into_owned()),
            );
        }
        rest = next;
    }
    Some(names)
}

/// The script with short names for those that it lends by exactly one line of its own; and which these are.
fn shorter(script: &str, taken: &[String]) -> (String, BTreeMap<Vec<u8>, Vec<u8>>) {
    let mut script = script.to_owned();
    let mut short = BTreeMap::new();
    for name in taken {
        let line = format!("\n        {name}: ");
        if script.matches(&line).count() == 1 && script.matches(name.as_str()).count() == 1 {
            let letters = letters(short.len());
            script = script.replacen(&line, &format!("\n        {letters}: "), 1);
            short.insert(name.clone().into_bytes(), letters.into_bytes());
        }
    }
    (script, short)
}

/// The module with other names for what it takes.
fn renamed(module: &[u8], short: &BTreeMap<Vec<u8>, Vec<u8>>) -> Option<Vec<u8>> {
    let mut out = module.get(..HEADER)?.to_vec();
    let mut rest = module.get(HEADER..)?;
    while let Some((id, section, whole, next)) = next_section(rest) {
        if id == IMPORTS {
            let imports = imports(section)?;
            let mut content = Vec::with_capacity(section.len());
            length(&mut content, imports.len());
            for import in imports {
                let name = short.get(import.name).map_or(import.name, Vec::as_slice);
                for text in [import.from, name] {
                    length(&mut content, text.len());
                    content.extend(text);
                }
                content.extend(import.what);
            }
            out.push(IMPORTS);
            length(&mut out, content.len());
            out.extend(content);
        } else {
            out.extend(whole);
        }
        rest = next;
    }
    Some(out)
}

fn imports(section: &[u8]) -> Option<Vec<Import<'_>>> {
    let (count, read) = read_length(section)?;
    let mut rest = section.get(read..)?;
    let mut found = Vec::new();
    for _ in 0..count {
        let (from, after) = text(rest)?;
        let (name, after) = text(after)?;
        let (what, next) = after.split_at_checked(size_of_kind(after)?)?;
        found.push(Import { from, name, what });
        rest = next;
    }
    Some(found)
}

fn text(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (size, read) = read_length(bytes)?;
    bytes.get(read..)?.split_at_checked(size)
}

/// How many bytes say what is imported: a function by its type, a table, a memory, a global, a tag.
fn size_of_kind(bytes: &[u8]) -> Option<usize> {
    let number = |at: usize| Some(at + read_length(bytes.get(at..)?)?.1);
    let limits = |at: usize| {
        let has_maximum = bytes.get(at)? & 1 == 1;
        let end = number(at + 1)?;
        if has_maximum { number(end) } else { Some(end) }
    };
    match bytes.first()? {
        0 => number(1),
        1 => limits(2),
        2 => limits(1),
        3 => Some(3),
        4 => number(2),
        _ => None,
    }
}

/// `a` to `Z`, then `aa` and so on.
fn letters(mut number: usize) -> String {
    let mut name = String::new();
    loop {
        name.insert(0, char::from(LETTERS.get(number % LETTERS.len()).copied().unwrap_or(b'_')));
        if number < LETTERS.len() {
            return name;
        }
        number = number / LETTERS.len() - 1;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// A module that takes a function, a table with a maximum, a memory and a global.
    fn module() -> Vec<u8> {
        let mut content = vec![4];
        for (name, what) in [
            ("__wbg_a_0123456789abcdef", &[0, 0x85, 0x01][..]),
            ("table", &[1, 0x70, 1, 1, 0x80, 0x01]),
            ("memory", &[2, 0, 17]),
            ("__wbg_b_fedcba9876543210", &[3, 0x7f, 0]),
        ] {
            for text in ["./panel_bg.js", name] {
                length(&mut content, text.len());
                content.extend(text.as_bytes());
            }
            content.extend(what);
        }
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        module.push(IMPORTS);
        length(&mut module, content.len());
        module.extend(content);
        module.extend([11, 1, 0]);
        module
    }

    #[test]
    fn a_name_is_shortened_in_both_files_or_in_none() {
        let script =
            "{\n        __wbg_a_0123456789abcdef: function(x) {},\n        memory: m,\n    }; memory.grow()";
        let taken = taken(&module()).unwrap();
        let (script, short) = shorter(script, &taken);
        assert_eq!(script, "{\n        a: function(x) {},\n        memory: m,\n    }; memory.grow()");
        let renamed = renamed(&module(), &short).unwrap();
        assert_eq!(super::taken(&renamed).unwrap(), ["a", "table", "memory", "__wbg_b_fedcba9876543210"]);
        assert!(renamed.ends_with(&[11, 1, 0]), "what follows stays");
    }

    #[test]
    fn nothing_changes_without_short_names() {
        assert_eq!(renamed(&module(), &BTreeMap::new()).unwrap(), module());
    }

    #[test]
    fn each_number_has_letters_of_its_own() {
        assert_eq!([letters(0), letters(51), letters(52)], ["a", "Z", "aa"]);
        let names: BTreeSet<String> = (0..5_000).map(letters).collect();
        assert_eq!(names.len(), 5_000);
    }
}
