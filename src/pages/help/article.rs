//! One help article.

use frontdesk_contract::feedback::FeedbackPage;
use frontdesk_contract::help::Article;
use frontdesk_contract::{ArticleId, NotAnId, request};
use leptos::prelude::*;

use crate::api::desk;
use crate::i18n::{keys as w, t, use_words};
use crate::route::Route;
use crate::shell::helpful::Helpful;
use crate::shell::{Loaded, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{ButtonLink, PageHeader, When};

/// The page; another name in the address is another page, made anew.
#[component]
pub fn HelpArticle(
    /// The name in the address.
    id: Result<ArticleId, NotAnId>,
) -> impl IntoView {
    match id {
        Ok(id) => view! { <Named id/> }.into_any(),
        Err(_) => view! { <NoSuchArticle/> }.into_any(),
    }
}

/// An address that names no article.
#[component]
fn NoSuchArticle() -> impl IntoView {
    let title = t(w::NOT_FOUND);
    announce_page(title);
    view! {
        <PageHeader title/>
        <p>{t(w::ERROR_NOT_FOUND)}</p>
        <p>
            <a href=Route::Help.to_string()>{t(w::NAV_HELP)}</a>
        </p>
    }
}

#[component]
fn Named(id: ArticleId) -> impl IntoView {
    let words = use_words();
    let page = FeedbackPage::Article(id.clone());
    let fetched = use_fetched(move || desk::article_in(&words.language(), &id));
    view! {
        <Loaded data=fetched lines=8 let:article>
            <Text article page=page.clone()/>
        </Loaded>
    }
}

#[component]
fn Text(article: Signal<Article>, page: FeedbackPage) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let title = Signal::derive(move || article.with(|article| article.summary.title.clone()));
    announce_page(title);
    let language = move || article.with(|article| article.summary.language.to_string());
    let is_foreign = Signal::derive(move || {
        let primary = |tag: &str| tag.split('-').next().unwrap_or_default().to_owned();
        primary(&language()) != primary(&words.language())
    });
    let may_ask =
        Signal::derive(move || state.person().is_some_and(|person| request::can_ask(&person).is_ok()));
    let paragraphs =
        move || article.with(|article| article.paragraphs.iter().map(|text| paragraph(text)).collect_view());
    view! {
        <p class="crumbs">
            <a href=Route::Help.to_string()>{t(w::NAV_HELP)}</a>
        </p>
        <When on=is_foreign>
            <p class="hint">{t(w::HELP_LANGUAGE)}</p>
        </When>
        <article class="article" lang=language>
            <PageHeader title/>
            {paragraphs}
        </article>
        <Helpful page/>
        <When on=may_ask>
            <p class="article__ask">
                <span>{t(w::HELP_ASK)}</span>
                <ButtonLink href=Route::Support.to_string()>{t(w::NAV_SUPPORT)}</ButtonLink>
            </p>
        </When>
    }
}

/// What the mark of a list becomes in a text without markup.
const MARK: &str = "• ";

/// A paragraph, or a list where each line is one of a list.
fn paragraph(text: &str) -> AnyView {
    let items: Option<Vec<String>> =
        text.lines().map(|line| line.strip_prefix(MARK).map(str::to_owned)).collect();
    match items {
        Some(items) => {
            let items = items.into_iter().map(|item| view! { <li>{item}</li> }).collect_view();
            view! { <ul class="marks">{items}</ul> }.into_any()
        }
        None => view! { <p>{text.to_owned()}</p> }.into_any(),
    }
}
