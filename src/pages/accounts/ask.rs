//! The first step of an act: when and why. What is typed stays when one goes back.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::act::Action;
use frontdesk_contract::text::{REASON_MAX, Reason, TextRefusal};
use leptos::prelude::*;

use crate::browser::{focus, intl};
use crate::i18n::{Words, keys as w, t, use_words};
use crate::pages::accounts::acts::refusal;
use crate::pages::accounts::dialog::{Acting, NOW, ON_DATE, Typed};
use crate::shell::Failure;
use crate::shell::acts::reason_text;
use crate::state::SessionState;
use crate::ui::{
    Banner, Button, ButtonKind, Choice, ChoiceLayout, ChoiceOption, Input, Select, SelectOption, TextField,
    Tone, Variant, When,
};

const WHEN: &str = "act-when";
const DATE: &str = "act-date";
const ZONE: &str = "act-zone";
const REASON: &str = "act-reason";

/// The step.
#[component]
pub fn Ask(acting: Acting) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let Acting { action, typed, failure, look, .. } = acting;
    let date_error = RwSignal::new(None::<String>);
    let reason_error = RwSignal::new(None::<String>);
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if look.is_pending() {
            return;
        }
        failure.set(None);
        let (wrong_date, wrong_reason) =
            untrack(move || (wrong_date(typed, session.now(), words), wrong_reason(action, typed, words)));
        let is_wrong = (wrong_date.is_some(), wrong_reason.is_some());
        date_error.set(wrong_date);
        reason_error.set(wrong_reason);
        match is_wrong {
            (true, _) => {
                focus::focus_id(DATE);
            }
            (false, true) => {
                focus::focus_id(REASON);
            }
            (false, false) => {
                let mut plan = acting.new_plan();
                let is_on = typed.when.with_untracked(|when| when == ON_DATE);
                plan.when = if is_on { untrack(move || date_of(typed)) } else { None };
                look.begin(plan);
            }
        }
    };
    let is_dated = action == Action::Deactivate;
    let hint = t(if needs_reason(action) { w::ACT_REASON_HINT } else { w::ACT_REASON_OPTIONAL });
    view! {
        {(action == Action::Delete).then(|| view! { <Safer acting/> })}
        <form class="stack" novalidate on:submit=on_submit>
            {is_dated.then(|| view! { <Moment acting error=date_error/> })}
            <TextField id=REASON label=t(w::ACT_REASON) hint value=typed.reason error=reason_error max=REASON_MAX/>
            <Failure error=failure/>
            <div class="form-actions">
                <Button variant=Variant::Primary kind=ButtonKind::Submit busy=look.pending()>{t(w::ACT_CHECK)}</Button>
            </div>
        </form>
    }
}

/// What nothing takes back, and what keeps or lets things be taken back, is done for a reason that is kept.
const fn needs_reason(action: Action) -> bool {
    action.is_final() || matches!(action, Action::Hold | Action::Lift)
}

/// What is wrong with the reason.
fn wrong_reason(action: Action, typed: Typed, words: Words) -> Option<String> {
    match typed.reason.with(|reason| reason.parse::<Reason>()).err()? {
        TextRefusal::Empty if !needs_reason(action) => None,
        TextRefusal::Empty => Some(words.text(w::ERROR_REASON_MISSING)),
        TextRefusal::TooLong(by) => {
            Some(words.count(w::ERROR_TOO_LONG, u64::try_from(by).unwrap_or(u64::MAX)))
        }
        TextRefusal::Unprintable => Some(words.text(w::ERROR_UNPRINTABLE)),
    }
}

/// What is wrong with the date, where one is chosen.
fn wrong_date(typed: Typed, now: Timestamp, words: Words) -> Option<String> {
    if typed.when.with(|when| when != ON_DATE) {
        return None;
    }
    match date_of(typed) {
        None => Some(words.text(w::ACT_DATE_MISSING)),
        Some(at) if at <= now => {
            let reason = frontdesk_contract::account::act::Reason::Past;
            Some(reason_text(Action::Deactivate, reason, None, words))
        }
        Some(_) => None,
    }
}

/// The moment that the day, the hour and the zone name; follows changes.
fn date_of(typed: Typed) -> Option<Timestamp> {
    typed.date.with(|date| typed.zone.with(|zone| intl::moment_in(date, zone)))
}

/// At once, or on a date with its hour and its zone: the person's by default, one's own beside it.
#[component]
fn Moment(acting: Acting, error: RwSignal<Option<String>>) -> impl IntoView {
    let words = use_words();
    let Acting { typed, shown, .. } = acting;
    let mine = intl::time_zone();
    let theirs = shown.account.with_untracked(|account| account.time_zone.clone());
    if typed.zone.with_untracked(String::is_empty) {
        typed.zone.set(theirs.clone().unwrap_or_else(|| mine.clone()));
    }
    let own = StoredValue::new(mine);
    let their = StoredValue::new(theirs);
    let whens = Signal::derive(move || {
        let option = |value: &str, label, text| ChoiceOption {
            value: value.to_owned(),
            label: words.text(label),
            text: words.text(text),
            refused: None,
        };
        vec![
            option(NOW, w::ACT_WHEN_NOW, w::ACT_WHEN_NOW_TEXT),
            option(ON_DATE, w::ACT_WHEN_ON, w::ACT_WHEN_ON_TEXT),
        ]
    });
    let zones = Signal::derive(move || {
        let mine = own.get_value();
        let named =
            |key, zone: String| SelectOption::new(zone.clone(), words.text_with(key, &[("zone", zone)]));
        let mut options = Vec::new();
        if let Some(zone) = their.get_value().filter(|zone| *zone != mine) {
            options.push(named(w::ACT_ZONE_THEIRS, zone));
        }
        let key = if their.get_value().as_ref() == Some(&mine) { w::ACT_ZONE_BOTH } else { w::ACT_ZONE_MINE };
        options.push(named(key, mine.clone()));
        if mine != "UTC" {
            options.push(SelectOption::new("UTC", "UTC"));
        }
        options
    });
    // The same moment by both clocks, so that nobody has to reckon.
    let read = move || {
        let at = date_of(typed)?;
        let language = words.language();
        let zone = typed.zone.get();
        let there = intl::day_and_time_in(at, &zone, &language);
        let mine = own.get_value();
        if zone == mine {
            return Some(there);
        }
        let here = intl::day_and_time_in(at, &mine, &language);
        Some(words.text_with(w::ACT_DATE_BOTH, &[("there", there), ("here", here)]))
    };
    let is_on = Signal::derive(move || typed.when.with(|when| when == ON_DATE));
    view! {
        <Choice id=WHEN legend=t(w::ACT_WHEN) value=typed.when options=whens layout=ChoiceLayout::Row/>
        <When on=is_on>
            <TextField id=DATE label=t(w::ACT_DATE) value=typed.date input=Input::Moment error/>
            <Select id=ZONE label=t(w::ACT_ZONE) value=typed.zone options=zones/>
            <p class="hint" role="status">{read}</p>
        </When>
    }
}

/// What is recommended instead of a deletion, and the way to it.
#[component]
fn Safer(acting: Acting) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let is_possible = acting
        .shown
        .account
        .with_untracked(|account| refusal(account, Action::Remove, session.now_untracked(), words).is_none());
    let on_press = Callback::new(move |()| acting.go.run(Some(Action::Remove)));
    let action =
        ViewFn::from(move || is_possible.then(|| view! { <Button on_press>{t(w::REMOVE_DO)}</Button> }));
    view! {
        <Banner tone=Tone::Good action>
            <p>{t(w::DELETE_SAFER)}</p>
        </Banner>
    }
}
