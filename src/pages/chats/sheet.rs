//! The chat of a request as the backend tells it: asked for again whenever something in it moves.

use frontdesk_contract::chat::{Chat, ChatState};
use frontdesk_contract::{Channel, Request};
use leptos::prelude::*;

use crate::api::chats;
use crate::shell::{Fetched, Live, use_fetched_if};

/// The chat of the request on the page.
#[derive(Clone, Copy)]
pub struct Chatting {
    /// As it was told last.
    pub fetched: Fetched<frontdesk_contract::chat::ChatSheet>,
    /// The chat, if there is one.
    pub chat: Memo<Option<Chat>>,
    /// Whether it goes on.
    pub is_on: Memo<bool>,
}

/// Follows the chat of a request that was asked by chat.
pub fn use_chat(request: Signal<Request>) -> Chatting {
    let live = expect_context::<Live>();
    let id = request.with_untracked(|request| request.summary.id);
    let version = Memo::new(move |_| request.with(|request| request.summary.version.clone()));
    let is_chat = Memo::new(move |before: Option<&bool>| {
        // It was a chat once: what became of it is shown.
        before.is_some_and(|before| *before)
            || request.with(|request| request.summary.channel == Channel::Chat)
    });
    // Counts what the stream says about this chat alone.
    let moved = Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or_default();
        if live.chat.get() == Some(id) { before.wrapping_add(1) } else { before }
    });
    let fetched = use_fetched_if(move || {
        // Reading them, and not only `track`, which leaves a memo that nobody has read yet without its sources.
        version.with(|_| ());
        moved.with(|_| ());
        live.everything.track();
        is_chat.get().then(|| chats::show(id))
    });
    let chat = Memo::new(move |_| fetched.get().and_then(|sheet| sheet.chat));
    let is_on = Memo::new(move |_| {
        chat.with(|chat| chat.as_ref().is_some_and(|chat| chat.state != ChatState::Ended))
    });
    Chatting { fetched, chat, is_on }
}
