//! People as SCIM tells them.

use frontdesk_contract::scim::message::ListResponse;
use frontdesk_contract::scim::user::User;

use crate::api::Endpoint;
use crate::domain::account_list::Question;
use crate::route::encode;

const USERS: &str = "/scim/v2/Users";
/// What no list shows.
const WITHOUT: &str = "groups,phoneNumbers,addresses";

/// A page of people: the first, or the one behind a cursor.
pub fn people(question: &Question, cursor: &str, count: usize) -> Endpoint<ListResponse<User>> {
    let asked = asked(question);
    Endpoint::get(format!(
        "{USERS}?{asked}excludedAttributes={WITHOUT}&count={count}&cursor={}",
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
        assert_eq!(
            people(&question, "", 100).raw.path,
            "/scim/v2/Users?filter=title%20pr&sortBy=displayName&sortOrder=descending&excludedAttributes=groups,phoneNumbers,addresses&count=100&cursor="
        );
        let question = Question { filter: String::new(), ..question };
        assert_eq!(
            total(&question).raw.path,
            "/scim/v2/Users?sortBy=displayName&sortOrder=descending&count=0"
        );
        assert!(ids(&question, "a=", 5).raw.path.ends_with("attributes=id&count=5&cursor=a%3D"));
    }
}
