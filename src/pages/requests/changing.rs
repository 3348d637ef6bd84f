//! Changes of a request as its page makes them, and the words for why one isn't possible.

use frontdesk_contract::care;
use frontdesk_contract::request::{Refusal, RequestChange};
use frontdesk_contract::settings::Limits;
use frontdesk_contract::text::{REASON_MAX, Reason, TextRefusal};
use frontdesk_contract::{Person, Request, Timestamp};
use leptos::prelude::*;

use crate::api::{ApiError, Client, requests};
use crate::browser::focus::{self, At};
use crate::browser::intl;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::requests::show::Shown;
use crate::shell::{Act, Desk, Failure};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, TextField, Variant, When, effect_after, use_announcer};

/// The sentence for why something isn't possible.
pub fn refusal_text(refusal: Refusal, words: Words) -> String {
    let dated =
        |key, time: Timestamp| words.text_with(key, &[("date", intl::day_and_time(time, &words.language()))]);
    words.text(match refusal {
        Refusal::ReopenedTooLate { until } => return dated(w::REFUSAL_REOPEN_LATE, until),
        Refusal::AppealedAlready { since } => return dated(w::REFUSAL_APPEALED, since),
        Refusal::EscalatedAlready { since } => return dated(w::REFUSAL_ESCALATED, since),
        Refusal::EscalatedTooEarly { from } => return dated(w::REFUSAL_ESCALATE_EARLY, from),
        Refusal::RatedTooLate { until } => return dated(w::REFUSAL_RATE_LATE, until),
        Refusal::NotYours => w::ERROR_FORBIDDEN,
        Refusal::InternalNote => w::REFUSAL_INTERNAL,
        Refusal::HoldIsSupports => w::REFUSAL_HOLD,
        Refusal::AlreadySolved => w::REFUSAL_SOLVED,
        Refusal::NotSolved => w::REFUSAL_NOT_SOLVED,
        Refusal::SolvedPriority => w::REFUSAL_PRIORITY,
        Refusal::ReasonMissing => w::ERROR_REASON_MISSING,
        Refusal::OrganizationsAct => w::REFUSAL_ORGANIZATIONS,
        Refusal::SupportsAct => w::REFUSAL_SUPPORTS,
        Refusal::NothingToAppeal => w::REFUSAL_APPEAL_NOTHING,
        Refusal::NoAppeal => w::REFUSAL_APPEAL_NONE,
        Refusal::SolvedEscalation => w::REFUSAL_ESCALATE_SOLVED,
        Refusal::YourTurn => w::REFUSAL_ESCALATE_TURN,
        Refusal::ClosesNot => w::REFUSAL_CLOSES_NOT,
        Refusal::RatedTooEarly => w::REFUSAL_RATE_EARLY,
        Refusal::RatedAlready => w::REFUSAL_RATED,
        Refusal::FollowedTooEarly => w::REFUSAL_FOLLOW_EARLY,
    })
}

/// The sentence for why a reason isn't accepted.
pub fn reason_text(refusal: TextRefusal, words: Words) -> String {
    match refusal {
        TextRefusal::Empty => words.text(w::ERROR_REASON_MISSING),
        TextRefusal::TooLong(by) => words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX)),
        TextRefusal::Unprintable => words.text(w::ERROR_UNPRINTABLE),
    }
}

/// Why a rule refuses something to the reader, as the request stands now; follows changes and the clock.
pub fn use_refused(
    request: Signal<Request>,
    rule: impl Fn(&Person, &Request, Limits, Timestamp) -> Result<(), Refusal> + Send + Sync + 'static,
) -> Signal<Option<String>> {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    let words = use_words();
    Signal::derive(move || {
        let person = state.person()?;
        let limits = desk.settings.with(|settings| settings.map(|settings| settings.limits))?;
        let refusal = request.with(|request| rule(&person, request, limits, state.now())).err()?;
        Some(refusal_text(refusal, words))
    })
}

/// A change under way, and what became of it.
#[derive(Clone, Copy)]
pub struct Changing {
    /// The call.
    pub action: Act<RequestChange>,
    /// Why the last one failed.
    pub failure: RwSignal<Option<ApiError>>,
    /// Why, as it is typed; it stays until the change is made.
    pub reason: RwSignal<String>,
    /// Counts the changes that were made.
    pub done: RwSignal<u32>,
}

impl Changing {
    /// Makes a change, unless one is under way.
    pub fn run(self, change: RequestChange) {
        if !self.action.is_pending() {
            self.failure.set(None);
            self.action.begin(change);
        }
    }
}

/// Sends changes of the request as it is shown; a change by somebody else meanwhile is told, never overwritten.
pub fn use_changing(request: Signal<Request>, shown: Shown) -> Changing {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let reason = RwSignal::new(String::new());
    let done = RwSignal::new(0_u32);
    let action = Act::new(move |change: RequestChange| {
        let (id, version) =
            request.with_untracked(|request| (request.summary.id, request.summary.version.clone()));
        let call = requests::change(id, &change, version);
        let client = client.clone();
        async move {
            match client.send(call).await {
                Ok(request) => {
                    reason.set(String::new());
                    shown.take(request);
                    // The page may be gone.
                    let _ = done.try_update(|done| *done = done.wrapping_add(1));
                    announcer.announce(words.text(w::REQUEST_CHANGED));
                }
                Err(error) => {
                    if matches!(error, ApiError::Changed { .. } | ApiError::NotPossible) {
                        shown.ask_again();
                    }
                    failure.set(Some(error));
                }
            }
        }
    });
    Changing { action, failure, reason, done }
}

/// An act that says why: its button opens a line for the reason, with the same verb to send it.
#[component]
pub fn WithReason(
    /// The id of the field.
    id: &'static str,
    /// The verb.
    label: Key,
    /// What the reason should say.
    hint: Key,
    /// Which act.
    act: care::Act,
    /// Why it isn't possible now.
    refused: Signal<Option<String>>,
    /// What makes it.
    changing: Changing,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let Changing { action, failure, reason, done } = changing;
    // What opens and closes is in the page once the signal has run.
    let close = move || {
        open.set(false);
        request_animation_frame(move || focus::go(&opener_of(id), "button", At::First));
    };
    // The focus is the browser's: the form that had it goes when the act is done.
    effect_after(move |before: Option<u32>| {
        let now = done.get();
        if before.is_some_and(|before| before != now) && open.get_untracked() {
            close();
        }
        now
    });
    let on_open = Callback::new(move |()| {
        open.set(true);
        request_animation_frame(move || {
            focus::focus_id(id);
        });
    });
    let on_cancel = Callback::new(move |()| close());
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if action.is_pending() || refused.with_untracked(Option::is_some) {
            return;
        }
        match reason.with_untracked(|reason| reason.parse::<Reason>()) {
            Ok(reason) => {
                error.set(None);
                changing.run(RequestChange {
                    act: Some(act),
                    reason: Some(reason),
                    ..RequestChange::default()
                });
            }
            Err(refusal) => {
                error.set(Some(reason_text(refusal, words)));
                focus::focus_id(id);
            }
        }
    };
    let hint = t(hint);
    view! {
        <Failure error=failure/>
        <div id=opener_of(id) class="act__opener">
            <When on=Signal::derive(move || !open.get())>
                <Button refused on_press=on_open>{t(label)}</Button>
            </When>
        </div>
        <When on=open>
            <form class="stack" novalidate on:submit=on_submit>
                <TextField id label=t(w::ACT_REASON) hint value=reason error max=REASON_MAX/>
                <div class="form-actions">
                    <Button kind=ButtonKind::Submit busy=action.pending() refused>{t(label)}</Button>
                    <Button variant=Variant::Quiet on_press=on_cancel>{t(w::ACTION_CANCEL)}</Button>
                </div>
            </form>
        </When>
    }
}

/// Where the button of an act stands, so that the focus finds back.
fn opener_of(id: &str) -> String {
    format!("{id}-opener")
}
