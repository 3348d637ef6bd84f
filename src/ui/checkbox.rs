//! Yes or no.

use leptos::prelude::*;

use super::field::FieldHint;

/// A box to tick.
#[component]
pub fn Checkbox(
    /// The id of the control; also its name in the form.
    id: &'static str,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// Whether it is ticked.
    checked: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <div class="checkbox">
            <input
                class="checkbox__mark"
                type="checkbox"
                id=id
                name=id
                aria-describedby=hint.is_some().then(|| format!("{id}-hint"))
                prop:checked=checked
                on:change=move |ev| checked.set(event_target_checked(&ev))
            />
            <label class="checkbox__label" for=id>{label}</label>
            <FieldHint id hint/>
        </div>
    }
}
