//! The audit log: who did what to whom, when, from where, before and after.

use serde::{Deserialize, Serialize};

use crate::{PersonRef, Timestamp};

/// Who acted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditActor {
    /// `person`, `token` or `clock`.
    pub kind: String,
    /// The name; none when the person was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its number; without a gap.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: AuditActor,
    /// What, such as `account.deactivate`.
    pub what: String,
    /// To whom; the name is gone when the person was erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<PersonRef>,
    /// From which network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// How it stood before, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// How it stood after, in a word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// Why, as the person wrote it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Whether names or words of this line were erased with a person.
    pub erased: bool,
    /// The hash of the line before and of this one.
    pub hash: String,
}
