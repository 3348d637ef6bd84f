//! Files named by their content, so that they may be kept forever.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha384};

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::step::run;

/// The files of the pages under the names that they have in `dist/`.
#[derive(Debug)]
pub struct Assets {
    dist: PathBuf,
    esbuild: Option<PathBuf>,
    by_old_name: BTreeMap<String, Asset>,
}

/// One file.
#[derive(Debug, Clone)]
pub struct Asset {
    /// The name with the hash.
    pub name: String,
    /// What `integrity` says of it.
    pub integrity: String,
}

impl Assets {
    /// No files yet; `esbuild` shortens scripts and sheets when it is given.
    pub fn new(dist: &Path, esbuild: Option<PathBuf>) -> Self {
        Self { dist: dist.to_owned(), esbuild, by_old_name: BTreeMap::new() }
    }

    /// Takes every file that Trunk made but the page.
    pub fn add_folder(&mut self, folder: &Path) -> Outcome {
        for path in files::below(folder)? {
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if !name.ends_with(".html") {
                self.add_file(&name, &path)?;
            }
        }
        Ok(())
    }

    /// Takes one file.
    pub fn add_file(&mut self, name: &str, path: &Path) -> Outcome {
        let bytes = match (&self.esbuild, path.extension().and_then(|extension| extension.to_str())) {
            (Some(esbuild), Some("js" | "css")) => shortened(esbuild, path)?,
            _ => files::read_bytes(path)?,
        };
        let asset = Asset { name: hashed(name, &bytes), integrity: integrity(&bytes) };
        files::write(&self.dist.join(&asset.name), bytes)?;
        self.by_old_name.insert(name.to_owned(), asset);
        Ok(())
    }

    /// The file that was called `name`.
    pub fn get(&self, name: &str) -> Outcome<&Asset> {
        self.by_old_name
            .get(name)
            .ok_or_else(|| Failure::new(format!("The pages need {name}, which wasn't built.")))
    }

    /// All files with their old names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Asset)> {
        self.by_old_name.iter().map(|(name, asset)| (name.as_str(), asset))
    }
}

/// `lang/en.json` as `lang/en.0123456789abcdef.json`.
pub fn hashed(name: &str, bytes: &[u8]) -> String {
    let hash: String = Sha256::digest(bytes).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

/// What the attribute `integrity` says of these bytes.
pub fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", base64::engine::general_purpose::STANDARD.encode(Sha384::digest(bytes)))
}

fn shortened(esbuild: &Path, path: &Path) -> Outcome<Vec<u8>> {
    let out = path.with_extension("short");
    let mut command = Command::new(esbuild);
    command.args(["--minify", "--log-level=error", "--charset=utf8"]);
    let mut to = std::ffi::OsString::from("--outfile=");
    to.push(&out);
    // The sheet is for the browsers that we support; nothing is to be rewritten for older ones.
    run(command.arg(path).arg(to))?;
    let bytes = files::read_bytes(&out)?;
    let _ = std::fs::remove_file(&out);
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_stands_before_the_extension() {
        assert_eq!(hashed("lang/en.json", b"[]"), "lang/en.4f53cda18c2baa0c.json");
        assert_ne!(hashed("a.js", b"1"), hashed("a.js", b"2"));
    }

    #[test]
    fn integrity_is_the_sha384_in_base64() {
        assert_eq!(integrity(b""), "sha384-OLBgp1GsljhM2TJ+sbHjaiH9txEUvgdDTAzHv2P24donTt6/529l+9Ua0vFImLlb");
    }
}
