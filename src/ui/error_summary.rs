//! Everything that is wrong with a form, on top of it.

use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;

use crate::browser::focus;

/// Shows while there are errors. Each time that the list changes to some, it takes the focus and is read out;
/// each entry leads to its field.
#[component]
pub fn ErrorSummary(
    /// The id of the field and what to do, in the order of the page.
    #[prop(into)]
    errors: Signal<Vec<(&'static str, String)>>,
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
) -> impl IntoView {
    let summary = NodeRef::<html::Div>::new();
    let shown = Memo::new(move |_| errors.get());
    // The focus of the browser.
    Effect::new(move || {
        if let Some(element) = summary.get().filter(|_| !shown.read().is_empty()) {
            focus::focus(&element);
        }
    });
    view! {
        <Show when=move || !shown.read().is_empty()>
            <div class="error-summary" role="alert" tabindex="-1" node_ref=summary>
                <h2 class="error-summary__title">{title}</h2>
                <ul class="error-summary__list">
                    {move || shown.get().into_iter().map(|(id, text)| view! { <Entry id text/> }).collect_view()}
                </ul>
            </div>
        </Show>
    }
}

/// One error, with the way to its field.
#[component]
fn Entry(id: &'static str, text: String) -> impl IntoView {
    let on_click = move |ev: MouseEvent| {
        ev.prevent_default();
        // The label first, so that it is seen above the field.
        focus::scroll_into_view(&format!("{id}-label"));
        focus::focus_id(id);
    };
    view! { <li><a href=format!("#{id}") on:click=on_click>{text}</a></li> }
}
