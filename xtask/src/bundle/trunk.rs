//! One page and its binary, by Trunk, into a folder of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::library::Library;
use super::split;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::place::Place;
use crate::step::run;
use crate::tools::{Tools, WasmOpt};

/// How to build.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Small and fast, for people.
    #[default]
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
    let library = tools.library.as_ref().filter(|_| mode.is_release());
    command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags(library));
    if let Some(library) = library {
        library.compile(&mut command);
    }
    if let Some(pieces) = pieces(place, tools, page, mode) {
        let real = crate::tools::find(place, split::STANDS_FOR)
            .ok_or_else(|| Failure::new("wasm-bindgen is neither on PATH nor among the tools."))?;
        split::prepare(
            &mut command,
            &place.target.join("trunk").join("stand-in"),
            &real,
            &pieces,
            &tools.path(),
        )?;
        // A feature and not a flag: flags differ for all crates, which would then be compiled for each page.
        command.args(["--features", split::feature(page)]);
    }
    if mode.is_release() {
        command.arg("--release");
    }
    if tools.wasm_opt == WasmOpt::Installed {
        command.arg("--offline");
    }
    run(&mut command)?;
    Ok(folder)
}

/// Where what is split off the page's program goes; `None` where it stays whole: in development, and without a
/// wasm-opt of our own.
pub fn pieces(place: &Place, tools: &Tools, page: &str, mode: Mode) -> Option<PathBuf> {
    let is_split = mode.is_release() && tools.wasm_opt == WasmOpt::Installed;
    is_split.then(|| place.target.join("trunk").join(split::feature(page)))
}

/// Erased components make the panel's wasm smaller and faster to compile (ADR 0006). The folder of this
/// machine's crates has no place in what is sent to people.
fn flags(library: Option<&Library>) -> String {
    let erased = match library {
        Some(library) => format!("--cfg erase_components {}", library.flags()),
        None => "--cfg erase_components".to_owned(),
    };
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    match home.map(|home| home.join("registry").join("src")) {
        Some(crates) if !crates.to_string_lossy().contains(char::is_whitespace) => {
            format!("{erased} --remap-path-prefix={}=/crates", crates.display())
        }
        Some(_) | None => erased,
    }
}
