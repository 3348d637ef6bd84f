//! Pictures, videos and other files: adding them, and the list of what was added.

use leptos::ev::DragEvent;
use leptos::prelude::*;

use crate::api::reports::Basics;
use crate::browser::capture::{self, NoCapture};
use crate::browser::intl;
use crate::browser::picked::{self, Picked};
use crate::domain::host::ToHost;
use crate::domain::report::{Piece, PieceKind};
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::report::around::Around;
use crate::report::editor::Editor;
use crate::report::files::{Files, fit};
use crate::report::form::ReportForm;
use crate::report::video::{Recorder, VideoButton, clock_time};
use crate::shell::Act;
use crate::shell::uploading::megabytes;
use crate::state::SessionState;
use crate::ui::{Banner, Button, Tone, Variant, When, effect, use_announcer};

/// The id of the field for files.
const FILE: &str = "report-file";

/// The part of the form.
#[component]
pub fn Media(form: ReportForm, files: Files, settings: Signal<Basics>) -> impl IntoView {
    let words = use_words();
    let announcer = use_announcer();
    let waiting = StoredValue::new_local(Vec::<Picked>::new());
    let reading = Act::new(move |()| async move {
        files.told.set(Vec::new());
        let limits = settings.get_untracked();
        loop {
            let next = waiting.try_update_value(std::mem::take).unwrap_or_default();
            if next.is_empty() {
                return;
            }
            files.add(next, &limits, words).await;
        }
    });
    // What is added while others are read has its turn after them.
    let add = move |picked: Vec<Picked>| {
        waiting.update_value(|waiting| waiting.extend(picked));
        reading.begin(());
    };
    let pasted = StoredValue::new_local(picked::on_paste(add));
    on_cleanup(move || pasted.dispose());
    // What readers hear is outside the reactive graph.
    effect(move || {
        if let Some(text) = files.told.get().last() {
            announcer.alert(text.clone());
        }
    });
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
    let recorder = Recorder::new(files);
    let ask = Callback::new(|()| picked::ask(FILE));
    view! {
        <fieldset
            class="field media"
            data-over=move || is_over.get().then_some("")
            on:dragover=on_over
            on:dragleave=move |_| is_over.set(false)
            on:drop=on_drop
        >
            <legend class="field__label">{t(w::REPORT_MEDIA)}</legend>
            <div class="media__actions">
                <Capture files/>
                <VideoButton recorder settings/>
                <Button on_press=ask busy=reading.pending()>{t(w::REPORT_FILE)}</Button>
                <input
                    class="visually-hidden"
                    type="file"
                    id=FILE
                    multiple
                    tabindex="-1"
                    aria-hidden="true"
                    accept="image/*,video/*,application/pdf,text/plain,.log"
                    on:change=move |ev| add(picked::chosen(&ev))
                />
                <span class="hint">{t(w::REPORT_PASTE)}</span>
            </div>
            <When on=Signal::derive(move || !files.told.read().is_empty())>
                <Banner tone=Tone::Warn>
                    <ul role="list">
                        {move || files.told.get().into_iter().map(|text| view! { <li>{text}</li> }).collect_view()}
                    </ul>
                </Banner>
            </When>
            <ul class="pieces" role="list">
                <For each=move || form.pieces.get() key=|piece| piece.id.clone() let:piece>
                    <PieceLine form files piece/>
                </For>
            </ul>
        </fieldset>
    }
}

/// *Take a screenshot*, where the browser can.
#[component]
fn Capture(files: Files) -> impl IntoView {
    let around = expect_context::<Around>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let take = Act::new(move |()| async move {
        files.told.set(Vec::new());
        let mut look = None;
        let picture = capture::still(fit, async || look = around.hide().await).await;
        let is_in_the_way = around.is_framed() && look.is_none();
        around.tell(ToHost::Show);
        match picture {
            Ok((original, handle)) => {
                // Only a picture of the page around shows its texts where it says that they are.
                let look = look.filter(|look| handle.is_some_and(|handle| handle == look.handle));
                let time = intl::time(state.now_untracked(), &words.language());
                let name = words.text_with(w::REPORT_FILE_SCREENSHOT, &[("time", time)]);
                files.add_picture(name, original, "image/png", look.as_ref()).await;
                if is_in_the_way {
                    files.tell(words.text(w::REPORT_CAPTURE_IN_WAY));
                }
            }
            Err(NoCapture::Missing) => files.tell(words.text(w::REPORT_NO_CAPTURE)),
            Err(NoCapture::Refused) => files.tell(words.text(w::REPORT_CAPTURE_REFUSED)),
            Err(NoCapture::Nothing) => files.tell(words.text(w::REPORT_CAPTURE_NOTHING)),
        }
    });
    let refused = Signal::derive(move || (!capture::is_there()).then(|| words.text(w::REPORT_NO_CAPTURE)));
    let on_press = Callback::new(move |()| take.begin(()));
    view! { <Button refused busy=take.pending() on_press>{t(w::REPORT_CAPTURE)}</Button> }
}

/// A file that was added: what it is, how large, and what can be done with it.
#[component]
fn PieceLine(form: ReportForm, files: Files, piece: Piece) -> impl IntoView {
    let words = use_words();
    let Piece { id, name, kind, .. } = piece;
    let own = StoredValue::new(id.clone());
    let size = Memo::new(move |_| {
        own.with_value(|id| {
            form.pieces
                .with(|pieces| pieces.iter().find(|piece| piece.id == *id).map_or(0, |piece| piece.size))
        })
    });
    let remove = Act::new(move |()| async move { files.remove(&own.get_value()).await });
    let is_open =
        Memo::new(move |_| files.open.with(|open| open.as_deref() == Some(own.get_value().as_str())));
    let toggle = Callback::new(move |()| {
        files.open.set((!is_open.get_untracked()).then(|| own.get_value()));
    });
    let named = Signal::stored(name.clone());
    let is_picture = kind == PieceKind::Picture;
    view! {
        <li class="piece">
            <div class="piece__line">
                <span class="piece__name">{name}</span>
                <span class="piece__size">{move || megabytes(size.get(), words)}</span>
                {is_picture
                    .then(|| {
                        view! {
                            <button
                                class="button"
                                type="button"
                                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                                on:click=move |_| toggle.run(())
                            >
                                {move || if is_open.get() { words.text(w::REPORT_FILE_DONE) } else { words.text(w::REPORT_FILE_EDIT) }}
                                <span class="visually-hidden">" " {named}</span>
                            </button>
                        }
                    })}
                <Button variant=Variant::Quiet on_press=Callback::new(move |()| remove.begin(()))>
                    {t_with(w::REPORT_FILE_REMOVE, [("file", named)])}
                </Button>
            </div>
            {match kind {
                PieceKind::Picture => view! {
                    <When on=is_open>
                        <Editor files id=own.get_value()/>
                    </When>
                }
                    .into_any(),
                PieceKind::Video => view! { <Player files id=id.clone() name=named size/> }.into_any(),
                PieceKind::File => ().into_any(),
            }}
        </li>
    }
}

/// A video as it leaves, and where it ends.
#[component]
fn Player(files: Files, id: String, name: Signal<String>, size: Memo<u64>) -> impl IntoView {
    let address = RwSignal::new(None::<String>);
    let held = StoredValue::new_local(None);
    let own = StoredValue::new(id.clone());
    let look = Act::new(move |()| async move {
        if let Some(bytes) = files.bytes(&own.get_value()).await {
            let shown = bytes.address();
            address.try_set(shown.as_ref().map(|shown| shown.as_str().to_owned()));
            held.try_update_value(|held| *held = shown);
        }
    });
    // The bytes are outside the reactive graph: of another size they are another video.
    effect(move || {
        size.get();
        look.begin(());
    });
    on_cleanup(move || held.dispose());
    view! {
        {move || {
            address.get().map(|address| {
                view! { <video class="piece__video" controls src=address aria-label=name></video> }
            })
        }}
        {files.seconds(&id).map(|seconds| view! { <Cut files id seconds name/> })}
    }
}

/// Where the video ends: what comes after is cut off, and can be put back as long as the page is there.
#[component]
fn Cut(files: Files, id: String, seconds: usize, name: Signal<String>) -> impl IntoView {
    let words = use_words();
    let id = StoredValue::new(id);
    let end = RwSignal::new(seconds);
    let time = |seconds: usize| clock_time(u32::try_from(seconds).unwrap_or(u32::MAX));
    let said = Signal::derive(move || {
        words.text_with(w::REPORT_VIDEO_CUT, &[("time", time(end.get())), ("total", time(seconds))])
    });
    let cut = Act::new(move |()| async move {
        // What is chosen while one cut is made counts too.
        let mut made = 0;
        while let Some(wanted) = end.try_get_untracked().filter(|wanted| *wanted != made) {
            made = wanted;
            files.cut(&id.get_value(), made).await;
        }
    });
    let on_input = move |ev| end.set(event_target_value(&ev).parse().unwrap_or(seconds).clamp(1, seconds));
    view! {
        <label class="piece__cut">
            <span>{said} <span class="visually-hidden">" " {name}</span></span>
            <input
                type="range"
                min="1"
                max=seconds.to_string()
                prop:value=move || end.get().to_string()
                aria-valuetext=move || time(end.get())
                on:input=on_input
                on:change=move |_| cut.begin(())
            />
        </label>
    }
}
