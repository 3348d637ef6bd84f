//! Drafts on the device: kept while one types, found again after anything.

use frontdesk_contract::Timestamp;
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::browser::storage::{self, Area};
use crate::browser::{page, timer};
use crate::domain::draft::{self, DraftKey, DraftOf, Saved};
use crate::state::SessionState;

/// How long after the last key a draft is written, in milliseconds. Leaving the page writes at once.
const PAUSE: i32 = 300;

/// Keeps one draft.
#[derive(Clone, Copy)]
pub struct Keeper {
    name: StoredValue<String>,
    area: Area,
    /// The draft as JSON; `None` when there is nothing worth keeping.
    snapshot: Signal<Option<String>>,
    written: StoredValue<Option<String>>,
    session: SessionState,
    saved_at: RwSignal<Option<Timestamp>>,
    is_full: RwSignal<bool>,
    is_stopped: StoredValue<bool>,
}

impl Keeper {
    /// Keeps what `snapshot` says from now on, as JSON.
    pub fn keep(
        of: DraftOf,
        session: SessionState,
        snapshot: Signal<Option<String>>,
        since: Option<Timestamp>,
    ) -> Self {
        let keeper = Self {
            name: StoredValue::new(name_of(session, of)),
            area: session.draft_area(),
            snapshot,
            written: StoredValue::new(snapshot.get_untracked()),
            session,
            saved_at: RwSignal::new(since),
            is_full: RwSignal::new(false),
            is_stopped: StoredValue::new(false),
        };
        let pause = StoredValue::new_local(None::<timer::Timer>);
        // The device's store is outside the reactive graph.
        Effect::new(move |_| {
            snapshot.track();
            pause.set_value(Some(timer::after(PAUSE, move || keeper.save_now())));
        });
        let hide = page::on_hide(move || keeper.save_now());
        let hide = StoredValue::new_local(hide);
        on_cleanup(move || {
            keeper.save_now();
            hide.dispose();
        });
        keeper
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
        let name = self.name.get_value();
        match &snapshot {
            Some(json) => {
                let at = self.session.now_untracked();
                let is_written = storage::write(self.area, &name, &wrap(at, json)).is_ok();
                self.is_full.set(!is_written);
                if is_written {
                    self.saved_at.set(Some(at));
                }
            }
            None => {
                storage::remove(self.area, &name);
                self.saved_at.set(None);
            }
        }
        self.written.set_value(snapshot);
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
        Place { area: self.area, name: self.name.get_value() }
    }

    /// Takes it off the device: it was sent, or thrown away.
    pub fn erase(&self) {
        let Some(name) = self.name.try_get_value() else { return };
        storage::remove(self.area, &name);
        self.saved_at.set(None);
        self.written.set_value(None);
    }
}

/// Where a draft lies on the device.
#[derive(Debug, Clone)]
pub struct Place {
    area: Area,
    name: String,
}

impl Place {
    /// Takes the draft off the device.
    pub fn clear(&self) {
        storage::remove(self.area, &self.name);
    }
}

/// What lies on the device for the person who is signed in.
pub fn restore<T: DeserializeOwned>(session: SessionState, of: DraftOf) -> Option<Saved<T>> {
    let text = storage::read(session.draft_area(), &name_of(session, of))?;
    draft::read::<T>(&text).filter(|saved| !saved.is_stale(session.now_untracked()))
}

/// Leaves a draft for another page of the person who is signed in; whether the device had room for it.
pub fn leave<T: Serialize>(session: SessionState, of: DraftOf, draft: T) -> bool {
    let saved = Saved { at: session.now_untracked(), draft };
    storage::write(session.draft_area(), &name_of(session, of), &draft::write(&saved)).is_ok()
}

/// The drafts of the person who is signed in, newest first.
pub fn list(session: SessionState) -> Vec<(DraftOf, Timestamp)> {
    let Some(person) = session.session_untracked().map(|session| session.person.id) else {
        return Vec::new();
    };
    let area = session.draft_area();
    let now = session.now_untracked();
    let found = storage::keys(area).into_iter().filter_map(|name| {
        let key = DraftKey::parse(&name).filter(|key| key.person == person)?;
        let saved = draft::read::<serde::de::IgnoredAny>(&storage::read(area, &name)?)?;
        (!saved.is_stale(now)).then_some((key.of, saved.at))
    });
    let mut drafts: Vec<(DraftOf, Timestamp)> = Vec::new();
    for (of, at) in found {
        let place = drafts.iter().position(|(_, other)| *other < at).unwrap_or(drafts.len());
        drafts.insert(place, (of, at));
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
        if DraftKey::parse(&name).is_some() {
            storage::remove(Area::Session, &name);
        }
    }
}

fn name_of(session: SessionState, of: DraftOf) -> String {
    session
        .session_untracked()
        .map(|session| DraftKey { person: session.person.id, of }.name())
        .unwrap_or_default()
}

/// The draft's JSON with its time around it, as [`draft::write`] would do for the typed draft.
fn wrap(at: Timestamp, json: &str) -> String {
    format!("{{\"at\":\"{at}\",\"draft\":{json}}}")
}
