//! What is known without asking: settings, incidents, help, similar requests.

use frontdesk_contract::check_first::CheckFirst;
use frontdesk_contract::help::{Article, ArticleSummary};
use frontdesk_contract::status::LiveIncidents;
use frontdesk_contract::{ArticleId, Page, Settings};

use crate::api::Endpoint;
use crate::route::encode;

/// What the operator decided.
pub fn settings() -> Endpoint<Settings> {
    Endpoint::get("/api/settings")
}

/// What fails right now.
pub fn incidents() -> Endpoint<LiveIncidents> {
    Endpoint::get("/api/status/incidents")
}

/// What is known about a topic and some words already.
pub fn check_first(topic: &str, words: &str, language: &str) -> Endpoint<CheckFirst> {
    // The search looks at the first words only; a long text needn't travel with each key.
    let words: String = words.chars().take(400).collect();
    let topic = if topic.is_empty() { String::new() } else { format!("topic={}&", encode(topic)) };
    Endpoint::get(format!("/api/check-first?{topic}q={}&language={}", encode(&words), encode(language)))
}

/// The help articles, in `language` as far as there are any; with words, those that have one of them.
pub fn articles(words: &str, language: &str) -> Endpoint<Page<ArticleSummary>> {
    Endpoint::get(format!("/api/help?language={}&q={}", encode(language), encode(words.trim())))
}

/// A help article.
pub fn article(article: &ArticleSummary) -> Endpoint<Article> {
    article_in(article.language.as_str(), &article.id)
}

/// A help article in `language`, or in English where there is none in it.
pub fn article_in(language: &str, id: &ArticleId) -> Endpoint<Article> {
    Endpoint::get(format!("/api/help/{}/{}", encode(language), encode(id.as_str())))
}

/// The address of the live stream.
pub const EVENTS: &str = "/api/events";
