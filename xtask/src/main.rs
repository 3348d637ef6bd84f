//! Does what was asked, or says why it can't.

use std::path::Path;
use std::process::ExitCode;

use xtask::bundle::split;

fn main() -> ExitCode {
    let name = std::env::args_os().next().unwrap_or_default();
    let done = match Path::new(&name).file_stem() {
        Some(name) if name == split::STANDS_FOR => split::stand_in(),
        Some(_) | None => xtask::cli::run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\n{failure}");
            ExitCode::FAILURE
        }
    }
}
