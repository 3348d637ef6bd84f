//! The live stream: server-sent events, read from the database.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};
use frontdesk_contract::event::{Event, HEARTBEAT_SECONDS};
use frontdesk_contract::thread::Side;
use frontdesk_contract::{EventId, PersonId, ProblemType};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::http::address::{Parameters, word};
use crate::http::error::{Error, Result};
use crate::http::viewer::{self, Onlooker};
use crate::store::care::Answering;
use crate::store::events::{Ears, Happening, Since};
use crate::store::sessions::Sitting;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// So many lines may wait for a slow reader.
const WAITING: usize = 16;
/// So many streams a session may have open: a browser has one, and a few that it left are not closed yet.
const STREAMS_PER_SESSION: usize = 8;
/// So many streams a person may have open, over all sessions.
const STREAMS_PER_PERSON: usize = 40;

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
    let ears = Ears::of(&onlooker.sitting.person);
    let after = match word("after", asked, |text| text.parse().ok())? {
        Some(after) => after,
        None => app.store().last_event(ears).await?,
    };
    let token = viewer::cookie(&headers, app.origin()).ok_or(ProblemType::SignedOut)?.to_owned();
    let place = app.streams().take(&onlooker.sitting).ok_or_else(|| {
        Error::Told(ProblemType::TooManyStreams, "Close some windows, then open this again".to_owned())
    })?;
    let (lines, receiver) = mpsc::channel(WAITING);
    let teller = Teller { app, token, ears, last: after, mark: 0, lines, _place: place };
    tokio::spawn(teller.tell());
    let mut response = Body::from_stream(ReceiverStream::new(receiver)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(BUFFERING, HeaderValue::from_static("no"));
    Ok(response)
}

/// The streams that are open in this process.
#[derive(Debug, Clone, Default)]
pub struct Streams {
    open: Arc<Mutex<HashMap<Holder, usize>>>,
}

/// Whose streams are counted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Holder {
    Session(Vec<u8>),
    Person(PersonId),
}

/// The place of one stream; free again when it is dropped.
#[derive(Debug)]
struct Place {
    streams: Streams,
    holders: [Holder; 2],
}

impl Streams {
    /// A place for one more, if neither the session nor the person has too many.
    fn take(&self, sitting: &Sitting) -> Option<Place> {
        let holders = [Holder::Session(sitting.id.clone()), Holder::Person(sitting.person.id.clone())];
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let is_full = |holder: &Holder| {
            let most = match holder {
                Holder::Session(_) => STREAMS_PER_SESSION,
                Holder::Person(_) => STREAMS_PER_PERSON,
            };
            open.get(holder).is_some_and(|count| *count >= most)
        };
        if holders.iter().any(is_full) {
            return None;
        }
        for holder in &holders {
            *open.entry(holder.clone()).or_default() += 1;
        }
        Some(Place { streams: self.clone(), holders })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        for holder in &self.holders {
            if let Some(count) = open.get_mut(holder) {
                *count -= 1;
                if *count == 0 {
                    open.remove(holder);
                }
            }
        }
    }
}

/// Writes one stream.
struct Teller {
    app: App,
    token: String,
    ears: Ears,
    last: EventId,
    /// The newest mark of who answers that was told.
    mark: i64,
    lines: mpsc::Sender<std::result::Result<Bytes, Infallible>>,
    _place: Place,
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
            if beats {
                self.check_session().await?;
                let now = self.app.now();
                self.send(": still here\n\n".to_owned()).await?;
                self.send_event(None, &Event::Heartbeat { now }).await?;
            }
            self.send_news().await?;
            self.send_answering().await?;
        }
    }

    /// Looks whether the session stands, and who its person is by now.
    async fn check_session(&mut self) -> std::result::Result<(), End> {
        let sitting = self.app.store().sitting(&self.token, self.app.now()).await?;
        let ears = Ears::of(&sitting.ok_or(End::Reader)?.person);
        if ears != self.ears {
            // Other ears, other numbers.
            self.ears = ears;
            self.last = self.app.store().last_event(ears).await?;
            self.send_event(Some(self.last), &Event::Reset).await?;
        }
        Ok(())
    }

    /// Tells what is new, batch by batch, as long as the session stands: a slow reader may need long.
    async fn send_news(&mut self) -> std::result::Result<(), End> {
        loop {
            self.check_session().await?;
            match self.app.store().events_since(self.last, self.ears).await? {
                Since::Gone(newest) => {
                    self.last = newest;
                    self.send_event(Some(newest), &Event::Reset).await?;
                }
                Since::Followed(followed) if followed.is_empty() => return Ok(()),
                Since::Followed(followed) => self.send_batch(followed).await?,
            }
        }
    }

    /// Tells who of the reader's own side answers just now: to the other side it says more than it should.
    async fn send_answering(&mut self) -> std::result::Result<(), End> {
        let side = match self.ears {
            Ears::Agent => Side::Support,
            Ears::Reader => Side::Organization,
            Ears::Other => return Ok(()),
        };
        for Answering { mark, request: id, person, until } in
            self.app.store().answering_since(self.mark, side).await?
        {
            self.mark = mark;
            self.send_event(None, &Event::Answering { id, person, until }).await?;
        }
        Ok(())
    }

    async fn send_batch(&mut self, followed: Vec<(EventId, Happening)>) -> std::result::Result<(), End> {
        // How many wait is told as it is now, once for all of them.
        let mut waiting = None;
        for (id, happening) in followed {
            let event = match happening {
                Happening::Request { id, version } => {
                    let waiting_for_you = match waiting {
                        Some(waiting) => waiting,
                        None => self.app.store().request_counts().await?.waiting_for_you,
                    };
                    waiting = Some(waiting_for_you);
                    Event::Request { id, version, waiting_for_you }
                }
                // Agents never see the organization's own reports.
                Happening::Report if self.ears == Ears::Agent => {
                    self.last = id;
                    continue;
                }
                Happening::Report => Event::Report,
                Happening::Chat(id) => Event::Chat { id },
                Happening::Status => Event::Status,
                Happening::Settings => Event::Settings,
                Happening::Runs => Event::Runs,
            };
            self.last = id;
            self.send_event(Some(id), &event).await?;
        }
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::{self, Options};
    use crate::store::events::tell_settings;
    use crate::store::people::{self, NewPerson, Origin};
    use crate::store::sessions::{self, Device};
    use frontdesk_contract::{Kind, Person, Timestamp};

    /// Many times what is read and sent at once.
    const BACKLOG: usize = 1_000;

    fn employee() -> NewPerson {
        NewPerson {
            person: Person {
                id: "p1".parse().expect("an id"),
                name: "Noé Fontaine".to_owned(),
                email: "noe@acme.example".to_owned(),
                kind: Kind::Member,
                rights: Vec::new(),
            },
            department: String::new(),
            password: None,
            password_is: Origin::Chosen,
            created_at: Timestamp::EPOCH,
        }
    }

    #[tokio::test]
    async fn a_backlog_ends_with_the_session() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let options = Options {
            data: folder.path().to_owned(),
            listen: "127.0.0.1:0".parse().expect("an address"),
            panel: None,
            origin: None,
            trusted_proxies: Vec::new(),
            frame_ancestors: Vec::new(),
            now: None,
            status_upstream: None,
            scim_upstream: None,
        };
        let running = server::start(options).await.expect("a backend");
        let app = running.app().clone();
        let new = employee();
        let mut write = app.store().write().await.expect("a write");
        people::insert(&mut write, &new).await.expect("a person");
        let token =
            sessions::begin(&mut write, &new.person.id, Device::Own, app.now()).await.expect("a session");
        for _ in 0..BACKLOG {
            tell_settings(&mut write, app.now()).await.expect("an event");
        }
        write.commit().await.expect("an end");

        let sitting = app.store().sitting(&token, app.now()).await.expect("an answer").expect("a session");
        let (lines, mut receiver) = mpsc::channel(WAITING);
        let teller = Teller {
            app: app.clone(),
            token,
            ears: Ears::of(&sitting.person),
            last: EventId(0),
            mark: 0,
            lines,
            _place: app.streams().take(&sitting).expect("a place"),
        };
        let telling = tokio::spawn(teller.tell());
        assert!(receiver.recv().await.is_some(), "a first line");
        let mut write = app.store().write().await.expect("a write");
        sessions::end(&mut write, &sitting.id).await.expect("an end");
        write.commit().await.expect("an end");
        let mut told = 0;
        while receiver.recv().await.is_some() {
            told += 1;
        }
        telling.await.expect("an end");
        assert!(told < BACKLOG / 2, "{told} of {BACKLOG} were told to nobody");
        running.stop().await;
    }
}
