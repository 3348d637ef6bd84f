//! People as SCIM tells them.

use frontdesk_contract::scim::message::ListResponse;
use frontdesk_contract::scim::user::User;
use frontdesk_contract::scim::{ENTERPRISE, INVITATION, LIFECYCLE};

use crate::api::Endpoint;
use crate::domain::account_list::Question;
use crate::route::encode;

const USERS: &str = "/scim/v2/Users";
/// What lists show of the core; the extensions stand behind it.
const SHOWN: &str = "userName,displayName,name,title,active,emails,meta";

/// A page of people: the first, or the one behind a cursor.
pub fn people(question: &Question, cursor: &str, count: usize) -> Endpoint<ListResponse<User>> {
    let asked = asked(question);
    // The manager's name is told to whoever names it.
    let manager = format!("{ENTERPRISE}:manager.displayName");
    let shown = [SHOWN, ENTERPRISE, &manager, LIFECYCLE, INVITATION].join(",");
    Endpoint::get(format!(
        "{USERS}?{asked}attributes={}&count={count}&cursor={}",
        encode(&shown),
        encode(cursor)
    ))
}

/// The identifiers alone, for a selection of everybody.
pub fn ids(question: &Question, cursor: &str, count: usize) -> Endpoint<ListResponse<User>> {
    let asked = asked(question);
    Endpoint::get(format!("{USERS}?{asked}attributes=id&count={count}&cursor={}", encode(cursor)))
}

/// How many people there are, and none of them.
pub fn total(question: &Question) -> Endpoint<ListResponse<User>> {
    Endpoint::get(format!("{USERS}?{}count=0", asked(question)))
}

fn asked(question: &Question) -> String {
    let Question { filter, sort_by, is_descending } = question;
    let mut asked = String::new();
    if !filter.is_empty() {
        asked = format!("filter={}&", encode(filter));
    }
    let order = if *is_descending { "descending" } else { "ascending" };
    format!("{asked}sortBy={}&sortOrder={order}&", encode(sort_by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_asked_for_by_its_cursor() {
        let question =
            Question { filter: "title pr".to_owned(), sort_by: "displayName", is_descending: true };
        let path = people(&question, "", 100).raw.path;
        let start =
            "/scim/v2/Users?filter=title%20pr&sortBy=displayName&sortOrder=descending&attributes=userName%2C";
        assert!(path.starts_with(start) && path.ends_with("&count=100&cursor="), "{path}");
        assert!(path.contains(&encode(LIFECYCLE)) && path.contains(&encode(INVITATION)), "{path}");
        let question = Question { filter: String::new(), ..question };
        assert_eq!(
            total(&question).raw.path,
            "/scim/v2/Users?sortBy=displayName&sortOrder=descending&count=0"
        );
        assert!(ids(&question, "a=", 5).raw.path.ends_with("attributes=id&count=5&cursor=a%3D"));
    }
}
