//! Making `dist/`: what a browser loads, ready for any server of files.
//!
//! Order: style sheets joined, two pages bundled by Trunk into a folder each, words written, everything named
//! by what is in it, integrity written into the pages, compressed. See `docs/deploy.md` for who serves it.

pub mod compress;
pub mod css;
pub mod finish;
pub mod freshness;
pub mod hosts;
pub mod imports;
pub mod library;
pub mod name;
pub mod sections;
pub mod split;
pub mod trunk;

use std::path::PathBuf;

pub use compress::{brotli, gzip};
pub use name::{hashed, integrity};
pub use trunk::Mode;

use crate::failure::{Failure, OrFail, Outcome};
use crate::files;
use crate::place::Place;
use crate::step::{Diary, say};
use crate::tools::Tools;
use crate::words;

/// The two pages: the HTML file that drives each and the sheet that it links.
pub const PAGES: [&str; 2] = ["index.html", "report.html"];
/// The script that starts both pages.
pub const BOOT: &str = "boot.js";

/// The script by which other pages open the dialog.
pub const EMBED: &str = "embed.js";

/// What is to be built.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Optimized, or quickly.
    pub mode: Mode,
    /// Where to.
    pub dist: PathBuf,
    /// Who may show the dialog in a frame, beside ourselves.
    pub frame_ancestors: Vec<String>,
}

impl Wish {
    /// What people get.
    pub fn release(place: &Place) -> Self {
        Self::of(place, Mode::Release)
    }

    /// What people get, or what whoever changes the panel looks at, each in a folder of its own.
    pub fn of(place: &Place, mode: Mode) -> Self {
        let dist = match mode {
            Mode::Release => place.dist(),
            Mode::Development => place.target.join("dev-dist"),
        };
        Self { mode, dist, frame_ancestors: Vec::new() }
    }
}

/// Builds both pages and all that belongs to them, unless `dist/` was made of what is there now.
pub fn build(place: &Place, diary: &mut Diary, wish: &Wish) -> Outcome {
    let fresh = freshness::Stamp::of(place, wish)?;
    if fresh.is_kept() {
        say("The panel is built already, and nothing that it is made of has changed");
        return Ok(());
    }
    build_anew(place, diary, wish)?;
    fresh.keep()
}

fn build_anew(place: &Place, diary: &mut Diary, wish: &Wish) -> Outcome {
    let tools = diary.step("Looking for the tools", || Tools::ready(place))?;
    diary.step("Joining the style sheets", || css::join(place))?;
    let mut folders = Vec::new();
    for page in PAGES {
        let what = format!("Building {page} and its wasm ({})", wish.mode.name());
        folders.push(diary.step(&what, || trunk::build(place, &tools, page, wish.mode))?);
    }
    diary.step("Naming files by their content, writing integrity and words", || {
        files::remove_folder(&wish.dist)?;
        let mut assets =
            name::Assets::new(&wish.dist, tools.esbuild.clone().filter(|_| wish.mode.is_release()));
        let mut pieces = Vec::new();
        for (page, folder) in PAGES.iter().zip(&folders) {
            pieces.push(match trunk::pieces(place, &tools, page, wish.mode) {
                Some(split) => split::pack(&tools, &split, page, folder, &wish.dist)?,
                None => split::Pieces::default(),
            });
        }
        for folder in &folders {
            assets.add_folder(folder)?;
        }
        assets.add_file(BOOT, &place.root.join("public").join(BOOT))?;
        let languages = words::write(place, &wish.dist)?;
        for (((page, folder), languages), pieces) in PAGES.iter().zip(&folders).zip(&languages).zip(&pieces) {
            let html = finish::page(&files::read(&folder.join(page))?, &assets, languages, pieces)?;
            files::write(&wish.dist.join(page), html)?;
        }
        files::write(&wish.dist.join("404.html"), finish::not_found(&assets))?;
        copy_public(place, &wish.dist)
    })?;
    if wish.mode.is_release() {
        diary.step("Compressing (brotli 11 and gzip)", || compress::all(&wish.dist))?;
    }
    diary.step("Writing the headers for other servers", || hosts::write(place, wish))
}

/// Copies what keeps its name: configuration, icons, the manifest.
fn copy_public(place: &Place, dist: &std::path::Path) -> Outcome {
    let public = place.root.join("public");
    for path in files::below(&public)? {
        let name = path.strip_prefix(&public).or_fail(|| format!("{} is elsewhere", path.display()))?;
        if name != std::path::Path::new(BOOT) {
            files::write(&dist.join(name), files::read_bytes(&path)?)?;
        }
        if name == std::path::Path::new(EMBED) {
            let bytes = files::read_bytes(&path)?;
            // Hosts that name it by its integrity keep this one for good.
            let version = env!("CARGO_PKG_VERSION");
            files::write(&dist.join(format!("embed/{version}.js")), &bytes)?;
            files::write(&dist.join("embed/integrity.txt"), integrity(&bytes) + "\n")?;
        }
    }
    Ok(())
}

/// The sentence for a build that isn't there yet.
pub fn missing(place: &Place) -> Failure {
    Failure::new(format!("{} has no panel.", place.dist().display())).advise("run `cargo xtask build` first.")
}
