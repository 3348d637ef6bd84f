//! Requests: ask, read, change, write.

use axum::Json;
use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::request::{
    Affected, MessageSent, NewMessage, NewRequest, RequestChange, can_move, can_note, can_prioritize,
    can_reopen,
};
use frontdesk_contract::text::Reason;
use frontdesk_contract::thread::Side;
use frontdesk_contract::{
    Body as Text, Channel, FieldError, Kind, Language, MessageId, Person, Priority, ProblemType, Request,
    RequestId, RequestState, RequestSummary, Subject, Timestamp, TopicId, UploadId,
};
use serde_json::Value;

use crate::app::App;
use crate::http::address::Part as PathPart;
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{Body, FromBody, check_field};
use crate::http::reports;
use crate::http::rights::{Asker, Reader, Writer};
use crate::http::version;
use crate::http::{calls, care, chats};
use crate::mail;
use crate::settings::hours::answer_by;
use crate::store::Write;
use crate::store::chats::take_by_writing;
use crate::store::events::Audience;
use crate::store::requests::{self as store, Eyes, Standing, Stored, side_of};
use crate::store::threads::{self, Entry, What};
use crate::store::uploads::Part;

impl FromBody for NewRequest {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_field::<TopicId>(body, "topic", errors);
        check_field::<Subject>(body, "subject", errors);
        check_field::<Text>(body, "body", errors);
        check_field::<Priority>(body, "priority", errors);
        check_field::<Channel>(body, "channel", errors);
        check_field::<Language>(body, "language", errors);
        if body.get("affected").is_some_and(|affected| !affected.is_null()) {
            check_field::<Affected>(body, "affected", errors);
        }
        if let Some(call) = body.get("call").filter(|call| !call.is_null()) {
            calls::check_call(call, "/call", errors);
        }
        if body.get("follows").is_some_and(|follows| !follows.is_null()) {
            check_field::<RequestId>(body, "follows", errors);
        }
        if body.get("uploads").is_some_and(|uploads| !uploads.is_null()) {
            check_field::<Vec<UploadId>>(body, "uploads", errors);
        }
    }
}
impl FromBody for RequestChange {}
impl FromBody for NewMessage {}

/// Asks support.
#[utoipa::path(post, path = "/api/requests", tag = "requests", request_body = NewRequest,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Asked. `Location` and `ETag` are those of the request.", body = Request)))]
pub async fn create(
    State(app): State<App>,
    asker: Asker,
    headers: HeaderMap,
    Body { value: asked, bytes }: Body<NewRequest>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = asker.person();
    let eyes = Eyes::of(person);
    let call = Asked { person: &person.id, path: "/api/requests", body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => {
            return stands(&app, made.id()?, eyes).await;
        }
        Create::ToDo(pending) => pending,
    };
    // After the key: a retry of what was taken is answered as before, whatever the operator changed since.
    let id = make(&app, &mut pending.write, person, &asked, app.now()).await?;
    let request = read(&mut pending.write, id, eyes).await?;
    pending.finish(&app, &id).await?;
    created(&request.summary, &request)
}

/// Makes a request, once every rule allows it.
pub(super) async fn make(
    app: &App,
    write: &mut Write,
    person: &Person,
    asked: &NewRequest,
    now: Timestamp,
) -> Result<RequestId> {
    check_against_settings(app, asked)?;
    chats::check(app, asked, person, now)?;
    let call =
        asked.call.as_ref().map(|call| calls::with_request(app, call, &asked.topic, now)).transpose()?;
    care::follow_up(app, write, person, asked, now).await?;
    let promised = promised(app, asked.channel, asked.priority, now);
    let id = store::insert(write, asked, person, promised, now).await?;
    chats::begin(write, id, asked).await?;
    if let Some(call) = &call {
        calls::arrange(write, id, person, call, now).await?;
    }
    if !asked.uploads.is_empty() {
        let first = first_entry(write, id).await?;
        reports::attach(write, person, &asked.uploads, Part::Entry(first), now).await?;
    }
    Ok(id)
}

/// The first message of a request.
pub(super) async fn first_entry(write: &mut Write, id: RequestId) -> Result<MessageId> {
    Ok(threads::first(write, id).await?.ok_or(ProblemType::NotFound)?)
}

/// The answer to a create that was done before.
pub(super) async fn stands(app: &App, id: RequestId, eyes: Eyes) -> Result<Response> {
    let request = find(app, id, eyes).await?;
    created(&request.summary, &request)
}

/// Reads a request with its thread.
#[utoipa::path(get, path = "/api/requests/{id}", tag = "requests",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 200, description = "The request. `ETag` is its version.", body = Request)))]
pub async fn show(
    State(app): State<App>,
    reader: Reader,
    PathPart(id): PathPart<RequestId>,
) -> Result<impl IntoResponse> {
    tagged(find(&app, id, Eyes::of(reader.person())).await?)
}

/// Changes state or priority.
#[utoipa::path(patch, path = "/api/requests/{id}", tag = "requests", request_body = RequestChange,
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042."),
        ("If-Match" = String, Header, description = "The version that the change is meant for.")),
    responses((status = 200, description = "The request after the change.", body = Request)))]
pub async fn change(
    State(app): State<App>,
    writer: Writer,
    PathPart(id): PathPart<RequestId>,
    headers: HeaderMap,
    Body { value: change, .. }: Body<RequestChange>,
) -> Result<impl IntoResponse> {
    let tags = version::required(&headers)?;
    let (person, eyes) = (writer.person(), Eyes::of(writer.person()));
    let mut write = app.store().write().await?;
    // Once it is our turn: whatever was waited for has its time before ours.
    let now = app.now();
    let Some(before) = store::stored(&mut write, id, eyes).await? else {
        return Err(care::missing(&app, id).await);
    };
    if !tags.name(before.summary.version.as_str()) {
        return Err(Error::Changed { by: store::changed_by(&mut write, id, eyes).await? });
    }
    let changes = planned(&app, person, &before, &change, now)?;
    let mut after = Standing::of(&before);
    for change in &changes {
        let what = match change {
            Change::State(to, reason) => {
                let what = What::State { from: after.state, to: *to, reason: *reason };
                if after.state == RequestState::Solved {
                    // Whoever reopens has said something, so the other side has the ball.
                    after.last_side = side_of(person);
                }
                after.state = *to;
                what
            }
            Change::Own(to, reason) => {
                let what = What::Priority { from: Some(after.priority), to: *to, reason: *reason };
                after.priority = *to;
                // What was promised stays promised; a level with an earlier promise has that from now on.
                let again = promised(&app, before.summary.channel, *to, now);
                after.answer_by = after.answer_by.map(|first| again.map_or(first, |again| again.min(first)));
                what
            }
            Change::Supports(to, reason) => {
                let what = What::Priority { from: after.support_priority, to: *to, reason: *reason };
                after.support_priority = Some(*to);
                // Judging again answers the appeal.
                after.marks.appealed_at = None;
                what
            }
        };
        let entry = threads::insert(&mut write, &Entry { request: id, by: person, at: now, what }).await?;
        if matches!(change, Change::State(RequestState::Solved, _)) {
            mail::tell_of_request(&app, &mut write, id, entry, Some(&person.id), now).await?;
        }
    }
    let has_acted = care::act(&app, &mut write, person, &change, (&before, &mut after), now).await?;
    if has_acted || !changes.is_empty() {
        care::count_days(&app, person, &before, &mut after, now);
        store::update(&mut write, &before, after, Audience::Everybody, now).await?;
    }
    let request = read(&mut write, id, eyes).await?;
    app.commit(write).await?;
    tagged(request)
}

/// Writes into a thread. A reply to a solved request reopens it.
#[utoipa::path(post, path = "/api/requests/{id}/messages", tag = "requests", request_body = NewMessage,
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Written. `ETag` is the request's version with it.", body = MessageSent)))]
pub async fn write(
    State(app): State<App>,
    writer: Writer,
    PathPart(id): PathPart<RequestId>,
    headers: HeaderMap,
    Body { value: message, bytes }: Body<NewMessage>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = writer.person();
    if message.internal {
        can_note(person)?;
    }
    let eyes = Eyes::of(person);
    let path = format!("/api/requests/{id}/messages");
    let call = Asked { person: &person.id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, call).await? {
        Create::Done(made) => return sent(made.id()?, find(&app, id, eyes).await?),
        Create::ToDo(pending) => pending,
    };
    let now = app.now();
    let Some(before) = store::stored(&mut pending.write, id, eyes).await? else {
        return Err(care::missing(&app, id).await);
    };
    let message_id = write_message(&app, &mut pending.write, person, &before, &message, now).await?;
    let request = read(&mut pending.write, id, eyes).await?;
    pending.finish(&app, &message_id).await?;
    sent(message_id, request)
}

async fn write_message(
    app: &App,
    write: &mut Write,
    person: &Person,
    before: &Stored,
    message: &NewMessage,
    now: Timestamp,
) -> Result<MessageId> {
    let limits = app.decided().settings.limits;
    let (id, state) = (before.summary.id, before.summary.state);
    let mut after = Standing::of(before);
    let audience = if message.internal { Audience::Agents } else { Audience::Everybody };
    let entry = |what| Entry { request: id, by: person, at: now, what };
    if message.solve {
        can_move(person, state, RequestState::Solved, before.solved_at, limits, now)?;
    } else if state == RequestState::Solved && !message.internal {
        can_reopen(person, state, before.solved_at, limits, now)?;
        let what = What::State { from: state, to: RequestState::Open, reason: None };
        threads::insert(write, &entry(what)).await?;
        after.state = RequestState::Open;
    }
    let what = What::Message { body: message.body.as_str(), for_: audience };
    let message_id = threads::insert(write, &entry(what)).await?;
    reports::attach(write, person, &message.uploads, Part::Entry(message_id), now).await?;
    if !message.internal {
        after.last_side = side_of(person);
        take_by_writing(write, id, person, now).await?;
        if after.last_side == Side::Support {
            // Support has answered: the promise is kept, or broken, but no longer open.
            after.answer_by = None;
        }
        care::count_days(app, person, before, &mut after, now);
    }
    let mut told = audience;
    if message.solve {
        let what = What::State { from: after.state, to: RequestState::Solved, reason: None };
        threads::insert(write, &entry(what)).await?;
        after.state = RequestState::Solved;
        told = Audience::Everybody;
    }
    store::update(write, before, after, told, now).await?;
    let is_answer = side_of(person) == Side::Support && !message.internal;
    if is_answer || message.solve {
        mail::tell_of_request(app, write, id, message_id, Some(&person.id), now).await?;
    }
    Ok(message_id)
}

/// One change of several that a call may ask for.
#[derive(Debug, Clone, Copy)]
enum Change<'a> {
    State(RequestState, Option<&'a str>),
    Own(Priority, Option<&'a str>),
    Supports(Priority, Option<&'a str>),
}

/// What is to be changed, once every rule allows it. What stands so already is no change.
fn planned<'a>(
    app: &App,
    person: &Person,
    before: &Stored,
    change: &'a RequestChange,
    now: Timestamp,
) -> Result<Vec<Change<'a>>> {
    let limits = app.decided().settings.limits;
    let words = change.reason.as_ref().map(Reason::as_str);
    let mut changes = Vec::new();
    let mut state = before.summary.state;
    if let Some(to) = change.state {
        can_move(person, state, to, before.solved_at, limits, now)?;
        if to != state {
            changes.push(Change::State(to, words));
            state = to;
        }
    }
    if let Some(to) = change.priority {
        // Solving and judging in one call is allowed: the priority is judged as the request stood.
        let judged = if before.summary.state == RequestState::Solved { state } else { before.summary.state };
        can_prioritize(person, judged, change.reason.as_ref())?;
        match person.kind {
            Kind::Agent if before.summary.support_priority != Some(to) => {
                changes.push(Change::Supports(to, words))
            }
            Kind::Member if before.summary.priority != to => changes.push(Change::Own(to, words)),
            Kind::Agent | Kind::Member => {}
        }
    }
    Ok(changes)
}

fn check_against_settings(app: &App, asked: &NewRequest) -> Result<()> {
    let settings = &app.decided().settings;
    let mut errors = Vec::new();
    let mut wrong = |pointer: &str, detail: &str| {
        errors.push(FieldError { pointer: pointer.to_owned(), detail: detail.to_owned() });
    };
    if settings.topic(&asked.topic).is_none() {
        wrong("/topic", "Choose a topic of the list");
    }
    if !settings.channel(asked.channel).is_some_and(|channel| channel.enabled) {
        wrong("/channel", "Choose another way: this one is not switched on for your organization");
    }
    match (asked.channel, &asked.call) {
        (Channel::Phone, None) => wrong("/call", "Say when and where support can call"),
        (Channel::Message | Channel::Chat, Some(_)) => wrong("/channel", "A call is answered by phone"),
        (Channel::Phone, Some(_)) | (Channel::Message | Channel::Chat, None) => {}
    }
    let phone = settings.channel(asked.channel).filter(|_| asked.channel == Channel::Phone);
    if phone.is_some_and(|phone| !phone.takes(&asked.language)) {
        wrong("/language", "Choose one of the languages of the phone");
    }
    if asked.affected.is_some_and(|affected| !affected.is_possible()) {
        wrong("/affected", "Give at least one person, and at most 100 percent");
    }
    if errors.is_empty() { Ok(()) } else { Err(Error::Invalid(errors)) }
}

/// A request as it stands now.
async fn find(app: &App, id: RequestId, eyes: Eyes) -> Result<Request> {
    match app.store().request(id, eyes).await? {
        Some(request) => Ok(request),
        None => Err(care::missing(app, id).await),
    }
}

/// When a first answer to something that is asked now is promised.
fn promised(app: &App, channel: Channel, priority: Priority, now: Timestamp) -> Option<Timestamp> {
    answer_by(app.decided().settings.channel(channel)?, priority, now)
}

/// A request as it stands within a write.
pub(super) async fn read(write: &mut Write, id: RequestId, eyes: Eyes) -> Result<Request> {
    Ok(store::read(write, id, eyes).await?.ok_or(ProblemType::NotFound)?)
}

fn sent(id: MessageId, request: Request) -> Result<Response> {
    let sent = MessageSent { id, request };
    created(&sent.request.summary, &sent)
}

/// The answer to a create, the first time and each time after.
pub(super) fn created(summary: &RequestSummary, body: &impl serde::Serialize) -> Result<Response> {
    let location =
        HeaderValue::from_str(&format!("/api/requests/{}", summary.id)).map_err(Error::internal)?;
    let tag = HeaderValue::from_str(&version::tag(&summary.version)).map_err(Error::internal)?;
    let headers = AppendHeaders([(LOCATION, location), (ETAG, tag)]);
    Ok((StatusCode::CREATED, headers, Json(body)).into_response())
}

fn tagged(request: Request) -> Result<impl IntoResponse> {
    let tag = HeaderValue::from_str(&version::tag(&request.summary.version)).map_err(Error::internal)?;
    Ok((AppendHeaders([(ETAG, tag)]), Json(request)))
}
