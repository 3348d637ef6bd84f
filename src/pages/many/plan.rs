//! A dry run: what would happen to whom. Nothing of it has happened.

use frontdesk_contract::PlanId;
use frontdesk_contract::plan::{Plan, RowVerdict};
use leptos::prelude::*;

use crate::api::plans;
use crate::browser::page as document;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::many::effects::Consequences;
use crate::pages::many::handover::HandingOver;
use crate::pages::many::perform::Perform;
use crate::pages::many::rows::{Chips, Pager, PlanTable, ROWS, use_asked};
use crate::pages::many::wording::{Tiles, act_count, asked_text};
use crate::route::{self, PLAN, Route};
use crate::shell::{Live, Loaded, announce_page, use_fetched};
use crate::state::SessionState;
use crate::ui::{Banner, Button, ButtonLink, Card, PageHeader, Pill, Tone, When};

/// The page.
#[component]
pub fn PlanPage(id: PlanId) -> impl IntoView {
    let live = expect_context::<Live>();
    let plan = use_fetched(move || {
        live.runs.track();
        plans::show(id)
    });
    view! {
        <Loaded data=plan lines=10 let:plan>
            <Shown plan/>
        </Loaded>
    }
}

#[component]
fn Shown(plan: Signal<Plan>) -> impl IntoView {
    let state = expect_context::<SessionState>();
    let words = use_words();
    let title =
        Signal::derive(move || plan.with(|plan| words.count(act_count(plan.action), plan.counts.will)));
    announce_page(title);
    let intro = Signal::derive(move || {
        plan.with(|plan| {
            asked_text(&plan.by, plan.created_at, plan.reason.as_deref(), plan.when, state, words)
        })
    });
    let is_run = Memo::new(move |_| plan.with(|plan| plan.run));
    view! {
        <p class="crumbs">
            <a href=Route::Many.to_string()>{t(w::MANY_TITLE)}</a>
        </p>
        <PageHeader title intro>
            <ButtonLink href=Route::Many.to_string()>{t(w::MANY_NEW)}</ButtonLink>
        </PageHeader>
        {move || match is_run.get() {
            Some(run) => {
                let action = ViewFn::from(move || {
                    view! { <ButtonLink href=route::run(run)>{t(w::MANY_RUN_OPEN)}</ButtonLink> }
                });
                view! { <Banner action><p>{t(w::MANY_RAN)}</p></Banner> }.into_any()
            }
            None => view! { <p><Pill tone=Tone::Mute text=t(w::MANY_DRY)/></p> }.into_any(),
        }}
        <Tiles tiles=Signal::derive(move || tiles(&plan.read()))/>
        <DryRun plan/>
        {move || {
            is_run.get().is_none().then(|| view! { <HandingOver plan/> <Perform plan/> })
        }}
        <Rows plan/>
    }
}

fn tiles(plan: &Plan) -> Vec<(u64, crate::i18n::Key, bool)> {
    let counts = plan.counts;
    vec![
        (counts.will, w::MANY_COUNTS_WILL, false),
        (counts.already, w::MANY_COUNTS_ALREADY, false),
        (counts.refused, w::MANY_COUNTS_REFUSED, true),
        (counts.unknown, w::MANY_COUNTS_UNKNOWN, true),
        (counts.twice, w::MANY_COUNTS_TWICE, false),
    ]
}

/// What the act does, as it was shown to whoever asked.
#[component]
fn DryRun(plan: Signal<Plan>) -> impl IntoView {
    let lines = Signal::derive(move || plan.with(|plan| plan.consequences.clone()));
    let action = plan.with_untracked(|plan| plan.action);
    view! {
        <When on=Signal::derive(move || lines.with(|lines| !lines.is_empty()))>
            <Card title=t(w::MANY_EFFECTS)>
                <Consequences action lines/>
            </Card>
        </When>
    }
}

#[component]
fn Rows(plan: Signal<Plan>) -> impl IntoView {
    let (id, action) = plan.with_untracked(|plan| (plan.id, plan.action));
    let (asked, go) = use_asked(PLAN, id.to_string());
    let rows = use_fetched(move || {
        asked.with(|asked| plans::rows(id, RowVerdict::parse(&asked.filter), asked.after.as_ref(), ROWS))
    });
    let chips = Signal::derive(move || {
        let counts = plan.with(|plan| plan.counts);
        vec![
            ("", w::MANY_FILTER_ALL, counts.all),
            (RowVerdict::Will.as_str(), w::MANY_FILTER_WILL, counts.will),
            (RowVerdict::Already.as_str(), w::MANY_FILTER_ALREADY, counts.already),
            (RowVerdict::Refused.as_str(), w::MANY_FILTER_REFUSED, counts.refused),
            (RowVerdict::Unknown.as_str(), w::MANY_FILTER_UNKNOWN, counts.unknown),
            (RowVerdict::Twice.as_str(), w::MANY_FILTER_TWICE, counts.twice),
        ]
    });
    let on_file = Callback::new(move |()| document::download(&plans::rows_file(id)));
    view! {
        <Chips chips asked go/>
        <div class="form-actions">
            <Button on_press=on_file>{t(w::MANY_DOWNLOAD_ROWS)}</Button>
        </div>
        <Loaded data=rows lines=8 let:page>
            <PlanTable page action/>
            <Pager next=Signal::derive(move || page.with(|page| page.next.clone())) asked go/>
        </Loaded>
    }
}
