//! What the page around the dialog and the dialog say to each other. Nothing else is understood, and nothing else
//! is said.

use frontdesk_contract::json;
use serde::{Deserialize, Serialize};

use crate::domain::picture::{Area, Size};

/// The word by which both know that a message is meant for them.
const NAME: &str = "frontdesk";
/// So many errors of a page are taken, and so many characters of each.
pub const ERRORS_MAX: usize = 10;
const ERROR_MAX: usize = 500;
/// So many characters of an address or a name are taken.
const PAGE_MAX: usize = 500;

/// So many texts of a page are covered one by one; with more of them all of its picture is.
const TEXTS_MAX: usize = 2_000;
/// So many CSS pixels around a text are covered with it.
const AROUND: f64 = 3.0;
/// The longest token that is taken.
const TOKEN_MAX: usize = 4_000;
/// By this part the height of a picture may be another than that of its page.
const SHAPE: f64 = 0.02;

/// What the page around says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FromHost {
    /// Who it is: the answer to [`ToHost::Ready`].
    Hello(About),
    /// The dialog is out of the way of a capture; that is how the page looks behind it.
    Hidden(Look),
    /// Who sits there, as its server has signed it: the answer to [`ToHost::Token`]. None when it can't say.
    Token(Option<String>),
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
    /// Whether its server signs who sits there, when it is asked.
    pub signs: bool,
}

/// How a page looks: where it shows text, and by which word a picture of it is known to be one of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Look {
    /// The capture handle of the page, as long as the dialog is out of the way.
    pub handle: String,
    /// Its width and height, then left, top, width and height of each text, in CSS pixels, with spaces between; nothing
    /// when the page can't tell.
    pub texts: String,
}

impl Look {
    /// Where text stands in a picture of this page that has this size. None when that can't be told.
    pub fn texts_in(&self, size: Size) -> Option<Vec<Area>> {
        let numbers: Vec<i32> =
            self.texts.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>().ok()?;
        let (&[width, height], texts) = numbers.split_first_chunk::<2>()?;
        let is_sound = width > 0 && height > 0 && !texts.is_empty() && texts.len() <= TEXTS_MAX * 4;
        let scale = f64::from(size.width) / f64::from(width.max(1));
        // Another shape is not a picture of this page alone.
        let is_it =
            (f64::from(height) * scale - f64::from(size.height)).abs() <= f64::from(size.height) * SHAPE;
        if !is_sound || !is_it || texts.len() % 4 != 0 {
            return None;
        }
        let pixel = |at: f64| (at * scale).max(0.0) as u32;
        let area = |text: &[i32]| {
            let &[left, top, width, height] = text else { return None };
            let (left, top) = (f64::from(left), f64::from(top));
            let end = (left + f64::from(width) + AROUND, top + f64::from(height) + AROUND);
            let from = (pixel(left - AROUND), pixel(top - AROUND));
            let to = (pixel(end.0).saturating_add(1), pixel(end.1).saturating_add(1));
            (width >= 0 && height >= 0).then(|| Area::between(from, to, size))
        };
        texts.chunks(4).map(area).collect()
    }
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
    /// Who sits there has to be said.
    Token,
}

/// Whether a text has the shape of a signed token (RFC 7519): a page that isn't found isn't sent as one.
fn is_token(text: &str) -> bool {
    let is_part = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    text.len() <= TOKEN_MAX && text.split('.').count() == 3 && text.split('.').all(is_part)
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
    #[serde(default)]
    signs: bool,
    #[serde(default)]
    token: String,
    #[serde(default)]
    handle: String,
    #[serde(default)]
    texts: String,
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
        let Wire { frontdesk, page, title, errors, signs, token, handle, texts } = json::read(json).ok()?;
        let first = |text: &str, max: usize| text.chars().take(max).collect::<String>();
        match frontdesk.as_str() {
            "hello" => {
                let newest = errors.iter().rev().take(ERRORS_MAX).rev();
                let errors = newest.map(|error| first(error, ERROR_MAX)).collect();
                Some(Self::Hello(About {
                    page: first(&page, PAGE_MAX),
                    title: first(&title, PAGE_MAX),
                    errors,
                    signs,
                }))
            }
            "token" => {
                Some(Self::Token(Some(token.trim()).filter(|token| is_token(token)).map(str::to_owned)))
            }
            "hidden" => Some(Self::Hidden(Look { handle, texts })),
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
            Self::Token => ("token", None),
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
        let about = About {
            page: "/news".into(),
            title: "News".into(),
            errors: vec!["a".into(), "b".into()],
            signs: false,
        };
        assert_eq!(FromHost::read(json), Some(FromHost::Hello(about)));
        assert_eq!(FromHost::read(r#"{"frontdesk":"hidden"}"#), Some(FromHost::Hidden(Look::default())));
    }

    fn look(texts: &str) -> Look {
        Look { handle: "h".into(), texts: texts.into() }
    }

    #[test]
    fn texts_are_covered_where_the_page_says_they_are() {
        let size = Size { width: 200, height: 100 };
        let found = look("100 50 10 5 20 8 -5 -5 10 10 90 40 50 50").texts_in(size);
        let area = |x, y, width, height| Area { x, y, width, height };
        let expected = vec![area(14, 4, 53, 29), area(0, 0, 17, 17), area(174, 74, 26, 26)];
        assert_eq!(found, Some(expected), "twice as large, with something around, inside the picture");
    }

    #[test]
    fn a_picture_of_something_else_is_covered_whole() {
        let size = Size { width: 200, height: 100 };
        for texts in [
            "",
            "100",
            "100 50",
            "100 50 1 1 1",
            "100 50 a 1 1 1",
            "100 60 1 1 1 1",
            "0 0 1 1 1 1",
            "-100 -50 1 1 1 1",
            "100 50 1 1 -1 1",
        ] {
            assert_eq!(look(texts).texts_in(size), None, "{texts}");
        }
        let many = format!("100 50 {}", "1 1 1 1 ".repeat(TEXTS_MAX + 1));
        assert_eq!(look(&many).texts_in(size), None);
    }

    #[test]
    fn only_what_looks_like_a_token_is_one() {
        let read = |token: &str| {
            FromHost::read(&serde_json::json!({ "frontdesk": "token", "token": token }).to_string())
        };
        assert_eq!(read(" aB-_9.b.c\n"), Some(FromHost::Token(Some("aB-_9.b.c".into()))));
        for text in [
            "",
            "a.b",
            "a..c",
            "a.b.c.d",
            "<html>.b.c",
            "a.b.c\nX-Own: 1",
            &format!("a.b.{}", "c".repeat(4_000)),
        ] {
            assert_eq!(read(text), Some(FromHost::Token(None)), "{text}");
        }
        assert_eq!(ToHost::Token.json(), r#"{"frontdesk":"token"}"#);
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

        #[test]
        fn what_a_page_says_covers_nothing_outside(numbers in prop::collection::vec(any::<i32>(), 0..40), width in 0_u32..5_000, height in 0_u32..5_000) {
            let texts: Vec<String> = numbers.iter().map(i32::to_string).collect();
            let size = Size { width, height };
            for area in look(&texts.join(" ")).texts_in(size).unwrap_or_default() {
                prop_assert_eq!(area, area.inside(size));
            }
        }
    }
}
