//! `/accounts/bulk`: a list, a dry run or a run, as the address says. So closing the page and coming back goes on.

use frontdesk_contract::account::act::can_read;
use frontdesk_contract::{PlanId, RunId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::pages::many::begin::Begin;
use crate::pages::many::plan::PlanPage;
use crate::pages::many::run::RunPage;
use crate::route::{PLAN, RUN};
use crate::shell::Only;

/// What stands at the address. A number that is none leads to nothing, and the backend says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Begin,
    Plan(PlanId),
    Run(RunId),
}

/// The page.
#[component]
pub fn Many() -> impl IntoView {
    view! {
        <Only may=|person| can_read(&person.rights)>
            <Places/>
        </Only>
    }
}

#[component]
fn Places() -> impl IntoView {
    let address = use_query_map();
    let place = Memo::new(move |_| {
        address.with(|query| match (query.get(RUN), query.get(PLAN)) {
            (Some(id), _) => Place::Run(id.parse().unwrap_or(RunId(0))),
            (None, Some(id)) => Place::Plan(id.parse().unwrap_or(PlanId(0))),
            (None, None) => Place::Begin,
        })
    });
    move || match place.get() {
        Place::Begin => view! { <Begin/> }.into_any(),
        Place::Plan(id) => view! { <PlanPage id/> }.into_any(),
        Place::Run(id) => view! { <RunPage id/> }.into_any(),
    }
}
