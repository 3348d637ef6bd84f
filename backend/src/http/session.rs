//! Signing in and out, passwords, one-time links.

use axum::Json;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::request::can_read;
use frontdesk_contract::session::{
    Claim, Credentials, PASSWORD_MAX, PasswordChange, SESSION_IDLE, SESSION_MAX, check_password,
};
use frontdesk_contract::{Person, ProblemType, Session, Timestamp};

use crate::act;
use crate::app::App;
use crate::headers::Transport;
use crate::http::client::Client;
use crate::http::error::{Error, Result};
use crate::http::json::{Body, FromBody};
use crate::http::report_token::TokenOr;
use crate::http::viewer::{self, Onlooker, Viewer};
use crate::password::{Turn, Verdict};
use crate::secret;
use crate::store::Write;
use crate::store::events::Ears;
use crate::store::people;
use crate::store::sessions::{self, Device, Subjects, Try};

impl FromBody for Credentials {}
impl FromBody for PasswordChange {}
impl FromBody for Claim {}

/// Who is signed in, and what time it is. Asking doesn't make the session last longer. A report token is answered with
/// whom it names, without their rights.
#[utoipa::path(get, path = "/api/session", tag = "session",
    responses((status = 200, description = "Who is signed in.", body = Session)))]
pub async fn show(State(app): State<App>, whoever: TokenOr<Onlooker>) -> Result<Json<Session>> {
    let session = match whoever {
        TokenOr::Token(word) => answer(&app, word.person, Device::Own, word.ends_at).await?,
        TokenOr::Session(Onlooker { sitting }) => {
            answer(&app, sitting.person, sitting.device, sitting.expires_at).await?
        }
    };
    Ok(Json(session))
}

/// Signs in; the session that the cookie had ends. Ten tries of an account from one network within a quarter
/// of an hour are the most, fifty of a network, a hundred of an account from everywhere.
#[utoipa::path(post, path = "/api/session", tag = "session", security(()), request_body = Credentials,
    responses((status = 201, description = "Signed in; the cookie carries the session.", body = Session)))]
pub async fn create(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Body { value: credentials, .. }: Body<Credentials>,
) -> Result<impl IntoResponse> {
    let subjects = Subjects::signing_in(&credentials.email, &client.network());
    let turn = turn(&app, &subjects).await?;
    let account = app.store().account(&credentials.email).await?;
    let hash = account.as_ref().and_then(|account| account.password.clone());
    let verdict = verify(&turn, credentials.password, hash.clone()).await?;
    drop(turn);
    let (Verdict::Right, Some(account)) = (verdict, account) else {
        return Err(ProblemType::BadCredentials.into());
    };
    let device = if credentials.shared { Device::Shared } else { Device::Own };
    let mut write = app.store().write().await?;
    // A password that was changed while the old one was checked opens nothing any more.
    if !people::has_password(&mut write, &account.person.id, hash.as_deref().unwrap_or_default()).await? {
        return Err(ProblemType::BadCredentials.into());
    }
    sessions::forgive(&mut write, &subjects).await?;
    signed_in(&app, &headers, client, write, account.person, device).await
}

/// Signs out here. Without a session there is nothing to do, and that is done.
#[utoipa::path(delete, path = "/api/session", tag = "session", security(()),
    responses((status = 204, description = "Signed out; the cookie is taken back.")))]
pub async fn end(State(app): State<App>, headers: HeaderMap) -> Result<Response> {
    let token = viewer::cookie(&headers, app.origin()).unwrap_or_default();
    // A cookie that opens nothing is not worth a write, and must not take back the one of a session that
    // began meanwhile in another tab.
    if app.store().sitting(token, app.now()).await?.is_none() {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let mut write = app.store().write().await?;
    sessions::end(&mut write, &secret::digest(token)).await?;
    app.commit(write).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, no_cookie(&app)?)])).into_response())
}

/// Signs out on every device.
#[utoipa::path(delete, path = "/api/sessions", tag = "session",
    responses((status = 204, description = "Signed out everywhere, here too.")))]
pub async fn end_all(State(app): State<App>, viewer: Viewer) -> Result<impl IntoResponse> {
    let mut write = app.store().write().await?;
    sessions::end_all(&mut write, &viewer.person().id).await?;
    app.commit(write).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, no_cookie(&app)?)])))
}

/// Changes one's own password. All sessions of before and all unused one-time links end; here a new session begins.
#[utoipa::path(post, path = "/api/session/password", tag = "session", request_body = PasswordChange,
    responses((status = 204, description = "The password is changed; the cookie carries the new session.")))]
pub async fn change_password(
    State(app): State<App>,
    viewer: Viewer,
    client: Client,
    Body { value: change, .. }: Body<PasswordChange>,
) -> Result<impl IntoResponse> {
    let person = viewer.person();
    check_password(&change.new, &person.email).map_err(|refusal| Error::field("/new", &refusal))?;
    let subjects = Subjects::changing(&person.id, &client.network());
    let turn = turn(&app, &subjects).await?;
    let account = app.store().account(&person.email).await?.ok_or(ProblemType::SignedOut)?;
    let current = account.password.clone().unwrap_or_default();
    if verify(&turn, change.current, account.password).await? == Verdict::Wrong {
        return Err(Error::field("/current", &"This is not the password in use"));
    }
    let hash = turn.hash(change.new).await.map_err(Error::internal)?;
    drop(turn);
    let mut write = app.store().write().await?;
    // Whoever signed out everywhere, or changed the password meanwhile, has the last word.
    let has_last_word = sessions::stands(&mut write, &viewer.sitting.id).await?
        && people::has_password(&mut write, &person.id, &current).await?;
    if !has_last_word {
        return Err(ProblemType::SignedOut.into());
    }
    sessions::forgive(&mut write, &subjects).await?;
    people::set_password(&mut write, &person.id, &hash).await?;
    sessions::end_all(&mut write, &person.id).await?;
    sessions::end_claims(&mut write, &person.id).await?;
    let device = viewer.sitting.device;
    let token = sessions::begin(&mut write, &person.id, device, app.now()).await?;
    sessions::note_network(&mut write, &token, &client.network()).await?;
    app.commit(write).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders([(SET_COOKIE, cookie(&app, &token, device)?)])))
}

/// Sets a password with a one-time link and signs in; all sessions of before end.
#[utoipa::path(post, path = "/api/claims", tag = "session", security(()), request_body = Claim,
    responses((status = 201, description = "The password is set; signed in.", body = Session)))]
pub async fn claim(
    State(app): State<App>,
    client: Client,
    headers: HeaderMap,
    Body { value: claim, .. }: Body<Claim>,
) -> Result<impl IntoResponse> {
    // A link is looked up before anything costly is done for whoever guesses.
    let person = app.store().claimant(&claim.token, app.now()).await?.ok_or(ProblemType::LinkSpent)?;
    check_password(&claim.password, &person.email).map_err(|refusal| Error::field("/password", &refusal))?;
    let turn = app.passwords().turn().await.map_err(Error::internal)?;
    let hash = turn.hash(claim.password).await.map_err(Error::internal)?;
    drop(turn);
    let mut write = app.store().write().await?;
    let now = app.now();
    // Somebody may have used it while the password was hashed.
    sessions::claimant(&mut write, &claim.token, now).await?.ok_or(ProblemType::LinkSpent)?;
    sessions::spend_claim(&mut write, &claim.token, now).await?;
    people::set_password(&mut write, &person.id, &hash).await?;
    act::claimed(&mut write, &person.id, now).await?;
    sessions::end_all(&mut write, &person.id).await?;
    signed_in(&app, &headers, client, write, person, Device::Own).await
}

/// A turn at the hashes, with a try that is counted. Who has no try left is told so at once and keeps
/// nobody waiting; who waits for a turn is counted when it comes.
async fn turn(app: &App, subjects: &Subjects) -> Result<Turn> {
    let now = app.now();
    if let Try::Refused(retry_at) = app.store().may_try(subjects, now).await? {
        return Err(Error::Throttled { retry_at, now });
    }
    let turn = app.passwords().turn().await.map_err(Error::internal)?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let asked = sessions::ask_for_try(&mut write, subjects, now).await?;
    write.commit().await?;
    match asked {
        Try::Granted => Ok(turn),
        Try::Refused(retry_at) => Err(Error::Throttled { retry_at, now }),
    }
}

async fn verify(turn: &Turn, password: String, hash: Option<String>) -> Result<Verdict> {
    // What is longer was never set, and hashing it would cost us more than whoever sends it.
    if password.chars().count() > PASSWORD_MAX {
        return Ok(Verdict::Wrong);
    }
    turn.verify(password, hash).await.map_err(Error::internal)
}

/// Begins the session here, in place of the one that the cookie had.
async fn signed_in(
    app: &App,
    headers: &HeaderMap,
    client: Client,
    mut write: Write,
    person: Person,
    device: Device,
) -> Result<Response> {
    if let Some(token) = viewer::cookie(headers, app.origin()) {
        sessions::end(&mut write, &secret::digest(token)).await?;
    }
    let now = app.now();
    let token = sessions::begin(&mut write, &person.id, device, now).await?;
    sessions::note_network(&mut write, &token, &client.network()).await?;
    app.commit(write).await?;
    let expires_at = now.plus(SESSION_IDLE.min(SESSION_MAX));
    let session = answer(app, person, device, expires_at).await?;
    let headers = AppendHeaders([(SET_COOKIE, cookie(app, &token, device)?)]);
    Ok((StatusCode::CREATED, headers, Json(session)).into_response())
}

async fn answer(app: &App, person: Person, device: Device, expires_at: Timestamp) -> Result<Session> {
    // The event first: what happens between the two is told twice rather than never.
    let last_event = app.store().last_event(Ears::of(&person)).await?;
    let waiting_for_you = match can_read(&person) {
        Ok(()) => Some(app.store().request_counts().await?.waiting_for_you),
        Err(_) => None,
    };
    Ok(Session {
        person,
        now: app.now(),
        expires_at,
        shared: device == Device::Shared,
        last_event,
        waiting_for_you,
    })
}

/// On a shared device the cookie ends with the browser.
fn cookie(app: &App, token: &str, device: Device) -> Result<HeaderValue> {
    let age = match device {
        Device::Own => format!("; Max-Age={}", SESSION_MAX.0 / 1_000),
        Device::Shared => String::new(),
    };
    set_cookie(app, token, &age)
}

fn no_cookie(app: &App) -> Result<HeaderValue> {
    set_cookie(app, "", "; Max-Age=0")
}

fn set_cookie(app: &App, value: &str, age: &str) -> Result<HeaderValue> {
    let transport = app.origin().transport();
    let name = viewer::cookie_name(transport);
    let text = match transport {
        Transport::Https => format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict{age}"),
        Transport::Http => format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{age}"),
    };
    HeaderValue::from_str(&text).map_err(Error::internal)
}
