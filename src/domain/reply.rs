//! An answer in a thread, before it is sent.

use frontdesk_contract::Body;
use frontdesk_contract::request::NewMessage;
use frontdesk_contract::text::TextRefusal;
use serde::{Deserialize, Serialize};

use crate::domain::attached::{self, AttachedFile};

/// What was typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReplyDraft {
    /// The words.
    pub body: String,
    /// The files that go with them.
    pub files: Vec<AttachedFile>,
    /// The `Idempotency-Key` of the message that this draft becomes.
    pub key: String,
    /// What was sent first with the key, while nobody knows whether it arrived.
    pub sending: Option<NewMessage>,
}

/// What a reply is, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplyKind {
    /// For everybody who reads the request.
    Public,
    /// For everybody, and the request is solved with it.
    Solving,
    /// For agents alone.
    Internal,
}

impl ReplyDraft {
    /// Whether there is anything worth keeping.
    pub fn is_empty(&self) -> bool {
        self.body.trim().is_empty() && self.files.is_empty() && self.sending.is_none()
    }

    /// Whether a file is still on its way.
    pub fn waits(&self) -> bool {
        attached::arrived(&self.files).is_none()
    }

    /// Checks the words; the only way to get what is sent. Whoever asks has waited for the files.
    ///
    /// # Errors
    /// What is wrong with the words.
    pub fn check(&self, kind: ReplyKind) -> Result<NewMessage, TextRefusal> {
        let body: Body = self.body.parse()?;
        let (internal, solve) = match kind {
            ReplyKind::Public => (false, false),
            ReplyKind::Solving => (false, true),
            ReplyKind::Internal => (true, false),
        };
        let uploads = attached::arrived(&self.files).unwrap_or_default();
        Ok(NewMessage { body, internal, solve, uploads })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_never_public() {
        let draft = ReplyDraft { body: "Known since Monday".to_owned(), ..ReplyDraft::default() };
        let note = draft.check(ReplyKind::Internal).expect("a message");
        assert!(note.internal && !note.solve);
        let public = draft.check(ReplyKind::Public).expect("a message");
        assert!(!public.internal);
    }

    #[test]
    fn nothing_is_no_answer() {
        assert_eq!(ReplyDraft::default().check(ReplyKind::Public), Err(TextRefusal::Empty));
    }
}
