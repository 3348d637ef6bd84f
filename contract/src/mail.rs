//! E-mails that the backend sends, where the operator has named a mail server.

use serde::{Deserialize, Serialize};

use crate::{PersonId, PersonRef, Request, Timestamp};

/// Why an e-mail is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MailKind {
    /// Support answered a request, it was solved, or it closes soon.
    Request,
    /// Something was said about an incident.
    Incident,
    /// Somebody is invited to an account.
    Invitation,
    /// Somebody is reminded of that.
    Reminder,
    /// Somebody forgot a password.
    Password,
    /// Somebody who can't sign in has told so.
    LockedOut,
}

impl MailKind {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Request, Self::Incident, Self::Invitation, Self::Reminder, Self::Password, Self::LockedOut];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Incident => "incident",
            Self::Invitation => "invitation",
            Self::Reminder => "reminder",
            Self::Password => "password",
            Self::LockedOut => "lockedout",
        }
    }

    /// Reads the word of the database.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What became of an e-mail. Whether anybody has it in the mailbox is known to nobody here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum MailState {
    /// Not sent yet, or to be tried again.
    Waiting,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good.
    Refused,
    /// It could not be sent in time.
    Expired,
    /// There was nothing to send any more: read already, stopped, or the link ended.
    Void,
}

impl MailState {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Refused, Self::Expired, Self::Void];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Void => "void",
        }
    }

    /// Reads the word of the database.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// An e-mail in the log, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailLine {
    /// Its number; later ones have greater numbers.
    pub id: u64,
    /// To whom.
    pub person: PersonRef,
    /// Why.
    pub kind: MailKind,
    /// What became of it.
    pub state: MailState,
    /// How often it was tried.
    pub tries: u64,
    /// When it is tried next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_at: Option<Timestamp>,
    /// What the last try ended with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// When it was written.
    pub created_at: Timestamp,
    /// When it was sent or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
}

/// Whether whoever asks gets e-mails about a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RequestMails {
    /// There is a mail server, and the person asked or watches.
    pub gets: bool,
    /// The person has stopped them.
    pub stopped: bool,
}

/// Whether somebody is among those who get e-mails about a request: whoever asked, and whoever watches
/// (issue 3, "Notifications").
pub fn gets_mails(person: &PersonId, request: &Request) -> bool {
    request.summary.asked_by.id == *person
        || request.care.watchers.iter().any(|watcher| watcher.id == *person)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        for kind in MailKind::ALL {
            assert_eq!(MailKind::parse(kind.as_str()), Some(kind));
        }
        for state in MailState::ALL {
            assert_eq!(MailState::parse(state.as_str()), Some(state));
        }
    }
}
