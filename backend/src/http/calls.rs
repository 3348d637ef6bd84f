//! Call-backs: when support can call, asking for a call, and what becomes of it.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Response};
use frontdesk_contract::call::{
    Call, CallAct, CallChange, CallOffer, CallRefusal, CallSheet, CallState, Country, NewCall, Window,
    can_act, can_ask_for_call, can_call_about, can_record, covered, may_know, offered, window_at,
};
use frontdesk_contract::text::{ConsentWords, PhoneText, Reason};
use frontdesk_contract::thread::Side;
use frontdesk_contract::{Channel, FieldError, Person, ProblemType, RequestId, Timestamp, TopicId};
use serde_json::Value;

use crate::app::App;
use crate::calendar::Appointment;
use crate::http::address::Part;
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{Body, FromBody, check_field};
use crate::http::rights::{Asker, Reader, Writer};
use crate::http::version;
use crate::phone;
use crate::settings::hours::{self, answer_by};
use crate::store::Write;
use crate::store::calls::{self as store, Arranged, StoredCall};
use crate::store::events::Audience;
use crate::store::requests::{self, Eyes, Standing, Stored, side_of};
use crate::store::threads::{self, Entry, What};

/// So many days ahead hours are looked for.
const DAYS_AHEAD: usize = 15;

impl FromBody for NewCall {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_call(body, "", errors);
    }
}
impl FromBody for CallChange {}

/// Checks the fields of a call that stands at `place` in a body.
pub(super) fn check_call(call: &Value, place: &str, errors: &mut Vec<FieldError>) {
    let is_given = |name: &str| call.get(name).is_some_and(|value| !value.is_null());
    let mut found = Vec::new();
    check_field::<PhoneText>(call, "number", &mut found);
    check_field::<Timestamp>(call, "from", &mut found);
    if is_given("country") {
        check_field::<Country>(call, "country", &mut found);
    }
    if is_given("consent") {
        check_field::<ConsentWords>(call, "consent", &mut found);
    }
    errors.extend(
        found.into_iter().map(|error| FieldError { pointer: format!("{place}{}", error.pointer), ..error }),
    );
}

impl From<CallRefusal> for Error {
    fn from(refusal: CallRefusal) -> Self {
        match refusal {
            CallRefusal::NotYours | CallRefusal::AgentsDo | CallRefusal::ConsentOfAnother => {
                Self::Told(ProblemType::Forbidden, refusal.to_string())
            }
            CallRefusal::ConsentMissing => Self::field("/consent", &refusal),
            CallRefusal::Window => Self::field("/from", &refusal),
            CallRefusal::NoteMissing => Self::field("/note", &refusal),
            CallRefusal::NoConsent
            | CallRefusal::Off
            | CallRefusal::Topic
            | CallRefusal::Solved
            | CallRefusal::Arranged
            | CallRefusal::Started
            | CallRefusal::NotStarted
            | CallRefusal::Over
            | CallRefusal::NoNewTime => Self::Told(ProblemType::NotPossible, refusal.to_string()),
        }
    }
}

/// When support can call, and where.
#[utoipa::path(get, path = "/api/calls/offer", tag = "calls",
    responses((status = 200, description = "The windows of the next two weeks and the countries.", body = CallOffer)))]
pub async fn offer(State(app): State<App>, _asker: Asker) -> Json<CallOffer> {
    let now = app.now();
    Json(CallOffer { windows: offered(&open(&app, now), now), countries: phone::countries().to_vec() })
}

/// Reads the newest call of a request. The number in full and the word are for its person and for agents.
#[utoipa::path(get, path = "/api/requests/{id}/call", tag = "calls",
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042.")),
    responses((status = 200, description = "The call, if there is one. `ETag` is its version.", body = CallSheet)))]
pub async fn show(State(app): State<App>, reader: Reader, Part(id): Part<RequestId>) -> Result<Response> {
    let person = reader.person();
    app.store().request(id, Eyes::of(person)).await?.ok_or(ProblemType::NotFound)?;
    sheet(StatusCode::OK, app.store().call(id).await?, person)
}

/// Asks for a call about a request. It is answered by phone from then on.
#[utoipa::path(post, path = "/api/requests/{id}/call", tag = "calls", request_body = NewCall,
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042."),
        ("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it makes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Arranged. `ETag` is the version of the call.", body = CallSheet)))]
pub async fn create(
    State(app): State<App>,
    asker: Asker,
    Part(id): Part<RequestId>,
    headers: HeaderMap,
    Body { value: call, bytes }: Body<NewCall>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = asker.person();
    let eyes = Eyes::of(person);
    let path = format!("/api/requests/{id}/call");
    let asked = Asked { person: &person.id, path: &path, body: &bytes };
    let mut pending = match idempotency::begin(&app, key, asked).await? {
        Create::Done(_) => return sheet(StatusCode::CREATED, app.store().call(id).await?, person),
        Create::ToDo(pending) => pending,
    };
    let now = app.now();
    let before = requests::stored(&mut pending.write, id, eyes).await?.ok_or(ProblemType::NotFound)?;
    let newest = store::newest(&mut pending.write, id).await?.map(|call| call.state);
    let settings = &app.decided().settings;
    let topic = settings.topic(&before.summary.topic).ok_or(CallRefusal::Topic)?;
    can_ask_for_call(person, topic, is_enabled(&app), before.summary.state, newest)?;
    let arranged = arranged(&app, &call, "", now)?;
    arrange(&mut pending.write, id, person, &arranged, now).await?;
    store::set_channel(&mut pending.write, id, Channel::Phone).await?;
    let after = Standing { last_side: side_of(person), ..Standing::of(&before) };
    requests::update(&mut pending.write, &before, after, Audience::Everybody, now).await?;
    let made = store::newest(&mut pending.write, id).await?;
    pending.finish(&app, &id).await?;
    sheet(StatusCode::CREATED, made, person)
}

/// Moves a call, calls it off, takes back the permission, or says what came of it.
#[utoipa::path(patch, path = "/api/requests/{id}/call", tag = "calls", request_body = CallChange,
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042."),
        ("If-Match" = String, Header, description = "The version of the call that the change is meant for.")),
    responses((status = 200, description = "The call after the change.", body = CallSheet)))]
pub async fn change(
    State(app): State<App>,
    writer: Writer,
    Part(id): Part<RequestId>,
    headers: HeaderMap,
    Body { value: change, .. }: Body<CallChange>,
) -> Result<Response> {
    let tags = version::required(&headers)?;
    let (person, eyes) = (writer.person(), Eyes::of(writer.person()));
    let mut write = app.store().write().await?;
    let now = app.now();
    let before = requests::stored(&mut write, id, eyes).await?.ok_or(ProblemType::NotFound)?;
    let mut call = store::newest(&mut write, id).await?.ok_or(ProblemType::NotFound)?;
    if !tags.name(call.version()?.as_str()) {
        return Err(Error::Changed { by: requests::changed_by(&mut write, id, eyes).await? });
    }
    let consent_by = call.consent.as_ref().map(|_| &call.person.id);
    let next = can_act(person, change.act, call.state, consent_by)?;
    if change.act.needs_note() && change.note.is_none() {
        return Err(CallRefusal::NoteMissing.into());
    }
    apply(&app, &mut call, &change, next, now)?;
    store::update(&mut write, &call).await?;
    let note = change.note.as_ref().map(Reason::as_str);
    let what = What::Call { state: next, window: call.window.from, note };
    threads::insert(&mut write, &Entry { request: id, by: person, at: now, what }).await?;
    let after = standing(&app, &mut write, &before, person, next, now).await?;
    requests::update(&mut write, &before, after, Audience::Everybody, now).await?;
    let changed = store::newest(&mut write, id).await?;
    app.commit(write).await?;
    sheet(StatusCode::OK, changed, person)
}

/// The call for a calendar: a newer download takes the place of an older one.
#[utoipa::path(get, path = "/api/requests/{id}/call.ics", tag = "calls",
    params(("id" = RequestId, Path, description = "The request's number, such as FD-1042.")),
    responses((status = 200, description = "An event (RFC 5545).", content_type = "text/calendar", body = String)))]
pub async fn calendar(State(app): State<App>, reader: Reader, Part(id): Part<RequestId>) -> Result<Response> {
    let request =
        app.store().request(id, Eyes::of(reader.person())).await?.ok_or(ProblemType::NotFound)?.summary;
    let call = app.store().call(id).await?.ok_or(ProblemType::NotFound)?;
    let origin = app.origin().as_str();
    let host = origin.split("://").nth(1).unwrap_or("frontdesk");
    let appointment = Appointment {
        uid: format!("call-{}@{host}", call.id),
        sequence: call.count,
        window: call.window,
        summary: format!("{}: {}", request.id, request.subject),
        url: &format!("{origin}/requests/{id}"),
        is_on: !matches!(call.state, CallState::Cancelled | CallState::Withdrawn),
        stamp: app.now(),
    };
    let name = format!("attachment; filename=\"{id}.ics\"");
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/calendar; charset=utf-8")),
        (CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?),
    ];
    Ok((headers, appointment.to_calendar()).into_response())
}

/// A call that is asked for with a new request, checked; its topic and its channel too.
pub(super) fn with_request<'a>(
    app: &App,
    call: &'a NewCall,
    topic: &TopicId,
    now: Timestamp,
) -> Result<Arranged<'a>> {
    let topic = app.decided().settings.topic(topic);
    if let Some(Err(refusal)) = topic.map(can_call_about) {
        return Err(Error::field("/topic", &refusal));
    }
    arranged(app, call, "/call", now)
}

/// Stores a call with its place in the thread. The request's own row is changed elsewhere.
pub(super) async fn arrange(
    write: &mut Write,
    request: RequestId,
    person: &Person,
    call: &Arranged<'_>,
    now: Timestamp,
) -> Result<()> {
    store::insert(write, request, person, call, now).await?;
    let what = What::Call { state: CallState::Asked, window: call.window.from, note: None };
    threads::insert(write, &Entry { request, by: person, at: now, what }).await?;
    Ok(())
}

/// Checks everything of a call; all that is wrong is told at once, with pointers below `place`.
fn arranged<'a>(app: &App, call: &'a NewCall, place: &str, now: Timestamp) -> Result<Arranged<'a>> {
    let mut errors = Vec::new();
    let mut wrong = |field: &str, detail: String| {
        errors.push(FieldError { pointer: format!("{place}/{field}"), detail });
    };
    let number = phone::read(call.number.as_str(), call.country.as_ref());
    if let Err(refusal) = number {
        wrong("number", refusal.to_string());
    }
    let window = window_at(&open(app, now), call.from, now);
    if let Err(refusal) = window {
        wrong("from", refusal.to_string());
    }
    if let Err(refusal) = can_record(&app.decided().settings.phone, call.consent.is_some()) {
        wrong("consent", refusal.to_string());
    }
    match (number, window, errors.is_empty()) {
        (Ok(number), Ok(window), true) => Ok(Arranged {
            number,
            window,
            consent: call.consent.as_ref().map(ConsentWords::as_str),
            word: phone::word(),
        }),
        _ => Err(Error::Invalid(errors)),
    }
}

/// Changes the call itself.
fn apply(
    app: &App,
    call: &mut StoredCall,
    change: &CallChange,
    next: CallState,
    now: Timestamp,
) -> Result<()> {
    call.state = next;
    match change.act {
        CallAct::Move => {
            let from = change.from.ok_or(CallRefusal::Window)?;
            call.window = window_at(&open(app, now), from, now)?;
            // Each try has a word of its own.
            call.word = Some(phone::word());
        }
        CallAct::Withdraw => {
            if let Some(consent) = &mut call.consent {
                consent.withdrawn_at = Some(now);
            }
        }
        CallAct::Cancel | CallAct::Start | CallAct::Done | CallAct::Missed => {}
    }
    Ok(())
}

/// How the request stands after a change of its call: without one, support answers by message.
async fn standing(
    app: &App,
    write: &mut Write,
    before: &Stored,
    person: &Person,
    next: CallState,
    now: Timestamp,
) -> Result<Standing> {
    let mut after = Standing::of(before);
    if next != CallState::Started {
        after.last_side = side_of(person);
    }
    if side_of(person) == Side::Support {
        // Support has called: the promise is kept, or broken, but no longer open.
        after.answer_by = None;
    }
    if matches!(next, CallState::Cancelled | CallState::Withdrawn) {
        let id = before.summary.id;
        store::set_channel(write, id, Channel::Message).await?;
        if !store::is_answered(write, id).await? {
            let message = app.decided().settings.channel(Channel::Message);
            after.answer_by = message.and_then(|channel| answer_by(channel, before.summary.priority, now));
        }
    }
    Ok(after)
}

fn is_enabled(app: &App) -> bool {
    app.decided().settings.channel(Channel::Phone).is_some_and(|channel| channel.enabled)
}

/// The hours in which support calls.
fn open(app: &App, now: Timestamp) -> Vec<Window> {
    let phone = app.decided().settings.channel(Channel::Phone).filter(|channel| channel.enabled);
    phone.map(|channel| hours::open(channel, now, DAYS_AHEAD)).unwrap_or_default()
}

/// The call as `person` may see it.
fn sheet(status: StatusCode, call: Option<StoredCall>, person: &Person) -> Result<Response> {
    let Some(call) = call else { return Ok((status, Json(CallSheet::default())).into_response()) };
    let version = call.version()?;
    let tag = HeaderValue::from_str(&version::tag(&version)).map_err(Error::internal)?;
    let knows = may_know(person, &call.person.id);
    let call = Call {
        state: call.state,
        window: call.window,
        number: if knows { call.number } else { covered(&call.number) },
        word: call.word.filter(|_| knows),
        person: call.person,
        consent: call.consent,
        version,
    };
    Ok((status, AppendHeaders([(ETAG, tag)]), Json(CallSheet { call: Some(call) })).into_response())
}
