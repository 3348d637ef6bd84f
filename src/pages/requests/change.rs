//! Changing state and priority: solve and reopen for admins; for an agent all of it, with a reason.

use frontdesk_contract::request::{self, Refusal, RequestChange};
use frontdesk_contract::text::Reason;
use frontdesk_contract::{Kind, Priority, Request, RequestState};
use leptos::prelude::*;

use crate::api::{ApiError, Client, requests};
use crate::browser::{focus, intl};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::requests::row::{priority_key, state_key};
use crate::pages::requests::show::Shown;
use crate::shell::{Act, Desk, Failure};
use crate::state::SessionState;
use crate::ui::{Button, ButtonKind, Card, Select, SelectOption, TextField, use_announcer};

/// The sentence for why something isn't possible.
pub fn refusal_text(refusal: Refusal, words: Words) -> String {
    match refusal {
        Refusal::NotYours => words.text(w::ERROR_FORBIDDEN),
        Refusal::InternalNote => words.text(w::REFUSAL_INTERNAL),
        Refusal::HoldIsSupports => words.text(w::REFUSAL_HOLD),
        Refusal::AlreadySolved => words.text(w::REFUSAL_SOLVED),
        Refusal::NotSolved => words.text(w::REFUSAL_NOT_SOLVED),
        Refusal::ReopenedTooLate { until } => {
            let date = intl::day_and_time(until, &words.language());
            words.text_with(w::REFUSAL_REOPEN_LATE, &[("date", date)])
        }
        Refusal::SolvedPriority => words.text(w::REFUSAL_PRIORITY),
        Refusal::ReasonMissing => words.text(w::ERROR_REASON_MISSING),
    }
}

/// A change under way, and what became of it.
#[derive(Clone, Copy)]
struct Changing {
    action: Act<RequestChange>,
    failure: RwSignal<Option<ApiError>>,
    /// Why, as it is typed; it stays until the change is made.
    reason: RwSignal<String>,
}

impl Changing {
    fn run(self, change: RequestChange) {
        if !self.action.is_pending() {
            self.failure.set(None);
            self.action.begin(change);
        }
    }
}

/// Sends changes of the request as it is shown; a change by somebody else meanwhile is told, never overwritten.
fn use_changing(request: Signal<Request>, shown: Shown) -> Changing {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let reason = RwSignal::new(String::new());
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
    Changing { action, failure, reason }
}

/// *Solve* or *Reopen*, whichever the state allows; the other keeps its verb and says why not.
#[component]
pub fn SolveOrReopen(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    let words = use_words();
    let changing = use_changing(request, shown);
    let is_solved = Memo::new(move |_| request.with(|request| request.summary.state == RequestState::Solved));
    let target = move || if is_solved.get() { RequestState::Open } else { RequestState::Solved };
    let refused = Signal::derive(move || {
        let person = state.person()?;
        let settings = desk.settings.get()?;
        let (from, solved_at) = request.with(|request| (request.summary.state, request.solved_at));
        request::can_move(&person, from, target(), solved_at, settings.limits, state.now())
            .err()
            .map(|refusal| refusal_text(refusal, words))
    });
    let on_press = Callback::new(move |()| {
        let target = if is_solved.get_untracked() { RequestState::Open } else { RequestState::Solved };
        changing.run(RequestChange { state: Some(target), ..RequestChange::default() });
    });
    let label = move || t(if is_solved.get() { w::REQUEST_REOPEN } else { w::REQUEST_SOLVE });
    view! {
        <Button busy=changing.action.pending() refused on_press>{label}</Button>
        <Failure error=changing.failure/>
    }
}

/// State and priority. Admins change their own priority; agents the state and support's priority.
#[component]
pub fn ChangeCard(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let changing = use_changing(request, shown);
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);

    let stands = RwSignal::new(String::new());
    let priority = RwSignal::new(String::new());
    let reason = changing.reason;
    let reason_error = RwSignal::new(None::<String>);
    // The fields follow the request when it changes under them; the reason that is being typed stays.
    Effect::new(move |_| {
        let (now, own, support) = request.with(|request| {
            (request.summary.state, request.summary.priority, request.summary.support_priority)
        });
        stands.set(now.as_str().to_owned());
        let level = if is_agent { support.unwrap_or(own) } else { own };
        priority.set(level.as_str().to_owned());
    });

    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let change = request.with_untracked(|request| {
            let now = &request.summary;
            let before = if is_agent { now.support_priority } else { Some(now.priority) };
            RequestChange {
                state: RequestState::parse(&stands.get_untracked()).filter(|state| *state != now.state),
                priority: Priority::parse(&priority.get_untracked())
                    .filter(|level| Some(*level) != before && !(before.is_none() && *level == now.priority)),
                reason: reason.get_untracked().parse::<Reason>().ok(),
            }
        });
        let is_missing = is_agent && change.reason.is_none();
        reason_error.set(is_missing.then(|| words.text(w::ERROR_REASON_MISSING)));
        if is_missing {
            focus::focus_id("change-reason");
        } else if change.state.is_some() || change.priority.is_some() {
            changing.run(change);
        }
    };
    let states = Signal::derive(move || {
        let option = |state: RequestState| SelectOption::new(state.as_str(), words.text(state_key(state)));
        RequestState::ALL.map(option).to_vec()
    });
    let levels = Signal::derive(move || {
        let option = |level: Priority| SelectOption::new(level.as_str(), words.text(priority_key(level)));
        Priority::ALL.map(option).to_vec()
    });
    let priority_label = t(if is_agent { w::PRIORITY_DESK } else { w::PRIORITY_MINE });

    view! {
        <Card title=t(w::REQUEST_CHANGE)>
            <form class="stack" novalidate on:submit=on_submit>
                <Failure error=changing.failure/>
                {is_agent
                    .then(|| {
                        view! { <Select id="change-state" label=t(w::REQUEST_STATE) value=stands options=states/> }
                    })}
                <Select id="change-priority" label=priority_label value=priority options=levels/>
                <TextField
                    id="change-reason"
                    label=t(w::REQUEST_REASON)
                    hint=t(w::REQUEST_REASON_HINT)
                    value=reason
                    error=reason_error
                />
                <Button kind=ButtonKind::Submit busy=changing.action.pending()>{t(w::REQUEST_CHANGE_DO)}</Button>
            </form>
        </Card>
    }
}
