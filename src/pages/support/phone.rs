//! *Request phone support*: a switch inside *Ask a question* (seed 000), then the permission, the number, the time.

use frontdesk_contract::call::can_call_about;
use frontdesk_contract::{Channel, Settings};
use leptos::prelude::*;

use crate::i18n::{Key, keys as w, t, use_words};
use crate::pages::calls::fields::CallFields;
use crate::shell::ask_form::AskForm;
use crate::ui::{Switch, When};

/// The seven steps of seed 000.
const STEPS: [Key; 7] = [
    w::PHONE_STEPS_1,
    w::PHONE_STEPS_2,
    w::PHONE_STEPS_3,
    w::PHONE_STEPS_4,
    w::PHONE_STEPS_5,
    w::PHONE_STEPS_6,
    w::PHONE_STEPS_7,
];

/// The part of the form. What was typed stays when the topic has no phone support, or the switch is off again.
#[component]
pub fn PhonePart(form: AskForm, settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let refused = Signal::derive(move || {
        settings.with(|settings| {
            if !settings.channel(Channel::Phone).is_some_and(|channel| channel.enabled) {
                return Some(words.text(w::REFUSAL_CALL_OFF));
            }
            let topic = settings.topic(&form.topic.get().parse().ok()?)?;
            can_call_about(topic).err()?;
            let name = topic.name.in_language(&words.language()).to_owned();
            Some(words.text_with(w::PHONE_EXCLUDED_TOPIC, &[("topic", name)]))
        })
    });
    let is_on = Signal::derive(move || form.call.wanted.get() && refused.with(Option::is_none));
    let rejected = form.call_rejected();
    let steps = STEPS.map(|step| view! { <li>{t(step)}</li> }).into_iter().collect_view();
    view! {
        <div class="phone" role="group" aria-labelledby="ask-phone-label">
            <Switch
                id="ask-phone"
                label=t(w::PHONE_REQUEST)
                hint=t(w::PHONE_EXCLUDED)
                refused
                checked=form.call.wanted
            />
            <When on=is_on>
                <CallFields form=form.call settings rejected/>
            </When>
            <details class="steps">
                <summary>{t(w::PHONE_STEPS)}</summary>
                <ol>{steps}</ol>
            </details>
        </div>
    }
}
