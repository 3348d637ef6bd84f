//! Calls of support, as a new request asks for them and as a request's page shows them.

pub mod ask;
pub mod card;

pub mod fields;
