//! What is done to how many, and where it stands, in words.

use frontdesk_contract::PersonRef;
use frontdesk_contract::account::act::Action;
use frontdesk_contract::plan::{Outcome, RowVerdict, Run, RunState};
use leptos::prelude::*;

use crate::browser::intl;
use crate::i18n::{Key, Plural, Words, keys as w, use_words};
use crate::state::SessionState;
use crate::ui::{Pill, RelativeTime, Tone};

/// What is done to so many.
pub const fn act_count(action: Action) -> Plural {
    match action {
        Action::Invite => w::MANY_DO_INVITE,
        Action::Remind => w::MANY_DO_REMIND,
        Action::Deactivate => w::MANY_DO_DEACTIVATE,
        Action::Reactivate => w::MANY_DO_REACTIVATE,
        Action::Remove => w::MANY_DO_REMOVE,
        Action::Delete => w::MANY_DO_DELETE,
        Action::Withdraw => w::MANY_DO_WITHDRAW,
        Action::Hold => w::MANY_DO_HOLD,
        Action::Lift => w::MANY_DO_LIFT,
        Action::Cancel => w::MANY_DO_CANCEL,
    }
}

const fn state_key(state: RunState) -> Key {
    match state {
        RunState::Approval => w::MANY_STATE_APPROVAL,
        RunState::Running => w::MANY_STATE_RUNNING,
        RunState::Paused => w::MANY_STATE_PAUSED,
        RunState::Done => w::MANY_STATE_DONE,
        RunState::Stopped => w::MANY_STATE_STOPPED,
        RunState::Refused => w::MANY_STATE_REFUSED,
        RunState::Lapsed => w::MANY_STATE_LAPSED,
    }
}

const fn state_tone(state: RunState) -> Tone {
    match state {
        RunState::Approval | RunState::Paused => Tone::Warn,
        RunState::Running => Tone::Info,
        RunState::Done => Tone::Good,
        RunState::Refused => Tone::Bad,
        RunState::Stopped | RunState::Lapsed => Tone::Mute,
    }
}

/// Where a run stands.
#[component]
pub fn StatePill(state: RunState) -> impl IntoView {
    let words = use_words();
    view! { <Pill tone=state_tone(state) text=Signal::derive(move || words.text(state_key(state)))/> }
}

/// What a row of a dry run says.
pub const fn verdict_key(verdict: RowVerdict) -> Key {
    match verdict {
        RowVerdict::Will => w::MANY_VERDICT_WILL,
        RowVerdict::Already => w::MANY_VERDICT_ALREADY,
        RowVerdict::Refused => w::MANY_VERDICT_REFUSED,
        RowVerdict::Unknown => w::MANY_VERDICT_UNKNOWN,
        RowVerdict::Twice => w::MANY_VERDICT_TWICE,
    }
}

/// How it looks.
pub const fn verdict_tone(verdict: RowVerdict) -> Tone {
    match verdict {
        RowVerdict::Will => Tone::Info,
        RowVerdict::Already | RowVerdict::Twice => Tone::Mute,
        RowVerdict::Refused | RowVerdict::Unknown => Tone::Warn,
    }
}

/// What became of a row of a run.
pub const fn outcome_key(outcome: Outcome) -> Key {
    match outcome {
        Outcome::Waiting => w::MANY_OUTCOME_WAITING,
        Outcome::Done => w::MANY_OUTCOME_DONE,
        Outcome::Skipped => w::MANY_OUTCOME_SKIPPED,
        Outcome::Failed => w::MANY_OUTCOME_FAILED,
    }
}

/// How it looks.
pub const fn outcome_tone(outcome: Outcome) -> Tone {
    match outcome {
        Outcome::Waiting => Tone::Mute,
        Outcome::Done => Tone::Good,
        Outcome::Skipped => Tone::Warn,
        Outcome::Failed => Tone::Bad,
    }
}

/// Who asked and when, why, and for when.
pub fn asked_text(
    by: &PersonRef,
    at: frontdesk_contract::Timestamp,
    reason: Option<&str>,
    when: Option<frontdesk_contract::Timestamp>,
    state: SessionState,
    words: Words,
) -> String {
    let language = words.language();
    let ago = intl::relative(at, state.now(), &language);
    let mut text = words.text_with(w::MANY_BY, &[("name", by.name.clone()), ("ago", ago)]) + ".";
    if let Some(when) = when {
        let date = intl::day_and_time(when, &language);
        text = text + " " + &words.text_with(w::MANY_PLANNED, &[("date", date)]);
    }
    if let Some(reason) = reason {
        text = text + " " + &words.text_with(w::MANY_REASON_OF, &[("reason", reason.to_owned())]);
    }
    text
}

/// The whole of it for a run.
pub fn run_text(run: &Run, state: SessionState, words: Words) -> String {
    asked_text(&run.by, run.created_at, run.reason.as_deref(), run.effective_at, state, words)
}

/// How long ago.
#[component]
pub fn Ago(at: frontdesk_contract::Timestamp) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let text = Signal::derive(move || intl::relative(at, state.now(), &words.language()));
    let exact = Signal::derive(move || intl::exact(at, &words.language()));
    view! { <RelativeTime text exact datetime=at.to_string()/> }
}

/// Numbers with what they count, side by side.
#[component]
pub fn Tiles(
    /// The number, what it counts, and whether it asks for attention.
    #[prop(into)]
    tiles: Signal<Vec<(u64, Key, bool)>>,
) -> impl IntoView {
    let words = use_words();
    let tile = move |(count, key, is_bad): (u64, Key, bool)| {
        view! {
            <div class="tiles__tile" data-tone=(is_bad && count > 0).then_some("bad")>
                <dt>{words.text(key)}</dt>
                <dd>{intl::number(count, &words.language())}</dd>
            </div>
        }
    };
    view! { <dl class="tiles">{move || tiles.get().into_iter().map(tile).collect_view()}</dl> }
}
