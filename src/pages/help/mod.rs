//! Help: articles of the organization, and where to find more.

pub mod article;
pub mod list;

pub mod resources;
