//! The log: on stderr, without personal text.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For people.
    Text,
    /// For machines: one JSON object a line.
    Json,
}

/// Begins to log. `RUST_LOG` says how much; warnings and the backend's own lines when it says nothing.
pub fn begin(form: Form) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,frontdesk_backend=info"));
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    // A test may have begun already; then its log stays.
    let _ = match form {
        Form::Text => lines.try_init(),
        Form::Json => lines.json().flatten_event(true).with_span_list(false).try_init(),
    };
    // A payload may carry what somebody typed, so only the place is written.
    std::panic::set_hook(Box::new(|info| {
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a panic");
    }));
}
