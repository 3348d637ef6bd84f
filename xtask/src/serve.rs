//! `cargo xtask serve`: the panel with a backend and a believable organization, ready to look at.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::bundle::{self, Mode, Wish};
use crate::failure::{Failure, OrFail, Outcome};
use crate::files;
use crate::place::{Place, cargo};
use crate::step::{Diary, run, say};

/// Who can sign in, and what for.
const PEOPLE: [(&str, &str); 4] = [
    ("admin@acme.example", "an admin with every right: asks support, follows requests"),
    ("second.admin@acme.example", "another admin: sees the same requests"),
    ("agent@acme.example", "an agent of support: answers"),
    ("employee@acme.example", "an employee without rights"),
];
/// How often sources are looked at in development.
const GLANCE: Duration = Duration::from_millis(700);

/// What was asked for.
#[derive(Debug, Clone)]
pub struct Serve {
    /// Optimized, or built anew on each change.
    pub mode: Mode,
    /// Where to listen on this machine.
    pub port: u16,
    /// Whether to open a browser.
    pub browser: Opening,
}

/// Whether to open a browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// By the program that opens addresses here.
    Open,
    /// Not by us.
    Leave,
}

impl Default for Serve {
    fn default() -> Self {
        Self { mode: Mode::Release, port: 8080, browser: Opening::Leave }
    }
}

/// Builds, seeds, starts and stays until it is stopped.
pub fn serve(place: &Place, diary: &mut Diary, wish: &Serve) -> Outcome {
    let panel = Wish::of(place, wish.mode);
    bundle::build(place, diary, &panel)?;
    diary.step("Building the backend", || build_backend(place))?;
    let data = place.target.join("demo-data");
    if !data.exists() {
        diary.step("Inventing an organization with 400 people and 1,042 requests", || seed(place, &data))?;
    }
    eprintln!("\n{}", diary.table());
    let mut backend = Backend::start(place, &data, Some(&panel.dist), wish.port)?;
    tell(&backend.address);
    if wish.browser == Opening::Open {
        open(&backend.address);
    }
    match wish.mode {
        Mode::Release => backend.wait(),
        Mode::Development => watch(place, &panel, &data, wish.port, backend),
    }
}

/// In the dev profile, whose crates are optimized: as quick to use, and minutes quicker to build.
fn build_backend(place: &Place) -> Outcome {
    run(cargo()
        .args(["build", "--locked", "--workspace", "--bin", "frontdesk-backend"])
        .current_dir(&place.root))
    .map_err(|failure| {
        failure.advise("SQLite needs a C compiler (on Debian: apt-get install build-essential).")
    })
}

fn seed(place: &Place, data: &Path) -> Outcome {
    // A half-made organization is worse than none: it gets its name when it is whole.
    let half = data.with_extension("half");
    files::remove_folder(&half)?;
    let mut command = Command::new(place.built("frontdesk-backend"));
    command.args(["seed", "--people", "400", "--requests", "1042", "--data"]).arg(&half);
    run(&mut command)?;
    std::fs::rename(&half, data).or_fail(|| format!("{} can't be made", data.display()))
}

/// A backend that ends with the value.
#[derive(Debug)]
pub struct Backend {
    child: Child,
    /// Where it answers.
    pub address: String,
}

impl Backend {
    /// Starts one on `data`, with the panel in `dist`; port 0 takes a free one.
    pub fn start(place: &Place, data: &Path, dist: Option<&Path>, port: u16) -> Outcome<Self> {
        let mut command = Command::new(place.built("frontdesk-backend"));
        command.args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"]).arg(data);
        match dist {
            Some(dist) => command.arg("--panel").arg(dist),
            // Without a panel it is asked by programs, thousands of times.
            None => command.env("RUST_LOG", "warn"),
        };
        command.stdout(Stdio::piped());
        let mut child = command.spawn().or_fail(|| "The backend can't be started".to_owned())?;
        let out = child.stdout.take().ok_or_else(|| Failure::new("The backend says nothing."))?;
        let mut lines = BufReader::new(out).lines();
        while let Some(Ok(line)) = lines.next() {
            if let Some(address) = line.trim().strip_prefix("Listening on ") {
                let address = address.to_owned();
                thread::spawn(move || lines.map_while(Result::ok).for_each(|line| println!("{line}")));
                return Ok(Self { child, address });
            }
        }
        let _ = child.wait();
        Err(Failure::new("The backend ended before it listened; its last words stand above.").advise(
            format!(
                "is something else on port {port}? Try `cargo xtask serve --port {}`.",
                port.wrapping_add(1)
            ),
        ))
    }

    fn wait(&mut self) -> Outcome {
        let status = self.child.wait().or_fail(|| "The backend can't be waited for".to_owned())?;
        if status.success() { Ok(()) } else { Err(Failure::new(format!("The backend ended ({status})."))) }
    }

    fn stop(&mut self) {
        // Its data survives being killed: that is tested.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.stop();
    }
}

fn tell(address: &str) {
    println!("\nFrontdesk is at {address}\n\nSign in with the password `frontdesk` as");
    for (email, purpose) in PEOPLE {
        println!("  {email:<26} {purpose}");
    }
    println!("\nStop with Ctrl-C. The demo organization stays until you delete its folder.");
}

fn open(address: &str) {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    if Command::new(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_err() {
        say(&format!("Open {address} in a browser: `{program}` is not here"));
    }
}

/// What changed since one last looked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Changed {
    Panel,
    Backend,
}

/// Builds anew what changed, until the program is stopped. A build that fails is said, and the last good one stays.
fn watch(place: &Place, panel: &Wish, data: &Path, port: u16, mut backend: Backend) -> Outcome {
    let (sender, changes) = mpsc::channel();
    let roots = [
        (Changed::Panel, ["src", "style", "public", "contract/src", "index.html", "report.html"].as_slice()),
        (Changed::Backend, ["backend/src", "contract/src"].as_slice()),
    ];
    for (changed, names) in roots {
        let paths: Vec<PathBuf> = names.iter().map(|name| place.root.join(name)).collect();
        let sender = sender.clone();
        thread::spawn(move || {
            let mut seen = newest(&paths);
            loop {
                thread::sleep(GLANCE);
                let now = newest(&paths);
                if now != seen {
                    seen = now;
                    if sender.send(changed).is_err() {
                        return;
                    }
                }
            }
        });
    }
    for changed in changes {
        let mut diary = Diary::default();
        let outcome = match changed {
            Changed::Panel => bundle::build(place, &mut diary, panel),
            Changed::Backend => build_backend(place).and_then(|()| {
                backend.stop();
                backend = Backend::start(place, data, Some(&panel.dist), port)?;
                Ok(())
            }),
        };
        match outcome {
            Ok(()) => say("Reload the page to see the change"),
            Err(failure) => eprintln!("\n{failure}"),
        }
    }
    Ok(())
}

/// The time of the last change and the number of files, so that a deletion counts too.
fn newest(paths: &[PathBuf]) -> (Option<SystemTime>, usize) {
    let all: Vec<PathBuf> = paths
        .iter()
        .flat_map(
            |path| if path.is_file() { vec![path.clone()] } else { files::below(path).unwrap_or_default() },
        )
        .filter(|path| !path.iter().any(|part| part == ".built"))
        .collect();
    (all.iter().filter_map(|path| path.metadata().ok()?.modified().ok()).max(), all.len())
}
