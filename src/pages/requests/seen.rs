//! What the person has read: the list marks what changed since.

use frontdesk_contract::{Request, RequestId, Version};
use leptos::prelude::*;

use crate::api::{Client, requests};
use crate::shell::Act;
use crate::ui::effect_after;

/// Tells the backend what of a request is shown, each version once. Nobody waits for it, and nobody is told when it
/// can't be noted: the mark in the list stays, and goes with the next visit.
pub fn use_seen(request: Signal<Request>) {
    let client = expect_context::<Client>().unheard();
    let mark = Act::new(move |(id, version): (RequestId, Version)| {
        let client = client.clone();
        async move {
            let _ = client.send(requests::mark_read(id, version)).await;
        }
    });
    let shown =
        Memo::new(move |_| request.with(|request| (request.summary.id, request.summary.version.clone())));
    // The network is outside the reactive graph.
    effect_after(move |told: Option<Option<(RequestId, Version)>>| {
        let now = shown.get();
        let told = told.flatten();
        if told.as_ref() == Some(&now) || mark.pending().get() {
            return told;
        }
        mark.begin(now.clone());
        Some(now)
    });
}
