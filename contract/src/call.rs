//! Call-backs: an agent of support calls the admin; nobody can call the agents (seed 000).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::settings::PhoneSettings;
use crate::text::{ConsentWords, PhoneText, Reason};
use crate::time::Span;
use crate::{Kind, Person, PersonId, PersonRef, RequestState, Right, Timestamp, Topic, Version};

/// How long a window for a call is.
pub const WINDOW: Span = Span::hours(1);
/// How long before its beginning a window is offered at the latest.
pub const NOTICE: Span = Span::minutes(30);
/// How far ahead windows are offered.
pub const AHEAD: Span = Span::days(14);
/// How many windows are offered at the most.
pub const OFFERED_MAX: usize = 60;

/// A span of time in which something is open, or in which support calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Window {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, which is no part of it.
    pub to: Timestamp,
}

/// A country by its two letters (ISO 3166-1): `FR`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, example = "FR", pattern = "^[A-Za-z]{2}$"))]
pub struct Country(String);

/// Why a text is not a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Write the country as two letters such as FR")]
pub struct NotACountry;

impl Country {
    /// Its letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Country {
    type Err = NotACountry;

    fn from_str(text: &str) -> Result<Self, NotACountry> {
        let is_country = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
        if is_country { Ok(Self(text.to_ascii_uppercase())) } else { Err(NotACountry) }
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Country {
    fn deserialize<D: serde::Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let text = String::deserialize(source)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// A country that support calls, with what its numbers begin with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallingCode {
    /// Which.
    pub country: Country,
    /// What its numbers begin with behind `+`.
    pub code: u16,
}

/// What `GET /api/calls/offer` answers: when support can call, and where.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallOffer {
    /// The windows to choose from, the earliest first.
    pub windows: Vec<Window>,
    /// The countries whose numbers are known.
    pub countries: Vec<CallingCode>,
}

/// A call that is asked for, with a new request or later.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCall {
    /// The number, as people write it.
    pub number: PhoneText,
    /// The country of a number that doesn't begin with `+`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// When the window begins: one of those that are offered.
    pub from: Timestamp,
    /// The words by which the person allows the recording, exactly as they were shown; none when they refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<ConsentWords>,
}

/// Where a call-back stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CallState {
    /// It was asked for.
    Asked,
    /// It was asked for, and another window was chosen since.
    Moved,
    /// An agent is calling.
    Started,
    /// They have spoken.
    Done,
    /// Nobody answered; the person chooses another window.
    Missed,
    /// It was called off.
    Cancelled,
    /// The person took back the permission to record, so there is no call.
    Withdrawn,
}

/// What can be done about a call-back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CallAct {
    /// Choose another window.
    Move,
    /// Call it off.
    Cancel,
    /// Take back the permission to record.
    Withdraw,
    /// An agent begins to call.
    Start,
    /// An agent has spoken with the person.
    Done,
    /// Nobody answered the agent.
    Missed,
}

impl CallState {
    /// All states.
    pub const ALL: [Self; 7] =
        [Self::Asked, Self::Moved, Self::Started, Self::Done, Self::Missed, Self::Cancelled, Self::Withdrawn];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Moved => "moved",
            Self::Started => "started",
            Self::Done => "done",
            Self::Missed => "missed",
            Self::Cancelled => "cancelled",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// Whether nothing more comes of it: the number is not needed any more.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Cancelled | Self::Withdrawn)
    }

    /// Whether an agent will call.
    pub const fn is_expected(self) -> bool {
        matches!(self, Self::Asked | Self::Moved)
    }

    /// Where it stands after an act.
    ///
    /// # Errors
    /// Why the act is not possible as it stands.
    pub const fn after(self, act: CallAct) -> Result<Self, CallRefusal> {
        match (act, self) {
            (_, Self::Done | Self::Cancelled | Self::Withdrawn) => Err(CallRefusal::Over),
            (CallAct::Move | CallAct::Cancel | CallAct::Withdraw, Self::Started) => Err(CallRefusal::Started),
            (CallAct::Move, Self::Asked | Self::Moved | Self::Missed) => Ok(Self::Moved),
            (CallAct::Cancel, Self::Asked | Self::Moved | Self::Missed) => Ok(Self::Cancelled),
            (CallAct::Withdraw, Self::Asked | Self::Moved | Self::Missed) => Ok(Self::Withdrawn),
            (CallAct::Start, Self::Asked | Self::Moved) => Ok(Self::Started),
            (CallAct::Start, Self::Started) => Err(CallRefusal::Started),
            (CallAct::Start, Self::Missed) => Err(CallRefusal::NoNewTime),
            (CallAct::Done, Self::Started) => Ok(Self::Done),
            (CallAct::Missed, Self::Started) => Ok(Self::Missed),
            (CallAct::Done | CallAct::Missed, Self::Asked | Self::Moved | Self::Missed) => {
                Err(CallRefusal::NotStarted)
            }
        }
    }
}

impl CallAct {
    /// All acts.
    pub const ALL: [Self; 6] =
        [Self::Move, Self::Cancel, Self::Withdraw, Self::Start, Self::Done, Self::Missed];

    /// Whether something has to be said about it: what came of the call goes into the thread.
    pub const fn needs_note(self) -> bool {
        matches!(self, Self::Done)
    }
}

/// What `PATCH /api/requests/{id}/call` takes. `If-Match` is the version of the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallChange {
    /// What is done.
    pub act: CallAct,
    /// For a move: when the new window begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// What came of it: needed when they have spoken, else as one likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Reason>,
}

/// The permission to record, as it was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Consent {
    /// The words that were shown.
    pub words: String,
    /// When it was given.
    pub at: Timestamp,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_at: Option<Timestamp>,
}

/// A call-back as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Call {
    /// Where it stands.
    pub state: CallState,
    /// When support calls.
    pub window: Window,
    /// Who is called; whoever asked gave the permission too.
    pub person: PersonRef,
    /// The number: in full for the person and for agents while it is needed, else its end alone.
    pub number: String,
    /// The word that the agent must say first; only for the person and for agents, while a call is to come.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// The permission to record, when it was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<Consent>,
    /// What `If-Match` compares.
    pub version: Version,
}

/// What `GET /api/requests/{id}/call` answers, and every change of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CallSheet {
    /// The newest call; none when nobody ever asked for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
}

/// Why something about a call is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CallRefusal {
    /// Neither an admin who contacts support nor an agent.
    #[error("Only admins with the right to contact support, and agents, can do this")]
    NotYours,
    /// Agents call, and say what came of it.
    #[error("Only agents of support can do this")]
    AgentsDo,
    /// Only the person who allowed the recording takes that back.
    #[error("Only the person who allowed the recording can withdraw the permission")]
    ConsentOfAnother,
    /// Nobody allowed a recording.
    #[error("No recording was allowed, so there is nothing to withdraw")]
    NoConsent,
    /// The operator has not switched calls on.
    #[error("Phone support is not switched on for your organization")]
    Off,
    /// One of the topics without phone support.
    #[error("There is no phone support for this topic")]
    Topic,
    /// The request is solved.
    #[error("Reopen the request before you ask for a call")]
    Solved,
    /// There is one already.
    #[error("A call is arranged already")]
    Arranged,
    /// The call has begun.
    #[error("The call has started already")]
    Started,
    /// It has not begun.
    #[error("Say first that you are calling")]
    NotStarted,
    /// Nothing more comes of it.
    #[error("This call is over")]
    Over,
    /// It was missed, and no other window was chosen yet.
    #[error("Nobody answered: wait until the person has chosen another time")]
    NoNewTime,
    /// The recording has to be allowed.
    #[error("Allow the recording, or ask by message")]
    ConsentMissing,
    /// The window is not offered.
    #[error("Choose one of the times that are offered")]
    Window,
    /// The agent must say what came of the call.
    #[error("Say what came of the call")]
    NoteMissing,
}

/// What is wrong with a number. The panel knows each by its English sentence and says it in the reader's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberRefusal {
    /// No digits, or more than digits.
    #[error("Write the number in digits, such as +33 6 12 34 56 78")]
    NotANumber,
    /// It has no country code, and no country was chosen.
    #[error("Choose the country, or begin the number with + and the country code")]
    NoCountry,
    /// The code behind `+` belongs to no country.
    #[error("No country has this code: check the digits after +")]
    UnknownCode,
    /// It has too few digits for its country.
    #[error("This number has too few digits for its country")]
    TooShort,
    /// It has too many digits for its country.
    #[error("This number has too many digits for its country")]
    TooLong,
    /// Its digits belong to nobody in that country.
    #[error("There is no such number in this country: check the digits")]
    Unassigned,
    /// Support doesn't call what costs, or what no person answers.
    #[error("Support can't call this kind of number: give a landline or a mobile number")]
    Kind,
}

impl NumberRefusal {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::NotANumber,
        Self::NoCountry,
        Self::UnknownCode,
        Self::TooShort,
        Self::TooLong,
        Self::Unassigned,
        Self::Kind,
    ];
}

/// Whether support calls back about a topic.
///
/// Seed 000: all topics but company management, billing, apps and integrations, and Safety Check.
pub const fn can_call_about(topic: &Topic) -> Result<(), CallRefusal> {
    if topic.phone { Ok(()) } else { Err(CallRefusal::Topic) }
}

/// Whether a call may be arranged as far as its recording goes.
///
/// Seed 000 makes the recording one of the steps, so a call needs it unless the operator says otherwise.
pub const fn can_record(phone: &PhoneSettings, is_allowed: bool) -> Result<(), CallRefusal> {
    if phone.recording.is_needed() && !is_allowed { Err(CallRefusal::ConsentMissing) } else { Ok(()) }
}

/// Whether `person` may ask for a call about a request that stands so.
pub fn can_ask_for_call(
    person: &Person,
    topic: &Topic,
    is_enabled: bool,
    state: RequestState,
    newest: Option<CallState>,
) -> Result<(), CallRefusal> {
    if !person.has(Right::Support) {
        return Err(CallRefusal::NotYours);
    }
    if !is_enabled {
        return Err(CallRefusal::Off);
    }
    can_call_about(topic)?;
    if state == RequestState::Solved {
        return Err(CallRefusal::Solved);
    }
    match newest {
        Some(call) if !call.is_over() => Err(CallRefusal::Arranged),
        Some(_) | None => Ok(()),
    }
}

/// Whether `person` may do `act`, and where the call stands then. `consent_by` is who allowed the recording.
///
/// Seed 000: agents call. COPY.md: the permission can be withdrawn until the call starts.
pub fn can_act(
    person: &Person,
    act: CallAct,
    state: CallState,
    consent_by: Option<&PersonId>,
) -> Result<CallState, CallRefusal> {
    match act {
        CallAct::Start | CallAct::Done | CallAct::Missed if person.kind != Kind::Agent => {
            return Err(CallRefusal::AgentsDo);
        }
        CallAct::Move | CallAct::Cancel | CallAct::Withdraw if !person.has(Right::Support) => {
            return Err(CallRefusal::NotYours);
        }
        CallAct::Withdraw => match consent_by {
            None => return Err(CallRefusal::NoConsent),
            Some(by) if *by != person.id => return Err(CallRefusal::ConsentOfAnother),
            Some(_) => {}
        },
        CallAct::Move | CallAct::Cancel | CallAct::Start | CallAct::Done | CallAct::Missed => {}
    }
    state.after(act)
}

/// Whether `person` may read the number in full and the word: the person who is called, and agents.
pub fn may_know(person: &Person, called: &PersonId) -> bool {
    person.kind == Kind::Agent || person.id == *called
}

/// The windows that are offered at `now`, cut from the hours in which support calls, the earliest first.
pub fn offered(open: &[Window], now: Timestamp) -> Vec<Window> {
    let (first, last) = (now.plus(NOTICE), now.plus(AHEAD));
    let mut windows = cut(open);
    windows.retain(|window| window.from >= first && window.from <= last);
    windows.truncate(OFFERED_MAX);
    windows
}

/// The window that begins at `from`, if support calls then and it has not begun at `now`. Whoever chose one of
/// the windows that were [`offered`] a while ago gets it, as long as it is still to come.
pub fn window_at(open: &[Window], from: Timestamp, now: Timestamp) -> Result<Window, CallRefusal> {
    let is_near = from >= now && from <= now.plus(AHEAD);
    let found = cut(open).into_iter().find(|window| window.from == from && is_near);
    found.ok_or(CallRefusal::Window)
}

/// Cuts hours into windows, none over another.
fn cut(open: &[Window]) -> Vec<Window> {
    let mut hours = open.to_vec();
    hours.sort_by_key(|span| (span.from, span.to));
    let mut windows = Vec::new();
    let mut taken = None::<Timestamp>;
    for span in hours {
        let mut from = taken.map_or(span.from, |taken| taken.max(span.from));
        while from.plus(WINDOW) <= span.to && from.plus(WINDOW) > from {
            let to = from.plus(WINDOW);
            windows.push(Window { from, to });
            taken = Some(to);
            from = to;
        }
    }
    windows
}

/// The number with all but its last two digits covered, for whoever needn't know it.
pub fn covered(number: &str) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    let cover = |sign: char| {
        if !sign.is_ascii_digit() {
            return sign;
        }
        seen += 1;
        if seen + 2 > digits { sign } else { '•' }
    };
    number.chars().map(cover).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Localized;
    use crate::settings::RecordingNeed;
    use crate::topic::WITHOUT_PHONE;

    fn person(kind: Kind, rights: &[Right]) -> Person {
        Person {
            id: "p1".parse().expect("an id"),
            name: "Awa Mbaye".to_owned(),
            email: "awa@acme.example".to_owned(),
            kind,
            rights: rights.to_vec(),
        }
    }

    fn time(minutes: i64) -> Timestamp {
        Timestamp::EPOCH.plus(Span::minutes(minutes))
    }

    fn span(from: i64, to: i64) -> Window {
        Window { from: time(from), to: time(to) }
    }

    fn topic(id: &str) -> Topic {
        Topic {
            id: id.parse().expect("an id"),
            name: Localized::default(),
            phone: !WITHOUT_PHONE.contains(&id),
        }
    }

    #[test]
    fn four_topics_have_no_phone_support() {
        for id in WITHOUT_PHONE {
            assert_eq!(can_call_about(&topic(id)), Err(CallRefusal::Topic), "{id}");
        }
        assert_eq!(can_call_about(&topic("video")), Ok(()));
    }

    #[test]
    fn a_call_needs_its_recording_unless_the_operator_says_otherwise() {
        let needed = PhoneSettings::default();
        assert_eq!(can_record(&needed, false), Err(CallRefusal::ConsentMissing));
        assert_eq!(can_record(&needed, true), Ok(()));
        let optional = PhoneSettings { recording: RecordingNeed::Optional, ..needed };
        assert_eq!(can_record(&optional, false), Ok(()));
    }

    #[test]
    fn only_admins_who_contact_support_ask_for_calls() {
        let ask = |person: &Person, newest| {
            can_ask_for_call(person, &topic("video"), true, RequestState::Open, newest)
        };
        let admin = person(Kind::Member, &[Right::Support]);
        assert_eq!(ask(&admin, None), Ok(()));
        for other in
            [person(Kind::Member, &[]), person(Kind::Member, &[Right::Audit]), person(Kind::Agent, &[])]
        {
            assert_eq!(ask(&other, None), Err(CallRefusal::NotYours));
        }
        assert_eq!(ask(&admin, Some(CallState::Missed)), Err(CallRefusal::Arranged));
        assert_eq!(ask(&admin, Some(CallState::Cancelled)), Ok(()));
        let off = can_ask_for_call(&admin, &topic("video"), false, RequestState::Open, None);
        assert_eq!(off, Err(CallRefusal::Off));
        let solved = can_ask_for_call(&admin, &topic("video"), true, RequestState::Solved, None);
        assert_eq!(solved, Err(CallRefusal::Solved));
        let billing = can_ask_for_call(&admin, &topic("billing"), true, RequestState::Open, None);
        assert_eq!(billing, Err(CallRefusal::Topic));
    }

    #[test]
    fn the_permission_is_withdrawn_by_its_person_until_the_call_starts() {
        let admin = person(Kind::Member, &[Right::Support]);
        let other: PersonId = "p2".parse().expect("an id");
        let withdraw = |state, by: Option<&PersonId>| can_act(&admin, CallAct::Withdraw, state, by);
        assert_eq!(withdraw(CallState::Asked, Some(&admin.id)), Ok(CallState::Withdrawn));
        assert_eq!(withdraw(CallState::Started, Some(&admin.id)), Err(CallRefusal::Started));
        assert_eq!(withdraw(CallState::Asked, Some(&other)), Err(CallRefusal::ConsentOfAnother));
        assert_eq!(withdraw(CallState::Asked, None), Err(CallRefusal::NoConsent));
    }

    #[test]
    fn agents_call_and_admins_arrange() {
        let (admin, agent) = (person(Kind::Member, &[Right::Support]), person(Kind::Agent, &[]));
        for act in [CallAct::Start, CallAct::Done, CallAct::Missed] {
            assert_eq!(can_act(&admin, act, CallState::Started, None), Err(CallRefusal::AgentsDo));
        }
        for act in [CallAct::Move, CallAct::Cancel, CallAct::Withdraw] {
            assert_eq!(can_act(&agent, act, CallState::Asked, None), Err(CallRefusal::NotYours));
        }
        assert_eq!(can_act(&agent, CallAct::Start, CallState::Asked, None), Ok(CallState::Started));
        assert_eq!(can_act(&agent, CallAct::Done, CallState::Asked, None), Err(CallRefusal::NotStarted));
    }

    #[test]
    fn hours_are_cut_into_windows() {
        let open = [span(540, 690)];
        assert_eq!(offered(&open, time(0)), [span(540, 600), span(600, 660)]);
        // Half an hour before is still early enough, a minute later is not.
        assert_eq!(offered(&open, time(510)), [span(540, 600), span(600, 660)]);
        assert_eq!(offered(&open, time(511)), [span(600, 660)]);
        assert_eq!(window_at(&open, time(540), time(511)), Ok(span(540, 600)));
        assert_eq!(window_at(&open, time(540), time(541)), Err(CallRefusal::Window));
        assert_eq!(window_at(&open, time(570), time(0)), Err(CallRefusal::Window));
    }

    #[test]
    fn a_covered_number_shows_its_end_alone() {
        assert_eq!(covered("+33 6 12 34 56 78"), "+•• • •• •• •• 78");
        assert_eq!(covered(""), "");
    }

    #[test]
    fn every_word_of_a_state_is_read() {
        for state in CallState::ALL {
            assert_eq!(CallState::parse(state.as_str()), Some(state));
            let json = serde_json::to_string(&state).expect("json");
            assert_eq!(json, format!("\"{}\"", state.as_str()));
        }
    }

    fn spans() -> impl Strategy<Value = Vec<Window>> {
        let one = (0i64..20_000, 0i64..1_000).prop_map(|(from, long)| span(from, from + long));
        proptest::collection::vec(one, 0..12)
    }

    proptest! {
        #[test]
        fn windows_lie_within_the_hours_and_never_over_each_other(open in spans(), now in 0i64..20_000) {
            let windows = offered(&open, time(now));
            for window in &windows {
                prop_assert_eq!(window.to.since(window.from), WINDOW);
                prop_assert!(window.from.since(time(now)) >= NOTICE);
                prop_assert!(open.iter().any(|span| span.from <= window.from && window.to <= span.to));
                prop_assert_eq!(window_at(&open, window.from, time(now)), Ok(*window));
            }
            for pair in windows.windows(2) {
                prop_assert!(pair[0].to <= pair[1].from);
            }
        }

        #[test]
        fn what_is_over_stays_over(acts in proptest::collection::vec(0usize..6, 0..20)) {
            let mut state = CallState::Asked;
            let mut has_started = false;
            for act in acts {
                let next = state.after(CallAct::ALL[act]);
                if state.is_over() {
                    prop_assert_eq!(next, Err(CallRefusal::Over));
                }
                if let Ok(next) = next {
                    // Nobody has spoken, or was missed, before an agent called.
                    prop_assert!(!matches!(next, CallState::Done | CallState::Missed) || has_started);
                    has_started |= next == CallState::Started;
                    state = next;
                }
            }
        }

        #[test]
        fn a_covered_number_tells_two_digits_at_the_most(number in "[+0-9 ()-]{0,30}") {
            prop_assert!(covered(&number).chars().filter(char::is_ascii_digit).count() <= 2);
        }
    }
}
