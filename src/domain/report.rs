//! A report of *Something isn't working?*: from what was typed and added to what is sent.

use frontdesk_contract::report::{NewReport, Scope};
use frontdesk_contract::text::{DETAIL_MAX, PAGE_TEXT_MAX, TextRefusal};
use frontdesk_contract::{Body, Topic};
use serde::{Deserialize, Serialize};

use crate::domain::mask::mask;
use crate::domain::upload::Upload;

/// What was typed and added so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReportDraft {
    /// What went wrong.
    pub body: String,
    /// On which page, as an address or in words.
    pub page: String,
    /// The id of the topic; none where nothing fits.
    pub topic: String,
    /// The word of who is hit.
    pub scope: String,
    /// Whether admins may write or call.
    pub contact: bool,
    /// What isn't to be sent of what the device tells.
    pub left_out: Vec<Fact>,
    /// Pictures, videos and other files.
    pub pieces: Vec<Piece>,
    /// The `Idempotency-Key` of the report that this draft becomes, made when the draft begins; the files lie on
    /// the device under it.
    pub key: String,
    /// What is sent, since *Send* was pressed.
    pub sending: Option<NewReport>,
    /// Whether it may have arrived: from then on its words are those that were sent.
    pub is_posted: bool,
    /// Whether a video is being recorded, second by second onto the device.
    pub is_recording: bool,
}

/// Something that the device tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fact {
    /// Which browser, on what.
    Browser,
    /// How large the screen is.
    Screen,
    /// The language of the page.
    Language,
    /// What failed on the page lately.
    Errors,
}

impl Fact {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 4] = [Self::Browser, Self::Screen, Self::Language, Self::Errors];
}

/// What the device tells, with secrets masked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    /// `Chrome 156, Linux`.
    pub browser: String,
    /// `1280 × 900`.
    pub screen: String,
    /// `fr`.
    pub language: String,
    /// What failed on the page lately.
    pub errors: Vec<String>,
}

/// A file that goes with the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Its name on the device.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// What it is.
    pub kind: PieceKind,
    /// How many bytes leave.
    pub size: u64,
    /// How far it is, once it is on its way.
    #[serde(default)]
    pub upload: Option<Upload>,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PieceKind {
    /// A picture, encoded anew: only its pixels leave.
    Picture,
    /// A video.
    Video,
    /// Anything else.
    File,
}

impl PieceKind {
    /// By the media type that the browser believes in; none for what isn't taken.
    pub fn of(media: &str, name: &str) -> Option<Self> {
        let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        match media.split_once('/') {
            // It would run scripts, and the browser would draw it with them.
            Some(("image", "svg+xml")) => None,
            Some(("image", _)) => Some(Self::Picture),
            Some(("video", _)) => Some(Self::Video),
            // Linux has a name of its own for logs.
            Some(("application", "pdf") | ("text", "plain" | "x-log")) => Some(Self::File),
            Some(_) => None,
            None => matches!(ending.as_str(), "txt" | "log").then_some(Self::File),
        }
    }
}

/// What is wrong with the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BodyWrong {
    /// There are none.
    Missing,
    /// Too many characters.
    TooLong(usize),
    /// Characters that can't be shown.
    Unprintable,
}

impl From<TextRefusal> for BodyWrong {
    fn from(refusal: TextRefusal) -> Self {
        match refusal {
            TextRefusal::Empty => Self::Missing,
            TextRefusal::TooLong(by) => Self::TooLong(by),
            TextRefusal::Unprintable => Self::Unprintable,
        }
    }
}

impl ReportDraft {
    /// Whether there is anything worth keeping.
    pub fn is_empty(&self) -> bool {
        let is_nothing_added = self.pieces.is_empty() && !self.is_recording;
        self.body.trim().is_empty() && is_nothing_added && self.sending.is_none()
    }

    /// Takes in what was typed into the plain form, below what is there already. A report that is on its way stays.
    pub fn add(&mut self, body: &str, page: &str) {
        if self.sending.is_some() {
            return;
        }
        let body = body.trim_end();
        if self.body.trim().is_empty() {
            body.clone_into(&mut self.body);
        } else if !body.is_empty() && !self.body.contains(body) {
            self.body = format!("{}\n\n{body}", self.body.trim_end());
        }
        if self.page.is_empty() {
            page.clone_into(&mut self.page);
        }
    }

    /// Checks it; the only way to get what is sent. The files are named when they have arrived.
    ///
    /// # Errors
    /// What is wrong with the words: nothing else has to be filled in.
    pub fn check(&self, topics: &[Topic], facts: &Facts) -> Result<NewReport, BodyWrong> {
        let body = self.body.parse::<Body>()?;
        let fact = |fact: Fact, text: &str| {
            let is_sent = !self.left_out.contains(&fact);
            if is_sent { first(text, DETAIL_MAX).parse().ok() } else { None }
        };
        let errors = if self.left_out.contains(&Fact::Errors) { &[][..] } else { facts.errors.as_slice() };
        let has_language = !self.left_out.contains(&Fact::Language);
        Ok(NewReport {
            body,
            page: first(&mask(&self.page), PAGE_TEXT_MAX).parse().ok(),
            topic: topics.iter().find(|topic| topic.id.as_str() == self.topic).map(|topic| topic.id.clone()),
            scope: Scope::parse(&self.scope).unwrap_or_default(),
            contact: self.contact,
            browser: fact(Fact::Browser, &facts.browser),
            screen: fact(Fact::Screen, &facts.screen),
            language: facts.language.parse().ok().filter(|_| has_language),
            errors: errors.iter().filter_map(|error| error.parse().ok()).collect(),
            uploads: Vec::new(),
        })
    }
}

/// How long a report that got stuck waits before it is tried again by itself, in milliseconds, after so many failures
/// in a row: from five seconds to five minutes.
pub fn pause_after(failures: u32) -> i32 {
    const FIRST: i32 = 5_000;
    const MOST: i32 = 300_000;
    FIRST.saturating_mul(1 << failures.saturating_sub(1).min(6)).min(MOST)
}

/// As much of a text as may be sent: nobody should have to shorten what a device says.
fn first(text: &str, max: usize) -> String {
    text.trim().chars().take(max).collect()
}

/// The topic that a page is likely to be about: the one most of whose words stand in what is known of the page.
pub fn likely_topic<'topics>(
    topics: &'topics [Topic],
    language: &str,
    known: &str,
) -> Option<&'topics Topic> {
    let known = known.to_lowercase();
    let known: Vec<&str> =
        known.split(|sign: char| !sign.is_alphanumeric()).filter(|word| word.len() > 3).collect();
    let score = |topic: &Topic| {
        let name = topic.name.in_language(language).to_lowercase();
        let words = name.split(|sign: char| !sign.is_alphanumeric()).chain(topic.id.as_str().split('-'));
        words
            .filter(|word| {
                word.len() > 3 && known.iter().any(|known| known.starts_with(word.trim_end_matches('s')))
            })
            .count()
    };
    topics.iter().rev().max_by_key(|topic| score(topic)).filter(|topic| score(topic) > 0)
}

/// The browser and what it runs on, by what it says about itself: `Firefox 151, Windows`. Every browser says
/// that it is several others too.
pub fn browser_of(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let browser = BROWSERS.iter().find_map(|(mark, name)| {
        let (_, rest) = agent.split_once(mark)?;
        let version: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some([*name, version.as_str()].join(" "))
    });
    let system = SYSTEMS.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned());
    [browser, system].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use frontdesk_contract::Localized;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_got_stuck_is_tried_later_and_later() {
        assert_eq!([0, 1, 2, 3, 7, 99].map(pause_after), [5_000, 5_000, 10_000, 20_000, 300_000, 300_000]);
    }

    fn topic(id: &str, name: &str) -> Topic {
        let name: Localized = serde_json::from_value(serde_json::json!({ "en": name })).expect("a name");
        Topic { id: id.parse().expect("an id"), name, phone: true }
    }

    fn topics() -> Vec<Topic> {
        vec![topic("sign-in", "Signing in"), topic("live-video", "Live and video"), topic("groups", "Groups")]
    }

    fn facts() -> Facts {
        Facts {
            browser: "Chrome 156, Linux".into(),
            screen: "1280 × 900".into(),
            language: "en".into(),
            errors: vec!["TypeError".into()],
        }
    }

    #[test]
    fn what_was_typed_into_the_plain_form_comes_along() {
        let mut draft = ReportDraft::default();
        draft.add("It stops \n", "News");
        assert_eq!((draft.body.as_str(), draft.page.as_str()), ("It stops", "News"));
        draft.add("It stops", "");
        draft.add("And there is no sound", "Other");
        assert_eq!((draft.body.as_str(), draft.page.as_str()), ("It stops\n\nAnd there is no sound", "News"));
    }

    #[test]
    fn words_are_all_that_has_to_be_filled_in() {
        let draft = ReportDraft { body: " It stops ".into(), ..ReportDraft::default() };
        let report = draft.check(&topics(), &facts()).expect("a report");
        assert_eq!(report.body.as_str(), "It stops");
        assert_eq!((report.page, report.topic, report.contact), (None, None, false));
        assert_eq!(ReportDraft::default().check(&topics(), &facts()), Err(BodyWrong::Missing));
    }

    #[test]
    fn what_is_left_out_does_not_leave() {
        let left_out = Fact::ALL.to_vec();
        let draft = ReportDraft { body: "x".into(), left_out, ..ReportDraft::default() };
        let report = draft.check(&topics(), &facts()).expect("a report");
        assert!(report.browser.is_none() && report.screen.is_none() && report.language.is_none());
        assert!(report.errors.is_empty());
    }

    #[test]
    fn secrets_of_an_address_do_not_leave() {
        let page = "https://intranet.example/x?token=abc".to_owned();
        let draft = ReportDraft { body: "x".into(), page, ..ReportDraft::default() };
        let report = draft.check(&topics(), &facts()).expect("a report");
        assert_eq!(
            report.page.map(|page| page.to_string()).as_deref(),
            Some("https://intranet.example/x?token=•••")
        );
    }

    #[test]
    fn a_page_suggests_its_topic() {
        let topics = topics();
        let guess = |known: &str| likely_topic(&topics, "en", known).map(|topic| topic.id.to_string());
        assert_eq!(guess("https://intranet.example/videos/12 All hands"), Some("live-video".to_owned()));
        assert_eq!(guess("/group/7"), Some("groups".to_owned()));
        assert_eq!(guess("/canteen"), None);
    }

    #[test]
    fn a_browser_is_told_by_its_name() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36";
        assert_eq!(browser_of(chrome), "Chrome 156, Linux");
        assert_eq!(browser_of(&format!("{chrome} Edg/156.0")), "Edge 156, Linux");
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) Version/26.0 Mobile/15E148 Safari/604.1";
        assert_eq!(browser_of(safari), "Safari 26, iOS");
        assert_eq!(browser_of("curl/8"), "");
    }

    #[test]
    fn scripts_in_pictures_are_not_taken() {
        assert_eq!(PieceKind::of("image/svg+xml", "a.svg"), None);
        assert_eq!(PieceKind::of("image/png", "a"), Some(PieceKind::Picture));
        assert_eq!(PieceKind::of("video/mp4", "a"), Some(PieceKind::Video));
        assert_eq!(PieceKind::of("", "server.log"), Some(PieceKind::File));
        assert_eq!(PieceKind::of("text/x-log", "server.log"), Some(PieceKind::File));
        assert_eq!(PieceKind::of("text/html", "a.html"), None);
        assert_eq!(PieceKind::of("application/zip", "a.zip"), None);
    }

    proptest! {
        #[test]
        fn whatever_was_typed_comes_back(body in any::<String>(), page in any::<String>(), contact in any::<bool>()) {
            let draft = ReportDraft { body, page, contact, ..ReportDraft::default() };
            let json = serde_json::to_string(&draft).expect("json");
            prop_assert_eq!(serde_json::from_str::<ReportDraft>(&json).expect("a draft"), draft);
        }
    }
}
