//! "Was this helpful?": one answer per person and page, which can be changed, counted for admins.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{ArticleId, NotAnId, Person, Role};

/// A page that asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FeedbackPage {
    /// Where people find help.
    Help,
    /// The priorities explained.
    Priorities,
    /// The life cycle of accounts explained.
    Lifecycle,
    /// A help article, in whatever language it was read.
    Article(ArticleId),
}

/// What stands before the name of an article.
const ARTICLE: &str = "help/";

impl fmt::Display for FeedbackPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Help => f.write_str("help"),
            Self::Priorities => f.write_str("priorities"),
            Self::Lifecycle => f.write_str("lifecycle"),
            Self::Article(id) => write!(f, "{ARTICLE}{id}"),
        }
    }
}

impl FromStr for FeedbackPage {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        match text {
            "help" => Ok(Self::Help),
            "priorities" => Ok(Self::Priorities),
            "lifecycle" => Ok(Self::Lifecycle),
            _ => {
                let article = text.strip_prefix(ARTICLE).and_then(|name| name.parse().ok());
                article
                    .map(Self::Article)
                    .ok_or(NotAnId { expected: "a page that asks whether it was helpful" })
            }
        }
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for FeedbackPage {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(r"^(help|priorities|lifecycle|help/[^\s/\x00-\x1F\x7F-\x9F]{1,200})$"))
            .examples(["help/video-sizes"])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for FeedbackPage {}

impl Serialize for FeedbackPage {
    fn serialize<S: serde::Serializer>(&self, sink: S) -> Result<S::Ok, S::Error> {
        sink.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for FeedbackPage {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What `POST /api/feedback` takes. The newest answer of a person about a page is the one that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewFeedback {
    /// About which page.
    pub page: FeedbackPage,
    /// Whether it was.
    pub helpful: bool,
}

/// What was said about a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feedback {
    /// About which page.
    pub page: FeedbackPage,
    /// What the person who asks has said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helpful: Option<bool>,
    /// What all have said; for those who may know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<FeedbackCounts>,
}

/// How many people said what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedbackCounts {
    /// So many said yes.
    pub yes: u64,
    /// So many said no.
    pub no: u64,
}

/// Whether the person is told how many said what: admins, who can write better articles.
pub fn can_count(person: &Person) -> bool {
    person.role() == Role::Admin
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_is_named_in_one_way() {
        for name in ["help", "priorities", "lifecycle", "help/video-sizes"] {
            let page: FeedbackPage = name.parse().expect("a page");
            assert_eq!(page.to_string(), name);
        }
        for name in ["", "help/", "help/a/b", "Priorities", "/priorities", "requests"] {
            assert!(name.parse::<FeedbackPage>().is_err(), "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>()) {
            if let Ok(page) = text.parse::<FeedbackPage>() {
                prop_assert_eq!(page.to_string(), text);
            }
        }
    }
}
