//! Secrets that nobody can guess, and what is stored of them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRngCore as _;
use sha2::{Digest, Sha256};

/// A random text of `bytes` bytes, safe in an address and in a header.
pub fn token(bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    // The generator of the operating system fails only when the machine is broken; a thread's own
    // generator, seeded from it before, is as unpredictable.
    if rand::rngs::OsRng.try_fill_bytes(&mut buffer).is_err() {
        rand::RngCore::fill_bytes(&mut rand::rng(), &mut buffer);
    }
    URL_SAFE_NO_PAD.encode(buffer)
}

/// What the database keeps of a secret: enough to know it again, not enough to use it.
pub fn digest(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}

/// A number that changes when `text` does.
pub fn number_of(text: &str) -> u64 {
    digest(text).iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}
