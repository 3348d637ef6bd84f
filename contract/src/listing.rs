//! The list of requests: in which order, what a page of it carries, how many there are, and lists that are kept.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::request::{Refusal, can_write};
use crate::{Cursor, Person, PersonRef, RequestId, RequestSummary, Version};

/// What a list is sorted by: each column that it can show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// When it last changed.
    ChangedAt,
    /// When it was asked.
    CreatedAt,
    /// Its number.
    Id,
    /// Who must act: first the organization, then support, then nobody; within each, who waits longest first.
    WaitingFor,
    /// The level that counts: support's, where it set one.
    Priority,
    /// The name of whoever asked.
    AskedBy,
    /// What it is about.
    Topic,
    /// How it is answered.
    Channel,
}

impl SortBy {
    /// All columns.
    pub const ALL: [Self; 8] = [
        Self::ChangedAt,
        Self::CreatedAt,
        Self::Id,
        Self::WaitingFor,
        Self::Priority,
        Self::AskedBy,
        Self::Topic,
        Self::Channel,
    ];

    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChangedAt => "changedAt",
            Self::CreatedAt => "createdAt",
            Self::Id => "id",
            Self::WaitingFor => "waitingFor",
            Self::Priority => "priority",
            Self::AskedBy => "askedBy",
            Self::Topic => "topic",
            Self::Channel => "channel",
        }
    }
}

/// A column and a direction. On the wire a `-` before the word turns it round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether what is greatest comes first.
    pub is_descending: bool,
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: SortBy::ChangedAt, is_descending: true }
    }
}

/// Why a text names no order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("This is no order of the list")]
pub struct NotAnOrder;

impl FromStr for Sort {
    type Err = NotAnOrder;

    fn from_str(text: &str) -> Result<Self, NotAnOrder> {
        let (word, is_descending) = match text.strip_prefix('-') {
            Some(word) => (word, true),
            None => (text, false),
        };
        let by = SortBy::ALL.into_iter().find(|by| by.as_str() == word).ok_or(NotAnOrder)?;
        Ok(Self { by, is_descending })
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_descending { "-" } else { "" })?;
        f.write_str(self.by.as_str())
    }
}

/// How many days back `within` may reach.
pub const WITHIN_MAX: u16 = 3_660;

/// The answer to `GET /api/requests`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestList {
    /// The rows.
    pub items: Vec<RequestSummary>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<Cursor>,
    /// Those of the rows that changed since this reader last opened them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<RequestId>,
}

/// How many requests have one value of one filter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FacetCount {
    /// The name of the filter, as the list takes it: `topic`, `priority`, `supportPriority`, `channel`, `askedBy`.
    pub facet: String,
    /// The value.
    pub value: String,
    /// The name of the person that the value stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many.
    pub count: u64,
}

/// A list that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedView {
    /// Its number.
    pub id: u64,
    /// What it is called.
    pub name: String,
    /// Filters, order and columns, as the query of the page's address has them.
    pub query: String,
    /// Whether everybody on this side of the desk sees it.
    pub shared: bool,
    /// Who keeps it, and alone may change it.
    pub owner: PersonRef,
    /// What `If-Match` compares.
    pub version: Version,
}

/// What `POST /api/views` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewView {
    /// What it is called.
    pub name: crate::text::ViewName,
    /// Filters, order and columns, as the query of the page's address has them; may be empty.
    pub query: ViewQuery,
    /// Whether everybody on this side of the desk sees it.
    #[serde(default)]
    pub shared: bool,
}

/// What `PATCH /api/views/{id}` takes; what is left out stays. `If-Match` is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewChange {
    /// The new name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<crate::text::ViewName>,
    /// The new filters, order and columns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<ViewQuery>,
    /// Whether everybody on this side of the desk sees it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shared: Option<bool>,
}

/// The longest query of a view, in bytes.
pub const VIEW_QUERY_MAX: usize = 2_000;

/// The query of an address: what is no letter, digit or mark is percent-encoded in it. May be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
#[cfg_attr(
    feature = "openapi",
    derive(utoipa::ToSchema),
    schema(value_type = String, pattern = "^[A-Za-z0-9._~%&=+,-]{0,2000}$")
)]
pub struct ViewQuery(String);

/// Why a text is no query of a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write it as the address of the list has it, behind the question mark")]
pub struct NotAQuery;

impl ViewQuery {
    /// The query as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ViewQuery {
    type Err = NotAQuery;

    fn from_str(text: &str) -> Result<Self, NotAQuery> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._~%&=+,-".contains(&byte));
        if is_plain && text.len() <= VIEW_QUERY_MAX { Ok(Self(text.to_owned())) } else { Err(NotAQuery) }
    }
}

impl<'de> Deserialize<'de> for ViewQuery {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// So many views one person may keep.
pub const VIEWS_MAX: u64 = 100;

/// Whether `person` may share a view with everybody on their side of the desk. Whoever reads the requests may keep
/// views for themselves.
pub fn can_share_view(person: &Person) -> Result<(), Refusal> {
    can_write(person)
}

/// The answer to `GET /api/views`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedViews {
    /// One's own and those that are shared, by name.
    pub items: Vec<SavedView>,
}

/// What `PUT /api/requests/{id}/read` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Read {
    /// The version that was shown.
    pub version: Version,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_order_has_one_spelling() {
        for by in SortBy::ALL {
            for is_descending in [false, true] {
                let sort = Sort { by, is_descending };
                assert_eq!(sort.to_string().parse(), Ok(sort));
            }
        }
        for text in ["", "-", "--id", "ID", "changedAt ", "changed"] {
            assert_eq!(text.parse::<Sort>(), Err(NotAnOrder), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parsers_fail_loudly(text in any::<String>()) {
            let _ = text.parse::<Sort>();
            let _ = text.parse::<ViewQuery>();
        }
    }
}
