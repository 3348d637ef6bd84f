//! "Was this helpful?": say so, change one's mind, and count.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::feedback::{Feedback, FeedbackPage, NewFeedback, can_count};
use frontdesk_contract::{FieldError, Person, ProblemType};
use serde::Deserialize;
use serde_json::Value;

use crate::app::App;
use crate::http::address::{Parameters, word};
use crate::http::error::{Error, Result};
use crate::http::idempotency::{self, Asked, Create, Key};
use crate::http::json::{Body, FromBody, check_field};
use crate::http::viewer::Viewer;
use crate::store::feedback as store;

impl FromBody for NewFeedback {
    fn check_fields(body: &Value, errors: &mut Vec<FieldError>) {
        check_field::<FeedbackPage>(body, "page", errors);
        check_field::<bool>(body, "helpful", errors);
    }
}

/// About which page is asked.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct FeedbackParameters {
    /// About this page.
    #[param(required, value_type = FeedbackPage)]
    pub page: Option<String>,
}

/// What was said about a page: by the caller, and for admins by all.
#[utoipa::path(get, path = "/api/feedback", tag = "help", params(FeedbackParameters),
    responses((status = 200, description = "What was said.", body = Feedback),
        (status = 404, description = "There is no such page.", body = frontdesk_contract::Problem, content_type = "application/problem+json")))]
pub async fn show(
    State(app): State<App>,
    viewer: Viewer,
    Parameters(parameters): Parameters<FeedbackParameters>,
) -> Result<Json<Feedback>> {
    let page = word("page", parameters.page.as_deref(), |text| text.parse().ok())?;
    let page = page
        .ok_or_else(|| Error::Told(ProblemType::BadParameter, "The parameter page is missing".to_owned()))?;
    if !exists(&app, &page) {
        return Err(ProblemType::NotFound.into());
    }
    Ok(Json(said(&app, viewer.person(), page).await?))
}

/// Says whether a page was helpful, in place of what the caller said before.
#[utoipa::path(post, path = "/api/feedback", tag = "help", request_body = NewFeedback,
    params(("Idempotency-Key" = String, Header, pattern = "^(\"([ !#-\\[\\]-~]){1,255}\"|[!#-+--:<-\\[\\]-~]{1,255})$", description = "A key of the caller's own: a retry with it changes nothing again, and is answered with what stands by then.")),
    responses((status = 201, description = "Said.", body = Feedback)))]
pub async fn say(
    State(app): State<App>,
    viewer: Viewer,
    headers: HeaderMap,
    Body { value: new, bytes }: Body<NewFeedback>,
) -> Result<Response> {
    let key = Key::required(&headers)?;
    let person = viewer.person();
    let call = Asked { person: &person.id, path: "/api/feedback", body: &bytes };
    if let Create::ToDo(mut pending) = idempotency::begin(&app, key, call).await? {
        if !exists(&app, &new.page) {
            return Err(Error::field("/page", &"There is no such page"));
        }
        store::say(&mut pending.write, &person.id, &new.page, new.helpful, app.now()).await?;
        pending.finish(&app, &new.page).await?;
    }
    Ok((StatusCode::CREATED, Json(said(&app, person, new.page).await?)).into_response())
}

async fn said(app: &App, person: &Person, page: FeedbackPage) -> Result<Feedback> {
    let helpful = app.store().feedback(&person.id, &page).await?;
    let counts = match can_count(person) {
        true => Some(app.store().feedback_counts(&page).await?),
        false => None,
    };
    Ok(Feedback { page, helpful, counts })
}

/// Pages of the panel are always there, articles as long as the operator has them.
fn exists(app: &App, page: &FeedbackPage) -> bool {
    match page {
        FeedbackPage::Help | FeedbackPage::Priorities | FeedbackPage::Lifecycle => true,
        FeedbackPage::Article(id) => app.library().has(id),
    }
}
