//! What every page of a signed-in person may need: the settings and what fails right now.

use frontdesk_contract::TopicId;
use frontdesk_contract::settings::Settings;
use frontdesk_contract::status::LiveIncidents;
use leptos::prelude::*;

use crate::api::desk;
use crate::i18n::use_words;
use crate::shell::{Fetched, Live, use_fetched};

/// The desk in context.
#[derive(Clone, Copy)]
pub struct Desk {
    /// What the operator decided.
    pub settings: Fetched<Settings>,
    /// What fails right now.
    pub incidents: Fetched<LiveIncidents>,
}

impl Desk {
    /// Asks for both; asks again when the live stream says so.
    pub fn begin(live: Live) -> Self {
        Self {
            settings: use_fetched(move || {
                live.settings.track();
                desk::settings()
            }),
            incidents: use_fetched(move || {
                live.status.track();
                desk::incidents()
            }),
        }
    }

    /// The name of a topic in the language in use, or its id while nothing better is known.
    pub fn topic_name(&self, id: TopicId) -> Signal<String> {
        let (settings, words) = (self.settings, use_words());
        Signal::derive(move || {
            let language = words.language();
            let name = settings.with(|settings| {
                let topic = settings?.topic(&id)?;
                Some(topic.name.in_language(&language).to_owned())
            });
            name.unwrap_or_else(|| id.to_string())
        })
    }
}
