//! What was said and changed in a request.

use serde::{Deserialize, Serialize};

use crate::{MessageId, PersonId, Priority, RequestState, Timestamp};

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
    /// Whether only agents may read it.
    #[serde(default)]
    pub internal: bool,
    /// When the backend took it.
    pub at: Timestamp,
}

/// One entry of a thread, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ThreadItem {
    /// Somebody wrote.
    Message(Message),
    /// The state changed.
    State(StateChange),
    /// One of the two priorities changed.
    Priority(PriorityChange),
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
