//! The newest runs: each goes on without its page, and is found here again.

use frontdesk_contract::plan::{Run, RunState};
use leptos::prelude::*;

use crate::api::plans;
use crate::browser::intl;
use crate::i18n::{keys as w, t, use_words};
use crate::pages::many::wording::{Ago, StatePill, act_count};
use crate::route;
use crate::shell::{Live, Loaded, use_fetched};
use crate::ui::{Card, Empty};

/// So many are shown.
const RECENT: usize = 12;

/// The card.
#[component]
pub fn Recent() -> impl IntoView {
    let live = expect_context::<Live>();
    let runs = use_fetched(move || {
        live.runs.track();
        plans::runs(None, None, RECENT)
    });
    view! {
        <Card title=t(w::MANY_RECENT)>
            <Loaded data=runs lines=4 let:page>
                {move || {
                    let runs = page.get().items;
                    if runs.is_empty() {
                        view! { <Empty text=t(w::MANY_RECENT_NONE)/> }.into_any()
                    } else {
                        let lines = runs.into_iter().map(|run| view! { <Line run/> }).collect_view();
                        view! { <ul class="known" role="list">{lines}</ul> }.into_any()
                    }
                }}
            </Loaded>
        </Card>
    }
}

#[component]
fn Line(run: Run) -> impl IntoView {
    let words = use_words();
    let counts = run.counts;
    let title = words.count(act_count(run.action), counts.all);
    let number = |count| intl::number(count, &words.language());
    let progress = matches!(run.state, RunState::Running | RunState::Paused | RunState::Stopped).then(|| {
        let args = [("done", number(counts.reached())), ("all", number(counts.all))];
        view! { " · " {words.text_with(w::MANY_PROGRESS, &args)} }
    });
    view! {
        <li>
            <div>
                <a href=route::run(run.id)>{title}</a>
                <p>{run.by.name.clone()} " · " <Ago at=run.created_at/> {progress}</p>
            </div>
            <StatePill state=run.state/>
        </li>
    }
}
