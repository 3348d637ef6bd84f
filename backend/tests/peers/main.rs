//! Accounts kept by real providers: scim2-server, which does all of SCIM and answers PATCH with 204, and Canaille, which
//! ignores filters, fails on `count`, answers with pages for people, and names members of groups by their user names.
//!
//! `cargo xtask test --only peers` installs both, says where they are, and runs this.

#[cfg(test)]
#[expect(dead_code, reason = "the API tests use more of it")]
#[path = "../api/app.rs"]
mod app;
#[cfg(test)]
mod life;
#[cfg(test)]
mod peer;
