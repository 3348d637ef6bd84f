//! Creates that are sent twice happen once.
//!
//! The row, its event and the key are one transaction. That a create is running just now is known in
//! memory alone, so a kill frees its key. A retry is answered from what stands by then: the text of an
//! answer is kept nowhere.

use std::collections::HashSet;
use std::fmt::Display;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName};
use frontdesk_contract::{PersonId, ProblemType};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::http::error::{Error, Result};
use crate::store::Write;
use crate::store::answers;

/// The header that carries the key.
pub const KEY_HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The longest key.
const KEY_MAX: usize = 255;

/// The key of a create: a string as structured fields write it (RFC 8941), or bare.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// Reads the header; an error when it is missing.
    pub fn required(headers: &HeaderMap) -> Result<Self> {
        let header = headers.get(KEY_HEADER).ok_or(ProblemType::KeyMissing)?;
        let text = header.to_str().unwrap_or_default();
        Self::parse(text).ok_or_else(|| {
            Error::Told(
                ProblemType::KeyMissing,
                "Write the key as \"8e03978e-40d5-43dd-bc93-6894a57f9324\"".to_owned(),
            )
        })
    }

    /// Reads the header where there is one; an error when it can't be read.
    pub fn given(headers: &HeaderMap) -> Result<Option<Self>> {
        headers.contains_key(KEY_HEADER).then(|| Self::required(headers)).transpose()
    }

    /// What is kept of a key where no person goes with it.
    pub fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }

    /// Reads a quoted string or a bare token: printable ASCII, not empty, at most 255 characters.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let key = match text.strip_prefix('"') {
            Some(rest) => unquoted(rest)?,
            None => text.to_owned(),
        };
        let is_bare = !text.starts_with('"');
        let is_plain = key.bytes().all(|byte| match byte {
            b' ' | b'"' | b'\\' | b',' | b';' => !is_bare,
            byte => byte.is_ascii_graphic(),
        });
        (is_plain && !key.is_empty() && key.len() <= KEY_MAX).then_some(Self(key))
    }
}

/// The inside of a quoted string whose first quote is taken off; nothing may follow the last one.
fn unquoted(text: &str) -> Option<String> {
    let mut key = String::new();
    let mut letters = text.chars();
    loop {
        match letters.next()? {
            '"' => return letters.next().is_none().then_some(key),
            '\\' => match letters.next()? {
                letter @ ('"' | '\\') => key.push(letter),
                _ => return None,
            },
            letter => key.push(letter),
        }
    }
}

/// Creates that are being worked on in this process.
#[derive(Debug, Clone, Default)]
pub struct Running {
    keys: Arc<Mutex<HashSet<(PersonId, Key)>>>,
}

/// The mark that a create runs; gone when it is dropped.
#[derive(Debug)]
struct Mark {
    running: Running,
    key: (PersonId, Key),
}

impl Running {
    fn mark(&self, key: (PersonId, Key)) -> Option<Mark> {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        keys.insert(key.clone()).then(|| Mark { running: self.clone(), key })
    }
}

impl Drop for Mark {
    fn drop(&mut self) {
        self.running.keys.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

/// What is to be done about a create.
#[derive(Debug)]
pub enum Create {
    /// It was done before, and made this.
    Done(Made),
    /// It is to be done, within this.
    ToDo(Pending),
}

/// What an earlier call with the same key made: its identifier, as the wire writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made(String);

impl Made {
    /// Reads the identifier. What can't be read was made by another release, and is not found.
    pub fn id<T: FromStr>(&self) -> Result<T> {
        self.0.parse().map_err(|_| ProblemType::NotFound.into())
    }
}

/// A create that is being done. Dropped before [`Pending::finish`], nothing of it happened.
#[derive(Debug)]
pub struct Pending {
    /// The transaction.
    pub write: Write,
    mark: Mark,
    fingerprint: Vec<u8>,
}

/// What a call asks for, for the fingerprint.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// Who asks.
    pub person: &'a PersonId,
    /// At which address.
    pub path: &'a str,
    /// With which body.
    pub body: &'a [u8],
}

/// Looks whether a create was done before, and begins it otherwise.
pub async fn begin(app: &App, key: Key, asked: Asked<'_>) -> Result<Create> {
    let Asked { person, path, body } = asked;
    let fingerprint =
        Sha256::new().chain_update(path).chain_update([0]).chain_update(body).finalize().to_vec();
    let mark = app.running().mark((person.clone(), key.clone())).ok_or(ProblemType::StillRunning)?;
    let mut write = app.store().write().await?;
    match answers::find(&mut write, person, &key.0).await? {
        Some((known, _)) if known != fingerprint => Err(ProblemType::KeyReused.into()),
        Some((_, made)) => {
            write.rollback().await?;
            Ok(Create::Done(Made(made)))
        }
        None => Ok(Create::ToDo(Pending { write, mark, fingerprint })),
    }
}

/// A create that waits for somebody else's answer: nothing is written meanwhile, and nobody else works on it.
#[derive(Debug)]
pub struct Waiting {
    mark: Mark,
    fingerprint: Vec<u8>,
}

impl Waiting {
    /// Goes on, once the answer is there.
    pub async fn go_on(self, app: &App) -> Result<Pending> {
        let Self { mark, fingerprint } = self;
        Ok(Pending { write: app.store().write().await?, mark, fingerprint })
    }

    /// A text of the key that is the same for each retry, and tells nobody who asked.
    pub fn name(&self) -> String {
        let (person, key) = &self.mark.key;
        let digest =
            Sha256::new().chain_update(person.as_str()).chain_update([0]).chain_update(&key.0).finalize();
        digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Pending {
    /// Lets go of the database until somebody else has answered.
    pub async fn wait(self) -> Result<Waiting> {
        let Self { write, mark, fingerprint } = self;
        write.rollback().await?;
        Ok(Waiting { mark, fingerprint })
    }

    /// Keeps the key with what was made, and makes both last.
    pub async fn finish(mut self, app: &App, made: &impl Display) -> Result<()> {
        let (person, key) = &self.mark.key;
        let now = app.now();
        answers::keep(&mut self.write, person, &key.0, &self.fingerprint, &made.to_string(), now).await?;
        app.commit(self.write).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn reads(text: &str, key: &str) {
        assert_eq!(Key::parse(text), Some(Key(key.to_owned())), "{text}");
    }

    #[test]
    fn a_key_is_quoted_or_bare() {
        reads("\"abc\"", "abc");
        reads("abc", "abc");
        reads(r#""a \"b\" \\""#, r#"a "b" \"#);
        for text in ["", "\"\"", "\"abc", "abc\"", "a b", "\"a\"b", "\"é\"", "\"a\\x\"", "a,b"] {
            assert_eq!(Key::parse(text), None, "{text}");
        }
        assert!(Key::parse(&"x".repeat(KEY_MAX)).is_some());
        assert!(Key::parse(&"x".repeat(KEY_MAX + 1)).is_none());
    }

    #[test]
    fn a_key_runs_once_at_a_time() {
        let running = Running::default();
        let key = || ("p1".parse().expect("an id"), Key("k".to_owned()));
        let mark = running.mark(key()).expect("a mark");
        assert!(running.mark(key()).is_none());
        drop(mark);
        assert!(running.mark(key()).is_some());
    }

    proptest! {
        #[test]
        fn what_is_quoted_is_read_back(key in "[ -~]{1,255}") {
            let quoted = format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""));
            prop_assert_eq!(Key::parse(&quoted), Some(Key(key)));
        }

        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>()) {
            let _ = Key::parse(&text);
        }
    }
}
