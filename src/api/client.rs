//! The only door to the network.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use frontdesk_contract::json;
use serde::de::DeserializeOwned;

use crate::api::endpoint::{Endpoint, RawRequest};
use crate::api::error::ApiError;

/// An answer before it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RawResponse {
    /// The status.
    pub status: u16,
    /// The text of the body.
    pub body: String,
    /// Whether it says of itself that it is a problem (RFC 9457).
    pub is_problem: bool,
    /// Whether it says of itself that it is JSON. A proxy's sign-in page comes as 200 and HTML.
    pub is_json: bool,
}

/// What a transport gives back.
pub type Answer = Pin<Box<dyn Future<Output = Result<RawResponse, ApiError>>>>;

/// Makes the calls. Tests hand in a script, the panel [`crate::api::fetch::transport`].
pub type Transport = Arc<dyn Fn(RawRequest) -> Answer + Send + Sync>;

/// Makes calls and reads their answers.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    on_signed_out: Arc<dyn Fn() + Send + Sync>,
}

impl Client {
    /// A client over `transport`; `on_signed_out` hears of each answer that says that the session is over.
    pub fn new(transport: Transport, on_signed_out: Arc<dyn Fn() + Send + Sync>) -> Self {
        Self { transport, on_signed_out }
    }

    /// The same for calls that the person didn't ask for: nobody is told that the session is over.
    #[must_use]
    pub fn unheard(&self) -> Self {
        Self { transport: self.transport.clone(), on_signed_out: Arc::new(|| {}) }
    }

    /// Makes a call and reads its answer.
    ///
    /// # Errors
    /// Everything that [`ApiError`] names.
    pub async fn send<T: DeserializeOwned>(&self, endpoint: Endpoint<T>) -> Result<T, ApiError> {
        let body = self.send_raw(endpoint.raw).await?;
        json::read(&body).map_err(|_| ApiError::Unreadable)
    }

    /// Makes a call and gives back the JSON of its answer.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn send_raw(&self, request: RawRequest) -> Result<String, ApiError> {
        let answer = (self.transport)(request).await.and_then(decode);
        if answer == Err(ApiError::SignedOut) {
            (self.on_signed_out)();
        }
        answer
    }
}

/// Tells a success from the rest. An empty success reads as `null`, so that it fits `()`.
fn decode(response: RawResponse) -> Result<String, ApiError> {
    match response.status {
        204 => Ok("null".to_owned()),
        200..=299 if response.is_json => Ok(response.body),
        200..=299 => Err(ApiError::Unreadable),
        _ => Err(ApiError::from_response(&response)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str, is_json: bool) -> RawResponse {
        RawResponse { status, body: body.to_owned(), is_problem: false, is_json }
    }

    #[test]
    fn a_sign_in_page_with_status_200_is_no_answer() {
        assert_eq!(decode(answer(200, "<html>", false)), Err(ApiError::Unreadable));
        assert_eq!(decode(answer(200, "{}", true)), Ok("{}".to_owned()));
        assert_eq!(decode(answer(204, "", false)), Ok("null".to_owned()));
    }
}
