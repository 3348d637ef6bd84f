//! Requests to support.

use frontdesk_contract::listing::{Read, RequestList};
use frontdesk_contract::request::{
    MessageSent, NewMessage, NewRequest, Request, RequestChange, RequestCounts,
};
use frontdesk_contract::{Cursor, RequestId, Version};

use crate::api::Endpoint;
use crate::domain::request_list::ListState;
use crate::route::encode;

const REQUESTS: &str = "/api/requests";

/// From where on rows are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// From the first.
    Start,
    /// After the last row of another page.
    After(Cursor),
    /// From this rank; the first has 0.
    At(usize),
}

/// So many rows a short list has.
const SHORT: usize = 50;

/// The first rows of a list.
pub fn list(state: &ListState) -> Endpoint<RequestList> {
    rows(&state.asked(), &Place::Start, SHORT)
}

/// Some rows of a list, by its parameters.
pub fn rows(asked: &str, place: &Place, limit: usize) -> Endpoint<RequestList> {
    let place = match place {
        Place::Start => String::new(),
        Place::After(Cursor(cursor)) => format!("&cursor={}", encode(cursor)),
        Place::At(rank) => format!("&at={rank}"),
    };
    Endpoint::get(format!("{REQUESTS}?{asked}&limit={limit}{place}"))
}

/// How many requests there are of each kind, and how many a list has, by its parameters.
pub fn counts(asked: &str) -> Endpoint<RequestCounts> {
    Endpoint::get(format!("{REQUESTS}/counts?{asked}"))
}

/// The address of the file with all rows of a list; of some of them, where they are named.
pub fn export(asked: &str, format: &str, ids: &[RequestId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let ids = if ids.is_empty() { String::new() } else { format!("&ids={}", ids.join(",")) };
    format!("{REQUESTS}/export?{asked}{ids}&format={format}")
}

/// Says that a request was read up to this version.
pub fn mark_read(id: RequestId, version: Version) -> Endpoint<()> {
    Endpoint::post(format!("{REQUESTS}/{id}/read"), &Read { version })
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
    fn a_page_is_asked_for_from_its_place_on() {
        let path = |place: Place| rows("state=open&sort=-changedAt", &place, 100).raw.path;
        assert_eq!(path(Place::Start), "/api/requests?state=open&sort=-changedAt&limit=100");
        assert_eq!(path(Place::At(7)), "/api/requests?state=open&sort=-changedAt&limit=100&at=7");
        assert_eq!(
            path(Place::After(Cursor("a=".to_owned()))),
            "/api/requests?state=open&sort=-changedAt&limit=100&cursor=a%3D"
        );
    }

    #[test]
    fn an_export_names_the_rows_that_are_wanted() {
        assert_eq!(export("sort=id", "csv", &[]), "/api/requests/export?sort=id&format=csv");
        let ids = [RequestId(7), RequestId(8)];
        assert_eq!(export("sort=id", "json", &ids), "/api/requests/export?sort=id&ids=FD-7,FD-8&format=json");
    }
}
