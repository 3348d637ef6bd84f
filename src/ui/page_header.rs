//! What the page is.

use leptos::prelude::*;

/// The one `h1` of the page, a sentence, and what can be done here. The heading takes the focus after a navigation.
#[component]
pub fn PageHeader(
    /// The heading.
    #[prop(into)]
    title: Signal<String>,
    /// A sentence about the page.
    #[prop(optional, into)]
    intro: Option<Signal<String>>,
    /// The acts of the page.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-header">
            <div class="page-header__words">
                <h1 class="page-header__title" tabindex="-1">{title}</h1>
                {intro.map(|intro| view! { <p class="page-header__intro">{intro}</p> })}
            </div>
            {children.map(|children| view! { <div class="page-header__actions">{children()}</div> })}
        </header>
    }
}
