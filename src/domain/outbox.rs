//! Messages of a chat on their way: each has its key from the start, so none is lost and none is sent twice.

use frontdesk_contract::{MessageId, PersonId, ThreadItem};
use serde::{Deserialize, Serialize};

/// What stands in a chat and isn't there yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ChatDraft {
    /// What is being typed.
    pub body: String,
    /// What was sent and isn't known to have arrived, oldest first.
    pub outbox: Vec<Sending>,
}

/// A message on its way.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sending {
    /// Its `Idempotency-Key`, made when it was sent first.
    pub key: String,
    /// The words.
    pub body: String,
    /// The newest message of the thread when it was sent first: it can only be found behind it.
    pub after: u64,
}

impl ChatDraft {
    /// Whether there is nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        self.body.trim().is_empty() && self.outbox.is_empty()
    }
}

/// The newest message of a thread.
pub fn newest(thread: &[ThreadItem]) -> MessageId {
    let id = |item: &ThreadItem| match item {
        ThreadItem::Message(message) => Some(message.id),
        _ => None,
    };
    thread.iter().filter_map(id).max().unwrap_or(MessageId(0))
}

/// What is shown behind the thread as being on its way. The first may have arrived already, told by the stream
/// before its own answer came; then it isn't shown twice.
pub fn shown<'a>(outbox: &'a [Sending], thread: &[ThreadItem], reader: &PersonId) -> &'a [Sending] {
    let Some((first, rest)) = outbox.split_first() else { return outbox };
    let is_it = |item: &ThreadItem| match item {
        ThreadItem::Message(message) => {
            message.id.0 > first.after && message.author.id == *reader && message.body == first.body
        }
        _ => false,
    };
    if thread.iter().any(is_it) { rest } else { outbox }
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::thread::Side;
    use frontdesk_contract::{Author, Message, Timestamp};

    use super::*;

    fn said(id: u64, by: &str, body: &str) -> ThreadItem {
        let author = Author { id: by.parse().expect("an id"), name: by.to_owned(), side: Side::Organization };
        ThreadItem::Message(Message {
            id: MessageId(id),
            author,
            body: body.to_owned(),
            markup: Vec::new(),
            internal: false,
            uploads: Vec::new(),
            at: Timestamp::EPOCH,
        })
    }

    fn sending(body: &str, after: u64) -> Sending {
        Sending { key: body.to_owned(), body: body.to_owned(), after }
    }

    #[test]
    fn what_has_arrived_is_not_shown_twice() {
        let reader: PersonId = "awa".parse().expect("an id");
        let outbox = [sending("Yes", 7), sending("And no", 7)];
        let before = [said(6, "awa", "Yes"), said(7, "lea", "Which one?")];
        assert_eq!(
            shown(&outbox, &before, &reader).len(),
            2,
            "an older message with the same words is another"
        );
        let after = [said(7, "lea", "Which one?"), said(9, "awa", "Yes")];
        assert_eq!(shown(&outbox, &after, &reader), &outbox[1..]);
        let others = [said(9, "lea", "Yes")];
        assert_eq!(shown(&outbox, &others, &reader).len(), 2);
        assert!(shown(&[], &after, &reader).is_empty());
        assert_eq!(newest(&after), MessageId(9));
        assert_eq!(newest(&[]), MessageId(0));
    }

    #[test]
    fn a_message_on_its_way_is_worth_keeping() {
        assert!(ChatDraft::default().is_empty());
        assert!(!ChatDraft { outbox: vec![sending("Yes", 0)], ..ChatDraft::default() }.is_empty());
    }
}
