//! Something to know before going on.

use leptos::prelude::*;

use super::pill::Pill;
use super::tone::Tone;

/// A message across the page, with what can be done about it. The action wraps below when it is narrow.
#[component]
pub fn Banner(
    /// How it looks, by hue and by shape.
    #[prop(optional)]
    tone: Tone,
    /// The word in the pill.
    #[prop(optional, into)]
    label: Option<Signal<String>>,
    /// What can be done about it.
    #[prop(optional, into)]
    action: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="banner" data-tone=tone.name()>
            <div class="banner__words">
                {label.map(|label| view! { <Pill tone text=label/> })}
                <div class="banner__text">{children()}</div>
            </div>
            {action.map(|action| view! { <div class="banner__action">{action.run()}</div> })}
        </div>
    }
}
