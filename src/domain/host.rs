//! What the page around the dialog and the dialog say to each other. Nothing else is understood, and nothing else
//! is said.

use frontdesk_contract::json;
use serde::{Deserialize, Serialize};

/// The word by which both know that a message is meant for them.
const NAME: &str = "frontdesk";
/// So many errors of a page are taken, and so many characters of each.
pub const ERRORS_MAX: usize = 10;
const ERROR_MAX: usize = 500;
/// So many characters of an address or a name are taken.
const PAGE_MAX: usize = 500;

/// What the page around says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromHost {
    /// Who it is: the answer to [`ToHost::Ready`].
    Hello(About),
    /// The dialog is out of the way of a capture.
    Hidden,
    /// The person has closed the dialog from outside.
    Closed,
}

/// What the page around tells about itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Its address.
    pub page: String,
    /// Its name.
    pub title: String,
    /// What failed there lately.
    pub errors: Vec<String>,
}

/// What the dialog says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ToHost {
    /// It stands and listens.
    Ready,
    /// It is about to take a picture: get it out of the way.
    Hide,
    /// The picture is taken.
    Show,
    /// It is a small bar now, and not in the way.
    Bar,
    /// It is a dialog again.
    Full,
    /// The person closes it.
    Close,
    /// A report was sent.
    Sent,
    /// So many reports wait on the device.
    Waits(usize),
}

/// Everything that may be in a message.
#[derive(Deserialize)]
struct Wire {
    #[serde(default)]
    frontdesk: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    errors: Vec<String>,
}

#[derive(Serialize)]
struct Said {
    frontdesk: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
}

impl FromHost {
    /// Reads a message; none for anything that isn't meant for us or has another shape.
    pub fn read(json: &str) -> Option<Self> {
        let Wire { frontdesk, page, title, errors } = json::read(json).ok()?;
        let first = |text: &str, max: usize| text.chars().take(max).collect::<String>();
        match frontdesk.as_str() {
            "hello" => {
                let newest = errors.iter().rev().take(ERRORS_MAX).rev();
                let errors = newest.map(|error| first(error, ERROR_MAX)).collect();
                Some(Self::Hello(About {
                    page: first(&page, PAGE_MAX),
                    title: first(&title, PAGE_MAX),
                    errors,
                }))
            }
            "hidden" => Some(Self::Hidden),
            "closed" => Some(Self::Closed),
            _ => None,
        }
    }
}

impl ToHost {
    /// The message as JSON.
    pub fn json(self) -> String {
        let (frontdesk, count) = match self {
            Self::Ready => ("ready", None),
            Self::Hide => ("hide", None),
            Self::Show => ("show", None),
            Self::Bar => ("bar", None),
            Self::Full => ("full", None),
            Self::Close => ("close", None),
            Self::Sent => ("sent", None),
            Self::Waits(count) => ("waits", Some(count)),
        };
        serde_json::to_string(&Said { frontdesk, count }).unwrap_or_else(|_| NAME.to_owned())
    }
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_page_tells_about_itself() {
        let json = r#"{"frontdesk":"hello","page":"/news","title":"News","errors":["a","b"]}"#;
        let about =
            About { page: "/news".into(), title: "News".into(), errors: vec!["a".into(), "b".into()] };
        assert_eq!(FromHost::read(json), Some(FromHost::Hello(about)));
        assert_eq!(FromHost::read(r#"{"frontdesk":"hidden"}"#), Some(FromHost::Hidden));
    }

    #[test]
    fn other_messages_are_nothing() {
        for json in ["", "null", "[]", "\"hello\"", "{}", r#"{"frontdesk":1}"#, r#"{"frontdesk":"steal"}"#] {
            assert_eq!(FromHost::read(json), None, "{json}");
        }
    }

    #[test]
    fn a_page_that_tells_too_much_is_cut() {
        let errors: Vec<String> = (0..40).map(|number| format!("{number}{}", "x".repeat(900))).collect();
        let json = serde_json::json!({ "frontdesk": "hello", "page": "p".repeat(9_000), "errors": errors });
        let Some(FromHost::Hello(about)) = FromHost::read(&json.to_string()) else { panic!("no hello") };
        assert_eq!((about.errors.len(), about.page.chars().count()), (ERRORS_MAX, PAGE_MAX));
        assert!(about.errors.last().is_some_and(|error| error.starts_with("39")));
        assert!(about.errors.iter().all(|error| error.chars().count() <= ERROR_MAX));
    }

    #[test]
    fn what_is_said_names_its_kind() {
        assert_eq!(ToHost::Waits(2).json(), r#"{"frontdesk":"waits","count":2}"#);
        assert_eq!(ToHost::Ready.json(), r#"{"frontdesk":"ready"}"#);
    }

    proptest! {
        #[test]
        fn no_message_makes_the_dialog_fail(text in any::<String>()) {
            let _ = FromHost::read(&text);
        }
    }
}
