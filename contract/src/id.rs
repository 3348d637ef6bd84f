//! Identifiers. Each is a type of its own, so that one can't be handed where another is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not an identifier of the kind that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("This is not {expected}")]
pub struct NotAnId {
    /// What was expected, with its article: `a request number such as FD-1042`.
    pub expected: &'static str,
}

/// The longest identifier that is read.
pub const ID_MAX: usize = 200;

/// An identifier that somebody else may have made, such as a SCIM provider: opaque text.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(value_type = String, pattern = r"^[^\s/\x00-\x1F\x7F-\x9F]{1,200}$")
        )]
        pub struct $name(String);

        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let is_plain = !text.is_empty()
                    && text.len() <= ID_MAX
                    && !text.chars().any(|c| c.is_control() || c.is_whitespace() || c == '/');
                if is_plain {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(NotAnId { expected: $expected })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let text = String::deserialize(source)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// An identifier that the backend counts up.
macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
        )]
        #[serde(transparent)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = u64))]
        pub struct $name(pub u64);

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                text.parse().map(Self).map_err(|_| NotAnId { expected: $expected })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

text_id! {
    /// A person of the organization, or an agent of support. The SCIM `id`.
    PersonId, "the identifier of a person"
}
text_id! {
    /// A topic of the settings, such as `video`.
    TopicId, "the identifier of a topic"
}
text_id! {
    /// An incident of the status page.
    IncidentId, "the identifier of an incident"
}
text_id! {
    /// A component of the status page.
    ComponentId, "the identifier of a component"
}
text_id! {
    /// A planned maintenance of the status page.
    MaintenanceId, "the identifier of a maintenance"
}
text_id! {
    /// A help article: the name of its file without the ending.
    ArticleId, "the name of a help article"
}
text_id! {
    /// An opaque entity tag without quotes and without `W/`: what `If-Match` is compared with.
    Version, "a version"
}
number_id! {
    /// A message of a request's thread.
    MessageId, "the number of a message"
}
number_id! {
    /// What somebody follows on the status page.
    FollowId, "the number of something that is followed"
}
number_id! {
    /// A plan for acts on accounts.
    PlanId, "the number of a plan"
}
number_id! {
    /// A run of a plan.
    RunId, "the number of a run"
}
number_id! {
    /// Problem reports that are alike.
    ReportGroupId, "the number of a group of reports"
}
number_id! {
    /// An event of the live stream; later events have greater numbers.
    EventId, "the number of an event"
}

impl Version {
    /// The version of something that counts its changes, or that has a digest.
    pub fn numbered(count: u64) -> Self {
        Self(format!("v{count}"))
    }
}

/// An identifier that people read and quote with its letters, and so does the wire.
macro_rules! quoted_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $expected:literal, $example:literal, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(
            feature = "openapi",
            derive(utoipa::ToSchema),
            schema(value_type = String, example = $example, pattern = $pattern)
        )]
        pub struct $name(pub u64);

        impl FromStr for $name {
            type Err = NotAnId;

            /// Reads the number with its letters, in any case. Only the one spelling with digits and no sign is taken.
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                quoted(text, $prefix).map(Self).ok_or(NotAnId { expected: $expected })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $prefix, self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
                sink.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
                let text = String::deserialize(source)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

quoted_id! {
    /// A request to support. People read and quote it as `FD-1042`, and so does the wire.
    RequestId, "FD-", "a request number such as FD-1042", "FD-1042", r"^[Ff][Dd]-[0-9]{1,18}$"
}
quoted_id! {
    /// A problem report. People read and quote it as `P-1042`, and so does the wire.
    ReportId, "P-", "a report number such as P-1042", "P-1042", r"^[Pp]-[0-9]{1,18}$"
}

/// The number behind the letters.
fn quoted(text: &str, prefix: &str) -> Option<u64> {
    let (letters, digits) = text.split_at_checked(prefix.len())?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !letters.eq_ignore_ascii_case(prefix) || !is_number {
        return None;
    }
    // SQLite's integers end at i64::MAX.
    digits.parse::<u64>().ok().filter(|number| i64::try_from(*number).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn refuses(text: &str) {
        assert!(text.parse::<RequestId>().is_err(), "{text:?} was read as a request number");
    }

    #[test]
    fn a_request_number_has_one_spelling() {
        assert_eq!("FD-1042".parse(), Ok(RequestId(1042)));
        assert_eq!("fd-1042".parse(), Ok(RequestId(1042)));
        for text in ["", "1042", "FD-", "FD-+1", "FD--1", "FD-1 ", "FD-99999999999999999999", "é-1"] {
            refuses(text);
        }
    }

    #[test]
    fn a_report_is_no_request() {
        assert_eq!("p-7".parse(), Ok(ReportId(7)));
        assert!("P-7".parse::<RequestId>().is_err() && "FD-7".parse::<ReportId>().is_err());
    }

    #[test]
    fn an_id_made_elsewhere_is_plain_text() {
        assert!("2819c223-7f76-453a-919d-413861904646".parse::<PersonId>().is_ok());
        for text in ["", "a b", "a/b", "a\nb", &"x".repeat(ID_MAX + 1)] {
            assert!(text.parse::<PersonId>().is_err(), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn request_numbers_round_trip(number in 0..=u64::try_from(i64::MAX).unwrap_or(0)) {
            let id = RequestId(number);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>()) {
            let _ = text.parse::<RequestId>();
            let _ = text.parse::<PersonId>();
        }
    }
}
