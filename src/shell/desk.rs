//! What every page of a signed-in person may need: the settings and what fails right now.

use frontdesk_contract::follow::Follow;
use frontdesk_contract::settings::Settings;
use frontdesk_contract::status::LiveIncidents;
use frontdesk_contract::{Page, Timestamp, TopicId};
use leptos::prelude::*;

use crate::api::{desk, status};
use crate::i18n::use_words;
use crate::shell::{Fetched, Live, use_fetched};
use crate::state::SessionState;
use crate::ui::effect;

/// The desk in context.
#[derive(Clone, Copy)]
pub struct Desk {
    /// What the operator decided.
    pub settings: Fetched<Settings>,
    /// What fails right now.
    pub incidents: Fetched<LiveIncidents>,
    /// What the person follows on the status page.
    pub follows: Fetched<Page<Follow>>,
}

impl Desk {
    /// Asks for all of it; asks again when the live stream says so, and when a provider's word has grown old.
    pub fn begin(live: Live) -> Self {
        let state = expect_context::<SessionState>();
        let fresh_until = RwSignal::new(None::<Timestamp>);
        let is_old = Memo::new(move |_| fresh_until.get().is_some_and(|until| state.now() > until));
        let desk = Self {
            settings: use_fetched(move || {
                live.settings.track();
                desk::settings()
            }),
            incidents: use_fetched(move || {
                live.status.track();
                // Reading it: `track` alone leaves a memo that nobody has read yet without its sources.
                is_old.with(|_| ());
                desk::incidents()
            }),
            follows: use_fetched(move || {
                live.status.track();
                status::follows()
            }),
        };
        // The network is outside the reactive graph: what has just come decides when is asked again.
        effect(move || {
            fresh_until.set(desk.incidents.with(|live| live.and_then(|live| live.fresh_until)));
        });
        desk
    }

    /// Whether the backend sends e-mails; follows changes.
    pub fn sends_mail(&self) -> bool {
        self.settings.with(|settings| settings.is_some_and(|settings| settings.mail))
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
