//! What the operator decided about e-mails: the server, the sender, how somebody signs in there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use frontdesk_contract::Language;
use frontdesk_contract::time::Span;
use lettre::message::Mailbox;
use lettre::transport::smtp::authentication::Credentials;
use serde::Deserialize;

use crate::http::host::is_loopback;
use crate::settings::check::Wrong;

/// Where the password stands when it is in no file.
pub const PASSWORD: &str = "FRONTDESK_MAIL_PASSWORD";
/// For so long what is new about a request may be collected.
const COLLECT_MAX: u32 = 3_600;
/// For so long a server may be waited for (RFC 5321, 4.5.3.2: ten minutes).
const ANSWER_MAX: u32 = 600;

/// How the way to the server is closed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// It begins in the open and is closed before anything is said (RFC 3207); else nothing is sent.
    #[default]
    Starttls,
    /// It is closed from the first byte on (RFC 8314).
    Tls,
    /// It is open, and so it leads to this machine alone.
    None,
}

impl Tls {
    /// The usual port.
    const fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// How e-mails are sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The name of the server.
    pub server: String,
    /// Its port.
    pub port: u16,
    /// How the way there is closed.
    pub tls: Tls,
    /// Who sends them.
    pub from: Mailbox,
    /// How we sign in there.
    pub credentials: Option<Credentials>,
    /// The language of whoever told none.
    pub language: Language,
    /// For how long what is new about a request is collected into one e-mail.
    pub collect: Span,
    /// Whether admins are told that somebody can't sign in.
    pub locked_out: bool,
    /// How long the server may take for an answer.
    pub answer: Duration,
}

/// The table `[mail]` of the file.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct File {
    server: String,
    port: Option<u16>,
    #[serde(default)]
    tls: Tls,
    from: String,
    user: Option<String>,
    password_file: Option<PathBuf>,
    // Read so that it is refused with a sentence of its own.
    password: Option<toml::Value>,
    #[serde(default = "Language::english")]
    language: Language,
    #[serde(default = "a_minute")]
    collect_seconds: u32,
    #[serde(default = "a_minute")]
    answer_seconds: u32,
    #[serde(default = "yes")]
    locked_out: bool,
}

const fn yes() -> bool {
    true
}

const fn a_minute() -> u32 {
    60
}

/// Checks what the shape of the file can't say, and reads the password.
pub(super) fn check(file: File, folder: &Path) -> Result<Mail, Wrong> {
    if file.password.is_some() {
        let detail = format!(
            "The password of the mail server doesn't belong in this file. Write it into another one and name that \
             as passwordFile, or put it into the variable {PASSWORD}"
        );
        return Err(wrong("password =", detail));
    }
    let server = file.server.trim().to_owned();
    if server.is_empty() || server.contains(|letter: char| letter.is_whitespace() || "/:@".contains(letter)) {
        return Err(wrong(
            &file.server,
            "Write the mail server as smtp.example.com, and its port apart".to_owned(),
        ));
    }
    if file.tls == Tls::None && !is_loopback(&server) {
        let detail =
            format!("On the way to {server} e-mails and their links could be read. Use starttls or tls");
        return Err(wrong("tls = \"none\"", detail));
    }
    let from: Mailbox =
        file.from.trim().parse().ok().filter(|_| !file.from.contains(char::is_control)).ok_or_else(|| {
            wrong(&file.from, "Write from as Acme service desk <desk@example.com>".to_owned())
        })?;
    if file.collect_seconds > COLLECT_MAX {
        return Err(wrong("collectSeconds", format!("collectSeconds is {COLLECT_MAX} at the most")));
    }
    if file.answer_seconds == 0 || file.answer_seconds > ANSWER_MAX {
        return Err(wrong("answerSeconds", format!("answerSeconds is from 1 to {ANSWER_MAX}")));
    }
    Ok(Mail {
        credentials: credentials(&file, folder)?,
        port: file.port.unwrap_or_else(|| file.tls.port()),
        tls: file.tls,
        server,
        from,
        language: file.language,
        collect: Span::seconds(i64::from(file.collect_seconds)),
        locked_out: file.locked_out,
        answer: Duration::from_secs(u64::from(file.answer_seconds)),
    })
}

fn credentials(file: &File, folder: &Path) -> Result<Option<Credentials>, Wrong> {
    let password = match &file.password_file {
        Some(named) => {
            let path = folder.join(named);
            let read = std::fs::read_to_string(&path).map_err(|error| {
                let name = named.display().to_string();
                wrong(&name, format!("The password of the mail server can't be read from {name}: {error}"))
            })?;
            Some(read.trim_end_matches(['\r', '\n']).to_owned())
        }
        None => std::env::var(PASSWORD).ok(),
    };
    match (&file.user, password.filter(|password| !password.is_empty())) {
        (Some(user), Some(password)) => Ok(Some(Credentials::new(user.clone(), password))),
        (Some(user), None) => {
            let detail = format!(
                "There is no password for {user}. Name a file with it as passwordFile, or put it into the variable {PASSWORD}"
            );
            Err(wrong(user, detail))
        }
        (None, Some(_)) if file.password_file.is_some() => {
            Err(wrong("passwordFile", "There is a password but no user that it belongs to".to_owned()))
        }
        (None, _) => Ok(None),
    }
}

fn wrong(value: &str, detail: String) -> Wrong {
    Wrong { value: value.to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    fn read(text: &str, folder: &Path) -> Result<Mail, Wrong> {
        let file: File = toml::from_str(text).expect("a table");
        check(file, folder)
    }

    #[track_caller]
    fn is_refused(text: &str, detail: &str) {
        let folder = TempDir::new().expect("a folder");
        let wrong = read(text, folder.path()).expect_err("a mistake");
        assert!(wrong.detail.contains(detail), "{wrong:?}");
        assert!(text.contains(&wrong.value), "{wrong:?} finds its line");
    }

    const GOOD: &str = "server = \"smtp.acme.example\"\nfrom = \"Acme desk <desk@acme.example>\"\n";

    #[test]
    fn the_usual_is_taken_where_nothing_is_said() {
        let folder = TempDir::new().expect("a folder");
        let mail = read(GOOD, folder.path()).expect("settings");
        assert_eq!((mail.port, mail.tls), (587, Tls::Starttls));
        assert_eq!(mail.from.email.to_string(), "desk@acme.example");
        assert_eq!((mail.collect, mail.locked_out), (Span::seconds(60), true));
        assert!(mail.credentials.is_none());
    }

    #[test]
    fn the_password_comes_from_a_file_beside() {
        let folder = TempDir::new().expect("a folder");
        std::fs::write(folder.path().join("secret"), "hush\n").expect("a file");
        let text = format!("{GOOD}user = \"desk\"\npasswordFile = \"secret\"\n");
        let mail = read(&text, folder.path()).expect("settings");
        assert_eq!(mail.credentials, Some(Credentials::new("desk".to_owned(), "hush".to_owned())));
        assert!(!format!("{mail:?}").contains("hush"), "it is never logged");
    }

    #[test]
    fn what_is_wrong_is_said_in_a_sentence() {
        is_refused(&format!("{GOOD}password = \"hush\"\n"), "doesn't belong in this file");
        is_refused(&format!("{GOOD}tls = \"none\"\n"), "could be read");
        is_refused(&format!("{GOOD}user = \"desk\"\n"), "no password for desk");
        is_refused(&format!("{GOOD}user = \"desk\"\npasswordFile = \"none\"\n"), "can't be read from none");
        is_refused(&format!("{GOOD}answerSeconds = 0\n"), "answerSeconds");
        is_refused("server = \"https://smtp.acme.example\"\nfrom = \"a@b.example\"\n", "smtp.example.com");
        is_refused("server = \"smtp.acme.example\"\nfrom = \"the desk\"\n", "Write from as");
    }
}
