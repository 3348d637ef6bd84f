//! Which attributes differ between two versions of a resource, in words for the audit log.

use std::collections::BTreeSet;

use frontdesk_contract::audit::Changed;
use serde_json::{Map, Value};

use crate::scim::schema::Resource;

/// So many letters of a value are told.
const VALUE_MAX: usize = 200;
/// So many attributes are told.
const CHANGES_MAX: usize = 50;

/// The attributes of a person that differ, before and after. Secrets are not among them, and what is long is cut.
pub fn of(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Changed> {
    let mut changes = Vec::new();
    for name in names(before, after) {
        let (was, is) = (before.get(name), after.get(name));
        if Resource::User.extension(name).is_some() {
            let inner = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
            let (was, is) = (inner(was), inner(is));
            for part in names(&was, &is) {
                push(&mut changes, format!("{name}:{part}"), was.get(part), is.get(part));
            }
        } else {
            push(&mut changes, name.to_owned(), was, is);
        }
    }
    changes.truncate(CHANGES_MAX);
    changes
}

fn names<'a>(one: &'a Map<String, Value>, two: &'a Map<String, Value>) -> BTreeSet<&'a str> {
    one.keys().chain(two.keys()).map(String::as_str).collect()
}

fn push(changes: &mut Vec<Changed>, path: String, was: Option<&Value>, is: Option<&Value>) {
    let is_secret = path.to_lowercase().contains("password");
    if was == is || is_secret {
        return;
    }
    changes.push(Changed { path, before: was.and_then(told), after: is.and_then(told) });
}

/// A value in words: what a person would read in it.
fn told(value: &Value) -> Option<String> {
    let text = words(value);
    if text.is_empty() {
        return None;
    }
    let mut letters = text.chars();
    let mut short: String = letters.by_ref().take(VALUE_MAX).collect();
    if letters.next().is_some() {
        short.push('…');
    }
    Some(short)
}

fn list<'a>(values: impl Iterator<Item = &'a Value>, between: &str) -> String {
    let texts: Vec<String> = values.map(words).filter(|text| !text.is_empty()).collect();
    texts.join(between)
}

fn words(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(text) => text.clone(),
        Value::Array(values) => list(values.iter(), ", "),
        Value::Object(parts) => match parts.get("formatted").or_else(|| parts.get("value")) {
            // Parts of a name change without its spelling, so that all of them are told.
            Some(_) if parts.contains_key("familyName") || parts.contains_key("givenName") => {
                list(parts.values(), " · ")
            }
            Some(main) => words(main),
            None => list(parts.values(), " · "),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn changes(before: &Value, after: &Value) -> Vec<(String, Option<String>, Option<String>)> {
        let map = |value: &Value| value.as_object().cloned().unwrap_or_default();
        let changes = of(&map(before), &map(after));
        changes.into_iter().map(|change| (change.path, change.before, change.after)).collect()
    }

    #[test]
    fn attributes_are_told_before_and_after_without_secrets() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        let before = json!({"title": "Designer", "nickName": "Z", "password": "a",
            "emails": [{"value": "a@b.c", "primary": true}, {"value": "d@e.f"}], urn: {"department": "Glass"}});
        let after = json!({"title": "Lead", "password": "b", "emails": [{"value": "a@b.c"}], "locale": "fr",
            urn: {"department": "Glass", "costCenter": "7"}});
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            changes(&before, &after),
            [
                ("emails".to_owned(), some("a@b.c, d@e.f"), some("a@b.c")),
                ("locale".to_owned(), None, some("fr")),
                ("nickName".to_owned(), some("Z"), None),
                ("title".to_owned(), some("Designer"), some("Lead")),
                (format!("{urn}:costCenter"), None, some("7")),
            ]
        );
    }

    #[test]
    fn what_is_long_is_cut_and_what_is_much_ends() {
        let long = changes(&json!({}), &json!({"title": "x".repeat(5_000)}));
        assert_eq!(long.first().and_then(|(_, _, is)| is.as_ref()).map(|is| is.chars().count()), Some(201));
        let many: Map<String, Value> = (0..500).map(|number| (format!("a{number}"), json!(1))).collect();
        assert_eq!(of(&Map::new(), &many).len(), CHANGES_MAX);
    }
}
