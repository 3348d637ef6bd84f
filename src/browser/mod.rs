//! The browser behind small functions: the only place that touches `web-sys`.
//!
//! Off the browser everything compiles and nothing is to be called.

pub mod boot;
pub mod bytes;
pub mod capture;
pub mod clipboard;
pub mod clock;
pub mod dialog;
pub mod embed;
pub mod focus;
pub mod host;
pub mod intl;
pub mod listen;
pub mod live;
pub mod lock;
pub mod notices;
pub mod page;
pub mod panic;
pub mod picked;
pub mod picture;
pub mod random;
pub mod refocus;
pub mod release;
pub mod send;
pub mod shelf;
pub mod slices;
pub mod storage;
pub mod timer;
pub mod viewport;
