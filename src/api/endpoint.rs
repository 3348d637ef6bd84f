//! A call before it is made: method, path, body and the type that comes back.

use std::marker::PhantomData;

use frontdesk_contract::Version;
use serde::Serialize;

/// What is done at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Create.
    Post,
    /// Change.
    Patch,
    /// Make it so.
    Put,
    /// End.
    Delete,
}

/// A call without its type, as the transport takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawRequest {
    /// What is done.
    pub method: Method,
    /// Where, from the origin on.
    pub path: String,
    /// The JSON that is sent.
    pub body: Option<String>,
    /// The `Idempotency-Key` of a create.
    pub key: Option<String>,
    /// The `If-Match` of a change.
    pub version: Option<Version>,
}

/// A call and the type that comes back.
#[derive(Debug, Clone)]
pub struct Endpoint<T> {
    /// The call.
    pub raw: RawRequest,
    answer: PhantomData<fn() -> T>,
}

impl<T> Endpoint<T> {
    fn new(method: Method, path: String) -> Self {
        let raw = RawRequest { method, path, body: None, key: None, version: None };
        Self { raw, answer: PhantomData }
    }

    /// Reads what stands at `path`.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, path.into())
    }

    /// Sends `body` to `path`.
    pub fn post(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new(Method::Post, path.into()).with_body(body)
    }

    /// Changes what stands at `path`.
    pub fn patch(path: impl Into<String>, body: &impl Serialize) -> Self {
        Self::new(Method::Patch, path.into()).with_body(body)
    }

    /// Makes it so that what `path` names is; to do it twice is to do it once.
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::Put, path.into())
    }

    /// Ends what stands at `path`.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::Delete, path.into())
    }

    /// Makes a create safe to repeat.
    #[must_use]
    pub fn keyed(mut self, key: &str) -> Self {
        self.raw.key = Some(key.to_owned());
        self
    }

    /// Changes only what still has this version.
    #[must_use]
    pub fn if_match(mut self, version: Version) -> Self {
        self.raw.version = Some(version);
        self
    }

    fn with_body(mut self, body: &impl Serialize) -> Self {
        // Types of the contract always have a JSON form; an empty body would be refused in words.
        self.raw.body = serde_json::to_string(body).ok();
        self
    }
}
