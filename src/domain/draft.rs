//! Drafts: what was typed and not sent yet, as it lies on the device (DESIGN.md, rule 1).

use frontdesk_contract::json;
use frontdesk_contract::settings::DRAFT_LIFE;
use frontdesk_contract::{PersonId, ReportGroupId, ReportId, RequestId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// What each name in the device's store begins with.
const PREFIX: &str = "frontdesk.draft.";

/// What a draft is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftOf {
    /// A new request.
    Ask,
    /// An answer in a thread.
    Reply(RequestId),
    /// A call about a request.
    Call(RequestId),
    /// Something for the status page.
    Status,
    /// A list of accounts.
    Many,
    /// What is said in a chat.
    Chat(RequestId),
    /// A problem report.
    Report,
    /// An answer to a report.
    ReportAnswer(ReportId),
    /// An answer to all reports of a group.
    ReportGroup(ReportGroupId),
    /// A question to support about a group of reports.
    ReportRequest(ReportGroupId),
    /// A new account.
    Account,
}

impl DraftOf {
    /// The part of the name in the store that says what the draft is for.
    pub fn word(&self) -> String {
        match self {
            Self::Ask => "ask".to_owned(),
            Self::Reply(id) => format!("reply/{id}"),
            Self::Call(id) => format!("call/{id}"),
            Self::Status => "status".to_owned(),
            Self::Many => "many".to_owned(),
            Self::Chat(id) => format!("chat/{id}"),
            Self::Report => "report".to_owned(),
            Self::ReportAnswer(id) => format!("report-answer/{id}"),
            Self::ReportGroup(id) => format!("report-group/{id}"),
            Self::ReportRequest(id) => format!("report-request/{id}"),
            Self::Account => "account".to_owned(),
        }
    }
}

/// Which of several drafts for the same thing: each tab that begins one has its own, so that none takes the
/// place of another. Drafts of releases that knew no slots have none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slot(Option<String>);

impl Slot {
    /// A slot by this name; none if it can't be the name of one.
    pub fn named(name: &str) -> Self {
        let is_name = |name: &&str| {
            (1..=64).contains(&name.len())
                && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        Self(Some(name).filter(is_name).map(str::to_owned))
    }

    /// Its name.
    pub fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// The name of a draft in the device's store. It holds the person, so that nobody else is shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftKey {
    /// Who typed it.
    pub person: PersonId,
    /// What it is for.
    pub of: DraftOf,
    /// Which one.
    pub slot: Slot,
}

impl DraftKey {
    /// The name in the store.
    pub fn name(&self) -> String {
        let name = format!("{PREFIX}{}/{}", self.person, self.of.word());
        match self.slot.name() {
            Some(slot) => format!("{name}/{slot}"),
            None => name,
        }
    }

    /// Reads a name of the store; `None` for anything that isn't a draft of ours.
    pub fn parse(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix(PREFIX)?.split('/');
        let person = parts.next()?.parse().ok()?;
        let of = match parts.next()? {
            "ask" => DraftOf::Ask,
            "reply" => DraftOf::Reply(parts.next()?.parse().ok()?),
            "call" => DraftOf::Call(parts.next()?.parse().ok()?),
            "status" => DraftOf::Status,
            "many" => DraftOf::Many,
            "chat" => DraftOf::Chat(parts.next()?.parse().ok()?),
            "report" => DraftOf::Report,
            "report-answer" => DraftOf::ReportAnswer(parts.next()?.parse().ok()?),
            "report-group" => DraftOf::ReportGroup(parts.next()?.parse().ok()?),
            "report-request" => DraftOf::ReportRequest(parts.next()?.parse().ok()?),
            "account" => DraftOf::Account,
            _ => return None,
        };
        let slot = match (parts.next(), parts.next()) {
            (None, _) => Slot::default(),
            (Some(slot), None) => Slot::named(slot),
            (Some(_), Some(_)) => return None,
        };
        Some(Self { person, of, slot }).filter(|key| key.name() == name)
    }
}

/// A draft with the time at which it was saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved<T> {
    /// When.
    pub at: Timestamp,
    /// What was typed.
    pub draft: T,
}

impl<T> Saved<T> {
    /// Whether its time is over at `now`.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        now.since(self.at) > DRAFT_LIFE
    }
}

/// What another tab left at the place of a draft: the draft as it is now, or a word why it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News<'text> {
    /// The draft as JSON.
    Draft(&'text str),
    /// It was sent, and belongs to this request now.
    Sent(RequestId),
    /// It was moved to a tab of its own, as others use this device.
    Moved,
}

/// What comes before the number of the request in [`News::Sent`].
const SENT: &str = "sent ";
/// What the store holds for a moment, so that other tabs read [`News::Moved`].
pub const MOVED: &str = "moved";
/// What stands between the time and the draft, see [`write`].
const BEFORE_DRAFT: &str = ",\"draft\":";

impl<'text> News<'text> {
    /// Reads what another tab wrote; `None` when it is nothing of ours.
    pub fn read(text: &'text str) -> Option<Self> {
        if text == MOVED {
            return Some(Self::Moved);
        }
        if let Some(id) = text.strip_prefix(SENT) {
            return id.parse().ok().map(Self::Sent);
        }
        // The time has no comma, so what follows the first mark is the draft to the last brace.
        let (_, draft) = text.split_once(BEFORE_DRAFT)?;
        draft.strip_suffix('}').map(Self::Draft)
    }
}

/// What the store holds for a moment, so that other tabs read [`News::Sent`].
pub fn sent_as(id: RequestId) -> String {
    format!("{SENT}{id}")
}

/// The JSON of a draft with its time around it, as [`write()`] does for the typed draft.
pub fn wrap(at: Timestamp, json: &str) -> String {
    format!("{{\"at\":\"{at}\"{BEFORE_DRAFT}{json}}}")
}

/// What a draft is about, for lists: whatever it has of these.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Gist {
    /// In one sentence.
    pub subject: String,
    /// What happened, or the answer.
    pub body: String,
    /// What was sent and may have arrived.
    sending: Option<serde::de::IgnoredAny>,
}

impl Gist {
    /// The first words, at most `max` characters.
    pub fn words(&self, max: usize) -> String {
        let all = if self.subject.trim().is_empty() { &self.body } else { &self.subject };
        let mut words: Vec<&str> = all.split_whitespace().collect();
        let is_long = |words: &[&str]| words.iter().map(|word| word.chars().count() + 1).sum::<usize>() > max;
        let mut is_cut = false;
        while words.len() > 1 && is_long(&words) {
            words.pop();
            is_cut = true;
        }
        let first: String = words.join(" ").chars().take(max).collect();
        if is_cut { first + "…" } else { first }
    }

    /// Whether *Send* was pressed and nobody knows yet whether it arrived.
    pub fn is_waiting(&self) -> bool {
        self.sending.is_some()
    }
}

/// Reads what the store holds; `None` when it is no draft of this release.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<Saved<T>> {
    json::read(text).ok()
}

/// What the store will hold.
pub fn write<T: Serialize>(saved: &Saved<T>) -> String {
    serde_json::to_string(saved).unwrap_or_default()
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use frontdesk_contract::time::Span;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_says_whose_draft_of_what_it_is() {
        let person: PersonId = "p-1".parse().expect("an id");
        for of in [
            DraftOf::Ask,
            DraftOf::Reply(RequestId(7)),
            DraftOf::Call(RequestId(7)),
            DraftOf::Chat(RequestId(7)),
        ] {
            for slot in [Slot::default(), Slot::named("0f-2")] {
                let key = DraftKey { person: person.clone(), of, slot };
                assert_eq!(DraftKey::parse(&key.name()), Some(key));
            }
        }
        for name in [
            "",
            "frontdesk.draft.",
            "frontdesk.draft.p-1",
            "frontdesk.draft.p-1/reply/x",
            "frontdesk.draft.p-1/ask/",
            "frontdesk.draft.p-1/ask/a/b",
            "frontdesk.draft.p-1/ask/a b",
            "other/ask",
        ] {
            assert_eq!(DraftKey::parse(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_slot_has_a_plain_name() {
        assert_eq!(Slot::named("a-1").name(), Some("a-1"));
        for name in ["", "a/b", "a b", "é", &"a".repeat(65)] {
            assert_eq!(Slot::named(name).name(), None, "{name:?}");
        }
    }

    #[test]
    fn a_tab_is_told_why_a_draft_goes() {
        let sent = sent_as(RequestId(7));
        for (text, news) in [(sent.as_str(), News::Sent(RequestId(7))), (MOVED, News::Moved)] {
            assert_eq!(News::read(text), Some(news));
            assert!(read::<serde::de::IgnoredAny>(text).is_none());
        }
        for text in ["", "sent", "sent x", "{}", "null"] {
            assert_eq!(News::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn a_list_shows_the_first_words_of_a_draft() {
        let gist = |subject: &str, body: &str| Gist {
            subject: subject.to_owned(),
            body: body.to_owned(),
            sending: None,
        };
        assert_eq!(gist(" Uploads  stop ", "At 90 %").words(40), "Uploads stop");
        assert_eq!(gist(" ", "At 90 %\nof it").words(40), "At 90 % of it");
        assert_eq!(gist("One two three", "").words(8), "One two…");
        assert_eq!(gist("Donaudampfschiff", "").words(5), "Donau");
        let sent: Saved<Gist> =
            read(r#"{"at":"1970-01-01T00:00:00Z","draft":{"subject":"a","sending":{"topic":"x"}}}"#)
                .expect("a draft");
        assert!(sent.draft.is_waiting());
        let typed: Saved<Gist> =
            read(r#"{"at":"1970-01-01T00:00:00Z","draft":{"body":"a","sending":null}}"#).expect("a draft");
        assert!(!typed.draft.is_waiting());
    }

    #[test]
    fn a_draft_lives_for_thirty_days() {
        let at = Timestamp::from_millis(0).expect("in range");
        let saved = Saved { at, draft: () };
        assert!(!saved.is_stale(at.plus(Span::days(30))));
        assert!(saved.is_stale(at.plus(Span(Span::days(30).0 + 1))));
    }

    proptest! {
        #[test]
        fn whatever_was_typed_comes_back(text in any::<String>()) {
            let at = Timestamp::from_millis(1).expect("in range");
            let saved = Saved { at, draft: text };
            let written = write(&saved);
            let json = serde_json::to_string(&saved.draft).expect("json");
            prop_assert_eq!(News::read(&written), Some(News::Draft(&json)));
            prop_assert_eq!(&wrap(at, &json), &written);
            prop_assert_eq!(read::<String>(&written), Some(saved));
        }

        #[test]
        fn a_broken_store_is_no_draft(text in any::<String>()) {
            let _ = read::<String>(&text);
            let _ = DraftKey::parse(&text);
            let _ = News::read(&text);
        }
    }
}
