//! A forgotten password: asked for by anybody, helped by an admin with a one-time link.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use frontdesk_contract::account::Stage;
use frontdesk_contract::forgotten::{
    ASKED_LIFE, AskedForPassword, Forgotten, LINK_LIFE, PasswordLink, may_make_link,
};
use frontdesk_contract::mail::MailKind;
use frontdesk_contract::{PersonId, ProblemType, Right, Timestamp};

use crate::app::App;
use crate::http::address::Part;
use crate::http::caller::{Caller, Who};
use crate::http::client::Client;
use crate::http::error::{Error, Result};
use crate::http::json::{Body, FromBody};
use crate::mail;
use crate::store::audit::{self, Line};
use crate::store::sessions::{self, Subjects, Try};
use crate::store::{Write, accounts, forgotten as store, mails};

/// So many are told.
const MOST: i64 = 100;

impl FromBody for Forgotten {}

/// Asks for a new password. The answer is the same whether or not anybody has the address.
#[utoipa::path(post, path = "/api/forgotten", tag = "session", security(()), request_body = Forgotten,
    responses((status = 204, description = "If anybody has this address, an e-mail with a link is queued; without a mail server the admins are told.")))]
pub async fn ask(
    State(app): State<App>,
    client: Client,
    Body { value: forgotten, .. }: Body<Forgotten>,
) -> Result<StatusCode> {
    let subjects = Subjects::forgetting(&forgotten.email, &client.network());
    let mut write = app.store().write().await?;
    let now = app.now();
    if let Try::Refused(retry_at) = sessions::ask_for_try(&mut write, &subjects, now).await? {
        return Err(Error::Throttled { retry_at, now });
    }
    if app.decided().mail.is_some() {
        send_link(&mut write, &forgotten.email, now).await?;
    } else {
        store::ask(&mut write, &forgotten.email, now).await?;
    }
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a link to whoever can sign in with this address, but not one after the other: each ends the one before.
async fn send_link(write: &mut Write, email: &str, now: Timestamp) -> Result<()> {
    let since = now.minus(mail::PASSWORD_AGAIN);
    if let Some(person) = mails::forgetful(write, email, since).await? {
        let token = sessions::make_link(write, &person, LINK_LIFE, now).await?;
        mail::send_link(write, &person, MailKind::Password, &token, None, now).await?;
    }
    Ok(())
}

/// Who asked for a new password in the last week, the newest first.
#[utoipa::path(get, path = "/api/forgotten", tag = "accounts",
    responses((status = 200, description = "The people.", body = Vec<AskedForPassword>)))]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<Vec<AskedForPassword>>> {
    caller.needs(Right::Accounts)?;
    let asked = app.store().forgotten(app.now().minus(ASKED_LIFE), MOST).await?;
    let own = caller.rights();
    let mut connection = app.store().read().acquire().await?;
    let ids: Vec<PersonId> = asked.iter().map(|(person, ..)| person.id.clone()).collect();
    let accounts = accounts::find_all(&mut connection, &ids).await?;
    let told = asked.into_iter().map(|(person, email, at)| {
        let is_own = caller.person() == Some(&person.id);
        let theirs = accounts.get(&person.id).map(|account| account.rights.as_slice());
        let may = !is_own && theirs.is_some_and(|theirs| may_make_link(&own, theirs));
        AskedForPassword { person, email, at, may }
    });
    let told: Vec<AskedForPassword> = told.collect();
    Ok(Json(told))
}

/// Makes a link that sets a new password; those made before end. It is told here and kept nowhere.
#[utoipa::path(post, path = "/api/accounts/{id}/password-link", tag = "accounts",
    params(("id" = PersonId, Path, description = "Whose.")),
    responses((status = 201, description = "The link.", body = PasswordLink)))]
pub async fn make_link(
    State(app): State<App>,
    caller: Caller,
    Part(id): Part<PersonId>,
) -> Result<(StatusCode, Json<PasswordLink>)> {
    caller.needs(Right::Accounts)?;
    if !matches!(caller.who, Who::Person(_)) {
        return Err(Error::Told(ProblemType::Forbidden, "A machine makes no links to sign in".to_owned()));
    }
    let mut write = app.store().write().await?;
    let now = app.now();
    let account = accounts::find(&mut write, &id).await?.ok_or(ProblemType::NotFound)?;
    if caller.person() == Some(&id) {
        let detail = "You are signed in: change your own password under “Password and sessions”";
        return Err(Error::Told(ProblemType::NotPossible, detail.to_owned()));
    }
    if !may_make_link(&caller.rights(), &account.rights) {
        let detail = "This person has rights that you don't have. Ask an admin who has them";
        return Err(Error::Told(ProblemType::Forbidden, detail.to_owned()));
    }
    if account.stage() != Stage::Active {
        let detail =
            "Only somebody who has signed in before, and still may, gets a new password. Invite the others";
        return Err(Error::Told(ProblemType::NotPossible, detail.to_owned()));
    }
    sessions::end_claims(&mut write, &id).await?;
    let token = sessions::make_link(&mut write, &id, LINK_LIFE, now).await?;
    store::settle(&mut write, &id).await?;
    let (by, to) = (caller.by(), account.reference());
    let line = Line {
        by: &by,
        what: "account.password.link",
        to: Some(&to),
        network: Some(&caller.network),
        before: None,
        after: None,
        reason: None,
        run: None,
    };
    audit::write_line(&mut write, &line, now).await?;
    app.commit(write).await?;
    let link = format!("{}/claim#{token}", app.origin().as_str());
    Ok((StatusCode::CREATED, Json(PasswordLink { link, ends_at: now.plus(LINK_LIFE) })))
}
