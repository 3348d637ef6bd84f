//! Signing in, and who is signed in.

use serde::{Deserialize, Serialize};

use crate::time::Span;
use crate::{Person, Timestamp};

/// How long a session lasts after the last thing its person did.
pub const SESSION_IDLE: Span = Span::hours(12);
/// How long a session lasts at the most.
pub const SESSION_MAX: Span = Span::days(7);
/// How long a one-time link of `admin add` or `admin reset` can be used.
pub const CLAIM_LINK: Span = Span::hours(24);

/// What `POST /api/session` takes.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Credentials {
    /// The address of the person.
    pub email: String,
    /// The password, never logged.
    pub password: String,
    /// *Shared device*: the cookie ends with the browser and nothing outlives sign-out.
    #[serde(default)]
    pub shared: bool,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials")
    }
}

/// Who is signed in, and what time it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The person.
    pub person: Person,
    /// The server's clock at the moment of the answer. The panel trusts no other clock.
    pub now: Timestamp,
    /// When the session ends if nothing happens.
    pub expires_at: Timestamp,
    /// Whether the person said that others use this device too.
    pub shared: bool,
    /// The number of the newest event, from which the live stream is to be read.
    pub last_event: crate::EventId,
    /// How many requests wait for the organization; only for those who may see requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waiting_for_you: Option<u64>,
}

/// What `POST /api/session/password` takes.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PasswordChange {
    /// The password in use.
    pub current: String,
    /// The one from now on.
    pub new: String,
}

/// What `POST /api/claims` takes: the secret of a one-time link and the password to set.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Claim {
    /// The secret behind `#` in the link.
    pub token: String,
    /// The password from now on.
    pub password: String,
}

/// The shortest password that is accepted (NIST SP 800-63B-4 asks for 8 beside a second factor, 15 alone).
pub const PASSWORD_MIN: usize = 8;
/// The longest password that is hashed.
pub const PASSWORD_MAX: usize = 256;

/// Why a new password is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefusal {
    /// Fewer than [`PASSWORD_MIN`] characters.
    #[error("Use at least 8 characters")]
    Short,
    /// More than [`PASSWORD_MAX`] characters.
    #[error("Use at most 256 characters")]
    Long,
    /// The address, or a password that every list of guesses begins with.
    #[error("Choose a password that is harder to guess")]
    Guessable,
}

/// Checks a new password for the account with `email`.
pub fn check_password(password: &str, email: &str) -> Result<(), PasswordRefusal> {
    const GUESSES: [&str; 8] =
        ["password", "12345678", "123456789", "qwertyui", "qwerty123", "11111111", "iloveyou", "frontdesk"];
    let length = password.chars().count();
    match length {
        0..PASSWORD_MIN => Err(PasswordRefusal::Short),
        _ if length > PASSWORD_MAX => Err(PasswordRefusal::Long),
        _ if password.eq_ignore_ascii_case(email) => Err(PasswordRefusal::Guessable),
        _ if GUESSES.iter().any(|guess| password.eq_ignore_ascii_case(guess)) => {
            Err(PasswordRefusal::Guessable)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_never_show_in_logs() {
        let credentials =
            Credentials { email: "a@b.example".into(), password: "secret".into(), shared: false };
        assert!(!format!("{credentials:?}").contains("secret"));
    }

    #[test]
    fn passwords_have_two_ends_and_are_not_guessable() {
        let check = |password: &str| check_password(password, "awa@acme.example");
        assert_eq!(check("1234567"), Err(PasswordRefusal::Short));
        assert_eq!(check("ééééééé"), Err(PasswordRefusal::Short));
        assert_eq!(check(&"x".repeat(PASSWORD_MAX + 1)), Err(PasswordRefusal::Long));
        assert_eq!(check("Awa@acme.example"), Err(PasswordRefusal::Guessable));
        assert_eq!(check("Frontdesk"), Err(PasswordRefusal::Guessable));
        assert_eq!(check("three quiet boats"), Ok(()));
    }
}
