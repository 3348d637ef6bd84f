//! The live stream at `/api/events` (server-sent events).

use serde::{Deserialize, Serialize};

use crate::{RequestId, Timestamp, Version};

/// How often the stream says something when nothing happens, in seconds.
pub const HEARTBEAT_SECONDS: u64 = 15;

/// What the `data` of an event carries. It names what changed and never repeats it: whoever may see
/// the thing asks for it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Event {
    /// A request was made or changed.
    Request {
        /// Which.
        id: RequestId,
        /// Its version now.
        version: Version,
        /// How many requests wait for the organization now.
        waiting_for_you: u64,
    },
    /// An incident appeared, changed or ended.
    Status,
    /// The settings or the help changed.
    Settings,
    /// Nothing happened; the server's clock.
    Heartbeat {
        /// The time now.
        now: Timestamp,
    },
    /// The stream could not be followed from where the reader was; everything is to be read again.
    Reset,
    /// Something that this release doesn't know.
    #[serde(other)]
    Other,
}
