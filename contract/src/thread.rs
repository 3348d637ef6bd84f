//! What was said and changed in a request.

use serde::{Deserialize, Serialize};

use crate::call::CallState;
use crate::care::{ActDone, Happened};
use crate::markup::Node;
use crate::{MessageId, PersonId, Priority, RequestState, Timestamp, Upload};

/// Which side of the desk somebody writes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Side {
    /// An admin of the organization.
    Organization,
    /// An agent of support.
    Support,
}

/// Who wrote or changed something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Author {
    /// Who.
    pub id: PersonId,
    /// The name to show; never trusted as markup.
    pub name: String,
    /// From which side.
    pub side: Side,
}

/// Something that a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its number, for a permalink.
    pub id: MessageId,
    /// Who wrote it.
    pub author: Author,
    /// The words; never trusted as markup.
    pub body: String,
    /// The same as a tree, where they are more than plain lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub markup: Vec<Node>,
    /// Whether only agents may read it.
    #[serde(default)]
    pub internal: bool,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<Upload>,
    /// When the backend took it.
    pub at: Timestamp,
}

/// One entry of a thread, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", try_from = "FlatItem")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ThreadItem {
    /// Somebody wrote.
    Message(Message),
    /// The state changed.
    State(StateChange),
    /// One of the two priorities changed.
    Priority(PriorityChange),
    /// A call-back was asked for, or changed.
    Call(CallStep),
    /// Something beside words and changes.
    Act(ActDone),
}

/// A change of the state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StateChange {
    /// Who changed it.
    pub author: Author,
    /// Before.
    pub from: RequestState,
    /// After.
    pub to: RequestState,
    /// Why, when it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// A change of a priority: the organization's when an admin made it, support's when an agent did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityChange {
    /// Who changed it; the side says which of the two priorities.
    pub author: Author,
    /// Before; none when support sets its own for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Priority>,
    /// After.
    pub to: Priority,
    /// Why, when it was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What became of a call-back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallStep {
    /// Who did it.
    pub author: Author,
    /// Where it stands since.
    pub call: CallState,
    /// When the window of the call begins.
    pub window: Timestamp,
    /// What was said about it: what came of a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// An entry as it is read: all fields side by side.
///
/// Serde reads a tagged enum through a buffer of its own, which doubles the decoding code in the wasm.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FlatItem {
    kind: String,
    author: Option<Author>,
    at: Timestamp,
    id: Option<MessageId>,
    body: Option<String>,
    #[serde(default)]
    markup: Vec<Node>,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    uploads: Vec<Upload>,
    act: Option<String>,
    from: Option<String>,
    to: Option<String>,
    reason: Option<String>,
    call: Option<CallState>,
    window: Option<Timestamp>,
}

/// An entry lacks what its kind needs.
#[derive(Debug, thiserror::Error)]
#[error("an entry of the thread can't be read")]
struct NotAnEntry;

impl TryFrom<FlatItem> for ThreadItem {
    type Error = NotAnEntry;

    fn try_from(flat: FlatItem) -> Result<Self, NotAnEntry> {
        let FlatItem {
            kind,
            author,
            at,
            id,
            body,
            markup,
            internal,
            uploads,
            act,
            from,
            to,
            reason,
            call,
            window,
        } = flat;
        if kind == "act" {
            let act = act.as_deref().and_then(Happened::parse).ok_or(NotAnEntry)?;
            return Ok(Self::Act(ActDone { act, author, reason, at }));
        }
        let author = author.ok_or(NotAnEntry)?;
        let state = |word: Option<String>| word.as_deref().and_then(RequestState::parse).ok_or(NotAnEntry);
        let level = |word: &str| Priority::parse(word).ok_or(NotAnEntry);
        match kind.as_str() {
            "message" => {
                let (id, body) = (id.ok_or(NotAnEntry)?, body.ok_or(NotAnEntry)?);
                Ok(Self::Message(Message { id, author, body, markup, internal, uploads, at }))
            }
            "state" => {
                Ok(Self::State(StateChange { author, from: state(from)?, to: state(to)?, reason, at }))
            }
            "priority" => {
                let from = from.as_deref().map(level).transpose()?;
                let to = level(to.as_deref().ok_or(NotAnEntry)?)?;
                Ok(Self::Priority(PriorityChange { author, from, to, reason, at }))
            }
            "call" => {
                let (call, window) = (call.ok_or(NotAnEntry)?, window.ok_or(NotAnEntry)?);
                Ok(Self::Call(CallStep { author, call, window, reason, at }))
            }
            _ => Err(NotAnEntry),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MediaKind;
    use crate::care::Act;
    use crate::markup::NodeKind;

    #[test]
    fn every_kind_of_entry_is_read_as_it_was_written() {
        let author =
            Author { id: "p1".parse().expect("an id"), name: "Awa".to_owned(), side: Side::Organization };
        let at = Timestamp::EPOCH;
        let body = "At 90 %.".to_owned();
        let items = [
            ThreadItem::Message(Message {
                id: MessageId(7),
                author: author.clone(),
                body,
                markup: vec![Node::of(
                    NodeKind::Paragraph,
                    vec![Node::of(NodeKind::Strong, vec![Node::saying(NodeKind::Text, "90")])],
                )],
                internal: true,
                uploads: vec![Upload {
                    id: "2819c223-7f76-453a-919d-413861904646".parse().expect("an id"),
                    kind: MediaKind::Png,
                    name: "Screenshot.png".to_owned(),
                    size: 7,
                    erased_at: None,
                }],
                at,
            }),
            ThreadItem::State(StateChange {
                author: author.clone(),
                from: RequestState::Open,
                to: RequestState::Solved,
                reason: Some("Done".to_owned()),
                at,
            }),
            ThreadItem::Act(ActDone {
                act: Happened::Act(Act::Appeal),
                author: Some(author.clone()),
                reason: Some("Everybody is touched".to_owned()),
                at,
            }),
            ThreadItem::Act(ActDone { act: Happened::Closed, author: None, reason: None, at }),
            ThreadItem::Priority(PriorityChange {
                author: author.clone(),
                from: None,
                to: Priority::High,
                reason: None,
                at,
            }),
            ThreadItem::Call(CallStep { author, call: CallState::Missed, window: at, reason: None, at }),
        ];
        for item in items {
            let json = serde_json::to_string(&item).expect("json");
            assert_eq!(serde_json::from_str::<ThreadItem>(&json).expect("an entry"), item, "{json}");
        }
        assert!(serde_json::from_str::<ThreadItem>("{\"kind\":\"message\"}").is_err());
    }
}
