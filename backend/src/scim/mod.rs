//! SCIM without the wire and without the database: which attributes there are, what a body may say, what a
//! change does, what goes out.

pub mod change;
pub mod changes;
pub mod foreign;
pub mod resource;
pub mod schema;
