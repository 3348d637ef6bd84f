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
    /// The pages of the panel that it is about, by the first word of their address: `support`, `requests`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<String>,
}

/// An article to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", from = "FlatArticle")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Article {
    /// What a list says of it.
    #[serde(flatten)]
    pub summary: ArticleSummary,
    /// The text in paragraphs, without markup.
    pub paragraphs: Vec<String>,
}

/// An article as it is read: all fields side by side.
#[derive(Deserialize)]
struct FlatArticle {
    id: ArticleId,
    language: Language,
    title: String,
    summary: String,
    #[serde(default)]
    pages: Vec<String>,
    paragraphs: Vec<String>,
}

impl From<FlatArticle> for Article {
    fn from(flat: FlatArticle) -> Self {
        let FlatArticle { id, language, title, summary, pages, paragraphs } = flat;
        Self { summary: ArticleSummary { id, language, title, summary, pages }, paragraphs }
    }
}
