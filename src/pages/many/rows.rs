//! Rows of a dry run and of a run: which of them the address says, page by page.

use frontdesk_contract::account::act::Action;
use frontdesk_contract::plan::{Outcome, PlanRow, RowVerdict, RunRow};
use frontdesk_contract::{Cursor, Page};
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::{use_navigate, use_query_map};

use crate::browser::intl;
use crate::i18n::{Key, keys as w, t, use_words};
use crate::pages::many::wording::{outcome_key, outcome_tone, verdict_key, verdict_tone};
use crate::route::{AFTER, Route, SHOW, with_query};
use crate::shell::acts::{reason_text, stage_key, stage_tone};
use crate::ui::{Button, Empty, Pill, When};

/// So many rows a page has.
pub const ROWS: usize = 100;

/// Which rows are shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The word of the filter; empty for all.
    pub filter: String,
    /// Behind which row.
    pub after: Option<Cursor>,
}

/// What the address says about the rows, and the way to others: no jump, the page stays where it is.
pub fn use_asked(what: &'static str, number: String) -> (Memo<Asked>, Callback<Asked>) {
    let address = use_query_map();
    let asked = Memo::new(move |_| {
        address.with(|query| Asked {
            filter: query.get(SHOW).unwrap_or_default(),
            after: query.get(AFTER).filter(|after| !after.is_empty()).map(Cursor),
        })
    });
    let navigate = use_navigate();
    let go = Callback::new(move |asked: Asked| {
        let after = asked.after.map(|Cursor(after)| after).unwrap_or_default();
        let pairs = [(what, number.clone()), (SHOW, asked.filter), (AFTER, after)];
        let options = NavigateOptions { scroll: false, ..NavigateOptions::default() };
        navigate(&with_query(&Route::Many, &pairs), options);
    });
    (asked, go)
}

/// A filter: its word, its name, and how many rows it leaves.
pub type Chip = (&'static str, Key, u64);

/// The filters that leave something.
#[component]
pub fn Chips(
    #[prop(into)] chips: Signal<Vec<Chip>>,
    asked: Memo<Asked>,
    go: Callback<Asked>,
) -> impl IntoView {
    let words = use_words();
    let chip = move |(word, key, count): Chip| {
        let is_chosen = asked.with(|asked| asked.filter == word);
        let on_press = move |_| go.run(Asked { filter: word.to_owned(), after: None });
        (count > 0 || is_chosen || word.is_empty()).then(|| {
            view! {
                <button class="chip" type="button" aria-pressed=is_chosen.to_string() on:click=on_press>
                    {words.text(key)}
                    " "
                    <span class="chip__count">{intl::number(count, &words.language())}</span>
                </button>
            }
        })
    };
    view! {
        <div class="filters" role="group" aria-label=t(w::REQUESTS_FILTERS)>
            {move || chips.get().into_iter().map(chip).collect_view()}
        </div>
    }
}

/// The way to the rows that follow, and back to the first.
#[component]
pub fn Pager(
    #[prop(into)] next: Signal<Option<Cursor>>,
    asked: Memo<Asked>,
    go: Callback<Asked>,
) -> impl IntoView {
    let on_first = Callback::new(move |()| go.run(Asked { after: None, ..asked.get_untracked() }));
    let on_next = Callback::new(move |()| {
        let after = next.get_untracked();
        go.run(Asked { after, ..asked.get_untracked() });
    });
    view! {
        <div class="pager">
            <When on=Signal::derive(move || asked.with(|asked| asked.after.is_some()))>
                <Button on_press=on_first>{t(w::MANY_START)}</Button>
            </When>
            <When on=Signal::derive(move || next.with(Option::is_some))>
                <Button on_press=on_next>{t(w::MANY_NEXT)}</Button>
            </When>
        </div>
    }
}

/// Rows of a dry run.
#[component]
pub fn PlanTable(page: Signal<Page<PlanRow>>, action: Action) -> impl IntoView {
    let words = use_words();
    let row = move |row: PlanRow| {
        let given = row.given.filter(|given| !given.trim().is_empty());
        let href = row.person.as_ref().map(|person| Route::AccountOf(person.id.clone()).to_string());
        let name = match (row.person, &given) {
            (Some(person), _) => person.name,
            (None, Some(given)) => given.clone(),
            (None, None) => words.text(w::MANY_UNNAMED),
        };
        let number = intl::number(row.number, &words.language());
        let tone = verdict_tone(row.verdict);
        let verdict = words.text(verdict_key(row.verdict));
        let reason = row.reason.map(|reason| reason_text(action, reason, row.date, words));
        let is_shown = matches!(row.verdict, RowVerdict::Will | RowVerdict::Already | RowVerdict::Refused);
        let stage = row.stage.filter(|_| is_shown).map(|stage| {
            view! { <Pill tone=stage_tone(stage) text=words.text(stage_key(stage))/> }
        });
        view! {
            <Line number name href tone verdict reason stage=stage.into_any()/>
        }
    };
    view! {
        <Shell past=false is_empty=Signal::derive(move || page.with(|page| page.items.is_empty()))>
            {move || page.get().items.into_iter().map(row).collect_view()}
        </Shell>
    }
}

/// Rows of a run.
#[component]
pub fn RunTable(page: Signal<Page<RunRow>>, action: Action) -> impl IntoView {
    let words = use_words();
    let row = move |row: RunRow| {
        let number = intl::number(row.number, &words.language());
        let tone = outcome_tone(row.outcome);
        let verdict = words.text(outcome_key(row.outcome));
        let reason = row.reason.map(|reason| reason_text(action, reason, None, words));
        let is_over = row.outcome != Outcome::Waiting;
        let href = Some(Route::AccountOf(row.person.id.clone()).to_string());
        let at = row.at.filter(|_| is_over).map(|at| {
            let exact = intl::exact(at, &words.language());
            let time = intl::time(at, &words.language());
            view! { <time datetime=at.to_string() title=exact>{time}</time> }
        });
        view! {
            <Line number name=row.person.name href tone verdict reason stage=at.into_any()/>
        }
    };
    view! {
        <Shell past=true is_empty=Signal::derive(move || page.with(|page| page.items.is_empty()))>
            {move || page.get().items.into_iter().map(row).collect_view()}
        </Shell>
    }
}

/// The table around rows.
#[component]
fn Shell(past: bool, is_empty: Signal<bool>, children: Children) -> impl IntoView {
    let what = if past { w::MANY_ROW_WHAT_PAST } else { w::MANY_ROW_WHAT };
    let last = if past { w::MANY_ROW_WHEN } else { w::MANY_NOW };
    view! {
        <div class="table-wrap many-rows">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">{t(w::MANY_ROW_ACCOUNT)}</th>
                        <th scope="col">{t(what)}</th>
                        <th scope="col">{t(last)}</th>
                    </tr>
                </thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
        <When on=is_empty>
            <Empty text=t(w::MANY_EMPTY_ROWS)/>
        </When>
    }
}

#[component]
fn Line(
    number: String,
    name: String,
    /// The account's page, where somebody is named.
    href: Option<String>,
    tone: crate::ui::Tone,
    verdict: String,
    reason: Option<String>,
    stage: AnyView,
) -> impl IntoView {
    let row = use_words().text_with(w::MANY_ROW, &[("number", number)]);
    view! {
        <tr>
            <td>
                {match href {
                    Some(href) => view! { <a class="cell-title" href=href>{name}</a> }.into_any(),
                    None => view! { <span class="many-rows__name">{name}</span> }.into_any(),
                }}
                <span class="cell-sub">{row}</span>
            </td>
            <td class="many-rows__what">
                <Pill tone text=verdict/>
                {reason.map(|reason| view! { " " <span>{reason}</span> })}
            </td>
            <td>{stage}</td>
        </tr>
    }
}
