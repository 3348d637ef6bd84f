//! What can be done with an account, and what not with the reason and the date; and what a second person must approve.

use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::{Action, Approval};
use frontdesk_contract::account::clock::MarkKind;
use frontdesk_contract::account::comeback::{Piece, Possession};
use frontdesk_contract::account::page::{AccountDetails, Asked, Possible};
use frontdesk_contract::plan::RunState;
use frontdesk_contract::{PersonId, RunId, Timestamp};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::{ApiError, Client, plans};
use crate::browser::{intl, random};
use crate::domain::account_acts::fitting;
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::accounts::dialog::{ActDialog, Typed};
use crate::pages::accounts::show::Shown;
use crate::route::{self, Route};
use crate::shell::acts::{action_key, reason_text};
use crate::shell::{Act, Failure};
use crate::state::SessionState;
use crate::ui::{Banner, Button, Card, Tone, use_announcer};

/// The card, and the dialog of the act that the address names.
#[component]
pub fn ActsCard(shown: Shown, id: PersonId) -> impl IntoView {
    let query = use_query_map();
    let navigate = use_navigate();
    let act =
        Memo::new(move |_| query.with(|query| query.get(route::ACT).and_then(|word| Action::parse(&word))));
    let session = expect_context::<SessionState>();
    let typed = Typed::restore(&id, session);
    let page = Route::AccountOf(id);
    // The dialog is part of the address: a link opens it.
    let go = Callback::new(move |next: Option<Action>| {
        let word = next.map(|action| action.as_str().to_owned()).unwrap_or_default();
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&route::with_query(&page, &[(route::ACT, word)]), options);
    });
    let fitting = Memo::new(move |_| shown.account.with(fitting));
    view! {
        <Card title=t(w::ACCOUNTS_CAN)>
            <Waiting shown/>
            <ul class="can" role="list">
                <For each=move || fitting.get() key=|action| *action let:action>
                    <Line action shown go/>
                </For>
            </ul>
        </Card>
        <ActDialog shown act go typed/>
    }
}

/// What is possible of an act now.
fn possible(account: &AccountDetails, action: Action) -> Option<&Possible> {
    account.actions.iter().find(|possible| possible.action == action)
}

/// Why an act isn't possible now; none where it is.
pub fn refusal(account: &AccountDetails, action: Action, now: Timestamp, words: Words) -> Option<String> {
    let possible = possible(account, action).filter(|possible| !possible.possible)?;
    let Some(reason) = possible.reason else { return Some(words.text(w::ACCOUNTS_ALREADY)) };
    let text = reason_text(action, reason, possible.date, words);
    match possible.date.filter(|at| *at > now) {
        Some(at) => {
            let left = intl::relative(at, now, &words.language());
            Some(words.text_with(w::ACCOUNTS_LEFT_UNTIL, &[("text", text), ("left", left)]))
        }
        None => Some(text),
    }
}

#[component]
fn Line(action: Action, shown: Shown, go: Callback<Option<Action>>) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let account = shown.account;
    let id = random::element_id("can");
    let described_by = id.clone();
    let refused = Memo::new(move |_| account.with(|account| refusal(account, action, session.now(), words)));
    let is_refused = Signal::derive(move || refused.with(Option::is_some));
    let text =
        move || refused.get().unwrap_or_else(|| account.with(|account| meaning(account, action, words)));
    let variant = if action.is_final() { "danger" } else { "secondary" };
    let on_click = move |_| {
        if !is_refused.get_untracked() {
            go.run(Some(action));
        }
    };
    view! {
        <li class="can__line">
            <div class="can__words">
                <h3>{t(action_key(action))}</h3>
                <p id=id>{text}</p>
            </div>
            <button
                class="button"
                type="button"
                data-variant=variant
                aria-disabled=move || is_refused.get().then_some("true")
                aria-describedby=described_by
                on:click=on_click
            >
                {t(action_key(action))}
                "…"
            </button>
        </li>
    }
}

/// What the act means for this account, in a sentence or two.
fn meaning(account: &AccountDetails, action: Action, words: Words) -> String {
    let at = |kind: MarkKind| account.marks.iter().find(|mark| mark.kind == kind).map(|mark| mark.at);
    let dated = |key: Key, at: Timestamp| {
        words.text_with(key, &[("date", intl::day_and_time(at, &words.language()))])
    };
    let text = match action {
        Action::Invite => words.text(w::CAN_INVITE),
        Action::Remind => words.text(w::CAN_REMIND),
        Action::Deactivate => words.text(w::CAN_DEACTIVATE),
        Action::Reactivate => {
            let is_group = |piece: &Piece| piece.what == Possession::Memberships;
            let has_lost = account
                .comeback
                .as_ref()
                .is_some_and(|lists| lists.again.iter().chain(&lists.gone).any(is_group));
            match at(MarkKind::Wait) {
                Some(at) if !has_lost => dated(w::CAN_REACTIVATE_EARLY, at),
                Some(_) | None => words.text(w::CAN_REACTIVATE_LATE),
            }
        }
        Action::Remove => words.text(w::CAN_REMOVE),
        Action::Delete if account.stage == Stage::Former => words.text(w::CAN_DELETE_FORMER),
        Action::Delete => words.text(w::CAN_DELETE),
        Action::Withdraw => words.text(w::CAN_WITHDRAW),
        Action::Hold => words.text(w::CAN_HOLD),
        Action::Lift => words.text(w::CAN_LIFT),
        Action::Cancel => match (at(MarkKind::Scheduled), at(MarkKind::Deletion)) {
            (_, Some(at)) => dated(w::CAN_CANCEL_DELETION, at),
            (Some(at), None) => dated(w::CAN_CANCEL_SCHEDULED, at),
            (None, None) => String::new(),
        },
    };
    let approval = possible(account, action).map(|possible| possible.approval);
    match approval {
        Some(Approval::Other) => format!("{text} {}", words.text(w::CAN_APPROVAL)),
        Some(Approval::Alone) => format!("{text} {}", words.text(w::REASON_APPROVAL_ALONE)),
        Some(Approval::Free) | None => text,
    }
}

/// What was asked for and waits for a second person, and how to take it back.
#[component]
fn Waiting(shown: Shown) -> impl IntoView {
    let asked = Memo::new(move |_| shown.account.with(|account| account.asked.clone()));
    move || asked.get().into_iter().map(|asked| view! { <WaitingLine asked shown/> }).collect_view()
}

#[component]
fn WaitingLine(asked: Asked, shown: Shown) -> impl IntoView {
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let take_back = use_taking_back(shown, failure);
    let run = asked.run;
    let on_press = Callback::new(move |()| {
        failure.set(None);
        take_back.begin(run);
    });
    let text = move || {
        let date = asked.until.map(|at| intl::day_and_time(at, &words.language())).unwrap_or_default();
        let act = words.text(action_key(asked.action));
        words.text_with(w::ACCOUNTS_ASKED, &[("act", act), ("name", asked.by.name.clone()), ("date", date)])
    };
    let action = ViewFn::from(move || {
        view! { <Button busy=take_back.pending() on_press>{t(w::ACCOUNTS_ASKED_STOP)}</Button> }
    });
    view! {
        <Banner tone=Tone::Warn label=t(w::ACCOUNTS_ASKED_LABEL) action>
            <p>{text}</p>
            <p>
                <a href=Route::Approvals.to_string()>{t(w::ACCOUNTS_ASKED_SEE)}</a>
            </p>
        </Banner>
        <Failure error=failure/>
    }
}

/// Takes back what was asked for and nobody has approved yet.
pub fn use_taking_back(shown: Shown, failure: RwSignal<Option<ApiError>>) -> Act<RunId> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    Act::new(move |id: RunId| {
        let client = client.clone();
        async move {
            // As it stands now: whoever was faster has decided.
            let done = match client.send(plans::show_run(id)).await {
                Ok(run) => client.send(plans::change(id, RunState::Stopped, run.version)).await.map(|_| ()),
                Err(error) => Err(error),
            };
            match done {
                Ok(()) => announcer.announce(words.text(w::ACCOUNTS_ASKED_STOPPED)),
                Err(error) => drop(failure.try_set(Some(error))),
            }
            shown.ask_again();
        }
    })
}
