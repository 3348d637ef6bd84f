//! The browser under test and its driver: from PATH, else installed on Debian.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Outcome};
use crate::files;
use crate::place::Place;
use crate::step::{answer, run, say};
use crate::tools;

/// The browsers that we support.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Browser {
    /// Chromium, and Chrome.
    #[default]
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKitGTK, the nearest to Safari that runs here.
    Webkit,
}

/// How to start one.
#[derive(Debug, Clone)]
pub struct Driver {
    /// Which browser it is for.
    pub browser: Browser,
    /// The WebDriver program.
    pub driver: PathBuf,
    /// The browser itself.
    pub binary: PathBuf,
}

impl Browser {
    /// Reads the word of the command line.
    pub fn parse(word: &str) -> Outcome<Self> {
        match word {
            "chromium" => Ok(Self::Chromium),
            "firefox" => Ok(Self::Firefox),
            "webkit" => Ok(Self::Webkit),
            other => Err(Failure::new(format!("`{other}` is no browser: chromium, firefox or webkit."))),
        }
    }

    /// The word of the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
            Self::Webkit => "webkit",
        }
    }

    fn drivers(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromedriver"],
            Self::Firefox => &["geckodriver"],
            Self::Webkit => &["WebKitWebDriver"],
        }
    }

    fn binaries(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"],
            Self::Firefox => &["firefox", "firefox-esr"],
            Self::Webkit => &["MiniBrowser"],
        }
    }

    fn debian_packages(self) -> &'static [&'static str] {
        match self {
            Self::Chromium => &["chromium", "chromium-driver"],
            Self::Firefox => &["firefox-esr"],
            Self::Webkit => &["webkit2gtk-driver", "xvfb"],
        }
    }
}

impl Driver {
    /// Finds the browser and its driver, or installs them where that can be done.
    pub fn ready(place: &Place, browser: Browser) -> Outcome<Self> {
        if let Some(found) = Self::find(place, browser) {
            return Ok(found);
        }
        install(place, browser)?;
        Self::find(place, browser).ok_or_else(|| missing(browser))
    }

    fn find(place: &Place, browser: Browser) -> Option<Self> {
        let first = |names: &[&str]| names.iter().find_map(|name| tools::find(place, name));
        let binary = first(browser.binaries()).or_else(|| match browser {
            // Debian keeps it among the libraries.
            Browser::Webkit => files::below(&PathBuf::from("/usr/lib")).ok()?.into_iter().find(|path| {
                path.ends_with("webkit2gtk-4.1/MiniBrowser") || path.ends_with("webkit2gtk-4.0/MiniBrowser")
            }),
            Browser::Chromium | Browser::Firefox => None,
        });
        Some(Self { browser, driver: first(browser.drivers())?, binary: binary? })
    }
}

fn install(place: &Place, browser: Browser) -> Outcome {
    let is_root = answer(Command::new("id").arg("-u")).as_deref() == Some("0");
    if !is_root || tools::find(place, "apt-get").is_none() {
        return Err(missing(browser));
    }
    let packages = browser.debian_packages();
    say(&format!("Installing {} by apt", packages.join(" and ")));
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(std::process::Stdio::null());
        run(&mut command)
            .map_err(|failure| failure.advise(format!("install {} and try again.", packages.join(" and "))))
    };
    if tools::find(place, browser.binaries()[0]).is_none() || browser != Browser::Firefox {
        apt(&["update", "-qq"])?;
        apt(&[&["install", "-y", "-qq", "--no-install-recommends"], packages].concat())?;
    }
    if browser == Browser::Firefox && tools::find(place, "geckodriver").is_none() {
        // Debian has no package of the driver.
        tools::install_geckodriver(place)?;
    }
    Ok(())
}

fn missing(browser: Browser) -> Failure {
    Failure::new(format!(
        "The tests need {} with its WebDriver ({}).",
        browser.name(),
        browser.drivers().join(", ")
    ))
    .advise(match env::consts::OS {
        "linux" => format!("install {} (their names on Debian).", browser.debian_packages().join(" and ")),
        _ => "install both so that they are on PATH.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_by_their_word() {
        for browser in [Browser::Chromium, Browser::Firefox, Browser::Webkit] {
            assert_eq!(Browser::parse(browser.name()).ok(), Some(browser));
        }
        assert!(Browser::parse("netscape").is_err());
    }
}
