//! A run: how far it is, what became of whom, and what can be done about it. It goes on without this page.

use frontdesk_contract::RunId;
use frontdesk_contract::plan::{Outcome, Plan, Run, RunState};
use frontdesk_contract::{Person, Version};
use leptos::prelude::*;

use crate::api::plans::{self, Again};
use crate::api::{ApiError, Client};
use crate::browser::{clock, intl, page as document, timer};
use crate::domain::many::Pace;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::many::links::LinksCard;
use crate::pages::many::rows::{Chips, Pager, ROWS, RunTable, use_asked};
use crate::pages::many::wording::{StatePill, Tiles, act_count, run_text};
use crate::route::{self, RUN, Route};
use crate::shell::handing::handed_text;
use crate::shell::{Act, Failure, Fetched, Live, Loaded, announce_page, use_fetched, use_onward};
use crate::state::SessionState;
use crate::ui::{Banner, Button, PageHeader, Pill, Tone, Variant, When, effect};

/// How often one looks at a run that goes on, in milliseconds.
const LOOK: i32 = 1_500;

/// The page.
#[component]
pub fn RunPage(id: RunId) -> impl IntoView {
    let live = expect_context::<Live>();
    let run = use_fetched(move || {
        live.runs.track();
        plans::show_run(id)
    });
    let is_running =
        Memo::new(move |_| run.with(|run| run.is_some_and(|run| run.state == RunState::Running)));
    let looking = timer::every(LOOK, move || {
        let is_idle = run.asking().try_get_untracked() == Some(false);
        if is_idle && is_running.try_get_untracked() == Some(true) && document::is_visible() {
            run.ask_again();
        }
    });
    let looking = StoredValue::new_local(looking);
    on_cleanup(move || looking.dispose());
    view! {
        <Loaded data=run lines=10 let:shown>
            <Shown run=shown fetched=run/>
        </Loaded>
    }
}

#[component]
fn Shown(run: Signal<Run>, fetched: Fetched<Run>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let title = Signal::derive(move || run.with(|run| words.count(act_count(run.action), run.counts.all)));
    announce_page(title);
    let intro = Signal::derive(move || run.with(|run| run_text(run, state, words)));
    let failure = RwSignal::new(None::<ApiError>);
    let handed =
        move || run.with(|run| handed_text(run, state.now(), words)).map(|text| view! { <p>{text}</p> });
    view! {
        <p class="crumbs">
            <a href=Route::Many.to_string()>{t(w::MANY_TITLE)}</a>
        </p>
        <PageHeader title intro>
            <Steer run fetched failure/>
        </PageHeader>
        <Failure error=failure/>
        <Progress run/>
        <Tiles tiles=Signal::derive(move || tiles(&run.read()))/>
        {handed}
        <LinksCard run/>
        <Onward run/>
        <Rows run/>
    }
}

fn tiles(run: &Run) -> Vec<(u64, crate::i18n::Key, bool)> {
    let counts = run.counts;
    vec![
        (counts.done, w::MANY_COUNTS_DONE, false),
        (counts.failed, w::MANY_COUNTS_FAILED, true),
        (counts.skipped, w::MANY_COUNTS_SKIPPED, true),
        (counts.left(), w::MANY_COUNTS_LEFT, false),
    ]
}

/// Pause, go on, stop.
#[component]
fn Steer(run: Signal<Run>, fetched: Fetched<Run>, failure: RwSignal<Option<ApiError>>) -> impl IntoView {
    let client = expect_context::<Client>();
    let session = expect_context::<SessionState>();
    let words = use_words();
    let change = Act::new(move |(id, state, version): (RunId, RunState, Version)| {
        let client = client.clone();
        failure.set(None);
        async move {
            match client.send(plans::change(id, state, version)).await {
                Ok(run) => {
                    let _ = fetched.data().try_set(Some(run));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                    fetched.ask_again();
                }
            }
        }
    });
    let refused = Signal::derive(move || {
        let right = run.with(|run| run.action.right());
        let may = session.person().is_some_and(|person: Person| person.has(right));
        (!may).then(|| words.text(w::ERROR_FORBIDDEN))
    });
    let to = move |state: RunState| {
        Callback::new(move |()| {
            let (id, version) = run.with_untracked(|run| (run.id, run.version.clone()));
            change.begin((id, state, version));
        })
    };
    let may =
        move |state: RunState| Signal::derive(move || run.with(|run| run.state.next().contains(&state)));
    let stop = Signal::derive(move || {
        let is_asked = run.with(|run| run.state == RunState::Approval);
        words.text(if is_asked { w::MANY_WITHDRAW } else { w::MANY_STOP })
    });
    view! {
        <When on=may(RunState::Paused)>
            <Button busy=change.pending() refused on_press=to(RunState::Paused)>{t(w::MANY_PAUSE)}</Button>
        </When>
        <When on=may(RunState::Running)>
            <Button variant=Variant::Primary busy=change.pending() refused on_press=to(RunState::Running)>
                {t(w::MANY_GO_ON)}
            </Button>
        </When>
        <When on=may(RunState::Stopped)>
            <Button variant=Variant::Danger busy=change.pending() refused on_press=to(RunState::Stopped)>
                {stop}
            </Button>
        </When>
    }
}

/// How far it is, how fast it goes, when it stops by itself; or why nothing happens.
#[component]
fn Progress(run: Signal<Run>) -> impl IntoView {
    let words = use_words();
    let state = Memo::new(move |_| run.with(|run| run.state));
    let is_going = Signal::derive(move || state.get() == RunState::Running);
    let has_bar = Signal::derive(move || {
        run.with(|run| {
            run.counts.all > 1
                && !matches!(run.state, RunState::Approval | RunState::Refused | RunState::Lapsed)
        })
    });
    let text = Signal::derive(move || state_text(&run.read(), words));
    let has_text = Signal::derive(move || !text.read().is_empty());
    let is_alarming = Signal::derive(move || run.with(Run::is_alarming));
    view! {
        <section class="card" aria-labelledby="many-progress">
            <div class="many-progress" role="status">
                <h2 class="visually-hidden" id="many-progress">{t(w::REQUEST_STATE)}</h2>
                {move || view! { <StatePill state=state.get()/> }}
                <When on=is_going>
                    <Pill tone=Tone::Mute text=t(w::MANY_CLOSE)/>
                </When>
                <When on=has_text>
                    <p>{text}</p>
                </When>
            </div>
            <When on=has_bar>
                <Bar run/>
            </When>
            <When on=is_alarming>
                <Banner tone=Tone::Bad>
                    <p>{breaker(run, w::MANY_BREAKER_STOPPED)}</p>
                </Banner>
            </When>
            <When on=is_going>
                <p class="hint">{breaker(run, w::MANY_BREAKER)}</p>
            </When>
        </section>
    }
}

/// The rule by which it stops, with the number now.
fn breaker(run: Signal<Run>, key: crate::i18n::Key) -> Signal<String> {
    let words = use_words();
    Signal::derive(move || {
        run.with(|run| {
            let number = |count| intl::number(count, &words.language());
            let fresh = run.fresh();
            let args = [
                ("count", number(run.stop_after)),
                ("share", number(run.stop_share)),
                ("now", number(fresh.surprises())),
                ("reached", number(fresh.reached())),
            ];
            words.text_with(key, &args)
        })
    })
}

fn state_text(run: &Run, words: crate::i18n::Words) -> String {
    let date = |at| intl::day_and_time(at, &words.language());
    let name = run.decided_by.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    let text = match run.state {
        RunState::Approval => {
            let until = run.approve_by.map(date).unwrap_or_default();
            words.text_with(w::MANY_STATE_APPROVAL_TEXT, &[("date", until)])
        }
        RunState::Refused => words.text_with(w::MANY_STATE_REFUSED_TEXT, &[("name", name)]),
        RunState::Lapsed => words.text(w::MANY_STATE_LAPSED_TEXT),
        RunState::Stopped => words.text(w::MANY_STATE_STOPPED_TEXT),
        RunState::Running | RunState::Paused | RunState::Done => String::new(),
    };
    match &run.decision {
        Some(word) => text + " “" + word + "”",
        None => text,
    }
}

#[component]
fn Bar(run: Signal<Run>) -> impl IntoView {
    let words = use_words();
    let pace = RwSignal::new(Pace::default());
    // The clock is outside the reactive graph.
    effect(move || {
        let (state, reached) = run.with(|run| (run.state, run.counts.reached()));
        pace.update(|pace| {
            if state == RunState::Running {
                pace.note(clock::monotonic_millis(), reached);
            } else {
                pace.rest();
            }
        });
    });
    let session = expect_context::<SessionState>();
    let text = Signal::derive(move || {
        let language = words.language();
        let counts = run.with(|run| run.counts);
        let args = [
            ("done", intl::number(counts.reached(), &language)),
            ("all", intl::number(counts.all, &language)),
        ];
        let progress = words.text_with(w::MANY_PROGRESS, &args);
        let speed = pace.with(|pace| Some((pace.per_second()?, pace.left(counts.left())?)));
        let Some((rate, left)) = speed.filter(|_| counts.left() > 0) else { return progress };
        let now = session.now_untracked();
        let args = [
            ("rate", intl::decimal(if rate < 10.0 { rate } else { rate.round() }, &language)),
            ("left", intl::relative(now.plus(left), now, &language)),
        ];
        progress + " · " + &words.text_with(w::MANY_PROGRESS_RATE, &args)
    });
    let share = move |part: fn(&Run) -> u64| {
        Signal::derive(move || {
            run.with(|run| {
                let all = run.counts.all.max(1);
                // In hundredths of a percent: whole numbers, and fine enough for any screen.
                let share = part(run).saturating_mul(10_000) / all;
                format!("{}.{:02}%", share / 100, share % 100)
            })
        })
    };
    let (done, failed) = (share(|run| run.counts.done), share(|run| run.counts.failed + run.counts.skipped));
    view! {
        <div
            class="run-bar"
            role="progressbar"
            aria-label=t(w::MANY_COUNTS_DONE)
            aria-valuemin="0"
            aria-valuemax=move || run.with(|run| run.counts.all).to_string()
            aria-valuenow=move || run.with(|run| run.counts.reached()).to_string()
            aria-valuetext=text
        >
            <span class="run-bar__done" style:inline-size=done></span>
            <span class="run-bar__failed" style:inline-size=failed></span>
        </div>
        <p class="many-pace">{text}</p>
    }
}

/// What can be done once it is over: the file, another look at those that were not done, the way back.
#[component]
fn Onward(run: Signal<Run>) -> impl IntoView {
    let client = expect_context::<Client>();
    let onward = use_onward();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let id = run.with_untracked(|run| run.id);
    let again = Act::new(move |what: Again| {
        let (client, onward) = (client.clone(), onward.clone());
        failure.set(None);
        async move {
            match client.send(plans::look_again(id, what, None)).await {
                Ok(plan) => {
                    let plan: Plan = plan;
                    onward.go_to(&route::plan(plan.id));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    let is_over = Memo::new(move |_| run.with(|run| run.state.is_over()));
    let missed = Memo::new(move |_| run.with(|run| run.counts.all.saturating_sub(run.counts.done)));
    let undo = Memo::new(move |_| run.with(|run| run.action.undo().filter(|_| run.counts.done > 0)));
    let has_begun = Memo::new(move |_| run.with(|run| run.started_at.is_some()));
    let on_file = Callback::new(move |()| document::download(&plans::file(id)));
    let on_retry = Callback::new(move |()| again.begin(Again::Retry));
    let on_undo = Callback::new(move |()| again.begin(Again::Undo));
    let undo_label = Signal::derive(move || {
        let act = undo.get().map(|action| words.count(act_count(action), run.with(|run| run.counts.done)));
        words.text_with(w::MANY_UNDO, &[("act", act.unwrap_or_default())])
    });
    view! {
        <Failure error=failure/>
        <div class="form-actions">
            <When on=has_begun>
                <Button on_press=on_file>{t(w::MANY_DOWNLOAD)}</Button>
            </When>
            <When on=Signal::derive(move || is_over.get() && missed.get() > 0)>
                <Button variant=Variant::Primary busy=again.pending() on_press=on_retry>
                    {move || words.count(w::MANY_RETRY, missed.get())}
                </Button>
            </When>
            <When on=Signal::derive(move || is_over.get() && undo.with(Option::is_some))>
                <Button busy=again.pending() on_press=on_undo>{undo_label}</Button>
            </When>
        </div>
    }
}

#[component]
fn Rows(run: Signal<Run>) -> impl IntoView {
    let (id, action) = run.with_untracked(|run| (run.id, run.action));
    let (asked, go) = use_asked(RUN, id.to_string());
    let reached = Memo::new(move |_| run.with(|run| run.counts.reached()));
    let rows = use_fetched(move || {
        // A memo that nobody reads is never computed, so following it is not enough.
        let _ = reached.get();
        asked.with(|asked| plans::results(id, Outcome::parse(&asked.filter), asked.after.as_ref(), ROWS))
    });
    let chips = Signal::derive(move || {
        let counts = run.with(|run| run.counts);
        vec![
            ("", w::MANY_FILTER_ALL, counts.all),
            (Outcome::Failed.as_str(), w::MANY_FILTER_FAILED, counts.failed),
            (Outcome::Skipped.as_str(), w::MANY_FILTER_SKIPPED, counts.skipped),
            (Outcome::Done.as_str(), w::MANY_FILTER_DONE, counts.done),
            (Outcome::Waiting.as_str(), w::MANY_FILTER_WAITING, counts.left()),
        ]
    });
    view! {
        <Chips chips asked go/>
        <Loaded data=rows lines=8 let:page>
            <RunTable page action/>
            <Pager next=Signal::derive(move || page.with(|page| page.next.clone())) asked go/>
        </Loaded>
    }
}
