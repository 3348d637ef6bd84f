//! When, as people say it.

use leptos::prelude::*;

/// `9 min ago`, with the exact time on hover and for readers.
#[component]
pub fn RelativeTime(
    /// What is read.
    #[prop(into)]
    text: Signal<String>,
    /// The full local time.
    #[prop(into)]
    exact: Signal<String>,
    /// RFC 3339.
    #[prop(into)]
    datetime: String,
) -> impl IntoView {
    view! {
        <time class="relative-time" datetime=datetime title=exact>
            <span aria-hidden="true">{text}</span>
            <span class="visually-hidden">{exact}</span>
        </time>
    }
}
