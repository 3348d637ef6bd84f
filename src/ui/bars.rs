//! How high, in three bars.

use leptos::prelude::*;

use super::tone::Tone;

/// Three bars, of which `level` are filled. Stands beside the word that says it.
#[component]
pub fn Bars(
    /// How many bars are filled, 0 to 3.
    level: u8,
    /// How it looks, by hue and by shape.
    #[prop(optional)]
    tone: Tone,
) -> impl IntoView {
    view! {
        <span class="bars" data-level=level.min(3).to_string() data-tone=tone.name() aria-hidden="true">
            <span class="bars__bar"></span>
            <span class="bars__bar"></span>
            <span class="bars__bar"></span>
        </span>
    }
}
