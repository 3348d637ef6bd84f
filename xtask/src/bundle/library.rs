//! The standard library, compiled for size together with the panel instead of taken as it was released (ADR 19).
//!
//! Cargo calls this unstable; what is written in the panel itself is stable Rust, and without it the panel is as good,
//! but heavier.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Outcome;
use crate::place::cargo;
use crate::step::{answer, run, say};

const WASM: &str = "wasm32-unknown-unknown";
/// What a stable compiler is told so that it takes unstable flags.
const UNSTABLE: (&str, &str) = ("RUSTC_BOOTSTRAP", "1");
/// A panic ends the program at once: `boot.js` sees it and shows the crash page. No text of it is carried along, nor where
/// it might happen.
const FLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none";

/// The sources of the standard library that this compiler was made of.
#[derive(Debug, Clone)]
pub struct Library {
    sources: PathBuf,
}

impl Library {
    /// Finds the sources and all that they need, or brings them; none where that can't be.
    pub fn ready() -> Outcome<Option<Self>> {
        if !is_understood() {
            say(
                "This compiler can't compile its standard library for size: the panel takes it as it was released",
            );
            return Ok(None);
        }
        let Some(sysroot) = answer(Command::new("rustc").args(["--print", "sysroot"])) else {
            return Ok(None);
        };
        let library = Self { sources: PathBuf::from(sysroot).join("lib/rustlib/src/rust") };
        let manifest = library.sources.join("library/Cargo.toml");
        if !manifest.exists() {
            say("Adding the sources of the standard library to the Rust toolchain");
        }
        let is_there =
            manifest.exists() || run(Command::new("rustup").args(["component", "add", "rust-src"])).is_ok();
        let mut fetch = cargo();
        fetch.args(["fetch", "--locked", "--quiet", "--target", WASM, "--manifest-path"]).arg(&manifest);
        if is_there && run(fetch.env(UNSTABLE.0, UNSTABLE.1)).is_ok() {
            return Ok(Some(library));
        }
        say(
            "The sources of the standard library can't be had: the panel takes it as it was released, which is heavier",
        );
        Ok(None)
    }

    /// Has cargo compile it, wherever in `command` cargo is called.
    pub fn compile(&self, command: &mut Command) {
        command
            .env(UNSTABLE.0, UNSTABLE.1)
            .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size");
    }

    /// What the compiler is told beside it. Where the sources lie on this machine has no place in what is sent to people.
    pub fn flags(&self) -> String {
        let sources = self.sources.display().to_string();
        if sources.contains(char::is_whitespace) {
            return FLAGS.to_owned();
        }
        format!("{FLAGS} --remap-path-prefix={sources}=/rust")
    }
}

fn is_understood() -> bool {
    let mut command = Command::new("rustc");
    command.args(FLAGS.split(' ')).args(["--target", WASM, "--print", "cfg"]);
    answer(command.env(UNSTABLE.0, UNSTABLE.1)).is_some()
}
