//! A button that opens a list of acts.

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;

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

/// One line of a menu.
#[derive(Debug, Clone)]
pub struct MenuItem {
    label: String,
    act: Act,
}

/// What a line does.
#[derive(Debug, Clone)]
enum Act {
    Link(String),
    Run(Callback<()>),
    Choose { is_chosen: bool, run: Callback<()> },
    Heading,
    Separator,
}

impl MenuItem {
    /// A way to another page.
    pub fn link(label: String, href: String) -> Self {
        Self { label, act: Act::Link(href) }
    }

    /// An act.
    pub fn action(label: String, run: Callback<()>) -> Self {
        Self { label, act: Act::Run(run) }
    }

    /// One of several settings, of which one is in use.
    pub fn choice(label: String, is_chosen: bool, run: Callback<()>) -> Self {
        Self { label, act: Act::Choose { is_chosen, run } }
    }

    /// What the lines below are about.
    pub fn heading(label: String) -> Self {
        Self { label, act: Act::Heading }
    }

    /// A line between acts of different kinds.
    pub fn separator() -> Self {
        Self { label: String::new(), act: Act::Separator }
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
    /// The lines, top to bottom.
    #[prop(into)]
    items: Signal<Vec<MenuItem>>,
) -> impl IntoView {
    let id = StoredValue::new(random::element_id("menu"));
    let open = RwSignal::new(false);
    let trigger = NodeRef::<html::Button>::new();
    let list = NodeRef::<html::Div>::new();
    let host = NodeRef::<html::Div>::new();
    let back = Callback::new(move |()| {
        open.set(false);
        trigger.get_untracked().map(|trigger| focus::focus(&trigger));
    });
    let show = move |at: At| {
        open.set(true);
        // The list is in the page once the signal has run.
        request_animation_frame(move || {
            if let Some(list) = list.get_untracked() {
                focus::go(&list, LINES, at);
            }
        });
    };
    let on_trigger_key = move |ev: KeyboardEvent| match ev.key().as_str() {
        "ArrowDown" | "Enter" | " " => {
            ev.prevent_default();
            show(At::First);
        }
        "ArrowUp" => {
            ev.prevent_default();
            show(At::Last);
        }
        _ => {}
    };
    let on_click = move |_| if open.get_untracked() { back.run(()) } else { show(At::First) };
    let on_list_key = move |ev: KeyboardEvent| {
        let at = match ev.key().as_str() {
            "ArrowDown" => At::Next,
            "ArrowUp" => At::Previous,
            "Home" => At::First,
            "End" => At::Last,
            "Escape" => {
                ev.prevent_default();
                ev.stop_propagation();
                return back.run(());
            }
            _ => return,
        };
        ev.prevent_default();
        if let Some(list) = list.get_untracked() {
            focus::go(&list, LINES, at);
        }
    };
    let on_focusout = move |ev: FocusEvent| {
        if host.get_untracked().is_some_and(|host| focus::leaves(&host, &ev)) {
            open.set(false);
        }
    };
    view! {
        <div class="menu" node_ref=host on:focusout=on_focusout>
            <button
                class="menu__button"
                type="button"
                node_ref=trigger
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-controls=move || open.get().then(|| id.get_value())
                aria-label=label
                on:click=on_click
                on:keydown=on_trigger_key
            >
                {button.run()}
            </button>
            <Show when=move || open.get()>
                <div class="menu__veil" on:click=move |_| open.set(false)></div>
                <div
                    class="menu__list"
                    role="menu"
                    id=id.get_value()
                    aria-label=label
                    data-place=match place {
                        MenuPlace::Below => "below",
                        MenuPlace::BelowEnd => "below-end",
                        MenuPlace::Above => "above",
                    }
                    node_ref=list
                    on:keydown=on_list_key
                >
                    {move || items.get().into_iter().map(|item| view! { <Line item shut=back/> }).collect_view()}
                </div>
            </Show>
        </div>
    }
}

/// One line.
#[component]
fn Line(item: MenuItem, shut: Callback<()>) -> impl IntoView {
    let MenuItem { label, act } = item;
    match act {
        Act::Link(href) => view! {
            <a class="menu__item" role="menuitem" tabindex="-1" href=href on:click=move |_| shut.run(())>{label}</a>
        }
        .into_any(),
        Act::Run(run) => {
            let on_click = move |_| {
                shut.run(());
                run.run(());
            };
            view! { <button class="menu__item" type="button" role="menuitem" tabindex="-1" on:click=on_click>{label}</button> }
                .into_any()
        }
        Act::Choose { is_chosen, run } => {
            let on_click = move |_| {
                shut.run(());
                run.run(());
            };
            view! {
                <button
                    class="menu__item"
                    type="button"
                    role="menuitemradio"
                    tabindex="-1"
                    aria-checked=is_chosen.to_string()
                    on:click=on_click
                >
                    {label}
                </button>
            }
            .into_any()
        }
        Act::Heading => view! { <div class="menu__heading" role="presentation">{label}</div> }.into_any(),
        Act::Separator => view! { <div class="menu__separator" role="separator"></div> }.into_any(),
    }
}
