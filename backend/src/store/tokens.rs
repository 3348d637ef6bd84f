//! Bearer tokens of machines.

use frontdesk_contract::Timestamp;
use sqlx::Row as _;

use crate::secret;
use crate::store::{Store, Write};

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Users and Groups over SCIM.
    Scim,
    /// What an admin may, without approvals.
    Api,
    /// The key that signs the report tokens of a host.
    Report,
}

impl Scope {
    const ALL: [Self; 3] = [Self::Scim, Self::Api, Self::Report];

    /// The word of the command and of the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scim => "scim",
            Self::Api => "api",
            Self::Report => "report",
        }
    }
}

impl std::str::FromStr for Scope {
    type Err = frontdesk_contract::NotAnId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|scope| scope.as_str() == text);
        known.ok_or(frontdesk_contract::NotAnId { expected: "scim, api or report" })
    }
}

/// A token that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The machine's name.
    pub name: String,
    /// What it is for.
    pub scope: Scope,
}

impl Store {
    /// The token of a secret.
    pub async fn token(&self, secret: &str) -> sqlx::Result<Option<Token>> {
        let row = sqlx::query("SELECT name, scope FROM tokens WHERE id = ? AND ended_at IS NULL")
            .bind(secret::digest(secret))
            .fetch_optional(self.read())
            .await?;
        row.map(|row| {
            let scope = row.try_get::<String, _>("scope")?.parse().map_err(crate::store::wrong)?;
            Ok(Token { name: row.try_get("name")?, scope })
        })
        .transpose()
    }
}

impl Store {
    /// The keys of a host, which sign report tokens: the SHA-256 of each secret of this name.
    pub async fn report_keys(&self, name: &str) -> sqlx::Result<Vec<Vec<u8>>> {
        let rows =
            sqlx::query("SELECT id FROM tokens WHERE scope = 'report' AND name = ? AND ended_at IS NULL")
                .bind(name)
                .fetch_all(self.read())
                .await?;
        rows.iter().map(|row| row.try_get("id")).collect()
    }
}

/// The name of a report token in the store.
fn report_token(host: &str, name: &str) -> Vec<u8> {
    // No origin has a line break in it.
    secret::digest(&format!("{host}\n{name}"))
}

impl Store {
    /// Whether the report token of this name has made its report.
    pub async fn is_spent(&self, host: &str, name: &str) -> sqlx::Result<bool> {
        let row = sqlx::query("SELECT 1 FROM report_tokens WHERE id = ?")
            .bind(report_token(host, name))
            .fetch_optional(self.read())
            .await?;
        Ok(row.is_some())
    }
}

/// Spends a report token, in the transaction that makes its report; whether it wasn't spent before.
pub async fn spend(
    write: &mut Write,
    (host, name): (&str, &str),
    ends_at: Timestamp,
    now: Timestamp,
) -> sqlx::Result<bool> {
    sqlx::query("DELETE FROM report_tokens WHERE ends_at <= ?")
        .bind(now.millis())
        .execute(&mut **write)
        .await?;
    let done = sqlx::query("INSERT INTO report_tokens (id, ends_at) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .bind(report_token(host, name))
        .bind(ends_at.millis())
        .execute(&mut **write)
        .await?;
    Ok(done.rows_affected() > 0)
}

/// Makes a token; gives its secret. One of the same name and scope that stood before ends.
pub async fn make(write: &mut Write, name: &str, scope: Scope, now: Timestamp) -> sqlx::Result<String> {
    let secret = secret::token(32);
    sqlx::query("UPDATE tokens SET ended_at = ? WHERE name = ? AND scope = ? AND ended_at IS NULL")
        .bind(now.millis())
        .bind(name)
        .bind(scope.as_str())
        .execute(&mut **write)
        .await?;
    sqlx::query("INSERT INTO tokens (id, name, scope, created_at) VALUES (?, ?, ?, ?)")
        .bind(secret::digest(&secret))
        .bind(name)
        .bind(scope.as_str())
        .bind(now.millis())
        .execute(&mut **write)
        .await?;
    Ok(secret)
}
