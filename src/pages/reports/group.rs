//! Reports that are alike: what can be done about them, and each of them.

use std::collections::BTreeSet;

use frontdesk_contract::report::{ReportGroup, ReportGroupPage, Split, can_handle};
use frontdesk_contract::{NotAnId, Report, ReportGroupId, ReportId};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::{ApiError, Client, report_groups as api};
use crate::browser::random;
use crate::i18n::{keys as w, t, t_count, t_with, use_words};
use crate::pages::not_found::NotFound;
use crate::pages::reports::answering::{Answered, Answering};
use crate::pages::reports::days::Days;
use crate::pages::reports::handling::Handling;
use crate::pages::reports::items::{Answers, By, Told};
use crate::pages::reports::stands::{Ago, Eye, LockedOutPill, SpikePill, StatePill};
use crate::route::{self, AFTER, Route, with_query};
use crate::shell::{Act, Failure, Live, Loaded, Only, announce_page, use_fetched, use_onward};
use crate::ui::{Button, ButtonLink, Card, PageHeader, use_announcer};

/// The page, for admins.
#[component]
pub fn GroupPage(id: Result<ReportGroupId, NotAnId>) -> impl IntoView {
    let Ok(id) = id.map_err(drop) else { return view! { <NotFound/> }.into_any() };
    view! {
        <Only may=|person| can_handle(person).is_ok()>
            <Standing id/>
        </Only>
    }
    .into_any()
}

#[component]
fn Standing(id: ReportGroupId) -> impl IntoView {
    let live = expect_context::<Live>();
    let address = use_query_map();
    let after = Memo::new(move |_| address.with(|map| map.get(AFTER).unwrap_or_default()));
    let fetched = use_fetched(move || {
        live.reports.track();
        api::group(id, &after.get())
    });
    let on_done = Callback::new(move |()| fetched.ask_again());
    view! {
        <Loaded data=fetched lines=10 let:page>
            <Content page on_done/>
        </Loaded>
    }
}

#[component]
fn Content(page: Signal<ReportGroupPage>, on_done: Callback<()>) -> impl IntoView {
    let words = use_words();
    let group: Signal<ReportGroup> = Memo::new(move |_| page.with(|page| page.group.clone())).into();
    let id = group.with_untracked(|group| group.id);
    let title = Signal::derive(move || group.with(|group| group.title.clone()));
    announce_page(title);
    let count = Signal::derive(move || group.with(|group| group.reports));
    let hint = Signal::derive(move || words.count(w::REPORTS_ANSWER_ALL_HINT, count.get()));
    view! {
        <p class="crumbs">
            <a href=Route::Reports.to_string()>{t(w::NAV_REPORTS)}</a>
        </p>
        <PageHeader title/>
        <div class="report-page">
            <Card>{move || view! { <Facts group=group.get()/> }}</Card>
            <Card>
                <Answering
                    what=Answered::All(id)
                    label=t(w::REPORTS_ANSWER_ALL)
                    hint
                    verb=t(w::REPORTS_ANSWER_ALL_DO)
                    on_sent=on_done
                />
            </Card>
            <Handling group on_done/>
            <Items page on_done/>
        </div>
    }
}

#[component]
fn Facts(group: ReportGroup) -> impl IntoView {
    let (count, new) = (Signal::stored(group.reports), Signal::stored(group.new_reports));
    let incident =
        group.incident.map(|id| view! { <p><a href=route::incident(&id)>{t(w::STATUS_SEE)}</a></p> });
    let request = group.request.map(|id| {
        let text = t_with(w::REPORTS_REQUEST_MADE, [("id", Signal::stored(id.to_string()))]);
        view! { <p><a href=Route::Request(id).to_string()>{text}</a></p> }
    });
    view! {
        <p>
            <StatePill state=group.state eye=Eye::Admin/> " " <LockedOutPill count=group.locked_out/> " "
            {group.spike.map(|spike| view! { <SpikePill spike/> })}
        </p>
        <p>
            {t_count(w::REPORTS_COUNT, count)}
            {(group.new_reports > 0).then(|| view! { " · " {t_count(w::REPORTS_NEW, new)} })}
            " · " <Ago at=group.last_at/>
        </p>
        {group.page.map(|page| view! { <p class="hint" dir="ltr">{page}</p> })}
        <Days days=group.days/>
        {incident}
        {request}
    }
}

/// The reports, the newest first; some of them can become a group of their own.
#[component]
fn Items(page: Signal<ReportGroupPage>, on_done: Callback<()>) -> impl IntoView {
    let client = expect_context::<Client>();
    let announcer = use_announcer();
    let onward = use_onward();
    let words = use_words();
    let failure = RwSignal::new(None::<ApiError>);
    let chosen = RwSignal::new(BTreeSet::<ReportId>::new());
    let id = page.with_untracked(|page| page.group.id);
    let split = Act::new(move |reports: Vec<ReportId>| {
        let (client, onward) = (client.clone(), onward.clone());
        async move {
            match client.send(api::split(id, &Split { reports }, &random::uuid())).await {
                Ok(own) => {
                    chosen.set(BTreeSet::new());
                    announcer.announce(words.text(w::REPORTS_SAVED));
                    onward.go(&Route::ReportGroup(own.id));
                }
                Err(error) => {
                    failure.set(Some(error));
                    on_done.run(());
                }
            }
        }
    });
    let refused = Signal::derive(move || {
        let count = chosen.with(BTreeSet::len);
        let all = page.with(|page| page.group.reports);
        let is_some = count > 0 && u64::try_from(count).is_ok_and(|count| count < all);
        (!is_some).then(|| words.text(w::REPORTS_SPLIT_NONE))
    });
    let on_split = Callback::new(move |()| {
        failure.set(None);
        split.begin(chosen.get_untracked().into_iter().collect());
    });
    let is_alone = Memo::new(move |_| page.with(|page| page.group.reports) < 2);
    let rows = move || {
        let is_alone = is_alone.get();
        page.get().items.into_iter().map(|report| view! { <Item report chosen is_alone/> }).collect_view()
    };
    let older = move || {
        page.with(|page| page.next.clone()).map(|next| {
            let href = with_query(&Route::ReportGroup(id), &[(AFTER, next.0)]);
            view! { <p><ButtonLink href>{t(w::REPORTS_OLDER)}</ButtonLink></p> }
        })
    };
    view! {
        <section class="stack" aria-labelledby="reports-items">
            <h2 id="reports-items">{t(w::NAV_REPORTS)}</h2>
            <Failure error=failure/>
            {move || (!is_alone.get())
                .then(|| view! { <Button busy=split.pending() refused on_press=on_split>{t(w::REPORTS_SPLIT)}</Button> })}
            <ol class="report-items" role="list">{rows}</ol>
            {older}
        </section>
    }
}

#[component]
fn Item(report: Report, chosen: RwSignal<BTreeSet<ReportId>>, is_alone: bool) -> impl IntoView {
    let id = report.id;
    let href = Route::Report(id).to_string();
    let label = t_with(w::REQUESTS_SELECT, [("id", Signal::stored(id.to_string()))]);
    let on_change = move |event| {
        let is_in = event_target_checked(&event);
        chosen.update(|chosen| {
            if is_in {
                chosen.insert(id)
            } else {
                chosen.remove(&id)
            };
        });
    };
    let mark = (!is_alone).then(|| {
        view! {
            <input
                class="checkbox__mark"
                type="checkbox"
                aria-label=label
                prop:checked=move || chosen.with(|chosen| chosen.contains(&id))
                on:change=on_change
            />
        }
    });
    view! {
        <li class="card">
            <p class="report-item__head">
                {mark}
                <a href=href>{id.to_string()}</a>
                <span><By report=report.clone()/></span>
                <StatePill state=report.state eye=Eye::Admin/>
            </p>
            <Told report=report.clone()/>
            <Answers answers=report.answers/>
        </li>
    }
}
