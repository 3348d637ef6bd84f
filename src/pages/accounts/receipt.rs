//! The last step of an act: what the backend confirms, or what it waits for; and the way back, where there is one.

use frontdesk_contract::account::act::Action;
use frontdesk_contract::account::consequence::Effect;
use frontdesk_contract::plan::{EndedSession, Plan, Receipt, Run, RunState};
use leptos::prelude::*;

use crate::api::ApiError;
use crate::browser::{clipboard, intl};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::accounts::acts::use_taking_back;
use crate::pages::accounts::check::field_names;
use crate::pages::accounts::dialog::{Acting, STEP};
use crate::shell::acts::{action_key, reason_text, stage_key};
use crate::shell::handing::handed_text;
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Banner, Button, TextArea, Tone, Variant, use_announcer};

/// What became of it, in a sentence.
pub fn sentence(run: &Run, plan: &Plan, words: Words) -> String {
    let language = words.language();
    let date = |at| [("date", intl::day_and_time(at, &language))];
    match (run.state, run.effective_at) {
        (RunState::Approval, _) => {
            let until = run.approve_by.map_or_else(String::new, |at| intl::day_and_time(at, &language));
            words.text_with(w::DONE_APPROVAL, &[("date", until)])
        }
        (RunState::Running | RunState::Paused, _) => {
            words.text_with(w::DEACTIVATE_REQUESTED, &[("time", intl::time(run.created_at, &language))])
        }
        (RunState::Stopped | RunState::Refused | RunState::Lapsed, _) => words.text(w::DONE_NOT),
        (RunState::Done, _) if run.counts.done == 0 => match run.why {
            Some(reason) => reason_text(run.action, reason, None, words),
            None => words.text(w::DONE_NOT),
        },
        (RunState::Done, Some(at)) if run.action == Action::Delete => {
            words.text_with(w::DELETE_WAIT, &date(at))
        }
        (RunState::Done, Some(at)) if run.action == Action::Deactivate => {
            words.text_with(w::DONE_DATE, &date(at))
        }
        (RunState::Done, _) => match &run.receipt {
            Some(receipt) => confirmed(run.action, receipt, plan, words),
            None => words.text(w::DONE_NOT),
        },
    }
}

/// What was read back after the act.
fn confirmed(action: Action, receipt: &Receipt, plan: &Plan, words: Words) -> String {
    let language = words.language();
    let time = intl::time(receipt.at, &language);
    let Some(stage) = receipt.stage else { return words.text_with(w::DONE_DELETED, &[("time", time)]) };
    if action == Action::Deactivate {
        let ended = receipt.sessions.len() as u64;
        // Some may have ended by themselves since the plan was made; none is left out of the sum.
        let planned = plan.consequences.iter().find(|line| line.effect == Effect::Sessions);
        let total = planned.and_then(|line| line.count).unwrap_or(0).max(ended);
        let number = |count| intl::number(count, &language);
        let args = [("time", time), ("ended", number(ended)), ("total", number(total))];
        return words.text_with(w::DEACTIVATE_CONFIRMED, &args);
    }
    words.text_with(w::DONE_NOW, &[("time", time), ("stage", words.text(stage_key(stage)))])
}

/// The step.
#[component]
pub fn Told(acting: Acting) -> impl IntoView {
    let words = use_words();
    let both = move || acting.run.get().zip(acting.plan.get());
    let text = move || both().map(|(run, plan)| sentence(&run, &plan, words));
    let tone = match acting.run.with_untracked(|run| run.as_ref().map(|run| (run.state, run.counts.done))) {
        Some((RunState::Done, 1..)) => Tone::Good,
        Some((RunState::Approval | RunState::Running | RunState::Paused, _)) => Tone::Info,
        Some((RunState::Done | RunState::Stopped | RunState::Refused | RunState::Lapsed, _)) | None => {
            Tone::Warn
        }
    };
    let receipt = acting.run.with_untracked(|run| run.as_ref().and_then(|run| run.receipt.clone()));
    let session = expect_context::<SessionState>();
    let handed = move || {
        acting
            .run
            .with(|run| handed_text(run.as_ref()?, session.now_untracked(), words))
            .map(|text| view! { <p>{text}</p> })
    };
    view! {
        <div id=STEP tabindex="-1" class="act-step stack">
            <Banner tone>
                <p>{text}</p>
            </Banner>
            {handed}
            {receipt.map(|receipt| view! { <Details acting receipt/> })}
        </div>
        <Next acting/>
    }
}

/// Each session that ended, each field that went, the link to hand on.
#[component]
fn Details(acting: Acting, receipt: Receipt) -> impl IntoView {
    let words = use_words();
    let sessions = (!receipt.sessions.is_empty()).then(|| {
        let lines = receipt.sessions.clone().into_iter().map(|session| view! { <Ended session/> });
        view! {
            <div>
                <h3>{t(w::DONE_SESSIONS)}</h3>
                <ul class="marks" role="list">{lines.collect_view()}</ul>
            </div>
        }
    });
    let fields = move |key, names: &[String]| {
        let text = words.text_with(key, &[("names", field_names(names, words))]);
        (!names.is_empty()).then(|| view! { <p>{text}</p> })
    };
    let is_erased = acting.action == Action::Remove;
    let kept = is_erased.then(|| {
        if receipt.kept.is_empty() {
            view! { <p>{t(w::DONE_FIELDS_NONE)}</p> }.into_any()
        } else {
            let kept = fields(w::DONE_FIELDS_KEPT, &receipt.kept);
            view! { <Banner tone=Tone::Warn>{kept}</Banner> }.into_any()
        }
    });
    view! {
        {sessions}
        {fields(w::DONE_FIELDS_DELETED, &receipt.deleted)}
        {fields(w::DONE_FIELDS_MASKED, &receipt.masked)}
        {kept}
        {receipt.mailed.then(|| view! { <p>{t(w::DONE_MAILED)}</p> })}
        {receipt.link.map(|link| view! { <Link acting link/> })}
    }
}

#[component]
fn Ended(session: EndedSession) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let text = move || {
        let language = words.language();
        let began = intl::day_and_time(session.began_at, &language);
        let used = intl::relative(session.used_at, state.now_untracked(), &language);
        let key = if session.shared { w::DONE_SESSION_SHARED } else { w::DONE_SESSION };
        words.text_with(key, &[("date", began), ("ago", used)])
    };
    view! { <li><span>{text}</span></li> }
}

/// The link that is told once, with one's own words beside it, to be copied together.
#[component]
fn Link(acting: Acting, link: String) -> impl IntoView {
    let announcer = use_announcer();
    let words = use_words();
    let told = RwSignal::new(None::<bool>);
    let copy = Act::new(move |text: String| async move {
        let is_done = clipboard::copy(&text).await.is_ok();
        announcer.announce(words.text(if is_done { w::COPIED } else { w::NOT_COPIED }));
        let _ = told.try_set(Some(is_done));
    });
    let (alone, beside) = (link.clone(), link.clone());
    let on_link = Callback::new(move |()| copy.begin(alone.clone()));
    let on_both = Callback::new(move |()| {
        let own = acting.typed.words.get_untracked();
        let text = if own.trim().is_empty() { beside.clone() } else { format!("{}\n\n{beside}", own.trim()) };
        copy.begin(text);
    });
    let outcome = move || {
        told.get().map(|is_done| {
            let key = if is_done { w::COPIED } else { w::NOT_COPIED };
            view! { <p class="hint">{t(key)}</p> }
        })
    };
    view! {
        <p>{t(w::DONE_LINK)}</p>
        <p><code class="act-link">{link}</code></p>
        <TextArea id="act-words" label=t(w::ACT_WORDS) hint=t(w::ACT_WORDS_HINT) value=acting.typed.words rows=3/>
        <div class="form-actions">
            <Button variant=Variant::Primary on_press=on_both>{t(w::ACT_COPY_BOTH)}</Button>
            <Button on_press=on_link>{t(w::ACT_COPY_LINK)}</Button>
        </div>
        {outcome}
    }
}

/// The way back where there is one, and the way out.
#[component]
fn Next(acting: Acting) -> impl IntoView {
    let failure = RwSignal::new(None::<ApiError>);
    let take_back = use_taking_back(acting.shown, failure);
    let state = acting.run.with_untracked(|run| {
        run.as_ref().map(|run| (run.id, run.state, run.counts.done, run.effective_at.is_some()))
    });
    let undo = match state {
        Some((_, RunState::Done, 1.., is_later)) => undo(acting.action, is_later),
        Some(_) | None => None,
    };
    let on_close = Callback::new(move |()| acting.go.run(None));
    let undo = undo.map(|action| {
        let on_press = Callback::new(move |()| acting.go.run(Some(action)));
        view! { <Button on_press>{t(w::ACT_UNDO)} " " {t(action_key(action))} "…"</Button> }
    });
    let stop = match state {
        Some((id, RunState::Approval, _, _)) => {
            let on_press = Callback::new(move |()| {
                take_back.begin(id);
                acting.go.run(None);
            });
            Some(view! { <Button busy=take_back.pending() on_press>{t(w::ACCOUNTS_ASKED_STOP)}</Button> })
        }
        Some(_) | None => None,
    };
    view! {
        <Failure error=failure/>
        <div class="form-actions">
            <Button variant=Variant::Primary on_press=on_close>{t(w::DIALOG_CLOSE)}</Button>
            {undo}
            {stop}
        </div>
    }
}

/// The act that takes it back: what only waits for its date is cancelled.
const fn undo(action: Action, is_later: bool) -> Option<Action> {
    if is_later { Some(Action::Cancel) } else { action.undo() }
}
