//! The clocks of the device. What time it is, the server says; these measure and stamp.

use frontdesk_contract::Timestamp;

/// Milliseconds since the page started; never goes back.
pub fn monotonic_millis() -> f64 {
    web_sys::window().and_then(|window| window.performance()).map_or(0.0, |clock| clock.now())
}

/// The wall clock of the device in milliseconds since 1970. Only for stamping drafts when nobody is signed in.
pub fn wall_millis() -> i64 {
    // Whole milliseconds far below 2^53.
    js_sys::Date::now() as i64
}

/// The wall clock of the device, for the same use.
pub fn wall() -> Timestamp {
    Timestamp::from_millis(wall_millis()).unwrap_or(Timestamp::EPOCH)
}
