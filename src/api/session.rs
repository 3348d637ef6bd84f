//! Signing in and out.

use frontdesk_contract::Session;
use frontdesk_contract::session::{Claim, Credentials, PasswordChange};
use frontdesk_contract::settings::Welcome;

use crate::api::Endpoint;

const SESSION: &str = "/api/session";

/// What everybody may know before signing in.
pub fn welcome() -> Endpoint<Welcome> {
    Endpoint::get("/api/welcome")
}

/// Who is signed in.
pub fn show() -> Endpoint<Session> {
    Endpoint::get(SESSION)
}

/// Signs in.
pub fn create(credentials: &Credentials) -> Endpoint<Session> {
    Endpoint::post(SESSION, credentials)
}

/// Signs out here.
pub fn end() -> Endpoint<()> {
    Endpoint::delete(SESSION)
}

/// Signs out everywhere.
pub fn end_all() -> Endpoint<()> {
    Endpoint::delete("/api/sessions")
}

/// Changes the password; the other sessions end.
pub fn change_password(change: &PasswordChange) -> Endpoint<()> {
    Endpoint::post("/api/session/password", change)
}

/// Sets a password with a one-time link and signs in.
pub fn claim(claim: &Claim) -> Endpoint<Session> {
    Endpoint::post("/api/claims", claim)
}
