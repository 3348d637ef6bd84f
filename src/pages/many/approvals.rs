//! `/accounts/approvals`: what waits for a second person, with the same dry run that whoever asked saw.

use frontdesk_contract::account::act::{Action, can_read};
use frontdesk_contract::plan::{Decision, Run, RunState, Waiting};
use frontdesk_contract::{Right, RunId};
use leptos::prelude::*;

use crate::api::{ApiError, Client, plans};
use crate::browser::{focus, intl};
use crate::i18n::{keys as w, t, use_words};
use crate::pages::many::effects::Consequences;
use crate::pages::many::wording::{act_count, asked_text};
use crate::route::{self, Route};
use crate::shell::{Act, Failure, Fetched, Live, Loaded, Only, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonLink, Empty, PageHeader, TextField, Tone, Variant, When, use_announcer,
};

/// The page.
#[component]
pub fn Approvals() -> impl IntoView {
    view! {
        <Only may=|person| can_read(&person.rights)>
            <Waits/>
        </Only>
    }
}

/// What became of the last decision.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Told {
    /// It happens, or not.
    Decided { id: RunId, action: Action, count: u64, is_refused: bool },
    /// It lapsed; who has to ask again.
    Lapsed(String),
}

#[component]
fn Waits() -> impl IntoView {
    let live = expect_context::<Live>();
    let waiting = use_fetched(move || {
        live.runs.track();
        plans::approvals()
    });
    let told = RwSignal::new(None::<Told>);
    let title = t(w::MANY_APPROVALS);
    announce_page(title);
    view! {
        <p class="crumbs">
            <a href=Route::Many.to_string()>{t(w::MANY_TITLE)}</a>
        </p>
        <PageHeader title intro=t(w::APPROVALS_INTRO)/>
        <TellDecision told/>
        <Loaded data=waiting lines=6 let:all>
            <When on=Signal::derive(move || all.with(Vec::is_empty))>
                <Empty text=t(w::EMPTY_APPROVALS)/>
            </When>
            <ul class="approvals" role="list">
                <For each=move || all.get() key=|one| (one.run.id, one.run.state) let:one>
                    <li>
                        <Card one waiting told/>
                    </li>
                </For>
            </ul>
        </Loaded>
    }
}

#[component]
fn TellDecision(told: RwSignal<Option<Told>>) -> impl IntoView {
    let words = use_words();
    let banner = move |told: Told| match told {
        Told::Decided { id, action, count, is_refused } => {
            let act = words.count(act_count(action), count);
            let (key, tone) = if is_refused {
                (w::APPROVALS_REFUSED, Tone::Mute)
            } else {
                (w::APPROVALS_APPROVED, Tone::Good)
            };
            let text = words.text_with(key, &[("act", act)]);
            let action = ViewFn::from(move || {
                view! { <ButtonLink href=route::run(id)>{t(w::MANY_RUN_OPEN)}</ButtonLink> }
            });
            view! { <Banner tone action><p>{text}</p></Banner> }.into_any()
        }
        Told::Lapsed(name) => {
            let text = words.text_with(w::APPROVALS_LAPSED, &[("name", name)]);
            view! { <Banner tone=Tone::Warn><p>{text}</p></Banner> }.into_any()
        }
    };
    view! { <div role="status">{move || told.get().map(banner)}</div> }
}

/// One of them.
#[component]
fn Card(one: Waiting, waiting: Fetched<Vec<Waiting>>, told: RwSignal<Option<Told>>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let Waiting { run, hash, people, consequences } = one;
    let (action, id, by) = (run.action, run.id, run.by.clone());
    let (approve_by, run_state) = (run.approve_by, run.state);
    let heading = format!("approval-{id}");
    let labelled_by = heading.clone();
    let title = move || words.count(act_count(action), people);
    let href = route::plan(run.plan);
    let asked =
        move || asked_text(&run.by, run.created_at, run.reason.as_deref(), run.effective_at, state, words);
    let lapses = move || {
        let until = approve_by?;
        let language = words.language();
        let args = [
            ("when", intl::relative(until, state.now(), &language)),
            ("date", intl::day_and_time(until, &language)),
        ];
        Some(words.text_with(w::APPROVALS_LAPSES, &args))
    };
    let refused = Signal::derive(move || {
        let person = state.person()?;
        if person.id == by.id {
            Some(words.text(w::REASON_APPROVAL_OWN))
        } else if person.has(Right::Approve) {
            None
        } else {
            Some(words.text(w::ERROR_FORBIDDEN))
        }
    });
    let asker = run_name(&waiting, id);
    // It was shown as it waits; what it is about has changed since.
    let is_lapsed = run_state == RunState::Lapsed;
    let lapsed = is_lapsed.then(|| {
        let name = asker.clone();
        let text = move || words.text_with(w::APPROVALS_LAPSED, &[("name", name.clone())]);
        view! { <Banner tone=Tone::Warn><p>{text}</p></Banner> }
    });
    let decide = (!is_lapsed).then(|| {
        view! { <Decide id hash asker waiting told refused is_final=action.ends_access()/> }
    });
    view! {
        <section class="card" aria-labelledby=labelled_by>
            <h2 class="card__title" id=heading>{title}</h2>
            <p>{asked}</p>
            {(!is_lapsed).then(|| view! { <p class="hint">{lapses}</p> })}
            {lapsed}
            <Consequences action lines=Signal::stored(consequences)/>
            <p>
                <a href=href>{t(w::APPROVALS_ROWS)}</a>
            </p>
            {decide}
        </section>
    }
}

/// Who asked, for the sentence that it has to be asked again.
fn run_name(waiting: &Fetched<Vec<Waiting>>, id: RunId) -> String {
    waiting.data().with_untracked(|all| {
        let one = all.iter().flatten().find(|one| one.run.id == id);
        one.map(|one| one.run.by.name.clone()).unwrap_or_default()
    })
}

/// Approve or refuse, with a word.
#[component]
fn Decide(
    id: RunId,
    hash: String,
    asker: String,
    waiting: Fetched<Vec<Waiting>>,
    told: RwSignal<Option<Told>>,
    refused: Signal<Option<String>>,
    is_final: bool,
) -> impl IntoView {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let words = use_words();
    let word = RwSignal::new(String::new());
    let error = RwSignal::new(None::<String>);
    let failure = RwSignal::new(None::<ApiError>);
    let field = field_id(id);
    let act = Act::new(move |decision: Decision| {
        let (client, asker) = (client.clone(), asker.clone());
        failure.set(None);
        async move {
            match client.send(plans::decide(id, &decision)).await {
                Ok(run) => {
                    let Run { action, counts, state, .. } = run;
                    let is_refused = state == RunState::Refused;
                    let decided = Told::Decided { id, action, count: counts.all, is_refused };
                    let _ = told.try_set(Some(decided));
                    // The card goes; the result stands on top.
                    focus::focus_main_heading();
                }
                Err(ApiError::Changed { .. } | ApiError::NotPossible) => {
                    announcer.announce(words.text_with(w::APPROVALS_LAPSED, &[("name", asker.clone())]));
                    let _ = told.try_set(Some(Told::Lapsed(asker)));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
            waiting.ask_again();
        }
    });
    let hash = StoredValue::new(hash);
    let decide = move |approve: bool| {
        Callback::new(move |()| {
            let reason = word.with_untracked(|word| word.parse().ok());
            if !approve && reason.is_none() {
                error.set(Some(words.text(w::ERROR_REASON_MISSING)));
                focus::focus_id(field);
                return;
            }
            error.set(None);
            act.begin(Decision { hash: hash.get_value(), approve, reason });
        })
    };
    let variant = if is_final { Variant::Danger } else { Variant::Primary };
    view! {
        <TextField id=field label=t(w::APPROVALS_WORD) hint=t(w::APPROVALS_WORD_HINT) value=word error/>
        <Failure error=failure/>
        <div class="form-actions">
            <Button variant busy=act.pending() refused on_press=decide(true)>{t(w::APPROVALS_APPROVE)}</Button>
            <Button busy=act.pending() refused on_press=decide(false)>{t(w::APPROVALS_REFUSE)}</Button>
        </div>
    }
}

/// The id of a field of one of many cards. Fields want names that last; there are a few dozen at the most.
fn field_id(id: RunId) -> &'static str {
    Box::leak(format!("approval-word-{id}").into_boxed_str())
}
