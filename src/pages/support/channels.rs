//! The ways in which support answers: hours in the reader's zone, languages, the wait to expect,
//! and why one can't be chosen.

use frontdesk_contract::{Channel, Language, Settings, Timestamp};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::shell::ask_form;
use crate::shell::hours;
use crate::state::SessionState;

/// What is to be known about each way.
#[component]
pub fn Channels(settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let state = expect_context::<SessionState>();
    let languages = move || {
        let names = names(&settings.with(ask_form::languages), words);
        words.text_with(w::SUPPORT_LANGUAGES, &[("languages", names)])
    };
    let lines = move || {
        Channel::ALL
            .map(|channel| {
                let text = move || settings.with(|settings| about(channel, settings, state.now(), words));
                view! { <dt>{t(name(channel))}</dt><dd>{text}</dd> }
            })
            .into_iter()
            .collect_view()
    };
    view! {
        <section class="channels" aria-labelledby="ask-channels">
            <h3 class="field__label" id="ask-channels">{t(w::SUPPORT_CHANNEL)}</h3>
            <dl class="channels__list">{lines()}</dl>
            <p class="hint">{languages}</p>
        </section>
    }
}

/// The promise, the hours, and the languages where they are others than those of messages; else why it can't be chosen.
fn about(channel: Channel, settings: &Settings, now: Timestamp, words: Words) -> String {
    match (channel, settings.channel(channel).filter(|found| found.enabled)) {
        (_, Some(found)) => {
            let told = hours::told(found, now, words);
            if found.languages == ask_form::languages(settings) {
                return told;
            }
            let own = words.text_with(w::CHANNEL_LANGUAGES, &[("languages", names(&found.languages, words))]);
            format!("{told} {own}")
        }
        (Channel::Phone, None) => words.text(w::REFUSAL_CALL_OFF),
        (Channel::Chat | Channel::Message, None) => words.text(w::CHAT_ROLLOUT),
    }
}

fn names(languages: &[Language], words: Words) -> String {
    let names: Vec<_> =
        languages.iter().map(|language| intl::language_name(language.as_str(), &words.language())).collect();
    intl::list(&names, &words.language())
}

fn name(channel: Channel) -> Key {
    match channel {
        Channel::Message => w::CHANNEL_MESSAGE,
        Channel::Chat => w::CHANNEL_CHAT,
        Channel::Phone => w::CHANNEL_PHONE,
    }
}
