//! The server's clock, the only one that anybody trusts.

use std::time::{SystemTime, UNIX_EPOCH};

use frontdesk_contract::Timestamp;
use frontdesk_contract::time::Span;

/// The time of the machine, moved by an offset.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    offset: Span,
}

impl Clock {
    /// The time of the machine.
    pub const fn of_the_machine() -> Self {
        Self { offset: Span(0) }
    }

    /// A clock that shows `now` at this moment and runs on from there.
    pub fn set_to(now: Timestamp) -> Self {
        Self { offset: now.since(machine_time()) }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        machine_time().plus(self.offset)
    }
}

fn machine_time() -> Timestamp {
    let millis = match SystemTime::now().duration_since(UNIX_EPOCH) {
        Ok(since) => i64::try_from(since.as_millis()).unwrap_or(i64::MAX),
        Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
    };
    Timestamp::EPOCH.plus(Span(millis))
}
