//! Help: the articles, those about the page one came from first, and other places where people find help.

use frontdesk_contract::feedback::FeedbackPage;
use frontdesk_contract::help::ArticleSummary;
use frontdesk_contract::{Page, request};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::desk;
use crate::browser::timer;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::help::resources::Resources;
use crate::route::{ABOUT, QUERY, Route, with_query};
use crate::shell::helpful::Helpful;
use crate::shell::{Loaded, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{ButtonLink, Card, Empty, Input, PageHeader, TextField, When, effect};

/// How long after the last key a search is made, in milliseconds.
const PAUSE: i32 = 250;

/// What the address says: words to search for, and the page one came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    words: String,
    about: String,
}

/// The page, for every role.
#[component]
pub fn Help() -> impl IntoView {
    let words = use_words();
    let address = use_query_map();
    let asked = Memo::new(move |_| {
        address.with(|map| Asked {
            words: map.get(QUERY).unwrap_or_default(),
            about: map.get(ABOUT).unwrap_or_default(),
        })
    });
    let sought = Signal::derive(move || asked.with(|asked| asked.words.trim().to_owned()));
    let found = use_fetched(move || desk::articles(&sought.get(), &words.language()));
    let title = t(w::NAV_HELP);
    announce_page(title);
    view! {
        <PageHeader title intro=t(w::HELP_INTRO)/>
        <Search asked/>
        <Loaded data=found lines=8 let:page>
            <Articles page asked/>
        </Loaded>
        <Resources sought/>
        <Helpful page=FeedbackPage::Help/>
    }
}

/// Words to search for; they stand in the address.
#[component]
fn Search(asked: Memo<Asked>) -> impl IntoView {
    let navigate = use_navigate();
    let value = RwSignal::new(asked.with_untracked(|asked| asked.words.clone()));
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The words that were written into the address last; they come back a moment later.
    let written = StoredValue::new(value.get_untracked());
    // The address is outside the reactive graph.
    effect(move || {
        let words = value.get().trim().to_owned();
        if written.with_value(|written| written.trim() == words) {
            pause.set_value(None);
            return;
        }
        let navigate = navigate.clone();
        let search = move || {
            let about = asked.get_untracked().about;
            let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
            written.set_value(words.clone());
            navigate(&with_query(&Route::Help, &[(QUERY, words.clone()), (ABOUT, about)]), options);
        };
        pause.set_value(Some(timer::after(PAUSE, search)));
    });
    // A link to this page, or going back, changes the address under the field.
    effect(move || {
        let words = asked.get().words;
        if written.with_value(|written| *written != words) {
            written.set_value(words.clone());
            value.set(words);
        }
    });
    view! {
        <search class="list-search">
            <TextField id="help-search" label=t(w::HELP_SEARCH) value input=Input::Search/>
        </search>
    }
}

#[component]
fn Articles(page: Signal<Page<ArticleSummary>>, asked: Memo<Asked>) -> impl IntoView {
    let words = use_words();
    let is_search = Memo::new(move |_| asked.with(|asked| !asked.words.trim().is_empty()));
    let parts = Memo::new(move |_| {
        let about = asked.with(|asked| asked.about.clone());
        page.get().items.into_iter().partition::<Vec<_>, _>(|article| article.pages.contains(&about))
    });
    let count =
        move || parts.with(|(here, others)| u64::try_from(here.len() + others.len()).unwrap_or_default());
    let has_here = Signal::derive(move || parts.with(|(here, _)| !here.is_empty()));
    let has_others = Signal::derive(move || parts.with(|(_, others)| !others.is_empty()));
    let rest =
        Signal::derive(move || words.text(if has_here.get() { w::HELP_MORE } else { w::HELP_ARTICLES }));
    view! {
        <p class="hint" role="status">
            {move || (is_search.get() && count() > 0).then(|| words.count(w::HELP_FOUND, count()))}
        </p>
        <When on=has_here>
            <Card title=t(w::HELP_HERE)>
                <Lines articles=Signal::derive(move || parts.get().0)/>
            </Card>
        </When>
        <When on=has_others>
            <Card title=rest>
                <Lines articles=Signal::derive(move || parts.get().1)/>
            </Card>
        </When>
        <When on=Signal::derive(move || count() == 0)>
            <Nothing is_search/>
        </When>
    }
}

#[component]
fn Lines(articles: Signal<Vec<ArticleSummary>>) -> impl IntoView {
    let line = |article: ArticleSummary| {
        let language = article.language.to_string();
        view! {
            <li>
                <div lang=language>
                    <a href=Route::Article(article.id).to_string()>{article.title}</a>
                    <p>{article.summary}</p>
                </div>
            </li>
        }
    };
    view! { <ul class="known" role="list">{move || articles.get().into_iter().map(line).collect_view()}</ul> }
}

/// No article fits, or there is none at all: what one can do instead.
#[component]
fn Nothing(is_search: Memo<bool>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let text = Signal::derive(move || words.text(if is_search.get() { w::HELP_NONE } else { w::HELP_EMPTY }));
    let may_ask =
        Signal::derive(move || state.person().is_some_and(|person| request::can_ask(&person).is_ok()));
    view! {
        <Empty text>
            <When on=may_ask>
                <ButtonLink href=Route::Support.to_string()>{t(w::NAV_SUPPORT)}</ButtonLink>
            </When>
        </Empty>
    }
}
