//! Every way in which a call fails, by what the reader must decide on.

use frontdesk_contract::json;
use frontdesk_contract::problem::FieldError;
use frontdesk_contract::{Problem, ProblemType, Timestamp};

use crate::api::client::RawResponse;

/// Why a call has no answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// The device has no connection.
    #[error("Offline")]
    Offline,
    /// No answer came in time; whether a change was made is not known.
    #[error("No answer after {seconds} seconds")]
    Timeout {
        /// How long was waited.
        seconds: u32,
    },
    /// There is no session, or it has ended.
    #[error("Nobody is signed in")]
    SignedOut,
    /// Address or password is wrong.
    #[error("Address or password is wrong")]
    BadCredentials,
    /// The person may not do this.
    #[error("Not allowed")]
    Forbidden,
    /// There is nothing there, or it may not be seen.
    #[error("Nothing there")]
    NotFound,
    /// There was something, and it was deleted.
    #[error("Deleted")]
    Gone {
        /// When, when it is told.
        at: Option<Timestamp>,
        /// Who asked for it, when it is told.
        by: Option<String>,
    },
    /// Somebody changed it meanwhile.
    #[error("Changed meanwhile")]
    Changed {
        /// Who, when it is told.
        by: Option<String>,
    },
    /// The same call is still being worked on.
    #[error("Still running")]
    StillRunning,
    /// It isn't possible in the state that the thing is in.
    #[error("Not possible now")]
    NotPossible,
    /// The key of the create was used with another body: the first one arrived.
    #[error("Sent already with other words")]
    KeyReused,
    /// A one-time link was used, or its time is over.
    #[error("Link spent")]
    LinkSpent,
    /// Fields are missing or wrong.
    #[error("Fields are wrong")]
    Invalid(Vec<FieldError>),
    /// Too many tries.
    #[error("Too many tries")]
    Throttled {
        /// When to try again.
        retry_at: Option<Timestamp>,
    },
    /// The backend failed.
    #[error("The server failed")]
    Server {
        /// The number to quote.
        request_id: Option<String>,
    },
    /// The answer is no JSON of ours: a proxy's page, or cut in the middle.
    #[error("The answer can't be read")]
    Unreadable,
    /// A part of the panel itself didn't come.
    #[error("A part of the panel didn't come")]
    NotLoaded,
}

impl ApiError {
    /// Reads an answer that isn't a success: by `type` first, then by status.
    pub fn from_response(response: &RawResponse) -> Self {
        let problem: Option<Problem> =
            if response.is_problem { json::read(&response.body).ok() } else { None };
        match problem {
            Some(problem) => Self::from_problem(problem, response.status),
            None => Self::from_status(response.status, None),
        }
    }

    fn from_problem(problem: Problem, status: u16) -> Self {
        match problem.kind {
            ProblemType::BadCredentials => Self::BadCredentials,
            ProblemType::SignedOut => Self::SignedOut,
            ProblemType::Forbidden => Self::Forbidden,
            ProblemType::NotFound => Self::NotFound,
            ProblemType::Gone => Self::Gone { at: problem.deleted_at, by: problem.deleted_by },
            ProblemType::StillRunning => Self::StillRunning,
            ProblemType::NotPossible | ProblemType::WrongOffset => Self::NotPossible,
            ProblemType::LinkSpent => Self::LinkSpent,
            ProblemType::Changed => Self::Changed { by: problem.changed_by },
            ProblemType::Invalid => Self::Invalid(problem.errors),
            ProblemType::KeyReused => Self::KeyReused,
            ProblemType::Throttled => Self::Throttled { retry_at: problem.retry_at },
            ProblemType::BadJson
            | ProblemType::BadParameter
            | ProblemType::KeyMissing
            | ProblemType::ForeignOrigin
            | ProblemType::ForeignHost
            | ProblemType::MethodNotAllowed
            | ProblemType::TooLarge
            | ProblemType::UploadExpired
            | ProblemType::UploadVersion
            | ProblemType::FileTooLarge
            | ProblemType::QuotaUsed
            | ProblemType::FileKind
            | ProblemType::WrongChecksum
            | ProblemType::DiskFull
            | ProblemType::NotJson
            | ProblemType::VersionMissing
            | ProblemType::TooManyStreams
            | ProblemType::Internal
            | ProblemType::Unavailable
            | ProblemType::Other(_) => Self::from_status(status, problem.request_id),
        }
    }

    fn from_status(status: u16, request_id: Option<String>) -> Self {
        match status {
            401 => Self::SignedOut,
            403 => Self::Forbidden,
            404 | 410 => Self::NotFound,
            412 => Self::Changed { by: None },
            429 => Self::Throttled { retry_at: None },
            _ => Self::Server { request_id },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(status: u16, body: &str) -> ApiError {
        let is_problem = body.starts_with('{');
        ApiError::from_response(&RawResponse {
            status,
            body: body.to_owned(),
            is_problem,
            is_json: is_problem,
        })
    }

    #[test]
    fn every_cause_of_the_backend_is_decided_on() {
        for kind in ProblemType::ALL {
            let problem = Problem::new(kind.clone());
            let json = serde_json::to_string(&problem).expect("json");
            let error = read(problem.status, &json);
            let is_general = matches!(error, ApiError::Server { .. });
            let may_be_general =
                matches!(problem.status, 400 | 405 | 413 | 415 | 421 | 428 | 460 | 500 | 503 | 507);
            assert!(!is_general || may_be_general, "{kind:?} became {error:?}");
        }
    }

    #[test]
    fn a_proxys_page_is_read_by_its_status() {
        assert_eq!(read(502, "<html>Bad gateway</html>"), ApiError::Server { request_id: None });
        assert_eq!(read(401, "<html>Sign in</html>"), ApiError::SignedOut);
        assert_eq!(read(403, "{\"type\":"), ApiError::Forbidden);
    }
}
