//! E-mails: what happens is queued in the transaction in which it happens, and sent by and by.
//!
//! Reading order: this file says who is told of what, [`letter`] puts an e-mail together, [`words`] are its words,
//! [`courier`] hands it to the mail server, and goes on after whatever stopped it.

pub mod courier;
pub mod letter;
pub mod words;

use frontdesk_contract::mail::MailKind;
use frontdesk_contract::time::Span;
use frontdesk_contract::{IncidentId, MessageId, PersonId, RequestId, Timestamp};

use crate::app::App;
use crate::store::Write;
use crate::store::mails::{self as store, About, Times};

/// For so long it is tried to tell of a request: later it is no news.
const REQUEST_LIFE: Span = Span::days(2);
/// The same of an incident.
const INCIDENT_LIFE: Span = Span::hours(24);
/// The same of an invitation; its link lasts longer.
const INVITATION_LIFE: Span = Span::days(3);
/// The same of a forgotten password: whoever waits for it asks again.
const PASSWORD_LIFE: Span = Span::hours(4);
/// The same of somebody who can't sign in.
const LOCKED_OUT_LIFE: Span = Span::hours(24);
/// Nobody hears of people who can't sign in more often than this, however many tell so.
pub const LOCKED_OUT_AGAIN: Span = Span::hours(1);
/// So long after one link nobody gets another by asking.
pub const PASSWORD_AGAIN: Span = Span::minutes(5);

/// Tells whoever asked, and whoever watches, that there is something new about a request from this entry of its thread
/// on. What follows within a short while goes into the same e-mail.
pub async fn tell_of_request(
    app: &App,
    write: &mut Write,
    request: RequestId,
    first: MessageId,
    by: Option<&PersonId>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let Some(mail) = &app.decided().mail else { return Ok(()) };
    let times = Times { now, next_at: now.plus(mail.collect), expires_at: now.plus(REQUEST_LIFE) };
    for person in store::to_tell_of_request(write, request, by).await? {
        store::insert(write, &person, &About::Request { id: request, first, last: None }, times).await?;
    }
    Ok(())
}

/// Tells whoever follows an incident, or one of its components, what was said about it.
pub async fn tell_of_incident(
    app: &App,
    write: &mut Write,
    incident: &IncidentId,
    update: &str,
    by: Option<&PersonId>,
    now: Timestamp,
) -> sqlx::Result<()> {
    if app.decided().mail.is_none() {
        return Ok(());
    }
    let times = Times { now, next_at: now, expires_at: now.plus(INCIDENT_LIFE) };
    for person in store::to_tell_of_incident(write, incident, by).await? {
        let about = About::Incident { id: incident.clone(), update: update.to_owned() };
        store::insert(write, &person, &about, times).await?;
    }
    Ok(())
}

/// Tells whoever handles reports that somebody can't sign in. Anybody can say so without an account: so nobody is told
/// more than once an hour, and what comes meanwhile is told when the hour is over, unless it was handled by then.
pub async fn tell_of_locked_out(app: &App, write: &mut Write, now: Timestamp) -> sqlx::Result<()> {
    let Some(mail) = app.decided().mail.as_ref().filter(|mail| mail.locked_out) else { return Ok(()) };
    for (person, last) in store::to_tell_of_locked_out(write).await? {
        let earliest = last.map_or(now, |last| last.plus(LOCKED_OUT_AGAIN));
        let next_at = earliest.max(now.plus(mail.collect));
        let times = Times { now, next_at, expires_at: next_at.plus(LOCKED_OUT_LIFE) };
        store::insert(write, &person, &About::LockedOut, times).await?;
    }
    Ok(())
}

/// Sends somebody a one-time link, with what an admin wrote beside it.
pub async fn send_link(
    write: &mut Write,
    person: &PersonId,
    kind: MailKind,
    secret: &str,
    words: Option<&str>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let life = match kind {
        MailKind::Password => PASSWORD_LIFE,
        MailKind::Invitation | MailKind::Reminder => INVITATION_LIFE,
        MailKind::Request => REQUEST_LIFE,
        MailKind::Incident => INCIDENT_LIFE,
        MailKind::LockedOut => LOCKED_OUT_LIFE,
    };
    let about = About::Link { kind, secret: secret.to_owned(), words: words.map(str::to_owned) };
    store::insert(write, person, &about, Times { now, next_at: now, expires_at: now.plus(life) }).await
}
