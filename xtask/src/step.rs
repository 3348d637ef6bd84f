//! Steps that are said, run and timed.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, OrFail, Outcome};

/// The steps done so far and how long each took.
#[derive(Debug, Default)]
pub struct Diary {
    entries: Vec<(String, Duration)>,
}

impl Diary {
    /// Says what is being done, does it and keeps the time.
    pub fn step<T>(&mut self, what: &str, work: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
        say(what);
        let start = Instant::now();
        let outcome = work();
        let took = start.elapsed();
        match &outcome {
            Ok(_) => eprintln!("  done in {}", duration(took)),
            Err(_) => eprintln!("  failed after {}", duration(took)),
        }
        self.entries.push((what.to_owned(), took));
        outcome
    }

    /// The table of all steps.
    pub fn table(&self) -> String {
        let width = self.entries.iter().map(|(what, _)| what.chars().count()).max().unwrap_or(0);
        let mut text = String::new();
        for (what, took) in &self.entries {
            let _ = writeln!(text, "  {what:width$}  {:>10}", duration(*took));
        }
        let total = self.entries.iter().map(|(_, took)| *took).sum();
        let _ = write!(text, "  {:width$}  {:>10}", "Together", duration(total));
        text
    }
}

/// Says what comes now.
pub fn say(what: &str) {
    eprintln!("▸ {what}");
}

/// Runs a command with the terminal of the user; its failure names it.
pub fn run(command: &mut Command) -> Outcome {
    let name = spelled(command);
    let status = command.status().or_fail(|| format!("`{name}` can't be started"))?;
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{name}` failed ({status})."))) }
}

/// Runs a command that tests, shows what it says, and gives its outcome with the tests that failed.
pub fn run_tests(command: &mut Command) -> Outcome<(Outcome, Vec<String>)> {
    let name = spelled(command);
    let mut child =
        command.stdout(Stdio::piped()).spawn().or_fail(|| format!("`{name}` can't be started"))?;
    let mut failed = Vec::new();
    for line in child.stdout.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let line = line.or_fail(|| format!("`{name}` can't be read"))?;
        println!("{line}");
        failed.extend(failed_test(&line).map(str::to_owned));
    }
    let status = child.wait().or_fail(|| format!("`{name}` didn't end"))?;
    let outcome =
        if status.success() { Ok(()) } else { Err(Failure::new(format!("`{name}` failed ({status})."))) };
    Ok((outcome, failed))
}

/// The test that a line of libtest says has failed.
fn failed_test(line: &str) -> Option<&str> {
    line.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// What a command prints on stdout, when it succeeds.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The command as one would type it.
pub fn spelled(command: &Command) -> String {
    let program = std::path::Path::new(command.get_program());
    let mut words = vec![program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds >= 60 {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    } else {
        format!("{:.1} s", time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        assert_eq!(duration(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(duration(Duration::from_secs(125)), "2 min 05 s");
    }

    #[test]
    fn a_test_that_failed_is_known_by_its_line() {
        assert_eq!(failed_test("test hostile::names_are_names ... FAILED"), Some("hostile::names_are_names"));
        assert_eq!(failed_test("test hostile::names_are_names ... ok"), None);
        assert_eq!(failed_test("test result: FAILED. 1 passed; 1 failed"), None);
    }

    #[test]
    fn what_fails_is_named_and_still_fails() {
        let script = "echo 'test one::two ... ok'; echo 'test one::three ... FAILED'; exit 101";
        let (outcome, failed) = run_tests(Command::new("sh").args(["-c", script])).unwrap();
        assert!(outcome.is_err());
        assert_eq!(failed, ["one::three"]);
    }

    #[test]
    fn a_command_is_spelled_without_its_folder() {
        assert_eq!(spelled(Command::new("/usr/bin/cargo").args(["doc", "--no-deps"])), "cargo doc --no-deps");
    }
}
