//! What is known about a request, beside its thread.

use frontdesk_contract::request::Affected;
use frontdesk_contract::{Kind, Request};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::requests::row::{PriorityMark, Promise, SinceText, priority_key, state_key};
use crate::shell::Desk;
use crate::state::SessionState;
use crate::ui::Card;

/// The facts.
#[component]
pub fn Facts(request: Signal<Request>) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);
    let own_priority = t(if is_agent { w::PRIORITY_ORGANIZATION } else { w::PRIORITY_MINE });
    let topic = desk.topic_name(request.with_untracked(|request| request.summary.topic.clone()));
    let support = move || {
        request.with(|request| request.summary.support_priority).map(|level| words.text(priority_key(level)))
    };
    let language = move || intl::language_name(request.read().language.as_str(), &words.language());
    let affected =
        move || request.with(|request| request.affected).map(|affected| affected_text(affected, words));
    let answer_by = Memo::new(move |_| request.with(|request| request.answer_by));
    view! {
        <Card title=t(w::REQUEST_FACTS)>
            <dl class="facts">
                <dt>{t(w::REQUEST_STATE)}</dt>
                <dd>{move || t(state_key(request.read().summary.state))}</dd>
                <dt>{own_priority}</dt>
                <dd>{move || view! { <PriorityMark priority=request.read().summary.priority support=None/> }}</dd>
                {move || support().map(|level| view! { <dt>{t(w::PRIORITY_DESK)}</dt><dd>{level}</dd> })}
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
            {move || answer_by.get().map(|answer_by| view! { <Promise answer_by/> })}
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
