//! Problem reports and their groups.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk_contract::likeness::{ALIKE, DAYS, Print, spike};
use frontdesk_contract::report::{
    Answer, GroupChange, GroupSort, IncidentReports, KnownProblem, NewReport, OwnWord, ReportCounts,
    ReportGroup, Scope, Source, TopicReports, title_of,
};
use frontdesk_contract::text::{DetailText, ErrorText, PageText};
use frontdesk_contract::time::Span;
use frontdesk_contract::words::stems;
use frontdesk_contract::{
    Cursor, IncidentId, Language, Person, PersonId, PersonRef, Report, ReportGroupId, ReportId, ReportState,
    RequestId, Subject, Timestamp, TopicId, Upload, Version,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::store::{Store, Unreadable, Write, count, events, incidents, number, time, uploads, wrong};

/// So many of the newest reports with a word are looked at.
const WITH_WORD: i64 = 100;
/// So many reports are compared closely.
const COMPARED: usize = 24;
/// What is older is alike to nothing that comes.
const COMPARED_WITHIN: Span = Span::days(90);
/// So many known problems are compared with what somebody is about to report.
const KNOWN: i64 = 200;
/// A day of the counts, in milliseconds.
const DAY: i64 = 86_400_000;
/// Within this span reports without a session are counted.
const HOUR: Span = Span::hours(1);
/// So many reports without a session one network may send within it.
const PER_NETWORK: i64 = 5;
/// So many may come from all networks together.
const FROM_ALL: i64 = 100;

/// Who looks at a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// Whoever reported it.
    Own,
    /// An admin.
    Admin,
}

/// A report that comes.
#[derive(Debug, Clone)]
pub struct Arrival<'a> {
    /// From whom; nobody without a session.
    pub by: Option<&'a Person>,
    /// Where to answer somebody without a session.
    pub email: Option<&'a str>,
    /// By which way.
    pub source: Source,
    /// What isn't working.
    pub body: &'a str,
    /// On which page.
    pub page: Option<&'a str>,
    /// What it is about.
    pub topic: Option<&'a TopicId>,
    /// Whom it hits.
    pub scope: Scope,
    /// Whether the person wishes to be asked.
    pub contact: bool,
    /// The browser.
    pub browser: Option<&'a str>,
    /// The screen.
    pub screen: Option<&'a str>,
    /// The language of the person.
    pub language: Option<&'a Language>,
    /// Errors of the page.
    pub errors: Vec<&'a str>,
}

impl<'a> Arrival<'a> {
    /// What somebody with a session sends.
    pub fn of(new: &'a NewReport, by: &'a Person) -> Self {
        Self {
            by: Some(by),
            email: None,
            source: Source::Dialog,
            body: new.body.as_str(),
            page: new.page.as_ref().map(PageText::as_str),
            topic: new.topic.as_ref(),
            scope: new.scope,
            contact: new.contact,
            browser: new.browser.as_ref().map(DetailText::as_str),
            screen: new.screen.as_ref().map(DetailText::as_str),
            language: new.language.as_ref(),
            errors: new.errors.iter().map(ErrorText::as_str).collect(),
        }
    }

    /// Words alone.
    pub const fn plain(source: Source, body: &'a str) -> Self {
        Self {
            by: None,
            email: None,
            source,
            body,
            page: None,
            topic: None,
            scope: Scope::Me,
            contact: false,
            browser: None,
            screen: None,
            language: None,
            errors: Vec::new(),
        }
    }
}

/// Which groups.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<ReportState>,
    /// About this.
    pub topic: Option<TopicId>,
    /// With these words.
    pub words: String,
    /// With more today than usual.
    pub has_spike: bool,
    /// In this order.
    pub sort: GroupSort,
}

/// A part of an order: each is read in the order of the last reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of them.
    All,
    /// Those in which somebody is locked out.
    LockedOut,
    /// The others.
    Others,
}

impl Part {
    const ALL: [Self; 3] = [Self::All, Self::LockedOut, Self::Others];

    /// The parts of an order, one after the other.
    const fn of(sort: GroupSort) -> &'static [Self] {
        match sort {
            GroupSort::Newest => &[Self::All],
            GroupSort::LockedOut => &[Self::LockedOut, Self::Others],
        }
    }

    /// What a cursor begins with.
    const fn letter(self) -> &'static str {
        match self {
            Self::All => "g",
            Self::LockedOut => "l",
            Self::Others => "o",
        }
    }

    const fn condition(self) -> &'static str {
        match self {
            Self::All => "",
            Self::LockedOut => {
                " AND g.number IN (SELECT report_group FROM reports WHERE source = 'lockedOut' AND state = 'new')"
            }
            Self::Others => {
                " AND g.number NOT IN (SELECT report_group FROM reports WHERE source = 'lockedOut' AND state = 'new')"
            }
        }
    }
}

/// Where a page of groups ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// In which part of the order.
    pub part: Part,
    /// When the last row's last report came.
    pub last_at: i64,
    /// Its number.
    pub number: i64,
}

impl Mark {
    /// As the wire has it.
    pub fn to_cursor(self) -> Cursor {
        let text = format!("{} {} {}", self.part.letter(), self.last_at, self.number);
        Cursor(URL_SAFE_NO_PAD.encode(text))
    }

    /// Reads what [`Self::to_cursor`] wrote in this order.
    pub fn parse(cursor: &str, sort: GroupSort) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
        let (letter, rest) = text.split_once(' ')?;
        let part = Part::ALL.into_iter().find(|part| part.letter() == letter)?;
        let (last_at, number) = rest.split_once(' ')?;
        let mark = Self { part, last_at: last_at.parse().ok()?, number: number.parse().ok()? };
        Part::of(sort).contains(&part).then_some(mark)
    }
}

/// The cursor of a list of reports, newest first: the number of its last row.
pub fn cursor_of(report: ReportId) -> Cursor {
    Cursor(URL_SAFE_NO_PAD.encode(format!("r {}", report.0)))
}

/// Reads what [`cursor_of`] wrote.
pub fn parse_cursor(cursor: &str) -> Option<ReportId> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let number: u64 = text.strip_prefix("r ")?.parse().ok()?;
    i64::try_from(number).is_ok().then_some(ReportId(number))
}

impl Store {
    /// A report as somebody sees it.
    pub async fn report(&self, id: ReportId, sight: Sight) -> sqlx::Result<Option<Report>> {
        let mut moment = self.read().begin().await?;
        read(&mut moment, id, sight).await
    }

    /// What a person reported, newest first.
    pub async fn own_reports(
        &self,
        person: &PersonId,
        before: Option<ReportId>,
        limit: usize,
    ) -> sqlx::Result<(Vec<Report>, Option<Cursor>)> {
        self.some_reports("person", person.as_str(), before, limit, Sight::Own).await
    }

    /// The reports of a group, newest first.
    pub async fn reports_of(
        &self,
        group: ReportGroupId,
        before: Option<ReportId>,
        limit: usize,
    ) -> sqlx::Result<(Vec<Report>, Option<Cursor>)> {
        self.some_reports("report_group", &group.0.to_string(), before, limit, Sight::Admin).await
    }

    async fn some_reports(
        &self,
        column: &str,
        value: &str,
        before: Option<ReportId>,
        limit: usize,
        sight: Sight,
    ) -> sqlx::Result<(Vec<Report>, Option<Cursor>)> {
        let mut moment = self.read().begin().await?;
        let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        // A number is compared as one, by the affinity of its column.
        let sql = format!(
            "SELECT number FROM reports WHERE {column} = ? AND number < ? ORDER BY number DESC LIMIT ?"
        );
        let rows = sqlx::query(&sql)
            .bind(value)
            .bind(before.map_or(i64::MAX, |before| count(before.0)))
            .bind(more)
            .fetch_all(&mut *moment)
            .await?;
        let mut reports = Vec::with_capacity(limit);
        for row in rows.iter().take(limit) {
            let id = ReportId(number(row, "number")?);
            reports.extend(read(&mut moment, id, sight).await?);
        }
        let next = reports.last().filter(|_| rows.len() > limit).map(|last| cursor_of(last.id));
        Ok((reports, next))
    }

    /// A page of groups.
    pub async fn report_groups(
        &self,
        filter: &Filter,
        after: Option<Mark>,
        limit: usize,
        now: Timestamp,
    ) -> sqlx::Result<(Vec<ReportGroup>, Option<Cursor>)> {
        let mut moment = self.read().begin().await?;
        let mut found = Vec::new();
        let reached = after.map(|mark| mark.part);
        for part in Part::of(filter.sort)
            .iter()
            .copied()
            .skip_while(|part| reached.is_some_and(|reached| reached != *part))
        {
            let wanted = (limit + 1).saturating_sub(found.len());
            let after = after.filter(|mark| mark.part == part);
            let groups = part_of_groups(&mut moment, filter, part, after, wanted, now).await?;
            found.extend(groups.into_iter().map(|group| (part, group)));
            if found.len() > limit {
                break;
            }
        }
        let has_next = found.len() > limit;
        found.truncate(limit);
        let next = found.last().filter(|_| has_next).map(|(part, last)| {
            Mark { part: *part, last_at: last.last_at.millis(), number: count(last.id.0) }.to_cursor()
        });
        let mut groups: Vec<ReportGroup> = found.into_iter().map(|(_, group)| group).collect();
        for group in &mut groups {
            add_days(&mut moment, group, now).await?;
        }
        Ok((groups, next))
    }

    /// One group.
    pub async fn report_group(&self, id: ReportGroupId, now: Timestamp) -> sqlx::Result<Option<ReportGroup>> {
        let mut moment = self.read().begin().await?;
        find_group(&mut moment, id, now).await
    }

    /// How many groups stand how, and how many reports came day by day.
    pub async fn report_counts(&self, now: Timestamp) -> sqlx::Result<ReportCounts> {
        let mut moment = self.read().begin().await?;
        let mut counts = ReportCounts::default();
        let rows =
            sqlx::query("SELECT state, count FROM report_group_counts").fetch_all(&mut *moment).await?;
        for row in rows {
            let count = number(&row, "count")?;
            match state(&row)? {
                ReportState::New => counts.new = count,
                ReportState::Known => counts.known = count,
                ReportState::Answered => counts.answered = count,
                ReportState::Closed => counts.closed = count,
            }
        }
        counts.days = days(&mut moment, 0, now).await?;
        counts.spike = spike(&counts.days);
        Ok(counts)
    }

    /// What the organization's own people report about topics and incidents.
    pub async fn own_word(&self, now: Timestamp) -> sqlx::Result<OwnWord> {
        let mut moment = self.read().begin().await?;
        let (first, today) = span(now);
        let rows = sqlx::query(
            "SELECT g.topic, d.day, SUM(d.count) AS count FROM report_days d JOIN report_groups g ON g.number = d.report_group \
             WHERE d.day >= ? AND d.day <= ? AND d.count > 0 AND g.topic IS NOT NULL GROUP BY g.topic, d.day ORDER BY g.topic",
        )
        .bind(first)
        .bind(today)
        .fetch_all(&mut *moment)
        .await?;
        let mut topics = Vec::new();
        for of_topic in rows.chunk_by(|one, next| topic_of(one) == topic_of(next)) {
            let days = counted(of_topic, first)?;
            let Some(topic) = of_topic.first().and_then(topic_of) else { continue };
            let reports = days.iter().map(|day| u64::from(*day)).sum();
            topics.push(TopicReports { topic: topic.parse().map_err(wrong)?, reports, spike: spike(&days) });
        }
        // SQLite takes the other columns from the row that has the maximum.
        let rows = sqlx::query(
            "SELECT incident, SUM(reports) AS count, number, MAX(reports) FROM report_groups \
             WHERE incident IS NOT NULL AND reports > 0 GROUP BY incident ORDER BY incident",
        )
        .fetch_all(&mut *moment)
        .await?;
        let incidents = rows
            .iter()
            .map(|row| {
                Ok(IncidentReports {
                    incident: row.try_get::<String, _>("incident")?.parse().map_err(wrong)?,
                    reports: number(row, "count")?,
                    group: ReportGroupId(number(row, "number")?),
                })
            })
            .collect::<sqlx::Result<_>>()?;
        Ok(OwnWord { topics, incidents })
    }

    /// What the admins know already, and the words that its reports have.
    pub async fn known_problems(&self) -> sqlx::Result<Vec<(KnownProblem, Print)>> {
        let rows = sqlx::query(
            "SELECT number, title, words, page, topic, incident, first_at, reports FROM report_groups \
             WHERE state = 'known' AND title IS NOT NULL ORDER BY last_at DESC, number DESC LIMIT ?",
        )
        .bind(KNOWN)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                let (title, words): (String, String) = (row.try_get("title")?, row.try_get("words")?);
                let page: Option<String> = row.try_get("page")?;
                let print = Print::of(&format!("{title} {words}"), page.as_deref());
                let known = KnownProblem {
                    id: ReportGroupId(number(row, "number")?),
                    title,
                    topic: parsed(row, "topic")?,
                    incident: parsed(row, "incident")?,
                    since: time(row, "first_at")?,
                    reports: number(row, "reports")?,
                };
                Ok((known, print))
            })
            .collect()
    }

    /// Who reported what a file is part of.
    pub async fn reporter_of_upload(&self, stored: &uploads::Stored) -> sqlx::Result<Option<PersonId>> {
        let row = sqlx::query(
            "SELECT person FROM reports WHERE number = ? \
             UNION ALL SELECT r.person FROM report_answers a JOIN reports r ON r.number = a.report WHERE a.id = ? LIMIT 1",
        )
        .bind(stored.report.map(|report| count(report.0)))
        .bind(stored.answer)
        .fetch_optional(self.read())
        .await?;
        row.map_or(Ok(None), |row| parsed(&row, "person"))
    }
}

const REPORT: &str = "SELECT r.number, r.report_group, r.person, p.name AS person_name, r.email, r.source, r.state, r.body, \
     r.page, r.topic, r.scope, r.contact, r.browser, r.screen, r.language, r.errors, r.at, r.version, g.incident, g.request \
     FROM reports r JOIN report_groups g ON g.number = r.report_group LEFT JOIN people p ON p.id = r.person";

const GROUP: &str = "SELECT g.number, g.title, g.words, g.page, g.topic, g.state, g.reports, g.new_reports, g.first_at, g.last_at, \
     g.incident, g.request, g.version, (SELECT count(*) FROM reports o WHERE o.report_group = g.number \
     AND o.source = 'lockedOut' AND o.state = 'new') AS locked_out FROM report_groups g";

/// So many groups of a part of the order.
async fn part_of_groups(
    connection: &mut SqliteConnection,
    filter: &Filter,
    part: Part,
    after: Option<Mark>,
    limit: usize,
    now: Timestamp,
) -> sqlx::Result<Vec<ReportGroup>> {
    let mut sql = QueryBuilder::<Sqlite>::new(format!("{GROUP} WHERE 1 = 1{}", part.condition()));
    if let Some(state) = filter.state {
        sql.push(" AND g.state = ").push_bind(state.as_str());
    }
    if let Some(topic) = &filter.topic {
        sql.push(" AND g.topic = ").push_bind(topic.as_str());
    }
    for stem in stems(&filter.words) {
        sql.push(" AND (instr(lower(coalesce(g.title, '')), ").push_bind(stem.clone());
        sql.push(
            ") > 0 OR g.number IN (SELECT r.report_group FROM report_stems s JOIN reports r ON r.number = s.report \
             WHERE s.stem >= ",
        );
        sql.push_bind(stem.clone()).push(" AND s.stem < ").push_bind(format!("{stem}\u{10ffff}")).push("))");
    }
    if filter.has_spike {
        let numbers = spiking(&mut *connection, now).await?;
        sql.push(" AND g.number IN (");
        let mut list = sql.separated(", ");
        for number in numbers {
            list.push_bind(number);
        }
        sql.push(")");
    }
    if let Some(mark) = after {
        sql.push(" AND (g.last_at, g.number) < (").push_bind(mark.last_at);
        sql.push(", ").push_bind(mark.number).push(")");
    }
    sql.push(" ORDER BY g.last_at DESC, g.number DESC LIMIT ");
    sql.push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
    let rows = sql.build().fetch_all(connection).await?;
    rows.iter().map(group).collect()
}

/// A report as somebody sees it, within a write or a moment.
pub async fn read(
    connection: &mut SqliteConnection,
    id: ReportId,
    sight: Sight,
) -> sqlx::Result<Option<Report>> {
    let sql = format!("{REPORT} WHERE r.number = ?");
    let row = sqlx::query(&sql).bind(count(id.0)).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let (own, of_answers) = uploads::of_report(&mut *connection, id).await?;
    let answers = sqlx::query(
        "SELECT a.id, a.author, p.name, a.is_admin, a.body, a.at FROM report_answers a JOIN people p ON p.id = a.author \
         WHERE a.report = ? ORDER BY a.id",
    )
    .bind(count(id.0))
    .fetch_all(connection)
    .await?;
    let answers =
        answers.iter().map(|row| answer(row, &of_answers)).collect::<sqlx::Result<Vec<Answer>>>()?;
    let request: Option<i64> = row.try_get("request")?;
    let request = request.and_then(|request| u64::try_from(request).ok()).map(RequestId);
    let person: Option<PersonId> = parsed(&row, "person")?;
    let by = match person {
        Some(id) => Some(PersonRef { id, name: row.try_get("person_name")? }),
        None => None,
    };
    let is_admin = sight == Sight::Admin;
    Ok(Some(Report {
        id,
        at: time(&row, "at")?,
        state: state(&row)?,
        source: word(&row, "source", Source::parse)?,
        by,
        email: row.try_get("email")?,
        body: row.try_get("body")?,
        page: row.try_get("page")?,
        topic: parsed(&row, "topic")?,
        scope: word(&row, "scope", Scope::parse)?,
        contact: row.try_get::<i64, _>("contact")? != 0,
        browser: row.try_get("browser")?,
        screen: row.try_get("screen")?,
        language: parsed(&row, "language")?,
        errors: serde_json::from_str(&row.try_get::<String, _>("errors")?).map_err(wrong)?,
        uploads: own,
        answers,
        incident: parsed(&row, "incident")?,
        passed_on: request.is_some(),
        request: request.filter(|_| is_admin),
        group: is_admin.then_some(ReportGroupId(number(&row, "report_group")?)),
        version: Version::numbered(number(&row, "version")?),
    }))
}

fn answer(row: &SqliteRow, files: &[(i64, Upload)]) -> sqlx::Result<Answer> {
    let id: i64 = row.try_get("id")?;
    Ok(Answer {
        id: number(row, "id")?,
        by: PersonRef {
            id: row.try_get::<String, _>("author")?.parse().map_err(wrong)?,
            name: row.try_get("name")?,
        },
        is_admin: row.try_get::<i64, _>("is_admin")? != 0,
        body: row.try_get("body")?,
        uploads: files.iter().filter(|(owner, _)| *owner == id).map(|(_, upload)| upload.clone()).collect(),
        at: time(row, "at")?,
    })
}

/// A group, within a write or a moment.
pub async fn find_group(
    connection: &mut SqliteConnection,
    id: ReportGroupId,
    now: Timestamp,
) -> sqlx::Result<Option<ReportGroup>> {
    let sql = format!("{GROUP} WHERE g.number = ?");
    let row = sqlx::query(&sql).bind(count(id.0)).fetch_optional(&mut *connection).await?;
    let Some(row) = row else { return Ok(None) };
    let mut group = group(&row)?;
    add_days(connection, &mut group, now).await?;
    Ok(Some(group))
}

fn group(row: &SqliteRow) -> sqlx::Result<ReportGroup> {
    let title: Option<String> = row.try_get("title")?;
    let request: Option<i64> = row.try_get("request")?;
    Ok(ReportGroup {
        id: ReportGroupId(number(row, "number")?),
        title: match title {
            Some(title) => title,
            None => row.try_get("words")?,
        },
        page: row.try_get("page")?,
        topic: parsed(row, "topic")?,
        state: state(row)?,
        reports: number(row, "reports")?,
        new_reports: number(row, "new_reports")?,
        locked_out: number(row, "locked_out")?,
        first_at: time(row, "first_at")?,
        last_at: time(row, "last_at")?,
        days: Vec::new(),
        spike: None,
        incident: parsed(row, "incident")?,
        request: request.and_then(|request| u64::try_from(request).ok()).map(RequestId),
        version: Version::numbered(number(row, "version")?),
    })
}

async fn add_days(
    connection: &mut SqliteConnection,
    group: &mut ReportGroup,
    now: Timestamp,
) -> sqlx::Result<()> {
    group.days = days(connection, count(group.id.0), now).await?;
    group.spike = spike(&group.days);
    Ok(())
}

/// The counts of the last days, the oldest first, today last.
async fn days(connection: &mut SqliteConnection, group: i64, now: Timestamp) -> sqlx::Result<Vec<u32>> {
    let (first, today) = span(now);
    let rows =
        sqlx::query("SELECT day, count FROM report_days WHERE report_group = ? AND day >= ? AND day <= ?")
            .bind(group)
            .bind(first)
            .bind(today)
            .fetch_all(connection)
            .await?;
    counted(&rows, first)
}

/// The first and the last of the days that are counted at `now`, as numbers of days.
fn span(now: Timestamp) -> (i64, i64) {
    let today = now.millis().div_euclid(DAY);
    (today + 1 - i64::try_from(DAYS).unwrap_or(i64::MAX), today)
}

/// The topic of a row, where it has one.
fn topic_of(row: &SqliteRow) -> Option<String> {
    row.try_get("topic").ok()
}

/// Rows of a day and its count, as a row of all days from `first` on.
fn counted(rows: &[SqliteRow], first: i64) -> sqlx::Result<Vec<u32>> {
    let mut days = vec![0; DAYS];
    for row in rows {
        let place = usize::try_from(row.try_get::<i64, _>("day")? - first);
        if let Some(slot) = place.ok().and_then(|place| days.get_mut(place)) {
            *slot = u32::try_from(number(row, "count")?).unwrap_or(u32::MAX);
        }
    }
    Ok(days)
}

/// The groups that have more today than usual: few have enough of them to be looked at.
async fn spiking(connection: &mut SqliteConnection, now: Timestamp) -> sqlx::Result<Vec<i64>> {
    let rows =
        sqlx::query("SELECT report_group FROM report_days WHERE day = ? AND count >= 3 AND report_group > 0")
            .bind(now.millis().div_euclid(DAY))
            .fetch_all(&mut *connection)
            .await?;
    let mut spiking = Vec::new();
    for row in rows {
        let group: i64 = row.try_get("report_group")?;
        if spike(&days(connection, group, now).await?).is_some() {
            spiking.push(group);
        }
    }
    Ok(spiking)
}

/// Stores a report, in the group that it is alike to or in one of its own.
pub async fn insert(write: &mut Write, arrival: &Arrival<'_>, now: Timestamp) -> sqlx::Result<ReportId> {
    let print = Print::of(arrival.body, arrival.page);
    let group = match nearest(write, &print, now).await? {
        Some(group) => group,
        None => new_group(write, arrival, now).await?,
    };
    let id = insert_into(write, arrival, group, now).await?;
    for stem in &print.words {
        sqlx::query("INSERT INTO report_stems (stem, report) VALUES (?, ?)")
            .bind(stem)
            .bind(count(id.0))
            .execute(&mut **write)
            .await?;
    }
    Ok(id)
}

async fn new_group(write: &mut Write, arrival: &Arrival<'_>, now: Timestamp) -> sqlx::Result<ReportGroupId> {
    let row = sqlx::query(
        "INSERT INTO report_groups (words, page, topic, state, first_at, last_at) VALUES (?, ?, ?, 'new', ?, ?) \
         RETURNING number",
    )
    .bind(title_of(arrival.body))
    .bind(arrival.page)
    .bind(arrival.topic.map(TopicId::as_str))
    .bind(now.millis())
    .bind(now.millis())
    .fetch_one(&mut **write)
    .await?;
    Ok(ReportGroupId(number(&row, "number")?))
}

async fn insert_into(
    write: &mut Write,
    arrival: &Arrival<'_>,
    group: ReportGroupId,
    now: Timestamp,
) -> sqlx::Result<ReportId> {
    let row = sqlx::query("SELECT state FROM report_groups WHERE number = ?")
        .bind(count(group.0))
        .fetch_one(&mut **write)
        .await?;
    let state = state(&row)?.with_another();
    let errors = serde_json::to_string(&arrival.errors).map_err(wrong)?;
    let row = sqlx::query(
        "INSERT INTO reports (report_group, person, email, source, state, body, page, topic, scope, contact, browser, \
         screen, language, errors, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number",
    )
    .bind(count(group.0))
    .bind(arrival.by.map(|person| person.id.as_str()))
    .bind(arrival.email)
    .bind(arrival.source.as_str())
    .bind(state.as_str())
    .bind(arrival.body)
    .bind(arrival.page)
    .bind(arrival.topic.map(TopicId::as_str))
    .bind(arrival.scope.as_str())
    .bind(i64::from(arrival.contact))
    .bind(arrival.browser)
    .bind(arrival.screen)
    .bind(arrival.language.map(Language::as_str))
    .bind(errors)
    .bind(now.millis())
    .fetch_one(&mut **write)
    .await?;
    set_state(write, group, state).await?;
    events::tell_report(write, now).await?;
    Ok(ReportId(number(&row, "number")?))
}

/// The group of the report that is most alike to this one, if any is alike enough.
async fn nearest(write: &mut Write, print: &Print, now: Timestamp) -> sqlx::Result<Option<ReportGroupId>> {
    let mut shared: HashMap<i64, usize> = HashMap::new();
    for stem in &print.words {
        let rows = sqlx::query("SELECT report FROM report_stems WHERE stem = ? ORDER BY report DESC LIMIT ?")
            .bind(stem)
            .bind(WITH_WORD)
            .fetch_all(&mut **write)
            .await?;
        for row in rows {
            *shared.entry(row.try_get("report")?).or_default() += 1;
        }
    }
    let mut candidates: Vec<(i64, usize)> = shared.into_iter().collect();
    candidates.sort_unstable_by_key(|(report, words)| std::cmp::Reverse((*words, *report)));
    candidates.truncate(COMPARED);
    let mut best: Option<(u32, i64, ReportGroupId)> = None;
    for (report, _) in candidates {
        let row = sqlx::query("SELECT report_group, body, page FROM reports WHERE number = ? AND at >= ?")
            .bind(report)
            .bind(now.minus(COMPARED_WITHIN).millis())
            .fetch_optional(&mut **write)
            .await?;
        let Some(row) = row else { continue };
        let page: Option<String> = row.try_get("page")?;
        let other = Print::of(&row.try_get::<String, _>("body")?, page.as_deref());
        let likeness = print.likeness(&other);
        if likeness >= ALIKE && best.is_none_or(|(most, newest, _)| (likeness, report) > (most, newest)) {
            best = Some((likeness, report, ReportGroupId(number(&row, "report_group")?)));
        }
    }
    Ok(best.map(|(_, _, group)| group))
}

/// "This happens to me too": a report without words of its own. The second time of a person makes nothing.
pub async fn join(
    write: &mut Write,
    group: ReportGroupId,
    person: &Person,
    now: Timestamp,
) -> sqlx::Result<Option<ReportId>> {
    let known = sqlx::query("SELECT number FROM reports WHERE report_group = ? AND person = ? LIMIT 1")
        .bind(count(group.0))
        .bind(person.id.as_str())
        .fetch_optional(&mut **write)
        .await?;
    if let Some(known) = known {
        return Ok(Some(ReportId(number(&known, "number")?)));
    }
    let row =
        sqlx::query("SELECT title, page, topic FROM report_groups WHERE number = ? AND state = 'known'")
            .bind(count(group.0))
            .fetch_optional(&mut **write)
            .await?;
    let Some(row) = row else { return Ok(None) };
    let (title, page): (Option<String>, Option<String>) = (row.try_get("title")?, row.try_get("page")?);
    let topic: Option<TopicId> = parsed(&row, "topic")?;
    let title = title.unwrap_or_default();
    let arrival = Arrival {
        by: Some(person),
        page: page.as_deref(),
        topic: topic.as_ref(),
        ..Arrival::plain(Source::Joined, &title)
    };
    insert_into(write, &arrival, group, now).await.map(Some)
}

/// The known problem that an incident is; made when there is none.
pub async fn group_of_incident(
    write: &mut Write,
    incident: &IncidentId,
    now: Timestamp,
) -> sqlx::Result<Option<ReportGroupId>> {
    let known = sqlx::query(
        "SELECT number FROM report_groups WHERE incident = ? AND state = 'known' ORDER BY number LIMIT 1",
    )
    .bind(incident.as_str())
    .fetch_optional(&mut **write)
    .await?;
    if let Some(known) = known {
        return Ok(Some(ReportGroupId(number(&known, "number")?)));
    }
    let Some(found) = incidents::find(write, incident).await? else { return Ok(None) };
    let arrival = Arrival { topic: found.topics.first(), ..Arrival::plain(Source::Joined, &found.name) };
    let group = new_group(write, &arrival, now).await?;
    sqlx::query("UPDATE report_groups SET title = ?, incident = ?, state = 'known' WHERE number = ?")
        .bind(&found.name)
        .bind(incident.as_str())
        .bind(count(group.0))
        .execute(&mut **write)
        .await?;
    Ok(Some(group))
}

/// Writes below a report. An admin's word answers what was new; the reporter's is something new.
pub async fn say(
    write: &mut Write,
    report: &Report,
    by: &Person,
    is_admin: bool,
    body: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let row = sqlx::query(
        "INSERT INTO report_answers (report, author, is_admin, body, at) VALUES (?, ?, ?, ?, ?) RETURNING id",
    )
    .bind(count(report.id.0))
    .bind(by.id.as_str())
    .bind(i64::from(is_admin))
    .bind(body)
    .bind(now.millis())
    .fetch_one(&mut **write)
    .await?;
    let state = match (is_admin, report.state) {
        (true, ReportState::New) => ReportState::Answered,
        (true, ReportState::Known | ReportState::Answered | ReportState::Closed) => report.state,
        (false, _) => ReportState::New,
    };
    sqlx::query("UPDATE reports SET state = ?, version = version + 1 WHERE number = ?")
        .bind(state.as_str())
        .bind(count(report.id.0))
        .execute(&mut **write)
        .await?;
    // A group is new as long as one of its reports is, unless it is known.
    sqlx::query(
        "UPDATE report_groups SET version = version + 1, state = CASE WHEN state = 'known' THEN 'known' \
         WHEN new_reports > 0 THEN 'new' WHEN state = 'new' THEN 'answered' ELSE state END \
         WHERE number = (SELECT report_group FROM reports WHERE number = ?)",
    )
    .bind(count(report.id.0))
    .execute(&mut **write)
    .await?;
    events::tell_report(write, now).await?;
    number(&row, "id")
}

/// Answers all reports of a group at once, where somebody reads it. How many were answered.
pub async fn answer_all(
    write: &mut Write,
    group: ReportGroupId,
    by: &Person,
    body: &str,
    now: Timestamp,
) -> sqlx::Result<u64> {
    let done = sqlx::query(
        "INSERT INTO report_answers (report, author, is_admin, body, at) \
         SELECT number, ?, 1, ?, ? FROM reports WHERE report_group = ? AND person IS NOT NULL",
    )
    .bind(by.id.as_str())
    .bind(body)
    .bind(now.millis())
    .bind(count(group.0))
    .execute(&mut **write)
    .await?;
    sqlx::query("UPDATE reports SET version = version + 1, state = CASE WHEN state = 'new' THEN 'answered' ELSE state END \
         WHERE report_group = ? AND person IS NOT NULL")
        .bind(count(group.0))
        .execute(&mut **write)
        .await?;
    // Whoever came without a session has read nothing: what is new of theirs waits on.
    sqlx::query(
        "UPDATE report_groups SET version = version + 1, \
         state = CASE WHEN state = 'new' AND new_reports = 0 THEN 'answered' ELSE state END WHERE number = ?",
    )
    .bind(count(group.0))
    .execute(&mut **write)
    .await?;
    events::tell_report(write, now).await?;
    Ok(done.rows_affected())
}

/// Changes a group; a new state is one of each of its reports too.
pub async fn change(
    write: &mut Write,
    id: ReportGroupId,
    change: &GroupChange,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE report_groups SET title = coalesce(?, title), incident = coalesce(?, incident), version = version + 1 \
         WHERE number = ?",
    )
    .bind(change.title.as_ref().map(Subject::as_str))
    .bind(change.incident.as_ref().map(IncidentId::as_str))
    .bind(count(id.0))
    .execute(&mut **write)
    .await?;
    if let Some(state) = change.state {
        sqlx::query(
            "UPDATE reports SET state = ?, version = version + 1 WHERE report_group = ? AND state <> ?",
        )
        .bind(state.as_str())
        .bind(count(id.0))
        .bind(state.as_str())
        .execute(&mut **write)
        .await?;
        set_state(write, id, state).await?;
    }
    events::tell_report(write, now).await
}

async fn set_state(write: &mut Write, id: ReportGroupId, state: ReportState) -> sqlx::Result<()> {
    sqlx::query("UPDATE report_groups SET state = ?, version = version + 1 WHERE number = ?")
        .bind(state.as_str())
        .bind(count(id.0))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Takes some reports out of a group, into one of their own; none when they are not some of it, and not all.
pub async fn split(
    write: &mut Write,
    group: &ReportGroup,
    reports: &[ReportId],
    now: Timestamp,
) -> sqlx::Result<Option<ReportGroupId>> {
    let mut wanted = reports.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    let Some(first) = wanted.first() else { return Ok(None) };
    let Some(report) = read(write, *first, Sight::Admin).await? else { return Ok(None) };
    let arrival = Arrival {
        page: report.page.as_deref(),
        topic: report.topic.as_ref(),
        ..Arrival::plain(report.source, &report.body)
    };
    let own = new_group(write, &arrival, now).await?;
    let mut moved = 0;
    for id in &wanted {
        let done = sqlx::query(
            "UPDATE reports SET report_group = ?, version = version + 1 WHERE number = ? AND report_group = ?",
        )
        .bind(count(own.0))
        .bind(count(id.0))
        .bind(count(group.id.0))
        .execute(&mut **write)
        .await?;
        moved += done.rows_affected();
    }
    if moved != u64::try_from(wanted.len()).unwrap_or(u64::MAX) || moved >= group.reports {
        return Ok(None);
    }
    let state = if report.state == ReportState::Known { ReportState::New } else { report.state };
    sqlx::query("UPDATE reports SET state = ? WHERE report_group = ? AND state = 'known'")
        .bind(state.as_str())
        .bind(count(own.0))
        .execute(&mut **write)
        .await?;
    set_state(write, own, state).await?;
    for group in [own, group.id] {
        settle_times(write, group).await?;
    }
    events::tell_report(write, now).await?;
    Ok(Some(own))
}

/// Puts the reports of a group into another one, which keeps its name and state and takes over what it lacks.
pub async fn merge(
    write: &mut Write,
    from: &ReportGroup,
    into: ReportGroupId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE reports SET report_group = ?, version = version + 1 WHERE report_group = ?")
        .bind(count(into.0))
        .bind(count(from.id.0))
        .execute(&mut **write)
        .await?;
    sqlx::query(
        "UPDATE report_groups SET incident = coalesce(incident, ?), request = coalesce(request, ?), \
         state = CASE WHEN state <> 'known' AND new_reports > 0 THEN 'new' ELSE state END, version = version + 1 \
         WHERE number = ?",
    )
    .bind(from.incident.as_ref().map(IncidentId::as_str))
    .bind(from.request.map(|request| count(request.0)))
    .bind(count(into.0))
    .execute(&mut **write)
    .await?;
    settle_times(write, into).await?;
    for sql in
        ["DELETE FROM report_groups WHERE number = ?", "DELETE FROM report_days WHERE report_group = ?"]
    {
        sqlx::query(sql).bind(count(from.id.0)).execute(&mut **write).await?;
    }
    events::tell_report(write, now).await
}

/// When the first and the last of its reports came.
async fn settle_times(write: &mut Write, id: ReportGroupId) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE report_groups SET version = version + 1, \
         first_at = coalesce((SELECT min(at) FROM reports WHERE report_group = report_groups.number), first_at), \
         last_at = coalesce((SELECT max(at) FROM reports WHERE report_group = report_groups.number), last_at) \
         WHERE number = ?",
    )
    .bind(count(id.0))
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// The reports of a group that have files, the newest first.
pub async fn with_files(write: &mut Write, group: ReportGroupId) -> sqlx::Result<Vec<ReportId>> {
    let rows = sqlx::query(
        "SELECT DISTINCT r.number FROM reports r JOIN uploads u ON u.report = r.number WHERE r.report_group = ? \
         ORDER BY r.number DESC LIMIT 50",
    )
    .bind(count(group.0))
    .fetch_all(&mut **write)
    .await?;
    rows.iter().map(|row| Ok(ReportId(number(row, "number")?))).collect()
}

/// Notes the request that was made of a group.
pub async fn note_request(
    write: &mut Write,
    group: ReportGroupId,
    request: RequestId,
    now: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE report_groups SET request = ?, version = version + 1 WHERE number = ?")
        .bind(count(request.0))
        .bind(count(group.0))
        .execute(&mut **write)
        .await?;
    events::tell_report(write, now).await
}

/// Asks whether a network may send another report without a session; from when on, if not.
pub async fn ask_for_try(
    write: &mut Write,
    network: &str,
    now: Timestamp,
) -> sqlx::Result<Result<(), Timestamp>> {
    let digest = crate::secret::digest(&format!("report {network}"));
    let since = now.minus(HOUR).millis();
    sqlx::query("DELETE FROM report_tries WHERE at <= ?").bind(since).execute(&mut **write).await?;
    let row = sqlx::query(
        "SELECT count(*) AS all_tries, coalesce(sum(CASE WHEN network = ?1 THEN 1 ELSE 0 END), 0) AS tries, \
         min(at) AS first_at, min(CASE WHEN network = ?1 THEN at END) AS own_first_at FROM report_tries",
    )
    .bind(&digest)
    .fetch_one(&mut **write)
    .await?;
    let (tries, all): (i64, i64) = (row.try_get("tries")?, row.try_get("all_tries")?);
    let first = if tries >= PER_NETWORK { "own_first_at" } else { "first_at" };
    if tries >= PER_NETWORK || all >= FROM_ALL {
        return Ok(Err(time(&row, first)?.plus(HOUR)));
    }
    sqlx::query("INSERT INTO report_tries (network, at) VALUES (?, ?)")
        .bind(&digest)
        .bind(now.millis())
        .execute(&mut **write)
        .await?;
    Ok(Ok(()))
}

/// What an erased person reported (DESIGN.md, rule 8): it stays without their name, their machine and their wish.
pub async fn forget_person(write: &mut Write, person: &PersonId, names: &[&str]) -> sqlx::Result<()> {
    // The address of a page may name who saw it: a group keeps that of somebody else's report, or none.
    sqlx::query(
        "UPDATE report_groups SET page = (SELECT r.page FROM reports r WHERE r.report_group = report_groups.number \
         AND r.page IS NOT NULL AND (r.person IS NULL OR r.person <> ?1) ORDER BY r.number LIMIT 1) \
         WHERE number IN (SELECT report_group FROM reports WHERE person = ?1)",
    )
    .bind(person.as_str())
    .execute(&mut **write)
    .await?;
    sqlx::query(
        "UPDATE reports SET contact = 0, browser = NULL, screen = NULL, language = NULL, errors = '[]', page = NULL, \
         version = version + 1 WHERE person = ?",
    )
    .bind(person.as_str())
    .execute(&mut **write)
    .await?;
    for name in names.iter().filter(|name| !name.trim().is_empty()) {
        let named = forget_name(write, ("reports", "number", "body"), name).await?;
        for stem in stems(name) {
            // The words of the name find what they reported no more, nor what others wrote of them.
            sqlx::query(
                "DELETE FROM report_stems WHERE stem = ? AND report IN (SELECT number FROM reports WHERE person = ?)",
            )
            .bind(&stem)
            .bind(person.as_str())
            .execute(&mut **write)
            .await?;
            for report in &named {
                sqlx::query("DELETE FROM report_stems WHERE stem = ? AND report = ?")
                    .bind(&stem)
                    .bind(report)
                    .execute(&mut **write)
                    .await?;
            }
        }
        for place in [
            ("report_answers", "id", "body"),
            ("report_groups", "number", "words"),
            ("report_groups", "number", "title"),
        ] {
            forget_name(write, place, name).await?;
        }
        sqlx::query("UPDATE reports SET email = NULL WHERE email IS NOT NULL AND lower(email) = lower(?)")
            .bind(*name)
            .execute(&mut **write)
            .await?;
    }
    Ok(())
}

/// Takes a name out of texts, in capitals or not; says out of which.
async fn forget_name(
    write: &mut Write,
    (table, key, column): (&str, &str, &str),
    name: &str,
) -> sqlx::Result<Vec<i64>> {
    // The database knows the capitals of ASCII alone: what of the name it can find so is looked for.
    let sign = longest_plain(name);
    let sql = format!(
        "SELECT {key} AS place, {column} AS text FROM {table} WHERE instr(lower({column}), lower(?)) > 0"
    );
    let rows = sqlx::query(&sql).bind(sign).fetch_all(&mut **write).await?;
    let mut named = Vec::new();
    for row in rows {
        let text: String = row.try_get("text")?;
        let Some(written) = without(&text, name) else { continue };
        let place: i64 = row.try_get("place")?;
        sqlx::query(&format!("UPDATE {table} SET {column} = ? WHERE {key} = ?"))
            .bind(written)
            .bind(place)
            .execute(&mut **write)
            .await?;
        named.push(place);
    }
    Ok(named)
}

/// The longest part of a name that is plain ASCII; the whole of it where no part is.
fn longest_plain(name: &str) -> &str {
    let parts = name.split(|sign: char| !sign.is_ascii());
    parts.max_by_key(|part| part.len()).filter(|part| !part.trim().is_empty()).unwrap_or(name)
}

/// A text where somebody is a Former Member, if they were named in it.
fn without(text: &str, name: &str) -> Option<String> {
    let name = name.to_lowercase();
    // Small letters may be longer than capitals: each place in them knows where it stands in the text.
    let (mut lower, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
    for (place, sign) in text.char_indices() {
        for small in sign.to_lowercase() {
            lower.push(small);
            places.resize(lower.len(), place);
        }
    }
    places.push(text.len());
    let (mut written, mut end) = (String::with_capacity(text.len()), 0);
    for (start, found) in lower.match_indices(&name) {
        let (from, to) = (places.get(start)?, places.get(start + found.len())?);
        written.push_str(text.get(end..*from)?);
        written.push_str(frontdesk_contract::account::FORMER_MEMBER);
        end = *to;
    }
    written.push_str(text.get(end..)?);
    (end > 0).then_some(written)
}

fn state(row: &SqliteRow) -> sqlx::Result<ReportState> {
    word(row, "state", ReportState::parse)
}

fn word<T>(row: &SqliteRow, column: &str, parse: impl Fn(&str) -> Option<T>) -> sqlx::Result<T> {
    parse(&row.try_get::<String, _>(column)?).ok_or_else(|| wrong(Unreadable(column.to_owned())))
}

/// An identifier that may be missing.
fn parsed<T: std::str::FromStr>(row: &SqliteRow, column: &str) -> sqlx::Result<Option<T>>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    row.try_get::<Option<String>, _>(column)?.map(|text| text.parse().map_err(wrong)).transpose()
}

/// The report that came at a time.
pub async fn at(write: &mut Write, time: Timestamp) -> sqlx::Result<Option<ReportId>> {
    let row = sqlx::query("SELECT number FROM reports WHERE at = ? ORDER BY number LIMIT 1")
        .bind(time.millis())
        .fetch_optional(&mut **write)
        .await?;
    row.map(|row| number(&row, "number").map(ReportId)).transpose()
}

/// What the admins call a group, if they do.
pub async fn title(write: &mut Write, id: ReportGroupId) -> sqlx::Result<Option<String>> {
    let row = sqlx::query("SELECT title FROM report_groups WHERE number = ?")
        .bind(count(id.0))
        .fetch_optional(&mut **write)
        .await?;
    row.map_or(Ok(None), |row| row.try_get("title"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_goes_in_capitals_too() {
        let forgotten = |text: &str| without(text, "Noé Fontaine");
        assert_eq!(
            forgotten("Ask NOÉ FONTAINE, or noé fontaine").as_deref(),
            Some("Ask Former Member, or Former Member")
        );
        assert_eq!(forgotten("İstanbul: Noé Fontaine").as_deref(), Some("İstanbul: Former Member"));
        assert_eq!(forgotten("Noé"), None);
        assert_eq!((longest_plain("Noé Fontaine"), longest_plain("文子")), (" Fontaine", "文子"));
    }
}
