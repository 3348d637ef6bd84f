//! Languages, and texts that the operator gives in several of them.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language by its BCP 47 tag in lower case: `fr`, `pt`, `ja`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "fr", pattern = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}$"))]
pub struct Language(String);

/// Why a text is not a language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the language as a short tag such as fr or pt-br")]
pub struct NotALanguage;

impl Language {
    /// English, the language of the product's own texts.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(text: &str) -> Result<Self, NotALanguage> {
        let mut parts = text.split('-');
        let is_language = parts.next().is_some_and(|part| {
            matches!(part.len(), 2 | 3) && part.bytes().all(|byte| byte.is_ascii_alphabetic())
        }) && parts
            .all(|part| matches!(part.len(), 1..=8) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        if is_language && text.len() <= 35 { Ok(Self(text.to_ascii_lowercase())) } else { Err(NotALanguage) }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Language {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A text in several languages. English is always there: the backend checks it at start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = BTreeMap<String, String>))]
pub struct Localized(pub BTreeMap<String, String>);

impl Localized {
    /// The text in `language`, else in English, else in whatever language there is.
    pub fn in_language(&self, language: &str) -> &str {
        let primary = language.split('-').next().unwrap_or_default();
        [language, primary, "en"]
            .iter()
            .find_map(|tag| self.0.get(*tag))
            .or_else(|| self.0.values().next())
            .map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_short_and_lower_case() {
        assert_eq!("pt-BR".parse::<Language>().map(|tag| tag.to_string()), Ok("pt-br".to_owned()));
        for text in ["", "f", "français", "fr_FR", "fr-", "en-aaaaaaaaa"] {
            assert!(text.parse::<Language>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_missing_language_falls_back_to_english() {
        let text = Localized(BTreeMap::from([
            ("en".to_owned(), "Video".to_owned()),
            ("fr".to_owned(), "Vidéo".to_owned()),
        ]));
        assert_eq!(text.in_language("fr-ca"), "Vidéo");
        assert_eq!(text.in_language("ja"), "Video");
    }
}
