//! Lists that somebody keeps, for themselves or for everybody on their side of the desk.

use frontdesk_contract::listing::{NewView, SavedView, ViewChange};
use frontdesk_contract::{Kind, Person, PersonRef, Timestamp, Version};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::requests::{side_of, side_word};
use crate::store::{Store, Write, count, number, wrong};

const VIEW: &str = "SELECT v.id, v.name, v.query, v.shared, v.version, v.owner, p.name AS owner_name \
     FROM views v JOIN people p ON p.id = v.owner";

impl Store {
    /// A person's own and those that are shared with them, by name.
    pub async fn views(&self, person: &Person) -> sqlx::Result<Vec<SavedView>> {
        let sql =
            format!("{VIEW} WHERE v.owner = ? OR (v.shared = 1 AND v.side = ?) ORDER BY lower(v.name), v.id");
        let rows = sqlx::query(&sql)
            .bind(person.id.as_str())
            .bind(side_word(side_of(person)))
            .fetch_all(self.read())
            .await?;
        rows.iter().map(view).collect()
    }
}

/// A view that a person may see.
pub async fn find(write: &mut Write, id: u64, person: &Person) -> sqlx::Result<Option<SavedView>> {
    let sql = format!("{VIEW} WHERE v.id = ? AND (v.owner = ? OR (v.shared = 1 AND v.side = ?))");
    let row = sqlx::query(&sql)
        .bind(count(id))
        .bind(person.id.as_str())
        .bind(side_word(side_of(person)))
        .fetch_optional(&mut **write)
        .await?;
    row.as_ref().map(view).transpose()
}

/// Keeps a new view and gives its number.
pub async fn insert(write: &mut Write, new: &NewView, by: &Person, now: Timestamp) -> sqlx::Result<u64> {
    let row = sqlx::query(
        "INSERT INTO views (owner, side, shared, name, query, version, created_at) VALUES (?, ?, ?, ?, ?, 1, ?) RETURNING id",
    )
    .bind(by.id.as_str())
    .bind(match by.kind {
        Kind::Member => "organization",
        Kind::Agent => "support",
    })
    .bind(i64::from(new.shared))
    .bind(new.name.as_str())
    .bind(new.query.as_str())
    .bind(now.millis())
    .fetch_one(&mut **write)
    .await?;
    number(&row, "id")
}

/// How many views a person keeps.
pub async fn how_many(write: &mut Write, by: &Person) -> sqlx::Result<u64> {
    let row = sqlx::query("SELECT count(*) AS count FROM views WHERE owner = ?")
        .bind(by.id.as_str())
        .fetch_one(&mut **write)
        .await?;
    number(&row, "count")
}

/// Changes a view; what is not said stays.
pub async fn change(write: &mut Write, id: u64, change: &ViewChange) -> sqlx::Result<()> {
    sqlx::query(
        "UPDATE views SET name = coalesce(?, name), query = coalesce(?, query), shared = coalesce(?, shared), \
         version = version + 1 WHERE id = ?",
    )
    .bind(change.name.as_ref().map(|name| name.as_str()))
    .bind(change.query.as_ref().map(|query| query.as_str()))
    .bind(change.shared.map(i64::from))
    .bind(count(id))
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Forgets a view.
pub async fn delete(write: &mut Write, id: u64) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM views WHERE id = ?").bind(count(id)).execute(&mut **write).await?;
    Ok(())
}

fn view(row: &SqliteRow) -> sqlx::Result<SavedView> {
    Ok(SavedView {
        id: number(row, "id")?,
        name: row.try_get("name")?,
        query: row.try_get("query")?,
        shared: row.try_get::<i64, _>("shared")? != 0,
        owner: PersonRef {
            id: row.try_get::<String, _>("owner")?.parse().map_err(wrong)?,
            name: row.try_get("owner_name")?,
        },
        version: Version::numbered(number(row, "version")?),
    })
}
