//! What is read of a person: the core, the enterprise extension, and the two read-only extensions with the
//! life of the account. Readers are lenient, because other providers write otherwise (FACTS.md).

use serde::{Deserialize, Serialize};

use crate::account::{FORMER_MEMBER, Lifecycle, Stage};
use crate::{PersonId, Timestamp};

/// A person as a SCIM provider tells it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// Who.
    pub id: PersonId,
    /// What the person signs in with.
    #[serde(default)]
    pub user_name: String,
    /// The name to show.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The parts of the name.
    #[serde(default)]
    pub name: Option<Name>,
    /// What the person does.
    #[serde(default)]
    pub title: Option<String>,
    /// Whether the account can be used.
    #[serde(default = "yes")]
    pub active: bool,
    /// Addresses.
    #[serde(default)]
    pub emails: Vec<Plural>,
    /// Phone numbers.
    #[serde(default)]
    pub phone_numbers: Vec<Plural>,
    /// Groups.
    #[serde(default)]
    pub groups: Vec<Plural>,
    /// When it was made and changed.
    #[serde(default)]
    pub meta: Meta,
    /// Department, manager, employee number.
    #[serde(default, rename = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User")]
    pub enterprise: Enterprise,
    /// The life of the account.
    #[serde(default, rename = "urn:ietf:params:scim:schemas:extension:frontdesk:lifecycle:1.0:User")]
    pub lifecycle: Option<LifecycleFacts>,
    /// Invitation and claim.
    #[serde(
        default,
        rename = "urn:ietf:params:scim:schemas:extension:facebook:accountstatusdetails:2.0:User"
    )]
    pub invitation: Option<Invitation>,
}

const fn yes() -> bool {
    true
}

/// The parts of a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Name {
    /// All of it.
    pub formatted: Option<String>,
    /// The family's.
    pub family_name: Option<String>,
    /// One's own.
    pub given_name: Option<String>,
}

/// One of several values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Plural {
    /// The value.
    pub value: String,
    /// What it is for.
    pub r#type: Option<String>,
    /// As it is shown.
    pub display: Option<String>,
    /// Whether it comes first.
    pub primary: bool,
}

/// When a resource was made and changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Meta {
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was last changed.
    pub last_modified: Option<Timestamp>,
    /// What `If-Match` is compared with.
    pub version: Option<String>,
}

/// The enterprise extension.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Enterprise {
    /// The number of the employee.
    pub employee_number: Option<String>,
    /// The department.
    pub department: Option<String>,
    /// The manager.
    pub manager: Option<Manager>,
}

/// A manager.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "EitherManager")]
pub struct Manager {
    /// Who.
    pub value: Option<String>,
    /// By name.
    pub display_name: Option<String>,
}

/// A manager as either dialect writes it: one provider says `managerId`.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EitherManager {
    value: Option<String>,
    manager_id: Option<String>,
    display_name: Option<String>,
}

impl From<EitherManager> for Manager {
    fn from(EitherManager { value, manager_id, display_name }: EitherManager) -> Self {
        Self { value: value.or(manager_id), display_name }
    }
}

/// Our read-only extension: what SCIM lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LifecycleFacts {
    /// Where the account stands.
    pub stage: Stage,
    /// When it was deactivated for the last time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deactivated_at: Option<Timestamp>,
    /// When the memberships ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memberships_removed_at: Option<Timestamp>,
    /// From when profile fields may be removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removable_at: Option<Timestamp>,
    /// When the profile fields were removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fields_removed_at: Option<Timestamp>,
    /// When it will be deactivated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_for: Option<Timestamp>,
    /// Since when it is on hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Timestamp>,
    /// When it will be deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_deletion: Option<Timestamp>,
    /// When the person leaves the organization.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination_date: Option<Timestamp>,
    /// How much content the person has, where the provider says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content_counts: Option<ContentCounts>,
    /// The machine that writes this account, by the name of its token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
}

/// Content by the provider's count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ContentCounts {
    /// Posts.
    pub posts: u64,
    /// Messages.
    pub messages: u64,
    /// Comments of others on these posts.
    pub comments_of_others: u64,
}

/// The read-only extension with invitation and claim.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Invitation {
    /// Whether the person was told.
    pub invited: bool,
    /// When: epoch seconds or ISO 8601 on the wire.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "either_date")]
    pub invite_date: Option<Timestamp>,
    /// Whether the person has signed in.
    pub claimed: bool,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "either_date")]
    pub claim_date: Option<Timestamp>,
    /// Whether a plain SCIM DELETE is taken.
    pub can_delete: bool,
}

/// A date as either dialect writes it.
#[derive(Deserialize)]
#[serde(untagged)]
enum EitherDate {
    Seconds(i64),
    Text(String),
}

fn either_date<'de, D: serde::Deserializer<'de>>(source: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(match Option::<EitherDate>::deserialize(source)? {
        None | Some(EitherDate::Seconds(0)) => None,
        Some(EitherDate::Seconds(seconds)) => Timestamp::from_millis(seconds.saturating_mul(1_000)),
        Some(EitherDate::Text(text)) => text.parse().ok(),
    })
}

/// Whether what is known of a life is what a provider said, or the safest guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// The provider said so.
    Known,
    /// Derived from `active` and `meta.lastModified`, always to the later, safer date. Say that it is an estimate.
    Estimate,
}

impl User {
    /// The name to show: the first that is there.
    pub fn shown_name(&self) -> &str {
        let formatted = self.name.as_ref().and_then(|name| name.formatted.as_deref());
        let names = [self.display_name.as_deref(), formatted, Some(self.user_name.as_str())];
        names.into_iter().flatten().find(|name| !name.trim().is_empty()).unwrap_or(self.id.as_str())
    }

    /// The address to show: the primary one, else the first.
    pub fn email(&self) -> Option<&str> {
        let primary = self.emails.iter().find(|email| email.primary);
        primary.or(self.emails.first()).map(|email| email.value.as_str())
    }

    /// What is known of the account's life.
    ///
    /// FACTS.md: Former Member by the extension, else inactive and named "Former Member" without e-mail or user
    /// name, which is then an estimate.
    pub fn life(&self) -> (Lifecycle, Certainty) {
        let invitation = self.invitation.clone().unwrap_or_default();
        let changed = self.meta.last_modified.or(self.meta.created);
        let told = |flag: bool, date: Option<Timestamp>| date.or(if flag { changed } else { None });
        let mut life = Lifecycle {
            active: self.active,
            invited_at: told(invitation.invited, invitation.invite_date),
            claimed_at: told(invitation.claimed, invitation.claim_date),
            ..Lifecycle::default()
        };
        if let Some(facts) = &self.lifecycle {
            life.deactivated_at = facts.deactivated_at;
            life.memberships_removed_at = facts.memberships_removed_at;
            life.fields_removed_at =
                facts.fields_removed_at.or(if facts.stage == Stage::Former { changed } else { None });
            life.scheduled_for = facts.scheduled_for;
            life.deletion_at = facts.pending_deletion;
            life.held_at = facts.hold;
            life.leaves_at = facts.termination_date;
            return (life, Certainty::Known);
        }
        if self.invitation.is_none() {
            // Nothing says that nobody was told.
            life.invited_at = self.meta.created.or(changed);
            life.claimed_at = life.invited_at;
        }
        if !self.active {
            life.deactivated_at = changed;
            let is_nameless = self.email().is_none() || self.user_name.trim().is_empty();
            if self.shown_name() == FORMER_MEMBER && is_nameless {
                life.fields_removed_at = changed;
            }
        }
        (life, Certainty::Estimate)
    }

    /// Where the account stands.
    pub fn stage(&self) -> Stage {
        self.life().0.stage()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> User {
        serde_json::from_str(json).expect("a user")
    }

    #[test]
    fn the_extension_says_the_stage() {
        let user = read(
            r#"{"id":"1","userName":"a","active":false,
                "urn:ietf:params:scim:schemas:extension:frontdesk:lifecycle:1.0:User":{"stage":"deactivated","deactivatedAt":"2026-11-21T13:32:00Z","hold":null},
                "urn:ietf:params:scim:schemas:extension:facebook:accountstatusdetails:2.0:User":{"invited":true,"inviteDate":1614850000,"claimed":true,"claimDate":"2021-03-04T10:00:00Z","canDelete":false}}"#,
        );
        let (life, certainty) = user.life();
        assert_eq!((life.stage(), certainty), (Stage::Deactivated, Certainty::Known));
        assert_eq!(life.invited_at.map(Timestamp::millis), Some(1_614_850_000_000));
        assert!(life.claimed_at.is_some());
    }

    #[test]
    fn without_it_the_later_date_is_an_estimate() {
        let user = read(
            r#"{"id":"1","userName":"","displayName":"Former Member","active":false,"meta":{"created":"2020-01-01T00:00:00Z","lastModified":"2026-01-01T00:00:00Z"}}"#,
        );
        let (life, certainty) = user.life();
        assert_eq!((life.stage(), certainty), (Stage::Former, Certainty::Estimate));
        assert_eq!(life.deactivated_at, user.meta.last_modified);
        assert_eq!(read(r#"{"id":"1","userName":"a"}"#).life().1, Certainty::Estimate);
    }

    #[test]
    fn a_provider_that_knows_invitations_alone_is_understood() {
        let stage = |json: &str| {
            read(&format!(
                r#"{{"id":"1","userName":"a","meta":{{"created":"2020-01-01T00:00:00Z"}},"urn:ietf:params:scim:schemas:extension:facebook:accountstatusdetails:2.0:User":{json}}}"#
            ))
            .stage()
        };
        assert_eq!(stage("{}"), Stage::Provisioned);
        assert_eq!(stage(r#"{"invited":true}"#), Stage::Invited);
        assert_eq!(stage(r#"{"invited":true,"claimed":true}"#), Stage::Active);
    }

    #[test]
    fn a_manager_has_two_spellings() {
        let user = read(
            r#"{"id":"1","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"manager":{"managerId":"7"}}}"#,
        );
        assert_eq!(user.enterprise.manager.and_then(|manager| manager.value).as_deref(), Some("7"));
    }
}
