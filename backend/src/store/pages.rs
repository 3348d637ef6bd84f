//! Where pages of people and groups begin and end.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Behind so many.
    Behind(u64),
    /// Where another page ended.
    After(Mark),
}

/// Where a page ended: the key of the last row in its order, and its identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// What was asked, so that the mark is of use for nothing else.
    pub question: String,
    /// What the last row is sorted by.
    pub key: String,
    /// Its identifier.
    pub id: String,
}

impl Mark {
    /// As the wire has it.
    pub fn to_cursor(&self) -> String {
        URL_SAFE_NO_PAD.encode(format!("1\n{}\n{}\n{}", self.question, self.id, self.key))
    }

    /// Reads what [`Self::to_cursor`] wrote for the same question, and nothing else.
    pub fn parse(cursor: &str, question: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let mut parts = text.splitn(4, '\n');
        let is_ours = parts.next()? == "1" && parts.next()? == question;
        let (id, key) = (parts.next()?.to_owned(), parts.next()?.to_owned());
        is_ours.then(|| Self { question: question.to_owned(), key, id })
    }
}
