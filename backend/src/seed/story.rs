//! How a request came to stand as it does: told line by line, the row follows from the lines.

use frontdesk_contract::request::waiting_for;
use frontdesk_contract::thread::Side;
use frontdesk_contract::{Person, Priority, RequestId, RequestState, Timestamp, WaitingFor};

use crate::store::bulk::{EntryRow, RequestRow};
use crate::store::requests::{side_of, side_word};

/// What is asked first.
#[derive(Debug, Clone)]
pub(super) struct Opening<'a> {
    pub(super) number: u64,
    pub(super) topic: &'a str,
    pub(super) subject: String,
    pub(super) body: String,
    pub(super) priority: Priority,
    pub(super) language: &'static str,
    pub(super) by: &'a Person,
    pub(super) at: Timestamp,
    pub(super) answer_by: Option<Timestamp>,
}

/// A request that is being told.
#[derive(Debug, Clone)]
pub(super) struct Story {
    row: RequestRow,
    lines: Vec<EntryRow>,
    last_side: Side,
    /// Nothing happens later than this.
    now: Timestamp,
}

impl Story {
    pub(super) fn begin(opening: Opening<'_>, now: Timestamp) -> Self {
        let at = opening.at.min(now);
        let row = RequestRow {
            number: RequestId(opening.number),
            subject: opening.subject,
            topic: opening.topic.to_owned(),
            state: RequestState::Open,
            waiting_for: WaitingFor::Support,
            waiting_since: at,
            priority: opening.priority,
            support_priority: None,
            language: opening.language,
            asked_by: opening.by.id.clone(),
            last_side: side_word(Side::Organization),
            created_at: at,
            solved_at: None,
            answer_by: opening.answer_by,
            changed: (at, 0),
            public_changed: (at, 0),
        };
        let mut story = Self { row, lines: Vec::new(), last_side: Side::Organization, now };
        story.write(opening.by, at, opening.body);
        story
    }

    /// Somebody writes what everybody may read.
    pub(super) fn write(&mut self, by: &Person, at: Timestamp, body: String) {
        self.last_side = side_of(by);
        if self.last_side == Side::Support {
            self.row.answer_by = None;
        }
        self.add(by, at, ("message", 0), (Some(body), None, None));
    }

    /// An agent writes a note.
    pub(super) fn note(&mut self, by: &Person, at: Timestamp, body: String) {
        self.add(by, at, ("message", 1), (Some(body), None, None));
    }

    /// The state changes.
    pub(super) fn turn(&mut self, by: &Person, at: Timestamp, to: RequestState, reason: Option<&str>) {
        let from = self.row.state;
        self.row.state = to;
        if to == RequestState::Solved {
            self.row.answer_by = None;
        }
        self.row.solved_at = (to == RequestState::Solved).then_some(at.min(self.now));
        self.add(by, at, ("state", 0), (reason.map(str::to_owned), Some(from.as_str()), Some(to.as_str())));
    }

    /// Support judges the priority.
    pub(super) fn judge(&mut self, by: &Person, at: Timestamp, to: Priority, reason: &str) {
        let from = self.row.support_priority.map(Priority::as_str);
        self.row.support_priority = Some(to);
        self.add(by, at, ("priority", 0), (Some(reason.to_owned()), from, Some(to.as_str())));
    }

    pub(super) fn end(self) -> (RequestRow, Vec<EntryRow>) {
        (self.row, self.lines)
    }

    fn add(
        &mut self,
        by: &Person,
        at: Timestamp,
        (kind, internal): (&'static str, i64),
        (body, from, to): (Option<String>, Option<&'static str>, Option<&'static str>),
    ) {
        let at = at.min(self.now);
        let row = &mut self.row;
        row.changed = (at, row.changed.1 + 1);
        if internal == 0 {
            row.public_changed = (at, row.public_changed.1 + 1);
        }
        let waits = waiting_for(row.state, self.last_side);
        if waits != row.waiting_for {
            row.waiting_for = waits;
            row.waiting_since = at;
        }
        row.last_side = side_word(self.last_side);
        self.lines.push(EntryRow {
            request: row.number,
            kind,
            author: by.id.clone(),
            side: side_word(side_of(by)),
            internal,
            body,
            from,
            to,
            at,
        });
    }
}
