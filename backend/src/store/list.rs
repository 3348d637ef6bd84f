//! Lists of requests: filters, orders, cursors, search, and what is similar.
//!
//! A page costs what it shows, however many requests there are: it is read along an index until it is full. Where the
//! filters leave so few that this would be a long way, those few are gathered and sorted instead.

use std::collections::HashMap;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk_contract::request::RequestCounts;
use frontdesk_contract::{
    Channel, Cursor, IncidentId, PersonId, Priority, RequestId, RequestState, RequestSummary, Sort, SortBy,
    Timestamp, TopicId, WaitingFor,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;

use crate::store::facets::{Facet, Sizes};
use crate::store::requests::{Eyes, SUMMARY, summary};
use crate::store::search::{self, Query, Similar};
use crate::store::{Store, count, number};

/// From so many matches on, rows are read in order until the page is full, instead of all being gathered and sorted.
const COMMON: i64 = 1_000;
/// So many of the last changed requests are looked through for words that the index doesn't have.
const LOOKED_THROUGH: i64 = 2_000;
/// So few requests of a filter are looked through for words one by one.
const FEW: u64 = 1_500;
/// So many requests are counted where no trigger has counted them.
const COUNTED: i64 = 20_000;
/// So many rows of an export are handed on at once.
const BATCH: usize = 200;

/// A week of the table of weeks, in milliseconds.
const WEEK: i64 = 604_800_000;

/// So many similar requests are looked at closely.
const COMPARED: i64 = 24;

/// Which requests.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<RequestState>,
    /// Waiting for this side.
    pub waiting_for: Option<WaitingFor>,
    /// About this.
    pub topic: Option<TopicId>,
    /// With this level of the organization.
    pub priority: Option<Priority>,
    /// With this level of support.
    pub support_priority: Option<Priority>,
    /// Answered so.
    pub channel: Option<Channel>,
    /// Asked by this person.
    pub asked_by: Option<PersonId>,
    /// Touched by a live incident.
    pub touched_by: Option<TouchedBy>,
    /// Asked since then.
    pub since: Option<Timestamp>,
    /// One of these.
    pub ids: Vec<RequestId>,
    /// With these words.
    pub query: Query,
}

/// By which live incident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TouchedBy {
    /// Whichever.
    Any,
    /// This one.
    One(IncidentId),
}

impl Filter {
    /// The value of a facet, as the database has it.
    pub(super) fn value(&self, facet: Facet) -> Option<&str> {
        match facet {
            Facet::Topic => self.topic.as_ref().map(TopicId::as_str),
            Facet::Priority => self.priority.map(Priority::as_str),
            Facet::SupportPriority => self.support_priority.map(Priority::as_str),
            Facet::Channel => self.channel.map(Channel::as_str),
            Facet::AskedBy => self.asked_by.as_ref().map(PersonId::as_str),
        }
    }

    /// Whether all that it leaves is unsolved.
    fn is_unsolved(&self) -> bool {
        matches!(self.state, Some(RequestState::Open | RequestState::Hold))
            || matches!(self.waiting_for, Some(WaitingFor::Organization | WaitingFor::Support))
            || self.touched_by.is_some()
    }

    /// Whether it says nothing but a state.
    fn is_by_state(&self) -> bool {
        self.is_counted()
            && self.waiting_for.is_none()
            && Facet::ALL.into_iter().all(|facet| self.value(facet).is_none())
    }

    /// Whether the triggers' counts know how many it leaves.
    fn is_counted(&self) -> bool {
        let facets = Facet::ALL.into_iter().filter(|facet| self.value(*facet).is_some()).count();
        facets <= 1
            && self.touched_by.is_none()
            && self.since.is_none()
            && self.ids.is_empty()
            && self.query.is_empty()
    }
}

/// The column that rows are sorted by.
const fn column(by: SortBy, eyes: Eyes) -> &'static str {
    match by {
        SortBy::ChangedAt => eyes.changed_at(),
        SortBy::CreatedAt => "created_at",
        SortBy::Id => "number",
        SortBy::WaitingFor => "turn_key",
        SortBy::Priority => "level_key",
        SortBy::AskedBy => "asker_key",
        SortBy::Topic => "topic",
        SortBy::Channel => "channel",
    }
}

/// What a row is sorted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A time, a level, a number.
    Number(i64),
    /// A name, a word.
    Text(String),
}

impl Key {
    const fn is_text(by: SortBy) -> bool {
        matches!(by, SortBy::AskedBy | SortBy::Topic | SortBy::Channel)
    }

    fn of(row: &SqliteRow, by: SortBy) -> sqlx::Result<Self> {
        if Self::is_text(by) {
            row.try_get("sort_key").map(Self::Text)
        } else {
            row.try_get("sort_key").map(Self::Number)
        }
    }
}

/// Along what a page was read; the next one goes on so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Along {
    /// The column that it is sorted by.
    Column,
    /// The words, which stand in the order of the last changes.
    Words,
}

/// Where a page ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The order of the list.
    pub sort: Sort,
    /// Along what it was read.
    pub along: Along,
    /// What the last row is sorted by.
    pub key: Key,
    /// Its number.
    pub number: i64,
}

impl Mark {
    /// As the wire has it.
    pub fn to_cursor(&self) -> Cursor {
        let along = match self.along {
            Along::Column => "c",
            Along::Words => "w",
        };
        let key = match &self.key {
            Key::Number(key) => key.to_string(),
            Key::Text(key) => key.clone(),
        };
        // The key is last: it may be any text.
        Cursor(URL_SAFE_NO_PAD.encode(format!("2 {} {along} {} {key}", self.sort, self.number)))
    }

    /// Reads what [`Self::to_cursor`] wrote, and nothing else.
    pub fn parse(cursor: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.splitn(5, ' ');
        let version = parts.next()?;
        let sort: Sort = parts.next()?.parse().ok()?;
        let along = match parts.next()? {
            "c" => Along::Column,
            "w" if sort.by == SortBy::ChangedAt => Along::Words,
            _ => return None,
        };
        let number = parts.next()?.parse().ok()?;
        let key = parts.next()?;
        let key =
            if Key::is_text(sort.by) { Key::Text(key.to_owned()) } else { Key::Number(key.parse().ok()?) };
        (version == "2").then_some(Self { sort, along, key, number })
    }
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// With the first row.
    Start,
    /// After the last row of another page.
    After(Mark),
    /// With the row of this rank: the first has 0.
    At(u32),
}

/// A page of requests and where it ended.
#[derive(Debug)]
pub struct Rows {
    /// The rows.
    pub items: Vec<RequestSummary>,
    /// Where the next page begins.
    pub next: Option<Mark>,
}

/// How the rows of a page are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// Along the index of the order, within what this column says: the page is full early.
    Walk(Option<&'static str>),
    /// All that this column says, sorted then.
    Gather(&'static str),
    /// All that the words find, sorted then.
    Find,
    /// Along the words, which stand in this order.
    Words,
}

impl Store {
    /// A page of a list.
    pub async fn requests(
        &self,
        filter: &Filter,
        sort: Sort,
        place: &Place,
        limit: usize,
        eyes: Eyes,
    ) -> sqlx::Result<Rows> {
        let needed = match place {
            Place::Start | Place::After(_) => limit,
            Place::At(rank) => limit.saturating_add(usize::try_from(*rank).unwrap_or(usize::MAX)),
        };
        let way = match place {
            Place::After(Mark { along: Along::Words, .. }) => Way::Words,
            Place::Start | Place::After(_) | Place::At(_) => self.way(filter, sort, needed, eyes).await?,
        };
        // One row more than asked for says whether there is a next page.
        let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        let (begin, offset) = match place {
            Place::Start => (Begin::Start, 0),
            Place::After(mark) => (Begin::After(mark), 0),
            Place::At(rank) => self.landing(filter, sort, i64::from(*rank), eyes).await?,
        };
        let mut sql = QueryBuilder::<Sqlite>::new(format!("SELECT {SUMMARY}, k.sort_key FROM ("));
        push_found(&mut sql, filter, sort, Columns::Numbers, way, begin, eyes);
        sql.push(" LIMIT ").push_bind(more);
        if offset > 0 {
            sql.push(" OFFSET ").push_bind(offset);
        }
        push_rows(&mut sql, sort);
        let mut rows = sql.build().fetch_all(self.read()).await?;
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        let along = if way == Way::Words { Along::Words } else { Along::Column };
        let next = match rows.last() {
            Some(row) if has_next => {
                Some(Mark { sort, along, key: Key::of(row, sort.by)?, number: row.try_get("number")? })
            }
            Some(_) | None => None,
        };
        let mut items = rows.iter().map(|row| summary(row, eyes)).collect::<sqlx::Result<Vec<_>>>()?;
        self.add_incidents(&mut items).await?;
        Ok(Rows { items, next })
    }

    /// Where a jump to a rank begins to count, and how many rows it passes over from there. A list by the last change
    /// passes over whole weeks first; any other one over all rows, along its index.
    async fn landing(
        &self,
        filter: &Filter,
        sort: Sort,
        rank: i64,
        eyes: Eyes,
    ) -> sqlx::Result<(Begin<'static>, i64)> {
        let has_weeks = sort.by == SortBy::ChangedAt && eyes == Eyes::Organization && filter.is_by_state();
        if !has_weeks || rank == 0 {
            return Ok((Begin::Start, rank));
        }
        let direction = if sort.is_descending { "DESC" } else { "ASC" };
        let sql = format!(
            "SELECT week, passed FROM (SELECT week, sum(rows) OVER (ORDER BY week {direction}) - rows AS passed FROM ( \
             SELECT week, sum(count) AS rows FROM request_weeks WHERE ? IS NULL OR state = ? GROUP BY week \
             ) AS weeks) AS sums WHERE passed <= ? ORDER BY week {} LIMIT 1",
            if sort.is_descending { "ASC" } else { "DESC" },
        );
        let state = filter.state.map(RequestState::as_str);
        let row = sqlx::query(&sql).bind(state).bind(state).bind(rank).fetch_optional(self.read()).await?;
        let Some(row) = row else { return Ok((Begin::Start, rank)) };
        let (week, passed): (i64, i64) = (row.try_get("week")?, row.try_get("passed")?);
        let bound = if sort.is_descending { week + 1 } else { week } * WEEK;
        Ok((Begin::Past(bound), rank - passed))
    }

    /// All rows of a list, handed on in batches as fast as they are taken: of one moment, and no more of them in memory
    /// than are on their way. Whether all were taken: whoever takes none for longer than `patience` gets no more.
    pub async fn all_requests(
        &self,
        filter: &Filter,
        sort: Sort,
        eyes: Eyes,
        taker: &mpsc::Sender<Vec<RequestSummary>>,
        patience: Duration,
    ) -> sqlx::Result<bool> {
        let way = self.way_to_all(filter, sort, eyes).await?;
        let by_topic = self.live_incidents_by_topic().await?;
        let mut sql = QueryBuilder::<Sqlite>::new("");
        push_found(&mut sql, filter, sort, Columns::Rows, way, Begin::Start, eyes);
        let query = sql.build();
        let mut rows = query.fetch(self.read());
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(row) = rows.try_next().await? {
            batch.push(summary(&row, eyes)?);
            if batch.len() == BATCH {
                add_incidents(&mut batch, &by_topic);
                if taker.send_timeout(std::mem::take(&mut batch), patience).await.is_err() {
                    return Ok(false);
                }
            }
        }
        add_incidents(&mut batch, &by_topic);
        Ok(taker.send_timeout(batch, patience).await.is_ok())
    }

    /// How many requests a filter leaves, as the triggers count them; else counted here, up to a bound.
    pub async fn count_matching(
        &self,
        filter: &Filter,
        eyes: Eyes,
        counts: &mut RequestCounts,
    ) -> sqlx::Result<()> {
        let sizes = self.sizes(filter).await?;
        if filter.is_counted() {
            counts.matching = sizes.estimate();
            return Ok(());
        }
        let way = match self.way(filter, Sort::default(), usize::MAX, eyes).await? {
            // All of them are read, in whatever order.
            Way::Walk(Some(column)) => Way::Gather(column),
            way => way,
        };
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT count(*) AS count FROM (SELECT 1 FROM (");
        push_found(&mut sql, filter, Sort::default(), Columns::Numbers, way, Begin::Start, eyes);
        sql.push(") LIMIT ").push_bind(COUNTED + 1).push(")");
        let row = sql.build().fetch_one(self.read()).await?;
        let bound = COUNTED.unsigned_abs();
        let found = number(&row, "count")?;
        counts.matching = found.min(bound);
        counts.is_more = found > bound;
        Ok(())
    }

    /// Unsolved requests that share words with a text, the most similar first.
    pub async fn similar_requests(
        &self,
        text: &str,
        limit: usize,
        eyes: Eyes,
    ) -> sqlx::Result<Vec<RequestSummary>> {
        let Some(similar) = Similar::to(text) else { return Ok(Vec::new()) };
        let sql = format!(
            "SELECT {SUMMARY}, (SELECT e.body FROM entries e WHERE e.request = r.number ORDER BY e.id LIMIT 1) AS asked \
             FROM (SELECT rowid AS number, bm25(unsolved_words, 4.0, 1.0) AS distance FROM unsolved_words \
             WHERE unsolved_words MATCH ? ORDER BY distance LIMIT ?) w \
             JOIN requests r ON r.number = w.number JOIN people p ON p.id = r.asked_by ORDER BY w.distance, r.number DESC"
        );
        let rows = sqlx::query(&sql).bind(&similar.matching).bind(COMPARED).fetch_all(self.read()).await?;
        let mut items = Vec::new();
        for row in rows {
            let asked: Option<String> = row.try_get("asked")?;
            let item = summary(&row, eyes)?;
            if similar.fits(&format!("{} {}", item.subject, asked.unwrap_or_default())) {
                items.push(item);
            }
        }
        items.truncate(limit);
        self.add_incidents(&mut items).await?;
        Ok(items)
    }

    /// The best way to so many rows.
    async fn way(&self, filter: &Filter, sort: Sort, needed: usize, eyes: Eyes) -> sqlx::Result<Way> {
        if filter.query.number.is_some() || !filter.ids.is_empty() {
            return Ok(Way::Gather("number"));
        }
        let has_words = filter.query.matching.is_some();
        if has_words && filter.is_unsolved() && eyes == Eyes::Organization {
            return Ok(Way::Find);
        }
        let sizes = self.sizes(filter).await?;
        if has_words && eyes == Eyes::Organization && sort.by == SortBy::ChangedAt {
            return Ok(match sizes.smallest(filter) {
                Some((column, size)) if size <= FEW => Way::Gather(column),
                Some(_) | None => Way::Words,
            });
        }
        if let Some(matching) = filter.query.matching_for(eyes)
            && !self.is_common(&matching, eyes).await?
        {
            return Ok(Way::Find);
        }
        Ok(best(filter, sort, needed, eyes, &sizes))
    }

    /// The best way to all rows: in order, so that none has to wait for the last one to be sorted, unless there are few.
    async fn way_to_all(&self, filter: &Filter, sort: Sort, eyes: Eyes) -> sqlx::Result<Way> {
        match self.way(filter, sort, usize::MAX, eyes).await? {
            Way::Gather(column) if column != "number" => {
                let sizes = self.sizes(filter).await?;
                let is_few = sizes.smallest(filter).is_some_and(|(_, size)| size <= FEW);
                Ok(if is_few { Way::Gather(column) } else { Way::Walk(None) })
            }
            way => Ok(way),
        }
    }

    async fn is_common(&self, matching: &str, eyes: Eyes) -> sqlx::Result<bool> {
        let words = search::table(eyes);
        let sql =
            format!("SELECT count(*) AS count FROM (SELECT 1 FROM {words} WHERE {words} MATCH ? LIMIT ?)");
        let row = sqlx::query(&sql).bind(matching).bind(COMMON).fetch_one(self.read()).await?;
        Ok(row.try_get::<i64, _>("count")? >= COMMON)
    }

    async fn add_incidents(&self, items: &mut [RequestSummary]) -> sqlx::Result<()> {
        let by_topic = self.live_incidents_by_topic().await?;
        add_incidents(items, &by_topic);
        Ok(())
    }
}

fn add_incidents(items: &mut [RequestSummary], by_topic: &HashMap<TopicId, Vec<IncidentId>>) {
    for item in items.iter_mut().filter(|item| item.state != RequestState::Solved) {
        item.incidents = by_topic.get(&item.topic).cloned().unwrap_or_default();
    }
}

/// Compares the ways by how many rows each looks at.
fn best(filter: &Filter, sort: Sort, needed: usize, eyes: Eyes, sizes: &Sizes) -> Way {
    let needed = u64::try_from(needed).unwrap_or(u64::MAX);
    let estimate = sizes.estimate().max(1);
    // Matches are taken to be spread evenly.
    let walked = |size: u64| size.min(needed.saturating_add(1).saturating_mul(size / estimate + 1));
    let mut best = (Way::Walk(None), walked(sizes.all));
    let mut offer = |way: Way, cost: u64| {
        if cost < best.1 {
            best = (way, cost);
        }
    };
    for (column, size) in sizes.of(filter) {
        if has_index(column, sort.by, eyes) {
            offer(Way::Walk(Some(column)), walked(size));
        } else {
            // Gathering looks at the rows themselves, and sorts them.
            offer(Way::Gather(column), size.saturating_mul(2));
        }
    }
    best.0
}

/// Whether there is an index of the column with the order behind it.
fn has_index(column: &str, by: SortBy, eyes: Eyes) -> bool {
    match (by, eyes) {
        (SortBy::ChangedAt, Eyes::Organization) => true,
        (SortBy::ChangedAt, Eyes::Agent) | (SortBy::WaitingFor | SortBy::Priority | SortBy::AskedBy, _) => {
            column == "state"
        }
        (SortBy::Id | SortBy::Topic, _) => column == "topic",
        (SortBy::Channel, _) => column == "channel",
        (SortBy::CreatedAt, _) => false,
    }
}

/// From where on rows are read.
#[derive(Debug, Clone, Copy)]
enum Begin<'a> {
    /// From the first.
    Start,
    /// After the last row of another page.
    After(&'a Mark),
    /// From this key on, in the direction of the order.
    Past(i64),
}

/// What is read of the rows that fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Columns {
    /// Their numbers: the index along which they are found often has all of it.
    Numbers,
    /// The rows themselves.
    Rows,
}

/// The rows that fit, with what they are sorted by, in order.
fn push_found(
    sql: &mut QueryBuilder<'_, Sqlite>,
    filter: &Filter,
    sort: Sort,
    columns: Columns,
    way: Way,
    begin: Begin<'_>,
    eyes: Eyes,
) {
    let key = match way {
        Way::Words => "w.place".to_owned(),
        Way::Walk(_) | Way::Gather(_) | Way::Find => format!("r.{}", column(sort.by, eyes)),
    };
    let (read, people) = match columns {
        Columns::Numbers => ("r.number AS number", ""),
        Columns::Rows => (SUMMARY, " JOIN people p ON p.id = r.asked_by"),
    };
    sql.push(format!("SELECT {read}, {key} AS sort_key FROM "));
    if way == Way::Words {
        // The words come first, so that they are read in order.
        push_words(sql, filter);
        sql.push(format!("r.words_row = w.place{people} WHERE 1 = 1"));
        if let Begin::After(Mark { key: Key::Number(at), .. }) = begin {
            sql.push(if sort.is_descending { " AND w.place < " } else { " AND w.place > " }).push_bind(*at);
        }
    } else {
        sql.push(format!("requests r{people} WHERE 1 = 1"));
    }
    push_filter(sql, filter, way);
    push_query(sql, filter, way, eyes);
    let direction = if sort.is_descending { "DESC" } else { "ASC" };
    if way == Way::Words {
        sql.push(format!(" ORDER BY w.place {direction}"));
        return;
    }
    if let Begin::Past(bound) = begin {
        sql.push(format!(" AND {key} {} ", if sort.is_descending { "<" } else { ">=" })).push_bind(bound);
    }
    if let Begin::After(mark) = begin {
        let compare = if sort.is_descending { "<" } else { ">" };
        sql.push(format!(" AND ({key}, r.number) {compare} ("));
        match &mark.key {
            Key::Number(key) => sql.push_bind(*key),
            Key::Text(key) => sql.push_bind(key.clone()),
        };
        sql.push(", ").push_bind(mark.number).push(")");
    }
    // The `+` says that they are sorted afterwards, whatever index there is.
    let plus = if matches!(way, Way::Walk(_)) { "" } else { "+" };
    sql.push(format!(" ORDER BY {plus}{key} {direction}, {plus}r.number {direction}"));
}

/// The words in the order of the last changes, joined to the requests.
fn push_words(sql: &mut QueryBuilder<'_, Sqlite>, filter: &Filter) {
    let matching = filter.query.matching_for(Eyes::Organization).unwrap_or_default();
    sql.push("(SELECT rowid AS place FROM public_words WHERE public_words MATCH ")
        .push_bind(matching.clone());
    if !filter.query.patterns.is_empty() {
        // Beside words that the index doesn't have, no more than the newest matches are looked through.
        sql.push(" AND rowid >= coalesce((SELECT rowid FROM public_words WHERE public_words MATCH ")
            .push_bind(matching)
            .push(" ORDER BY rowid DESC LIMIT 1 OFFSET ")
            .push_bind(LOOKED_THROUGH - 1)
            .push("), 0)");
    }
    sql.push(")");
    sql.push(" w CROSS JOIN requests r ON ");
}

/// The rows of the numbers that were found.
fn push_rows(sql: &mut QueryBuilder<'_, Sqlite>, sort: Sort) {
    let direction = if sort.is_descending { "DESC" } else { "ASC" };
    sql.push(format!(
        ") k JOIN requests r ON r.number = k.number JOIN people p ON p.id = r.asked_by \
         ORDER BY k.sort_key {direction}, k.number {direction}"
    ));
}

/// A `+` keeps SQLite from choosing the index of another column than the one that was chosen here.
fn push_filter(sql: &mut QueryBuilder<'_, Sqlite>, filter: &Filter, way: Way) {
    let driver = match way {
        Way::Walk(driver) => driver,
        Way::Gather(driver) => Some(driver),
        Way::Find | Way::Words => None,
    };
    let term = |column: &str| format!(" AND {}r.{column} ", if driver == Some(column) { "" } else { "+" });
    if let Some(state) = filter.state {
        sql.push(term("state")).push("= ").push_bind(state.as_str());
    }
    if let Some(waits) = filter.waiting_for {
        sql.push(term("waiting_for")).push("= ").push_bind(waits.as_str());
    }
    for facet in Facet::ALL {
        if let Some(value) = filter.value(facet) {
            sql.push(term(facet.column())).push("= ").push_bind(value.to_owned());
        }
    }
    if let Some(since) = filter.since {
        sql.push(term("created_at")).push(">= ").push_bind(since.millis());
    }
    if let Some(touched_by) = &filter.touched_by {
        if filter.state.is_none() {
            sql.push(term("state")).push("IN ('open', 'hold')");
        }
        sql.push(
            " AND +r.topic IN (SELECT t.topic FROM incident_topics t JOIN incidents i ON i.id = t.incident \
             WHERE i.resolved_at IS NULL",
        );
        if let TouchedBy::One(incident) = touched_by {
            sql.push(" AND i.id = ").push_bind(incident.as_str().to_owned());
        }
        sql.push(") AND +r.state <> 'solved'");
    }
    if !filter.ids.is_empty() {
        sql.push(" AND r.number IN (");
        let mut numbers = sql.separated(", ");
        for id in &filter.ids {
            numbers.push_bind(count(id.0));
        }
        sql.push(")");
    }
}

fn push_query(sql: &mut QueryBuilder<'_, Sqlite>, filter: &Filter, way: Way, eyes: Eyes) {
    let query = &filter.query;
    if let Some(number) = query.number {
        sql.push(" AND r.number = ").push_bind(count(number.0));
    }
    let is_looked_through = !query.patterns.is_empty();
    if let Some(matching) = query.matching_for(eyes).filter(|_| way != Way::Words) {
        // Where most rows match, or few are left, rows are read first and looked up here.
        let plus = if way == Way::Find { "" } else { "+" };
        let (words, row) = match (way, eyes) {
            (Way::Find, Eyes::Organization) if filter.is_unsolved() => ("unsolved_words", "number"),
            (_, Eyes::Organization) => (search::table(eyes), "words_row"),
            (_, Eyes::Agent) => (search::table(eyes), "number"),
        };
        sql.push(format!(" AND {plus}r.{row} IN (SELECT rowid FROM {words} WHERE {words} MATCH "))
            .push_bind(matching);
        if is_looked_through {
            sql.push(" ORDER BY rowid DESC LIMIT ").push_bind(LOOKED_THROUGH);
        }
        sql.push(")");
    } else if is_looked_through && way != Way::Words {
        let column = eyes.changed_at();
        sql.push(" AND r.number IN (SELECT r.number FROM requests r WHERE 1 = 1");
        push_filter(sql, filter, way);
        sql.push(format!(" ORDER BY r.{column} DESC, r.number DESC LIMIT "))
            .push_bind(LOOKED_THROUGH)
            .push(")");
    }
    for pattern in &query.patterns {
        sql.push(" AND (r.subject LIKE ")
            .push_bind(pattern.clone())
            .push(" ESCAPE '\\' OR EXISTS (SELECT 1 FROM entries e WHERE e.request = r.number AND e.kind = 'message' AND e.internal <= ")
            .push_bind(i64::from(eyes == Eyes::Agent))
            .push(" AND e.body LIKE ")
            .push_bind(pattern.clone())
            .push(" ESCAPE '\\'))");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cursors_round_trip(by in 0usize..8, is_descending: bool, key: i64, name in "[a-zé ]{0,12}", number: i64, by_words: bool) {
            let sort = Sort { by: SortBy::ALL[by], is_descending };
            let key = if Key::is_text(sort.by) { Key::Text(name) } else { Key::Number(key) };
            let along = if by_words && sort.by == SortBy::ChangedAt { Along::Words } else { Along::Column };
            let mark = Mark { sort, along, key, number };
            prop_assert_eq!(Mark::parse(&mark.to_cursor().0), Some(mark));
        }

        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let _ = Mark::parse(&text);
            let _ = Mark::parse(&URL_SAFE_NO_PAD.encode(bytes));
        }
    }
}
