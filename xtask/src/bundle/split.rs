//! The wasm of the panel in pieces: the panel itself, and what each page needs beside it; and that of the dialog, of
//! which words and *Send* come first. (ADR 0008.)
//!
//! Trunk knows nothing of splitting and calls `wasm-bindgen` by its name. So this program stands in for it: called
//! by that name it splits what the linker wrote and hands the program itself to the real one. What was split off is
//! packed afterwards: a file per piece, and what several of them need in two more.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::PAGES;
use super::imports;
use super::name::{hashed, integrity};
use super::sections::{HEADER, length, next_section, read_length};
use crate::failure::{Failure, OrFail, Outcome};
use crate::files;
use crate::step::run;
use crate::tools::Tools;

/// The program that we stand in for.
pub const STANDS_FOR: &str = "wasm-bindgen";
/// Names the real one.
const REAL: &str = "FRONTDESK_WASM_BINDGEN";
/// Names the folder for what is split off; without it nothing is.
const PIECES: &str = "FRONTDESK_PIECES";
/// What the splitter says of its work.
const PLAN: &str = "plan.json";
/// The script that the splitter writes, and that the panel's script imports by this name.
const LINK: &str = "__wasm_split.js";
/// The piece of the page that most people see first.
pub const FIRST: &str = "overview";
/// The page whose program is split by its pages.
const PANEL: &str = PAGES[0];
/// The features that the compiler uses, as in index.html.
const FEATURES: [&str; 8] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
    "--enable-call-indirect-overlong",
];

/// What was split off.
#[derive(Debug, Serialize, Deserialize)]
struct Plan {
    /// What the panel itself hands to each piece.
    given: Vec<String>,
    /// The modules of each piece, without their extension.
    pieces: BTreeMap<String, Vec<String>>,
}

/// Does what `wasm-bindgen` does, with the panel split before.
pub fn stand_in() -> Outcome {
    let real = env::var_os(REAL).ok_or_else(|| Failure::new(format!("{REAL} isn't said.")))?;
    let mut arguments: Vec<OsString> = env::args_os().skip(1).collect();
    let wasm =
        arguments.iter_mut().find(|word| Path::new(word).extension().is_some_and(|kind| kind == "wasm"));
    let mut command = Command::new(real);
    if let (Some(folder), Some(wasm)) = (env::var_os(PIECES), wasm) {
        *wasm = split(Path::new(wasm), Path::new(&folder))?.into_os_string();
        // The pieces need the stack and the table of the panel itself.
        command.arg("--keep-lld-exports");
        run(command.args(&arguments))?;
        return imports::shorten(&arguments);
    }
    // It is asked for its version too.
    run(command.args(&arguments))
}

/// Splits `wasm` into `folder`, and gives the panel itself.
fn split(wasm: &Path, folder: &Path) -> Outcome<PathBuf> {
    files::remove_folder(folder)?;
    files::create_folder(folder)?;
    let input = without_exports(&files::read_bytes(wasm)?)?;
    let panel = folder.join(wasm.file_name().unwrap_or_default());
    let mut options = wasm_split_cli_support::Options::new(&input);
    options.output_dir = folder;
    options.main_out_path = &panel;
    options.link_name = "./__wasm_split.js";
    let done = wasm_split_cli_support::transform(options)
        .map_err(|report| Failure::new(format!("{} can't be split: {report:#}.", wasm.display())))?;
    let script = files::read(&folder.join(LINK))?;
    let plan = Plan { given: given(&script)?, pieces: done.prefetch_map.into_iter().collect() };
    let text =
        serde_json::to_string(&plan).or_fail(|| "The plan of the pieces can't be written".to_owned())?;
    files::write(&folder.join(PLAN), text)?;
    Ok(panel)
}

/// What a crate exports for streams between Rust and scripts, which the panel has none of: whatever is exported is
/// kept, and all that it needs with it.
fn is_for_streams(name: &str) -> bool {
    let name = name.trim_start_matches("__wbindgen_describe_").trim_start_matches("__wbg_");
    name.starts_with("intounderlying")
}

/// The module without the exports that nobody uses.
fn without_exports(module: &[u8]) -> Outcome<Vec<u8>> {
    const EXPORTS: u8 = 7;
    let mut out = module.get(..HEADER).unwrap_or_default().to_vec();
    let mut rest = module.get(HEADER..).unwrap_or_default();
    while let Some((id, section, whole, next)) = next_section(rest) {
        if id == EXPORTS {
            let kept = kept_exports(section)
                .ok_or_else(|| Failure::new("The exports of the panel's wasm can't be read."))?;
            out.push(EXPORTS);
            length(&mut out, kept.len());
            out.extend(kept);
        } else {
            out.extend(whole);
        }
        rest = next;
    }
    Ok(out)
}

/// The content of a section of exports with those that are used.
fn kept_exports(section: &[u8]) -> Option<Vec<u8>> {
    let (count, read) = read_length(section)?;
    let (mut rest, mut kept, mut kept_count) = (section.get(read..)?, Vec::<u8>::new(), 0);
    for _ in 0..count {
        let (size, of_size) = read_length(rest)?;
        let name = rest.get(of_size..of_size + size)?;
        // The kind is one byte.
        let after_kind = of_size + size + 1;
        let (_, of_index) = read_length(rest.get(after_kind..)?)?;
        let (entry, next) = rest.split_at_checked(after_kind + of_index)?;
        if !is_for_streams(&String::from_utf8_lossy(name)) {
            kept.extend(entry);
            kept_count += 1;
        }
        rest = next;
    }
    let mut content = Vec::new();
    length(&mut content, kept_count);
    content.extend(kept);
    Some(content)
}

/// The names that the splitter's script takes from the panel.
fn given(script: &str) -> Outcome<Vec<String>> {
    let names = script
        .split_once("const { ")
        .and_then(|(_, rest)| rest.split_once("} = initSync("))
        .map(|(names, _)| names.split(',').map(str::trim).filter(|name| !name.is_empty()));
    names
        .map(|names| names.map(str::to_owned).collect())
        .ok_or_else(|| Failure::new("The splitter's script says nothing of what the panel hands on."))
}

/// Puts the stand-in where Trunk finds it before the real one.
pub fn prepare(command: &mut Command, folder: &Path, real: &Path, pieces: &Path, path: &OsString) -> Outcome {
    files::create_folder(folder)?;
    let own = env::current_exe().or_fail(|| "This program doesn't know where it is".to_owned())?;
    let program = folder.join(format!("{STANDS_FOR}{}", env::consts::EXE_SUFFIX));
    let _ = std::fs::remove_file(&program);
    std::fs::copy(&own, &program).or_fail(|| format!("{} can't be written", program.display()))?;
    let all = std::iter::once(folder.to_owned()).chain(env::split_paths(path));
    let path = env::join_paths(all).or_fail(|| "PATH can't be put together".to_owned())?;
    command.env("PATH", path).env(REAL, real).env(PIECES, pieces);
    Ok(())
}

/// What a page needs beside the panel itself: the addresses of its files, by the name of its piece.
#[derive(Debug, Default)]
pub struct Pieces(BTreeMap<String, Vec<String>>);

impl Pieces {
    /// What boot.js reads: addresses alone.
    pub fn json(&self) -> String {
        let bare = |files: &Vec<String>| -> Vec<String> {
            files.iter().map(|file| file.split('#').next().unwrap_or_default().to_owned()).collect()
        };
        let addresses: BTreeMap<&str, Vec<String>> =
            self.0.iter().map(|(name, files)| (name.as_str(), bare(files))).collect();
        serde_json::to_string(&addresses).unwrap_or_default()
    }
}

/// The feature of our crate that marks where a page's program is split; its pieces lie in a folder of that name.
pub fn feature(page: &str) -> &'static str {
    if page == PANEL { "pieces" } else { "report-pieces" }
}

/// Packs what was split off `page` into `dist`, and tells its script in `built` where it is.
pub fn pack(tools: &Tools, folder: &Path, page: &str, built: &Path, dist: &Path) -> Outcome<Pieces> {
    let plan: Plan = serde_json::from_str(&files::read(&folder.join(PLAN))?)
        .or_fail(|| "The plan of the pieces can't be read".to_owned())?;
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut parts = BTreeMap::new();
    for module in plan.pieces.values().flatten() {
        if !parts.contains_key(module) {
            let is_first = plan.pieces.get(FIRST).is_some_and(|needed| needed.contains(module));
            parts.insert(module.clone(), optimized(tools, folder, module, is_first)?);
        }
    }
    for (file, modules) in partition(&plan, page, |module| parts.get(module).map_or(0, Vec::len)) {
        let bytes = packed(modules.iter().filter_map(|module| parts.get(module)));
        let name = hashed(&format!("{file}.wasm"), &bytes);
        let address = format!("/{name}#{}", integrity(&bytes));
        files::write(&dist.join(&name), bytes)?;
        for (piece, needed) in &plan.pieces {
            if needed.iter().any(|module| modules.contains(module)) {
                places.entry(piece.clone()).or_default().push(address.clone());
            }
        }
    }
    let script = built.join(if page == PANEL { "panel.js" } else { "report.js" });
    files::write(&script, linked(&files::read(&script)?, &plan.given, &places)?)?;
    Ok(Pieces(places))
}

/// Which modules are packed together: those of one piece, those that the first page shares with others, those that
/// only a few others share where they are worth a file, and those that more share.
fn partition(plan: &Plan, page: &str, size: impl Fn(&str) -> usize) -> BTreeMap<String, BTreeSet<String>> {
    const FEW: usize = 3;
    const WORTHWHILE: usize = 8_000;
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (piece, modules) in &plan.pieces {
        for module in modules {
            users.entry(module).or_default().push(piece);
        }
    }
    let mut shared: BTreeMap<&[&str], usize> = BTreeMap::new();
    for (module, users) in &users {
        *shared.entry(users.as_slice()).or_default() += size(module);
    }
    let is_own =
        |users: &[&str]| users.len() <= FEW && shared.get(users).is_some_and(|size| *size >= WORTHWHILE);
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, users) in &users {
        let file = match users.as_slice() {
            [piece] if page == PANEL => format!("page_{piece}"),
            [piece] => format!("report_{piece}"),
            users if users.contains(&FIRST) => "pages".to_owned(),
            users if page == PANEL && is_own(users) => format!("pages_{}", users.join("_")),
            _ if page == PANEL => "pages_more".to_owned(),
            _ => "report_more".to_owned(),
        };
        files.entry(file).or_default().insert((*module).to_owned());
    }
    files
}

/// A module as people get it. Starting wasm-opt takes longer than it saves on a small one, unless everybody waits
/// for that.
fn optimized(tools: &Tools, folder: &Path, module: &str, is_first: bool) -> Outcome<Vec<u8>> {
    const WORTHWHILE: usize = 16_000;
    let path = folder.join(format!("{module}.wasm"));
    let bare = without_names(&files::read_bytes(&path)?);
    if bare.len() < WORTHWHILE && !is_first {
        return Ok(bare);
    }
    let out = folder.join(format!("{module}.small"));
    files::write(&path, bare)?;
    let mut command = Command::new("wasm-opt");
    command.env("PATH", tools.path()).arg("-Oz").args(FEATURES).arg(&path).arg("-o").arg(&out);
    run(&mut command)?;
    files::read_bytes(&out)
}

/// The module without what is for people who debug it: its custom sections.
fn without_names(module: &[u8]) -> Vec<u8> {
    const CUSTOM: u8 = 0;
    let mut bare = module.get(..HEADER).unwrap_or_default().to_vec();
    let mut rest = module.get(HEADER..).unwrap_or_default();
    while let Some((id, _, whole, next)) = next_section(rest) {
        if id != CUSTOM {
            bare.extend(whole);
        }
        rest = next;
    }
    bare
}

/// A module that runs nothing and carries `parts`, each in a section of its own named `piece`.
fn packed<'part>(parts: impl Iterator<Item = &'part Vec<u8>>) -> Vec<u8> {
    const NAME: &[u8] = b"piece";
    let mut bytes = b"\0asm\x01\0\0\0".to_vec();
    for part in parts {
        bytes.push(0);
        length(&mut bytes, 1 + NAME.len() + part.len());
        length(&mut bytes, NAME.len());
        bytes.extend(NAME);
        bytes.extend(part);
    }
    bytes
}

/// The panel's script with what loads the pieces in place of the import of the splitter's script.
fn linked(script: &str, given: &[String], places: &BTreeMap<String, Vec<String>>) -> Outcome<String> {
    const LOADER: &str = include_str!("pieces.js");
    let table = serde_json::to_string(places).or_fail(|| "The pieces can't be listed".to_owned())?;
    let loader = LOADER.replace("GIVEN", &given.join(", ")).replace("PLACES", &table);
    let mut lines = vec![loader];
    let mut imports = 0;
    for line in script.lines() {
        match line.split_once(" from ") {
            Some((import, from)) if line.starts_with("import * as ") && from.contains(LINK) => {
                let name = import.trim_start_matches("import * as ");
                lines.push(format!("const {name} = pieces;"));
                imports += 1;
            }
            _ => lines.push(line.to_owned()),
        }
    }
    if imports == 0 {
        return Err(Failure::new(
            "The panel's script doesn't import the splitter's, so no piece could be loaded.",
        ));
    }
    lines.push(String::new());
    Ok(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(pieces: &[(&str, &[&str])]) -> Plan {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Plan {
            given: vec!["memory".to_owned()],
            pieces: pieces.iter().map(|(name, modules)| ((*name).to_owned(), owned(modules))).collect(),
        }
    }

    #[test]
    fn what_pages_share_is_packed_by_whether_the_first_page_needs_it() {
        let plan = plan(&[
            ("overview", &["chunk_1", "split_overview"]),
            ("support", &["chunk_1", "chunk_2", "split_support"]),
            ("requests", &["chunk_2", "split_requests"]),
        ]);
        let files = partition(&plan, PANEL, |_| 100);
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(names, ["page_overview", "page_requests", "page_support", "pages", "pages_more"]);
        assert!(files["pages"].contains("chunk_1") && files["pages_more"].contains("chunk_2"));
    }

    #[test]
    fn what_a_few_pages_share_is_no_burden_to_others() {
        let pieces: [(&str, &[&str]); 5] = [
            ("accounts", &["all", "large", "small"]),
            ("audit", &["all", "small"]),
            ("door", &["all"]),
            ("many", &["all", "large"]),
            ("overview", &["first"]),
        ];
        let files = partition(&plan(&pieces), PANEL, |module| if module == "small" { 100 } else { 9_000 });
        assert!(files["pages_accounts_many"].contains("large"));
        assert!(files["pages_more"].contains("all") && files["pages_more"].contains("small"));
    }

    #[test]
    fn a_file_of_pieces_is_a_module_with_sections() {
        let bytes = packed([vec![7; 200], vec![8]].iter());
        assert!(bytes.starts_with(b"\0asm\x01\0\0\0\0\xce\x01\x05piece\x07"));
        assert!(bytes.ends_with(b"\0\x07\x05piece\x08"));
    }

    #[test]
    fn exports_for_streams_are_left_out() {
        let mut module = b"\0asm\x01\0\0\0".to_vec();
        let mut exports = vec![2];
        for name in ["main", "__wbg_intounderlyingsource_free"] {
            exports.push(u8::try_from(name.len()).expect("a short name"));
            exports.extend(name.bytes());
            exports.extend([0, 5]);
        }
        module.extend([7, u8::try_from(exports.len()).expect("a short section")]);
        module.extend(exports);
        let kept = without_exports(&module).expect("a module");
        assert_eq!(kept, b"\0asm\x01\0\0\0\x07\x08\x01\x04main\0\x05");
    }

    #[test]
    fn what_is_for_debugging_is_left_out() {
        let mut module = packed([vec![7; 200]].iter());
        module.extend([1, 1, 0]);
        assert_eq!(without_names(&module), b"\0asm\x01\0\0\0\x01\x01\0");
    }

    #[test]
    fn the_loader_stands_in_for_the_splitters_script() {
        let places = BTreeMap::from([("overview".to_owned(), vec!["/a.wasm#sha384-x".to_owned()])]);
        let script = "import * as import1 from \"./__wasm_split.js\"\nlet wasm;\n";
        let linked = linked(script, &["memory".to_owned()], &places).expect("a script");
        assert!(linked.contains("const import1 = pieces;") && !linked.contains("__wasm_split.js"));
        assert!(linked.contains("sha384-x") && linked.contains("({ memory }) => ({ memory })"));
    }

    #[test]
    fn the_names_are_those_of_the_splitters_script() {
        let script = "const { __indirect_function_table, memory, } = initSync(undefined, undefined);";
        assert_eq!(given(script).expect("names"), ["__indirect_function_table", "memory"]);
        assert!(given("nothing").is_err());
    }
}
