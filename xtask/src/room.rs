//! Room in the build folder. Each clone, feature set and state of the sources leaves its own copies of our crates
//! there; cargo removes none of them, and a folder that is kept from run to run fills the disk.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::failure::{OrFail, Outcome};
use crate::files;
use crate::place::Place;
use crate::step::say;

/// Copies of our own crates that are older belong to sources that nobody builds any more. Other people's crates stay:
/// they are the same for every state of ours.
const KEPT: Duration = Duration::from_hours(48);
/// What cargo keeps to compile again in part. More than this is mostly of other clones.
const PARTIAL_BYTES: u64 = 6_000_000_000;

/// Removes what earlier builds left, and says how much that was. `now` is the time of the look.
pub fn make(place: &Place, now: SystemTime) -> Outcome {
    let freed = profiles(&place.target)?.iter().try_fold(0, |freed, profile| {
        Ok::<_, crate::failure::Failure>(freed + partial(profile)? + left(place, profile, now)?)
    })?;
    if freed > 0 {
        say(&format!("{} MB of earlier builds are removed", freed / 1_000_000));
    }
    Ok(())
}

/// The folders of profiles: `debug`, `release`, and those of other targets.
fn profiles(target: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for outer in folders(target)? {
        for folder in folders(&outer)?.into_iter().chain([outer]) {
            if folder.join("deps").is_dir() {
                found.push(folder);
            }
        }
    }
    Ok(found)
}

fn folders(folder: &Path) -> Outcome<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).or_fail(|| format!("{} can't be listed", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect())
}

fn partial(profile: &Path) -> Outcome<u64> {
    let folder = profile.join("incremental");
    let bytes =
        files::below(&folder)?.iter().filter_map(|path| path.metadata().ok()).map(|meta| meta.len()).sum();
    if bytes <= PARTIAL_BYTES {
        return Ok(0);
    }
    files::remove_folder(&folder)?;
    Ok(bytes)
}

fn left(place: &Place, profile: &Path, now: SystemTime) -> Outcome<u64> {
    let mut freed = 0;
    for path in files::below(&profile.join("deps"))? {
        let Ok(meta) = path.metadata() else { continue };
        let is_old = meta.modified().is_ok_and(|time| now.duration_since(time).is_ok_and(|age| age > KEPT));
        let is_ours = path.file_name().and_then(OsStr::to_str).is_some_and(|name| ours(&place.crates, name));
        // What a running program holds open can't go on every system; it goes another time.
        if is_old && is_ours && fs::remove_file(&path).is_ok() {
            freed += meta.len();
        }
    }
    Ok(freed)
}

/// Whether cargo made a file of that name of one of our crates: `libNAME-HASH.rlib`, `NAME-HASH.d`, `NAME-HASH`.
fn ours(crates: &[String], name: &str) -> bool {
    let Some((stem, _)) = name.rsplit_once('-') else { return false };
    let known = |stem: &str| crates.iter().any(|known| known == stem);
    known(stem) || stem.strip_prefix("lib").is_some_and(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_made_of_our_crates_is_ours() {
        let crates = ["frontdesk_backend".to_owned(), "journeys".to_owned()];
        for name in ["libfrontdesk_backend-0123.rlib", "frontdesk_backend-0123.d", "journeys-4567"] {
            assert!(ours(&crates, name), "{name}");
        }
        for name in ["libserde-0123.rlib", "libfrontdesk-0123.rmeta", "journeys", "frontdesk_backend_x-1.d"] {
            assert!(!ours(&crates, name), "{name}");
        }
    }

    #[test]
    fn what_is_old_and_ours_goes_and_all_else_stays() {
        let folder = std::env::temp_dir().join(format!("frontdesk-room-{}", std::process::id()));
        let deps = folder.join("debug/deps");
        for name in ["journeys-1", "libserde-1.rlib"] {
            files::write(&deps.join(name), b"0123456789").unwrap();
        }
        let place = Place {
            root: folder.clone(),
            target: folder.clone(),
            tests: Vec::new(),
            crates: vec!["journeys".to_owned()],
        };
        make(&place, SystemTime::now()).unwrap();
        assert!(deps.join("journeys-1").exists(), "what was just built stays");
        make(&place, SystemTime::now() + KEPT + Duration::from_secs(60)).unwrap();
        assert!(!deps.join("journeys-1").exists());
        assert!(deps.join("libserde-1.rlib").exists(), "other people's crates stay");
        files::remove_folder(&folder).unwrap();
    }
}
