//! The backend's binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    frontdesk_backend::cli::run(std::env::args_os())
}
