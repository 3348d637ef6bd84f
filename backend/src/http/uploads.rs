//! Files: tus 1.0 (creation, creation-with-upload, checksum, expiration, termination), and reading their bytes.
//!
//! Bytes go to the disk as they come, and count once they are safe there: a cut or a kill at any moment loses none that
//! was acknowledged, and `HEAD` tells the truth.

use std::collections::HashMap;
use std::io::{ErrorKind, SeekFrom};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, BodyDataStream};
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE,
    ETAG, IF_RANGE, LOCATION, RANGE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use frontdesk_contract::report::can_handle;
use frontdesk_contract::request::can_read;
use frontdesk_contract::time::Span;
use frontdesk_contract::upload::{CHUNK_MAX, START_MAX};
use frontdesk_contract::{Kind, MediaKind, Person, ProblemType, Timestamp, UploadId};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _, AsyncWriteExt as _};
use tokio_stream::StreamExt as _;
use tokio_util::io::ReaderStream;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::http::address::{Part, encode};
use crate::http::error::{Error, Result};
use crate::http::report_token::Sender;
use crate::http::viewer::Viewer;
use crate::store::uploads::{self as store, Stored};

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: HeaderName = HeaderName::from_static("tus-version");
const TUS_EXTENSION: HeaderName = HeaderName::from_static("tus-extension");
const TUS_MAX_SIZE: HeaderName = HeaderName::from_static("tus-max-size");
const TUS_CHECKSUM_ALGORITHM: HeaderName = HeaderName::from_static("tus-checksum-algorithm");
const UPLOAD_OFFSET: HeaderName = HeaderName::from_static("upload-offset");
const UPLOAD_LENGTH: HeaderName = HeaderName::from_static("upload-length");
const UPLOAD_METADATA: HeaderName = HeaderName::from_static("upload-metadata");
const UPLOAD_EXPIRES: HeaderName = HeaderName::from_static("upload-expires");
const UPLOAD_CHECKSUM: HeaderName = HeaderName::from_static("upload-checksum");
const METHOD_OVERRIDE: HeaderName = HeaderName::from_static("x-http-method-override");

/// The version of the protocol that is spoken.
const VERSION: HeaderValue = HeaderValue::from_static("1.0.0");
/// What of it is spoken beside the core.
const EXTENSIONS: HeaderValue =
    HeaderValue::from_static("creation,creation-with-upload,checksum,expiration,termination");
/// The type of a piece.
const PIECE: &str = "application/offset+octet-stream";
/// So long a piece may pause before what came of it is kept and the call ends.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// After somebody took over, or asked how far it is, a piece may go on as long as something comes at least so often:
/// what is on its way already isn't sent twice.
const PAUSE_AT_END_MAX: Duration = Duration::from_millis(500);
/// And no longer than this.
const END_MAX: Duration = Duration::from_secs(2);
/// So many files one person may have on the way or not yet sent.
const FILES_WAITING_MAX: u64 = 300;
/// The longest name that is read, in characters.
const NAME_READ_MAX: usize = 255;

/// Files that are written to in this process: the newest call about one takes over from the one before, whose
/// connection may be dead without anybody knowing.
#[derive(Debug, Clone, Default)]
pub struct Turns {
    open: Arc<Mutex<HashMap<UploadId, Turn>>>,
}

#[derive(Debug, Clone)]
struct Turn {
    stop: CancellationToken,
    gate: Arc<tokio::sync::Mutex<()>>,
}

/// A file that nobody else writes to until this is dropped.
#[derive(Debug)]
struct Held {
    turns: Turns,
    id: UploadId,
    stop: CancellationToken,
    guard: Option<tokio::sync::OwnedMutexGuard<()>>,
}

impl Turns {
    async fn take(&self, id: &UploadId) -> Held {
        let stop = CancellationToken::new();
        let gate = {
            let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            let gate = open.get(id).map(|turn| {
                turn.stop.cancel();
                Arc::clone(&turn.gate)
            });
            let gate = gate.unwrap_or_default();
            open.insert(id.clone(), Turn { stop: stop.clone(), gate: Arc::clone(&gate) });
            gate
        };
        let guard = gate.lock_owned().await;
        Held { turns: self.clone(), id: id.clone(), stop, guard: Some(guard) }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.guard = None;
        let mut open = self.turns.open.lock().unwrap_or_else(PoisonError::into_inner);
        // One is the map's: nobody waits.
        if open.get(&self.id).is_some_and(|turn| Arc::strong_count(&turn.gate) == 1) {
            open.remove(&self.id);
        }
    }
}

/// What the server of files can do.
#[utoipa::path(options, path = "/api/uploads", tag = "uploads", security(()),
    responses((status = 204, description = "What of tus 1.0 is spoken, and the largest file.")))]
pub async fn abilities(State(app): State<App>) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, VERSION);
    headers.insert(TUS_VERSION, VERSION);
    headers.insert(TUS_EXTENSION, EXTENSIONS);
    headers.insert(TUS_CHECKSUM_ALGORITHM, HeaderValue::from_static("sha256,sha1"));
    headers.insert(TUS_MAX_SIZE, HeaderValue::from(app.decided().settings.uploads.max_bytes()));
    headers.insert(ALLOW, HeaderValue::from_static("OPTIONS, POST"));
    response
}

/// Begins to send a file; its first bytes may come along.
#[utoipa::path(post, path = "/api/uploads", tag = "uploads",
    params(("Tus-Resumable" = String, Header, pattern = "^1\\.0\\.0$", description = "`1.0.0`."),
        ("Upload-Length" = u64, Header, description = "How long the file is, in bytes."),
        ("Upload-Metadata" = Option<String>, Header, description = "`filename` and its name in base64.")),
    responses((status = 201, description = "`Location` is where its bytes go."),
        (status = 400, description = "A header can't be read."),
        (status = 412, description = "Another version of the protocol."),
        (status = 413, description = "The file is too large, or too much of this person waits."),
        (status = 415, description = "The file is of no kind that is taken."),
        (status = 507, description = "The disk is full.")))]
pub async fn create(State(app): State<App>, viewer: Sender, request: Request) -> Response {
    spoken(make(&app, viewer.person(), request).await)
}

async fn make(app: &App, person: &Person, request: Request) -> Result<Response> {
    let headers = request.headers();
    check_version(headers)?;
    let limits = app.decided().settings.uploads;
    if headers.contains_key("upload-defer-length") {
        return Err(bad("Say how long the file is in Upload-Length"));
    }
    let length = figure(headers, &UPLOAD_LENGTH)?;
    if length > limits.max_bytes() {
        let most = limits.max_mb;
        return Err(Error::Told(ProblemType::FileTooLarge, format!("{most} MB are the most")));
    }
    if length == 0 {
        return Err(Error::Told(ProblemType::FileKind, "The file is empty".to_owned()));
    }
    let name = name(headers)?;
    let has_piece = has_piece(headers);
    let now = app.now();
    let expires_at = expiry(app, now);
    let mut write = app.store().write().await.map_err(full_or)?;
    let (files, bytes) = store::waiting(&mut write, &person.id).await?;
    if bytes.saturating_add(length) > limits.quota_bytes() || files >= FILES_WAITING_MAX {
        let detail = format!(
            "{} MB and {FILES_WAITING_MAX} files are the most that wait to be sent; send or remove some of them first",
            limits.quota_mb
        );
        return Err(Error::Told(ProblemType::QuotaUsed, detail));
    }
    let id = store::insert(&mut write, &person.id, &name, length, now, expires_at).await.map_err(full_or)?;
    app.commit(write).await.map_err(full_or)?;
    let checksum = Checksum::read(headers)?;
    let mut answer = Offset { at: 0, expires_at };
    if has_piece {
        let held = app.uploads().take(&id).await;
        let stored = app.store().upload(&id).await?.ok_or(ProblemType::NotFound)?;
        answer = receive(app.clone(), stored, request.into_body(), checksum, held).await?;
    }
    let mut response = StatusCode::CREATED.into_response();
    answer.write(response.headers_mut());
    let location = HeaderValue::from_str(&format!("/api/uploads/{id}")).map_err(Error::internal)?;
    response.headers_mut().insert(LOCATION, location);
    Ok(response)
}

/// How much of a file is safe.
#[utoipa::path(head, path = "/api/uploads/{id}", tag = "uploads",
    params(("id" = UploadId, Path, description = "Which file.")),
    responses((status = 200, description = "`Upload-Offset` of `Upload-Length` bytes."),
        (status = 412, description = "Another version of the protocol.")))]
pub async fn progress(
    State(app): State<App>,
    viewer: Sender,
    Part(id): Part<UploadId>,
    headers: HeaderMap,
) -> Response {
    spoken(tell(&app, viewer.person(), &id, &headers).await)
}

async fn tell(app: &App, person: &Person, id: &UploadId, headers: &HeaderMap) -> Result<Response> {
    check_version(headers)?;
    own(app, person, id).await?;
    // Whoever asks means to go on. A piece whose connection is gone may still be read: it ends first, so that the next
    // one begins where we say.
    let _held = app.uploads().take(id).await;
    let stored = own(app, person, id).await?;
    let mut response = StatusCode::OK.into_response();
    let offset = Offset { at: stored.received, expires_at: stored.expires_at.unwrap_or(app.now()) };
    offset.write(response.headers_mut());
    response.headers_mut().insert(UPLOAD_LENGTH, HeaderValue::from(stored.length));
    Ok(response)
}

/// Sends a piece of a file.
#[utoipa::path(patch, path = "/api/uploads/{id}", tag = "uploads",
    params(("id" = UploadId, Path, description = "Which file."),
        ("Tus-Resumable" = String, Header, pattern = "^1\\.0\\.0$", description = "`1.0.0`."),
        ("Upload-Offset" = u64, Header, description = "Where the piece begins."),
        ("Upload-Checksum" = Option<String>, Header, description = "`sha256` or `sha1`, and the digest in base64.")),
    responses((status = 204, description = "So much is safe now: `Upload-Offset`."),
        (status = 400, description = "A header can't be read."),
        (status = 409, description = "The piece doesn't begin where the file ends."),
        (status = 412, description = "Another version of the protocol."),
        (status = 413, description = "The piece is longer than the rest of the file."),
        (status = 415, description = "It is no piece, or the whole file is of no kind that is taken; such a file is gone."),
        (status = 460, description = "The piece isn't what its checksum says; nothing of it was kept."),
        (status = 507, description = "The disk is full; what came before is kept.")))]
pub async fn write(
    State(app): State<App>,
    viewer: Sender,
    Part(id): Part<UploadId>,
    request: Request,
) -> Response {
    spoken(append(&app, viewer.person(), &id, request).await)
}

async fn append(app: &App, person: &Person, id: &UploadId, request: Request) -> Result<Response> {
    let headers = request.headers();
    check_version(headers)?;
    if !has_piece(headers) {
        return Err(Error::Told(ProblemType::NotJson, format!("A piece of a file is {PIECE}")));
    }
    let offset = figure(headers, &UPLOAD_OFFSET)?;
    let checksum = Checksum::read(headers)?;
    own(app, person, id).await?;
    let held = app.uploads().take(id).await;
    // Once it is our turn: the call before may have brought more.
    let stored = own(app, person, id).await?;
    if offset != stored.received {
        let detail = format!("{} bytes of the file are here", stored.received);
        return Err(Error::Told(ProblemType::WrongOffset, detail));
    }
    let answer = receive(app.clone(), stored, request.into_body(), checksum, held).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    answer.write(response.headers_mut());
    Ok(response)
}

/// Gives a file up.
#[utoipa::path(delete, path = "/api/uploads/{id}", tag = "uploads",
    params(("id" = UploadId, Path, description = "Which file."),
        ("Tus-Resumable" = String, Header, pattern = "^1\\.0\\.0$", description = "`1.0.0`.")),
    responses((status = 204, description = "It is gone."),
        (status = 409, description = "It was sent already."),
        (status = 412, description = "Another version of the protocol.")))]
pub async fn end(
    State(app): State<App>,
    viewer: Sender,
    Part(id): Part<UploadId>,
    headers: HeaderMap,
) -> Response {
    spoken(give_up(&app, viewer.person(), &id, &headers).await)
}

async fn give_up(app: &App, person: &Person, id: &UploadId, headers: &HeaderMap) -> Result<Response> {
    check_version(headers)?;
    own(app, person, id).await?;
    let _held = app.uploads().take(id).await;
    remove(app, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// For clients between which and us something lets only GET and POST through.
#[utoipa::path(post, path = "/api/uploads/{id}", tag = "uploads",
    params(("id" = UploadId, Path, description = "Which file."),
        ("X-HTTP-Method-Override" = String, Header, description = "`PATCH` or `DELETE`.")),
    responses((status = 204, description = "As the method says.")))]
pub async fn instead(
    State(app): State<App>,
    viewer: Sender,
    Part(id): Part<UploadId>,
    request: Request,
) -> Response {
    let method = request.headers().get(METHOD_OVERRIDE).and_then(|value| value.to_str().ok());
    spoken(match method {
        Some("PATCH") => append(&app, viewer.person(), &id, request).await,
        Some("DELETE") => give_up(&app, viewer.person(), &id, &request.headers().clone()).await,
        Some(_) | None => Err(Error::MethodNotAllowed("GET, HEAD, PATCH, DELETE")),
    })
}

/// Reads the bytes of a file: whoever sent it, and whoever may read what it is part of.
#[utoipa::path(get, path = "/api/uploads/{id}", tag = "uploads",
    params(("id" = UploadId, Path, description = "Which file."),
        ("Range" = Option<String>, Header, description = "Some of its bytes.")),
    responses((status = 200, description = "The bytes, never to be shown as a page of ours.", content_type = "application/octet-stream"),
        (status = 206, description = "Some of them.", content_type = "application/octet-stream"),
        (status = 409, description = "Not all of it has come yet."),
        (status = 416, description = "It is shorter than that.")))]
pub async fn read(
    State(app): State<App>,
    viewer: Viewer,
    Part(id): Part<UploadId>,
    headers: HeaderMap,
) -> Result<Response> {
    let stored = app.store().upload(&id).await?.ok_or(ProblemType::NotFound)?;
    if !may_read(&app, viewer.person(), &stored).await? {
        return Err(ProblemType::NotFound.into());
    }
    if stored.erased_at.is_some() {
        return Err(ProblemType::Gone.into());
    }
    let Some(kind) = stored.kind else {
        return Err(Error::Told(ProblemType::NotPossible, "Not all of this file has come yet".to_owned()));
    };
    let tag = format!("\"{id}\"");
    let is_same = headers.get(IF_RANGE).is_none_or(|known| known.as_bytes() == tag.as_bytes());
    let asked = headers.get(RANGE).and_then(|range| range.to_str().ok()).filter(|_| is_same);
    let range = match asked.map_or(Asked::All, |text| Asked::parse(text, stored.length)) {
        Asked::All => None,
        Asked::Some(first, last) => Some((first, last)),
        Asked::Outside => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            let whole =
                HeaderValue::from_str(&format!("bytes */{}", stored.length)).map_err(Error::internal)?;
            response.headers_mut().insert(CONTENT_RANGE, whole);
            return Ok(response);
        }
    };
    let mut file = File::open(app.store().file_of(&id)).await.map_err(|error| match error.kind() {
        ErrorKind::NotFound => ProblemType::Gone.into(),
        _ => Error::internal(error),
    })?;
    let (first, last) = range.unwrap_or((0, stored.length.saturating_sub(1)));
    file.seek(SeekFrom::Start(first)).await.map_err(Error::internal)?;
    let length = last + 1 - first;
    let mut response =
        Body::from_stream(ReaderStream::with_capacity(file.take(length), 64 * 1024)).into_response();
    let mut put = |name: HeaderName, value: &str| -> Result<()> {
        response.headers_mut().insert(name, HeaderValue::from_str(value).map_err(Error::internal)?);
        Ok(())
    };
    put(CONTENT_TYPE, if kind == MediaKind::Text { "text/plain; charset=utf-8" } else { kind.as_str() })?;
    put(CONTENT_LENGTH, &length.to_string())?;
    put(CONTENT_DISPOSITION, &disposition(&stored.name, kind))?;
    put(ACCEPT_RANGES, "bytes")?;
    put(ETAG, &tag)?;
    if range.is_some() {
        put(CONTENT_RANGE, &format!("bytes {first}-{last}/{}", stored.length))?;
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
    }
    Ok(response)
}

/// A name for all browsers: plain letters, and beside it the name as it is (RFC 6266).
fn disposition(name: &str, kind: MediaKind) -> String {
    let plain: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() || " ._-".contains(c) { c } else { '_' }).collect();
    let plain = if plain.trim().is_empty() { format!("file.{}", kind.ending()) } else { plain };
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", encode(name))
}

/// Whether a person may read a file: it is their own, or part of something that they may read.
async fn may_read(app: &App, person: &Person, stored: &Stored) -> Result<bool> {
    if stored.person == person.id {
        return Ok(true);
    }
    if let Some(entry) = stored.entry
        && can_read(person).is_ok()
    {
        let is_internal = app.store().entry_is_internal(entry).await?.unwrap_or(true);
        if person.kind == Kind::Agent || !is_internal {
            return Ok(true);
        }
    }
    if stored.report.is_some() || stored.answer.is_some() {
        let is_own = app.store().reporter_of_upload(stored).await?.is_some_and(|id| id == person.id);
        return Ok(is_own || can_handle(person).is_ok());
    }
    Ok(false)
}

/// What is asked for of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// All of it; also where several parts are asked for, which nobody needs.
    All,
    /// From the first to the last of these bytes.
    Some(u64, u64),
    /// Nothing that it has.
    Outside,
}

impl Asked {
    /// Reads `Range`.
    fn parse(text: &str, length: u64) -> Self {
        let Some((first, last)) = text.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-'))
        else {
            return Self::All;
        };
        let figure =
            |text: &str| if text.trim().is_empty() { Ok(None) } else { text.trim().parse().map(Some) };
        let (Ok(first), Ok(last)) = (figure(first), figure(last)) else { return Self::All };
        match (first, last) {
            (None, None) => Self::All,
            (None, Some(0)) => Self::Outside,
            (None, Some(rest)) => Self::Some(length.saturating_sub(rest), length.saturating_sub(1)),
            (Some(first), _) if first >= length => Self::Outside,
            (Some(first), Some(last)) if last < first => Self::All,
            (Some(first), last) => Self::Some(first, last.unwrap_or(u64::MAX).min(length.saturating_sub(1))),
        }
    }
}

/// How much is safe, and until when it is kept.
#[derive(Debug, Clone, Copy)]
struct Offset {
    at: u64,
    expires_at: Timestamp,
}

impl Offset {
    fn write(self, headers: &mut HeaderMap) {
        headers.insert(UPLOAD_OFFSET, HeaderValue::from(self.at));
        if let Some(date) = http_date(self.expires_at) {
            headers.insert(UPLOAD_EXPIRES, date);
        }
    }
}

/// How a piece ended, or a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// So much came that it is time to make it safe; there may be more.
    Step,
    /// All of it came.
    Whole,
    /// The connection is gone, or somebody took over.
    Cut,
    /// It is longer than the file.
    TooLong,
}

/// How much may come.
#[derive(Debug, Clone, Copy)]
struct Room {
    /// Until the file is whole.
    rest: u64,
    /// Until it is made safe.
    step: u64,
}

/// Takes a piece. It goes on when whoever sends it is gone, so that what came is kept.
async fn receive(
    app: App,
    stored: Stored,
    body: Body,
    checksum: Option<Checksum>,
    held: Held,
) -> Result<Offset> {
    let receiving = tokio::spawn(async move { take(&app, &stored, body, checksum, &held).await });
    receiving.await.map_err(Error::internal)?
}

async fn take(
    app: &App,
    stored: &Stored,
    body: Body,
    mut checksum: Option<Checksum>,
    held: &Held,
) -> Result<Offset> {
    let mut file = open(app, stored).await?;
    let mut body = body.into_data_stream();
    let mut offset = Offset { at: stored.received, expires_at: expiry(app, app.now()) };
    // Nothing of a piece counts before all of it was compared.
    let step = if checksum.is_some() { u64::MAX } else { CHUNK_MAX };
    loop {
        let room = Room { rest: stored.length - offset.at, step };
        let (taken, ending) = match copy(&mut file, &mut body, checksum.as_mut(), room, held).await {
            Ok(copied) => copied,
            Err(error) => return Err(back_to(&mut file, offset.at, error).await),
        };
        let refused = match (ending, checksum.take().map(Checksum::holds)) {
            (Ending::TooLong, _) => Some(Error::Plain(ProblemType::TooLarge)),
            (Ending::Cut, Some(_)) => Some(cut()),
            (Ending::Step | Ending::Whole, Some(false)) => Some(Error::Plain(ProblemType::WrongChecksum)),
            (Ending::Step | Ending::Whole, Some(true) | None) | (Ending::Cut, None) => None,
        };
        if let Some(refused) = refused {
            back_to(&mut file, offset.at, ErrorKind::Other.into()).await;
            return Err(refused);
        }
        if taken > 0 {
            if let Err(error) = safe(&mut file).await {
                return Err(back_to(&mut file, offset.at, error).await);
            }
            offset = Offset { at: offset.at + taken, expires_at: expiry(app, app.now()) };
            keep(app, stored, offset).await?;
        }
        match ending {
            Ending::Step if held.stop.is_cancelled() => return Err(cut()),
            Ending::Step => {}
            Ending::Whole => return Ok(offset),
            Ending::Cut | Ending::TooLong => return Err(cut()),
        }
    }
}

/// Says in the database how much is safe. With its last byte a file is taken for what it is, or is gone.
async fn keep(app: &App, stored: &Stored, offset: Offset) -> Result<()> {
    let kind = if offset.at == stored.length { Some(kind_of(app, &stored.id).await?) } else { None };
    let mut write = app.store().write().await.map_err(full_or)?;
    if kind == Some(None) {
        write.rollback().await?;
        remove(app, &stored.id).await?;
        return Err(Error::Told(
            ProblemType::FileKind,
            "Pictures (PNG, JPEG, WebP, GIF), videos (MP4, WebM, MOV), PDF and plain text are taken"
                .to_owned(),
        ));
    }
    if !store::advance(&mut write, &stored.id, offset.at, offset.expires_at).await.map_err(full_or)? {
        return Err(ProblemType::NotFound.into());
    }
    if let Some(Some(kind)) = kind {
        store::settle(&mut write, &stored.id, kind, &stored.name).await.map_err(full_or)?;
    }
    app.commit(write).await.map_err(full_or)
}

/// What a file is by its first bytes.
async fn kind_of(app: &App, id: &UploadId) -> Result<Option<MediaKind>> {
    let mut start = Vec::with_capacity(START_MAX);
    let most = u64::try_from(START_MAX).unwrap_or(u64::MAX);
    let file = File::open(app.store().file_of(id)).await.map_err(Error::internal)?;
    file.take(most).read_to_end(&mut start).await.map_err(Error::internal)?;
    Ok(MediaKind::of_start(&start))
}

/// Takes a file away: first its row says so, then the bytes go; if that fails they go later.
async fn remove(app: &App, id: &UploadId) -> Result<()> {
    let mut write = app.store().write().await?;
    store::drop_now(&mut write, id).await?;
    app.commit(write).await?;
    app.store().remove_due_uploads(app.now()).await?;
    Ok(())
}

/// The file of an upload, ready to go on where what is safe ends. What lies behind that was never acknowledged.
async fn open(app: &App, stored: &Stored) -> Result<File> {
    let path = app.store().file_of(&stored.id);
    let is_new = stored.received == 0;
    if is_new {
        app.store().make_upload_folder().map_err(io_or_full)?;
    }
    let mut options = tokio::fs::OpenOptions::new();
    let mut file =
        options.write(true).create(is_new).truncate(false).open(&path).await.map_err(|error| match error
            .kind()
        {
            ErrorKind::NotFound => ProblemType::UploadExpired.into(),
            _ => io_or_full(error),
        })?;
    let length = file.metadata().await.map_err(io_or_full)?.len();
    if length < stored.received {
        // Somebody took bytes away under us: what we said is true no more.
        return Err(ProblemType::UploadExpired.into());
    }
    if length > stored.received {
        file.set_len(stored.received).await.map_err(io_or_full)?;
    }
    if is_new && let Some(folder) = path.parent() {
        // So that the file itself is found again after the power was gone.
        File::open(folder).await.map_err(io_or_full)?.sync_all().await.map_err(io_or_full)?;
    }
    file.seek(SeekFrom::Start(stored.received)).await.map_err(io_or_full)?;
    Ok(file)
}

/// Copies bytes until there are no more, or it is time to make them safe. How many, and how it ended.
async fn copy(
    file: &mut File,
    body: &mut BodyDataStream,
    mut checksum: Option<&mut Checksum>,
    room: Room,
    held: &Held,
) -> std::io::Result<(u64, Ending)> {
    let mut taken: u64 = 0;
    let mut end = None;
    loop {
        let next = match end {
            None => tokio::select! {
                biased;
                () = held.stop.cancelled() => {
                    end = Some(Instant::now() + END_MAX);
                    continue;
                }
                next = tokio::time::timeout(PAUSE_MAX, body.next()) => next,
            },
            Some(end) if Instant::now() >= end => return Ok((taken, Ending::Cut)),
            Some(_) => tokio::time::timeout(PAUSE_AT_END_MAX, body.next()).await,
        };
        let bytes = match next {
            Ok(Some(Ok(bytes))) => bytes,
            Ok(None) => return Ok((taken, Ending::Whole)),
            Ok(Some(Err(_))) | Err(_) => return Ok((taken, Ending::Cut)),
        };
        taken = taken.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if taken > room.rest {
            return Ok((taken, Ending::TooLong));
        }
        if let Some(checksum) = checksum.as_deref_mut() {
            checksum.add(&bytes);
        }
        file.write_all(&bytes).await?;
        if taken >= room.step {
            return Ok((taken, Ending::Step));
        }
    }
}

/// Waits until what was written is on the disk.
async fn safe(file: &mut File) -> std::io::Result<()> {
    file.flush().await?;
    file.sync_data().await
}

/// Forgets what a failed piece left behind the last safe byte, and says why it failed.
async fn back_to(file: &mut File, at: u64, error: std::io::Error) -> Error {
    // What can't be cut off here is cut off before the next piece.
    let _ = file.set_len(at).await;
    io_or_full(error)
}

/// The digest that a piece must have.
enum Checksum {
    Sha1(Sha1, Vec<u8>),
    Sha256(Sha256, Vec<u8>),
}

impl Checksum {
    /// Reads `Upload-Checksum`.
    fn read(headers: &HeaderMap) -> Result<Option<Self>> {
        let Some(header) = headers.get(UPLOAD_CHECKSUM) else { return Ok(None) };
        let text = header.to_str().unwrap_or_default().trim();
        let parts = text
            .split_once(' ')
            .and_then(|(name, digest)| Some((name, STANDARD.decode(digest.trim()).ok()?)));
        match parts {
            Some(("sha1", digest)) => Ok(Some(Self::Sha1(Sha1::new(), digest))),
            Some(("sha256", digest)) => Ok(Some(Self::Sha256(Sha256::new(), digest))),
            Some(_) | None => Err(bad("Write the checksum as sha256 or sha1 and the digest in base64")),
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(running, _) => running.update(bytes),
            Self::Sha256(running, _) => running.update(bytes),
        }
    }

    fn holds(self) -> bool {
        match self {
            Self::Sha1(running, expected) => running.finalize().as_slice() == expected,
            Self::Sha256(running, expected) => running.finalize().as_slice() == expected,
        }
    }
}

/// A file of the person that can still be written to.
async fn own(app: &App, person: &Person, id: &UploadId) -> Result<Stored> {
    let stored = app.store().upload(id).await?.filter(|stored| stored.person == person.id);
    let stored = stored.ok_or(ProblemType::NotFound)?;
    match stored.expires_at {
        Some(expires_at) if expires_at <= app.now() => Err(ProblemType::UploadExpired.into()),
        Some(_) => Ok(stored),
        None => Err(Error::Told(ProblemType::NotPossible, "This file was sent already".to_owned())),
    }
}

fn expiry(app: &App, now: Timestamp) -> Timestamp {
    now.plus(Span::hours(i64::from(app.decided().settings.uploads.unfinished_hours)))
}

/// Puts onto an answer what each answer of the protocol has.
fn spoken(answer: Result<Response>) -> Response {
    let mut response = answer.unwrap_or_else(IntoResponse::into_response);
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, VERSION);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if response.status() == StatusCode::PRECONDITION_FAILED {
        response.headers_mut().insert(TUS_VERSION, VERSION);
    }
    response
}

fn check_version(headers: &HeaderMap) -> Result<()> {
    if headers.get(TUS_RESUMABLE) == Some(&VERSION) { Ok(()) } else { Err(ProblemType::UploadVersion.into()) }
}

fn has_piece(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(PIECE.as_bytes()))
}

/// A header with a number of bytes.
fn figure(headers: &HeaderMap, name: &HeaderName) -> Result<u64> {
    let text = headers.get(name).and_then(|value| value.to_str().ok());
    let is_plain = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.filter(is_plain)
        .and_then(|text| text.parse().ok())
        .filter(|figure| i64::try_from(*figure).is_ok())
        .ok_or_else(|| bad(&format!("Say how many bytes in {name}")))
}

/// The name of the file, from `Upload-Metadata`.
fn name(headers: &HeaderMap) -> Result<String> {
    let Some(header) = headers.get(UPLOAD_METADATA) else { return Ok(String::new()) };
    let text = header.to_str().map_err(|_| bad("Upload-Metadata can't be read"))?;
    for pair in text.split(',') {
        let (key, value) = pair.trim().split_once(' ').unwrap_or((pair.trim(), ""));
        if key == "filename" {
            let bytes = STANDARD.decode(value.trim()).map_err(|_| bad("Upload-Metadata is base64"))?;
            let name = String::from_utf8(bytes).map_err(|_| bad("The name of the file is UTF-8"))?;
            return Ok(name.chars().filter(|c| *c != '\0').take(NAME_READ_MAX).collect());
        }
    }
    Ok(String::new())
}

fn bad(detail: &str) -> Error {
    Error::Told(ProblemType::BadParameter, detail.to_owned())
}

/// What the sender of a piece that was cut, or that a newer call has taken over, should do: clients ask how much is
/// here, and go on from there.
fn cut() -> Error {
    Error::Told(
        ProblemType::WrongOffset,
        "The piece was cut off: ask how much of the file is here".to_owned(),
    )
}

fn io_or_full(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            tracing::error!(%error, "a file could not be kept");
            ProblemType::DiskFull.into()
        }
        _ => Error::internal(error),
    }
}

/// The database has no room either.
fn full_or(error: sqlx::Error) -> Error {
    let is_full =
        matches!(&error, sqlx::Error::Database(source) if source.code().is_some_and(|code| code == "13"));
    if is_full {
        tracing::error!(%error, "a file could not be noted");
        ProblemType::DiskFull.into()
    } else {
        error.into()
    }
}

/// A time as headers write it (RFC 9110).
fn http_date(time: Timestamp) -> Option<HeaderValue> {
    let time = chrono::DateTime::from_timestamp_millis(time.millis())?;
    HeaderValue::from_str(&time.format("%a, %d %b %Y %H:%M:%S GMT").to_string()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_range_is_within_the_file() {
        #[track_caller]
        fn is(text: &str, asked: Asked) {
            assert_eq!(Asked::parse(text, 10), asked, "{text}");
        }
        is("bytes=0-3", Asked::Some(0, 3));
        is("bytes=3-", Asked::Some(3, 9));
        is("bytes=3-99", Asked::Some(3, 9));
        is("bytes=-3", Asked::Some(7, 9));
        is("bytes=-30", Asked::Some(0, 9));
        is("bytes=10-", Asked::Outside);
        is("bytes=-0", Asked::Outside);
        for text in ["", "bytes=", "bytes=-", "bytes=5-3", "bytes=0-1,3-4", "items=0-3", "bytes=a-b"] {
            is(text, Asked::All);
        }
    }

    #[test]
    fn a_name_is_read_from_the_metadata() {
        #[track_caller]
        fn is(metadata: &str, expected: Option<&str>) {
            let mut headers = HeaderMap::new();
            headers.insert(UPLOAD_METADATA, HeaderValue::from_str(metadata).expect("a header"));
            assert_eq!(name(&headers).ok().as_deref(), expected, "{metadata}");
        }
        is("filename w6kucG5n,filetype aW1hZ2UvcG5n", Some("é.png"));
        is("filetype aW1hZ2UvcG5n, filename YS5wbmc=", Some("a.png"));
        is("is_confidential", Some(""));
        is("filename ???", None);
    }

    #[test]
    fn a_date_is_written_as_headers_write_it() {
        let time: Timestamp = "2026-11-23T09:00:00Z".parse().expect("a time");
        assert_eq!(http_date(time).expect("a date"), "Mon, 23 Nov 2026 09:00:00 GMT");
    }

    proptest! {
        #[test]
        fn no_range_leaves_the_file(text in "bytes=[0-9]{0,4}-[0-9]{0,4}|.{0,20}", length in 1u64..2_000) {
            if let Asked::Some(first, last) = Asked::parse(&text, length) {
                prop_assert!(first <= last && last < length);
            }
        }
    }
}
