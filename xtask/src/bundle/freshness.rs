//! Whether `dist/` was made of what is there now.

use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use sha2::{Digest as _, Sha256};

use super::{PAGES, Wish};
use crate::failure::Outcome;
use crate::files;
use crate::place::Place;

/// What the panel is made of.
const FOLDERS: [&str; 8] = [
    "src",
    "contract/src",
    "style",
    "public",
    "xtask/src",
    "backend/src/headers.rs",
    "backend/src/pages.rs",
    ".cargo",
];
const FILES: [&str; 6] =
    ["Cargo.toml", "Cargo.lock", "Trunk.toml", "build.rs", "contract/Cargo.toml", "clippy.toml"];

/// A summary of all sources, kept beside what was made of them.
#[derive(Debug)]
pub struct Stamp {
    summary: String,
    file: PathBuf,
    page: PathBuf,
}

impl Stamp {
    /// Of the sources as they are.
    pub fn of(place: &Place, wish: &Wish) -> Outcome<Self> {
        let mut digest = Sha256::new();
        digest.update(format!("{wish:?}"));
        let mut paths: Vec<PathBuf> = FILES.iter().chain(&PAGES).map(|name| place.root.join(name)).collect();
        for folder in FOLDERS {
            let path = place.root.join(folder);
            if path.is_file() { paths.push(path) } else { paths.extend(files::below(&path)?) }
        }
        // The joined sheets are made anew each time.
        paths.retain(|path| !path.iter().any(|part| part == ".built"));
        for path in paths {
            let Ok(metadata) = path.metadata() else { continue };
            let changed = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            digest.update(format!("{}\0{}\0{:?}\0", path.display(), metadata.len(), changed));
        }
        let summary = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let file = place.target.join("trunk").join(format!("{}.stamp", wish.mode.name()));
        Ok(Self { summary, file, page: wish.dist.join(PAGES[0]) })
    }

    /// Whether `dist/` was made of these.
    pub fn is_kept(&self) -> bool {
        self.page.exists() && files::read(&self.file).is_ok_and(|kept| kept == self.summary)
    }

    /// Remembers that it was.
    pub fn keep(&self) -> Outcome {
        files::write(&self.file, &self.summary)
    }
}
