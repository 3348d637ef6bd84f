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
