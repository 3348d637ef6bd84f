//! The organization's own SCIM provider: it keeps the accounts, we keep a mirror and what SCIM lacks (ADR 13).
//!
//! Reading order: [`client`] asks it, [`reading`] mirrors what it tells, [`acts`] changes an account there before it
//! is changed here.

pub mod acts;
pub mod client;
pub mod reading;
