//! Reads the list that was pasted or chosen, slice by slice, so that the page stays alive.

use std::sync::Arc;

use leptos::prelude::*;

use crate::browser::slices::ChosenFile;
use crate::browser::timer;
use crate::domain::csv::{Reader, Sheet};
use crate::shell::Act;

/// So many bytes are read at once.
const SLICE: usize = 256 * 1_024;

/// Where the list is.
#[derive(Clone)]
pub enum Source {
    /// Nowhere yet.
    Nothing,
    /// It was pasted.
    Text(String),
    /// It is in a file.
    File(ChosenFile),
}

/// What is read, and how far one is.
#[derive(Clone, Copy)]
pub struct Reading {
    source: RwSignal<Source>,
    /// Grows with each list, so that the newest wins.
    turn: RwSignal<u32>,
    /// What was read.
    pub sheet: RwSignal<Option<Arc<Sheet>>>,
    /// How many rows were read, while one reads.
    pub rows: RwSignal<Option<usize>>,
    /// Whether the file can't be read.
    pub is_unreadable: RwSignal<bool>,
    is_resting: RwSignal<bool>,
    act: Act<()>,
}

impl Reading {
    /// Nothing is read yet.
    pub fn new() -> Self {
        let (source, turn) = (RwSignal::new(Source::Nothing), RwSignal::new(0));
        let (sheet, rows) = (RwSignal::new(None), RwSignal::new(None));
        let is_unreadable = RwSignal::new(false);
        let act = Act::new(move |()| async move {
            let Some(read) = read_newest(source, turn, rows).await else { return };
            let _ = rows.try_set(None);
            let _ = is_unreadable.try_set(read.is_err());
            let _ = sheet.try_set(read.ok().flatten().map(Arc::new));
        });
        Self { source, turn, sheet, rows, is_unreadable, is_resting: RwSignal::new(false), act }
    }

    /// Reads this list, and not the one before any more.
    pub fn read(&self, list: Source) {
        self.is_resting.set(false);
        self.source.set(list);
        self.turn.update(|turn| *turn = turn.wrapping_add(1));
        self.act.begin(());
    }

    /// A list will come when the fingers rest.
    pub fn rest(&self) {
        self.is_resting.set(true);
    }

    /// Whether more is there than was read; follows changes.
    pub fn is_behind(&self) -> bool {
        self.is_resting.get() || self.act.pending().get()
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self::new()
    }
}

/// The file can't be read: it was moved or changed since it was chosen.
struct Unreadable;

/// Reads until nothing newer is wanted. None when the page has gone.
async fn read_newest(
    source: RwSignal<Source>,
    turn: RwSignal<u32>,
    rows: RwSignal<Option<usize>>,
) -> Option<Result<Option<Sheet>, Unreadable>> {
    loop {
        let begun = turn.try_get_untracked()?;
        let list = source.try_get_untracked()?;
        let is_newest = move || turn.try_get_untracked() == Some(begun);
        let read = read(list, is_newest, rows).await;
        if turn.try_get_untracked()? == begun {
            return Some(read);
        }
    }
}

async fn read(
    list: Source,
    is_newest: impl Fn() -> bool,
    rows: RwSignal<Option<usize>>,
) -> Result<Option<Sheet>, Unreadable> {
    let mut reader = Reader::new();
    match list {
        Source::Nothing => return Ok(None),
        Source::Text(text) if text.trim().is_empty() => return Ok(None),
        Source::Text(text) => {
            for slice in text.as_bytes().chunks(SLICE) {
                reader.feed(slice);
                if text.len() > SLICE {
                    let _ = rows.try_set(Some(reader.rows()));
                    timer::sleep(0).await;
                }
                if !is_newest() {
                    return Ok(None);
                }
            }
        }
        Source::File(file) => {
            let mut from = 0;
            while from < file.size() {
                let slice = file.slice(from, from + SLICE).await.ok_or(Unreadable)?;
                // A file that was cut since it was chosen.
                if slice.is_empty() {
                    return Err(Unreadable);
                }
                from += slice.len();
                reader.feed(&slice);
                let _ = rows.try_set(Some(reader.rows()));
                timer::sleep(0).await;
                if !is_newest() {
                    return Ok(None);
                }
            }
        }
    }
    let mut sheet = reader.finish();
    sheet.table = sheet.table.upright();
    Ok(Some(sheet))
}
