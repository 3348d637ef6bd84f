//! Acts on accounts: what was judged possible is done here, within the transaction of whoever asks: a run,
//! a timer, a machine. Each act keeps what it ended and one line of the audit log.

use frontdesk_contract::account::act::{Action, Actor, Reason, Verdict, When, judge};
use frontdesk_contract::account::clock::{Due, due};
use frontdesk_contract::account::{Lifecycle, Step};
use frontdesk_contract::audit::Thing;
use frontdesk_contract::mail::MailKind;
use frontdesk_contract::plan::{EndedSession, Receipt};
use frontdesk_contract::time::Span;
use frontdesk_contract::{PersonId, PersonRef, Right, RunId, Timestamp};

use crate::mail;
use crate::store::accounts::{self, Account};
use crate::store::audit::{self, By, Line};
use crate::store::erase::{Ending, erase};
use crate::store::handover::{self, Leavers};
use crate::store::{Write, calls, groups, sessions};
use crate::upstream::scim::acts::Confirmed;
use crate::upstream::scim::reading::ours;

/// How long an invitation can be used (UX.md, "Claim").
pub const INVITATION_LINK: Span = Span::days(14);

/// Who acts, and how.
#[derive(Debug, Clone)]
pub struct Context<'a> {
    /// Who.
    pub by: &'a By,
    /// From which network.
    pub network: Option<&'a str>,
    /// Why.
    pub reason: Option<&'a str>,
    /// Within which run.
    pub run: Option<RunId>,
    /// How long a deletion waits.
    pub deletion: Span,
    /// Where browsers see us, for links.
    pub origin: &'a str,
    /// Who takes over what a leaver has of the organization's.
    pub heir: Option<&'a PersonId>,
    /// How links reach whom they are for.
    pub post: Post<'a>,
}

/// How links reach whom they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Post<'a> {
    /// Somebody hands them on.
    ByHand,
    /// The backend sends them, with what an admin wrote beside.
    ByMail(Option<&'a str>),
}

/// Does to an account what was judged possible.
pub async fn perform(
    write: &mut Write,
    account: &mut Account,
    action: Action,
    when: When,
    context: &Context<'_>,
    now: Timestamp,
) -> sqlx::Result<Receipt> {
    let done = perform_all(write, std::slice::from_mut(account), action, when, context, now).await?;
    done.into_iter().next().ok_or(sqlx::Error::RowNotFound)
}

/// Whether an act moves the life alone, so that many are written together; others erase or send, one by one.
pub const fn goes_together(action: Action) -> bool {
    !matches!(action, Action::Remove | Action::Withdraw | Action::Invite | Action::Remind)
}

/// Does to several accounts what was judged possible for each: lives are written together, what is erased or sent goes
/// one by one.
pub async fn perform_all(
    write: &mut Write,
    accounts: &mut [Account],
    action: Action,
    when: When,
    context: &Context<'_>,
    now: Timestamp,
) -> sqlx::Result<Vec<Receipt>> {
    let before = accounts.to_vec();
    let mut receipts: Vec<Receipt> = before.iter().map(|account| receipt(&account.id, now)).collect();
    match (action, when) {
        (Action::Deactivate, When::On(at)) => {
            for account in accounts.iter_mut() {
                account.waits_for_run = context.run;
            }
            step_all(write, accounts, Step::Scheduled(at), now).await?;
        }
        (Action::Deactivate, When::Now) => {
            for (person, session) in end_access(write, accounts, now).await? {
                if let Some(receipt) = receipts.iter_mut().find(|receipt| receipt.person == person) {
                    receipt.sessions.push(session);
                }
            }
            for account in accounts.iter_mut().filter(|account| account.life.active) {
                account.life = account.life.after(Step::Deactivated, now);
            }
            accounts::save_lives(write, accounts, now).await?;
            for leaver in &before {
                hand_over(write, leaver, context, now).await?;
            }
        }
        (Action::Reactivate, _) => step_all(write, accounts, Step::Reactivated, now).await?,
        (Action::Delete, _) => {
            for account in accounts.iter_mut() {
                account.waits_for_run = context.run;
            }
            step_all(write, accounts, Step::DeletionBegun(now.plus(context.deletion)), now).await?;
        }
        (Action::Hold, _) => step_all(write, accounts, Step::Held, now).await?,
        (Action::Lift, _) => step_all(write, accounts, Step::HoldLifted, now).await?,
        (Action::Cancel, _) => step_all(write, accounts, Step::Cancelled, now).await?,
        (Action::Remove | Action::Withdraw | Action::Invite | Action::Remind, _) => {
            for (account, receipt) in accounts.iter_mut().zip(&mut receipts) {
                perform_alone(write, account, action, receipt, context, now).await?;
            }
        }
    }
    // What is confirmed is what stands there now, not what was asked for.
    let ids: Vec<PersonId> = before.iter().map(|account| account.id.clone()).collect();
    let stages = accounts::stages(write, &ids).await?;
    for receipt in &mut receipts {
        receipt.stage = stages.get(&receipt.person).copied();
    }
    let what = format!("account.{}", action.as_str());
    tell_all(write, &what, &before, accounts, context, now).await?;
    Ok(receipts)
}

/// Does to one account what can't be done to several in one step.
async fn perform_alone(
    write: &mut Write,
    account: &mut Account,
    action: Action,
    receipt: &mut Receipt,
    context: &Context<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    match action {
        Action::Remove => {
            let erased = erase(write, account, Ending::Former, now).await?;
            (receipt.deleted, receipt.masked, receipt.kept) = (erased.deleted, erased.masked, erased.kept);
        }
        Action::Withdraw => {
            receipt.sessions = close(write, account, now).await?;
            let erased = erase(write, account, Ending::Deleted, now).await?;
            (receipt.deleted, receipt.kept) = (erased.deleted, erased.kept);
        }
        Action::Invite | Action::Remind => {
            let token = sessions::make_link(write, &account.id, INVITATION_LINK, now).await?;
            let kind = if action == Action::Invite { MailKind::Invitation } else { MailKind::Reminder };
            match context.post {
                // Not everybody has an address.
                Post::ByMail(words) if !account.email.is_empty() => {
                    mail::send_link(write, &account.id, kind, &token, words, now).await?;
                    receipt.mailed = true;
                }
                Post::ByMail(_) | Post::ByHand => {
                    receipt.link = Some(format!("{}/claim#{token}", context.origin));
                }
            }
            if action == Action::Invite {
                step(write, account, Step::Invited, now).await?;
            }
        }
        Action::Deactivate
        | Action::Reactivate
        | Action::Delete
        | Action::Hold
        | Action::Lift
        | Action::Cancel => {}
    }
    Ok(())
}

/// Does here what the provider of the accounts has confirmed: the account was read back as it was asked for.
pub async fn perform_confirmed(
    write: &mut Write,
    account: &mut Account,
    action: Action,
    context: &Context<'_>,
    confirmed: &Confirmed,
    now: Timestamp,
) -> sqlx::Result<Receipt> {
    if action != Action::Remove
        && let Some(after) = &confirmed.after
    {
        let resource = ours(write, after).await?;
        if account.resource != resource && !accounts::is_taken(write, &account.id, &resource).await? {
            account.resource = resource;
            accounts::save(write, account, now).await?;
        }
    }
    let mut receipt = perform(write, account, action, When::Now, context, now).await?;
    if action == Action::Remove {
        // Ours are erased; what the provider still holds is told by name.
        let is_gone = |name: &String| !confirmed.kept.contains(name);
        receipt.deleted.retain(is_gone);
        receipt.masked.retain(is_gone);
        receipt.kept.clone_from(&confirmed.kept);
    }
    Ok(receipt)
}

/// The provider of the accounts switched an account off.
pub async fn closed_elsewhere(
    write: &mut Write,
    account: &mut Account,
    by: &By,
    now: Timestamp,
) -> sqlx::Result<()> {
    let before = account.clone();
    close(write, account, now).await?;
    tell(write, "account.deactivate", &before, account, &alone(by), now).await
}

/// The provider of the accounts switched an account on: whatever waited for it is gone.
pub async fn opened_elsewhere(
    write: &mut Write,
    account: &mut Account,
    by: &By,
    now: Timestamp,
) -> sqlx::Result<()> {
    let before = account.clone();
    step(write, account, Step::Reactivated, now).await?;
    tell(write, "account.reactivate", &before, account, &alone(by), now).await
}

/// What happens outside of any run, by somebody, and with nothing else to be said.
const fn alone(by: &By) -> Context<'_> {
    Context {
        by,
        network: None,
        reason: None,
        run: None,
        deletion: Span(0),
        origin: "",
        heir: None,
        post: Post::ByHand,
    }
}

/// The provider of the accounts refuses a deletion that was due: it is called off, and told.
pub async fn deletion_refused(
    write: &mut Write,
    account: &mut Account,
    reason: Reason,
    now: Timestamp,
) -> sqlx::Result<()> {
    let before = account.clone();
    let run = account.waits_for_run;
    step(write, account, Step::Cancelled, now).await?;
    let by = By::Clock;
    let context = Context { reason: Some(reason.sentence()), run, ..alone(&by) };
    tell(write, "account.delete.refused", &before, account, &context, now).await
}

fn receipt(person: &PersonId, at: Timestamp) -> Receipt {
    Receipt {
        person: person.clone(),
        at,
        stage: None,
        sessions: Vec::new(),
        deleted: Vec::new(),
        masked: Vec::new(),
        kept: Vec::new(),
        link: None,
        mailed: false,
    }
}

async fn step(write: &mut Write, account: &mut Account, step: Step, now: Timestamp) -> sqlx::Result<()> {
    account.life = account.life.after(step, now);
    accounts::save(write, account, now).await
}

/// The same step in several lives, and nothing else of the accounts.
async fn step_all(
    write: &mut Write,
    accounts: &mut [Account],
    step: Step,
    now: Timestamp,
) -> sqlx::Result<()> {
    for account in accounts.iter_mut() {
        account.life = account.life.after(step, now);
    }
    accounts::save_lives(write, accounts, now).await
}

/// Notes what the person has, ends sessions and links, and closes the account.
async fn close(write: &mut Write, account: &mut Account, now: Timestamp) -> sqlx::Result<Vec<EndedSession>> {
    let ended = end_access(write, std::slice::from_ref(account), now).await?;
    if account.life.active {
        step(write, account, Step::Deactivated, now).await?;
    }
    Ok(ended.into_iter().map(|(_, session)| session).collect())
}

/// Notes what people have, and ends their sessions, links and calls. Says which sessions there were.
async fn end_access(
    write: &mut Write,
    accounts: &[Account],
    now: Timestamp,
) -> sqlx::Result<Vec<(PersonId, EndedSession)>> {
    let ids: Vec<&PersonId> = accounts.iter().map(|account| &account.id).collect();
    let present = accounts::present_all(write, accounts).await?;
    accounts::note_all(write, ids.iter().copied().zip(present).collect(), now).await?;
    let ended = sessions::list_all(write, &ids).await?;
    sessions::close_all(write, &ids).await?;
    calls::end_with_accounts(write, &ids).await?;
    Ok(ended)
}

/// What a leaver has of the organization's goes to whoever was chosen, if they still may have it: in the same
/// transaction that closes the account. The log names both.
async fn hand_over(
    write: &mut Write,
    leaver: &Account,
    context: &Context<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let Some(heir) = context.heir else { return Ok(()) };
    let leavers = Leavers::One(&leaver.id);
    let (what, needs) = handover::belongings(write, leavers).await?;
    if what.total() == 0 {
        return Ok(());
    }
    let judged = handover::judged(write, heir, &needs, leavers).await?;
    let line = Line {
        by: context.by,
        what: "account.handover",
        to: None,
        network: context.network,
        before: None,
        after: None,
        reason: None,
        run: context.run,
    };
    let from = leaver.reference();
    match judged {
        Ok(to) => {
            let what = handover::hand_over(write, &leaver.id, heir, now).await?;
            if let Some(run) = context.run {
                handover::note(write, run, what).await?;
            }
            let words = Thing::told(&[
                (Thing::Requests, what.requests),
                (Thing::Jobs, what.jobs),
                (Thing::Approvals, what.approvals),
                (Thing::Views, what.views),
            ]);
            let after = Some(words.as_str());
            audit::write_line(write, &Line { to: Some(&from), after, ..line.clone() }, now).await?;
            let line = Line { what: "account.takeover", to: Some(&to), after, ..line };
            audit::write_line(write, &line, now).await?;
        }
        Err(refusal) => {
            let reason = refusal.to_string();
            let what = "account.handover.refused";
            let line = Line { what, to: Some(&from), reason: Some(&reason), ..line };
            audit::write_line(write, &line, now).await?;
        }
    }
    Ok(())
}

/// A line of the audit log about a change of a life.
async fn tell(
    write: &mut Write,
    what: &str,
    before: &Account,
    after: &Account,
    context: &Context<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let (before, after) = (std::slice::from_ref(before), std::slice::from_ref(after));
    tell_all(write, what, before, after, context, now).await
}

/// A line for each of several lives that changed alike.
async fn tell_all(
    write: &mut Write,
    what: &str,
    before: &[Account],
    after: &[Account],
    context: &Context<'_>,
    now: Timestamp,
) -> sqlx::Result<()> {
    let words = |account: &Account, after: &Account| {
        // An erased name must not come back by the line about the erasure.
        let to = PersonRef { id: account.id.clone(), name: after.name.clone() };
        (to, word(&account.life), word(&after.life))
    };
    let words: Vec<_> = before.iter().zip(after).map(|(before, after)| words(before, after)).collect();
    let lines: Vec<Line<'_>> = words
        .iter()
        .zip(before.iter().zip(after))
        .map(|((to, was, is), (before, after))| {
            let is_erased = after.life.fields_removed_at.is_some() && before.life.fields_removed_at.is_none();
            Line {
                by: context.by,
                what,
                to: Some(to),
                network: context.network,
                before: Some(was),
                after: Some(is),
                reason: context.reason.filter(|reason| !is_erased || !mentions(reason, before)),
                run: context.run,
            }
        })
        .collect();
    audit::write_lines(write, &lines, now).await?;
    Ok(())
}

fn mentions(text: &str, account: &Account) -> bool {
    let text = text.to_lowercase();
    let names = [account.name.to_lowercase(), account.email.to_lowercase()];
    names.iter().any(|name| !name.is_empty() && text.contains(name.as_str()))
}

/// How a life stands, in a word and the dates that wait.
fn word(life: &Lifecycle) -> String {
    let mut word = life.stage().as_str().to_owned();
    for (name, at) in
        [("scheduled", life.scheduled_for), ("deletion", life.deletion_at), ("hold", life.held_at)]
    {
        if let Some(at) = at {
            word.push_str(&format!(", {name} {at}"));
        }
    }
    word
}

/// What of all that is due may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// All of it: the account is ours.
    All,
    /// What the provider of the accounts has confirmed.
    Only(Due),
    /// What concerns nobody but us.
    Ours,
}

impl Allowed {
    fn has(self, due: Due) -> bool {
        match self {
            Self::All => true,
            Self::Only(one) => one == due,
            Self::Ours => due == Due::Reminder,
        }
    }
}

/// What is due for an account is done, one thing after another. Says how many.
pub async fn fall_due(
    write: &mut Write,
    account: &mut Account,
    allowed: Allowed,
    origin: &str,
    post: Post<'_>,
    now: Timestamp,
) -> sqlx::Result<usize> {
    let context = Context {
        by: &By::Clock,
        network: None,
        reason: None,
        run: account.waits_for_run,
        deletion: Span(0),
        origin,
        heir: None,
        post,
    };
    let mut count = 0;
    while let Some(what) = due(&account.life, now).filter(|what| allowed.has(*what)) {
        count += 1;
        let before = account.clone();
        match what {
            Due::Deactivation => {
                let keyholders = accounts::keyholders(write).await?;
                // Whoever asked had the right then; what can have changed is who is left.
                let clock = Actor { person: None, rights: Right::ALL.to_vec() };
                let verdict =
                    judge(Action::Deactivate, When::Now, &account.subject(), &clock, keyholders, now);
                if let Verdict::Refused(refusal) = verdict {
                    step(write, account, Step::Cancelled, now).await?;
                    let context = Context { reason: Some(refusal.reason.sentence()), ..context.clone() };
                    tell(write, "account.deactivate.refused", &before, account, &context, now).await?;
                    continue;
                }
                let heir = match context.run {
                    Some(run) => handover::chosen(write, run).await?,
                    None => None,
                };
                close(write, account, now).await?;
                tell(write, "account.deactivate", &before, account, &context, now).await?;
                let context = Context { heir: heir.as_ref(), ..context.clone() };
                hand_over(write, &before, &context, now).await?;
            }
            Due::Memberships => {
                groups::end_memberships(write, &account.id).await?;
                step(write, account, Step::MembershipsRemoved, now).await?;
                tell(write, "account.memberships.end", &before, account, &context, now).await?;
            }
            Due::Deletion => {
                erase(write, account, Ending::Deleted, now).await?;
                tell(write, "account.deleted", &before, account, &context, now).await?;
                return Ok(count);
            }
            Due::Reminder => {
                step(write, account, Step::Reminded, now).await?;
                if post != Post::ByHand && !account.email.is_empty() {
                    let token = sessions::make_link(write, &account.id, INVITATION_LINK, now).await?;
                    mail::send_link(write, &account.id, MailKind::Reminder, &token, None, now).await?;
                    tell(write, "account.reminder.mailed", &before, account, &context, now).await?;
                    continue;
                }
                tell(write, "account.reminder.due", &before, account, &context, now).await?;
            }
        }
    }
    // Something that isn't due any more must not be looked at again and again.
    if count == 0 {
        accounts::save(write, account, now).await?;
    }
    Ok(count)
}

/// Marks that somebody has claimed the account, by the first password.
pub async fn claimed(write: &mut Write, id: &PersonId, now: Timestamp) -> sqlx::Result<()> {
    let Some(mut account) = accounts::find(write, id).await? else { return Ok(()) };
    if account.life.claimed_at.is_some() {
        return Ok(());
    }
    let before = account.clone();
    step(write, &mut account, Step::Claimed, now).await?;
    let by = By::Person(account.reference());
    tell(write, "account.claim", &before, &account, &alone(&by), now).await
}

/// Whether an action is possible now, with everything read again within the transaction.
pub async fn judged(
    write: &mut Write,
    account: &Account,
    action: Action,
    when: When,
    actor: &Actor,
    now: Timestamp,
) -> sqlx::Result<Verdict> {
    let keyholders = accounts::keyholders(write).await?;
    Ok(judge(action, when, &account.subject(), actor, keyholders, now))
}

/// The reason of a verdict, if it is none to act.
pub const fn reason_of(verdict: Verdict) -> Option<Reason> {
    match verdict {
        Verdict::Will | Verdict::Already => None,
        Verdict::Refused(refusal) => Some(refusal.reason),
    }
}
