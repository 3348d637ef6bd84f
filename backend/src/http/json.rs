//! JSON in and out: bodies that are read with a word about each wrong field.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use frontdesk_contract::{FieldError, ProblemType};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::error::Error;

/// The largest body that is read: the longest text, written with escapes, and room to spare.
pub const BODY_LIMIT: usize = 512 * 1_024;

/// A body, with what it was made of.
#[derive(Debug)]
pub struct Body<T> {
    /// The value.
    pub value: T,
    /// The bytes as they came, for the fingerprint of a create.
    pub bytes: Bytes,
}

/// What can be read from a body.
pub trait FromBody: DeserializeOwned {
    /// Fields that are wrong beyond the first, so that a form can show all of them at once.
    fn check_fields(_body: &Value, _errors: &mut Vec<FieldError>) {}
}

impl<T: FromBody, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        if !is_json(request.headers()) {
            return Err(ProblemType::NotJson.into());
        }
        let bytes =
            Bytes::from_request(request, state).await.map_err(|rejection| unread(rejection.status()))?;
        let value = parse(&bytes)?;
        Ok(Self { value, bytes })
    }
}

/// Reads a value; every way in which it can't be read is told with a pointer.
pub fn parse<T: FromBody>(bytes: &[u8]) -> Result<T, Error> {
    let body: Value = serde_json::from_slice(bytes).map_err(|error| {
        Error::Told(ProblemType::BadJson, format!("Line {}, column {}", error.line(), error.column()))
    })?;
    if !body.is_object() {
        return Err(Error::field("", &"Send an object"));
    }
    serde_path_to_error::deserialize(&body).map_err(|error| {
        let mut errors = Vec::new();
        T::check_fields(&body, &mut errors);
        let first = field_error(&error);
        if !errors.iter().any(|known| known.pointer == first.pointer) {
            errors.insert(0, first);
        }
        Error::Invalid(errors)
    })
}

/// Checks one field of an object.
pub fn check_field<T: DeserializeOwned>(body: &Value, name: &str, errors: &mut Vec<FieldError>) {
    let pointer = format!("/{name}");
    let detail = match body.get(name) {
        None => Some("Fill this in".to_owned()),
        Some(value) => serde_json::from_value::<T>(value.clone()).err().map(|error| error.to_string()),
    };
    errors.extend(detail.map(|detail| FieldError { pointer, detail }));
}

fn is_json(headers: &HeaderMap) -> bool {
    let Some(Ok(text)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else { return false };
    let media_type = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    media_type == "application/json"
        || (media_type.starts_with("application/") && media_type.ends_with("+json"))
}

fn unread(status: StatusCode) -> Error {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => ProblemType::TooLarge.into(),
        _ => Error::Told(ProblemType::BadJson, "The body was cut off".to_owned()),
    }
}

fn field_error(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldError {
    let mut pointer = String::new();
    for segment in error.path() {
        let part = match segment {
            serde_path_to_error::Segment::Seq { index } => index.to_string(),
            serde_path_to_error::Segment::Map { key } => key.clone(),
            serde_path_to_error::Segment::Enum { variant } => variant.clone(),
            serde_path_to_error::Segment::Unknown => continue,
        };
        push(&mut pointer, &part);
    }
    let text = error.inner().to_string();
    if let Some(name) = quoted_after(&text, "missing field ") {
        push(&mut pointer, name);
        return FieldError { pointer, detail: "Fill this in".to_owned() };
    }
    if let Some(name) = quoted_after(&text, "unknown field ") {
        let ends_with_name = pointer.rsplit('/').next() == Some(escaped(name).as_str());
        if !ends_with_name {
            push(&mut pointer, name);
        }
        return FieldError { pointer, detail: "Leave this out".to_owned() };
    }
    FieldError { pointer, detail: text }
}

fn push(pointer: &mut String, part: &str) {
    pointer.push('/');
    pointer.push_str(&escaped(part));
}

/// RFC 6901: `~` and `/` are written as `~0` and `~1`.
fn escaped(part: &str) -> String {
    part.replace('~', "~0").replace('/', "~1")
}

fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_prefix('`')?.split('`').next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Thing {
        #[expect(dead_code, reason = "only its absence matters")]
        name: String,
        #[serde(default)]
        #[expect(dead_code, reason = "only its type matters")]
        parts: Vec<u8>,
    }

    impl FromBody for Thing {}

    #[track_caller]
    fn points_to(body: &str, pointer: &str) {
        match parse::<Thing>(body.as_bytes()) {
            Err(Error::Invalid(errors)) => assert_eq!(errors[0].pointer, pointer, "{errors:?}"),
            other => panic!("{body}: {other:?}"),
        }
    }

    #[test]
    fn every_wrong_field_is_pointed_at() {
        points_to("{}", "/name");
        points_to(r#"{"name":1}"#, "/name");
        points_to(r#"{"name":"a","parts":[1,"x"]}"#, "/parts/1");
        points_to(r#"{"name":"a","na/me":1}"#, "/na~1me");
        points_to("[]", "");
        points_to("7", "");
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        assert!(matches!(parse::<Thing>(b"{"), Err(Error::Told(ProblemType::BadJson, _))));
        assert!(matches!(parse::<Thing>(b"\"\\ud800\""), Err(Error::Told(ProblemType::BadJson, _))));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_fail_loudly(bytes in any::<Vec<u8>>()) {
            let _ = parse::<Thing>(&bytes);
        }
    }
}
