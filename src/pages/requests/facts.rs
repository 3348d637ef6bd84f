//! What is known about a request, beside its thread.

use frontdesk_contract::Request;
use frontdesk_contract::request::Affected;
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::requests::row::{SinceText, state_key};
use crate::shell::Desk;
use crate::ui::Card;

/// The facts.
#[component]
pub fn Facts(request: Signal<Request>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let words = use_words();
    let topic = desk.topic_name(request.with_untracked(|request| request.summary.topic.clone()));
    let language = move || intl::language_name(request.read().language.as_str(), &words.language());
    let affected =
        move || request.with(|request| request.affected).map(|affected| affected_text(affected, words));
    view! {
        <Card title=t(w::REQUEST_FACTS)>
            <dl class="facts">
                <dt>{t(w::REQUEST_STATE)}</dt>
                <dd>{move || t(state_key(request.read().summary.state))}</dd>
                <dt>{t(w::SUPPORT_TOPIC)}</dt>
                <dd>{topic}</dd>
                <dt>{t(w::REQUESTS_COLUMN_ASKED_BY)}</dt>
                <dd>{move || request.read().summary.asked_by.name.clone()}</dd>
                <dt>{t(w::REQUEST_ASKED_AT)}</dt>
                <dd>{move || view! { <SinceText at=request.read().summary.created_at/> }}</dd>
                <dt>{t(w::SUPPORT_LANGUAGE)}</dt>
                <dd>{language}</dd>
                {move || affected().map(|text| view! { <dt>{t(w::REQUEST_AFFECTED)}</dt><dd>{text}</dd> })}
            </dl>
        </Card>
    }
}

fn affected_text(affected: Affected, words: Words) -> String {
    let language = words.language();
    match affected {
        Affected::People(count) => words.count(w::AFFECTED_PEOPLE, u64::from(count)),
        Affected::Percent(share) => intl::percent(f64::from(share) / 100.0, &language),
    }
}
