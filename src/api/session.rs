//! Signing in and out.

use frontdesk_contract::forgotten::{AskedForPassword, Forgotten, PasswordLink};
use frontdesk_contract::session::{Claim, Credentials, PasswordChange};
use frontdesk_contract::settings::Welcome;
use frontdesk_contract::{PersonId, Session};

use crate::api::Endpoint;
use crate::route::encode;

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

/// Asks for a new password; the answer is the same whether or not anybody has the address.
pub fn forgotten(forgotten: &Forgotten) -> Endpoint<()> {
    Endpoint::post("/api/forgotten", forgotten)
}

/// Who asked for a new password.
pub fn asked() -> Endpoint<Vec<AskedForPassword>> {
    Endpoint::get("/api/forgotten")
}

/// Makes a link for a new password; those made before end.
pub fn password_link(id: &PersonId) -> Endpoint<PasswordLink> {
    Endpoint::post(format!("/api/accounts/{}/password-link", encode(id.as_str())), &())
}

/// Sets a password with a one-time link and signs in.
pub fn claim(claim: &Claim) -> Endpoint<Session> {
    Endpoint::post("/api/claims", claim)
}
