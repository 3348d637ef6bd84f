//! One of a few, each with what it means.

use leptos::ev::Event;
use leptos::prelude::*;

use super::field::{FieldError, FieldHint, described_by, invalid};
use crate::browser::focus;

/// How the choices stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChoiceLayout {
    /// One below the other.
    #[default]
    Stack,
    /// Side by side, where there is room.
    Row,
}

/// One that can be chosen, or says why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceOption {
    /// What the signal gets.
    pub value: String,
    /// Its name.
    pub label: String,
    /// What it means.
    pub text: String,
    /// Why it can't be chosen.
    pub refused: Option<String>,
}

/// Cards to choose one of. Native radio buttons: arrows move, Space chooses. A refused one can be
/// reached and read, and never becomes the choice.
#[component]
pub fn Choice(
    /// The id of the control; also its name in the form.
    id: &'static str,
    /// What is chosen.
    #[prop(into)]
    legend: Signal<String>,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What is typed or chosen.
    value: RwSignal<String>,
    /// What can be chosen.
    #[prop(into)]
    options: Signal<Vec<ChoiceOption>>,
    /// How the choices stand.
    #[prop(optional)]
    layout: ChoiceLayout,
) -> impl IntoView {
    let card = move |(index, option): (usize, ChoiceOption)| {
        let is_chosen = value.with(|value| *value == option.value);
        view! { <Card id index option is_chosen value/> }
    };
    let cards = move || options.get().into_iter().enumerate().map(card).collect_view();
    view! {
        <fieldset
            class="field choice"
            // An error summary leads here; the first card is what the keyboard wants.
            id=format!("{id}-group")
            data-invalid=invalid(error)
            aria-describedby=described_by(id, hint, error)
        >
            <legend class="field__label" id=format!("{id}-label")>{legend}</legend>
            <FieldHint id hint/>
            <div class="choice__cards" data-layout=match layout { ChoiceLayout::Stack => "stack", ChoiceLayout::Row => "row" }>
                {cards}
            </div>
            <FieldError id error/>
        </fieldset>
    }
}

/// One card: the first has the id of the field, so that a link to the field reaches it.
#[component]
fn Card(
    id: &'static str,
    index: usize,
    option: ChoiceOption,
    is_chosen: bool,
    value: RwSignal<String>,
) -> impl IntoView {
    let ChoiceOption { value: own, label, text, refused } = option;
    let is_refused = refused.is_some();
    let card_id = if index == 0 { id.to_owned() } else { format!("{id}-{index}") };
    let (title_id, text_id) = (format!("{card_id}-title"), format!("{card_id}-text"));
    let on_change = {
        let own = own.clone();
        move |ev: Event| {
            if is_refused {
                // The browser has marked it already; the mark goes back to the choice that stands.
                value.with_untracked(|value| focus::mark(&ev, value));
            } else {
                value.set(own.clone());
            }
        }
    };
    view! {
        <label class="choice__card" data-refused=is_refused.then_some("")>
            <input
                class="choice__mark"
                type="radio"
                id=card_id
                name=id
                value=own
                prop:checked=is_chosen
                aria-disabled=is_refused.then_some("true")
                // Its title alone is its name: the rest would be read out with each arrow.
                aria-labelledby=title_id.clone()
                aria-describedby=text_id.clone()
                on:change=on_change
            />
            <span class="choice__words">
                <span class="choice__label" id=title_id>{label}</span>
                <span class="choice__text" id=text_id>
                    {text}
                    <span class="choice__reason">{refused}</span>
                </span>
            </span>
        </label>
    }
}
