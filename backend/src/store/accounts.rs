//! Accounts: people as SCIM resources with the life of each.
//!
//! Whatever changes an account goes through [`save`], which keeps keys, version and the next due time right.

use std::collections::HashMap;

use frontdesk_contract::account::act::{Keyholders, Subject};
use frontdesk_contract::account::clock::next_due;
use frontdesk_contract::account::comeback::{Noted, Snapshot, StillThere};
use frontdesk_contract::account::consequence::{Circle, NAMES};
use frontdesk_contract::account::page::{AccountCounts, Department};
use frontdesk_contract::account::{Lifecycle, Stage};
use frontdesk_contract::plan::Key;
use frontdesk_contract::scim::ENTERPRISE;
use frontdesk_contract::scim::user::ContentCounts;
use frontdesk_contract::{Kind, PersonId, PersonRef, Right, RunId, Timestamp};
use serde_json::{Map, Value};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use crate::store::grams::Grams;
use crate::store::handover::{self, Leavers};
use crate::store::people::kind_word;
use crate::store::{
    Store, Unreadable, Write, count, grams, groups, number, push_people, runs, time, time_if_any, wrong,
};
use frontdesk_contract::words::folded;

/// So many rows go into one statement.
pub(super) const BATCH: usize = 200;
/// Which rows are accounts: members of the organization that were not deleted. Word for word as the indexes have it.
pub(super) const LISTED: &str = "p.kind = 'member' AND p.deleted_at IS NULL";
/// The columns of an account. The table is named `p`.
pub(super) const ACCOUNT: &str = "p.id, p.kind, p.name, p.email, p.resource, p.active, p.invited_at, p.reminders, p.claimed_at, \
     p.deactivated_at, p.memberships_removed_at, p.fields_removed_at, p.scheduled_for, p.deletion_at, p.held_at, \
     p.leaves_at, p.managed_by, p.waits_for_run, p.content, p.created_at, p.changed_at, p.version, \
     (SELECT m.name FROM people m WHERE m.id = p.manager AND m.deleted_at IS NULL) AS manager_name, \
     (SELECT group_concat(r.word) FROM rights r WHERE r.person = p.id) AS rights";

/// An account.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Who.
    pub id: PersonId,
    /// The name to show.
    pub name: String,
    /// The address to show; empty when there is none.
    pub email: String,
    /// What a client may write, by the names of the schema; `active` is in the life.
    pub resource: Map<String, Value>,
    /// The life.
    pub life: Lifecycle,
    /// What the person may do.
    pub rights: Vec<Right>,
    /// The machine that wrote it.
    pub managed_by: Option<String>,
    /// The run that asked for what waits.
    pub waits_for_run: Option<RunId>,
    /// Content by the provider's count.
    pub content: Option<ContentCounts>,
    /// The manager by name.
    pub manager_name: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// Counts the changes.
    pub version: u64,
}

/// An account to be stored.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// Who.
    pub id: PersonId,
    /// On which side of the desk.
    pub kind: Kind,
    /// What a client may write.
    pub resource: Map<String, Value>,
    /// The life.
    pub life: Lifecycle,
    /// What the person may do.
    pub rights: Vec<Right>,
    /// The hash of the password.
    pub password: Option<String>,
    /// 1 when that password is the one that everybody knows.
    pub default_password: i64,
    /// The machine that wrote it.
    pub managed_by: Option<String>,
    /// Content by the provider's count.
    pub content: Option<ContentCounts>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Account {
    /// As the rules see it.
    pub fn subject(&self) -> Subject {
        Subject { id: self.id.clone(), life: self.life, rights: self.rights.clone() }
    }

    /// As a page names it.
    pub fn reference(&self) -> PersonRef {
        PersonRef { id: self.id.clone(), name: self.name.clone() }
    }

    /// Where it stands.
    pub const fn stage(&self) -> Stage {
        self.life.stage()
    }

    /// A text of the enterprise extension.
    pub fn enterprise(&self, name: &str) -> Option<&str> {
        self.resource.get(ENTERPRISE)?.get(name)?.as_str()
    }

    /// The manager.
    pub fn manager(&self) -> Option<&str> {
        self.resource.get(ENTERPRISE)?.get("manager")?.get("value")?.as_str()
    }
}

/// What filters and orders are made of, taken from a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Keys {
    name: String,
    email: String,
    email_key: String,
    emails: Vec<String>,
    name_key: String,
    user_key: Option<String>,
    department: String,
    employee_key: Option<String>,
    phone_key: Option<String>,
    external_id: Option<String>,
    manager: Option<String>,
}

impl Keys {
    fn of(id: &PersonId, resource: &Map<String, Value>) -> Self {
        let text =
            |name: &str| resource.get(name).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let part = |name: &str, part: &str| {
            resource.get(name).and_then(|value| value.get(part)).and_then(Value::as_str)
        };
        let both = || Some(format!("{} {}", part("name", "givenName")?, part("name", "familyName")?));
        let name = text("displayName")
            .or_else(|| part("name", "formatted"))
            .map(str::to_owned)
            .or_else(both)
            .or_else(|| text("userName").map(str::to_owned))
            .unwrap_or_else(|| id.to_string());
        let email = first(resource, "emails").unwrap_or_default();
        let lower = |text: &str| text.trim().to_lowercase();
        let emails = all(resource, "emails").map(lower).filter(|key| !key.is_empty()).collect();
        Self {
            name_key: folded(&name),
            email_key: if email.is_empty() { format!("-{id}") } else { lower(email) },
            emails,
            email: email.to_owned(),
            user_key: text("userName").map(lower),
            department: part(ENTERPRISE, "department").unwrap_or_default().to_owned(),
            employee_key: part(ENTERPRISE, "employeeNumber").map(employee_key).filter(|key| !key.is_empty()),
            phone_key: first(resource, "phoneNumbers").map(digits).filter(|key| !key.is_empty()),
            external_id: text("externalId").map(str::to_owned),
            manager: resource
                .get(ENTERPRISE)
                .and_then(|value| value.get("manager"))
                .and_then(|value| value.get("value"))
                .and_then(Value::as_str)
                .map(str::to_owned),
            name,
        }
    }

    /// What somebody is found by.
    fn grams(&self) -> Grams {
        let texts = [Some(&self.name_key), self.user_key.as_ref(), self.employee_key.as_ref()];
        Grams::of(texts.into_iter().flatten().chain(&self.emails).map(String::as_str))
    }
}

/// An identifier that nobody has.
pub fn new_id() -> sqlx::Result<PersonId> {
    crate::secret::token(16).parse().map_err(wrong)
}

/// The address to show, as it is looked up.
pub fn address_of(resource: &Map<String, Value>) -> Option<String> {
    first(resource, "emails").map(|email| email.trim().to_lowercase()).filter(|key| !key.is_empty())
}

/// Whether somebody else has the address or the user name of a resource.
pub async fn is_taken(
    connection: &mut SqliteConnection,
    id: &PersonId,
    resource: &Map<String, Value>,
) -> sqlx::Result<bool> {
    let keys = Keys::of(id, resource);
    let row =
        sqlx::query("SELECT 1 FROM people WHERE (user_key = ?1 OR email_key = ?2) AND id <> ?3 LIMIT 1")
            .bind(&keys.user_key)
            .bind(&keys.email_key)
            .bind(id.as_str())
            .fetch_optional(connection)
            .await?;
    Ok(row.is_some())
}

fn all<'a>(resource: &'a Map<String, Value>, name: &str) -> impl Iterator<Item = &'a str> {
    let values = resource.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    values.iter().filter_map(|value| value.get("value")?.as_str())
}

/// The primary value, else the first.
fn first<'a>(resource: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let values = resource.get(name)?.as_array()?;
    let primary = values.iter().find(|value| value.get("primary") == Some(&Value::Bool(true)));
    primary.or(values.first())?.get("value")?.as_str()
}

/// How an employee number is looked up: without spaces, in any case.
pub fn employee_key(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

/// How a phone number is looked up: by its digits.
pub fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

impl Store {
    /// An account, if there is one.
    pub async fn account_of(&self, id: &PersonId) -> sqlx::Result<Option<Account>> {
        let mut connection = self.read().acquire().await?;
        find(&mut connection, id).await
    }

    /// When, and by whom, an account was deleted.
    pub async fn deleted_at(&self, id: &PersonId) -> sqlx::Result<Option<Timestamp>> {
        let row = sqlx::query("SELECT deleted_at FROM people WHERE id = ? AND kind = 'member'")
            .bind(id.as_str())
            .fetch_optional(self.read())
            .await?;
        row.map_or(Ok(None), |row| time_if_any(&row, "deleted_at"))
    }

    /// How many accounts there are in each stage.
    pub async fn people_counts(&self) -> sqlx::Result<Vec<(Stage, u64)>> {
        let rows = sqlx::query("SELECT stage, count FROM people_counts").fetch_all(self.read()).await?;
        let mut counts: HashMap<String, u64> = HashMap::new();
        for row in rows {
            counts.insert(row.try_get("stage")?, number(&row, "count")?);
        }
        Ok(Stage::ALL.map(|stage| (stage, counts.get(stage.as_str()).copied().unwrap_or(0))).to_vec())
    }
}

/// An account, if there is one.
pub async fn find(connection: &mut SqliteConnection, id: &PersonId) -> sqlx::Result<Option<Account>> {
    let sql = format!("SELECT {ACCOUNT} FROM people p WHERE p.id = ? AND {LISTED}");
    let row = sqlx::query(&sql).bind(id.as_str()).fetch_optional(connection).await?;
    row.as_ref().map(account).transpose()
}

/// Several accounts by their identifiers.
pub async fn find_all(
    connection: &mut SqliteConnection,
    ids: &[PersonId],
) -> sqlx::Result<HashMap<PersonId, Account>> {
    let rows = rows_of(connection, ACCOUNT, ids).await?;
    rows.iter().map(account).map(|found| found.map(|found| (found.id.clone(), found))).collect()
}

/// Where several accounts stand.
pub async fn stages(
    connection: &mut SqliteConnection,
    ids: &[PersonId],
) -> sqlx::Result<HashMap<PersonId, Stage>> {
    let rows = rows_of(connection, "p.id, p.stage", ids).await?;
    rows.iter()
        .map(|row| {
            let stage: String = row.try_get("stage")?;
            let stage = Stage::parse(&stage).ok_or_else(|| wrong(Unreadable("stage".to_owned())))?;
            Ok((row.try_get::<String, _>("id")?.parse().map_err(wrong)?, stage))
        })
        .collect()
}

/// These columns of several accounts, in any order.
async fn rows_of(
    connection: &mut SqliteConnection,
    columns: &str,
    ids: &[PersonId],
) -> sqlx::Result<Vec<SqliteRow>> {
    let mut rows = Vec::with_capacity(ids.len());
    for batch in ids.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(format!(
            "SELECT {columns} FROM people p WHERE {LISTED} AND p.id IN "
        ));
        push_people(&mut sql, batch);
        rows.extend(sql.build().fetch_all(&mut *connection).await?);
    }
    Ok(rows)
}

/// Who is named by these texts. A text may name several, or nobody.
pub async fn named(
    connection: &mut SqliteConnection,
    key: Key,
    texts: &[String],
) -> sqlx::Result<HashMap<String, Vec<PersonId>>> {
    let mut found: HashMap<String, Vec<PersonId>> = HashMap::new();
    let (column, table) = match key {
        Key::Id => ("p.id", "people p"),
        Key::Email => ("e.email_key", "people_emails e JOIN people p ON p.id = e.person"),
        Key::Phone => ("p.phone_key", "people p"),
        Key::Employee => ("p.employee_key", "people p"),
    };
    for batch in texts.chunks(BATCH) {
        let mut sql = QueryBuilder::<Sqlite>::new(format!(
            "SELECT {column} AS found_key, p.id FROM {table} WHERE {LISTED} AND {column} IN ("
        ));
        let mut list = sql.separated(", ");
        for text in batch {
            list.push_bind(text.as_str());
        }
        sql.push(")");
        for row in sql.build().fetch_all(&mut *connection).await? {
            let id = row.try_get::<String, _>("id")?.parse().map_err(wrong)?;
            found.entry(row.try_get("found_key")?).or_default().push(id);
        }
    }
    Ok(found)
}

/// How a text is looked up by a key.
pub fn key_text(key: Key, text: &str) -> String {
    match key {
        Key::Id => text.trim().to_owned(),
        Key::Email => text.trim().to_lowercase(),
        Key::Phone => digits(text),
        Key::Employee => employee_key(text),
    }
}

/// How many open accounts have the rights that nobody can do without.
pub async fn keyholders(connection: &mut SqliteConnection) -> sqlx::Result<Keyholders> {
    let row = sqlx::query(
        "SELECT coalesce(sum(r.word = 'accounts'), 0) AS accounts, coalesce(sum(r.word = 'admins'), 0) AS admins \
         FROM rights r JOIN people p ON p.id = r.person WHERE p.active = 1 AND p.deleted_at IS NULL",
    )
    .fetch_one(connection)
    .await?;
    Ok(Keyholders { accounts: number(&row, "accounts")?, admins: number(&row, "admins")? })
}

/// How many others may approve.
pub async fn other_approvers(connection: &mut SqliteConnection, but: Option<&PersonId>) -> sqlx::Result<u64> {
    let row = sqlx::query(
        "SELECT count(*) AS count FROM rights r JOIN people p ON p.id = r.person \
         WHERE r.word = 'approve' AND p.active = 1 AND p.deleted_at IS NULL AND p.id <> ?",
    )
    .bind(but.map_or("", PersonId::as_str))
    .fetch_one(connection)
    .await?;
    number(&row, "count")
}

/// What stands around an account.
pub async fn circle(connection: &mut SqliteConnection, account: &Account) -> sqlx::Result<Circle> {
    let id = account.id.as_str();
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM sessions WHERE person = ?1) AS sessions, \
         (SELECT count(*) FROM memberships WHERE person = ?1) AS in_groups, \
         (SELECT count(*) FROM people WHERE manager = ?1 AND deleted_at IS NULL AND active = 1) AS reports",
    )
    .bind(id)
    .fetch_one(&mut *connection)
    .await?;
    let owned = sqlx::query(
        "SELECT g.name, count(*) OVER () AS total FROM memberships m JOIN person_groups g ON g.id = m.in_group \
         WHERE m.person = ?1 AND m.owner = 1 AND NOT EXISTS (SELECT 1 FROM memberships o JOIN people p ON p.id = o.person \
         WHERE o.in_group = m.in_group AND o.owner = 1 AND o.person <> ?1 AND p.active = 1) ORDER BY g.name_key LIMIT ?2",
    )
    .bind(id)
    .bind(i64::try_from(NAMES).unwrap_or(5))
    .fetch_all(&mut *connection)
    .await?;
    let sql = format!(
        "SELECT g.name, count(*) OVER () AS total FROM memberships m JOIN person_groups g ON g.id = m.in_group \
         WHERE m.person = ?1 AND NOT {} ORDER BY g.name_key LIMIT ?2",
        groups::OWNER_KNOWN
    );
    let unknown = sqlx::query(&sql)
        .bind(id)
        .bind(i64::try_from(NAMES).unwrap_or(5))
        .fetch_all(&mut *connection)
        .await?;
    let (owner_unknown, owner_unknown_names) = crate::store::plans::named(&unknown)?;
    let reports = number(&row, "reports")?;
    let report_names =
        if reports == 0 { Vec::new() } else { reports_of(connection, &account.id, NAMES).await? };
    let (owned_alone, owned_names) = crate::store::plans::named(&owned)?;
    Ok(Circle {
        sessions: number(&row, "sessions")?,
        groups: number(&row, "in_groups")?,
        owned_alone,
        owned_names,
        owner_unknown,
        owner_unknown_names,
        reports,
        report_names: report_names.into_iter().map(|person| person.name).collect(),
        belongings: handover::belongings(connection, Leavers::One(&account.id)).await?.0,
        heir: None,
        machines: Vec::new(),
        problems: handover::problems(connection, Leavers::One(&account.id)).await?,
        admins: u64::from(!account.rights.is_empty()),
        content: account.content.map(|content| content.posts + content.messages),
        comments: account.content.map(|content| content.comments_of_others),
    })
}

/// People whose manager somebody is.
pub async fn reports_of(
    connection: &mut SqliteConnection,
    id: &PersonId,
    limit: usize,
) -> sqlx::Result<Vec<PersonRef>> {
    let rows = sqlx::query(
        "SELECT id, name FROM people WHERE manager = ? AND deleted_at IS NULL AND active = 1 ORDER BY name_key, id LIMIT ?",
    )
    .bind(id.as_str())
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await?;
    rows.iter().map(reference).collect()
}

fn reference(row: &SqliteRow) -> sqlx::Result<PersonRef> {
    Ok(PersonRef { id: row.try_get::<String, _>("id")?.parse().map_err(wrong)?, name: row.try_get("name")? })
}

/// Who somebody is by name, deleted or not.
pub async fn reference_of(connection: &mut SqliteConnection, id: &PersonId) -> sqlx::Result<PersonRef> {
    let row = sqlx::query("SELECT id, name FROM people WHERE id = ?")
        .bind(id.as_str())
        .fetch_one(connection)
        .await?;
    reference(&row)
}

/// What somebody has that a deactivation ends or leaves behind.
pub async fn present(connection: &mut SqliteConnection, account: &Account) -> sqlx::Result<Snapshot> {
    let present = present_all(connection, std::slice::from_ref(account)).await?;
    Ok(present.into_iter().next().unwrap_or_default())
}

/// The same of several, in their order.
pub async fn present_all(
    connection: &mut SqliteConnection,
    accounts: &[Account],
) -> sqlx::Result<Vec<Snapshot>> {
    let ids: Vec<&PersonId> = accounts.iter().map(|account| &account.id).collect();
    let mut memberships = groups::of_people(connection, &ids).await?;
    let present = accounts.iter().map(|account| {
        let manager = account.manager_name.clone();
        let manager_id = manager.as_ref().and_then(|_| account.manager()?.parse().ok());
        let memberships = memberships.remove(&account.id).unwrap_or_default();
        let noted = |membership: groups::Membership| Noted {
            group: membership.id,
            name: membership.name,
            owner: membership.ownership.is_owner(),
        };
        let memberships = memberships.into_iter().map(noted).collect();
        Snapshot { manager, manager_id, groups: Vec::new(), memberships }
    });
    Ok(present.collect())
}

/// Notes what several people have.
pub async fn note_all(
    write: &mut Write,
    noted: Vec<(&PersonId, Snapshot)>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let mut rows = Vec::with_capacity(noted.len());
    for (id, snapshot) in noted {
        rows.push((id, serde_json::to_string(&snapshot).map_err(wrong)?));
    }
    let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO snapshots (person, body, at) ");
    sql.push_values(rows, |mut row, (id, body)| {
        row.push_bind(id.as_str()).push_bind(body).push_bind(now.millis());
    });
    sql.push(" ON CONFLICT (person) DO UPDATE SET body = excluded.body, at = excluded.at");
    sql.build().execute(&mut **write).await?;
    Ok(())
}

/// What was noted is needed no more.
pub async fn forget_noted(write: &mut Write, id: &PersonId) -> sqlx::Result<bool> {
    let done =
        sqlx::query("DELETE FROM snapshots WHERE person = ?").bind(id.as_str()).execute(&mut **write).await?;
    Ok(done.rows_affected() > 0)
}

/// What of something noted is still there to be set again.
pub async fn still_there(connection: &mut SqliteConnection, noted: &Snapshot) -> sqlx::Result<StillThere> {
    let ids: Vec<&str> = noted.memberships.iter().map(|noted| noted.group.as_str()).collect();
    let groups = groups::existing(connection, &ids).await?;
    let manager = match &noted.manager_id {
        Some(id) => find(connection, id).await?.is_some_and(|manager| manager.life.active),
        None => false,
    };
    Ok(StillThere { groups, manager })
}

/// What was noted at the last deactivation.
pub async fn noted(connection: &mut SqliteConnection, id: &PersonId) -> sqlx::Result<Option<Snapshot>> {
    let row = sqlx::query("SELECT body FROM snapshots WHERE person = ?")
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| serde_json::from_str(&row.try_get::<String, _>("body")?).map_err(wrong)).transpose()
}

/// Stores accounts.
pub async fn insert(write: &mut Write, accounts: &[NewAccount]) -> sqlx::Result<()> {
    for batch in accounts.chunks(BATCH) {
        let first = grams::last_row(write).await?.saturating_add(1);
        let mut found_by = Vec::with_capacity(batch.len());
        let mut sql = QueryBuilder::<Sqlite>::new(
            "INSERT INTO people (id, name, email, email_key, kind, department, active, password, default_password, created_at, \
             resource, name_key, user_key, department_key, employee_key, phone_key, external_id, manager, changed_at, managed_by, \
             invited_at, reminders, claimed_at, deactivated_at, memberships_removed_at, fields_removed_at, scheduled_for, \
             deletion_at, held_at, leaves_at, due_at, content, words_row) ",
        );
        sql.push_values((first..).zip(batch), |mut row, (place, new)| {
            let keys = Keys::of(&new.id, &new.resource);
            found_by.push((place, keys.grams()));
            let life = &new.life;
            let at = |time: Option<Timestamp>| time.map(Timestamp::millis);
            row.push_bind(new.id.as_str())
                .push_bind(keys.name)
                .push_bind(keys.email)
                .push_bind(keys.email_key)
                .push_bind(kind_word(new.kind))
                .push_bind(keys.department.clone())
                .push_bind(i64::from(life.active))
                .push_bind(&new.password)
                .push_bind(new.default_password)
                .push_bind(new.created_at.millis())
                .push_bind(stored(&new.resource))
                .push_bind(keys.name_key)
                .push_bind(keys.user_key)
                .push_bind(keys.department.to_lowercase())
                .push_bind(keys.employee_key)
                .push_bind(keys.phone_key)
                .push_bind(keys.external_id)
                .push_bind(keys.manager)
                .push_bind(changed_at(new).millis())
                .push_bind(&new.managed_by)
                .push_bind(at(life.invited_at))
                .push_bind(i64::try_from(life.reminders).unwrap_or(0))
                .push_bind(at(life.claimed_at))
                .push_bind(at(life.deactivated_at))
                .push_bind(at(life.memberships_removed_at))
                .push_bind(at(life.fields_removed_at))
                .push_bind(at(life.scheduled_for))
                .push_bind(at(life.deletion_at))
                .push_bind(at(life.held_at))
                .push_bind(at(life.leaves_at))
                .push_bind(at(next_due(life)))
                .push_bind(new.content.and_then(|content| serde_json::to_string(&content).ok()))
                .push_bind(place);
        });
        sql.build().execute(&mut **write).await?;
        grams::add(write, &found_by).await?;
        let mut emails: Vec<(String, &str)> = Vec::new();
        for new in batch {
            emails.extend(
                Keys::of(&new.id, &new.resource).emails.into_iter().map(|key| (key, new.id.as_str())),
            );
        }
        emails.sort_unstable();
        emails.dedup();
        if !emails.is_empty() {
            let mut sql = QueryBuilder::<Sqlite>::new("INSERT INTO people_emails (email_key, person) ");
            sql.push_values(emails, |mut row, (key, person)| {
                row.push_bind(key).push_bind(person);
            });
            sql.build().execute(&mut **write).await?;
        }
    }
    for new in accounts.iter().filter(|new| !new.rights.is_empty()) {
        crate::store::people::grant(write, &new.id, &new.rights).await?;
    }
    Ok(())
}

/// When a new account last changed: as its life tells, which may be older than the database.
fn changed_at(new: &NewAccount) -> Timestamp {
    let life = &new.life;
    let dates = [
        life.invited_at,
        life.claimed_at,
        life.deactivated_at,
        life.memberships_removed_at,
        life.fields_removed_at,
        life.held_at,
    ];
    dates.into_iter().flatten().fold(new.created_at, Timestamp::max)
}

/// Writes an account as it is now; its version goes up by one.
pub async fn save(write: &mut Write, account: &mut Account, now: Timestamp) -> sqlx::Result<()> {
    let keys = Keys::of(&account.id, &account.resource);
    count_change(account, now);
    let life = &account.life;
    let at = |time: Option<Timestamp>| time.map(Timestamp::millis);
    account.name.clone_from(&keys.name);
    account.email.clone_from(&keys.email);
    grams::change(write, &account.id, &keys.grams()).await?;
    sqlx::query(
        "UPDATE people SET name = ?, email = ?, email_key = ?, department = ?, active = ?, resource = ?, name_key = ?, \
         user_key = ?, department_key = ?, employee_key = ?, phone_key = ?, external_id = ?, manager = ?, changed_at = ?, \
         version = ?, managed_by = ?, invited_at = ?, reminders = ?, claimed_at = ?, deactivated_at = ?, \
         memberships_removed_at = ?, fields_removed_at = ?, scheduled_for = ?, deletion_at = ?, held_at = ?, leaves_at = ?, \
         waits_for_run = ?, due_at = ? WHERE id = ?",
    )
    .bind(&keys.name)
    .bind(&keys.email)
    .bind(&keys.email_key)
    .bind(&keys.department)
    .bind(i64::from(life.active))
    .bind(stored(&account.resource))
    .bind(&keys.name_key)
    .bind(&keys.user_key)
    .bind(keys.department.to_lowercase())
    .bind(&keys.employee_key)
    .bind(&keys.phone_key)
    .bind(&keys.external_id)
    .bind(&keys.manager)
    .bind(account.changed_at.millis())
    .bind(count(account.version))
    .bind(&account.managed_by)
    .bind(at(life.invited_at))
    .bind(i64::try_from(life.reminders).unwrap_or(0))
    .bind(at(life.claimed_at))
    .bind(at(life.deactivated_at))
    .bind(at(life.memberships_removed_at))
    .bind(at(life.fields_removed_at))
    .bind(at(life.scheduled_for))
    .bind(at(life.deletion_at))
    .bind(at(life.held_at))
    .bind(at(life.leaves_at))
    .bind(account.waits_for_run.map(|run| count(run.0)))
    .bind(at(next_due(life)))
    .bind(account.id.as_str())
    .execute(&mut **write)
    .await?;
    set_emails(write, &account.id, &keys.emails).await?;
    runs::lapse_touched(write, &[&account.id], now).await
}

/// Writes the lives of several accounts as they are now, and nothing else of them; their versions go up by one.
pub async fn save_lives(write: &mut Write, accounts: &mut [Account], now: Timestamp) -> sqlx::Result<()> {
    for accounts in accounts.chunks_mut(BATCH) {
        let many = u64::try_from(accounts.len()).unwrap_or(u64::MAX);
        // Columns that are not named keep their indexes as they are.
        let mut sql = QueryBuilder::<Sqlite>::new(
            "WITH lives (id, active, changed_at, version, invited_at, reminders, claimed_at, deactivated_at, \
             memberships_removed_at, fields_removed_at, scheduled_for, deletion_at, held_at, leaves_at, waits_for_run, due_at) AS (",
        );
        sql.push_values(accounts.iter_mut(), |mut row, account| {
            count_change(account, now);
            let life = &account.life;
            let at = |time: Option<Timestamp>| time.map(Timestamp::millis);
            row.push_bind(account.id.as_str())
                .push_bind(i64::from(life.active))
                .push_bind(account.changed_at.millis())
                .push_bind(count(account.version))
                .push_bind(at(life.invited_at))
                .push_bind(i64::try_from(life.reminders).unwrap_or(0))
                .push_bind(at(life.claimed_at))
                .push_bind(at(life.deactivated_at))
                .push_bind(at(life.memberships_removed_at))
                .push_bind(at(life.fields_removed_at))
                .push_bind(at(life.scheduled_for))
                .push_bind(at(life.deletion_at))
                .push_bind(at(life.held_at))
                .push_bind(at(life.leaves_at))
                .push_bind(account.waits_for_run.map(|run| count(run.0)))
                .push_bind(at(next_due(life)));
        });
        sql.push(
            ") UPDATE people SET active = l.active, changed_at = l.changed_at, version = l.version, invited_at = l.invited_at, \
             reminders = l.reminders, claimed_at = l.claimed_at, deactivated_at = l.deactivated_at, \
             memberships_removed_at = l.memberships_removed_at, fields_removed_at = l.fields_removed_at, \
             scheduled_for = l.scheduled_for, deletion_at = l.deletion_at, held_at = l.held_at, leaves_at = l.leaves_at, \
             waits_for_run = l.waits_for_run, due_at = l.due_at FROM lives l WHERE people.id = l.id",
        );
        // Somebody who isn't there any more was not reached.
        if sql.build().execute(&mut **write).await?.rows_affected() != many {
            return Err(sqlx::Error::RowNotFound);
        }
        let people: Vec<&PersonId> = accounts.iter().map(|account| &account.id).collect();
        runs::lapse_touched(write, &people, now).await?;
    }
    Ok(())
}

/// Counts a change of an account; a run is waited for only as long as something is to come.
fn count_change(account: &mut Account, now: Timestamp) {
    if account.life.scheduled_for.is_none() && account.life.deletion_at.is_none() {
        account.waits_for_run = None;
    }
    account.version += 1;
    account.changed_at = now.max(account.changed_at);
}

async fn set_emails(write: &mut Write, id: &PersonId, emails: &[String]) -> sqlx::Result<()> {
    let known = sqlx::query("SELECT email_key FROM people_emails WHERE person = ?")
        .bind(id.as_str())
        .fetch_all(&mut **write)
        .await?;
    let known: Vec<String> = known.iter().map(|row| row.try_get("email_key")).collect::<sqlx::Result<_>>()?;
    let is_same = known.len() == emails.len() && emails.iter().all(|email| known.contains(email));
    if is_same {
        return Ok(());
    }
    sqlx::query("DELETE FROM people_emails WHERE person = ?").bind(id.as_str()).execute(&mut **write).await?;
    for email in emails {
        sqlx::query("INSERT INTO people_emails (email_key, person) VALUES (?, ?) ON CONFLICT DO NOTHING")
            .bind(email)
            .bind(id.as_str())
            .execute(&mut **write)
            .await?;
    }
    Ok(())
}

fn stored(resource: &Map<String, Value>) -> String {
    serde_json::to_string(resource).unwrap_or_else(|_| "{}".to_owned())
}

/// Reads the columns of [`ACCOUNT`].
pub(super) fn account(row: &SqliteRow) -> sqlx::Result<Account> {
    let rights: Option<String> = row.try_get("rights")?;
    let rights = rights.unwrap_or_default();
    let resource: Value = serde_json::from_str(&row.try_get::<String, _>("resource")?).map_err(wrong)?;
    let content: Option<String> = row.try_get("content")?;
    let reminders: i64 = row.try_get("reminders")?;
    let run: Option<i64> = row.try_get("waits_for_run")?;
    Ok(Account {
        id: row.try_get::<String, _>("id")?.parse().map_err(wrong)?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        resource: match resource {
            Value::Object(fields) => fields,
            _ => Map::new(),
        },
        life: Lifecycle {
            active: row.try_get::<i64, _>("active")? != 0,
            invited_at: time_if_any(row, "invited_at")?,
            reminders: usize::try_from(reminders).unwrap_or(0),
            claimed_at: time_if_any(row, "claimed_at")?,
            deactivated_at: time_if_any(row, "deactivated_at")?,
            memberships_removed_at: time_if_any(row, "memberships_removed_at")?,
            fields_removed_at: time_if_any(row, "fields_removed_at")?,
            scheduled_for: time_if_any(row, "scheduled_for")?,
            deletion_at: time_if_any(row, "deletion_at")?,
            held_at: time_if_any(row, "held_at")?,
            leaves_at: time_if_any(row, "leaves_at")?,
        },
        rights: Right::ALL
            .into_iter()
            .filter(|right| rights.split(',').any(|word| word == right.as_str()))
            .collect(),
        managed_by: row.try_get("managed_by")?,
        waits_for_run: run.map(|run| RunId(run.unsigned_abs())),
        content: content.map(|text| serde_json::from_str(&text).map_err(wrong)).transpose()?,
        manager_name: row.try_get("manager_name")?,
        created_at: time(row, "created_at")?,
        changed_at: time(row, "changed_at")?,
        version: number(row, "version")?,
    })
}

/// Accounts for which something is due by now, the longest overdue first.
pub async fn due(
    connection: &mut SqliteConnection,
    now: Timestamp,
    limit: i64,
) -> sqlx::Result<Vec<Account>> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM people p WHERE p.due_at IS NOT NULL AND p.due_at <= ? AND {LISTED} ORDER BY p.due_at LIMIT ?"
    );
    let rows = sqlx::query(&sql).bind(now.millis()).bind(limit).fetch_all(connection).await?;
    rows.iter().map(account).collect()
}

/// Lets what is due for an account wait until a time.
pub async fn put_off(write: &mut Write, id: &PersonId, until: Timestamp) -> sqlx::Result<()> {
    sqlx::query("UPDATE people SET due_at = ? WHERE id = ?")
        .bind(until.millis())
        .bind(id.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// The most departments that are told: more are no list to choose from.
const DEPARTMENTS: i64 = 500;

impl Store {
    /// The departments by name. One that is spelled in several ways is told once.
    pub async fn departments(&self) -> sqlx::Result<Vec<Department>> {
        let sql = format!(
            "SELECT max(p.department) AS name, count(*) AS people FROM people p \
             WHERE {LISTED} AND p.department_key <> '' GROUP BY p.department_key ORDER BY p.department_key LIMIT ?"
        );
        let rows = sqlx::query(&sql).bind(DEPARTMENTS).fetch_all(self.read()).await?;
        let department =
            |row: &SqliteRow| Ok(Department { name: row.try_get("name")?, people: number(row, "people")? });
        rows.iter().map(department).collect()
    }

    /// How many accounts wait for something.
    pub async fn waiting_counts(&self, now: Timestamp) -> sqlx::Result<AccountCounts> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM people WHERE leaves_at IS NOT NULL AND active = 1 AND leaves_at <= ?1) AS left_open, \
             (SELECT count(*) FROM people WHERE due_at IS NOT NULL AND scheduled_for IS NOT NULL) AS scheduled, \
             (SELECT count(*) FROM people WHERE held_at IS NOT NULL AND deleted_at IS NULL) AS held, \
             (SELECT count(*) FROM people WHERE due_at IS NOT NULL AND deletion_at IS NOT NULL) AS deletion",
        )
        .bind(now.millis())
        .fetch_one(self.read())
        .await?;
        Ok(AccountCounts {
            left_open: number(&row, "left_open")?,
            scheduled: number(&row, "scheduled")?,
            held: number(&row, "held")?,
            deletion: number(&row, "deletion")?,
            ..AccountCounts::default()
        })
    }
}
