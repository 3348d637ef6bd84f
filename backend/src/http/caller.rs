//! Who calls about accounts: a person with a session, or a machine with a bearer token.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use frontdesk_contract::account::act::{Actor, can_read};
use frontdesk_contract::{PersonId, PersonRef, ProblemType, Right};

use crate::app::App;
use crate::http::client::Client;
use crate::http::error::{Error, Result};
use crate::http::viewer::Viewer;
use crate::runs;
use crate::store::audit::By;
use crate::store::tokens::{Scope, Token};

/// Who calls, with the network that it comes from.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who.
    pub who: Who,
    /// From where.
    pub network: String,
}

/// A person or a machine.
#[derive(Debug, Clone)]
pub enum Who {
    /// A person with a session.
    Person(Viewer),
    /// A machine with a token.
    Machine(Token),
}

impl Caller {
    /// What it may do.
    pub fn rights(&self) -> Vec<Right> {
        match &self.who {
            Who::Person(viewer) => viewer.person().rights.clone(),
            Who::Machine(_) => runs::rights_of_a_machine(),
        }
    }

    /// The person, if it is one.
    pub fn person(&self) -> Option<&PersonId> {
        match &self.who {
            Who::Person(viewer) => Some(&viewer.person().id),
            Who::Machine(_) => None,
        }
    }

    /// As the audit log names it.
    pub fn by(&self) -> By {
        match &self.who {
            Who::Person(viewer) => {
                let person = viewer.person();
                By::Person(PersonRef { id: person.id.clone(), name: person.name.clone() })
            }
            Who::Machine(token) => By::Token(token.name.clone()),
        }
    }

    /// As the rules see it.
    pub fn actor(&self) -> Actor {
        Actor { person: self.person().cloned(), rights: self.rights() }
    }

    /// Refuses whoever has not this right.
    pub fn needs(&self, right: Right) -> Result<()> {
        if self.rights().contains(&right) {
            Ok(())
        } else {
            Err(Error::Told(ProblemType::Forbidden, format!("This needs the right “{}”", right.as_str())))
        }
    }
}

/// The token of a call: one that nobody gave is refused, and never taken for a missing one.
pub async fn token(parts: &Parts, app: &App) -> Result<Option<Token>> {
    let Some(header) = parts.headers.get(AUTHORIZATION) else { return Ok(None) };
    let text = header.to_str().unwrap_or_default();
    let secret = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let Some((_, secret)) = secret else { return Err(ProblemType::SignedOut.into()) };
    let token = app.store().token(secret.trim()).await?;
    token.map(Some).ok_or_else(|| ProblemType::SignedOut.into())
}

impl FromRequestParts<App> for Caller {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let network = Client::from_request_parts(parts, app).await?.network();
        let who = match token(parts, app).await? {
            Some(token) if token.scope == Scope::Api => Who::Machine(token),
            Some(_) => return Err(ProblemType::Forbidden.into()),
            None => Who::Person(Viewer::from_request_parts(parts, app).await?),
        };
        let caller = Self { who, network };
        if can_read(&caller.rights()) {
            Ok(caller)
        } else {
            Err(Error::Told(ProblemType::Forbidden, "This needs a right to see accounts".to_owned()))
        }
    }
}
