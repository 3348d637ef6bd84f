//! Passwords: argon2id, never on the threads that answer calls.

use std::sync::Arc;

use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

/// The password of the seeded sign-ins, unless told otherwise.
pub const DEFAULT_PASSWORD: &str = "frontdesk";
/// How many passwords are worked on at the same time: each takes 19 MiB.
const AT_ONCE: usize = 2;

/// What makes and checks hashes.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    /// The hash of a password that nobody has: an unknown address takes as long as a known one.
    nobody: Arc<str>,
}

/// Whether a password is the right one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is.
    Right,
    /// It isn't, or there is none.
    Wrong,
}

/// Why no hash could be made.
#[derive(Debug, thiserror::Error)]
#[error("A password could not be hashed: {0}")]
pub struct HashError(String);

/// A turn at the hashes: held while tries are counted too, so that few run at the same time.
#[derive(Debug)]
pub struct Turn {
    _permit: tokio::sync::OwnedSemaphorePermit,
    nobody: Arc<str>,
}

impl Passwords {
    /// Makes ready.
    pub fn new() -> Result<Self, HashError> {
        let nobody = hash_now(&crate::secret::token(16))?;
        Ok(Self { turns: Arc::new(Semaphore::new(AT_ONCE)), nobody: nobody.into() })
    }

    /// Waits for a turn.
    pub async fn turn(&self) -> Result<Turn, HashError> {
        let permit = Arc::clone(&self.turns).acquire_owned().await;
        let permit = permit.map_err(|error| HashError(error.to_string()))?;
        Ok(Turn { _permit: permit, nobody: Arc::clone(&self.nobody) })
    }
}

impl Turn {
    /// Checks `password` against a hash. Without one it takes as long, and is wrong.
    pub async fn verify(&self, password: String, hash: Option<String>) -> Result<Verdict, HashError> {
        let is_known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.nobody.to_string());
        let is_right = away(move || {
            let parsed = PasswordHash::new(&hash).map_err(|error| HashError(error.to_string()))?;
            Ok(hasher().verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await?;
        Ok(if is_right && is_known { Verdict::Right } else { Verdict::Wrong })
    }

    /// Makes the hash that is stored.
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        away(move || hash_now(&password)).await
    }
}

/// Makes the hash that is stored, on this thread.
pub fn hash_now(password: &str) -> Result<String, HashError> {
    let salt = SaltString::encode_b64(crate::secret::token(12).as_bytes())
        .map_err(|error| HashError(error.to_string()))?;
    hasher()
        .hash_password(password.as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| HashError(error.to_string()))
}

async fn away<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, HashError> + Send + 'static,
) -> Result<T, HashError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| HashError(error.to_string()))?
}

/// OWASP's smallest argon2id: 19 MiB, two passes, one lane. These are the crate's defaults today;
/// they stand here so that they change only on purpose.
fn hasher() -> Argon2<'static> {
    let params = Params::new(19 * 1_024, 2, 1, None).unwrap_or_default();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}
