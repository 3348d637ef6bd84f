//! Requests of the organization to support.

pub mod list;
pub mod show;

pub mod row;

pub mod change;
pub mod facts;
pub mod reply;
pub mod thread;
