//! Problem reports: the list of groups, a group, one report, and one's own.

pub mod answering;
pub mod days;
pub mod group;
pub mod handling;
pub mod items;
pub mod list;
pub mod mine;
pub mod newest;
pub mod one;
pub mod stands;
