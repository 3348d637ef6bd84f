//! *New version ready*: a tab of an older release keeps working, and says that there is a newer one.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::{clock, page, release};
use crate::domain::release::is_another;
use crate::i18n::{keys as w, t};
use crate::route::Route;
use crate::ui::{Button, When};

/// How long after one look the next is made at the earliest, in milliseconds.
const REST: f64 = 5.0 * 60_000.0;

/// What is known of newer releases, in context.
#[derive(Clone, Copy)]
pub struct Release {
    is_old: RwSignal<bool>,
    /// When it was looked, by the monotonic clock.
    looked_at: StoredValue<f64>,
}

impl Release {
    /// Looks each time that somebody comes back to this tab, for as long as the caller stands.
    pub fn watch() -> Self {
        let release =
            Self { is_old: RwSignal::new(false), looked_at: StoredValue::new(clock::monotonic_millis()) };
        let listening = StoredValue::new_local(page::on_show(move || release.look()));
        on_cleanup(move || listening.dispose());
        release
    }

    /// Looks whether the server has another release, unless that was done a moment ago.
    pub fn look(self) {
        let now = clock::monotonic_millis();
        if self.is_old.get_untracked() || now - self.looked_at.get_value() < REST {
            return;
        }
        self.looked_at.set_value(now);
        spawn_local(async move {
            let newest = release::newest(&Route::Overview.to_string()).await;
            if newest.is_some_and(|newest| is_another(&newest, &release::own())) {
                self.is_another();
            }
        });
    }

    /// The server has another release.
    pub fn is_another(self) {
        // The panel may be gone when the answer comes.
        let _ = self.is_old.try_set(true);
    }
}

/// Says so, quietly.
#[component]
pub fn ReleaseBar() -> impl IntoView {
    let release = expect_context::<Release>();
    let on_press = Callback::new(move |()| page::reload());
    view! {
        <div role="status">
            <When on=release.is_old>
                <div class="shell-bar" data-tone="info">
                    <p>{t(w::RELEASE_READY)}</p>
                    <Button on_press>{t(w::RELEASE_RELOAD)}</Button>
                </div>
            </When>
        </div>
    }
}
