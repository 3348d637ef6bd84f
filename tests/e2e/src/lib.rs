//! What the journeys are told with: a desk (backend, data, browsers) and pages that are used as people use them.
//!
//! Reading order: [`mod@desk`] starts everything in one line and ends it; [`page`] opens, fills, presses and sees;
//! [`browser`] speaks WebDriver below it, and [`pool`] keeps browsers for later journeys; [`backend`] and [`place`] are
//! the program under test and where it is; [`audit`] is the accessibility check and [`hostile`] the texts that nobody
//! should type.

#![expect(
    clippy::panic,
    clippy::expect_used,
    reason = "this package is nothing but tests: what it can't do is a failed test"
)]

pub mod desk;
pub mod page;

pub mod audit;
pub mod backend;
pub mod browser;
pub mod place;
pub mod pool;

pub mod hostile;

pub use desk::{Desk, Who, desk, desk_with, large_desk};
pub use page::Page;
