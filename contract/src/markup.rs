//! What people write, as far as it is formatted: a small tree of the nodes that may be shown.
//!
//! The backend reads a subset of Markdown and sends the tree beside the words. The panel makes elements and
//! text of it, and nothing in it is ever markup of the page. What isn't among [`NodeKind`] is text as it was typed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A tree is never deeper than this; what would be is shown as it was typed.
pub const DEPTH_MAX: usize = 12;
/// A tree never has more nodes than this; what would have is shown as it was typed.
pub const NODES_MAX: usize = 4_000;
/// The longest address that is linked.
pub const HREF_MAX: usize = 2_000;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NodeKind {
    /// Words; the only kind beside [`Self::Code`] and [`Self::Pre`] that has a text.
    Text,
    /// The line ends where it was ended.
    Break,
    /// A paragraph.
    Paragraph,
    /// Bold.
    Strong,
    /// Italic.
    Emphasis,
    /// A few letters for machines.
    Code,
    /// Lines for machines.
    Pre,
    /// Said by somebody before.
    Quote,
    /// A list without an order; its children are [`Self::Item`].
    Bullets,
    /// A list in order; its children are [`Self::Item`].
    Numbers,
    /// A line of a list.
    Item,
    /// A link; it has an address.
    Link,
}

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// The words of a text, of code; never trusted as markup.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// Where a link leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<Href>,
    /// The number of the first line of a list in order, when it isn't 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<u32>,
    /// What is inside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "openapi", schema(no_recursion))]
    pub children: Vec<Node>,
}

impl Node {
    /// A node with children.
    pub fn of(kind: NodeKind, children: Vec<Self>) -> Self {
        Self { kind, text: String::new(), href: None, start: None, children }
    }

    /// A node with words.
    pub fn saying(kind: NodeKind, text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::of(kind, Vec::new()) }
    }
}

/// An address that a person may be led to: the web, or a mail. Nothing else is ever a link.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
pub struct Href(String);

/// Why an address is not linked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Only http, https and mailto are linked")]
pub struct NotLinked;

impl Href {
    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Href {
    type Err = NotLinked;

    fn from_str(text: &str) -> Result<Self, NotLinked> {
        let (scheme, rest) = text.split_once(':').ok_or(NotLinked)?;
        let leads_somewhere = match scheme.to_ascii_lowercase().as_str() {
            "http" | "https" => rest.strip_prefix("//").is_some_and(|host| {
                host.chars().next().is_some_and(|first| first.is_alphanumeric() || first == '[')
            }),
            "mailto" => rest.contains('@'),
            _ => false,
        };
        // Browsers skip white space and control characters, so what is read here is what they read.
        let is_plain = text.len() <= HREF_MAX
            && !text.chars().any(|sign| sign.is_control() || sign.is_whitespace() || sign == '\\');
        if leads_somewhere && is_plain { Ok(Self(text.to_owned())) } else { Err(NotLinked) }
    }
}

impl fmt::Display for Href {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Href {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The words as a quotation, to begin an answer with.
pub fn quoted(words: &str) -> String {
    let mut quoted = String::with_capacity(words.len() + 16);
    for line in words.lines() {
        quoted.push_str(if line.is_empty() { ">" } else { "> " });
        quoted.push_str(line);
        quoted.push('\n');
    }
    quoted.push('\n');
    quoted
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_the_web_and_mail_are_linked() {
        for text in ["https://acme.example/a?b=c#d", "HTTP://acme.example", "mailto:awa@acme.example"] {
            assert!(text.parse::<Href>().is_ok(), "{text}");
        }
        for text in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            " https://acme.example",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "//acme.example",
            "/requests",
            "https:acme.example",
            "https:///acme.example",
            "https://",
            "https:\\\\acme.example",
            "https://acme.example\u{1}",
            "mailto:",
            "",
        ] {
            assert_eq!(text.parse::<Href>(), Err(NotLinked), "{text:?}");
        }
    }

    #[test]
    fn a_link_of_the_wire_is_checked_too() {
        let json = "{\"kind\":\"link\",\"href\":\"javascript:alert(1)\"}";
        assert!(serde_json::from_str::<Node>(json).is_err());
    }

    #[test]
    fn a_quotation_marks_each_line() {
        assert_eq!(quoted("One\n\nTwo"), "> One\n>\n> Two\n\n");
    }

    proptest! {
        #[test]
        fn what_is_linked_is_linked_again(text in any::<String>()) {
            if let Ok(href) = text.parse::<Href>() {
                prop_assert_eq!(href.as_str().parse::<Href>(), Ok(href.clone()));
            }
        }
    }
}
