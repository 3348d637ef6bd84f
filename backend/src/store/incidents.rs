//! Our own incidents.

use std::collections::HashMap;

use frontdesk_contract::status::{Incident, IncidentStatus, IncidentUpdate};
use frontdesk_contract::{IncidentId, TopicId};
use sqlx::Row as _;

use crate::store::{Store, Write, time, time_if_any, wrong};

impl Store {
    /// Incidents that are not over, newest first, with their updates.
    pub async fn live_incidents(&self) -> sqlx::Result<Vec<Incident>> {
        let rows = sqlx::query(
            "SELECT id, name, status, impact, started_at, resolved_at FROM incidents \
             WHERE resolved_at IS NULL ORDER BY started_at DESC, id",
        )
        .fetch_all(self.read())
        .await?;
        let mut incidents = Vec::with_capacity(rows.len());
        for row in rows {
            let id: IncidentId = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
            incidents.push(Incident {
                name: row.try_get("name")?,
                status: word(&row.try_get::<String, _>("status")?)?,
                impact: word(&row.try_get::<String, _>("impact")?)?,
                started_at: time(&row, "started_at")?,
                resolved_at: time_if_any(&row, "resolved_at")?,
                topics: self.topics_of(&id).await?,
                incident_updates: self.updates_of(&id).await?,
                id,
            });
        }
        Ok(incidents)
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

    async fn topics_of(&self, id: &IncidentId) -> sqlx::Result<Vec<TopicId>> {
        let rows = sqlx::query("SELECT topic FROM incident_topics WHERE incident = ? ORDER BY topic")
            .bind(id.as_str())
            .fetch_all(self.read())
            .await?;
        rows.iter().map(|row| row.try_get::<String, _>("topic")?.parse().map_err(wrong)).collect()
    }

    async fn updates_of(&self, id: &IncidentId) -> sqlx::Result<Vec<IncidentUpdate>> {
        let rows = sqlx::query(
            "SELECT id, status, body, created_at FROM incident_updates WHERE incident = ? ORDER BY created_at DESC, id DESC",
        )
        .bind(id.as_str())
        .fetch_all(self.read())
        .await?;
        rows.iter()
            .map(|row| {
                Ok(IncidentUpdate {
                    id: row.try_get("id")?,
                    status: word(&row.try_get::<String, _>("status")?)?,
                    body: row.try_get("body")?,
                    created_at: time(row, "created_at")?,
                })
            })
            .collect()
    }
}

/// Stores an incident with its updates.
pub async fn insert(write: &mut Write, incident: &Incident) -> sqlx::Result<()> {
    let updated_at = incident.incident_updates.iter().map(|update| update.created_at).max();
    sqlx::query(
        "INSERT INTO incidents (id, name, status, impact, started_at, resolved_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(incident.id.as_str())
    .bind(&incident.name)
    .bind(text(&incident.status)?)
    .bind(text(&incident.impact)?)
    .bind(incident.started_at.millis())
    .bind(incident.resolved_at.map(|at| at.millis()))
    .bind(updated_at.unwrap_or(incident.started_at).millis())
    .execute(&mut **write)
    .await?;
    for topic in &incident.topics {
        sqlx::query("INSERT INTO incident_topics (incident, topic) VALUES (?, ?)")
            .bind(incident.id.as_str())
            .bind(topic.as_str())
            .execute(&mut **write)
            .await?;
    }
    for update in &incident.incident_updates {
        sqlx::query(
            "INSERT INTO incident_updates (id, incident, status, body, created_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&update.id)
        .bind(incident.id.as_str())
        .bind(text::<IncidentStatus>(&update.status)?)
        .bind(&update.body)
        .bind(update.created_at.millis())
        .execute(&mut **write)
        .await?;
    }
    Ok(())
}

/// Reads a word of the wire.
fn word<T: serde::de::DeserializeOwned>(word: &str) -> sqlx::Result<T> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(wrong)
}

/// The word of the wire.
fn text<T: serde::Serialize>(value: &T) -> sqlx::Result<String> {
    match serde_json::to_value(value).map_err(wrong)? {
        serde_json::Value::String(text) => Ok(text),
        other => Ok(other.to_string()),
    }
}
