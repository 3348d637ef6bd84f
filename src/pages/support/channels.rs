//! The ways in which support answers: hours in the operator's zone, languages, the wait to expect,
//! and why one can't be chosen.

use frontdesk_contract::{Channel, Settings};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::shell::ask_form;
use crate::shell::hours::hours_text;

/// What is to be known about each way.
#[component]
pub fn Channels(settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let languages = move || {
        let names: Vec<_> = settings
            .with(ask_form::languages)
            .iter()
            .map(|language| intl::language_name(language.as_str(), &words.language()))
            .collect();
        words.text_with(w::SUPPORT_LANGUAGES, &[("languages", intl::list(&names, &words.language()))])
    };
    let lines = move || {
        Channel::ALL
            .map(|channel| {
                let text = move || settings.with(|settings| about(channel, settings, words));
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

/// Hours and the promise of a way that can be chosen, else why it can't.
fn about(channel: Channel, settings: &Settings, words: Words) -> String {
    match (channel, settings.channel(channel).filter(|found| found.enabled)) {
        (_, Some(found)) => hours_text(found, words),
        (Channel::Phone, None) => words.text(w::REFUSAL_CALL_OFF),
        (Channel::Chat | Channel::Message, None) => words.text(w::CHAT_ROLLOUT),
    }
}

fn name(channel: Channel) -> Key {
    match channel {
        Channel::Message => w::CHANNEL_MESSAGE,
        Channel::Chat => w::CHANNEL_CHAT,
        Channel::Phone => w::CHANNEL_PHONE,
    }
}
