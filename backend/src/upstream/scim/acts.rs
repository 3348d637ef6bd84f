//! Changes accounts at the provider: each is read and compared with what was shown, changed, and read back. Only what
//! was read back counts. Before anything is asked it is written down, so that after a kill our own doing is known.

use std::collections::HashMap;
use std::sync::Arc;

use frontdesk_contract::PersonId;
use frontdesk_contract::account::FORMER_MEMBER;
use frontdesk_contract::account::act::{Action, Reason, When};
use frontdesk_contract::account::clock::Due;
use frontdesk_contract::scim::ENTERPRISE;
use frontdesk_contract::scim::abilities::Abilities;
use frontdesk_contract::scim::asked::{Change, still_held};
use frontdesk_contract::scim::foreign::Foreign;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::client::{Provider, Read, Trouble};
use crate::app::App;
use crate::scim::foreign::resource;
use crate::store::accounts::{self, Account};
use crate::store::mirror::{self, Link};

/// So many accounts are asked about at the same time.
pub const AT_ONCE: usize = 8;
/// So many are reached in one turn, where a call takes several.
const TOGETHER: usize = 50;

/// What is asked of the provider about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// Switch it off.
    Close,
    /// Switch it on.
    Open,
    /// Remove the profile.
    Remove,
    /// Delete it, if it is switched off there.
    Erase,
    /// Delete it, though it is switched on: an invitation that nobody claimed.
    Withdraw,
    /// Take it out of its groups.
    Leave,
}

impl Ask {
    /// What an act asks of the provider; nothing when it is ours alone.
    pub const fn of(action: Action, when: When) -> Option<Self> {
        match (action, when) {
            (Action::Deactivate, When::Now) => Some(Self::Close),
            (Action::Reactivate, _) => Some(Self::Open),
            (Action::Remove, _) => Some(Self::Remove),
            (Action::Withdraw, _) => Some(Self::Withdraw),
            // A deletion waits first; a date waits here; holds, invitations and what takes back are ours.
            (Action::Deactivate, When::On(_))
            | (
                Action::Invite
                | Action::Remind
                | Action::Delete
                | Action::Hold
                | Action::Lift
                | Action::Cancel,
                _,
            ) => None,
        }
    }

    /// What something that is due asks of the provider.
    pub const fn of_due(due: Due) -> Option<Self> {
        match due {
            Due::Deactivation => Some(Self::Close),
            Due::Memberships => Some(Self::Leave),
            Due::Deletion => Some(Self::Erase),
            Due::Reminder => None,
        }
    }

    /// Whether it can be used afterwards, where that is all that is asked.
    const fn activity(self) -> Option<bool> {
        match self {
            Self::Close => Some(false),
            Self::Open => Some(true),
            Self::Remove | Self::Erase | Self::Withdraw | Self::Leave => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Close => "close",
            Self::Open => "open",
            Self::Remove => "remove",
            Self::Erase => "erase",
            Self::Withdraw => "withdraw",
            Self::Leave => "leave",
        }
    }
}

/// What became of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Carried {
    /// It was read back as it was asked for.
    Confirmed(Confirmed),
    /// It was not, with what was read of the account instead.
    Failed(Reason, Option<Box<Foreign>>),
}

/// What was read back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Confirmed {
    /// The account; none when there is no more of it.
    pub after: Option<Box<Foreign>>,
    /// Fields that still hold what they held.
    pub kept: Vec<String>,
}

/// What became of each, of those whom the provider has. Others are our own.
pub type Carrying = HashMap<PersonId, Carried>;

/// Asks the provider about several accounts at once. The caller holds the turn, and afterwards writes down what became
/// of each in one transaction with [`mirror::answered`].
pub async fn carry(app: &App, provider: &Provider, asks: &[(PersonId, Ask)]) -> sqlx::Result<Carrying> {
    if asks.is_empty() {
        return Ok(Carrying::new());
    }
    let ids: Vec<PersonId> = asks.iter().map(|(person, _)| person.clone()).collect();
    let abilities = abilities(app, provider).await?;
    let mut write = app.store().write().await?;
    let now = app.now();
    let links = mirror::links(&mut write, &ids).await?;
    let mut known = accounts::find_all(&mut write, &ids).await?;
    let asked_before = mirror::asked(&mut write).await?;
    let mut jobs = Vec::with_capacity(asks.len());
    let mut carrying = Carrying::new();
    for (person, ask) in asks {
        let (Some(link), Some(account)) = (links.get(person), known.remove(person)) else { continue };
        if link.missing_since.is_some() {
            // There is nothing left to be changed; what is ours can still be erased.
            if *ask == Ask::Open {
                carrying.insert(person.clone(), Carried::Failed(Reason::Missing, None));
            }
            continue;
        }
        let groups = match ask {
            Ask::Leave => mirror::groups_of(&mut write, person).await?,
            Ask::Close | Ask::Open | Ask::Remove | Ask::Erase | Ask::Withdraw => Vec::new(),
        };
        let is_again = asked_before.get(person).is_some_and(|(act, _)| act == ask.as_str());
        mirror::ask(&mut write, person, ask.as_str(), now).await?;
        jobs.push(Job { ask: *ask, account, link: link.clone(), groups, is_again });
    }
    app.commit(write).await?;
    let Some(abilities) = abilities else {
        for job in jobs {
            carrying.insert(job.account.id, Carried::Failed(Reason::Unreachable, None));
        }
        return Ok(carrying);
    };
    let people: Vec<PersonId> = jobs.iter().map(|job| job.account.id.clone()).collect();
    let abilities = Arc::new(abilities);
    let (mut switches, mut singles) = (Vec::new(), Vec::new());
    for job in jobs {
        match job.ask.activity().filter(|_| abilities.takes_together()) {
            Some(active) => switches.push((job, active)),
            None => singles.push(job),
        }
    }
    carrying.extend(switch_all(provider, &abilities, switches).await);
    let ask = |job: Job| {
        let (provider, abilities) = (provider.clone(), Arc::clone(&abilities));
        async move { (job.account.id.clone(), job.done(&provider, &abilities).await) }
    };
    carrying.extend(at_once(singles.into_iter().map(ask)).await);
    // A task that broke said nothing.
    for person in people {
        carrying.entry(person).or_insert(Carried::Failed(Reason::Unsure, None));
    }
    Ok(carrying)
}

/// So many accounts are reached in one turn.
pub async fn together(app: &App, action: Action, when: When) -> sqlx::Result<usize> {
    let is_switch = Ask::of(action, when).is_some_and(|ask| ask.activity().is_some());
    let known = app.store().mirror().await?.and_then(|known| known.abilities);
    let takes = known.filter(|abilities| is_switch && abilities.takes_together());
    Ok(takes.map_or(AT_ONCE, |abilities| abilities.bulk.clamp(AT_ONCE, TOGETHER)))
}

/// Switches accounts by one call for several: each is read and compared before, and read back afterwards.
async fn switch_all(provider: &Provider, abilities: &Arc<Abilities>, switches: Vec<(Job, bool)>) -> Carrying {
    let look = |(job, active): (Job, bool)| {
        let (provider, abilities) = (provider.clone(), Arc::clone(abilities));
        async move { job.looked(&provider, &abilities, active).await }
    };
    let mut carrying = Carrying::new();
    let mut ready = Vec::new();
    for looked in at_once(switches.into_iter().map(look)).await {
        match looked {
            Looked::Ended(person, carried) => {
                carrying.insert(person, *carried);
            }
            Looked::Ready(switch) => ready.push(switch),
        }
    }
    let changes: Vec<(&Read, &Change)> = ready.iter().map(|switch| (&switch.read, &switch.change)).collect();
    let outcomes = provider.change_all(&changes, abilities).await;
    let read_back = |(switch, outcome): (Box<Switch>, Result<(), Trouble>)| {
        let (provider, abilities) = (provider.clone(), Arc::clone(abilities));
        async move {
            let Switch { job, active, .. } = *switch;
            (job.account.id.clone(), job.switched(&provider, &abilities, &outcome, active).await)
        }
    };
    carrying.extend(at_once(ready.into_iter().zip(outcomes).map(read_back)).await);
    carrying
}

/// Waits for all, so many at the same time. What breaks gives nothing.
async fn at_once<T: Send + 'static>(
    futures: impl IntoIterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let seats = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    for future in futures {
        let seats = Arc::clone(&seats);
        running.spawn(async move {
            let _seat = seats.acquire_owned().await;
            future.await
        });
    }
    let mut ended = Vec::new();
    while let Some(one) = running.join_next().await {
        ended.extend(one.ok());
    }
    ended
}

/// What the provider can do, as it said at the last reading; asked now if there was none.
pub async fn abilities(app: &App, provider: &Provider) -> sqlx::Result<Option<Abilities>> {
    if let Some(known) = app.store().mirror().await?.and_then(|known| known.abilities) {
        return Ok(Some(known));
    }
    Ok(provider.abilities().await.ok())
}

/// One account and what is asked about it.
struct Job {
    ask: Ask,
    account: Account,
    link: Link,
    groups: Vec<String>,
    /// It was asked before, and nobody knows what became of it.
    is_again: bool,
}

/// An account that was read before it is switched.
enum Looked {
    /// Nothing is to be asked.
    Ended(PersonId, Box<Carried>),
    /// It stands as it was shown.
    Ready(Box<Switch>),
}

struct Switch {
    job: Job,
    read: Read,
    change: Change,
    active: bool,
}

impl Job {
    async fn done(self, provider: &Provider, abilities: &Abilities) -> Carried {
        match self.ask {
            Ask::Close => self.switch(provider, abilities, false).await,
            Ask::Open => self.switch(provider, abilities, true).await,
            Ask::Remove => match self.read(provider, abilities).await {
                Ok(read) => self.remove(provider, abilities, read).await,
                Err(carried) => *carried,
            },
            Ask::Erase | Ask::Withdraw => match self.read(provider, abilities).await {
                Ok(read) => self.erase(provider, abilities, read).await,
                Err(carried) => *carried,
            },
            Ask::Leave => match self.read(provider, abilities).await {
                Ok(read) => self.leave(provider, abilities, read).await,
                Err(carried) => *carried,
            },
        }
    }

    /// Reads the account as it stands there, or says why that ends it.
    async fn read(&self, provider: &Provider, abilities: &Abilities) -> Result<Read, Box<Carried>> {
        match provider.person(&self.link.theirs, abilities).await {
            Ok(Some(read)) => Ok(read),
            Ok(None) => Err(Box::new(self.without())),
            Err(trouble) => Err(Box::new(failed(&trouble))),
        }
    }

    async fn switch(self, provider: &Provider, abilities: &Abilities, active: bool) -> Carried {
        match self.looked(provider, abilities, active).await {
            Looked::Ended(_, carried) => *carried,
            Looked::Ready(switch) => {
                let Switch { job, read, change, active } = *switch;
                let outcome = provider.change(&read, &change, abilities).await;
                job.switched(provider, abilities, &outcome, active).await
            }
        }
    }

    /// Reads an account that is to be switched, and compares it with what was shown.
    async fn looked(self, provider: &Provider, abilities: &Abilities, active: bool) -> Looked {
        let carried = match self.read(provider, abilities).await {
            Ok(read) if self.is_again && read.person.active == Some(active) => {
                confirmed(read.person, Vec::new())
            }
            Ok(read) if self.is_as_shown(&read.person) => {
                let change = Change::activity(&read.person, active, abilities);
                return Looked::Ready(Box::new(Switch { job: self, read, change, active }));
            }
            Ok(read) => Carried::Failed(Reason::Moved, Some(Box::new(read.person))),
            Err(carried) => *carried,
        };
        Looked::Ended(self.account.id, Box::new(carried))
    }

    /// Reads back an account that was asked to be switched.
    async fn switched(
        &self,
        provider: &Provider,
        abilities: &Abilities,
        outcome: &Result<(), Trouble>,
        active: bool,
    ) -> Carried {
        match provider.person(&self.link.theirs, abilities).await {
            // A provider that doesn't say whether an account can be used can't confirm that it can't.
            Ok(Some(after)) if after.person.active == Some(active) => confirmed(after.person, Vec::new()),
            Ok(Some(after)) => Carried::Failed(unmoved(outcome), Some(Box::new(after.person))),
            Ok(None) => Carried::Failed(Reason::Missing, None),
            Err(_) => Carried::Failed(unsure(outcome), None),
        }
    }

    /// There is no such account any more.
    fn without(&self) -> Carried {
        match self.ask {
            Ask::Erase | Ask::Withdraw => Carried::Confirmed(Confirmed::default()),
            Ask::Close | Ask::Open | Ask::Remove | Ask::Leave => Carried::Failed(Reason::Missing, None),
        }
    }

    /// Whether the account stands there as it was shown. A manager may be known here by another identifier.
    fn is_as_shown(&self, person: &Foreign) -> bool {
        if self.account.life.fields_removed_at.is_some() {
            return !person.is_active();
        }
        let without_manager = |mut resource: Map<String, Value>| {
            if let Some(Value::Object(enterprise)) = resource.get_mut(ENTERPRISE) {
                enterprise.remove("manager");
                if enterprise.is_empty() {
                    resource.remove(ENTERPRISE);
                }
            }
            resource
        };
        person.active.is_none_or(|active| active == self.account.life.active)
            && without_manager(resource(person)) == without_manager(self.account.resource.clone())
    }

    async fn remove(&self, provider: &Provider, abilities: &Abilities, read: Read) -> Carried {
        let formatted = read.person.body.get("name").and_then(|name| name.get("formatted"));
        let is_done = [read.person.body.get("displayName"), formatted]
            .into_iter()
            .flatten()
            .any(|name| name.as_str() == Some(FORMER_MEMBER));
        if self.is_again && is_done {
            let kept = self.known().map(|known| still_held(&known, &read.person)).unwrap_or_default();
            return confirmed(read.person, kept);
        }
        if !self.is_as_shown(&read.person) {
            return Carried::Failed(Reason::Moved, Some(Box::new(read.person)));
        }
        let change = Change::removal(&read.person, abilities);
        let mut outcome = provider.change(&read, &change, abilities).await;
        if abilities.patch && matches!(outcome, Err(Trouble::Declined(..) | Trouble::Failing(_))) {
            let singly = provider.change_singly(&read, &change).await;
            outcome = singly.and(outcome);
        }
        match provider.person(&self.link.theirs, abilities).await {
            Ok(Some(after)) => {
                let kept = still_held(&read.person, &after.person);
                // A provider may have names for signing in that never change: those are told as what it keeps.
                let is_nameless = !kept.iter().any(|kept| kept == "displayName" || kept == "name");
                if is_nameless {
                    confirmed(after.person, kept)
                } else {
                    Carried::Failed(unmoved(&outcome), Some(Box::new(after.person)))
                }
            }
            Ok(None) => Carried::Failed(Reason::Missing, None),
            Err(_) => Carried::Failed(unsure(&outcome), None),
        }
    }

    /// The account as we knew it, as a record.
    fn known(&self) -> Option<Foreign> {
        let mut record = self.account.resource.clone();
        record.insert("id".to_owned(), Value::String(self.link.theirs.clone()));
        Foreign::read(Value::Object(record)).ok()
    }

    async fn erase(&self, provider: &Provider, abilities: &Abilities, read: Read) -> Carried {
        let is_closed = read.person.active == Some(false);
        // Whoever came back is not deleted, and nobody is deleted of whom that isn't known.
        let may = match self.ask {
            Ask::Withdraw => self.is_as_shown(&read.person),
            Ask::Close | Ask::Open | Ask::Remove | Ask::Erase | Ask::Leave => is_closed,
        };
        if !may {
            return Carried::Failed(Reason::Moved, Some(Box::new(read.person)));
        }
        let outcome = provider.delete(&read, abilities).await;
        match provider.person(&self.link.theirs, abilities).await {
            Ok(None) => Carried::Confirmed(Confirmed::default()),
            Ok(Some(after)) => {
                // 412 may mean the tag, or that the provider deletes nobody who has claimed the account.
                let is_refused = matches!(outcome, Err(Trouble::Changed)) && after.tag == read.tag;
                let reason = if is_refused { Reason::Declined } else { unmoved(&outcome) };
                Carried::Failed(reason, Some(Box::new(after.person)))
            }
            Err(_) => Carried::Failed(unsure(&outcome), None),
        }
    }

    async fn leave(&self, provider: &Provider, abilities: &Abilities, read: Read) -> Carried {
        if read.person.active != Some(false) {
            return Carried::Failed(Reason::Moved, Some(Box::new(read.person)));
        }
        for group in &self.groups {
            if let Some(reason) = self.leave_one(provider, abilities, group, &read.person).await {
                return Carried::Failed(reason, None);
            }
        }
        confirmed(read.person, Vec::new())
    }

    /// Takes the account out of one group, by a part of it or by all of it, and reads the group back. Why it is still in.
    async fn leave_one(
        &self,
        provider: &Provider,
        abilities: &Abilities,
        id: &str,
        person: &Foreign,
    ) -> Option<Reason> {
        // Some providers name members by their user names.
        let is_it =
            |member: &String| *member == self.link.theirs || person.text("userName") == Some(member.as_str());
        let mut outcome = Ok(());
        for is_whole in [false, true] {
            let group = match provider.group(id).await {
                Ok(Some(group)) => group,
                Ok(None) => return None,
                Err(_) if is_whole => return Some(unsure(&outcome)),
                Err(trouble) => return Some(trouble.reason()),
            };
            let member = group.members().find(is_it)?;
            if is_whole {
                outcome = provider.leave_whole(id, &group, &member, abilities).await;
            } else if abilities.patch {
                outcome = provider.leave(id, &member).await;
            }
        }
        match provider.group(id).await {
            Ok(Some(group)) if group.members().any(|member| is_it(&member)) => Some(unmoved(&outcome)),
            Ok(_) => None,
            Err(_) => Some(unsure(&outcome)),
        }
    }
}

fn confirmed(after: Foreign, kept: Vec<String>) -> Carried {
    Carried::Confirmed(Confirmed { after: Some(Box::new(after)), kept })
}

fn failed(trouble: &Trouble) -> Carried {
    tracing::warn!(%trouble, "an account can't be read at the provider");
    Carried::Failed(trouble.reason(), None)
}

/// Why an account stands as it stood, which was read back.
fn unmoved(outcome: &Result<(), Trouble>) -> Reason {
    match outcome {
        Ok(()) => Reason::Unchanged,
        Err(trouble) => {
            tracing::warn!(%trouble, "the provider did not change an account");
            trouble.reason()
        }
    }
}

/// Why nobody knows how an account stands now.
fn unsure(outcome: &Result<(), Trouble>) -> Reason {
    match outcome {
        Err(trouble) if trouble.is_refusal() => trouble.reason(),
        Ok(()) | Err(_) => Reason::Unsure,
    }
}
