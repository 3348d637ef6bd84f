//! What somebody else's provider says it can do: its ServiceProviderConfig and its Schemas (RFC 7643 §5 and §7),
//! read leniently. What it doesn't say, it is not asked for.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::message::COUNT_DEFAULT;
use super::{ENTERPRISE, INVITATION, LIFECYCLE, USER};
use crate::account::page::ProfileFields;

/// No page is asked to be larger, whatever the provider offers.
const PAGE_MAX: usize = 500;

/// No call with several operations is larger, whatever the provider takes.
const BULK_BYTES: usize = 1_000_000;

/// What every record has and is no part of a profile.
const NO_PROFILE: [&str; 6] = ["id", "meta", "groups", "schemas", "active", "password"];
/// What says something else once the profile is removed.
const MASKED: [&str; 3] = ["userName", "displayName", "name"];

/// What a provider can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Abilities {
    /// It changes parts.
    pub patch: bool,
    /// It compares versions.
    pub etag: bool,
    /// It finds by a filter. Whether it really does shows in each answer.
    pub filter: bool,
    /// It pages by cursor (RFC 9865).
    pub cursor: bool,
    /// So many people come in one page.
    pub page: usize,
    /// So many operations go into one call; none where it takes them singly alone.
    pub bulk: usize,
    /// So many bytes go into such a call.
    pub bulk_bytes: usize,
    /// Attributes that nobody writes, as `name`, `name.part` or `urn:…:name`, in lower case.
    pub read_only: Vec<String>,
    /// Attributes that stay as they were first written, spelled the same way.
    pub fixed: Vec<String>,
    /// Attributes that can't be taken out, spelled the same way.
    pub required: Vec<String>,
    /// Attributes of people that can be written, as the schemas spell them.
    pub written: Vec<String>,
    /// What is to be named when somebody is read: everything, where something of the life comes on request alone
    /// (RFC 7643 §7, `returned`); otherwise nothing.
    pub named: Vec<String>,
}

impl Default for Abilities {
    fn default() -> Self {
        Self {
            patch: false,
            etag: false,
            filter: false,
            cursor: false,
            page: COUNT_DEFAULT,
            bulk: 0,
            bulk_bytes: BULK_BYTES,
            read_only: Vec::new(),
            fixed: Vec::new(),
            required: Vec::new(),
            written: Vec::new(),
            named: Vec::new(),
        }
    }
}

impl Abilities {
    /// Reads both documents; either may be missing.
    pub fn read(config: Option<&Value>, schemas: Option<&Value>) -> Self {
        let supports = |name: &str| config.and_then(|config| config.get(name)).is_some_and(is_supported);
        let number = |pointer: &str| {
            let number = config.and_then(|config| config.pointer(pointer)).and_then(number_of);
            number.and_then(|number| usize::try_from(number).ok()).filter(|number| *number > 0)
        };
        let offered = [number("/pagination/maxPageSize"), number("/filter/maxResults")];
        let page = offered.into_iter().flatten().min().unwrap_or(COUNT_DEFAULT);
        let mut abilities = Self {
            patch: supports("patch"),
            etag: supports("etag"),
            filter: supports("filter"),
            cursor: config.and_then(|config| config.pointer("/pagination/cursor")).is_some_and(is_true),
            page: page.min(PAGE_MAX),
            bulk: number("/bulk/maxOperations").filter(|_| supports("bulk")).unwrap_or_default(),
            bulk_bytes: number("/bulk/maxPayloadSize").unwrap_or(BULK_BYTES).min(BULK_BYTES),
            ..Self::default()
        };
        let schemas = schemas.map(all).unwrap_or_default();
        for schema in &schemas {
            abilities.take_schema(schema);
        }
        if schemas.iter().any(|schema| is_on_request(schema)) {
            abilities.named = schemas.into_iter().flat_map(names_of).collect();
        }
        abilities
    }

    fn take_schema(&mut self, schema: &Value) {
        let Some(urn) = schema.get("id").and_then(Value::as_str) else { return };
        let is_core = urn.eq_ignore_ascii_case(USER);
        let is_life = [INVITATION, LIFECYCLE].into_iter().any(|known| urn.eq_ignore_ascii_case(known));
        let is_of_people = is_core || (urn.to_lowercase().ends_with(":user") && !is_life);
        let prefix = if urn.eq_ignore_ascii_case(USER) { String::new() } else { format!("{urn}:") };
        for attribute in attributes(schema) {
            let Some(name) = attribute.get("name").and_then(Value::as_str) else { continue };
            let path = format!("{prefix}{name}").to_lowercase();
            let is_read_only = attribute
                .get("mutability")
                .and_then(Value::as_str)
                .is_some_and(|mutability| mutability.eq_ignore_ascii_case("readOnly"));
            if is_of_people && !is_read_only {
                self.written.push(format!("{prefix}{name}"));
            }
            let is_multi = attribute.get("multiValued").is_some_and(is_true);
            self.take(attribute, &path);
            for part in attribute.get("subAttributes").and_then(Value::as_array).into_iter().flatten() {
                // A part of one of several values goes with its value.
                let name = part.get("name").and_then(Value::as_str).filter(|_| !is_multi);
                if let Some(name) = name {
                    self.take(part, &format!("{path}.{}", name.to_lowercase()));
                }
            }
        }
    }

    fn take(&mut self, attribute: &Value, path: &str) {
        let mutability = attribute.get("mutability").and_then(Value::as_str).unwrap_or_default();
        if mutability.eq_ignore_ascii_case("readOnly") {
            self.read_only.push(path.to_owned());
        }
        if mutability.eq_ignore_ascii_case("immutable") {
            self.fixed.push(path.to_owned());
        }
        if attribute.get("required").is_some_and(is_true) {
            self.required.push(path.to_owned());
        }
    }

    /// What removing the profile takes by the schemas (FACTS.md): every writable optional attribute goes, what names
    /// somebody or must be there says something else, and what can't be changed stays. Nothing where no schema is known.
    pub fn profile_fields(&self) -> Option<ProfileFields> {
        if self.written.is_empty() {
            return None;
        }
        let mut fields = ProfileFields { deleted: Vec::new(), masked: Vec::new(), fixed: Vec::new() };
        for path in &self.written {
            let is = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(path));
            if is(&NO_PROFILE) {
                continue;
            }
            if self.is_fixed(path) {
                fields.fixed.push(path.clone());
            } else if is(&MASKED) || self.is_required(path) {
                fields.masked.push(path.clone());
            } else {
                fields.deleted.push(path.clone());
            }
        }
        Some(fields)
    }

    /// Whether parts of several accounts can be changed by one call.
    pub const fn takes_together(&self) -> bool {
        self.patch && self.bulk > 1
    }

    /// Whether several accounts can be written or deleted by one call, each only if it is still as it was read.
    pub const fn takes_versions_together(&self) -> bool {
        self.etag && self.bulk > 1
    }

    /// Whether nobody writes this attribute.
    pub fn is_read_only(&self, path: &str) -> bool {
        names(&self.read_only, path)
    }

    /// Whether this attribute stays as it is.
    pub fn is_fixed(&self, path: &str) -> bool {
        names(&self.fixed, path)
    }

    /// Whether this attribute can't be taken out.
    pub fn is_required(&self, path: &str) -> bool {
        names(&self.required, path)
    }
}

/// Whether a schema of the life has something that comes only when it is named.
fn is_on_request(schema: &Value) -> bool {
    let returned = |attribute: &Value| attribute.get("returned").and_then(Value::as_str).map(str::to_owned);
    let is_life = schema
        .get("id")
        .and_then(Value::as_str)
        .is_some_and(|urn| [INVITATION, LIFECYCLE].into_iter().any(|known| urn.eq_ignore_ascii_case(known)));
    is_life
        && attributes(schema).filter_map(returned).any(|returned| returned.eq_ignore_ascii_case("request"))
}

/// How the attributes of people in a schema are named: singly in the core, an extension as a whole.
fn names_of(schema: &Value) -> Vec<String> {
    let Some(urn) = schema.get("id").and_then(Value::as_str) else { return Vec::new() };
    if urn.eq_ignore_ascii_case(USER) {
        let name = |attribute: &Value| attribute.get("name").and_then(Value::as_str).map(str::to_owned);
        return attributes(schema)
            .filter_map(name)
            .chain(["externalId".to_owned(), "meta".to_owned()])
            .collect();
    }
    let is_extension =
        [ENTERPRISE, INVITATION, LIFECYCLE].into_iter().any(|known| urn.eq_ignore_ascii_case(known));
    if is_extension { vec![urn.to_owned()] } else { Vec::new() }
}

fn attributes(schema: &Value) -> impl Iterator<Item = &Value> {
    schema.get("attributes").and_then(Value::as_array).into_iter().flatten()
}

fn names(list: &[String], path: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(path))
}

/// The resources of a list, or the one that stands there.
fn all(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(values) => values.iter().collect(),
        other => match other.get("Resources").and_then(Value::as_array) {
            Some(values) => values.iter().collect(),
            None => vec![other],
        },
    }
}

fn is_supported(value: &Value) -> bool {
    value.get("supported").is_some_and(is_true) || is_true(value)
}

/// True, in the words that providers have for it.
pub(super) fn is_true(value: &Value) -> bool {
    truth(value) == Some(true)
}

/// True or false, as a truth, a text or a number.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) if text.eq_ignore_ascii_case("true") || text == "1" => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") || text == "0" => Some(false),
        Value::Number(number) => number.as_i64().map(|number| number != 0),
        _ => None,
    }
}

fn number_of(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.trim().parse().ok()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_said_is_not_asked_for() {
        let none = Abilities::read(None, None);
        assert_eq!(none, Abilities::default());
        assert!(!none.patch && !none.filter && !none.etag);
        assert_eq!(Abilities::read(Some(&json!("<html>")), Some(&json!(7))), Abilities::default());
    }

    #[test]
    fn a_provider_is_taken_at_its_word() {
        let config = json!({
            "patch": {"supported": true}, "etag": {"supported": "true"}, "filter": {"supported": false, "maxResults": 200},
            "pagination": {"cursor": true, "maxPageSize": "50"},
        });
        let read = Abilities::read(Some(&config), None);
        assert!(read.patch && read.etag && read.cursor && !read.filter);
        assert_eq!(read.page, 50, "the smaller of both");
        assert_eq!(read.bulk, 0);
        let bulk = json!({"bulk": {"supported": true, "maxOperations": 100, "maxPayloadSize": "4096"}});
        let read = Abilities::read(Some(&bulk), None);
        assert_eq!((read.bulk, read.bulk_bytes), (100, 4_096));
        let greedy = json!({"filter": {"supported": true, "maxResults": 100_000}});
        assert_eq!(Abilities::read(Some(&greedy), None).page, PAGE_MAX);
    }

    #[test]
    fn schemas_say_what_stays() {
        let schemas = json!({"Resources": [
            {"id": crate::scim::USER, "attributes": [
                {"name": "userName", "required": true, "mutability": "readWrite"},
                {"name": "groups", "mutability": "readOnly", "multiValued": true},
                {"name": "nickName", "mutability": "immutable"},
                {"name": "name", "subAttributes": [{"name": "familyName", "required": true}]},
                {"name": "emails", "multiValued": true, "subAttributes": [{"name": "value", "required": true}]},
            ]},
            {"id": crate::scim::ENTERPRISE, "attributes": [{"name": "costCenter", "mutability": "ReadOnly"}]},
        ]});
        let read = Abilities::read(None, Some(&schemas));
        assert!(read.is_required("userName") && read.is_required("name.familyName"));
        assert!(!read.is_required("emails.value"), "it goes with its value");
        assert!(read.is_read_only("groups") && read.is_fixed("nickname"));
        assert!(read.is_read_only(&format!("{}:costCenter", crate::scim::ENTERPRISE)));
    }

    #[test]
    fn what_comes_on_request_alone_is_named_with_everything_else() {
        let schemas = |returned: &str| {
            json!([
                {"id": USER, "attributes": [{"name": "userName"}, {"name": "active"}]},
                {"id": crate::scim::GROUP, "attributes": [{"name": "members"}]},
                {"id": LIFECYCLE, "attributes": [{"name": "stage", "returned": returned}]},
            ])
        };
        let read = Abilities::read(None, Some(&schemas("request")));
        assert_eq!(read.named, ["userName", "active", "externalId", "meta", LIFECYCLE]);
        assert!(Abilities::read(None, Some(&schemas("default"))).named.is_empty());
    }

    proptest! {
        #[test]
        fn no_document_makes_the_reader_fail_loudly(text in any::<String>(), number in any::<i64>()) {
            for value in [json!(text), json!(number), json!([text]), json!({"patch": text, "filter": number}),
                json!({"Resources": [text, {"id": text, "attributes": number}, {"id": "u", "attributes": [{"name": text, "subAttributes": text}]}]})] {
                let read = Abilities::read(Some(&value), Some(&value));
                prop_assert!((1..=PAGE_MAX).contains(&read.page));
            }
        }
    }
}
