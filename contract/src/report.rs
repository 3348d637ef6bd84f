//! Problem reports: what employees tell the admins of their own organization, and what becomes of it.

use serde::{Deserialize, Serialize};

use crate::component::Level;
use crate::likeness::Spike;
use crate::text::{DetailText, EmailText, ErrorText, PageText};
use crate::{
    Body, IncidentId, Kind, Language, Person, PersonRef, ReportGroupId, ReportId, RequestId, Right, Subject,
    Timestamp, TopicId, Upload, UploadId, Version,
};

/// So many errors of a page go with a report.
pub const ERRORS_MAX: usize = 20;
/// So many reports of a group are told at once.
pub const GROUP_PAGE: usize = 50;

/// Whom the problem hits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Scope {
    /// Whoever reports it.
    #[default]
    Me,
    /// Their team.
    Team,
    /// Everyone.
    Everyone,
}

impl Scope {
    /// All scopes, as a form lists them.
    pub const ALL: [Self; 3] = [Self::Me, Self::Team, Self::Everyone];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Me => "me",
            Self::Team => "team",
            Self::Everyone => "everyone",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == word)
    }
}

/// In which order groups of reports are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum GroupSort {
    /// Whichever had a report last comes first.
    #[default]
    Newest,
    /// Those in which somebody can't sign in come first, and among these whichever had a report last.
    LockedOut,
}

impl GroupSort {
    /// All orders.
    pub const ALL: [Self; 2] = [Self::Newest, Self::LockedOut];

    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Newest => "newest",
            Self::LockedOut => "lockedOut",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == word)
    }
}

/// Where a report stands, or the reports of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReportState {
    /// Nobody has said anything about it yet.
    New,
    /// The admins know of the problem; it isn't solved.
    Known,
    /// An admin has answered.
    Answered,
    /// Done.
    Closed,
}

impl ReportState {
    /// All states, as a filter lists them.
    pub const ALL: [Self; 4] = [Self::New, Self::Known, Self::Answered, Self::Closed];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Known => "known",
            Self::Answered => "answered",
            Self::Closed => "closed",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// The state of a group to which another report comes: what is known stays known, everything else is new.
    #[must_use]
    pub const fn with_another(self) -> Self {
        match self {
            Self::Known => Self::Known,
            Self::New | Self::Answered | Self::Closed => Self::New,
        }
    }
}

/// By which way a report came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Source {
    /// By the dialog, from somebody with a session.
    Dialog,
    /// By "this happens to me too": somebody joined what is known, without words of their own.
    Joined,
    /// By the public form, from somebody without a session.
    Form,
    /// From somebody who can't sign in.
    LockedOut,
}

impl Source {
    /// All ways.
    pub const ALL: [Self; 4] = [Self::Dialog, Self::Joined, Self::Form, Self::LockedOut];

    /// The word of the wire and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dialog => "dialog",
            Self::Joined => "joined",
            Self::Form => "form",
            Self::LockedOut => "lockedOut",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.as_str() == word)
    }
}

/// What `POST /api/reports` takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewReport {
    /// What isn't working.
    pub body: Body,
    /// On which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageText>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// Whom it hits.
    #[serde(default)]
    pub scope: Scope,
    /// Whether the person wishes to be asked about it.
    #[serde(default)]
    pub contact: bool,
    /// The browser and its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<DetailText>,
    /// The size of the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<DetailText>,
    /// The language of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Recent errors of the page: at most [`ERRORS_MAX`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<ErrorText>,
    /// Files that go with it: at most [`FILES_MAX`](crate::upload::FILES_MAX), all of them whole and one's own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<UploadId>,
}

/// What `POST /api/public-reports` takes, as JSON or as an HTML form: words alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewPublicReport {
    /// What isn't working.
    pub body: Body,
    /// On which page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageText>,
    /// Where to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailText>,
    /// Whether the person can't sign in: such a report is taken even where the public form is switched off.
    #[serde(default)]
    pub locked_out: bool,
}

/// The answer to `POST /api/public-reports`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicReportTaken {
    /// The number to quote.
    pub id: ReportId,
}

/// What `POST /api/reports/{id}/messages` and `POST /api/report-groups/{id}/answers` take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewAnswer {
    /// The words.
    pub body: Body,
    /// Files that go with it; only with an answer to one report.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<UploadId>,
}

/// Something that was said about a report after it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answer {
    /// Its number.
    pub id: u64,
    /// Who wrote it.
    pub by: PersonRef,
    /// Whether it is a word of the admins, and not of whoever reported.
    pub is_admin: bool,
    /// The words; never trusted as markup.
    pub body: String,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<Upload>,
    /// When.
    pub at: Timestamp,
}

/// A report as whoever may read it sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Report {
    /// The number to quote.
    pub id: ReportId,
    /// When the backend took it.
    pub at: Timestamp,
    /// Where it stands.
    pub state: ReportState,
    /// By which way it came.
    pub source: Source,
    /// Who reported it; nobody when it came without a session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonRef>,
    /// Where to answer somebody without a session; nobody has checked it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What isn't working; never trusted as markup.
    pub body: String,
    /// On which page; never trusted as an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// Whom it hits.
    #[serde(default)]
    pub scope: Scope,
    /// Whether the person wishes to be asked about it.
    #[serde(default)]
    pub contact: bool,
    /// The browser and its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The size of the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screen: Option<String>,
    /// The language of the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// Recent errors of the page.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<String>,
    /// The files that came with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uploads: Vec<Upload>,
    /// What was said since, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<Answer>,
    /// The incident that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// Whether the admins have asked support about it.
    #[serde(default)]
    pub passed_on: bool,
    /// The request to support that was made of it; for those who may read requests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The reports that it is alike to; for admins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<ReportGroupId>,
    /// What `If-Match` compares.
    pub version: Version,
}

/// Reports that are alike, as a row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportGroup {
    /// Its number.
    pub id: ReportGroupId,
    /// What the admins call it, else the first words of its first report; never trusted as markup.
    pub title: String,
    /// The page of its first report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The topic of its first report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// Where it stands.
    pub state: ReportState,
    /// How many reports it has.
    pub reports: u64,
    /// How many of them nobody has said anything about yet.
    pub new_reports: u64,
    /// How many of those are from people who can't sign in.
    #[serde(default)]
    pub locked_out: u64,
    /// When the first came.
    pub first_at: Timestamp,
    /// When the last came.
    pub last_at: Timestamp,
    /// How many came on each of the last [`DAYS`](crate::likeness::DAYS) days (UTC), the oldest first, today last.
    pub days: Vec<u32>,
    /// Whether today has more than usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike: Option<Spike>,
    /// The incident that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// The request to support that was made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// What `If-Match` compares.
    pub version: Version,
}

/// The answer to `GET /api/report-groups/{id}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportGroupPage {
    /// What the list shows of it.
    pub group: ReportGroup,
    /// Its reports, the newest first: at most [`GROUP_PAGE`].
    pub items: Vec<Report>,
    /// Where the next page of reports begins; none when this is the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<crate::Cursor>,
}

/// The answer to `GET /api/report-groups/counts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportCounts {
    /// Groups with something new.
    pub new: u64,
    /// Groups that are known.
    pub known: u64,
    /// Groups that are answered.
    pub answered: u64,
    /// Groups that are closed.
    pub closed: u64,
    /// How many reports came on each of the last [`DAYS`](crate::likeness::DAYS) days (UTC), today last.
    pub days: Vec<u32>,
    /// Whether today has more than usual.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spike: Option<Spike>,
}

/// The answer to `GET /api/status/reports`: what the organization's own people report, to stand beside the
/// provider's word. Topics and incidents that nobody reports are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnWord {
    /// What is reported about each topic.
    pub topics: Vec<TopicReports>,
    /// What is reported about each incident.
    pub incidents: Vec<IncidentReports>,
}

/// What is reported about a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TopicReports {
    /// The topic of the groups that are counted.
    pub topic: TopicId,
    /// How many reports came in the last [`DAYS`](crate::likeness::DAYS) days (UTC).
    pub reports: u64,
    /// Whether today has more than usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spike: Option<Spike>,
}

impl TopicReports {
    /// Whether people report more than usual of what nothing is said about.
    pub fn is_untold(&self, level: Level) -> bool {
        self.spike.is_some() && level == Level::Operational
    }
}

/// What is reported about an incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IncidentReports {
    /// Which incident.
    pub incident: IncidentId,
    /// How many reports belong to it.
    pub reports: u64,
    /// The group with most of them.
    pub group: ReportGroupId,
}

/// What `PATCH /api/report-groups/{id}` takes; what is left out stays. `If-Match` is needed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GroupChange {
    /// The new state, of the group and of each of its reports. `known` needs a title: it is shown to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<ReportState>,
    /// What the admins call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Subject>,
    /// The incident that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
}

/// What `POST /api/report-groups/{id}/split` takes: these reports become a group of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Split {
    /// Which: some of the group, and not all.
    pub reports: Vec<ReportId>,
}

/// What `POST /api/report-groups/{id}/merge` takes: the reports of this group go into the other one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", serde(deny_unknown_fields))]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Merge {
    /// The group that stays.
    pub into: ReportGroupId,
}

/// A problem that the admins know, as everybody may read of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KnownProblem {
    /// Which: `POST /api/report-groups/{id}/joined` says "this happens to me too".
    pub id: ReportGroupId,
    /// What the admins call it.
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub topic: Option<TopicId>,
    /// The incident that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentId>,
    /// When it was reported first.
    pub since: Timestamp,
    /// How many have reported it.
    pub reports: u64,
}

/// Why something about a report is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Agents never see the organization's own reports.
    #[error("Problem reports are for the people of the organization")]
    NotYours,
    /// Admins alone handle reports.
    #[error("Only admins with the right to contact support handle problem reports")]
    NotAnAdmin,
    /// Nothing to say to the next reporter.
    #[error("Say in one sentence what is known: everybody who reports it will read it")]
    TitleMissing,
    /// A split that leaves nothing, or takes nothing.
    #[error("Choose some of the reports of this group, and not all")]
    NoSplit,
    /// A group can't go into itself.
    #[error("Choose another group")]
    SameGroup,
    /// One request is enough.
    #[error("A request was made of this group already")]
    AskedAlready,
    /// Without a session nobody reads an answer.
    #[error("This report came without a session, so nobody would read an answer here")]
    NobodyReads,
}

/// Whether `person` may report a problem, and read what became of it.
pub fn can_report(person: &Person) -> Result<(), Refusal> {
    match person.kind {
        Kind::Member => Ok(()),
        Kind::Agent => Err(Refusal::NotYours),
    }
}

/// Whether `person` may read and handle what others report.
///
/// FACTS.md: reports go to the organization's own admins first, who group, answer or escalate them.
pub fn can_handle(person: &Person) -> Result<(), Refusal> {
    can_report(person)?;
    if person.has(Right::Support) { Ok(()) } else { Err(Refusal::NotAnAdmin) }
}

/// Whether a group may be known under this title: everybody reads it, so it is never a reporter's own words.
pub fn can_be_known(state: ReportState, title: Option<&str>) -> Result<(), Refusal> {
    match (state, title) {
        (ReportState::Known, None) => Err(Refusal::TitleMissing),
        (ReportState::Known, Some(_))
        | (ReportState::New | ReportState::Answered | ReportState::Closed, _) => Ok(()),
    }
}

/// The longest title that is made of a report's words, in characters.
pub const TITLE_MAX: usize = 90;

/// What a group is called before an admin names it: the first sentence or line of its first report.
pub fn title_of(body: &str) -> String {
    let line = body.trim().lines().next().unwrap_or_default().trim();
    let end = line.find(". ").or_else(|| line.find('。')).unwrap_or(line.len());
    let sentence = line.get(..end).unwrap_or(line);
    if sentence.chars().count() <= TITLE_MAX {
        return sentence.to_owned();
    }
    let cut: String = sentence.chars().take(TITLE_MAX - 1).collect();
    // Between two words, where there are any.
    let cut = cut.rsplit_once(' ').map_or(cut.as_str(), |(whole, _)| whole);
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn person(kind: Kind, rights: &[Right]) -> Person {
        Person {
            id: "p1".parse().expect("an id"),
            name: "Awa Mbaye".to_owned(),
            email: "awa@acme.example".to_owned(),
            kind,
            rights: rights.to_vec(),
        }
    }

    #[test]
    fn members_report_and_admins_handle() {
        let people = [
            person(Kind::Member, &[]),
            person(Kind::Member, &[Right::Audit]),
            person(Kind::Member, &[Right::Accounts]),
            person(Kind::Member, &[Right::Support]),
            person(Kind::Agent, &[]),
        ];
        assert_eq!(people.each_ref().map(|p| can_report(p).is_ok()), [true, true, true, true, false]);
        assert_eq!(people.each_ref().map(|p| can_handle(p).is_ok()), [false, false, false, true, false]);
    }

    #[test]
    fn what_is_known_stays_known() {
        for state in ReportState::ALL {
            let expected = if state == ReportState::Known { state } else { ReportState::New };
            assert_eq!(state.with_another(), expected);
        }
        assert_eq!(can_be_known(ReportState::Known, None), Err(Refusal::TitleMissing));
        assert_eq!(can_be_known(ReportState::Known, Some("Video stops")), Ok(()));
        assert_eq!(can_be_known(ReportState::Closed, None), Ok(()));
    }

    #[test]
    fn a_title_is_the_first_sentence() {
        assert_eq!(title_of("  Video stops at 90 %. It is urgent.\nThanks"), "Video stops at 90 %");
        assert_eq!(title_of("動画が止まる。至急"), "動画が止まる");
        assert_eq!(title_of("Version 2.1 fails"), "Version 2.1 fails");
        let long = "word ".repeat(60);
        assert!(title_of(&long).ends_with("word…"));
    }

    #[test]
    fn what_is_told_already_is_not_untold() {
        let topic = "video".parse().expect("a topic");
        let mut told = TopicReports { topic, reports: 9, spike: Some(Spike { count: 9, usual: 1 }) };
        assert!(told.is_untold(Level::Operational));
        assert!(!told.is_untold(Level::PartialOutage) && !told.is_untold(Level::Unknown));
        told.spike = None;
        assert!(!told.is_untold(Level::Operational), "a usual day");
    }

    #[test]
    fn words_have_one_spelling() {
        for state in ReportState::ALL {
            assert_eq!(ReportState::parse(state.as_str()), Some(state));
            assert_eq!(serde_json::to_string(&state).expect("json"), format!("\"{}\"", state.as_str()));
        }
        for source in Source::ALL {
            assert_eq!(Source::parse(source.as_str()), Some(source));
            assert_eq!(serde_json::to_string(&source).expect("json"), format!("\"{}\"", source.as_str()));
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::parse(scope.as_str()), Some(scope));
            assert_eq!(serde_json::to_string(&scope).expect("json"), format!("\"{}\"", scope.as_str()));
        }
    }

    proptest! {
        #[test]
        fn no_title_is_longer_than_its_limit(body in any::<String>()) {
            prop_assert!(title_of(&body).chars().count() <= TITLE_MAX);
        }
    }
}
