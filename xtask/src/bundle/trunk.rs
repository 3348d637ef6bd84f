//! One page and its binary, by Trunk, into a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Outcome;
use crate::files;
use crate::place::Place;
use crate::step::run;
use crate::tools::{Tools, WasmOpt};

/// How to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Small and fast, for people.
    Release,
    /// Quickly built, for whoever changes the panel.
    Development,
}

impl Mode {
    /// The word for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Development => "development",
        }
    }

    /// Whether people get this.
    pub fn is_release(self) -> bool {
        self == Self::Release
    }
}

/// Builds `page` and gives the folder it is in.
pub fn build(place: &Place, tools: &Tools, page: &str, mode: Mode) -> Outcome<PathBuf> {
    let name = Path::new(page).file_stem().unwrap_or_default();
    let folder = place.target.join("trunk").join(mode.name()).join(name);
    files::create_folder(&folder)?;
    let trunk = crate::tools::find(place, "trunk").unwrap_or_else(|| "trunk".into());
    let mut command = Command::new(trunk);
    command.args(["build", page, "--html-output", page, "--skip-version-check", "--color", "auto", "--dist"]);
    command.arg(&folder).current_dir(&place.root).env("PATH", tools.path());
    // Trunk prints where in itself a failing compiler was noticed, which hides what the compiler said.
    command.env("RUST_BACKTRACE", "0");
    command.env("CARGO_TARGET_DIR", &place.target).env_remove("NO_COLOR");
    match mode {
        Mode::Release => {
            command.arg("--release");
        }
        // Erased components make small wasm larger, but compile two to three times as fast.
        Mode::Development => {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "--cfg erase_components");
        }
    }
    if tools.wasm_opt == WasmOpt::Installed {
        command.arg("--offline");
    }
    run(&mut command)?;
    Ok(folder)
}
