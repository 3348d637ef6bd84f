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

pub mod changing;

pub mod acts;
pub mod answering;
pub mod change;
pub mod facts;
pub mod links;
pub mod markup;
pub mod priorities;
pub mod promise;
pub mod rating;
pub mod reply;
pub mod thread;
