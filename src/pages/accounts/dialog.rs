//! An act on one account: what and why, what would happen, what the backend confirms. Nothing happens before the
//! last press, and nothing happens twice: a run names the plan that was shown.

use frontdesk_contract::PersonId;
use frontdesk_contract::account::act::Action;
use frontdesk_contract::json;
use frontdesk_contract::plan::{NewPlan, NewRun, Plan, Run};
use frontdesk_contract::text::Reason;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{ApiError, Client, plans};
use crate::browser::storage::{self, Area};
use crate::browser::{focus, random};
use crate::i18n::{Key, Words, keys as w, t, use_words};
use crate::pages::accounts::acts::refusal;
use crate::pages::accounts::ask::Ask;
use crate::pages::accounts::check::Check;
use crate::pages::accounts::handover::{HandingOver, use_choosing};
use crate::pages::accounts::receipt::{Told, sentence};
use crate::pages::accounts::show::Shown;
use crate::route::Route;
use crate::shell::{Act, Failure, drafts};
use crate::state::SessionState;
use crate::ui::{Banner, Dialog, Skeleton, Tone, When, effect, effect_after, use_announcer};

/// The id of what a step begins with: it takes the focus.
pub const STEP: &str = "act-step";

/// What is typed. It stays while the page stands, whether the dialog is open or not.
#[derive(Clone, Copy)]
pub struct Typed {
    /// For which act.
    of: StoredValue<Option<Action>>,
    /// [`NOW`] or [`ON_DATE`].
    pub when: RwSignal<String>,
    /// The day and the hour.
    pub date: RwSignal<String>,
    /// The zone in which they are meant.
    pub zone: RwSignal<String>,
    /// Why.
    pub reason: RwSignal<String>,
    /// Who takes over what a leaver has; nobody when it is empty.
    pub heir: RwSignal<String>,
    /// The name, to confirm.
    pub name: RwSignal<String>,
    /// Why nobody else can be waited for.
    pub emergency: RwSignal<String>,
    /// One's own words beside an invitation.
    pub words: RwSignal<String>,
}

/// At once.
pub const NOW: &str = "now";
/// On a date.
pub const ON_DATE: &str = "on";

impl Default for Typed {
    /// Nothing yet.
    fn default() -> Self {
        let empty = || RwSignal::new(String::new());
        Self {
            of: StoredValue::new(None),
            when: RwSignal::new(NOW.to_owned()),
            date: empty(),
            zone: empty(),
            reason: empty(),
            heir: empty(),
            name: empty(),
            emergency: empty(),
            words: empty(),
        }
    }
}

/// What is typed, as it lies in this tab.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    action: Option<Action>,
    when: String,
    date: String,
    zone: String,
    reason: String,
    words: String,
}

impl Typed {
    /// What was typed about somebody before the page was loaded again, kept in this tab for whoever typed it.
    pub fn restore(id: &PersonId, session: SessionState) -> Self {
        let typed = Self::default();
        let Some(me) = session.session_untracked().map(|session| session.person.id) else { return typed };
        let name = format!("{}{me}/{id}", drafts::ACT);
        let kept = storage::read(Area::Session, &name);
        if let Some(kept) = kept.and_then(|text| json::read::<Kept>(&text).ok()) {
            typed.of.set_value(kept.action);
            typed.when.set(kept.when);
            typed.date.set(kept.date);
            typed.zone.set(kept.zone);
            typed.reason.set(kept.reason);
            typed.words.set(kept.words);
        }
        // The device's store is outside the reactive graph.
        effect(move || {
            let kept = typed.kept();
            if kept.reason.is_empty() && kept.date.is_empty() && kept.words.is_empty() {
                storage::remove(Area::Session, &name);
            } else if let Ok(text) = serde_json::to_string(&kept) {
                // Without room what is typed still stands on the page.
                let _ = storage::write(Area::Session, &name, &text);
            }
        });
        typed
    }

    /// What is worth keeping; follows changes. The name that confirms is typed anew each time.
    fn kept(self) -> Kept {
        Kept {
            action: self.of.get_value(),
            when: self.when.get(),
            date: self.date.get(),
            zone: self.zone.get(),
            reason: self.reason.get(),
            words: self.words.get(),
        }
    }

    /// What was typed for another act isn't meant for this one.
    fn begin(self, action: Action) {
        let before = self.of.get_value();
        self.of.set_value(Some(action));
        if before.is_some_and(|before| before != action) {
            self.forget();
        }
        // A confirmation is typed, and an heir chosen, each time.
        self.name.set(String::new());
        self.heir.set(String::new());
    }

    /// It was done: nothing of it is needed any more.
    pub fn done(self) {
        self.forget();
        self.name.set(String::new());
    }

    fn forget(self) {
        for field in [self.date, self.reason, self.heir, self.name, self.emergency] {
            field.set(String::new());
        }
        self.when.set(NOW.to_owned());
    }
}

/// The dialog of the act that the address names.
#[component]
pub fn ActDialog(
    shown: Shown,
    /// The act of the address.
    act: Memo<Option<Action>>,
    /// Names another act in the address, or none.
    go: Callback<Option<Action>>,
    typed: Typed,
) -> impl IntoView {
    let words = use_words();
    let open = RwSignal::new(false);
    // The dialog is the browser's; the address opens it.
    effect(move || open.set(act.get().is_some()));
    // Closed by hand it leaves the address, and the page shows how things stand now.
    effect_after(move |before: Option<bool>| {
        let is_open = open.get();
        if before == Some(true) && !is_open {
            if act.get_untracked().is_some() {
                go.run(None);
            }
            shown.ask_again();
        }
        is_open
    });
    // While it closes it keeps its heading.
    let last = Memo::new(move |before: Option<&Option<Action>>| act.get().or(before.copied().flatten()));
    let title = Signal::derive(move || {
        let name = shown.account.with(|account| account.name.clone());
        last.get().map(|action| words.text_with(title_key(action), &[("name", name)])).unwrap_or_default()
    });
    view! {
        <Dialog open title>
            {move || act.get().map(|action| view! { <Flow action shown go typed/> })}
        </Dialog>
    }
}

const fn title_key(action: Action) -> Key {
    match action {
        Action::Invite => w::INVITE_TITLE,
        Action::Remind => w::REMIND_TITLE,
        Action::Deactivate => w::DEACTIVATE_TITLE,
        Action::Reactivate => w::REACTIVATE_TITLE,
        Action::Remove => w::REMOVE_TITLE,
        Action::Delete => w::DELETE_TITLE,
        Action::Withdraw => w::WITHDRAW_TITLE,
        Action::Hold => w::HOLD_TITLE,
        Action::Lift => w::LIFT_TITLE,
        Action::Cancel => w::CANCEL_TITLE,
    }
}

/// Where one is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// When and why.
    Ask,
    /// What would happen.
    Check,
    /// What the backend said.
    Done,
}

/// What the steps share.
#[derive(Clone, Copy)]
pub struct Acting {
    /// What is done.
    pub action: Action,
    /// The account.
    pub shown: Shown,
    /// What is typed.
    pub typed: Typed,
    /// Where one is.
    pub step: RwSignal<Step>,
    /// What would happen, as it was shown.
    pub plan: RwSignal<Option<Plan>>,
    /// What became of it.
    pub run: RwSignal<Option<Run>>,
    /// Why the last call failed.
    pub failure: RwSignal<Option<ApiError>>,
    /// Whether things had changed when it was to be done, so that it was looked at anew.
    pub is_anew: RwSignal<bool>,
    /// Looks what would happen.
    pub look: Act<NewPlan>,
    /// Looks anew with another heir.
    pub choose: Act<()>,
    /// Does it.
    pub confirm: Act<NewRun>,
    /// Names another act in the address, or none.
    pub go: Callback<Option<Action>>,
}

impl Acting {
    /// The plan that is asked for, without a date.
    pub fn new_plan(self) -> NewPlan {
        NewPlan {
            action: self.action,
            targets: vec![self.shown.account.with_untracked(|account| account.id.to_string())],
            key: frontdesk_contract::plan::Key::Id,
            places: Vec::new(),
            when: None,
            reason: self.typed.reason.with_untracked(|reason| reason.parse::<Reason>().ok()),
            heir: self.typed.heir.with_untracked(|heir| heir.parse().ok()),
        }
    }
}

/// Whether something must be said before one can look what would happen.
pub const fn asks(action: Action) -> bool {
    match action {
        Action::Deactivate
        | Action::Remove
        | Action::Delete
        | Action::Withdraw
        | Action::Hold
        | Action::Lift => true,
        Action::Invite | Action::Remind | Action::Reactivate | Action::Cancel => false,
    }
}

#[component]
fn Flow(action: Action, shown: Shown, go: Callback<Option<Action>>, typed: Typed) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    typed.begin(action);
    let refused =
        shown.account.with_untracked(|account| refusal(account, action, session.now_untracked(), words));
    match refused {
        Some(reason) => view! { <Refused reason/> }.into_any(),
        None => view! { <Steps action shown go typed/> }.into_any(),
    }
}

/// The act isn't possible: why, and where the rules are explained.
#[component]
fn Refused(reason: String) -> impl IntoView {
    view! {
        <Banner tone=Tone::Warn>
            <p>{reason}</p>
        </Banner>
        <LifecycleLink/>
    }
}

/// The way to the rules, from each act.
#[component]
fn LifecycleLink() -> impl IntoView {
    view! {
        <p>
            <a href=Route::Lifecycle.to_string()>{t(w::ACCOUNTS_LIFECYCLE)}</a>
        </p>
    }
}

#[component]
fn Steps(action: Action, shown: Shown, go: Callback<Option<Action>>, typed: Typed) -> impl IntoView {
    let words = use_words();
    let step = RwSignal::new(if asks(action) { Step::Ask } else { Step::Check });
    let plan = RwSignal::new(None::<Plan>);
    let run = RwSignal::new(None::<Run>);
    let failure = RwSignal::new(None::<ApiError>);
    let is_anew = RwSignal::new(false);
    let look = use_look(step, plan, failure);
    let confirm = use_confirm(shown, typed, look, Outcome { step, plan, run, failure, is_anew }, words);
    let whole = StoredValue::new(None::<Acting>);
    let choose = use_choosing(move || whole.try_get_value().flatten());
    let acting =
        Acting { action, shown, typed, step, plan, run, failure, is_anew, look, choose, confirm, go };
    whole.set_value(Some(acting));
    if !asks(action) {
        look.begin(acting.new_plan());
    }
    let is = move |wanted: Step| Signal::derive(move || step.get() == wanted);
    let is_planned = Signal::derive(move || step.get() == Step::Check && plan.with(Option::is_some));
    let is_looking = Signal::derive(move || {
        step.get() == Step::Check && plan.with(Option::is_none) && failure.with(Option::is_none)
    });
    let on_retry = Callback::new(move |()| {
        failure.set(None);
        look.begin(acting.new_plan());
    });
    let has_failed = Signal::derive(move || step.get() == Step::Check && plan.with(Option::is_none));
    view! {
        <When on=is(Step::Ask)>
            <Ask acting/>
        </When>
        <When on=is_looking>
            <div role="status">
                <span class="visually-hidden">{t(w::LOADING)}</span>
                <Skeleton lines=4/>
            </div>
        </When>
        <When on=has_failed>
            <Failure error=failure on_retry busy=look.pending()/>
        </When>
        <When on=is_planned>
            <HandingOver acting/>
            <Check acting/>
        </When>
        <When on=is(Step::Done)>
            <Told acting/>
        </When>
        <When on=Signal::derive(move || step.get() != Step::Done)>
            <LifecycleLink/>
        </When>
    }
}

/// Moves the focus to what the step begins with, once it is in the page.
pub fn focus_step() {
    request_animation_frame(|| {
        focus::focus_id(STEP);
    });
}

/// Looks what would happen. To look twice is to look once.
fn use_look(
    step: RwSignal<Step>,
    plan: RwSignal<Option<Plan>>,
    failure: RwSignal<Option<ApiError>>,
) -> Act<NewPlan> {
    let client = expect_context::<Client>();
    Act::new(move |new: NewPlan| {
        let client = client.clone();
        async move {
            match client.send(plans::look(&new)).await {
                Ok(found) => {
                    // The dialog may be closed.
                    if plan.try_set(Some(found)).is_none() {
                        step.set(Step::Check);
                        focus_step();
                    }
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
        }
    })
}

/// Where the outcome of a run goes.
#[derive(Clone, Copy)]
struct Outcome {
    step: RwSignal<Step>,
    plan: RwSignal<Option<Plan>>,
    run: RwSignal<Option<Run>>,
    failure: RwSignal<Option<ApiError>>,
    is_anew: RwSignal<bool>,
}

/// Does what was shown. Where things have changed since nothing is done: they are looked at anew.
fn use_confirm(shown: Shown, typed: Typed, look: Act<NewPlan>, to: Outcome, words: Words) -> Act<NewRun> {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let Outcome { step, plan, run, failure, is_anew } = to;
    // A plan is run once, whatever the key; the key is the plan's, so that trying again is the same call.
    let key = StoredValue::new(random::uuid());
    Act::new(move |new: NewRun| {
        let client = client.clone();
        let planned = plan.get_untracked();
        async move {
            let Some(planned) = planned else { return };
            let key = format!("{}-{}", key.try_get_value().unwrap_or_default(), planned.id);
            match client.send(plans::run(planned.id, &new, &key)).await {
                Ok(done) => {
                    announcer.announce(sentence(&done, &planned, words));
                    let is_gone = done.receipt.as_ref().is_some_and(|receipt| receipt.stage.is_none());
                    if run.try_set(Some(done)).is_none() {
                        typed.done();
                        step.set(Step::Done);
                        focus_step();
                        // What is deleted can't be shown any more: the page follows when the receipt was read.
                        if !is_gone {
                            shown.ask_again();
                        }
                    }
                }
                Err(ApiError::Changed { .. }) => {
                    if is_anew.try_set(true).is_none() {
                        announcer.alert(words.text(w::ACT_CHANGED));
                        shown.ask_again();
                        // The old look must not be confirmed once more while the new one is on its way.
                        plan.set(None);
                        // Whoever was chosen may be what has changed: they are chosen anew.
                        typed.heir.set(String::new());
                        look.begin(again(&planned));
                    }
                }
                Err(error) => drop(failure.try_set(Some(error))),
            }
        }
    })
}

/// The same question as that of a plan.
fn again(plan: &Plan) -> NewPlan {
    NewPlan {
        action: plan.action,
        targets: plan.rows.iter().filter_map(|row| row.person.as_ref().map(|it| it.id.to_string())).collect(),
        key: frontdesk_contract::plan::Key::Id,
        places: Vec::new(),
        when: plan.when,
        reason: plan.reason.as_deref().and_then(|reason| reason.parse().ok()),
        heir: None,
    }
}
