//! A report as its readers see it: words, where, from whom, with what.

use frontdesk_contract::Report;
use frontdesk_contract::report::{Answer, Scope};
use leptos::prelude::*;

use crate::i18n::{Key, keys as w, t, t_count};
use crate::pages::reports::stands::{Ago, source_key};
use crate::route;
use crate::shell::attached::Attached;
use crate::ui::{Pill, Tone};

const fn scope_key(scope: Scope) -> Key {
    match scope {
        Scope::Me => w::REPORTS_SCOPE_ME,
        Scope::Team => w::REPORTS_SCOPE_TEAM,
        Scope::Everyone => w::REPORTS_SCOPE_EVERYONE,
    }
}

/// Who reported it, and when.
#[component]
pub fn By(report: Report) -> impl IntoView {
    let stranger = report.email.clone();
    let name = match report.by {
        Some(by) => view! { <b dir="auto">{by.name}</b> }.into_any(),
        None => view! {
            <b>{t(w::REPORTS_STRANGER)}</b>
            {stranger.map(|email| view! { " · " <span dir="ltr">{email}</span> })}
        }
        .into_any(),
    };
    let source = source_key(report.source).map(|key| view! { " " <Pill tone=Tone::Mute text=t(key)/> });
    view! { {name} " · " <Ago at=report.at/> {source} }
}

/// What was reported.
#[component]
pub fn Told(report: Report) -> impl IntoView {
    let count = Signal::stored(u64::try_from(report.errors.len()).unwrap_or(u64::MAX));
    let errors = (!report.errors.is_empty()).then(|| {
        let lines =
            report.errors.into_iter().map(|error| view! { <li><pre>{error}</pre></li> }).collect_view();
        view! {
            <details>
                <summary>{t_count(w::REPORTS_ERRORS, count)}</summary>
                <ul class="report__errors">{lines}</ul>
            </details>
        }
    });
    let facts: Vec<String> = [report.page, report.browser, report.screen].into_iter().flatten().collect();
    let facts = (!facts.is_empty()).then(|| view! { <p class="hint" dir="ltr">{facts.join(" · ")}</p> });
    let incident = report.incident.map(|id| {
        view! { <p><a href=route::incident(&id)>{t(w::STATUS_SEE)}</a></p> }
    });
    view! {
        <div class="report">
            <p class="report__words" dir="auto">{report.body}</p>
            <Attached files=report.uploads/>
            <p class="hint">
                {t(scope_key(report.scope))}
                {report.contact.then(|| view! { " · " {t(w::REPORTS_CONTACT)} })}
            </p>
            {facts}
            {errors}
            {incident}
        </div>
    }
}

/// What was said since.
#[component]
pub fn Answers(answers: Vec<Answer>) -> impl IntoView {
    (!answers.is_empty()).then(|| {
        let lines = answers.into_iter().map(|answer| view! { <Said answer/> }).collect_view();
        view! { <ol class="report__answers" role="list">{lines}</ol> }
    })
}

#[component]
fn Said(answer: Answer) -> impl IntoView {
    view! {
        <li>
            <p>
                <b dir="auto">{answer.by.name}</b>
                {answer.is_admin.then(|| view! { " " <Pill text=t(w::REPORTS_ADMIN)/> })}
                " · " <Ago at=answer.at/>
            </p>
            <p class="report__words" dir="auto">{answer.body}</p>
            <Attached files=answer.uploads/>
        </li>
    }
}
