//! The form of *Ask a question* as signals: what is typed, what is wrong, what is kept.

use frontdesk_contract::request::NewRequest;
use frontdesk_contract::{Channel, Language, Settings};
use leptos::prelude::*;

use crate::browser::random;
use crate::domain::ask::{AskDraft, AskField, AskRefusal, Rejected};
use crate::domain::attached::AttachedFile;
use crate::domain::call::CallRejected;
use crate::i18n::{Words, keys as w};
use crate::shell::call_form::{self, CallForm};
use crate::shell::drafts::Keeper;

/// The fields, each a signal, and their errors.
#[derive(Clone, Copy)]
pub struct AskForm {
    /// The id of the topic.
    pub topic: RwSignal<String>,
    /// In one sentence.
    pub subject: RwSignal<String>,
    /// What happened.
    pub body: RwSignal<String>,
    /// The word of the priority.
    pub priority: RwSignal<String>,
    /// How many people are touched.
    pub affected: RwSignal<String>,
    /// The tag of the language of the answer.
    pub language: RwSignal<String>,
    /// Whether it is asked by chat.
    pub chat: RwSignal<bool>,
    /// The call that is asked for with it.
    pub call: CallForm,
    /// The files that go with it.
    pub files: RwSignal<Vec<AttachedFile>>,
    /// The key of the request that this becomes.
    pub key: RwSignal<String>,
    /// What was sent first with the key.
    pub sending: RwSignal<Option<NewRequest>>,
    /// What is wrong, since the last try.
    pub rejected: RwSignal<Rejected>,
}

impl AskForm {
    /// The form as it was left; fields that were never touched have what fits most.
    pub fn of(draft: AskDraft, likely: Option<Language>) -> Self {
        let language = match (draft.language.is_empty(), likely) {
            (true, Some(language)) => language.to_string(),
            (true, None) | (false, _) => draft.language,
        };
        Self {
            topic: RwSignal::new(draft.topic),
            subject: RwSignal::new(draft.subject),
            body: RwSignal::new(draft.body),
            priority: RwSignal::new(draft.priority),
            affected: RwSignal::new(draft.affected),
            language: RwSignal::new(language),
            chat: RwSignal::new(draft.chat),
            call: CallForm::of(draft.call),
            files: RwSignal::new(draft.files),
            key: RwSignal::new(if draft.key.is_empty() { random::uuid() } else { draft.key }),
            sending: RwSignal::new(draft.sending),
            rejected: RwSignal::new(Rejected::new()),
        }
    }

    /// What stands in the form; follows changes.
    pub fn draft(&self) -> AskDraft {
        AskDraft {
            topic: self.topic.get(),
            subject: self.subject.get(),
            body: self.body.get(),
            priority: self.priority.get(),
            affected: self.affected.get(),
            language: self.language.get(),
            chat: self.chat.get(),
            call: self.call.draft(),
            files: self.files.get(),
            key: self.key.get(),
            sending: self.sending.get(),
        }
    }

    /// The draft as JSON for the device, or nothing worth keeping.
    pub fn snapshot(&self) -> Option<String> {
        let draft = self.draft();
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    }

    /// Throws everything away, here and on the device.
    pub fn clear(&self, keeper: Keeper) {
        self.empty();
        keeper.erase();
    }

    /// Begins anew, in the language that was chosen.
    pub fn empty(&self) {
        let language = self.language.try_get_untracked().unwrap_or_default();
        self.put(AskDraft { key: random::uuid(), language, ..AskDraft::default() });
    }

    /// Takes what another tab has typed.
    pub fn put(&self, draft: AskDraft) {
        self.topic.set(draft.topic);
        self.subject.set(draft.subject);
        self.body.set(draft.body);
        self.priority.set(draft.priority);
        self.affected.set(draft.affected);
        self.language.set(draft.language);
        self.chat.set(draft.chat);
        self.call.put(draft.call);
        self.files.set(draft.files);
        self.key.set(draft.key);
        self.sending.set(draft.sending);
        self.rejected.set(Rejected::new());
    }

    /// What stands here becomes a request of its own.
    pub fn part(&self) {
        self.key.set(random::uuid());
        self.sending.set(None);
    }

    /// What is wrong with `field`, in words; follows changes.
    pub fn error(&self, field: AskField, words: Words) -> Signal<Option<String>> {
        let rejected = self.rejected;
        Signal::derive(move || {
            rejected.with(|all| {
                let (_, refusal) = all.iter().find(|(rejected, _)| *rejected == field)?;
                Some(sentence(field, refusal, words))
            })
        })
    }

    /// What is wrong with the call; follows changes.
    pub fn call_rejected(&self) -> Signal<CallRejected> {
        let rejected = self.rejected;
        Signal::derive(move || {
            let of_call = |(field, refusal): &(AskField, AskRefusal)| match field {
                AskField::Call(field) => Some((*field, refusal.clone())),
                _ => None,
            };
            rejected.with(|all| all.iter().filter_map(of_call).collect())
        })
    }

    /// Everything that is wrong, for the summary on top; follows changes.
    pub fn errors(&self, words: Words) -> Signal<Vec<(&'static str, String)>> {
        let rejected = self.rejected;
        Signal::derive(move || {
            rejected.with(|all| {
                all.iter().map(|(field, refusal)| (id_of(*field), sentence(*field, refusal, words))).collect()
            })
        })
    }
}

/// The id of a field's control; none for what belongs to no field.
pub fn id_of(field: AskField) -> &'static str {
    match field {
        AskField::Topic => "ask-topic",
        AskField::Subject => "ask-subject",
        AskField::Body => "ask-body",
        AskField::Priority => "ask-priority",
        AskField::Affected => "ask-affected",
        AskField::Language => "ask-language",
        AskField::Call(field) => call_form::id_of(field),
        AskField::Files => "ask-files",
        AskField::Elsewhere => "",
    }
}

fn sentence(field: AskField, refusal: &AskRefusal, words: Words) -> String {
    if let AskField::Call(field) = field {
        return call_form::sentence(field, refusal, words);
    }
    match refusal {
        AskRefusal::Missing => words.text(match field {
            AskField::Topic => w::ERROR_TOPIC_MISSING,
            AskField::Subject => w::ERROR_SUBJECT_MISSING,
            AskField::Body => w::ERROR_BODY_MISSING,
            AskField::Priority => w::ERROR_PRIORITY_MISSING,
            AskField::Affected => w::ERROR_AFFECTED,
            AskField::Language => w::ERROR_LANGUAGE_MISSING,
            AskField::Files => w::ATTACH_WAIT,
            AskField::Call(_) | AskField::Elsewhere => w::ERROR_INVALID_SILENT,
        }),
        AskRefusal::TooLong(by) => words.count(w::ERROR_TOO_LONG, u64::try_from(*by).unwrap_or(u64::MAX)),
        AskRefusal::Unprintable => words.text(w::ERROR_UNPRINTABLE),
        AskRefusal::NotAFigure => words.text(w::ERROR_AFFECTED),
        AskRefusal::Said(text) if field == AskField::Elsewhere => {
            words.text_with(w::ERROR_INVALID, &[("detail", text.clone())])
        }
        AskRefusal::Said(text) => text.clone(),
    }
}

/// The language of the answer that fits most: the panel's own if support has it, else the nearest
/// that support names (FACTS.md, "Languages of support").
pub fn likely_language(settings: &Settings, panel: &str) -> Option<Language> {
    let languages = languages(settings);
    let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
    languages
        .iter()
        .find(|language| primary(language.as_str()) == primary(panel))
        .or_else(|| languages.iter().find(|language| primary(language.as_str()) == "en"))
        .or_else(|| languages.first())
        .cloned()
}

/// The languages in which support answers messages.
pub fn languages(settings: &Settings) -> Vec<Language> {
    languages_of(settings, Channel::Message)
}

/// The languages in which support answers in this way.
pub fn languages_of(settings: &Settings, channel: Channel) -> Vec<Language> {
    settings.channel(channel).map(|channel| channel.languages.clone()).unwrap_or_default()
}
