//! The worst that was reported of each component, day by day.

use std::collections::HashMap;

use frontdesk_contract::ComponentId;
use frontdesk_contract::component::{DAYS, Level};
use sqlx::{Row as _, SqliteConnection};

use crate::store::{Write, number, wrong};

/// So many days are kept.
const KEPT: i64 = 400;

/// The last [`DAYS`] days of every component until `today`, the oldest first. A day that nobody watched is unknown.
pub async fn until(
    connection: &mut SqliteConnection,
    today: i64,
) -> sqlx::Result<HashMap<ComponentId, Vec<Level>>> {
    let days = i64::try_from(DAYS).unwrap_or(i64::MAX);
    let rows = sqlx::query("SELECT component, day, level FROM component_days WHERE day > ? AND day <= ?")
        .bind(today - days)
        .bind(today)
        .fetch_all(connection)
        .await?;
    let mut of_components: HashMap<ComponentId, Vec<Level>> = HashMap::new();
    for row in rows {
        let component: ComponentId = row.try_get::<String, _>("component")?.parse().map_err(wrong)?;
        let day: i64 = row.try_get("day")?;
        let level = Level::of_rank(u8::try_from(number(&row, "level")?).unwrap_or(u8::MAX));
        let days = of_components.entry(component).or_insert_with(|| vec![Level::Unknown; DAYS]);
        let place = usize::try_from(day - (today - i64::try_from(DAYS).unwrap_or(i64::MAX)) - 1);
        if let Some(slot) = place.ok().and_then(|place| days.get_mut(place)) {
            *slot = level;
        }
    }
    Ok(of_components)
}

/// Notes that a component stood so on these days; what is worse already stays.
pub async fn note(
    write: &mut Write,
    component: &ComponentId,
    days: std::ops::RangeInclusive<i64>,
    level: Level,
) -> sqlx::Result<()> {
    for day in days {
        sqlx::query(
            "INSERT INTO component_days (component, day, level) VALUES (?, ?, ?) \
             ON CONFLICT (component, day) DO UPDATE SET level = excluded.level \
             WHERE excluded.level > component_days.level",
        )
        .bind(component.as_str())
        .bind(day)
        .bind(i64::from(level.rank()))
        .execute(&mut **write)
        .await?;
    }
    Ok(())
}

/// Forgets what is older than anybody looks back.
pub async fn forget(write: &mut Write, today: i64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM component_days WHERE day < ?").bind(today - KEPT).execute(&mut **write).await?;
    Ok(())
}
