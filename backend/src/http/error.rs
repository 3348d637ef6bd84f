//! Every way in which a call fails, and the one place that turns it into an answer.

use std::error::Error as StdError;

use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::problem::PROBLEM_JSON;
use frontdesk_contract::report;
use frontdesk_contract::request::Refusal;
use frontdesk_contract::{FieldError, Problem, ProblemType, Timestamp};

use crate::http::call;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A cause with nothing more to say.
    #[error("{0}")]
    Plain(ProblemType),
    /// A cause and what is special about this occurrence, in English.
    #[error("{0}: {1}")]
    Told(ProblemType, String),
    /// Fields are missing or wrong.
    #[error("Fields are missing or wrong")]
    Invalid(Vec<FieldError>),
    /// The address doesn't know the method, but these.
    #[error("The method is not allowed")]
    MethodNotAllowed(&'static str),
    /// Too many tries.
    #[error("Too many tries")]
    Throttled {
        /// When to try again.
        retry_at: Timestamp,
        /// The time now.
        now: Timestamp,
    },
    /// The thing changed since the version that was sent.
    #[error("Somebody changed this meanwhile")]
    Changed {
        /// Who did, when that may be told.
        by: Option<String>,
    },
    /// There was something, and it was deleted.
    #[error("Deleted")]
    Gone {
        /// When.
        at: Timestamp,
        /// Who asked for it, when that is known.
        by: Option<String>,
    },
    /// The backend failed. The source is logged and never sent.
    #[error("The backend failed")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// A failure of the backend itself.
    pub fn internal(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Internal(source.into())
    }

    /// A single wrong field.
    pub fn field(pointer: &str, detail: &impl ToString) -> Self {
        Self::Invalid(vec![FieldError { pointer: pointer.to_owned(), detail: detail.to_string() }])
    }

    /// The problem as it goes over the wire.
    fn problem(&self) -> Problem {
        match self {
            Self::Plain(kind) => Problem::new(kind.clone()),
            Self::Told(kind, detail) => {
                Problem { detail: Some(detail.clone()), ..Problem::new(kind.clone()) }
            }
            Self::Invalid(errors) => Problem { errors: errors.clone(), ..Problem::new(ProblemType::Invalid) },
            Self::MethodNotAllowed(_) => Problem::new(ProblemType::MethodNotAllowed),
            Self::Throttled { retry_at, .. } => {
                Problem { retry_at: Some(*retry_at), ..Problem::new(ProblemType::Throttled) }
            }
            Self::Changed { by } => Problem { changed_by: by.clone(), ..Problem::new(ProblemType::Changed) },
            Self::Gone { at, by } => {
                let detail = match by {
                    Some(by) => format!("Deleted at {at}; asked for by {by}"),
                    None => format!("Deleted at {at}"),
                };
                Problem {
                    detail: Some(detail),
                    deleted_at: Some(*at),
                    deleted_by: by.clone(),
                    ..Problem::new(ProblemType::Gone)
                }
            }
            Self::Internal(_) => Problem::new(ProblemType::Internal),
        }
    }

    fn log(&self) {
        if let Self::Internal(source) = self {
            let mut causes = vec![source.to_string()];
            let mut next = source.source();
            while let Some(cause) = next {
                causes.push(cause.to_string());
                next = cause.source();
            }
            tracing::error!(cause = causes.join(": "), "the call failed");
        }
    }
}

impl From<ProblemType> for Error {
    fn from(kind: ProblemType) -> Self {
        Self::Plain(kind)
    }
}

impl From<sqlx::Error> for Error {
    fn from(source: sqlx::Error) -> Self {
        Self::internal(source)
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotYours
            | Refusal::InternalNote
            | Refusal::HoldIsSupports
            | Refusal::OrganizationsAct
            | Refusal::SupportsAct => Self::Told(ProblemType::Forbidden, refusal.to_string()),
            Refusal::AlreadySolved
            | Refusal::NotSolved
            | Refusal::ReopenedTooLate { .. }
            | Refusal::SolvedPriority
            | Refusal::NothingToAppeal
            | Refusal::AppealedAlready { .. }
            | Refusal::NoAppeal
            | Refusal::SolvedEscalation
            | Refusal::EscalatedAlready { .. }
            | Refusal::EscalatedTooEarly { .. }
            | Refusal::YourTurn
            | Refusal::ClosesNot
            | Refusal::RatedTooEarly
            | Refusal::RatedAlready
            | Refusal::RatedTooLate { .. }
            | Refusal::FollowedTooEarly => Self::Told(ProblemType::NotPossible, refusal.to_string()),
            Refusal::ReasonMissing => Self::field("/reason", &refusal),
        }
    }
}

impl From<report::Refusal> for Error {
    fn from(refusal: report::Refusal) -> Self {
        match refusal {
            report::Refusal::NotYours | report::Refusal::NotAnAdmin => {
                Self::Told(ProblemType::Forbidden, refusal.to_string())
            }
            report::Refusal::TitleMissing => Self::field("/title", &refusal),
            report::Refusal::NoSplit => Self::field("/reports", &refusal),
            report::Refusal::SameGroup => Self::field("/into", &refusal),
            report::Refusal::AskedAlready | report::Refusal::NobodyReads => {
                Self::Told(ProblemType::NotPossible, refusal.to_string())
            }
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        self.log();
        let problem = Problem { request_id: call::id(), ..self.problem() };
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::MethodNotAllowed(allowed) => {
                headers.insert(ALLOW, HeaderValue::from_static(allowed));
            }
            Self::Throttled { retry_at, now } => {
                // Rounded up: whoever waits that long is not refused again.
                let seconds = retry_at.since(now).0.max(0).saturating_add(999) / 1_000;
                headers.insert(RETRY_AFTER, HeaderValue::from(seconds.unsigned_abs()));
            }
            Self::Plain(_)
            | Self::Told(..)
            | Self::Invalid(_)
            | Self::Changed { .. }
            | Self::Gone { .. }
            | Self::Internal(_) => {}
        }
        response
    }
}
