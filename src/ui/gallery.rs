//! All blocks with all their states, on one page of development builds.

use leptos::prelude::*;

/// The page of all blocks.
#[component]
pub fn Gallery() -> impl IntoView {
    view! { <main class="gallery"></main> }
}
