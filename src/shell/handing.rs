//! Handing over in words: what a leaver has, who may take it over, what has changed hands.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::act::Action;
use frontdesk_contract::account::handover::{Belongings, Handover};
use frontdesk_contract::plan::{Run, RunState};

use crate::browser::intl;
use crate::i18n::{Words, keys as w};
use crate::ui::SelectOption;

/// What somebody has, each kind with its number.
pub fn belongings_text(what: Belongings, words: Words) -> String {
    let kinds = [
        (w::HANDOVER_REQUESTS, what.requests),
        (w::HANDOVER_JOBS, what.jobs),
        (w::HANDOVER_APPROVALS, what.approvals),
        (w::HANDOVER_VIEWS, what.views),
    ];
    let kinds = kinds.into_iter().filter(|(_, many)| *many > 0);
    let texts: Vec<String> = kinds.map(|(key, many)| words.count(key, many)).collect();
    intl::list(&texts, &words.language())
}

/// Nobody, or somebody who may take it over.
pub fn heir_options(handover: &Handover, words: Words) -> Vec<SelectOption> {
    let nobody = SelectOption::new("", words.text(w::HANDOVER_NOBODY));
    let heirs = handover.heirs.iter().map(|heir| SelectOption::new(heir.id.to_string(), heir.name.clone()));
    std::iter::once(nobody).chain(heirs).collect()
}

/// What has changed hands, or will, or did not; nothing where nobody was chosen.
pub fn handed_text(run: &Run, now: Timestamp, words: Words) -> Option<String> {
    let handed = run.handed.as_ref()?;
    let name = || ("name", handed.to.name.clone());
    let is_later = run.action == Action::Deactivate && run.effective_at.is_some_and(|at| at > now);
    if handed.what.total() > 0 {
        let things = belongings_text(handed.what, words);
        return Some(words.text_with(w::HANDOVER_DONE, &[name(), ("things", things)]));
    }
    match run.state {
        RunState::Done if is_later => Some(words.text_with(w::HANDOVER_LATER, &[name()])),
        RunState::Done | RunState::Stopped => Some(words.text_with(w::HANDOVER_NOT, &[name()])),
        RunState::Approval | RunState::Running | RunState::Paused | RunState::Refused | RunState::Lapsed => {
            None
        }
    }
}
