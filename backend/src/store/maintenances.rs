//! Planned maintenance.

use frontdesk_contract::maintenance::Maintenance;
use frontdesk_contract::{MaintenanceId, Timestamp, Version};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use crate::store::incidents::Source;
use crate::store::{Store, Write, number, time, time_if_any, wrong};

const COLUMNS: &str = "id, name, body, scheduled_for, scheduled_until, ended_at, updated_at, version";

impl Store {
    /// Maintenance that ends after a time, or ended then, the next first.
    pub async fn maintenances(&self, since: Timestamp) -> sqlx::Result<Vec<Maintenance>> {
        let mut moment = self.read().begin().await?;
        list(&mut moment, since).await
    }
}

/// Maintenance that ends after a time, or ended then, the next first.
pub async fn list(connection: &mut SqliteConnection, since: Timestamp) -> sqlx::Result<Vec<Maintenance>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM maintenances WHERE scheduled_until >= ? AND (ended_at IS NULL OR ended_at >= ?) \
         ORDER BY scheduled_for, id LIMIT 100"
    );
    let rows =
        sqlx::query(&sql).bind(since.millis()).bind(since.millis()).fetch_all(&mut *connection).await?;
    let mut maintenances = Vec::with_capacity(rows.len());
    for row in &rows {
        maintenances.push(whole(connection, row).await?);
    }
    Ok(maintenances)
}

/// One maintenance, with who wrote it.
pub async fn find(
    connection: &mut SqliteConnection,
    id: &MaintenanceId,
) -> sqlx::Result<Option<(Maintenance, Source)>> {
    let sql = format!("SELECT {COLUMNS}, source FROM maintenances WHERE id = ?");
    let Some(row) = sqlx::query(&sql).bind(id.as_str()).fetch_optional(&mut *connection).await? else {
        return Ok(None);
    };
    let word: String = row.try_get("source")?;
    let source = if word == Source::Own.as_str() { Source::Own } else { Source::Upstream };
    Ok(Some((whole(connection, &row).await?, source)))
}

async fn whole(connection: &mut SqliteConnection, row: &SqliteRow) -> sqlx::Result<Maintenance> {
    let id: MaintenanceId = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
    let parts =
        sqlx::query("SELECT component FROM maintenance_components WHERE maintenance = ? ORDER BY component")
            .bind(id.as_str())
            .fetch_all(connection)
            .await?;
    let components = parts.iter().map(|part| part.try_get::<String, _>("component")?.parse().map_err(wrong));
    Ok(Maintenance {
        name: row.try_get("name")?,
        body: row.try_get("body")?,
        scheduled_for: time(row, "scheduled_for")?,
        scheduled_until: time(row, "scheduled_until")?,
        ended_at: time_if_any(row, "ended_at")?,
        components: components.collect::<sqlx::Result<_>>()?,
        updated_at: time(row, "updated_at")?,
        version: Version::numbered(number(row, "version")?),
        id,
    })
}

/// Stores a maintenance, or writes it over the one that stands.
pub async fn put(write: &mut Write, maintenance: &Maintenance, source: Source) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO maintenances (id, source, name, body, scheduled_for, scheduled_until, ended_at, updated_at, version) \
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1) \
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, body = excluded.body, \
         scheduled_for = excluded.scheduled_for, scheduled_until = excluded.scheduled_until, \
         ended_at = excluded.ended_at, updated_at = excluded.updated_at, version = maintenances.version + 1",
    )
    .bind(maintenance.id.as_str())
    .bind(source.as_str())
    .bind(&maintenance.name)
    .bind(&maintenance.body)
    .bind(maintenance.scheduled_for.millis())
    .bind(maintenance.scheduled_until.millis())
    .bind(maintenance.ended_at.map(Timestamp::millis))
    .bind(maintenance.updated_at.millis())
    .execute(&mut **write)
    .await?;
    sqlx::query("DELETE FROM maintenance_components WHERE maintenance = ?")
        .bind(maintenance.id.as_str())
        .execute(&mut **write)
        .await?;
    for component in &maintenance.components {
        sqlx::query(
            "INSERT INTO maintenance_components (maintenance, component) VALUES (?, ?) ON CONFLICT DO NOTHING",
        )
        .bind(maintenance.id.as_str())
        .bind(component.as_str())
        .execute(&mut **write)
        .await?;
    }
    Ok(())
}

/// Forgets the maintenance of a provider, all but what is named.
pub async fn keep_of_upstream(write: &mut Write, kept: &[MaintenanceId]) -> sqlx::Result<()> {
    let rows = sqlx::query("SELECT id FROM maintenances WHERE source = ?")
        .bind(Source::Upstream.as_str())
        .fetch_all(&mut **write)
        .await?;
    for row in rows {
        let id: String = row.try_get("id")?;
        if !kept.iter().any(|kept| kept.as_str() == id) {
            sqlx::query("DELETE FROM maintenances WHERE id = ?").bind(id).execute(&mut **write).await?;
        }
    }
    Ok(())
}
