//! Going to another page after something was done.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_location, use_navigate};

use crate::route::Route;

/// What the router goes to a path with.
type Navigate = std::sync::Arc<dyn Fn(&str, NavigateOptions) + Send + Sync>;

/// Goes to a route, unless the person has left the page meanwhile.
///
/// An action outlives its page: after a slow answer a bare `navigate` would drag the person back.
#[derive(Clone)]
pub struct Onward {
    from: String,
    path: Memo<String>,
    navigate: Navigate,
}

impl Onward {
    /// Whether the person is still where they were.
    pub fn is_still_here(&self) -> bool {
        self.path.try_get_untracked().is_some_and(|path| path == self.from)
    }

    /// Goes to `route`.
    pub fn go(&self, route: &Route) {
        self.go_to(&route.to_string());
    }

    /// Goes to a path that [`crate::route`] made or checked.
    pub fn go_to(&self, path: &str) {
        if self.is_still_here() {
            (self.navigate)(path, NavigateOptions::default());
        }
    }
}

/// Remembers where the person is now.
pub fn use_onward() -> Onward {
    let path = use_location().pathname;
    let navigate = use_navigate();
    Onward {
        from: path.get_untracked(),
        path,
        navigate: std::sync::Arc::new(move |to, options| navigate(to, options)),
    }
}
