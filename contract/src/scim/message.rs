//! What goes around resources: lists, questions in a body, changes, errors, several calls in one.

use serde::{Deserialize, Serialize};

/// The most resources of one page.
pub const COUNT_MAX: usize = 1_000;
/// How many a page has when nothing is said.
pub const COUNT_DEFAULT: usize = 100;
/// The most operations of one bulk call.
pub const OPERATIONS_MAX: usize = 1_000;

/// A page of resources, as it is read.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListResponse<T> {
    /// How many there are in all; a page by cursor may leave it out.
    #[serde(default)]
    pub total_results: Option<u64>,
    /// The resources. Some providers leave it out when there are none.
    #[serde(default = "Vec::new", rename = "Resources")]
    pub resources: Vec<T>,
    /// Where the next page begins (RFC 9865).
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// What a change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Adds.
    Add,
    /// Takes out.
    Remove,
    /// Puts in the place of.
    Replace,
}

impl Op {
    /// Reads the word in any case: some clients write `Add`.
    pub fn parse(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().as_str() {
            "add" => Some(Self::Add),
            "remove" => Some(Self::Remove),
            "replace" => Some(Self::Replace),
            _ => None,
        }
    }
}

/// Why SCIM says no (RFC 7644 §3.12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScimType {
    /// The filter can't be read, or not be answered.
    InvalidFilter,
    /// Too many would be found.
    TooMany,
    /// Another resource has this value.
    Uniqueness,
    /// Read-only or immutable.
    Mutability,
    /// The body can't be read.
    InvalidSyntax,
    /// The path of a change can't be read, or there is no such attribute.
    InvalidPath,
    /// The path names nothing that could be changed.
    NoTarget,
    /// A value is missing or of the wrong kind.
    InvalidValue,
    /// The cursor is not ours (RFC 9865).
    InvalidCursor,
    /// The page is larger than what we give (RFC 9865).
    InvalidCount,
}

impl ScimType {
    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidCursor => "invalidCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

/// An error as it goes over the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScimError {
    /// Always [`super::ERROR`].
    pub schemas: Vec<String>,
    /// The status as text, which the standard wants.
    pub status: String,
    /// Why, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scim_type: Option<String>,
    /// Why, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_may_leave_out_an_empty_list() {
        let list: ListResponse<u8> = serde_json::from_str("{\"totalResults\":0}").expect("a list");
        assert_eq!((list.total_results, list.resources), (Some(0), Vec::new()));
    }

    #[test]
    fn operations_are_written_in_any_case() {
        assert_eq!(Op::parse("Replace"), Some(Op::Replace));
        assert_eq!(Op::parse("move"), None);
    }
}
