//! Lists of requests: filters, orders, cursors, search, and what is similar.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk_contract::{
    Cursor, IncidentId, Priority, RequestState, RequestSummary, Timestamp, TopicId, WaitingFor,
};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use crate::store::requests::{Eyes, SUMMARY, summary};
use crate::store::search::{self, Query, Similar};
use crate::store::{Store, time};

/// From so many matches on, rows are read in order until the page is full, instead of all being gathered and sorted.
const COMMON: i64 = 1_000;
/// So many of the last changed requests are looked through for words that the index doesn't have.
const LOOKED_THROUGH: i64 = 2_000;

/// So many similar requests are looked at closely.
const COMPARED: i64 = 24;

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// Last changed first.
    #[default]
    LastChanged,
    /// Last changed last.
    FirstChanged,
    /// Newest first.
    Newest,
    /// Oldest first.
    Oldest,
}

impl Order {
    /// All orders.
    pub const ALL: [Self; 4] = [Self::LastChanged, Self::FirstChanged, Self::Newest, Self::Oldest];

    /// The word of the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LastChanged => "-changedAt",
            Self::FirstChanged => "changedAt",
            Self::Newest => "-createdAt",
            Self::Oldest => "createdAt",
        }
    }

    /// Reads the word of the wire.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|order| order.as_str() == word)
    }

    const fn column(self, eyes: Eyes) -> &'static str {
        match self {
            Self::LastChanged | Self::FirstChanged => eyes.changed_at(),
            Self::Newest | Self::Oldest => "created_at",
        }
    }

    /// How rows compare, and in which direction they are read.
    const fn direction(self) -> (&'static str, &'static str) {
        match self {
            Self::LastChanged | Self::Newest => ("<", "DESC"),
            Self::FirstChanged | Self::Oldest => (">", "ASC"),
        }
    }
}

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
    /// With these words.
    pub query: Query,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// The order of the list.
    pub order: Order,
    /// The time of the last row.
    pub at: Timestamp,
    /// Its number.
    pub number: i64,
}

impl Mark {
    /// As the wire has it.
    pub fn to_cursor(self) -> Cursor {
        let text = format!("1 {} {} {}", self.order.as_str(), self.at.millis(), self.number);
        Cursor(URL_SAFE_NO_PAD.encode(text))
    }

    /// Reads what [`Self::to_cursor`] wrote, and nothing else.
    pub fn parse(cursor: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let mut parts = text.split(' ');
        let (version, order, at, number) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "1" || parts.next().is_some() {
            return None;
        }
        Some(Self {
            order: Order::parse(order)?,
            at: Timestamp::from_millis(at.parse().ok()?)?,
            number: number.parse().ok()?,
        })
    }
}

/// A page of requests and where it ended.
#[derive(Debug)]
pub struct Rows {
    /// The rows.
    pub items: Vec<RequestSummary>,
    /// Where the next page begins.
    pub next: Option<Mark>,
}

impl Store {
    /// A page of a list.
    pub async fn requests(
        &self,
        filter: &Filter,
        order: Order,
        after: Option<Mark>,
        limit: usize,
        eyes: Eyes,
    ) -> sqlx::Result<Rows> {
        let mut sql = QueryBuilder::<Sqlite>::new(format!(
            "SELECT {SUMMARY} FROM requests r JOIN people p ON p.id = r.asked_by WHERE 1 = 1"
        ));
        push_filter(&mut sql, filter);
        self.push_query(&mut sql, filter, eyes).await?;
        let column = order.column(eyes);
        let (compare, direction) = order.direction();
        if let Some(mark) = after {
            sql.push(format!(" AND (r.{column}, r.number) {compare} ("))
                .push_bind(mark.at.millis())
                .push(", ")
                .push_bind(mark.number)
                .push(")");
        }
        // One row more than asked for says whether there is a next page.
        let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        sql.push(format!(" ORDER BY r.{column} {direction}, r.number {direction} LIMIT ")).push_bind(more);
        let mut rows = sql.build().fetch_all(self.read()).await?;
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        let next = match rows.last() {
            Some(row) if has_next => {
                Some(Mark { order, at: time(row, column)?, number: row.try_get("number")? })
            }
            Some(_) | None => None,
        };
        let mut items = rows.iter().map(|row| summary(row, eyes)).collect::<sqlx::Result<Vec<_>>>()?;
        self.add_incidents(&mut items).await?;
        Ok(Rows { items, next })
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

    async fn push_query(
        &self,
        sql: &mut QueryBuilder<'_, Sqlite>,
        filter: &Filter,
        eyes: Eyes,
    ) -> sqlx::Result<()> {
        let query = &filter.query;
        if let Some(number) = query.number {
            sql.push(" AND r.number = ").push_bind(super::count(number.0));
        }
        if let Some(matching) = &query.matching {
            let matching = search::for_eyes(matching, eyes);
            let is_unsolved = matches!(filter.state, Some(RequestState::Open | RequestState::Hold))
                || matches!(filter.waiting_for, Some(WaitingFor::Organization | WaitingFor::Support));
            if is_unsolved && eyes == Eyes::Organization {
                sql.push(" AND r.number IN (SELECT rowid FROM unsolved_words WHERE unsolved_words MATCH ")
                    .push_bind(matching)
                    .push(")");
            } else if self.is_common(&matching).await? {
                // Most rows match, so rows are read in order until the page is full.
                sql.push(" AND +r.number IN (SELECT rowid FROM request_words WHERE request_words MATCH ")
                    .push_bind(matching)
                    .push(")");
            } else {
                sql.push(" AND r.number IN (SELECT rowid FROM request_words WHERE request_words MATCH ")
                    .push_bind(matching)
                    .push(")");
            }
        } else if !query.patterns.is_empty() {
            let column = eyes.changed_at();
            sql.push(format!(
                " AND r.number IN (SELECT number FROM requests ORDER BY {column} DESC, number DESC LIMIT "
            ))
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
        Ok(())
    }

    async fn is_common(&self, matching: &str) -> sqlx::Result<bool> {
        let row = sqlx::query(
            "SELECT count(*) AS count FROM (SELECT 1 FROM request_words WHERE request_words MATCH ? LIMIT ?)",
        )
        .bind(matching)
        .bind(COMMON)
        .fetch_one(self.read())
        .await?;
        Ok(row.try_get::<i64, _>("count")? >= COMMON)
    }

    async fn add_incidents(&self, items: &mut [RequestSummary]) -> sqlx::Result<()> {
        let by_topic: HashMap<TopicId, Vec<IncidentId>> = self.live_incidents_by_topic().await?;
        for item in items.iter_mut().filter(|item| item.state != RequestState::Solved) {
            item.incidents = by_topic.get(&item.topic).cloned().unwrap_or_default();
        }
        Ok(())
    }
}

/// A `+` keeps SQLite from choosing the index of a column that most rows share.
fn push_filter(sql: &mut QueryBuilder<'_, Sqlite>, filter: &Filter) {
    if let Some(state) = filter.state {
        sql.push(if state == RequestState::Solved { " AND +r.state = " } else { " AND r.state = " })
            .push_bind(state.as_str());
    }
    if let Some(waits) = filter.waiting_for {
        sql.push(if waits == WaitingFor::Nobody {
            " AND +r.waiting_for = "
        } else {
            " AND r.waiting_for = "
        })
        .push_bind(waits.as_str());
    }
    if let Some(topic) = &filter.topic {
        sql.push(" AND r.topic = ").push_bind(topic.as_str().to_owned());
    }
    if let Some(priority) = filter.priority {
        sql.push(" AND r.priority = ").push_bind(priority.as_str());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cursors_round_trip(order in 0usize..4, millis in 0i64..4_000_000_000_000, number: i64) {
            let at = Timestamp::from_millis(millis).expect("in range");
            let mark = Mark { order: Order::ALL[order], at, number };
            prop_assert_eq!(Mark::parse(&mark.to_cursor().0), Some(mark));
        }

        #[test]
        fn no_text_makes_the_parser_fail_loudly(text in any::<String>(), bytes in any::<Vec<u8>>()) {
            let _ = Mark::parse(&text);
            let _ = Mark::parse(&URL_SAFE_NO_PAD.encode(bytes));
        }
    }
}
