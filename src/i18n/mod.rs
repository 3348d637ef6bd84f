//! The words: one catalog per language, only the one in use loaded, keys checked when building.

mod fill;
pub mod keys;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::{boot, intl, page, storage};

/// Where the chosen language is kept on the device; `boot.js` reads it before anything else.
const CHOICE: &str = "frontdesk.language";

/// The languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "fa", "he", "ur"];

/// A text of the catalogs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key(u16);

/// A text that depends on a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plural {
    other: Key,
    forms: &'static [(&'static str, Key)],
}

impl Plural {
    /// The text for a form of `Intl.PluralRules`; the general one where a language needs no other.
    fn form(self, name: &str) -> Key {
        self.forms.iter().find(|(form, _)| *form == name).map_or(self.other, |(_, key)| *key)
    }
}

/// Why the language could not be switched; the one in use stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SwitchRefusal {
    /// There is no catalog of this language.
    #[error("No words in this language")]
    Unknown,
    /// The catalog could not be fetched.
    #[error("The words could not be loaded")]
    NotLoaded,
    /// The catalog belongs to another release.
    #[error("The words belong to another release: reload the page")]
    OtherRelease,
}

/// The texts of one language, in the order of the keys.
#[derive(Debug, Clone)]
struct Catalog {
    language: Arc<str>,
    texts: Arc<[String]>,
    /// Whether the words of all pages are here, or those alone that come with the program.
    is_whole: bool,
}

/// The words in the language in use.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    catalog: RwSignal<Catalog>,
    files: StoredValue<Vec<(String, String)>>,
}

/// Takes over the words that `boot.js` fetched. Without them, or with those of another release, the
/// crash page shows.
pub fn provide_words() -> Words {
    let boot = boot::left();
    let texts = match catalog(boot.words) {
        Ok(texts) => texts,
        Err(refusal) => {
            page::crash(&refusal.to_string());
            Vec::new()
        }
    };
    provide(Words::new(&boot.language, texts, boot.files))
}

/// The words from a language file that is at hand, for tests of components.
pub fn provide_words_of(language: &str, file: Vec<String>) -> Words {
    provide(Words::new(language, catalog(file).unwrap_or_default(), Vec::new()))
}

/// The words of the page.
pub fn use_words() -> Words {
    expect_context::<Words>()
}

/// The text of `key`, in the language in use.
pub fn t(key: Key) -> Signal<String> {
    let words = use_words();
    Signal::derive(move || words.text(key))
}

/// The text of `key` with each `{name}` replaced.
pub fn t_with(key: Key, args: impl IntoIterator<Item = (&'static str, Signal<String>)>) -> Signal<String> {
    with_args(key, args.into_iter().collect())
}

/// The text that fits `count`, which also fills `{count}`.
pub fn t_count(plural: Plural, count: Signal<u64>) -> Signal<String> {
    let words = use_words();
    Signal::derive(move || words.count(plural, count.get()))
}

impl Words {
    fn new(language: &str, texts: Vec<String>, files: Vec<(String, String)>) -> Self {
        let has_more = files.iter().any(|(tag, parts)| tag == language && parts.contains(' '));
        let catalog = Catalog { language: language.into(), texts: texts.into(), is_whole: !has_more };
        Self { catalog: RwSignal::new(catalog), files: StoredValue::new(files) }
    }

    /// The text of `key`; tracks the language.
    pub fn text(&self, key: Key) -> String {
        self.catalog.read().text(key).to_owned()
    }

    /// The text of `key` with each `{name}` replaced; tracks the language.
    pub fn text_with(&self, key: Key, args: &[(&str, String)]) -> String {
        fill::fill(self.catalog.read().text(key), args)
    }

    /// The text that fits `count`, which also fills `{count}`; tracks the language.
    pub fn count(&self, plural: Plural, count: u64) -> String {
        self.count_with(plural, count, &[])
    }

    /// As [`Self::count`], with more to replace.
    pub fn count_with(&self, plural: Plural, count: u64, args: &[(&str, String)]) -> String {
        let catalog = self.catalog.read();
        let key = plural.form(intl::plural(count, catalog.language.as_ref()));
        let mut all = vec![("count", intl::number(count, &catalog.language))];
        all.extend_from_slice(args);
        fill::fill(catalog.text(key), &all)
    }

    /// The tag of the language in use; tracks it.
    pub fn language(&self) -> String {
        self.catalog.read().language.as_ref().to_owned()
    }

    /// The tags of all languages that can be switched to, sorted.
    pub fn languages(&self) -> Vec<String> {
        self.files.with_value(|files| files.iter().map(|(tag, _)| tag.clone()).collect())
    }

    /// Where the words of a language are: those that come with the program, then those of the pages.
    fn parts(&self, tag: &str) -> Option<String> {
        self.files
            .with_value(|files| files.iter().find(|(known, _)| known == tag).map(|(_, parts)| parts.clone()))
    }

    /// Brings the words of the pages, unless they are here. Says whether they are here then.
    pub fn complete(self) -> Pin<Box<dyn Future<Output = bool>>> {
        // In a box, as each piece waits for it: what waits for a future is made for each place that does.
        Box::pin(async move {
            let Catalog { language, texts, is_whole } = self.catalog.get_untracked();
            if is_whole {
                return true;
            }
            let parts = self.parts(&language).unwrap_or_default();
            let Ok(texts) = fetched(parts.split(' ').skip(1), texts.to_vec()).await else { return false };
            // Somebody may have switched meanwhile, which brings all words of the other language.
            if self.catalog.with_untracked(|now| !now.is_whole && now.language == language) {
                self.catalog.set(Catalog { language, texts: texts.into(), is_whole: true });
            }
            true
        })
    }

    /// Shows the page in another language, from now on and next time; nothing typed is touched.
    pub async fn switch(self, tag: String) -> Result<(), SwitchRefusal> {
        let parts = self.parts(&tag).ok_or(SwitchRefusal::Unknown)?;
        let texts = fetched(parts.split(' '), Vec::new()).await?;
        self.catalog.set(Catalog { language: tag.as_str().into(), texts: texts.into(), is_whole: true });
        let direction = if RIGHT_TO_LEFT.contains(&tag.as_str()) { "rtl" } else { "ltr" };
        page::set_language(&tag, direction);
        // Where the device has no room the choice holds for this page.
        let _ = storage::write(storage::Area::Local, CHOICE, &tag);
        Ok(())
    }
}

impl Catalog {
    fn text(&self, key: Key) -> &str {
        let text = self.texts.get(usize::from(key.0)).map_or("", String::as_str);
        if text.is_empty() && !self.is_whole {
            // `xtask` counts the words that come with the program; one that it has missed fails the journeys.
            page::complain("A word is shown before it is here");
        }
        text
    }
}

/// The texts, with those that stand in other files in the places that are empty.
async fn fetched<'address>(
    addresses: impl Iterator<Item = &'address str>,
    mut texts: Vec<String>,
) -> Result<Vec<String>, SwitchRefusal> {
    for address in addresses {
        let part = catalog(boot::fetch_words(address).await.ok_or(SwitchRefusal::NotLoaded)?)?;
        if texts.is_empty() {
            texts = part;
        } else {
            for (text, other) in texts.iter_mut().zip(part).filter(|(text, _)| text.is_empty()) {
                *text = other;
            }
        }
    }
    Ok(texts)
}

fn provide(words: Words) -> Words {
    provide_context(words);
    words
}

fn with_args(key: Key, args: Vec<(&'static str, Signal<String>)>) -> Signal<String> {
    let words = use_words();
    Signal::derive(move || {
        let args: Vec<(&str, String)> = args.iter().map(|(name, text)| (*name, text.get())).collect();
        words.text_with(key, &args)
    })
}

/// The texts of a language file, whose first entry is the fingerprint.
fn catalog(mut file: Vec<String>) -> Result<Vec<String>, SwitchRefusal> {
    if file.is_empty() {
        return Err(SwitchRefusal::NotLoaded);
    }
    if file.remove(0) == keys::FINGERPRINT { Ok(file) } else { Err(SwitchRefusal::OtherRelease) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plural_without_the_form_uses_the_general_one() {
        assert_eq!(keys::STATUS_PILL.form("many"), keys::STATUS_PILL.form("other"));
        assert_ne!(keys::STATUS_PILL.form("one"), keys::STATUS_PILL.form("other"));
    }

    #[test]
    fn words_of_another_release_are_refused() {
        let file = vec!["0000000000000000".to_owned(), "Close".to_owned()];
        assert_eq!(catalog(file), Err(SwitchRefusal::OtherRelease));
        assert_eq!(catalog(Vec::new()), Err(SwitchRefusal::NotLoaded));
        let own = vec![keys::FINGERPRINT.to_owned(), "Close".to_owned()];
        assert_eq!(catalog(own), Ok(vec!["Close".to_owned()]));
    }
}
