//! The call on a request's page: when, to whom, the word, the permission, and what can be done.

use frontdesk_contract::call::{Call, CallAct, CallChange, CallState, Consent, can_act};
use frontdesk_contract::text::Reason;
use frontdesk_contract::{Channel, Kind, Request, Right};
use leptos::prelude::*;

use crate::api::{ApiError, Client, calls};
use crate::browser::intl;
use crate::domain::call::{CallRejected, said_by_backend};
use crate::i18n::{Key, keys as w, t, t_with, use_words};
use crate::pages::calls::ask::AskForCall;
use crate::pages::calls::fields::WindowField;
use crate::shell::call_form::refusal_text;
use crate::shell::{Act, Desk, Failure, use_fetched, use_fetched_if};
use crate::state::SessionState;
use crate::ui::{Button, Card, Pill, TextField, Tone, Variant, When, use_announcer};

/// The card. It is there when there is or was a call, or when one can be asked for.
#[component]
pub fn CallCard(request: Signal<Request>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let desk = expect_context::<Desk>();
    let id = request.with_untracked(|request| request.summary.id);
    let version = Memo::new(move |_| request.with(|request| request.summary.version.clone()));
    let fetched = use_fetched(move || {
        // Reading it, and not only `track`, which leaves a memo that nobody has read yet without its sources.
        version.with(|_| ());
        calls::show(id)
    });
    let call = Memo::new(move |_| fetched.get().and_then(|sheet| sheet.call));
    let may_ask = Memo::new(move |_| {
        let is_open = desk.settings.with(|settings| {
            settings.and_then(|all| all.channel(Channel::Phone)).is_some_and(|channel| channel.enabled)
        });
        is_open && state.person().is_some_and(|person| person.has(Right::Support))
    });
    let doing = use_doing(request, fetched.data(), call, Callback::new(move |()| fetched.ask_again()));
    let is_over = Memo::new(move |_| call.with(|call| call.as_ref().is_none_or(|call| call.state.is_over())));
    let is_shown = Signal::derive(move || call.with(Option::is_some) || may_ask.get());
    let on_retry = Callback::new(move |()| fetched.ask_again());
    view! {
        <When on=is_shown>
            <Card title=t(w::CALL_TITLE)>
                <Failure error=fetched.error() busy=fetched.asking() on_retry/>
                {move || call.get().map(|call| view! { <Standing call doing/> })}
                <When on=Signal::derive(move || is_over.get() && may_ask.get() && fetched.with(|sheet| sheet.is_some()))>
                    <AskForCall request data=fetched.data() newest=Signal::derive(move || call.with(|call| call.as_ref().map(|call| call.state)))/>
                </When>
            </Card>
        </When>
    }
}

/// What is being done about the call, and what was typed for it: it outlives each newer state of the call.
#[derive(Clone, Copy)]
struct Doing {
    act: Act<CallChange>,
    failure: RwSignal<Option<ApiError>>,
    rejected: RwSignal<CallRejected>,
    note: RwSignal<String>,
    note_error: RwSignal<Option<String>>,
    from: RwSignal<String>,
    is_moving: RwSignal<bool>,
    request: Signal<Request>,
}

impl Doing {
    /// Does one thing.
    fn run(self, act: CallAct) {
        self.failure.set(None);
        self.rejected.set(CallRejected::new());
        self.note_error.set(None);
        let from = if act == CallAct::Move { self.from.get_untracked().parse().ok() } else { None };
        let note = self.note.get_untracked().parse::<Reason>().ok();
        self.act.begin(CallChange { act, from, note });
    }
}

fn use_doing(
    request: Signal<Request>,
    data: RwSignal<Option<frontdesk_contract::call::CallSheet>>,
    call: Memo<Option<Call>>,
    ask_again: Callback<()>,
) -> Doing {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let id = request.with_untracked(|request| request.summary.id);
    let (failure, rejected) = (RwSignal::new(None), RwSignal::new(CallRejected::new()));
    let (note, note_error) = (RwSignal::new(String::new()), RwSignal::new(None));
    let (from, is_moving) = (RwSignal::new(String::new()), RwSignal::new(false));
    let act = Act::new(move |change: CallChange| {
        let version = call.with_untracked(|call| call.as_ref().map(|call| call.version.clone()));
        let (client, act) = (client.clone(), change.act);
        async move {
            let Some(version) = version else { return };
            match client.send(calls::change(id, &change, version)).await {
                Ok(sheet) => {
                    note.set(String::new());
                    from.set(String::new());
                    is_moving.set(false);
                    data.set(Some(sheet));
                    announcer.announce(words.text(w::CALL_CHANGED));
                }
                Err(ApiError::Invalid(_)) if act == CallAct::Done => {
                    note_error.set(Some(words.text(w::ERROR_CALL_NOTE)));
                }
                Err(error) => {
                    if matches!(error, ApiError::Changed { .. } | ApiError::NotPossible) {
                        ask_again.run(());
                    }
                    let said = match &error {
                        ApiError::Invalid(errors) => said_by_backend(errors),
                        _ => None,
                    };
                    match said {
                        Some(said) => rejected.set(said),
                        None => failure.set(Some(error)),
                    }
                }
            }
        }
    });
    Doing { act, failure, rejected, note, note_error, from, is_moving, request }
}

/// How the call stands, for everybody, and what the reader can do about it.
#[component]
fn Standing(call: Call, doing: Doing) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let window = call.window;
    let when = move || intl::day_and_hours(window.from, window.to, &words.language());
    let (key, tone) = state_words(call.state);
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);
    let may_arrange = state.session_untracked().is_some_and(|session| session.person.has(Right::Support));
    let is_over = call.state.is_over();
    let word = call.word.clone().map(|word| {
        let key = if is_agent { w::CALL_AGENT_WORD } else { w::PHONE_WORD };
        view! { <p class="call__word">{t_with(key, [("word", Signal::stored(word))])}</p> }
    });
    let consent = call.consent.clone().map(|consent| {
        let name = call.person.name.clone();
        view! { <Permission consent name/> }
    });
    let calendar = calls::calendar(doing.request.with_untracked(|request| request.summary.id));
    view! {
        <p role="status"><Pill tone text=t(key)/></p>
        <dl class="facts">
            <dt>{t(w::CALL_WINDOW)}</dt>
            <dd>{when}</dd>
            <dt>{t(w::CALL_PERSON)}</dt>
            <dd>{call.person.name.clone()}</dd>
            <dt>{t(w::CALL_NUMBER)}</dt>
            <dd dir="ltr">{call.number.clone()}</dd>
        </dl>
        {word}
        {(!is_over && may_arrange)
            .then(|| {
                view! {
                    <p class="hint">{t(w::PHONE_CALLER)}</p>
                    <p><a href=calendar download="" rel="external">{t(w::CALL_CALENDAR)}</a></p>
                }
            })}
        <Failure error=doing.failure/>
        {(!is_over && may_arrange).then(|| view! { <ForAdmins call=call.clone() doing/> })}
        {(!is_over && is_agent).then(|| view! { <ForAgents call=call.clone() doing/> })}
        {consent}
    }
}

fn state_words(state: CallState) -> (Key, Tone) {
    match state {
        CallState::Asked => (w::CALL_STATE_ASKED, Tone::Info),
        CallState::Moved => (w::CALL_STATE_MOVED, Tone::Info),
        CallState::Started => (w::CALL_STATE_STARTED, Tone::Good),
        CallState::Done => (w::CALL_STATE_DONE, Tone::Good),
        CallState::Missed => (w::CALL_STATE_MISSED, Tone::Warn),
        CallState::Cancelled => (w::CALL_STATE_CANCELLED, Tone::Mute),
        CallState::Withdrawn => (w::CALL_STATE_WITHDRAWN, Tone::Mute),
    }
}

/// Why `act` isn't possible for the reader as the call stands.
fn use_refusal(call: &Call, act: CallAct) -> Signal<Option<String>> {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let (stands, by) = (call.state, call.consent.as_ref().map(|_| call.person.id.clone()));
    Signal::derive(move || {
        let refusal = can_act(&state.person()?, act, stands, by.as_ref()).err()?;
        Some(refusal_text(refusal, words))
    })
}

/// Move, cancel, withdraw.
#[component]
fn ForAdmins(call: Call, doing: Doing) -> impl IntoView {
    let desk = expect_context::<Desk>();
    let is_missed = call.state == CallState::Missed;
    let is_moving = Signal::derive(move || is_missed || doing.is_moving.get());
    let offer = use_fetched_if(move || is_moving.get().then(calls::offer));
    let offered = Signal::derive(move || offer.get().unwrap_or_default());
    let busy = doing.act.pending();
    let has_consent = call.consent.is_some();
    let (move_refused, cancel_refused) =
        (use_refusal(&call, CallAct::Move), use_refusal(&call, CallAct::Cancel));
    let withdraw_refused = use_refusal(&call, CallAct::Withdraw);
    let press = move |act| Callback::new(move |()| doing.run(act));
    let on_move = Callback::new(move |()| doing.is_moving.set(true));
    let settings = Signal::derive(move || desk.settings.get());
    let may_choose = Signal::derive(move || is_moving.get() && move_refused.with(Option::is_none));
    view! {
        {is_missed.then(|| view! { <p>{t(w::CALL_MISSED)}</p> })}
        <When on=may_choose>
            {move || {
                settings
                    .get()
                    .map(|settings| {
                        view! {
                            <WindowField offer=offered from=doing.from settings=Signal::stored(settings) rejected=doing.rejected.into()/>
                            <Button variant=Variant::Primary busy on_press=press(CallAct::Move)>
                                {t(w::CALL_MOVE_DO)}
                            </Button>
                        }
                    })
            }}
        </When>
        <div class="form-actions">
            <When on=Signal::derive(move || !may_choose.get())>
                <Button busy refused=move_refused on_press=on_move>{t(w::CALL_MOVE)}</Button>
            </When>
            <Button busy refused=cancel_refused on_press=press(CallAct::Cancel)>{t(w::CALL_CANCEL)}</Button>
            {has_consent
                .then(|| {
                    view! {
                        <Button busy refused=withdraw_refused on_press=press(CallAct::Withdraw)>
                            {t(w::CALL_WITHDRAW)}
                        </Button>
                    }
                })}
        </div>
        {has_consent.then(|| view! { <p class="hint">{t(w::CALL_WITHDRAW_TEXT)}</p> })}
    }
}

/// Call, and say what came of it.
#[component]
fn ForAgents(call: Call, doing: Doing) -> impl IntoView {
    let busy = doing.act.pending();
    let is_calling = call.state == CallState::Started;
    let start_refused = use_refusal(&call, CallAct::Start);
    let press = move |act| Callback::new(move |()| doing.run(act));
    let outcome = is_calling.then(|| {
        view! {
            <TextField
                id="call-note"
                label=t(w::CALL_AGENT_NOTE)
                hint=t(w::REQUEST_REASON_HINT)
                value=doing.note
                error=doing.note_error
            />
        }
    });
    view! {
        {outcome}
        <div class="form-actions">
            {if is_calling {
                view! {
                    <Button variant=Variant::Primary busy on_press=press(CallAct::Done)>{t(w::CALL_AGENT_DONE)}</Button>
                    <Button busy on_press=press(CallAct::Missed)>{t(w::CALL_AGENT_MISSED)}</Button>
                }
                    .into_any()
            } else {
                view! {
                    <Button variant=Variant::Primary busy refused=start_refused on_press=press(CallAct::Start)>
                        {t(w::CALL_AGENT_START)}
                    </Button>
                }
                    .into_any()
            }}
        </div>
    }
}

/// Who allowed the recording, when, in which words, and when it was taken back.
#[component]
fn Permission(consent: Consent, name: String) -> impl IntoView {
    let words = use_words();
    let (at, withdrawn_at) = (consent.at, consent.withdrawn_at);
    let given = move || {
        let date = intl::day_and_time(at, &words.language());
        words.text_with(w::CALL_CONSENT, &[("name", name.clone()), ("date", date)])
    };
    let withdrawn = move || {
        let date = intl::day_and_time(withdrawn_at?, &words.language());
        Some(words.text_with(w::CALL_CONSENT_WITHDRAWN, &[("date", date)]))
    };
    view! {
        <details class="steps">
            <summary>{t(w::CALL_PERMISSION)}</summary>
            <p>{given}</p>
            <q dir="auto">{consent.words}</q>
            <p>{withdrawn}</p>
        </details>
    }
}
