//! Groups and who is in them.

use std::collections::HashMap;

use frontdesk_contract::account::page::Ownership;
use frontdesk_contract::scim::filter::Comparison;
use frontdesk_contract::{PersonId, PersonRef, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::secret;
use crate::store::pages::{Mark, Start};
use crate::store::{Store, Write, count, number, push_people, time, wrong};
use frontdesk_contract::words::folded;

/// So many rows go into one statement.
const BATCH: usize = 400;

/// A group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Which.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its identifier elsewhere.
    pub external_id: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
}

/// A membership as an account has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// Which group.
    pub id: String,
    /// By name.
    pub name: String,
    /// What the person is to it.
    pub ownership: Ownership,
}

/// Whether it is known who owns a group. Machines and providers tell members alone, so it is known of those groups
/// that have an owner here. The table is named `g`.
pub(super) const OWNER_KNOWN: &str =
    "EXISTS (SELECT 1 FROM memberships k WHERE k.in_group = g.id AND k.owner = 1)";

/// The memberships of somebody.
pub async fn of_person(connection: &mut SqliteConnection, id: &PersonId) -> sqlx::Result<Vec<Membership>> {
    Ok(of_people(connection, &[id]).await?.remove(id).unwrap_or_default())
}

/// The memberships of several people, in the order of the groups' names.
pub async fn of_people(
    connection: &mut SqliteConnection,
    people: &[&PersonId],
) -> sqlx::Result<HashMap<PersonId, Vec<Membership>>> {
    let mut found: HashMap<PersonId, Vec<Membership>> = HashMap::new();
    for batch in people.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(format!(
            "SELECT m.person, g.id, g.name, m.owner, {OWNER_KNOWN} AS known, m.owner = 1 AND NOT EXISTS (SELECT 1 FROM memberships o \
             JOIN people p ON p.id = o.person WHERE o.in_group = g.id AND o.owner = 1 AND o.person <> m.person \
             AND p.active = 1) AS alone FROM memberships m JOIN person_groups g ON g.id = m.in_group WHERE m.person IN "
        ));
        push_people(&mut sql, batch.iter().copied());
        sql.push(" ORDER BY m.person, g.name_key, g.id");
        for row in sql.build().fetch_all(&mut *connection).await? {
            let person = row.try_get::<String, _>("person")?.parse().map_err(wrong)?;
            found.entry(person).or_default().push(Membership {
                id: row.try_get("id")?,
                name: row.try_get("name")?,
                ownership: ownership(&row)?,
            });
        }
    }
    Ok(found)
}

fn ownership(row: &SqliteRow) -> sqlx::Result<Ownership> {
    let says = |column: &str| row.try_get::<i64, _>(column).map(|flag| flag != 0);
    Ok(match (says("owner")?, says("alone")?, says("known")?) {
        (true, true, _) => Ownership::Only,
        (true, false, _) => Ownership::Owner,
        (false, _, true) => Ownership::Member,
        (false, _, false) => Ownership::Unknown,
    })
}

/// Ends all memberships of somebody; says how many.
pub async fn end_memberships(write: &mut Write, id: &PersonId) -> sqlx::Result<u64> {
    let ended = sqlx::query("DELETE FROM memberships WHERE person = ?")
        .bind(id.as_str())
        .execute(&mut **write)
        .await?;
    Ok(ended.rows_affected())
}

impl Store {
    /// A group, if there is one.
    pub async fn group(&self, id: &str) -> sqlx::Result<Option<Group>> {
        let mut connection = self.read().acquire().await?;
        find(&mut connection, id).await
    }

    /// How many groups there are.
    pub async fn count_groups(&self, condition: &Condition) -> sqlx::Result<u64> {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT count(*) AS count FROM person_groups g WHERE ");
        push(&mut sql, condition);
        number(&sql.build().fetch_one(self.read()).await?, "count")
    }

    /// A page of groups in an order, and where the next one begins.
    pub async fn groups_where(
        &self,
        question: &Question,
        start: &Start,
        limit: usize,
    ) -> sqlx::Result<(Vec<Group>, Option<Mark>)> {
        let column = question.sort.column();
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT g.* FROM person_groups g WHERE ");
        push(&mut sql, &question.condition);
        let (compare, direction) = if question.is_descending { ("<", "DESC") } else { (">", "ASC") };
        if let Start::After(mark) = start {
            sql.push(format!(" AND ({column}, g.id) {compare} ("));
            match mark.key.parse::<i64>() {
                Ok(millis) if question.sort.is_time() => sql.push_bind(millis),
                _ => sql.push_bind(mark.key.clone()),
            };
            sql.push(", ").push_bind(mark.id.clone()).push(")");
        }
        let more = i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1);
        sql.push(format!(" ORDER BY {column} {direction}, g.id {direction} LIMIT ")).push_bind(more);
        if let Start::Behind(skip) = start {
            sql.push(" OFFSET ").push_bind(count(*skip));
        }
        let mut rows = sql.build().fetch_all(self.read()).await?;
        let has_next = rows.len() > limit;
        rows.truncate(limit);
        let groups: Vec<Group> = rows.iter().map(group).collect::<sqlx::Result<_>>()?;
        let last = groups.last().filter(|_| has_next);
        let next = last.map(|last| Mark {
            question: question.fingerprint(),
            key: question.sort.key_of(last),
            id: last.id.clone(),
        });
        Ok((groups, next))
    }

    /// Who is in a group.
    pub async fn members(&self, id: &str) -> sqlx::Result<Vec<PersonRef>> {
        let mut connection = self.read().acquire().await?;
        members(&mut connection, id).await
    }
}

/// Who is in a group.
pub async fn members(connection: &mut SqliteConnection, id: &str) -> sqlx::Result<Vec<PersonRef>> {
    let rows = sqlx::query(
        "SELECT p.id, p.name FROM memberships m JOIN people p ON p.id = m.person WHERE m.in_group = ? ORDER BY p.id",
    )
    .bind(id)
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            let id = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
            Ok(PersonRef { id, name: row.try_get("name")? })
        })
        .collect()
}

/// In which order groups come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// By name.
    #[default]
    Name,
    /// By identifier.
    Id,
    /// By the identifier elsewhere; those without one first.
    External,
    /// By when they were made.
    Created,
    /// By when they were last changed.
    Changed,
}

impl Sort {
    const fn column(self) -> &'static str {
        match self {
            Self::Name => "g.name_key",
            Self::Id => "g.id",
            Self::External => "coalesce(g.external_id, '')",
            Self::Created => "g.created_at",
            Self::Changed => "g.changed_at",
        }
    }

    const fn is_time(self) -> bool {
        matches!(self, Self::Created | Self::Changed)
    }

    fn key_of(self, group: &Group) -> String {
        match self {
            Self::Name => folded(&group.name),
            Self::Id => group.id.clone(),
            Self::External => group.external_id.clone().unwrap_or_default(),
            Self::Created => group.created_at.millis().to_string(),
            Self::Changed => group.changed_at.millis().to_string(),
        }
    }
}

/// Which groups, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Those for which this holds.
    pub condition: Condition,
    /// In this order.
    pub sort: Sort,
    /// The last first.
    pub is_descending: bool,
}

impl Question {
    /// What is asked of groups, in a word: marks of other questions are refused.
    pub fn fingerprint(&self) -> String {
        format!("g{:x}", secret::number_of(&format!("{self:?}")))
    }

    /// Whether the key of a mark is one of this order.
    pub fn can_go_on(&self, mark: &Mark) -> bool {
        !self.sort.is_time() || mark.key.parse::<i64>().is_ok()
    }
}

/// What groups are asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// Nothing: it holds for all of them.
    Any,
    /// Both.
    And(Box<Condition>, Box<Condition>),
    /// One of both.
    Or(Box<Condition>, Box<Condition>),
    /// Not.
    Not(Box<Condition>),
    /// Their name compares so, whatever its case and accents.
    Name(Comparison, String),
    /// Their identifier compares so.
    Id(Comparison, String),
    /// Their identifier elsewhere compares so.
    External(Comparison, String),
    /// There is an identifier elsewhere.
    HasExternal,
    /// They were made then.
    Created(Comparison, Timestamp),
    /// They were last changed then.
    Changed(Comparison, Timestamp),
    /// With this member.
    Member(String),
    /// With any member.
    HasMembers,
}

/// Texts are bound, never written into SQL.
fn push(sql: &mut QueryBuilder<'_, Sqlite>, condition: &Condition) {
    let mut both = |one: &Condition, word: &str, two: &Condition| {
        sql.push("(");
        push(sql, one);
        sql.push(word);
        push(sql, two);
        sql.push(")");
    };
    match condition {
        Condition::Any => {
            sql.push("1 = 1");
        }
        Condition::And(one, two) => both(one, " AND ", two),
        Condition::Or(one, two) => both(one, " OR ", two),
        Condition::Not(inner) => {
            sql.push("NOT (");
            push(sql, inner);
            sql.push(")");
        }
        Condition::Name(comparison, text) => push_text(sql, "g.name_key", *comparison, &folded(text)),
        Condition::Id(comparison, text) => push_text(sql, "g.id", *comparison, text),
        Condition::External(comparison, text) => {
            push_text(sql, "coalesce(g.external_id, '')", *comparison, text);
        }
        Condition::HasExternal => {
            sql.push("coalesce(g.external_id, '') <> ''");
        }
        Condition::Created(comparison, at) => push_time(sql, "g.created_at", *comparison, *at),
        Condition::Changed(comparison, at) => push_time(sql, "g.changed_at", *comparison, *at),
        Condition::Member(person) => {
            sql.push("EXISTS (SELECT 1 FROM memberships m WHERE m.in_group = g.id AND m.person = ")
                .push_bind(person.clone());
            sql.push(")");
        }
        Condition::HasMembers => {
            sql.push("EXISTS (SELECT 1 FROM memberships m WHERE m.in_group = g.id)");
        }
    }
}

fn push_text(sql: &mut QueryBuilder<'_, Sqlite>, column: &str, comparison: Comparison, text: &str) {
    let text = text.to_owned();
    match comparison {
        Comparison::Co => {
            sql.push(format!("instr({column}, ")).push_bind(text).push(") > 0");
        }
        Comparison::Sw => {
            // As a range, which an index of names serves.
            let end = format!("{text}\u{10ffff}");
            sql.push(format!("({column} >= ")).push_bind(text);
            sql.push(format!(" AND {column} < ")).push_bind(end).push(")");
        }
        Comparison::Ew => {
            let letters = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
            sql.push(format!("substr({column}, length({column}) - ")).push_bind(letters);
            sql.push(" + 1) = ").push_bind(text);
        }
        Comparison::Eq
        | Comparison::Ne
        | Comparison::Gt
        | Comparison::Ge
        | Comparison::Lt
        | Comparison::Le => {
            sql.push(format!("{column} {} ", sign(comparison))).push_bind(text);
        }
    }
}

fn push_time(sql: &mut QueryBuilder<'_, Sqlite>, column: &str, comparison: Comparison, at: Timestamp) {
    sql.push(format!("{column} {} ", sign(comparison))).push_bind(at.millis());
}

const fn sign(comparison: Comparison) -> &'static str {
    match comparison {
        Comparison::Ne => "<>",
        Comparison::Gt => ">",
        Comparison::Ge => ">=",
        Comparison::Lt => "<",
        Comparison::Le => "<=",
        Comparison::Eq | Comparison::Co | Comparison::Sw | Comparison::Ew => "=",
    }
}

/// A group, if there is one.
pub async fn find(connection: &mut SqliteConnection, id: &str) -> sqlx::Result<Option<Group>> {
    let row =
        sqlx::query("SELECT * FROM person_groups WHERE id = ?").bind(id).fetch_optional(connection).await?;
    row.as_ref().map(group).transpose()
}

fn group(row: &SqliteRow) -> sqlx::Result<Group> {
    Ok(Group {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        external_id: row.try_get("external_id")?,
        created_at: time(row, "created_at")?,
        changed_at: time(row, "changed_at")?,
        version: number(row, "version")?,
    })
}

/// Which of these groups there are.
pub async fn existing(connection: &mut SqliteConnection, ids: &[&str]) -> sqlx::Result<Vec<String>> {
    let mut found = Vec::new();
    for batch in ids.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new("SELECT id FROM person_groups WHERE id IN (");
        let mut list = sql.separated(", ");
        for id in batch {
            list.push_bind(*id);
        }
        sql.push(")");
        for row in sql.build().fetch_all(&mut *connection).await? {
            found.push(row.try_get("id")?);
        }
    }
    Ok(found)
}

/// Makes somebody a member of a group, or its owner. Whether they weren't.
pub async fn add_member(
    write: &mut Write,
    group: &mut Group,
    person: &PersonId,
    is_owner: bool,
    now: Timestamp,
) -> sqlx::Result<bool> {
    let added = sqlx::query(
        "INSERT INTO memberships (person, in_group, owner) VALUES (?, ?, ?) ON CONFLICT (person, in_group) DO NOTHING",
    )
    .bind(person.as_str())
    .bind(&group.id)
    .bind(i64::from(is_owner))
    .execute(&mut **write)
    .await?;
    if added.rows_affected() == 0 {
        return Ok(false);
    }
    save(write, group, now).await?;
    Ok(true)
}

/// Stores groups.
pub async fn insert(write: &mut Write, groups: &[Group]) -> sqlx::Result<()> {
    for batch in groups.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO person_groups (id, name, name_key, external_id, created_at, changed_at, version) ",
        );
        sql.push_values(batch, |mut row, group| {
            row.push_bind(&group.id)
                .push_bind(&group.name)
                .push_bind(folded(&group.name))
                .push_bind(&group.external_id)
                .push_bind(group.created_at.millis())
                .push_bind(group.changed_at.millis())
                .push_bind(count(group.version));
        });
        sql.build().execute(&mut **write).await?;
    }
    Ok(())
}

/// Writes a group as it is now; its version goes up by one.
pub async fn save(write: &mut Write, group: &mut Group, now: Timestamp) -> sqlx::Result<()> {
    group.version += 1;
    group.changed_at = now.max(group.changed_at);
    sqlx::query(
        "UPDATE person_groups SET name = ?, name_key = ?, external_id = ?, changed_at = ?, version = ? WHERE id = ?",
    )
    .bind(&group.name)
    .bind(folded(&group.name))
    .bind(&group.external_id)
    .bind(group.changed_at.millis())
    .bind(count(group.version))
    .bind(&group.id)
    .execute(&mut **write)
    .await?;
    Ok(())
}

/// Deletes a group with its memberships.
pub async fn delete(write: &mut Write, id: &str) -> sqlx::Result<bool> {
    let gone = sqlx::query("DELETE FROM person_groups WHERE id = ?").bind(id).execute(&mut **write).await?;
    Ok(gone.rows_affected() > 0)
}

/// Who owns what, as the seed has it.
pub async fn insert_members(write: &mut Write, members: &[(PersonId, String, bool)]) -> sqlx::Result<()> {
    for batch in members.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO memberships (person, in_group, owner) ");
        sql.push_values(batch, |mut row, (person, group, is_owner)| {
            row.push_bind(person.as_str()).push_bind(group).push_bind(i64::from(*is_owner));
        });
        sql.push(" ON CONFLICT (person, in_group) DO NOTHING");
        sql.build().execute(&mut **write).await?;
    }
    Ok(())
}

/// Makes these the members of a group, and no others; owners who stay keep owning it. Gives the first who is nobody.
pub async fn set_members(
    write: &mut Write,
    id: &str,
    members: &[PersonId],
) -> sqlx::Result<Option<PersonId>> {
    let rows = sqlx::query("SELECT person FROM memberships WHERE in_group = ?")
        .bind(id)
        .fetch_all(&mut **write)
        .await?;
    let known: std::collections::HashSet<String> =
        rows.iter().map(|row| row.try_get("person")).collect::<sqlx::Result<_>>()?;
    let wanted: std::collections::HashSet<&str> = members.iter().map(PersonId::as_str).collect();
    for person in known.iter().filter(|person| !wanted.contains(person.as_str())) {
        sqlx::query("DELETE FROM memberships WHERE person = ? AND in_group = ?")
            .bind(person)
            .bind(id)
            .execute(&mut **write)
            .await?;
    }
    for person in members.iter().filter(|person| !known.contains(person.as_str())) {
        let added = sqlx::query(
            "INSERT INTO memberships (person, in_group) SELECT p.id, ? FROM people p \
             WHERE p.id = ? AND p.kind = 'member' AND p.deleted_at IS NULL ON CONFLICT DO NOTHING",
        )
        .bind(id)
        .bind(person.as_str())
        .execute(&mut **write)
        .await?;
        if added.rows_affected() == 0 {
            return Ok(Some(person.clone()));
        }
    }
    Ok(None)
}
