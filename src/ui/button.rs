//! Buttons, and links that look like them.

use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::when::When;
use crate::browser::random;

/// How much a button wants to be pressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Variant {
    /// One of several acts.
    #[default]
    Secondary,
    /// The act of the page; one at most.
    Primary,
    /// An act that takes something away.
    Danger,
    /// An act that stands apart.
    Quiet,
}

impl Variant {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Secondary => "secondary",
            Self::Primary => "primary",
            Self::Danger => "danger",
            Self::Quiet => "quiet",
        }
    }
}

/// What pressing does by itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Nothing but `on_press`.
    #[default]
    Press,
    /// Sends the form that it stands in.
    Submit,
}

/// A button. Refused it keeps its verb and the focus, and says why below; busy it takes no second press.
#[component]
pub fn Button(
    /// How much it wants to be pressed.
    #[prop(optional)]
    variant: Variant,
    /// What pressing does by itself.
    #[prop(optional)]
    kind: ButtonKind,
    /// Why it can't be pressed now.
    #[prop(optional, into)]
    refused: Signal<Option<String>>,
    /// Whether what it started still runs.
    #[prop(optional, into)]
    busy: Signal<bool>,
    /// What pressing does.
    #[prop(optional, into)]
    on_press: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let reason_id = StoredValue::new(random::element_id("reason"));
    let is_refused = Signal::derive(move || refused.with(Option::is_some));
    let reason = Signal::derive(move || refused.get().unwrap_or_default());
    let described_by = Signal::derive(move || is_refused.get().then(|| reason_id.get_value()));
    let disabled = Signal::derive(move || (is_refused.get() || busy.get()).then_some("true"));
    let is_busy = Signal::derive(move || busy.get().then_some("true"));
    let on_click = move |ev: MouseEvent| {
        if is_refused.get_untracked() || busy.get_untracked() {
            ev.prevent_default();
        } else if let Some(on_press) = on_press {
            on_press.run(());
        }
    };
    view! {
        <span class="button-slot">
            <button
                class="button"
                type=match kind { ButtonKind::Press => "button", ButtonKind::Submit => "submit" }
                data-variant=variant.name()
                aria-disabled=disabled
                aria-busy=is_busy
                aria-describedby=described_by
                on:click=on_click
            >
                {children()}
            </button>
            <When on=is_refused>
                <span class="button__reason" id=reason_id.get_value()>{reason}</span>
            </When>
        </span>
    }
}

/// A link that looks like a button, for acts that lead to an address.
#[component]
pub fn ButtonLink(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// How much it wants to be pressed.
    #[prop(optional)]
    variant: Variant,
    children: Children,
) -> impl IntoView {
    view! { <a class="button" href=href data-variant=variant.name()>{children()}</a> }
}
