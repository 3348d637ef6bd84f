//! A part of a page.

use leptos::prelude::*;

/// A surface with a heading and what belongs to it.
#[component]
pub fn Card(
    /// The heading.
    #[prop(optional, into)]
    title: Option<Signal<String>>,
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card">
            {title.map(|title| view! { <h2 class="card__title">{title}</h2> })}
            {children()}
        </section>
    }
}
