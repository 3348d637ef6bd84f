//! What the operator decided: the backend's `frontdesk.toml`, as `GET /api/settings` serves it.

use serde::{Deserialize, Serialize};

use crate::time::Span;
use crate::upload::UploadSettings;
use crate::{Channel, Language, Localized, Priority, Topic, TopicId};

/// How long a draft is kept on a device (DESIGN.md, rule 1). The backend knows a draft's key for longer,
/// so that sending an old draft again never makes a second request.
pub const DRAFT_LIFE: Span = Span::days(30);

/// The settings as every signed-in person may read them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settings {
    /// The name of the organization.
    pub organization: String,
    /// The name of the service that the requests are about: `{service}` in the priorities.
    pub service: String,
    /// What requests can be about, in the order of the form.
    pub topics: Vec<Topic>,
    /// The ways in which support answers.
    pub channels: Vec<ChannelSettings>,
    /// How support calls back.
    #[serde(default)]
    pub phone: PhoneSettings,
    /// The limits of the desk.
    pub limits: Limits,
    /// Where people find help outside.
    pub links: Links,
    /// More of such places, as Help lists them.
    #[serde(default)]
    pub resources: Vec<Resource>,
    /// The organization's own examples of the priorities, beside those of the rules.
    #[serde(default)]
    pub priority_examples: Vec<PriorityExample>,
    /// The limits of files.
    #[serde(default)]
    pub uploads: UploadSettings,
    /// How employees report problems.
    #[serde(default)]
    pub reports: ReportSettings,
    /// Whether the backend sends e-mails.
    #[serde(default)]
    pub mail: bool,
}

impl Settings {
    /// The topic with this id.
    pub fn topic(&self, id: &TopicId) -> Option<&Topic> {
        self.topics.iter().find(|topic| topic.id == *id)
    }

    /// What the operator decided about `channel`.
    pub fn channel(&self, channel: Channel) -> Option<&ChannelSettings> {
        self.channels.iter().find(|settings| settings.channel == channel)
    }
}

/// One way in which support answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChannelSettings {
    /// Which one.
    pub channel: Channel,
    /// Whether it can be chosen.
    pub enabled: bool,
    /// The languages it is answered in. Seed 000: French, Japanese, Spanish, Portuguese; "this list may change".
    pub languages: Vec<Language>,
    /// When somebody is there, in [`Self::time_zone`].
    pub hours: Vec<OpeningHours>,
    /// The IANA name of the zone in which the hours are written, such as `Europe/Paris`.
    pub time_zone: String,
    /// Days without service, as `2026-12-25`.
    #[serde(default)]
    pub holidays: Vec<String>,
    /// The promise for a first answer, in minutes of opening hours; none when nothing is promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_answer_minutes: Option<u32>,
    /// Other promises for some levels. Seed 000: priorities make no answer faster, unless an operator says so here.
    #[serde(default, skip_serializing_if = "PromiseByPriority::is_empty")]
    pub first_answer_minutes_by_priority: PromiseByPriority,
}

impl ChannelSettings {
    /// The promise for a first answer to something of this level, in minutes of opening hours.
    pub fn promise(&self, priority: Priority) -> Option<u32> {
        self.first_answer_minutes_by_priority.of(priority).or(self.first_answer_minutes)
    }

    /// Whether an answer in this language can be asked for: where none is named, any can.
    pub fn takes(&self, language: &Language) -> bool {
        self.languages.is_empty() || self.languages.contains(language)
    }
}

/// Promises of their own for some levels, in minutes of opening hours.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromiseByPriority {
    /// For a high priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub high: Option<u32>,
    /// For a medium one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub medium: Option<u32>,
    /// For a low one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low: Option<u32>,
}

impl PromiseByPriority {
    /// The promise of its own that a level has.
    pub const fn of(self, priority: Priority) -> Option<u32> {
        match priority {
            Priority::High => self.high,
            Priority::Medium => self.medium,
            Priority::Low => self.low,
        }
    }

    /// Whether all levels are promised the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Opening hours on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpeningHours {
    /// 1 is Monday, 7 is Sunday (ISO 8601).
    pub days: Vec<u8>,
    /// `09:00`.
    pub from: String,
    /// `18:00`; `24:00` is the end of the day.
    pub to: String,
}

/// How support calls back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneSettings {
    /// Whether a call needs the permission to record it.
    pub recording: RecordingNeed,
    /// Who records: the name in the words of the permission. The service where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// For how many days a recording is kept; nothing is said about it where nothing is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording_days: Option<u32>,
}

/// Whether a call needs the permission to record it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RecordingNeed {
    /// Without it there is no call. Seed 000 makes it one of the steps.
    #[default]
    Needed,
    /// Support calls without it too.
    Optional,
}

impl RecordingNeed {
    /// Whether there is no call without it.
    pub const fn is_needed(self) -> bool {
        matches!(self, Self::Needed)
    }
}

/// The limits of the desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// For how many days after solving a request can be reopened.
    pub reopen_days: u32,
    /// After how many days without an answer of the organization a request closes by itself; never without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub close_days: Option<u32>,
    /// How many days before that the organization is reminded.
    pub remind_days: u32,
    /// After how many hours that support has the ball a request can be escalated, whatever its priority.
    pub escalate_hours: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { reopen_days: 14, close_days: None, remind_days: 3, escalate_hours: 48 }
    }
}

/// How employees report problems.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportSettings {
    /// Whether somebody without a session may report too, with words alone. Whoever is locked out always may.
    pub public: bool,
}

/// Where people find help outside. An address that is left out has no link.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Links {
    /// Training and learning, for those who aren't ready to ask (seed 000).
    pub training: Option<String>,
    /// Help pages.
    pub help: Option<String>,
    /// The forum.
    pub forum: Option<String>,
    /// The resource center.
    pub resources: Option<String>,
    /// Help for developers.
    pub developers: Option<String>,
    /// The public status page.
    pub status: Option<String>,
}

/// A place outside where people find help. Seed 003 names technical resources, account management,
/// authentication and others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Resource {
    /// What it is called.
    pub name: Localized,
    /// What one finds there.
    #[serde(default)]
    pub text: Localized,
    /// Where it is.
    pub address: String,
}

/// An example of a priority that this organization adds to those of the rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PriorityExample {
    /// Of which level.
    pub priority: Priority,
    /// The example, in a sentence.
    pub text: Localized,
}

/// The longest text of an example, or about a resource, in characters.
pub const EXAMPLE_MAX: usize = 300;

/// What `GET /api/welcome` tells everybody, signed in or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Welcome {
    /// The name of the organization.
    pub organization: String,
    /// The name of the service that the requests are about.
    pub service: String,
    /// Whether anybody can sign in as an admin yet.
    pub has_admin: bool,
    /// Whether somebody without a session may report a problem.
    #[serde(default)]
    pub public_reports: bool,
    /// Whether the backend sends e-mails.
    #[serde(default)]
    pub mail: bool,
    /// Where people find help outside.
    pub links: Links,
}
