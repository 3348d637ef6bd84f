//! One folder per area, one file per page.

pub mod account;
pub mod accounts;
pub mod audit;
pub mod calls;
pub mod chats;
pub mod claim;
pub mod forgotten;
pub mod help;
pub mod locked_out;
pub mod many;
pub mod new_account;
pub mod not_found;
pub mod overview;
pub mod priorities;
pub mod reports;
pub mod requests;
pub mod sign_in;
pub mod status;
pub mod support;
