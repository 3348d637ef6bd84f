//! *Set again*: what an account had when it was deactivated, and has no more, is put back as far as it was noted.

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::account::Stage;
use frontdesk_contract::account::comeback::{
    Comeback, MANAGER, Piece, SetAgain, Snapshot, WasSetAgain, comeback, group_key,
};
use frontdesk_contract::audit::Thing;
use frontdesk_contract::scim::ENTERPRISE;
use frontdesk_contract::{PersonId, ProblemType, Right, Timestamp, Version};
use serde_json::json;
use sqlx::SqliteConnection;

use crate::app::App;
use crate::http::address::Part;
use crate::http::caller::Caller;
use crate::http::error::{Error, Result};
use crate::http::json::{Body, FromBody};
use crate::http::version;
use crate::store::accounts::Account;
use crate::store::audit::{self, Line};
use crate::store::events::tell_runs;
use crate::store::{Write, accounts, groups, mirror};

impl FromBody for SetAgain {}

/// The three lists of a deactivated account; for one that came back, what is still to be set again, if anything.
pub async fn lists(connection: &mut SqliteConnection, account: &Account) -> sqlx::Result<Option<Comeback>> {
    if account.stage() == Stage::Former {
        return Ok(None);
    }
    let noted = accounts::noted(connection, &account.id).await?;
    let present = accounts::present(connection, account).await?;
    if account.stage() == Stage::Deactivated {
        return all(connection, account, noted.as_ref().unwrap_or(&present), &present).await.map(Some);
    }
    let Some(noted) = noted else { return Ok(None) };
    let lists = all(connection, account, &noted, &present).await?;
    Ok((!lists.again.is_empty()).then(|| Comeback { back: Vec::new(), ..lists }))
}

async fn all(
    connection: &mut SqliteConnection,
    account: &Account,
    noted: &Snapshot,
    present: &Snapshot,
) -> sqlx::Result<Comeback> {
    let there = accounts::still_there(connection, noted).await?;
    Ok(comeback(&account.life, noted, present, &there))
}

/// Puts back what an account had when it was deactivated, one thing or all of it. What stands there already stays.
#[utoipa::path(post, path = "/api/accounts/{id}/again", tag = "accounts", request_body = SetAgain,
    params(("id" = PersonId, Path, description = "The SCIM id of the person."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 200, description = "What was put back, as it was read back.", body = WasSetAgain)))]
pub async fn set(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<PersonId>,
    headers: HeaderMap,
    Body { value: wanted, .. }: Body<SetAgain>,
) -> Result<Response> {
    caller.needs(Right::Accounts)?;
    let tags = version::required(&headers)?;
    if wanted.keys.is_empty() {
        return Err(Error::field("/keys", &"Name at least one thing"));
    }
    let mut write = app.store().write().await?;
    let now = app.now();
    let is_kept =
        app.provider().is_some() && !mirror::links(&mut write, std::slice::from_ref(&id)).await?.is_empty();
    if is_kept {
        let detail = "The provider of the accounts keeps managers and groups. Set them again there";
        return Err(Error::Told(ProblemType::NotPossible, detail.to_owned()));
    }
    let mut account = named(&mut write, &id, &tags).await?;
    let noted = accounts::noted(&mut write, &id).await?.unwrap_or_default();
    let before = lists(&mut write, &account).await?.unwrap_or_default().again;
    let before: Vec<Piece> = before
        .into_iter()
        .filter(|piece| piece.key.as_ref().is_some_and(|key| wanted.keys.contains(key)))
        .collect();
    put_back(&mut write, &mut account, &noted, &before, now).await?;
    // What is confirmed is what stands there now, not what was asked for.
    let after = lists(&mut write, &account).await?.unwrap_or_default().again;
    let is_set = |piece: &Piece| !after.iter().any(|still| still.key == piece.key);
    let names = |pieces: &[&Piece]| pieces.iter().flat_map(|piece| piece.names.clone()).collect::<Vec<_>>();
    let (set, not): (Vec<&Piece>, Vec<&Piece>) = before.iter().partition(|piece| is_set(piece));
    let mut told = WasSetAgain { at: now, set: names(&set), not: names(&not) };
    let asked: Vec<&String> = wanted
        .keys
        .iter()
        .filter(|key| !before.iter().any(|piece| piece.key.as_ref() == Some(*key)))
        .collect();
    told.not.extend(asked.into_iter().map(|key| name_of(&noted, key)));
    if !set.is_empty() {
        let managers = set.iter().filter(|piece| piece.key.as_deref() == Some(MANAGER)).count();
        let memberships = set.len() - managers;
        let words =
            Thing::told(&[(Thing::Memberships, memberships as u64), (Thing::Manager, managers as u64)]);
        tell(&mut write, &caller, "account.again", &account, Some(&words), now).await?;
        tell_runs(&mut write, now).await?;
    }
    app.commit(write).await?;
    let headers = AppendHeaders([(ETAG, version::tag(&Version::numbered(account.version)))]);
    Ok((headers, Json(told)).into_response())
}

/// Leaves it as it is: what was noted is forgotten.
#[utoipa::path(delete, path = "/api/accounts/{id}/again", tag = "accounts",
    params(("id" = PersonId, Path, description = "The SCIM id of the person."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 204, description = "Nothing is to be set again.")))]
pub async fn leave(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<PersonId>,
    headers: HeaderMap,
) -> Result<StatusCode> {
    caller.needs(Right::Accounts)?;
    let tags = version::required(&headers)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let account = named(&mut write, &id, &tags).await?;
    if accounts::forget_noted(&mut write, &id).await? {
        tell(&mut write, &caller, "account.again.left", &account, None, now).await?;
        tell_runs(&mut write, now).await?;
    }
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The account as it was looked at, if it can be used.
async fn named(write: &mut Write, id: &PersonId, tags: &version::Tags) -> Result<Account> {
    let account = accounts::find(write, id).await?.ok_or(ProblemType::NotFound)?;
    if !tags.name(Version::numbered(account.version).as_str()) {
        return Err(Error::Changed { by: None });
    }
    if account.life.active {
        Ok(account)
    } else {
        let detail = "Only an account that came back has something set again. Reactivate it first";
        Err(Error::Told(ProblemType::NotPossible, detail.to_owned()))
    }
}

async fn put_back(
    write: &mut Write,
    account: &mut Account,
    noted: &Snapshot,
    pieces: &[Piece],
    now: Timestamp,
) -> Result<()> {
    for key in pieces.iter().filter_map(|piece| piece.key.as_deref()) {
        if key == MANAGER {
            let manager = noted.manager_id.as_ref().map(PersonId::as_str);
            let profile = account.resource.entry(ENTERPRISE).or_insert_with(|| json!({}));
            if let Some(profile) = profile.as_object_mut() {
                profile.insert("manager".to_owned(), json!({ "value": manager }));
            }
        } else if let Some(noted) = noted.memberships.iter().find(|noted| group_key(&noted.group) == key)
            && let Some(mut group) = groups::find(write, &noted.group).await?
        {
            groups::add_member(write, &mut group, &account.id, noted.owner, now).await?;
        }
    }
    if pieces.is_empty() {
        return Ok(());
    }
    // One change of the account, whatever was put back: what others looked at holds no more.
    accounts::save(write, account, now).await?;
    if let Some(saved) = accounts::find(write, &account.id).await? {
        *account = saved;
    }
    Ok(())
}

fn name_of(noted: &Snapshot, key: &str) -> String {
    let group = noted.memberships.iter().find(|noted| group_key(&noted.group) == key);
    let manager = noted.manager.clone().filter(|_| key == MANAGER);
    group.map(|noted| noted.name.clone()).or(manager).unwrap_or_else(|| key.to_owned())
}

async fn tell(
    write: &mut Write,
    caller: &Caller,
    what: &str,
    account: &Account,
    after: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let (by, to) = (caller.by(), account.reference());
    let line = Line {
        by: &by,
        what,
        to: Some(&to),
        network: Some(&caller.network),
        before: None,
        after,
        reason: None,
        run: None,
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}
