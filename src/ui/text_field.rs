//! One line of text.

use leptos::prelude::*;

use super::field::{Field, described_by, invalid};
use super::when::When;

/// What is typed, so that browsers offer the right keyboard and the right help.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Input {
    /// Anything.
    #[default]
    Text,
    /// The address of the person who signs in.
    Email,
    /// A secret that no password manager should fill in.
    Password,
    /// A password that is being chosen.
    NewPassword,
    /// The password in use.
    CurrentPassword,
    /// A whole number.
    Number,
    /// Words to look for.
    Search,
    /// A phone number.
    Phone,
    /// A day and an hour, in the reader's time zone.
    Moment,
}

impl Input {
    const fn kind(self) -> &'static str {
        match self {
            // Numbers too: a `number` field loses what it doesn't understand.
            Self::Text | Self::Number => "text",
            Self::Email => "email",
            Self::Password | Self::NewPassword | Self::CurrentPassword => "password",
            Self::Search => "search",
            Self::Phone => "tel",
            Self::Moment => "datetime-local",
        }
    }

    const fn autocomplete(self) -> &'static str {
        match self {
            Self::Email => "username",
            Self::NewPassword => "new-password",
            Self::CurrentPassword => "current-password",
            Self::Phone => "tel",
            Self::Text | Self::Password | Self::Number | Self::Search | Self::Moment => "off",
        }
    }

    const fn input_mode(self) -> Option<&'static str> {
        match self {
            Self::Number => Some("numeric"),
            Self::Text
            | Self::Phone
            | Self::Email
            | Self::Password
            | Self::NewPassword
            | Self::CurrentPassword
            | Self::Search
            | Self::Moment => None,
        }
    }
}

/// A field for one line.
#[component]
pub fn TextField(
    /// The id of the control; also its name in the form.
    id: &'static str,
    /// What it is called.
    #[prop(into)]
    label: Signal<String>,
    /// What helps to fill it in.
    #[prop(optional, into)]
    hint: Option<Signal<String>>,
    /// What is wrong with it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// What is typed or chosen.
    value: RwSignal<String>,
    /// What is typed.
    #[prop(optional)]
    input: Input,
    /// How many characters fit. More can be typed, so that nothing pasted is cut: a count shows it.
    #[prop(optional)]
    max: Option<usize>,
) -> impl IntoView {
    view! {
        <Field id label hint error>
            <input
                class="input"
                id=id
                name=id
                type=input.kind()
                autocomplete=input.autocomplete()
                inputmode=input.input_mode()
                aria-describedby=described_by(id, hint, error)
                aria-invalid=invalid(error)
                prop:value=value
                on:input=move |ev| value.set(event_target_value(&ev))
            />
            <Count value max/>
        </Field>
    }
}

/// How much of the room is used, from four fifths on. For the eye: the error says it in words.
#[component]
pub(super) fn Count(value: RwSignal<String>, max: Option<usize>) -> impl IntoView {
    max.map(|max| {
        let length = Signal::derive(move || value.with(|text| text.chars().count()));
        let text = Signal::derive(move || format!("{}/{max}", length.get()));
        let over = Signal::derive(move || (length.get() > max).then_some(""));
        let is_shown = Signal::derive(move || length.get() * 5 > max * 4);
        view! {
            <When on=is_shown>
                <span class="field__count" aria-hidden="true" data-over=over>{text}</span>
            </When>
        }
    })
}
