//! The files of a report: in memory, and on the device where it may keep them. Of pictures only what may leave is
//! ever kept: covers and marks are burnt in first.

use frontdesk_contract::upload::FILES_MAX;
use leptos::prelude::*;

use crate::api::reports::Basics;
use crate::browser::bytes::Bytes;
use crate::browser::lock::{self, Held};
use crate::browser::picked::Picked;
use crate::browser::picture::{NotAPicture, Original};
use crate::browser::storage::{self, Area};
use crate::browser::{intl, random, shelf, timer};
use crate::domain::draft::{self, DraftKey, DraftOf, Saved};
use crate::domain::host::Look;
use crate::domain::picture::{Burnt, Edits, Ground, Picture, Size};
use crate::domain::report::{Piece, PieceKind, ReportDraft};
use crate::i18n::{Words, keys as w};
use crate::report::form::ReportForm;
use crate::shell::aside;
use crate::shell::drafts::Keeper;
use crate::shell::uploading::megabytes;
use crate::state::SessionState;

/// The lock of whoever records, beside the files of the draft.
const RECORDING: &str = "recording";
/// The most pixels of a picture; larger ones are made smaller.
const PIXELS: u32 = 8_000_000;
/// How long after the last mark a picture is burnt in and kept, in milliseconds.
const PAUSE: i32 = 250;
/// How often one looks whether a picture has been burnt in.
const GLANCE: i32 = 30;

/// A picture that can be changed: its pixels as they were are in memory alone.
#[derive(Clone)]
pub struct OpenPicture {
    /// Its name on the device.
    pub id: String,
    /// As it was.
    pub original: Original,
    /// What is done to it; it lasts as long as the picture, whatever part of the page is drawn anew.
    pub edits: ArcRwSignal<Edits>,
    /// As what it is encoded.
    kind: &'static str,
}

/// A video that was recorded here: its end can be cut off, second by second, and put back.
#[derive(Clone)]
struct Recorded {
    /// Its name on the device.
    id: String,
    /// What each second brought. A recording can be read up to the end of any of them.
    seconds: Vec<Bytes>,
    /// As what it is encoded.
    kind: String,
}

/// The files, in context.
#[derive(Clone, Copy)]
pub struct Files {
    form: ReportForm,
    keeper: Keeper,
    state: SessionState,
    words: Words,
    held: StoredValue<Vec<(String, Bytes)>>,
    pictures: StoredValue<Vec<OpenPicture>>,
    recorded: StoredValue<Vec<Recorded>>,
    /// Pictures that were changed since they were burnt in.
    changed: StoredValue<Vec<String>>,
    is_burning: StoredValue<bool>,
    pause: StoredValue<Option<timer::Timer>, LocalStorage>,
    /// What was not taken, or not kept, in sentences.
    pub told: RwSignal<Vec<String>>,
    /// The picture that is being changed.
    pub open: RwSignal<Option<String>>,
}

impl Files {
    /// Of this form.
    pub fn of(form: ReportForm, keeper: Keeper, state: SessionState, words: Words) -> Self {
        Self {
            form,
            keeper,
            state,
            words,
            held: StoredValue::new(Vec::new()),
            pictures: StoredValue::new(Vec::new()),
            recorded: StoredValue::new(Vec::new()),
            changed: StoredValue::new(Vec::new()),
            is_burning: StoredValue::new(false),
            pause: StoredValue::new_local(None),
            told: RwSignal::new(Vec::new()),
            open: RwSignal::new(None),
        }
    }

    /// Adds files that a person chose, dropped or pasted. What isn't taken is told, the rest is kept.
    pub async fn add(self, picked: Vec<Picked>, limits: &Basics, words: Words) {
        let language = words.language();
        for Picked { name, bytes } in picked {
            let name = if name.is_empty() { words.text(w::REPORT_FILE_PASTED) } else { name };
            let tell = |key| self.tell(words.text_with(key, &[("file", name.clone())]));
            if self.form.pieces.with_untracked(Vec::len) >= FILES_MAX {
                let max = intl::number(FILES_MAX as u64, &language);
                self.tell(words.text_with(w::REPORT_FILE_TOO_MANY, &[("max", max)]));
                return;
            }
            let max = limits.uploads.max_bytes();
            let Some(kind) = PieceKind::of(&bytes.kind(), &name) else {
                tell(w::REPORT_FILE_KIND);
                continue;
            };
            // Pictures are made smaller anyway.
            if bytes.size() > max && kind != PieceKind::Picture {
                let size = [
                    ("file", name.clone()),
                    ("size", megabytes(bytes.size(), words)),
                    ("limit", megabytes(max, words)),
                ];
                self.tell(words.text_with(w::ERROR_FILE_LARGE, &size));
                continue;
            }
            match kind {
                PieceKind::Picture => match Original::read(&bytes, fit).await {
                    Ok(original) => {
                        let kind = if bytes.kind() == "image/jpeg" { "image/jpeg" } else { "image/png" };
                        self.add_picture(name, original, kind, None).await;
                    }
                    Err(NotAPicture) => tell(w::REPORT_FILE_BROKEN),
                },
                PieceKind::Video | PieceKind::File => match bytes.kept().await {
                    Ok(bytes) => {
                        self.put(name, kind, bytes).await;
                    }
                    Err(_) => tell(w::REPORT_FILE_VANISHED),
                },
            }
        }
    }

    /// Adds a picture. What a page says of its texts is covered; without that all of it is, and the person uncovers
    /// what is needed.
    pub async fn add_picture(
        self,
        name: String,
        original: Original,
        kind: &'static str,
        look: Option<&Look>,
    ) {
        let (width, height) = original.size();
        let size = Size { width, height };
        let ground = look.and_then(|look| look.texts_in(size)).map_or(Ground::Covered, Ground::Texts);
        let edits = Edits::new(Picture::new(size, ground));
        let Ok(burnt) = flattened(&original, edits.picture().clone(), kind).await else {
            return self.tell(self.words.text_with(w::REPORT_FILE_BROKEN, &[("file", name)]));
        };
        let id = self.put(name, PieceKind::Picture, burnt).await;
        let edits = ArcRwSignal::new(edits);
        self.pictures.update_value(|all| all.push(OpenPicture { id: id.clone(), original, edits, kind }));
        self.open.set(Some(id));
    }

    /// Adds bytes that may leave as they are.
    async fn put(self, name: String, kind: PieceKind, bytes: Bytes) -> String {
        let id = random::uuid();
        self.put_as(&id, name, kind, bytes).await;
        id
    }

    async fn put_as(self, id: &str, name: String, kind: PieceKind, bytes: Bytes) {
        let piece = Piece { id: id.to_owned(), name, kind, size: bytes.size(), upload: None };
        self.form.pieces.update(|pieces| pieces.push(piece));
        // The draft names the file before it is kept, so that nobody takes it for one that was left over.
        self.keeper.save_now();
        self.hold(id, bytes).await;
    }

    /// Adds a video that was recorded, second by second.
    pub async fn put_recorded(self, name: String, seconds: Vec<Bytes>, kind: String) {
        let whole = Bytes::joined(&seconds, &kind).filter(|video| video.size() > 0);
        let Some(whole) = whole else { return self.tell(self.words.text(w::REPORT_VIDEO_NOTHING)) };
        let id = random::uuid();
        // Its line is drawn at once, and asks for its seconds.
        self.recorded.update_value(|all| all.push(Recorded { id: id.clone(), seconds, kind }));
        self.put_as(&id, name, PieceKind::Video, whole).await;
    }

    /// How many seconds a video has whose end can be cut off; none after the page was loaded again.
    pub fn seconds(self, id: &str) -> Option<usize> {
        let count =
            self.recorded.with_value(|all| Some(all.iter().find(|video| video.id == id)?.seconds.len()));
        count.filter(|count| *count > 1)
    }

    /// Keeps the first so many seconds of a video.
    pub async fn cut(self, id: &str, seconds: usize) {
        let kept = self.recorded.with_value(|all| {
            let video = all.iter().find(|video| video.id == id)?;
            Bytes::joined(video.seconds.get(..seconds)?, &video.kind)
        });
        let Some(kept) = kept else { return };
        let size = kept.size();
        self.hold(id, kept).await;
        // What had been sent of it is another video.
        self.form.change_piece(id, |piece| {
            piece.size = size;
            piece.upload = None;
        });
    }

    /// The bytes of a file; none when the device has lost them.
    pub async fn bytes(self, id: &str) -> Option<Bytes> {
        let held = self
            .held
            .with_value(|held| held.iter().find(|(own, _)| own == id).map(|(_, bytes)| bytes.clone()));
        match held {
            Some(bytes) => Some(bytes),
            None => shelf::read(&self.name(id)).await,
        }
    }

    /// Takes a file out.
    pub async fn remove(self, id: &str) {
        if self.open.with_untracked(|open| open.as_deref() == Some(id)) {
            self.open.set(None);
        }
        self.form.pieces.update(|pieces| pieces.retain(|piece| piece.id != id));
        self.held.update_value(|held| held.retain(|(own, _)| own != id));
        self.pictures.update_value(|all| all.retain(|picture| picture.id != id));
        self.recorded.update_value(|all| all.retain(|video| video.id != id));
        self.changed.update_value(|all| all.retain(|own| own != id));
        shelf::remove(&self.name(id)).await;
    }

    /// A picture to be changed. One that was kept before the page was loaded again is as it would leave: what was
    /// covered then stays covered.
    pub async fn picture(self, id: &str) -> Option<OpenPicture> {
        let open = self.pictures.with_value(|all| all.iter().find(|picture| picture.id == id).cloned());
        if open.is_some() {
            return open;
        }
        let bytes = self.bytes(id).await?;
        let original = Original::read(&bytes, fit).await.ok()?;
        let (width, height) = original.size();
        let edits = ArcRwSignal::new(Edits::new(Picture::new(Size { width, height }, Ground::Open)));
        let kind = if bytes.kind() == "image/jpeg" { "image/jpeg" } else { "image/png" };
        let picture = OpenPicture { id: id.to_owned(), original, edits, kind };
        self.pictures.update_value(|all| all.push(picture.clone()));
        Some(picture)
    }

    /// A picture was changed: it is burnt in and kept in a moment.
    pub fn touch(self, id: &str) {
        self.changed.update_value(|all| {
            if !all.iter().any(|own| own == id) {
                all.push(id.to_owned());
            }
        });
        self.pause.set_value(Some(timer::after(PAUSE, move || {
            aside(self.settle());
        })));
    }

    /// Burns in what was changed, and ends when nothing is left to do.
    pub async fn settle(self) {
        while self.is_burning.get_value() {
            timer::sleep(GLANCE).await;
        }
        self.is_burning.set_value(true);
        loop {
            let mut next = None;
            self.changed.update_value(|all| next = all.pop());
            let Some(id) = next else { break };
            let picture = self.pictures.with_value(|all| all.iter().find(|own| own.id == id).cloned());
            let Some(OpenPicture { original, edits, kind, .. }) = picture else { continue };
            let now = edits.get_untracked();
            let Ok(burnt) = flattened(&original, now.picture().clone(), kind).await else {
                // What is kept of it hasn't the newest covers: it must not leave.
                let name = self.name_of(&id);
                self.remove(&id).await;
                self.form.sending.set(None);
                self.tell(self.words.text_with(w::REPORT_FILE_UNBURNT, &[("file", name)]));
                continue;
            };
            let size = burnt.size();
            self.hold(&id, burnt).await;
            // What had been sent of it is another picture.
            self.form.change_piece(&id, |piece| {
                piece.size = size;
                piece.upload = None;
            });
        }
        self.is_burning.set_value(false);
    }

    /// Forgets what is in memory; what lies on the device counts.
    pub fn forget(self) {
        self.open.set(None);
        self.held.set_value(Vec::new());
        self.pictures.set_value(Vec::new());
        self.recorded.set_value(Vec::new());
        self.changed.set_value(Vec::new());
    }

    /// What stands here is a report of its own from now on: with a key of its own, and files of its own.
    pub async fn part(self) {
        let mut all = Vec::new();
        for piece in self.form.pieces.get_untracked() {
            if let Some(bytes) = self.bytes(&piece.id).await {
                all.push((piece.id, bytes));
            }
        }
        self.form.key.set(random::uuid());
        self.form.sending.set(None);
        self.form.is_posted.set(false);
        self.form.pieces.update(|pieces| pieces.iter_mut().for_each(|piece| piece.upload = None));
        self.keeper.save_now();
        for (id, bytes) in all {
            self.hold(&id, bytes).await;
        }
    }

    /// Takes everything off the device: it was sent, or thrown away.
    pub async fn clear(self) {
        self.forget();
        erase(&self.form.key.get_untracked()).await;
    }

    /// Keeps a second of a video, so that what was recorded is there after a crash.
    pub async fn keep_second(self, id: &str, number: u32, bytes: &Bytes) {
        if self.is_on_device() {
            // Names are sorted as texts.
            let kept = shelf::write(&format!("{}.{number:06}", self.name(id)), bytes).await;
            if kept.is_err() {
                self.tell_once(self.words.text(w::REPORT_VIDEO_UNKEPT));
            }
        }
    }

    /// Held for as long as a video is recorded, so that another tab doesn't take its seconds for left over.
    pub async fn turn_to_record(self) -> Held {
        lock::hold(&self.name(RECORDING)).await
    }

    /// A video begins, or has ended: the draft is worth keeping for as long as it is recorded.
    pub fn set_recording(self, is_recording: bool) {
        self.form.is_recording.set(is_recording);
        self.keeper.save_now();
    }

    /// Forgets the seconds of a video that is whole now.
    pub async fn forget_seconds(self, id: &str) {
        let beginning = self.name(id) + ".";
        for name in shelf::names().await.iter().filter(|name| name.starts_with(&beginning)) {
            shelf::remove(name).await;
        }
    }

    /// A video whose recording was interrupted: all seconds that were kept. Not where another tab records it still.
    async fn interrupted(self) -> Option<Bytes> {
        let beginning = self.name("");
        let _turn = lock::seize(&self.name(RECORDING)).await?;
        self.form.is_recording.set(false);
        let names = shelf::names().await;
        let first = names.iter().find(|name| name.starts_with(&beginning) && name.contains('.'))?;
        let id = first.get(beginning.len()..first.rfind('.')?)?.to_owned();
        let mut seconds = Vec::new();
        for name in names.iter().filter(|name| name.starts_with(&(self.name(&id) + "."))) {
            seconds.extend(shelf::read(name).await);
        }
        let kind = seconds.first().map(Bytes::kind)?;
        let kind = kind.split(';').next().unwrap_or_default();
        let video = Bytes::joined(&seconds, kind)?.kept().await.ok()?;
        self.forget_seconds(&id).await;
        Some(video)
    }

    /// Says something about a file.
    pub fn tell(&self, text: String) {
        self.told.try_update(|told| told.push(text));
    }

    /// The same, but not again and again.
    fn tell_once(self, text: String) {
        if self.told.try_with_untracked(|told| !told.contains(&text)) == Some(true) {
            self.tell(text);
        }
    }

    /// What the person calls a file.
    fn name_of(self, id: &str) -> String {
        let name = self.form.pieces.try_with_untracked(|pieces| {
            pieces.iter().find(|piece| piece.id == id).map(|piece| piece.name.clone())
        });
        name.flatten().unwrap_or_default()
    }

    async fn hold(self, id: &str, bytes: Bytes) {
        let own = id.to_owned();
        self.held.update_value(|held| {
            held.retain(|(other, _)| *other != own);
            held.push((own, bytes.clone()));
        });
        if self.is_on_device() {
            // Without room it is there for as long as the page is.
            if shelf::write(&self.name(id), &bytes).await.is_err() {
                let file = self.name_of(id);
                self.tell_once(self.words.text_with(w::REPORT_FILE_UNKEPT, &[("file", file)]));
            }
        }
    }

    /// Whether this device may keep what one person typed and added: not where others use it.
    fn is_on_device(&self) -> bool {
        self.state.draft_area() == Area::Local
    }

    fn name(&self, id: &str) -> String {
        [self.form.key.get_untracked().as_str(), id].join("/")
    }
}

/// Takes what was left over off the device, and adds the video whose recording was interrupted.
pub async fn look_through(files: Files) {
    sweep().await;
    if let Some(video) = files.interrupted().await {
        files.put(files.words.text(w::REPORT_FILE_INTERRUPTED), PieceKind::Video, video).await;
    }
}

/// Takes what no draft of this device names off it.
async fn sweep() {
    let is_report = |name: &String| DraftKey::parse(name).is_some_and(|key| key.of == DraftOf::Report);
    let named = || -> Vec<String> {
        let names = storage::keys(Area::Local).into_iter().filter(is_report);
        let texts = names.filter_map(|name| storage::read(Area::Local, &name));
        texts
            .filter_map(|text| draft::read::<ReportDraft>(&text))
            .map(|saved: Saved<ReportDraft>| saved.draft.key)
            .collect()
    };
    for name in shelf::names().await {
        let key = name.split('/').next().unwrap_or_default().to_owned();
        if !named().contains(&key) {
            shelf::remove(&name).await;
        }
    }
}

/// Takes the files of the draft with this key off the device.
pub async fn erase(key: &str) {
    for name in shelf::names().await {
        if name.split('/').next() == Some(key) {
            shelf::remove(&name).await;
        }
    }
}

/// How large a picture is kept.
pub fn fit(width: u32, height: u32) -> (u32, u32) {
    let fitted = Size { width, height }.fitted(PIXELS);
    (fitted.width, fitted.height)
}

async fn flattened(original: &Original, picture: Picture, kind: &str) -> Result<Bytes, NotAPicture> {
    let burn = move |pixels: Vec<u8>| {
        let Burnt { size, pixels } = picture.burn(pixels)?;
        Some((size.width, size.height, pixels))
    };
    original.flattened(burn, kind).await
}
