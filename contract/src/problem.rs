//! Every way in which the backend says no: RFC 9457, `application/problem+json`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The media type of a problem.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// What each `type` begins with.
pub const TYPE_PREFIX: &str = "urn:frontdesk:problem:";

macro_rules! problem_types {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $status:literal, $title:literal;)*) => {
        /// The cause. The panel has a sentence for each, in every language.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum ProblemType {
            $($(#[$doc])* $name,)*
            /// A cause that this release doesn't know, or that somebody between us and the backend made.
            Other(String),
        }

        impl ProblemType {
            /// All causes that the backend knows.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The status that goes with it.
            pub const fn status(&self) -> u16 {
                match self {
                    $(Self::$name => $status,)*
                    Self::Other(_) => 500,
                }
            }

            /// The cause in English, the same for each occurrence.
            pub const fn title(&self) -> &'static str {
                match self {
                    $(Self::$name => $title,)*
                    Self::Other(_) => "Something went wrong",
                }
            }

            fn word(&self) -> &str {
                match self {
                    $(Self::$name => $word,)*
                    Self::Other(uri) => uri,
                }
            }

            /// Reads a `type`.
            pub fn parse(uri: &str) -> Self {
                match uri.strip_prefix(TYPE_PREFIX) {
                    $(Some($word) => Self::$name,)*
                    _ => Self::Other(uri.to_owned()),
                }
            }
        }
    };
}

problem_types! {
    /// The body is no JSON.
    BadJson = "bad-json", 400, "The body is not valid JSON";
    /// A parameter of the address can't be read.
    BadParameter = "bad-parameter", 400, "A parameter of the address can't be read";
    /// A create came without `Idempotency-Key`.
    KeyMissing = "idempotency-key-missing", 400, "The Idempotency-Key header is missing";
    /// Address or password is wrong.
    BadCredentials = "bad-credentials", 401, "Address or password is wrong";
    /// There is no session, or it has ended.
    SignedOut = "signed-out", 401, "Nobody is signed in";
    /// The person may not do this.
    Forbidden = "forbidden", 403, "This is not allowed";
    /// The call seems to come from another site.
    ForeignOrigin = "foreign-origin", 403, "The call comes from another site";
    /// There is nothing at this address, or the person may not see it.
    NotFound = "not-found", 404, "There is nothing at this address";
    /// The address doesn't know this method.
    MethodNotAllowed = "method-not-allowed", 405, "This address doesn't know this method";
    /// The same key is being worked on.
    StillRunning = "still-running", 409, "The first call with this key is still running";
    /// What is asked isn't possible in the state that the thing is in.
    NotPossible = "not-possible", 409, "This is not possible now";
    /// What was at this address was deleted.
    Gone = "gone", 410, "What was at this address was deleted";
    /// The one-time link was used, or its time is over.
    LinkSpent = "link-spent", 410, "This link was used already, or its time is over";
    /// A piece of a file doesn't begin where the file ends.
    WrongOffset = "wrong-offset", 409, "The file is not as long as this piece says";
    /// The time of an unfinished file is over.
    UploadExpired = "upload-expired", 410, "The time for sending this file is over";
    /// The thing changed since the version that was sent.
    Changed = "changed", 412, "Somebody changed this meanwhile";
    /// The call speaks another version of the protocol of uploads.
    UploadVersion = "upload-version", 412, "Say Tus-Resumable: 1.0.0";
    /// The body is too large.
    TooLarge = "too-large", 413, "The body is too large";
    /// The file is larger than allowed.
    FileTooLarge = "file-too-large", 413, "The file is too large";
    /// The person has too much on its way.
    QuotaUsed = "quota-used", 413, "There is no room for more files that are not sent yet";
    /// The bytes are no kind of file that is taken.
    FileKind = "file-kind", 415, "Files of this kind are not taken";
    /// The body isn't `application/json`.
    NotJson = "unsupported-media-type", 415, "The body must be application/json";
    /// The call is meant for another server.
    ForeignHost = "foreign-host", 421, "This server is not the one that the address names";
    /// Fields are missing or wrong.
    Invalid = "invalid", 422, "Fields are missing or wrong";
    /// The key was used with another body.
    KeyReused = "idempotency-key-reused", 422, "The key was used with another body";
    /// A change came without `If-Match`.
    VersionMissing = "version-missing", 428, "The If-Match header is missing";
    /// A piece of a file isn't what its checksum says.
    WrongChecksum = "wrong-checksum", 460, "A piece of the file was changed on its way";
    /// Too many tries.
    Throttled = "throttled", 429, "Too many tries";
    /// More live streams are open than one session or one person may have.
    TooManyStreams = "too-many-streams", 429, "Too many live streams are open";
    /// The backend failed.
    Internal = "internal", 500, "The server could not do this";
    /// The backend is stopping or not ready.
    Unavailable = "unavailable", 503, "The server is not ready";
    /// The backend's disk is full.
    DiskFull = "disk-full", 507, "The server has no room for this file";
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ProblemType {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .examples(["urn:frontdesk:problem:signed-out"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ProblemType {}

impl fmt::Display for ProblemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other(uri) => f.write_str(uri),
            known => write!(f, "{TYPE_PREFIX}{}", known.word()),
        }
    }
}

impl Serialize for ProblemType {
    fn serialize<S: serde::Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        sink.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ProblemType {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&String::deserialize(source)?))
    }
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Which field: a JSON pointer (RFC 6901) into the body, such as `/subject`.
    pub pointer: String,
    /// What to do about it, in English.
    pub detail: String,
}

/// The body of every answer that isn't a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The cause.
    #[serde(rename = "type")]
    pub kind: ProblemType,
    /// The cause in English.
    pub title: String,
    /// The status, repeated.
    pub status: u16,
    /// This occurrence in English, when there is more to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The number of the call, to be quoted to whoever runs the backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Fields that are missing or wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// For [`ProblemType::Throttled`]: when to try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_at: Option<Timestamp>,
    /// For [`ProblemType::Changed`]: who changed it, when that may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changed_by: Option<String>,
    /// For [`ProblemType::Gone`]: when it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// For [`ProblemType::Gone`]: who asked for it, when that may be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_by: Option<String>,
}

impl Problem {
    /// A problem with nothing more to say than its cause.
    pub fn new(kind: ProblemType) -> Self {
        Self {
            title: kind.title().to_owned(),
            status: kind.status(),
            kind,
            detail: None,
            request_id: None,
            errors: Vec::new(),
            retry_at: None,
            changed_by: None,
            deleted_at: None,
            deleted_by: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_round_trips() {
        for kind in ProblemType::ALL {
            let problem = Problem::new(kind.clone());
            let json = serde_json::to_string(&problem).expect("json");
            assert_eq!(serde_json::from_str::<Problem>(&json).expect("a problem"), problem);
            assert!(json.contains(TYPE_PREFIX), "{json}");
        }
    }

    #[test]
    fn a_foreign_cause_is_kept_as_it_came() {
        let kind = ProblemType::parse("about:blank");
        assert_eq!(kind, ProblemType::Other("about:blank".to_owned()));
        assert_eq!(kind.to_string(), "about:blank");
    }
}
