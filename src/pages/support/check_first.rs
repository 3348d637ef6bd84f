//! "Is it one of these?": live incidents, similar requests of colleagues, help articles, as one types.

use frontdesk_contract::RequestSummary;
use frontdesk_contract::check_first::CheckFirst;
use frontdesk_contract::help::{Article, ArticleSummary};
use leptos::prelude::*;

use crate::api::{Client, desk};
use crate::browser::timer;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::requests::row::SinceText;
use crate::pages::support::form::AskForm;
use crate::route::Route;
use crate::shell::{Live, status_pill::IncidentLine};
use crate::ui::{Card, Pill, Tone, use_announcer};

/// How long after the last key is looked, in milliseconds.
const PAUSE: i32 = 300;

/// The card beside the form. It is there only when there is something to say.
#[component]
pub fn KnownAlready(form: AskForm) -> impl IntoView {
    let client = expect_context::<Client>();
    let live = expect_context::<Live>();
    let announcer = use_announcer();
    let words = use_words();

    let asked = RwSignal::new((form.topic.get_untracked(), text_of(form)));
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The network is outside the reactive graph; it is asked once the fingers rest.
    Effect::new(move |_| {
        form.topic.track();
        let now = (form.topic.get(), format!("{} {}", form.subject.get(), form.body.get()));
        pause.set_value(Some(timer::after(PAUSE, move || {
            if asked.with_untracked(|asked| *asked != now) {
                asked.set(now);
            }
        })));
    });
    let found = LocalResource::new(move || {
        live.status.track();
        let (topic, text) = asked.get();
        let call = desk::check_first(&topic, text.trim(), &words.language());
        let client = client.clone();
        async move {
            // Failing to find what is known already never stands in the way of asking.
            let found = client.send(call).await.unwrap_or_default();
            let count = found.incidents.len() + found.requests.len() + found.articles.len();
            if count > 0 {
                announcer
                    .announce(words.count(w::SUPPORT_KNOWN_COUNT, u64::try_from(count).unwrap_or_default()));
            }
            found
        }
    });
    let newest = Memo::new(move |before: Option<&CheckFirst>| match found.get() {
        Some(found) => found,
        None => before.cloned().unwrap_or_default(),
    });
    let is_empty = Memo::new(move |_| {
        newest.with(|found| {
            found.incidents.is_empty() && found.requests.is_empty() && found.articles.is_empty()
        })
    });

    view! {
        <Card title=t(w::SUPPORT_KNOWN)>
            <Show when=move || is_empty.get()>
                <p class="hint">{t(w::SUPPORT_KNOWN_NOTHING)}</p>
            </Show>
            <ul class="known" role="list">
                {move || newest.get().incidents.into_iter().map(|incident| view! { <IncidentLine incident/> }).collect_view()}
                {move || newest.get().requests.into_iter().map(|row| view! { <RequestLine row/> }).collect_view()}
                {move || newest.get().articles.into_iter().map(|article| view! { <ArticleLine article/> }).collect_view()}
            </ul>
        </Card>
    }
}

fn text_of(form: AskForm) -> String {
    format!("{} {}", form.subject.get_untracked(), form.body.get_untracked())
}

#[component]
fn RequestLine(row: RequestSummary) -> impl IntoView {
    let href = Route::Request(row.id).to_string();
    view! {
        <li>
            <Pill tone=Tone::Info text=t(w::STATE_OPEN)/>
            <div>
                <a href=href>{row.subject}</a>
                <p>{row.id.to_string()} " · " {row.asked_by.name} " · " <SinceText at=row.created_at/></p>
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
    let read = Action::new_local(move |(): &()| {
        let (client, call) = (client.clone(), call.clone());
        async move {
            if let Ok(article) = client.send(call).await {
                text.set(Some(article));
            }
        }
    });
    let on_toggle = move |_| {
        if text.with_untracked(Option::is_none) && !read.pending().get_untracked() {
            read.dispatch_local(());
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
