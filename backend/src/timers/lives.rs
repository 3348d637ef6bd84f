//! Lives of accounts, approvals that lapse, and runs that go on: durable, each thing once.
//!
//! What is due stands in the database, and is done in the transaction that marks it as done; so a kill in
//! between loses nothing and repeats nothing.

use std::collections::HashMap;
use std::time::Duration;

use frontdesk_contract::account::act::{Action, Actor, Reason, Verdict, When, judge};
use frontdesk_contract::account::clock::{Due, due, is_behind};
use frontdesk_contract::account::mirror::NewsKind;
use frontdesk_contract::time::Span;
use frontdesk_contract::{PersonId, Right, Timestamp};

use crate::act::{self, Allowed, Post};
use crate::app::App;
use crate::runs;
use crate::store::accounts::Account;
use crate::store::events::tell_runs;
use crate::store::mirror::{self, Link};
use crate::store::{Write, accounts, runs as store};
use crate::upstream::scim::acts::{self, Ask, Carried};
use crate::upstream::scim::client::Provider;

/// So many accounts are written in one transaction, so that whoever waits for the next one waits shortly.
const BATCH: i64 = 50;
/// So long an account waits for which what is due can't be done.
const PUT_OFF: Span = Span::hours(1);
/// So long until something is tried again that the provider could not do.
const TRIED_AGAIN: Span = Span::minutes(5);
/// So long until it is looked again at what the provider does by itself.
const THEIRS: Span = Span::days(365);

/// Does the next of what is due, and says how long nothing will be.
pub async fn step(app: &App) -> sqlx::Result<Duration> {
    let now = app.now();
    if let Some(newest) = app.store().clock_mark().await?.filter(|newest| is_behind(*newest, now)) {
        tracing::warn!(%newest, %now, "the clock stands behind what was done already, so nothing happens by itself");
        return Ok(Duration::MAX);
    }
    if app.store().has_outdated().await? {
        let mut write = app.store().write().await?;
        store::lapse_outdated(&mut write, app.now()).await?;
        app.commit(write).await?;
    }
    if lives(app).await? || runs::go_on(app).await? {
        return Ok(Duration::ZERO);
    }
    let (is_running, next) = app.store().next_wake().await?;
    if is_running {
        return Ok(Duration::ZERO);
    }
    let wait = next.map_or(i64::MAX, |next| next.since(app.now()).0.max(5));
    Ok(Duration::from_millis(wait.unsigned_abs()))
}

/// One batch of what is due. Whether there may be more.
///
/// When a batch fails, its accounts are taken one by one, and one that fails alone waits an hour: it must not
/// keep all others waiting.
async fn lives(app: &App) -> sqlx::Result<bool> {
    let (_, next) = app.store().next_wake().await?;
    if next.is_none_or(|next| next > app.now()) {
        return Ok(false);
    }
    match batch(app, BATCH).await {
        Ok(is_full) => return Ok(is_full),
        Err(error) => tracing::warn!(%error, "what was due could not be done together"),
    }
    if let Err(error) = batch(app, 1).await {
        tracing::error!(%error, "what was due for somebody could not be done");
        let mut write = app.store().write().await?;
        let now = app.now();
        if let Some(account) = accounts::due(&mut write, now, 1).await?.first() {
            accounts::put_off(&mut write, &account.id, now.plus(PUT_OFF)).await?;
        }
        app.commit(write).await?;
    }
    Ok(true)
}

async fn batch(app: &App, limit: i64) -> sqlx::Result<bool> {
    if let Some(provider) = app.provider() {
        return batch_there(app, provider, limit).await;
    }
    let mut write = app.store().write().await?;
    let now: Timestamp = app.now();
    if !store::lapse(&mut write, now).await?.is_empty() {
        tell_runs(&mut write, now).await?;
    }
    let due = accounts::due(&mut write, now, limit).await?;
    let is_full = i64::try_from(due.len()).unwrap_or(0) == limit;
    let mut is_erased = false;
    let post = post(app);
    for mut account in due {
        act::fall_due(&mut write, &mut account, Allowed::All, app.origin().as_str(), post, now).await?;
        is_erased |= account.life.fields_removed_at == Some(now);
    }
    crate::store::marks::set_clock(&mut write, now).await?;
    app.commit(write).await?;
    if is_erased {
        app.store().fold_back().await;
    }
    Ok(is_full)
}

/// One batch where the organization's provider keeps accounts: it is asked first, and what it confirms is then done here.
async fn batch_there(app: &App, provider: &Provider, limit: i64) -> sqlx::Result<bool> {
    let _turn = provider.turn().await;
    let abilities = app.store().mirror().await?.and_then(|known| known.abilities).unwrap_or_default();
    let mut write = app.store().write().await?;
    let now = app.now();
    let mut found = accounts::due(&mut write, now, limit).await?;
    let people: Vec<PersonId> = found.iter().map(|account| account.id.clone()).collect();
    let links = mirror::links(&mut write, &people).await?;
    let mut keyholders = accounts::keyholders(&mut write).await?;
    let clock = Actor { person: None, rights: Right::ALL.to_vec() };
    let mut is_full = i64::try_from(found.len()).unwrap_or(0) == limit;
    let (mut asks, mut most) = (Vec::new(), found.len());
    for (place, account) in found.iter().enumerate() {
        let Some(what) = due(&account.life, now).filter(|_| is_theirs(links.get(&account.id))) else {
            continue;
        };
        let subject = account.subject();
        let may = match what {
            Due::Deactivation => {
                judge(Action::Deactivate, When::Now, &subject, &clock, keyholders, now) == Verdict::Will
            }
            // Whoever closed the account elsewhere decides about its groups.
            Due::Memberships => links.get(&account.id).is_some_and(|link| !link.is_estimate),
            Due::Deletion => true,
            Due::Reminder => false,
        };
        if may && let Some(ask) = Ask::of_due(what) {
            if asks.len() >= ask.together(&abilities) {
                (most, is_full) = (place, true);
                break;
            }
            keyholders = keyholders.without(&subject);
            asks.push((account.id.clone(), ask));
        }
    }
    found.truncate(most);
    write.rollback().await?;
    let mut carrying = acts::carry(app, provider, &asks).await?;
    let mut write = app.store().write().await?;
    let now = app.now();
    if !store::lapse(&mut write, now).await?.is_empty() {
        tell_runs(&mut write, now).await?;
    }
    let mut is_erased = false;
    for account in found {
        let Some(mut account) = accounts::find(&mut write, &account.id).await? else { continue };
        let carried = carrying.remove(&account.id);
        one_there(app, &mut write, &mut account, &links, carried, now).await?;
        mirror::answered(&mut write, &account.id).await?;
        is_erased |= account.life.fields_removed_at == Some(now);
    }
    crate::store::marks::set_clock(&mut write, now).await?;
    app.commit(write).await?;
    if is_erased {
        app.store().fold_back().await;
    }
    Ok(is_full)
}

/// How reminders reach whom they are for.
fn post(app: &App) -> Post<'static> {
    if app.decided().mail.is_some() { Post::ByMail(None) } else { Post::ByHand }
}

fn is_theirs(link: Option<&Link>) -> bool {
    link.is_some_and(|link| link.missing_since.is_none())
}

/// Until when the groups of an account are left to whoever keeps them: not beyond its deletion.
fn left_to_them(account: &Account, now: Timestamp) -> Timestamp {
    let later = now.plus(THEIRS);
    account.life.deletion_at.map_or(later, |deletion| deletion.min(later))
}

/// Does here what is due for one account, or puts it off.
async fn one_there(
    app: &App,
    write: &mut Write,
    account: &mut Account,
    links: &HashMap<PersonId, Link>,
    carried: Option<Carried>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let origin = app.origin().as_str();
    let post = post(app);
    let link = links.get(&account.id);
    let what = due(&account.life, now);
    let id = account.id.clone();
    match (carried, what) {
        (Some(Carried::Confirmed(_)), Some(what)) => {
            act::fall_due(write, account, Allowed::Only(what), origin, post, now).await?;
            mirror::untell(write, &id, NewsKind::Overdue).await?;
        }
        (Some(Carried::Failed(reason, found)), Some(what)) => {
            runs::note_failure(app, write, account, link, reason, found.as_deref(), now).await?;
            if due(&account.life, now) != Some(what) {
                // What was found there has settled it: the person came back, or the account is gone.
                return Ok(());
            }
            if what == Due::Memberships && reason == Reason::Declined {
                return accounts::put_off(write, &id, left_to_them(account, now)).await;
            }
            if what == Due::Deletion && reason == Reason::Declined {
                act::deletion_refused(write, account, reason, now).await?;
                mirror::tell(write, &id, NewsKind::Refused, now).await?;
                return tell_runs(write, now).await;
            }
            mirror::tell(write, &id, NewsKind::Overdue, now).await?;
            tell_runs(write, now).await?;
            accounts::put_off(write, &id, now.plus(TRIED_AGAIN)).await?;
        }
        (None, Some(Due::Memberships)) if is_theirs(link) && link.is_some_and(|link| link.is_estimate) => {
            accounts::put_off(write, &id, left_to_them(account, now)).await?;
        }
        (None, Some(Due::Deactivation)) if is_theirs(link) => {
            // Not asked, because the rules forbid it: that is told and called off. If they allow it by now, the next
            // round asks.
            let keyholders = accounts::keyholders(write).await?;
            let clock = Actor { person: None, rights: Right::ALL.to_vec() };
            let verdict = judge(Action::Deactivate, When::Now, &account.subject(), &clock, keyholders, now);
            if verdict != Verdict::Will {
                act::fall_due(write, account, Allowed::Only(Due::Deactivation), origin, post, now).await?;
            }
        }
        (None, Some(_)) if is_theirs(link) => {
            act::fall_due(write, account, Allowed::Ours, origin, post, now).await?;
        }
        (None, Some(_)) => {
            act::fall_due(write, account, Allowed::All, origin, post, now).await?;
        }
        // It is due no more.
        (_, None) => accounts::save(write, account, now).await?,
    }
    Ok(())
}
