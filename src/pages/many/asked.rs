//! What waits for this person's word, for Overview: runs to approve, and who forgot their password.

use frontdesk_contract::Right;
use frontdesk_contract::plan::{RunState, Waiting as WaitingRun};
use leptos::prelude::*;

use crate::api::plans;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::many::forgot::Forgot;
use crate::pages::many::wording::{Ago, act_count};
use crate::route::Route;
use crate::shell::piece::piece;
use crate::shell::{Live, use_fetched};
use crate::state::SessionState;
use crate::ui::Card;

piece! {
    /// The cards of Overview; nothing where nobody asks.
    if "pieces" pub(crate) fn asked = accounts / accounts_asked (()) by |()| view! { <Asked/> }.into_any()
}

#[component]
fn Asked() -> impl IntoView {
    view! {
        <Approvals/>
        <Forgot/>
    }
}

/// What waits for this person's word.
#[component]
fn Approvals() -> impl IntoView {
    let live = expect_context::<Live>();
    let state = expect_context::<SessionState>();
    let words = use_words();
    let me = state.session_untracked().map(|session| session.person);
    let may = me.as_ref().is_some_and(|person| person.has(Right::Approve));
    let waiting = use_fetched(move || {
        live.runs.track();
        plans::approvals()
    });
    let line = move |one: &WaitingRun| {
        let act = words.count(act_count(one.run.action), one.people);
        let is_lapsed = one.run.state == RunState::Lapsed;
        view! {
            <li>
                <div>
                    <a href=Route::Approvals.to_string()>{act}</a>
                    <p>{one.run.by.name.clone()} " · " <Ago at=one.run.created_at/></p>
                    {is_lapsed.then(|| view! { <p>{t(w::APPROVALS_LAPSED_YOURS)}</p> })}
                </div>
            </li>
        }
    };
    move || {
        let (lines, is_told) = waiting.with(|all| {
            let is_own = |one: &&WaitingRun| me.as_ref().is_some_and(|me| me.id == one.run.by.id);
            let all = || all.into_iter().flatten();
            // Whoever has asked again since knows.
            let is_asked_again = |one: &WaitingRun| {
                all().any(|other| {
                    other.run.id > one.run.id && other.run.action == one.run.action && is_own(&other)
                })
            };
            let needs_me = |one: &&WaitingRun| match one.run.state {
                RunState::Approval => may && !is_own(one),
                RunState::Lapsed => is_own(one) && !is_asked_again(one),
                RunState::Running
                | RunState::Paused
                | RunState::Done
                | RunState::Stopped
                | RunState::Refused => false,
            };
            let is_told = all().filter(needs_me).any(|one| one.run.state == RunState::Lapsed);
            (all().filter(needs_me).take(8).map(line).collect_view(), is_told)
        });
        let title = if is_told { w::MANY_APPROVALS } else { w::APPROVALS_MINE };
        (!lines.is_empty()).then(|| {
            view! {
                <Card title=t(title)>
                    <ul class="known" role="list">{lines}</ul>
                </Card>
            }
        })
    }
}
