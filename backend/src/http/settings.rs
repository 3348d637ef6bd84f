//! What the operator decided, and the help articles.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::help::{Article, ArticleSummary};
use frontdesk_contract::settings::Welcome;
use frontdesk_contract::{ArticleId, Language, Page, ProblemType, Settings, Version};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::http::address::{Parameters, Part, word};
use crate::http::error::Result;
use crate::http::listing::QUERY_MAX;
use crate::http::report_token::TokenOr;
use crate::http::version;
use crate::http::viewer::Viewer;

/// What a list of articles can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct HelpParameters {
    /// In this language; in English where there is nothing in it.
    #[param(pattern = "^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3})?$")]
    pub language: Option<String>,
    /// With these words, the most similar first.
    pub q: Option<String>,
}

/// What everybody may know before signing in.
#[utoipa::path(get, path = "/api/welcome", tag = "settings", security(()),
    responses((status = 200, description = "The organization's name and links.", body = Welcome)))]
pub async fn welcome(State(app): State<App>) -> Result<Json<Welcome>> {
    let settings = &app.decided().settings;
    Ok(Json(Welcome {
        organization: settings.organization.clone(),
        service: settings.service.clone(),
        has_admin: app.store().has_admin().await?,
        public_reports: settings.reports.public,
        mail: settings.mail,
        links: settings.links.clone(),
    }))
}

/// What the operator decided.
#[utoipa::path(get, path = "/api/settings", tag = "settings",
    params(("If-None-Match" = Option<String>, Header, description = "The version that the caller has.")),
    responses((status = 200, description = "The settings.", body = Settings),
        (status = 304, description = "The caller has them already.")))]
pub async fn show(State(app): State<App>, _viewer: TokenOr<Viewer>, headers: HeaderMap) -> Response {
    let decided = app.decided();
    unless_known(&headers, &decided.version, &decided.settings)
}

/// Lists help articles.
#[utoipa::path(get, path = "/api/help", tag = "help", params(HelpParameters),
    responses((status = 200, description = "All that fit; there is no second page.", body = Page<ArticleSummary>),
        (status = 304, description = "The caller has them already.")))]
pub async fn articles(
    State(app): State<App>,
    _viewer: Viewer,
    Parameters(parameters): Parameters<HelpParameters>,
    headers: HeaderMap,
) -> Result<Response> {
    let language = word("language", parameters.language.as_deref(), |text| text.parse().ok())?;
    let language = language.unwrap_or_else(Language::english);
    let words: String = parameters.q.unwrap_or_default().chars().take(QUERY_MAX).collect();
    let items = app.library().find(&language, &words);
    Ok(unless_known(&headers, &app.library().version(), &Page { items, next: None }))
}

/// Reads a help article.
#[utoipa::path(get, path = "/api/help/{language}/{id}", tag = "help",
    params(("language" = Language, Path, description = "In this language; in English where there is none in it."),
        ("id" = ArticleId, Path, description = "Its name.")),
    responses((status = 200, description = "The article.", body = Article),
        (status = 304, description = "The caller has it already.")))]
pub async fn article(
    State(app): State<App>,
    _viewer: Viewer,
    Part((language, id)): Part<(Language, ArticleId)>,
    headers: HeaderMap,
) -> Result<Response> {
    let article = app.library().article(&language, &id).ok_or(ProblemType::NotFound)?;
    Ok(unless_known(&headers, &app.library().version(), article))
}

/// Sends `body` unless the caller has this version. It may be kept, but is asked for each time.
fn unless_known(headers: &HeaderMap, version: &Version, body: &impl Serialize) -> Response {
    let tag = version::tag(version);
    let mut response = if version::is_known(headers.get(IF_NONE_MATCH), &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(body).into_response()
    };
    let answer = response.headers_mut();
    answer.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(ETAG, tag);
    }
    response
}
