//! What is done about a request beside answering it: the acts of a change, watching, and who answers just now.

use axum::extract::State;
use axum::http::StatusCode;
use frontdesk_contract::care::{
    Act, Happened, can_appeal, can_escalate, can_follow_up, can_keep_open, can_rate, can_uphold,
};
use frontdesk_contract::request::{NewRequest, Refusal, RequestChange, waiting_for};
use frontdesk_contract::text::Reason;
use frontdesk_contract::{IncidentId, Kind, Person, ProblemType, RequestId, Timestamp, WaitingFor};

use crate::app::App;
use crate::http::address::Part;
use crate::http::error::{Error, Result};
use crate::http::rights::{Reader, Writer};
use crate::store::care::{self, ANSWERING, Closing};
use crate::store::requests::{self as store, Eyes, Standing, Stored};
use crate::store::{Write, incidents};

/// The answer about a request that isn't there: it never was, or it was deleted.
pub(super) async fn missing(app: &App, id: RequestId) -> Error {
    match app.store().is_gone(id).await {
        Ok(true) => ProblemType::Gone.into(),
        Ok(false) => ProblemType::NotFound.into(),
        Err(error) => error.into(),
    }
}

/// Does what a change asks for beside state and priority, once every rule allows it. Whether it did anything.
pub(super) async fn act(
    app: &App,
    write: &mut Write,
    person: &Person,
    change: &RequestChange,
    (before, after): (&Stored, &mut Standing),
    now: Timestamp,
) -> Result<bool> {
    if change.act.is_none() && change.rating.is_none() {
        return Ok(false);
    }
    if change.state.is_some()
        || change.priority.is_some()
        || (change.act.is_some() && change.rating.is_some())
    {
        return Err(Error::field("/act", &"Do one thing at a time"));
    }
    let id = before.summary.id;
    let request = store::read(&mut *write, id, Eyes::of(person)).await?.ok_or(ProblemType::NotFound)?;
    if let Some(rating) = &change.rating {
        can_rate(person, &request, now)?;
        care::rate(write, id, rating, &person.id, now).await?;
    }
    if let Some(act) = change.act {
        let limits = app.decided().settings.limits;
        match act {
            Act::Appeal => {
                can_appeal(person, &request)?;
                after.marks.appealed_at = Some(now);
            }
            Act::Uphold => {
                can_uphold(person, &request)?;
                after.marks.appealed_at = None;
            }
            Act::Escalate => {
                can_escalate(person, &request, limits, now)?;
                after.marks.escalated_at = Some(now);
            }
            Act::KeepOpen => {
                can_keep_open(person, &request)?;
                after.marks.closing = Closing::begin(limits, now);
            }
        }
        let reason = reason_of(act, change.reason.as_ref())?;
        care::tell(write, id, Happened::Act(act), person, reason, now).await?;
    }
    Ok(true)
}

fn reason_of(act: Act, reason: Option<&Reason>) -> std::result::Result<Option<&Reason>, Refusal> {
    match (act, reason) {
        (Act::Appeal | Act::Uphold | Act::Escalate, None) => Err(Refusal::ReasonMissing),
        (Act::Appeal | Act::Uphold | Act::Escalate | Act::KeepOpen, reason) => Ok(reason),
    }
}

/// Counts the days until a request closes by itself: anew when it begins to wait for the organization, and
/// whenever support has said something.
pub(super) fn count_days(app: &App, person: &Person, before: &Stored, after: &mut Standing, now: Timestamp) {
    let waits = waiting_for(after.state, after.last_side);
    let begins = before.summary.waiting_for != waits || person.kind == Kind::Agent;
    if waits == WaitingFor::Organization && begins {
        after.marks.closing = Closing::begin(app.decided().settings.limits, now);
    }
}

/// Checks what a new request follows up on, and tells whoever looks at that one.
pub(super) async fn follow_up(
    app: &App,
    write: &mut Write,
    person: &Person,
    asked: &NewRequest,
    now: Timestamp,
) -> Result<()> {
    let Some(id) = asked.follows else { return Ok(()) };
    let Some(followed) = store::stored(&mut *write, id, Eyes::of(person)).await? else {
        return Err(Error::field("/follows", &"There is no request with this number"));
    };
    let limits = app.decided().settings.limits;
    can_follow_up(person, followed.summary.state, followed.solved_at, limits, now)?;
    care::tell_again(write, &followed, now).await?;
    Ok(())
}

/// Watches a request. To watch twice is to watch once.
#[utoipa::path(put, path = "/api/requests/{id}/watch", tag = "requests",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 204, description = "Watched.")))]
pub async fn watch(State(app): State<App>, reader: Reader, Part(id): Part<RequestId>) -> Result<StatusCode> {
    let (mut write, before) = begin(&app, reader.person(), id).await?;
    let now = app.now();
    care::watch(&mut write, id, &reader.person().id, now).await?;
    care::tell_again(&mut write, &before, now).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Watches a request no more.
#[utoipa::path(delete, path = "/api/requests/{id}/watch", tag = "requests",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 204, description = "Not watched.")))]
pub async fn unwatch(
    State(app): State<App>,
    reader: Reader,
    Part(id): Part<RequestId>,
) -> Result<StatusCode> {
    let (mut write, before) = begin(&app, reader.person(), id).await?;
    care::unwatch(&mut write, id, &reader.person().id).await?;
    care::tell_again(&mut write, &before, app.now()).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Links an incident to a request by hand. To link twice is to link once.
#[utoipa::path(put, path = "/api/requests/{id}/incidents/{incident}", tag = "requests",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042."),
        ("incident" = IncidentId, Path, description = "An incident of the status page.")),
    responses((status = 204, description = "Linked.")))]
pub async fn link_incident(
    State(app): State<App>,
    writer: Writer,
    Part((id, incident)): Part<(RequestId, IncidentId)>,
) -> Result<StatusCode> {
    let (mut write, before) = begin(&app, writer.person(), id).await?;
    if incidents::find(&mut write, &incident).await?.is_none() {
        return Err(ProblemType::NotFound.into());
    }
    let now = app.now();
    care::link_incident(&mut write, id, &incident, now).await?;
    care::tell_again(&mut write, &before, now).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes such a link away.
#[utoipa::path(delete, path = "/api/requests/{id}/incidents/{incident}", tag = "requests",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042."),
        ("incident" = IncidentId, Path, description = "The incident.")),
    responses((status = 204, description = "Not linked.")))]
pub async fn unlink_incident(
    State(app): State<App>,
    writer: Writer,
    Part((id, incident)): Part<(RequestId, IncidentId)>,
) -> Result<StatusCode> {
    let (mut write, before) = begin(&app, writer.person(), id).await?;
    care::unlink_incident(&mut write, id, &incident).await?;
    care::tell_again(&mut write, &before, app.now()).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Tells the own side of the desk that one writes an answer, for half a minute: nobody writes the same twice.
#[utoipa::path(put, path = "/api/requests/{id}/answering", tag = "requests",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 204, description = "Told.")))]
pub async fn answering(
    State(app): State<App>,
    writer: Writer,
    Part(id): Part<RequestId>,
) -> Result<StatusCode> {
    let now = app.now();
    mark(&app, writer.person(), id, now.plus(ANSWERING)).await
}

/// Tells that one writes no answer any more.
#[utoipa::path(delete, path = "/api/requests/{id}/answering", tag = "requests",
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 204, description = "Told.")))]
pub async fn stopped(
    State(app): State<App>,
    writer: Writer,
    Part(id): Part<RequestId>,
) -> Result<StatusCode> {
    mark(&app, writer.person(), id, app.now()).await
}

async fn mark(app: &App, person: &Person, id: RequestId, until: Timestamp) -> Result<StatusCode> {
    let (mut write, _) = begin(app, person, id).await?;
    care::mark_answering(&mut write, id, person, until, app.now()).await?;
    app.commit(write).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A write about a request that is there.
async fn begin(app: &App, person: &Person, id: RequestId) -> Result<(Write, Stored)> {
    let mut write = app.store().write().await?;
    match store::stored(&mut write, id, Eyes::of(person)).await? {
        Some(before) => Ok((write, before)),
        None => Err(missing(app, id).await),
    }
}
