//! Mirrors what the provider tells: whoever is new, changed, switched on or off, or there no more.
//!
//! A list is believed in small things alone. Whoever seems switched, or missing, is asked for singly first; and when
//! too many are missing at once, nothing is taken from the list.

use std::collections::HashSet;
use std::time::Duration;

use frontdesk_contract::account::mirror::NewsKind;
use frontdesk_contract::account::{Lifecycle, Step};
use frontdesk_contract::scim::abilities::Abilities;
use frontdesk_contract::scim::foreign::{Foreign, identifier};
use frontdesk_contract::scim::user::Certainty;
use frontdesk_contract::time::Span;
use frontdesk_contract::{Kind, PersonId, Timestamp};
use serde_json::{Map, Value};
use tokio::time::sleep;

use super::client::{Provider, Trouble, named};
use crate::act;
use crate::app::App;
use crate::scim::foreign::{manager, resource, set_manager};
use crate::store::Write;
use crate::store::accounts::{self, Account, NewAccount};
use crate::store::audit::{self, By, Line};
use crate::store::events::tell_runs;
use crate::store::groups::{self, Group};
use crate::store::mirror::{self as store, Link};

/// How often everything is read, and how soon again after a reading that failed.
const EVERY: Duration = Duration::from_secs(300);
const AGAIN: Duration = Duration::from_secs(60);
/// So long something that was asked of the provider may wait for its answer.
const ASKED_MAX: Span = Span::minutes(10);
/// So many accounts may always be missing at once; more only as this part of all.
const MISSING_MAX: u64 = 10;
const MISSING_PART: u64 = 5;
/// So many pages end every list.
const PAGES_MAX: usize = 100_000;
/// So many groups come in one page: each has all its members.
const GROUPS: usize = 50;
/// The longest name of a group.
const NAME_MAX: usize = 200;

/// What a reading found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Whether all of it was read.
    pub is_whole: bool,
    /// How many accounts the provider told.
    pub told: u64,
    /// How many are new here.
    pub new: u64,
    /// How many changed here.
    pub changed: u64,
    /// How many the provider has no more.
    pub missing: u64,
    /// Records that are no people.
    pub unreadable: u64,
    /// People in whose way somebody else's address or user name stands.
    pub conflicts: u64,
}

/// What taking somebody over takes.
#[derive(Debug, Clone, Copy)]
pub struct Taking<'a> {
    /// The provider, as the audit log names it.
    pub name: &'a str,
    /// The time now.
    pub now: Timestamp,
}

impl Provider {
    /// Reads until the backend stops.
    pub async fn run(self, app: App) {
        loop {
            let pause = match self.read_all(&app).await {
                Ok(Tally { is_whole: true, .. }) => EVERY,
                Ok(_) => AGAIN,
                Err(error) => {
                    tracing::error!(%error, "the accounts of the provider could not be kept");
                    AGAIN
                }
            };
            tokio::select! {
                () = app.stopping().cancelled() => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// Reads everything once, and keeps what it says.
    pub async fn read_all(&self, app: &App) -> sqlx::Result<Tally> {
        let Some(before) = app.store().mirror().await? else { return Ok(Tally::default()) };
        let mut after = before.clone();
        let mut tally = Tally::default();
        let read =
            Reading { provider: self, app, round: before.round + 1, is_first: before.read_at.is_none() };
        let failure = match read.everything(&mut after.abilities, &mut tally).await {
            Ok(()) => None,
            Err(Trouble::Database(error)) => return Err(error),
            Err(trouble) => Some(trouble.to_string()),
        };
        let mut write = app.store().write().await?;
        let now = app.now();
        tally.is_whole = failure.is_none();
        after.round += 1;
        if tally.is_whole {
            after.read_at = Some(now);
            (after.unreadable, after.conflicts) = (tally.unreadable, tally.conflicts);
        }
        if let (Some(reason), None) = (&failure, &before.failure) {
            tracing::warn!(reason, provider = self.name(), "the accounts of the provider are not whole");
        }
        let is_news = failure != before.failure
            || before.read_at.is_none()
            || tally.new + tally.changed + tally.missing > 0
            || (before.unreadable, before.conflicts) != (after.unreadable, after.conflicts);
        after.failure = failure;
        store::keep(&mut write, &after).await?;
        if is_news {
            tell_runs(&mut write, now).await?;
        }
        app.commit(write).await?;
        Ok(tally)
    }
}

struct Reading<'a> {
    provider: &'a Provider,
    app: &'a App,
    round: u64,
    is_first: bool,
}

impl Reading<'_> {
    async fn everything(&self, known: &mut Option<Abilities>, tally: &mut Tally) -> Result<(), Trouble> {
        let abilities = self.provider.abilities().await?;
        *known = Some(abilities.clone());
        self.people(&abilities, tally).await?;
        self.missing(&abilities, tally).await?;
        let mut write = self.app.store().write().await?;
        store::name_managers(&mut write).await?;
        write.commit().await?;
        self.groups().await
    }

    async fn people(&self, abilities: &Abilities, tally: &mut Tally) -> Result<(), Trouble> {
        let mut seen = HashSet::new();
        let (size, named) = (abilities.page.to_string(), named(abilities));
        // Some providers fail when they are told how many.
        let mut size = Some(size.as_str());
        let (mut start, mut cursor) = (1_usize, abilities.cursor.then(String::new));
        for _ in 0..PAGES_MAX {
            let first = start.to_string();
            let mut query: Vec<(&str, &str)> = Vec::new();
            match &cursor {
                Some(cursor) => query.push(("cursor", cursor.as_str())),
                None => query.push(("startIndex", first.as_str())),
            }
            query.extend(size.map(|size| ("count", size)));
            query.extend(named.as_ref().map(|(name, names)| (*name, names.as_str())));
            let page = match self.provider.page(&query).await {
                Err(Trouble::Failing(_) | Trouble::Declined(..)) if seen.is_empty() && size.is_some() => {
                    size = None;
                    continue;
                }
                page => page?,
            };
            let count = page.records.len();
            let mut people = Vec::with_capacity(count);
            for record in page.records {
                match Foreign::read(record) {
                    Ok(person) if seen.insert(person.id.clone()) => people.push(person),
                    Ok(_) => {}
                    Err(_) => tally.unreadable += 1,
                }
            }
            let told = u64::try_from(seen.len()).unwrap_or(u64::MAX).saturating_add(tally.unreadable);
            let is_all = page.total.is_none_or(|total| told >= total);
            let is_old = people.is_empty();
            self.take(people, abilities, tally).await?;
            let is_last = match (&mut cursor, page.next) {
                (Some(cursor), Some(next)) => {
                    *cursor = next;
                    false
                }
                (Some(_), None) => true,
                (None, _) => {
                    start += count;
                    page.total.is_some() && is_all
                }
            };
            if count == 0 || is_last || (is_old && is_all) {
                return if is_all { Ok(()) } else { Err(Trouble::Endless) };
            }
            if is_old {
                return Err(Trouble::Endless);
            }
        }
        Err(Trouble::Endless)
    }

    /// Takes a page of people in one transaction; whoever seems switched is asked for singly.
    async fn take(
        &self,
        people: Vec<Foreign>,
        abilities: &Abilities,
        tally: &mut Tally,
    ) -> Result<(), Trouble> {
        let theirs: Vec<&str> = people.iter().map(|person| person.id.as_str()).collect();
        let mut write = self.app.store().write().await?;
        let now = self.app.now();
        let links = store::links_of(&mut write, &theirs).await?;
        let ids: Vec<PersonId> = links.values().map(|link| link.person.clone()).collect();
        let mut known = accounts::find_all(&mut write, &ids).await?;
        let asked = self.asked(&mut write, now).await?;
        let taking = Taking { name: self.provider.name(), now };
        let mut switched = Vec::new();
        for person in &people {
            tally.told += 1;
            let Some(link) = links.get(&person.id) else {
                self.take_new(&mut write, person, &mut switched, tally, now).await?;
                continue;
            };
            match known.get_mut(&link.person) {
                // It was deleted here, confirmed, and is told again.
                None => tally.conflicts += 1,
                Some(account) if asked.contains(&account.id) => {}
                Some(account) if is_switched(account, person) => switched.push(person.id.clone()),
                Some(account) => {
                    let taken = take_over(&mut write, taking, account, link, person).await?;
                    tally.changed += u64::from(taken == Taken::Changed);
                    tally.conflicts += u64::from(taken == Taken::InTheWay);
                }
            }
        }
        store::seen(&mut write, &ids, self.round).await?;
        self.app.commit(write).await?;
        for id in switched {
            self.take_singly(&id, abilities, tally).await?;
        }
        Ok(())
    }

    /// Who is being acted upon just now: what is told of them may be our own doing.
    async fn asked(&self, write: &mut Write, now: Timestamp) -> sqlx::Result<HashSet<PersonId>> {
        let mut asked = HashSet::new();
        for (person, (_, at)) in store::asked(write).await? {
            if now.since(at) > ASKED_MAX {
                store::answered(write, &person).await?;
            } else {
                asked.insert(person);
            }
        }
        Ok(asked)
    }

    async fn take_new(
        &self,
        write: &mut Write,
        person: &Foreign,
        switched: &mut Vec<String>,
        tally: &mut Tally,
        now: Timestamp,
    ) -> sqlx::Result<()> {
        let resource = ours(write, person).await?;
        let adopted = match accounts::address_of(&resource) {
            Some(address) => store::unlinked(write, &address).await?,
            None => None,
        };
        if let Some(ours) = adopted {
            let link =
                Link { person: ours, theirs: person.id.clone(), is_estimate: false, missing_since: None };
            store::keep_link(write, &link, self.round).await?;
            if let Some(mut account) = accounts::find(write, &link.person).await? {
                if is_switched(&account, person) {
                    switched.push(person.id.clone());
                } else {
                    let taking = Taking { name: self.provider.name(), now };
                    take_over(write, taking, &mut account, &link, person).await?;
                }
            }
            tally.changed += 1;
            return Ok(());
        }
        match insert(write, person, resource, self.round, now).await? {
            None => tally.conflicts += 1,
            Some(account) => {
                tally.new += 1;
                // Whoever was there before we first looked is no news.
                if !self.is_first {
                    tell(write, self.provider.name(), "scim.create", None, &account, now).await?;
                }
            }
        }
        Ok(())
    }

    /// Asks for somebody singly, while nothing of ours is under way there, and takes what is told then.
    async fn take_singly(
        &self,
        theirs: &str,
        abilities: &Abilities,
        tally: &mut Tally,
    ) -> Result<(), Trouble> {
        let _turn = self.provider.turn().await;
        let read = self.provider.person(theirs, abilities).await?;
        let mut write = self.app.store().write().await?;
        let now = self.app.now();
        let links = store::links_of(&mut write, &[theirs]).await?;
        let asked = self.asked(&mut write, now).await?;
        if let Some(link) = links.get(theirs).filter(|link| !asked.contains(&link.person))
            && let Some(mut account) = accounts::find(&mut write, &link.person).await?
        {
            let taking = Taking { name: self.provider.name(), now };
            if let Some(read) = read {
                store::seen(&mut write, std::slice::from_ref(&link.person), self.round).await?;
                let taken = take_over(&mut write, taking, &mut account, link, &read.person).await?;
                tally.changed += u64::from(taken == Taken::Changed);
            } else {
                miss(&mut write, taking, &mut account, link).await?;
                tally.missing += 1;
            }
        }
        self.app.commit(write).await?;
        Ok(())
    }

    /// Whoever the whole list did not tell is asked for singly.
    async fn missing(&self, abilities: &Abilities, tally: &mut Tally) -> Result<(), Trouble> {
        let limit = i64::MAX;
        let mut connection = self.app.store().read().acquire().await?;
        let known = store::known_count(&mut connection).await?;
        let unseen = store::unseen(&mut connection, self.round, limit).await?;
        drop(connection);
        let missing = u64::try_from(unseen.len()).unwrap_or(u64::MAX);
        if missing > MISSING_MAX && missing.saturating_mul(MISSING_PART) > known {
            return Err(Trouble::Landslide { missing, known });
        }
        for link in unseen {
            self.take_singly(&link.theirs, abilities, tally).await?;
        }
        Ok(())
    }

    /// Mirrors groups and who is in them. A provider without groups has none.
    async fn groups(&self) -> Result<(), Trouble> {
        let (mut start, mut seen) = (1_usize, HashSet::new());
        let size = GROUPS.to_string();
        let mut size = Some(size.as_str());
        for _ in 0..PAGES_MAX {
            let first = start.to_string();
            let mut query = vec![("startIndex", first.as_str())];
            query.extend(size.map(|size| ("count", size)));
            let page = match self.provider.groups(&query).await {
                Err(Trouble::Failing(_) | Trouble::Declined(..)) if seen.is_empty() && size.is_some() => {
                    size = None;
                    continue;
                }
                Err(Trouble::Declined(..) | Trouble::NotScim | Trouble::Unknown(_)) if seen.is_empty() => {
                    return Ok(());
                }
                page => page?,
            };
            let count = page.records.len();
            let mut is_old = true;
            for record in &page.records {
                let Some(id) = record.get("id").and_then(identifier) else { continue };
                if seen.insert(id.clone()) {
                    is_old = false;
                    self.group(&id, record).await?;
                }
            }
            start += count;
            if count == 0
                || is_old
                || page.total.is_some_and(|total| u64::try_from(start).is_ok_and(|start| start > total))
            {
                break;
            }
        }
        let mut write = self.app.store().write().await?;
        store::keep_groups(&mut write, &seen).await?;
        self.app.commit(write).await?;
        Ok(())
    }

    async fn group(&self, id: &str, record: &Value) -> Result<(), Trouble> {
        let members = record.get("members").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let theirs: Vec<String> =
            members.iter().filter_map(|member| member.get("value").and_then(identifier)).collect();
        let name = record.get("displayName").and_then(Value::as_str).unwrap_or(id);
        let name: String = name.chars().filter(|letter| !letter.is_control()).take(NAME_MAX).collect();
        let mut write = self.app.store().write().await?;
        let now = self.app.now();
        let theirs: Vec<&str> = theirs.iter().map(String::as_str).collect();
        let people = store::people_named(&mut write, &theirs).await?;
        match groups::find(&mut write, id).await? {
            Some(mut group) if group.name != name => {
                group.name = name;
                groups::save(&mut write, &mut group, now).await?;
            }
            Some(_) => {}
            None => {
                let group = Group {
                    id: id.to_owned(),
                    name,
                    external_id: None,
                    created_at: now,
                    changed_at: now,
                    version: 1,
                };
                groups::insert(&mut write, &[group]).await?;
            }
        }
        store::note_group(&mut write, id).await?;
        groups::set_members(&mut write, id, &people).await?;
        self.app.commit(write).await?;
        Ok(())
    }
}

/// What became of somebody who was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// As it was.
    Same,
    /// Something changed.
    Changed,
    /// Somebody else has the address or the user name.
    InTheWay,
}

fn is_switched(account: &Account, person: &Foreign) -> bool {
    // A Former Member never becomes active here; that is told, and nothing else happens.
    account.life.fields_removed_at.is_none()
        && person.active.is_some_and(|active| active != account.life.active)
}

/// The resource as we keep it, with the manager by our identifier where that is known.
pub async fn ours(write: &mut Write, person: &Foreign) -> sqlx::Result<Map<String, Value>> {
    let mut resource = resource(person);
    if let Some(theirs) = manager(&resource).map(str::to_owned)
        && let Some(link) = store::links_of(write, &[theirs.as_str()]).await?.get(&theirs)
    {
        set_manager(&mut resource, link.person.as_str());
    }
    Ok(resource)
}

/// Stores somebody who is new. None when somebody else has the address or the user name.
pub async fn insert(
    write: &mut Write,
    person: &Foreign,
    resource: Map<String, Value>,
    round: u64,
    now: Timestamp,
) -> sqlx::Result<Option<Account>> {
    let mut id: PersonId = match person.id.parse() {
        Ok(id) => id,
        Err(_) => accounts::new_id()?,
    };
    if store::is_anybodys(write, &id).await? {
        id = accounts::new_id()?;
    }
    if accounts::is_taken(write, &id, &resource).await? {
        return Ok(None);
    }
    let (life, certainty): (Lifecycle, Certainty) = person.life(now);
    let new = NewAccount {
        id: id.clone(),
        kind: Kind::Member,
        resource,
        life,
        rights: Vec::new(),
        password: None,
        default_password: 0,
        managed_by: None,
        content: person.facts.as_ref().and_then(|facts| facts.content_counts),
        created_at: person.created.unwrap_or(now).min(now),
    };
    accounts::insert(write, &[new]).await?;
    let is_estimate = certainty == Certainty::Estimate;
    let link = Link { person: id.clone(), theirs: person.id.clone(), is_estimate, missing_since: None };
    store::keep_link(write, &link, round).await?;
    accounts::find(write, &id).await
}

/// Takes over what is told of somebody whom we know: profile, claim, on or off.
pub async fn take_over(
    write: &mut Write,
    taking: Taking<'_>,
    account: &mut Account,
    link: &Link,
    person: &Foreign,
) -> sqlx::Result<Taken> {
    let Taking { name, now } = taking;
    if link.missing_since.is_some() {
        let link = Link { missing_since: None, ..link.clone() };
        store::keep_link(write, &link, 0).await?;
        store::untell(write, &account.id, NewsKind::Missing).await?;
    }
    if account.life.fields_removed_at.is_some() {
        // What was erased here doesn't come back from there.
        if person.active == Some(true) {
            store::tell(write, &account.id, NewsKind::Back, now).await?;
        }
        return Ok(Taken::Same);
    }
    let mut taken = Taken::Same;
    let resource = ours(write, person).await?;
    if resource != account.resource {
        if accounts::is_taken(write, &account.id, &resource).await? {
            taken = Taken::InTheWay;
        } else {
            account.resource = resource;
            taken = Taken::Changed;
        }
    }
    if let Some(told) = &person.invitation
        && told.claimed
        && account.life.claimed_at.is_none()
    {
        account.life = account.life.after(Step::Claimed, told.claim_date.unwrap_or(now).min(now));
        taken = Taken::Changed;
    }
    let by = By::Token(name.to_owned());
    match person.active {
        Some(false) if account.life.active => {
            act::closed_elsewhere(write, account, &by, now).await?;
            store::untell(write, &account.id, NewsKind::Back).await?;
            // A provider that keeps the life as we do knows the day.
            let day = person.facts.as_ref().and_then(|facts| facts.deactivated_at).filter(|day| *day <= now);
            if day.is_some() {
                account.life.deactivated_at = day;
                accounts::save(write, account, now).await?;
            }
            // Whoever closed it is not known; what follows after four days is theirs to do.
            let link = Link { is_estimate: day.is_none(), missing_since: None, ..link.clone() };
            store::keep_link(write, &link, 0).await?;
            return Ok(Taken::Changed);
        }
        Some(true) if !account.life.active => {
            act::opened_elsewhere(write, account, &by, now).await?;
            store::tell(write, &account.id, NewsKind::Back, now).await?;
            let link = Link { is_estimate: false, missing_since: None, ..link.clone() };
            store::keep_link(write, &link, 0).await?;
            return Ok(Taken::Changed);
        }
        Some(_) | None => {}
    }
    if taken == Taken::Changed {
        accounts::save(write, account, now).await?;
    }
    Ok(taken)
}

/// The provider has the account no more: nobody gets in by it, and our copy stays until somebody decides.
pub async fn miss(
    write: &mut Write,
    taking: Taking<'_>,
    account: &mut Account,
    link: &Link,
) -> sqlx::Result<()> {
    let Taking { name, now } = taking;
    let before = account.clone();
    let missing = Link { missing_since: Some(now), is_estimate: true, ..link.clone() };
    store::keep_link(write, &missing, 0).await?;
    store::tell(write, &account.id, NewsKind::Missing, now).await?;
    store::untell(write, &account.id, NewsKind::Back).await?;
    tell(write, name, "scim.delete", Some(before.stage().as_str()), &before, now).await?;
    if account.life.active {
        act::closed_elsewhere(write, account, &By::Token(name.to_owned()), now).await?;
    }
    Ok(())
}

/// A line of the audit log about what the provider did.
async fn tell(
    write: &mut Write,
    name: &str,
    what: &str,
    before: Option<&str>,
    account: &Account,
    now: Timestamp,
) -> sqlx::Result<()> {
    let (by, to) = (By::Token(name.to_owned()), account.reference());
    let line = Line {
        by: &by,
        what,
        to: Some(&to),
        network: None,
        before,
        after: if before.is_none() { Some(account.stage().as_str()) } else { None },
        reason: None,
        run: None,
    };
    audit::write_line(write, &line, now).await?;
    Ok(())
}
