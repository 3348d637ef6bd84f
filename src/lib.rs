//! The panel: what an admin, an auditor and an agent see, as static files.
//!
//! In reading order: [`route`] names every page; [`domain`] holds the rules of the screens without a
//! browser; [`api`] turns calls into values; [`browser`] is the only door to the browser itself;
//! [`state`] is what stands in context; [`i18n`] the words; [`ui`] blocks that know nothing of the
//! product; [`shell`] what every page stands in; [`pages`] the pages; [`report`] the employees' dialog, a page
//! and a program of its own; [`pieces`] says which of the pages come together; [`app`] puts the panel together.

pub mod route;

pub mod api;
pub mod browser;
pub mod domain;

pub mod i18n;
pub mod state;
pub mod ui;

pub mod pages;
pub mod report;
pub mod shell;

pub mod app;
pub mod pieces;
