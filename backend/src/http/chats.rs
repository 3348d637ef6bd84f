//! Live chats: whether somebody is there, the line, who types, and how far each is.

use axum::Json;
use axum::extract::State;
use axum::http::header::ETAG;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::call::Window;
use frontdesk_contract::chat::{
    Chat, ChatAct, ChatChange, ChatMarks, ChatOffer, ChatRefusal, ChatSheet, ChatState, can_act, can_chat,
    opening,
};
use frontdesk_contract::page::PAGE_MAX;
use frontdesk_contract::request::NewRequest;
use frontdesk_contract::{
    Channel, FieldError, Message, MessageId, Page, Person, ProblemType, RequestId, Timestamp,
};
use serde::Deserialize;

use crate::app::App;
use crate::http::address::{Parameters, Part, word};
use crate::http::error::{Error, Result};
use crate::http::json::{Body, FromBody};
use crate::http::rights::{Asker, Reader, Writer};
use crate::http::version;
use crate::settings::hours::{self, answer_by};
use crate::store::Write;
use crate::store::calls::{is_answered, set_channel};
use crate::store::chats as store;
use crate::store::events::Audience;
use crate::store::requests::{self, Eyes, Standing};

/// So many days ahead hours are looked for.
const DAYS_AHEAD: usize = 15;

impl FromBody for ChatChange {}
impl FromBody for ChatMarks {}

impl From<ChatRefusal> for Error {
    fn from(refusal: ChatRefusal) -> Self {
        match refusal {
            ChatRefusal::NotYours | ChatRefusal::AgentsDo => {
                Self::Told(ProblemType::Forbidden, refusal.to_string())
            }
            ChatRefusal::Off | ChatRefusal::Closed { .. } | ChatRefusal::Taken | ChatRefusal::Over => {
                Self::Told(ProblemType::NotPossible, refusal.to_string())
            }
        }
    }
}

/// Whether somebody is there to chat now.
#[utoipa::path(get, path = "/api/chat/offer", tag = "chats",
    responses((status = 200, description = "Open or not, and how many wait.", body = ChatOffer)))]
pub async fn offer(State(app): State<App>, _asker: Asker) -> Result<Json<ChatOffer>> {
    let now = app.now();
    let opening = opening(&open(&app, now), now);
    let waiting = app.store().waiting_chats().await?;
    Ok(Json(ChatOffer { is_open: opening.is_ok(), opens_at: opening.err().flatten(), waiting }))
}

/// Reads the chat of a request: its place in the line, who is there, who types, how far each is.
#[utoipa::path(get, path = "/api/requests/{id}/chat", tag = "chats",
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042.")),
    responses((status = 200, description = "The chat, if the request was asked by chat. `ETag` is its version.", body = ChatSheet)))]
pub async fn show(State(app): State<App>, reader: Reader, Part(id): Part<RequestId>) -> Result<Response> {
    let eyes = Eyes::of(reader.person());
    app.store().request(id, eyes).await?.ok_or(ProblemType::NotFound)?;
    sheet(app.store().chat(id, eyes).await?)
}

/// Takes a chat out of the line, goes on by message, or ends it.
#[utoipa::path(patch, path = "/api/requests/{id}/chat", tag = "chats", request_body = ChatChange,
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042."),
        ("If-Match" = String, Header, description = "The version of the chat that the change is meant for.")),
    responses((status = 200, description = "The chat after the change.", body = ChatSheet)))]
pub async fn change(
    State(app): State<App>,
    writer: Writer,
    Part(id): Part<RequestId>,
    headers: HeaderMap,
    Body { value: change, .. }: Body<ChatChange>,
) -> Result<Response> {
    let tags = version::required(&headers)?;
    let (person, eyes) = (writer.person(), Eyes::of(writer.person()));
    let mut write = app.store().write().await?;
    let now = app.now();
    let before = requests::stored(&mut write, id, eyes).await?.ok_or(ProblemType::NotFound)?;
    let chat = store::stored(&mut write, id).await?.ok_or(ProblemType::NotFound)?;
    if !tags.name(chat.version().as_str()) {
        return Err(Error::Changed { by: chat.agent.map(|agent| agent.name) });
    }
    let next = can_act(person, change.act, chat.state)?;
    let agent = (change.act == ChatAct::Take).then_some(person);
    store::update(&mut write, &chat, next, agent, now).await?;
    if change.act == ChatAct::Message {
        set_channel(&mut write, id, Channel::Message).await?;
        let mut after = Standing::of(&before);
        if !is_answered(&mut write, id).await? {
            let message = app.decided().settings.channel(Channel::Message);
            after.answer_by = message.and_then(|channel| answer_by(channel, before.summary.priority, now));
        }
        requests::update(&mut write, &before, after, Audience::Everybody, now).await?;
    }
    let changed = store::read(&mut write, id, eyes).await?;
    app.commit(write).await?;
    sheet(changed)
}

/// Notes that somebody types, and which messages have arrived there and were read.
#[utoipa::path(post, path = "/api/requests/{id}/chat/marks", tag = "chats", request_body = ChatMarks,
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042.")),
    responses((status = 204, description = "Noted. Marks only ever go forward.")))]
pub async fn mark(
    State(app): State<App>,
    writer: Writer,
    Part(id): Part<RequestId>,
    Body { value: marks, .. }: Body<ChatMarks>,
) -> Result<StatusCode> {
    let person = writer.person();
    let mut write = app.store().write().await?;
    let now = app.now();
    let chat = store::stored(&mut write, id).await?.ok_or(ProblemType::NotFound)?;
    if chat.state == ChatState::Ended {
        return Err(ChatRefusal::Over.into());
    }
    let newest = store::newest_entry(&mut write, id).await?;
    let at_most = |mark: Option<MessageId>| mark.map(|mark| mark.min(newest));
    let marks = ChatMarks { delivered: at_most(marks.delivered), read: at_most(marks.read), ..marks };
    store::mark(&mut write, id, person, marks, now).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// From where messages are read.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessagesParameters {
    /// After this message; from the first when nothing is said.
    #[param(value_type = Option<u64>)]
    pub after: Option<String>,
}

/// Reads the messages of a request after one of them, oldest first: what a chat that was cut off has missed.
#[utoipa::path(get, path = "/api/requests/{id}/messages", tag = "chats",
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042."), MessagesParameters),
    responses((status = 200, description = "Up to 200 messages; ask again after the last of them.", body = Page<Message>)))]
pub async fn messages(
    State(app): State<App>,
    reader: Reader,
    Part(id): Part<RequestId>,
    Parameters(parameters): Parameters<MessagesParameters>,
) -> Result<Json<Page<Message>>> {
    let eyes = Eyes::of(reader.person());
    let after = word("after", parameters.after.as_deref(), |text| text.parse().ok())?;
    let items = app.store().messages_after(id, after.unwrap_or(MessageId(0)), PAGE_MAX, eyes).await?;
    if items.is_empty() {
        // Nothing new, or nothing there at all.
        app.store().request(id, eyes).await?.ok_or(ProblemType::NotFound)?;
    }
    Ok(Json(Page { items, next: None }))
}

/// Whether a request may be asked by chat now, and in its language.
pub(super) fn check(app: &App, asked: &NewRequest, person: &Person, now: Timestamp) -> Result<()> {
    if asked.channel != Channel::Chat {
        return Ok(());
    }
    let chat = app.decided().settings.channel(Channel::Chat);
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: String| {
        errors.push(FieldError { pointer: pointer.to_owned(), detail });
    };
    let is_enabled = chat.is_some_and(|chat| chat.enabled);
    if let Err(refusal) = can_chat(person, is_enabled, &open(app, now), now) {
        wrong("/channel", refusal.to_string());
    }
    if chat.is_some_and(|chat| !chat.languages.contains(&asked.language)) {
        wrong("/language", "Choose one of the languages of the chat".to_owned());
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// Puts a request that is asked by chat into the line.
pub(super) async fn begin(write: &mut Write, id: RequestId, asked: &NewRequest) -> Result<()> {
    if asked.channel == Channel::Chat {
        store::insert(write, id).await?;
    }
    Ok(())
}

/// The hours in which agents chat.
fn open(app: &App, now: Timestamp) -> Vec<Window> {
    let chat = app.decided().settings.channel(Channel::Chat).filter(|channel| channel.enabled);
    chat.map(|channel| hours::open(channel, now, DAYS_AHEAD)).unwrap_or_default()
}

fn sheet(chat: Option<Chat>) -> Result<Response> {
    let Some(chat) = chat else { return Ok(Json(ChatSheet::default()).into_response()) };
    let tag = HeaderValue::from_str(&version::tag(&chat.version)).map_err(Error::internal)?;
    Ok((AppendHeaders([(ETAG, tag)]), Json(ChatSheet { chat: Some(chat) })).into_response())
}
