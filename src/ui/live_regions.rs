//! What readers hear when something happens elsewhere on the page.

use leptos::prelude::*;

/// Says things through the live regions.
#[derive(Debug, Clone, Copy)]
pub struct Announcer {
    polite: RwSignal<String>,
    assertive: RwSignal<String>,
}

/// Makes the announcer of the page, once.
pub fn provide_announcer() -> Announcer {
    let announcer =
        Announcer { polite: RwSignal::new(String::new()), assertive: RwSignal::new(String::new()) };
    provide_context(announcer);
    announcer
}

/// The announcer of the page.
pub fn use_announcer() -> Announcer {
    expect_context::<Announcer>()
}

impl Announcer {
    /// Says it when the reader pauses.
    pub fn announce(&self, text: impl Into<String>) {
        say(self.polite, text.into());
    }

    /// Says it at once.
    pub fn alert(&self, text: impl Into<String>) {
        say(self.assertive, text.into());
    }
}

/// The two regions; they stand in the page from the start and are never removed.
#[component]
pub fn LiveRegions() -> impl IntoView {
    let Announcer { polite, assertive } = use_announcer();
    view! {
        <div class="visually-hidden" role="status" aria-live="polite">{polite}</div>
        <div class="visually-hidden" role="alert" aria-live="assertive">{assertive}</div>
    }
}

/// The same words twice are a change too: a space that nobody hears makes the difference.
fn say(region: RwSignal<String>, mut text: String) {
    if region.with_untracked(|before| *before == text) {
        text.push('\u{a0}');
    }
    region.set(text);
}
