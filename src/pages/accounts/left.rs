//! Who has left and can still sign in: first on the page, one press away from the deactivation.

use frontdesk_contract::account::act::Action;
use frontdesk_contract::scim::message::ListResponse;
use frontdesk_contract::scim::user::User;
use leptos::prelude::*;

use crate::api::scim;
use crate::browser::intl;
use crate::domain::account_list::{AccountState, Order, View};
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::pages::accounts::list::Listing;
use crate::pages::accounts::rows::Row;
use crate::route::{self, Route};
use crate::shell::{Fetched, use_fetched_if};
use crate::state::SessionState;
use crate::ui::{Banner, ButtonLink, Tone, When};

/// So many are told by name.
const FIRST: usize = 5;

/// The banner; nothing where nobody has left so, and not above the list of all of them.
#[component]
pub fn LeftFirst(listing: Listing) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let count = Memo::new(move |_| listing.counts.with(|counts| counts.map_or(0, |counts| counts.left_open)));
    let found: Fetched<ListResponse<User>> = use_fetched_if(move || {
        let state = AccountState { order: Order::Changed, ..AccountState::of(View::Left) };
        (count.get() > 0).then(|| scim::people(&state.question(session.now_untracked()), "", FIRST))
    });
    let is_shown = Memo::new(move |_| {
        count.get() > 0
            && listing.state.with(|state| state.view != View::Left)
            && found.with(|it| it.is_some())
    });
    let lines = move || {
        let rows: Vec<Row> = found
            .with(|page| page.map(|page| page.resources.iter().map(Row::from).collect()).unwrap_or_default());
        rows.into_iter().map(|row| view! { <Line row/> }).collect_view()
    };
    let has_more = Signal::derive(move || count.get() > FIRST as u64);
    view! {
        <When on=is_shown>
            <Banner tone=Tone::Warn label=t(w::ACCOUNTS_LEFT)>
                <p>{t(w::ACCOUNTS_LEFT_TEXT)}</p>
                <ul class="left-open" role="list">{lines}</ul>
                <When on=has_more>
                    <p>
                        <a href=AccountState::of(View::Left).address()>{t(w::ACCOUNTS_LEFT_ALL)}</a>
                    </p>
                </When>
            </Banner>
        </When>
    }
}

#[component]
fn Line(row: Row) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let since = row.leaves_at;
    let ago = Signal::derive(move || {
        since.map(|at| intl::relative(at, session.now(), &words.language())).unwrap_or_default()
    });
    let account = Route::AccountOf(row.id.clone());
    let act = route::with_query(&account, &[(route::ACT, Action::Deactivate.as_str().to_owned())]);
    view! {
        <li>
            <span class="left-open__who">
                <a href=account.to_string()>{row.name.clone()}</a>
                <span class="hint">{t_with(w::ACCOUNTS_LEFT_SINCE, [("ago", ago)])}</span>
            </span>
            <ButtonLink href=act>{t_with(w::DEACTIVATE_DO, [("name", Signal::stored(row.name))])}</ButtonLink>
        </li>
    }
}
