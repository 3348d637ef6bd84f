//! Makes a constant of each key of the catalogs, after checking them.

#[path = "src/i18n/compile.rs"]
#[expect(dead_code, reason = "the language files of the browser are written by xtask with the same module")]
mod compile;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

fn main() -> ExitCode {
    // What splits a wasm reads where the linker put each address.
    for (feature, program) in [("CARGO_FEATURE_PIECES", "panel"), ("CARGO_FEATURE_REPORT_PIECES", "report")] {
        if env::var_os(feature).is_some() {
            println!("cargo::rustc-link-arg-bin={program}=--emit-relocs");
        }
    }
    let folder = Path::new("src/i18n");
    println!("cargo::rerun-if-changed={}", folder.display());
    let catalogs = match compile::read(folder) {
        Ok(catalogs) => catalogs,
        Err(faults) => return refuse(&faults.0),
    };
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let english = catalogs.file("en").unwrap_or_default();
    let written = fs::write(out.join("keys.rs"), catalogs.constants())
        .and_then(|()| fs::write(out.join("words.en.json"), english));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&[format!("{}: {error}.", out.display())]),
    }
}

/// Says each fault as Cargo shows it, and stops the build.
fn refuse(faults: &[String]) -> ExitCode {
    for fault in faults {
        println!("cargo::error={fault}");
    }
    ExitCode::FAILURE
}
