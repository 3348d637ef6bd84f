//! A person of somebody else's provider as our own resource: what our schema knows, each attribute by itself, so that
//! one that can't be read costs none of the others.

use frontdesk_contract::scim::ENTERPRISE;
use frontdesk_contract::scim::foreign::Foreign;
use serde_json::{Map, Value, json};

use super::resource::checked;
use super::schema::{Attr, Resource};

/// What is kept of a person.
pub fn resource(person: &Foreign) -> Map<String, Value> {
    let mut kept = Map::new();
    for (name, value) in &person.body {
        if let Some((urn, attrs)) = Resource::User.extension(name) {
            let mut inner = Map::new();
            for (name, value) in value.as_object().into_iter().flatten() {
                take(attrs.iter().find(|attr| attr.name.eq_ignore_ascii_case(name)), value, &mut inner);
            }
            if !inner.is_empty() {
                kept.insert(urn.to_owned(), Value::Object(inner));
            }
        } else {
            take(Resource::User.attr(name), value, &mut kept);
        }
    }
    // The life has it, and a stray value must not stand beside it.
    kept.remove("active");
    if !kept.contains_key("userName") {
        kept.insert("userName".to_owned(), json!(person.id));
    }
    kept
}

fn take(attr: Option<&'static Attr>, value: &Value, kept: &mut Map<String, Value>) {
    let Some(attr) = attr else { return };
    // Of several values, each by itself too.
    let value = match value {
        Value::Array(values) if attr.is_multi => {
            let fit = |value: &&Value| matches!(checked(attr, value, attr.name), Ok(Some(_)));
            &Value::Array(values.iter().filter(fit).cloned().collect())
        }
        other => other,
    };
    if let Ok(Some(value)) = checked(attr, value, attr.name) {
        kept.insert(attr.name.to_owned(), value);
    }
}

/// The manager by the provider's identifier.
pub fn manager(resource: &Map<String, Value>) -> Option<&str> {
    resource.get(ENTERPRISE)?.get("manager")?.get("value")?.as_str()
}

/// Names the manager by our identifier.
pub fn set_manager(resource: &mut Map<String, Value>, id: &str) {
    if let Some(Value::Object(enterprise)) = resource.get_mut(ENTERPRISE) {
        enterprise.insert("manager".to_owned(), json!({ "value": id }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_costs_nothing_else() {
        let record = json!({
            "id": 7, "userName": "hana", "displayName": {"not": "a text"}, "active": "true", "shoeSize": 38, "title": 12,
            "emails": [{"value": "h@acme.example", "primary": true}, 7, {"value": {"x": 1}}], "phoneNumbers": "+81 3",
            ENTERPRISE: {"department": "Design", "manager": {"managerId": 9}, "costCenter": []},
        });
        let person = Foreign::read(record).expect("a person");
        let mut kept = resource(&person);
        assert_eq!(
            Value::Object(kept.clone()),
            json!({
                "userName": "hana", "title": "12", "emails": [{"value": "h@acme.example", "primary": true}],
                "phoneNumbers": [{"value": "+81 3"}], ENTERPRISE: {"department": "Design", "manager": {"value": "9"}},
            })
        );
        assert_eq!(manager(&kept), Some("9"));
        set_manager(&mut kept, "p9");
        assert_eq!(manager(&kept), Some("p9"));
    }

    #[test]
    fn somebody_without_a_name_is_called_by_the_identifier() {
        let person = Foreign::read(json!({"id": "a/b"})).expect("a person");
        assert_eq!(Value::Object(resource(&person)), json!({"userName": "a/b"}));
    }
}
