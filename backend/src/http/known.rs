//! What is known already: live incidents, and "Is it one of these?".

use axum::Json;
use axum::extract::State;
use frontdesk_contract::check_first::{CHECK_FIRST_MAX, CheckFirst};
use frontdesk_contract::likeness::{ALIKE, Print};
use frontdesk_contract::report::KnownProblem;
use frontdesk_contract::request::can_read;
use frontdesk_contract::status::LiveIncidents;
use frontdesk_contract::{Language, TopicId};
use serde::Deserialize;

use crate::app::App;
use crate::http::address::{Parameters, word};
use crate::http::error::Result;
use crate::http::report_token::TokenOr;
use crate::http::viewer::Viewer;
use crate::status;
use crate::store::requests::Eyes;

/// From this likeness on something known is shown: a person decides whether it is the same.
const ALMOST: u32 = ALIKE / 2;
/// So much of what was typed is compared.
const COMPARED_MAX: usize = 2_000;

/// What is about to be asked.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct CheckFirstParameters {
    /// About this topic.
    #[param(pattern = r"^[^\s/\x00-\x1F\x7F-\x9F]{0,200}$")]
    pub topic: Option<String>,
    /// In these words, as far as they are typed.
    pub q: Option<String>,
    /// Articles in this language.
    #[param(pattern = "^([A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3})?$")]
    pub language: Option<String>,
    /// On this page.
    pub page: Option<String>,
}

/// Incidents that are not over. Everybody may read them.
#[utoipa::path(get, path = "/api/status/incidents", tag = "status", security(()),
    responses((status = 200, description = "What is live, newest first.", body = LiveIncidents)))]
pub async fn incidents(State(app): State<App>) -> Result<Json<LiveIncidents>> {
    Ok(Json(status::live(&app, app.now()).await?))
}

/// What is known already about something that is about to be asked.
#[utoipa::path(get, path = "/api/check-first", tag = "requests", params(CheckFirstParameters),
    responses((status = 200, description = "Up to three of each kind.", body = CheckFirst)))]
pub async fn check_first(
    State(app): State<App>,
    viewer: TokenOr<Viewer>,
    Parameters(parameters): Parameters<CheckFirstParameters>,
) -> Result<Json<CheckFirst>> {
    let topic: Option<TopicId> = word("topic", parameters.topic.as_deref(), |text| text.parse().ok())?;
    let language = word("language", parameters.language.as_deref(), |text| text.parse().ok())?;
    let language = language.unwrap_or_else(Language::english);
    let words: String = parameters.q.unwrap_or_default().chars().take(COMPARED_MAX).collect();

    let mut incidents = app.store().live_incidents().await?;
    if let Some(topic) = &topic {
        incidents.retain(|incident| incident.topics.contains(topic));
    }
    incidents.truncate(CHECK_FIRST_MAX);
    let person = viewer.person();
    let requests = match can_read(person) {
        Ok(()) => app.store().similar_requests(&words, CHECK_FIRST_MAX, Eyes::of(person)).await?,
        Err(_) => Vec::new(),
    };
    let mut articles = app.library().similar(&language, &words);
    articles.truncate(CHECK_FIRST_MAX);
    let known = known(&app, topic.as_ref(), &words, parameters.page.as_deref()).await?;
    Ok(Json(CheckFirst { incidents, requests, articles, known }))
}

/// Known problems that this seems to be, the most alike first; without words, those of the topic and of the page.
async fn known(
    app: &App,
    topic: Option<&TopicId>,
    words: &str,
    page: Option<&str>,
) -> Result<Vec<KnownProblem>> {
    let print = Print::of(words, page);
    let mut found: Vec<(u32, KnownProblem)> = Vec::new();
    for (known, of_known) in app.store().known_problems().await? {
        let is_about =
            |known: &KnownProblem| topic.is_none() || known.topic.is_none() || known.topic.as_ref() == topic;
        let likeness = match print.words.is_empty() {
            true if print.page.is_some() && print.page == of_known.page => ALIKE,
            true if print.page.is_none() && is_about(&known) => ALMOST,
            true => 0,
            false => print.likeness(&of_known),
        };
        if likeness >= ALMOST {
            found.push((likeness, known));
        }
    }
    // Those with the same likeness stay in their order, the newest first.
    found.sort_by_key(|(likeness, _)| std::cmp::Reverse(*likeness));
    Ok(found.into_iter().map(|(_, known)| known).take(CHECK_FIRST_MAX).collect())
}
