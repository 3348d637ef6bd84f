//! Leavers who are admins: what they have of the organization's, and who takes it over. The choice makes another
//! dry run, so that what is run is what was shown.

use frontdesk_contract::PersonId;
use frontdesk_contract::plan::Plan;
use leptos::prelude::*;

use crate::api::{ApiError, Client, plans};
use crate::i18n::{keys as w, t, use_words};
use crate::route;
use crate::shell::handing::{belongings_text, heir_options};
use crate::shell::{Act, Failure, use_onward};
use crate::ui::{Button, ButtonKind, Select};

const HEIR: &str = "many-heir";

/// The card, where there is something to hand over.
#[component]
pub fn HandingOver(plan: Signal<Plan>) -> impl IntoView {
    let words = use_words();
    let handover = Memo::new(move |_| plan.with(|plan| plan.handover.clone()));
    move || {
        let handover = handover.get()?;
        let chosen = handover.heir.as_ref().map(|heir| heir.id.to_string()).unwrap_or_default();
        let things = belongings_text(handover.what, words);
        let options = heir_options(&handover, words);
        let hint = t(if options.len() < 2 { w::HANDOVER_NONE } else { w::HANDOVER_HINT });
        let value = RwSignal::new(chosen);
        Some(view! {
            <section class="card" aria-labelledby="many-handover">
                <h2 id="many-handover" class="card__title">{t(w::HANDOVER_TITLE)}</h2>
                <p>{words.text_with(w::HANDOVER_WHAT, &[("things", things)])}</p>
                <Choosing plan value>
                    <Select id=HEIR label=t(w::HANDOVER_TO) hint value options=Signal::stored(options)/>
                </Choosing>
            </section>
        })
    }
}

#[component]
fn Choosing(plan: Signal<Plan>, value: RwSignal<String>, children: Children) -> impl IntoView {
    let client = expect_context::<Client>();
    let onward = use_onward();
    let failure = RwSignal::new(None::<ApiError>);
    let id = plan.with_untracked(|plan| plan.id);
    let look = Act::new(move |heir: Option<PersonId>| {
        let (client, onward) = (client.clone(), onward.clone());
        failure.set(None);
        async move {
            match client.send(plans::look_anew(id, heir)).await {
                Ok(plan) => {
                    let plan: Plan = plan;
                    onward.go_to(&route::plan(plan.id));
                }
                Err(error) => {
                    let _ = failure.try_set(Some(error));
                }
            }
        }
    });
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        look.begin(value.with_untracked(|heir| heir.parse().ok()));
    };
    view! {
        <form class="stack" novalidate on:submit=on_submit>
            {children()}
            <Failure error=failure/>
            <div class="form-actions">
                <Button kind=ButtonKind::Submit busy=look.pending()>{t(w::HANDOVER_LOOK)}</Button>
            </div>
        </form>
    }
}
