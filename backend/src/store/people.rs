//! People and their rights.

use frontdesk_contract::account::{Lifecycle, Step};
use frontdesk_contract::scim::ENTERPRISE;
use frontdesk_contract::{Kind, Person, PersonId, Right, Timestamp};
use serde_json::json;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::accounts::{self, NewAccount};
use crate::store::{Store, Write, wrong};

/// The columns of a person, with the rights as one text. The table is named `p`.
pub(super) const PERSON: &str = "p.id, p.name, p.email, p.kind, \
     (SELECT group_concat(r.word) FROM rights r WHERE r.person = p.id) AS rights";

/// A person with what signing in needs.
#[derive(Debug, Clone)]
pub struct Account {
    /// Who.
    pub person: Person,
    /// The hash of the password; none until one was set.
    pub password: Option<String>,
}

/// A person to be stored.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// Who.
    pub person: Person,
    /// Where the person works.
    pub department: String,
    /// The hash of the password.
    pub password: Option<String>,
    /// Whether that password is the one that everybody knows.
    pub password_is: Origin,
    /// When the person came.
    pub created_at: Timestamp,
}

impl NewPerson {
    /// As an account that is in use.
    pub fn account(&self) -> NewAccount {
        let Self { person, department, created_at, .. } = self;
        let mut resource = serde_json::Map::new();
        resource.insert("userName".to_owned(), json!(person.email));
        resource.insert("displayName".to_owned(), json!(person.name));
        resource
            .insert("emails".to_owned(), json!([{"value": person.email, "type": "work", "primary": true}]));
        if !department.is_empty() {
            resource.insert(ENTERPRISE.to_owned(), json!({ "department": department }));
        }
        NewAccount {
            id: person.id.clone(),
            kind: person.kind,
            resource,
            life: Lifecycle::provisioned().after(Step::Claimed, *created_at),
            rights: person.rights.clone(),
            password: self.password.clone(),
            default_password: self.password_is.flag(),
            managed_by: None,
            content: None,
            created_at: *created_at,
        }
    }
}

/// Somebody who has an address, active or not.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who.
    pub id: PersonId,
    /// On which side of the desk.
    pub kind: Kind,
    /// Whether the person can sign in at all.
    pub standing: Standing,
}

/// Whether an account can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It can.
    Active,
    /// It was deactivated.
    Inactive,
}

/// Where a password comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody chose it.
    Chosen,
    /// It is the default of the manual.
    Default,
}

impl Origin {
    pub(super) const fn flag(self) -> i64 {
        match self {
            Self::Chosen => 0,
            Self::Default => 1,
        }
    }
}

impl Store {
    /// The active person with this address.
    pub async fn account(&self, email: &str) -> sqlx::Result<Option<Account>> {
        let sql = format!("SELECT {PERSON}, p.password FROM people p WHERE p.email_key = ? AND p.active = 1");
        let row = sqlx::query(&sql).bind(key_of(email)).fetch_optional(self.read()).await?;
        row.map(|row| Ok(Account { person: person(&row)?, password: row.try_get("password")? })).transpose()
    }

    /// Whether anybody may manage admins.
    pub async fn has_admin(&self) -> sqlx::Result<bool> {
        let sql = "SELECT 1 FROM rights r JOIN people p ON p.id = r.person WHERE r.word = 'admins' AND p.active = 1 LIMIT 1";
        Ok(sqlx::query(sql).fetch_optional(self.read()).await?.is_some())
    }

    /// Whether anybody is stored at all.
    pub async fn has_people(&self) -> sqlx::Result<bool> {
        Ok(sqlx::query("SELECT 1 FROM people LIMIT 1").fetch_optional(self.read()).await?.is_some())
    }

    /// Whether somebody still has the default password.
    pub async fn has_default_password(&self) -> sqlx::Result<bool> {
        let sql = "SELECT 1 FROM people WHERE default_password = 1 AND active = 1 LIMIT 1";
        Ok(sqlx::query(sql).fetch_optional(self.read()).await?.is_some())
    }
}

/// Stores a person with the rights.
pub async fn insert(write: &mut Write, new: &NewPerson) -> sqlx::Result<()> {
    accounts::insert(write, &[new.account()]).await
}

/// Who has this address, active or not.
pub async fn known(write: &mut Write, email: &str) -> sqlx::Result<Option<Known>> {
    let row = sqlx::query("SELECT id, kind, active FROM people WHERE email_key = ?")
        .bind(key_of(email))
        .fetch_optional(&mut **write)
        .await?;
    row.map(|row| {
        let is_active = row.try_get::<i64, _>("active")? != 0;
        Ok(Known {
            id: row.try_get::<String, _>("id")?.parse().map_err(wrong)?,
            kind: kind(&row)?,
            standing: if is_active { Standing::Active } else { Standing::Inactive },
        })
    })
    .transpose()
}

/// Gives a person rights; those that the person has stay.
pub async fn grant(write: &mut Write, person: &PersonId, rights: &[Right]) -> sqlx::Result<()> {
    for right in rights {
        sqlx::query("INSERT INTO rights (person, word) VALUES (?, ?) ON CONFLICT (person, word) DO NOTHING")
            .bind(person.as_str())
            .bind(right.as_str())
            .execute(&mut **write)
            .await?;
    }
    Ok(())
}

/// What a person may now; nothing once the account is closed.
pub async fn rights_of(write: &mut Write, person: &PersonId) -> sqlx::Result<Vec<Right>> {
    let sql = "SELECT r.word FROM rights r JOIN people p ON p.id = r.person WHERE p.id = ? AND p.active = 1";
    let rows = sqlx::query(sql).bind(person.as_str()).fetch_all(&mut **write).await?;
    let words: Vec<String> = rows.iter().map(|row| row.try_get("word")).collect::<sqlx::Result<_>>()?;
    Ok(Right::ALL.into_iter().filter(|right| words.iter().any(|word| word == right.as_str())).collect())
}

/// Sets a password that somebody chose.
pub async fn set_password(write: &mut Write, person: &PersonId, hash: &str) -> sqlx::Result<()> {
    sqlx::query("UPDATE people SET password = ?, default_password = 0 WHERE id = ?")
        .bind(hash)
        .bind(person.as_str())
        .execute(&mut **write)
        .await?;
    Ok(())
}

/// Whether the person still has the password with this hash: it may have changed while it was checked.
pub async fn has_password(write: &mut Write, person: &PersonId, hash: &str) -> sqlx::Result<bool> {
    let sql = "SELECT 1 FROM people WHERE id = ? AND active = 1 AND password = ?";
    Ok(sqlx::query(sql).bind(person.as_str()).bind(hash).fetch_optional(&mut **write).await?.is_some())
}

/// Reads the columns of [`PERSON`].
pub(super) fn person(row: &SqliteRow) -> sqlx::Result<Person> {
    let rights: Option<String> = row.try_get("rights")?;
    let rights = rights.unwrap_or_default();
    let mut rights: Vec<Right> =
        Right::ALL.into_iter().filter(|right| rights.split(',').any(|word| word == right.as_str())).collect();
    rights.sort_unstable();
    Ok(Person {
        id: row.try_get::<String, _>("id")?.parse().map_err(wrong)?,
        name: row.try_get("name")?,
        email: row.try_get("email")?,
        kind: kind(row)?,
        rights,
    })
}

fn kind(row: &SqliteRow) -> sqlx::Result<Kind> {
    let word: String = row.try_get("kind")?;
    Ok(if word == "agent" { Kind::Agent } else { Kind::Member })
}

/// How an address is looked up.
pub fn key_of(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The word of the database.
pub const fn kind_word(kind: Kind) -> &'static str {
    match kind {
        Kind::Member => "member",
        Kind::Agent => "agent",
    }
}
