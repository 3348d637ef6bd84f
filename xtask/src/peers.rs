//! Real providers of accounts to test against, from the Python package index.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::Outcome;
use crate::place::{PEERS, Place, cargo};
use crate::step::{answer, run, say};

/// What `--only` calls it.
pub const NAME: &str = PEERS;
/// All of SCIM.
const SCIM2: [&str; 1] = ["scim2-server==0.8.3"];
/// Canaille declares lower bounds alone, and fails with newer ones of these two.
const CANAILLE: [&str; 3] =
    ["canaille[front,oidc,scim,server,sqlite,otp]==0.3.6", "scim2-models==0.6.12", "scim2-client==0.7.5"];

/// Installs them once, and runs the tests that ask them.
pub fn test(place: &Place) -> Outcome {
    let scim2 = installed(place, "peers-scim2", "scim2-server", &SCIM2)?;
    let canaille = installed(place, "peers-canaille", "canaille", &CANAILLE)?;
    let mut command = cargo();
    command.args(["test", "--locked", "--workspace", "--test", NAME]);
    run(command.env("FRONTDESK_SCIM2_SERVER", scim2).env("FRONTDESK_CANAILLE", canaille))
}

/// A program in an environment of its own.
fn installed(place: &Place, folder: &str, program: &str, packages: &[&str]) -> Outcome<PathBuf> {
    let home = place.tools().join(folder);
    let path = home.join("bin").join(program);
    if answer(Command::new(&path).arg("--help")).is_some() {
        return Ok(path);
    }
    say(&format!("Installing {program} from the Python package index into {}", home.display()));
    let advice = "install Python 3.10 or newer with venv, and be online once.";
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))
        .map_err(|failure| failure.advise(advice))?;
    let mut pip = Command::new(home.join("bin").join("python"));
    run(pip.args(["-m", "pip", "install", "--quiet"]).args(packages))
        .map_err(|failure| failure.advise(advice))?;
    Ok(path)
}
