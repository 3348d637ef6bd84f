//! A real backend on a free port, with data of its own.

use std::path::{Path, PathBuf};
use std::process::{Command as StdCommand, Stdio};
use std::sync::OnceLock;
use std::{fs, io};

use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use crate::desk::Who;
use crate::place;

/// The password of all seeded people.
pub const PASSWORD: &str = "frontdesk";

/// A backend that ends with the value.
#[derive(Debug)]
pub struct Backend {
    child: Child,
    data: PathBuf,
    dist: PathBuf,
    /// Where it answers, such as `http://127.0.0.1:41234`.
    pub origin: String,
}

impl Backend {
    /// Starts one on `data`, serving the panel in `dist`.
    pub async fn start(data: &Path, dist: &Path) -> Self {
        let (child, origin) = serve(data, dist, "127.0.0.1:0", &[]).await;
        Self { child, data: data.to_owned(), dist: dist.to_owned(), origin }
    }

    /// What the system calls it.
    pub fn pid(&self) -> u32 {
        self.child.id().expect("a running backend")
    }

    /// Kills it, as a power cut would.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the backend can be killed");
    }

    /// Starts it again at the same address on the same data.
    pub async fn restart(&mut self) {
        self.restart_with(&[]).await;
    }

    /// The same with flags of one's own.
    pub async fn restart_with(&mut self, flags: &[&str]) {
        let address = self.origin.trim_start_matches("http://").to_owned();
        let (child, origin) = serve(&self.data, &self.dist, &address, flags).await;
        assert_eq!(origin, self.origin, "the same address again");
        self.child = child;
    }
}

async fn serve(data: &Path, dist: &Path, listen: &str, flags: &[&str]) -> (Child, String) {
    let mut child = Command::new(place::backend())
        .args(["serve", "--listen", listen, "--data"])
        .arg(data)
        .arg("--panel")
        .arg(dist)
        .args(flags)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(data.with_extension("log")).expect("a log beside the data"))
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{} can't be started: {error}", place::backend().display()));
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    while let Some(line) = lines.next_line().await.expect("the backend's words") {
        if let Some(origin) = line.trim().strip_prefix("Listening on ") {
            return (child, origin.trim_end_matches('/').to_owned());
        }
    }
    let log = fs::read_to_string(data.with_extension("log")).unwrap_or_default();
    panic!("the backend ended before it listened:\n{log}");
}

/// A copy of the seeded organization, which is made once for all tests.
pub fn seeded(folder: &Path) -> PathBuf {
    static SEED: OnceLock<TempDir> = OnceLock::new();
    let seed = SEED.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        seed(&folder.path().join("data"), 40, 120);
        folder
    });
    let data = folder.join("data");
    copy(&seed.path().join("data"), &data).expect("a copy of the seeded data");
    data
}

/// Makes an organization with so many people and requests.
pub fn seed(data: &Path, people: u32, requests: u32) {
    let output = StdCommand::new(place::backend())
        .args(["seed", "--people", &people.to_string(), "--requests", &requests.to_string(), "--data"])
        .arg(data)
        .output()
        .unwrap_or_else(|error| panic!("{} can't be started: {error}", place::backend().display()));
    assert!(output.status.success(), "seed: {}", String::from_utf8_lossy(&output.stderr));
}

/// A session for whoever asks without a browser: what its cookie says.
pub async fn session(client: &reqwest::Client, origin: &str, who: Who) -> String {
    let answer = client
        .post(format!("{origin}/api/session"))
        .header("X-Frontdesk", "1")
        .header("Origin", origin)
        .json(&json!({ "email": who.email(), "password": PASSWORD }))
        .send()
        .await
        .expect("an answer");
    assert!(answer.status().is_success(), "sign-in: {}", answer.status());
    let cookie = answer.headers().get("set-cookie").and_then(|it| it.to_str().ok()).expect("a cookie");
    cookie.split(';').next().unwrap_or_default().to_owned()
}

/// Copies a folder with all that is in it.
pub fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
