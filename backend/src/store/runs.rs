//! Runs of plans: who was reached, with which result.

use std::collections::HashMap;

use frontdesk_contract::account::act::{Action, Reason};
use frontdesk_contract::account::consequence::{Effect, left_behind};
use frontdesk_contract::plan::{Outcome, Receipt, Run, RunCounts, RunRow, RunState};
use frontdesk_contract::{PersonId, PersonRef, PlanId, RunId, Timestamp, Version};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::store::audit::{self, By, Line};
use crate::store::plans::{self, PLAN};
use crate::store::{Store, Write, count, events, handover, number, push_people, time, time_if_any, wrong};

/// A run with its plan.
#[derive(Debug, Clone)]
pub struct Stored {
    /// As the wire has it.
    pub run: Run,
    /// The plan.
    pub plan: plans::Stored,
    /// From where it was asked for.
    pub network: Option<String>,
    /// Up to this row everybody was reached.
    pub reached: u64,
    /// What an admin wrote to the people, for their e-mails.
    pub words: Option<String>,
}

/// A run to be stored.
#[derive(Debug, Clone)]
pub struct NewRun<'a> {
    /// Of which plan.
    pub plan: PlanId,
    /// Where it begins.
    pub state: RunState,
    /// Until when somebody may approve.
    pub approve_by: Option<Timestamp>,
    /// Why the emergency approval is used.
    pub emergency: Option<&'a str>,
    /// The date for which it is planned.
    pub effective_at: Option<Timestamp>,
    /// From where it is asked for.
    pub network: Option<&'a str>,
    /// What the people read beside the link.
    pub words: Option<&'a str>,
}

/// The columns of a run with its plan. The tables are named `r` and `l`.
fn select(rest: &str) -> String {
    format!(
        "SELECT r.*, {PLAN}, (SELECT w.reason FROM run_rows w WHERE w.run = r.id AND r.people = 1 AND w.outcome <> 'done') AS why, \
         (SELECT p.name FROM people p WHERE p.id = r.decided_by) AS decided_name \
         FROM runs r JOIN plans l ON l.id = r.plan {rest}"
    )
}

/// Stores a run with a row for everybody whose turn comes.
pub async fn insert(write: &mut Write, new: &NewRun<'_>, now: Timestamp) -> sqlx::Result<RunId> {
    let row = sqlx::query(
        "INSERT INTO runs (plan, state, created_at, approve_by, emergency, effective_at, network, words, people) \
         SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, count(*) FROM plan_rows WHERE plan = ?1 AND verdict = 'will' RETURNING id",
    )
    .bind(count(new.plan.0))
    .bind(new.state.as_str())
    .bind(now.millis())
    .bind(new.approve_by.map(Timestamp::millis))
    .bind(new.emergency)
    .bind(new.effective_at.map(Timestamp::millis))
    .bind(new.network)
    .bind(new.words)
    .fetch_one(&mut **write)
    .await?;
    let id = RunId(number(&row, "id")?);
    sqlx::query(
        "INSERT INTO run_rows (run, number, person, outcome) \
         SELECT ?1, number, person, 'waiting' FROM plan_rows WHERE plan = ?2 AND verdict = 'will'",
    )
    .bind(count(id.0))
    .bind(count(new.plan.0))
    .execute(&mut **write)
    .await?;
    Ok(id)
}

/// A run.
pub async fn find(connection: &mut SqliteConnection, id: RunId) -> sqlx::Result<Option<Stored>> {
    let row = sqlx::query(&select("WHERE r.id = ?")).bind(count(id.0)).fetch_optional(connection).await?;
    row.as_ref().map(stored).transpose()
}

/// The run of a plan.
pub async fn of_plan(connection: &mut SqliteConnection, plan: PlanId) -> sqlx::Result<Option<Stored>> {
    let row = sqlx::query(&select("WHERE r.plan = ?")).bind(count(plan.0)).fetch_optional(connection).await?;
    row.as_ref().map(stored).transpose()
}

/// What somebody asked to do to a person and nobody has approved yet, the oldest first.
pub async fn waiting_for(
    connection: &mut SqliteConnection,
    person: &PersonId,
    now: Timestamp,
) -> sqlx::Result<Vec<Run>> {
    let sql = select(
        "JOIN plan_rows w ON w.plan = r.plan AND w.person = ? AND w.verdict = 'will' \
         WHERE r.state = 'approval' AND r.approve_by > ? ORDER BY r.id LIMIT 10",
    );
    let rows = sqlx::query(&sql).bind(person.as_str()).bind(now.millis()).fetch_all(connection).await?;
    rows.iter().map(|row| stored(row).map(|stored| stored.run)).collect()
}

/// The oldest run that goes on by itself.
pub async fn next_running(connection: &mut SqliteConnection) -> sqlx::Result<Option<Stored>> {
    let row = sqlx::query(&select("WHERE r.state = 'running' ORDER BY r.id LIMIT 1"))
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(stored).transpose()
}

/// The next people whose turn comes.
pub async fn next_rows(
    write: &mut Write,
    id: RunId,
    after: u64,
    limit: i64,
) -> sqlx::Result<Vec<(u64, PersonId)>> {
    let rows = sqlx::query(
        "SELECT number, person FROM run_rows WHERE run = ? AND number > ? AND outcome = 'waiting' ORDER BY number LIMIT ?",
    )
    .bind(count(id.0))
    .bind(count(after))
    .bind(limit)
    .fetch_all(&mut **write)
    .await?;
    rows.iter()
        .map(|row| Ok((number(row, "number")?, row.try_get::<String, _>("person")?.parse().map_err(wrong)?)))
        .collect()
}

/// Keeps what became of people, by their places in the run.
pub async fn settle(
    write: &mut Write,
    id: RunId,
    settled: &[(u64, Outcome, Option<Reason>)],
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut alike: HashMap<(Outcome, Option<Reason>), Vec<u64>> = HashMap::new();
    for (place, outcome, reason) in settled {
        alike.entry((*outcome, *reason)).or_default().push(*place);
    }
    for ((outcome, reason), places) in alike {
        let mut sql = QueryBuilder::<Sqlite>::new("UPDATE run_rows SET outcome = ");
        sql.push_bind(outcome.as_str());
        sql.push(", reason = ").push_bind(reason.map(Reason::as_str));
        sql.push(", at = ").push_bind(now.millis());
        sql.push(" WHERE run = ").push_bind(count(id.0)).push(" AND number IN (");
        let mut list = sql.separated(", ");
        for place in places {
            list.push_bind(count(place));
        }
        sql.push(")").build().execute(&mut **write).await?;
    }
    Ok(())
}

/// Writes how far a run is; its version goes up by one.
pub async fn save(write: &mut Write, stored: &mut Stored) -> sqlx::Result<()> {
    let run = &stored.run;
    sqlx::query(
        "UPDATE runs SET state = ?, decided_by = ?, started_at = ?, ended_at = ?, effective_at = ?, done = ?, skipped = ?, \
         failed = ?, from_done = ?, from_skipped = ?, from_failed = ?, reached = ?, receipt = ?, words = CASE WHEN ? THEN NULL ELSE words END, version = version + 1 \
         WHERE id = ?",
    )
    .bind(run.state.as_str())
    .bind(run.decided_by.as_ref().map(|person| person.id.as_str()))
    .bind(run.started_at.map(Timestamp::millis))
    .bind(run.ended_at.map(Timestamp::millis))
    .bind(run.effective_at.map(Timestamp::millis))
    .bind(count(run.counts.done))
    .bind(count(run.counts.skipped))
    .bind(count(run.counts.failed))
    .bind(count(run.counted_from.done))
    .bind(count(run.counted_from.skipped))
    .bind(count(run.counted_from.failed))
    .bind(count(stored.reached))
    // A link is told once and kept nowhere.
    .bind(run.receipt.as_ref().map(|receipt| Receipt { link: None, ..receipt.clone() }).and_then(|receipt| serde_json::to_string(&receipt).ok()))
    // Whoever was reached has them in an e-mail.
    .bind(run.state.is_over())
    .bind(count(run.id.0))
    .execute(&mut **write)
    .await?;
    let version = sqlx::query("SELECT version FROM runs WHERE id = ?")
        .bind(count(run.id.0))
        .fetch_one(&mut **write)
        .await?;
    stored.run.version = Version::numbered(number(&version, "version")?);
    Ok(())
}

/// Keeps the word of whoever decided.
pub async fn note_decision(write: &mut Write, id: RunId, reason: Option<&str>) -> sqlx::Result<()> {
    sqlx::query("UPDATE runs SET decision_reason = ? WHERE id = ?")
        .bind(reason)
        .bind(count(id.0))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Whether an account changed since the plan looked at it, or who is left behind, or what its leavers hand over, or who
/// takes that over.
pub async fn is_outdated(connection: &mut SqliteConnection, plan: PlanId) -> sqlx::Result<bool> {
    let row = sqlx::query(
        "SELECT 1 FROM plan_rows r JOIN people p ON p.id = r.person WHERE r.plan = ? AND r.verdict = 'will' \
         AND (p.version <> r.version OR p.deleted_at IS NOT NULL) LIMIT 1",
    )
    .bind(count(plan.0))
    .fetch_optional(&mut *connection)
    .await?;
    if row.is_some() {
        return Ok(true);
    }
    match plans::find(&mut *connection, plan).await? {
        Some(planned) => is_around_otherwise(connection, &planned).await,
        None => Ok(true),
    }
}

/// Whether other groups or people are left behind than a plan says, or what its leavers hand over has changed since, or
/// who takes it over can't any more.
async fn is_around_otherwise(
    connection: &mut SqliteConnection,
    planned: &plans::Stored,
) -> sqlx::Result<bool> {
    if !matches!(planned.action, Action::Deactivate | Action::Withdraw) {
        return Ok(false);
    }
    let left = left_behind(&plans::left_behind(connection, planned.id).await?);
    let said = planned
        .consequences
        .iter()
        .filter(|line| matches!(line.effect, Effect::Ownerless | Effect::Unmanaged));
    if !said.eq(&left) {
        return Ok(true);
    }
    let Some(heir) = &planned.heir else { return Ok(false) };
    let leavers = handover::Leavers::Plan(planned.id);
    let (what, needs) = handover::belongings(&mut *connection, leavers).await?;
    let judged = handover::judged(connection, &heir.id, &needs, leavers).await?;
    Ok(planned.belongings != Some(what) || judged.is_err())
}

/// Runs that nobody approved in time.
pub async fn lapse(write: &mut Write, now: Timestamp) -> sqlx::Result<Vec<RunId>> {
    let rows = sqlx::query(
        "UPDATE runs SET state = 'lapsed', ended_at = ?1, version = version + 1 WHERE state = 'approval' AND approve_by <= ?1 RETURNING id",
    )
    .bind(now.millis())
    .fetch_all(&mut **write)
    .await?;
    rows.iter().map(|row| Ok(RunId(number(row, "id")?))).collect()
}

/// What waits for a second person holds no more when somebody changes whom it is about. Such runs lapse in the same
/// transaction, so that no list shows them as if they could be approved.
pub async fn lapse_touched(write: &mut Write, people: &[&PersonId], now: Timestamp) -> sqlx::Result<()> {
    let waiting = sqlx::query(&select("WHERE r.state = 'approval'")).fetch_all(&mut **write).await?;
    for row in &waiting {
        let mut waiting = stored(row)?;
        if concerns(write, waiting.plan.id, people).await? {
            lapse_one(write, &mut waiting, now).await?;
        }
    }
    Ok(())
}

/// What waits for a second person holds no more either when other groups or people would be left behind, or what would
/// be handed over has changed, or who was to take it over can't any more. That may be written anywhere, so it is looked
/// for after every write.
pub async fn lapse_outdated(write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    let waiting = sqlx::query(&select(WAITS_TO_LEAVE)).fetch_all(&mut **write).await?;
    for row in &waiting {
        let mut waiting = stored(row)?;
        if is_around_otherwise(write, &waiting.plan).await? {
            lapse_one(write, &mut waiting, now).await?;
        }
    }
    Ok(())
}

const WAITS_TO_LEAVE: &str = "WHERE r.state = 'approval' AND l.action IN ('deactivate', 'withdraw')";

async fn lapse_one(write: &mut Write, waiting: &mut Stored, now: Timestamp) -> sqlx::Result<()> {
    waiting.run.state = RunState::Lapsed;
    waiting.run.ended_at = Some(now);
    save(write, waiting).await?;
    let to = plans::only_person(write, waiting.plan.id).await?;
    let after = format!("{} {}", waiting.plan.action.as_str(), waiting.plan.counts.will);
    let line = Line {
        by: &By::Clock,
        what: "run.lapsed",
        to: to.as_ref(),
        network: None,
        before: None,
        after: Some(&after),
        reason: None,
        run: Some(waiting.run.id),
    };
    audit::write_line(write, &line, now).await?;
    events::tell_runs(write, now).await
}

/// Whether a plan is about any of these people.
async fn concerns(write: &mut Write, plan: PlanId, people: &[&PersonId]) -> sqlx::Result<bool> {
    let mut sql = QueryBuilder::<Sqlite>::new("SELECT 1 FROM plan_rows WHERE plan = ");
    sql.push_bind(count(plan.0)).push(" AND verdict = 'will' AND person IN ");
    push_people(&mut sql, people.iter().copied());
    Ok(sql.push(" LIMIT 1").build().fetch_optional(&mut **write).await?.is_some())
}

impl Store {
    /// A run.
    pub async fn run(&self, id: RunId) -> sqlx::Result<Option<Stored>> {
        let mut connection = self.read().acquire().await?;
        find(&mut connection, id).await
    }

    /// Whether something waits for a second person around which something has changed.
    pub async fn has_outdated(&self) -> sqlx::Result<bool> {
        let mut connection = self.read().acquire().await?;
        let waiting = sqlx::query(&select(WAITS_TO_LEAVE)).fetch_all(&mut *connection).await?;
        for row in &waiting {
            if is_around_otherwise(&mut connection, &stored(row)?.plan).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Runs before a number, the newest first.
    pub async fn runs(
        &self,
        state: Option<RunState>,
        before: Option<u64>,
        limit: usize,
    ) -> sqlx::Result<Vec<Stored>> {
        let mut rest = "WHERE r.id < ?1".to_owned();
        if state.is_some() {
            rest.push_str(" AND r.state = ?3");
        }
        rest.push_str(" ORDER BY r.id DESC LIMIT ?2");
        let sql = select(&rest);
        let mut query = sqlx::query(&sql)
            .bind(before.map_or(i64::MAX, count))
            .bind(i64::try_from(limit).unwrap_or(i64::MAX));
        if let Some(state) = state {
            query = query.bind(state.as_str());
        }
        let rows = query.fetch_all(self.read()).await?;
        rows.iter().map(stored).collect()
    }

    /// How many runs wait for an approval that somebody may give.
    pub async fn approvals_for(&self, person: &PersonId, now: Timestamp) -> sqlx::Result<u64> {
        let row = sqlx::query(
            "SELECT count(*) AS count FROM runs r JOIN plans l ON l.id = r.plan WHERE r.state = 'approval' \
             AND r.approve_by > ? AND (l.by_person IS NULL OR l.by_person <> ?)",
        )
        .bind(now.millis())
        .bind(person.as_str())
        .fetch_one(self.read())
        .await?;
        number(&row, "count")
    }

    /// Rows of a run behind a number, those with an outcome alone if one is named.
    pub async fn run_rows(
        &self,
        id: RunId,
        outcome: Option<Outcome>,
        after: u64,
        limit: usize,
    ) -> sqlx::Result<Vec<RunRow>> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT r.*, p.name FROM run_rows r JOIN people p ON p.id = r.person WHERE r.run = ",
        );
        sql.push_bind(count(id.0)).push(" AND r.number > ").push_bind(count(after));
        if let Some(outcome) = outcome {
            sql.push(" AND r.outcome = ").push_bind(outcome.as_str());
        }
        sql.push(" ORDER BY r.number LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = sql.build().fetch_all(self.read()).await?;
        rows.iter()
            .map(|row| {
                let id = row.try_get::<String, _>("person")?.parse().map_err(wrong)?;
                let word = |column: &str| row.try_get::<Option<String>, _>(column);
                Ok(RunRow {
                    number: number(row, "number")?,
                    person: PersonRef { id, name: row.try_get("name")? },
                    outcome: word("outcome")?.as_deref().and_then(Outcome::parse).unwrap_or(Outcome::Waiting),
                    reason: word("reason")?.as_deref().and_then(Reason::parse),
                    at: time_if_any(row, "at")?,
                })
            })
            .collect()
    }

    /// When something of the accounts is due next: a life, or an approval that lapses; none while a run goes on.
    pub async fn next_wake(&self) -> sqlx::Result<(bool, Option<Timestamp>)> {
        let row = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM runs WHERE state = 'running') AS running, \
             (SELECT min(due_at) FROM people WHERE due_at IS NOT NULL) AS due, \
             (SELECT min(approve_by) FROM runs WHERE state = 'approval') AS lapses",
        )
        .fetch_one(self.read())
        .await?;
        let dates = [time_if_any(&row, "due")?, time_if_any(&row, "lapses")?];
        Ok((row.try_get::<i64, _>("running")? != 0, dates.into_iter().flatten().min()))
    }
}

fn stored(row: &SqliteRow) -> sqlx::Result<Stored> {
    let plan = plans::stored(row)?;
    let state: String = row.try_get("state")?;
    let decided: Option<String> = row.try_get("decided_by")?;
    let decided_name: Option<String> = row.try_get("decided_name")?;
    let receipt: Option<String> = row.try_get("receipt")?;
    let id = RunId(number(row, "id")?);
    let run = Run {
        id,
        plan: plan.id,
        action: plan.action,
        by: actor(&plan.by)?,
        reason: plan.reason.clone(),
        state: RunState::parse(&state).ok_or_else(|| wrong(crate::store::Unreadable("state".to_owned())))?,
        created_at: time(row, "created_at")?,
        approve_by: time_if_any(row, "approve_by")?,
        decided_by: match decided {
            Some(id) => {
                Some(PersonRef { id: id.parse().map_err(wrong)?, name: decided_name.unwrap_or_default() })
            }
            None => None,
        },
        decision: row.try_get("decision_reason")?,
        emergency: row.try_get("emergency")?,
        started_at: time_if_any(row, "started_at")?,
        ended_at: time_if_any(row, "ended_at")?,
        effective_at: time_if_any(row, "effective_at")?,
        counts: RunCounts {
            all: number(row, "people")?,
            done: number(row, "done")?,
            skipped: number(row, "skipped")?,
            failed: number(row, "failed")?,
        },
        counted_from: RunCounts {
            all: number(row, "people")?,
            done: number(row, "from_done")?,
            skipped: number(row, "from_skipped")?,
            failed: number(row, "from_failed")?,
        },
        stop_after: 0,
        stop_share: 0,
        receipt: receipt.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()?,
        handed: handover::handed_of(row)?,
        why: row.try_get::<Option<String>, _>("why")?.as_deref().and_then(Reason::parse),
        version: Version::numbered(number(row, "version")?),
    };
    let (network, words) = (row.try_get("network")?, row.try_get("words")?);
    Ok(Stored { run, network, reached: number(row, "reached")?, words, plan })
}

/// Who asked, as a page names it; a machine by the name of its token.
pub fn actor(by: &By) -> sqlx::Result<PersonRef> {
    Ok(match by {
        By::Person(person) => person.clone(),
        By::Token(name) => PersonRef { id: "token".parse().map_err(wrong)?, name: name.clone() },
        By::Clock => PersonRef { id: "clock".parse().map_err(wrong)?, name: String::new() },
    })
}
