//! Accounts: the list, one account with its acts, and what becomes of accounts.

pub mod list;

pub mod columns;
pub mod everybody;
pub mod filters;
pub mod left;
pub mod rows;
pub mod table;

pub mod show;

pub mod acts;
pub mod again;
pub mod clock;
pub mod facts;
pub mod history;

pub mod dialog;

pub mod ask;
pub mod check;
pub mod handover;
pub mod receipt;

pub mod lifecycle;
pub mod provider;
pub mod today;
