//! Reading and writing files, with failures that name the file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{OrFail, Outcome};

/// The text of a file.
pub fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).or_fail(|| format!("{} can't be read", path.display()))
}

/// The bytes of a file.
pub fn read_bytes(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).or_fail(|| format!("{} can't be read", path.display()))
}

/// Writes a file and the folders above it.
pub fn write(path: &Path, content: impl AsRef<[u8]>) -> Outcome {
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    fs::write(path, content).or_fail(|| format!("{} can't be written", path.display()))
}

/// Makes a folder and those above it.
pub fn create_folder(path: &Path) -> Outcome {
    fs::create_dir_all(path).or_fail(|| format!("{} can't be made", path.display()))
}

/// Removes a folder with all that is in it; a folder that isn't there is fine.
pub fn remove_folder(path: &Path) -> Outcome {
    if path.exists() {
        fs::remove_dir_all(path).or_fail(|| format!("{} can't be removed", path.display()))?;
    }
    Ok(())
}

/// Every file below `folder`, sorted; none when the folder isn't there.
pub fn below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        if !folder.is_dir() {
            continue;
        }
        let entries = fs::read_dir(&folder).or_fail(|| format!("{} can't be listed", folder.display()))?;
        for entry in entries {
            let path = entry.or_fail(|| format!("{} can't be listed", folder.display()))?.path();
            if path.is_dir() { waiting.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    Ok(found)
}

/// The files below `folder` whose name ends in `.extension`, sorted.
pub fn below_with(folder: &Path, extension: &str) -> Outcome<Vec<PathBuf>> {
    let mut found = below(folder)?;
    found.retain(|path| path.extension().is_some_and(|found| found == extension));
    Ok(found)
}
