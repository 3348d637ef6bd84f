//! What is asked of somebody else's provider, as PATCH or as PUT, and whether it was done: a provider's word about a
//! change counts for nothing before the account was read back.

use serde_json::{Map, Value, json};

use super::abilities::Abilities;
use super::foreign::Foreign;
use super::{INVITATION, LIFECYCLE, PATCH};
use crate::account::FORMER_MEMBER;

/// What every record has and nobody writes.
const NEVER_WRITTEN: [&str; 4] = ["id", "meta", "groups", "schemas"];

/// A change of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The operations of a PATCH.
    pub operations: Vec<Value>,
    /// The whole record, for a PUT.
    pub record: Map<String, Value>,
}

impl Change {
    /// Switches an account on or off.
    pub fn activity(person: &Foreign, active: bool, abilities: &Abilities) -> Self {
        let mut record = writable(person, abilities);
        record.insert("active".to_owned(), Value::Bool(active));
        // Without a path, as the widest spread of providers takes it.
        Self { operations: vec![json!({"op": "replace", "value": {"active": active}})], record }
    }

    /// Removes the profile (FACTS.md): `displayName` and `name.formatted` say Former Member, `userName`
    /// `former-<id>@invalid`, and every writable optional attribute goes. What must be there says something else.
    pub fn removal(person: &Foreign, abilities: &Abilities) -> Self {
        let user_name = format!("former-{}@invalid", person.id);
        let mut record = Map::new();
        let mut operations = Vec::new();
        let parts = person.body.get("name").and_then(Value::as_object);
        let has = |part: &str| parts.is_some_and(|parts| parts.contains_key(part));
        // What can't be taken out after all, whatever the schema says, is masked at least.
        let (mut masked_name, mut whole_name) = (Map::new(), Map::new());
        for (part, mask) in [("formatted", FORMER_MEMBER), ("familyName", "Member"), ("givenName", "Former")]
        {
            let is_required = abilities.is_required(&format!("name.{part}"));
            if part == "formatted" || is_required || has(part) {
                masked_name.insert(part.to_owned(), json!(mask));
            }
            if part == "formatted" || is_required {
                whole_name.insert(part.to_owned(), json!(mask));
            }
        }
        for (path, masked, whole) in [
            ("userName", json!(user_name), json!(user_name)),
            ("displayName", json!(FORMER_MEMBER), json!(FORMER_MEMBER)),
            ("name", Value::Object(masked_name), Value::Object(whole_name)),
        ] {
            if abilities.is_read_only(path) {
                continue;
            }
            operations.push(json!({"op": "replace", "path": path, "value": masked}));
            // A whole record keeps what the provider says stays; a single change is tried all the same.
            if !abilities.is_fixed(path) {
                record.insert(path.to_owned(), whole);
            }
        }
        for part in parts.into_iter().flat_map(Map::keys).filter(|part| *part != "formatted") {
            let path = format!("name.{part}");
            if !abilities.is_required(&path) && !abilities.is_read_only(&path) {
                operations.push(json!({"op": "remove", "path": path}));
            }
        }
        for (field, value) in &writable(person, abilities) {
            if record.contains_key(field) {
                continue;
            }
            if field == "active" || abilities.is_fixed(field) {
                record.insert(field.clone(), value.clone());
            } else if let (true, Value::Object(inner)) = (is_urn(field), value) {
                for (part, value) in inner {
                    let path = format!("{field}:{part}");
                    take_out(&path, value, &user_name, abilities, &mut operations);
                    if abilities.is_required(&path) {
                        let extension = record.entry(field.clone()).or_insert_with(|| json!({}));
                        if let Some(fields) = extension.as_object_mut() {
                            fields.insert(part.clone(), masked(value, &user_name));
                        }
                    }
                }
            } else {
                take_out(field, value, &user_name, abilities, &mut operations);
                if abilities.is_required(field) {
                    record.insert(field.clone(), masked(value, &user_name));
                }
            }
        }
        Self { operations, record }
    }

    /// The body of a PATCH with all operations.
    pub fn patch(&self) -> Value {
        json!({"schemas": [PATCH], "Operations": self.operations})
    }

    /// Bodies of PATCHes with one operation each: what can't be done then keeps nothing else from being done.
    pub fn patches(&self) -> impl Iterator<Item = Value> {
        self.operations.iter().map(|operation| json!({"schemas": [PATCH], "Operations": [operation]}))
    }

    /// The body of a PUT.
    pub fn put(&self, person: &Foreign) -> Value {
        let mut body = self.record.clone();
        let mut schemas = vec![json!(super::USER)];
        schemas.extend(body.keys().filter(|name| is_urn(name)).map(|name| json!(name)));
        body.insert("schemas".to_owned(), Value::Array(schemas));
        body.insert("id".to_owned(), person.told_id.clone());
        Value::Object(body)
    }
}

fn take_out(path: &str, value: &Value, user_name: &str, abilities: &Abilities, operations: &mut Vec<Value>) {
    operations.push(if abilities.is_required(path) {
        json!({"op": "replace", "path": path, "value": masked(value, user_name)})
    } else {
        json!({"op": "remove", "path": path})
    });
}

/// Something that says nothing, in the place of what must be there.
fn masked(value: &Value, user_name: &str) -> Value {
    match value {
        Value::Array(_) => json!([{"value": user_name}]),
        Value::String(_) => json!(FORMER_MEMBER),
        other => other.clone(),
    }
}

/// What may be written back of a record.
fn writable(person: &Foreign, abilities: &Abilities) -> Map<String, Value> {
    let mut kept = Map::new();
    for (field, value) in &person.body {
        let is_ours_to_leave = NEVER_WRITTEN.contains(&field.as_str())
            || [INVITATION, LIFECYCLE].contains(&field.as_str())
            || abilities.is_read_only(field);
        if is_ours_to_leave {
            continue;
        }
        let value = match value {
            Value::Object(inner) => {
                let path = |part: &str| {
                    if is_urn(field) { format!("{field}:{part}") } else { format!("{field}.{part}") }
                };
                let inner = inner.iter().filter(|(part, _)| !abilities.is_read_only(&path(part)));
                Value::Object(inner.map(|(part, value)| (part.clone(), value.clone())).collect())
            }
            other => other.clone(),
        };
        kept.insert(field.clone(), value);
    }
    kept
}

fn is_urn(name: &str) -> bool {
    name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("urn:"))
}

/// Which fields of the profile still hold what they held, by the names of a receipt.
pub fn still_held(before: &Foreign, after: &Foreign) -> Vec<String> {
    let mut names = Vec::new();
    for (field, was) in &before.body {
        if NEVER_WRITTEN.contains(&field.as_str())
            || [INVITATION, LIFECYCLE, "active"].contains(&field.as_str())
        {
            continue;
        }
        let Some(is) = after.body.get(field) else { continue };
        match (is_urn(field), was, is) {
            (true, Value::Object(was), Value::Object(is)) => {
                for (part, was) in was {
                    if is.get(part).is_some_and(|is| holds(is, was)) {
                        names.push(format!("{field}:{part}"));
                    }
                }
            }
            _ => {
                if holds(is, was) {
                    names.push(field.clone());
                }
            }
        }
    }
    names
}

/// Whether a text of `was` still stands anywhere in `is`.
fn holds(is: &Value, was: &Value) -> bool {
    let mut known = Vec::new();
    leaves(was, "", &mut known);
    let mut found = Vec::new();
    leaves(is, "", &mut found);
    found.iter().any(|text| known.contains(text))
}

/// The texts and numbers of a value that say something of a person: not what an address is for.
fn leaves<'a>(value: &'a Value, name: &str, found: &mut Vec<&'a Value>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| leaves(value, name, found)),
        Value::Array(values) => values.iter().for_each(|value| leaves(value, name, found)),
        Value::String(text) if text.trim().is_empty() || text == FORMER_MEMBER || name == "type" => {}
        Value::String(_) | Value::Number(_) => found.push(value),
        Value::Bool(_) | Value::Null => {}
    }
}

/// The one record that really is what was asked for: a provider may answer a filter with everybody.
pub fn only(found: &[Foreign], is_it: impl Fn(&Foreign) -> bool) -> Option<&Foreign> {
    let mut fitting = found.iter().filter(|person| is_it(person));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::scim::ENTERPRISE;

    fn hana() -> Foreign {
        let record = json!({
            "schemas": ["x"], "id": 7, "userName": "hana@acme.example", "displayName": "Hana Kobayashi", "active": true, "title": "Designer",
            "name": {"formatted": "Hana Kobayashi", "familyName": "Kobayashi"}, "meta": {"version": "W/\"1\""}, "groups": [{"value": "g"}],
            "emails": [{"value": "hana@acme.example", "type": "work"}], "employeeKind": "x",
            ENTERPRISE: {"department": "Design", "manager": {"managerId": 9}}, INVITATION: {"claimed": true},
        });
        Foreign::read(record).expect("a person")
    }

    fn required(names: &[&str]) -> Abilities {
        Abilities { required: names.iter().map(|name| name.to_lowercase()).collect(), ..Abilities::default() }
    }

    #[test]
    fn switching_off_keeps_all_else() {
        let abilities = Abilities { read_only: vec!["employeekind".to_owned()], ..Abilities::default() };
        let change = Change::activity(&hana(), false, &abilities);
        assert_eq!(change.patch()["Operations"], json!([{"op": "replace", "value": {"active": false}}]));
        let put = change.put(&hana());
        assert_eq!(
            (&put["active"], &put["title"], &put["id"]),
            (&json!(false), &json!("Designer"), &json!(7))
        );
        assert_eq!(put[ENTERPRISE]["manager"], json!({"managerId": 9, "value": "9"}), "in both spellings");
        for gone in ["meta", "groups", "employeeKind", INVITATION] {
            assert!(put.get(gone).is_none(), "{gone}");
        }
    }

    #[test]
    fn a_removal_leaves_nothing_that_may_go() {
        let change = Change::removal(&hana(), &Abilities::default());
        let put = change.put(&hana());
        assert_eq!(put["userName"], "former-7@invalid");
        assert_eq!(
            (&put["displayName"], &put["name"]),
            (&json!(FORMER_MEMBER), &json!({"formatted": FORMER_MEMBER}))
        );
        assert_eq!(put["active"], true, "that is another act");
        for gone in ["title", "emails", "employeeKind", ENTERPRISE] {
            assert!(put.get(gone).is_none(), "{gone}");
        }
        let operations = json!(change.operations).to_string();
        for path in
            ["\"title\"", "\"emails\"", "\"name.familyName\"", &format!("\"{ENTERPRISE}:department\"")]
        {
            assert!(operations.contains(path), "{path} {operations}");
        }
        assert_eq!(change.patches().count(), change.operations.len());
    }

    #[test]
    fn what_must_be_there_says_something_else() {
        let change = Change::removal(
            &hana(),
            &required(&["name.familyName", "emails", &format!("{ENTERPRISE}:department")]),
        );
        let put = change.put(&hana());
        assert_eq!(put["name"]["familyName"], "Member");
        assert_eq!(put["emails"], json!([{"value": "former-7@invalid"}]));
        assert_eq!(put[ENTERPRISE], json!({"department": FORMER_MEMBER}));
        assert!(!put.to_string().contains("hana@"));
    }

    #[test]
    fn what_stays_as_it_is_costs_nothing_else() {
        let abilities = Abilities { fixed: vec!["username".to_owned()], ..Abilities::default() };
        let change = Change::removal(&hana(), &abilities);
        assert_eq!(change.put(&hana())["userName"], "hana@acme.example");
        assert!(json!(change.operations).to_string().contains("\"userName\""), "it is tried by itself");
    }

    #[test]
    fn what_is_still_there_is_named() {
        let before = hana();
        assert_eq!(still_held(&before, &before).len(), 8, "{:?}", still_held(&before, &before));
        let after = json!({
            "id": 7, "userName": "former-7@invalid", "displayName": FORMER_MEMBER, "name": {"formatted": FORMER_MEMBER, "familyName": "Kobayashi"},
            "emails": [{"value": "former-7@invalid", "type": "work"}], ENTERPRISE: {"department": "Design"}, "title": "",
        });
        let after = Foreign::read(after).expect("a person");
        assert_eq!(still_held(&before, &after), ["name".to_owned(), format!("{ENTERPRISE}:department")]);
    }

    #[test]
    fn an_ignored_filter_finds_nobody() {
        let person =
            |id: &str, name: &str| Foreign::read(json!({"id": id, "userName": name})).expect("a person");
        let all = [person("1", "admin"), person("2", "bob")];
        let is_bob = |person: &Foreign| person.text("userName") == Some("bob");
        assert_eq!(only(&all, is_bob).map(|person| person.id.as_str()), Some("2"));
        assert_eq!(only(&all, |person| person.text("userName") == Some("eve")), None);
        assert_eq!(only(&all, |_| true), None, "two are not one");
    }

    proptest! {
        #[test]
        fn no_record_makes_a_change_fail_loudly(name in "[a-zA-Z:.]{1,8}", text in any::<String>()) {
            for value in [json!(text), json!([text]), json!({"value": text}), json!([{"value": text, "type": "work"}]), json!(7)] {
                let record = json!({"id": "1", name.as_str(): value, "name": value, "urn:x": value, "userName": value});
                if let Ok(person) = Foreign::read(record) {
                    let change = Change::removal(&person, &required(&[&name]));
                    let put = Foreign::read(change.put(&person)).expect("a person");
                    prop_assert!(still_held(&person, &put).iter().all(|field| *field == name), "what may go is gone");
                }
            }
        }
    }
}
