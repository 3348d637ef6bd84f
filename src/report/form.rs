//! The report as signals: what is typed and added, what is wrong, what is kept.

use frontdesk_contract::report::{NewReport, Scope};
use leptos::prelude::*;

use crate::browser::random;
use crate::domain::report::{BodyWrong, Fact, Piece, ReportDraft};

/// The fields, each a signal.
#[derive(Clone, Copy)]
pub struct ReportForm {
    /// What went wrong.
    pub body: RwSignal<String>,
    /// On which page.
    pub page: RwSignal<String>,
    /// The id of the topic.
    pub topic: RwSignal<String>,
    /// The word of who is hit.
    pub scope: RwSignal<String>,
    /// Whether admins may write or call.
    pub contact: RwSignal<bool>,
    /// What isn't to be sent of what the device tells.
    pub left_out: RwSignal<Vec<Fact>>,
    /// Pictures, videos and other files.
    pub pieces: RwSignal<Vec<Piece>>,
    /// The key of the report that this becomes.
    pub key: RwSignal<String>,
    /// What is sent, since *Send* was pressed.
    pub sending: RwSignal<Option<NewReport>>,
    /// Whether it may have arrived: from then on its words are those that were sent.
    pub is_posted: RwSignal<bool>,
    /// Whether a video is being recorded.
    pub is_recording: RwSignal<bool>,
    /// What is wrong with the words, since the last try.
    pub wrong: RwSignal<Option<BodyWrong>>,
}

impl ReportForm {
    /// The form as it was left.
    pub fn of(draft: ReportDraft) -> Self {
        let form = Self {
            body: RwSignal::new(String::new()),
            page: RwSignal::new(String::new()),
            topic: RwSignal::new(String::new()),
            scope: RwSignal::new(String::new()),
            contact: RwSignal::new(false),
            left_out: RwSignal::new(Vec::new()),
            pieces: RwSignal::new(Vec::new()),
            key: RwSignal::new(String::new()),
            sending: RwSignal::new(None),
            is_posted: RwSignal::new(false),
            is_recording: RwSignal::new(false),
            wrong: RwSignal::new(None),
        };
        form.put(draft);
        form
    }

    /// What stands in the form; follows changes.
    pub fn draft(&self) -> ReportDraft {
        ReportDraft {
            body: self.body.get(),
            page: self.page.get(),
            topic: self.topic.get(),
            scope: self.scope.get(),
            contact: self.contact.get(),
            left_out: self.left_out.get(),
            pieces: self.pieces.get(),
            key: self.key.get(),
            sending: self.sending.get(),
            is_posted: self.is_posted.get(),
            is_recording: self.is_recording.get(),
        }
    }

    /// The draft as JSON for the device, or nothing worth keeping.
    pub fn snapshot(&self) -> Option<String> {
        let draft = self.draft();
        if draft.is_empty() { None } else { serde_json::to_string(&draft).ok() }
    }

    /// Takes a draft, such as what another tab has typed.
    pub fn put(&self, draft: ReportDraft) {
        let or = |text: String, other: &str| if text.is_empty() { other.to_owned() } else { text };
        self.body.set(draft.body);
        self.page.set(draft.page);
        self.topic.set(draft.topic);
        self.scope.set(or(draft.scope, Scope::Me.as_str()));
        self.contact.set(draft.contact);
        self.left_out.set(draft.left_out);
        self.pieces.set(draft.pieces);
        self.key.set(if draft.key.is_empty() { random::uuid() } else { draft.key });
        self.sending.set(draft.sending);
        self.is_posted.set(draft.is_posted);
        self.is_recording.set(draft.is_recording);
        self.wrong.set(None);
    }

    /// Changes a file, if it is still there.
    pub fn change_piece(&self, id: &str, change: impl FnOnce(&mut Piece)) {
        self.pieces.try_update(|pieces| {
            if let Some(piece) = pieces.iter_mut().find(|piece| piece.id == id) {
                change(piece);
            }
        });
    }
}
