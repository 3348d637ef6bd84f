//! The status page.

pub mod component;
pub mod deliveries;
pub mod happening;
pub mod incident;
pub mod maintenance;
pub mod ours;
pub mod page;
pub mod write;
