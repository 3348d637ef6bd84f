//! `/audit`: who did what to whom, when and from where, before and after in words; and the chain that anybody can check.

use frontdesk_contract::audit::{AuditEntry, Thing};
use frontdesk_contract::time::Span;
use frontdesk_contract::{Cursor, Page, Person, Right, Timestamp};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::api::audit;
use crate::browser::{intl, page as document, timer};
use crate::domain::audit::{Part, parts};
use crate::i18n::{Key, Plural, Words, keys as w, t, use_words};
use crate::route::{AFTER, QUERY, Route, with_query};
use crate::shell::acts::{action_key, stage_key};
use crate::shell::changes::changes_text;
use crate::shell::{Loaded, Only, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{
    Button, Empty, Input, PageHeader, Pill, Select, SelectOption, TextField, Tone, When, effect,
};

/// So many lines a page has.
const LINES: usize = 100;
/// How long after the last key a search is made, in milliseconds.
const PAUSE: i32 = 300;
/// The names of the filters in the address, and in the call.
const WHAT: &str = "what";
const BY: &str = "by";
const SINCE: &str = "days";
const PERSON: &str = "person";
/// So many days back one can choose.
const DAYS: [u64; 5] = [1, 7, 30, 90, 365];

/// What the address asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Asked {
    what: String,
    by: String,
    days: String,
    words: String,
    person: String,
    after: String,
}

/// The page, for auditors.
#[component]
pub fn Audit() -> impl IntoView {
    view! {
        <Only may=|person: &Person| person.has(Right::Audit)>
            <Log/>
        </Only>
    }
}

#[component]
fn Log() -> impl IntoView {
    let state = expect_context::<SessionState>();
    let address = use_query_map();
    let asked = Memo::new(move |_| {
        address.with(|query| {
            let word = |name: &str| query.get(name).unwrap_or_default();
            Asked {
                what: word(WHAT),
                by: word(BY),
                days: word(SINCE),
                words: word(QUERY),
                person: word(PERSON),
                after: word(AFTER),
            }
        })
    });
    let navigate = use_navigate();
    let go = Callback::new(move |asked: Asked| {
        let pairs = [
            (WHAT, asked.what),
            (BY, asked.by),
            (SINCE, asked.days),
            (QUERY, asked.words),
            (PERSON, asked.person),
            (AFTER, asked.after),
        ];
        let options = NavigateOptions { scroll: false, replace: false, ..NavigateOptions::default() };
        navigate(&with_query(&Route::Audit, &pairs), options);
    });
    let lines = use_fetched(move || {
        asked.with(|asked| {
            let since = since(&asked.days, state.now_untracked());
            let pairs = [
                ("what", asked.what.as_str()),
                ("by", &asked.by),
                ("since", &since),
                ("q", &asked.words),
                ("person", &asked.person),
                ("cursor", &asked.after),
            ];
            audit::list(&pairs, LINES)
        })
    });
    let title = t(w::NAV_AUDIT);
    announce_page(title);
    let on_export = Callback::new(move |()| document::download(audit::EXPORT));
    view! {
        <PageHeader title intro=t(w::AUDIT_INTRO)>
            <Button on_press=on_export>{t(w::AUDIT_EXPORT)}</Button>
        </PageHeader>
        <Filters asked go/>
        <Loaded data=lines lines=10 let:page>
            <Lines page/>
            <Pager page asked go/>
        </Loaded>
        <Verify/>
    }
}

/// The time from which lines are wanted; empty for all.
fn since(days: &str, now: Timestamp) -> String {
    match days.parse::<i64>() {
        Ok(days) if days > 0 => now.minus(Span::days(days.min(36_500))).to_string(),
        Ok(_) | Err(_) => String::new(),
    }
}

/// What is typed to check an export.
const VERIFY: &str = "frontdesk-backend audit verify audit.ndjson";

/// How to check the file: the chain can be computed by anybody.
#[component]
fn Verify() -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="audit-verify">
            <h2 class="card__title" id="audit-verify">{t(w::AUDIT_VERIFY)}</h2>
            <p>{t(w::AUDIT_VERIFY_TEXT)}</p>
            <code class="audit__verify" tabindex="0">{VERIFY}</code>
            <p class="hint">{t(w::AUDIT_VERIFY_ERASED)}</p>
        </section>
    }
}

/// What narrows the log.
#[component]
fn Filters(asked: Memo<Asked>, go: Callback<Asked>) -> impl IntoView {
    let words = use_words();
    let what = use_filter(asked, go, |asked| &asked.what, |asked, value| asked.what = value);
    let by = use_filter(asked, go, |asked| &asked.by, |asked, value| asked.by = value);
    let days = use_filter(asked, go, |asked| &asked.days, |asked, value| asked.days = value);
    let typed = RwSignal::new(asked.with_untracked(|asked| asked.words.clone()));
    follow_search(typed, asked, go);
    let option = move |value: &str, key| SelectOption::new(value, words.text(key));
    let whats = Signal::derive(move || {
        vec![
            option("", w::AUDIT_WHAT_ANY),
            option("account.", w::AUDIT_WHAT_ACCOUNTS),
            option("run.", w::AUDIT_WHAT_RUNS),
            option("run.emergency", w::AUDIT_WHAT_EMERGENCY),
            option("scim.", w::AUDIT_WHAT_SCIM),
            option("token.", w::AUDIT_WHAT_TOKENS),
        ]
    });
    let bys = Signal::derive(move || {
        vec![
            option("", w::AUDIT_BY_ANY),
            option("person", w::AUDIT_BY_PERSON),
            option("token", w::AUDIT_BY_TOKEN),
            option("clock", w::AUDIT_BY_CLOCK),
        ]
    });
    let spans = Signal::derive(move || {
        let days = |days: u64| SelectOption::new(days.to_string(), words.count(w::AUDIT_DAYS, days));
        std::iter::once(option("", w::REQUESTS_ANY_WITHIN)).chain(DAYS.map(days)).collect::<Vec<_>>()
    });
    let is_person = Signal::derive(move || asked.with(|asked| !asked.person.is_empty()));
    let on_everybody = Callback::new(move |()| {
        go.run(Asked { person: String::new(), after: String::new(), ..asked.get_untracked() });
    });
    view! {
        <div class="audit-filters" role="group" aria-label=t(w::REQUESTS_FILTERS)>
            <TextField id="audit-search" label=t(w::AUDIT_SEARCH) value=typed input=Input::Search/>
            <Select id="audit-what" label=t(w::AUDIT_WHAT) value=what options=whats/>
            <Select id="audit-by" label=t(w::AUDIT_BY) value=by options=bys/>
            <Select id="audit-days" label=t(w::AUDIT_SINCE) value=days options=spans/>
            <When on=is_person>
                <Button on_press=on_everybody>{t(w::AUDIT_EVERYBODY)}</Button>
            </When>
        </div>
    }
}

/// A filter as a signal that follows the address, and is written into it.
fn use_filter(
    asked: Memo<Asked>,
    go: Callback<Asked>,
    read: fn(&Asked) -> &String,
    write: fn(&mut Asked, String),
) -> RwSignal<String> {
    let value = RwSignal::new(asked.with_untracked(|asked| read(asked).clone()));
    // The address changes too by going back, or by a link.
    effect(move || {
        let wanted = asked.with(|asked| read(asked).clone());
        if value.with_untracked(|value| *value != wanted) {
            value.set(wanted);
        }
    });
    // The address is outside the reactive graph.
    effect(move || {
        let chosen = value.get();
        let mut next = asked.get_untracked();
        if *read(&next) != chosen {
            write(&mut next, chosen);
            next.after.clear();
            go.run(next);
        }
    });
    value
}

/// Writes the words into the address once the fingers rest.
fn follow_search(typed: RwSignal<String>, asked: Memo<Asked>, go: Callback<Asked>) {
    let pause = StoredValue::new_local(None::<timer::Timer>);
    // The words that were written into the address last; they come back a moment later.
    let written = StoredValue::new(typed.get_untracked());
    // The address is outside the reactive graph.
    effect(move || {
        let words = typed.get().trim().to_owned();
        if written.with_value(|written| written.trim() == words) {
            pause.set_value(None);
            return;
        }
        let search = move || {
            written.set_value(words.clone());
            go.run(Asked { words, after: String::new(), ..asked.get_untracked() });
        };
        pause.set_value(Some(timer::after(PAUSE, search)));
    });
    // A link to this page, or going back, changes the address under the field.
    effect(move || {
        let words = asked.with(|asked| asked.words.clone());
        if written.with_value(|written| *written != words) {
            written.set_value(words.clone());
            typed.set(words);
        }
    });
}

#[component]
fn Pager(page: Signal<Page<AuditEntry>>, asked: Memo<Asked>, go: Callback<Asked>) -> impl IntoView {
    let to = move |after: String| go.run(Asked { after, ..asked.get_untracked() });
    let on_first = Callback::new(move |()| to(String::new()));
    let on_next = Callback::new(move |()| {
        let next = page.with_untracked(|page| page.next.clone());
        to(next.map(|Cursor(next)| next).unwrap_or_default());
    });
    view! {
        <div class="pager">
            <When on=Signal::derive(move || asked.with(|asked| !asked.after.is_empty()))>
                <Button on_press=on_first>{t(w::AUDIT_NEWEST)}</Button>
            </When>
            <When on=Signal::derive(move || page.with(|page| page.next.is_some()))>
                <Button on_press=on_next>{t(w::AUDIT_OLDER)}</Button>
            </When>
        </div>
    }
}

#[component]
fn Lines(page: Signal<Page<AuditEntry>>) -> impl IntoView {
    let is_empty = Signal::derive(move || page.with(|page| page.items.is_empty()));
    let line = |entry: AuditEntry| view! { <Line entry/> };
    view! {
        <div class="table-wrap many-rows audit-rows">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(w::AUDIT_COLUMN_WHO)}</th>
                        <th scope="col">{t(w::AUDIT_COLUMN_WHAT)}</th>
                        <th scope="col">{t(w::AUDIT_COLUMN_WHEN)}</th>
                    </tr>
                </thead>
                <tbody>{move || page.get().items.into_iter().map(line).collect_view()}</tbody>
            </table>
        </div>
        <When on=is_empty>
            <Empty text=t(w::AUDIT_EMPTY)/>
        </When>
    }
}

#[component]
fn Line(entry: AuditEntry) -> impl IntoView {
    let words = use_words();
    let language = words.language();
    let who = actor(&entry, words);
    let to = entry.to.as_ref().map(|person| {
        let name = named(&person.name, words);
        view! { " " <a href=Route::AccountOf(person.id.clone()).to_string()>{name}</a> }
    });
    let what = what_text(&entry.what, words);
    let change = change_text(entry.before.as_deref(), entry.after.as_deref(), words);
    let changes = changes_text(&entry.changes, words);
    let exact = intl::exact(entry.at, &language);
    let number = words.text_with(w::AUDIT_LINE, &[("number", intl::number(entry.number, &language))]);
    let tone = if entry.what == "run.emergency" { Tone::Bad } else { Tone::Mute };
    let reason = entry.reason.map(|reason| words.text_with(w::MANY_REASON_OF, &[("reason", reason)]));
    let erased = entry.erased.then(|| words.text(w::AUDIT_ERASED));
    let from = entry.from.map(|network| words.text_with(w::AUDIT_FROM, &[("network", network)]));
    view! {
        <tr>
            <td>
                <span class="many-rows__name">{who}</span>
                <span class="cell-sub">{from}</span>
            </td>
            <td class="audit__words">
                <Pill tone text=what/>
                {to}
                {(!change.is_empty()).then(|| view! { <span class="cell-sub">{change}</span> })}
                {changes.into_iter().map(|text| view! { <span class="cell-sub">{text}</span> }).collect_view()}
                {reason.map(|reason| view! { <span class="cell-sub">{reason}</span> })}
                {erased.map(|erased| view! { <span class="cell-sub">{erased}</span> })}
            </td>
            <td class="audit__words">
                <time datetime=entry.at.to_string()>{exact}</time>
                <span class="cell-sub">{number}</span>
            </td>
        </tr>
    }
}

fn actor(entry: &AuditEntry, words: Words) -> String {
    match (entry.by.kind.as_str(), &entry.by.name) {
        ("clock", _) => words.text(w::AUDIT_BY_CLOCK),
        ("token", Some(name)) => words.text_with(w::AUDIT_TOKEN, &[("name", name.clone())]),
        (_, Some(name)) => named(name, words),
        (_, None) => words.text(w::AUDIT_NAME_ERASED),
    }
}

fn named(name: &str, words: Words) -> String {
    if name.is_empty() { words.text(w::AUDIT_NAME_ERASED) } else { name.to_owned() }
}

/// What was done, in words; what a later release writes is shown as it is.
fn what_text(what: &str, words: Words) -> String {
    WHATS.iter().find(|(name, _)| *name == what).map_or_else(|| what.to_owned(), |(_, key)| words.text(*key))
}

const WHATS: [(&str, Key); 42] = [
    ("account.create", w::AUDIT_DID_CREATED),
    ("account.password.link", w::AUDIT_DID_PASSWORD),
    ("account.rights", w::AUDIT_DID_RIGHTS),
    ("account.invite", w::AUDIT_DID_INVITE),
    ("account.remind", w::AUDIT_DID_REMIND),
    ("account.reminder.due", w::AUDIT_DID_REMINDER),
    ("account.reminder.mailed", w::AUDIT_DID_REMINDER_MAILED),
    ("account.mail.refused", w::AUDIT_DID_MAIL_REFUSED),
    ("account.claim", w::AUDIT_DID_CLAIM),
    ("account.deactivate", w::AUDIT_DID_DEACTIVATE),
    ("account.deactivate.refused", w::AUDIT_DID_DEACTIVATE_REFUSED),
    ("account.memberships.end", w::AUDIT_DID_MEMBERSHIPS),
    ("account.again", w::AUDIT_DID_AGAIN),
    ("account.again.left", w::AUDIT_DID_AGAIN_LEFT),
    ("account.handover", w::AUDIT_DID_HANDOVER),
    ("account.handover.refused", w::AUDIT_DID_HANDOVER_REFUSED),
    ("account.takeover", w::AUDIT_DID_TAKEOVER),
    ("account.reactivate", w::AUDIT_DID_REACTIVATE),
    ("account.remove", w::AUDIT_DID_REMOVE),
    ("account.delete", w::AUDIT_DID_DELETE),
    ("account.delete.refused", w::AUDIT_DID_DELETE_REFUSED),
    ("account.deleted", w::AUDIT_DID_DELETED),
    ("account.withdraw", w::AUDIT_DID_WITHDRAW),
    ("account.hold", w::AUDIT_DID_HOLD),
    ("account.lift", w::AUDIT_DID_LIFT),
    ("account.cancel", w::AUDIT_DID_CANCEL),
    ("run.links", w::AUDIT_DID_LINKS),
    ("run.asked", w::AUDIT_DID_ASKED),
    ("run.approved", w::AUDIT_DID_APPROVED),
    ("run.refused", w::AUDIT_DID_REFUSED),
    ("run.lapsed", w::AUDIT_DID_LAPSED),
    ("run.emergency", w::AUDIT_DID_EMERGENCY),
    ("run.paused", w::AUDIT_DID_PAUSED),
    ("run.running", w::AUDIT_DID_WENT_ON),
    ("run.stopped", w::AUDIT_DID_STOPPED),
    ("scim.create", w::AUDIT_DID_CREATED),
    ("scim.change", w::AUDIT_DID_CHANGED),
    ("scim.delete", w::AUDIT_DID_DELETED),
    ("scim.group.create", w::AUDIT_DID_GROUP_CREATED),
    ("scim.group.change", w::AUDIT_DID_GROUP_CHANGED),
    ("scim.group.delete", w::AUDIT_DID_GROUP_DELETED),
    ("token.made", w::AUDIT_DID_TOKEN),
];

/// How it stood before and after; how it stands where that is all that is known.
fn change_text(before: Option<&str>, after: Option<&str>, words: Words) -> String {
    let text = |state: &str| {
        let parts: Vec<String> = parts(state).iter().map(|part| part_text(part, words)).collect();
        parts.join(", ")
    };
    match (before, after) {
        (Some(before), Some(after)) if before != after => {
            words.text_with(w::AUDIT_CHANGE, &[("before", text(before)), ("after", text(after))])
        }
        (_, Some(after)) => text(after),
        (Some(before), None) => text(before),
        (None, None) => String::new(),
    }
}

const fn thing_key(thing: Thing) -> Plural {
    match thing {
        Thing::Requests => w::HANDOVER_REQUESTS,
        Thing::Jobs => w::HANDOVER_JOBS,
        Thing::Approvals => w::HANDOVER_APPROVALS,
        Thing::Views => w::HANDOVER_VIEWS,
        Thing::Memberships => w::AUDIT_MEMBERSHIPS,
        Thing::Manager => w::AUDIT_MANAGER,
    }
}

fn part_text(part: &Part, words: Words) -> String {
    let language = words.language();
    let dated = |key, at| words.text_with(key, &[("date", intl::day_and_time(at, &language))]);
    match part {
        Part::Stage(stage) => words.text(stage_key(*stage)),
        Part::Scheduled(at) => dated(w::AUDIT_SCHEDULED, *at),
        Part::Deletion(at) => dated(w::STAGE_DELETION, *at),
        Part::Hold(at) => dated(w::AUDIT_HELD, *at),
        Part::Act(action, count) => {
            let args = [("act", words.text(action_key(*action))), ("count", intl::number(*count, &language))];
            words.text_with(w::AUDIT_ACT, &args)
        }
        Part::Things(thing, count) => words.count(thing_key(*thing), *count),
        Part::Words(text) => text.clone(),
    }
}
