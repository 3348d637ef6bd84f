//! What every page of a signed-in person may need: the settings and what fails right now.

use frontdesk_contract::TopicId;
use frontdesk_contract::settings::Settings;
use frontdesk_contract::status::LiveIncidents;
use leptos::prelude::*;

use crate::api::{ApiError, Client, desk};
use crate::i18n::use_words;
use crate::shell::Live;

/// The desk in context.
#[derive(Clone, Copy)]
pub struct Desk {
    /// What the operator decided.
    pub settings: LocalResource<Result<Settings, ApiError>>,
    /// What fails right now.
    pub incidents: LocalResource<Result<LiveIncidents, ApiError>>,
}

impl Desk {
    /// Asks for both; asks again when the live stream says so.
    pub fn new(client: &Client, live: Live) -> Self {
        let (for_settings, for_incidents) = (client.clone(), client.clone());
        Self {
            settings: LocalResource::new(move || {
                live.settings.track();
                let client = for_settings.clone();
                async move { client.send(desk::settings()).await }
            }),
            incidents: LocalResource::new(move || {
                live.status.track();
                let client = for_incidents.clone();
                async move { client.send(desk::incidents()).await }
            }),
        }
    }

    /// The name of a topic in the language in use, or its id while nothing better is known.
    pub fn topic_name(&self, id: TopicId) -> Signal<String> {
        let (settings, words) = (self.settings, use_words());
        Signal::derive(move || {
            let language = words.language();
            match settings.get() {
                Some(Ok(settings)) => settings
                    .topic(&id)
                    .map_or_else(|| id.to_string(), |topic| topic.name.in_language(&language).to_owned()),
                Some(Err(_)) | None => id.to_string(),
            }
        })
    }
}
