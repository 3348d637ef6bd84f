//! Live chats.

use frontdesk_contract::chat::{ChatChange, ChatMarks, ChatOffer, ChatSheet};
use frontdesk_contract::{RequestId, Version};

use crate::api::Endpoint;

/// Whether somebody is there to chat now.
pub fn offer() -> Endpoint<ChatOffer> {
    Endpoint::get("/api/chat/offer")
}

/// The chat of a request.
pub fn show(id: RequestId) -> Endpoint<ChatSheet> {
    Endpoint::get(address(id))
}

/// Changes a chat, if it still has `version`.
pub fn change(id: RequestId, change: &ChatChange, version: Version) -> Endpoint<ChatSheet> {
    Endpoint::patch(address(id), change).if_match(version)
}

/// Tells how far the reader is.
pub fn mark(id: RequestId, marks: &ChatMarks) -> Endpoint<()> {
    Endpoint::post(address(id) + "/marks", marks)
}

fn address(id: RequestId) -> String {
    format!("/api/requests/{id}/chat")
}
