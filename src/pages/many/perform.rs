//! The last step before something is done: the number or the name typed, a second person asked, the emergency approval.

use frontdesk_contract::account::act::Approval;
use frontdesk_contract::plan::{NewRun, Plan, RowVerdict, Run, ToType};
use frontdesk_contract::text::Reason;
use leptos::prelude::*;

use crate::api::{ApiError, Client, plans};
use crate::browser::{focus, intl, random};
use crate::i18n::{keys as w, t, use_words};
use crate::pages::many::wording::act_count;
use crate::route;
use crate::shell::own_words::{OwnWords, OwnWordsWrong, own_words};
use crate::shell::{Act, Checked, Desk, Failure, submit, use_fetched_if, use_onward};
use crate::state::SessionState;
use crate::ui::{Banner, Button, ButtonKind, Checkbox, Input, TextArea, TextField, Tone, Variant, When};

const TYPED: &str = "many-typed";
const EMERGENCY: &str = "many-emergency";
const WHY: &str = "many-why";
const WORDS: &str = "many-words";

/// What stands in the fields.
#[derive(Clone, Copy)]
struct Fields {
    typed: RwSignal<String>,
    typed_error: RwSignal<Option<String>>,
    is_emergency: RwSignal<bool>,
    why: RwSignal<String>,
    why_error: RwSignal<Option<String>>,
    failure: RwSignal<Option<ApiError>>,
    /// What the people read beside the link, where the backend sends it.
    words: RwSignal<String>,
    words_error: RwSignal<Option<String>>,
    /// Whether what is shown holds no more.
    is_stale: RwSignal<bool>,
}

/// The form.
#[component]
pub fn Perform(plan: Signal<Plan>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let fields = Fields {
        typed: RwSignal::new(String::new()),
        typed_error: RwSignal::new(None),
        is_emergency: RwSignal::new(false),
        why: RwSignal::new(String::new()),
        why_error: RwSignal::new(None),
        failure: RwSignal::new(None),
        words: RwSignal::new(String::new()),
        words_error: RwSignal::new(None),
        is_stale: RwSignal::new(plan.with_untracked(|plan| plan.ends_at <= state.now_untracked())),
    };
    let desk = expect_context::<Desk>();
    let is_mailed = Memo::new(move |_| desk.sends_mail() && plan.with(|plan| plan.action.makes_link()));
    let to_type = use_to_type(plan);
    let run = use_run(plan, fields);
    let checks = move || {
        let is_met = to_type.with_untracked(|wanted| wanted.is_met(Some(&fields.typed.read_untracked())));
        let typed = (!is_met).then(|| words.text(w::MANY_TYPE_WRONG));
        let why = fields.why.read_untracked().parse::<Reason>().err();
        let why =
            why.filter(|_| fields.is_emergency.get_untracked()).map(|_| words.text(w::ERROR_REASON_MISSING));
        let own = own_words(&fields.words.read_untracked(), words).err().map(|OwnWordsWrong(wrong)| wrong);
        vec![
            Checked { id: TYPED, error: fields.typed_error, wrong: typed },
            Checked { id: WHY, error: fields.why_error, wrong: why },
            Checked { id: WORDS, error: fields.words_error, wrong: own },
        ]
    };
    let new = move || {
        let typed = fields.typed.get_untracked();
        let emergency = fields.why.read_untracked().parse().ok();
        NewRun {
            hash: plan.with_untracked(|plan| plan.hash.clone()),
            typed: Some(typed).filter(|typed| !typed.trim().is_empty()),
            emergency: emergency.filter(|_| fields.is_emergency.get_untracked()),
            words: fields.words.read_untracked().parse().ok().filter(|_| is_mailed.get_untracked()),
        }
    };
    let on_submit = submit(run, fields.failure, checks, new);
    let refused = use_refusal(plan, fields);
    let is_asked =
        Memo::new(move |_| plan.with(|plan| plan.approval != Approval::Free) && !fields.is_emergency.get());
    let label = Signal::derive(move || {
        if is_asked.get() {
            words.text(w::MANY_APPROVAL_ASK)
        } else {
            plan.with(|plan| words.count(act_count(plan.action), plan.counts.will))
        }
    });
    let needs_approval = Signal::derive(move || plan.with(|plan| plan.approval != Approval::Free));
    let variant = if plan.with_untracked(|plan| plan.action.ends_access()) {
        Variant::Danger
    } else {
        Variant::Primary
    };
    view! {
        <form class="card many-act" novalidate on:submit=on_submit>
            <Stale plan is_stale=fields.is_stale/>
            <Typed to_type fields/>
            <When on=needs_approval>
                <Approve plan fields/>
            </When>
            <When on=is_mailed>
                <OwnWords id=WORDS notice=w::MANY_MAIL value=fields.words error=fields.words_error/>
            </When>
            <Failure error=fields.failure/>
            <div class="form-actions">
                <Button variant kind=ButtonKind::Submit busy=run.pending() refused>
                    {label}
                </Button>
            </div>
        </form>
    }
}

/// What has to be typed: the number of many, the name of one whom nothing brings back.
fn use_to_type(plan: Signal<Plan>) -> Memo<ToType> {
    let named = use_fetched_if(move || {
        plan.with(|plan| {
            let is_one = plan.counts.will == 1 && plan.action.is_final();
            is_one.then(|| plans::rows(plan.id, Some(RowVerdict::Will), None, 1))
        })
    });
    Memo::new(move |_| {
        let name = named.with(|page| page.and_then(|page| page.items.first()?.person.clone()));
        plan.with(|plan| match name {
            Some(person) => ToType::Name(person.name),
            None if plan.type_number => ToType::Number(plan.counts.will),
            None => ToType::Nothing,
        })
    })
}

fn use_run(plan: Signal<Plan>, fields: Fields) -> Act<NewRun> {
    let client = expect_context::<Client>();
    let onward = use_onward();
    let words = use_words();
    let key = StoredValue::new(random::uuid());
    let id = plan.with_untracked(|plan| plan.id);
    Act::new(move |new: NewRun| {
        let (client, onward) = (client.clone(), onward.clone());
        async move {
            match client.send(plans::run(id, &new, &key.get_value())).await {
                Ok(run) => {
                    let run: Run = run;
                    onward.go_to(&route::run(run.id));
                }
                Err(ApiError::Changed { .. }) => {
                    let _ = fields.is_stale.try_set(true);
                }
                Err(ApiError::Invalid(_)) => {
                    let _ = fields.typed_error.try_set(Some(words.text(w::MANY_TYPE_WRONG)));
                    focus::focus_id(TYPED);
                }
                Err(error) => {
                    let _ = fields.failure.try_set(Some(error));
                }
            }
        }
    })
}

/// Why it can't be done now.
fn use_refusal(plan: Signal<Plan>, fields: Fields) -> Signal<Option<String>> {
    let state = expect_context::<SessionState>();
    let words = use_words();
    Signal::derive(move || {
        let person = state.person()?;
        plan.with(|plan| {
            if plan.counts.will == 0 {
                Some(words.text(w::MANY_NONE_WILL))
            } else if !person.has(plan.action.right()) {
                Some(words.text(w::ERROR_FORBIDDEN))
            } else if plan.by.id != person.id {
                Some(words.text_with(w::MANY_NOT_YOURS, &[("name", plan.by.name.clone())]))
            } else if fields.is_stale.get() {
                Some(words.text(w::MANY_STALE))
            } else if plan.approval == Approval::Alone && !fields.is_emergency.get() {
                Some(words.text(w::REASON_APPROVAL_ALONE))
            } else {
                None
            }
        })
    })
}

#[component]
fn Typed(to_type: Memo<ToType>, fields: Fields) -> impl IntoView {
    let words = use_words();
    let label = Signal::derive(move || match to_type.get() {
        ToType::Nothing => String::new(),
        ToType::Name(name) => words.text_with(w::MANY_TYPE_NAME, &[("name", name)]),
        ToType::Number(count) => {
            let count = intl::number(count, &words.language());
            words.text_with(w::MANY_TYPE_NUMBER, &[("count", count)])
        }
    });
    let input = if to_type.with_untracked(|it| matches!(it, ToType::Number(_))) {
        Input::Number
    } else {
        Input::Text
    };
    view! {
        <When on=Signal::derive(move || to_type.with(|it| *it != ToType::Nothing))>
            <TextField id=TYPED label value=fields.typed error=fields.typed_error input/>
        </When>
    }
}

/// A second person, or why nobody can be waited for.
#[component]
fn Approve(plan: Signal<Plan>, fields: Fields) -> impl IntoView {
    let words = use_words();
    let text = Signal::derive(move || {
        let is_alone = plan.with(|plan| plan.approval == Approval::Alone);
        words.text(if is_alone { w::REASON_APPROVAL_ALONE } else { w::MANY_APPROVAL_NEEDED })
    });
    view! {
        <Banner tone=Tone::Warn>
            <p>{text}</p>
        </Banner>
        <Checkbox
            id=EMERGENCY
            label=t(w::MANY_APPROVAL_ALONE)
            hint=t(w::MANY_APPROVAL_EMERGENCY_HINT)
            checked=fields.is_emergency
        />
        <When on=fields.is_emergency>
            <TextArea id=WHY label=t(w::MANY_APPROVAL_EMERGENCY_WHY) value=fields.why error=fields.why_error rows=2/>
        </When>
    }
}

/// What was shown holds no more: the way to a new look.
#[component]
fn Stale(plan: Signal<Plan>, is_stale: RwSignal<bool>) -> impl IntoView {
    let client = expect_context::<Client>();
    let onward = use_onward();
    let failure = RwSignal::new(None::<ApiError>);
    let id = plan.with_untracked(|plan| plan.id);
    let look = Act::new(move |()| {
        let (client, onward) = (client.clone(), onward.clone());
        failure.set(None);
        let heir =
            plan.with_untracked(|plan| plan.handover.as_ref()?.heir.as_ref().map(|heir| heir.id.clone()));
        async move {
            let answer = client.send(plans::look_anew(id, heir)).await;
            // Whoever was chosen may be what has changed: then somebody is chosen anew.
            let answer = match answer {
                Err(ApiError::Invalid(_)) => client.send(plans::look_anew(id, None)).await,
                answer => answer,
            };
            match answer {
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
    let on_press = Callback::new(move |()| look.begin(()));
    view! {
        <div role="status">
            <When on=is_stale>
                <Banner
                    tone=Tone::Warn
                    action=ViewFn::from(move || {
                        view! { <Button busy=look.pending() on_press>{t(w::MANY_STALE_DO)}</Button> }
                    })
                >
                    <p>{t(w::MANY_STALE)}</p>
                </Banner>
            </When>
        </div>
        <Failure error=failure/>
    }
}
