//! The form of *Ask a question*: from what was typed to what is sent.

use frontdesk_contract::call::{can_call_about, can_record};
use frontdesk_contract::request::{Affected, NewRequest};
use frontdesk_contract::settings::ChannelSettings;
use frontdesk_contract::text::TextRefusal;
use frontdesk_contract::{Body, Channel, FieldError, Language, Priority, Settings, Subject, TopicId};
use serde::{Deserialize, Serialize};

use crate::domain::attached::{self, AttachedFile};
use crate::domain::call::{CallDraft, CallField, field_at};

/// What was typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AskDraft {
    /// The id of the topic.
    pub topic: String,
    /// In one sentence.
    pub subject: String,
    /// What happened.
    pub body: String,
    /// The word of the priority.
    pub priority: String,
    /// How many people are touched, as typed: `12` or `5 %`.
    pub affected: String,
    /// The tag of the language of the answer.
    pub language: String,
    /// Whether it is asked by chat: the second door.
    pub chat: bool,
    /// The call that is asked for with it.
    pub call: CallDraft,
    /// The files that go with it.
    pub files: Vec<AttachedFile>,
    /// The `Idempotency-Key` of the request that this draft becomes, made when the draft begins, so
    /// that a second tab, a reload and a lost answer never make a second request.
    pub key: String,
    /// What was sent first with the key, while nobody knows whether it arrived.
    pub sending: Option<NewRequest>,
}

/// A field of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskField {
    /// The topic.
    Topic,
    /// The sentence.
    Subject,
    /// What happened.
    Body,
    /// The priority.
    Priority,
    /// How many people.
    Affected,
    /// The language of the answer.
    Language,
    /// The call.
    Call(CallField),
    /// The files.
    Files,
    /// None of them: what the backend refused is nothing that was typed here.
    Elsewhere,
}

/// What is wrong with a field; the panel has a sentence for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskRefusal {
    /// Nothing was chosen or typed.
    Missing,
    /// Too long by this many characters.
    TooLong(usize),
    /// Characters that can't be shown.
    Unprintable,
    /// Neither a number of people nor a share.
    NotAFigure,
    /// The backend said it in its own words.
    Said(String),
}

impl From<TextRefusal> for AskRefusal {
    fn from(refusal: TextRefusal) -> Self {
        match refusal {
            TextRefusal::Empty => Self::Missing,
            TextRefusal::TooLong(by) => Self::TooLong(by),
            TextRefusal::Unprintable => Self::Unprintable,
        }
    }
}

/// What is wrong, in the order of the form.
pub type Rejected = Vec<(AskField, AskRefusal)>;

impl AskDraft {
    /// Whether there is anything worth keeping.
    pub fn is_empty(&self) -> bool {
        let typed = [&self.subject, &self.body, &self.affected];
        typed.iter().all(|text| text.trim().is_empty())
            && self.call.is_empty()
            && self.files.is_empty()
            && self.sending.is_none()
    }

    /// Whether a call is sent with it: it is wanted, there is phone support for the topic, and the recording is
    /// allowed where it has to be. Otherwise support answers by message.
    fn has_call(&self, settings: &Settings) -> bool {
        let topic = self.topic(settings).and_then(|id| settings.topic(&id));
        self.call.wanted
            && !self.chat
            && settings.channel(Channel::Phone).is_some_and(|channel| channel.enabled)
            && topic.is_none_or(|topic| can_call_about(topic).is_ok())
            && can_record(&settings.phone, self.call.recording).is_ok()
    }

    /// In which way support answers.
    pub fn channel(&self, settings: &Settings) -> Channel {
        match (self.chat, self.has_call(settings)) {
            (true, _) => Channel::Chat,
            (false, true) => Channel::Phone,
            (false, false) => Channel::Message,
        }
    }

    /// The language of the answer, if support speaks it there.
    fn language(&self, spoken: Option<&ChannelSettings>) -> Option<Language> {
        let language = self.language.parse().ok()?;
        spoken.is_none_or(|channel| channel.takes(&language)).then_some(language)
    }

    /// Checks every field; the only way to get what is sent. `consent` is what was shown beside *Allow recording*.
    ///
    /// # Errors
    /// Every field that is missing or wrong, in the order of the form.
    pub fn check(&self, settings: &Settings, consent: &str) -> Result<NewRequest, Rejected> {
        let mut rejected = Rejected::new();
        let topic = self.topic(settings);
        let subject = self.subject.parse::<Subject>();
        let body = self.body.parse::<Body>();
        let priority = Priority::parse(&self.priority);
        let affected = parse_affected(&self.affected);
        let channel = self.channel(settings);
        let language = self.language(settings.channel(channel));
        if topic.is_none() {
            rejected.push((AskField::Topic, AskRefusal::Missing));
        }
        if let Err(refusal) = subject {
            rejected.push((AskField::Subject, refusal.into()));
        }
        if let Err(refusal) = body {
            rejected.push((AskField::Body, refusal.into()));
        }
        if priority.is_none() {
            rejected.push((AskField::Priority, AskRefusal::Missing));
        }
        if affected.is_err() {
            rejected.push((AskField::Affected, AskRefusal::NotAFigure));
        }
        if language.is_none() {
            rejected.push((AskField::Language, AskRefusal::Missing));
        }
        let call = (channel == Channel::Phone).then(|| self.call.check(consent)).transpose();
        if let Err(refusals) = &call {
            let of_form =
                |(field, refusal): &(CallField, AskRefusal)| (AskField::Call(*field), refusal.clone());
            rejected.extend(refusals.iter().map(of_form));
        }
        let uploads = attached::arrived(&self.files);
        if uploads.is_none() {
            rejected.push((AskField::Files, AskRefusal::Missing));
        }
        match (topic, subject, body, priority, affected, language, call, uploads) {
            (
                Some(topic),
                Ok(subject),
                Ok(body),
                Some(priority),
                Ok(affected),
                Some(language),
                Ok(call),
                Some(uploads),
            ) => Ok(NewRequest {
                topic,
                subject,
                body,
                priority,
                channel,
                language,
                affected,
                call,
                follows: None,
                uploads,
            }),
            _ => Err(rejected),
        }
    }

    fn topic(&self, settings: &Settings) -> Option<TopicId> {
        let id = self.topic.parse().ok()?;
        settings.topic(&id).map(|topic| topic.id.clone())
    }
}

/// Reads a number of people (`12`, `1 200`) or a share of all (`5 %`, `5%`); nothing is fine too.
fn parse_affected(text: &str) -> Result<Option<Affected>, ()> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '\'' | '’')).collect();
    if text.is_empty() {
        return Ok(None);
    }
    let affected = match text.strip_suffix('%') {
        Some(share) => share.parse().map(Affected::Percent).map_err(|_| ())?,
        None => text.parse().map(Affected::People).map_err(|_| ())?,
    };
    if affected.is_possible() { Ok(Some(affected)) } else { Err(()) }
}

/// Puts what the backend said about fields beside them; never nothing, so that no refusal is silent.
pub fn said_by_backend(errors: &[FieldError]) -> Rejected {
    if errors.is_empty() {
        return vec![(AskField::Elsewhere, AskRefusal::Missing)];
    }
    errors
        .iter()
        .map(|error| {
            let field = match error.pointer.as_str() {
                "/topic" => AskField::Topic,
                "/subject" => AskField::Subject,
                "/body" => AskField::Body,
                "/priority" => AskField::Priority,
                "/language" => AskField::Language,
                pointer if pointer.starts_with("/affected") => AskField::Affected,
                pointer => field_at(pointer, "/call").map_or(AskField::Elsewhere, AskField::Call),
            };
            (field, AskRefusal::Said(error.detail.clone()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use frontdesk_contract::settings::{
        ChannelSettings, Limits, Links, PhoneSettings, PromiseByPriority, ReportSettings,
    };
    use frontdesk_contract::upload::UploadSettings;
    use frontdesk_contract::{Localized, Topic};

    use super::*;

    const CONSENT: &str = "I allow Workplace to record this support call.";

    fn settings() -> Settings {
        let topic = Topic { id: "video".parse().expect("an id"), name: Localized::default(), phone: true };
        let billing = Topic { id: "billing".parse().expect("an id"), phone: false, ..topic.clone() };
        let phone = ChannelSettings {
            channel: Channel::Phone,
            enabled: true,
            languages: vec!["fr".parse().expect("a language")],
            hours: Vec::new(),
            time_zone: "Europe/Paris".to_owned(),
            holidays: Vec::new(),
            first_answer_minutes: None,
            first_answer_minutes_by_priority: PromiseByPriority::default(),
        };
        Settings {
            organization: "Acme".to_owned(),
            service: "Workplace".to_owned(),
            topics: vec![topic, billing],
            channels: vec![phone],
            phone: PhoneSettings::default(),
            limits: Limits::default(),
            links: Links::default(),
            resources: Vec::new(),
            priority_examples: Vec::new(),
            uploads: UploadSettings::default(),
            reports: ReportSettings::default(),
            mail: false,
        }
    }

    fn filled() -> AskDraft {
        AskDraft {
            topic: "video".to_owned(),
            subject: " Uploads stop ".to_owned(),
            body: "At 90 %.".to_owned(),
            priority: "medium".to_owned(),
            affected: "5 %".to_owned(),
            language: "fr".to_owned(),
            chat: false,
            call: CallDraft::default(),
            files: Vec::new(),
            key: "k".to_owned(),
            sending: None,
        }
    }

    #[test]
    fn a_filled_form_becomes_a_request() {
        let request = filled().check(&settings(), CONSENT).expect("a request");
        assert_eq!(request.subject.as_str(), "Uploads stop");
        assert_eq!(request.affected, Some(Affected::Percent(5)));
    }

    #[test]
    fn a_file_on_its_way_is_waited_for() {
        let upload = crate::domain::upload::Upload { size: 10, address: None, offset: 0 };
        let file = AttachedFile { id: "1".to_owned(), name: "desk.png".to_owned(), upload };
        let draft = AskDraft { files: vec![file], ..filled() };
        assert_eq!(draft.check(&settings(), CONSENT), Err(vec![(AskField::Files, AskRefusal::Missing)]));
    }

    fn with_call() -> AskDraft {
        let call = CallDraft {
            wanted: true,
            recording: true,
            country: "FR".to_owned(),
            number: "06 12 34 56 78".to_owned(),
            from: "2026-11-23T10:00:00.000Z".to_owned(),
            key: String::new(),
        };
        AskDraft { call, ..filled() }
    }

    #[test]
    fn a_call_is_asked_for_with_the_words_that_were_shown() {
        let request = with_call().check(&settings(), CONSENT).expect("a request");
        assert_eq!(request.channel, Channel::Phone);
        let consent = request.call.and_then(|call| call.consent).map(|words| words.to_string());
        assert_eq!(consent.as_deref(), Some(CONSENT));
    }

    #[test]
    fn without_permission_or_phone_support_it_is_a_message() {
        let mut refused = with_call();
        refused.call.recording = false;
        let billing = AskDraft { topic: "billing".to_owned(), ..with_call() };
        let mut unwanted = with_call();
        unwanted.call.wanted = false;
        for draft in [refused, billing, unwanted] {
            let request = draft.check(&settings(), CONSENT).expect("a request");
            assert_eq!((request.channel, request.call), (Channel::Message, None));
            assert!(!draft.call.is_empty(), "the number is kept");
        }
    }

    #[test]
    fn a_call_is_in_a_language_of_the_phone() {
        let draft = AskDraft { language: "ja".to_owned(), ..with_call() };
        let rejected = draft.check(&settings(), CONSENT).expect_err("nobody speaks it");
        assert_eq!(rejected, [(AskField::Language, AskRefusal::Missing)]);
    }

    #[test]
    fn the_second_door_leads_to_a_chat() {
        let draft = AskDraft { chat: true, ..with_call() };
        let request = draft.check(&settings(), CONSENT).expect("a request");
        assert_eq!((request.channel, request.call), (Channel::Chat, None));
    }

    #[test]
    fn a_call_without_a_number_is_asked_for_it() {
        let mut draft = with_call();
        draft.call.number = String::new();
        let rejected = draft.check(&settings(), CONSENT).expect_err("no number");
        assert_eq!(rejected, [(AskField::Call(CallField::Number), AskRefusal::Missing)]);
    }

    #[test]
    fn an_empty_form_names_every_field_in_order() {
        let rejected = AskDraft::default().check(&settings(), CONSENT).expect_err("nothing was typed");
        let fields: Vec<_> = rejected.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            [AskField::Topic, AskField::Subject, AskField::Body, AskField::Priority, AskField::Language]
        );
    }

    #[test]
    fn a_topic_that_is_gone_is_asked_again() {
        let draft = AskDraft { topic: "fax".to_owned(), ..filled() };
        assert_eq!(draft.check(&settings(), CONSENT), Err(vec![(AskField::Topic, AskRefusal::Missing)]));
    }

    #[track_caller]
    fn check_affected(text: &str, expected: Result<Option<Affected>, ()>) {
        assert_eq!(parse_affected(text), expected, "{text:?}");
    }

    #[test]
    fn people_are_counted_or_shared() {
        check_affected("", Ok(None));
        check_affected("1\u{202f}200", Ok(Some(Affected::People(1200))));
        check_affected("100 %", Ok(Some(Affected::Percent(100))));
        for text in ["0", "101 %", "0%", "-1", "some", "5 % of all", "99999999999"] {
            check_affected(text, Err(()));
        }
    }

    #[test]
    fn the_backends_words_go_to_their_field() {
        let said = |pointer: &str| {
            said_by_backend(&[FieldError { pointer: pointer.to_owned(), detail: "No".to_owned() }])
        };
        assert_eq!(said("/affected/people"), [(AskField::Affected, AskRefusal::Said("No".to_owned()))]);
    }

    #[test]
    fn no_refusal_is_silent() {
        let number = FieldError { pointer: "/call/number".to_owned(), detail: "Too short".to_owned() };
        let said = AskRefusal::Said("Too short".to_owned());
        assert_eq!(said_by_backend(&[number]), [(AskField::Call(CallField::Number), said)]);
        let strange = FieldError { pointer: "/channel".to_owned(), detail: "No calls".to_owned() };
        assert_eq!(
            said_by_backend(&[strange]),
            [(AskField::Elsewhere, AskRefusal::Said("No calls".to_owned()))]
        );
        assert_eq!(said_by_backend(&[]), [(AskField::Elsewhere, AskRefusal::Missing)]);
    }
}
