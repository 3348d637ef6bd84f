//! "Is it one of these?": live incidents, similar requests of colleagues, help articles, as one types.

use frontdesk_contract::follow::NewFollow;
use frontdesk_contract::help::{Article, ArticleSummary};
use frontdesk_contract::status::Incident;
use frontdesk_contract::{PersonRef, RequestSummary};
use leptos::prelude::*;

use crate::api::{Client, desk};
use crate::browser::timer;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::requests::row::SinceText;
use crate::route::Route;
use crate::shell::ask_form::AskForm;
use crate::shell::incidents::FollowButton;
use crate::shell::status_pill::IncidentLine;
use crate::shell::{Act, Live, use_fetched};
use crate::state::SessionState;
use crate::ui::{Card, Pill, Tone, When, effect, use_announcer};

/// How long after the last key is looked, in milliseconds.
const PAUSE: i32 = 300;

/// The card beside the form. It is there only when there is something to say.
#[component]
pub fn KnownAlready(form: AskForm) -> impl IntoView {
    let live = expect_context::<Live>();
    let announcer = use_announcer();
    let words = use_words();

    let asked = RwSignal::new((form.topic.get_untracked(), text_of(form)));
    let is_typed = StoredValue::new(false);
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The network is outside the reactive graph; it is asked once the fingers rest.
    effect(move || {
        form.topic.track();
        let now = (form.topic.get(), format!("{} {}", form.subject.get(), form.body.get()));
        pause.set_value(Some(timer::after(PAUSE, move || {
            if asked.with_untracked(|asked| *asked != now) {
                is_typed.set_value(true);
                asked.set(now);
            }
        })));
    });
    // Failing to find what is known already never stands in the way of asking.
    let found = use_fetched(move || {
        live.status.track();
        let (topic, text) = asked.get();
        desk::check_first(&topic, text.trim(), &words.language())
    });
    let newest = Signal::derive(move || found.get().unwrap_or_default());
    let count = Memo::new(move |_| {
        newest.with(|found| found.incidents.len() + found.requests.len() + found.articles.len())
    });
    let is_empty = move || count.get() == 0;
    // What readers hear is outside the reactive graph. What is known when the page opens is read with the page.
    effect(move || {
        let count = u64::try_from(count.get()).unwrap_or_default();
        if count > 0 && is_typed.get_value() {
            announcer.announce(words.count(w::SUPPORT_KNOWN_COUNT, count));
        }
    });

    view! {
        <Card title=t(w::SUPPORT_KNOWN)>
            <When on=Signal::derive(is_empty)>
                <p class="hint">{t(w::SUPPORT_KNOWN_NOTHING)}</p>
            </When>
            <ul class="known" role="list">
                {move || newest.get().incidents.into_iter().map(|incident| view! { <Joinable incident/> }).collect_view()}
                {move || newest.get().requests.into_iter().map(|row| view! { <RequestLine row/> }).collect_view()}
                {move || newest.get().articles.into_iter().map(|article| view! { <ArticleLine article/> }).collect_view()}
            </ul>
        </Card>
    }
}

fn text_of(form: AskForm) -> String {
    format!("{} {}", form.subject.get_untracked(), form.body.get_untracked())
}

/// A live incident that can be followed instead of asking: its updates come to Overview.
#[component]
fn Joinable(incident: Incident) -> impl IntoView {
    let what = NewFollow { incident: Some(incident.id.clone()), component: None };
    let name = incident.name.clone();
    let action = ViewFn::from(move || {
        view! { <FollowButton what=what.clone() name=Signal::stored(name.clone()) verb=w::SUPPORT_KNOWN_JOIN/> }
    });
    view! { <IncidentLine incident action/> }
}

#[component]
fn RequestLine(row: RequestSummary) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let href = Route::Request(row.id).to_string();
    let PersonRef { id: asker, name } = row.asked_by;
    let by = move || match state.person() {
        Some(me) if me.id == asker => words.text(w::SUPPORT_KNOWN_YOURS),
        Some(_) | None => name.clone(),
    };
    view! {
        <li>
            <Pill tone=Tone::Info text=t(w::STATE_OPEN)/>
            <div>
                <a href=href>{row.subject}</a>
                <p>{row.id.to_string()} " · " {by} " · " <SinceText at=row.created_at/></p>
            </div>
        </li>
    }
}

/// A help article that opens in place, so that nothing typed is left.
#[component]
fn ArticleLine(article: ArticleSummary) -> impl IntoView {
    let client = expect_context::<Client>();
    let text = RwSignal::new(None::<Article>);
    let call = desk::article(&article);
    let read = Act::new(move |()| {
        let (client, call) = (client.clone(), call.clone());
        async move {
            if let Ok(article) = client.send(call).await {
                text.set(Some(article));
            }
        }
    });
    let on_toggle = move |_| {
        if text.with_untracked(Option::is_none) {
            read.begin(());
        }
    };
    let paragraphs = move || {
        text.get()
            .map(|article| article.paragraphs.into_iter().map(|text| view! { <p>{text}</p> }).collect_view())
    };
    view! {
        <li>
            <Pill tone=Tone::Mute text=t(w::NAV_HELP)/>
            <details class="known__article" on:toggle=on_toggle>
                <summary>{article.title}</summary>
                {move || {
                    if text.with(Option::is_some) { paragraphs().into_any() } else { view! { <p>{article.summary.clone()}</p> }.into_any() }
                }}
            </details>
        </li>
    }
}
