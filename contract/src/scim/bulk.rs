//! Several changes in one call to somebody else's provider (RFC 7644 §3.7), and its answer, read leniently.

use serde_json::{Value, json};

use super::BULK;

/// One change of a call.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// Where, below the provider's address, such as `/Users/2819c223`.
    pub path: String,
    /// The entity tag that it must still have.
    pub version: Option<String>,
    /// What happens to it.
    pub what: What,
}

/// What happens to what an operation names.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// Parts of it change.
    Patch(Value),
    /// All of it is written.
    Put(Value),
    /// It is deleted.
    Delete,
}

/// How many bytes of a call don't belong to any operation.
const ENVELOPE: usize = 200;

/// Splits changes into calls that a provider takes: so many operations, so many bytes.
pub fn calls(operations: Vec<Operation>, most: usize, bytes: usize) -> Vec<Vec<Operation>> {
    let mut calls: Vec<Vec<Operation>> = Vec::new();
    let mut size = 0;
    for operation in operations {
        let own = told(0, &operation).to_string().len() + 8;
        match calls.last_mut() {
            Some(call) if call.len() < most && size + own <= bytes => {
                size += own;
                call.push(operation);
            }
            _ => {
                size = ENVELOPE + own;
                calls.push(vec![operation]);
            }
        }
    }
    calls
}

/// The body of a call.
pub fn request(operations: &[Operation]) -> Value {
    let operations: Vec<Value> =
        operations.iter().enumerate().map(|(number, operation)| told(number, operation)).collect();
    json!({"schemas": [BULK], "Operations": operations})
}

fn told(number: usize, operation: &Operation) -> Value {
    let (method, data) = match &operation.what {
        What::Patch(data) => ("PATCH", Some(data)),
        What::Put(data) => ("PUT", Some(data)),
        What::Delete => ("DELETE", None),
    };
    let mut told = json!({"method": method, "path": operation.path, "bulkId": number.to_string()});
    if let Value::Object(fields) = &mut told {
        fields.extend(data.map(|data| ("data".to_owned(), data.clone())));
        fields.extend(operation.version.as_ref().map(|version| ("version".to_owned(), json!(version))));
    }
    told
}

/// The status of each of so many operations, in their order; none where the answer doesn't say.
pub fn statuses(answer: &Value, count: usize) -> Vec<Option<u16>> {
    let mut statuses = vec![None; count];
    let told = answer.get("Operations").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    for (place, operation) in told.iter().enumerate() {
        let named = operation.get("bulkId").map(|id| id.as_str().and_then(|id| id.parse().ok()));
        // Without names the order says which is which, if nothing is missing.
        let place = match named {
            Some(named) => named,
            None => (told.len() == count).then_some(place),
        };
        if let Some(slot) = place.and_then(|place: usize| statuses.get_mut(place)) {
            *slot = operation.get("status").and_then(status);
        }
    }
    statuses
}

/// As a text, as a number, or as an object with a code: all three are met.
fn status(value: &Value) -> Option<u16> {
    match value {
        Value::Object(fields) => fields.get("code").and_then(status),
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64().and_then(|number| number.try_into().ok()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn operation(path: &str) -> Operation {
        let what = What::Patch(json!({"a": 1}));
        Operation { path: path.to_owned(), version: Some("W/\"1\"".to_owned()), what }
    }

    #[test]
    fn each_operation_says_what_happens_and_over_which_version() {
        let deletion = Operation { what: What::Delete, ..operation("/Users/a") };
        let put = Operation { what: What::Put(json!({"a": 2})), version: None, ..operation("/Users/b") };
        let told = request(&[deletion, put, operation("/Users/c")]);
        let operations = json!([
            {"method": "DELETE", "path": "/Users/a", "bulkId": "0", "version": "W/\"1\""},
            {"method": "PUT", "path": "/Users/b", "bulkId": "1", "data": {"a": 2}},
            {"method": "PATCH", "path": "/Users/c", "bulkId": "2", "data": {"a": 1}, "version": "W/\"1\""},
        ]);
        assert_eq!(told["Operations"], operations);
        assert!(told.get("failOnErrors").is_none(), "one that is refused keeps no other from being done");
    }

    #[test]
    fn answers_are_told_apart_by_name_or_by_order() {
        let by_name = json!({"Operations": [
            {"bulkId": "2", "status": "412"}, {"bulkId": "0", "status": {"code": "200"}}, {"bulkId": "x", "status": 200},
        ]});
        assert_eq!(statuses(&by_name, 3), [Some(200), None, Some(412)]);
        let by_order = json!({"Operations": [{"status": 204}, {"status": "404"}]});
        assert_eq!(statuses(&by_order, 2), [Some(204), Some(404)]);
        assert_eq!(statuses(&by_order, 3), [None; 3], "one is missing, and nobody knows which");
        assert_eq!(statuses(&json!("<html>"), 1), [None]);
    }

    proptest! {
        #[test]
        fn every_operation_is_sent_once_and_no_call_is_too_large(
            paths in proptest::collection::vec("/Users/[a-z0-9]{1,40}", 0..60), most in 1usize..20, bytes in 600usize..4_000,
        ) {
            let operations: Vec<Operation> = paths.iter().map(|path| operation(path)).collect();
            let calls = calls(operations.clone(), most, bytes);
            prop_assert_eq!(calls.concat(), operations);
            for call in calls {
                prop_assert!(!call.is_empty() && call.len() <= most);
                prop_assert!(request(&call).to_string().len() <= bytes);
            }
        }

        #[test]
        fn no_answer_makes_the_reader_fail_loudly(text in any::<String>(), number in any::<i64>()) {
            for answer in [json!(text), json!({"Operations": text}), json!({"Operations": [text, {"bulkId": number, "status": text}, {"bulkId": text, "status": number}]})] {
                prop_assert_eq!(statuses(&answer, 3).len(), 3);
            }
        }
    }
}
