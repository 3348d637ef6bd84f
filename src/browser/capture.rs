//! Pictures and videos of what the screen shows, as far as the browser and the person allow it.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, Function, Object, Promise, Reflect};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    BlobEvent, HtmlVideoElement, MediaRecorder, MediaRecorderOptions, MediaStream, MediaStreamTrack,
};

use super::boot::get;
use super::bytes::Bytes;
use super::listen::{Listener, listen};
use super::picture::Original;
use super::{page, timer};

/// Why there is no picture of the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoCapture {
    /// This browser has no way to do it, or a policy forbids it here.
    #[error("Not possible here")]
    Missing,
    /// The person, or the system, has refused.
    #[error("Refused")]
    Refused,
    /// It was allowed, and nothing came.
    #[error("Nothing was shown")]
    Nothing,
}

/// How long one waits for the first picture, and how long between two looks, in milliseconds.
const PATIENCE: i32 = 3_000;
const GLANCE: i32 = 60;
/// How often a piece of a video is handed on, in milliseconds.
const PIECE: i32 = 1_000;

/// The kinds of video that browsers record, the best first.
const KINDS: [&str; 5] = [
    "video/webm;codecs=vp9,opus",
    "video/webm;codecs=vp8,opus",
    "video/webm",
    "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
    "video/mp4",
];

/// Whether the browser can show the screen to a page. Phones can't.
pub fn is_there() -> bool {
    devices().is_some_and(|devices| get(&devices, "getDisplayMedia").is_function())
}

/// Whether it can record too.
pub fn can_record() -> bool {
    is_there() && kind().is_some()
}

/// Asks for a tab, a window or the screen and takes a picture of it. `hide` makes room in front of what is to be
/// seen once the person has chosen, and ends when it is out of the way. Beside the picture: the capture handle of the
/// page that is seen, when it is one and has one.
///
/// # Errors
/// When there is none.
pub async fn still(
    fit: impl Fn(u32, u32) -> (u32, u32),
    hide: impl AsyncFnOnce(),
) -> Result<(Original, Option<String>), NoCapture> {
    let stream = ask().await?;
    hide().await;
    let picture = first_picture(&stream, fit).await;
    let handle = handle(&stream);
    end(&stream);
    Ok((picture?, handle))
}

/// The word by which the page that is seen makes itself known (W3C Capture Handle); not every browser asks for it.
fn handle(stream: &MediaStream) -> Option<String> {
    let track = stream.get_video_tracks().get(0);
    let function: Function = get(&track, "getCaptureHandle").dyn_into().ok()?;
    get(&function.call0(&track).ok()?, "handle").as_string().filter(|handle| !handle.is_empty())
}

async fn first_picture(
    stream: &MediaStream,
    fit: impl Fn(u32, u32) -> (u32, u32),
) -> Result<Original, NoCapture> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or(NoCapture::Missing)?;
    let video = document.create_element("video").map_err(|_| NoCapture::Missing)?;
    let video: HtmlVideoElement = video.dyn_into().map_err(|_| NoCapture::Missing)?;
    video.set_muted(true);
    video.set_src_object(Some(stream));
    let playing = video.play().map_err(|_| NoCapture::Nothing)?;
    let seen = Rc::new(Cell::new(false));
    let noted = seen.clone();
    let _playing = listen(&video, "playing", move |_| noted.set(true));
    drop(playing);
    let mut waited = 0;
    while waited < PATIENCE {
        timer::sleep(GLANCE).await;
        waited += GLANCE;
        // A page that doesn't change gives no picture of itself.
        page::set_mark("data-blink", waited % (2 * GLANCE) == 0);
        if seen.get() && video.video_width() > 0 && video.ready_state() >= 2 {
            // The picture that comes first may have been taken before the dialog was out of the way.
            timer::sleep(4 * GLANCE).await;
            let picture = Original::of_video(&video, fit).map_err(|_| NoCapture::Nothing);
            video.set_src_object(None);
            page::set_mark("data-blink", false);
            return picture;
        }
    }
    video.set_src_object(None);
    page::set_mark("data-blink", false);
    Err(NoCapture::Nothing)
}

/// A video that is being recorded. Dropped, it ends.
pub struct Recording {
    // The browser has one thread; the wrapper lets signals own the handle.
    inner: SendWrapper<Inner>,
}

struct Inner {
    recorder: MediaRecorder,
    streams: Vec<MediaStream>,
    kind: String,
    _listeners: Vec<Listener>,
}

/// What is heard of a recording.
pub enum Recorded {
    /// The next second of it.
    Piece(Bytes),
    /// It has ended: by the person, by the browser, or because what was shown is gone.
    Ended,
}

impl Recording {
    /// Asks what is to be seen and records it, with the microphone where that is wished and allowed.
    ///
    /// # Errors
    /// When there is nothing to record.
    pub async fn begin(
        with_voice: bool,
        on_heard: impl Fn(Recorded) + 'static,
    ) -> Result<(Self, bool), NoCapture> {
        let kind = kind().ok_or(NoCapture::Missing)?;
        let screen = ask().await?;
        let voice = if with_voice { voice().await } else { None };
        let has_voice = voice.is_some();
        let tracks = Array::new();
        let mut streams = vec![screen.clone()];
        for track in screen.get_video_tracks().iter() {
            tracks.push(&track);
        }
        if let Some(voice) = voice {
            for track in voice.get_audio_tracks().iter() {
                tracks.push(&track);
            }
            streams.push(voice);
        }
        let stream = MediaStream::new_with_tracks(&tracks).map_err(|_| NoCapture::Missing)?;
        let options = MediaRecorderOptions::new();
        options.set_mime_type(kind);
        options.set_video_bits_per_second(2_500_000);
        let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)
            .map_err(|_| NoCapture::Missing)?;
        let heard = Rc::new(on_heard);
        let ended = heard.clone();
        let mut listeners = vec![
            listen(&recorder, "dataavailable", move |event| {
                let piece = event.dyn_ref::<BlobEvent>().and_then(BlobEvent::data);
                if let Some(piece) = piece.filter(|piece| piece.size() > 0.0) {
                    heard(Recorded::Piece(Bytes::new(piece)));
                }
            }),
            listen(&recorder, "stop", move |_| ended(Recorded::Ended)),
        ];
        // Ended by the browser's own bar.
        for track in screen.get_video_tracks().iter() {
            let track: MediaStreamTrack = track.unchecked_into();
            let recorder = recorder.clone();
            listeners.push(listen(&track, "ended", move |_| {
                let _ = recorder.stop();
            }));
        }
        recorder.start_with_time_slice(PIECE).map_err(|_| NoCapture::Missing)?;
        let kind = kind.split(';').next().unwrap_or_default().to_owned();
        let inner = Inner { recorder, streams, kind, _listeners: listeners };
        Ok((Self { inner: SendWrapper::new(inner) }, has_voice))
    }

    /// The kind of the video, such as `video/webm`.
    pub fn kind(&self) -> &str {
        &self.inner.kind
    }

    /// Waits with it.
    pub fn pause(&self) {
        let _ = self.inner.recorder.pause();
    }

    /// Goes on with it.
    pub fn resume(&self) {
        let _ = self.inner.recorder.resume();
    }

    /// Ends it; the last piece and the end are heard of.
    pub fn stop(&self) {
        let _ = self.inner.recorder.stop();
        for stream in &self.inner.streams {
            end(stream);
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.stop();
    }
}

fn kind() -> Option<&'static str> {
    if !get(&js_sys::global(), "MediaRecorder").is_function() {
        return None;
    }
    KINDS.into_iter().find(|kind| MediaRecorder::is_type_supported(kind))
}

/// Asks for a tab first, and for as little as it takes.
async fn ask() -> Result<MediaStream, NoCapture> {
    let devices = devices().ok_or(NoCapture::Missing)?;
    let function: Function = get(&devices, "getDisplayMedia").dyn_into().map_err(|_| NoCapture::Missing)?;
    let video = bag(&[("displaySurface", "browser".into())]);
    let options = bag(&[
        ("video", video.into()),
        ("audio", false.into()),
        ("selfBrowserSurface", "include".into()),
        ("surfaceSwitching", "exclude".into()),
        ("systemAudio", "exclude".into()),
    ]);
    let asked = function.call1(&devices, &options).map_err(|error| refusal(&error))?;
    let promise: Promise = asked.dyn_into().map_err(|_| NoCapture::Missing)?;
    let stream = JsFuture::from(promise).await.map_err(|error| refusal(&error))?;
    stream.dyn_into().map_err(|_| NoCapture::Missing)
}

async fn voice() -> Option<MediaStream> {
    let devices = devices()?;
    let function: Function = get(&devices, "getUserMedia").dyn_into().ok()?;
    let asked = function.call1(&devices, &bag(&[("audio", true.into())])).ok()?;
    let promise: Promise = asked.dyn_into().ok()?;
    JsFuture::from(promise).await.ok()?.dyn_into().ok()
}

/// What the browser means by its refusal: a policy that forbids it sounds like a person who does, but comes at
/// once and with other words.
fn refusal(error: &JsValue) -> NoCapture {
    let name = get(error, "name").as_string().unwrap_or_default();
    let words = get(error, "message").as_string().unwrap_or_default();
    match name.as_str() {
        "NotAllowedError" if words.contains("policy") => NoCapture::Missing,
        "NotAllowedError" | "AbortError" | "InvalidStateError" => NoCapture::Refused,
        _ => NoCapture::Missing,
    }
}

fn end(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}

fn devices() -> Option<JsValue> {
    let navigator: JsValue = web_sys::window()?.navigator().into();
    let devices = get(&navigator, "mediaDevices");
    (!devices.is_undefined()).then_some(devices)
}

fn bag(entries: &[(&str, JsValue)]) -> Object {
    let bag = Object::new();
    for (name, value) in entries {
        let _ = Reflect::set(&bag, &JsValue::from_str(name), value);
    }
    bag
}
