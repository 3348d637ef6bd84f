//! On or off, at once.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::field::FieldHint;
use super::when::When;

/// A switch. Refused it keeps its name and the focus, stays off, and says why below.
#[component]
pub fn Switch(
    /// The id of the control; also its name in the form.
    id: &'static str,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// What it means.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Why it can't be switched on.
    #[prop(optional, into)]
    refused: Signal<Option<String>>,
    /// Whether it is on; kept while it is refused.
    checked: RwSignal<bool>,
) -> impl IntoView {
    let is_refused = Signal::derive(move || refused.with(Option::is_some));
    let reason = Signal::derive(move || refused.get().unwrap_or_default());
    let described_by = move || match (hint.is_some(), is_refused.get()) {
        (true, true) => Some(format!("{id}-hint {id}-reason")),
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-reason")),
        (false, false) => None,
    };
    let on_click = move |ev: MouseEvent| {
        if is_refused.get_untracked() {
            ev.prevent_default();
        }
    };
    view! {
        <div class="switch">
            <input
                class="switch__mark"
                type="checkbox"
                role="switch"
                id=id
                name=id
                aria-disabled=move || is_refused.get().then_some("true")
                aria-describedby=described_by
                prop:checked=move || checked.get() && !is_refused.get()
                on:click=on_click
                on:change=move |ev| checked.set(event_target_checked(&ev))
            />
            <label class="switch__label" for=id id=format!("{id}-label")>{label}</label>
            <FieldHint id hint/>
            <When on=is_refused>
                <p class="switch__reason" id=format!("{id}-reason")>{reason}</p>
            </When>
        </div>
    }
}
