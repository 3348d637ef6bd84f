//! What one has reported, and what became of it.

use frontdesk_contract::report::{can_report, title_of};
use frontdesk_contract::{Page, Report};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::report_groups as api;
use crate::i18n::{keys as w, t, t_count};
use crate::pages::reports::stands::{Ago, Eye, StatePill};
use crate::route::{AFTER, Route, with_query};
use crate::shell::piece::piece;
use crate::shell::{Live, Loaded, Only, announce_page, use_fetched};
use crate::ui::{ButtonLink, Card, Empty, PageHeader};

piece! {
    /// The same as the first page of employees; it comes in the piece of the reports.
    if "pieces" pub fn mine = reports / my_reports_part (()) by |()| view! { <MyReports/> }.into_any()
}

/// The page, for the people of the organization.
#[component]
pub fn MyReports() -> impl IntoView {
    view! {
        <Only may=|person| can_report(person).is_ok()>
            <List/>
        </Only>
    }
}

#[component]
fn List() -> impl IntoView {
    let live = expect_context::<Live>();
    let address = use_query_map();
    let after = Memo::new(move |_| address.with(|map| map.get(AFTER).unwrap_or_default()));
    let fetched = use_fetched(move || {
        live.reports.track();
        api::own(&after.get())
    });
    let title = t(w::NAV_MY_REPORTS);
    announce_page(title);
    view! {
        <PageHeader title intro=t(w::MY_REPORTS_INTRO)/>
        <Loaded data=fetched lines=6 let:page>
            <Mine page/>
        </Loaded>
    }
}

#[component]
fn Mine(page: Signal<Page<Report>>) -> impl IntoView {
    move || {
        let Page { items, next } = page.get();
        if items.is_empty() {
            return view! { <Empty text=t(w::EMPTY_MY_REPORTS)/> }.into_any();
        }
        let rows = items.into_iter().map(|report| view! { <Row report/> }).collect_view();
        let older = next.map(|next| {
            let href = with_query(&Route::MyReports, &[(AFTER, next.0)]);
            view! { <p><ButtonLink href>{t(w::REPORTS_OLDER)}</ButtonLink></p> }
        });
        view! {
            <Card>
                <ul class="known" role="list">{rows}</ul>
            </Card>
            {older}
        }
        .into_any()
    }
}

#[component]
fn Row(report: Report) -> impl IntoView {
    let href = Route::Report(report.id).to_string();
    let answers = report.answers.iter().filter(|answer| answer.is_admin).count();
    let count = Signal::stored(u64::try_from(answers).unwrap_or(u64::MAX));
    view! {
        <li>
            <div>
                <a href=href dir="auto">{title_of(&report.body)}</a>
                <p>
                    {report.id.to_string()} " · " <Ago at=report.at/>
                    {(answers > 0).then(|| view! { " · " {t_count(w::MY_REPORTS_ANSWERS, count)} })}
                    {report.passed_on.then(|| view! { " · " {t(w::MY_REPORTS_PASSED_ON)} })}
                </p>
            </div>
            <StatePill state=report.state eye=Eye::Own/>
        </li>
    }
}
