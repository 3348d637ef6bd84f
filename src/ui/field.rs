//! What every field has: label, hint, control, error.

use leptos::prelude::*;

use super::when::When;

/// The frame of a field with one control, which the children are.
#[component]
pub(super) fn Field(
    id: &'static str,
    label: Signal<String>,
    hint: Option<Signal<String>>,
    error: Signal<Option<String>>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field" data-invalid=invalid(error)>
            <label class="field__label" for=id id=format!("{id}-label")>{label}</label>
            <FieldHint id hint/>
            {children()}
            <FieldError id error/>
        </div>
    }
}

/// What helps to fill in the field.
#[component]
pub(super) fn FieldHint(id: &'static str, hint: Option<Signal<String>>) -> impl IntoView {
    hint.map(|hint| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> })
}

/// What is wrong with the field.
#[component]
pub(super) fn FieldError(id: &'static str, error: Signal<Option<String>>) -> impl IntoView {
    let is_wrong = Signal::derive(move || error.with(Option::is_some));
    let text = Signal::derive(move || error.get().unwrap_or_default());
    view! {
        <When on=is_wrong>
            <p class="field__error" id=format!("{id}-error")>{text}</p>
        </When>
    }
}

/// The value of `aria-describedby`: the hint, then the error.
pub(super) fn described_by(
    id: &'static str,
    hint: Option<Signal<String>>,
    error: Signal<Option<String>>,
) -> Signal<Option<String>> {
    let has_hint = hint.is_some();
    Signal::derive(move || match (has_hint, error.with(Option::is_some)) {
        (true, true) => Some(format!("{id}-hint {id}-error")),
        (true, false) => Some(format!("{id}-hint")),
        (false, true) => Some(format!("{id}-error")),
        (false, false) => None,
    })
}

/// The value of `aria-invalid`.
pub(super) fn invalid(error: Signal<Option<String>>) -> Signal<Option<&'static str>> {
    Signal::derive(move || error.with(Option::is_some).then_some("true"))
}
