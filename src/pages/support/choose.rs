//! *Help me choose* inside the form, and a level that an address asks for.

use frontdesk_contract::Priority;
use frontdesk_contract::advice::{Loss, People, Sentence, advise};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::domain::advice::{KEY_PERSON, URGENCIES, short_answers};
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::route::{DRAFT, PRIORITY, Route, with_draft};
use crate::shell::ask_form::AskForm;
use crate::shell::levels::{loss_keys, people_key, suggestion};
use crate::ui::{Choice, ChoiceLayout, ChoiceOption, effect_after};

/// Three questions that open on request. Their answers set the choice above, which can be changed afterwards;
/// nothing else in the form is touched.
#[component]
pub fn HelpMeChoose(form: AskForm) -> impl IntoView {
    let words = use_words();
    let (loss, who, urgency) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let sentence = Memo::new(move |_| short_answers(&loss.read(), &who.read(), &urgency.read()).map(advise));
    // The choice follows each new suggestion, and whatever is chosen by hand afterwards stays.
    effect_after(move |before: Option<Option<Sentence>>| {
        let now = sentence.get();
        if let Some(sentence) = now.filter(|_| before.flatten() != now) {
            form.priority.set(sentence.level().as_str().to_owned());
        }
        now
    });
    let losses = Signal::derive(move || {
        let option = |loss: &Loss| {
            let (label, text) = loss_keys(*loss);
            option(loss.as_str(), label, text, words)
        };
        Loss::ALL.iter().map(option).collect::<Vec<_>>()
    });
    let people = Signal::derive(move || {
        let person = option(KEY_PERSON, w::ADVICE_WHO_PERSON, None, words);
        let people = |people: &People| option(people.as_str(), people_key(*people), None, words);
        People::ALL.iter().map(people).chain([person]).collect::<Vec<_>>()
    });
    let urgencies = Signal::derive(move || {
        let labels = [w::ADVICE_URGENCY_NOW, w::ADVICE_URGENCY_WAIT, w::ADVICE_URGENCY_WAY];
        URGENCIES
            .into_iter()
            .zip(labels)
            .map(|(word, label)| option(word, label, None, words))
            .collect::<Vec<_>>()
    });
    let layout = ChoiceLayout::Row;
    view! {
        <details class="help-choose">
            <summary>{t(w::PRIORITY_HELP)}</summary>
            <div class="stack">
                <Choice id="choose-loss" legend=t(w::ADVICE_LOSS) value=loss options=losses layout/>
                <Choice id="choose-who" legend=t(w::ADVICE_WHO) value=who options=people layout/>
                <Choice id="choose-urgency" legend=t(w::ADVICE_URGENCY) value=urgency options=urgencies layout/>
                <p class="advice__level" role="status">
                    {move || sentence.get().map(|sentence| suggestion(sentence, words))}
                </p>
                <p>
                    <a href=Route::Priorities.to_string()>{t(w::PRIORITY_RULES)}</a>
                </p>
            </div>
        </details>
    }
}

fn option(value: &str, label: Key, text: Option<Key>, words: Words) -> ChoiceOption {
    ChoiceOption {
        value: value.to_owned(),
        label: words.text(label),
        text: text.map(|text| words.text(text)).unwrap_or_default(),
        refused: None,
    }
}

/// Chooses the level that the address asks for. Once another one is chosen, the address asks no more, so that
/// reloading the page doesn't bring it back.
pub fn follow_asked_level(form: AskForm) {
    let address = use_query_map();
    let navigate = use_navigate();
    let asked =
        Memo::new(move |_| address.with(|map| map.get(PRIORITY)).and_then(|word| Priority::parse(&word)));
    // The address is outside the reactive graph.
    effect_after(move |before: Option<Option<Priority>>| {
        let level = asked.get();
        let chosen = form.priority.get();
        match level {
            Some(level) if before.flatten() != Some(level) => form.priority.set(level.as_str().to_owned()),
            Some(level) if chosen != level.as_str() => {
                let slot = address.with_untracked(|map| map.get(DRAFT));
                let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
                navigate(&with_draft(&Route::Support, slot.as_deref()), options);
            }
            Some(_) | None => {}
        }
        level
    });
}
