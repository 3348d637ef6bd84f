//! `cargo xtask judge`: programs of other people that hold a scratch backend against its standards.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::browsers::{Browser, Driver};
use crate::failure::{Failure, OrFail, Outcome};
use crate::files;
use crate::place::Place;
use crate::programs;
use crate::serve::Backend;
use crate::step::{Diary, answer, run, spelled};

/// The judges of SCIM and of the API, from the Python package index.
const PYTHON: [&str; 3] = ["schemathesis==4.32.5", "scim2-cli==0.6.0", "scim2-tester==0.5.2"];
/// The judges of uploads, from npm.
const NODE: [&str; 4] =
    ["tus-js-client@4.3.1", "@tus/server@2.4.5", "@tus/file-store@2.1.1", "puppeteer-core@24.43.1"];
/// So large a file, in megabytes, and so many cuts.
const FILM: [&str; 2] = ["200", "20"];

/// So many reports, and the seed of what happens to them.
const REPORTS: [&str; 2] = ["200", "1"];

/// Who judges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    /// scim2-tester, over `/scim/v2`.
    Scim,
    /// The client of the makers of tus, over `/api/uploads`.
    Tus,
    /// Our own client in Chromium, against ours and against their server.
    Uploads,
    /// Reports from Chromium over a line that fails at random.
    Outbox,
    /// schemathesis, over the OpenAPI document.
    Api,
}

impl Judge {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Scim, Self::Tus, Self::Uploads, Self::Outbox, Self::Api];

    /// Reads the word of the command line.
    pub fn parse(word: &str) -> Outcome<Self> {
        match word {
            "scim" => Ok(Self::Scim),
            "tus" => Ok(Self::Tus),
            "uploads" => Ok(Self::Uploads),
            "outbox" => Ok(Self::Outbox),
            "api" => Ok(Self::Api),
            other => Err(Failure::new(format!("There is no judge `{other}`."))
                .advise("scim, tus, uploads, outbox or api; without a name all of them.")),
        }
    }

    const fn what(self) -> &'static str {
        match self {
            Self::Scim => "scim2-tester writes, reads and deletes people and groups",
            Self::Tus => "tus-js-client sends a film over a line that is cut",
            Self::Uploads => {
                "Our client sends a film over a line that is cut, to our server and to @tus/server"
            }
            Self::Outbox => {
                "200 reports over a line that is cut, lost, reloaded, closed and killed at random"
            }
            Self::Api => "schemathesis asks everything that the document allows, and what it doesn't",
        }
    }
}

/// Lets these judge, all to the end.
pub fn judge(place: &Place, diary: &mut Diary, judges: &[Judge]) -> Outcome {
    diary.step("Building the backend", || programs::build_backend(&[]))?;
    let mut failed = Vec::new();
    for judge in judges {
        let ready = match judge {
            Judge::Scim | Judge::Api => python(place, diary).map(drop),
            Judge::Tus | Judge::Uploads | Judge::Outbox => node(place, diary).map(drop),
        };
        let judged = ready.and_then(|()| diary.step(judge.what(), || listen(place, *judge)));
        if let Err(failure) = judged {
            eprintln!("  {failure}");
            failed.push(judge.what());
        }
    }
    println!("\n{}", diary.table());
    if failed.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!("Not kept: {}.", failed.join("; "))))
}

fn listen(place: &Place, judge: Judge) -> Outcome {
    let data = place.target.join("judged-data");
    files::remove_folder(&data)?;
    let backend = place.built("frontdesk-backend");
    let mut seed = Command::new(&backend);
    run(seed.args(["seed", "--people", "12", "--requests", "40", "--data"]).arg(&data))?;
    match judge {
        Judge::Scim => {
            let mut token = Command::new(&backend);
            token.args(["token", "--scope", "scim", "--name", "judge", "--data"]).arg(&data);
            let secret =
                answer(&mut token).ok_or_else(|| Failure::new(format!("`{}` failed.", spelled(&token))))?;
            let desk = Backend::start(place, &data, None, 0)?;
            let mut scim = Command::new(python_folder(place).join("scim"));
            scim.args(["--url", &format!("{}/scim/v2", desk.address), "test"]);
            count(scim.env("SCIM_CLI_HEADERS", format!("Authorization: Bearer {secret}")))
        }
        Judge::Tus => {
            let desk = Backend::start(place, &data, None, 0)?;
            let mut script = node_script(place, "tus-js-client.mjs");
            run(script.arg(&desk.address).args(FILM))
        }
        Judge::Uploads => run(in_chromium(place, "own-client.mjs", &data)?.args(FILM)),
        Judge::Outbox => run(in_chromium(place, "outbox.mjs", &data)?.args(REPORTS)),
        Judge::Api => {
            let desk = Backend::start(place, &data, None, 0)?;
            programs::hold_against_document(place, &python_folder(place), &desk.address)
        }
    }
}

/// Counts what scim2-tester says, and shows what it doesn't like.
fn count(scim: &mut Command) -> Outcome {
    let output = scim.output().or_fail(|| format!("`{}` can't be started", spelled(scim)))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut is_shown = false;
    for line in said.lines() {
        if !line.starts_with(' ') {
            is_shown = line.starts_with("ERROR") || line.starts_with("SKIPPED");
        }
        if is_shown {
            println!("  {line}");
        }
    }
    let of = |word: &str| said.lines().filter(|line| line.starts_with(word)).count();
    println!("  {} SUCCESS, {} SKIPPED, {} ERROR", of("SUCCESS"), of("SKIPPED"), of("ERROR"));
    if output.status.success() && of("SUCCESS") > 0 {
        return Ok(());
    }
    Err(Failure::new(format!(
        "scim2-tester is not content ({}). {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    )))
}

/// Where the programs from Python are, installed when they aren't.
pub fn python(place: &Place, diary: &mut Diary) -> Outcome<PathBuf> {
    let (home, folder) = (python_home(place), python_folder(place));
    let list = home.join("judges.txt");
    let wanted = PYTHON.join("\n");
    if files::read(&list).is_ok_and(|known| known == wanted) {
        return Ok(folder);
    }
    diary.step("Installing judges from the Python package index (about 30 seconds, once)", || {
        let advice = "install Python 3.10 or newer with venv, and be online once.";
        run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&home))
            .map_err(|failure| failure.advise(advice))?;
        run(Command::new(folder.join("python")).args(["-m", "pip", "install", "--quiet"]).args(PYTHON))
            .map_err(|failure| failure.advise(advice))?;
        files::write(&list, wanted)
    })?;
    Ok(folder)
}

fn python_home(place: &Place) -> PathBuf {
    place.tools().join("judges-python")
}

fn python_folder(place: &Place) -> PathBuf {
    python_home(place).join("bin")
}

fn node_home(place: &Place) -> PathBuf {
    place.tools().join("judges-node")
}

fn node(place: &Place, diary: &mut Diary) -> Outcome<PathBuf> {
    let home = node_home(place);
    let list = home.join("judges.txt");
    let wanted = NODE.join("\n");
    if files::read(&list).is_ok_and(|known| known == wanted) {
        return Ok(home);
    }
    diary.step("Installing judges from npm (about 30 seconds, once)", || {
        files::remove_folder(&home)?;
        files::write(&home.join("package.json"), "{\"private\":true}\n")?;
        let mut command = Command::new("npm");
        command.args(["install", "--no-fund", "--no-audit", "--ignore-scripts", "--loglevel=error"]);
        run(command.arg("--save-exact").args(NODE).current_dir(&home))
            .map_err(|failure| failure.advise("install Node 20 or newer with npm, and be online once."))?;
        files::write(&list, wanted)
    })?;
    Ok(home)
}

/// A script that lets the built panel work in Chromium.
fn in_chromium(place: &Place, name: &str, data: &Path) -> Outcome<Command> {
    let driver = Driver::ready(place, Browser::Chromium)?;
    if !place.dist().join("index.html").exists() {
        return Err(Failure::new("There is no panel in dist/.").advise("run `cargo xtask build` first."));
    }
    let mut script = node_script(place, name);
    script.arg(place.built("frontdesk-backend")).arg(data).arg(place.dist()).arg(&driver.binary);
    Ok(script)
}

/// A script of `tests/peers`, run where the packages are.
fn node_script(place: &Place, name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(place.root.join("tests").join("peers").join(name)).current_dir(node_home(place));
    command
}
