//! The embedded backend: one binary with SQLite inside.

#![warn(missing_docs)]

pub mod headers;
pub mod pages;
