//! Runs that go on: a few people in each transaction, each once, with the rules asked again for everybody.

use frontdesk_contract::Right;
use frontdesk_contract::Timestamp;
use frontdesk_contract::account::act::{Action, Actor, Verdict, When, judge};
use frontdesk_contract::plan::{Outcome, Receipt, RunState};

use crate::act::{self, Context, Post};
use crate::app::App;
use crate::store::audit::By;
use crate::store::events::tell_runs;
use crate::store::runs::{self, Stored};
use crate::store::{Write, accounts, handover};

/// So many people are reached in one transaction, so that whoever waits for the next one waits shortly.
const BATCH: i64 = 50;

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
    let Err(error) = attempt(app, BATCH).await else { return Ok(true) };
    tracing::warn!(%error, "some people could not be reached together");
    let Err(error) = attempt(app, 1).await else { return Ok(true) };
    tracing::error!(%error, "somebody could not be reached");
    pass_over(app).await?;
    Ok(true)
}

async fn attempt(app: &App, limit: i64) -> sqlx::Result<()> {
    let mut write = app.store().write().await?;
    let Some(mut run) = runs::next_running(&mut write).await? else { return Ok(()) };
    let now = app.now();
    reach(app, &mut write, &mut run, limit, now).await?;
    let (is_over, is_final) = (run.run.state.is_over(), run.run.action.is_final());
    app.commit(write).await?;
    if is_over && is_final {
        app.store().fold_back().await;
    }
    Ok(())
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
        runs::settle(&mut write, run.run.id, place, Outcome::Failed, None, now).await?;
        pause_when_much_fails(app, &mut run);
        runs::save(&mut write, &mut run).await?;
        tell_end(&mut write, &run, now).await?;
    }
    app.commit(write).await
}

fn pause_when_much_fails(app: &App, stored: &mut Stored) {
    let is_much = stored.run.counts.is_alarming(app.decided().accounts.stop_after);
    if is_much && stored.run.state == RunState::Running {
        stored.run.state = RunState::Paused;
    }
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
    for (place, person) in rows {
        stored.reached = place;
        let account = accounts::find(write, &person).await?;
        let action = stored.run.action;
        let verdict = match &account {
            Some(account) => judge(action, when, &account.subject(), &actor, keyholders, now),
            None => Verdict::Already,
        };
        let (outcome, reason) = match (verdict, account) {
            (Verdict::Will, Some(mut account)) => {
                let subject = account.subject();
                let receipt = act::perform(write, &mut account, action, when, &context, now).await?;
                if action.ends_access() && when == When::Now {
                    keyholders = keyholders.without(&subject);
                }
                last = Some(receipt);
                (Outcome::Done, None)
            }
            (verdict, _) => (Outcome::Skipped, act::reason_of(verdict)),
        };
        match outcome {
            Outcome::Done => stored.run.counts.done += 1,
            Outcome::Skipped | Outcome::Waiting => stored.run.counts.skipped += 1,
            Outcome::Failed => stored.run.counts.failed += 1,
        }
        runs::settle(write, stored.run.id, place, outcome, reason, now).await?;
    }
    if is_short {
        stored.run.state = RunState::Done;
        stored.run.ended_at = Some(now);
    } else {
        pause_when_much_fails(app, stored);
    }
    stored.run.handed = handover::handed(write, stored.run.id).await?;
    if stored.run.counts.all == 1 {
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

/// What whoever asked may now: somebody who lost a right in between does no more with it.
async fn rights(write: &mut Write, by: &By) -> sqlx::Result<Vec<Right>> {
    match by {
        By::Person(person) => crate::store::people::rights_of(write, &person.id).await,
        By::Token(_) => Ok(rights_of_a_machine()),
        By::Clock => Ok(Vec::new()),
    }
}
