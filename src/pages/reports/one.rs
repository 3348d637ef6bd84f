//! One report: for whoever sent it, and for admins.

use frontdesk_contract::report::can_handle;
use frontdesk_contract::{NotAnId, Report, ReportId};
use leptos::prelude::*;

use crate::api::report_groups as api;
use crate::i18n::{keys as w, t, t_with, use_words};
use crate::pages::not_found::NotFound;
use crate::pages::reports::answering::{Answered, Answering};
use crate::pages::reports::items::{Answers, By, Told};
use crate::pages::reports::stands::{Eye, StatePill};
use crate::route::Route;
use crate::shell::{Live, Loaded, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{Card, PageHeader};

/// The page.
#[component]
pub fn OneReport(id: Result<ReportId, NotAnId>) -> impl IntoView {
    let Ok(id) = id.map_err(drop) else { return view! { <NotFound/> }.into_any() };
    view! { <Standing id/> }.into_any()
}

#[component]
fn Standing(id: ReportId) -> impl IntoView {
    let live = expect_context::<Live>();
    let fetched = use_fetched(move || {
        live.reports.track();
        api::show(id)
    });
    let on_sent = Callback::new(move |()| fetched.ask_again());
    view! {
        <Loaded data=fetched lines=8 let:report>
            <Content report on_sent/>
        </Loaded>
    }
}

#[component]
fn Content(report: Signal<Report>, on_sent: Callback<()>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let id = report.with_untracked(|report| report.id);
    let title = t_with(w::REPORTS_TITLE, [("id", Signal::stored(id.to_string()))]);
    announce_page(title);
    let person = state.person();
    let is_own = report.with_untracked(|report| {
        person.as_ref().is_some_and(|person| report.by.as_ref().is_some_and(|by| by.id == person.id))
    });
    let is_admin = person.is_some_and(|person| can_handle(&person).is_ok());
    let eye = if is_admin && !is_own { Eye::Admin } else { Eye::Own };
    let back = match report.with_untracked(|report| report.group).filter(|_| eye == Eye::Admin) {
        Some(group) => view! { <a href=Route::ReportGroup(group).to_string()>{t(w::REPORTS_GROUP)}</a> },
        None => view! { <a href=Route::MyReports.to_string()>{t(w::NAV_MY_REPORTS)}</a> },
    };
    let refused = Signal::derive(move || {
        let nobody = report.with(|report| report.by.is_none());
        nobody.then(|| words.text(w::REPORTS_NOBODY_READS))
    });
    let (label, hint) = match eye {
        Eye::Admin => (t(w::REPLY_FIELD), t(w::REPORTS_ANSWER_HINT)),
        Eye::Own => (t(w::MY_REPORTS_SAY), t(w::MY_REPORTS_SAY_HINT)),
    };
    let passed_on =
        move || report.with(|report| report.passed_on).then(|| view! { <p>{t(w::MY_REPORTS_PASSED_ON)}</p> });
    let request = move || {
        report.with(|report| report.request).map(|id| {
            view! { <p><a href=Route::Request(id).to_string()>{id.to_string()}</a></p> }
        })
    };
    view! {
        <p class="crumbs">{back}</p>
        <PageHeader title/>
        <div class="report-page">
            <Card>
                {move || {
                    let report = report.get();
                    view! {
                        <p><StatePill state=report.state eye/> " " <By report=report.clone()/></p>
                        <Told report=report.clone()/>
                    }
                }}
                {passed_on}
                {request}
                {move || view! { <Answers answers=report.get().answers/> }}
            </Card>
            <Card>
                <Answering what=Answered::One(id) label hint verb=t(w::REPLY_SEND) refused on_sent/>
            </Card>
        </div>
    }
}
