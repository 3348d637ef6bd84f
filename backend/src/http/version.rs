//! Entity tags: opaque versions, compared without regard to `W/`.

use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue};
use frontdesk_contract::{ProblemType, Version};

use crate::http::error::Error;

/// The versions that a header names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tags {
    /// `*`: any.
    Any,
    /// These, without quotes and without `W/`.
    These(Vec<String>),
}

impl Tags {
    /// Reads `If-Match` or `If-None-Match`. A tag without quotes is taken too.
    pub fn parse(text: &str) -> Self {
        if text.trim() == "*" {
            return Self::Any;
        }
        let bare = |tag: &str| {
            let tag = tag.trim();
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            tag.trim_matches('"').to_owned()
        };
        Self::These(text.split(',').map(bare).filter(|tag| !tag.is_empty()).collect())
    }

    /// Whether one of them is `version`.
    pub fn name(&self, version: &str) -> bool {
        match self {
            Self::Any => true,
            Self::These(tags) => tags.iter().any(|tag| tag == version),
        }
    }
}

/// What `If-Match` says; an error when it is missing.
pub fn required(headers: &HeaderMap) -> Result<Tags, Error> {
    let header = headers.get(IF_MATCH).ok_or(ProblemType::VersionMissing)?;
    // A tag that is no text is a tag that we never gave.
    Ok(header.to_str().map_or(Tags::These(Vec::new()), Tags::parse))
}

/// Whether `If-None-Match` names `tag`, so that nothing needs to be sent.
pub fn is_known(header: Option<&HeaderValue>, tag: &str) -> bool {
    let bare = tag.trim_matches('"');
    header.and_then(|value| value.to_str().ok()).is_some_and(|text| Tags::parse(text).name(bare))
}

/// The `ETag` of a version.
pub fn tag(version: &Version) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn weak_and_strong_tags_are_one() {
        for text in ["\"r7\"", "W/\"r7\"", "r7", "\"r6\", W/\"r7\"", "*"] {
            assert!(Tags::parse(text).name("r7"), "{text}");
        }
        for text in ["", "\"r8\"", "W/", "\"\""] {
            assert!(!Tags::parse(text).name("r7"), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>()) {
            let _ = Tags::parse(&text).name("r7");
        }
    }
}
