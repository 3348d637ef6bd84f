//! Commands that start a program against a real backend: pictures, measurements and an independent judge.

use std::path::Path;
use std::process::Command;

use crate::browsers::{Browser, Driver};
use crate::bundle::{self, Wish};
use crate::failure::{Failure, Outcome};
use crate::gate::with_desk;
use crate::judges;
use crate::place::{Place, cargo};
use crate::step::{Diary, answer, run};

/// Draws every page into `<target>/screenshots`.
pub fn screenshots(place: &Place, diary: &mut Diary) -> Outcome {
    bundle::build(place, diary, &Wish::release(place))?;
    let driver = Driver::ready(place, Browser::Chromium)?;
    diary.step("Building the backend", || build_backend(&[]))?;
    diary.step("Drawing every page", || {
        let mut command = built(place, "screenshots")?;
        with_desk(&mut command, place, &driver)?;
        run(&mut command)
    })
}

/// Measures what one part costs as the data grows.
pub fn bench(place: &Place, diary: &mut Diary, name: &str) -> Outcome {
    let program = match name {
        "requests" => "bench",
        "accounts" => "bench_accounts",
        "soak" => "bench_soak",
        "pages" => "bench_pages",
        _ => {
            let advice = "cargo xtask bench requests, accounts, pages or soak";
            return Err(Failure::new(format!("There is no measurement `{name}`.")).advise(advice));
        }
    };
    let driver = match program {
        "bench_pages" => {
            bundle::build(place, diary, &Wish::release(place))?;
            Some(Driver::ready(place, Browser::Chromium)?)
        }
        _ => None,
    };
    diary.step("Building the backend for release", || build_backend(&["--release"]))?;
    let backend =
        place.target.join("release").join(format!("frontdesk-backend{}", std::env::consts::EXE_SUFFIX));
    diary.step("Measuring", || {
        let mut command = built(place, program)?;
        if let Some(driver) = &driver {
            with_desk(&mut command, place, driver)?;
        }
        run(command.env("FRONTDESK_BACKEND", backend).env("FRONTDESK_DIST", place.dist()))
    })
}

/// Lets schemathesis hold the backend at `url` against its own OpenAPI document.
pub fn conformance(place: &Place, diary: &mut Diary, url: &str) -> Outcome {
    let python = judges::python(place, diary)?;
    diary.step("Asking the backend everything that its document allows, and what it doesn't", || {
        hold_against_document(place, &python, url.trim_end_matches('/'))
    })
}

/// The same with the programs in `python`.
pub fn hold_against_document(place: &Place, python: &Path, url: &str) -> Outcome {
    let cookie = sign_in(&python.join("python"), url)?;
    let mut command = Command::new(python.join("schemathesis"));
    command.arg("--config-file").arg(place.root.join("tests").join("peers").join("schemathesis.toml"));
    command.args(["run", &format!("{url}/api/openapi.json"), "--url", url]);
    let session = cookie.split_once('=').map_or(cookie.as_str(), |(_, value)| value);
    command.env("FRONTDESK_SESSION", session).env("FRONTDESK_ORIGIN", url);
    // It keeps what it found in the folder it runs in.
    run(command.current_dir(place.tools()))
}

/// A session for the judge: the demo admin's, or whose address and password the environment has.
fn sign_in(python: &Path, url: &str) -> Outcome<String> {
    const SCRIPT: &str = "import json, os, sys, urllib.request\n\
        url = sys.argv[1]\n\
        body = {'email': os.environ.get('FRONTDESK_EMAIL', 'admin@acme.example'),\n\
        \x20       'password': os.environ.get('FRONTDESK_PASSWORD', 'frontdesk')}\n\
        head = {'Content-Type': 'application/json', 'X-Frontdesk': '1', 'Origin': url}\n\
        call = urllib.request.Request(url + '/api/session', json.dumps(body).encode(), head, method='POST')\n\
        print(urllib.request.urlopen(call).headers['Set-Cookie'].split(';')[0])\n";
    answer(Command::new(python).args(["-c", SCRIPT, url])).ok_or_else(|| {
        Failure::new(format!("Nobody can be signed in at {url}."))
            .advise("is it running? FRONTDESK_EMAIL and FRONTDESK_PASSWORD say who signs in, else the demo admin does.")
    })
}

/// A program of `tests/e2e`, built with the rest of the workspace so that no crate is compiled twice.
fn built(place: &Place, name: &str) -> Outcome<Command> {
    run(cargo().args(["build", "--locked", "--workspace", "--bin", name]))?;
    Ok(Command::new(place.built(name)))
}

/// The backend, in a profile.
pub fn build_backend(profile: &[&str]) -> Outcome {
    run(cargo().args(["build", "--locked", "--workspace", "--bin", "frontdesk-backend"]).args(profile))
}
