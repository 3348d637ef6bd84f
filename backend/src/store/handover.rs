//! Handing over: what leavers have of the organization's, who may take it over, and that it changes hands.

use frontdesk_contract::account::act::Action;
use frontdesk_contract::account::handover::{Belongings, Handed, Heir, HeirRefusal, can_take_over};
use frontdesk_contract::{PersonId, PersonRef, PlanId, RequestId, Right, RunId, Timestamp};
use sqlx::{Row as _, SqliteConnection};

use crate::store::requests::{Eyes, Standing};
use crate::store::{Write, care, count, events, number, plans, requests, wrong};

/// So many who may take over are told: more are no list to choose from.
const HEIRS: i64 = 200;

/// What is asked about: the people of a plan, or one of them.
#[derive(Debug, Clone, Copy)]
pub enum Leavers<'a> {
    /// Those whom a plan would touch.
    Plan(PlanId),
    /// One.
    One(&'a PersonId),
}

impl Leavers<'_> {
    /// Who they are, as a part of a statement with one parameter.
    const fn sql(&self) -> &'static str {
        match self {
            Self::Plan(_) => {
                "(SELECT w.person FROM plan_rows w WHERE w.plan = CAST(?1 AS INTEGER) AND w.verdict = 'will')"
            }
            Self::One(_) => "(?1)",
        }
    }

    fn key(&self) -> String {
        match self {
            Self::Plan(id) => id.to_string(),
            Self::One(id) => id.to_string(),
        }
    }
}

/// Acts that go on without whoever asked: they run, are paused, or wait for their date.
const GOES_ON: &str = "(r.state IN ('running', 'paused') OR EXISTS (SELECT 1 FROM people w WHERE w.waits_for_run = r.id \
     AND (w.scheduled_for IS NOT NULL OR w.deletion_at IS NOT NULL)))";

/// What leavers have, and the rights that it needs.
pub async fn belongings(
    connection: &mut SqliteConnection,
    leavers: Leavers<'_>,
) -> sqlx::Result<(Belongings, Vec<Right>)> {
    let (who, key) = (leavers.sql(), leavers.key());
    let sql = format!(
        "SELECT (SELECT count(*) FROM requests q WHERE q.asked_by IN {who} AND q.state <> 'solved') AS requests, \
         (SELECT count(*) FROM views v WHERE v.owner IN {who} AND v.shared = 1) AS views"
    );
    let row = sqlx::query(&sql).bind(&key).fetch_one(&mut *connection).await?;
    let mut what = Belongings {
        requests: number(&row, "requests")?,
        views: number(&row, "views")?,
        ..Belongings::default()
    };
    let sql = format!(
        "SELECT l.action, r.state = 'approval' AS waits, count(*) AS count FROM plans l JOIN runs r ON r.plan = l.id \
         WHERE l.by_person IN {who} AND (r.state = 'approval' OR {GOES_ON}) GROUP BY 1, 2"
    );
    let mut rights = Vec::new();
    for row in sqlx::query(&sql).bind(&key).fetch_all(&mut *connection).await? {
        let many = number(&row, "count")?;
        if row.try_get::<i64, _>("waits")? == 0 {
            what.jobs += many;
        } else {
            what.approvals += many;
        }
        rights.extend(Action::parse(&row.try_get::<String, _>("action")?).map(Action::right));
    }
    Ok((what, what.needs(&rights)))
}

/// Somebody who may be chosen, by name.
pub async fn heir(
    connection: &mut SqliteConnection,
    id: &PersonId,
) -> sqlx::Result<Option<(PersonRef, Heir)>> {
    let row = sqlx::query(
        "SELECT p.name, p.active, (SELECT group_concat(r.word) FROM rights r WHERE r.person = p.id) AS rights \
         FROM people p WHERE p.id = ? AND p.kind = 'member' AND p.deleted_at IS NULL",
    )
    .bind(id.as_str())
    .fetch_optional(connection)
    .await?;
    row.map(|row| {
        let words = row.try_get::<Option<String>, _>("rights")?.unwrap_or_default();
        let has = |right: &Right| words.split(',').any(|word| word == right.as_str());
        let rights = Right::ALL.into_iter().filter(has).collect();
        let heir = Heir { id: id.clone(), active: row.try_get::<i64, _>("active")? != 0, rights };
        Ok((PersonRef { id: id.clone(), name: row.try_get("name")? }, heir))
    })
    .transpose()
}

/// Whether somebody may take over what needs these rights from the people of a plan, or from one.
pub async fn judged(
    connection: &mut SqliteConnection,
    id: &PersonId,
    needs: &[Right],
    leavers: Leavers<'_>,
) -> sqlx::Result<Result<PersonRef, HeirRefusal>> {
    let Some((person, heir)) = heir(connection, id).await? else { return Ok(Err(HeirRefusal::Closed)) };
    let sql = format!("SELECT ?2 IN {} AS leaves", leavers.sql());
    let row = sqlx::query(&sql).bind(leavers.key()).bind(id.as_str()).fetch_one(&mut *connection).await?;
    let is_leaving = row.try_get::<i64, _>("leaves")? != 0;
    Ok(can_take_over(&heir, needs, is_leaving).map(|()| person))
}

/// Who may take over, by name.
pub async fn heirs(
    connection: &mut SqliteConnection,
    needs: &[Right],
    plan: PlanId,
) -> sqlx::Result<Vec<PersonRef>> {
    let leavers = Leavers::Plan(plan);
    let sql = format!(
        "SELECT p.id FROM people p WHERE p.kind = 'member' AND p.active = 1 AND p.deleted_at IS NULL AND p.id NOT IN {} \
         AND p.id IN (SELECT r.person FROM rights r WHERE r.word <> 'audit') ORDER BY p.name_key, p.id LIMIT {HEIRS}",
        leavers.sql()
    );
    let rows = sqlx::query(&sql).bind(leavers.key()).fetch_all(&mut *connection).await?;
    let mut found = Vec::new();
    for row in rows {
        let id: PersonId = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
        if let Ok(person) = judged(connection, &id, needs, leavers).await? {
            found.push(person);
        }
    }
    Ok(found)
}

/// Who was chosen in the plan of a run.
pub async fn chosen(connection: &mut SqliteConnection, run: RunId) -> sqlx::Result<Option<PersonId>> {
    let row = sqlx::query("SELECT l.heir FROM runs r JOIN plans l ON l.id = r.plan WHERE r.id = ?")
        .bind(count(run.0))
        .fetch_optional(connection)
        .await?;
    let id: Option<String> = row.map_or(Ok(None), |row| row.try_get("heir"))?;
    id.map(|id| id.parse().map_err(wrong)).transpose()
}

/// What has changed hands within a run, as its row has it.
pub async fn handed(connection: &mut SqliteConnection, run: RunId) -> sqlx::Result<Option<Handed>> {
    let sql =
        format!("SELECT r.handed, {} FROM runs r JOIN plans l ON l.id = r.plan WHERE r.id = ?", plans::HEIR);
    let row = sqlx::query(&sql).bind(count(run.0)).fetch_optional(connection).await?;
    row.map_or(Ok(None), |row| handed_of(&row))
}

/// Reads `handed` beside the columns of [`plans::HEIR`].
pub(super) fn handed_of(row: &sqlx::sqlite::SqliteRow) -> sqlx::Result<Option<Handed>> {
    let Some(to) = plans::heir_of(row)? else { return Ok(None) };
    let what: Option<String> = row.try_get("handed")?;
    let what = what.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()?;
    Ok(Some(Handed { to, what: what.unwrap_or_default() }))
}

/// What somebody has changes hands; says what. It is done with the transaction that closes the account, so once.
pub async fn hand_over(
    write: &mut Write,
    from: &PersonId,
    to: &PersonId,
    now: Timestamp,
) -> sqlx::Result<Belongings> {
    let mut what = Belongings::default();
    let rows =
        sqlx::query("SELECT number FROM requests WHERE asked_by = ? AND state <> 'solved' ORDER BY number")
            .bind(from.as_str())
            .fetch_all(&mut **write)
            .await?;
    for row in rows {
        let id = RequestId(number(&row, "number")?);
        let Some(before) = requests::stored(&mut *write, id, Eyes::Agent).await? else { continue };
        sqlx::query(
            "UPDATE requests SET asked_by = ?1, asker_key = (SELECT lower(p.name) FROM people p WHERE p.id = ?1) WHERE number = ?2",
        )
        .bind(to.as_str())
        .bind(count(id.0))
        .execute(&mut **write)
        .await?;
        care::watch(write, id, to, now).await?;
        care::tell_handover(write, id, to, now).await?;
        requests::update(write, &before, Standing::of(&before), events::Audience::Everybody, now).await?;
        what.requests += 1;
    }
    for (state, many) in [("r.state = 'approval'", &mut what.approvals), (GOES_ON, &mut what.jobs)] {
        let sql = format!(
            "UPDATE plans SET by_person = ?2 WHERE by_person = ?1 AND EXISTS (SELECT 1 FROM runs r WHERE r.plan = plans.id AND {state})"
        );
        let done = sqlx::query(&sql).bind(from.as_str()).bind(to.as_str()).execute(&mut **write).await?;
        *many = done.rows_affected();
    }
    let done =
        sqlx::query("UPDATE views SET owner = ?2, version = version + 1 WHERE owner = ?1 AND shared = 1")
            .bind(from.as_str())
            .bind(to.as_str())
            .execute(&mut **write)
            .await?;
    what.views = done.rows_affected();
    Ok(what)
}

/// Adds to what has changed hands within a run.
pub async fn note(write: &mut Write, run: RunId, what: Belongings) -> sqlx::Result<()> {
    let row = sqlx::query("SELECT handed FROM runs WHERE id = ?")
        .bind(count(run.0))
        .fetch_optional(&mut **write)
        .await?;
    let Some(row) = row else { return Ok(()) };
    let before: Option<String> = row.try_get("handed")?;
    let before: Option<Belongings> =
        before.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()?;
    sqlx::query("UPDATE runs SET handed = ?, version = version + 1 WHERE id = ?")
        .bind(serde_json::to_string(&before.unwrap_or_default().and(what)).map_err(wrong)?)
        .bind(count(run.0))
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Tokens of machines that stand, by name.
pub async fn tokens(connection: &mut SqliteConnection) -> sqlx::Result<Vec<String>> {
    let rows = sqlx::query("SELECT DISTINCT name FROM tokens WHERE ended_at IS NULL ORDER BY name LIMIT 50")
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.try_get("name")).collect()
}

/// Problem reports of leavers that are open.
pub async fn problems(connection: &mut SqliteConnection, leavers: Leavers<'_>) -> sqlx::Result<u64> {
    let sql = format!(
        "SELECT count(*) AS count FROM reports r WHERE r.person IN {} AND r.state IN ('new', 'known')",
        leavers.sql()
    );
    number(&sqlx::query(&sql).bind(leavers.key()).fetch_one(connection).await?, "count")
}
