//! Where things are.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, OrFail, Outcome};
use crate::files;

/// The folders that every command works in.
#[derive(Debug, Clone)]
pub struct Place {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's target directory, wherever the user put it.
    pub target: PathBuf,
    /// The test programs beside the journeys and what runs in a browser, by their names.
    pub tests: Vec<String>,
    /// What cargo calls the files that it makes of our crates, without their hashes.
    pub crates: Vec<String>,
}

/// The package of the journeys.
const JOURNEYS: &str = "frontdesk-e2e";
/// The tests with real providers, which are to be installed first.
pub const PEERS: &str = "peers";

impl Place {
    /// Asks cargo.
    pub fn find() -> Outcome<Self> {
        let output = cargo()
            .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
            .output()
            .or_fail(|| "cargo can't be started".to_owned())?;
        let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).or_fail(|| {
            format!(
                "cargo metadata says nothing that can be read ({})",
                String::from_utf8_lossy(&output.stderr)
            )
        })?;
        let folder = |key: &str| {
            let path = metadata.get(key).and_then(serde_json::Value::as_str).map(PathBuf::from);
            path.ok_or_else(|| Failure::new(format!("cargo metadata doesn't say `{key}`.")))
        };
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            tests: tests(&metadata),
            crates: targets(&metadata, |_| true)
                .iter()
                .filter_map(|target| target.get("name")?.as_str())
                .map(|name| name.replace('-', "_"))
                .collect(),
        })
    }

    /// What the panel is served from.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// Configuration for the servers that may serve `dist/`.
    pub fn dist_config(&self) -> PathBuf {
        self.root.join("dist-config")
    }

    /// Where tools are installed.
    pub fn tools(&self) -> PathBuf {
        self.target.join("tools")
    }

    /// A binary that cargo built in the dev profile.
    pub fn built(&self, name: &str) -> PathBuf {
        self.target.join("debug").join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// `path` as a reader of the repository names it.
    pub fn name(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).to_string_lossy().replace('\\', "/")
    }

    /// The version of `package` in Cargo.lock.
    pub fn locked_version(&self, package: &str) -> Outcome<String> {
        let path = self.root.join("Cargo.lock");
        let lock: toml::Table =
            files::read(&path)?.parse().or_fail(|| format!("{} can't be understood", path.display()))?;
        let packages = lock.get("package").and_then(toml::Value::as_array);
        packages
            .into_iter()
            .flatten()
            .find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
            .and_then(|entry| entry.get("version").and_then(toml::Value::as_str))
            .map(str::to_owned)
            .ok_or_else(|| Failure::new(format!("Cargo.lock has no {package}.")))
    }
}

/// The names of the test programs that run on this machine and need neither a browser, nor the built panel, nor real
/// providers.
fn tests(metadata: &serde_json::Value) -> Vec<String> {
    let is_test = |target: &&serde_json::Value| {
        list(target.get("kind")).is_some_and(|kinds| kinds.iter().any(|kind| kind == "test"))
    };
    let mut names: Vec<String> = targets(metadata, |package| package != JOURNEYS)
        .iter()
        .filter(is_test)
        .filter_map(|target| target.get("name")?.as_str().map(str::to_owned))
        .filter(|name| !name.starts_with("web_") && name != PEERS)
        .collect();
    names.sort();
    names
}

/// What cargo builds of the packages of the workspace whose names are wanted.
fn targets(metadata: &serde_json::Value, wanted: impl Fn(&str) -> bool) -> Vec<serde_json::Value> {
    let packages = list(metadata.get("packages")).unwrap_or_default();
    let is_wanted = |package: &&serde_json::Value| {
        package.get("name").and_then(serde_json::Value::as_str).is_some_and(&wanted)
    };
    packages
        .iter()
        .filter(is_wanted)
        .flat_map(|package| list(package.get("targets")).unwrap_or_default())
        .collect()
}

fn list(value: Option<&serde_json::Value>) -> Option<Vec<serde_json::Value>> {
    value.and_then(serde_json::Value::as_array).cloned()
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
