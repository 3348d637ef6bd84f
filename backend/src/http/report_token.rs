//! Who reports: a session, or a report token that a host's own server has signed (JWT, HS256).
//!
//! A dialog in a frame on another site gets no cookie, so the host says who sits before it. Such a token opens nothing
//! but reporting: the person comes without their rights.

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
    #[expect(dead_code, reason = "a token without it is none")]
    jti: String,
}

#[derive(Debug, Deserialize)]
struct Head {
    alg: String,
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
        if let Some(person) = of_token(parts, app).await? {
            return Ok(Self(person));
        }
        let viewer = Viewer::from_request_parts(parts, app).await?;
        Ok(Self(viewer.person().clone()))
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

/// The person of a report token; none where there is no such header. A token that doesn't hold is refused, and never
/// taken for a missing one.
async fn of_token(parts: &Parts, app: &App) -> Result<Option<Person>> {
    let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(None) };
    let refused = || Error::Told(ProblemType::SignedOut, "This report token does not hold".to_owned());
    let text = header.to_str().unwrap_or_default();
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (signed, claims, signature) = token.and_then(|(_, token)| read(token.trim())).ok_or_else(refused)?;
    let keys = app.store().report_keys(&claims.aud).await?;
    let is_ours = keys.iter().any(|key| holds(key, signed, &signature));
    if !is_ours || !is_timely(claims.exp, app.now()) {
        return Err(refused());
    }
    let account = app.store().account(&claims.email).await?.ok_or_else(refused)?;
    Ok(Some(Person { rights: Vec::new(), ..account.person }))
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

fn is_timely(exp: i64, now: Timestamp) -> bool {
    let end = exp.checked_mul(1_000).and_then(Timestamp::from_millis);
    end.is_some_and(|end| end > now && end <= now.plus(LIFE_MAX))
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
        assert!(is_timely(1, now) && is_timely(600, now));
        assert!(!is_timely(0, now) && !is_timely(601, now) && !is_timely(i64::MAX, now));
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_fail_loudly(text in any::<String>()) {
            let _ = read(&text);
        }
    }
}
