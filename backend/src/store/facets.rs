//! How many requests there are of each value of each filter. Triggers count, so no list does.

use frontdesk_contract::listing::FacetCount;
use frontdesk_contract::{RequestState, WaitingFor};
use sqlx::Row as _;

use crate::store::list::Filter;
use crate::store::{Store, number};

/// A filter whose values are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Facet {
    /// What it is about.
    Topic,
    /// The organization's level.
    Priority,
    /// Support's level.
    SupportPriority,
    /// How it is answered.
    Channel,
    /// Who asked.
    AskedBy,
}

impl Facet {
    pub(super) const ALL: [Self; 5] =
        [Self::Topic, Self::Priority, Self::SupportPriority, Self::Channel, Self::AskedBy];

    /// The word of the wire and of the table of counts.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Priority => "priority",
            Self::SupportPriority => "supportPriority",
            Self::Channel => "channel",
            Self::AskedBy => "askedBy",
        }
    }

    /// The column of the requests.
    pub(super) const fn column(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Priority => "priority",
            Self::SupportPriority => "support_priority",
            Self::Channel => "channel",
            Self::AskedBy => "asked_by",
        }
    }
}

/// How many requests there are, and how many each filter would leave by itself.
#[derive(Debug, Default)]
pub(super) struct Sizes {
    /// All of them.
    pub(super) all: u64,
    /// Those in the state and waiting for the side that the filter says.
    within: u64,
    /// Those in the state that the filter says; several, where only unsolved ones are wanted.
    state: u64,
    /// Those that wait for the side that the filter says.
    waiting: u64,
    /// Those with the value of a facet: all of them, and those within.
    facets: Vec<(Facet, u64, u64)>,
}

impl Sizes {
    /// How many are left, if the filters have nothing to do with each other. Exact for one of them.
    pub(super) fn estimate(&self) -> u64 {
        let within = u128::from(self.within.max(1));
        let left = self
            .facets
            .iter()
            .fold(u128::from(self.within), |left, (_, _, count)| left * u128::from(*count) / within);
        u64::try_from(left).unwrap_or(u64::MAX)
    }

    /// The columns that have an index and are filtered by, each with how many rows it leaves.
    pub(super) fn of(&self, filter: &Filter) -> Vec<(&'static str, u64)> {
        let mut sizes: Vec<(&'static str, u64)> =
            self.facets.iter().map(|(facet, all, _)| (facet.column(), *all)).collect();
        if filter.state.is_some() || filter.touched_by.is_some() {
            sizes.push(("state", self.state));
        }
        if filter.waiting_for.is_some() {
            sizes.push(("waiting_for", self.waiting));
        }
        sizes
    }

    /// The column that leaves the fewest.
    pub(super) fn smallest(&self, filter: &Filter) -> Option<(&'static str, u64)> {
        self.of(filter).into_iter().min_by_key(|(_, size)| *size)
    }
}

impl Store {
    /// How many requests each filter would leave.
    pub(super) async fn sizes(&self, filter: &Filter) -> sqlx::Result<Sizes> {
        let mut sizes = Sizes::default();
        let fits = |state: &str, waits: &str| {
            filter.state.is_none_or(|wanted| wanted.as_str() == state)
                && filter.waiting_for.is_none_or(|wanted| wanted.as_str() == waits)
        };
        let rows = sqlx::query("SELECT state, waiting_for, count FROM request_counts")
            .fetch_all(self.read())
            .await?;
        for row in rows {
            let (state, waits): (String, String) = (row.try_get("state")?, row.try_get("waiting_for")?);
            let count = number(&row, "count")?;
            sizes.all += count;
            if fits(&state, &waits) {
                sizes.within += count;
            }
            let is_wanted = match filter.state {
                Some(wanted) => wanted.as_str() == state,
                None => filter.touched_by.is_some() && state != RequestState::Solved.as_str(),
            };
            if is_wanted {
                sizes.state += count;
            }
            if filter.waiting_for.is_some_and(|wanted| wanted.as_str() == waits) {
                sizes.waiting += count;
            }
        }
        for facet in Facet::ALL {
            let Some(value) = filter.value(facet) else { continue };
            let rows = sqlx::query(
                "SELECT state, waiting_for, count FROM request_facets WHERE facet = ? AND value = ?",
            )
            .bind(facet.as_str())
            .bind(value)
            .fetch_all(self.read())
            .await?;
            let (mut all, mut within) = (0, 0);
            for row in rows {
                let (state, waits): (String, String) = (row.try_get("state")?, row.try_get("waiting_for")?);
                let count = number(&row, "count")?;
                all += count;
                if fits(&state, &waits) {
                    within += count;
                }
            }
            sizes.facets.push((facet, all, within));
        }
        Ok(sizes)
    }

    /// How many requests have each value of each filter, within a state and a side.
    pub async fn request_facets(
        &self,
        state: Option<RequestState>,
        waiting_for: Option<WaitingFor>,
    ) -> sqlx::Result<Vec<FacetCount>> {
        let (state, waits) = (state.map(RequestState::as_str), waiting_for.map(WaitingFor::as_str));
        let rows = sqlx::query(
            "SELECT f.facet, f.value, p.name, sum(f.count) AS count FROM request_facets f \
             LEFT JOIN people p ON f.facet = 'askedBy' AND p.id = f.value \
             WHERE (? IS NULL OR f.state = ?) AND (? IS NULL OR f.waiting_for = ?) \
             GROUP BY f.facet, f.value, p.name ORDER BY f.facet, lower(p.name), f.value",
        )
        .bind(state)
        .bind(state)
        .bind(waits)
        .bind(waits)
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(FacetCount {
                    facet: row.try_get("facet")?,
                    value: row.try_get("value")?,
                    name: row.try_get("name")?,
                    count: number(row, "count")?,
                })
            })
            .collect()
    }
}
