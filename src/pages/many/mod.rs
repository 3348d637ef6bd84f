//! Many accounts at once: a list, its dry run, the run; and what waits for a second person.

pub mod approvals;
pub mod page;

pub mod asked;
pub mod begin;
pub mod columns;
pub mod effects;
pub mod forgot;
pub mod handover;
pub mod links;
pub mod perform;
pub mod plan;
pub mod reading;
pub mod recent;
pub mod rows;
pub mod run;
pub mod wording;
