//! What every small form does when it is sent.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::browser::focus;
use crate::shell::Act;

/// A field as it is found when its form is sent.
pub struct Checked {
    /// The id of the control.
    pub id: &'static str,
    /// Where its error is shown.
    pub error: RwSignal<Option<String>>,
    /// What is wrong with it.
    pub wrong: Option<String>,
}

/// Handles the submit of a form: not while it is being sent; with the failure of the last try gone; each field
/// saying what is wrong with it, and the first of those with the focus. Where none is, `act` begins with `input`.
pub fn submit<I: 'static>(
    act: Act<I>,
    failure: RwSignal<Option<ApiError>>,
    fields: impl Fn() -> Vec<Checked>,
    input: impl Fn() -> I,
) -> impl Fn(SubmitEvent) {
    move |event| {
        event.prevent_default();
        if act.is_pending() {
            return;
        }
        failure.set(None);
        if all_right(fields()) {
            act.begin(input());
        }
    }
}

fn all_right(fields: Vec<Checked>) -> bool {
    let mut first = None;
    for Checked { id, error, wrong } in fields {
        if wrong.is_some() && first.is_none() {
            first = Some(id);
        }
        error.set(wrong);
    }
    match first {
        Some(id) => {
            focus::focus_id(id);
            false
        }
        None => true,
    }
}
