//! Requests to support.

use frontdesk_contract::request::{
    MessageSent, NewMessage, NewRequest, Request, RequestChange, RequestCounts,
};
use frontdesk_contract::{Cursor, Page, RequestId, RequestSummary, Version};

use crate::api::Endpoint;
use crate::route::{RequestsView, encode};

const REQUESTS: &str = "/api/requests";

/// What a list asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Which requests.
    pub view: RequestsView,
    /// Words to search for.
    pub words: String,
    /// Where the last page ended.
    pub cursor: Option<Cursor>,
}

/// A page of the list, newest change first.
pub fn list(query: &ListQuery) -> Endpoint<Page<RequestSummary>> {
    let filter = match query.view {
        RequestsView::Open => "&state=open",
        RequestsView::Waiting => "&state=open&waitingFor=organization",
        RequestsView::Support => "&state=open&waitingFor=support",
        RequestsView::Hold => "&state=hold",
        RequestsView::Solved => "&state=solved",
        RequestsView::All => "",
    };
    let words = match query.words.trim() {
        "" => String::new(),
        words => format!("&q={}", encode(words)),
    };
    let cursor = query
        .cursor
        .as_ref()
        .map_or_else(String::new, |Cursor(cursor)| format!("&cursor={}", encode(cursor)));
    Endpoint::get(format!("{REQUESTS}?limit=50{filter}{words}{cursor}"))
}

/// How many requests there are of each kind.
pub fn counts() -> Endpoint<RequestCounts> {
    Endpoint::get(format!("{REQUESTS}/counts"))
}

/// One request with its thread.
pub fn show(id: RequestId) -> Endpoint<Request> {
    Endpoint::get(format!("{REQUESTS}/{id}"))
}

/// Asks support.
pub fn create(request: &NewRequest, key: &str) -> Endpoint<Request> {
    Endpoint::post(REQUESTS, request).keyed(key)
}

/// Changes state or priority, if the request still has `version`.
pub fn change(id: RequestId, change: &RequestChange, version: Version) -> Endpoint<Request> {
    Endpoint::patch(format!("{REQUESTS}/{id}"), change).if_match(version)
}

/// Writes into the thread.
pub fn reply(id: RequestId, message: &NewMessage, key: &str) -> Endpoint<MessageSent> {
    Endpoint::post(format!("{REQUESTS}/{id}/messages"), message).keyed(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_asks_for_exactly_what_its_address_says() {
        let query = ListQuery {
            view: RequestsView::Waiting,
            words: " C++ (".to_owned(),
            cursor: Some(Cursor("a=".to_owned())),
        };
        assert_eq!(
            list(&query).raw.path,
            "/api/requests?limit=50&state=open&waitingFor=organization&q=C%2B%2B%20%28&cursor=a%3D"
        );
    }
}
