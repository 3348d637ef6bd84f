//! A button that opens a list of acts.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::prelude::*;

use super::when::When;
use crate::browser::focus::{self, At};
use crate::browser::random;

/// The lines that can be chosen.
const LINES: &str = "[role^=menuitem]";

/// Where the list opens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum MenuPlace {
    /// Below the button, from its start.
    #[default]
    Below,
    /// Below the button, to its end.
    BelowEnd,
    /// Above the button, from its start.
    Above,
}

impl MenuPlace {
    const fn name(self) -> &'static str {
        match self {
            Self::Below => "below",
            Self::BelowEnd => "below-end",
            Self::Above => "above",
        }
    }
}

/// One line of a menu.
#[derive(Debug, Clone)]
pub struct MenuItem {
    label: String,
    note: Option<Signal<String>>,
    act: Act,
}

/// What a line does.
#[derive(Debug, Clone)]
enum Act {
    Link(String),
    Run(Callback<()>),
    Refused(String),
    Choose { is_chosen: bool, run: Callback<()> },
    Heading,
    Separator,
}

impl MenuItem {
    /// A way to another page.
    pub fn link(label: String, href: String) -> Self {
        Self { label, note: None, act: Act::Link(href) }
    }

    /// An act.
    pub fn action(label: String, run: Callback<()>) -> Self {
        Self { label, note: None, act: Act::Run(run) }
    }

    /// An act that isn't possible, and why: it can be reached and read, and does nothing.
    pub fn refused(label: String, reason: String) -> Self {
        Self { label, note: None, act: Act::Refused(reason) }
    }

    /// One of several settings, of which one is in use.
    pub fn choice(label: String, is_chosen: bool, run: Callback<()>) -> Self {
        Self { label, note: None, act: Act::Choose { is_chosen, run } }
    }

    /// The line with a word behind its name that may come later.
    #[must_use]
    pub fn noted(self, note: Signal<String>) -> Self {
        Self { note: Some(note), ..self }
    }

    /// What the lines below are about.
    pub fn heading(label: String) -> Self {
        Self { label, note: None, act: Act::Heading }
    }

    /// A line between acts of different kinds.
    pub fn separator() -> Self {
        Self { label: String::new(), note: None, act: Act::Separator }
    }
}

/// A menu button after the ARIA Authoring Practices: Enter, Space and arrows open it; arrows, Home and End
/// move; Escape closes and goes back to the button; Tab goes on.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "props are owned")]
pub fn Menu(
    /// The name of the button, when `button` shows more or less than that.
    #[prop(into)]
    label: Signal<String>,
    /// What is inside the button.
    #[prop(into)]
    button: ViewFn,
    /// Where the list opens.
    #[prop(optional)]
    place: MenuPlace,
    /// Told each time that it opens.
    #[prop(optional, into)]
    on_open: Option<Callback<()>>,
    /// The lines, top to bottom.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
) -> impl IntoView {
    let id = random::element_id("menu");
    let button_id = format!("{id}-button");
    let open = RwSignal::new(false);
    let (list, trigger) = (StoredValue::new(id), StoredValue::new(button_id.clone()));
    let back = Callback::new(move |()| {
        open.set(false);
        trigger.with_value(|trigger| focus::focus_id(trigger));
    });
    let go = move |at: At| list.with_value(|list| focus::go(list, LINES, at));
    let show = move |at: At| {
        open.set(true);
        if let Some(on_open) = on_open {
            on_open.run(());
        }
        // The list is in the page once the signal has run.
        request_animation_frame(move || go(at));
    };
    let on_key = move |ev: KeyboardEvent| {
        match (ev.key().as_str(), open.get_untracked()) {
            ("ArrowDown" | "Enter" | " ", false) => show(At::First),
            ("ArrowUp", false) => show(At::Last),
            ("ArrowDown", true) => go(At::Next),
            ("ArrowUp", true) => go(At::Previous),
            ("Home", true) => go(At::First),
            ("End", true) => go(At::Last),
            // Not every line is a link, which alone would do this by itself.
            ("Enter" | " ", true) => focus::press(),
            ("Escape", true) => {
                ev.stop_propagation();
                back.run(());
            }
            _ => return,
        }
        ev.prevent_default();
    };
    let on_click = move |_| if open.get_untracked() { back.run(()) } else { show(At::First) };
    let on_focusout = move |ev: FocusEvent| {
        if focus::leaves(&ev, ".menu") {
            open.set(false);
        }
    };
    let expanded = Signal::derive(move || Some(if open.get() { "true" } else { "false" }));
    let controls = Signal::derive(move || open.get().then(|| list.get_value()));
    let lines = move || items.get().into_iter().map(|item| view! { <Line item shut=back/> }).collect_view();
    view! {
        <div class="menu" on:focusout=on_focusout on:keydown=on_key>
            <button
                class="menu__button"
                type="button"
                id=button_id
                aria-haspopup="menu"
                aria-expanded=expanded
                aria-controls=controls
                aria-label=label
                on:click=on_click
            >
                {button.run()}
            </button>
            <When on=open>
                <div class="menu__veil" on:click=move |_| open.set(false)></div>
                <div class="menu__list" role="menu" id=list.get_value() aria-label=label data-place=place.name()>
                    {lines}
                </div>
            </When>
        </div>
    }
}

/// One line. All are one kind of element, so that there is one copy of code for them; those without an
/// address are no links.
#[component]
fn Line(item: MenuItem, shut: Callback<()>) -> impl IntoView {
    let MenuItem { label, note, act } = item;
    let role = match act {
        Act::Link(_) | Act::Run(_) | Act::Refused(_) => "menuitem",
        Act::Choose { .. } => "menuitemradio",
        Act::Heading => "presentation",
        Act::Separator => "separator",
    };
    let checked = match act {
        Act::Choose { is_chosen: true, .. } => Some("true"),
        Act::Choose { is_chosen: false, .. } => Some("false"),
        Act::Link(_) | Act::Run(_) | Act::Refused(_) | Act::Heading | Act::Separator => None,
    };
    let is_stop = !matches!(act, Act::Heading | Act::Separator);
    let (href, run, reason) = match act {
        Act::Link(href) => (Some(href), None, None),
        Act::Run(run) | Act::Choose { run, .. } => (None, Some(run), None),
        Act::Refused(reason) => (None, None, Some(reason)),
        Act::Heading | Act::Separator => (None, None, None),
    };
    let is_refused = reason.is_some();
    let does = href.is_some() || run.is_some();
    let on_click = move |_| {
        if does {
            shut.run(());
        }
        if let Some(run) = run {
            run.run(());
        }
    };
    let id = random::element_id("item");
    let (name_id, reason_id) = (format!("{id}-name"), format!("{id}-reason"));
    let named_by = is_refused.then(|| name_id.clone());
    let described_by = is_refused.then(|| reason_id.clone());
    view! {
        <a
            class="menu__item"
            role=role
            tabindex=is_stop.then_some("-1")
            href=href
            aria-checked=checked
            aria-disabled=is_refused.then_some("true")
            aria-labelledby=named_by
            aria-describedby=described_by
            on:click=on_click
        >
            <span id=name_id>{label} {note.map(|note| view! { " " <span class="chip__count">{note}</span> })}</span>
            {reason.map(|reason| view! { <span class="menu__reason" id=reason_id>{reason}</span> })}
        </a>
    }
}
