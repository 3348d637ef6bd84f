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

use super::client::{Provider, Read, Trouble, Wish};
use crate::app::App;
use crate::scim::foreign::resource;
use crate::store::accounts::{self, Account};
use crate::store::mirror::{self, Link};

/// So many accounts are asked about at the same time.
const AT_ONCE: usize = 8;
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

    /// Whether a provider is asked so for several accounts by one call.
    ///
    /// Between the reading of an account and its turn in such a call more time passes than before a call of its own. So
    /// what can't be taken back, and a whole record over what may have changed, goes together only where the provider
    /// compares each with the version that was read.
    const fn goes_together(self, abilities: &Abilities) -> bool {
        match self {
            Self::Close | Self::Open => abilities.takes_together() || abilities.takes_versions_together(),
            Self::Remove | Self::Erase | Self::Withdraw => abilities.takes_versions_together(),
            Self::Leave => false,
        }
    }

    /// So many accounts are asked about in one turn.
    pub const fn together(self, abilities: &Abilities) -> usize {
        if !self.goes_together(abilities) || abilities.bulk <= AT_ONCE {
            AT_ONCE
        } else if abilities.bulk < TOGETHER {
            abilities.bulk
        } else {
            TOGETHER
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
    let (mut together, mut singles): (Vec<_>, Vec<_>) =
        jobs.into_iter().partition(|job| job.ask.goes_together(&abilities));
    if together.len() == 1 {
        singles.append(&mut together);
    }
    carrying.extend(ask_all(provider, &abilities, together).await);
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

/// So many accounts are reached in one turn, each with this asked of it.
pub async fn together(app: &App, ask: Option<Ask>) -> sqlx::Result<usize> {
    let Some(ask) = ask else { return Ok(AT_ONCE) };
    let known = app.store().mirror().await?.and_then(|known| known.abilities);
    Ok(known.map_or(AT_ONCE, |abilities| ask.together(&abilities)))
}

/// Asks about several accounts by one call: each is read and compared before, and read back afterwards.
async fn ask_all(provider: &Provider, abilities: &Arc<Abilities>, jobs: Vec<Job>) -> Carrying {
    let look = |job: Job| {
        let (provider, abilities) = (provider.clone(), Arc::clone(abilities));
        async move { job.looked(&provider, &abilities).await }
    };
    let mut carrying = Carrying::new();
    let mut ready = Vec::new();
    for looked in at_once(jobs.into_iter().map(look)).await {
        match looked {
            Looked::Ended(person, carried) => {
                carrying.insert(person, *carried);
            }
            Looked::Ready(one) => ready.push(one),
        }
    }
    let (together, alone): (Vec<_>, Vec<_>) = ready.into_iter().partition(|one| one.goes_together(abilities));
    let wishes: Vec<(&Read, Wish<'_>)> = together.iter().map(|one| (&one.read, one.wish())).collect();
    let outcomes = provider.ask_all(&wishes, abilities).await;
    let ended = together.into_iter().zip(outcomes).chain(alone.into_iter().map(|one| (one, None)));
    let end = |(one, outcome): (Box<Ready>, Option<Result<(), Trouble>>)| {
        let (provider, abilities) = (provider.clone(), Arc::clone(abilities));
        async move {
            let person = one.job.account.id.clone();
            let carried = match outcome {
                Some(outcome) => one.ended(&provider, &abilities, outcome).await,
                // It may have been done all the same, and was asked by us.
                None => Job { is_again: true, ..one.job }.done(&provider, &abilities).await,
            };
            (person, carried)
        }
    };
    carrying.extend(at_once(ended.map(end)).await);
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

/// An account that was read before anything is asked.
enum Looked {
    /// Nothing more is to be asked.
    Ended(PersonId, Box<Carried>),
    /// It stands as it was shown.
    Ready(Box<Ready>),
}

/// An account as it was read just now, and what it is to be.
struct Ready {
    job: Job,
    read: Read,
    aim: Aim,
}

/// What an account is to be.
enum Aim {
    /// On or off.
    Switched(bool, Change),
    /// Without its profile.
    Nameless(Change),
    /// Gone.
    Gone,
}

impl Ready {
    const fn wish(&self) -> Wish<'_> {
        match &self.aim {
            Aim::Switched(_, change) | Aim::Nameless(change) => Wish::Change(change),
            Aim::Gone => Wish::Deletion,
        }
    }

    /// Whether it may be asked for among others, as it was read.
    fn goes_together(&self, abilities: &Abilities) -> bool {
        let is_switch_alone = matches!(self.aim, Aim::Switched(..)) && abilities.patch;
        is_switch_alone || self.read.tag.is_some()
    }

    /// Reads back what became of it.
    async fn ended(
        self,
        provider: &Provider,
        abilities: &Abilities,
        outcome: Result<(), Trouble>,
    ) -> Carried {
        let Self { job, read, aim } = self;
        match aim {
            Aim::Switched(active, _) => job.switched(provider, abilities, &outcome, active).await,
            Aim::Nameless(change) => job.nameless(provider, abilities, &read, &change, outcome).await,
            Aim::Gone => job.gone(provider, abilities, &read, &outcome).await,
        }
    }
}

impl Job {
    async fn done(self, provider: &Provider, abilities: &Abilities) -> Carried {
        match self.looked(provider, abilities).await {
            Looked::Ended(_, carried) => *carried,
            Looked::Ready(one) => {
                let outcome = provider.ask(&one.read, one.wish(), abilities).await;
                one.ended(provider, abilities, outcome).await
            }
        }
    }

    /// Reads the account, and compares it with what was shown. Memberships end at once: these are changes of groups.
    async fn looked(self, provider: &Provider, abilities: &Abilities) -> Looked {
        let carried = match self.read(provider, abilities).await {
            Ok(read) if self.is_done(&read.person) => {
                let kept = self.kept(&read.person);
                confirmed(read.person, kept)
            }
            Ok(read) if self.may_begin(&read.person) => match self.aim(&read.person, abilities) {
                Some(aim) => return Looked::Ready(Box::new(Ready { job: self, read, aim })),
                None => self.leave(provider, abilities, read).await,
            },
            Ok(read) => Carried::Failed(Reason::Moved, Some(Box::new(read.person))),
            Err(carried) => *carried,
        };
        Looked::Ended(self.account.id, Box::new(carried))
    }

    /// Reads the account as it stands there, or says why that ends it.
    async fn read(&self, provider: &Provider, abilities: &Abilities) -> Result<Read, Box<Carried>> {
        match provider.person(&self.link.theirs, abilities).await {
            Ok(Some(read)) => Ok(read),
            Ok(None) => Err(Box::new(self.without())),
            Err(trouble) => Err(Box::new(failed(&trouble))),
        }
    }

    /// Whether it stands as it was asked for before.
    fn is_done(&self, person: &Foreign) -> bool {
        let formatted = person.body.get("name").and_then(|name| name.get("formatted"));
        let mut names = [person.body.get("displayName"), formatted].into_iter().flatten();
        self.is_again
            && match self.ask {
                Ask::Close => person.active == Some(false),
                Ask::Open => person.active == Some(true),
                Ask::Remove => names.any(|name| name.as_str() == Some(FORMER_MEMBER)),
                Ask::Erase | Ask::Withdraw | Ask::Leave => false,
            }
    }

    /// What it still holds of what we knew, where the profile was to go.
    fn kept(&self, person: &Foreign) -> Vec<String> {
        match self.ask {
            Ask::Remove => self.known().map(|known| still_held(&known, person)).unwrap_or_default(),
            Ask::Close | Ask::Open | Ask::Erase | Ask::Withdraw | Ask::Leave => Vec::new(),
        }
    }

    /// Whether the account stands there so that it may be asked for.
    fn may_begin(&self, person: &Foreign) -> bool {
        match self.ask {
            Ask::Close | Ask::Open | Ask::Remove | Ask::Withdraw => self.is_as_shown(person),
            // Whoever came back is not deleted and leaves no group, and nobody of whom that isn't known.
            Ask::Erase | Ask::Leave => person.active == Some(false),
        }
    }

    /// What the account is to be; nothing where it is its groups that change.
    fn aim(&self, person: &Foreign, abilities: &Abilities) -> Option<Aim> {
        Some(match self.ask {
            Ask::Close => Aim::Switched(false, Change::activity(person, false, abilities)),
            Ask::Open => Aim::Switched(true, Change::activity(person, true, abilities)),
            Ask::Remove => Aim::Nameless(Change::removal(person, abilities)),
            Ask::Erase | Ask::Withdraw => Aim::Gone,
            Ask::Leave => return None,
        })
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

    /// Asks for the removal piece by piece where it was refused as a whole, and reads back what is left.
    async fn nameless(
        &self,
        provider: &Provider,
        abilities: &Abilities,
        read: &Read,
        change: &Change,
        mut outcome: Result<(), Trouble>,
    ) -> Carried {
        if abilities.patch && matches!(outcome, Err(Trouble::Declined(..) | Trouble::Failing(_))) {
            // Whoever came back meanwhile loses nothing more.
            match self.read(provider, abilities).await {
                Ok(now) if now.person.active == read.person.active => {}
                Ok(now) => return Carried::Failed(Reason::Moved, Some(Box::new(now.person))),
                Err(carried) => return *carried,
            }
            let singly = provider.change_singly(read, change).await;
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

    /// Reads back that there is no more of the account.
    async fn gone(
        &self,
        provider: &Provider,
        abilities: &Abilities,
        read: &Read,
        outcome: &Result<(), Trouble>,
    ) -> Carried {
        match provider.person(&self.link.theirs, abilities).await {
            Ok(None) => Carried::Confirmed(Confirmed::default()),
            Ok(Some(after)) => {
                // 412 may mean the tag, or that the provider deletes nobody who has claimed the account.
                let is_refused = matches!(outcome, Err(Trouble::Changed)) && after.tag == read.tag;
                let reason = if is_refused { Reason::Declined } else { unmoved(outcome) };
                Carried::Failed(reason, Some(Box::new(after.person)))
            }
            Err(_) => Carried::Failed(unsure(outcome), None),
        }
    }

    async fn leave(&self, provider: &Provider, abilities: &Abilities, read: Read) -> Carried {
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
