//! Plans: what would happen to whom, kept so that a run does what was shown and nothing else.

use frontdesk_contract::account::act::{Action, Approval, Reason};
use frontdesk_contract::account::consequence::{Circle, Consequence, NAMES};
use frontdesk_contract::account::handover::Belongings;
use frontdesk_contract::account::{Lifecycle, Stage};
use frontdesk_contract::plan::{PlanCounts, PlanRow, RowVerdict};
use frontdesk_contract::{PersonId, PersonRef, PlanId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::store::audit::By;
use crate::store::groups::OWNER_KNOWN;
use crate::store::handover::{self, Leavers};
use crate::store::{Store, Write, count, number, time, time_if_any, wrong};

/// So many rows go into one statement.
const BATCH: usize = 500;

/// A plan as its row has it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Which.
    pub id: PlanId,
    /// What would be done.
    pub action: Action,
    /// Who asked.
    pub by: By,
    /// On which date.
    pub when: Option<Timestamp>,
    /// Why.
    pub reason: Option<String>,
    /// Who takes over what leavers have of the organization's.
    pub heir: Option<PersonRef>,
    /// What that is, as it was shown; none where it wasn't looked for.
    pub belongings: Option<Belongings>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it can be run.
    pub ends_at: Timestamp,
    /// Whether a second person must agree.
    pub approval: Approval,
    /// What happens, added up.
    pub consequences: Vec<Consequence>,
    /// How many rows say what.
    pub counts: PlanCounts,
    /// Changes with everything that was shown; empty while the plan is being made.
    pub hash: String,
}

/// A row to be stored.
#[derive(Debug, Clone)]
pub struct NewRow {
    /// Its place, from 1.
    pub number: u64,
    /// The text that names nobody.
    pub given: Option<String>,
    /// Who.
    pub person: Option<PersonId>,
    /// The version that was looked at.
    pub version: Option<u64>,
    /// Where the account stands.
    pub stage: Option<Stage>,
    /// What would happen.
    pub verdict: RowVerdict,
    /// Why not.
    pub reason: Option<Reason>,
    /// The date that goes with it.
    pub date: Option<Timestamp>,
}

/// Begins a plan; it is found once it is finished.
pub async fn begin(write: &mut Write, plan: &Stored) -> sqlx::Result<PlanId> {
    let (person, token) = match &plan.by {
        By::Person(person) => (Some(person.id.as_str()), None),
        By::Token(name) => (None, Some(name.as_str())),
        By::Clock => (None, None),
    };
    // Those that nobody ran and nobody can run any more are of no use.
    sqlx::query(
        "DELETE FROM plans WHERE ends_at < ? AND NOT EXISTS (SELECT 1 FROM runs r WHERE r.plan = plans.id)",
    )
    .bind(plan.created_at.millis())
    .execute(&mut **write)
    .await?;
    let row = sqlx::query(
        "INSERT INTO plans (action, by_person, by_token, when_at, reason, created_at, ends_at, approval, consequences, counts, hash) \
         VALUES (?, ?, ?, ?, ?, ?, ?, 'free', '[]', '{}', '') RETURNING id",
    )
    .bind(plan.action.as_str())
    .bind(person)
    .bind(token)
    .bind(plan.when.map(Timestamp::millis))
    .bind(&plan.reason)
    .bind(plan.created_at.millis())
    .bind(plan.ends_at.millis())
    .fetch_one(&mut **write)
    .await?;
    Ok(PlanId(number(&row, "id")?))
}

/// Stores rows of a plan that is being made.
pub async fn insert_rows(write: &mut Write, plan: PlanId, rows: &[NewRow]) -> sqlx::Result<()> {
    for batch in rows.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO plan_rows (plan, number, given, person, version, stage, verdict, reason, date) ",
        );
        sql.push_values(batch, |mut row, new| {
            row.push_bind(count(plan.0))
                .push_bind(count(new.number))
                .push_bind(&new.given)
                .push_bind(new.person.as_ref().map(PersonId::as_str))
                .push_bind(new.version.map(count))
                .push_bind(new.stage.map(Stage::as_str))
                .push_bind(new.verdict.as_str())
                .push_bind(new.reason.map(Reason::as_str))
                .push_bind(new.date.map(Timestamp::millis));
        });
        sql.build().execute(&mut **write).await?;
    }
    Ok(())
}

/// Finishes a plan: from now on it can be found and run.
pub async fn finish(write: &mut Write, plan: &Stored) -> sqlx::Result<()> {
    sqlx::query("UPDATE plans SET approval = ?, consequences = ?, counts = ?, hash = ?, heir = ?, belongings = ? WHERE id = ?")
        .bind(approval_word(plan.approval))
        .bind(serde_json::to_string(&plan.consequences).map_err(wrong)?)
        .bind(serde_json::to_string(&plan.counts).map_err(wrong)?)
        .bind(&plan.hash)
        .bind(plan.heir.as_ref().map(|heir| heir.id.as_str()))
        .bind(plan.belongings.map(|what| serde_json::to_string(&what)).transpose().map_err(wrong)?)
        .bind(count(plan.id.0))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Whom the plan that is bound first would touch.
const TOUCHED: &str = "SELECT r.person FROM plan_rows r WHERE r.plan = ?1 AND r.verdict = 'will'";

/// What stands around all whom the plan would touch. Groups keep an owner who is not among them, people a manager.
pub async fn circle(connection: &mut SqliteConnection, plan: PlanId) -> sqlx::Result<Circle> {
    let id = count(plan.0);
    let touched = TOUCHED;
    let sql = format!(
        "SELECT (SELECT count(*) FROM sessions s WHERE s.person IN ({touched})) AS sessions, \
         (SELECT count(*) FROM memberships m WHERE m.person IN ({touched})) AS in_groups, \
         (SELECT count(DISTINCT g.person) FROM rights g WHERE g.person IN ({touched})) AS admins, \
         (SELECT count(*) FROM people p WHERE p.id IN ({touched}) AND p.content IS NULL) AS unknown, \
         (SELECT coalesce(sum(json_extract(p.content, '$.posts') + json_extract(p.content, '$.messages')), 0) \
          FROM people p WHERE p.id IN ({touched})) AS content, \
         (SELECT coalesce(sum(json_extract(p.content, '$.commentsOfOthers')), 0) FROM people p WHERE p.id IN ({touched})) AS comments"
    );
    let row = sqlx::query(&sql).bind(id).fetch_one(&mut *connection).await?;
    let is_known = number(&row, "unknown")? == 0;
    let if_known = |column| number(&row, column).map(|sum| is_known.then_some(sum));
    Ok(Circle {
        sessions: number(&row, "sessions")?,
        groups: number(&row, "in_groups")?,
        belongings: handover::belongings(&mut *connection, Leavers::Plan(plan)).await?.0,
        machines: handover::tokens(&mut *connection).await?,
        problems: handover::problems(&mut *connection, Leavers::Plan(plan)).await?,
        admins: number(&row, "admins")?,
        content: if_known("content")?,
        comments: if_known("comments")?,
        ..left_behind(connection, plan).await?
    })
}

/// Groups and people around all whom the plan would touch, and nothing else.
pub async fn left_behind(connection: &mut SqliteConnection, plan: PlanId) -> sqlx::Result<Circle> {
    let id = count(plan.0);
    let touched = TOUCHED;
    let limit = i64::try_from(NAMES).unwrap_or(5);
    let sql = format!(
        "SELECT g.name, count(*) OVER () AS total FROM person_groups g WHERE g.id IN \
         (SELECT m.in_group FROM memberships m WHERE m.owner = 1 AND m.person IN ({touched})) \
         AND NOT EXISTS (SELECT 1 FROM memberships o JOIN people p ON p.id = o.person WHERE o.in_group = g.id \
         AND o.owner = 1 AND p.active = 1 AND o.person NOT IN ({touched})) ORDER BY g.name_key, g.id LIMIT ?2"
    );
    let (owned_alone, owned_names) =
        named(&sqlx::query(&sql).bind(id).bind(limit).fetch_all(&mut *connection).await?)?;
    let sql = format!(
        "SELECT g.name, count(*) OVER () AS total FROM person_groups g WHERE g.id IN \
         (SELECT m.in_group FROM memberships m WHERE m.person IN ({touched})) AND NOT {OWNER_KNOWN} \
         ORDER BY g.name_key, g.id LIMIT ?2"
    );
    let (owner_unknown, owner_unknown_names) =
        named(&sqlx::query(&sql).bind(id).bind(limit).fetch_all(&mut *connection).await?)?;
    let sql = format!(
        "SELECT p.name, count(*) OVER () AS total FROM people p WHERE p.manager IN ({touched}) AND p.active = 1 \
         AND p.deleted_at IS NULL AND p.id NOT IN ({touched}) ORDER BY p.name_key, p.id LIMIT ?2"
    );
    let (reports, report_names) =
        named(&sqlx::query(&sql).bind(id).bind(limit).fetch_all(&mut *connection).await?)?;
    Ok(Circle {
        owned_alone,
        owned_names,
        owner_unknown,
        owner_unknown_names,
        reports,
        report_names,
        ..Circle::default()
    })
}

/// Some by name, and how many in all.
pub(super) fn named(rows: &[SqliteRow]) -> sqlx::Result<(u64, Vec<String>)> {
    let total = rows.first().map_or(Ok(0), |row| number(row, "total"))?;
    Ok((total, rows.iter().map(|row| row.try_get("name")).collect::<sqlx::Result<_>>()?))
}

/// The one person whom a plan touches.
pub async fn only_person(connection: &mut SqliteConnection, plan: PlanId) -> sqlx::Result<Option<PersonRef>> {
    let rows = sqlx::query("SELECT person FROM plan_rows WHERE plan = ? AND verdict = 'will' LIMIT 2")
        .bind(count(plan.0))
        .fetch_all(&mut *connection)
        .await?;
    let [row] = &rows[..] else { return Ok(None) };
    let id: PersonId = row.try_get::<String, _>("person")?.parse().map_err(wrong)?;
    crate::store::accounts::reference_of(connection, &id).await.map(Some)
}

/// The life of the one person whom a plan touches.
pub async fn only_life(connection: &mut SqliteConnection, plan: PlanId) -> sqlx::Result<Option<Lifecycle>> {
    let Some(person) = only_person(connection, plan).await? else { return Ok(None) };
    Ok(crate::store::accounts::find(connection, &person.id).await?.map(|account| account.life))
}

/// The columns of a plan. The table is named `l`.
pub(super) const PLAN: &str = "l.id AS plan_id, l.action, l.by_person, l.by_token, l.when_at, l.reason AS plan_reason, \
     l.created_at AS planned_at, l.ends_at, l.approval, l.consequences, l.counts, l.hash, l.belongings, l.heir, \
     (SELECT p.name FROM people p WHERE p.id = l.heir) AS heir_name, \
     (SELECT p.name FROM people p WHERE p.id = l.by_person) AS by_name";

/// The columns of whoever takes over. The table is named `l`.
pub(super) const HEIR: &str = "l.heir, (SELECT p.name FROM people p WHERE p.id = l.heir) AS heir_name";

/// Reads the columns of [`HEIR`].
pub(super) fn heir_of(row: &SqliteRow) -> sqlx::Result<Option<PersonRef>> {
    let Some(id) = row.try_get::<Option<String>, _>("heir")? else { return Ok(None) };
    let name: Option<String> = row.try_get("heir_name")?;
    Ok(Some(PersonRef { id: id.parse().map_err(wrong)?, name: name.unwrap_or_default() }))
}

/// Reads the columns of [`PLAN`].
pub(super) fn stored(row: &SqliteRow) -> sqlx::Result<Stored> {
    let person: Option<String> = row.try_get("by_person")?;
    let token: Option<String> = row.try_get("by_token")?;
    let by = match (person, token) {
        (Some(id), _) => {
            let name: Option<String> = row.try_get("by_name")?;
            By::Person(PersonRef { id: id.parse().map_err(wrong)?, name: name.unwrap_or_default() })
        }
        (None, Some(name)) => By::Token(name),
        (None, None) => By::Clock,
    };
    Ok(Stored {
        id: PlanId(number(row, "plan_id")?),
        action: action(row)?,
        by,
        when: time_if_any(row, "when_at")?,
        reason: row.try_get("plan_reason")?,
        heir: heir_of(row)?,
        belongings: match row.try_get::<Option<String>, _>("belongings")? {
            Some(text) => Some(serde_json::from_str(&text).map_err(wrong)?),
            None => None,
        },
        created_at: time(row, "planned_at")?,
        ends_at: time(row, "ends_at")?,
        approval: match row.try_get::<String, _>("approval")?.as_str() {
            "other" => Approval::Other,
            "alone" => Approval::Alone,
            _ => Approval::Free,
        },
        consequences: serde_json::from_str(&row.try_get::<String, _>("consequences")?).map_err(wrong)?,
        counts: serde_json::from_str(&row.try_get::<String, _>("counts")?).map_err(wrong)?,
        hash: row.try_get("hash")?,
    })
}

fn action(row: &SqliteRow) -> sqlx::Result<Action> {
    let word: String = row.try_get("action")?;
    Action::parse(&word).ok_or_else(|| wrong(crate::store::Unreadable("action".to_owned())))
}

const fn approval_word(approval: Approval) -> &'static str {
    match approval {
        Approval::Free => "free",
        Approval::Other => "other",
        Approval::Alone => "alone",
    }
}

/// A plan that is finished.
pub async fn find(connection: &mut SqliteConnection, id: PlanId) -> sqlx::Result<Option<Stored>> {
    let sql = format!("SELECT {PLAN} FROM plans l WHERE l.id = ? AND l.hash <> ''");
    let row = sqlx::query(&sql).bind(count(id.0)).fetch_optional(connection).await?;
    row.as_ref().map(stored).transpose()
}

impl Store {
    /// A plan that is finished.
    pub async fn plan(&self, id: PlanId) -> sqlx::Result<Option<Stored>> {
        let mut connection = self.read().acquire().await?;
        find(&mut connection, id).await
    }

    /// Rows of a plan behind a number, those with a verdict alone if one is named.
    pub async fn plan_rows(
        &self,
        id: PlanId,
        verdict: Option<RowVerdict>,
        after: u64,
        limit: usize,
    ) -> sqlx::Result<Vec<PlanRow>> {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "SELECT r.*, p.name FROM plan_rows r LEFT JOIN people p ON p.id = r.person WHERE r.plan = ",
        );
        sql.push_bind(count(id.0)).push(" AND r.number > ").push_bind(count(after));
        if let Some(verdict) = verdict {
            sql.push(" AND r.verdict = ").push_bind(verdict.as_str());
        }
        sql.push(" ORDER BY r.number LIMIT ").push_bind(i64::try_from(limit).unwrap_or(i64::MAX));
        let rows = sql.build().fetch_all(self.read()).await?;
        rows.iter().map(row_of).collect()
    }
}

fn row_of(row: &SqliteRow) -> sqlx::Result<PlanRow> {
    let person: Option<String> = row.try_get("person")?;
    let name: Option<String> = row.try_get("name")?;
    let word = |column: &str| row.try_get::<Option<String>, _>(column);
    Ok(PlanRow {
        number: number(row, "number")?,
        given: word("given")?,
        person: match person {
            Some(id) => Some(PersonRef { id: id.parse().map_err(wrong)?, name: name.unwrap_or_default() }),
            None => None,
        },
        stage: word("stage")?.as_deref().and_then(Stage::parse),
        verdict: word("verdict")?.as_deref().and_then(RowVerdict::parse).unwrap_or(RowVerdict::Refused),
        reason: word("reason")?.as_deref().and_then(Reason::parse),
        date: time_if_any(row, "date")?,
    })
}
