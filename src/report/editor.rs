//! The editor of a picture: cover, uncover, outline, point at, crop, by pointer, by touch, and by keyboard through
//! the list of marks.

use leptos::ev::{Event, PointerEvent};
use leptos::prelude::*;

use crate::browser::picture::Part;
use crate::browser::{picked, random};
use crate::domain::picture::{Area, Corner, Edits, Ground, Mark, Picture, Shape, Size};
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::report::files::{Files, OpenPicture};
use crate::shell::Act;
use crate::ui::{Button, Variant, When, effect_after, use_announcer};

/// What the pointer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tool {
    Uncover,
    Cover,
    Outline,
    Arrow,
    Crop,
}

impl Tool {
    const ALL: [Self; 5] = [Self::Uncover, Self::Cover, Self::Outline, Self::Arrow, Self::Crop];

    const fn key(self) -> Key {
        match self {
            Self::Uncover => w::REPORT_TOOL_UNCOVER,
            Self::Cover => w::REPORT_TOOL_COVER,
            Self::Outline => w::REPORT_TOOL_MARK,
            Self::Arrow => w::REPORT_TOOL_ARROW,
            Self::Crop => w::REPORT_TOOL_CROP,
        }
    }

    const fn shape(self, corner: Corner) -> Shape {
        match self {
            Self::Uncover => Shape::Uncover,
            Self::Cover => Shape::Cover,
            Self::Outline => Shape::Frame,
            Self::Arrow => Shape::Arrow(corner),
            Self::Crop => Shape::Crop,
        }
    }

    const fn of(shape: Shape) -> Self {
        match shape {
            Shape::Uncover => Self::Uncover,
            Shape::Cover => Self::Cover,
            Shape::Frame => Self::Outline,
            Shape::Arrow(_) => Self::Arrow,
            Shape::Crop => Self::Crop,
        }
    }
}

/// The editor, once the picture is there.
#[component]
pub fn Editor(files: Files, id: String) -> impl IntoView {
    let picture = RwSignal::new(None::<OpenPicture>);
    let look = Act::new(move |id: String| async move {
        if let Some(found) = files.picture(&id).await {
            picture.try_set(Some(found));
        }
    });
    look.begin(id);
    move || picture.get().map(|picture| view! { <Board files picture/> })
}

#[component]
fn Board(files: Files, picture: OpenPicture) -> impl IntoView {
    let words = use_words();
    let announcer = use_announcer();
    let OpenPicture { id, edits, .. } = picture.clone();
    let edits = RwSignal::from(edits);
    let said = edits.with_untracked(|edits| match edits.picture().ground {
        Ground::Open => None,
        Ground::Texts(_) => Some(w::REPORT_COVERED),
        Ground::Covered => Some(w::REPORT_COVERED_ALL),
    });
    let tool = RwSignal::new(if said.is_some() { Tool::Uncover } else { Tool::Cover });
    let is_large = RwSignal::new(false);
    let canvas = StoredValue::new(random::element_id("picture"));
    let picture = StoredValue::new(picture);
    // The canvas is the browser's; what is burnt in and kept follows.
    effect_after(move |before: Option<Edits>| {
        let now = edits.get();
        request_animation_frame(move || draw(picture, canvas, now_of(edits), None));
        if before.is_some_and(|before| before != now) {
            files.touch(&id);
        }
        now
    });
    let from = StoredValue::new(None::<(u32, u32)>);
    let at = move |ev: &PointerEvent| {
        let size = edits.with_untracked(|edits| edits.picture().size);
        picked::place_in(ev).map(|place| pixel(place, size))
    };
    let mark = move |from: (u32, u32), to: (u32, u32)| Mark {
        shape: tool.get_untracked().shape(Corner::of(from, to)),
        area: Area::between(from, to, edits.with_untracked(|edits| edits.picture().size)),
    };
    let on_down = move |ev: PointerEvent| {
        if ev.is_primary() && ev.button() == 0 {
            ev.prevent_default();
            picked::hold(&ev);
            from.set_value(at(&ev));
        }
    };
    let on_move = move |ev: PointerEvent| {
        if let (Some(from), Some(to)) = (from.get_value(), at(&ev)) {
            draw(picture, canvas, now_of(edits), Some(mark(from, to)));
        }
    };
    let on_up = move |ev: PointerEvent| {
        let begun = from.get_value();
        from.set_value(None);
        if let (Some(from), Some(to)) = (begun, at(&ev)) {
            // Made before, as it reads what is then changed.
            let mark = mark(from, to);
            edits.update(|edits| edits.add(mark));
        }
    };
    let on_cancel = move |_: PointerEvent| {
        from.set_value(None);
        draw(picture, canvas, now_of(edits), None);
    };
    let add = Callback::new(move |()| {
        edits.update(|edits| {
            let Size { width, height } = edits.picture().size;
            let area =
                Area { x: width / 3, y: height / 3, width: (width / 3).max(1), height: (height / 3).max(1) };
            edits.add(Mark { shape: tool.get_untracked().shape(Corner::BottomRight), area });
        });
        announcer.announce(words.text(w::REPORT_MARK_ADDED));
    });
    let can_undo =
        Signal::derive(move || refusal(edits.with(Edits::can_undo), w::REPORT_TOOL_UNDO_NOTHING, words));
    let can_redo =
        Signal::derive(move || refusal(edits.with(Edits::can_redo), w::REPORT_TOOL_REDO_NOTHING, words));
    let undo = Callback::new(move |()| edits.update(Edits::undo));
    let redo = Callback::new(move |()| edits.update(Edits::redo));
    let count = Memo::new(move |_| edits.with(|edits| edits.picture().marks.len()));
    // From the beginning: a canvas that took its size while somebody draws on it would move what they mean.
    let Size { width, height } = edits.with_untracked(|edits| edits.picture().size);
    view! {
        <div class="editor">
            {said.map(|said| view! { <p>{t(said)}</p> })}
            <p class="hint">{t(w::REPORT_COVERED_FAINT)}</p>
            <div class="editor__tools" role="group" aria-label=t(w::REPORT_TOOLS)>
                {Tool::ALL.map(|own| view! { <ToolButton own tool/> }).collect_view()}
                <Button refused=can_undo on_press=undo>{t(w::REPORT_TOOL_UNDO)}</Button>
                <Button refused=can_redo on_press=redo>{t(w::REPORT_TOOL_REDO)}</Button>
                <button
                    class="button"
                    type="button"
                    aria-pressed=move || if is_large.get() { "true" } else { "false" }
                    on:click=move |_| is_large.update(|is_large| *is_large = !*is_large)
                >
                    {t(w::REPORT_TOOL_ZOOM)}
                </button>
            </div>
            <div class="editor__frame" data-large=move || is_large.get().then_some("") tabindex="0" role="group" aria-label=t(w::REPORT_CANVAS_FRAME)>
                <canvas
                    class="editor__canvas"
                    id=canvas.get_value()
                    width=width
                    height=height
                    role="img"
                    aria-label=t(w::REPORT_CANVAS)
                    on:pointerdown=on_down
                    on:pointermove=on_move
                    on:pointerup=on_up
                    on:pointercancel=on_cancel
                ></canvas>
            </div>
            <details class="editor__marks">
                <summary>{t(w::REPORT_MARKS)}</summary>
                <p class="hint">{t(w::REPORT_MARKS_HINT)}</p>
                <Button on_press=add>
                    {move || words.text_with(w::REPORT_MARKS_ADD, &[("tool", words.text(tool.get().key()))])}
                </Button>
                <ol class="edits" role="list">
                    <For each=move || 0..count.get() key=|index| *index let:index>
                        <MarkLine edits index/>
                    </For>
                </ol>
            </details>
        </div>
    }
}

fn refusal(is_possible: bool, key: Key, words: Words) -> Option<String> {
    (!is_possible).then(|| words.text(key))
}

#[component]
fn ToolButton(own: Tool, tool: RwSignal<Tool>) -> impl IntoView {
    view! {
        <button
            class="button"
            type="button"
            aria-pressed=move || if tool.get() == own { "true" } else { "false" }
            on:click=move |_| tool.set(own)
        >
            {t(own.key())}
        </button>
    }
}

/// A mark with its place and size, in pixels of the picture.
#[component]
fn MarkLine(edits: RwSignal<Edits>, index: usize) -> impl IntoView {
    let words = use_words();
    let mark = Memo::new(move |_| edits.with(|edits| edits.picture().marks.get(index).copied()));
    let name = Signal::derive(move || {
        let tool = mark.get().map(|mark| words.text(Tool::of(mark.shape).key())).unwrap_or_default();
        words.text_with(w::REPORT_MARK_NAME, &[("tool", tool), ("number", (index + 1).to_string())])
    });
    let place = move |change: fn(&mut Area, u32), value: u32| {
        if let Some(mut area) = mark.get_untracked().map(|mark| mark.area) {
            change(&mut area, value);
            edits.update(|edits| edits.place(index, area));
        }
    };
    let number = move |label: Key, read: fn(&Area) -> u32, change: fn(&mut Area, u32)| {
        let value = Signal::derive(move || mark.get().map(|mark| read(&mark.area)).unwrap_or_default());
        view! { <Number label value on_change=Callback::new(move |value| place(change, value))/> }
    };
    let remove = Callback::new(move |()| edits.update(|edits| edits.remove(index)));
    let turn = Callback::new(move |()| edits.update(|edits| edits.turn(index)));
    let is_arrow =
        Signal::derive(move || mark.get().is_some_and(|mark| matches!(mark.shape, Shape::Arrow(_))));
    view! {
        <li>
            <fieldset class="edits__fields">
                <legend>{name}</legend>
                {number(w::REPORT_MARK_LEFT, |area| area.x, |area, value| area.x = value)}
                {number(w::REPORT_MARK_TOP, |area| area.y, |area, value| area.y = value)}
                {number(w::REPORT_MARK_WIDTH, |area| area.width, |area, value| area.width = value)}
                {number(w::REPORT_MARK_HEIGHT, |area| area.height, |area, value| area.height = value)}
                <When on=is_arrow>
                    <Button on_press=turn>{t(w::REPORT_MARK_TURN)}</Button>
                </When>
                <Button variant=Variant::Quiet on_press=remove>
                    {move || words.text_with(w::REPORT_FILE_REMOVE, &[("file", name.get())])}
                </Button>
            </fieldset>
        </li>
    }
}

#[component]
fn Number(label: Key, value: Signal<u32>, on_change: Callback<u32>) -> impl IntoView {
    let on_input = move |ev: Event| {
        if let Ok(number) = event_target_value(&ev).trim().parse() {
            on_change.run(number);
        }
    };
    view! {
        <label class="edits__field">
            <span>{t(label)}</span>
            <input class="input" type="number" min="0" inputmode="numeric" prop:value=move || value.get().to_string() on:change=on_input/>
        </label>
    }
}

fn now_of(edits: RwSignal<Edits>) -> Option<Picture> {
    edits.try_with_untracked(|edits| edits.picture().clone())
}

/// Draws what is done, and what the pointer is about to do.
fn draw(
    picture: StoredValue<OpenPicture>,
    canvas: StoredValue<String>,
    now: Option<Picture>,
    next: Option<Mark>,
) {
    let (Some(picture), Some(canvas), Some(mut now)) = (picture.try_get_value(), canvas.try_get_value(), now)
    else {
        return;
    };
    now.marks.extend(next.filter(|mark| !mark.area.is_empty()));
    let parts = |areas: Vec<Area>| -> Vec<Part> {
        areas.iter().map(|area| (area.x, area.y, area.width, area.height)).collect()
    };
    let kept = now.kept();
    // What is cut off is what a cover of everything but the kept part would cover.
    let outside = Picture {
        size: now.size,
        ground: Ground::Covered,
        marks: vec![Mark { shape: Shape::Uncover, area: kept }],
    };
    picture.original.show(&canvas, &parts(now.covered()), &parts(now.ink()), &parts(outside.covered()));
}

fn pixel((across, down): (f64, f64), size: Size) -> (u32, u32) {
    ((across * f64::from(size.width)).round() as u32, (down * f64::from(size.height)).round() as u32)
}
