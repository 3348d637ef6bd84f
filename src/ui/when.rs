//! What is there only sometimes.

use leptos::prelude::*;

/// Shows the children while `on` holds. Does what `Show` does with one copy of code for all places: the
/// panel has many of them.
#[component]
pub fn When(
    /// Whether they are there.
    #[prop(into)]
    on: Signal<bool>,
    /// What is there.
    children: ChildrenFn,
) -> impl IntoView {
    let on = Memo::new(move |_| on.get());
    move || on.get().then(|| children())
}
