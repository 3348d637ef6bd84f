//! Everything that is wrong with a form, on top of it.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::when::When;
use crate::browser::{focus, random};
use crate::ui::effect;

/// Shows while there are errors. Each time that the list changes to some, it takes the focus and is read out;
/// each entry leads to its field.
#[component]
pub fn ErrorSummary(
    /// The id of the field and what to do, in the order of the page; no id for what belongs to no field.
    #[prop(into)]
    errors: Signal<Vec<(&'static str, String)>>,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    let id = random::element_id("errors");
    let own = StoredValue::new(id);
    let is_wrong = Signal::derive(move || !errors.read().is_empty());
    // The focus of the browser, once the summary is in the page.
    effect(move || {
        if is_wrong.get() {
            request_animation_frame(move || {
                own.with_value(|id| focus::focus_id(id));
            });
        }
    });
    let entries =
        move || errors.get().into_iter().map(|(id, text)| view! { <Entry id text/> }).collect_view();
    view! {
        <When on=is_wrong>
            <div class="error-summary" role="alert" tabindex="-1" id=own.get_value()>
                <h2 class="error-summary__title">{title}</h2>
                <ul class="error-summary__list">{entries}</ul>
            </div>
        </When>
    }
}

/// One error, with the way to its field.
#[component]
fn Entry(id: &'static str, text: String) -> impl IntoView {
    let href = (!id.is_empty()).then(|| format!("#{id}"));
    let on_click = move |ev: MouseEvent| {
        ev.prevent_default();
        // The label first, so that it is seen above the field.
        focus::scroll_into_view(&format!("{id}-label"));
        focus::focus_id(id);
    };
    // Without an address it is no link, and leads nowhere.
    view! { <li><a href=href on:click=on_click>{text}</a></li> }
}
