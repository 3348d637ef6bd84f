//! Contact support: check first, then ask.

pub mod ask;

pub mod doors;
pub mod elsewhere;

pub mod channels;
pub mod check_first;
pub mod choose;
pub mod phone;
