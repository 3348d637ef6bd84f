//! Drafts on the device: kept while one types, found again after anything, the same in every tab. (ADR 3.)

use frontdesk_contract::{RequestId, Timestamp};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::browser::storage::{self, Area, Changed};
use crate::browser::{page, random, timer};
use crate::domain::draft::{self, DraftKey, DraftOf, Gist, News, Saved, Slot};
use crate::route::DRAFT;
use crate::state::SessionState;
use crate::ui::effect;

/// How long after the last key a draft is written, in milliseconds. Leaving the page writes at once.
const PAUSE: i32 = 300;

/// What comes before the name of a draft that this tab has open, in the tab's own store.
const OPEN: &str = "frontdesk.tab.";
/// What the names of what is typed in the dialog of an act begin with: it lives in its tab.
pub const ACT: &str = "frontdesk.act.";

/// What another tab did with the draft that stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// It was changed: the draft as JSON takes the place of what stands here.
    Changed(String),
    /// It was changed there and here at the same time. What stands here is a draft of its own from now on, and
    /// needs a key of its own.
    Apart,
    /// It was sent, and belongs to this request now. What stands here goes; words that aren't among those that
    /// were sent stay, as with [`Self::Apart`].
    Sent(RequestId),
    /// It was thrown away, and so is what stands here.
    Discarded,
}

/// Told when a draft was written or erased, for what lists them.
#[derive(Clone, Copy)]
pub struct DraftsChanged(pub Trigger);

/// The slot that the address names, in context.
#[derive(Clone, Copy)]
struct Asked(Signal<Slot>);

/// Lets the pages below open the draft that their address names.
pub fn provide_asked(query: Memo<leptos_router::params::ParamsMap>) {
    let slot = move || query.with(|query| Slot::named(&query.get(DRAFT).unwrap_or_default()));
    provide_context(Asked(Signal::derive(slot)));
    provide_context(DraftsChanged(Trigger::new()));
}

/// The same where an address is nothing to go by: opens the draft in this slot.
pub fn provide_slot(slot: Slot) {
    provide_context(Asked(Signal::stored(slot)));
}

/// Keeps one draft.
#[derive(Clone, Copy)]
pub struct Keeper {
    key: StoredValue<Option<DraftKey>>,
    area: StoredValue<Area>,
    /// The draft as JSON; `None` when there is nothing worth keeping.
    snapshot: Signal<Option<String>>,
    /// What the device holds, as far as this tab knows.
    written: StoredValue<Option<String>>,
    session: SessionState,
    saved_at: RwSignal<Option<Timestamp>>,
    is_full: RwSignal<bool>,
    is_stopped: StoredValue<bool>,
    on_heard: StoredValue<Option<Callback<Heard>>>,
    changes: Option<DraftsChanged>,
}

impl Keeper {
    /// Keeps what `snapshot` says from now on, as JSON. `since` is when it was saved, if [`restore`] found it.
    pub fn keep(
        of: DraftOf,
        session: SessionState,
        snapshot: Signal<Option<String>>,
        since: Option<Timestamp>,
    ) -> Self {
        let key = match since {
            Some(_) => to_open(session, of),
            None => new_key(session, of, asked()),
        };
        let keeper = Self {
            key: StoredValue::new(key),
            area: StoredValue::new(session.draft_area()),
            snapshot,
            written: StoredValue::new(snapshot.get_untracked()),
            session,
            saved_at: RwSignal::new(since),
            is_full: RwSignal::new(false),
            is_stopped: StoredValue::new(false),
            on_heard: StoredValue::new(None),
            changes: use_context::<DraftsChanged>(),
        };
        keeper.remember_open();
        let pause = StoredValue::new_local(None::<timer::Timer>);
        // The device's store is outside the reactive graph.
        effect(move || {
            snapshot.track();
            pause.set_value(Some(timer::after(PAUSE, move || keeper.save_now())));
        });
        let listening =
            (page::on_hide(move || keeper.save_now()), storage::on_change(move |it| keeper.hear(it)));
        let listening = StoredValue::new_local(listening);
        on_cleanup(move || {
            keeper.save_now();
            listening.dispose();
        });
        keeper
    }

    /// Hands on what other tabs do with the draft. Without it nothing changes here, and what is typed here after
    /// another tab has changed the draft is kept beside it.
    pub fn follow(&self, on_heard: Callback<Heard>) {
        self.on_heard.set_value(Some(on_heard));
    }

    /// Writes what stands there now, if it changed.
    pub fn save_now(&self) {
        let Some(snapshot) = self.snapshot.try_get_untracked() else { return };
        if self.is_stopped.try_get_value().is_none_or(|is_stopped| is_stopped) {
            return;
        }
        if self.written.try_get_value().is_none_or(|written| written == snapshot) {
            return;
        }
        let area = self.area_now();
        if area == Area::Session && self.session.is_left() {
            return;
        }
        // Another tab may have written there a moment ago.
        if snapshot.is_some() && self.is_written_elsewhere(area) {
            self.stand_apart();
            self.tell(Heard::Apart);
            let Some(own) = self.snapshot.try_get_untracked() else { return };
            return self.write(area, own);
        }
        self.write(area, snapshot);
    }

    fn write(&self, area: Area, snapshot: Option<String>) {
        let Some(name) = self.name() else { return };
        match &snapshot {
            Some(json) => {
                let at = self.session.now_untracked();
                let is_written = storage::write(area, &name, &draft::wrap(at, json)).is_ok();
                self.is_full.set(!is_written);
                if is_written {
                    self.saved_at.set(Some(at));
                }
            }
            None => {
                remove(&name);
                self.saved_at.set(None);
            }
        }
        self.written.set_value(snapshot);
        self.notify();
    }

    /// When it was written last; follows changes.
    pub fn saved_at(&self) -> Option<Timestamp> {
        self.saved_at.get()
    }

    /// Whether the device has no room for it; follows changes.
    pub fn is_full(&self) -> bool {
        self.is_full.get()
    }

    /// Keeps nothing more: it was sent.
    pub fn stop(&self) {
        self.is_stopped.set_value(true);
    }

    /// Where it lies, for whoever has to erase it when the page may be gone.
    pub fn place(&self) -> Place {
        Place { name: self.name().unwrap_or_default(), changes: self.changes }
    }

    /// Whether it was ever written to the device, which may have had no room.
    pub fn is_kept(&self) -> bool {
        self.saved_at.with_untracked(Option::is_some)
    }

    /// Whether it lies in this slot.
    pub fn is_in(&self, slot: &Slot) -> bool {
        self.key.with_value(|key| key.as_ref().is_some_and(|key| key.slot == *slot))
    }

    /// Whether it still lies on the device: another tab may have sent it.
    pub fn is_there(&self) -> bool {
        self.name().is_some_and(|name| storage::read(self.area_now(), &name).is_some())
    }

    /// Takes over what another tab has written there, though its word about it may still be on the way.
    pub fn catch_up(&self) {
        let name = self.name();
        let value = name.as_ref().and_then(|name| storage::read(self.area_now(), name));
        if value.is_some() {
            self.hear(Changed { name, value });
        }
    }

    /// Takes it off the device: it was sent, or thrown away.
    pub fn erase(&self) {
        let Some(name) = self.name() else { return };
        remove(&name);
        self.saved_at.set(None);
        self.written.set_value(None);
        self.notify();
    }

    fn name(&self) -> Option<String> {
        self.key.try_get_value()?.map(|key| key.name())
    }

    /// Where it belongs: signing in again may have made this a shared device, or none any more.
    fn area_now(&self) -> Area {
        let session = self.session.session_untracked();
        let is_own = self.key.with_value(|key| match (key, &session) {
            (Some(key), Some(session)) => key.person == session.person.id,
            _ => false,
        });
        if is_own {
            self.area.set_value(self.session.draft_area());
        }
        self.area.get_value()
    }

    fn is_written_elsewhere(&self, area: Area) -> bool {
        let there = self.name().and_then(|name| storage::read(area, &name));
        let there = there.as_deref().and_then(News::read);
        self.written.with_value(|written| match there {
            Some(News::Draft(json)) => written.as_deref() != Some(json),
            Some(News::Sent(_) | News::Moved) | None => false,
        })
    }

    /// Another tab has changed the store.
    fn hear(&self, changed: Changed) {
        let Some(snapshot) = self.snapshot.try_get_untracked() else { return };
        let Some(name) = changed.name else {
            // Somebody has emptied the store. What stands here is written again.
            self.written.set_value(None);
            return self.save_now();
        };
        if self.name() != Some(name) || self.is_stopped.get_value() {
            return;
        }
        let written = self.written.get_value();
        // Typed since it was written last.
        let is_apart = snapshot != written;
        match changed.value.as_deref().map(News::read) {
            Some(Some(News::Moved)) => {
                self.written.set_value(None);
                if self.area_now() == Area::Local {
                    self.save_now();
                }
            }
            Some(None) => {}
            _ if self.on_heard.with_value(Option::is_none) => {}
            Some(Some(News::Draft(json))) if written.as_deref() == Some(json) => {}
            Some(Some(News::Draft(_))) if is_apart => {
                self.stand_apart();
                self.tell(Heard::Apart);
            }
            Some(Some(News::Draft(json))) => {
                self.written.set_value(Some(json.to_owned()));
                self.saved_at.set(Some(self.session.now_untracked()));
                self.tell(Heard::Changed(json.to_owned()));
            }
            Some(Some(News::Sent(id))) => {
                self.stand_apart();
                self.tell(Heard::Sent(id));
            }
            None if is_apart || written.is_none() => self.written.set_value(None),
            None => {
                self.stand_apart();
                self.tell(Heard::Discarded);
            }
        }
    }

    /// What stands here is a draft of its own from now on.
    fn stand_apart(&self) {
        self.key.update_value(|key| {
            if let Some(key) = key {
                key.slot = Slot::named(&random::uuid());
            }
        });
        self.written.set_value(None);
        self.saved_at.set(None);
        self.remember_open();
    }

    /// A reload opens the same draft again, whatever other tabs have begun since.
    fn remember_open(&self) {
        self.key.with_value(|key| {
            if let Some((key, slot)) = key.as_ref().and_then(|key| Some((key, key.slot.name()?))) {
                // Without room a reload opens the newest draft.
                let _ = storage::write(Area::Session, &open_name(key), slot);
            }
        });
    }

    fn tell(&self, heard: Heard) {
        if let Some(on_heard) = self.on_heard.get_value() {
            on_heard.run(heard);
        }
    }

    fn notify(&self) {
        if let Some(DraftsChanged(trigger)) = self.changes {
            trigger.notify();
        }
    }
}

/// Where a draft lies on the device.
#[derive(Clone)]
pub struct Place {
    name: String,
    changes: Option<DraftsChanged>,
}

impl Place {
    /// Takes the draft off the device.
    pub fn clear(&self) {
        remove(&self.name);
        if let Some(DraftsChanged(trigger)) = self.changes {
            trigger.notify();
        }
    }

    /// As [`Self::clear`], and tells the other tabs that it was sent.
    pub fn sent(&self, id: RequestId) {
        if storage::read(Area::Local, &self.name).is_some() {
            // Without room they hear that it is gone.
            let _ = storage::write(Area::Local, &self.name, &draft::sent_as(id));
        }
        self.clear();
    }
}

/// A draft of the person who is signed in.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What it is for.
    pub of: DraftOf,
    /// Which one.
    pub slot: Slot,
    /// When it was saved.
    pub at: Timestamp,
    /// What it is about.
    pub gist: Gist,
}

/// What lies on the device for the person who is signed in: the draft that the address names, else the one that
/// this tab had open, else the newest. Another name in the address begins another draft.
pub fn restore<T: DeserializeOwned>(session: SessionState, of: DraftOf) -> Option<Saved<T>> {
    let key = to_open(session, of)?;
    let text = storage::read(session.draft_area(), &key.name())?;
    draft::read::<T>(&text)
}

/// Leaves a draft for another page of the person who is signed in, beside those that are there; whether the
/// device had room for it.
pub fn leave<T: Serialize>(session: SessionState, of: DraftOf, draft: T) -> bool {
    let Some(key) = new_key(session, of, Slot::default()) else { return false };
    let saved = Saved { at: session.now_untracked(), draft };
    storage::write(session.draft_area(), &key.name(), &draft::write(&saved)).is_ok()
}

/// The drafts of the person who is signed in, newest first.
pub fn list(session: SessionState) -> Vec<Listed> {
    let Some(person) = session.session_untracked().map(|session| session.person.id) else {
        return Vec::new();
    };
    let area = session.draft_area();
    let now = session.now_untracked();
    let found = storage::keys(area).into_iter().filter_map(|name| {
        let DraftKey { of, slot, .. } = DraftKey::parse(&name).filter(|key| key.person == person)?;
        let saved = draft::read::<Gist>(&storage::read(area, &name)?)?;
        (!saved.is_stale(now)).then_some(Listed { of, slot, at: saved.at, gist: saved.draft })
    });
    let mut drafts: Vec<Listed> = Vec::new();
    for listed in found {
        let place = drafts.iter().position(|other| other.at < listed.at).unwrap_or(drafts.len());
        drafts.insert(place, listed);
    }
    drafts
}

/// Takes what is too old off the device, whoever typed it.
pub fn sweep(now: Timestamp) {
    for name in storage::keys(Area::Local) {
        if DraftKey::parse(&name).is_none() {
            continue;
        }
        let saved =
            storage::read(Area::Local, &name).and_then(|text| draft::read::<serde::de::IgnoredAny>(&text));
        if saved.is_none_or(|saved| saved.is_stale(now)) {
            storage::remove(Area::Local, &name);
        }
    }
}

/// Takes everything of this tab's store off the device: a shared device keeps nothing after sign-out.
pub fn forget_tab() {
    for name in storage::keys(Area::Session) {
        if DraftKey::parse(&name).is_some() || name.starts_with(OPEN) || name.starts_with(ACT) {
            storage::remove(Area::Session, &name);
        }
    }
}

/// Brings the drafts of the person who is signed in to where they belong now: *Shared device* was ticked when
/// they signed in again, or it was not. The tab that they were moved from keeps what it shows.
pub fn settle(session: SessionState) {
    let Some(person) = session.session_untracked().map(|session| session.person.id) else { return };
    let to = session.draft_area();
    let from = match to {
        Area::Local => Area::Session,
        Area::Session => Area::Local,
    };
    for name in storage::keys(from) {
        let is_own = DraftKey::parse(&name).is_some_and(|key| key.person == person);
        let Some(text) = storage::read(from, &name).filter(|_| is_own) else { continue };
        let saved_at = |text: &str| draft::read::<serde::de::IgnoredAny>(text).map(|saved| saved.at);
        let is_newer = storage::read(to, &name).is_none_or(|there| saved_at(&there) < saved_at(&text));
        if is_newer && storage::write(to, &name, &text).is_err() {
            // Better there than nowhere.
            continue;
        }
        // Only other tabs read it; what is removed next must not look thrown away to them.
        let _ = storage::write(from, &name, draft::MOVED);
        storage::remove(from, &name);
    }
}

/// The draft that a page opens.
fn to_open(session: SessionState, of: DraftOf) -> Option<DraftKey> {
    let new = new_key(session, of, asked())?;
    let drafts: Vec<Slot> =
        list(session).into_iter().filter(|listed| listed.of == of).map(|listed| listed.slot).collect();
    let had = storage::read(Area::Session, &open_name(&new)).map(|name| Slot::named(&name));
    let is_there = |slot: &Slot| drafts.contains(slot);
    let slot = if asked() == Slot::default() {
        had.filter(is_there).or_else(|| drafts.first().cloned())
    } else {
        Some(asked()).filter(is_there)
    }?;
    Some(DraftKey { slot, ..new })
}

/// A draft that begins now, in this slot if it has a name.
fn new_key(session: SessionState, of: DraftOf, slot: Slot) -> Option<DraftKey> {
    let person = session.session_untracked()?.person.id;
    let slot = if slot == Slot::default() { Slot::named(&random::uuid()) } else { slot };
    Some(DraftKey { person, of, slot })
}

/// The slot that the address names; none where no address is provided.
fn asked() -> Slot {
    use_context::<Asked>().map(|Asked(slot)| slot.get_untracked()).unwrap_or_default()
}

fn open_name(key: &DraftKey) -> String {
    format!("{OPEN}{}/{}", key.person, key.of.word())
}

fn remove(name: &str) {
    storage::remove(Area::Local, name);
    storage::remove(Area::Session, name);
}
