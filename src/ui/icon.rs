//! Small drawings beside words.

use leptos::prelude::*;

/// Which drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IconName {
    /// The bell of a front desk: the product.
    Brand,
    /// A house: the overview.
    Home,
    /// A life belt: contact support.
    Support,
    /// A speech bubble: requests.
    Requests,
    /// A pulse: the status.
    Pulse,
    /// A question mark in a circle: help.
    Help,
    /// A magnifying glass.
    Search,
    /// Three lines: the menu of a phone.
    Menu,
    /// A cross: close.
    Cross,
    /// An arrow down: more below.
    Down,
    /// A person.
    Person,
    /// A triangle with a mark: problem reports.
    Report,
    /// Two people: accounts.
    People,
    /// A cloud that is crossed out: not connected.
    Offline,
    /// A pen: a draft.
    Pen,
    /// A lock: seen by support alone.
    Lock,
    /// An arrow back.
    Back,
    /// A flag: the priorities.
    Flag,
    /// A page with lines: the audit log.
    Log,
}

impl IconName {
    const fn path(self) -> &'static str {
        match self {
            Self::Brand => "M4 18h16M6 18a6 6 0 0 1 12 0M12 12V9M10 9h4",
            Self::Home => "M4 11.5 12 5l8 6.5M6 10v9h4v-5h4v5h4v-9",
            Self::Support => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M12 8.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M5.8 5.8l3.7 3.7M14.5 14.5l3.7 3.7M18.2 5.8l-3.7 3.7M9.5 14.5l-3.7 3.7"
            }
            Self::Requests => "M4 5h16v11h-9l-4 4v-4H4z",
            Self::Pulse => "M3 12h4l3-7 4 14 3-7h4",
            Self::Help => {
                "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18M9.5 9.6a2.5 2.5 0 1 1 3.6 2.2c-.7.4-1.1 1-1.1 1.8M12 16.6v.1"
            }
            Self::Search => "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14M16 16l5 5",
            Self::Menu => "M4 7h16M4 12h16M4 17h16",
            Self::Cross => "M6 6l12 12M18 6 6 18",
            Self::Down => "M6 9.5l6 6 6-6",
            Self::Person => "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8M5 20a7 7 0 0 1 14 0",
            Self::Report => "M12 4 3 20h18zM12 10v4M12 17v.1",
            Self::People => {
                "M9 5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M3 19.5a6 6 0 0 1 12 0M15.5 5.3a3.5 3.5 0 0 1 0 6.4M17.5 14.3a6 6 0 0 1 3.5 5.2"
            }
            Self::Offline => {
                "M4 4l16 16M8.5 8.6A5 5 0 0 0 7.5 18H17M11.5 7.2A5 5 0 0 1 17 11a3.6 3.6 0 0 1 3 5.6"
            }
            Self::Pen => "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
            Self::Lock => "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
            Self::Back => "M19 12H5M11 6l-6 6 6 6",
            Self::Log => "M6 3h9l4 4v14H6zM15 3v4h4M9 11h7M9 14h7M9 17h4",
            Self::Flag => "M6 21V4h12l-3 4.5 3 4.5H6",
        }
    }
}

/// A drawing for the eye; the words beside it say the same.
#[component]
pub fn Icon(
    /// Whose, or which.
    name: IconName,
) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d=name.path()></path>
        </svg>
    }
}
