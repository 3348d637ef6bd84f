//! Runs that go on: a few people in each transaction, each once, with the rules asked again for everybody.

use std::collections::HashMap;

use frontdesk_contract::account::act::{Action, Actor, Reason, Verdict, When, judge};
use frontdesk_contract::plan::{Outcome, Receipt, RunState};
use frontdesk_contract::scim::foreign::Foreign;
use frontdesk_contract::{PersonId, Right, RunId, Timestamp};

use crate::act::{self, Context, Post};
use crate::app::App;
use crate::store::accounts::Account;
use crate::store::audit::{self, By, Line};
use crate::store::events::tell_runs;
use crate::store::mirror::{self, Link};
use crate::store::runs::{self, Stored};
use crate::store::{Write, accounts, handover};
use crate::upstream::scim::acts::{self, Ask, Carried, Carrying};
use crate::upstream::scim::client::Provider;
use crate::upstream::scim::reading::{self, Taking};

/// So many people are reached in one transaction whose lives are written together, so that whoever waits for the next
/// one waits shortly.
const TOGETHER: i64 = 200;
/// So many where each is erased or written to alone.
const ALONE: i64 = 50;

/// What somebody may who asks for a run, as the rules see it.
pub fn actor(by: &By, rights: &[Right]) -> Actor {
    let person = match by {
        By::Person(person) => Some(person.id.clone()),
        By::Token(_) | By::Clock => None,
    };
    Actor { person, rights: rights.to_vec() }
}

/// What a machine with the scope `api` may: as an admin, without approvals.
pub fn rights_of_a_machine() -> Vec<Right> {
    Right::ALL.into_iter().filter(|right| *right != Right::Approve).collect()
}

/// One batch of the oldest run that goes on. Whether there may be more.
///
/// When a batch fails, its people are reached one by one, and whoever fails alone is passed over: one account
/// that can't be written must not keep all others waiting.
pub async fn go_on(app: &App) -> sqlx::Result<bool> {
    if !app.store().next_wake().await?.0 || app.stopping().is_cancelled() {
        return Ok(false);
    }
    let Err(error) = attempt(app, None).await else { return Ok(true) };
    tracing::warn!(%error, "some people could not be reached together");
    let Err(error) = attempt(app, Some(1)).await else { return Ok(true) };
    tracing::error!(%error, "somebody could not be reached");
    pass_over(app).await?;
    Ok(true)
}

async fn attempt(app: &App, limit: Option<i64>) -> sqlx::Result<()> {
    if let Some(provider) = app.provider() {
        let mut connection = app.store().read().acquire().await?;
        let next = runs::next_running(&mut connection).await?;
        drop(connection);
        let Some(run) = next else { return Ok(()) };
        let when = run.plan.when.map_or(When::Now, When::On);
        let together = acts::together(app, Ask::of(run.run.action, when)).await?;
        let limit = limit.unwrap_or(i64::MAX).min(i64::try_from(together).unwrap_or(1));
        return reach_there(app, provider, run.run.id, limit).await.map(drop);
    }
    let mut write = app.store().write().await?;
    let Some(mut run) = runs::next_running(&mut write).await? else { return Ok(()) };
    let now = app.now();
    let together = if act::goes_together(run.run.action) { TOGETHER } else { ALONE };
    let limit = limit.unwrap_or(together);
    reach(app, &mut write, &mut run, limit, Carrying::new(), now).await?;
    let (is_over, is_final) = (run.run.state.is_over(), run.run.action.is_final());
    app.commit(write).await?;
    if is_over && is_final {
        app.store().fold_back().await;
    }
    Ok(())
}

/// Reaches the next people of a run whose accounts the provider keeps: it is asked first, and what it confirms is then
/// done here. Gives the receipt of the last one.
pub async fn reach_there(
    app: &App,
    provider: &Provider,
    id: RunId,
    limit: i64,
) -> sqlx::Result<Option<Receipt>> {
    let _turn = provider.turn().await;
    let mut write = app.store().write().await?;
    let Some(run) = runs::find(&mut write, id).await? else { return Ok(None) };
    if run.run.state != RunState::Running {
        return Ok(None);
    }
    let asks = asks(&mut write, &run, limit, app.now()).await?;
    write.rollback().await?;
    let carrying = acts::carry(app, provider, &asks).await?;
    let mut write = app.store().write().await?;
    let Some(mut run) = runs::find(&mut write, id).await? else { return Ok(None) };
    let now = app.now();
    let is_down = run.run.counts.all > 1
        && !carrying.is_empty()
        && carrying.values().all(|carried| matches!(carried, Carried::Failed(Reason::Unreachable, _)));
    if is_down {
        // Nothing was changed for anybody: they wait until somebody lets the run go on.
        for person in carrying.keys() {
            mirror::answered(&mut write, person).await?;
        }
        if run.run.state == RunState::Running {
            run.run.state = RunState::Paused;
            tell_pause(&mut write, &run, now).await?;
            runs::save(&mut write, &mut run).await?;
            tell_end(&mut write, &run, now).await?;
        }
        app.commit(write).await?;
        return Ok(None);
    }
    let receipt = reach(app, &mut write, &mut run, limit, carrying, now).await?;
    let (is_over, is_final) = (run.run.state.is_over(), run.run.action.is_final());
    app.commit(write).await?;
    if is_over && is_final {
        app.store().fold_back().await;
    }
    Ok(receipt)
}

/// What is to be asked of the provider about the next people of a run, by the rules as they hold now.
async fn asks(
    write: &mut Write,
    stored: &Stored,
    limit: i64,
    now: Timestamp,
) -> sqlx::Result<Vec<(PersonId, Ask)>> {
    let when = stored.plan.when.map_or(When::Now, When::On);
    let action = stored.run.action;
    let Some(ask) = Ask::of(action, when) else { return Ok(Vec::new()) };
    let rows = runs::next_rows(write, stored.run.id, stored.reached, limit).await?;
    let rights = rights(write, &stored.plan.by).await?;
    let actor = actor(&stored.plan.by, &rights);
    let mut keyholders = accounts::keyholders(write).await?;
    let mut asks = Vec::with_capacity(rows.len());
    for (_, person) in rows {
        let Some(account) = accounts::find(write, &person).await? else { continue };
        let subject = account.subject();
        if judge(action, when, &subject, &actor, keyholders, now) == Verdict::Will {
            if action.ends_access() {
                keyholders = keyholders.without(&subject);
            }
            asks.push((person, ask));
        }
    }
    Ok(asks)
}

/// Keeps that the next person failed.
async fn pass_over(app: &App) -> sqlx::Result<()> {
    let mut write = app.store().write().await?;
    let Some(mut run) = runs::next_running(&mut write).await? else { return Ok(()) };
    let now = app.now();
    if let Some((place, _)) =
        runs::next_rows(&mut write, run.run.id, run.reached, 1).await?.into_iter().next()
    {
        run.reached = place;
        run.run.counts.failed += 1;
        runs::settle(&mut write, run.run.id, &[(place, Outcome::Failed, None)], now).await?;
        pause_when_much_fails(app, &mut write, &mut run, now).await?;
        runs::save(&mut write, &mut run).await?;
        tell_end(&mut write, &run, now).await?;
    }
    app.commit(write).await
}

async fn pause_when_much_fails(
    app: &App,
    write: &mut Write,
    stored: &mut Stored,
    now: Timestamp,
) -> sqlx::Result<()> {
    let is_much = app.decided().accounts.breaker().trips(stored.run.fresh());
    if is_much && stored.run.state == RunState::Running {
        stored.run.state = RunState::Paused;
        tell_pause(write, stored, now).await?;
    }
    Ok(())
}

/// A line of the audit log: it paused by itself.
async fn tell_pause(write: &mut Write, stored: &Stored, now: Timestamp) -> sqlx::Result<()> {
    let after = format!("{} {}", stored.plan.action.as_str(), stored.plan.counts.will);
    let line = Line {
        by: &By::Clock,
        what: "run.paused",
        to: None,
        network: None,
        before: None,
        after: Some(&after),
        reason: None,
        run: Some(stored.run.id),
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}

/// Tells whoever watches that a run doesn't go on by itself any more.
async fn tell_end(write: &mut Write, stored: &Stored, now: Timestamp) -> sqlx::Result<()> {
    if stored.run.state == RunState::Running { Ok(()) } else { tell_runs(write, now).await }
}

/// Reaches the next people of a run. Gives the receipt of the last one.
pub async fn reach(
    app: &App,
    write: &mut Write,
    stored: &mut Stored,
    limit: i64,
    mut carrying: Carrying,
    now: Timestamp,
) -> sqlx::Result<Option<Receipt>> {
    let policy = &app.decided().accounts;
    let rows = runs::next_rows(write, stored.run.id, stored.reached, limit).await?;
    let rights = rights(write, &stored.plan.by).await?;
    let actor = actor(&stored.plan.by, &rights);
    let when = stored.plan.when.map_or(When::Now, When::On);
    let mut last = None;
    stored.run.started_at = stored.run.started_at.or(Some(now));
    let reason = stored.plan.reason.clone();
    let (by, network) = (stored.plan.by.clone(), stored.network.clone());
    let heir = stored.plan.heir.as_ref().map(|heir| heir.id.clone());
    let own = stored.words.clone();
    let context = Context {
        by: &by,
        network: network.as_deref(),
        reason: reason.as_deref(),
        run: Some(stored.run.id),
        deletion: policy.deletion_span(),
        origin: app.origin().as_str(),
        heir: heir.as_ref(),
        post: if app.decided().mail.is_some() { Post::ByMail(own.as_deref()) } else { Post::ByHand },
    };
    let is_short = i64::try_from(rows.len()).unwrap_or(0) < limit;
    let mut keyholders = accounts::keyholders(write).await?;
    let theirs = theirs(app, write, stored.run.action, when, &rows).await?;
    let people: Vec<PersonId> = rows.iter().map(|(_, person)| person.clone()).collect();
    let mut accounts = accounts::find_all(write, &people).await?;
    let action = stored.run.action;
    let (mut turns, mut settled) = (Vec::new(), Vec::with_capacity(rows.len()));
    for (place, person) in rows {
        stored.reached = place;
        let account = accounts.remove(&person);
        let verdict = match &account {
            Some(account) => judge(action, when, &account.subject(), &actor, keyholders, now),
            None => Verdict::Already,
        };
        let (outcome, reason) = match (verdict, account, carrying.remove(&person)) {
            // What the provider has done is done, whatever the rules say by now.
            (Verdict::Will | Verdict::Refused(_), Some(mut account), Some(Carried::Confirmed(confirmed))) => {
                let subject = account.subject();
                last = Some(
                    act::perform_confirmed(write, &mut account, action, &context, &confirmed, now).await?,
                );
                if action.ends_access() {
                    keyholders = keyholders.without(&subject);
                }
                (Outcome::Done, None)
            }
            (_, Some(mut account), Some(Carried::Failed(reason, found))) => {
                note_failure(app, write, &mut account, theirs.get(&person), reason, found.as_deref(), now)
                    .await?;
                (Outcome::Failed, Some(reason))
            }
            (Verdict::Will, Some(account), None) if theirs.contains_key(&account.id) => {
                // The rules allow it since a moment ago alone: it is to be asked for again.
                (Outcome::Failed, Some(Reason::Moved))
            }
            (Verdict::Will, Some(account), None) => {
                if action.ends_access() && when == When::Now {
                    keyholders = keyholders.without(&account.subject());
                }
                turns.push(account);
                (Outcome::Done, None)
            }
            (verdict, _, _) => (Outcome::Skipped, act::reason_of(verdict)),
        };
        if app.provider().is_some() {
            mirror::answered(write, &person).await?;
        }
        match outcome {
            Outcome::Done => stored.run.counts.done += 1,
            Outcome::Skipped | Outcome::Waiting => stored.run.counts.skipped += 1,
            Outcome::Failed => stored.run.counts.failed += 1,
        }
        settled.push((place, outcome, reason));
    }
    if !turns.is_empty() {
        last = act::perform_all(write, &mut turns, action, when, &context, now).await?.pop();
    }
    runs::settle(write, stored.run.id, &settled, now).await?;
    // Somebody may have stopped it while the provider was asked.
    if is_short && stored.run.state == RunState::Running {
        stored.run.state = RunState::Done;
        stored.run.ended_at = Some(now);
    } else {
        pause_when_much_fails(app, write, stored, now).await?;
    }
    stored.run.handed = handover::handed(write, stored.run.id).await?;
    if stored.run.counts.all == 1 && last.is_some() {
        stored.run.receipt.clone_from(&last);
    }
    if stored.run.action == Action::Delete {
        stored.run.effective_at = Some(now.plus(policy.deletion_span()));
    }
    runs::save(write, stored).await?;
    tell_end(write, stored, now).await?;
    crate::store::marks::set_clock(write, now).await?;
    Ok(last)
}

/// The accounts of the provider among the next people, where the act is the provider's to do.
async fn theirs(
    app: &App,
    write: &mut Write,
    action: Action,
    when: When,
    rows: &[(u64, PersonId)],
) -> sqlx::Result<HashMap<PersonId, Link>> {
    if app.provider().is_none() || Ask::of(action, when).is_none() {
        return Ok(HashMap::new());
    }
    let people: Vec<PersonId> = rows.iter().map(|(_, person)| person.clone()).collect();
    let mut links = mirror::links(write, &people).await?;
    links.retain(|_, link| link.missing_since.is_none());
    Ok(links)
}

/// Takes over what was read of an account instead of what was asked for.
pub async fn note_failure(
    app: &App,
    write: &mut Write,
    account: &mut Account,
    link: Option<&Link>,
    reason: Reason,
    found: Option<&Foreign>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let (Some(provider), Some(link)) = (app.provider(), link) else { return Ok(()) };
    let taking = Taking { name: provider.name(), now };
    if let Some(found) = found {
        reading::take_over(write, taking, account, link, found).await?;
    } else if reason == Reason::Missing {
        reading::miss(write, taking, account, link).await?;
    }
    Ok(())
}

/// What whoever asked may now: somebody who lost a right in between does no more with it.
async fn rights(write: &mut Write, by: &By) -> sqlx::Result<Vec<Right>> {
    match by {
        By::Person(person) => crate::store::people::rights_of(write, &person.id).await,
        By::Token(_) => Ok(rights_of_a_machine()),
        By::Clock => Ok(Vec::new()),
    }
}
