//! The three levels of priority, what they don't mean, and an assistant that suggests one.

use frontdesk_contract::advice::{Loss, People, Since, advise};
use frontdesk_contract::feedback::FeedbackPage;
use frontdesk_contract::{Priority, Settings, request};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::browser::focus;
use crate::domain::advice::{self, Question, YES};
use crate::i18n::{Key, Words, keys as w, t, t_with, use_words};
use crate::route::{self, Route};
use crate::shell::helpful::Helpful;
use crate::shell::levels::{example_keys, loss_keys, own_examples, people_key, suggestion, text_key};
use crate::shell::{Desk, Loaded, announce_page};
use crate::state::SessionState;
use crate::ui::{
    Bars, Button, ButtonLink, Card, Choice, ChoiceLayout, ChoiceOption, PageHeader, Tone, Variant, When,
    effect,
};

/// The page, for every role.
#[component]
pub fn Priorities() -> impl IntoView {
    let desk = expect_context::<Desk>();
    view! {
        <Loaded data=desk.settings lines=10 let:settings>
            <Explained settings/>
        </Loaded>
    }
}

#[component]
fn Explained(settings: Signal<Settings>) -> impl IntoView {
    let title = t(w::NAV_PRIORITIES);
    announce_page(title);
    let levels = Priority::ALL.map(|level| view! { <Level level settings/> }).into_iter().collect_view();
    view! {
        <PageHeader title intro=t(w::PRIORITY_INTRO)/>
        <div class="priorities">
            <div class="stack">
                {levels}
                <Card title=t(w::PRIORITY_NOT)>
                    <p>{t(w::PRIORITY_NOTE)}</p>
                    <p>{t(w::PRIORITY_NOT_COUNT)}</p>
                </Card>
            </div>
            <Assistant/>
        </div>
        <Helpful page=FeedbackPage::Priorities/>
    }
}

/// One level: definition, examples of the rules, examples of the organization.
#[component]
fn Level(level: Priority, settings: Signal<Settings>) -> impl IntoView {
    let words = use_words();
    let (title, bars, tone) = match level {
        Priority::High => (w::PRIORITY_HIGH_TITLE, 3, Tone::Bad),
        Priority::Medium => (w::PRIORITY_MEDIUM_TITLE, 2, Tone::Warn),
        Priority::Low => (w::PRIORITY_LOW_TITLE, 1, Tone::Mute),
    };
    let service = Signal::derive(move || settings.with(|settings| settings.service.clone()));
    let organization = Signal::derive(move || settings.with(|settings| settings.organization.clone()));
    let example = move |key: &Key| view! { <li>{t_with(*key, [("service", service)])}</li> };
    let own = move || {
        let examples = settings.with(|settings| own_examples(settings, level, &words.language()));
        let lines = examples.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
        (!lines.is_empty()).then(|| {
            view! {
                <h3>{t_with(w::PRIORITY_EXAMPLES_OWN, [("organization", organization)])}</h3>
                <ul class="marks">{lines}</ul>
            }
        })
    };
    view! {
        <section class="card">
            <h2 class="card__title priorities__level">
                <Bars level=bars tone/>
                {t(title)}
            </h2>
            <p>{t(text_key(level))}</p>
            <h3>{t(w::PRIORITY_EXAMPLES)}</h3>
            <ul class="marks">{example_keys(level).iter().map(example).collect_view()}</ul>
            {own}
        </section>
    }
}

/// What was answered, a signal for each question, in the order of [`Question::ALL`].
type Given = [RwSignal<String>; 6];

/// Six questions, and the level that follows. The answers are in the address.
#[component]
fn Assistant() -> impl IntoView {
    let words = use_words();
    let given = use_given();
    let answer_to =
        move |question: Question| given.get(question as usize).map(|it| it.get()).unwrap_or_default();
    let sentence = Memo::new(move |_| advice::answers(answer_to).map(advise));
    let left = Memo::new(move |_| {
        let left = Question::ALL.into_iter().filter(|question| answer_to(*question).is_empty()).count();
        u64::try_from(left).unwrap_or_default()
    });
    let is_begun = Signal::derive(move || left.get() < 6);
    let on_again = Callback::new(move |()| {
        for answer in given {
            answer.set(String::new());
        }
        focus::focus_id(field(Question::Loss).0);
    });
    let questions = Question::ALL
        .into_iter()
        .zip(given)
        .map(|(question, value)| view! { <Ask question value/> })
        .collect_view();
    view! {
        <Card title=t(w::PRIORITY_HELP)>
            {questions}
            <div class="advice">
                <p class="advice__level" role="status">
                    {move || sentence.get().map(|sentence| suggestion(sentence, words))}
                </p>
                {move || match sentence.get() {
                    Some(sentence) => view! { <Start level=sentence.level()/> }.into_any(),
                    None => view! { <p class="hint">{words.count(w::ADVICE_LEFT, left.get())}</p> }.into_any(),
                }}
                <When on=is_begun>
                    <Button variant=Variant::Quiet on_press=on_again>{t(w::ADVICE_AGAIN)}</Button>
                </When>
            </div>
        </Card>
    }
}

/// The way to a request that begins with the level. Who can't ask support reads why.
#[component]
fn Start(level: Priority) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let may_ask = state.person().is_some_and(|person| request::can_ask(&person).is_ok());
    if may_ask {
        let href = route::ask_with(level);
        view! { <ButtonLink href variant=Variant::Primary>{t(w::ADVICE_START)}</ButtonLink> }.into_any()
    } else {
        let reason = t(w::ERROR_SUPPORT_EMPLOYEE);
        let refused = Signal::derive(move || Some(reason.get()));
        view! { <Button refused>{t(w::ADVICE_START)}</Button> }.into_any()
    }
}

#[component]
fn Ask(question: Question, value: RwSignal<String>) -> impl IntoView {
    let words = use_words();
    let (id, legend) = field(question);
    let options = Signal::derive(move || {
        question.answers().into_iter().map(|answer| option(question, answer, words)).collect::<Vec<_>>()
    });
    view! { <Choice id legend=t(legend) value options layout=ChoiceLayout::Row/> }
}

/// The id of a question's field, and its words.
fn field(question: Question) -> (&'static str, Key) {
    match question {
        Question::Loss => ("advice-loss", w::ADVICE_LOSS),
        Question::People => ("advice-people", w::ADVICE_PEOPLE),
        Question::Person => ("advice-person", w::ADVICE_PERSON),
        Question::Way => ("advice-way", w::ADVICE_WAY),
        Question::Wait => ("advice-wait", w::ADVICE_WAIT),
        Question::Since => ("advice-since", w::ADVICE_SINCE),
    }
}

fn option(question: Question, answer: &str, words: Words) -> ChoiceOption {
    let is_yes = answer == YES;
    let (label, text) = match question {
        Question::Loss => Loss::parse(answer).map_or((w::ADVICE_LOSS, None), loss_keys),
        Question::People => (People::parse(answer).map_or(w::ADVICE_PEOPLE, people_key), None),
        Question::Person if is_yes => (w::ADVICE_PERSON_YES, None),
        Question::Person => (w::ADVICE_PERSON_NO, None),
        Question::Way if is_yes => (w::ADVICE_URGENCY_WAY, None),
        Question::Way => (w::ADVICE_WAY_NO, None),
        Question::Wait if is_yes => (w::ADVICE_WAIT_YES, None),
        Question::Wait => (w::ADVICE_WAIT_NO, None),
        Question::Since => match Since::parse(answer) {
            Some(Since::Passing) => (w::ADVICE_SINCE_PASSING, None),
            Some(Since::Today) => (w::ADVICE_SINCE_TODAY, None),
            Some(Since::Longer) | None => (w::ADVICE_SINCE_LONGER, None),
        },
    };
    ChoiceOption {
        value: answer.to_owned(),
        label: words.text(label),
        text: text.map(|text| words.text(text)).unwrap_or_default(),
        refused: None,
    }
}

/// The answers of the address, kept alike: a choice writes the address, another address changes the choices.
fn use_given() -> Given {
    let address = use_query_map();
    let navigate = use_navigate();
    let of_address = Memo::new(move |_| {
        address.with(|map| Question::ALL.map(|it| it.read(&map.get(it.name()).unwrap_or_default())))
    });
    let given: Given = of_address.get_untracked().map(RwSignal::new);
    // What was written into the address last; it comes back a moment later.
    let written = StoredValue::new(of_address.get_untracked());
    // The address is outside the reactive graph.
    effect(move || {
        let answers = given.map(|answer| answer.get());
        if written.with_value(|written| *written == answers) {
            return;
        }
        written.set_value(answers.clone());
        let pairs: Vec<(&str, String)> = Question::ALL.iter().map(|it| it.name()).zip(answers).collect();
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&route::with_query(&Route::Priorities, &pairs), options);
    });
    // The address is outside the reactive graph.
    effect(move || {
        let answers = of_address.get();
        if written.with_value(|written| *written != answers) {
            written.set_value(answers.clone());
            for (value, answer) in given.into_iter().zip(answers) {
                value.set(answer);
            }
        }
    });
    given
}
