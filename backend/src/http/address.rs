//! What stands in an address: parts of the path, parameters.

use axum::extract::FromRequestParts;
use axum::extract::path::Path;
use axum::extract::rejection::QueryRejection;
use axum::http::request::Parts;
use frontdesk_contract::ProblemType;
use serde::de::DeserializeOwned;

use crate::http::error::Error;

/// A part of the path. What is no id has nothing at its address.
#[derive(Debug, Clone)]
pub struct Part<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Part<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let found = Path::<T>::from_request_parts(parts, state).await;
        found.map(|Path(part)| Self(part)).map_err(|_| ProblemType::NotFound.into())
    }
}

/// The parameters behind `?`.
#[derive(Debug, Clone)]
pub struct Parameters<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Parameters<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let found = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        found.map(|axum::extract::Query(found)| Self(found)).map_err(|rejection: QueryRejection| {
            Error::Told(ProblemType::BadParameter, rejection.body_text())
        })
    }
}

/// A parameter that must be one of some words; one that is empty was not given.
pub fn word<T>(
    name: &str,
    given: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    match given.filter(|text| !text.is_empty()) {
        None => Ok(None),
        Some(text) => parse(text).map(Some).ok_or_else(|| {
            Error::Told(ProblemType::BadParameter, format!("The parameter {name} can't be read"))
        }),
    }
}

/// Writes a text into an address.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
