//! Changes of parts: PATCH (RFC 7644 §3.5.2).

use frontdesk_contract::scim::PATCH;
use frontdesk_contract::scim::filter::{Filter, Path};
use frontdesk_contract::scim::message::{Op, ScimType};
use serde_json::{Map, Value};

use super::resource::{Wrong, checked, fits, whole_extension};
use super::schema::{Attr, Found, Mutability, Resource};

/// The most operations of one change.
const OPERATIONS_MAX: usize = 1_000;

/// Applies a PATCH to what a client may write of a resource. All of it, or nothing.
pub fn apply(
    resource: Resource,
    before: &Map<String, Value>,
    patch: &Value,
) -> Result<Map<String, Value>, Wrong> {
    let is_patch = patch.get("schemas").and_then(Value::as_array).is_none_or(|schemas| {
        schemas.iter().any(|schema| schema.as_str().is_some_and(|urn| urn.eq_ignore_ascii_case(PATCH)))
    });
    let operations = patch.get("Operations").or_else(|| patch.get("operations")).and_then(Value::as_array);
    let (true, Some(operations)) = (is_patch, operations) else {
        return Err(Wrong::new(ScimType::InvalidSyntax, "Send a PatchOp with Operations"));
    };
    if operations.is_empty() || operations.len() > OPERATIONS_MAX {
        return Err(Wrong::new(ScimType::InvalidSyntax, "Send 1 to 1,000 operations"));
    }
    let mut document = before.clone();
    for operation in operations {
        let op = operation.get("op").and_then(Value::as_str).and_then(Op::parse);
        let op =
            op.ok_or_else(|| Wrong::new(ScimType::InvalidSyntax, "op must be add, remove or replace"))?;
        let path = match operation.get("path") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => Some(text.as_str()),
            Some(_) => return Err(Wrong::new(ScimType::InvalidPath, "path must be a text")),
        };
        let value = operation.get("value");
        match (op, path, value) {
            (Op::Remove, None, _) => {
                return Err(Wrong::new(ScimType::NoTarget, "Say what to remove: path is missing"));
            }
            (Op::Remove, Some(path), value) => change(resource, &mut document, op, path, value)?,
            (Op::Add | Op::Replace, _, None) => {
                return Err(Wrong::new(ScimType::InvalidValue, "value is missing"));
            }
            (Op::Add | Op::Replace, Some(path), value) => change(resource, &mut document, op, path, value)?,
            (Op::Add | Op::Replace, None, Some(value)) => {
                let Some(fields) = value.as_object() else {
                    return Err(Wrong::new(
                        ScimType::InvalidValue,
                        "Without a path, value must be an object",
                    ));
                };
                for (name, value) in fields {
                    // Some clients repeat these.
                    if !["schemas", "id", "meta"].iter().any(|known| name.eq_ignore_ascii_case(known)) {
                        change(resource, &mut document, op, name, Some(value))?;
                    }
                }
            }
        }
    }
    for attr in resource.attrs().iter().filter(|attr| attr.is_required) {
        if !document.contains_key(attr.name) {
            return Err(Wrong::new(ScimType::InvalidValue, format!("{} must be there", attr.name)));
        }
    }
    Ok(document)
}

fn change(
    resource: Resource,
    document: &mut Map<String, Value>,
    op: Op,
    path: &str,
    value: Option<&Value>,
) -> Result<(), Wrong> {
    let no_path = |why: &str| Wrong::new(ScimType::InvalidPath, format!("{path}: {why}"));
    if let Some((urn, _)) = resource.extension(path) {
        return extension(resource, document, op, urn, value);
    }
    let parsed: Path = path.parse().map_err(|error| no_path(&format!("{error}")))?;
    if let Some(urn) = whole_extension(resource, &parsed.attribute) {
        return extension(resource, document, op, urn, value);
    }
    let Some(mut found) = resource.find(&parsed.attribute) else {
        return Err(no_path("there is no such attribute"));
    };
    if let Some(part) = &parsed.part {
        found.part = Some(found.attr.part(part).ok_or_else(|| no_path("there is no such part"))?);
    }
    let is_read_only = |attr: &Attr| attr.mutability == Mutability::ReadOnly;
    if is_read_only(found.attr) || found.part.is_some_and(is_read_only) {
        return Err(Wrong::new(ScimType::Mutability, format!("{path} is read-only")));
    }
    let container = match found.extension {
        Some(urn) => {
            let inner = document.entry(urn).or_insert_with(|| Value::Object(Map::new()));
            inner.as_object_mut().ok_or_else(|| no_path("it can't be changed"))?
        }
        None => &mut *document,
    };
    match op {
        Op::Remove => remove(container, found, parsed.values.as_ref(), value, path)?,
        Op::Add | Op::Replace => {
            let value = value.unwrap_or(&Value::Null);
            put(container, found, parsed.values.as_ref(), value, op, path)?;
        }
    }
    if let Some(urn) = found.extension {
        let is_empty = document.get(urn).and_then(Value::as_object).is_some_and(Map::is_empty);
        if is_empty {
            document.remove(urn);
        }
    }
    Ok(())
}

fn extension(
    resource: Resource,
    document: &mut Map<String, Value>,
    op: Op,
    urn: &'static str,
    value: Option<&Value>,
) -> Result<(), Wrong> {
    let is_read_only = resource
        .extension(urn)
        .is_some_and(|(_, attrs)| attrs.iter().all(|attr| attr.mutability == Mutability::ReadOnly));
    if is_read_only {
        return Err(Wrong::new(ScimType::Mutability, format!("{urn} is read-only")));
    }
    if op == Op::Remove {
        document.remove(urn);
        return Ok(());
    }
    let Some(fields) = value.and_then(Value::as_object) else {
        return Err(Wrong::new(ScimType::InvalidValue, format!("{urn} must be an object")));
    };
    for (name, value) in fields.iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas")) {
        change(resource, document, op, &format!("{urn}:{name}"), Some(value))?;
    }
    Ok(())
}

fn put(
    container: &mut Map<String, Value>,
    found: Found,
    values: Option<&Filter>,
    value: &Value,
    op: Op,
    path: &str,
) -> Result<(), Wrong> {
    let attr = found.attr;
    if attr.is_multi {
        return put_values(container, found, values, value, op, path);
    }
    if values.is_some() {
        return Err(Wrong::new(ScimType::InvalidPath, format!("{path}: it has one value alone")));
    }
    match found.part {
        Some(part) => {
            let inner = container.entry(attr.name).or_insert_with(|| Value::Object(Map::new()));
            let inner = inner.as_object_mut().ok_or_else(|| Wrong::new(ScimType::InvalidPath, path))?;
            match checked(part, value, path)? {
                Some(value) => inner.insert(part.name.to_owned(), value),
                None => inner.remove(part.name),
            };
            if inner.is_empty() {
                container.remove(attr.name);
            }
        }
        None => match (checked(attr, value, path)?, container.get_mut(attr.name)) {
            (Some(Value::Object(more)), Some(Value::Object(known))) => known.extend(more),
            (Some(value), _) => {
                container.insert(attr.name.to_owned(), value);
            }
            (None, _) => {
                container.remove(attr.name);
            }
        },
    }
    Ok(())
}

fn put_values(
    container: &mut Map<String, Value>,
    found: Found,
    values: Option<&Filter>,
    value: &Value,
    op: Op,
    path: &str,
) -> Result<(), Wrong> {
    let attr = found.attr;
    let known = match container.remove(attr.name) {
        Some(Value::Array(known)) => known,
        _ => Vec::new(),
    };
    let is_chosen = |known: &Value| values.is_none_or(|filter| fits(attr, known, filter));
    let mut changed = Vec::new();
    match (found.part, values) {
        (None, None) => {
            let more = match checked(attr, value, path)? {
                Some(Value::Array(more)) => more,
                _ => Vec::new(),
            };
            match op {
                Op::Replace | Op::Remove => changed = more,
                Op::Add => {
                    changed = known;
                    add(&mut changed, more, attr);
                }
            }
        }
        (part, filter) => {
            let mut hits = 0;
            for mut one in known {
                if is_chosen(&one) {
                    hits += 1;
                    match part {
                        Some(part) => set_part(&mut one, part, value, path)?,
                        None => merge(&mut one, attr, value, path)?,
                    }
                }
                changed.push(one);
            }
            if hits == 0 {
                // Adding to, or replacing of, a value that isn't there makes it when the filter says how it looks.
                let mut fresh = filter
                    .and_then(made_by)
                    .ok_or_else(|| Wrong::new(ScimType::NoTarget, format!("{path}: no value fits")))?;
                if op == Op::Replace && part.is_none() {
                    return Err(Wrong::new(ScimType::NoTarget, format!("{path}: no value fits")));
                }
                match part {
                    Some(part) => set_part(&mut fresh, part, value, path)?,
                    None => merge(&mut fresh, attr, value, path)?,
                }
                changed.push(fresh);
            }
        }
    }
    one_primary(&mut changed);
    changed.retain(|value| value.as_object().is_none_or(|fields| !fields.is_empty()));
    if !changed.is_empty() {
        container.insert(attr.name.to_owned(), Value::Array(changed));
    }
    Ok(())
}

/// Adds values that aren't there yet.
fn add(known: &mut Vec<Value>, more: Vec<Value>, attr: &Attr) {
    if attr.name == "members" {
        let ids: std::collections::HashSet<String> = known.iter().filter_map(id_of).collect();
        known.extend(more.into_iter().filter(|value| id_of(value).is_none_or(|id| !ids.contains(&id))));
        return;
    }
    for value in more {
        if !known.contains(&value) {
            known.push(value);
        }
    }
}

fn id_of(value: &Value) -> Option<String> {
    value.get("value").and_then(Value::as_str).map(str::to_owned)
}

/// Only the last value that says so is primary.
fn one_primary(values: &mut [Value]) {
    let is_primary = |value: &Value| value.get("primary") == Some(&Value::Bool(true));
    let Some(last) = values.iter().rposition(is_primary) else { return };
    for (place, value) in values.iter_mut().enumerate() {
        if place != last
            && is_primary(value)
            && let Some(fields) = value.as_object_mut()
        {
            fields.insert("primary".to_owned(), Value::Bool(false));
        }
    }
}

fn set_part(value: &mut Value, part: &'static Attr, new: &Value, path: &str) -> Result<(), Wrong> {
    let Some(fields) = value.as_object_mut() else { return Ok(()) };
    match checked(part, new, path)? {
        Some(new) => fields.insert(part.name.to_owned(), new),
        None => fields.remove(part.name),
    };
    Ok(())
}

fn merge(value: &mut Value, attr: &'static Attr, new: &Value, path: &str) -> Result<(), Wrong> {
    let wrapped = Value::Array(vec![new.clone()]);
    if let (Some(Value::Array(mut several)), Some(fields)) =
        (checked(attr, &wrapped, path)?, value.as_object_mut())
        && let Some(Value::Object(more)) = several.pop()
    {
        fields.extend(more);
    }
    Ok(())
}

/// The value that a filter of equalities describes: `type eq "work"` makes `{"type": "work"}`.
fn made_by(filter: &Filter) -> Option<Value> {
    use frontdesk_contract::scim::filter::{Comparison, Literal};
    match filter {
        Filter::Compare(attribute, Comparison::Eq, Literal::Text(text)) => {
            Some(serde_json::json!({ attribute.name.as_str(): text }))
        }
        Filter::Compare(attribute, Comparison::Eq, Literal::Truth(truth)) => {
            Some(serde_json::json!({ attribute.name.as_str(): truth }))
        }
        Filter::And(one, two) => {
            let (mut one, two) = (made_by(one)?, made_by(two)?);
            if let (Some(fields), Value::Object(more)) = (one.as_object_mut(), two) {
                fields.extend(more);
            }
            Some(one)
        }
        Filter::Compare(..) | Filter::Present(_) | Filter::Or(..) | Filter::Not(_) | Filter::Any(..) => None,
    }
}

fn remove(
    container: &mut Map<String, Value>,
    found: Found,
    values: Option<&Filter>,
    listed: Option<&Value>,
    path: &str,
) -> Result<(), Wrong> {
    let attr = found.attr;
    if (attr.is_required || attr.has_default) && found.part.is_none() && values.is_none() {
        return Err(Wrong::new(ScimType::Mutability, format!("{path} must be there")));
    }
    match (attr.is_multi, values, found.part) {
        (true, values, part) => {
            let Some(Value::Array(known)) = container.get_mut(attr.name) else { return Ok(()) };
            // Some clients list what to remove as a value beside the path.
            let several = match listed {
                Some(Value::Array(several)) => several.iter().filter_map(id_of).collect::<Vec<_>>(),
                _ => Vec::new(),
            };
            match part {
                Some(part) => {
                    for one in known.iter_mut() {
                        if values.is_none_or(|filter| fits(attr, one, filter))
                            && let Some(fields) = one.as_object_mut()
                        {
                            fields.remove(part.name);
                        }
                    }
                }
                None => known.retain(|one| match values {
                    Some(filter) => !fits(attr, one, filter),
                    None => !several.is_empty() && id_of(one).is_none_or(|id| !several.contains(&id)),
                }),
            }
            known.retain(|value| value.as_object().is_none_or(|fields| !fields.is_empty()));
            if known.is_empty() {
                container.remove(attr.name);
            }
        }
        (false, Some(_), _) => {
            return Err(Wrong::new(ScimType::InvalidPath, format!("{path}: it has one value alone")));
        }
        (false, None, Some(part)) => {
            if let Some(inner) = container.get_mut(attr.name).and_then(Value::as_object_mut) {
                inner.remove(part.name);
                if inner.is_empty() {
                    container.remove(attr.name);
                }
            }
        }
        (false, None, None) => {
            container.remove(attr.name);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::scim::ENTERPRISE;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn hana() -> Map<String, Value> {
        let body = json!({
            "userName": "hana", "name": {"givenName": "Hana", "familyName": "Kobayashi"}, "active": true,
            "emails": [{"value": "h@acme.example", "type": "work", "primary": true}, {"value": "h@home.example", "type": "home"}],
            ENTERPRISE: {"department": "Design"},
        });
        body.as_object().cloned().unwrap_or_default()
    }

    fn patched(operations: &Value) -> Result<Value, ScimType> {
        let patch = json!({"schemas": [PATCH], "Operations": operations});
        apply(Resource::User, &hana(), &patch).map(Value::Object).map_err(|wrong| wrong.kind)
    }

    #[test]
    fn values_are_set_added_and_removed() {
        let after = patched(&json!([
            {"op": "replace", "path": "title", "value": "Designer"},
            {"op": "Add", "path": "name.middleName", "value": "M."},
            {"op": "add", "path": "emails", "value": [{"value": "third@acme.example", "primary": true}]},
            {"op": "remove", "path": "emails[type eq \"home\"]"},
            {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "Research"},
            {"op": "replace", "value": {"active": "False", "nickName": "H"}},
        ]))
        .expect("patched");
        assert_eq!(after["title"], "Designer");
        assert_eq!(
            after["name"],
            json!({"givenName": "Hana", "familyName": "Kobayashi", "middleName": "M."})
        );
        assert_eq!(
            after["emails"],
            json!([{"value": "h@acme.example", "type": "work", "primary": false}, {"value": "third@acme.example", "primary": true}])
        );
        assert_eq!(after[ENTERPRISE]["department"], "Research");
        assert_eq!((&after["active"], &after["nickName"]), (&json!(false), &json!("H")));
    }

    #[test]
    fn dialects_of_known_clients_are_understood() {
        let after = patched(&json!([
            {"op": "Replace", "path": "emails[type eq \"work\"].value", "value": "new@acme.example"},
            {"op": "Add", "path": "phoneNumbers[type eq \"work\"].value", "value": "+81 3"},
            {"op": "Replace", "value": {"name.familyName": "Sato", format!("{ENTERPRISE}:manager"): "7"}},
            {"op": "add", "path": ENTERPRISE, "value": {"employeeNumber": "20418"}},
        ]))
        .expect("patched");
        assert_eq!(after["emails"][0]["value"], "new@acme.example");
        assert_eq!(after["phoneNumbers"], json!([{"type": "work", "value": "+81 3"}]));
        assert_eq!(after["name"]["familyName"], "Sato");
        assert_eq!(
            after[ENTERPRISE],
            json!({"department": "Design", "manager": {"value": "7"}, "employeeNumber": "20418"})
        );
    }

    #[test]
    fn what_cannot_be_changed_is_told() {
        let one = |operation: Value| patched(&json!([operation])).expect_err("refused");
        assert_eq!(one(json!({"op": "remove", "path": "userName"})), ScimType::Mutability);
        assert_eq!(one(json!({"op": "replace", "path": "id", "value": "x"})), ScimType::Mutability);
        assert_eq!(one(json!({"op": "replace", "path": "groups", "value": []})), ScimType::Mutability);
        assert_eq!(one(json!({"op": "replace", "path": "shoeSize", "value": 38})), ScimType::InvalidPath);
        assert_eq!(one(json!({"op": "replace", "path": "emails[", "value": 1})), ScimType::InvalidPath);
        assert_eq!(one(json!({"op": "remove"})), ScimType::NoTarget);
        assert_eq!(one(json!({"op": "move", "path": "title"})), ScimType::InvalidSyntax);
        let missing = json!({"op": "replace", "path": "emails[type eq \"fax\"]", "value": {"value": "1"}});
        assert_eq!(one(missing), ScimType::NoTarget);
        assert_eq!(patched(&json!([])), Err(ScimType::InvalidSyntax));
    }

    #[test]
    fn one_wrong_operation_undoes_all() {
        let operations =
            json!([{"op": "replace", "path": "title", "value": "X"}, {"op": "remove", "path": "id"}]);
        assert!(patched(&operations).is_err());
    }

    proptest! {
        #[test]
        fn no_patch_makes_the_parser_fail_loudly(
            op in "add|remove|replace|x", path in "[a-zA-Z.\\[\\] \"=:]{0,20}|emails(\\[type eq \"work\"\\])?(\\.value)?", text in any::<String>(),
        ) {
            let _ = patched(&json!([{"op": op, "path": path, "value": text}]));
            let _ = patched(&json!([{"op": op, "path": path, "value": {"value": text}}]));
            let _ = patched(&json!([{"op": op, "path": path, "value": [{"value": text}]}]));
        }
    }
}
