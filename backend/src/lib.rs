//! The embedded backend: one binary with SQLite inside.
//!
//! Reading order: [`cli`] says what can be asked for, [`server`] starts and stops, [`app`] is what
//! every handler has at hand, [`http`] is the wire, [`store`] is what is kept. The rules themselves
//! are in `frontdesk-contract`; the backend enforces them.

#![warn(missing_docs)]

pub mod cli;
pub mod log;
pub mod operator;
pub mod seed;
pub mod server;

pub mod app;
pub mod clock;
pub mod origin;
pub mod secret;

pub mod act;
pub mod calendar;
pub mod runs;
pub mod scim;

pub mod help;
pub mod markup;
pub mod password;
pub mod phone;
pub mod settings;
pub mod status;

pub mod headers;
pub mod http;
pub mod mail;
pub mod pages;

pub mod store;
pub mod timers;
pub mod upstream;
