//! Several lines of text.

use leptos::prelude::*;

use super::field::{Field, described_by, invalid};
use super::text_field::Count;

/// A field for several lines.
#[component]
pub fn TextArea(
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
    /// How many lines are seen; it grows with what is typed.
    #[prop(default = 4)]
    rows: u32,
    /// How many characters fit. More can be typed, so that nothing pasted is cut: a count shows it.
    #[prop(optional)]
    max: Option<usize>,
) -> impl IntoView {
    view! {
        <Field id label hint error>
            <textarea
                class="input"
                id=id
                name=id
                rows=rows
                aria-describedby=described_by(id, hint, error)
                aria-invalid=invalid(error)
                prop:value=value
                on:input=move |ev| value.set(event_target_value(&ev))
            ></textarea>
            <Count value max/>
        </Field>
    }
}
