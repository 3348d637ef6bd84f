//! Nothing to show.

use leptos::prelude::*;

/// Says that there is nothing, and what can be done about it.
#[component]
pub fn Empty(
    /// What is read.
    #[prop(into)]
    text: Signal<String>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty__text">{text}</p>
            {children.map(|children| view! { <div class="empty__action">{children()}</div> })}
        </div>
    }
}
