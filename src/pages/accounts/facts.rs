//! What is known of an account, and what stands around it.

use frontdesk_contract::Timestamp;
use frontdesk_contract::account::handover::Belongings;
use frontdesk_contract::account::page::{AccountDetails, InGroup, OpenSession, Ownership};
use leptos::prelude::*;

use crate::browser::intl;
use crate::domain::account_list::AccountState;
use crate::i18n::{Key, keys as w, t, t_count, use_words};
use crate::route::Route;
use crate::shell::handing::belongings_text;
use crate::state::SessionState;
use crate::ui::{Card, Pill, RelativeTime, Tone, When};

/// So many groups stand there at once; the rest is folded away.
const GROUPS: usize = 8;

/// The facts.
#[component]
pub fn Facts(account: Signal<AccountDetails>) -> impl IntoView {
    let words = use_words();
    let number = move |count: u64| intl::number(count, &words.language());
    let unknown = move |count: Option<u64>| match count {
        Some(count) => number(count),
        None => words.text(w::EFFECT_SOURCE_UNKNOWN),
    };
    let manager = move || {
        account.with(|account| account.manager.clone()).map(|manager| {
            view! { <a href=Route::AccountOf(manager.id).to_string()>{manager.name}</a> }
        })
    };
    let held = Signal::derive(move || account.with(|account| account.held_at));
    let claimed = Signal::derive(move || account.with(|account| account.claimed_at));
    let used = Signal::derive(move || account.with(|account| account.last_used_at));
    // Acts and shared lists are an admin's: where there are none nothing is said of them.
    let other = Memo::new(move |_| Belongings { requests: 0, ..account.with(|account| account.belongings) });
    let has_more = Signal::derive(move || other.with(|other| other.total() > 0));
    let more = move || belongings_text(other.get(), words);
    let zone = move || account.with(|account| account.time_zone.clone()).unwrap_or_else(|| unknown(None));
    view! {
        <Card title=t(w::REQUEST_FACTS)>
            <dl class="facts">
                <dt>{t(w::ACCOUNTS_MANAGER)}</dt>
                <dd>{move || manager().map_or_else(|| t(w::ACCOUNTS_NONE).into_any(), IntoAny::into_any)}</dd>
                <dt>{t(w::ACCOUNTS_HOLD)}</dt>
                <dd><Moment at=held none=w::ACCOUNTS_NONE/></dd>
                <dt>{t(w::ACCOUNTS_CLAIMED)}</dt>
                <dd><Moment at=claimed none=w::ACCOUNTS_NOT_YET/></dd>
                <dt>{t(w::ACCOUNTS_SESSIONS)}</dt>
                <dd>
                    {move || number(account.read().sessions)}
                    <Sessions account/>
                </dd>
                <dt>{t(w::ACCOUNTS_LAST_USED)}</dt>
                <dd><Moment at=used none=w::EFFECT_SOURCE_UNKNOWN/></dd>
                <dt>{t(w::ACCOUNTS_REQUESTS)}</dt>
                <dd>{move || number(account.read().belongings.requests)}</dd>
                <dt>{t(w::ACCOUNTS_PROBLEMS)}</dt>
                <dd>{move || number(account.read().problems)}</dd>
                <When on=has_more>
                    <dt>{t(w::ACCOUNTS_BELONGINGS)}</dt>
                    <dd>{more}</dd>
                </When>
                <dt>{t(w::ACCOUNTS_CONTENT)}</dt>
                <dd>{move || unknown(account.read().content)}</dd>
                <dt>{t(w::ACCOUNTS_COMMENTS)}</dt>
                <dd>{move || unknown(account.read().comments)}</dd>
                <dt>{t(w::ACCOUNTS_ZONE)}</dt>
                <dd>{zone}</dd>
            </dl>
        </Card>
    }
}

/// The open sessions one by one: since when, last used, from where.
#[component]
fn Sessions(account: Signal<AccountDetails>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let open = Memo::new(move |_| account.with(|account| account.open.clone()));
    let line = move |session: OpenSession| {
        let text = move || {
            let language = words.language();
            let began = intl::day_and_time(session.began_at, &language);
            let used = intl::relative(session.used_at, state.now(), &language);
            let key = if session.shared { w::DONE_SESSION_SHARED } else { w::DONE_SESSION };
            words.text_with(key, &[("date", began), ("ago", used)])
        };
        let from = session.network.map(|network| words.text_with(w::AUDIT_FROM, &[("network", network)]));
        let from = from.unwrap_or_else(|| words.text(w::ACCOUNTS_SESSIONS_NOWHERE));
        view! { <li>{text} " · " {from}</li> }
    };
    let lines = move || open.get().into_iter().map(line).collect_view();
    view! {
        <When on=Signal::derive(move || open.with(|open| !open.is_empty()))>
            <ul class="short-list" role="list">{lines}</ul>
        </When>
    }
}

/// A moment as people say it, or that there is none.
#[component]
fn Moment(at: Signal<Option<Timestamp>>, none: Key) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    move || match at.get() {
        Some(at) => {
            let text = Signal::derive(move || intl::relative(at, session.now(), &words.language()));
            let exact = Signal::derive(move || intl::exact(at, &words.language()));
            view! { <RelativeTime text exact datetime=at.to_string()/> }.into_any()
        }
        None => t(none).into_any(),
    }
}

/// Groups and direct reports: who would lose something.
#[component]
pub fn Circle(account: Signal<AccountDetails>) -> impl IntoView {
    let words = use_words();
    let reports = Signal::derive(move || account.with(|account| account.reports));
    let has_reports = Signal::derive(move || reports.get() > 0);
    let names = move || {
        let people = account.with(|account| account.reports_first.clone());
        let line = |person: frontdesk_contract::PersonRef| {
            view! { <li><a href=Route::AccountOf(person.id).to_string()>{person.name}</a></li> }
        };
        people.into_iter().map(line).collect_view()
    };
    let all = move || {
        let state = account
            .with(|account| AccountState { manager: Some(account.id.clone()), ..AccountState::default() });
        state.address()
    };
    // Those that nobody else owns come first: they are what one must do something about.
    let groups = Memo::new(move |_| {
        let mut groups = account.with(|account| account.groups.clone());
        groups.sort_by_key(|group| group.ownership);
        groups
    });
    let has_groups = Signal::derive(move || groups.with(|groups| !groups.is_empty()));
    let first = move || groups.get().into_iter().take(GROUPS).map(group_line).collect_view();
    let rest = move || groups.get().into_iter().skip(GROUPS).map(group_line).collect_view();
    let more = Signal::derive(move || groups.with(|groups| groups.len().saturating_sub(GROUPS)) as u64);
    view! {
        <When on=has_reports>
            <Card title=t(w::ACCOUNTS_REPORTS)>
                <ul class="short-list" role="list">{names}</ul>
                <p><a href=all>{move || words.count(w::ACCOUNTS_REPORTS_ALL, reports.get())}</a></p>
            </Card>
        </When>
        <When on=has_groups>
            <Card title=t(w::ACCOUNTS_GROUPS)>
                <ul class="short-list" role="list">{first}</ul>
                <When on=Signal::derive(move || more.get() > 0)>
                    <details class="history">
                        <summary>{t_count(w::ACCOUNTS_GROUPS_MORE, more)}</summary>
                        <ul class="short-list" role="list">{rest}</ul>
                    </details>
                </When>
            </Card>
        </When>
    }
}

fn group_line(group: InGroup) -> AnyView {
    let mark = match group.ownership {
        Ownership::Only => Some(view! { <Pill tone=Tone::Warn text=t(w::ACCOUNTS_OWNER_ONLY)/> }),
        Ownership::Owner => Some(view! { <Pill tone=Tone::Mute text=t(w::ACCOUNTS_OWNER)/> }),
        Ownership::Unknown => Some(view! { <Pill tone=Tone::Mute text=t(w::ACCOUNTS_OWNER_UNKNOWN)/> }),
        Ownership::Member => None,
    };
    view! { <li><span>{group.name}</span> {mark}</li> }.into_any()
}
