//! Where the programs under test are. `cargo xtask test` says it; without it the usual places are looked at.

use std::env;
use std::path::{Path, PathBuf};

/// The browser under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Chromium or Chrome, by chromedriver.
    Chromium,
    /// Firefox, by geckodriver.
    Firefox,
    /// WebKitGTK, by WebKitWebDriver.
    Webkit,
}

/// Which browser is asked for.
pub fn kind() -> Kind {
    match env::var("FRONTDESK_BROWSER").as_deref() {
        Ok("firefox") => Kind::Firefox,
        Ok("webkit") => Kind::Webkit,
        _ => Kind::Chromium,
    }
}

/// The backend's binary.
pub fn backend() -> PathBuf {
    env::var_os("FRONTDESK_BACKEND").map_or_else(
        || {
            // Tests are in <target>/debug/deps, the backend in <target>/debug.
            let own = env::current_exe().unwrap_or_default();
            let folder = own.ancestors().nth(2).map(Path::to_owned).unwrap_or_default();
            folder.join(format!("frontdesk-backend{}", env::consts::EXE_SUFFIX))
        },
        PathBuf::from,
    )
}

/// The built panel.
pub fn dist() -> PathBuf {
    env::var_os("FRONTDESK_DIST").map_or_else(|| root().join("dist"), PathBuf::from)
}

/// The WebDriver program.
pub fn driver() -> PathBuf {
    env::var_os("FRONTDESK_DRIVER").map_or_else(
        || match kind() {
            Kind::Chromium => "chromedriver".into(),
            Kind::Firefox => "geckodriver".into(),
            Kind::Webkit => "WebKitWebDriver".into(),
        },
        PathBuf::from,
    )
}

/// The browser itself, where it was said.
pub fn binary() -> Option<String> {
    env::var("FRONTDESK_BROWSER_BINARY").ok()
}

/// The script of axe-core, where it was said.
pub fn axe() -> Option<PathBuf> {
    env::var_os("FRONTDESK_AXE").map(PathBuf::from)
}

/// Whether every combination of look, width and language is wanted.
pub fn is_full_matrix() -> bool {
    env::var("FRONTDESK_MATRIX").as_deref() == Ok("full")
}

/// Where pictures and the remains of failed tests go.
pub fn out() -> PathBuf {
    env::var_os("FRONTDESK_OUT").map_or_else(|| root().join("target"), PathBuf::from)
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).map(Path::to_owned).unwrap_or_default()
}
