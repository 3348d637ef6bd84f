//! The list of requests: pages, counts, exports, and what somebody has read of it.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Json;
use axum::body::{Body as HttpBody, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LINK};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::listing::{Read, RequestList, WITHIN_MAX};
use frontdesk_contract::page::{PAGE_DEFAULT, PAGE_MAX};
use frontdesk_contract::request::RequestCounts;
use frontdesk_contract::time::Span;
use frontdesk_contract::{
    Channel, Person, PersonId, Priority, ProblemType, RequestId, RequestState, RequestSummary, Sort,
    WaitingFor,
};
use serde::Deserialize;
use tokio::sync::{Semaphore, mpsc};
use tokio_stream::Stream;

use crate::app::App;
use crate::http::address::{Parameters, Part, encode, word};
use crate::http::csv;
use crate::http::error::{Error, Result};
use crate::http::json::{Body, FromBody};
use crate::http::rights::Reader;
use crate::store::list::{Filter, Mark, Place, TouchedBy};
use crate::store::reads;
use crate::store::requests::Eyes;

/// The longest text that is searched for.
pub(super) const QUERY_MAX: usize = 500;
/// So many requests can be named in one call.
const IDS_MAX: usize = 200;
/// The highest rank that is jumped to.
const RANK_MAX: u32 = 1_000_000;
/// So many exports run at a time in this process; the others wait for their turn.
static EXPORTS: Semaphore = Semaphore::const_new(3);
/// So many batches of an export wait for whoever takes it.
const WAITING: usize = 2;
/// So long whoever takes an export may take for the next batch.
const PATIENCE: Duration = Duration::from_secs(60);

impl FromBody for Read {}

/// What a list can be asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub struct ListParameters {
    /// Only those in this state.
    #[param(inline, value_type = Option<RequestState>)]
    pub state: Option<String>,
    /// Only those that wait for this side.
    #[param(inline, value_type = Option<WaitingFor>)]
    pub waiting_for: Option<String>,
    /// Only those about this topic.
    #[param(pattern = r"^[^\s/\x00-\x1F\x7F-\x9F]{0,200}$")]
    pub topic: Option<String>,
    /// Only those with this level of the organization.
    #[param(inline, value_type = Option<Priority>)]
    pub priority: Option<String>,
    /// Only those with this level of support.
    #[param(inline, value_type = Option<Priority>)]
    pub support_priority: Option<String>,
    /// Only those answered so.
    #[param(inline, value_type = Option<Channel>)]
    pub channel: Option<String>,
    /// Only those that this person asked; `me` for whoever calls.
    #[param(pattern = r"^[^\s/\x00-\x1F\x7F-\x9F]{0,200}$")]
    pub asked_by: Option<String>,
    /// Only those that this live incident touches; `any` for whichever.
    #[param(pattern = r"^[^\s/\x00-\x1F\x7F-\x9F]{0,200}$")]
    pub incident: Option<String>,
    /// Only those asked within so many days.
    #[param(minimum = 1, maximum = 3660, value_type = Option<u32>)]
    pub within: Option<String>,
    /// Only these, by their numbers with commas between them: 200 at the most.
    #[param(pattern = "^([Ff][Dd]-[0-9]{1,18}(,[Ff][Dd]-[0-9]{1,18}){0,199})?$")]
    pub ids: Option<String>,
    /// Only those with these words; the last may be the beginning of one; 500 characters are read. A request's number finds it. Words of one or two letters, and of scripts without spaces, are looked for in the 2,000 that changed last.
    pub q: Option<String>,
    /// How many rows: 50 when nothing is said.
    #[param(minimum = 1, maximum = 200, value_type = Option<u32>)]
    pub limit: Option<String>,
    /// Where the page before ended: its `next`.
    pub cursor: Option<String>,
    /// With the row of this rank, the first being 0: for a jump. Not together with a cursor.
    #[param(minimum = 0, maximum = 1000000, value_type = Option<u32>)]
    pub at: Option<String>,
    /// `-changedAt` when nothing is said; also `createdAt`, `id`, `waitingFor`, `priority`, `askedBy`, `topic`, `channel`, each with or without `-`.
    #[param(pattern = "^(-?(changedAt|createdAt|id|waitingFor|priority|askedBy|topic|channel))?$")]
    pub sort: Option<String>,
}

/// In which form.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FormParameters {
    /// `csv` when nothing is said, or `json`.
    #[param(pattern = "^(csv|json)$")]
    pub format: Option<String>,
}

/// Lists the organization's requests.
#[utoipa::path(get, path = "/api/requests", tag = "requests", params(ListParameters),
    responses((status = 200, description = "A page. `Link` names the next one (RFC 8288).", body = RequestList)))]
pub async fn list(
    State(app): State<App>,
    reader: Reader,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Response> {
    let filter = filter(&app, &parameters, reader.person()).await?;
    let (sort, place, limit) = which_rows(&parameters)?;
    let eyes = Eyes::of(reader.person());
    let rows = app.store().requests(&filter, sort, &place, limit, eyes).await?;
    let ids: Vec<RequestId> = rows.items.iter().map(|item| item.id).collect();
    let unread = app.store().unread(&reader.person().id, &ids, eyes).await?;
    let next = rows.next.as_ref().map(Mark::to_cursor);
    let link = next.as_ref().map(|next| link(&parameters, sort, limit, &next.0));
    let mut response = Json(RequestList { items: rows.items, next, unread }).into_response();
    if let Some(Ok(link)) = link.as_deref().map(HeaderValue::from_str) {
        response.headers_mut().insert(LINK, link);
    }
    Ok(response)
}

/// In which order, from where on, and how many. What only counts takes these too, and refuses what can't be read.
fn which_rows(parameters: &ListParameters) -> Result<(Sort, Place, usize)> {
    let mut sort: Option<Sort> = word("sort", parameters.sort.as_deref(), |text| text.parse().ok())?;
    let at = word("at", parameters.at.as_deref(), |text| text.parse().ok().filter(|rank| *rank <= RANK_MAX))?;
    let place = match (word("cursor", parameters.cursor.as_deref(), Mark::parse)?, at) {
        (Some(mark), None) => {
            // A cursor knows its order; another order beside it is a mistake.
            if *sort.get_or_insert(mark.sort) != mark.sort {
                return Err(bad("The cursor belongs to another order"));
            }
            Place::After(mark)
        }
        (None, Some(rank)) => Place::At(rank),
        (None, None) => Place::Start,
        (Some(_), Some(_)) => return Err(bad("Give a cursor or a rank, not both")),
    };
    let is_possible = |limit: &usize| (1..=PAGE_MAX).contains(limit);
    let limit = word("limit", parameters.limit.as_deref(), |text| text.parse().ok().filter(is_possible))?;
    Ok((sort.unwrap_or_default(), place, limit.unwrap_or(PAGE_DEFAULT)))
}

/// How many requests there are of each kind, how many the filters leave, and how many each filter would leave.
#[utoipa::path(get, path = "/api/requests/counts", tag = "requests", params(ListParameters),
    responses((status = 200, description = "The counts.", body = RequestCounts)))]
pub async fn counts(
    State(app): State<App>,
    reader: Reader,
    Parameters(parameters): Parameters<ListParameters>,
) -> Result<Json<RequestCounts>> {
    which_rows(&parameters)?;
    let filter = filter(&app, &parameters, reader.person()).await?;
    let mut counts = app.store().request_counts().await?;
    app.store().count_matching(&filter, Eyes::of(reader.person()), &mut counts).await?;
    counts.facets = app.store().request_facets(filter.state, filter.waiting_for).await?;
    Ok(Json(counts))
}

/// All rows of a list as a file.
#[utoipa::path(get, path = "/api/requests/export", tag = "requests", params(ListParameters, FormParameters),
    responses((status = 200, description = "The file: CSV (RFC 4180, UTF-8 with its mark; what a table program would take for a formula begins with an apostrophe) or JSON.",
        content((String = "text/csv"), (RequestList = "application/json")))))]
pub async fn export(
    State(app): State<App>,
    reader: Reader,
    Parameters(parameters): Parameters<ListParameters>,
    Parameters(form): Parameters<FormParameters>,
) -> Result<Response> {
    let (sort, _, _) = which_rows(&parameters)?;
    let filter = filter(&app, &parameters, reader.person()).await?;
    let form = word("format", form.format.as_deref(), Form::parse)?.unwrap_or(Form::Csv);
    let eyes = Eyes::of(reader.person());
    let turn = EXPORTS.acquire().await.map_err(Error::internal)?;
    let (taker, rows) = mpsc::channel(WAITING);
    let is_whole = Arc::new(AtomicBool::new(false));
    let file = File { form, stage: Stage::Head, rows, is_whole: is_whole.clone() };
    let day = app.now().to_string().chars().take(10).collect::<String>();
    tokio::spawn(async move {
        let _turn = turn;
        let told = app.store().all_requests(&filter, sort, eyes, &taker, PATIENCE).await;
        match told {
            Ok(all) => is_whole.store(all, Ordering::Release),
            Err(error) => tracing::error!(%error, "an export broke off"),
        }
    });
    let mut response = (StatusCode::OK, HttpBody::from_stream(file)).into_response();
    let name = format!("attachment; filename=\"requests-{day}.{}\"", form.ending());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(form.media()));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(Error::internal)?);
    Ok(response)
}

/// Says that whoever calls has read a request up to a version. Said again it changes nothing.
#[utoipa::path(post, path = "/api/requests/{id}/read", tag = "requests", request_body = Read,
    params(("id" = RequestId, Path, description = "Its number, such as FD-1042.")),
    responses((status = 204, description = "Noted.")))]
pub async fn mark_read(
    State(app): State<App>,
    reader: Reader,
    Part(id): Part<RequestId>,
    Body { value: read, .. }: Body<Read>,
) -> Result<StatusCode> {
    let version = reads::number_of(&read.version)
        .ok_or_else(|| Error::field("/version", &"Send the version of the request"))?;
    let mut write = app.store().write().await?;
    let eyes = Eyes::of(reader.person());
    if crate::store::requests::stored(&mut write, id, eyes).await?.is_none() {
        return Err(ProblemType::NotFound.into());
    }
    reads::mark(&mut write, &reader.person().id, id, version, app.now()).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that whoever calls has read everything that there is by now.
#[utoipa::path(post, path = "/api/requests/read", tag = "requests",
    responses((status = 204, description = "Noted.")))]
pub async fn mark_all_read(State(app): State<App>, reader: Reader) -> Result<StatusCode> {
    let mut write = app.store().write().await?;
    reads::mark_all(&mut write, &reader.person().id, app.now()).await?;
    write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn filter(app: &App, parameters: &ListParameters, person: &Person) -> Result<Filter> {
    let waits = |text: &str| {
        [WaitingFor::Organization, WaitingFor::Support, WaitingFor::Nobody]
            .into_iter()
            .find(|waits| waits.as_str() == text)
    };
    let asker =
        |text: &str| if text == "me" { Some(person.id.clone()) } else { text.parse::<PersonId>().ok() };
    let touched_by = |text: &str| match text {
        "any" => Some(TouchedBy::Any),
        id => id.parse().ok().map(TouchedBy::One),
    };
    let days = |text: &str| text.parse().ok().filter(|days| (1..=WITHIN_MAX).contains(days));
    let ids = |text: &str| {
        let ids: Option<Vec<RequestId>> = text.split(',').map(|id| id.parse().ok()).collect();
        ids.filter(|ids| ids.len() <= IDS_MAX)
    };
    let query: String = parameters.q.as_deref().unwrap_or_default().chars().take(QUERY_MAX).collect();
    let within = word("within", parameters.within.as_deref(), days)?;
    Ok(Filter {
        state: word("state", parameters.state.as_deref(), RequestState::parse)?,
        waiting_for: word("waitingFor", parameters.waiting_for.as_deref(), waits)?,
        topic: word("topic", parameters.topic.as_deref(), |text| text.parse().ok())?,
        priority: word("priority", parameters.priority.as_deref(), Priority::parse)?,
        support_priority: word("supportPriority", parameters.support_priority.as_deref(), Priority::parse)?,
        channel: word("channel", parameters.channel.as_deref(), Channel::parse)?,
        asked_by: word("askedBy", parameters.asked_by.as_deref(), asker)?,
        touched_by: word("incident", parameters.incident.as_deref(), touched_by)?,
        since: within.map(|days: u16| app.now().minus(Span::days(i64::from(days)))),
        ids: word("ids", parameters.ids.as_deref(), ids)?.unwrap_or_default(),
        query: app.store().query(&query).await?,
    })
}

fn bad(detail: &str) -> Error {
    Error::Told(ProblemType::BadParameter, detail.to_owned())
}

fn link(parameters: &ListParameters, sort: Sort, limit: usize, cursor: &str) -> String {
    let mut address = format!("/api/requests?sort={sort}&limit={limit}");
    let given = [
        ("state", &parameters.state),
        ("waitingFor", &parameters.waiting_for),
        ("topic", &parameters.topic),
        ("priority", &parameters.priority),
        ("supportPriority", &parameters.support_priority),
        ("channel", &parameters.channel),
        ("askedBy", &parameters.asked_by),
        ("incident", &parameters.incident),
        ("within", &parameters.within),
        ("ids", &parameters.ids),
        ("q", &parameters.q),
    ];
    for (name, value) in given {
        if let Some(value) = value.as_deref().filter(|value| !value.is_empty()) {
            address.push_str(&format!("&{name}={}", encode(value)));
        }
    }
    format!("<{address}&cursor={}>; rel=\"next\"", encode(cursor))
}

/// In which form an export comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Json,
}

impl Form {
    fn parse(word: &str) -> Option<Self> {
        [Self::Csv, Self::Json].into_iter().find(|form| form.ending() == word)
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    const fn media(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Json => "application/json",
        }
    }

    fn head(self) -> String {
        match self {
            // The mark tells table programs that it is UTF-8.
            Self::Csv => format!("\u{feff}{}", csv::line(&COLUMNS.map(str::to_owned))),
            Self::Json => "{\"items\":[".to_owned(),
        }
    }

    fn rows(self, rows: &[RequestSummary], is_first: bool) -> io::Result<String> {
        let mut text = String::new();
        for (index, row) in rows.iter().enumerate() {
            match self {
                Self::Csv => text.push_str(&csv::line(&cells(row))),
                Self::Json => {
                    text.push_str(if is_first && index == 0 { "\n" } else { ",\n" });
                    text.push_str(&serde_json::to_string(row).map_err(io::Error::other)?);
                }
            }
        }
        Ok(text)
    }

    const fn tail(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::Json => "\n],\"next\":null}\n",
        }
    }
}

const COLUMNS: [&str; 13] = [
    "id",
    "subject",
    "topic",
    "state",
    "waitingFor",
    "waitingSince",
    "priority",
    "supportPriority",
    "channel",
    "askedBy",
    "createdAt",
    "changedAt",
    "incidents",
];

fn cells(row: &RequestSummary) -> [String; 13] {
    let incidents: Vec<&str> = row.incidents.iter().map(|id| id.as_str()).collect();
    [
        row.id.to_string(),
        row.subject.clone(),
        row.topic.to_string(),
        row.state.as_str().to_owned(),
        row.waiting_for.as_str().to_owned(),
        row.waiting_since.to_string(),
        row.priority.as_str().to_owned(),
        row.support_priority.map(Priority::as_str).unwrap_or_default().to_owned(),
        row.channel.as_str().to_owned(),
        row.asked_by.name.clone(),
        row.created_at.to_string(),
        row.changed_at.to_string(),
        incidents.join(" "),
    ]
}

/// An export on its way. It ends well only when all of it has come: half a file is never taken for a whole one.
struct File {
    form: Form,
    stage: Stage,
    rows: mpsc::Receiver<Vec<RequestSummary>>,
    is_whole: Arc<AtomicBool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    First,
    Rest,
    Done,
}

impl Stream for File {
    type Item = io::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let form = self.form;
        let piece = match self.stage {
            Stage::Done => return Poll::Ready(None),
            Stage::Head => {
                self.stage = Stage::First;
                Ok(form.head())
            }
            stage @ (Stage::First | Stage::Rest) => match ready!(self.rows.poll_recv(context)) {
                Some(rows) => {
                    if !rows.is_empty() {
                        self.stage = Stage::Rest;
                    }
                    form.rows(&rows, stage == Stage::First)
                }
                None => {
                    self.stage = Stage::Done;
                    if self.is_whole.load(Ordering::Acquire) {
                        Ok(form.tail().to_owned())
                    } else {
                        Err(io::Error::other("the export broke off"))
                    }
                }
            },
        };
        Poll::Ready(Some(piece.map(Bytes::from)))
    }
}
