//! SCIM 2.0 at `/scim/v2`: people and groups for machines, and for the panel to read.
//!
//! Whoever has a session reads as their rights say; machines with a token of scope `scim` or `api` write too,
//! under the same rules of the life cycle as people.

pub mod about;
pub mod bulk;
pub mod groups;
pub mod users;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_MATCH, IF_NONE_MATCH, LOCATION, WWW_AUTHENTICATE,
};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use frontdesk_contract::account::act::{Actor, Reason, Refusal, can_read};
use frontdesk_contract::scim::message::{COUNT_DEFAULT, COUNT_MAX, ScimError, ScimType};
use frontdesk_contract::scim::{ERROR, LIST, SCIM_JSON};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::http::client::Client;
use crate::http::error::Error;
use crate::http::version::Tags;
use crate::http::viewer::Viewer;
use crate::http::{call, caller};
use crate::runs;
use crate::scim::resource::{Projection, Wrong};
use crate::store::audit::By;
use crate::store::directory::DirectoryError;
use crate::store::pages::{Mark, Start};
use crate::store::tokens::Scope;

/// The largest body that is read: a group with 100,000 members.
const BODY_LIMIT: usize = 16 * 1_024 * 1_024;
/// Where it all stands.
pub const ROOT: &str = "/scim/v2";

/// The addresses.
pub fn router() -> Router<App> {
    let router = Router::new()
        .route("/ServiceProviderConfig", get(about::provider))
        .route("/ResourceTypes", get(about::resource_types))
        .route("/ResourceTypes/{id}", get(about::resource_type))
        .route("/Schemas", get(about::schemas))
        .route("/Schemas/{id}", get(about::schema))
        .route("/Users", get(users::list).post(users::create))
        .route("/Users/.search", post(users::search))
        .route("/Users/{id}", get(users::show).put(users::replace).patch(users::change).delete(users::delete))
        .route("/Groups", get(groups::list).post(groups::create))
        .route("/Groups/.search", post(groups::search))
        .route(
            "/Groups/{id}",
            get(groups::show).put(groups::replace).patch(groups::change).delete(groups::delete),
        )
        .route("/.search", post(groups::search_all))
        .route("/Bulk", post(bulk::run))
        .route("/Me", get(about::me))
        .fallback(nothing)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    Router::new().nest(ROOT, router)
}

async fn nothing() -> Failure {
    Failure::not_found()
}

async fn not_allowed() -> Failure {
    Failure::status(StatusCode::METHOD_NOT_ALLOWED, "This address doesn't know this method")
}

/// Why a call failed.
#[derive(Debug)]
pub enum Failure {
    /// As SCIM tells it.
    Told {
        /// The status.
        status: StatusCode,
        /// In a word.
        kind: Option<ScimType>,
        /// In a sentence.
        detail: String,
    },
    /// A failure that is told everywhere alike.
    Other(Error),
}

/// What handlers return.
pub type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// A status with a sentence.
    pub fn status(status: StatusCode, detail: impl Into<String>) -> Self {
        Self::Told { status, kind: None, detail: detail.into() }
    }

    /// Nothing there.
    pub fn not_found() -> Self {
        Self::status(StatusCode::NOT_FOUND, "There is nothing at this address")
    }

    /// Somebody changed it meanwhile.
    pub fn changed() -> Self {
        Self::status(StatusCode::PRECONDITION_FAILED, "Somebody changed this meanwhile")
    }

    fn body(&self, status: StatusCode) -> ScimError {
        let (kind, detail) = match self {
            Self::Told { kind, detail, .. } => (kind.map(ScimType::as_str), Some(detail.clone())),
            Self::Other(_) => {
                (None, call::id().map(|id| format!("The server could not do this. Quote {id}")))
            }
        };
        ScimError {
            schemas: vec![ERROR.to_owned()],
            status: status.as_u16().to_string(),
            scim_type: kind.map(str::to_owned),
            detail,
        }
    }

    /// Status and body, for an operation of a bulk call.
    pub fn told(self) -> (StatusCode, Value) {
        let (status, failure) = self.split();
        (status, json!(failure.body(status)))
    }

    /// The status; an error of the backend is logged.
    fn split(self) -> (StatusCode, Self) {
        match self {
            Self::Told { status, .. } => (status, self),
            Self::Other(error) => {
                let status = match &error {
                    Error::Plain(kind) | Error::Told(kind, _) => {
                        StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
                    }
                    _ => StatusCode::INTERNAL_SERVER_ERROR,
                };
                let detail = match &error {
                    Error::Plain(kind) => Some(kind.title().to_owned()),
                    Error::Told(_, detail) => Some(detail.clone()),
                    _ => None,
                };
                match detail {
                    Some(detail) => (status, Self::Told { status, kind: None, detail }),
                    None => {
                        // Logged by whoever turns it into an answer elsewhere.
                        let _ = IntoResponse::into_response(error);
                        (status, Self::Other(Error::Plain(frontdesk_contract::ProblemType::Internal)))
                    }
                }
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<sqlx::Error> for Failure {
    fn from(source: sqlx::Error) -> Self {
        let is_taken = source.as_database_error().is_some_and(|error| error.is_unique_violation());
        if is_taken {
            return Self::Told {
                status: StatusCode::CONFLICT,
                kind: Some(ScimType::Uniqueness),
                detail: "Somebody else has this userName or this primary e-mail address".to_owned(),
            };
        }
        Self::Other(source.into())
    }
}

impl From<Wrong> for Failure {
    fn from(wrong: Wrong) -> Self {
        Self::Told { status: StatusCode::BAD_REQUEST, kind: Some(wrong.kind), detail: wrong.detail }
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Wrong(wrong) => wrong.into(),
            DirectoryError::Database(error) => error.into(),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let (status, kind) = match refusal.reason {
            // What DESIGN.md says of a plain client that deletes a claimed account.
            Reason::Claimed => (StatusCode::PRECONDITION_FAILED, None),
            Reason::Former => (StatusCode::BAD_REQUEST, Some(ScimType::Mutability)),
            _ => (StatusCode::FORBIDDEN, None),
        };
        Self::Told { status, kind, detail: refusal.reason.sentence().to_owned() }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, failure) = self.split();
        let mut response = answer(status, &json!(failure.body(status)));
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A body with its media type.
pub fn answer(status: StatusCode, body: &Value) -> Response {
    let mut response = (status, body.to_string()).into_response();
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON));
    response
}

/// A resource with its tag and its address.
pub fn resource(status: StatusCode, body: &Value) -> Response {
    let meta = |name: &str| body.get("meta").and_then(|meta| meta.get(name)).and_then(Value::as_str);
    let (tag, location) = (meta("version").map(str::to_owned), meta("location").map(str::to_owned));
    tagged(status, body, tag.as_deref(), location.as_deref())
}

/// A body with a tag and an address that may not stand in it.
pub fn tagged(status: StatusCode, body: &Value, tag: Option<&str>, location: Option<&str>) -> Response {
    let mut response = answer(status, body);
    for (name, value) in [(ETAG, tag), (LOCATION, location)] {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(value).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// The tag of a version.
pub fn tag(version: u64) -> String {
    format!("W/\"v{version}\"")
}

/// Refuses a change that is meant for another version; without `If-Match` any is meant.
pub fn check_match(headers: &HeaderMap, version: u64) -> Result<()> {
    let Some(header) = headers.get(IF_MATCH) else { return Ok(()) };
    let tags = header.to_str().map_or(Tags::These(Vec::new()), Tags::parse);
    if tags.name(&format!("v{version}")) { Ok(()) } else { Err(Failure::changed()) }
}

/// Whether the caller has this version already.
pub fn is_known(headers: &HeaderMap, version: u64) -> bool {
    let tags = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).map(Tags::parse);
    tags.is_some_and(|tags| tags.name(&format!("v{version}")))
}

/// Who calls.
#[derive(Debug, Clone)]
pub struct Reader {
    /// As the audit log names it; only machines write.
    pub by: Option<By>,
    /// As the rules see it.
    pub actor: Actor,
    /// From where.
    pub network: String,
}

/// A machine that may write.
#[derive(Debug, Clone)]
pub struct Writer {
    /// As the audit log names it.
    pub by: By,
    /// The name of its token.
    pub name: String,
    /// As the rules see it.
    pub actor: Actor,
    /// From where.
    pub network: String,
}

impl FromRequestParts<App> for Reader {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let network = Client::from_request_parts(parts, app).await?.network();
        match caller::token(parts, app).await? {
            Some(token) if matches!(token.scope, Scope::Scim | Scope::Api) => {
                let actor = Actor { person: None, rights: runs::rights_of_a_machine() };
                Ok(Self { by: Some(By::Token(token.name)), actor, network })
            }
            Some(_) => Err(Failure::status(StatusCode::FORBIDDEN, "This token is for something else")),
            None => {
                let viewer = Viewer::from_request_parts(parts, app).await?;
                let person = viewer.person();
                if !can_read(&person.rights) {
                    return Err(Failure::status(StatusCode::FORBIDDEN, "This needs a right to see accounts"));
                }
                let actor = Actor { person: Some(person.id.clone()), rights: person.rights.clone() };
                Ok(Self { by: None, actor, network })
            }
        }
    }
}

impl FromRequestParts<App> for Writer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self> {
        let Reader { by, actor, network } = Reader::from_request_parts(parts, app).await?;
        if let Some(provider) = app.provider() {
            // One place keeps the accounts: what were written here, the next reading would undo.
            let detail = format!("{} keeps these accounts. Write there; here they are read", provider.name());
            return Err(Failure::status(StatusCode::FORBIDDEN, detail));
        }
        match by {
            Some(By::Token(name)) => Ok(Self { by: By::Token(name.clone()), name, actor, network }),
            _ => Err(Failure::status(
                StatusCode::FORBIDDEN,
                "People act by plans and runs, which show the consequences first",
            )),
        }
    }
}

/// A JSON body, whatever JSON it says it is.
#[derive(Debug)]
pub struct ScimBody(pub Value);

impl<S: Send + Sync> axum::extract::FromRequest<S> for ScimBody {
    type Rejection = Failure;

    async fn from_request(request: axum::extract::Request, state: &S) -> Result<Self> {
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(|rejection| {
            Failure::status(rejection.status(), "The body is too large, or was cut off")
        })?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            Wrong::new(
                ScimType::InvalidSyntax,
                format!("The body is no JSON: line {}, column {}", error.line(), error.column()),
            )
            .into()
        })
    }
}

/// What lists can be asked for, in the address or in the body of a search.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Asked {
    /// The filter.
    pub filter: Option<String>,
    /// The attribute to sort by.
    pub sort_by: Option<String>,
    /// `ascending` or `descending`.
    pub sort_order: Option<String>,
    /// The first, from 1.
    pub start_index: Option<Loose>,
    /// How many.
    pub count: Option<Loose>,
    /// Where another page ended; empty for the first (RFC 9865).
    pub cursor: Option<String>,
    /// Only these.
    pub attributes: Option<Names>,
    /// All but these.
    pub excluded_attributes: Option<Names>,
}

/// A cursor that another question was answered with, or none of ours (RFC 9865).
pub fn foreign_cursor() -> Wrong {
    Wrong::new(ScimType::InvalidCursor, "The cursor belongs to another question")
}

/// A number, or a text that is one.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Loose {
    /// As JSON has it.
    Number(i64),
    /// As an address has it.
    Text(String),
}

/// Names with commas, or a list of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Names {
    /// With commas.
    Text(String),
    /// A list.
    List(Vec<String>),
}

impl Asked {
    /// Reads the body of a search.
    pub fn of(body: Value) -> Result<Self> {
        serde_json::from_value(body).map_err(|error| {
            Wrong::new(ScimType::InvalidSyntax, format!("The search can't be read: {error}")).into()
        })
    }

    /// Which attributes the answer has.
    pub fn projection(&self) -> Result<Projection> {
        let text = |names: &Option<Names>| match names {
            None => None,
            Some(Names::Text(text)) => Some(text.clone()),
            Some(Names::List(list)) => Some(list.join(",")),
        };
        let (only, without) = (text(&self.attributes), text(&self.excluded_attributes));
        Ok(Projection::parse(only.as_deref(), without.as_deref())?)
    }

    /// How many resources a page has.
    pub fn count(&self) -> Result<usize> {
        match number(self.count.as_ref())? {
            None => Ok(COUNT_DEFAULT),
            Some(count) if self.cursor.is_some() && count > i64::try_from(COUNT_MAX).unwrap_or(i64::MAX) => {
                Err(Wrong::new(ScimType::InvalidCount, format!("A page has at most {COUNT_MAX} resources"))
                    .into())
            }
            Some(count) => Ok(usize::try_from(count.max(0)).unwrap_or(0).min(COUNT_MAX)),
        }
    }

    /// How many are skipped.
    pub fn skipped(&self) -> Result<u64> {
        let start = number(self.start_index.as_ref())?.unwrap_or(1).max(1);
        Ok(start.unsigned_abs() - 1)
    }

    /// Where the page begins, and how many are skipped where it is asked for by index.
    pub fn start(&self, question: &str) -> Result<(Start, Option<u64>)> {
        match self.cursor.as_deref() {
            None => {
                let skipped = self.skipped()?;
                Ok((Start::Behind(skipped), Some(skipped)))
            }
            Some("") => Ok((Start::Behind(0), None)),
            Some(cursor) => {
                let mark = Mark::parse(cursor, question).ok_or_else(foreign_cursor)?;
                Ok((Start::After(mark), None))
            }
        }
    }

    /// Whether the last come first.
    pub fn is_descending(&self) -> bool {
        self.sort_order.as_deref().is_some_and(|order| order.eq_ignore_ascii_case("descending"))
    }

    /// The filter.
    pub fn filter(&self) -> Result<Option<frontdesk_contract::scim::filter::Filter>> {
        let Some(text) = self.filter.as_deref().filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        text.parse().map(Some).map_err(|error| Wrong::new(ScimType::InvalidFilter, format!("{error}")).into())
    }
}

fn number(loose: Option<&Loose>) -> Result<Option<i64>> {
    match loose {
        None => Ok(None),
        Some(Loose::Number(number)) => Ok(Some(*number)),
        Some(Loose::Text(text)) if text.is_empty() => Ok(None),
        Some(Loose::Text(text)) => text
            .parse()
            .map(Some)
            .map_err(|_| Wrong::new(ScimType::InvalidValue, format!("{text} is no number")).into()),
    }
}

/// A page of resources.
pub fn list_answer(
    resources: &[Value],
    total: Option<u64>,
    start: Option<u64>,
    next: Option<String>,
) -> Response {
    let mut body = json!({"schemas": [LIST], "itemsPerPage": resources.len(), "Resources": resources});
    if let Some(fields) = body.as_object_mut() {
        if let Some(total) = total {
            fields.insert("totalResults".to_owned(), json!(total));
        }
        if let Some(start) = start {
            fields.insert("startIndex".to_owned(), json!(start));
        }
        if let Some(next) = next {
            fields.insert("nextCursor".to_owned(), json!(next));
        }
    }
    answer(StatusCode::OK, &body)
}

/// The parameters behind `?`.
#[derive(Debug)]
pub struct Question(pub Asked);

impl<S: Send + Sync> FromRequestParts<S> for Question {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let found = axum::extract::Query::<Asked>::from_request_parts(parts, state).await;
        found
            .map(|axum::extract::Query(asked)| Self(asked))
            .map_err(|rejection| Wrong::new(ScimType::InvalidSyntax, rejection.body_text()).into())
    }
}

/// Where browsers and machines see it.
pub fn base(app: &App) -> String {
    format!("{}{ROOT}", app.origin().as_str())
}
