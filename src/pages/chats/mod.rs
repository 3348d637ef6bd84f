//! Live chat: the second door of *Contact support*, and what a request's page has of it.

pub mod card;
pub mod talk;

pub mod sheet;
