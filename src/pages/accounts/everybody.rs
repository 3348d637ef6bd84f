//! *Remind all* and *Invite all*: everybody whom the list shows goes through the same dry run as any other list.

use frontdesk_contract::Right;
use frontdesk_contract::account::Stage;
use frontdesk_contract::account::act::Action;
use leptos::prelude::*;

use crate::api::{ApiError, Client};
use crate::domain::account_list::View;
use crate::i18n::{keys as w, t_with, use_words};
use crate::pages::accounts::list::Listing;
use crate::pages::accounts::rows::everybody;
use crate::route::{self, Route};
use crate::shell::{Act, Failure, selection, use_onward};
use crate::state::SessionState;
use crate::ui::{Button, When};

/// The button, where the list shows those who were not invited, or have not claimed the account.
#[component]
pub fn Everybody(listing: Listing) -> impl IntoView {
    let session = expect_context::<SessionState>();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let act = Memo::new(move |_| match listing.state.with(|state| state.view) {
        View::At(Stage::Invited) => Some(Action::Remind),
        View::At(Stage::Provisioned) => Some(Action::Invite),
        View::At(Stage::Active | Stage::Deactivated | Stage::Former)
        | View::All
        | View::Left
        | View::Scheduled
        | View::Held
        | View::Eligible
        | View::Deletion => None,
    });
    let total = Signal::derive(move || listing.rows.total().unwrap_or(0));
    let is_shown = Signal::derive(move || act.with(Option::is_some) && total.get() > 0);
    let refused = Signal::derive(move || {
        let may = session.person().is_some_and(|person| person.has(Right::Accounts));
        (!may).then(|| words.text(w::ERROR_FORBIDDEN))
    });
    let go = use_everybody(listing, failure);
    let on_press = Callback::new(move |()| {
        failure.set(None);
        if let Some(action) = act.get_untracked() {
            go.begin(action);
        }
    });
    let people = Signal::derive(move || words.count(w::ACCOUNTS_COUNT, total.get()));
    let label = move || {
        let key =
            if act.get() == Some(Action::Invite) { w::ACCOUNTS_INVITE_ALL } else { w::ACCOUNTS_REMIND_ALL };
        t_with(key, [("people", people)])
    };
    view! {
        <Failure error=failure/>
        <When on=is_shown>
            <div class="form-actions">
                <Button busy=go.pending() refused on_press>{label}</Button>
            </div>
        </When>
    }
}

/// Selects everybody whom the list would show, and nobody else, and goes on to the act.
fn use_everybody(listing: Listing, failure: RwSignal<Option<ApiError>>) -> Act<Action> {
    let client = expect_context::<Client>();
    let onward = use_onward();
    Act::new(move |action: Action| {
        let (client, onward) = (client.clone(), onward.clone());
        let question = listing.rows.question();
        async move {
            match everybody(&client, &question).await {
                Ok(people) => match selection::write(&people) {
                    Ok(()) => {
                        let word = action.as_str().to_owned();
                        onward.go_to(&route::with_query(&Route::Many, &[(route::ACT, word)]));
                    }
                    Err(_) => drop(listing.is_full.try_set(true)),
                },
                Err(error) => drop(failure.try_set(Some(error))),
            }
        }
    })
}
