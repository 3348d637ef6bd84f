//! What employees report and nobody has said anything about yet, for Overview.

use frontdesk_contract::ReportState;
use frontdesk_contract::report::{GroupSort, ReportGroup};
use leptos::prelude::*;

use crate::api::report_groups as api;
use crate::i18n::{keys as w, t, t_count};
use crate::pages::reports::stands::{Ago, LockedOutPill, SpikePill};
use crate::route::{Route, STATE, with_query};
use crate::shell::piece::piece;
use crate::shell::{Live, use_fetched};
use crate::ui::Card;

/// So many groups are told by name.
const MOST: usize = 5;

piece! {
    /// The card of Overview; nothing where nothing is new.
    if "pieces" pub(crate) fn newest = reports / newest_reports (()) by |()| view! { <Newest/> }.into_any()
}

#[component]
fn Newest() -> impl IntoView {
    let live = expect_context::<Live>();
    let found = use_fetched(move || {
        live.reports.track();
        // Whoever can't sign in comes first; the others stay in their order, the newest first.
        api::groups(&[
            (STATE, ReportState::New.as_str().to_owned()),
            ("sort", GroupSort::LockedOut.as_str().to_owned()),
            ("limit", MOST.to_string()),
        ])
    });
    let all = with_query(&Route::Reports, &[(STATE, ReportState::New.as_str().to_owned())]);
    move || {
        let all = all.clone();
        let groups = found.get().map(|page| page.items).unwrap_or_default();
        (!groups.is_empty()).then(|| {
            let lines = groups.into_iter().map(|group| view! { <Line group/> }).collect_view();
            view! {
                <Card title=t(w::OVERVIEW_REPORTS)>
                    <ul class="known" role="list">{lines}</ul>
                    <p>
                        <a href=all>{t(w::OVERVIEW_ALL_REPORTS)}</a>
                    </p>
                </Card>
            }
        })
    }
}

#[component]
fn Line(group: ReportGroup) -> impl IntoView {
    let href = Route::ReportGroup(group.id).to_string();
    let new = Signal::stored(group.new_reports);
    view! {
        <li>
            <div>
                <a href=href>{group.title}</a>
                <p>{t_count(w::REPORTS_NEW, new)} " · " <Ago at=group.last_at/></p>
            </div>
            <LockedOutPill count=group.locked_out/>
            {group.spike.map(|spike| view! { <SpikePill spike/> })}
        </li>
    }
}
