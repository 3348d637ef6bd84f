//! The fields of a call: the permission, then the number and the time.

use frontdesk_contract::call::{CallOffer, CallingCode, Window, can_record};
use frontdesk_contract::{Channel, Settings};
use leptos::prelude::*;

use crate::api::calls;
use crate::browser::intl;
use crate::domain::call::{CallField, CallRejected};
use crate::i18n::{keys as w, t, use_words};
use crate::shell::call_form::{CallForm, consent, id_of, sentence};
use crate::shell::{Failure, hours, use_fetched_if};
use crate::state::SessionState;
use crate::ui::{Input, Select, SelectOption, Switch, TextField, When};

/// *Allow recording* with its words, and once a call is possible with it the number and the time.
#[component]
pub fn CallFields(
    form: CallForm,
    settings: Signal<Settings>,
    /// What is wrong with the fields.
    rejected: Signal<CallRejected>,
) -> impl IntoView {
    let words = use_words();
    let hint = Signal::derive(move || settings.with(|settings| consent(settings, words)));
    let is_needed = Signal::derive(move || settings.with(|settings| settings.phone.recording.is_needed()));
    let may_call = Signal::derive(move || {
        settings.with(|settings| can_record(&settings.phone, form.recording.get()).is_ok())
    });
    view! {
        <Switch id=id_of(CallField::Recording) label=t(w::PHONE_RECORD) hint checked=form.recording/>
        <When on=is_needed>
            <p class="hint">{t(w::PHONE_CONSENT_EFFECT)}</p>
        </When>
        <When on=may_call>
            <NumberAndTime form settings rejected/>
        </When>
    }
}

#[component]
fn NumberAndTime(
    form: CallForm,
    settings: Signal<Settings>,
    rejected: Signal<CallRejected>,
) -> impl IntoView {
    let words = use_words();
    let offer = use_fetched_if(|| Some(calls::offer()));
    let newest = Signal::derive(move || offer.get().unwrap_or_default());
    let countries = Memo::new(move |_| newest.with(|offer| country_options(offer, &words.language())));
    let on_retry = Callback::new(move |()| offer.ask_again());
    view! {
        <Failure error=offer.error() busy=offer.asking() on_retry/>
        <div class="form-row">
            <Select
                id=id_of(CallField::Country)
                label=t(w::CALL_COUNTRY)
                prompt=t(w::CALL_COUNTRY_PROMPT)
                value=form.country
                options=countries
                error=error_of(CallField::Country, rejected)
            />
            <TextField
                id=id_of(CallField::Number)
                label=t(w::PHONE_NUMBER)
                input=Input::Phone
                value=form.number
                error=error_of(CallField::Number, rejected)
            />
        </div>
        <WindowField offer=newest from=form.from settings rejected/>
        <p class="hint">{t(w::PHONE_CALLER)}</p>
    }
}

/// The window, in the reader's time zone, with support's hours beside it.
#[component]
pub fn WindowField(
    offer: Signal<CallOffer>,
    /// The beginning of the window that is chosen, as the wire writes it.
    from: RwSignal<String>,
    settings: Signal<Settings>,
    /// What is wrong with the fields.
    rejected: Signal<CallRejected>,
) -> impl IntoView {
    let words = use_words();
    let state = expect_context::<SessionState>();
    let options = Signal::derive(move || {
        let language = words.language();
        let option = |window: &Window| {
            let label = intl::day_and_hours(window.from, window.to, &language);
            SelectOption::new(window.from.to_string(), label)
        };
        offer.with(|offer| offer.windows.iter().map(option).collect())
    });
    let hours = Signal::derive(move || {
        let hours = settings.with(|settings| {
            settings
                .channel(Channel::Phone)
                .map(|channel| hours::told(channel, state.now(), words))
                .unwrap_or_default()
        });
        let yours = words.text_with(w::CALL_YOUR_ZONE, &[("zone", intl::time_zone().replace('_', " "))]);
        format!("{hours} {yours}")
    });
    view! {
        <Select
            id=id_of(CallField::Window)
            label=t(w::CALL_WINDOW)
            hint=hours
            prompt=t(w::CALL_WINDOW_PROMPT)
            value=from
            options
            error=error_of(CallField::Window, rejected)
        />
    }
}

/// The countries by their names, as the reader's alphabet sorts them, with what their numbers begin with.
fn country_options(offer: &CallOffer, language: &str) -> Vec<SelectOption> {
    let option = |known: &CallingCode| {
        let id = known.country.as_str();
        SelectOption::new(id, format!("{} (+{})", intl::region_name(id, language), known.code))
    };
    let mut options: Vec<SelectOption> = offer.countries.iter().map(option).collect();
    options.sort_by(|one, other| intl::compare(&one.label, &other.label, language));
    options
}

/// What is wrong with a field, in words; follows changes.
fn error_of(field: CallField, rejected: Signal<CallRejected>) -> Signal<Option<String>> {
    let words = use_words();
    Signal::derive(move || {
        rejected.with(|all| {
            let (_, refusal) = all.iter().find(|(rejected, _)| *rejected == field)?;
            Some(sentence(field, refusal, words))
        })
    })
}
