//! The provider's status page as it was read last.

use frontdesk_contract::component::Level;
use frontdesk_contract::{ComponentId, Timestamp};
use sqlx::{Row as _, SqliteConnection};

use crate::store::incidents::Source;
use crate::store::{Store, Write, incidents, maintenances, number, time, time_if_any, wrong};

/// What is known of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Its address.
    pub url: String,
    /// How the provider calls itself; empty before it said so.
    pub name: String,
    /// Its page for people.
    pub page_url: Option<String>,
    /// What the page said of its own age.
    pub page_at: Option<Timestamp>,
    /// When the copy was read.
    pub read_at: Option<Timestamp>,
    /// When the page was last understood in full.
    pub sure_at: Option<Timestamp>,
    /// From when on it is read at all.
    pub since: Timestamp,
    /// Why the newest answer is no good.
    pub failure: Option<String>,
    /// The entity tag of `summary.json`.
    pub summary_tag: Option<String>,
    /// The entity tag of `incidents.json`.
    pub incidents_tag: Option<String>,
}

/// A component as the provider tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Which, in the provider's words.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How it stands.
    pub level: Level,
    /// The identifier on our page.
    pub component: ComponentId,
}

impl Store {
    /// What is known of the provider's page.
    pub async fn provider(&self) -> sqlx::Result<Option<Known>> {
        let mut connection = self.read().acquire().await?;
        find(&mut connection).await
    }

    /// Takes note of which page is read from now on. When it is another one, what the one before said is forgotten.
    pub async fn name_provider(&self, url: Option<&str>, now: Timestamp) -> sqlx::Result<()> {
        let mut write = self.write().await?;
        let known = find(&mut write).await?;
        if known.as_ref().map(|known| known.url.as_str()) == url {
            return write.rollback().await;
        }
        for table in ["upstream_status", "upstream_components"] {
            sqlx::query(&format!("DELETE FROM {table}")).execute(&mut *write).await?;
        }
        incidents::forget(&mut write, Source::Upstream).await?;
        maintenances::keep_of_upstream(&mut write, &[]).await?;
        if let Some(url) = url {
            sqlx::query("INSERT INTO upstream_status (one, url, since) VALUES (1, ?, ?)")
                .bind(url)
                .bind(now.millis())
                .execute(&mut *write)
                .await?;
        }
        write.commit().await
    }
}

/// What is known of the provider's page.
pub async fn find(connection: &mut SqliteConnection) -> sqlx::Result<Option<Known>> {
    let row = sqlx::query(
        "SELECT url, name, page_url, page_at, read_at, sure_at, since, failure, summary_tag, incidents_tag \
         FROM upstream_status",
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Known {
        url: row.try_get("url")?,
        name: row.try_get("name")?,
        page_url: row.try_get("page_url")?,
        page_at: time_if_any(&row, "page_at")?,
        read_at: time_if_any(&row, "read_at")?,
        sure_at: time_if_any(&row, "sure_at")?,
        since: time(&row, "since")?,
        failure: row.try_get("failure")?,
        summary_tag: row.try_get("summary_tag")?,
        incidents_tag: row.try_get("incidents_tag")?,
    }))
}

/// Keeps what is known of the page now.
pub async fn keep(write: &mut Write, known: &Known) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE upstream_status SET name = ?, page_url = ?, page_at = ?, read_at = ?, sure_at = ?, failure = ?, \
         summary_tag = ?, incidents_tag = ? WHERE url = ?",
    )
    .bind(&known.name)
    .bind(&known.page_url)
    .bind(known.page_at.map(Timestamp::millis))
    .bind(known.read_at.map(Timestamp::millis))
    .bind(known.sure_at.map(Timestamp::millis))
    .bind(&known.failure)
    .bind(&known.summary_tag)
    .bind(&known.incidents_tag)
    .bind(&known.url)
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// The provider's components, in its order.
pub async fn components(connection: &mut SqliteConnection) -> sqlx::Result<Vec<Told>> {
    let rows = sqlx::query("SELECT id, name, level, component FROM upstream_components ORDER BY place")
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            Ok(Told {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                level: Level::of_rank(u8::try_from(number(row, "level")?).unwrap_or(u8::MAX)),
                component: row.try_get::<String, _>("component")?.parse().map_err(wrong)?,
            })
        })
        .collect()
}

/// Keeps the provider's components in place of those before.
pub async fn keep_components(write: &mut Write, told: &[Told]) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM upstream_components").execute(&mut **write).await?;
    for (place, told) in (0_i64..).zip(told) {
        sqlx::query(
            "INSERT INTO upstream_components (id, name, level, place, component) VALUES (?, ?, ?, ?, ?) \
             ON CONFLICT DO NOTHING",
        )
        .bind(&told.id)
        .bind(&told.name)
        .bind(i64::from(told.level.rank()))
        .bind(place)
        .bind(told.component.as_str())
        .execute(&mut **write)
        .await?;
    }
    Ok(())
}
