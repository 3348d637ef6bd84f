//! Who calls: the session of the cookie.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use frontdesk_contract::{Person, ProblemType};

use crate::app::App;
use crate::headers::Transport;
use crate::http::error::Error;
use crate::origin::Origin;
use crate::store::sessions::{self, Sitting};

/// So long a call waits for the mark of its session at the most.
const TOUCH_WITHIN: Duration = Duration::from_secs(1);

/// The person who calls, doing something: the session lasts longer by it.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The session.
    pub sitting: Sitting,
}

/// The person who calls, only looking whether the session stands: it doesn't last longer by it.
#[derive(Debug, Clone)]
pub struct Onlooker {
    /// The session.
    pub sitting: Sitting,
}

impl Viewer {
    /// Who.
    pub const fn person(&self) -> &Person {
        &self.sitting.person
    }
}

impl FromRequestParts<App> for Viewer {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let Onlooker { mut sitting } = Onlooker::from_request_parts(parts, app).await?;
        if sitting.is_due {
            sitting.is_due = false;
            // Whoever only reads needs no write: the mark is made by a later call.
            match tokio::time::timeout(TOUCH_WITHIN, touch(app, &sitting.id)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "a session was not prolonged"),
                Err(_) => tracing::warn!("a session was not prolonged in time"),
            }
        }
        Ok(Self { sitting })
    }
}

async fn touch(app: &App, id: &[u8]) -> sqlx::Result<()> {
    let mut write = app.store().write().await?;
    sessions::touch(&mut write, id, app.now()).await?;
    write.commit().await
}

impl FromRequestParts<App> for Onlooker {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let token = cookie(&parts.headers, app.origin()).ok_or(ProblemType::SignedOut)?;
        let sitting = app.store().sitting(token, app.now()).await?;
        sitting.map(|sitting| Self { sitting }).ok_or_else(|| ProblemType::SignedOut.into())
    }
}

/// The name of the cookie. WebKit refuses the prefix and `Secure` on the loopback.
pub const fn cookie_name(transport: Transport) -> &'static str {
    match transport {
        Transport::Https => "__Host-frontdesk",
        Transport::Http => "frontdesk",
    }
}

/// The secret in the cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, origin: &Origin) -> Option<&'a str> {
    let name = cookie_name(origin.transport());
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, value)| *known == name && !value.is_empty())
        .map(|(_, value)| value)
}
