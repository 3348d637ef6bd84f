//! "Was this helpful?"

use frontdesk_contract::feedback::{Feedback, FeedbackPage, NewFeedback};

use crate::api::Endpoint;
use crate::route::encode;

const FEEDBACK: &str = "/api/feedback";

/// What was said about a page.
pub fn show(page: &FeedbackPage) -> Endpoint<Feedback> {
    Endpoint::get(format!("{FEEDBACK}?page={}", encode(&page.to_string())))
}

/// Says whether a page was helpful.
pub fn say(new: &NewFeedback, key: &str) -> Endpoint<Feedback> {
    Endpoint::post(FEEDBACK, new).keyed(key)
}
