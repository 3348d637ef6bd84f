//! The programs that building needs: found on PATH, else installed into `<target>/tools`.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::bundle::library::Library;
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::place::{Place, cargo};
use crate::step::{answer, run, say};

/// The newest Trunk whose own needs are as modest as ours.
const TRUNK: &str = "0.21.14";
/// Programs from npm: `binaryen` has wasm-opt, `esbuild` shortens scripts and sheets, `axe-core` audits pages.
const NODE_PACKAGES: [(&str, &str); 3] =
    [("binaryen", "132.0.0"), ("esbuild", "0.28.2"), ("axe-core", "4.14.1")];
/// The oldest wasm-opt that knows each feature named in index.html.
const WASM_OPT_OLDEST: u32 = 120;

/// What building may use.
#[derive(Debug, Clone)]
pub struct Tools {
    /// Folders to look in before the rest of PATH.
    folders: Vec<PathBuf>,
    /// Who optimizes the wasm.
    pub wasm_opt: WasmOpt,
    /// The program that shortens scripts and sheets, where Node is there.
    pub esbuild: Option<PathBuf>,
    /// The standard library, where it can be compiled with the panel.
    pub library: Option<Library>,
}

/// Where `wasm-opt` comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WasmOpt {
    /// It is there.
    Installed,
    /// Trunk downloads it, so it may use the network.
    DownloadedByTrunk,
}

impl Tools {
    /// Finds or installs all of them.
    pub fn ready(place: &Place) -> Outcome<Self> {
        wasm_target()?;
        fetch_crates()?;
        trunk(place)?;
        wasm_bindgen(place)?;
        let has_node = node_packages(place)?;
        let node = node_folder(place);
        let mut folders = vec![place.tools().join("bin")];
        let mut wasm_opt = WasmOpt::Installed;
        if !is_recent_wasm_opt("wasm-opt") {
            match has_node {
                Node::Ready => folders.push(node.join(".bin")),
                Node::Missing => wasm_opt = WasmOpt::DownloadedByTrunk,
            }
        }
        let esbuild = node.join(".bin").join("esbuild");
        let library = Library::ready()?;
        Ok(Self { folders, wasm_opt, esbuild: esbuild.exists().then_some(esbuild), library })
    }

    /// PATH with our tools first.
    pub fn path(&self) -> OsString {
        let rest = env::var_os("PATH").unwrap_or_default();
        let all = self.folders.iter().cloned().chain(env::split_paths(&rest));
        env::join_paths(all).unwrap_or(rest)
    }
}

/// The script of axe-core, when npm could bring it.
pub fn axe_core(place: &Place) -> Outcome<PathBuf> {
    node_packages(place)?;
    let script = node_folder(place).join("axe-core").join("axe.min.js");
    if script.exists() {
        return Ok(script);
    }
    Err(Failure::new("The accessibility audit needs axe-core, which comes from npm.")
        .advise("install Node 20 or newer with npm, then try again."))
}

/// Adds the target that browsers run to the active toolchain.
fn wasm_target() -> Outcome {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = answer(Command::new("rustc").args(["--print", "sysroot"])).map(PathBuf::from);
    if sysroot.is_some_and(|root| root.join("lib/rustlib").join(TARGET).join("lib").is_dir()) {
        return Ok(());
    }
    say("Adding the target wasm32-unknown-unknown to the Rust toolchain");
    run(Command::new("rustup").args(["target", "add", TARGET])).map_err(|failure| {
        failure.advise(format!(
            "install rustup (https://rustup.rs) and be online, or add the target {TARGET} in the way your \
             Rust was installed, for example by the package libstd-rust-dev-wasm32."
        ))
    })
}

/// Trunk builds without the network, so every crate has to be here before.
fn fetch_crates() -> Outcome {
    run(cargo().args(["fetch", "--locked", "--quiet"])).map_err(|failure| {
        failure.advise("be online once, so that cargo can fetch the crates named in Cargo.lock.")
    })
}

fn trunk(place: &Place) -> Outcome {
    if has_version(place, "trunk", TRUNK) {
        return Ok(());
    }
    say(&format!("Installing Trunk {TRUNK} into {} (about 3 minutes, once)", place.tools().display()));
    install(place, &["--debug", &format!("trunk@{TRUNK}")])
}

fn wasm_bindgen(place: &Place) -> Outcome {
    let version = place.locked_version("wasm-bindgen")?;
    if has_version(place, "wasm-bindgen", &version) && find(place, "wasm-bindgen-test-runner").is_some() {
        return Ok(());
    }
    say(&format!(
        "Installing wasm-bindgen {version} into {} (about 2 minutes, once)",
        place.tools().display()
    ));
    install(place, &[&format!("wasm-bindgen-cli@{version}")])
}

/// Installs the driver of Firefox, which Debian doesn't have.
pub fn install_geckodriver(place: &Place) -> Outcome {
    say(&format!("Installing geckodriver into {} (about 3 minutes, once)", place.tools().display()));
    install(place, &["--debug", "geckodriver"])
}

fn install(place: &Place, what: &[&str]) -> Outcome {
    let tools = place.tools();
    let scratch = tools.join("build");
    let attempt = |lock: &[&str]| {
        let mut command = cargo();
        command.arg("install").args(lock).args(["--force", "--root"]).arg(&tools).args(what);
        // The lints and flags of the project are nothing to the tools.
        command.env("CARGO_TARGET_DIR", &scratch).env_remove("RUSTFLAGS").current_dir(env::temp_dir());
        run(&mut command)
    };
    let outcome = attempt(&["--locked"]).or_else(|_| {
        // A tool's own lock may name a crate that was withdrawn since, or that this mirror hasn't.
        say("The crates that the tool was released with can't all be had; trying with the newest that fit");
        attempt(&[])
    });
    files::remove_folder(&scratch)?;
    outcome.map_err(|failure| {
        failure.advise("be online once, and have a C compiler (on Debian: apt-get install build-essential).")
    })
}

/// Whether Node's packages can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Ready,
    Missing,
}

fn node_folder(place: &Place) -> PathBuf {
    place.tools().join("node").join("node_modules")
}

fn node_packages(place: &Place) -> Outcome<Node> {
    let folder = node_folder(place);
    if NODE_PACKAGES
        .iter()
        .all(|(name, version)| package_version(&folder.join(name)).as_deref() == Some(*version))
    {
        return Ok(Node::Ready);
    }
    if answer(Command::new("npm").arg("--version")).is_none() {
        say("Node and npm are not here: Trunk brings its own wasm-opt, scripts stay as long as they are");
        return Ok(Node::Missing);
    }
    let names = NODE_PACKAGES.map(|(name, version)| format!("{name}@{version}"));
    say(&format!("Installing {} from npm into {}", names.join(", "), place.tools().join("node").display()));
    let home = place.tools().join("node");
    files::write(&home.join("package.json"), "{\"private\":true}\n")?;
    let mut command = Command::new("npm");
    command.args([
        "install",
        "--no-fund",
        "--no-audit",
        "--ignore-scripts",
        "--loglevel=error",
        "--save-exact",
    ]);
    run(command.args(names).current_dir(&home))
        .map_err(|failure| failure.advise("be online once, so that npm can fetch these packages."))?;
    Ok(Node::Ready)
}

fn package_version(folder: &Path) -> Option<String> {
    let manifest = files::read(&folder.join("package.json")).ok()?;
    let manifest: serde_json::Value = serde_json::from_str(&manifest).ok()?;
    manifest.get("version")?.as_str().map(str::to_owned)
}

/// `program` on PATH, else among our tools.
pub fn find(place: &Place, program: &str) -> Option<PathBuf> {
    let rest = env::var_os("PATH").unwrap_or_default();
    let own = place.tools().join("bin");
    std::iter::once(own)
        .chain(env::split_paths(&rest))
        .map(|folder| folder.join(format!("{program}{}", env::consts::EXE_SUFFIX)))
        .find(|path| path.is_file())
}

fn has_version(place: &Place, program: &str, version: &str) -> bool {
    let Some(path) = find(place, program) else { return false };
    answer(Command::new(path).arg("--version"))
        .is_some_and(|words| words.split_whitespace().any(|word| word == version))
}

fn is_recent_wasm_opt(program: &str) -> bool {
    let version = answer(Command::new(program).arg("--version"));
    version.as_deref().and_then(wasm_opt_version).is_some_and(|version| version >= WASM_OPT_OLDEST)
}

fn wasm_opt_version(words: &str) -> Option<u32> {
    words.split_whitespace().find_map(|word| word.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_of_wasm_opt_is_its_first_number() {
        assert_eq!(wasm_opt_version("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(wasm_opt_version("wasm-opt version 108"), Some(108));
        assert_eq!(wasm_opt_version("no such thing"), None);
    }
}
