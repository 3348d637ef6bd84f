//! Incidents: our own, which agents write, and those of a provider's page.

use std::collections::HashMap;

use frontdesk_contract::status::{Impact, Incident, IncidentStatus, IncidentUpdate};
use frontdesk_contract::{ComponentId, IncidentId, Timestamp, TopicId, Version};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::store::{Store, Write, number, time, time_if_any, wrong};

/// What is read of an incident's own row.
const COLUMNS: &str = "id, name, status, impact, started_at, resolved_at, version";

/// Who wrote an incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Our agents.
    Own,
    /// The provider whose page is read.
    Upstream,
}

impl Source {
    /// The word of the database.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Upstream => "upstream",
        }
    }
}

impl Store {
    /// Incidents that are not over, newest first, with their updates.
    pub async fn live_incidents(&self) -> sqlx::Result<Vec<Incident>> {
        let mut moment = self.read().begin().await?;
        live(&mut moment).await
    }

    /// Incidents that ended since a time, newest first.
    pub async fn past_incidents(&self, since: Timestamp, limit: i64) -> sqlx::Result<Vec<Incident>> {
        let mut moment = self.read().begin().await?;
        let sql = format!(
            "SELECT {COLUMNS} FROM incidents WHERE resolved_at >= ? ORDER BY started_at DESC, id LIMIT ?"
        );
        let rows = sqlx::query(&sql).bind(since.millis()).bind(limit).fetch_all(&mut *moment).await?;
        whole(&mut moment, &rows).await
    }

    /// All incidents, or those that touch a component, newest first.
    pub async fn newest_incidents(
        &self,
        component: Option<&ComponentId>,
        limit: i64,
    ) -> sqlx::Result<Vec<Incident>> {
        let mut moment = self.read().begin().await?;
        let touching = if component.is_some() {
            "WHERE id IN (SELECT incident FROM incident_components WHERE component = ?)"
        } else {
            ""
        };
        let sql = format!("SELECT {COLUMNS} FROM incidents {touching} ORDER BY updated_at DESC, id LIMIT ?");
        let mut query = sqlx::query(&sql);
        if let Some(component) = component {
            query = query.bind(component.as_str());
        }
        let rows = query.bind(limit).fetch_all(&mut *moment).await?;
        whole(&mut moment, &rows).await
    }

    /// An incident with its updates.
    pub async fn incident(&self, id: &IncidentId) -> sqlx::Result<Option<Incident>> {
        let mut moment = self.read().begin().await?;
        find(&mut moment, id).await
    }

    /// Which live incidents touch which topic.
    pub(super) async fn live_incidents_by_topic(&self) -> sqlx::Result<HashMap<TopicId, Vec<IncidentId>>> {
        let rows = sqlx::query(
            "SELECT t.topic, i.id FROM incidents i JOIN incident_topics t ON t.incident = i.id \
             WHERE i.resolved_at IS NULL ORDER BY i.started_at DESC",
        )
        .fetch_all(self.read())
        .await?;
        let mut by_topic: HashMap<TopicId, Vec<IncidentId>> = HashMap::new();
        for row in rows {
            let topic: TopicId = row.try_get::<String, _>("topic")?.parse().map_err(wrong)?;
            by_topic.entry(topic).or_default().push(row.try_get::<String, _>("id")?.parse().map_err(wrong)?);
        }
        Ok(by_topic)
    }
}

/// Incidents that are not over, newest first, with their updates.
pub async fn live(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Incident>> {
    let sql =
        format!("SELECT {COLUMNS} FROM incidents WHERE resolved_at IS NULL ORDER BY started_at DESC, id");
    let rows = sqlx::query(&sql).fetch_all(&mut *connection).await?;
    whole(connection, &rows).await
}

/// An incident with its updates.
pub async fn find(connection: &mut SqliteConnection, id: &IncidentId) -> sqlx::Result<Option<Incident>> {
    let sql = format!("SELECT {COLUMNS} FROM incidents WHERE id = ?");
    let rows = sqlx::query(&sql).bind(id.as_str()).fetch_all(&mut *connection).await?;
    Ok(whole(connection, &rows).await?.pop())
}

/// Incidents of a component that are live, or ended after a time, newest first.
pub(super) async fn lately_of(
    connection: &mut SqliteConnection,
    component: &ComponentId,
    since: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<Incident>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM incidents WHERE (resolved_at IS NULL OR resolved_at >= ?) \
         AND id IN (SELECT incident FROM incident_components WHERE component = ?) \
         ORDER BY started_at DESC, id LIMIT ?"
    );
    let rows = sqlx::query(&sql)
        .bind(since.millis())
        .bind(component.as_str())
        .bind(limit)
        .fetch_all(&mut *connection)
        .await?;
    whole(connection, &rows).await
}

/// Who wrote an incident.
pub async fn source_of(connection: &mut SqliteConnection, id: &IncidentId) -> sqlx::Result<Source> {
    let row = sqlx::query("SELECT source FROM incidents WHERE id = ?")
        .bind(id.as_str())
        .fetch_one(connection)
        .await?;
    let word: String = row.try_get("source")?;
    Ok(if word == Source::Own.as_str() { Source::Own } else { Source::Upstream })
}

/// The identifiers of a source's incidents that are not over.
pub async fn live_of(connection: &mut SqliteConnection, source: Source) -> sqlx::Result<Vec<IncidentId>> {
    let rows = sqlx::query("SELECT id FROM incidents WHERE source = ? AND resolved_at IS NULL")
        .bind(source.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.try_get::<String, _>("id")?.parse().map_err(wrong)).collect()
}

async fn whole(connection: &mut SqliteConnection, rows: &[SqliteRow]) -> sqlx::Result<Vec<Incident>> {
    let mut incidents = Vec::with_capacity(rows.len());
    for row in rows {
        let id: IncidentId = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
        incidents.push(Incident {
            name: row.try_get("name")?,
            status: IncidentStatus::from(row.try_get::<String, _>("status")?),
            impact: Impact::from(row.try_get::<String, _>("impact")?),
            started_at: time(row, "started_at")?,
            resolved_at: time_if_any(row, "resolved_at")?,
            topics: topics_of(connection, &id).await?,
            components: components_of(connection, &id).await?,
            version: Version::numbered(number(row, "version")?),
            incident_updates: updates_of(connection, &id).await?,
            id,
        });
    }
    Ok(incidents)
}

async fn topics_of(connection: &mut SqliteConnection, id: &IncidentId) -> sqlx::Result<Vec<TopicId>> {
    let rows = sqlx::query("SELECT topic FROM incident_topics WHERE incident = ? ORDER BY topic")
        .bind(id.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.try_get::<String, _>("topic")?.parse().map_err(wrong)).collect()
}

async fn components_of(connection: &mut SqliteConnection, id: &IncidentId) -> sqlx::Result<Vec<ComponentId>> {
    let rows = sqlx::query("SELECT component FROM incident_components WHERE incident = ? ORDER BY component")
        .bind(id.as_str())
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| row.try_get::<String, _>("component")?.parse().map_err(wrong)).collect()
}

async fn updates_of(connection: &mut SqliteConnection, id: &IncidentId) -> sqlx::Result<Vec<IncidentUpdate>> {
    let rows = sqlx::query(
        "SELECT id, status, body, created_at FROM incident_updates WHERE incident = ? ORDER BY created_at DESC, id DESC",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(IncidentUpdate {
                id: row.try_get("id")?,
                status: IncidentStatus::from(row.try_get::<String, _>("status")?),
                body: row.try_get("body")?,
                created_at: time(row, "created_at")?,
            })
        })
        .collect()
}

/// Stores an incident with its updates.
pub async fn insert(write: &mut Write, incident: &Incident, source: Source) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO incidents (id, name, status, impact, started_at, resolved_at, updated_at, source, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)",
    )
    .bind(incident.id.as_str())
    .bind(&incident.name)
    .bind(incident.status.as_str())
    .bind(incident.impact.as_str())
    .bind(incident.started_at.millis())
    .bind(incident.resolved_at.map(Timestamp::millis))
    .bind(changed_at(incident).millis())
    .bind(source.as_str())
    .execute(&mut **write)
    .await?;
    put_parts(write, incident).await?;
    for update in &incident.incident_updates {
        put_update(write, &incident.id, update).await?;
    }
    Ok(())
}

/// Writes an incident over what stands: its row, what it touches, and the updates that are new. Gives those.
pub async fn replace(
    write: &mut Write,
    incident: &Incident,
    before: &Incident,
) -> sqlx::Result<Vec<IncidentUpdate>> {
    sqlx::query(
        "UPDATE incidents SET name = ?, status = ?, impact = ?, started_at = ?, resolved_at = ?, updated_at = ?, \
         version = version + 1 WHERE id = ?",
    )
    .bind(&incident.name)
    .bind(incident.status.as_str())
    .bind(incident.impact.as_str())
    .bind(incident.started_at.millis())
    .bind(incident.resolved_at.map(Timestamp::millis))
    .bind(changed_at(incident).max(changed_at(before)).millis())
    .bind(incident.id.as_str())
    .execute(&mut **write)
    .await?;
    for table in ["incident_topics", "incident_components"] {
        sqlx::query(&format!("DELETE FROM {table} WHERE incident = ?"))
            .bind(incident.id.as_str())
            .execute(&mut **write)
            .await?;
    }
    put_parts(write, incident).await?;
    let mut new = Vec::new();
    for update in &incident.incident_updates {
        match before.incident_updates.iter().find(|known| known.id == update.id) {
            Some(known) if known == update => {}
            Some(_) => {
                sqlx::query(
                    "UPDATE incident_updates SET status = ?, body = ?, created_at = ? WHERE id = ? AND incident = ?",
                )
                .bind(update.status.as_str())
                .bind(&update.body)
                .bind(update.created_at.millis())
                .bind(&update.id)
                .bind(incident.id.as_str())
                .execute(&mut **write)
                .await?;
            }
            None => {
                put_update(write, &incident.id, update).await?;
                new.push(update.clone());
            }
        }
    }
    Ok(new)
}

/// Forgets the incidents of a provider that is not read any more.
pub async fn forget(write: &mut Write, source: Source) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM incidents WHERE source = ?").bind(source.as_str()).execute(&mut **write).await?;
    Ok(())
}

/// When something was said about it last.
fn changed_at(incident: &Incident) -> Timestamp {
    let said = incident.incident_updates.iter().map(|update| update.created_at).max();
    said.into_iter().chain(incident.resolved_at).max().unwrap_or(incident.started_at)
}

async fn put_parts(write: &mut Write, incident: &Incident) -> sqlx::Result<()> {
    for topic in &incident.topics {
        sqlx::query("INSERT INTO incident_topics (incident, topic) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(incident.id.as_str())
            .bind(topic.as_str())
            .execute(&mut **write)
            .await?;
    }
    for component in &incident.components {
        sqlx::query(
            "INSERT INTO incident_components (incident, component) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(incident.id.as_str())
        .bind(component.as_str())
        .execute(&mut **write)
        .await?;
    }
    Ok(())
}

async fn put_update(write: &mut Write, id: &IncidentId, update: &IncidentUpdate) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO incident_updates (id, incident, status, body, created_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(&update.id)
    .bind(id.as_str())
    .bind(update.status.as_str())
    .bind(&update.body)
    .bind(update.created_at.millis())
    .execute(&mut **write)
    .await?;
    Ok(())
}
