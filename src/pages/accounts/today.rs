//! Accounts that need somebody today, for Overview: who left and can still sign in, and what happens within a day.

use frontdesk_contract::Timestamp;
use frontdesk_contract::scim::message::ListResponse;
use frontdesk_contract::scim::user::User;
use frontdesk_contract::time::Span;
use leptos::prelude::*;

use crate::api::{accounts, scim};
use crate::browser::intl;
use crate::domain::account_list::{AccountState, View, due_within_a_day};
use crate::i18n::{Key, keys as w, t, t_count, use_words};
use crate::pages::accounts::provider::ProviderCard;
use crate::pages::accounts::rows::Row;
use crate::route::Route;
use crate::shell::piece::piece;
use crate::shell::{Fetched, Live, use_fetched};
use crate::state::SessionState;
use crate::ui::{Banner, Card, Tone, When};

/// So many are told by name.
const MOST: usize = 20;

piece! {
    /// The card of Overview; nothing where no account needs anybody.
    if "pieces" pub(crate) fn today = accounts / accounts_today (()) by |()| view! { <Today/> }.into_any()
}

#[component]
fn Today() -> impl IntoView {
    let session = expect_context::<SessionState>();
    let live = expect_context::<Live>();
    let counts = use_fetched(move || {
        live.everything.track();
        live.runs.track();
        accounts::counts()
    });
    let due: Fetched<ListResponse<User>> = use_fetched(move || {
        live.everything.track();
        live.runs.track();
        scim::people(&due_within_a_day(session.now_untracked()), "", MOST)
    });
    let left = Signal::derive(move || counts.with(|counts| counts.map_or(0, |counts| counts.left_open)));
    let rows = Memo::new(move |_| {
        due.with(|page| page.map(|page| page.resources.iter().map(Row::from).collect::<Vec<_>>()))
            .unwrap_or_default()
    });
    let is_shown = Signal::derive(move || left.get() > 0 || rows.with(|rows| !rows.is_empty()));
    let lines = move || rows.get().into_iter().map(|row| view! { <Line row/> }).collect_view();
    let behind = Memo::new(move |_| counts.with(|counts| counts.and_then(|counts| counts.behind)));
    let has_left = Signal::derive(move || left.get() > 0);
    view! {
        {move || behind.get().map(|at| view! { <Behind at/> })}
        <ProviderCard/>
        <When on=is_shown>
            <Card title=t(w::OVERVIEW_ACCOUNTS)>
                <ul class="known" role="list">
                    <When on=has_left>
                        <li>
                            <div>
                                <a href=AccountState::of(View::Left).address()>{t_count(w::OVERVIEW_LEFT, left)}</a>
                                <p>{t(w::ACCOUNTS_LEFT_TEXT)}</p>
                            </div>
                        </li>
                    </When>
                    {lines}
                </ul>
            </Card>
        </When>
    }
}

/// The clock of the backend stands behind what it did already, so nothing happens by itself.
#[component]
fn Behind(at: Timestamp) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let text = move || {
        let language = words.language();
        let date = intl::day_and_time(at, &language);
        let now = intl::day_and_time(session.now(), &language);
        words.text_with(w::OVERVIEW_BEHIND_TEXT, &[("date", date), ("now", now)])
    };
    view! {
        <Banner tone=Tone::Bad>
            <p>
                <b>{t(w::OVERVIEW_BEHIND)}</b>
            </p>
            <p>{text}</p>
            <p>{t(w::OVERVIEW_BEHIND_WHAT)}</p>
        </Banner>
    }
}

#[component]
fn Line(row: Row) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let now = session.now_untracked();
    let (key, at) = next(&row, now);
    let text =
        move || at.map(|at| words.text_with(key, &[("date", intl::day_and_time(at, &words.language()))]));
    view! {
        <li>
            <div>
                <a href=Route::AccountOf(row.id.clone()).to_string()>{row.name.clone()}</a>
                <p>{text}</p>
            </div>
        </li>
    }
}

/// What happens first within a day.
fn next(row: &Row, now: Timestamp) -> (Key, Option<Timestamp>) {
    let end = now.plus(Span::days(1));
    let soon = |at: Option<Timestamp>| at.filter(|at| *at <= end);
    if let Some(at) = soon(row.deletion_at) {
        (w::STAGE_DELETION, Some(at))
    } else if let Some(at) = soon(row.scheduled_for) {
        (w::ACCOUNTS_SCHEDULED_FOR, Some(at))
    } else {
        (w::OVERVIEW_WAIT_ENDS, row.removable_at)
    }
}
