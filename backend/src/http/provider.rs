//! The organization's own provider of accounts: how old our copy is, what somebody must know, and what they have seen.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use frontdesk_contract::account::mirror::{NewsKind, Provider};
use frontdesk_contract::{PersonId, ProblemType, Right};

use crate::app::App;
use crate::http::address::Part;
use crate::http::caller::Caller;
use crate::http::error::Result;
use crate::store::events::tell_runs;
use crate::store::mirror;

/// The provider that keeps the accounts; without a name where they are our own.
#[utoipa::path(get, path = "/api/accounts/provider", tag = "accounts",
    responses((status = 200, description = "The provider, and what somebody must know of its accounts.", body = Provider)))]
pub async fn provider(State(app): State<App>, _caller: Caller) -> Result<Json<Provider>> {
    let (Some(provider), Some(known)) = (app.provider(), app.store().mirror().await?) else {
        return Ok(Json(Provider::default()));
    };
    Ok(Json(Provider {
        name: Some(provider.name().to_owned()),
        read_at: known.read_at,
        unfiltered: known.abilities.is_some_and(|abilities| !abilities.filter),
        failing: known.failure.is_some(),
        failure: known.failure,
        left_out: known.unreadable + known.conflicts,
        news: app.store().mirror_news().await?,
    }))
}

/// Takes one line of news away, for everybody: somebody has seen it.
#[utoipa::path(delete, path = "/api/accounts/{id}/news/{kind}", tag = "accounts",
    params(("id" = PersonId, Path, description = "About whom."), ("kind" = NewsKind, Path, description = "Which.")),
    responses((status = 204, description = "Gone.")))]
pub async fn seen(
    State(app): State<App>,
    caller: Caller,
    Part((id, kind)): Part<(PersonId, String)>,
) -> Result<StatusCode> {
    caller.needs(Right::Accounts)?;
    let kind = NewsKind::parse(&kind).ok_or(ProblemType::NotFound)?;
    let mut write = app.store().write().await?;
    if !mirror::untell(&mut write, &id, kind).await? {
        return Err(ProblemType::NotFound.into());
    }
    tell_runs(&mut write, app.now()).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}
