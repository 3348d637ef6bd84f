//! What went wrong, in words, and what to do about it.

use std::fmt;

/// A step that could not be done.
#[derive(Debug)]
pub struct Failure {
    what: String,
    advice: Option<String>,
}

/// What each step gives.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure that says what happened.
    pub fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), advice: None }
    }

    /// The same failure with what to do about it.
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice = Some(advice.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.what)?;
        match &self.advice {
            Some(advice) => write!(f, "\n  What to do: {advice}"),
            None => Ok(()),
        }
    }
}

/// Turns any error into a [`Failure`] that says what was being done.
pub trait OrFail<T> {
    /// Says what could not be done, followed by the cause.
    fn or_fail(self, what: impl FnOnce() -> String) -> Outcome<T>;
}

impl<T, E: fmt::Display> OrFail<T> for Result<T, E> {
    fn or_fail(self, what: impl FnOnce() -> String) -> Outcome<T> {
        self.map_err(|error| Failure::new(format!("{}: {error}.", what())))
    }
}
