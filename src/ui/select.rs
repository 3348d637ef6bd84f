//! One of many, by its name.

use leptos::prelude::*;

use super::field::{Field, described_by, invalid};

/// One that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOption {
    /// What the signal gets.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl SelectOption {
    /// An option.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

/// A native list to choose from.
#[component]
pub fn Select(
    /// The id of the control; also its name in the form.
    id: &'static str,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What is typed or chosen.
    value: RwSignal<String>,
    /// What can be chosen.
    #[prop(into)]
    options: Signal<Vec<SelectOption>>,
    /// What stands there while nothing is chosen.
    #[prop(optional, into)]
    prompt: Option<Signal<String>>,
) -> impl IntoView {
    let all = move || {
        let none = prompt.map(|prompt| SelectOption { value: String::new(), label: prompt.get() });
        let chosen = value.get();
        let option = |SelectOption { value, label }: SelectOption| {
            let is_chosen = value == chosen;
            view! { <option value=value prop:selected=is_chosen>{label}</option> }
        };
        let offered = options.get();
        // What is held and not offered any more must not look like the first of what is.
        let is_lost = none.is_none() && !offered.iter().any(|option| option.value == chosen);
        let lost = is_lost.then(|| SelectOption::new(chosen.clone(), ""));
        none.into_iter().chain(lost).chain(offered).map(option).collect_view()
    };
    view! {
        <Field id label hint error>
            <select
                class="input"
                id=id
                name=id
                aria-describedby=described_by(id, hint, error)
                aria-invalid=invalid(error)
                on:change=move |ev| value.set(event_target_value(&ev))
            >
                {all}
            </select>
        </Field>
    }
}
