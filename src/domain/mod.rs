//! The rules of the screens: no browser, no clock, no network.

pub mod account_acts;
pub mod account_list;
pub mod advice;
pub mod ask;
pub mod attached;
pub mod audit;
pub mod call;
pub mod clock_face;
pub mod csv;
pub mod draft;
pub mod host;
pub mod locked_out;
pub mod many;
pub mod mask;
pub mod new_account;
pub mod outbox;
pub mod picture;
pub mod release;
pub mod reply;
pub mod report;
pub mod request_list;
pub mod tell;
pub mod upload;
pub mod window;
