//! What stands in context: who is signed in, and how the panel looks on this device.

pub mod preferences;
pub mod session;

pub use preferences::Preferences;
pub use session::SessionState;
