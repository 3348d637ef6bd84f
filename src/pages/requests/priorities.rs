//! The two priorities, who changed them and why, and the appeal.

use frontdesk_contract::care::{self, ActDone, Happened};
use frontdesk_contract::thread::{PriorityChange, Side};
use frontdesk_contract::{Kind, Priority, Request, ThreadItem};
use leptos::prelude::*;

use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::requests::changing::{WithReason, use_changing, use_refused};
use crate::pages::requests::row::{PriorityMark, SinceText, priority_key};
use crate::pages::requests::show::Shown;
use crate::state::SessionState;
use crate::ui::{Banner, Card, Tone, When};

/// The card. Whoever only reads sees the levels and their history.
#[component]
pub fn PriorityCard(request: Signal<Request>, shown: Shown, may_write: Signal<bool>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let is_agent = state.session_untracked().is_some_and(|session| session.person.kind == Kind::Agent);
    let levels = Memo::new(move |_| {
        request.with(|request| (request.summary.priority, request.summary.support_priority))
    });
    let own_label = t(if is_agent { w::PRIORITY_ORGANIZATION } else { w::PRIORITY_MINE });
    let support = move || match levels.get().1 {
        Some(level) => view! { <PriorityMark priority=level support=None/> }.into_any(),
        None => view! { <span>{t(w::PRIORITY_DESK_NONE)}</span> }.into_any(),
    };
    let appealed_at = Memo::new(move |_| request.with(|request| request.care.appealed_at));
    view! {
        <Card title=t(w::PRIORITY_CARD)>
            <dl class="facts">
                <dt>{own_label}</dt>
                <dd>{move || view! { <PriorityMark priority=levels.get().0 support=None/> }}</dd>
                <dt>{t(w::PRIORITY_DESK)}</dt>
                <dd>{support}</dd>
            </dl>
            {move || {
                appealed_at
                    .get()
                    .map(|at| {
                        let text = t(if is_agent { w::APPEAL_OPEN_AGENT } else { w::APPEAL_OPEN });
                        view! { <Banner tone=Tone::Warn><p>{text} " · " <SinceText at/></p></Banner> }
                    })
            }}
            <History request/>
            <When on=may_write>
                {is_agent
                    .then(|| view! { <Uphold request shown/> })}
                {(!is_agent).then(|| view! { <Appeal request shown/> })}
            </When>
        </Card>
    }
}

/// The organization asks support to judge again.
#[component]
fn Appeal(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let changing = use_changing(request, shown);
    let refused = use_refused(request, |person, request, _, _| care::can_appeal(person, request));
    view! {
        <WithReason
            id="appeal-reason"
            label=w::APPEAL_DO
            hint=w::APPEAL_HINT
            act=care::Act::Appeal
            refused
            changing
        />
    }
}

/// Support stays with its level. To judge again, an agent sets another one.
#[component]
fn Uphold(request: Signal<Request>, shown: Shown) -> impl IntoView {
    let changing = use_changing(request, shown);
    let refused = use_refused(request, |person, request, _, _| care::can_uphold(person, request));
    view! {
        <WithReason
            id="uphold-reason"
            label=w::APPEAL_UPHOLD
            hint=w::APPEAL_UPHOLD_HINT
            act=care::Act::Uphold
            refused
            changing
        />
    }
}

/// A step of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Changed(PriorityChange),
    Acted(ActDone),
}

/// Who changed which level, when and why; the newest last, as in the thread.
#[component]
fn History(request: Signal<Request>) -> impl IntoView {
    let words = use_words();
    let steps = Memo::new(move |_| {
        request.with(|request| request.thread.iter().filter_map(step).collect::<Vec<_>>())
    });
    let is_there = Signal::derive(move || steps.with(|steps| !steps.is_empty()));
    let lines = move || steps.get().into_iter().map(move |step| view! { <Line step words/> }).collect_view();
    view! {
        <When on=is_there>
            <details class="history">
                <summary>{t(w::PRIORITY_HISTORY)}</summary>
                <ol role="list">{lines}</ol>
            </details>
        </When>
    }
}

fn step(item: &ThreadItem) -> Option<Step> {
    match item {
        ThreadItem::Priority(change) => Some(Step::Changed(change.clone())),
        ThreadItem::Act(done) => match done.act {
            Happened::Act(care::Act::Appeal | care::Act::Uphold) => Some(Step::Acted(done.clone())),
            Happened::Act(care::Act::Escalate | care::Act::KeepOpen)
            | Happened::Reminded
            | Happened::Closed
            | Happened::HandedOver => None,
        },
        ThreadItem::Message(_) | ThreadItem::State(_) | ThreadItem::Call(_) => None,
    }
}

#[component]
fn Line(step: Step, words: Words) -> impl IntoView {
    let (at, reason) = match &step {
        Step::Changed(change) => (change.at, change.reason.clone()),
        Step::Acted(done) => (done.at, done.reason.clone()),
    };
    let text = move || told(&step, words);
    view! {
        <li class="thread__event">
            <span>{text} " · " <SinceText at/></span>
            {reason.map(|reason| view! { <q dir="auto">{reason}</q> })}
        </li>
    }
}

/// `Nadia Rahmani, support: Medium → High`.
fn told(step: &Step, words: Words) -> String {
    let level = |level: Priority| words.text(priority_key(level));
    match step {
        Step::Changed(PriorityChange { author, from, to, .. }) => {
            let key = match (author.side, from) {
                (Side::Organization, _) => w::HISTORY_OWN,
                (Side::Support, Some(_)) => w::HISTORY_SUPPORT,
                (Side::Support, None) => w::HISTORY_SUPPORT_FIRST,
            };
            let from = from.map(level).unwrap_or_default();
            words.text_with(key, &[("name", author.name.clone()), ("from", from), ("to", level(*to))])
        }
        Step::Acted(done) => {
            let is_appeal = done.act == Happened::Act(care::Act::Appeal);
            let name = done.author.as_ref().map(|author| author.name.clone()).unwrap_or_default();
            words.text_with(if is_appeal { w::THREAD_APPEALED } else { w::THREAD_UPHELD }, &[("name", name)])
        }
    }
}
