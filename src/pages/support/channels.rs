//! The ways in which support answers: hours in the operator's zone, languages, the wait to expect,
//! and why one can't be chosen.

use frontdesk_contract::settings::{ChannelSettings, OpeningHours};
use frontdesk_contract::{Channel, Settings};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::ui::{Choice, ChoiceLayout, ChoiceOption};

/// Message can be chosen; chat and phone say why not. Their own issue makes them work.
#[component]
pub fn Channels(settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let chosen = RwSignal::new(Channel::Message.as_str().to_owned());
    let options = Signal::derive(move || {
        Channel::ALL.map(|channel| settings.with(|settings| option(channel, settings, words))).to_vec()
    });
    let languages = move || {
        let names: Vec<_> = settings
            .with(super::form::languages)
            .iter()
            .map(|language| intl::language_name(language.as_str(), &words.language()))
            .collect();
        words.text_with(w::SUPPORT_LANGUAGES, &[("languages", intl::list(&names, &words.language()))])
    };
    view! {
        <Choice id="ask-channel" legend=t(w::SUPPORT_CHANNEL) value=chosen options layout=ChoiceLayout::Row/>
        <p class="hint">{languages}</p>
    }
}

fn option(channel: Channel, settings: &Settings, words: Words) -> ChoiceOption {
    let text = settings.channel(channel).map(|found| hours_text(found, words)).unwrap_or_default();
    let refused = match channel {
        Channel::Message => None,
        Channel::Chat => Some(words.text(w::CHAT_ROLLOUT)),
        Channel::Phone => Some(words.text(w::CHANNEL_PHONE_NOT_YET)),
    };
    ChoiceOption {
        value: channel.as_str().to_owned(),
        label: words.text(name(channel)),
        text: if refused.is_some() { String::new() } else { text },
        refused,
    }
}

fn name(channel: Channel) -> Key {
    match channel {
        Channel::Message => w::CHANNEL_MESSAGE,
        Channel::Chat => w::CHANNEL_CHAT,
        Channel::Phone => w::CHANNEL_PHONE,
    }
}

/// `First answer within 4 hours. Mon–Fri 09:00–18:00 (Europe/Paris)`.
fn hours_text(channel: &ChannelSettings, words: Words) -> String {
    let language = words.language();
    let spans: Vec<_> = channel.hours.iter().map(|hours| span_text(hours, &language)).collect();
    let hours = words.text_with(
        w::CHANNEL_HOURS,
        &[("hours", intl::list(&spans, &language)), ("zone", channel.time_zone.replace('_', " "))],
    );
    match channel.first_answer_minutes {
        Some(minutes) if minutes >= 60 => {
            format!("{} {hours}", words.count(w::CHANNEL_PROMISE_HOURS, u64::from(minutes / 60)))
        }
        Some(minutes) => format!("{} {hours}", words.count(w::CHANNEL_PROMISE_MINUTES, u64::from(minutes))),
        None => hours,
    }
}

fn span_text(hours: &OpeningHours, language: &str) -> String {
    let days = match (hours.days.first(), hours.days.last()) {
        (Some(first), Some(last)) if first != last => {
            format!("{}–{}", intl::weekday(*first, language), intl::weekday(*last, language))
        }
        (Some(day), _) => intl::weekday(*day, language),
        (None, _) => String::new(),
    };
    format!("{days} {}–{}", hours.from, hours.to)
}
