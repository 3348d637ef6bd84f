//! What stands in the part of a form that asks for a call, and what is wrong with it in words.

use frontdesk_contract::Settings;
use frontdesk_contract::call::{CallRefusal, NumberRefusal};
use leptos::prelude::*;

use crate::browser::{intl, page, random};
use crate::domain::ask::AskRefusal;
use crate::domain::call::{CallDraft, CallField};
use crate::i18n::{Words, keys as w};

/// The fields.
#[derive(Clone, Copy)]
pub struct CallForm {
    /// *Request phone support*.
    pub wanted: RwSignal<bool>,
    /// *Allow recording*.
    pub recording: RwSignal<bool>,
    /// The letters of the country.
    pub country: RwSignal<String>,
    /// The number.
    pub number: RwSignal<String>,
    /// The beginning of the window.
    pub from: RwSignal<String>,
    /// The key of the call where it is asked for by itself.
    pub key: RwSignal<String>,
}

impl CallForm {
    /// The part as it was left. Nothing is switched on by itself.
    pub fn of(draft: CallDraft) -> Self {
        // The browser's own country is most often the right one; the person sees and changes it.
        let country =
            if draft.country.is_empty() { page::region().unwrap_or_default() } else { draft.country };
        Self {
            wanted: RwSignal::new(draft.wanted),
            recording: RwSignal::new(draft.recording),
            country: RwSignal::new(country),
            number: RwSignal::new(draft.number),
            from: RwSignal::new(draft.from),
            key: RwSignal::new(if draft.key.is_empty() { random::uuid() } else { draft.key }),
        }
    }

    /// What stands in it; follows changes.
    pub fn draft(&self) -> CallDraft {
        CallDraft {
            wanted: self.wanted.get(),
            recording: self.recording.get(),
            country: self.country.get(),
            number: self.number.get(),
            from: self.from.get(),
            key: self.key.get(),
        }
    }

    /// Takes what another tab has typed.
    pub fn put(&self, draft: CallDraft) {
        self.wanted.set(draft.wanted);
        self.recording.set(draft.recording);
        self.country.set(draft.country);
        self.number.set(draft.number);
        self.from.set(draft.from);
        self.key.set(draft.key);
    }
}

/// The words by which the recording is allowed, as they are shown and sent.
pub fn consent(settings: &Settings, words: Words) -> String {
    let company = settings.phone.company.clone().unwrap_or_else(|| settings.service.clone());
    let allowed = words.text_with(w::PHONE_CONSENT, &[("company", company)]);
    match settings.phone.recording_days {
        Some(days) => {
            let kept = words.count_with(
                w::PHONE_CONSENT_KEPT,
                u64::from(days),
                &[("days", intl::number(u64::from(days), &words.language()))],
            );
            format!("{allowed} {kept}")
        }
        None => allowed,
    }
}

/// The id of a field's control.
pub fn id_of(field: CallField) -> &'static str {
    match field {
        CallField::Recording => "call-recording",
        CallField::Country => "call-country",
        CallField::Number => "call-number",
        CallField::Window => "call-window",
    }
}

/// What is wrong with a field, in words.
pub fn sentence(field: CallField, refusal: &AskRefusal, words: Words) -> String {
    match (field, refusal) {
        (CallField::Number, AskRefusal::Missing) => words.text(w::ERROR_PHONE_MISSING),
        (CallField::Number, AskRefusal::Said(detail)) => match number_refusal(detail) {
            Some(refusal) => words.text(number_key(refusal)),
            None => detail.clone(),
        },
        (CallField::Number, _) => words.text(w::ERROR_PHONE_DIGITS),
        (CallField::Country, _) => words.text(w::ERROR_PHONE_COUNTRY),
        (CallField::Window, _) => words.text(w::ERROR_CALL_WINDOW),
        (CallField::Recording, _) => words.text(w::PHONE_CONSENT_EFFECT),
    }
}

/// The backend says in English what is wrong with a number; each sentence stands for one cause.
fn number_refusal(detail: &str) -> Option<NumberRefusal> {
    NumberRefusal::ALL.into_iter().find(|refusal| refusal.to_string() == detail)
}

fn number_key(refusal: NumberRefusal) -> crate::i18n::Key {
    match refusal {
        NumberRefusal::NotANumber => w::ERROR_PHONE_DIGITS,
        NumberRefusal::NoCountry => w::ERROR_PHONE_COUNTRY,
        NumberRefusal::UnknownCode => w::ERROR_PHONE_CODE,
        NumberRefusal::TooShort => w::ERROR_PHONE_SHORT,
        NumberRefusal::TooLong => w::ERROR_PHONE_LONG,
        NumberRefusal::Unassigned => w::ERROR_PHONE_UNASSIGNED,
        NumberRefusal::Kind => w::ERROR_PHONE_KIND,
    }
}

/// The sentence for why something about a call isn't possible.
pub fn refusal_text(refusal: CallRefusal, words: Words) -> String {
    words.text(match refusal {
        CallRefusal::NotYours | CallRefusal::AgentsDo => w::ERROR_FORBIDDEN,
        CallRefusal::ConsentOfAnother => w::REFUSAL_CALL_CONSENT,
        CallRefusal::Off => w::REFUSAL_CALL_OFF,
        CallRefusal::Topic => w::PHONE_EXCLUDED,
        CallRefusal::Solved => w::REFUSAL_CALL_SOLVED,
        CallRefusal::Arranged => w::REFUSAL_CALL_ARRANGED,
        CallRefusal::Started => w::REFUSAL_CALL_STARTED,
        CallRefusal::NotStarted => w::REFUSAL_CALL_NOT_STARTED,
        CallRefusal::Over => w::REFUSAL_CALL_OVER,
        CallRefusal::NoNewTime => w::REFUSAL_CALL_MISSED,
        CallRefusal::NoConsent | CallRefusal::ConsentMissing => w::PHONE_CONSENT_EFFECT,
        CallRefusal::Window => w::ERROR_CALL_WINDOW,
        CallRefusal::NoteMissing => w::ERROR_CALL_NOTE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_about_a_number_is_known() {
        for refusal in NumberRefusal::ALL {
            assert_eq!(number_refusal(&refusal.to_string()), Some(refusal));
        }
        assert_eq!(number_refusal("Something else"), None);
    }
}
