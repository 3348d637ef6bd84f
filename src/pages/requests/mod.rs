//! Requests of the organization to support.

pub mod list;
pub mod show;

pub mod bulk;
pub mod columns;
pub mod filters;
pub mod grid;
pub mod row;
pub mod rows;
pub mod saved;
pub mod seen;

pub mod change;
pub mod facts;
pub mod reply;
pub mod thread;
