//! Texts with rules. The limits stand here once, for the form, the backend and the tests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not accepted; its words say what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextRefusal {
    /// Nothing but white space.
    #[error("Write something here")]
    Empty,
    /// Longer than allowed, by this many characters.
    #[error("Shorten this by {0} characters")]
    TooLong(usize),
    /// Carries a character that can't be shown, such as NUL.
    #[error("Remove the characters that can't be shown")]
    Unprintable,
}

/// At least one character that isn't white space, and no control character but those of white space.
#[cfg(feature = "openapi")]
const PRINTABLE: &str = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*[^\s\x00-\x1F\x7F-\x9F][^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$";

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, max: $max:ident = $limit:literal, lines: $lines:literal) => {
        /// The longest text accepted, in characters.
        pub const $max: usize = $limit;

        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .min_length(Some(1))
                    .max_length(Some($limit))
                    .pattern(Some(PRINTABLE))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = TextRefusal;

            fn from_str(text: &str) -> Result<Self, TextRefusal> {
                checked(text, $limit, $lines).map(Self)
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

text! {
    /// A request in one sentence: one line, trimmed.
    Subject, max: SUBJECT_MAX = 200, lines: false
}
text! {
    /// What happened, or what is answered: trimmed, line breaks as `\n`.
    Body, max: BODY_MAX = 20000, lines: true
}
text! {
    /// What fails or is planned, in a sentence for the status page: one line, trimmed.
    IncidentName, max: INCIDENT_NAME_MAX = 200, lines: false
}
text! {
    /// One word about an incident or a maintenance: trimmed, line breaks as `\n`.
    UpdateBody, max: UPDATE_BODY_MAX = 5000, lines: true
}
text! {
    /// Why support changes a state or a priority: one line, trimmed.
    Reason, max: REASON_MAX = 500, lines: false
}

text! {
    /// What a list that is kept is called: one line, trimmed.
    ViewName, max: VIEW_NAME_MAX = 60, lines: false
}

text! {
    /// A phone number as people write it: one line, trimmed.
    PhoneText, max: PHONE_MAX = 40, lines: false
}
text! {
    /// The words by which somebody allows something, exactly as they were shown: one line, trimmed.
    ConsentWords, max: CONSENT_MAX = 1000, lines: false
}

text! {
    /// The address of the page that a report is about: one line, trimmed.
    PageText, max: PAGE_TEXT_MAX = 2000, lines: false
}
text! {
    /// What a browser says of itself: one line, trimmed.
    DetailText, max: DETAIL_MAX = 300, lines: false
}
text! {
    /// An error of the page that a report is about: trimmed, line breaks as `\n`.
    ErrorText, max: ERROR_TEXT_MAX = 2000, lines: true
}
text! {
    /// An e-mail address that somebody without an account leaves: one line, trimmed. Nobody has checked it.
    EmailText, max: EMAIL_TEXT_MAX = 254, lines: false
}

/// Trims, unifies line breaks (or turns them into spaces) and checks the length.
fn checked(text: &str, max: usize, keeps_lines: bool) -> Result<String, TextRefusal> {
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let unified = if keeps_lines { unified } else { unified.replace(['\n', '\t'], " ") };
    let trimmed = unified.trim();
    if trimmed.is_empty() {
        return Err(TextRefusal::Empty);
    }
    if trimmed.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(TextRefusal::Unprintable);
    }
    let length = trimmed.chars().count();
    if length > max {
        return Err(TextRefusal::TooLong(length - max));
    }
    Ok(trimmed.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_subject_is_one_line() {
        let subject: Subject = "  Video\r\nstops  ".parse().expect("a subject");
        assert_eq!(subject.as_str(), "Video stops");
    }

    #[test]
    fn limits_count_characters_to_the_last_one() {
        assert!("é".repeat(SUBJECT_MAX).parse::<Subject>().is_ok());
        assert_eq!("é".repeat(SUBJECT_MAX + 12).parse::<Subject>(), Err(TextRefusal::TooLong(12)));
        assert!("x".repeat(BODY_MAX).parse::<Body>().is_ok());
        assert_eq!("x".repeat(BODY_MAX + 1).parse::<Body>(), Err(TextRefusal::TooLong(1)));
    }

    #[test]
    fn white_space_alone_is_nothing() {
        for text in ["", " ", "\n\t ", "\u{a0}\u{202f}"] {
            assert_eq!(text.parse::<Body>(), Err(TextRefusal::Empty), "{text:?}");
        }
        assert_eq!("a\0b".parse::<Body>(), Err(TextRefusal::Unprintable));
    }

    proptest! {
        #[test]
        fn what_was_accepted_is_accepted_again_unchanged(text in any::<String>()) {
            if let Ok(body) = text.parse::<Body>() {
                prop_assert_eq!(body.as_str().parse::<Body>(), Ok(body.clone()));
            }
        }
    }
}
