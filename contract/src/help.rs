//! Help articles that the operator writes: `help/<language>/<name>.md`.

use serde::{Deserialize, Serialize};

use crate::{ArticleId, Language};

/// An article as a list names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArticleSummary {
    /// The name of its file.
    pub id: ArticleId,
    /// The language it is written in.
    pub language: Language,
    /// The first heading.
    pub title: String,
    /// The first paragraph, shortened, without markup.
    pub summary: String,
}

/// An article to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Article {
    /// What a list says of it.
    #[serde(flatten)]
    pub summary: ArticleSummary,
    /// The text in paragraphs, without markup.
    pub paragraphs: Vec<String>,
}
