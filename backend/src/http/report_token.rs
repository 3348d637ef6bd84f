//! Who reports: a session, or a report token that a host's own server has signed (JWT, HS256).
//!
//! A dialog in a frame on another site gets no cookie, so the host says who sits before it. Such a token opens nothing
//! but reporting and what the dialog needs for it: the person comes without their rights. Its `jti` makes one report;
//! after that the token opens nothing but the answer to the same create once more.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk_contract::report::can_report;
use frontdesk_contract::time::Span;
use frontdesk_contract::{Person, ProblemType, Timestamp};
use hmac::{Hmac, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use crate::app::App;
use crate::http::error::{Error, Result};
use crate::http::viewer::Viewer;
use crate::store::{Write, tokens};

/// The header by which the dialog says which page handed it the token.
const HOST_PAGE: &str = "x-frontdesk-host";
/// The longest life of a token.
const LIFE_MAX: Span = Span::minutes(10);
/// The longest token that is read.
const LENGTH_MAX: usize = 4_000;

/// What a token says.
#[derive(Debug, Deserialize)]
struct Claims {
    /// Who, by the host's own name of them; the address below says who it is here.
    #[expect(dead_code, reason = "a token without it is none")]
    sub: String,
    email: String,
    /// The origin of the host: the name of the key.
    aud: String,
    /// Until when, in seconds since 1970.
    exp: i64,
    /// Its own name: by it the token makes one report.
    jti: String,
}

#[derive(Debug, Deserialize)]
struct Head {
    alg: String,
}

/// What a report token says that holds.
#[derive(Debug, Clone)]
pub struct Word {
    /// Who sits before the dialog, without their rights.
    pub person: Person,
    /// Until when it holds.
    pub ends_at: Timestamp,
    host: String,
    name: String,
}

/// A report token that hasn't made its report yet; where there is none, what a session gives.
#[derive(Debug, Clone)]
pub enum TokenOr<T> {
    /// A token.
    Token(Word),
    /// A session.
    Session(T),
}

impl TokenOr<Viewer> {
    /// Who.
    pub const fn person(&self) -> &Person {
        match self {
            Self::Token(word) => &word.person,
            Self::Session(viewer) => viewer.person(),
        }
    }
}

impl<T: FromRequestParts<App, Rejection = Error>> FromRequestParts<App> for TokenOr<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        match fresh(parts, app).await? {
            Some(word) => Ok(Self::Token(word)),
            None => T::from_request_parts(parts, app).await.map(Self::Session),
        }
    }
}

/// Somebody who sends files: whoever has a session, or a report token.
#[derive(Debug, Clone)]
pub struct Sender(Person);

impl Sender {
    /// Who.
    pub const fn person(&self) -> &Person {
        &self.0
    }
}

impl FromRequestParts<App> for Sender {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let whoever = TokenOr::<Viewer>::from_request_parts(parts, app).await?;
        Ok(Self(whoever.person().clone()))
    }
}

/// Somebody who may report a problem: a member of the organization, by a session or by a report token.
#[derive(Debug, Clone)]
pub struct Teller(Person);

impl Teller {
    /// Who.
    pub const fn person(&self) -> &Person {
        &self.0
    }
}

impl FromRequestParts<App> for Teller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Sender(person) = Sender::from_request_parts(parts, app).await?;
        can_report(&person)?;
        Ok(Self(person))
    }
}

/// Somebody who makes a report: as [`Teller`], but a token that has made its report is still heard, as the first answer
/// may not have arrived. Whoever makes something by it spends it first.
#[derive(Debug, Clone)]
pub struct Maker {
    person: Person,
    word: Option<Word>,
}

impl Maker {
    /// Who.
    pub const fn person(&self) -> &Person {
        &self.person
    }

    /// Spends the token, where there is one, in the transaction that makes the report.
    pub async fn spend(&self, write: &mut Write, now: Timestamp) -> Result<()> {
        let Some(word) = &self.word else { return Ok(()) };
        match tokens::spend(write, (&word.host, &word.name), word.ends_at, now).await? {
            true => Ok(()),
            false => Err(spent()),
        }
    }
}

impl FromRequestParts<App> for Maker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let word = of_token(parts, app).await?;
        let person = match &word {
            Some(word) => word.person.clone(),
            None => Viewer::from_request_parts(parts, app).await?.person().clone(),
        };
        can_report(&person)?;
        Ok(Self { person, word })
    }
}

fn spent() -> Error {
    let detail = "This report token has made its report already: ask the host for another one";
    Error::Told(ProblemType::SignedOut, detail.to_owned())
}

/// What a token says that hasn't made its report yet.
async fn fresh(parts: &Parts, app: &App) -> Result<Option<Word>> {
    let Some(word) = of_token(parts, app).await? else { return Ok(None) };
    if app.store().is_spent(&word.host, &word.name).await? {
        return Err(spent());
    }
    Ok(Some(word))
}

/// What a report token says; none where there is no such header. A token that doesn't hold is refused, and never
/// taken for a missing one. Another scheme is meant for something before us.
async fn of_token(parts: &Parts, app: &App) -> Result<Option<Word>> {
    let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(None) };
    let refused = || Error::Told(ProblemType::SignedOut, "This report token does not hold".to_owned());
    let text = header.to_str().unwrap_or_default();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    let (signed, claims, signature) = read(token.trim()).ok_or_else(refused)?;
    // The dialog says which page handed it the token.
    if parts.headers.get(HOST_PAGE).is_some_and(|page| page.as_bytes() != claims.aud.as_bytes()) {
        let detail = "This report token was made for another page than the one that handed it over";
        return Err(Error::Told(ProblemType::SignedOut, detail.to_owned()));
    }
    let keys = app.store().report_keys(&claims.aud).await?;
    let is_ours = keys.iter().any(|key| holds(key, signed, &signature));
    let ends_at = end(claims.exp, app.now()).filter(|_| is_ours && !claims.jti.is_empty());
    let ends_at = ends_at.ok_or_else(refused)?;
    let account = app.store().account(&claims.email).await?.ok_or_else(refused)?;
    let person = Person { rights: Vec::new(), ..account.person };
    // Agents report nothing, and nothing else is opened by a token.
    can_report(&person)?;
    Ok(Some(Word { person, ends_at, host: claims.aud, name: claims.jti }))
}

/// What was signed, what it says, and the signature.
fn read(token: &str) -> Option<(&str, Claims, Vec<u8>)> {
    if token.len() > LENGTH_MAX {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (head, claims) = signed.split_once('.')?;
    let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
    let head: Head = serde_json::from_slice(&decode(head)?).ok()?;
    let claims = serde_json::from_slice(&decode(claims)?).ok()?;
    (head.alg == "HS256").then_some((signed, claims, decode(signature)?))
}

/// Whether the key made the signature; in the same time for every wrong one.
fn holds(key: &[u8], signed: &str, signature: &[u8]) -> bool {
    let Ok(mut code) = Hmac::<Sha256>::new_from_slice(key) else { return false };
    code.update(signed.as_bytes());
    code.verify_slice(signature).is_ok()
}

/// When a token ends; none when it has ended, or would live too long.
fn end(exp: i64, now: Timestamp) -> Option<Timestamp> {
    let end = exp.checked_mul(1_000).and_then(Timestamp::from_millis)?;
    (end > now && end <= now.plus(LIFE_MAX)).then_some(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn token(head: &str, claims: &str, key: &[u8]) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
        let mut code = Hmac::<Sha256>::new_from_slice(key).expect("a key");
        code.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(code.finalize().into_bytes()))
    }

    const CLAIMS: &str =
        r#"{"sub":"1","email":"a@b.example","aud":"https://host.example","exp":60,"jti":"x"}"#;

    #[test]
    fn only_the_key_makes_a_token() {
        let good = token(r#"{"alg":"HS256","typ":"JWT"}"#, CLAIMS, b"key");
        let (signed, claims, signature) = read(&good).expect("a token");
        assert_eq!(claims.aud, "https://host.example");
        assert!(holds(b"key", signed, &signature));
        assert!(!holds(b"other", signed, &signature));
        assert!(!holds(b"key", signed, &[]));
        for head in [r#"{"alg":"none"}"#, r#"{"alg":"RS256"}"#, "{}"] {
            assert!(read(&token(head, CLAIMS, b"key")).is_none(), "{head}");
        }
        assert!(read(&token(r#"{"alg":"HS256"}"#, r#"{"sub":"1"}"#, b"key")).is_none());
    }

    #[test]
    fn a_token_lives_ten_minutes_at_the_most() {
        let now = Timestamp::EPOCH;
        let is_timely = |exp| end(exp, now).is_some();
        assert!(is_timely(1) && is_timely(600));
        assert!(!is_timely(0) && !is_timely(601) && !is_timely(i64::MAX));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fail_loudly(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
