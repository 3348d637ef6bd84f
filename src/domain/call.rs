//! The part of a form that asks for a call: from what was typed to what is sent.

use frontdesk_contract::FieldError;
use frontdesk_contract::call::NewCall;
use frontdesk_contract::text::PhoneText;
use serde::{Deserialize, Serialize};

use crate::domain::ask::AskRefusal;

/// What was typed so far. It is kept while no call is wanted too, in case one changes the topic or one's mind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CallDraft {
    /// Whether *Request phone support* is on.
    pub wanted: bool,
    /// Whether *Allow recording* is on.
    pub recording: bool,
    /// The letters of the country.
    pub country: String,
    /// The number, as typed.
    pub number: String,
    /// The beginning of the window, as the wire writes it.
    pub from: String,
    /// The `Idempotency-Key` where the call is asked for by itself, on the request's page.
    pub key: String,
}

/// A field of the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallField {
    /// The permission to record.
    Recording,
    /// The country.
    Country,
    /// The number.
    Number,
    /// The window.
    Window,
}

/// What is wrong, in the order of the form.
pub type CallRejected = Vec<(CallField, AskRefusal)>;

impl CallDraft {
    /// Whether there is nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        self.number.trim().is_empty()
    }

    /// Checks what can be checked here; the backend knows the numbers. `consent` is what was shown beside the
    /// switch that allows the recording.
    ///
    /// # Errors
    /// Every field that is missing or wrong, in the order of the form.
    pub fn check(&self, consent: &str) -> Result<NewCall, CallRejected> {
        let mut rejected = CallRejected::new();
        let number = self.number.parse::<PhoneText>();
        let from = self.from.parse();
        if let Err(refusal) = number {
            rejected.push((CallField::Number, refusal.into()));
        }
        if from.is_err() {
            rejected.push((CallField::Window, AskRefusal::Missing));
        }
        match (number, from) {
            (Ok(number), Ok(from)) => Ok(NewCall {
                number,
                country: self.country.parse().ok(),
                from,
                consent: if self.recording { consent.parse().ok() } else { None },
            }),
            _ => Err(rejected),
        }
    }
}

/// The field that the backend points at, below `place`.
pub fn field_at(pointer: &str, place: &str) -> Option<CallField> {
    match pointer.strip_prefix(place)? {
        "/number" => Some(CallField::Number),
        "/country" => Some(CallField::Country),
        "/from" => Some(CallField::Window),
        "/consent" => Some(CallField::Recording),
        _ => None,
    }
}

/// Puts what the backend said beside the fields; none if it spoke of something else.
pub fn said_by_backend(errors: &[FieldError]) -> Option<CallRejected> {
    let said =
        |error: &FieldError| Some((field_at(&error.pointer, "")?, AskRefusal::Said(error.detail.clone())));
    let said: CallRejected = errors.iter().map(said).collect::<Option<_>>()?;
    (!said.is_empty()).then_some(said)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> CallDraft {
        CallDraft {
            wanted: true,
            recording: true,
            country: "FR".to_owned(),
            number: " 06 12 34 56 78 ".to_owned(),
            from: "2026-11-23T10:00:00.000Z".to_owned(),
            key: String::new(),
        }
    }

    #[test]
    fn the_words_that_were_shown_are_sent_with_the_call() {
        let call = draft().check("I allow it.").expect("a call");
        assert_eq!(call.consent.map(|words| words.to_string()).as_deref(), Some("I allow it."));
        assert_eq!(call.number.as_str(), "06 12 34 56 78");
        let refused = CallDraft { recording: false, ..draft() }.check("I allow it.").expect("a call");
        assert_eq!(refused.consent, None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let rejected = CallDraft::default().check("I allow it.").expect_err("nothing was typed");
        assert_eq!(
            rejected,
            [(CallField::Number, AskRefusal::Missing), (CallField::Window, AskRefusal::Missing)]
        );
    }

    #[test]
    fn the_backends_words_go_to_their_field() {
        let error = |pointer: &str| FieldError { pointer: pointer.to_owned(), detail: "No".to_owned() };
        let said = said_by_backend(&[error("/number"), error("/from")]).expect("words");
        assert_eq!(said.len(), 2);
        assert_eq!(said_by_backend(&[error("/number"), error("/surprise")]), None);
        assert_eq!(said_by_backend(&[]), None);
        assert_eq!(field_at("/call/consent", "/call"), Some(CallField::Recording));
    }
}
