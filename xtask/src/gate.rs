//! `cargo xtask test`: all that must hold before a change is on main. The same on a laptop and in CI.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::browsers::{Browser, Driver};
use crate::bundle::{self, Mode};
use crate::failure::{Failure, Outcome};
use crate::files;
use crate::left_out::{self, LeftOut};
use crate::place::{Place, cargo};
use crate::step::{self, Diary, run, say};
use crate::tools::{self, Tools};
use crate::{peers, room, size, tidy};

const WASM: &str = "wasm32-unknown-unknown";
/// So many journeys that failed are told once more: where more fail, something is broken.
const AGAIN_MAX: usize = 3;

/// What is to be tested.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// In which browser.
    pub browser: Browser,
    /// One step by its name, or the tests whose names contain this.
    pub only: Option<String>,
    /// How many combinations of look, width and language.
    pub matrix: Matrix,
    /// Whether the journeys go through the panel for people, or one built quickly.
    pub mode: Mode,
}

/// How many combinations of look, width and language the pages are audited in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Matrix {
    /// Each pair once.
    #[default]
    Pairwise,
    /// All.
    Full,
}

/// One part of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Format,
    Clippy,
    ClippyWasm,
    Tidy,
    Doc,
    Unit,
    Deny,
    Build,
    Size,
    Web,
    Journeys,
    /// By its name alone: it installs other people's programs first.
    Peers,
}

impl Part {
    /// In the order in which they run: what is quick and often wrong comes first.
    const ALL: [Self; 11] = [
        Self::Format,
        Self::Tidy,
        Self::Clippy,
        Self::ClippyWasm,
        Self::Doc,
        Self::Deny,
        Self::Unit,
        Self::Build,
        Self::Size,
        Self::Web,
        Self::Journeys,
    ];

    /// What `--only` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Format => "fmt",
            Self::Clippy => "clippy",
            Self::ClippyWasm => "clippy-wasm",
            Self::Tidy => "tidy",
            Self::Doc => "doc",
            Self::Unit => "unit",
            Self::Deny => "deny",
            Self::Build => "build",
            Self::Size => "size",
            Self::Web => "web",
            Self::Journeys => "e2e",
            Self::Peers => peers::NAME,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Format => "fmt: the layout of the sources",
            Self::Clippy => "clippy: lints, for this machine",
            Self::ClippyWasm => "clippy-wasm: lints, for browsers",
            Self::Tidy => "tidy: the rules of docs/rules.md",
            Self::Doc => "doc: the documentation builds",
            Self::Unit => "unit: tests on this machine",
            Self::Deny => "deny: licenses and origins of crates",
            Self::Build => "build: the panel for release",
            Self::Size => "size: what a browser loads",
            Self::Web => "web: components in a browser",
            Self::Journeys => "e2e: journeys through panel and backend",
            Self::Peers => "peers: accounts kept by real providers",
        }
    }

    /// What has to be done before this part by itself.
    fn needs_build(self) -> bool {
        matches!(self, Self::Size | Self::Journeys)
    }
}

/// Runs the gate, or what was asked of it: all of it, so that one sees every fault at once. Prints how long each
/// step took.
pub fn test(place: &Place, diary: &mut Diary, wish: &Wish) -> Outcome {
    let outcome = parts(place, diary, wish);
    eprintln!("\n{}\n", diary.table());
    outcome
}

fn parts(place: &Place, diary: &mut Diary, wish: &Wish) -> Outcome {
    if wish.only.as_deref() == Some(peers::NAME) {
        return diary.step(Part::Peers.title(), || peers::test(place));
    }
    if wish.only.is_none() {
        diary.step("Making room in the build folder", || room::make(place, SystemTime::now()))?;
    }
    let tools = diary.step("Looking for the tools", || Tools::ready(place))?;
    let named = Part::ALL.into_iter().find(|part| Some(part.name()) == wish.only.as_deref());
    let filter = if named.is_some() { None } else { wish.only.as_deref() };
    let chosen: Vec<Part> = match (named, filter) {
        (Some(part), _) if part.needs_build() => vec![Part::Build, part],
        (Some(part), _) => vec![part],
        (None, Some(_)) => vec![Part::Unit, Part::Build, Part::Web, Part::Journeys],
        (None, None) => Part::ALL.to_vec(),
    };
    // What is built quickly is large, and says nothing of what people load.
    let chosen = chosen.into_iter().filter(|part| wish.mode.is_release() || *part != Part::Size);
    let mut failed: Vec<(Part, Failure)> = Vec::new();
    for part in chosen {
        let has_no_panel = failed.iter().any(|(failed, _)| *failed == Part::Build);
        if part.needs_build() && has_no_panel {
            say(&format!("{}: left out, because the panel wasn't built", part.name()));
            continue;
        }
        if let Err(failure) = run_part(place, diary, &tools, part, filter, wish) {
            eprintln!("\n{failure}\n");
            failed.push((part, failure));
        }
    }
    if failed.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = failed.iter().map(|(part, _)| part.name()).collect();
    Err(Failure::new(format!("Not passed: {}. What failed stands above.", names.join(", ")))
        .advise("run one step by itself with `cargo xtask test --only NAME`."))
}

fn run_part(
    place: &Place,
    diary: &mut Diary,
    tools: &Tools,
    part: Part,
    filter: Option<&str>,
    wish: &Wish,
) -> Outcome {
    match part {
        // It says its own steps.
        Part::Build => bundle::build(place, diary, &bundle::Wish::of(place, wish.mode)),
        _ => diary.step(part.title(), || match part {
            Part::Format => run(cargo().args(["fmt", "--all", "--check"])),
            Part::Clippy => run(cargo().args([
                "clippy",
                "--locked",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])),
            Part::ClippyWasm => run(cargo()
                .args(["clippy", "--locked", "--package", "frontdesk", "--target", WASM, "--all-targets"])
                .args(["--", "-D", "warnings"])),
            Part::Tidy => tidy::check(place),
            Part::Doc => run(cargo()
                .args(["doc", "--locked", "--workspace", "--no-deps", "--quiet"])
                .env("RUSTDOCFLAGS", "-D warnings")),
            Part::Unit => unit(place, filter),
            Part::Deny => deny(place),
            Part::Size => size::check(place),
            Part::Web => web(place, tools, filter, wish),
            Part::Journeys => journeys(place, filter, wish),
            Part::Peers => peers::test(place),
            Part::Build => Ok(()),
        }),
    }
}

/// Licenses and origins, where cargo-deny is installed: building it takes longer than all that it checks.
fn deny(place: &Place) -> Outcome {
    if tools::find(place, "cargo-deny").is_none() {
        say("cargo-deny is not on PATH, so licenses and origins are not checked this time");
        return Ok(());
    }
    run(cargo().args(["deny", "--offline", "check", "bans", "licenses", "sources"]))
}

/// Tests on this machine. Always the whole workspace: what is built of a part of it has other features of the same
/// crates, which would all be compiled again.
fn unit(place: &Place, filter: Option<&str>) -> Outcome {
    let mut command = cargo();
    command.args(["test", "--locked", "--workspace", "--lib", "--bins"]);
    for test in &place.tests {
        command.args(["--test", test]);
    }
    run(command.args(filter))
}

/// Components, each file of `tests/web_*.rs` in a page of its own.
fn web(place: &Place, tools: &Tools, filter: Option<&str>, wish: &Wish) -> Outcome {
    let files = files::below_with(&place.root.join("tests"), "rs")?;
    let has_tests = files.iter().any(|path| {
        path.parent() == Some(&place.root.join("tests"))
            && path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with("web_"))
    });
    if !has_tests {
        return Err(Failure::new("There are no component tests: tests/web_*.rs is empty."));
    }
    let driver = Driver::ready(place, wish.browser)?;
    let variable = match wish.browser {
        Browser::Chromium => "CHROMEDRIVER",
        Browser::Firefox => "GECKODRIVER",
        // wasm-bindgen-test knows no other WebKit than Safari.
        Browser::Webkit => return Ok(()),
    };
    let mut command = cargo();
    command.args(["test", "--locked", "--package", "frontdesk", "--target", WASM, "--test", "web_*"]);
    command.args(filter).env(variable, &driver.driver).env("PATH", tools.path());
    run(&mut command)
}

/// Journeys over the built panel and a real backend.
fn journeys(place: &Place, filter: Option<&str>, wish: &Wish) -> Outcome {
    let driver = Driver::ready(place, wish.browser)?;
    files::remove_folder(&place.target.join("e2e-failures"))?;
    let times = place.target.join("journeys.tsv");
    let _ = std::fs::remove_file(&times);
    run(cargo().args(["build", "--locked", "--workspace", "--bin", "frontdesk-backend"]))?;
    let mut command = cargo();
    command.args(["test", "--locked", "--workspace", "--test", "journeys"]).args(filter).arg("--");
    for LeftOut { name, reason } in left_out::read(place, wish.browser)? {
        if filter.is_none_or(|filter| name.contains(filter)) {
            say(&format!("Left out in {}: {name}, as {reason}", wish.browser.name()));
        }
        command.args(["--skip", &name]);
    }
    with_desk(&mut command, place, &driver)?;
    command.env("FRONTDESK_DIST", bundle::Wish::of(place, wish.mode).dist);
    if wish.matrix == Matrix::Full {
        command.env("FRONTDESK_MATRIX", "full");
    }
    // As many as there are seats: a journey waits often, and on two cores a third one works meanwhile.
    command.env("RUST_TEST_THREADS", "3");
    let (outcome, failed) = step::run_tests(&mut command)?;
    if filter.is_none() {
        tell_longest(&times);
    }
    match outcome {
        Err(_) if (1..=AGAIN_MAX).contains(&failed.len()) => again(&mut command, &failed),
        outcome => outcome,
    }
}

/// Tells the few journeys that failed once more, with nothing beside them. What passes then is no fault that people
/// would meet each time, but one all the same: it is named, so that somebody mends it.
fn again(command: &mut Command, failed: &[String]) -> Outcome {
    say(&format!("Once more, alone: {}", failed.join(", ")));
    run(command.args(["--exact", "--test-threads=1"]).args(failed))?;
    say(&format!("Passed only the second time, which is a fault to mend: {}", failed.join(", ")));
    Ok(())
}

/// Says which journeys took longest: each began when one of the few seats was free.
fn tell_longest(times: &Path) {
    const TOLD: usize = 12;
    let text = files::read(times).unwrap_or_default();
    let mut lines: Vec<(u64, &str)> = text
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(seconds, name)| Some((seconds.parse().ok()?, name)))
        .collect();
    lines.sort_unstable_by(|one, other| other.cmp(one));
    say(&format!("The {} longest of {} journeys", TOLD.min(lines.len()), lines.len()));
    for (seconds, name) in lines.iter().take(TOLD) {
        eprintln!("  {seconds:>4} s  {name}");
    }
}

/// Tells the programs of `tests/e2e` where everything is.
pub fn with_desk(command: &mut Command, place: &Place, driver: &Driver) -> Outcome {
    command
        .env("FRONTDESK_BACKEND", place.built("frontdesk-backend"))
        .env("FRONTDESK_DIST", place.dist())
        .env("FRONTDESK_AXE", tools::axe_core(place)?)
        .env("FRONTDESK_BROWSER", driver.browser.name())
        .env("FRONTDESK_BROWSER_BINARY", &driver.binary)
        .env("FRONTDESK_DRIVER", &driver.driver)
        .env("FRONTDESK_OUT", &place.target);
    Ok(())
}
