//! Changing state and priority: solve and reopen for admins; for an agent all of it, with a reason.

use frontdesk_contract::request::{self, Refusal, RequestChange};
use frontdesk_contract::text::{REASON_MAX, Reason, TextRefusal};
use frontdesk_contract::{Kind, Priority, Request, RequestState, RequestSummary};
use leptos::prelude::*;

use crate::browser::focus;
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::requests::changing::{reason_text, use_changing, use_refused};
use crate::pages::requests::row::{priority_key, state_key};
use crate::pages::requests::show::Shown;
use crate::shell::Failure;
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonKind, Card, Select, SelectOption, TextField, Tone, When, effect_after,
};

/// The id of the field for the reason.
const REASON: &str = "change-reason";

/// *Solve* or *Reopen*, whichever the state allows; the other keeps its verb and says why not.
#[component]
pub fn SolveOrReopen(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let changing = use_changing(request, shown);
    let is_solved = Memo::new(move |_| request.with(|request| request.summary.state == RequestState::Solved));
    let refused = use_refused(request, |person, request, limits, now| {
        let from = request.summary.state;
        let to = if from == RequestState::Solved { RequestState::Open } else { RequestState::Solved };
        request::can_move(person, from, to, request.solved_at, limits, now)
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

/// One of the fields: what was chosen, and what stood there when it was. Until something is chosen it follows the
/// request; from then on it stays, and what others change meanwhile is shown beside it.
#[derive(Clone, Copy)]
struct Chosen {
    /// What the field shows.
    value: RwSignal<String>,
    /// What the request says.
    stands: Memo<String>,
    /// What the request said when something else was chosen.
    before: RwSignal<Option<String>>,
}

impl Chosen {
    fn of(
        request: Signal<Request>,
        read: impl Fn(&RequestSummary) -> &'static str + Send + Sync + 'static,
    ) -> Self {
        let stands = Memo::new(move |_| request.with(|request| read(&request.summary).to_owned()));
        let value = RwSignal::new(stands.get_untracked());
        let before = RwSignal::new(None::<String>);
        // The field is the reader's once something else was chosen in it. Both signals are the form's own state,
        // and the request is what comes from outside.
        effect_after(move |known: Option<String>| {
            let now = stands.get();
            if value.get() == now {
                before.set(None);
            } else if before.with_untracked(Option::is_none) {
                match known {
                    // The request changed under a field that nobody had touched.
                    Some(known) if known != now && value.get_untracked() == known => value.set(now.clone()),
                    Some(_) | None => before.set(Some(now.clone())),
                }
            }
            now
        });
        Self { value, stands, before }
    }

    /// What is to be changed to; none where it stands so already.
    fn change<T>(self, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let value = self.value.get_untracked();
        if value == self.stands.get_untracked() { None } else { parse(&value) }
    }

    /// Whether somebody else changed it since something was chosen; follows changes.
    fn is_contested(self) -> bool {
        let stands = self.stands.get();
        self.value.get() != stands
            && self.before.with(|before| before.as_ref().is_some_and(|before| *before != stands))
    }

    /// Takes what the request says.
    fn take_theirs(self) {
        self.value.set(self.stands.get_untracked());
    }

    /// Stays with what was chosen, knowing what the request says now.
    fn keep_mine(self) {
        self.before.set(Some(self.stands.get_untracked()));
    }
}

/// State and priority. Admins change their own priority; agents the state and support's priority.
#[component]
pub fn ChangeCard(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let changing = use_changing(request, shown);
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);
    let stands = Chosen::of(request, |row| row.state.as_str());
    let priority = Chosen::of(request, move |row| {
        let level = if is_agent { row.support_priority.unwrap_or(row.priority) } else { row.priority };
        level.as_str()
    });
    let reason = changing.reason;
    let reason_error = RwSignal::new(None::<String>);
    let refused = use_refused(request, |person, request, _, _| match (person.kind, request.summary.state) {
        // Agents reopen with the same form.
        (Kind::Member, RequestState::Solved) => Err(Refusal::SolvedPriority),
        (Kind::Member | Kind::Agent, _) => Ok(()),
    });

    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if changing.action.is_pending() || refused.with_untracked(Option::is_some) {
            return;
        }
        let said = match reason.with_untracked(|reason| reason.parse::<Reason>()) {
            Ok(reason) => Ok(Some(reason)),
            Err(TextRefusal::Empty) if !is_agent => Ok(None),
            Err(refusal) => Err(refusal),
        };
        reason_error.set(said.as_ref().err().map(|refusal| reason_text(*refusal, words)));
        let Ok(said) = said else {
            focus::focus_id(REASON);
            return;
        };
        let change = RequestChange {
            state: stands.change(RequestState::parse),
            priority: priority.change(Priority::parse),
            reason: said,
            ..RequestChange::default()
        };
        if change.state.is_some() || change.priority.is_some() {
            changing.run(change);
        }
    };
    let priority_label = if is_agent { w::PRIORITY_DESK } else { w::PRIORITY_MINE };

    view! {
        <Card title=t(w::REQUEST_CHANGE)>
            <form class="stack" novalidate on:submit=on_submit>
                <Failure error=changing.failure/>
                <Contested label=t(w::REQUEST_STATE) chosen=stands name=state_name/>
                <Contested label=t(priority_label) chosen=priority name=level_name/>
                {is_agent
                    .then(|| {
                        view! {
                            <Select
                                id="change-state"
                                label=t(w::REQUEST_STATE)
                                value=stands.value
                                options=options(RequestState::ALL.map(RequestState::as_str).to_vec(), state_name, words)
                            />
                        }
                    })}
                <Select
                    id="change-priority"
                    label=t(priority_label)
                    value=priority.value
                    options=options(Priority::ALL.map(Priority::as_str).to_vec(), level_name, words)
                />
                <TextField
                    id=REASON
                    label=t(w::REQUEST_REASON)
                    hint=t(w::REQUEST_REASON_HINT)
                    value=reason
                    error=reason_error
                    max=REASON_MAX
                />
                <Button kind=ButtonKind::Submit busy=changing.action.pending() refused>{t(w::REQUEST_CHANGE_DO)}</Button>
            </form>
        </Card>
    }
}

/// Both versions of a field that somebody else changed meanwhile, side by side. Either can be taken; nothing that
/// was chosen or typed goes by itself.
#[component]
fn Contested(
    #[prop(into)] label: Signal<String>,
    chosen: Chosen,
    /// The word for a value.
    name: fn(&str, Words) -> String,
) -> impl IntoView {
    let words = use_words();
    let is_contested = Memo::new(move |_| chosen.is_contested());
    let mine = move || chosen.value.with(|value| name(value, words));
    let theirs = move || chosen.stands.with(|value| name(value, words));
    let take = Callback::new(move |()| chosen.take_theirs());
    let keep = Callback::new(move |()| chosen.keep_mine());
    view! {
        <div role="status">
            <When on=is_contested>
                <Banner tone=Tone::Warn>
                    <p>{t(w::CONFLICT_CHANGED)}</p>
                    <dl class="versions">
                        <div>
                            <dt>{label} " · " {t(w::CONFLICT_YOURS)}</dt>
                            <dd>{mine}</dd>
                        </div>
                        <div>
                            <dt>{label} " · " {t(w::CONFLICT_NOW)}</dt>
                            <dd>{theirs}</dd>
                        </div>
                    </dl>
                    <div class="form-actions">
                        <Button on_press=keep>{t(w::CONFLICT_KEEP)}</Button>
                        <Button on_press=take>{t(w::CONFLICT_TAKE)}</Button>
                    </div>
                </Banner>
            </When>
        </div>
    }
}

fn state_name(word: &str, words: Words) -> String {
    RequestState::parse(word).map(|state| words.text(state_key(state))).unwrap_or_default()
}

fn level_name(word: &str, words: Words) -> String {
    Priority::parse(word).map(|level| words.text(priority_key(level))).unwrap_or_default()
}

fn options(
    values: Vec<&'static str>,
    name: fn(&str, Words) -> String,
    words: Words,
) -> Signal<Vec<SelectOption>> {
    Signal::derive(move || values.iter().map(|value| SelectOption::new(*value, name(value, words))).collect())
}
