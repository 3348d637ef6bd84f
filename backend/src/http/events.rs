//! The live stream: server-sent events, read from the database.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::event::{Event, HEARTBEAT_SECONDS};
use frontdesk_contract::request::can_read;
use frontdesk_contract::{EventId, ProblemType};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::http::address::{Parameters, word};
use crate::http::error::{Error, Result};
use crate::http::viewer::{self, Onlooker};
use crate::store::events::{Audience, Happening, Since};
use crate::store::requests::Eyes;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// So many lines may wait for a slow reader.
const WAITING: usize = 16;

/// Where to begin.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StreamParameters {
    /// After this event; without it `Last-Event-ID` says so, else with what comes from now on.
    #[param(value_type = Option<u64>)]
    pub after: Option<String>,
}

/// What happens, as it happens. It ends with the session and doesn't make it last longer.
#[utoipa::path(get, path = "/api/events", tag = "events", params(StreamParameters),
    responses((status = 200, description = "Server-sent events; the data of each is an `Event`.", content_type = "text/event-stream", body = Event)))]
pub async fn stream(
    State(app): State<App>,
    onlooker: Onlooker,
    headers: HeaderMap,
    Parameters(parameters): Parameters<StreamParameters>,
) -> Result<Response> {
    let asked = parameters.after.as_deref().or_else(|| headers.get(LAST_EVENT_ID)?.to_str().ok());
    let after = match word("after", asked, |text| text.parse().ok())? {
        Some(after) => after,
        None => app.store().last_event().await?,
    };
    let token = viewer::cookie(&headers, app.origin()).ok_or(ProblemType::SignedOut)?.to_owned();
    let (lines, receiver) = mpsc::channel(WAITING);
    let teller = Teller { app, token, onlooker, last: after, lines };
    tokio::spawn(teller.tell());
    let mut response = Body::from_stream(ReceiverStream::new(receiver)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

/// Writes one stream.
struct Teller {
    app: App,
    token: String,
    onlooker: Onlooker,
    last: EventId,
    lines: mpsc::Sender<std::result::Result<Bytes, Infallible>>,
}

/// Why a stream ends.
enum End {
    /// The session ended, or the reader is gone.
    Reader,
    /// The database failed.
    Failure(Error),
}

impl From<sqlx::Error> for End {
    fn from(source: sqlx::Error) -> Self {
        Self::Failure(source.into())
    }
}

impl Teller {
    async fn tell(mut self) {
        if let Err(End::Failure(error)) = self.tell_until_the_end().await {
            tracing::error!(%error, "a stream ended");
        }
    }

    async fn tell_until_the_end(&mut self) -> std::result::Result<(), End> {
        let mut hints = self.app.hints();
        let stopping = self.app.stopping().clone();
        let mut heartbeat = tokio::time::interval(Duration::from_secs(HEARTBEAT_SECONDS));
        heartbeat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            // Hints only wake us; another backend's events are found with the heartbeat.
            let beats = tokio::select! {
                () = stopping.cancelled() => return Ok(()),
                () = self.lines.closed() => return Ok(()),
                _ = heartbeat.tick() => true,
                hint = hints.changed() => {
                    if hint.is_err() {
                        return Ok(());
                    }
                    false
                }
            };
            self.check_session().await?;
            if beats {
                let now = self.app.now();
                self.send(": still here\n\n".to_owned()).await?;
                self.send_event(None, &Event::Heartbeat { now }).await?;
            }
            self.send_news().await?;
        }
    }

    async fn check_session(&mut self) -> std::result::Result<(), End> {
        let sitting = self.app.store().sitting(&self.token, self.app.now()).await?;
        self.onlooker = Onlooker { sitting: sitting.ok_or(End::Reader)? };
        Ok(())
    }

    async fn send_news(&mut self) -> std::result::Result<(), End> {
        loop {
            match self.app.store().events_since(self.last).await? {
                Since::Gone(newest) => {
                    self.last = newest;
                    self.send_event(Some(newest), &Event::Reset).await?;
                }
                Since::Followed(followed) if followed.is_empty() => return Ok(()),
                Since::Followed(followed) => {
                    for (id, happening) in followed {
                        self.last = id;
                        if let Some(event) = self.event_of(happening).await? {
                            self.send_event(Some(id), &event).await?;
                        }
                    }
                }
            }
        }
    }

    /// What the reader may know of something that happened.
    async fn event_of(&self, happening: Happening) -> std::result::Result<Option<Event>, End> {
        let person = &self.onlooker.sitting.person;
        let event = match happening {
            Happening::Request { id, version, public_version, audience } => {
                let eyes = Eyes::of(person);
                let is_for_reader = audience == Audience::Everybody || eyes == Eyes::Agent;
                if can_read(person).is_err() || !is_for_reader {
                    return Ok(None);
                }
                let version = match eyes {
                    Eyes::Agent => version,
                    Eyes::Organization => public_version,
                };
                let waiting_for_you = self.app.store().request_counts().await?.waiting_for_you;
                Event::Request { id, version, waiting_for_you }
            }
            Happening::Status => Event::Status,
            Happening::Settings => Event::Settings,
        };
        Ok(Some(event))
    }

    async fn send_event(&self, id: Option<EventId>, event: &Event) -> std::result::Result<(), End> {
        let data = serde_json::to_string(event).map_err(|error| End::Failure(Error::internal(error)))?;
        let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
        self.send(format!("{id}data: {data}\n\n")).await
    }

    async fn send(&self, text: String) -> std::result::Result<(), End> {
        self.lines.send(Ok(Bytes::from(text))).await.map_err(|_| End::Reader)
    }
}
