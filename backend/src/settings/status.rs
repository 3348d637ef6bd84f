//! What the operator decided about the status page: its components, and the chat groups that are told.

use std::collections::HashSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_contract::{ComponentId, Localized, Settings, TopicId};
use serde::Deserialize;

use crate::settings::check::Wrong;

/// How a secret begins (Standard Webhooks).
const SECRET_PREFIX: &str = "whsec_";
/// The shortest secret, in bytes.
const SECRET_MIN: usize = 24;

/// A part of the service, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Component {
    /// The word that incidents keep.
    pub id: ComponentId,
    /// Its name.
    pub name: Localized,
    /// Whether it is a core feature.
    #[serde(default)]
    pub core: bool,
    /// What a request about it is about.
    pub topic: Option<TopicId>,
    /// Its identifier or name on the provider's page, where it is another one than here.
    pub upstream: Option<String>,
}

/// A chat group that hears of each update.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Webhook {
    /// What the log calls it.
    pub name: String,
    /// Where the messages go.
    pub url: String,
    /// What they are signed with.
    pub secret: Secret,
}

/// A secret that is shared with the receiver of messages; never logged.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The bytes that sign; none when it is not one of ours.
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let bytes = STANDARD.decode(self.0.strip_prefix(SECRET_PREFIX)?).ok()?;
        (bytes.len() >= SECRET_MIN).then_some(bytes)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

/// Everything about the status page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// The components, in the order of the file.
    pub components: Vec<Component>,
    /// The chat groups.
    pub webhooks: Vec<Webhook>,
    /// Whether messages may go to this machine itself.
    pub allow_loopback: bool,
}

impl Status {
    /// The component with this id.
    pub fn component(&self, id: &ComponentId) -> Option<&Component> {
        self.components.iter().find(|component| component.id == *id)
    }

    /// The topics of some components, each once.
    pub fn topics_of(&self, components: &[ComponentId]) -> Vec<TopicId> {
        let mut topics: Vec<TopicId> =
            components.iter().filter_map(|id| self.component(id)?.topic.clone()).collect();
        topics.sort_unstable();
        topics.dedup();
        topics
    }

    /// The chat group with this name.
    pub fn webhook(&self, name: &str) -> Option<&Webhook> {
        self.webhooks.iter().find(|webhook| webhook.name == name)
    }
}

/// The table `[status]` of the file.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) webhooks: Vec<Webhook>,
    #[serde(default)]
    pub(super) allow_loopback: bool,
}

/// Checks what the shape of the file can't say.
pub(super) fn check(status: &Status, settings: &Settings) -> Result<(), Wrong> {
    let mut ids = HashSet::new();
    for component in &status.components {
        let id = component.id.as_str();
        if !ids.insert(id) {
            return Err(wrong(id, format!("The component {id} stands here twice")));
        }
        if !component.name.0.contains_key("en") {
            return Err(wrong(id, format!("The component {id} has no English name")));
        }
        if let Some(topic) = component.topic.as_ref().filter(|topic| settings.topic(topic).is_none()) {
            return Err(wrong(id, format!("The component {id} names the topic {topic}, which isn't there")));
        }
    }
    let mut names = HashSet::new();
    for webhook in &status.webhooks {
        let name = &webhook.name;
        if name.trim().is_empty() || !names.insert(name) {
            return Err(wrong(name, "Each webhook needs a name of its own".to_owned()));
        }
        let is_secure = webhook.url.starts_with("https://");
        let is_near = status.allow_loopback && webhook.url.starts_with("http://");
        if !is_secure && !is_near {
            return Err(wrong(&webhook.url, format!("The address of {name} does not begin with https://")));
        }
        if webhook.secret.bytes().is_none() {
            let detail = format!(
                "The secret of {name} is not {SECRET_PREFIX} and base64 of {SECRET_MIN} bytes or more; \
                 `openssl rand -base64 32` makes one"
            );
            return Err(wrong(name, detail));
        }
    }
    Ok(())
}

fn wrong(value: &str, detail: String) -> Wrong {
    Wrong { value: value.to_owned(), detail }
}
