//! The second step of an act: what would happen, in words with their source; the confirmation.

use frontdesk_contract::account::act::{Action, Approval};
use frontdesk_contract::account::comeback::{Piece, Possession};
use frontdesk_contract::plan::{NewRun, Plan, RowVerdict, ToType};
use frontdesk_contract::text::{REASON_MAX, Reason};
use leptos::prelude::*;

use crate::browser::{focus, intl};
use crate::i18n::{Key, Words, keys as w, t, t_with, use_words};
use crate::pages::accounts::dialog::{Acting, STEP, Step};
use crate::shell::acts::{reason_text, source_key, told};
use crate::shell::changes::field_name;
use crate::shell::own_words::{OwnWords, OwnWordsWrong, own_words};
use crate::shell::{Desk, Failure};
use crate::state::SessionState;
use crate::ui::{Banner, Button, ButtonKind, TextField, Tone, Variant, When};

const NAME: &str = "act-name";
const EMERGENCY: &str = "act-emergency";
const WORDS: &str = "act-words";

/// The step, with the plan as the backend made it.
#[component]
pub fn Check(acting: Acting) -> impl IntoView {
    // Made anew with each plan: what is confirmed is what stands here.
    move || {
        acting.plan.get().map(|plan| {
            if plan.counts.will > 0 {
                view! { <Possible acting plan/> }.into_any()
            } else {
                view! { <NotPossible acting plan/> }.into_any()
            }
        })
    }
}

/// Nothing would happen: why.
#[component]
fn NotPossible(acting: Acting, plan: Plan) -> impl IntoView {
    let words = use_words();
    let text = move || {
        let row = plan.rows.first();
        match row.map(|row| (row.verdict, row.reason, row.date)) {
            Some((RowVerdict::Refused, Some(reason), date)) => reason_text(plan.action, reason, date, words),
            Some((RowVerdict::Unknown, _, _)) => words.text(w::ERROR_NOT_FOUND),
            Some((
                RowVerdict::Will | RowVerdict::Already | RowVerdict::Refused | RowVerdict::Twice,
                _,
                _,
            ))
            | None => words.text(w::ACCOUNTS_ALREADY),
        }
    };
    let on_close = Callback::new(move |()| acting.go.run(None));
    view! {
        <div id=STEP tabindex="-1" class="act-step">
            <Anew acting/>
            <Banner tone=Tone::Warn>
                <p>{text}</p>
            </Banner>
        </div>
        <div class="form-actions">
            <Button on_press=on_close>{t(w::DIALOG_CLOSE)}</Button>
        </div>
    }
}

/// Things had changed: nothing was done, and this is how they stand now.
#[component]
fn Anew(acting: Acting) -> impl IntoView {
    view! {
        <When on=acting.is_anew>
            <Banner tone=Tone::Warn>
                <p>{t(w::ACT_CHANGED)}</p>
            </Banner>
        </When>
    }
}

#[component]
fn Possible(acting: Acting, plan: Plan) -> impl IntoView {
    let words = use_words();
    let Acting { action, shown, typed, failure, confirm, .. } = acting;
    let name = shown.account.with_untracked(|account| account.name.clone());
    let to_type = if action.is_final() { ToType::Name(name.clone()) } else { ToType::Nothing };
    let must_type = to_type != ToType::Nothing;
    let rule = StoredValue::new(to_type);
    let own = StoredValue::new(name.clone());
    let name_error = RwSignal::new(None::<String>);
    let emergency_error = RwSignal::new(None::<String>);
    let words_error = RwSignal::new(None::<String>);
    let desk = expect_context::<Desk>();
    // Where the backend sends the link, one's own words go with it.
    let is_mailed = Memo::new(move |_| action.makes_link() && desk.sends_mail());
    let ask = move || words.text_with(w::REMOVE_TYPE, &[("name", own.get_value())]);
    // Unarmed it keeps its verb, and says what arms it.
    let refused = Signal::derive(move || {
        let is_met = rule.with_value(|rule| typed.name.with(|name| rule.is_met(Some(name))));
        (!is_met).then(ask)
    });
    let (hash, approval) = (plan.hash.clone(), plan.approval);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if confirm.is_pending() || acting.choose.is_pending() {
            return;
        }
        if refused.with_untracked(Option::is_some) {
            name_error.set(Some(untrack(ask)));
            focus::focus_id(NAME);
            return;
        }
        name_error.set(None);
        let emergency = typed.emergency.with_untracked(|text| text.parse::<Reason>().ok());
        if approval == Approval::Alone && emergency.is_none() {
            emergency_error.set(Some(words.text(w::ERROR_REASON_MISSING)));
            focus::focus_id(EMERGENCY);
            return;
        }
        let own = match typed.words.with_untracked(|text| own_words(text, words)) {
            Ok(own) => own,
            Err(_) if !is_mailed.get_untracked() => None,
            Err(OwnWordsWrong(wrong)) => {
                words_error.set(Some(wrong));
                focus::focus_id(WORDS);
                return;
            }
        };
        words_error.set(None);
        failure.set(None);
        confirm.begin(NewRun {
            hash: hash.clone(),
            typed: must_type.then(|| typed.name.get_untracked()),
            emergency: emergency.filter(|_| approval != Approval::Free),
            words: own.filter(|_| is_mailed.get_untracked()),
        });
    };
    let on_back = Callback::new(move |()| {
        failure.set(None);
        acting.is_anew.set(false);
        acting.plan.set(None);
        acting.step.set(Step::Ask);
        typed.heir.set(String::new());
    });
    let can_go_back = super::dialog::asks(action);
    let on_close = Callback::new(move |()| acting.go.run(None));
    let variant = if action.ends_access() { Variant::Danger } else { Variant::Primary };
    let is_dated = plan.when.is_some();
    let busy = Signal::derive(move || confirm.pending().get() || acting.choose.pending().get());
    // Until the backend has confirmed it, nobody may believe that it is done.
    let is_requested = Signal::derive(move || action == Action::Deactivate && confirm.pending().get());
    let session = expect_context::<SessionState>();
    let requested = move || {
        let time = intl::time(session.now_untracked(), &words.language());
        words.text_with(w::DEACTIVATE_REQUESTED, &[("time", time)])
    };
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            <div id=STEP tabindex="-1" class="act-step stack">
                <Anew acting/>
                <h3>{t(w::ACT_WILL)}</h3>
                <Effects plan=plan.clone()/>
                {(action == Action::Reactivate).then(|| view! { <Comeback acting/> })}
                {(action == Action::Remove).then(|| view! { <Fields acting/> })}
            </div>
            <Approvals approval error=emergency_error acting/>
            {must_type
                .then(|| {
                    view! { <TextField id=NAME label=Signal::derive(ask) value=typed.name error=name_error/> }
                })}
            <When on=is_mailed>
                <OwnWords id=WORDS notice=w::ACT_MAIL value=typed.words error=words_error/>
            </When>
            <Failure error=failure/>
            <div role="status">
                <When on=is_requested>
                    <p>{requested}</p>
                </When>
            </div>
            <div class="form-actions">
                <Button variant kind=ButtonKind::Submit busy refused>
                    {t_with(do_key(action, approval, is_dated), [("name", Signal::stored(name))])}
                </Button>
                {if can_go_back {
                    view! { <Button variant=Variant::Quiet on_press=on_back>{t(w::ACT_BACK)}</Button> }
                } else {
                    view! { <Button variant=Variant::Quiet on_press=on_close>{t(w::ACTION_CANCEL)}</Button> }
                }}
            </div>
        </form>
    }
}

/// The verb with the name; where a second person must approve it only asks.
const fn do_key(action: Action, approval: Approval, is_dated: bool) -> Key {
    match (action, approval, is_dated) {
        (Action::Remove, _, _) => w::REMOVE_DO,
        (Action::Delete, _, _) => w::DELETE_DO,
        (Action::Deactivate, _, true) => w::DEACTIVATE_DO_LATER,
        (Action::Deactivate, _, false) => w::DEACTIVATE_DO,
        (Action::Invite, _, _) => w::INVITE_DO,
        (Action::Remind, _, _) => w::REMIND_DO,
        (Action::Reactivate, _, _) => w::REACTIVATE_DO,
        (Action::Withdraw, _, _) => w::WITHDRAW_DO,
        (Action::Hold, _, _) => w::HOLD_DO,
        (Action::Lift, _, _) => w::LIFT_DO,
        (Action::Cancel, _, _) => w::CANCEL_DO,
    }
}

/// What would happen, line by line, with where each is known from.
#[component]
fn Effects(plan: Plan) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let lines = move || {
        let told = told(plan.action, &plan.consequences, session.now_untracked(), words);
        let line = |line: crate::shell::acts::Told| {
            view! {
                <li>
                    <span>{line.text} " " <span class="hint effects__source">{words.text(source_key(line.source))}</span></span>
                </li>
            }
        };
        told.into_iter().map(line).collect_view()
    };
    view! { <ul class="marks effects" role="list">{lines}</ul> }
}

/// What a reactivation brings back, what must be set again, what is gone.
#[component]
fn Comeback(acting: Acting) -> impl IntoView {
    let words = use_words();
    let lists = acting.shown.account.with_untracked(|account| account.comeback.clone());
    let list = move |key: Key, pieces: Vec<Piece>| {
        (!pieces.is_empty()).then(|| {
            let lines = merged(pieces)
                .into_iter()
                .map(|piece| view! { <li><span>{piece_text(&piece, words)}</span></li> });
            view! {
                <div>
                    <h3>{t(key)}</h3>
                    <ul class="marks" role="list">{lines.collect_view()}</ul>
                </div>
            }
        })
    };
    lists.map(|lists| {
        let again = lists.again;
        let has_again = !again.is_empty();
        view! {
            {list(w::ACT_COMES_BACK, lists.back)}
            {list(w::ACT_SET_AGAIN, again)}
            {has_again.then(|| view! { <p class="hint">{t(w::AGAIN_LATER)}</p> })}
            {list(w::ACT_GONE, lists.gone)}
        }
    })
}

/// What belongs together is one line: all memberships that are set again, and all that aren't known here.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut lines: Vec<Piece> = Vec::new();
    for piece in pieces {
        let is_alike = |line: &&mut Piece| {
            line.what == piece.what && line.since == piece.since && line.key.is_some() == piece.key.is_some()
        };
        match lines.iter_mut().find(is_alike) {
            Some(line) => line.names.extend(piece.names),
            None => lines.push(piece),
        }
    }
    lines
}

/// Something that an account had, in words.
pub fn piece_text(piece: &Piece, words: Words) -> String {
    let names = intl::list(&piece.names, &words.language());
    match (piece.what, piece.since) {
        (Possession::Access, _) => words.text(w::COMEBACK_ACCESS),
        (Possession::Sessions, _) => words.text(w::COMEBACK_SESSIONS),
        (Possession::Data, _) => words.text(w::COMEBACK_DATA),
        (Possession::Memberships, Some(at)) => {
            let date = intl::day_and_time(at, &words.language());
            words.text_with(w::COMEBACK_GROUPS_GONE, &[("names", names), ("date", date)])
        }
        (Possession::Memberships, None) => words.text_with(w::COMEBACK_GROUPS, &[("names", names)]),
        (Possession::Manager, _) => words.text_with(w::COMEBACK_MANAGER, &[("name", names)]),
    }
}

/// The fields that go, as the directory has them, in two lists.
#[component]
fn Fields(acting: Acting) -> impl IntoView {
    let words = use_words();
    let fields = acting.shown.account.with_untracked(|account| account.fields.clone());
    let text = move |key: Key, names: &[String]| {
        let names = field_names(names, words);
        (!names.is_empty()).then(|| words.text_with(key, &[("names", names)]))
    };
    fields.map(|fields| {
        view! {
            <p>{text(w::ACT_FIELDS_DELETED, &fields.deleted)}</p>
            <p>{text(w::ACT_FIELDS_MASKED, &fields.masked)}</p>
            <p>{text(w::ACT_FIELDS_FIXED, &fields.fixed)}</p>
        }
    })
}

/// Profile fields as people call them; what has no name of ours keeps the directory's.
pub fn field_names(names: &[String], words: Words) -> String {
    let names: Vec<String> = names.iter().map(|name| field_name(name, words)).collect();
    intl::list(&names, &words.language())
}

/// Whether a second person must approve, told before it is asked; and the way without one, which is loud.
#[component]
fn Approvals(approval: Approval, error: RwSignal<Option<String>>, acting: Acting) -> impl IntoView {
    let field = move || {
        view! {
            <TextField
                id=EMERGENCY
                label=t(w::ACT_EMERGENCY_WHY)
                hint=t(w::ACT_EMERGENCY_TEXT)
                value=acting.typed.emergency
                error
                max=REASON_MAX
            />
        }
    };
    match approval {
        Approval::Free => ().into_any(),
        Approval::Other => view! {
            <Banner tone=Tone::Info>
                <p>{t(w::ACT_APPROVAL)}</p>
            </Banner>
            <details class="history">
                <summary>{t(w::ACT_EMERGENCY)}</summary>
                {field()}
            </details>
        }
        .into_any(),
        Approval::Alone => view! {
            <Banner tone=Tone::Warn>
                <p>{t(w::REASON_APPROVAL_ALONE)}</p>
            </Banner>
            {field()}
        }
        .into_any(),
    }
}
