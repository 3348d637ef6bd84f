//! Bridges to what an organization runs already: SCIM providers, helpdesks, sign-in providers, status pages.

pub mod addresses;
pub mod chat;
pub mod reading;
pub mod scim;
pub mod statuspage;
