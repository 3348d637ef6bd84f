//! Bodies: what a client may say, and what goes out of it.

use frontdesk_contract::scim::filter::{Attribute, Comparison, Filter, Literal};
use frontdesk_contract::scim::message::ScimType;
use serde_json::{Map, Value};

use super::schema::{Attr, Kind, Mutability, Resource};

/// The longest text of a value.
const TEXT_MAX: usize = 10_000;
/// The most values of one attribute; members of groups have no bound.
const VALUES_MAX: usize = 200;

/// Why a body is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Wrong {
    /// In a word.
    pub kind: ScimType,
    /// In a sentence.
    pub detail: String,
}

impl Wrong {
    /// Something wrong.
    pub fn new(kind: ScimType, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

/// What a client may write of a body, with the names as the schema spells them. What is read-only, unknown
/// or empty is left out.
pub fn writable(resource: Resource, body: &Value) -> Result<Map<String, Value>, Wrong> {
    let Some(fields) = body.as_object() else {
        return Err(Wrong::new(ScimType::InvalidSyntax, "Send an object"));
    };
    let mut kept = Map::new();
    for (name, value) in fields {
        if let Some((urn, attrs)) = resource.extension(name) {
            let inner = parts(attrs, value, urn)?;
            if !inner.is_empty() {
                kept.insert(urn.to_owned(), Value::Object(inner));
            }
        } else if let Some(attr) = resource.attr(name)
            && let Some(value) = checked(attr, value, attr.name)?
        {
            kept.insert(attr.name.to_owned(), value);
        }
    }
    for attr in resource.attrs().iter().filter(|attr| attr.is_required) {
        if !kept.contains_key(attr.name) {
            return Err(Wrong::new(ScimType::InvalidValue, format!("{} must be there", attr.name)));
        }
    }
    Ok(kept)
}

fn parts(attrs: &'static [Attr], value: &Value, path: &str) -> Result<Map<String, Value>, Wrong> {
    let Some(fields) = value.as_object() else {
        return Err(Wrong::new(ScimType::InvalidValue, format!("{path} must be an object")));
    };
    let mut kept = Map::new();
    for (name, value) in fields {
        let attr = attrs.iter().find(|attr| attr.name.eq_ignore_ascii_case(name));
        if let Some(attr) = attr
            && let Some(value) = checked(attr, value, &format!("{path}.{}", attr.name))?
        {
            kept.insert(attr.name.to_owned(), value);
        }
    }
    Ok(kept)
}

/// A value of an attribute, checked; none when it is empty or not the client's to write.
pub fn checked(attr: &'static Attr, value: &Value, path: &str) -> Result<Option<Value>, Wrong> {
    if attr.mutability == Mutability::ReadOnly || value.is_null() {
        return Ok(None);
    }
    if !attr.is_multi {
        return single(attr, value, path);
    }
    let several = match value {
        Value::Array(values) => values.iter().collect::<Vec<_>>(),
        other => vec![other],
    };
    if several.len() > VALUES_MAX && attr.name != "members" {
        return Err(Wrong::new(ScimType::InvalidValue, format!("{path} has more than {VALUES_MAX} values")));
    }
    let mut kept: Vec<Value> = Vec::with_capacity(several.len());
    for value in several {
        // A bare text stands for the value.
        let wrapped = if value.is_string() { serde_json::json!({ "value": value }) } else { value.clone() };
        if let Some(value) = single(attr, &wrapped, path)?
            && (attr.name == "members" || !kept.contains(&value))
        {
            kept.push(value);
        }
    }
    if kept.iter().filter(|value| is_primary(value)).count() > 1 {
        return Err(Wrong::new(ScimType::InvalidValue, format!("Only one value of {path} can be primary")));
    }
    Ok((!kept.is_empty()).then_some(Value::Array(kept)))
}

fn is_primary(value: &Value) -> bool {
    value.get("primary") == Some(&Value::Bool(true))
}

fn single(attr: &'static Attr, value: &Value, path: &str) -> Result<Option<Value>, Wrong> {
    let wrong = |what: &str| Wrong::new(ScimType::InvalidValue, format!("{path} must be {what}"));
    match attr.kind {
        Kind::Complex => {
            let value = if attr.name == "manager" && value.is_string() {
                // Some clients write the manager as a bare identifier.
                &serde_json::json!({ "value": value })
            } else {
                value
            };
            let mut inner = parts(attr.parts, value, path)?;
            if let Some(Value::String(address)) = inner.remove("$ref") {
                // An address says no more than the identifier at its end, which is what is kept.
                let id = address.rsplit('/').next().unwrap_or_default().to_owned();
                inner.entry("value").or_insert(Value::String(id));
            }
            Ok((!inner.is_empty()).then_some(Value::Object(inner)))
        }
        Kind::Text | Kind::Reference | Kind::Date => {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                _ => return Err(wrong("a text")),
            };
            if text.chars().count() > TEXT_MAX {
                return Err(wrong("at most 10,000 characters"));
            }
            if text.contains('\0') {
                return Err(wrong("a text without NUL"));
            }
            Ok((!text.is_empty()).then_some(Value::String(text)))
        }
        Kind::Truth => match value {
            Value::Bool(truth) => Ok(Some(Value::Bool(*truth))),
            Value::String(text) if text.eq_ignore_ascii_case("true") => Ok(Some(Value::Bool(true))),
            Value::String(text) if text.eq_ignore_ascii_case("false") => Ok(Some(Value::Bool(false))),
            _ => Err(wrong("true or false")),
        },
        Kind::Number => match value.as_i64() {
            Some(_) => Ok(Some(value.clone())),
            None => Err(wrong("a whole number")),
        },
    }
}

/// Which attributes an answer has (RFC 7644 §3.9).
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Projection {
    /// All.
    #[default]
    All,
    /// These and those that are always there.
    Only(Vec<Attribute>),
    /// All but these.
    Without(Vec<Attribute>),
}

impl Projection {
    /// Reads the two parameters; a list is separated by commas.
    pub fn parse(only: Option<&str>, without: Option<&str>) -> Result<Self, Wrong> {
        let read = |text: &str| -> Result<Vec<Attribute>, Wrong> {
            let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
            names
                .map(|name| {
                    name.parse().map_err(|error| {
                        Wrong::new(
                            ScimType::InvalidValue,
                            format!("The attribute {name} can't be read: {error}"),
                        )
                    })
                })
                .collect()
        };
        match (only.filter(|text| !text.trim().is_empty()), without.filter(|text| !text.trim().is_empty())) {
            (Some(_), Some(_)) => {
                Err(Wrong::new(ScimType::InvalidValue, "Name attributes or excludedAttributes, not both"))
            }
            (Some(only), None) => Ok(Self::Only(read(only)?)),
            (None, Some(without)) => Ok(Self::Without(read(without)?)),
            (None, None) => Ok(Self::All),
        }
    }

    /// Whether an attribute will be there, so that it need not be looked up otherwise.
    pub fn has(&self, name: &str) -> bool {
        let names = |list: &[Attribute]| {
            list.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name) && attribute.part.is_none())
        };
        match self {
            Self::All => true,
            Self::Only(list) => list.iter().any(|attribute| attribute.name.eq_ignore_ascii_case(name)),
            Self::Without(list) => !names(list),
        }
    }

    /// Whether this part is named, by itself or with the whole attribute.
    pub fn names(&self, name: &str, part: &str) -> bool {
        let fits = |attribute: &Attribute| {
            let is_part = attribute.part.as_deref().is_none_or(|known| known.eq_ignore_ascii_case(part));
            attribute.name.eq_ignore_ascii_case(name) && is_part
        };
        matches!(self, Self::Only(list) if list.iter().any(fits))
    }

    /// Takes out of a resource what isn't asked for.
    pub fn apply(&self, resource: Resource, mut body: Value) -> Value {
        let Some(fields) = body.as_object_mut() else { return body };
        if !matches!(self, Self::Only(_)) {
            let named_alone = |attrs: &[Attr]| attrs.iter().all(|attr| attr.is_on_request);
            for (urn, _) in resource.extensions().iter().filter(|(_, attrs)| named_alone(attrs)) {
                fields.remove(*urn);
            }
        }
        match self {
            Self::All => {}
            Self::Without(list) => {
                for attribute in list {
                    exclude(resource, fields, attribute);
                }
            }
            Self::Only(list) => {
                let mut kept = Map::new();
                if let Some(value) = fields.get("id") {
                    kept.insert("id".to_owned(), value.clone());
                }
                for attribute in list {
                    include(resource, fields, &mut kept, attribute);
                }
                *fields = kept;
            }
        }
        // RFC 7643 section 3: the schemas of what is there.
        let used = resource.extensions().iter().map(|(urn, _)| *urn).filter(|urn| fields.contains_key(*urn));
        let schemas: Vec<&str> = std::iter::once(resource.schema()).chain(used).collect();
        fields.insert("schemas".to_owned(), serde_json::json!(schemas));
        body
    }
}

/// The URN of an extension, when that is what an attribute names as a whole.
pub fn whole_extension(resource: Resource, attribute: &Attribute) -> Option<&'static str> {
    resource.extension(&attribute.to_string()).map(|(urn, _)| urn)
}

fn exclude(resource: Resource, fields: &mut Map<String, Value>, attribute: &Attribute) {
    if let Some(urn) = whole_extension(resource, attribute) {
        fields.remove(urn);
        return;
    }
    let Some(found) = resource.find(attribute) else { return };
    if matches!(found.attr.name, "id") {
        return;
    }
    let container = match found.extension {
        Some(urn) => fields.get_mut(urn).and_then(Value::as_object_mut),
        None => Some(fields),
    };
    let Some(container) = container else { return };
    let Some(part) = found.part else {
        container.remove(found.attr.name);
        return;
    };
    match container.get_mut(found.attr.name) {
        Some(Value::Object(inner)) => {
            inner.remove(part.name);
        }
        Some(Value::Array(values)) => {
            for value in values.iter_mut().filter_map(Value::as_object_mut) {
                value.remove(part.name);
            }
        }
        _ => {}
    }
}

fn include(
    resource: Resource,
    from: &Map<String, Value>,
    kept: &mut Map<String, Value>,
    attribute: &Attribute,
) {
    if let Some(urn) = whole_extension(resource, attribute) {
        if let Some(value) = from.get(urn) {
            kept.insert(urn.to_owned(), value.clone());
        }
        return;
    }
    let Some(found) = resource.find(attribute) else { return };
    let source = match found.extension {
        Some(urn) => from.get(urn).and_then(Value::as_object),
        None => Some(from),
    };
    let Some(value) = source.and_then(|source| source.get(found.attr.name)) else { return };
    let target = match found.extension {
        Some(urn) => kept.entry(urn).or_insert_with(|| Value::Object(Map::new())).as_object_mut(),
        None => Some(kept),
    };
    let Some(target) = target else { return };
    let value = match found.part {
        None => value.clone(),
        Some(part) => only_part(value, part.name),
    };
    match (target.get_mut(found.attr.name), value) {
        (Some(Value::Object(known)), Value::Object(more)) => known.extend(more),
        (Some(Value::Array(known)), Value::Array(more)) => {
            for (known, more) in known.iter_mut().zip(more) {
                if let (Value::Object(known), Value::Object(more)) = (known, more) {
                    known.extend(more);
                }
            }
        }
        (_, value) => {
            target.insert(found.attr.name.to_owned(), value);
        }
    }
}

fn only_part(value: &Value, part: &str) -> Value {
    let pick = |value: &Value| {
        let mut kept = Map::new();
        if let Some(inner) = value.get(part) {
            kept.insert(part.to_owned(), inner.clone());
        }
        Value::Object(kept)
    };
    match value {
        Value::Array(values) => Value::Array(values.iter().map(pick).collect()),
        other => pick(other),
    }
}

/// Whether one of several values fits a filter on its parts: `emails[type eq "work"]`.
pub fn fits(attr: &'static Attr, value: &Value, filter: &Filter) -> bool {
    match filter {
        Filter::And(one, two) => fits(attr, value, one) && fits(attr, value, two),
        Filter::Or(one, two) => fits(attr, value, one) || fits(attr, value, two),
        Filter::Not(inner) => !fits(attr, value, inner),
        Filter::Any(..) => false,
        Filter::Present(attribute) => {
            part_of(attr, value, attribute).is_some_and(|(_, value)| !value.is_null())
        }
        Filter::Compare(attribute, comparison, literal) => match part_of(attr, value, attribute) {
            Some((part, value)) => compares(part, value, *comparison, literal),
            None => {
                *comparison == Comparison::Ne || (*comparison == Comparison::Eq && *literal == Literal::Null)
            }
        },
    }
}

fn part_of<'a>(
    attr: &'static Attr,
    value: &'a Value,
    attribute: &Attribute,
) -> Option<(&'static Attr, &'a Value)> {
    let part = attr.part(&attribute.name)?;
    Some((part, value.get(part.name)?))
}

fn compares(part: &Attr, value: &Value, comparison: Comparison, literal: &Literal) -> bool {
    match (value, literal) {
        (Value::String(text), Literal::Text(other)) => {
            let (one, two) = if part.is_exact {
                (text.clone(), other.clone())
            } else {
                (text.to_lowercase(), other.to_lowercase())
            };
            match comparison {
                Comparison::Eq => one == two,
                Comparison::Ne => one != two,
                Comparison::Co => one.contains(&two),
                Comparison::Sw => one.starts_with(&two),
                Comparison::Ew => one.ends_with(&two),
                Comparison::Gt => one > two,
                Comparison::Ge => one >= two,
                Comparison::Lt => one < two,
                Comparison::Le => one <= two,
            }
        }
        (Value::Bool(truth), Literal::Truth(other)) => match comparison {
            Comparison::Eq => truth == other,
            _ => comparison == Comparison::Ne && truth != other,
        },
        _ => comparison == Comparison::Ne,
    }
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::scim::{ENTERPRISE, USER};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_spelled_as_the_schema_does_and_what_is_read_only_is_left_out() {
        let body = json!({
            "USERNAME": "hana", "id": "mine", "meta": {"version": "1"}, "groups": [{"value": "g"}],
            "emails": ["hana@acme.example"], "shoeSize": 38, "nickName": "",
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user": {"manager": "7", "department": "Design"},
        });
        let kept = writable(Resource::User, &body).expect("a user");
        let expected = json!({
            "userName": "hana", "emails": [{"value": "hana@acme.example"}],
            ENTERPRISE: {"manager": {"value": "7"}, "department": "Design"},
        });
        assert_eq!(Value::Object(kept), expected);
    }

    #[test]
    fn what_is_missing_or_of_the_wrong_kind_is_told() {
        let refused = |body: Value| writable(Resource::User, &body).expect_err("refused").kind;
        assert_eq!(refused(json!([])), ScimType::InvalidSyntax);
        assert_eq!(refused(json!({"title": "x"})), ScimType::InvalidValue);
        assert_eq!(refused(json!({"userName": "a", "active": "perhaps"})), ScimType::InvalidValue);
        assert_eq!(refused(json!({"userName": "a", "name": "b"})), ScimType::InvalidValue);
        let two = json!({"userName": "a", "emails": [{"value": "1", "primary": true}, {"value": "2", "primary": true}]});
        assert_eq!(refused(two), ScimType::InvalidValue);
    }

    #[test]
    fn an_answer_has_what_is_asked_for() {
        let body = json!({"id": "1", "userName": "a", "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"value": "x", "type": "work"}], ENTERPRISE: {"department": "D", "costCenter": "C"}});
        let apply = |only: Option<&str>, without: Option<&str>| {
            Projection::parse(only, without).expect("a projection").apply(Resource::User, body.clone())
        };
        let only = format!("username,name.familyName,emails.value,{ENTERPRISE}:department");
        assert_eq!(
            apply(Some(&only), None),
            json!({"schemas": [USER, ENTERPRISE], "id": "1", "userName": "a", "name": {"familyName": "B"}, "emails": [{"value": "x"}],
                ENTERPRISE: {"department": "D"}})
        );
        let without = format!("id,emails,name.givenName,{ENTERPRISE}");
        assert_eq!(
            apply(None, Some(&without)),
            json!({"schemas": [USER], "id": "1", "userName": "a", "name": {"familyName": "B"}})
        );
        assert!(Projection::parse(Some("a"), Some("b")).is_err());
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i32>().prop_map(|number| json!(number)),
            any::<String>().prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::vec(
                    ("[a-zA-Z$]{1,8}|userName|emails|value|name|active|primary", inner),
                    0..5
                )
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_was_taken_is_taken_again_unchanged(body in json_value()) {
            if let Ok(kept) = writable(Resource::User, &body) {
                let again = writable(Resource::User, &Value::Object(kept.clone()));
                prop_assert_eq!(again, Ok(kept));
            }
        }
    }
}
