//! The rules of the screens: no browser, no clock, no network.

pub mod account_list;
pub mod advice;
pub mod ask;
pub mod audit;
pub mod call;
pub mod clock_face;
pub mod csv;
pub mod draft;
pub mod many;
pub mod outbox;
pub mod release;
pub mod reply;
pub mod request_list;
pub mod tell;
pub mod window;
