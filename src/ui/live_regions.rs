//! What readers hear when something happens elsewhere on the page.

use leptos::prelude::*;

use crate::browser::clock;

/// What was said less than this ago may not have been read yet, in milliseconds: what follows stands behind
/// it instead of taking its place.
const UNREAD: f64 = 1_000.0;

/// Says things through the live regions.
#[derive(Debug, Clone, Copy)]
pub struct Announcer {
    polite: Region,
    assertive: Region,
}

/// One live region.
#[derive(Debug, Clone, Copy)]
struct Region {
    text: RwSignal<String>,
    /// Since when its first words stand there, by the monotonic clock.
    since: StoredValue<f64>,
}

/// Makes the announcer of the page, once.
pub fn provide_announcer() -> Announcer {
    let region = || Region { text: RwSignal::new(String::new()), since: StoredValue::new(f64::NEG_INFINITY) };
    let announcer = Announcer { polite: region(), assertive: region() };
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
        self.polite.say(text.into());
    }

    /// Says it at once.
    pub fn alert(&self, text: impl Into<String>) {
        self.assertive.say(text.into());
    }
}

/// The two regions; they stand in the page from the start and are never removed.
#[component]
pub fn LiveRegions() -> impl IntoView {
    let Announcer { polite, assertive } = use_announcer();
    view! {
        <div class="visually-hidden" role="status" aria-live="polite">{polite.text}</div>
        <div class="visually-hidden" role="alert" aria-live="assertive">{assertive.text}</div>
    }
}

impl Region {
    fn say(&self, mut text: String) {
        let now = clock::monotonic_millis();
        let is_unread = now - self.since.get_value() < UNREAD;
        let before = self.text.get_untracked();
        if before.trim_end() == text {
            // The same words twice are a change too: a space that nobody hears makes the difference.
            if before == text {
                text.push('\u{a0}');
            }
        } else if is_unread {
            text = format!("{before} {text}");
        }
        if !is_unread {
            self.since.set_value(now);
        }
        self.text.set(text);
    }
}
