//! Calls as values: an endpoint is a pure function, the client is the only door to the network.

pub mod bearer;
pub mod client;
pub mod endpoint;
pub mod error;
pub mod fetch;

pub mod accounts;
pub mod audit;
pub mod calls;
pub mod care;
pub mod chats;
pub mod counts;
pub mod desk;
pub mod feedback;
pub mod plans;
pub mod report_groups;
pub mod reports;
pub mod requests;
pub mod scim;
pub mod session;
pub mod status;
pub mod uploads;
pub mod views;

pub use client::Client;
pub use endpoint::Endpoint;
pub use error::ApiError;
