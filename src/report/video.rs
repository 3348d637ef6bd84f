//! Recording the screen: a small bar with time, size, pause and stop.

use leptos::prelude::*;

use crate::api::reports::Basics;
use crate::browser::bytes::Bytes;
use crate::browser::capture::{self, NoCapture, Recorded, Recording};
use crate::browser::lock::Held;
use crate::browser::{intl, page, random, timer};
use crate::domain::host::ToHost;
use crate::i18n::{keys as w, t, use_words};
use crate::report::around::Around;
use crate::report::files::Files;
use crate::shell::uploading::megabytes;
use crate::shell::{Act, aside};
use crate::state::SessionState;
use crate::ui::{Button, Checkbox, Variant, When, use_announcer};

/// So many seconds before the limit it is said.
const WARNING: u32 = 30;

/// A recording and what was recorded.
#[derive(Clone, Copy)]
pub struct Recorder {
    files: Files,
    recording: StoredValue<Option<Recording>, LocalStorage>,
    clock: StoredValue<Option<timer::Timer>, LocalStorage>,
    turn: StoredValue<Option<Held>, LocalStorage>,
    pieces: StoredValue<Vec<Bytes>>,
    /// The name of the video on the device.
    id: StoredValue<String>,
    kind: StoredValue<String>,
    seconds: RwSignal<u32>,
    bytes: RwSignal<u64>,
    is_on: RwSignal<bool>,
    is_paused: RwSignal<bool>,
}

impl Recorder {
    /// Nothing is recorded yet.
    pub fn new(files: Files) -> Self {
        Self {
            files,
            recording: StoredValue::new_local(None),
            clock: StoredValue::new_local(None),
            turn: StoredValue::new_local(None),
            pieces: StoredValue::new(Vec::new()),
            id: StoredValue::new(String::new()),
            kind: StoredValue::new(String::new()),
            seconds: RwSignal::new(0),
            bytes: RwSignal::new(0),
            is_on: RwSignal::new(false),
            is_paused: RwSignal::new(false),
        }
    }

    fn stop(self) {
        self.recording.update_value(|recording| {
            if let Some(recording) = recording {
                recording.stop();
            }
        });
    }

    fn pause(self, is_paused: bool) {
        self.is_paused.set(is_paused);
        self.recording.with_value(|recording| match recording {
            Some(recording) if is_paused => recording.pause(),
            Some(recording) => recording.resume(),
            None => {}
        });
    }
}

/// *Record the screen*, where the browser can, and the bar while it does.
#[component]
pub fn VideoButton(recorder: Recorder, settings: Signal<Basics>) -> impl IntoView {
    let around = expect_context::<Around>();
    let state = expect_context::<SessionState>();
    let announcer = use_announcer();
    let words = use_words();
    let files = recorder.files;
    let voice = RwSignal::new(false);
    let most = move || settings.with_untracked(|settings| settings.uploads.max_bytes());
    let limit = move || settings.with_untracked(|settings| settings.uploads.video_minutes * 60);

    // What was recorded becomes a file, whoever ended it.
    let finish = Act::new(move |()| async move {
        recorder.clock.set_value(None);
        recorder.is_on.set(false);
        page::set_mark("data-bar", false);
        around.tell(ToHost::Full);
        let pieces = recorder.pieces.get_value();
        recorder.pieces.set_value(Vec::new());
        recorder.recording.set_value(None);
        let time = intl::time(state.now_untracked(), &words.language());
        let name = words.text_with(w::REPORT_FILE_VIDEO, &[("time", time)]);
        files.put_recorded(name, pieces, recorder.kind.get_value()).await;
        files.set_recording(false);
        files.forget_seconds(&recorder.id.get_value()).await;
        recorder.turn.set_value(None);
    });
    let keep = move |piece: Bytes| {
        let piece_size = piece.size();
        recorder.bytes.update(|bytes| *bytes += piece_size);
        let mut number = 0;
        recorder.pieces.update_value(|pieces| {
            number = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
            pieces.push(piece.clone());
        });
        let id = recorder.id.get_value();
        aside(async move { files.keep_second(&id, number, &piece).await });
        // What comes after *Stop* must fit too, and it is about as much again.
        let now = recorder.bytes.get_untracked();
        let size = now + piece_size * 2;
        if is_near(now, most()) && !is_near(now - piece_size, most()) {
            announcer.alert(words.text_with(w::REPORT_RECORD_ROOM, &[("limit", megabytes(most(), words))]));
        }
        if size >= most() {
            recorder.stop();
        }
    };
    let tick = move || {
        if recorder.is_paused.get_untracked() {
            return;
        }
        recorder.seconds.update(|seconds| *seconds += 1);
        let left = limit().saturating_sub(recorder.seconds.get_untracked());
        if left == WARNING {
            announcer.alert(words.count(w::REPORT_RECORD_LEFT, u64::from(left)));
        }
        if left == 0 {
            recorder.stop();
        }
    };
    let begin = Act::new(move |()| async move {
        if recorder.is_on.get_untracked() {
            return;
        }
        files.told.set(Vec::new());
        recorder.pieces.set_value(Vec::new());
        let heard = move |heard| match heard {
            Recorded::Piece(piece) => keep(piece),
            Recorded::Ended => finish.begin(()),
        };
        match Recording::begin(voice.get_untracked(), heard).await {
            Ok((recording, has_voice)) => {
                recorder.seconds.set(0);
                recorder.bytes.set(0);
                recorder.is_paused.set(false);
                recorder.id.set_value(random::uuid());
                recorder.kind.set_value(recording.kind().to_owned());
                recorder.recording.set_value(Some(recording));
                recorder.clock.set_value(Some(timer::every(1_000, tick)));
                recorder.is_on.set(true);
                files.set_recording(true);
                page::set_mark("data-bar", true);
                around.tell(ToHost::Bar);
                if voice.get_untracked() && !has_voice {
                    files.tell(words.text(w::REPORT_RECORD_NO_VOICE));
                }
                announcer.announce(words.text(w::REPORT_RECORD_BEGUN));
                // Two tabs may record for one draft: the second has its turn when the first has ended.
                aside(async move {
                    let turn = files.turn_to_record().await;
                    if recorder.is_on.try_get_untracked() == Some(true) {
                        recorder.turn.set_value(Some(turn));
                    }
                });
            }
            Err(NoCapture::Refused) => files.tell(words.text(w::REPORT_CAPTURE_REFUSED)),
            Err(NoCapture::Missing | NoCapture::Nothing) => files.tell(words.text(w::REPORT_NO_RECORD)),
        }
    });
    on_cleanup(move || {
        recorder.clock.dispose();
        recorder.turn.dispose();
        recorder.recording.dispose();
    });
    let refused = Signal::derive(move || (!capture::can_record()).then(|| words.text(w::REPORT_NO_RECORD)));
    let on_press = Callback::new(move |()| begin.begin(()));
    view! {
        <Button refused busy=begin.pending() on_press>{t(w::REPORT_RECORD)}</Button>
        {capture::can_record().then(|| view! { <Checkbox id="report-voice" label=t(w::REPORT_RECORD_VOICE) checked=voice/> })}
        <When on=recorder.is_on>
            <Bar recorder limit=limit() most=most()/>
        </When>
    }
}

#[component]
fn Bar(recorder: Recorder, limit: u32, most: u64) -> impl IntoView {
    let words = use_words();
    let said = Signal::derive(move || {
        let time = clock_time(recorder.seconds.get());
        let size = megabytes(recorder.bytes.get(), words);
        words.text_with(w::REPORT_RECORD_TIME, &[("time", time), ("size", size)])
    });
    let left = Signal::derive(move || {
        let left = limit.saturating_sub(recorder.seconds.get());
        let room = || words.text_with(w::REPORT_RECORD_ROOM, &[("limit", megabytes(most, words))]);
        match left <= WARNING {
            true => Some(words.count(w::REPORT_RECORD_LEFT, u64::from(left))),
            false => is_near(recorder.bytes.get(), most).then(room),
        }
    });
    let toggle = Callback::new(move |()| recorder.pause(!recorder.is_paused.get_untracked()));
    let stop = Callback::new(move |()| recorder.stop());
    view! {
        <div class="recording" role="group" aria-label=t(w::REPORT_RECORD)>
            <span class="recording__time">{said}</span>
            <span class="recording__left">{left}</span>
            <Button on_press=toggle>
                {move || words.text(if recorder.is_paused.get() { w::REPORT_RESUME } else { w::REPORT_PAUSE })}
            </Button>
            <Button variant=Variant::Primary on_press=stop>{t(w::REPORT_RECORD_STOP)}</Button>
        </div>
    }
}

/// Whether so many bytes are near the most of them: nine tenths.
const fn is_near(bytes: u64, most: u64) -> bool {
    bytes / 9 >= most / 10
}

/// So many seconds, as clocks of recorders show them: `1:05`.
pub fn clock_time(seconds: u32) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
