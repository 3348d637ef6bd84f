//! What a browser loads before the first page stands, and how much it may be (`docs/rules.md`, Size).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::bundle::{self, brotli, gzip, split};
use crate::failure::{Failure, OrFail, Outcome};
use crate::files;
use crate::place::Place;
use crate::words;

/// What something may weigh under brotli 11, in kB of 1,000 bytes.
enum Limit {
    /// Where we go: told, and no more.
    Goal(f64),
    /// What must hold: above it the gate fails.
    Floor(f64),
}

const PANEL: [Limit; 2] = [Limit::Goal(185.0), Limit::Floor(190.0)];
const DIALOG: [Limit; 2] = [Limit::Goal(90.0), Limit::Floor(150.0)];

/// The script that other people put on their pages, in kB.
const EMBED: f64 = 3.0;

#[derive(Default, Clone, Copy)]
struct Weight {
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// Prints the table and fails when a page is too heavy.
pub fn check(place: &Place) -> Outcome {
    let mut faults = Vec::new();
    let pages: [(&str, &str, &[Limit]); 2] =
        [("panel, first load", "index.html", &PANEL), ("dialog, first load", "report.html", &DIALOG)];
    println!("\n  {:<40} {:>10} {:>10} {:>10}", "", "raw", "gzip", "brotli 11");
    for (title, page, limits) in pages {
        let total = table(place, title, page)?;
        let kilobytes = as_kilobytes(total.brotli);
        for limit in limits {
            match *limit {
                Limit::Goal(goal) if kilobytes > goal => {
                    println!("  goal {goal} kB: {:.1} kB too many", kilobytes - goal);
                }
                Limit::Goal(goal) => println!("  goal {goal} kB: kept"),
                Limit::Floor(floor) if kilobytes > floor => {
                    println!("  floor {floor} kB: broken");
                    faults.push(format!("{title}: {kilobytes:.1} kB, more than the floor of {floor} kB."));
                }
                Limit::Floor(floor) => println!("  floor {floor} kB: kept"),
            }
        }
    }
    let embed = weigh(&place.dist().join(bundle::EMBED))?;
    println!("  script on any page");
    row(&format!("  {}", bundle::EMBED), embed);
    let kilobytes = as_kilobytes(embed.brotli);
    if kilobytes > EMBED {
        println!("  floor {EMBED} kB: broken");
        faults.push(format!("{}: {kilobytes:.2} kB, more than the floor of {EMBED} kB.", bundle::EMBED));
    } else {
        println!("  floor {EMBED} kB: kept");
    }
    later(place, "panel, beside the first load, when first opened", bundle::PAGES[0])?;
    later(place, "dialog, beside the first load, once it stands", bundle::PAGES[1])?;
    println!();
    if faults.is_empty() {
        return Ok(());
    }
    Err(Failure::new(faults.join("\n"))
        .advise("see what is heavy (twiggy, or the table above), before raising a limit."))
}

fn table(place: &Place, title: &str, page: &str) -> Outcome<Weight> {
    println!("  {title}");
    let mut total = Weight::default();
    for path in loaded(place, page)? {
        let weight = weigh(&path)?;
        row(&format!("  {}", path.file_name().unwrap_or_default().to_string_lossy()), weight);
        total.raw += weight.raw;
        total.gzip += weight.gzip;
        total.brotli += weight.brotli;
    }
    row("  together", total);
    Ok(total)
}

/// What a file weighs. The build has compressed all that is worth it, and doing so again would take minutes.
fn weigh(path: &Path) -> Outcome<Weight> {
    let bytes = files::read_bytes(path)?;
    let beside = |kind: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(kind);
        std::fs::metadata(name).ok().and_then(|there| usize::try_from(there.len()).ok())
    };
    let gzip = beside(".gz").map_or_else(|| Ok(gzip(&bytes)?.len()), Ok)?;
    let brotli = beside(".br").map_or_else(|| Ok(brotli(&bytes)?.len()), Ok)?;
    Ok(Weight { raw: bytes.len(), gzip, brotli })
}

/// The page, what it names but the sheet of later pages, and its largest language.
fn loaded(place: &Place, page: &str) -> Outcome<Vec<PathBuf>> {
    let dist = place.dist();
    let page = dist.join(page);
    if !page.exists() {
        return Err(bundle::missing(place));
    }
    let html = files::read(&page)?;
    let mut paths = vec![page];
    paths.extend(pieces(&html)?.remove(split::FIRST).unwrap_or_default().iter().map(|name| dist.join(name)));
    for path in files::below(&dist)? {
        let name = path.strip_prefix(&dist).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if html.contains(&format!("\"/{name}\"")) && !is_later(&path) {
            paths.push(path);
        }
    }
    let languages = files::below_with(&dist.join("lang"), "json")?;
    let is_of_page = |path: &PathBuf| {
        let name = path.strip_prefix(&dist).unwrap_or(path).to_string_lossy().replace('\\', "/");
        html.contains(&format!("/{name}#")) && !name.starts_with(words::MORE)
    };
    let largest = languages
        .into_iter()
        .filter(is_of_page)
        .max_by_key(|path| path.metadata().map_or(0, |metadata| metadata.len()));
    paths.extend(largest);
    Ok(paths)
}

/// What is fetched when another part of a page is needed for the first time.
fn later(place: &Place, title: &str, page: &str) -> Outcome {
    let dist = place.dist();
    let mut pieces = pieces(&files::read(&dist.join(page))?)?;
    let first = pieces.remove(split::FIRST).unwrap_or_default();
    if pieces.is_empty() {
        return Ok(());
    }
    println!("  {title}");
    for (piece, names) in pieces {
        let mut weight = Weight::default();
        for name in names.iter().filter(|name| !first.contains(name)) {
            let own = weigh(&dist.join(name))?;
            weight.raw += own.raw;
            weight.gzip += own.gzip;
            weight.brotli += own.brotli;
        }
        row(&format!("  {piece}"), weight);
    }
    if page == bundle::PAGES[0] {
        let languages = files::below_with(&dist.join(words::MORE), "json")?;
        let weights = languages.iter().map(|path| weigh(path)).collect::<Outcome<Vec<_>>>()?;
        row(
            "  words, with the first of them",
            weights.into_iter().max_by_key(|weight| weight.raw).unwrap_or_default(),
        );
        let sheets = files::below_with(&dist, "css")?;
        let sheet = sheets.iter().find(|path| is_later_sheet(path)).map(|path| weigh(path)).transpose()?;
        row("  sheet of the other pages", sheet.unwrap_or_default());
    }
    Ok(())
}

/// The files of each piece, as the page tells boot.js.
fn pieces(html: &str) -> Outcome<BTreeMap<String, Vec<String>>> {
    let told = html.split_once("data-pieces=\"").and_then(|(_, rest)| rest.split('"').next());
    let Some(told) = told else { return Ok(BTreeMap::new()) };
    let addresses: BTreeMap<String, Vec<String>> = serde_json::from_str(&told.replace("&quot;", "\""))
        .or_fail(|| "The page's list of pieces can't be read".to_owned())?;
    let bare =
        |files: Vec<String>| files.iter().map(|file| file.trim_start_matches('/').to_owned()).collect();
    Ok(addresses.into_iter().map(|(piece, files)| (piece, bare(files))).collect())
}

/// Icons, manifests and the sheet of the other pages are fetched after the page stands, if at all.
fn is_later(path: &Path) -> bool {
    let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
    matches!(kind, "svg" | "png" | "ico" | "webmanifest" | "html") || is_later_sheet(path)
}

/// The sheet that boot.js asks for when the first page has started.
fn is_later_sheet(path: &Path) -> bool {
    let is_sheet = path.extension().is_some_and(|kind| kind == "css");
    is_sheet && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("more."))
}

fn row(name: &str, weight: Weight) {
    let kilobytes = |bytes| format!("{:.1} kB", as_kilobytes(bytes));
    println!(
        "  {name:<40} {:>10} {:>10} {:>10}",
        kilobytes(weight.raw),
        kilobytes(weight.gzip),
        kilobytes(weight.brotli)
    );
}

fn as_kilobytes(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}
