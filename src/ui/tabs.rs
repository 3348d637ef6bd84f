//! Several panels in one place.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;

use crate::browser::focus;

/// One panel's name.
#[derive(Debug, Clone)]
pub struct Tab {
    /// What the signal gets; part of element ids.
    pub id: &'static str,
    /// What is read.
    pub label: Signal<String>,
}

/// Tabs after the ARIA Authoring Practices: arrows, Home and End move and choose at once. The children
/// are the panel of the chosen tab; who writes them follows `selected`.
#[component]
pub fn Tabs(
    /// All tabs, in order.
    tabs: Vec<Tab>,
    /// The id of the chosen tab.
    selected: RwSignal<String>,
    children: Children,
) -> impl IntoView {
    let ids: Vec<&'static str> = tabs.iter().map(|tab| tab.id).collect();
    let is_back =
        move |ev: &KeyboardEvent| if focus::is_right_to_left(ev) { "ArrowRight" } else { "ArrowLeft" };
    let on_keydown = move |ev: KeyboardEvent| {
        let at = ids.iter().position(|id| selected.with_untracked(|selected| selected == id)).unwrap_or(0);
        let back = is_back(&ev);
        let to = match ev.key().as_str() {
            "Home" => 0,
            "End" => ids.len() - 1,
            key @ ("ArrowLeft" | "ArrowRight") if key == back => (at + ids.len() - 1) % ids.len(),
            "ArrowLeft" | "ArrowRight" => (at + 1) % ids.len(),
            _ => return,
        };
        if let Some(id) = ids.get(to) {
            ev.prevent_default();
            selected.set((*id).to_owned());
            focus::focus_id(&format!("tab-{id}"));
        }
    };
    view! {
        <div class="tabs">
            <div class="tabs__list" role="tablist" on:keydown=on_keydown>
                {tabs.into_iter().map(|tab| view! { <TabButton tab selected/> }).collect_view()}
            </div>
            <div
                class="tabs__panel"
                role="tabpanel"
                id="tabs-panel"
                tabindex="0"
                aria-labelledby=move || format!("tab-{}", selected.read())
            >
                {children()}
            </div>
        </div>
    }
}

#[component]
fn TabButton(tab: Tab, selected: RwSignal<String>) -> impl IntoView {
    let id = tab.id;
    let is_selected = Memo::new(move |_| selected.with(|selected| selected == id));
    view! {
        <button
            class="tabs__tab"
            type="button"
            role="tab"
            id=format!("tab-{id}")
            aria-controls="tabs-panel"
            aria-selected=move || is_selected.get().to_string()
            tabindex=move || if is_selected.get() { "0" } else { "-1" }
            on:click=move |_| selected.set(id.to_owned())
        >
            {tab.label}
        </button>
    }
}
