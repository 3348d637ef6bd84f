//! E-mails: the log of them, and how somebody gets no more of them about a request.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::mail::{MailLine, RequestMails, gets_mails};
use frontdesk_contract::{Language, Page, PersonId, RequestId, Timestamp};

use crate::app::App;
use crate::http::address::Part;
use crate::http::care::missing;
use crate::http::client::Client;
use crate::http::error::Result;
use crate::http::rights::{Reader, Runner};
use crate::mail::words::{Words, fill};
use crate::store::mails::{self as store, Thread, Topic};
use crate::store::requests::{self, Eyes};
use crate::store::sessions::{self, Subjects, Try};

/// What the addresses begin with at which e-mails are stopped without a session.
pub const STOP: &str = "/api/mail/stop/";
/// So many lines of the log are told.
const LOG_MAX: i64 = 200;
/// The page holds one form and runs nothing.
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
/// Nobody looks for the page.
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Lists what became of e-mails, without their words.
#[utoipa::path(get, path = "/api/mails", tag = "mails",
    responses((status = 200, description = "The newest; there is no second page.", body = Page<MailLine>)))]
pub async fn log(State(app): State<App>, _runner: Runner) -> Result<Json<Page<MailLine>>> {
    Ok(Json(Page { items: app.store().mail_log(LOG_MAX).await?, next: None }))
}

/// Whether one gets e-mails about a request.
#[utoipa::path(get, path = "/api/requests/{id}/mails", tag = "mails",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 200, description = "How it stands for whoever asks.", body = RequestMails)))]
pub async fn of_request(
    State(app): State<App>,
    reader: Reader,
    Part(id): Part<RequestId>,
) -> Result<Json<RequestMails>> {
    let person = reader.person();
    let Some(request) = app.store().request(id, Eyes::of(person)).await? else {
        return Err(missing(&app, id).await);
    };
    let gets = app.decided().mail.is_some() && gets_mails(&person.id, &request);
    Ok(Json(RequestMails { gets, stopped: app.store().has_stopped_mails(&person.id, id).await? }))
}

/// Gets e-mails about a request again.
#[utoipa::path(put, path = "/api/requests/{id}/mails", tag = "mails",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 204, description = "Whoever asked or watches gets them.")))]
pub async fn resume(State(app): State<App>, reader: Reader, Part(id): Part<RequestId>) -> Result<StatusCode> {
    set(&app, &reader.person().id, Eyes::of(reader.person()), id, None).await
}

/// Gets no more e-mails about a request. All others stay as they are.
#[utoipa::path(delete, path = "/api/requests/{id}/mails", tag = "mails",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 204, description = "Stopped.")))]
pub async fn stop(State(app): State<App>, reader: Reader, Part(id): Part<RequestId>) -> Result<StatusCode> {
    let now = app.now();
    set(&app, &reader.person().id, Eyes::of(reader.person()), id, Some(now)).await
}

async fn set(
    app: &App,
    person: &PersonId,
    eyes: Eyes,
    id: RequestId,
    stopped_at: Option<Timestamp>,
) -> Result<StatusCode> {
    let mut write = app.store().write().await?;
    if requests::stored(&mut write, id, eyes).await?.is_none() {
        return Err(missing(app, id).await);
    }
    let thread = store::begin_thread(&mut write, person, &Topic::Request(id)).await?;
    store::set_stopped(&mut write, &thread.word, stopped_at).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The page behind the link of an e-mail: a button that stops them. To look at it changes nothing, because programs
/// look at every link.
#[utoipa::path(get, path = "/api/mail/stop/{word}", tag = "mails", security(()),
    params(("word" = String, Path, description = "The word of the e-mail.")),
    responses((status = 200, description = "A page with one button.", content_type = "text/html", body = String),
        (status = 404, description = "A page that says that nobody knows the word.", content_type = "text/html", body = String),
        (status = 429, description = "A page that says that there were too many tries.", content_type = "text/html", body = String)))]
pub async fn ask_to_stop(
    State(app): State<App>,
    client: Client,
    Part(word): Part<String>,
) -> Result<Response> {
    let thread = match known(&app, client, &word).await? {
        Known::Thread(thread) => thread,
        Known::Nobody(page) => return Ok(page),
    };
    let words = words_of(&app, &thread).await?;
    if thread.stopped_at.is_some() {
        return Ok(stopped(words, &thread.topic));
    }
    let text = match &thread.topic {
        Topic::Request(id) => fill(words.stop_text_request, &[("number", &id.to_string())]),
        Topic::Incident(_) => words.stop_text_incident.to_owned(),
    };
    Ok(page(StatusCode::OK, words, words.stop_title, &text, Some(words.stop_button)))
}

/// Stops e-mails by one click, without a session (RFC 8058).
#[utoipa::path(post, path = "/api/mail/stop/{word}", tag = "mails", security(()),
    params(("word" = String, Path, description = "The word of the e-mail.")),
    responses((status = 200, description = "Stopped, now or before.", content_type = "text/html", body = String),
        (status = 404, description = "A page that says that nobody knows the word.", content_type = "text/html", body = String),
        (status = 429, description = "A page that says that there were too many tries.", content_type = "text/html", body = String)))]
pub async fn stop_by_word(
    State(app): State<App>,
    client: Client,
    Part(word): Part<String>,
) -> Result<Response> {
    let thread = match known(&app, client, &word).await? {
        Known::Thread(thread) => thread,
        Known::Nobody(page) => return Ok(page),
    };
    if thread.stopped_at.is_none() {
        let mut write = app.store().write().await?;
        store::set_stopped(&mut write, &thread.word, Some(app.now())).await?;
        app.commit(write).await?;
    }
    Ok(stopped(words_of(&app, &thread).await?, &thread.topic))
}

/// What a word is worth.
enum Known {
    Thread(Thread),
    /// Nothing, and what is said of that.
    Nobody(Response),
}

/// Looks a word up. Wrong ones are counted, so that nobody finds one by trying.
async fn known(app: &App, client: Client, word: &str) -> Result<Known> {
    let words = Words::of(&organizations(app));
    let subjects = Subjects::stopping(word, &client.network());
    let now = app.now();
    if let Try::Refused(retry_at) = app.store().may_try(&subjects, now).await? {
        let mut page =
            page(StatusCode::TOO_MANY_REQUESTS, words, words.throttled_title, words.throttled_text, None);
        let seconds = retry_at.since(now).0.max(0) / 1_000 + 1;
        page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        return Ok(Known::Nobody(page));
    }
    if let Some(thread) = app.store().mail_thread(word).await? {
        return Ok(Known::Thread(thread));
    }
    let mut write = app.store().write().await?;
    sessions::ask_for_try(&mut write, &subjects, now).await?;
    write.commit().await?;
    Ok(Known::Nobody(page(StatusCode::NOT_FOUND, words, words.unknown_title, words.unknown_text, None)))
}

/// The language of whoever told none.
fn organizations(app: &App) -> Language {
    app.decided().mail.as_ref().map_or_else(Language::english, |mail| mail.language.clone())
}

async fn words_of(app: &App, thread: &Thread) -> Result<&'static Words> {
    let recipient = app.store().recipient(&thread.person).await?;
    let language = recipient.and_then(|recipient| recipient.language);
    Ok(Words::of(&language.unwrap_or_else(|| organizations(app))))
}

fn stopped(words: &Words, topic: &Topic) -> Response {
    let text = match topic {
        Topic::Request(id) => fill(words.stopped_text_request, &[("number", &id.to_string())]),
        Topic::Incident(_) => words.stopped_text_incident.to_owned(),
    };
    page(StatusCode::OK, words, words.stopped_title, &text, None)
}

/// A plain page. Nothing that a person chose stands in it.
fn page(status: StatusCode, words: &Words, title: &str, text: &str, button: Option<&str>) -> Response {
    let mut html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n\
         <main>\n<h1>{title}</h1>\n<p>{text}</p>\n",
        words.tag
    );
    if let Some(button) = button {
        html.push_str(&format!("<form method=\"post\"><button>{button}</button></form>\n"));
    }
    html.push_str("</main>\n</html>\n");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (ROBOTS, HeaderValue::from_static("noindex")),
    ];
    (status, headers, html).into_response()
}
