//! Notifications of the system for what one follows: asked for on use, per device and person.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::browser::notices::{self, Permission};
use crate::browser::storage::{self, Area};
use crate::i18n::{keys as w, t, use_words};
use crate::shell::incidents::state_text;
use crate::shell::{Act, Desk};
use crate::state::SessionState;
use crate::ui::{Button, When, effect_after};

/// Where this device keeps whom it notifies.
const WHOM: &str = "frontdesk.notices";

/// Notifies of each update of what is followed, as the stream brings it.
pub fn follow(desk: Desk, state: SessionState) {
    let words = use_words();
    // The system is outside the reactive graph.
    effect_after(move |known: Option<Option<BTreeSet<String>>>| {
        let page = desk.follows.get()?;
        let known = known.flatten().unwrap_or_default();
        let mut said = BTreeSet::new();
        for follow in &page.items {
            // What has just been followed brings along what the person has just read.
            let is_followed = known.contains(&follow.id.to_string());
            said.insert(follow.id.to_string());
            let updates = follow
                .incidents
                .iter()
                .flat_map(|incident| incident.incident_updates.iter().map(move |update| (incident, update)));
            for (incident, update) in updates {
                let is_news = is_followed && !known.contains(&update.id);
                // A device that slept is told of what is new now.
                let is_fresh = state.now_untracked().since(update.created_at).0 < 600_000;
                if said.insert(update.id.clone()) && is_news && is_fresh && is_on(state) {
                    let status = untrack(|| state_text(&update.status, words));
                    notices::show(&format!("{status}: {}", incident.name), &update.body, &update.id);
                }
            }
        }
        Some(said)
    });
}

fn is_on(state: SessionState) -> bool {
    let me = state.session_untracked().map(|session| session.person.id.to_string());
    notices::permission() == Permission::Granted && me.is_some() && storage::read(Area::Local, WHOM) == me
}

/// *Notify this device*, and the way back.
#[component]
pub fn NotifyButton() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let on = RwSignal::new(is_on(state));
    let is_refused = RwSignal::new(false);
    let act = Act::new(move |()| async move {
        if is_on(state) {
            storage::remove(Area::Local, WHOM);
        } else if notices::ask().await == Permission::Granted
            && let Some(session) = state.session_untracked()
        {
            // Without room the device notifies nobody, and the button says so.
            let _ = storage::write(Area::Local, WHOM, session.person.id.as_str());
        }
        is_refused.set(notices::permission() == Permission::Denied);
        on.set(is_on(state));
    });
    let on_press = Callback::new(move |()| act.begin(()));
    let label = move || t(if on.get() { w::STATUS_NOTIFY_OFF } else { w::STATUS_NOTIFY });
    view! {
        <p class="hint">{t(w::STATUS_NOTIFY_TEXT)}</p>
        <Button busy=act.pending() on_press>{label}</Button>
        <div role="status">
            <When on=is_refused>
                <p>{t(w::STATUS_NOTIFY_REFUSED)}</p>
            </When>
        </div>
    }
}
