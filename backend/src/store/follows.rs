//! Who follows which incident or component.

use frontdesk_contract::follow::{FOLLOWS_MAX, Follow};
use frontdesk_contract::{ComponentId, FollowId, IncidentId, PersonId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::store::{Store, Write, count, incidents, number, wrong};

/// How many incidents of a component are told.
const TOLD: i64 = 10;

impl Store {
    /// What a person follows, oldest first, with the incidents that ended after a time or are live.
    pub async fn follows(&self, person: &PersonId, since: Timestamp) -> sqlx::Result<Vec<Follow>> {
        let mut moment = self.read().begin().await?;
        let rows =
            sqlx::query("SELECT id, incident, component FROM follows WHERE person = ? ORDER BY id LIMIT ?")
                .bind(person.as_str())
                .bind(i64::try_from(FOLLOWS_MAX).unwrap_or(i64::MAX))
                .fetch_all(&mut *moment)
                .await?;
        let mut follows = Vec::with_capacity(rows.len());
        for row in &rows {
            follows.push(whole(&mut moment, row, since).await?);
        }
        Ok(follows)
    }
}

/// One of a person's follows.
pub async fn find(
    connection: &mut SqliteConnection,
    person: &PersonId,
    id: FollowId,
    since: Timestamp,
) -> sqlx::Result<Option<Follow>> {
    let row = sqlx::query("SELECT id, incident, component FROM follows WHERE person = ? AND id = ?")
        .bind(person.as_str())
        .bind(count(id.0))
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => whole(connection, &row, since).await.map(Some),
        None => Ok(None),
    }
}

async fn whole(connection: &mut SqliteConnection, row: &SqliteRow, since: Timestamp) -> sqlx::Result<Follow> {
    let incident: Option<String> = row.try_get("incident")?;
    let component: Option<String> = row.try_get("component")?;
    let incident: Option<IncidentId> = incident.map(|id| id.parse()).transpose().map_err(wrong)?;
    let component: Option<ComponentId> = component.map(|id| id.parse()).transpose().map_err(wrong)?;
    let incidents = match (&incident, &component) {
        (Some(incident), _) => incidents::find(connection, incident).await?.into_iter().collect(),
        (None, Some(component)) => incidents::lately_of(connection, component, since, TOLD).await?,
        (None, None) => Vec::new(),
    };
    Ok(Follow { id: FollowId(number(row, "id")?), incident, component, incidents })
}

/// How many things a person follows.
pub async fn how_many(write: &mut Write, person: &PersonId) -> sqlx::Result<usize> {
    let row = sqlx::query("SELECT count(*) AS many FROM follows WHERE person = ?")
        .bind(person.as_str())
        .fetch_one(&mut **write)
        .await?;
    Ok(usize::try_from(number(&row, "many")?).unwrap_or(usize::MAX))
}

/// Follows an incident or a component; who follows it already, follows it still.
pub async fn insert(
    write: &mut Write,
    person: &PersonId,
    incident: Option<&IncidentId>,
    component: Option<&ComponentId>,
    now: Timestamp,
) -> sqlx::Result<FollowId> {
    let known = sqlx::query("SELECT id FROM follows WHERE person = ? AND (incident = ? OR component = ?)")
        .bind(person.as_str())
        .bind(incident.map(IncidentId::as_str))
        .bind(component.map(ComponentId::as_str))
        .fetch_optional(&mut **write)
        .await?;
    if let Some(known) = known {
        return Ok(FollowId(number(&known, "id")?));
    }
    let row = sqlx::query(
        "INSERT INTO follows (person, incident, component, created_at) VALUES (?, ?, ?, ?) RETURNING id",
    )
    .bind(person.as_str())
    .bind(incident.map(IncidentId::as_str))
    .bind(component.map(ComponentId::as_str))
    .bind(now.millis())
    .fetch_one(&mut **write)
    .await?;
    Ok(FollowId(number(&row, "id")?))
}

/// Stops following. Whether there was something to stop.
pub async fn remove(write: &mut Write, person: &PersonId, id: FollowId) -> sqlx::Result<bool> {
    let done = sqlx::query("DELETE FROM follows WHERE person = ? AND id = ?")
        .bind(person.as_str())
        .bind(count(id.0))
        .execute(&mut **write)
        .await?;
    Ok(done.rows_affected() > 0)
}
