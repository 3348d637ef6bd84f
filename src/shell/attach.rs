//! Files that go with words of a request: chosen, dropped or pasted, and sent at once in pieces that survive every cut.

use frontdesk_contract::upload::FILES_MAX;
use leptos::ev::DragEvent;
use leptos::prelude::*;

use crate::api::uploads::NotTaken;
use crate::browser::bytes::Bytes;
use crate::browser::picked::{self, Picked};
use crate::browser::{clock, intl, random};
use crate::domain::attached::AttachedFile;
use crate::domain::upload::Upload;
use crate::i18n::{Words, keys as w, t, t_with, use_words};
use crate::shell::drafts::Keeper;
use crate::shell::uploading::{self, Failed, Watch, megabytes};
use crate::shell::{Desk, aside};
use crate::ui::{Banner, Button, Tone, Variant, When, effect, use_announcer};

/// The files of one draft, and their bytes while the page stands.
#[derive(Clone, Copy)]
struct Attaching {
    files: RwSignal<Vec<AttachedFile>>,
    keeper: Keeper,
    held: StoredValue<Vec<(String, Bytes)>, LocalStorage>,
    /// Those that nobody tries to send any more by itself.
    stopped: RwSignal<Vec<String>>,
    /// Those that the person has told to wait.
    paused: RwSignal<Vec<String>>,
    /// How many bytes a second those on their way make.
    speeds: RwSignal<Vec<(String, f64)>>,
    told: RwSignal<Vec<String>>,
    words: Words,
}

/// The part of a form.
#[component]
pub fn Attach(
    /// The id of the button, for links of errors.
    id: &'static str,
    /// The files, as the draft keeps them.
    files: RwSignal<Vec<AttachedFile>>,
    /// Keeps the draft.
    keeper: Keeper,
) -> impl IntoView {
    let words = use_words();
    let announcer = use_announcer();
    let desk = expect_context::<Desk>();
    let attaching = Attaching {
        files,
        keeper,
        held: StoredValue::new_local(Vec::new()),
        stopped: RwSignal::new(Vec::new()),
        paused: RwSignal::new(Vec::new()),
        speeds: RwSignal::new(Vec::new()),
        told: RwSignal::new(Vec::new()),
        words,
    };
    let field = StoredValue::new(random::element_id("files"));
    let add = move |picked: Vec<Picked>| {
        attaching.told.set(Vec::new());
        let settings = untrack(move || desk.settings.get());
        let max = settings.map(|settings| settings.uploads.max_bytes());
        attaching.add(picked, max.unwrap_or(u64::MAX));
    };
    // What readers hear is outside the reactive graph.
    effect(move || {
        if let Some(text) = attaching.told.get().last() {
            announcer.alert(text.clone());
        }
    });
    let pasted = StoredValue::new_local(picked::on_paste(add));
    on_cleanup(move || pasted.dispose());
    let is_over = RwSignal::new(false);
    let on_drop = move |ev: DragEvent| {
        ev.prevent_default();
        is_over.set(false);
        add(picked::dropped(&ev));
    };
    let on_over = move |ev: DragEvent| {
        ev.prevent_default();
        is_over.set(true);
    };
    let ask = move |_| picked::ask(&field.get_value());
    view! {
        <fieldset
            class="field media"
            data-over=move || is_over.get().then_some("")
            on:dragover=on_over
            on:dragleave=move |_| is_over.set(false)
            on:drop=on_drop
        >
            <legend class="field__label">{t(w::ATTACH_LABEL)}</legend>
            <div class="media__actions">
                <button class="button" type="button" id=id on:click=ask>{t(w::ATTACH_ADD)}</button>
                <input
                    class="visually-hidden"
                    type="file"
                    id=field.get_value()
                    multiple
                    tabindex="-1"
                    aria-hidden="true"
                    on:change=move |ev| add(picked::chosen(&ev))
                />
                <span class="hint">{t(w::REPORT_PASTE)}</span>
            </div>
            <When on=Signal::derive(move || !attaching.told.read().is_empty())>
                <Banner tone=Tone::Warn>
                    <ul role="list">
                        {move || attaching.told.get().into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}
                    </ul>
                </Banner>
            </When>
            <ul class="pieces" role="list">
                <For each=move || files.get() key=|file| file.id.clone() let:file>
                    <FileLine attaching file/>
                </For>
            </ul>
        </fieldset>
    }
}

/// A file: how far it is, and taking it out.
#[component]
fn FileLine(attaching: Attaching, file: AttachedFile) -> impl IntoView {
    let words = use_words();
    let AttachedFile { id, name, upload } = file;
    let size = upload.size;
    let id = StoredValue::new(id);
    let named = StoredValue::new(name.clone());
    let sent = Memo::new(move |_| attaching.upload(&id.get_value()).map_or(0, |upload| upload.offset));
    let is_there =
        Memo::new(move |_| attaching.upload(&id.get_value()).is_some_and(|upload| upload.is_done()));
    let is_stopped = Memo::new(move |_| attaching.stopped.with(|all| all.contains(&id.get_value())));
    let is_paused = Memo::new(move |_| attaching.paused.with(|all| all.contains(&id.get_value())));
    let may_pause =
        Signal::derive(move || !is_there.get() && !is_stopped.get() && attaching.holds(&id.get_value()));
    let toggle = Callback::new(move |()| attaching.pause(&id.get_value(), !is_paused.get_untracked()));
    let share = move || {
        let share = sent.get() as f64 / size.max(1) as f64;
        intl::percent((share * 100.0).floor() / 100.0, &words.language())
    };
    let said = move || {
        if is_there.get() {
            return words.text(w::ATTACH_SENT);
        }
        // After a reload the browser has let go of what the person chose.
        let is_held = attaching.holds(&id.get_value()) || is_stopped.get();
        let speed =
            attaching.speed(&id.get_value()).filter(|_| is_held && !is_stopped.get() && !is_paused.get());
        if let Some(speed) = speed {
            let rest = megabytes(size.saturating_sub(sent.get()), words);
            let speed = megabytes(speed as u64, words);
            return words.text_with(w::ATTACH_SPEED, &[("share", share()), ("speed", speed), ("rest", rest)]);
        }
        let key = if is_held { w::ATTACH_SHARE } else { w::ATTACH_CHOOSE };
        words.text_with(key, &[("file", named.get_value()), ("share", share())])
    };
    let may_try = Signal::derive(move || is_stopped.get() && attaching.holds(&id.get_value()));
    let again = Callback::new(move |()| attaching.send(&id.get_value()));
    let remove = Callback::new(move |()| attaching.remove(&id.get_value()));
    let label = name.clone();
    let spoken = Signal::stored(name.clone());
    view! {
        <li class="piece">
            <div class="piece__line">
                <span class="piece__name" dir="auto">{name}</span>
                <span class="piece__size">{said}</span>
                <When on=may_pause>
                    <Button on_press=toggle>
                        {move || words.text(if is_paused.get() { w::REPORT_RESUME } else { w::REPORT_PAUSE })}
                        <span class="visually-hidden">" " {spoken}</span>
                    </Button>
                </When>
                <When on=may_try>
                    <Button on_press=again>{t_with(w::ATTACH_AGAIN, [("file", spoken)])}</Button>
                </When>
                <Button variant=Variant::Quiet on_press=remove>
                    {t_with(w::REPORT_FILE_REMOVE, [("file", spoken)])}
                </Button>
            </div>
            <When on=Signal::derive(move || !is_there.get())>
                <progress
                    class="piece__progress"
                    max=size.to_string()
                    prop:value=move || sent.get() as f64
                    aria-label=label.clone()
                ></progress>
            </When>
        </li>
    }
}

impl Attaching {
    /// Adds files; what isn't taken is told, and the rest is kept.
    fn add(self, picked: Vec<Picked>, max: u64) {
        let language = self.words.language();
        for Picked { name, bytes } in picked {
            let name = if name.is_empty() { self.words.text(w::REPORT_FILE_PASTED) } else { name };
            let size = bytes.size();
            let is_it = |file: &&AttachedFile| {
                file.name == name
                    && file.upload.size == size
                    && !file.upload.is_done()
                    && !self.holds(&file.id)
            };
            // Chosen once more after a reload: it goes on where it was.
            let known =
                self.files.with_untracked(|files| files.iter().find(is_it).map(|file| file.id.clone()));
            if let Some(id) = known {
                self.held.update_value(|held| held.push((id.clone(), bytes)));
                self.send(&id);
                continue;
            }
            if self.files.with_untracked(Vec::len) >= FILES_MAX {
                let max = intl::number(FILES_MAX as u64, &language);
                self.tell(self.words.text_with(w::ATTACH_TOO_MANY, &[("max", max)]));
                return;
            }
            if size > max {
                let (size, limit) = (megabytes(size, self.words), megabytes(max, self.words));
                let parts = [("file", name), ("size", size), ("limit", limit)];
                self.tell(self.words.text_with(w::ERROR_FILE_LARGE, &parts));
                continue;
            }
            let id = random::uuid();
            self.held.update_value(|held| held.push((id.clone(), bytes)));
            let file = AttachedFile { id: id.clone(), name, upload: Upload::new(size) };
            self.files.update(|files| files.push(file));
            self.keeper.save_now();
            self.send(&id);
        }
    }

    /// Sends a file from where it is.
    fn send(self, id: &str) {
        let Some(bytes) = self.bytes(id) else { return };
        let Some((name, upload)) = self.file(id) else { return };
        self.stopped.update(|all| all.retain(|own| own != id));
        let begun = (clock::monotonic_millis(), upload.offset);
        let watch = OfFile { attaching: self, id: id.to_owned(), begun };
        aside(async move {
            let Err(failed) = uploading::send(&bytes, &name, upload, &watch).await else { return };
            if watch.is_dropped() {
                return;
            }
            let key = match failed {
                Failed::NotTaken(NotTaken::Kind) => w::REPORT_FILE_KIND,
                Failed::NotTaken(NotTaken::Size | NotTaken::Full) => w::ATTACH_ROOM,
                Failed::Vanished => w::REPORT_FILE_VANISHED,
                Failed::Offline | Failed::GaveUp | Failed::NotTaken(NotTaken::Other(_)) => w::ATTACH_GONE,
            };
            self.tell(self.words.text_with(key, &[("file", name)]));
            if matches!(key, w::REPORT_FILE_KIND | w::REPORT_FILE_VANISHED) {
                self.remove(&watch.id);
            } else {
                self.stopped.try_update(|all| all.push(watch.id.clone()));
            }
        });
    }

    /// Takes a file out, here and at the backend.
    fn remove(self, id: &str) {
        let address = self.file(id).and_then(|(_, upload)| upload.address);
        self.files.try_update(|files| files.retain(|file| file.id != id));
        self.held.try_update_value(|held| held.retain(|(own, _)| own != id));
        self.keeper.save_now();
        if let Some(address) = address {
            aside(async move { uploading::remove(&address).await });
        }
    }

    /// Lets a file wait, or go on.
    fn pause(self, id: &str, is_paused: bool) {
        self.speeds.update(|all| all.retain(|(own, _)| own != id));
        self.paused.update(|all| {
            all.retain(|own| own != id);
            if is_paused {
                all.push(id.to_owned());
            }
        });
    }

    /// How many bytes a second a file makes; follows changes.
    fn speed(self, id: &str) -> Option<f64> {
        self.speeds.with(|all| all.iter().find(|(own, _)| own == id).map(|(_, speed)| *speed))
    }

    fn tell(self, text: String) {
        self.told.try_update(|told| told.push(text));
    }

    /// How far a file is; follows changes.
    fn upload(self, id: &str) -> Option<Upload> {
        self.files.with(|files| files.iter().find(|file| file.id == id).map(|file| file.upload.clone()))
    }

    fn file(self, id: &str) -> Option<(String, Upload)> {
        let found = self.files.try_with_untracked(|files| {
            files.iter().find(|file| file.id == id).map(|file| (file.name.clone(), file.upload.clone()))
        });
        found.flatten()
    }

    fn bytes(self, id: &str) -> Option<Bytes> {
        let find = |held: &Vec<(String, Bytes)>| {
            held.iter().find(|(own, _)| own == id).map(|(_, bytes)| bytes.clone())
        };
        self.held.try_with_value(find).flatten()
    }

    fn holds(self, id: &str) -> bool {
        self.bytes(id).is_some()
    }
}

/// What is kept about a file while it is sent.
struct OfFile {
    attaching: Attaching,
    id: String,
    /// When it was begun, in milliseconds, and how far it was then.
    begun: (f64, u64),
}

impl Watch for OfFile {
    fn moved(&self, upload: &Upload) {
        let moved = self.attaching.files.try_update(|files| {
            if let Some(file) = files.iter_mut().find(|file| file.id == self.id) {
                file.upload = upload.clone();
            }
        });
        let (since, from) = self.begun;
        let millis = clock::monotonic_millis() - since;
        if millis > 0.0 && upload.offset > from {
            let speed = (upload.offset - from) as f64 * 1_000.0 / millis;
            self.attaching.speeds.try_update(|all| {
                all.retain(|(own, _)| *own != self.id);
                all.push((self.id.clone(), speed));
            });
        }
        if moved.is_some() {
            self.attaching.keeper.save_now();
        }
    }

    fn is_paused(&self) -> bool {
        self.attaching.paused.try_with_untracked(|all| all.contains(&self.id)) == Some(true)
    }

    fn is_dropped(&self) -> bool {
        // The page has gone, or the file was taken out.
        self.attaching.file(&self.id).is_none()
    }
}
