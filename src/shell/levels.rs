//! The words of the priorities: levels, their meaning and examples, and what the assistant suggests.

use frontdesk_contract::advice::{Loss, People, Sentence};
use frontdesk_contract::{Priority, Settings};

use crate::i18n::{Key, Words, keys as w};

/// The word for a level.
pub fn level_key(level: Priority) -> Key {
    match level {
        Priority::High => w::PRIORITY_HIGH,
        Priority::Medium => w::PRIORITY_MEDIUM,
        Priority::Low => w::PRIORITY_LOW,
    }
}

/// What a level means.
pub fn text_key(level: Priority) -> Key {
    match level {
        Priority::High => w::PRIORITY_HIGH_TEXT,
        Priority::Medium => w::PRIORITY_MEDIUM_TEXT,
        Priority::Low => w::PRIORITY_LOW_TEXT,
    }
}

/// The examples of the rules; the first may name the service.
pub const fn example_keys(level: Priority) -> &'static [Key] {
    match level {
        Priority::High => {
            &[w::PRIORITY_HIGH_EXAMPLE_1, w::PRIORITY_HIGH_EXAMPLE_2, w::PRIORITY_HIGH_EXAMPLE_3]
        }
        Priority::Medium => &[w::PRIORITY_MEDIUM_EXAMPLE_1, w::PRIORITY_MEDIUM_EXAMPLE_2],
        Priority::Low => &[w::PRIORITY_LOW_EXAMPLE_1, w::PRIORITY_LOW_EXAMPLE_2, w::PRIORITY_LOW_EXAMPLE_3],
    }
}

/// The organization's own examples of a level.
pub fn own_examples(settings: &Settings, level: Priority, language: &str) -> Vec<String> {
    let examples = settings.priority_examples.iter().filter(|example| example.priority == level);
    examples.map(|example| example.text.in_language(language).to_owned()).collect()
}

/// What the assistant suggests, with the sentence of the rules that led there.
pub fn suggestion(sentence: Sentence, words: Words) -> String {
    let key = match sentence {
        Sentence::WorkStops => w::PRIORITY_HIGH_TEXT,
        Sentence::KeyFeatureForAll => w::PRIORITY_HIGH_EXAMPLE_2,
        Sentence::KeyPerson => w::PRIORITY_HIGH_EXAMPLE_3,
        Sentence::PartOfTheWork => w::PRIORITY_MEDIUM_TEXT,
        Sentence::KeyFeatureForSome => w::PRIORITY_MEDIUM_EXAMPLE_1,
        Sentence::SecondaryFeature => w::PRIORITY_MEDIUM_EXAMPLE_2,
        Sentence::CanWait => w::PRIORITY_RULE_WAIT,
        Sentence::Passing => w::PRIORITY_LOW_TEXT,
        Sentence::NotAlways => w::PRIORITY_LOW_EXAMPLE_1,
        Sentence::AnotherWay => w::PRIORITY_LOW_EXAMPLE_2,
    };
    let level = words.text(level_key(sentence.level()));
    words.text_with(w::PRIORITY_SUGGESTED, &[("level", level), ("sentence", words.text(key))])
}

/// The words for what can't be done, and an example of it.
pub fn loss_keys(loss: Loss) -> (Key, Option<Key>) {
    match loss {
        Loss::Work => (w::ADVICE_LOSS_WORK, None),
        Loss::Key => (w::ADVICE_LOSS_KEY, Some(w::ADVICE_LOSS_KEY_TEXT)),
        Loss::Secondary => (w::ADVICE_LOSS_SECONDARY, Some(w::ADVICE_LOSS_SECONDARY_TEXT)),
    }
}

/// The words for how many people are touched.
pub fn people_key(people: People) -> Key {
    match people {
        People::Everyone => w::ADVICE_PEOPLE_EVERYONE,
        People::Some => w::ADVICE_PEOPLE_SOME,
        People::Few => w::ADVICE_PEOPLE_HANDFUL,
    }
}
