//! Lists in pages. A cursor says where the last page ended, so page 1,000 costs what page 1 costs.

use serde::{Deserialize, Serialize};

/// How many rows a page has when nothing is said.
pub const PAGE_DEFAULT: usize = 50;
/// How many rows a page has at the most.
pub const PAGE_MAX: usize = 200;

/// Where a page ended: opaque, made by the backend.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct Cursor(pub String);

/// A page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; none when this is the last.
    pub next: Option<Cursor>,
}
