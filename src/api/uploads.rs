//! Files in pieces (tus 1.0): the calls of [`crate::domain::upload`], and what their answers mean.

use crate::api::ApiError;
use crate::api::client::RawResponse;
use crate::domain::upload::{Heard, Step};

const UPLOADS: &str = "/api/uploads";
/// What each call says.
const VERSION: (&str, &str) = ("Tus-Resumable", "1.0.0");
/// The header that a foreign page can't send without asking first (DESIGN.md, "Cookie and forgery").
const OWN: (&str, &str) = ("X-Frontdesk", "1");

/// A call before it is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: &'static str,
    /// Where, from the origin on.
    pub path: String,
    /// The headers.
    pub headers: Vec<(&'static str, String)>,
}

/// Asks for a place for a file of this size. Name and kind are given in Base64.
pub fn create(size: u64, name: &str, kind: &str) -> Call {
    let metadata = format!("filename {name},filetype {kind}");
    Call::new("POST", UPLOADS).with("Upload-Length", size.to_string()).with("Upload-Metadata", metadata)
}

/// Asks how much of a file has arrived.
pub fn ask(address: &str) -> Call {
    Call::new("HEAD", address)
}

/// Sends a piece that begins here, with its SHA-256 where there is one.
pub fn piece(address: &str, from: u64, checksum: Option<&str>) -> Call {
    let call = Call::new("PATCH", address)
        .with("Upload-Offset", from.to_string())
        .with("Content-Type", "application/offset+octet-stream".to_owned());
    match checksum {
        Some(checksum) => call.with("Upload-Checksum", format!("sha256 {checksum}")),
        None => call,
    }
}

/// Takes a file away again.
pub fn remove(address: &str) -> Call {
    Call::new("DELETE", address)
}

/// The name of the file at an address.
pub fn id_of(address: &str) -> &str {
    address.rsplit('/').next().unwrap_or_default()
}

impl Call {
    fn new(method: &'static str, path: &str) -> Self {
        let own = |(name, value): (&'static str, &str)| (name, value.to_owned());
        Self { method, path: path.to_owned(), headers: vec![own(VERSION), own(OWN)] }
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.headers.push((name, value));
        self
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where the new place is.
    pub location: Option<String>,
    /// How much has arrived.
    pub offset: Option<u64>,
    /// Its text.
    pub body: String,
    /// Whether it says of itself that it is a problem (RFC 9457).
    pub is_problem: bool,
}

/// Why a file isn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// It is of no kind that is taken, by its bytes.
    #[error("Of no kind that is taken")]
    Kind,
    /// It is too large, or the person has no room left.
    #[error("Too large")]
    Size,
    /// The backend has no room left.
    #[error("No room")]
    Full,
    /// Anything else: signed out, not allowed.
    #[error(transparent)]
    Other(ApiError),
}

/// What an answer means for the file. What may pass by itself is [`Heard::Lost`].
///
/// # Errors
/// When it makes no sense to go on.
pub fn read(step: &Step, answer: &Answer) -> Result<Heard, NotTaken> {
    match (answer.status, step) {
        (201, Step::Create) => match answer.location.as_deref().and_then(own_address) {
            Some(address) => Ok(Heard::Created(address.to_owned())),
            None => Err(NotTaken::Other(ApiError::Unreadable)),
        },
        (200 | 204, Step::Ask(_) | Step::Send { .. }) => {
            answer.offset.map(Heard::At).ok_or(NotTaken::Other(ApiError::Unreadable))
        }
        (404 | 410, Step::Ask(_) | Step::Send { .. }) => Ok(Heard::Gone),
        // Another offset, a piece that was damaged on its way, locked by a call of ours that was cut, or busy.
        (409 | 423 | 429 | 460 | 500 | 502..=504, _) => Ok(Heard::Lost),
        (413, _) => Err(NotTaken::Size),
        (415, _) => Err(NotTaken::Kind),
        (507, _) => Err(NotTaken::Full),
        _ => Err(NotTaken::Other(ApiError::from_response(&RawResponse {
            status: answer.status,
            body: answer.body.clone(),
            is_problem: answer.is_problem,
            is_json: answer.is_problem,
        }))),
    }
}

/// A place of ours, from the origin on: nothing is sent anywhere else, whatever an answer says.
fn own_address(location: &str) -> Option<&str> {
    let path = match location.split_once("://") {
        Some((_, rest)) => rest.get(rest.find('/')?..)?,
        None => location,
    };
    let id = path.strip_prefix(UPLOADS)?.strip_prefix('/')?;
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    is_id.then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16) -> Answer {
        Answer { status, location: None, offset: None, body: String::new(), is_problem: false }
    }

    fn send() -> Step {
        Step::Send { address: "/api/uploads/a".to_owned(), from: 0, to: 1 }
    }

    #[test]
    fn a_piece_says_where_it_begins_and_what_it_is() {
        let call = piece("/api/uploads/a", 7, Some("abc="));
        let has =
            |name: &str, value: &str| call.headers.iter().any(|(own, text)| *own == name && text == value);
        assert!(
            has("Upload-Offset", "7")
                && has("Upload-Checksum", "sha256 abc=")
                && has("Tus-Resumable", "1.0.0")
        );
        assert!(has("X-Frontdesk", "1"));
        assert_eq!(call.method, "PATCH");
    }

    #[test]
    fn only_places_of_ours_are_gone_to() {
        let created = |location: &str| {
            read(&Step::Create, &Answer { location: Some(location.to_owned()), ..answer(201) })
        };
        let place = || Ok(Heard::Created("/api/uploads/0f-1".to_owned()));
        assert_eq!(created("/api/uploads/0f-1"), place());
        assert_eq!(created("https://desk.example/api/uploads/0f-1"), place());
        for foreign in
            ["https://evil.example/x", "//evil.example", "/api/uploads/", "/api/uploads/../session"]
        {
            assert_eq!(created(foreign), Err(NotTaken::Other(ApiError::Unreadable)), "{foreign}");
        }
    }

    #[test]
    fn what_may_pass_is_tried_again_and_the_rest_is_told() {
        for status in [409, 423, 429, 460, 500, 502, 503, 504] {
            assert_eq!(read(&send(), &answer(status)), Ok(Heard::Lost), "{status}");
        }
        assert_eq!(read(&send(), &answer(410)), Ok(Heard::Gone));
        assert_eq!(read(&send(), &answer(413)), Err(NotTaken::Size));
        assert_eq!(read(&send(), &answer(415)), Err(NotTaken::Kind));
        assert_eq!(read(&send(), &answer(507)), Err(NotTaken::Full));
        assert_eq!(read(&send(), &answer(401)), Err(NotTaken::Other(ApiError::SignedOut)));
        assert_eq!(read(&send(), &Answer { offset: Some(9), ..answer(204) }), Ok(Heard::At(9)));
    }
}
