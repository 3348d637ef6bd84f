//! A `.br` and a `.gz` beside each file that gets smaller by it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::failure::{Failure, OrFail, Outcome};
use crate::files;

/// What is text, or compresses like it.
const KINDS: [&str; 9] = ["html", "css", "js", "wasm", "json", "svg", "txt", "xml", "webmanifest"];
/// What operators edit in place: a compressed copy would go on saying what it said before.
const EDITED: [&str; 1] = ["config.json"];

/// Compresses everything below `dist`.
pub fn all(dist: &Path) -> Outcome {
    let mut waiting: Vec<PathBuf> =
        files::below(dist)?.into_iter().filter(|path| is_compressed(path)).collect();
    // The largest is taken first, so that the others fit beside it.
    waiting.sort_by_key(|path| path.metadata().map_or(0, |metadata| metadata.len()));
    let waiting = Mutex::new(waiting);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let started: Vec<_> = (0..workers).map(|_| scope.spawn(|| work(&waiting))).collect();
        started.into_iter().try_for_each(|worker| {
            worker.join().unwrap_or_else(|_| Err(Failure::new("A thread that compressed files stopped.")))
        })
    })
}

/// The bytes under brotli 11.
pub fn brotli(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut out = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &params).or_fail(|| "brotli failed".to_owned())?;
    Ok(out)
}

/// The bytes under gzip 9.
pub fn gzip(bytes: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).or_fail(|| "gzip failed".to_owned())
}

fn work(waiting: &Mutex<Vec<PathBuf>>) -> Outcome {
    loop {
        let next = waiting.lock().map_or(None, |mut waiting| waiting.pop());
        let Some(path) = next else { return Ok(()) };
        let bytes = files::read_bytes(&path)?;
        for (extension, compressed) in [("br", brotli(&bytes)?), ("gz", gzip(&bytes)?)] {
            if compressed.len() < bytes.len() {
                files::write(&beside(&path, extension), compressed)?;
            }
        }
    }
}

fn is_compressed(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let kind = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    KINDS.contains(&kind) && !EDITED.contains(&name)
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_operators_edit_has_no_copy() {
        assert!(is_compressed(Path::new("dist/index.html")));
        assert!(!is_compressed(Path::new("dist/config.json")));
        assert!(!is_compressed(Path::new("dist/icon.png")));
        assert!(!is_compressed(Path::new("dist/_headers")));
    }
}
