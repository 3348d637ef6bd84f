//! A state in a word or two.

use leptos::prelude::*;

use super::tone::Tone;

/// A mark and a text; the mark's shape says the tone to those who don't see its hue.
#[component]
pub fn Pill(
    /// How it looks, by hue and by shape.
    #[prop(optional)]
    tone: Tone,
    /// What is read.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    view! {
        <span class="pill" data-tone=tone.name()>
            <span class="pill__mark" aria-hidden="true"></span>
            <span class="pill__text">{text}</span>
        </span>
    }
}
