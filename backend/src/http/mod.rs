//! The wire: routes, headers, errors.

pub mod accounts;
pub mod address;
pub mod again;
pub mod assets;
pub mod audit;
pub mod call;
pub mod caller;
pub mod calls;
pub mod care;
pub mod chats;
pub mod client;
pub mod creating;
pub mod csv;
pub mod error;
pub mod events;
pub mod feed;
pub mod feedback;
pub mod forgery;
pub mod forgotten;
pub mod health;
pub mod host;
pub mod idempotency;
pub mod json;
pub mod known;
pub mod listing;
pub mod mails;
pub mod openapi;
pub mod plans;
pub mod provider;
pub mod report_groups;
pub mod report_token;
pub mod reports;
pub mod requests;
pub mod rights;
pub mod runs;
pub mod scim;
pub mod session;
pub mod settings;
pub mod status;
pub mod statuspage;
pub mod table;
pub mod uploads;
pub mod version;
pub mod viewer;
pub mod views;

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::StatusCode;
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use frontdesk_contract::ProblemType;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouterExt as _};
use utoipa_axum::routes;

use crate::app::App;
use crate::http::error::Error;
use crate::http::table::Table;

/// The whole service.
pub fn router(app: App, table: Table) -> Router {
    let (api, document) = OpenApiRouter::with_openapi(openapi::base())
        .routes(routes!(settings::welcome))
        .routes(routes!(session::show, session::create, session::end))
        .routes(routes!(session::end_all))
        .routes(routes!(session::change_password))
        .routes(routes!(session::claim))
        .routes(routes!(settings::show))
        .routes(routes!(settings::articles))
        .routes(routes!(settings::article))
        .routes(routes!(listing::list, requests::create))
        .routes(routes!(listing::counts))
        .routes(routes!(listing::export))
        .routes(routes!(listing::mark_read))
        .routes(routes!(listing::mark_all_read))
        .routes(routes!(views::list, views::create))
        .routes(routes!(views::show, views::change, views::delete))
        .routes(routes!(feedback::show, feedback::say))
        .routes(routes!(requests::show, requests::change))
        .routes(routes!(requests::write, chats::messages))
        .routes(routes!(calls::offer))
        .routes(routes!(calls::show, calls::create, calls::change))
        .routes(routes!(calls::calendar))
        .routes(routes!(care::watch, care::unwatch))
        .routes(routes!(care::link_incident, care::unlink_incident))
        .routes(routes!(care::answering, care::stopped))
        .routes(routes!(mails::log))
        .routes(routes!(mails::of_request, mails::resume, mails::stop))
        .routes(routes!(mails::ask_to_stop, mails::stop_by_word))
        .routes(routes!(chats::offer))
        .routes(routes!(chats::show, chats::change))
        .routes(routes!(chats::mark))
        .routes(routes!(known::check_first))
        .routes(routes!(known::incidents, status::tell))
        .routes(routes!(status::page))
        .routes(routes!(status::incident, status::change))
        .routes(routes!(status::update))
        .routes(routes!(status::plan))
        .routes(routes!(status::replan))
        .routes(routes!(status::followed, status::follow))
        .routes(routes!(status::unfollow))
        .routes(routes!(status::log))
        .routes(routes!(feed::all))
        .routes(routes!(feed::of_component))
        .routes(routes!(statuspage::summary))
        .routes(routes!(statuspage::state))
        .routes(routes!(statuspage::components))
        .routes(routes!(statuspage::recent))
        .routes(routes!(accounts::counts))
        .routes(routes!(creating::create))
        .routes(routes!(forgotten::ask, forgotten::list))
        .routes(routes!(forgotten::make_link))
        .routes(routes!(accounts::departments))
        .routes(routes!(provider::provider))
        .routes(routes!(provider::seen))
        .routes(routes!(accounts::show))
        .routes(routes!(again::set, again::leave))
        .routes(routes!(plans::create).layer(DefaultBodyLimit::max(plans::BODY_LIMIT)))
        .routes(routes!(plans::show))
        .routes(routes!(plans::rows_of))
        .routes(routes!(plans::file))
        .routes(routes!(plans::run))
        .routes(routes!(plans::look_again))
        .routes(routes!(runs::list))
        .routes(routes!(runs::show, runs::change))
        .routes(routes!(runs::rows))
        .routes(routes!(runs::file))
        .routes(routes!(runs::approvals))
        .routes(routes!(runs::approval_counts))
        .routes(routes!(runs::links))
        .routes(routes!(runs::decide))
        .routes(routes!(runs::plan_again))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
        .routes(routes!(uploads::abilities, uploads::create))
        .routes(routes!(uploads::read, uploads::progress, uploads::write, uploads::end, uploads::instead))
        .routes(routes!(reports::list, reports::create))
        .routes(routes!(reports::create_public))
        .routes(routes!(reports::show))
        .routes(routes!(reports::say))
        .routes(routes!(reports::join))
        .routes(routes!(reports::join_incident))
        .routes(routes!(report_groups::list))
        .routes(routes!(report_groups::counts))
        .routes(routes!(report_groups::own_word))
        .routes(routes!(report_groups::show, report_groups::change))
        .routes(routes!(report_groups::answer))
        .routes(routes!(report_groups::split))
        .routes(routes!(report_groups::merge))
        .routes(routes!(report_groups::ask))
        .routes(routes!(events::stream))
        .split_for_parts();
    let document = Arc::new(openapi::finish(document, app.origin().transport()));
    let description = Router::new().route("/api/openapi.json", get(openapi::show)).with_state(document);
    Router::new()
        .merge(api)
        .merge(scim::router())
        .route("/healthz", get(health::lives))
        .route("/readyz", get(health::is_ready))
        .fallback(assets::answer)
        .layer(from_fn_with_state(app.clone(), forgery::check))
        .with_state(app.clone())
        .merge(description)
        .layer(from_fn_with_state(app, host::check))
        .layer(from_fn(explain_method))
        .layer(DefaultBodyLimit::max(json::BODY_LIMIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(table, table::apply))
        .layer(from_fn(call::number))
}

/// Gives the router's own 405 the body that every problem has; its `Allow` stays.
async fn explain_method(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_bare =
        response.status() == StatusCode::METHOD_NOT_ALLOWED && !response.headers().contains_key(CONTENT_TYPE);
    if !is_bare {
        return response;
    }
    let mut explained = Error::Plain(ProblemType::MethodNotAllowed).into_response();
    if let Some(allowed) = response.headers().get(ALLOW) {
        explained.headers_mut().insert(ALLOW, allowed.clone());
    }
    explained
}

/// A handler panicked: that is a fault of ours, told like every other. The hook has logged where.
fn panicked(_payload: Box<dyn std::any::Any + Send + 'static>) -> Response {
    Error::internal("a handler panicked").into_response()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use tower::ServiceExt as _;

    use super::*;

    async fn breaks() {
        panic!("a handler breaks");
    }

    #[tokio::test]
    async fn a_panic_is_told_as_a_problem() {
        let table = Table::new(&[], crate::headers::Transport::Http);
        let router = Router::new()
            .route("/api/breaks", get(breaks))
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(table, table::apply))
            .layer(from_fn(call::number));
        let request = Request::builder().uri("/api/breaks").body(Body::empty()).expect("a request");
        let response = router.oneshot(request).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let number = response.headers()[call::CALL_HEADER].clone();
        let body = axum::body::to_bytes(response.into_body(), 10_000).await.expect("a body");
        let problem: frontdesk_contract::Problem = serde_json::from_slice(&body).expect("a problem");
        assert_eq!(problem.kind, ProblemType::Internal);
        assert_eq!(problem.request_id.as_deref(), number.to_str().ok());
        assert_eq!(problem.detail, None, "what broke is ours to know");
    }
}
