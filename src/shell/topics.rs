//! Topics to choose from.

use frontdesk_contract::Topic;

use crate::i18n::Words;
use crate::ui::SelectOption;

/// A list's options, by the names in the reader's language; follows it.
pub fn topic_options(topics: &[Topic], words: Words) -> Vec<SelectOption> {
    let language = words.language();
    topics
        .iter()
        .map(|topic| SelectOption::new(topic.id.as_str(), topic.name.in_language(&language)))
        .collect()
}
